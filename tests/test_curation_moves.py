"""Merging and renaming records: every reference follows, old addresses lead on, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from site_tools import call, write_record

from generator import checking, store
from generator.curation import moves
from generator.disk import documents
from generator.errors import UsageError
from generator.models import Correction, Identifiers, Record, Sighting, Source, Step, Topic
from generator.models import Path as ReadingPath
from generator.store.schema import SCHEMA_FILE, record_schema


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small list in which two records of one paper are named in every place that can name one."""
    records = {
        "loom": Record(
            title="Loom: A Toy Weaver",
            topics=("weaving",),
            provenance={"title": "a"},
            corrected=(Correction(day="2024-03-01", what="The title."),),
        ),
        "loom-again": Record(
            title="Looms, Again and Again",
            topics=("weaving",),
            issued="2021-03",
            links={"code": "https://github.com/toy/loom"},
            provenance={"issued": "b", "title": "b", "links.code": "b"},
            added="2024-01-02",
            corrected=(Correction(day="2024-02-01", what="The date."),),
        ),
        "thread": Record(title="A Thread of Some Other Colour", not_same_as=("loom-again",)),
    }
    for name, record in records.items():
        write_record(tmp_path, name, record)
    topic = Topic(name="Weaving", group="Toys", start_here=(Step(paper="loom-again", why="Begin."),))
    steps = (Step(paper="loom", why="First."), Step(paper="loom-again", why="Then."))
    documents.write(tmp_path / "topics.yaml", store.table_text({"weaving": topic}))
    documents.write(tmp_path / "paths.yaml", store.table_text({"cloth": ReadingPath(title="Cloth", steps=steps)}))
    documents.write(tmp_path / "redirects.yaml", store.redirects_text({"old-loom": "loom-again"}))
    documents.write(tmp_path / SCHEMA_FILE, record_schema({"weaving": topic}))
    assert checking.check(store.load(tmp_path)) == []
    return tmp_path


def applied(folder: Path, move: Callable[..., moves.Edit], *arguments: object) -> store.Contents:
    contents = store.load(folder)
    moves.apply(contents, move(contents, *arguments))
    return store.load(folder)


def test_merge_fills_gaps_and_moves_every_reference(folder: Path) -> None:
    after = applied(folder, moves.merge, "loom", "loom-again")
    assert checking.check(after) == []
    kept = after.records["loom"]
    assert set(after.records) == {"loom", "thread"}
    assert (kept.title, kept.issued, kept.links.code) == (
        "Loom: A Toy Weaver",
        "2021-03",
        "https://github.com/toy/loom",
    )
    assert list(kept.provenance.items()) == [("title", "a"), ("issued", "b"), ("links.code", "b")]
    assert kept.added == "2024-01-02"
    assert [correction.what for correction in kept.corrected] == ["The date.", "The title."]
    assert [start.paper for start in after.topics["weaving"].start_here] == ["loom"]
    assert [(step.paper, step.why) for step in after.paths["cloth"].steps] == [("loom", "First.")]
    assert after.records["thread"].not_same_as == ("loom",)
    assert after.redirects == {"loom-again": "loom", "old-loom": "loom"}


def test_a_merge_shows_what_it_leaves_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record, gone = (store.load(folder).records[name] for name in ("loom", "loom-again"))
    decided = {**record.provenance, "identifiers.acl": "editor: that of another paper"}
    ours = {"issued": "2020", "identifiers": Identifiers(doi="10.1145/1"), "provenance": decided}
    write_record(folder, "loom", record.model_copy(update=ours))
    theirs = Identifiers(doi="10.1145/2", acl="2020.acl-main.703")
    write_record(folder, "loom-again", gone.model_copy(update={"identifiers": theirs, "venue": "V"}))
    assert call("merge", "--records", str(folder), "loom", "loom-again") == 0
    notes = [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines() if line.startswith("note: ")]
    begin = "the two records say different things, and this is left out: "
    assert notes == [f"{begin}issued: 2021-03", f"{begin}identifiers.acl: 2020.acl-main.703"]
    assert store.load(folder).records["loom"].alternative_identifiers == (Identifiers(doi="10.1145/2"),)


@pytest.mark.parametrize(("keep", "other", "why"), [("loom", "loom-again", "First."), ("loom-again", "loom", "Then.")])
def test_of_two_on_one_path_the_step_of_the_kept_one_stays(folder: Path, keep: str, other: str, why: str) -> None:
    contents = store.load(folder)
    starts = tuple(Step(paper=step.paper, why=step.why) for step in contents.paths["cloth"].steps)
    topic = contents.topics["weaving"].model_copy(update={"start_here": starts})
    documents.write(folder / "topics.yaml", store.table_text({"weaving": topic}))
    after = applied(folder, moves.merge, keep, other)
    assert [(step.paper, step.why) for step in after.paths["cloth"].steps] == [(keep, why)]
    assert [(start.paper, start.why) for start in after.topics["weaving"].start_here] == [(keep, why)]


def test_a_topic_that_begins_with_one_of_them_becomes_one_of_the_other(folder: Path) -> None:
    contents = store.load(folder)
    kept = contents.records["loom"].model_copy(update={"topics": ("spinning",)})
    write_record(folder, "loom", kept)
    topics = {"spinning": Topic(name="Spinning", group="Toys"), **contents.topics}
    documents.write(folder / "topics.yaml", store.table_text(topics))
    documents.write(folder / SCHEMA_FILE, record_schema(topics))
    after = applied(folder, moves.merge, "loom", "loom-again")
    assert checking.check(after) == []
    assert after.records["loom"].topics == ("spinning", "weaving")


def test_the_title_of_the_other_is_kept_unless_it_is_the_same() -> None:
    kept = Record(title="Loom: A Toy Weaver", alternative_titles=("A Weaver",))
    gone = Record(title="Looms, Again", alternative_titles=("a weaver", "LOOM – A Toy Weaver", "Third"))
    assert moves.joined(kept, gone).alternative_titles == ("A Weaver", "Looms, Again", "Third")
    assert moves.joined(kept, Record(title="Loom: a toy weaver")).alternative_titles == ("A Weaver",)


def test_the_identifiers_of_the_other_are_kept_where_they_differ() -> None:
    one, two, three = (Identifiers(arxiv=f"2301.0000{number}") for number in (1, 2, 3))
    kept = Record(title="Loom", identifiers=one, alternative_identifiers=(two,))
    gone = Record(title="Loom", identifiers=three.model_copy(update={"doi": "10.1000/a"}))
    made = moves.joined(kept, gone)
    assert made.identifiers == one.model_copy(update={"doi": "10.1000/a"})
    assert made.alternative_identifiers == (two, three)
    assert moves.joined(made, gone) == made
    assert moves.joined(Record(title="Loom"), made).alternative_identifiers == (two, three)
    assert moves.joined(Record(title="Loom", identifiers=two), made).alternative_identifiers == (one, three)


def test_what_an_editor_decided_stays_even_where_it_is_nothing() -> None:
    decided = dict.fromkeys(("authors", "identifiers.doi", "links.code"), "editor: withheld at their wish")
    kept = Record(title="Loom", identifiers={"arxiv": "2301.00010"}, provenance=decided)
    gone = Record(
        title="Loom",
        authors=("Ida Loom",),
        venue="Loom Letters",
        identifiers={"doi": "10.1000/a", "openreview": "loomloom"},
        links={"code": "https://github.com/toy/loom", "project": "https://loom.example.org"},
        link_notes={"code": "for browsers"},
        provenance={"authors": "b", "identifiers.doi": "b", "links.code": "b", "links.project": "b"},
    )
    assert store.plain(moves.joined(kept, gone)) == {
        "title": "Loom",
        "venue": "Loom Letters",
        "identifiers": {"arxiv": "2301.00010", "openreview": "loomloom"},
        "links": {"project": "https://loom.example.org"},
        "provenance": {**decided, "links.project": "b"},
    }


def test_a_cut_list_of_authors_gives_way_to_a_fuller_one() -> None:
    whole = Record(title="Loom", authors=("Ida Loom", "Jan Weft"), provenance={"authors": "b"})
    cut = Record(title="Loom", authors=("I. Loom", "others"), provenance={"authors": "a"})
    assert moves.joined(cut, whole) == moves.joined(whole, cut) == whole
    assert moves.joined(cut, cut.model_copy(update={"authors": ("I. Loom",)})) == cut
    by_hand = whole.model_copy(update={"provenance": {}})
    assert moves.joined(cut, by_hand) == by_hand
    decided = cut.model_copy(update={"provenance": {"authors": "editor: a collaboration"}})
    assert moves.joined(decided, whole) == decided


@pytest.mark.parametrize(("cut", "told"), [("Ida Loom", ()), ("I. Loom", ("authors: I. Loom and others",))])
def test_a_cut_list_whose_names_all_stay_is_not_told_as_left_out(cut: str, told: tuple[str, ...], folder: Path) -> None:
    for name, authors in (("loom", (cut, "others")), ("loom-again", ("Ida Loom", "Jan Weft"))):
        write_record(folder, name, Record(title="Loom", authors=authors, provenance={"authors": "a"}))
    for keep, other in (("loom", "loom-again"), ("loom-again", "loom")):
        assert moves.merge(store.load(folder), keep, other).left_out == told


def test_what_an_editor_put_right_goes_before_what_a_source_says(folder: Path) -> None:
    kept = Record(
        title="Loom",
        authors=("Ida Loom",),
        venue="Cloth",
        links={"code": "https://github.com/toy/a", "project": "https://a.example.org"},
        provenance=dict.fromkeys(("title", "authors", "venue", "links.code", "links.project"), "a"),
    )
    right = "editor: corrected; from https://example.org"
    gone = Record(
        title="Looms, Again",
        venue="Threads",
        links={"code": "https://github.com/toy/b"},
        provenance=dict.fromkeys(("title", "venue", "links.code", "links.project"), right),
    )
    made = moves.joined(kept, gone)
    assert (made.title, made.authors, made.venue) == (kept.title, kept.authors, "Threads")
    assert (made.links.code, made.links.project) == ("https://github.com/toy/b", "https://a.example.org")
    assert made.provenance == {**kept.provenance, "venue": right, "links.code": right}
    assert moves.joined(made, gone) == made
    by_hand = kept.model_copy(update={"provenance": {}})
    assert moves.joined(by_hand, gone).venue == "Cloth"
    write_record(folder, "loom", kept.model_copy(update={"topics": ("weaving",)}))
    write_record(folder, "loom-again", gone.model_copy(update={"topics": ("weaving",)}))
    told = ("venue: Cloth", "links.code: https://github.com/toy/a")
    assert moves.merge(store.load(folder), "loom", "loom-again").left_out == told


def test_the_day_that_the_first_of_them_joined_the_list_is_kept() -> None:
    one, other = (Record(title="Loom", added=day) for day in ("2024-01-02", "2024-01-03"))
    assert moves.joined(one, other).added == moves.joined(other, one).added == "2024-01-02"
    assert moves.joined(other, Record(title="Loom")).added == "2024-01-03"


def test_sightings_of_both_are_kept(folder: Path) -> None:
    for name, position in (("loom", 2), ("loom-again", 1)):
        record = store.load(folder).records[name]
        seen = (Sighting(source="dump", position=position),)
        write_record(folder, name, record.model_copy(update={"seen": seen}))
    after = applied(folder, moves.merge, "loom", "loom-again")
    assert [seen.position for seen in after.records["loom"].seen] == [1, 2]


def test_rename_leaves_a_redirect_and_chains_collapse(folder: Path) -> None:
    for old, new in (("loom-again", "shuttle"), ("shuttle", "spindle")):
        after = applied(folder, moves.rename, old, new)
        assert checking.check(after) == []
    assert after.redirects == dict.fromkeys(("loom-again", "old-loom", "shuttle"), "spindle")
    assert [step.paper for step in after.paths["cloth"].steps] == ["loom", "spindle"]


def test_what_is_done_already_needs_no_writing(folder: Path) -> None:
    for move, names in ((moves.merge, ("loom", "loom-again")), (moves.rename, ("thread", "yarn"))):
        after = applied(folder, move, *names)
        assert move(after, *names) == moves.Edit({})
    by_hand = replace(after, records={**after.records, "thread": after.records["loom"]})
    with pytest.raises(UsageError, match="never given again"):
        moves.rename(by_hand, "thread", "yarn")
    with pytest.raises(UsageError, match="it is yarn now"):
        moves.rename(_retract(folder, "yarn"), "thread", "yarn")


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("thread", "never given again"),
        ("old-loom", "never given again"),
        ("Loom!", "is no id"),
        ("index", "name of a page"),
    ],
)
def test_an_id_that_is_not_free_is_refused(folder: Path, new: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        moves.rename(store.load(folder), "loom", new)


@pytest.mark.parametrize(
    ("keep", "other", "message"),
    [
        ("loom", "loom", "with itself"),
        ("loom", "nothing", "is no record"),
        ("loom", "old-loom", "it is loom-again now"),
        ("thread", "loom-again", "a person said"),
    ],
)
def test_a_merge_that_makes_no_sense_is_refused(folder: Path, keep: str, other: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        moves.merge(store.load(folder), keep, other)


def test_a_note_about_a_link_goes_with_its_link() -> None:
    links = {"code": "https://github.com/toy/other", "project": "https://loom.example.org"}
    kept = Record(title="Loom", links={"code": "https://github.com/toy/loom"})
    gone = Record(title="Looms", links=links, link_notes={"code": "of the other link", "project": "for browsers"})
    joined = moves.joined(kept, gone)
    assert joined.links.model_dump(exclude_none=True) == {**links, "code": "https://github.com/toy/loom"}
    assert joined.link_notes.model_dump(exclude_none=True) == {"project": "for browsers"}


# --- taking a record off the list ------------------------------------------------------------------------------------


def _retract(folder: Path, name: str, reason: str = "The authors withdrew it.") -> store.Contents:
    return applied(folder, moves.retract, [name], reason, "2026-11-20")


def test_a_retraction_leaves_a_notice_and_no_reference(folder: Path) -> None:
    seen = (Sighting(source="dump", position=1),)
    source = Source(name="dump", format="csv", checksum="sha256:" + "0" * 64, entries=1)
    store.save(folder, {"sources.yaml": store.sources_text({"dump": source})})
    record = store.load(folder).records["loom-again"]
    write_record(folder, "loom-again", record.model_copy(update={"seen": seen}))
    after = _retract(folder, "loom-again")
    assert checking.check(after) == []
    assert set(after.records) == {"loom", "thread"}
    notice = after.retracted["loom-again"]
    assert (notice.title, notice.reason, notice.retracted, notice.seen) == (
        "Looms, Again and Again",
        "The authors withdrew it.",
        "2026-11-20",
        seen,
    )
    assert after.topics["weaving"].start_here == ()
    assert [step.paper for step in after.paths["cloth"].steps] == ["loom"]
    assert after.redirects == {"old-loom": "loom-again"}  # leads to the notice
    assert after.records["thread"].not_same_as == ("loom-again",)


def test_what_was_told_apart_from_a_retracted_paper_stays_apart(folder: Path) -> None:
    twin = store.load(folder).records["loom-again"]
    for name, apart in (("loom-again", ("twin", "thread")), ("twin", ())):
        write_record(folder, name, twin.model_copy(update={"not_same_as": apart}))
    assert checking.check(store.load(folder)) == []
    after = _retract(folder, "loom-again")
    assert after.records["twin"].not_same_as == ("loom-again",)
    assert checking.check(after) == []


def test_a_paper_that_stays_under_another_id_is_not_taken_off(folder: Path) -> None:
    """Its notice would say of the paper that stays that it was taken off, with no year to tell the two apart."""
    for name, issued in (("loom-again", "2021-03"), ("twin", "2024")):
        record = store.load(folder).records["loom-again"]
        write_record(folder, name, record.model_copy(update={"issued": issued}))
    assert checking.check(store.load(folder)) == []  # a person has to decide
    with pytest.raises(UsageError) as caught:
        _retract(folder, "twin")
    assert str(caught.value) == (
        "twin: same paper as 'loom-again', which stays (equal title, nothing against it); use `reading-list merge "
        "loom-again twin`, or, if they are two papers, first add `not_same_as: [twin]` to 'loom-again'"
    )
    contents = store.load(folder)
    assert set(moves.retract(contents, ["twin", "loom-again"], "Both.", "2026-11-20").deletes) == {
        "papers/twin.yaml",
        "papers/loom-again.yaml",
    }
    moves.apply(contents, moves.tell_apart(contents, "loom-again", "twin"))
    assert checking.check(_retract(folder, "twin")) == []


@pytest.mark.parametrize(
    ("name", "reason", "message"),
    [
        ("nothing", "So.", "is no record"),
        ("old-loom", "So.", "it is loom-again now"),
        ("loom", "", "reason: is empty"),
        ("loom", "a\u202eb", "reason: holds the invisible character"),
        ("loom", "x" * 1001, "reason: is longer than 1000"),
    ],
)
def test_a_retraction_that_makes_no_sense_is_refused(folder: Path, name: str, reason: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        moves.retract(store.load(folder), [name], reason, "2026-11-20")


def test_the_only_paper_of_a_path_is_not_retracted(folder: Path) -> None:
    _retract(folder, "loom-again")
    with pytest.raises(UsageError, match="loom: nothing else is on the path 'cloth'"):
        _retract(folder, "loom")


def test_several_are_taken_off_at_once_or_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def retracted(*names: str) -> int:
        return call("retract", *names, "--reason", "Imported by mistake.", "--records", str(folder))

    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    assert retracted("loom", "nothing") == retracted("loom", "loom-again") == 2
    assert "loom and loom-again: nothing else is on the path 'cloth'" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before
    assert retracted("thread", "loom-again") == retracted("loom-again", "thread") == 0
    after = store.load(folder)
    assert checking.check(after) == []
    assert (set(after.records), set(after.retracted)) == ({"loom"}, {"loom-again", "thread"})
    assert [step.paper for step in after.paths["cloth"].steps] == ["loom"]


def test_a_retracted_id_is_never_given_again(folder: Path) -> None:
    contents = _retract(folder, "loom-again")
    refused: tuple[tuple[Callable[[], moves.Edit], str], ...] = (
        (lambda: moves.rename(contents, "loom", "loom-again"), "never given again"),
        (lambda: moves.rename(contents, "loom-again", "shuttle"), "taken off the list on 2026-11-20"),
        (lambda: moves.merge(contents, "loom", "loom-again"), "taken off the list"),
        (lambda: moves.retract(contents, ["loom-again"], "Again.", "2026-11-21"), "taken off the list"),
    )
    for make, message in refused:
        with pytest.raises(UsageError, match=message):
            make()


def test_a_retraction_cut_short_is_completed_by_the_next(folder: Path) -> None:
    before = (folder / "papers" / "loom-again.yaml").read_bytes()
    expected = _retract(folder, "loom-again")
    (folder / "papers" / "loom-again.yaml").write_bytes(before)  # all was written, nothing deleted
    after = _retract(folder, "loom-again")
    assert (after.records, after.retracted) == (expected.records, expected.retracted)
    assert checking.check(after) == []


def test_a_retracted_paper_does_not_come_back_by_itself(folder: Path) -> None:
    _retract(folder, "loom-again")
    write_record(folder, "fresh", Record(title="Looms, again and again"))
    (problem,) = checking.check(store.load(folder))
    assert problem.path.endswith("fresh.yaml")
    assert "same paper as 'loom-again' (equal title, nothing against it), which was taken off" in problem.message
    assert "if it is another paper, add `not_same_as: [loom-again]`" in problem.message
    write_record(folder, "fresh", Record(title="Looms, again and again", not_same_as=("loom-again",)))
    assert checking.check(store.load(folder)) == []
