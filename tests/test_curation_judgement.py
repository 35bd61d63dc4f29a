"""What a change is told: duplicates, dead addresses, and problems it causes; never what was wrong before."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from site_tools import call, write_record

from generator import checking, store
from generator.curation import judgement, moves, revisions
from generator.curation.judgement import Judgement, judge
from generator.disk import documents
from generator.matching import items
from generator.matching.items import Item
from generator.models import Correction, Identifiers, PersonName, Record, Retraction, Step, Topic
from generator.models import Path as ReadingPath
from generator.store.schema import SCHEMA_FILE, record_schema

LOOM = Record(
    title="Looms That Learn: Weaving Patterns from Few Threads",
    authors=("Ann Weaver", "Bo Spindle"),
    issued="2021-03",
    topics=("weaving",),
    identifiers={"arxiv": "2103.00001"},
    venue="Loom Letters",
    provenance={"venue": "somebody/list:data.json"},
    added="2024-01-01",
)
RECORDS = {
    "loom": LOOM,
    "ferry": Record(title="Ferry Timetables under Fog, Part I", topics=("weaving",), added="2024-01-01"),
    "kite": Record(title="Kites over Salt Marsh", topics=("sea",), added="2024-01-02"),
}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A list in order, with a path, a redirect, and a paper that was taken off."""
    folder = tmp_path / "before"
    for name, record in RECORDS.items():
        write_record(folder, name, record)
    topics = {
        "weaving": Topic(name="Weaving", group="Toys", start_here=(Step(paper="loom", why="Begin."),)),
        "sea": Topic(name="Sea", group="Toys"),
    }
    steps = (Step(paper="loom", why="First."), Step(paper="kite", why="Then."))
    gone = Retraction(title="Perpetual Motion on a Spindle", retracted="2024-05-06", reason="It did not turn.")
    documents.write(folder / "topics.yaml", store.table_text(topics))
    documents.write(folder / "paths.yaml", store.table_text({"way": ReadingPath(title="Way", steps=steps)}))
    documents.write(folder / "redirects.yaml", store.redirects_text({"old-loom": "loom", "spindle": "motion"}))
    documents.write(folder / "retracted.yaml", store.table_text({"motion": gone}))
    documents.write(folder / SCHEMA_FILE, record_schema(topics))
    assert checking.check(store.load(folder)) == []
    return folder


@pytest.fixture
def head(base: Path) -> Path:
    """A copy of the list for a contributor to change."""
    return Path(shutil.copytree(base, base.parent / "records"))


def judged(head: Path, base: Path) -> Judgement:
    with revisions.compared(store.load(head), str(base)) as change:
        return judge(change)


def told(head: Path, base: Path) -> list[tuple[str, str]]:
    """Return the problems and remarks as file and message."""
    found = judged(head, base)
    return [(Path(each.path).relative_to(head).as_posix(), each.message) for each in (*found.problems, *found.remarks)]


def test_a_change_without_faults_is_told_nothing(head: Path, base: Path) -> None:
    assert told(head, base) == []
    write_record(head, "kelp", Record(title="Kelp Forests by Candlelight", topics=("sea",)))
    write_record(head, "kite", RECORDS["kite"].model_copy(update={"why": "It flies."}))
    assert told(head, base) == []


# --- duplicates ------------------------------------------------------------------------------------------------------

SAME = "Looms that learn: weaving patterns from few threads"


def test_a_duplicate_names_the_record_that_is_there(head: Path, base: Path) -> None:
    # Added earlier by its own word: the newcomer is to blame all the same.
    write_record(head, "again", Record(title=SAME, topics=("weaving",), added="2001-01-01"))
    ((file, message),) = told(head, base)
    assert file == "papers/again.yaml"
    assert message.startswith("title: same paper as `loom`: equal title")
    assert "put what is new into papers/loom.yaml and delete this file" in message
    assert "not_same_as: [loom]" in message


def test_a_title_close_to_one_that_is_there_is_named_whatever_letters_it_has_in_common(head: Path, base: Path) -> None:
    write_record(head, "mite", Record(title="Mites over Malt March", topics=("sea",)))
    assert told(head, base) == [("papers/mite.yaml", "title: close to `kite`, different: the titles differ")]


def test_no_edit_of_the_old_record_hides_a_duplicate(head: Path, base: Path) -> None:
    write_record(head, "again", LOOM.model_copy(update={"provenance": {}}))
    other = {"title": "Quarries at Dusk", "identifiers": {}, "authors": ("Cy",), "provenance": {}}
    write_record(head, "loom", Record(**{**dict(LOOM), **other}))
    found = dict(told(head, base))
    assert "same paper as `loom` as it stood before this change: same arxiv identifier" in found["papers/again.yaml"]
    assert "reads like another paper than before" in found["papers/loom.yaml"]


@pytest.mark.parametrize(("ours", "theirs"), [(("Quarries at Dusk",), ()), ((), (SAME,))], ids=["ours", "theirs"])
def test_a_paper_is_known_by_each_of_its_titles(
    head: Path, base: Path, ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    for folder in (head, base):
        write_record(folder, "loom", LOOM.model_copy(update={"alternative_titles": ours}))
    again = LOOM.model_copy(update={"title": "Quarries at Dusk", "identifiers": Identifiers(), "provenance": {}})
    write_record(head, "again", again.model_copy(update={"alternative_titles": theirs}))
    ((file, message),) = told(head, base)
    assert file == "papers/again.yaml"
    assert message.startswith("title: same paper as `loom`: equal title")


def test_a_paper_that_goes_by_its_other_title_is_what_it_was(head: Path, base: Path) -> None:
    renamed = {"title": "Quarries at Dusk", "alternative_titles": (LOOM.title,), "identifiers": Identifiers()}
    write_record(head, "loom", LOOM.model_copy(update=renamed))
    assert told(head, base) == []
    moves.apply(contents := store.load(head), moves.rename(contents, "loom", "quarries"))
    assert judged(head, base).nearest == {"quarries": ()}
    (head / "redirects.yaml").write_bytes((base / "redirects.yaml").read_bytes())
    assert any("add `loom: quarries` to redirects.yaml" in message for _, message in told(head, base))


def test_an_identifier_of_another_record_is_a_problem(head: Path, base: Path) -> None:
    kelp = Record(title="Kelp Forests by Candlelight", topics=("sea",), identifiers={"arxiv": "2103.00001"})
    write_record(head, "kelp", kelp)
    (problem,) = judged(head, base).problems
    assert Path(problem.path).name == "kelp.yaml"
    assert problem.message.startswith(
        "identifiers: 'loom' has the same arxiv identifier 2103.00001, but the titles are"
    )
    assert "correct it where it is wrong" in problem.message
    write_record(head, "kelp", kelp.model_copy(update={"not_same_as": ("loom",)}))
    assert judged(head, base).problems == ()


def test_an_identifier_may_move_to_the_record_that_it_belongs_to(head: Path, base: Path) -> None:
    write_record(head, "kite", RECORDS["kite"].model_copy(update={"identifiers": LOOM.identifiers}))
    write_record(head, "loom", LOOM.model_copy(update={"identifiers": Identifiers()}))
    found = judged(head, base)
    assert found.problems == ()
    assert any(
        "correct the identifier if it is wrong; if they are two papers" in each.message for each in found.remarks
    )


def test_two_new_records_of_one_paper_are_told_once(head: Path, base: Path) -> None:
    for name in ("reef", "reefs"):
        write_record(head, name, Record(title="Coral Reefs and Their Librarians", topics=("sea",)))
    ((file, message),) = told(head, base)
    assert file == "papers/reefs.yaml"
    assert "same paper as `reef`" in message


def test_an_old_record_that_becomes_a_duplicate_is_told_where_it_was_changed(head: Path, base: Path) -> None:
    write_record(head, "ferry", RECORDS["ferry"].model_copy(update={"title": "Kites over salt marsh"}))
    assert ("papers/ferry.yaml", "same paper as `kite`") in [
        (file, message[7:][: len("same paper as `kite`")]) for file, message in told(head, base)
    ]


def test_a_near_paper_is_a_remark(head: Path, base: Path) -> None:
    write_record(head, "fog", Record(title="Ferry Timetables under Fog, Part II", topics=("sea",)))
    found = judged(head, base)
    assert found.problems == ()
    (remark,) = found.remarks
    assert remark.level == "notice"
    assert remark.message.startswith("title: close to `ferry`, different: the part numbers in the titles differ")
    assert found.nearest["fog"][0].verdict.score > 0.9


def test_an_uncertain_pair_is_a_warning(head: Path, base: Path) -> None:
    write_record(head, "looms", Record(title=SAME, issued="2022", topics=("weaving",)))
    (remark,) = judged(head, base).remarks
    assert remark.level == "warning"
    assert "perhaps the same paper as `loom`" in remark.message
    assert judged(head, base).problems == ()


@pytest.mark.parametrize(
    ("record", "level", "message"),
    [
        (Record(title="looms that learn"), "warning", "one title is the name that the other begins with"),
        (
            Record(title="Looms That Learn: Twelve Lectures", identifiers={"arxiv": "2203.00001"}),
            "notice",
            "both titles begin with the same name, but arxiv identifiers differ",
        ),
    ],
)
def test_what_titles_alone_do_not_show(head: Path, base: Path, record: Record, level: str, message: str) -> None:
    write_record(head, "other", record.model_copy(update={"topics": ("weaving",)}))
    (remark,) = judged(head, base).remarks
    assert (remark.level, "`loom`" in remark.message, message in remark.message) == (level, True, True)


def test_a_persons_word_holds_and_is_shown(head: Path, base: Path) -> None:
    write_record(head, "again", Record(title=SAME, topics=("weaving",), not_same_as=("loom",)))
    ((_file, message),) = told(head, base)
    assert message.startswith("not_same_as: told apart from `loom` here, yet they look the same: equal title")
    assert judged(head, base).problems == ()


@pytest.mark.parametrize("name", ["motion", "comes-back"])
def test_a_paper_that_was_taken_off_does_not_come_back_unseen(head: Path, base: Path, name: str) -> None:
    write_record(head, name, Record(title="Perpetual motion on a spindle", topics=("sea",)))
    found = told(head, base)
    assert {file for file, _ in found} == {f"papers/{name}.yaml"}
    assert any("taken off the list on 2024-05-06" in message and "It did not turn" in message for _, message in found)


def test_a_paper_that_is_taken_off_while_it_is_on_the_list(head: Path, base: Path) -> None:
    gone = {
        **store.load(head).retracted,
        "kites": Retraction(title="Kites over salt marsh", retracted="2025-01-01", reason="No."),
    }
    documents.write(head / "retracted.yaml", store.table_text(dict(sorted(gone.items()))))
    ((file, message),) = told(head, base)
    assert (file, "same paper as 'kites'" in message) == ("papers/kite.yaml", True)


@pytest.mark.parametrize(("name", "whose"), [("old-loom", "former id of 'loom'"), ("spindle", "former id of 'motion'")])
def test_an_id_that_leads_elsewhere_is_not_free(head: Path, base: Path, name: str, whose: str) -> None:
    write_record(head, name, Record(title="Quarries at Dusk", topics=("sea",)))
    ((file, message),) = told(head, base)
    assert file == f"papers/{name}.yaml"
    assert whose in message
    assert "ids are never given again" in message


# --- addresses that would die ----------------------------------------------------------------------------------------


def test_a_deleted_record_is_one_problem_with_its_remedy(head: Path, base: Path) -> None:
    (head / "papers" / "loom.yaml").unlink()
    found = judged(head, base).problems
    (problem,) = found
    assert (problem.path, problem.line) == (str(head / "papers" / "loom.yaml"), None)
    for part in (
        "reading-list retract loom --reason",
        "reading-list merge KEEP loom",
        "compare with a revision that was",
        "paths.yaml:",
        "topics.yaml:",
    ):
        assert part in problem.message


def test_a_renamed_file_is_told_how_to_rename(head: Path, base: Path) -> None:
    for folder in (head, base):  # it bears a title twice, and is no twin of itself
        write_record(folder, "loom", LOOM.model_copy(update={"alternative_titles": (f"{LOOM.title}.",)}))
    (head / "papers" / "loom.yaml").rename(head / "papers" / "weaving-looms.yaml")
    ((file, message),) = told(head, base)
    assert file == "papers/loom.yaml"
    assert "add `loom: weaving-looms` to redirects.yaml" in message


def test_many_records_that_are_gone_are_looked_for_among_many_new_ones_at_once(
    head: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = 0

    def items_of(papers: Mapping[str, Record | Retraction]) -> list[Item]:
        nonlocal built
        built += len(papers)
        return items.items_of(papers)

    for number in range(40):
        write_record(base, f"was-{number}", Record(title=f"Moths at the lantern, number {number}", topics=("sea",)))
        write_record(head, f"is-{number}", Record(title=f"Moths at the lantern, number {number}", topics=("sea",)))
    monkeypatch.setattr(judgement, "items_of", items_of)
    problems = judged(head, base).problems
    assert all(any(f"add `was-{n}: is-{n}`" in problem.message for problem in problems) for n in range(40))
    assert built == 80


@pytest.mark.parametrize(
    "move",
    [
        lambda contents: moves.rename(contents, "loom", "learning-looms"),
        lambda contents: moves.merge(contents, "kite", "ferry"),
        lambda contents: moves.retract(contents, ["loom"], "It unravelled.", "2024-06-07"),
    ],
)
def test_moves_by_command_are_in_order(head: Path, base: Path, move: Callable[[store.Contents], moves.Edit]) -> None:
    contents = store.load(head)
    moves.apply(contents, move(contents))
    found = judged(head, base)
    assert found.problems == ()
    assert set(found.nearest) <= {"kite"}  # what was merged has changed; what was renamed is what it was
    # And back again: an id returns to its own paper, and what was merged is parted on a person's word only.
    back = [message for _, message in told(base, head) if "never given again" in message]
    assert bool(back) == ("ferry" in store.load(head).redirects)


def test_what_a_merge_by_hand_forgets_is_named(head: Path, base: Path) -> None:
    (head / "papers/ferry.yaml").unlink()
    redirects = {**store.load(base).redirects, "ferry": "kite"}
    documents.write(head / "redirects.yaml", store.redirects_text(redirects))
    ((file, message),) = told(head, base)
    assert file == "papers/kite.yaml"
    assert message.startswith("ferry: was merged into this record, which lacks what an import would know it by (")
    assert message.endswith("use `reading-list merge kite ferry`")
    made = moves.joined(RECORDS["kite"], RECORDS["ferry"])
    write_record(head, "kite", made)
    assert not any("lacks" in message for _, message in told(head, base))


@pytest.mark.parametrize(("name", "other"), [("kite", "ferry"), ("ferry", "kite")])
def test_a_merge_taken_back_needs_a_word_in_either_of_the_two(head: Path, base: Path, name: str, other: str) -> None:
    contents = store.load(base)
    moves.apply(contents, moves.merge(contents, "kite", "ferry"))
    assert len(told(head, base)) == 2
    write_record(head, name, RECORDS[name].model_copy(update={"not_same_as": (other,)}))
    assert told(head, base) == []


@pytest.mark.parametrize("file", ["redirects.yaml", "retracted.yaml"])
def test_an_address_that_leads_on_stays(head: Path, base: Path, file: str) -> None:
    (head / file).unlink()
    found = told(head, base)
    assert [name for name, _ in found if name == file]
    assert all("bring its lines in" in message for name, message in found if name == file)


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [("topics.yaml", "sea", "shore", "sea: this topic is gone, and with it its page and its feeds"),
     ("paths.yaml", "way", "road", "way: this reading path is gone, and with it its page")],
)  # fmt: skip
def test_the_page_of_a_topic_or_path_goes_with_a_remark(
    head: Path, base: Path, file: str, old: str, new: str, what: str
) -> None:
    for path in head.rglob("*.*"):  # every record that names the topic names the new one
        path.write_text(re.sub(rf"\b{old}\b", new, path.read_text("utf-8")), encoding="utf-8")
    found = judged(head, base)
    assert found.problems == ()
    (remark,) = found.remarks
    assert (remark.path, remark.level) == (str(head / file), "warning")
    assert remark.message.startswith(what)


def test_a_former_id_is_not_given_to_another_paper(head: Path, base: Path) -> None:
    write_record(head, "old-loom", Record(title="Quarries at Dusk", topics=("sea",)))
    documents.write(head / "redirects.yaml", store.redirects_text({"spindle": "motion"}))
    ((file, message),) = told(head, base)
    assert file == "papers/old-loom.yaml"
    assert "was the id of 'loom', and ids are never given again" in message
    # Two papers that were merged by mistake are parted on a person's word.
    write_record(head, "old-loom", Record(title="Quarries at Dusk", topics=("sea",), not_same_as=("loom",)))
    assert told(head, base) == []


# --- what a change causes, and what it does not ----------------------------------------------------------------------


def test_what_was_wrong_before_is_not_told(head: Path, base: Path) -> None:
    for folder in (head, base):
        (folder / "papers" / "wrong.yaml").write_text("titel: Typo\n", "utf-8")
        (folder / "papers" / "crooked.yaml").write_text("title:  'Nets and Knots'\ntopics: [nowhere]\n", "utf-8")
        (folder / "stray.yaml").write_text("x: y\n", "utf-8")
    assert checking.check(store.load(head)) != []
    write_record(head, "kite", RECORDS["kite"].model_copy(update={"why": "It flies."}))
    assert told(head, base) == []
    (head / "papers" / "crooked.yaml").write_text("title:  'Nets & Knots'\ntopics: [nowhere]\n", "utf-8")
    assert {file for file, _ in told(head, base)} == {"papers/crooked.yaml"}  # touched, so judged as a whole


def test_more_of_the_same_fault_in_a_table_is_new(head: Path, base: Path) -> None:
    for folder in (head, base):
        text = (folder / "topics.yaml").read_text("utf-8")
        (folder / "topics.yaml").write_text(f"{text}old-fault: {{name: Old}}\n", "utf-8")
    assert told(head, base) == []
    with (head / "topics.yaml").open("a", encoding="utf-8") as file:
        file.write("new-fault: {name: New}\n")
    assert ("topics.yaml", "group: is missing; add it") in told(head, base)


@pytest.mark.parametrize("seed", range(60))
def test_a_change_without_problems_leaves_the_list_in_order(head: Path, base: Path, seed: int) -> None:
    """Damage the list at random: whatever the whole check finds, the change is told of something."""
    chance = random.Random(seed)
    files = sorted(path for path in head.rglob("*") if path.is_file())
    names = [b"loom", b"ferry", b"kite", b"motion", b"weaving", b"sea", b"2024"]
    for _ in range(chance.randrange(1, 4)):
        path = chance.choice([path for path in files if path.exists()])
        data = path.read_bytes()
        lines = data.split(b"\n")
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                path.unlink()
            case 1:
                path.rename(path.with_stem(chance.choice(["old-loom", "motion", "new-one", "a b"])))
            case 2:
                path.write_bytes(b"\n".join(lines[:at] + lines[at + 1 :]))
            case 3:
                path.write_bytes(b"\n".join([*lines[:at], chance.choice([b"x: y", b"- [", b"\xff", b""]), *lines[at:]]))
            case _:
                path.write_bytes(data.replace(chance.choice(names), chance.choice(names), 1))
    assert bool(judged(head, base).problems) or checking.check(store.load(head)) == []


def test_a_topic_that_goes_is_told_once_and_not_at_each_record(head: Path, base: Path) -> None:
    topics = store.load(head).topics
    documents.write(head / "topics.yaml", store.table_text({"sea": topics["sea"]}))
    documents.write(head / SCHEMA_FILE, record_schema({"sea": topics["sea"]}))
    assert told(head, base) == [
        (
            "topics.yaml",
            (
                "weaving: this topic is gone, but papers/ferry.yaml, papers/loom.yaml still name it; "
                "bring it back, or change these"
            ),
        )
    ]
    for name in ("a-net", "a-sail"):
        write_record(head, name, Record(title=f"What {name} Holds", topics=("weaving",), added="2024-01-03"))
    ((_, message),) = told(head, base)
    assert "papers/a-net.yaml, papers/a-sail.yaml, papers/ferry.yaml and 1 more still name it" in message


def test_what_a_change_causes_elsewhere_is_told_there(head: Path, base: Path) -> None:
    write_record(head, "loom", LOOM.model_copy(update={"topics": ("sea",)}))
    ((file, message),) = told(head, base)
    assert file == "topics.yaml"
    assert "'loom' does not have this topic" in message


def test_a_correction_says_where_it_comes_from(head: Path, base: Path) -> None:
    write_record(head, "loom", LOOM.model_copy(update={"venue": "Loom Quarterly"}))
    remark, _ = judged(head, base).remarks[::-1]
    assert remark.message.startswith(
        "provenance: venue is another value now, but still said to come from somebody/list"
    )
    assert remark.line == next(
        number
        for number, line in enumerate((head / "papers" / "loom.yaml").read_text("utf-8").splitlines(), 1)
        if "somebody/list" in line
    )
    for provenance in ({}, {"venue": "editor: as printed"}):
        corrected = {"venue": "Loom Quarterly", "provenance": provenance, "corrected": (PUT_RIGHT,)}
        write_record(head, "loom", LOOM.model_copy(update=corrected))
        assert told(head, base) == []


PUT_RIGHT = Correction(day="2025-01-02", what="Venue: Loom Quarterly instead of Loom Letters")
PEOPLE = {"authors": (PersonName(family="Weaver", given="Ann"), "Bo Spindle"), "issued": "2021-03"}


@pytest.mark.parametrize(
    ("update", "fields"),
    [
        ({"venue": "Loom Quarterly", "provenance": {}}, "venue is"),
        ({"venue": None, "authors": ("Ann Weaver",), "provenance": {}}, "authors and venue are"),
        ({"venue": "Loom Quarterly", "provenance": {"venue": "editor: as printed"}}, "venue is"),
        (
            {"issued": "2021-04", "title": "Looms That Learn: Weaving Patterns from a Few Threads"},
            "title and issued are",
        ),
        ({"venue": "Loom Quarterly", "provenance": {"venue": "https://api.example/1"}}, None),
        ({"venue": "Loom Quarterly", "provenance": {}, "corrected": (PUT_RIGHT,)}, None),
        (PEOPLE | {"summary": "It weaves."}, None),
        ({"title": "Looms That Weave Patterns", "alternative_titles": (LOOM.title,)}, None),
    ],
)
def test_a_correction_that_what_changed_does_not_tell_is_asked_about(
    head: Path, base: Path, update: dict[str, object], fields: str | None
) -> None:
    write_record(head, "loom", LOOM.model_copy(update=update))
    found = [remark for remark in judged(head, base).remarks if remark.message.startswith("corrected: ")]
    assert [(each.level, each.message.partition(" other than before")[0]) for each in found] == (
        [("notice", f"corrected: {fields}")] if fields else []
    )


def test_a_fact_that_was_not_known_is_no_correction(head: Path, base: Path) -> None:
    write_record(base, "loom", LOOM.model_copy(update={"venue": None}))
    assert not any(remark.message.startswith("corrected: ") for remark in judged(head, base).remarks)


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ({"summary": "short."}, "summary: has 1 word; 40 to 80 tell the problem, the idea and how it works"),
        ({"summary": "loom " * 81}, "summary: has 81 words; 40 to 80 tell the problem, the idea and how it works"),
        ({"why": "loom " * 38}, "why: has 38 words; 35 are enough"),
        ({"summary": "织机学报上的一篇短文。" * 9}, None),
        ({"summary": "loom " * 40, "why": "loom " * 35}, None),
        ({"summary": "loom " * 80}, None),
    ],
)
def test_words_more_or_fewer_than_wanted_are_remarked_on(
    head: Path, base: Path, update: dict[str, str], message: str | None
) -> None:
    kite = RECORDS["kite"].model_copy(update={field: text.strip() for field, text in update.items()})
    write_record(head, "kite", kite)
    assert told(head, base) == ([("papers/kite.yaml", message)] if message else [])
    write_record(base, "kite", kite)
    write_record(head, "kite", kite.model_copy(update={"type": "survey"}))
    assert told(head, base) == []  # it was so before


# --- the command -----------------------------------------------------------------------------------------------------


def test_annotations_of_github(head: Path, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_record(head, "again", Record(title="Kites over salt marsh", topics=("sea",)))
    write_record(head, "fog", Record(title="Ferry Timetables under Fog, Part II", topics=("sea",)))
    write_record(head, "late", Record(title=SAME, issued="2022", topics=("weaving",)))
    assert call("check", "--records", str(head), "--base", str(base), "--format", "github") == 1
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert sorted(re.match(r"::(\w+) file=.*/papers/(\w+)\.yaml,line=2::title: ", line).groups() for line in lines) == [  # type: ignore[union-attr]
        ("error", "again"),
        ("notice", "fog"),
        ("warning", "late"),
    ]
    assert said.err == f"3 files changed since {base}, 1 problem, 2 remarks\n"


def test_json_and_text_have_the_remarks(head: Path, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_record(head, "fog", Record(title="Ferry Timetables under Fog, Part II", topics=("sea",)))
    arguments = ("check", "--records", str(head), "--base", str(base))
    assert call(*arguments, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["problems"], [(each["line"], each["level"]) for each in found["remarks"]]) == ([], [(2, "notice")])
    assert call(*arguments) == 0
    assert capsys.readouterr().out.startswith(f"{head}/papers/fog.yaml:2: remark: title: close to `ferry`")


def test_what_is_printed_sends_nothing_to_the_terminal(
    head: Path, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (head / "papers" / "evil.yaml").write_text('"\\e]0;owned\\a\\n::error::gotcha\\u202e": x\n', "utf-8")
    for options in ((), ("--format", "github")):
        assert call("check", "--records", str(head), "--base", str(base), *options) == 1
        out = capsys.readouterr().out
        assert "gotcha" in out
        assert not re.search(r"(?m)[\x00-\x09\x0b-\x1f\x7f]|^::error::", out)


def test_a_change_of_nothing_is_not_passed_over(head: Path, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("check", "--records", str(head), "--base", str(base))
    assert call(*arguments) == 0
    note, counted = capsys.readouterr().err.splitlines()
    assert note.startswith(f"note: nothing in the records differs from {base}, so nothing was judged")
    assert counted == f"0 files changed since {base}, 0 problems, 0 remarks"
    write_record(head, "kite", RECORDS["kite"].model_copy(update={"why": "It flies."}))
    assert call(*arguments) == 0
    assert "note:" not in capsys.readouterr().err


def test_an_abstract_is_refused_where_the_list_keeps_none(
    head: Path, base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(head.parent)
    monkeypatch.delenv("READING_LIST_RECORDS", raising=False)
    name, record = next(iter(store.load(head).records.items()))
    write_record(head, name, record.model_copy(update={"abstract": "We weave. We find cloth.\n"}))
    for said, refused in (("false", 1), ("true", 0)):
        Path("mkdocs.yml").write_text(f"extra: {{reading_list: {{keep_abstracts: {said}}}}}\n", "utf-8")
        for arguments in ([], ["--base", str(base)]):
            assert call("check", *arguments) == refused
            assert bool(refused) == ("abstract: this list keeps no abstracts; delete it" in capsys.readouterr().out)
    Path("mkdocs.yml").write_text("extra: {reading_list: {keep_abstracts: false}}\n", "utf-8")
    old = shutil.copytree(head, base.parent / "old")
    write_record(head, "kite", RECORDS["kite"].model_copy(update={"why": "It flies."}))
    assert call("check", "--base", str(old)) == 0  # the change has not brought it
    assert call("check", "--records", str(head)) == 0  # perhaps another list than that of the settings
