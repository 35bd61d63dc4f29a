"""Merging and renaming records: every reference follows, old addresses lead on, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import checking, documents, store
from generator.curation import moves
from generator.errors import UsageError
from generator.models import Correction, PathStep, Record, Sighting, StartHere, Topic
from generator.models import Path as ReadingPath


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
        store.write_record(tmp_path, name, record)
    topic = Topic(name="Weaving", group="Toys", start_here=(StartHere(paper="loom-again", why="Begin."),))
    steps = (PathStep(paper="loom", why="First."), PathStep(paper="loom-again", why="Then."))
    documents.write(tmp_path / "topics.yaml", store.table_text({"weaving": topic}))
    documents.write(tmp_path / "paths.yaml", store.table_text({"cloth": ReadingPath(title="Cloth", steps=steps)}))
    documents.write(tmp_path / "redirects.yaml", store.redirects_text({"old-loom": "loom-again"}))
    documents.write(tmp_path / store.SCHEMA_FILE, store.record_schema({"weaving": topic}))
    assert checking.check(store.load(tmp_path)) == []
    return tmp_path


def test_merge_fills_gaps_and_moves_every_reference(folder: Path) -> None:
    contents = store.load(folder)
    moves.apply(contents, moves.merge(contents, "loom", "loom-again"))
    after = store.load(folder)
    assert checking.check(after) == []
    kept = after.records["loom"]
    assert set(after.records) == {"loom", "thread"}
    assert (kept.title, kept.issued, kept.links.code) == (
        "Loom: A Toy Weaver",
        "2021-03",
        "https://github.com/toy/loom",
    )
    assert kept.provenance == {"issued": "b", "title": "a", "links.code": "b"}
    assert kept.added == "2024-01-02"
    assert [correction.what for correction in kept.corrected] == ["The date.", "The title."]
    assert [start.paper for start in after.topics["weaving"].start_here] == ["loom"]
    assert [(step.paper, step.why) for step in after.paths["cloth"].steps] == [("loom", "First.")]
    assert after.records["thread"].not_same_as == ("loom",)
    assert after.redirects == {"loom-again": "loom", "old-loom": "loom"}


def test_sightings_of_both_are_kept(folder: Path) -> None:
    for name, position in (("loom", 2), ("loom-again", 1)):
        record = store.load(folder).records[name]
        seen = (Sighting(source="dump", position=position),)
        store.write_record(folder, name, record.model_copy(update={"seen": seen}))
    contents = store.load(folder)
    moves.apply(contents, moves.merge(contents, "loom", "loom-again"))
    assert [seen.position for seen in store.load(folder).records["loom"].seen] == [1, 2]


def test_rename_leaves_a_redirect_and_chains_collapse(folder: Path) -> None:
    for old, new in (("loom-again", "shuttle"), ("shuttle", "spindle")):
        contents = store.load(folder)
        moves.apply(contents, moves.rename(contents, old, new))
        assert checking.check(store.load(folder)) == []
    after = store.load(folder)
    assert after.redirects == dict.fromkeys(("loom-again", "old-loom", "shuttle"), "spindle")
    assert [step.paper for step in after.paths["cloth"].steps] == ["loom", "spindle"]


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


@pytest.mark.parametrize("files", range(5))
def test_a_run_cut_short_is_completed_by_the_next(folder: Path, monkeypatch: pytest.MonkeyPatch, files: int) -> None:
    before = {path: path.read_text("utf-8") for path in folder.rglob("*.*") if path.is_file()}
    contents = store.load(folder)
    moves.apply(contents, moves.rename(contents, "loom-again", "shuttle"))
    expected = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    for path in folder.rglob("*.*"):
        path.unlink()
    for path, text in before.items():
        path.write_text(text, "utf-8")
    written: list[Path] = []
    write = documents.write

    def stop(path: Path, text: str, **options: bool) -> bool:
        if len(written) == files:
            raise KeyboardInterrupt
        written.append(path)
        return write(path, text, **options)

    with monkeypatch.context() as patch:
        patch.setattr(documents, "write", stop)
        contents = store.load(folder)
        edit = moves.rename(contents, "loom-again", "shuttle")
        try:
            moves.apply(contents, edit)
        except KeyboardInterrupt:
            assert len(written) == files
    contents = store.load(folder)
    if "loom-again" in contents.records:
        moves.apply(contents, moves.rename(contents, "loom-again", "shuttle"))
    found = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    assert found == expected


def test_a_note_about_a_link_goes_with_its_link() -> None:
    links = {"code": "https://github.com/toy/other", "project": "https://loom.example.org"}
    kept = Record(title="Loom", links={"code": "https://github.com/toy/loom"})
    gone = Record(title="Looms", links=links, link_notes={"code": "of the other link", "project": "for browsers"})
    joined = moves._joined(kept, gone)
    assert joined.links.model_dump(exclude_none=True) == {**links, "code": "https://github.com/toy/loom"}
    assert joined.link_notes.model_dump(exclude_none=True) == {"project": "for browsers"}
