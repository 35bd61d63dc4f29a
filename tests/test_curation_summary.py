"""The summary of a pull request: what a maintainer sees, within GitHub's limits, whatever the records say."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import cmarkgfm
import html5lib
import pytest
from cmarkgfm.cmark import Options
from site_tools import TOY_SETTINGS, call, toy_records, write_record

from generator import pages, store
from generator.curation import moves, revisions
from generator.curation.summary import LIMIT, summary
from generator.models import Record
from generator.related import Relation


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return toy_records(tmp_path / "before")


@pytest.fixture
def head(base: Path) -> Path:
    return Path(shutil.copytree(base, base.parent / "records"))


def _summary(head: Path, base: Path) -> str:
    with revisions.compared(store.load(head), str(base)) as change:
        return summary(change, TOY_SETTINGS)


def _shown(text: str) -> str:
    """Return what is read on GitHub, without the spaces of no width."""
    made = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    return "".join(html5lib.parseFragment(made, namespaceHTMLElements=False).itertext()).replace("\u200b", "")


def test_nothing_changed(head: Path, base: Path) -> None:
    assert _summary(head, base) == "### What this changes\n\nNo record is changed, 0 problems, 0 remarks.\n"


def test_a_maintainer_sees_what_changed(head: Path, base: Path) -> None:
    contents = store.load(head)
    record = contents.records["two-names"]
    write_record(head, "two-names", record.model_copy(update={"why": "An entirely new reason to read it."}))
    write_record(head, "again", record.model_copy(update={"why": "Once more.", "seen": (), "added": "2025-01-01"}))
    moves.apply(contents, moves.retract(contents, ["stray-thread"], "It frayed.", "2025-02-03"))
    shown = _shown(_summary(head, base))
    assert "1 record added, 1 record changed, 1 record taken off, 1 problem, 0 remarks." in shown
    assert "again\nadded\nsame paper as `two-names`:" in shown
    assert "two-names\nchanged: why\n" in shown
    assert "stray-thread\ntaken off: It frayed.\n" in shown
    assert "Problems\n\n" + str(head / "papers" / "again.yaml:2") in shown
    assert "retracted.yaml: stray-thread added" in shown
    assert "+An entirely new reason to read it.\n" in shown
    assert "\n-" in shown
    assert "again: the new page" in shown
    assert "two-names: the page before and after" in shown
    assert "data-format" not in shown  # repeats the facts, thrice


def test_a_renamed_record_is_compared_with_what_it_was(head: Path, base: Path) -> None:
    contents = store.load(head)
    moves.apply(contents, moves.rename(contents, "two-names", "names"))
    shown = _shown(_summary(head, base))
    assert "names\nrenamed, was two-names\n\n" in shown  # nothing about what is near: it is no other paper
    assert "redirects.yaml: two-names added" in shown
    assert "the new page" not in shown


def test_records_that_cannot_be_read_are_told_as_problems(head: Path, base: Path) -> None:
    (head / "papers" / "two-names.yaml").write_text("titel: Wrong\n", "utf-8")
    (head / "papers" / "braided-attention.yaml").unlink()  # named on paths and by topics
    record = store.load(head).records["stray-thread"]
    write_record(head, "stray-thread", record.model_copy(update={"why": "Still shown."}))
    shown = _shown(_summary(head, base))
    assert "two-names\nchanged\n" in shown
    assert "braided-attention\ndeleted\n" in shown
    assert "titel: unknown field; write title" in shown
    assert "+Still shown." in shown


HOSTILE = (
    "@octocat @org/team #12 GH-12 https://evil.example/ www.evil.example <img src=x> ![x](https://evil.example/x.png) "
    "| cell | </details> <script>x</script> [x](javascript:x) :octocat: `code` ``` **b** _i_ --> &commat;octocat"
)
NAME = "<img src=x onerror=y> @octocat ![x](y) `a`"


def test_text_of_records_is_text(head: Path, base: Path) -> None:
    record = Record(title=HOSTILE, why=HOSTILE, summary=f"```\n\n{HOSTILE}\n\n````\n\n</details>", venue=HOSTILE)
    write_record(head, "evil", record)
    write_record(head, "hostile", store.load(head).records["hostile"].model_copy(update={"why": HOSTILE}))
    (head / "papers" / f"{NAME}.yaml").write_text(f'title: "x"\n"{NAME}": y\ntopics: ["{NAME}"]\n', "utf-8")
    (head / "topics.yaml").write_text((base / "topics.yaml").read_text("utf-8") + f'"{NAME}": {{name: x, group: y}}\n')
    contents = store.load(head)
    moves.apply(contents, moves.retract(contents, ["stray-thread"], HOSTILE, "2025-02-03"))
    text = _summary(head, base)
    made = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    tree = html5lib.parseFragment(made, namespaceHTMLElements=False)
    ours = set("h3 h4 p table thead tbody tr th td ul li code br details summary pre".split())
    found = [each for each in tree.iter() if each is not tree]
    assert ours - {"br"} <= {each.tag for each in found} <= ours
    assert {(name, value) for each in found for name, value in each.attrib.items()} <= {
        ("lang", "diff"),
        ("lang", "markdown"),
    }
    assert len([each for each in found if each.tag == "details"]) == 2
    assert all(each in list(tree) for each in found if each.tag == "details")
    code = {id(inner) for each in found if each.tag in ("pre", "code") for inner in each.iter()}
    outside = " ".join(
        part for each in found for part in (each.text if id(each) not in code else "", each.tail) if part
    )
    assert "octocat" in outside
    assert not any("\u200b" in (each.text or "") for each in found if each.tag == "code")  # ids can be copied
    assert not re.search(r"@\w|#\d|GH-\d|://\w|www\.\w|:octocat:", outside)


def test_a_summary_keeps_within_its_limit_and_says_what_is_left_out(
    head: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    paper = pages._Writer.paper

    def noted(writer: pages._Writer, name: str, relations: Sequence[Relation]) -> str:
        made.append(name)
        return paper(writer, name, relations)

    monkeypatch.setattr(pages._Writer, "paper", noted)
    for number in range(250):
        record = Record(title=f"Paper {'ä' * 40} number {number}", summary="word " * 300, topics=("weaving",))
        write_record(head, f"many-{number:03}", record)
    for limit in (LIMIT, 300_000, 30_000, 3_000):
        made.clear()
        monkeypatch.setattr("generator.curation.summary.LIMIT", limit)
        text = _summary(head, base)
        assert len(text.encode()) <= limit
        if limit < 100_000:
            assert text.endswith("|\n\nThe rest is left out here, for want of room.\n")
        else:
            shown = text.count("<details>")
            (left,) = re.findall(r"The pages of (\d+) more records are left out here", text)
            assert shown + int(left) == 250
            assert len(made) == shown + 1  # and none is made only to be counted
            assert text.count("</details>") == shown
            assert "| … | 50 more | |" in text


def test_the_command_writes_a_file_or_prints(head: Path, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_record(head, "kelp", Record(title="Kelp by Candlelight"))
    arguments = ("changes", "--records", str(head), "--base", str(base))
    assert call(*arguments) == 0
    text = capsys.readouterr().out
    assert "1 record added, 0 problems, 0 remarks" in text
    output = head.parent / "summary.md"
    assert call(*arguments, "--output", str(output)) == 0
    assert output.read_text("utf-8") == text
    assert call("changes", "--records", str(head)) == 2
