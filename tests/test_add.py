"""The command ``add``: golden bodies of issue forms with what each comes to, words and files, and hostile hands.

Beside each body in ``data/issues`` stands what ``add --issue`` makes of it in the toy list: its JSON, the comment and
the files it writes. After a wanted change, write these anew with ``RENEW=1 python -m pytest tests/test_add.py``.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import markdown
import pytest
from databases import Databases, Paper
from hypothesis import example, given, settings
from hypothesis import strategies as st
from site_tools import TOY_RECORDS, call, enter_project, file_bytes, toy_records
from stand_in import Reply, Waits, serving

from generator import checking, cli, store
from generator.cli import add_command
from generator.curation import corrections, forms, issues, plans, proposals, suggestions
from generator.curation.comments import told
from generator.disk import documents
from generator.errors import ReadingListError
from generator.settings import Settings
from generator.upkeep import apis

ISSUES = Path(__file__).parent / "data" / "issues"
BODIES = sorted(ISSUES.glob("*.md"))
DAY = ("--added", "2025-01-05")
CONTRACT = {"written", "id", "title", "kind", "problems"}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = enter_project(tmp_path, monkeypatch)
    with_forms(folder)
    return folder


def with_forms(folder: Path) -> None:
    topics = store.load(folder / "records").topics
    for name, text in forms.texts(topics).items():
        (folder / forms.FOLDER).mkdir(parents=True, exist_ok=True)
        (folder / forms.FOLDER / name).write_text(text, encoding="utf-8")


def add(*arguments: str, stdin: str | bytes | None = None) -> tuple[int, dict[str, Any]]:
    """Run ``add --json``; return the exit status and the JSON."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        if stdin is not None:
            data = stdin if isinstance(stdin, bytes) else stdin.encode("utf-8")
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        status = call("add", "--json", *DAY, *arguments)
    data_: dict[str, Any] = json.loads(out.getvalue())
    assert set(data_) >= CONTRACT
    return status, data_


def problems_of(folder: Path) -> list[str]:
    """Return what ``check`` finds in the records and the forms."""
    contents = store.load(folder / "records")
    found = [*checking.check(contents), *forms.check(folder / forms.FOLDER, contents.topics)]
    return [str(problem) for problem in found]


# --- golden bodies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_golden_bodies(path: Path, project: Path) -> None:
    before = file_bytes(project)
    (project / "body.md").write_bytes(path.read_bytes())
    status, data = add("--issue", "body.md", "--comment", "comment.md")
    comment = (project / "comment.md").read_text(encoding="utf-8")
    for name in ("body.md", "comment.md"):
        (project / name).unlink()
    after = file_bytes(project)
    changed = {name: data for name, data in after.items() if before.get(name) != data}
    assert sorted(changed) == sorted(data["written"])
    assert set(before) <= set(after)
    assert status == (1 if data["problems"] else 0)
    assert bool(changed) != bool(data["problems"])
    assert problems_of(project) == []
    found = {
        "status": status,
        "result": data,
        "comment": comment.splitlines(),
        "files": {
            name: data.decode("utf-8").splitlines() for name, data in sorted(changed.items()) if "papers/" in name
        },
    }
    golden = path.with_suffix(".json")
    if os.environ.get("RENEW") == "1":
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


# --- words and files -------------------------------------------------------------------------------------------------

ENTRY = "@article{x, title={Looms: A Toy}, author={Thread, Ada}, year={2023}, journal={Toy Journal}, doi={10.5555/a.1}}"


def record(project: Path, data: dict[str, Any]) -> dict[str, Any]:
    assert problems_of(project) == []
    held = store.plain(store.load(project / "records").records[data["id"]])
    return dict(json.loads(json.dumps(held)))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["Looms: A Toy"], {}),
        (["--title", "Looms: A Toy"], {}),
        (["2401.00010v3", "Looms: A Toy"], {"identifiers": {"arxiv": "2401.00010"}}),
        (["arXiv:2401.00010", "Looms: A Toy"], {"identifiers": {"arxiv": "2401.00010"}}),
        (["https://arxiv.org/pdf/2401.00010.pdf", "Looms: A Toy"], {"identifiers": {"arxiv": "2401.00010"}}),
        (["arXiv:2401.00010 [cs.LG]", "Looms: A Toy"], {"identifiers": {"arxiv": "2401.00010"}}),
        (["<https://arxiv.org/abs/2401.00010>", "Looms: A Toy"], {"identifiers": {"arxiv": "2401.00010"}}),
        (["DOI 10.5555/A.1", "Looms: A Toy"], {"identifiers": {"doi": "10.5555/a.1"}}),
        (["arxiv.org/abs/2401.00010", "Looms: A Toy"], {"identifiers": {"arxiv": "2401.00010"}}),
        (["https://huggingface.co/papers/2401.00010", "Looms: A Toy"], {"identifiers": {"arxiv": "2401.00010"}}),
        (["https://doi.org/10.5555/A.1", "Looms: A Toy"], {"identifiers": {"doi": "10.5555/a.1"}}),
        (["10.5555/A.1", "Looms: A Toy"], {"identifiers": {"doi": "10.5555/a.1"}}),
        (
            ["https://openreview.net/forum?id=abcDEF1234", "Looms: A Toy"],
            {"identifiers": {"openreview": "abcDEF1234"}},
        ),
        (["https://aclanthology.org/2020.acl-main.9.pdf", "Looms: A Toy"], {"identifiers": {"acl": "2020.acl-main.9"}}),
        (["2020.acl-main.9", "Looms: A Toy"], {"identifiers": {"acl": "2020.acl-main.9"}}),
        (
            ["2401.00010", "https://github.com/toy/loom", "Looms: A Toy", "--topics", "Spinning,weaving"],
            {
                "identifiers": {"arxiv": "2401.00010"},
                "links": {"code": "https://github.com/toy/loom"},
                "topics": ["spinning", "weaving"],
            },
        ),
        (
            ["Looms: A Toy", "--type", "survey", "--why", " It  is. ", "--topics", "looms: spinning"],
            {"type": "survey", "why": "It is.", "topics": ["spinning"]},
        ),
        (
            [ENTRY],
            {
                "authors": [{"family": "Thread", "given": "Ada"}],
                "issued": "2023",
                "venue": "Toy Journal",
                "identifiers": {"doi": "10.5555/a.1"},
            },
        ),
        ([ENTRY.split(", author")[0] + "}", "2401.00010"], {"identifiers": {"arxiv": "2401.00010"}}),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_words_become_a_record(arguments: Sequence[str], expected: dict[str, Any], project: Path) -> None:
    status, data = add(*arguments)
    assert (status, data["problems"], data["kind"], data["written"]) == (0, [], "paper", ["records/papers/looms.yaml"])
    assert record(project, data) == {"title": "Looms: A Toy", "added": "2025-01-05"} | expected


@pytest.mark.parametrize("given_as", ["file", "standard input", "CSL-JSON"])
def test_one_entry_of_a_file_becomes_a_record(given_as: str, project: Path) -> None:
    csl = '[{"id": "x", "type": "article", "title": "Looms: A Toy", "DOI": "10.5555/a.1"}]'
    (project / "one.bib").write_text(csl if given_as == "CSL-JSON" else ENTRY, encoding="utf-8")
    status, data = add("-", stdin=ENTRY) if given_as == "standard input" else add("one.bib")
    assert (status, data["id"]) == (0, "looms")
    assert record(project, data)["identifiers"] == {"doi": "10.5555/a.1"}


def test_standard_input_may_hold_an_address() -> None:
    assert add("-", "Looms: A Toy", stdin="https://arxiv.org/abs/2401.00010\n")[1]["id"] == "looms"


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["2401.00010"], ["title: is missing; write it, or give a BibTeX entry or --fetch"]),
        (["https://github.com/toy/loom"], ["title: is missing; write it, or give a BibTeX entry"]),
        (
            ["2401.00010", "2401.00011", "A Toy", "--topics", "spining,weavng"],
            [
                "paper: '2401.00010' and '2401.00011' are two for arXiv; keep one",
                "topics: unknown topic 'spining'; write 'Spinning'",
                "topics: unknown topic 'weavng'; write 'Weaving & knotting'",
            ],
        ),
        ([ENTRY, "Another Title"], ["title: 'Another Title' and the BibTeX entry's 'Looms: A Toy' differ; keep one"]),
        (["@article{a, title={}}"], ["line 1: title: is missing"]),
        (["two.bib"], ["two.bib: holds 2 entries; give one"]),
        (["binary.bib"], ["the file is binary"]),
        (["late.bib"], ["late.bib: line 3: title: is missing"]),
        (["gone.bib"], ["cannot be read (No such file or directory); check name and rights"]),
        (["2401.00010 A Toy"], ["title: is missing"]),
        (["9913.00010", "A Toy"], ["paper: '9913.00010' is no identifier and no address; write an arXiv id"]),
        (
            ["arXiv:1401.02222", "A Toy"],
            ["paper: 'arXiv:1401.02222' is no arXiv identifier: those until 1412 have four figures behind the dot"],
        ),
        (["https://arxiv.org/abs/2401.1234", "A Toy"], ["those since 1501 have five figures behind the dot"]),
        (["ISBN 978-3-16-148410-0", "A Toy"], ["paper: 'ISBN 978-3-16-148410-0' is no identifier and no address"]),
        (["urn:nbn:de:toy-1", "A Toy"], ["paper: 'urn:nbn:de:toy-1' is no identifier and no address"]),
        (["arXiv:2401.010 [cs.LG]", "A Toy"], ["paper: 'arXiv:2401.010 [cs.LG]' is no identifier and no address"]),
        (["--issue", "gone.md"], ["cannot be read (No such file or directory)"]),
        (["A Toy", "--why", "w" * 1001], ["why: is longer than 1000 characters; shorten it"]),
        (["A Toy", "--topics", "a,b"], ["topics: unknown topic 'a'", "topics: unknown topic 'b'"]),
        (["A Toy\u202e"], ["title: holds the invisible character U+202E; delete it"]),
        (["10.5555/LOOM.2021(7)_1"], ["is on the list already as 'two-names': same DOI identifier"]),
        (["Two names: one loom"], ["equal title, nothing against it; put what is new into papers/two-names.yaml"]),
        (["https://localhost/x", "A Toy"], ["paper: 'https://localhost/x' has a host name that does not exist"]),
    ],
    ids=lambda value: " ".join(value)[:50],
)
def test_what_is_missing_is_told_and_nothing_written(
    arguments: Sequence[str], messages: Sequence[str], project: Path
) -> None:
    (project / "two.bib").write_text("@article{a, title={A}}\n@article{b, title={B}}", encoding="utf-8")
    (project / "late.bib").write_text("\n\n@article{a, year={2020}}", encoding="utf-8")
    (project / "binary.bib").write_bytes(b"@article{a, title={\0}}")
    before = file_bytes(project)
    status, data = add(*arguments)
    assert (status, data["written"], len(data["problems"])) == (1, [], len(messages))
    for problem, message in zip(data["problems"], messages, strict=True):
        assert message in problem["message"]
        assert set(problem) == {"path", "line", "message"}
    assert file_bytes(project) == before


def test_a_title_without_a_letter_is_told_its_option() -> None:
    told = "'1984' was read as an identifier; a title without a letter goes into --title"
    assert add("1984")[1]["remarks"] == [told]
    assert add("--title", "1984")[1]["title"] == "1984"


def test_words_beside_an_identifier_are_not_lost_in_silence() -> None:
    remarks = add("arXiv:2401.00010 [cs.LG]", "Looms: A Toy")[1]["remarks"]
    assert remarks == ["'cs.LG' beside 'arXiv:2401.00010' was not read; a title goes by itself, or into --title"]


def test_a_long_author_list_does_not_make_a_record_that_cannot_be_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 65_536)
    people = " and ".join(f"Family{number}, Given{number}" for number in range(5000))
    status, data = add(f"@article{{a, title={{A Toy of Many}}, author={{{people}}}}}")
    assert status == 1
    assert "papers/a-toy-of-many.yaml: would have" in data["problems"][0]["message"]
    assert not (project / "records/papers/a-toy-of-many.yaml").exists()


def test_a_near_paper_is_written_with_a_remark() -> None:
    status, data = add("The Undated Shuttle: What No Source Dates, and Why")
    assert (status, [each["id"] for each in data["near"]]) == (0, ["undated-shuttle"])
    assert data["remarks"] == ["near to 'undated-shuttle': one title continues the other; a person decides"]


def test_a_paper_by_its_name_alone_is_near_to_the_one_that_begins_with_it() -> None:
    status, data = add("The Undated Shuttle")
    assert (status, [each["id"] for each in data["near"]]) == (0, ["undated-shuttle"])
    told = "one title is the name that the other begins with"
    assert data["remarks"] == [f"near to 'undated-shuttle': {told}; a person decides"]


def test_ids_are_never_given_again(project: Path) -> None:
    assert add("Braid: A New One")[1]["id"] == "braid-a-new-one"  # braid is a redirect


def test_the_first_record_of_a_list(project: Path) -> None:
    status, data = add("--records", "new", "A Toy", "--comment", "comment.md")
    assert (status, sorted(data["written"])) == (0, ["new/papers/a-toy.yaml", "new/record.schema.json"])
    assert checking.check(store.load(project / "new")) == []


def test_dry_run_shows_the_record_and_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file_bytes(project)
    assert call("add", "Looms: A Toy", "--dry-run", *DAY) == 0
    said = capsys.readouterr()
    assert said.out.startswith("# records/papers/looms.yaml\n# yaml-language-server")
    assert 'title: "Looms: A Toy"' in said.out
    assert said.err == "paper looms: nothing was written (--dry-run)\n"
    assert add("Looms: A Toy", "--dry-run")[1]["written"] == []
    assert file_bytes(project) == before


def test_the_result_stands_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("add", "Looms: A Toy Study", *DAY) == 0
    assert capsys.readouterr() == ("records/papers/looms.yaml\n", "paper looms: written\n")
    assert call("add", "Looms - a toy study", *DAY) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "is on the list already as 'looms'" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what to add"),
        (["--json"], "say what to add"),
        (["--issue", "body.md", "A Toy"], "leave out WHAT"),
        (["--issue", "body.md", "--topics", "weaving"], "leave out --topics"),
        (["A", "B"], "are two titles; put a title in quotes"),
        ([ENTRY, ENTRY], "two bibliography entries"),
        (["-", "-"], "once only"),
        (["A Toy", "--type", "recipe"], "recipe"),
        (["A Toy", "--added", "today"], "write it as 2025-12-09"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_wrong_usage(
    arguments: Sequence[str], message: str, project: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    before = file_bytes(project)
    assert call("add", *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert file_bytes(project) == before


def test_a_list_with_problems_is_named_in_json_and_comment(project: Path) -> None:
    path = project / "records/papers/two-names.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("venue:", "venu:"), encoding="utf-8")
    status, data = add("A Toy", "--comment", "comment.md")
    assert (status, data["kind"], data["written"]) == (1, None, [])
    assert data["problems"][0]["message"] == "venu: unknown field; write venue"
    assert "unknown field" in (project / "comment.md").read_text(encoding="utf-8")


def test_a_list_in_use_is_left_alone(project: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    descriptor = os.open(project / "records", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    status, data = add("A Toy")
    os.close(descriptor)
    assert (status, data["written"]) == (1, [])
    assert "another run is writing" in data["problems"][0]["message"]


# --- the conversation ------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Somebody who types lines at a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_conversation_asks_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pasted = "see https://arxiv.org/abs/2401.00010."
    lines = [pasted, "", "Looms: A Toy", "spining", "spinning", "recipe", "Survey", "It is."]
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(lines) + "\n"))
    assert call("add", *DAY) == 0
    said = capsys.readouterr()
    assert said.out == "records/papers/looms.yaml\n"
    assert said.err.count("a record needs the title") == 1  # all other answers would be lost without it
    assert "unknown topic 'spining'; write 'Spinning'" in said.err
    assert said.err.count("write one of method") == 1
    assert "note: 'see' beside the link was not read" in said.err
    assert record(project, {"id": "looms"}) == {
        "title": "Looms: A Toy", "type": "survey", "topics": ["spinning"], "identifiers": {"arxiv": "2401.00010"},
        "why": "It is.", "added": "2025-01-05",
    }  # fmt: skip


def test_a_conversation_that_ends_early_writes_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file_bytes(project)
    monkeypatch.setattr(sys, "stdin", Terminal("2401.00010\nLooms"))
    assert call("add", *DAY) == 2
    assert file_bytes(project) == before


# --- hostile hands ---------------------------------------------------------------------------------------------------

TOY = store.load(TOY_RECORDS)
FORMS = forms.forms(TOY.topics)
LABELS = [question.label for form in FORMS for question in form.questions]
PAPER = FORMS[0]


def body(form: forms.Form, answers: Sequence[str]) -> str:
    """Return what GitHub makes of a form with these answers."""
    return "\n\n".join(
        f"### {question.label}\n\n{answer or '_No response_'}"
        for question, answer in zip(form.questions, answers, strict=True)
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no form of this list"),
        (b"x" * 100_000, "holds 100000 characters; an issue has at most 65536"),
        (b"\xff\xfe### Title", "byte 1 is not UTF-8"),
        (b"\0" * 100, "is no form of this list"),
        (("### " + "x" * 1000 + "\n").encode() * 60, "is no form of this list"),
        (
            body(PAPER, ["", "A", "", "", "", "", "x " * 30_000]).encode(),
            "Why it belongs here: is longer than 1000 characters",
        ),
        (body(PAPER, ["", "A" * 60_000, "", "", "", "", "x"]).encode(), "is longer than 1000 characters"),
        (body(PAPER, ["@a " * 20_000, "", "", "", "", "", "x"]).encode(), "is no identifier and no address"),
        (body(PAPER, ["", "", "```bibtex\n" + "{" * 60_000 + "\n```", "", "", "", "x"]).encode(), "no entry"),
        (
            body(PAPER, ["", "", "```bibtex\n" + "@a{b,\n" * 8000 + "\n```", "", "", "", "x"]).encode(),
            "no BibTeX entry here",
        ),
        (
            body(PAPER, ["", "", "", "https://a.example/x\n" * 3000, "", "", "x"]).encode(),
            "Title of the paper: is missing",
        ),
        (body(PAPER, ["", "A", "", "", "spinning, " * 6000, "", "x"]).encode(), "unknown topic"),
        (body(FORMS[2], ["A reading path", "N", "", "D", "- two-names: x\n" * 4000]).encode(), "stands twice"),
        (body(FORMS[1], ["two-names", "Authors", "Ada " * 12_000, "x"]).encode(), "longer than 1000 characters"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_large_and_broken_bodies_are_refused(data: bytes, message: str, project: Path) -> None:
    before = file_bytes(project)
    status, result = add("--issue", "-", "--comment", "comment.md", stdin=data)
    comment = (project / "comment.md").read_text(encoding="utf-8")
    (project / "comment.md").unlink()
    assert (status, result["written"]) == (1, [])
    assert any(message in problem["message"] or message in str(problem) for problem in result["problems"])
    assert len(comment) < 20_000
    assert file_bytes(project) == before


TRAPS = [
    "", "_No response_", "None", "### Topics", "### Title of the paper\n\nx", "```", "---\ntitle: x\n---", "a: &a [*a]",
    "```bibtex\n@article{a, title={b}}\n```", "@article{a, title={Toy}, author={A, B, C, D, E and and}}",
    "${{ github.token }}",
    "$(reboot)", "<script>alert(1)</script>", "@octocat #1 GH-1", "\u202e", "\0", "\u2028### Topics", "\r### Topics\r",
    "two-names", "braid", "Two Names, One Loom", "https://arxiv.org/abs/2401.00010", "10.5555/loom.2021(7)_1", "delete",
    "Looms: Spinning", "Looms: Spinning, Looms: Weaving & knotting", "survey", "Title", "DOI identifier", "Topics",
    "2021-12", "99999999999", "https://[::1", "http://a", "//", "A topic", "A reading path",
    "two-names: why\nbraid - why",
    "stray-thread: a\ntwo-names: b\nbraid: c", "x" * 1001, "\\input{/etc/passwd}", "%s%n{0}", "'\"`|&;", "🧵" * 50,
]  # fmt: skip
answers = (
    st.sampled_from(TRAPS)
    | st.text(max_size=60)
    | st.builds("{}\n{}".format, st.text(max_size=20), st.sampled_from(TRAPS))
)
# Answers that may well be right, so that records are written too.
FITTING: dict[str, list[str]] = {
    "paper": ["", "2401.00010", "https://doi.org/10.5555/x.1", "https://github.com/toy/loom"],
    "title": ["A Toy", "Looms: A Toy of $n^2$ & More", "Про ткацкие станки", "織機"],
    "bibtex": [""],
    "links": ["", "https://github.com/toy/loom\nhttps://toy.example/"],
    "topics": ["", "Looms: Spinning", "Looms: Spinning, Looms: Weaving & knotting"],
    "type": ["", "survey", "None"],
    "record": ["two-names", "braid", "https://toy.example/list/papers/stray-thread/"],
    "field": list(forms.FIELDS),
    "source": ["https://toy.example/", "the paper"],
    "what": [forms.TOPIC, forms.PATH],
    "group": ["Looms", "Toys"],
    "papers": ["- stray-thread: a\n- two-names: b\n- braid: c", "two-names – x"],
}


def answer_to(question: forms.Question) -> st.SearchStrategy[str]:
    fitting = st.sampled_from(FITTING[question.id]) if question.id in FITTING else st.text(min_size=1, max_size=60)
    return st.integers(0, 5).flatmap(lambda chance: answers if chance == 0 else fitting)


bodies = (
    st.sampled_from(FORMS).flatmap(
        lambda form: st.tuples(*map(answer_to, form.questions)).map(lambda given_answers: body(form, given_answers))
    )
    | st.text(max_size=300)
    | st.lists(st.sampled_from([f"### {label}" for label in LABELS]) | answers, max_size=16).map("\n".join)
)


@given(bodies)
@example(body(PAPER, ["2401.00010", "A Toy", "", "", "", "", "It is."]))
@example(body(FORMS[1], ["two-names", "Title", "A Toy", "x"]))
@example(body(FORMS[2], ["A reading path", "N", "", "D", "stray-thread: a\ntwo-names: b\nbraid: c"]))
@settings(max_examples=400)
def test_any_body_is_refused_in_our_words_or_gives_a_clean_list(text: str) -> None:
    try:
        issue = issues.read("body.md", text.encode(), FORMS)
    except ReadingListError as error:
        told_once = str(error)
        assert_inert(told(plans.Plan(faults=(plans.Fault("", told_once),)), {}, [], Settings()))
        return
    if issue.form.kind == "paper":
        suggested = suggestions.of_issue(issue, TOY.topics)
        plan = suggestions.plan(TOY, suggested, added="2025-01-05", keep_abstract=False, lookup=None)
    else:
        is_correction = issue.form.kind == "correction"
        plan = corrections.of_issue(issue, TOY, "2025-01-05") if is_correction else proposals.of_issue(issue, TOY)
    assert bool(plan.writes) != bool(plan.faults)
    labels = {question.id: question.label for question in issue.form.questions}
    assert_inert(told(plan, labels, list(plan.writes), Settings()))
    if plan.writes:
        with tempfile.TemporaryDirectory() as name:
            folder = toy_records(Path(name) / "records")
            contents = store.load(folder)
            plans.apply(contents, plan)
            assert checking.check(store.load(folder)) == []


def assert_inert(comment: str) -> None:
    """Check that a comment is our own words and code spans, whatever came from outside."""
    html = markdown.markdown(comment)
    bare = re.sub(r"<code>[^<]*</code>", "", html)
    assert set(re.findall(r"<[^>]*>", bare)) <= {
        "<p>",
        "</p>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<strong>",
        "</strong>",
    }
    words = re.sub(r"<[^>]*>", "", bare)
    for label in LABELS:
        words = words.replace(label, "")
    assert re.fullmatch(r"[A-Za-z0-9 .,;:?\n]*", words), words


# --- facts from the databases ----------------------------------------------------------------------------------------


def fetch(base: str, *arguments: str) -> int:
    options = cli._parser().parse_args(["add", "--fetch", *DAY, *arguments])
    return add_command.add(options, bases=dict.fromkeys(apis.BASES, base), clock=Waits().clock)


FELT = Paper("Felt without Looms", arxiv="2401.00010", doi="10.5555/felt", venue=("Weaving 2024",), day="2024-01-02")


def test_an_identifier_alone_becomes_a_finished_record(project: Path) -> None:
    with serving(Databases([FELT])) as server:
        assert fetch(server.base, "https://arxiv.org/abs/2401.00010v2", "--why", "It shows how.") == 0
    record = store.load(project / "records").records["felt-without-looms"]
    assert (record.title, record.author_names, record.issued) == (FELT.title, FELT.authors, "2024-01-02")
    assert record.provenance["authors"] == "https://arxiv.org/abs/2401.00010"
    assert record.abstract is None
    assert call("check") == 0


def test_a_doi_alone_is_asked_of_crossref(project: Path) -> None:
    with serving(Databases([FELT])) as server:
        assert fetch(server.base, "10.5555/felt", "--why", "It shows how.") == 0
    record = store.load(project / "records").records["felt-without-looms"]
    assert (record.venue, record.identifiers.doi) == ("Weaving 2024", "10.5555/felt")


@pytest.mark.parametrize("broken", [Reply(500), Reply(200, "no feed"), None], ids=["500", "nonsense", "unknown"])
def test_what_no_database_tells_is_said(
    project: Path, broken: Reply | None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file_bytes(project / "records")
    with serving(Databases([], {"/": broken} if broken else {})) as server:
        assert fetch(server.base, "2401.00010", "--why", "It shows how.") == 1
    said = capsys.readouterr().err
    assert "title: is missing, and no database that was asked tells it" in said
    assert "note: arXiv " in said
    assert file_bytes(project / "records") == before


def test_a_paper_that_is_there_is_refused_before_anything_is_asked(project: Path) -> None:
    with serving(Databases([])) as server:
        assert fetch(server.base, "10.5555/loom.2021(7)_1", "--why", "It shows how.") == 1
    assert server.asked == []
