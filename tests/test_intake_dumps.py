"""The five real dumps, where they lie beside the repository: what they become, again and in any order."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from generator import intake, readers, store
from generator.facts.provenance import is_editors

RECORDS = Path(__file__).resolve().parent.parent / "records"


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk after each of thousands of files; test_documents tests that the generator does."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def take_in(folder: Path, paths: Sequence[Path], *, new: bool = True) -> intake.Import:
    """Import files into a folder, as the command does."""
    readings, checksums = intake.read_files(list(map(str, paths)))
    contents = store.load(folder)
    done = intake.plan(contents, readings, checksums, today="2026-01-02", new=new)
    intake.write(contents, done)
    return done


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def dumps(shared: Path) -> list[Path]:
    return sorted((shared / "listings").glob("*.txt"))


def test_the_five_dumps(dumps: list[Path], tmp_path: Path) -> None:
    done = take_in(tmp_path, dumps)
    assert done.problems == ()
    assert [len(reading.entries) for reading in done.readings] == [124, 37, 84, 109, 56]
    assert len(done.entries) == 410
    assert len(done.outcomes) == 373
    assert [reading.captured for reading in done.readings] == ["--03-11", None, "--03-11", "--03-13", "2025-12-09"]
    assert sum(entry.author_count is not None and entry.issued is not None for entry in done.entries) == 55
    assert sum(bool(entry.comments) for entry in done.entries) == 13
    assert sorted(number for outcome in done.outcomes for number in outcome.entries) == list(range(410))
    assert len(store.load(tmp_path).records) == 373


def test_titles_and_abstracts_are_exact_and_lines_lead_to_them(dumps: list[Path]) -> None:
    for path in dumps:
        lines = path.read_text("utf-8").split("\n")
        for entry in readers.read(str(path), path.read_bytes()).entries:
            assert entry.line is not None
            assert lines[entry.line - 1].strip().removeprefix("Subscribe") == entry.title
            assert entry.abstract in {line.strip() for line in lines[entry.line :][:3]}


def test_importing_the_dumps_again_touches_no_file(dumps: list[Path], tmp_path: Path) -> None:
    take_in(tmp_path, dumps)
    before, times = content(tmp_path), [path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))]
    take_in(tmp_path, dumps)
    take_in(tmp_path, dumps[2:3])
    assert content(tmp_path) == before
    assert [path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))] == times


def test_the_order_of_the_dumps_changes_nothing(dumps: list[Path], tmp_path: Path) -> None:
    take_in(tmp_path / "at-once", dumps)
    expected = content(tmp_path / "at-once")
    take_in(tmp_path / "reversed", dumps[::-1])
    assert content(tmp_path / "reversed") == expected
    for seed in range(3):
        shuffled = dumps[:]
        random.Random(seed).shuffle(shuffled)
        for path in shuffled:
            take_in(tmp_path / str(seed), [path])
        assert content(tmp_path / str(seed)) == expected


def test_a_paper_in_two_dumps_is_one_record_with_the_facts_of_both(dumps: list[Path], tmp_path: Path) -> None:
    done = take_in(tmp_path, dumps)
    found = [outcome for outcome in done.outcomes if outcome.record.title.startswith("Sophia")]
    assert [outcome.id for outcome in found] == ["sophia"]
    record = found[0].record
    last = next(entry for entry in done.entries if entry.file == str(dumps[4]) and entry.title == record.title)
    assert [seen.source[:3] for seen in record.seen] == ["000", "004"]
    assert (record.issued, record.author_count) == (last.issued, last.author_count)
    assert record.issued is not None
    assert {name: source[:3] for name, source in record.provenance.items()} == {
        "title": "000",
        "author_count": "004",
        "issued": "004",
    }


def test_the_dumps_make_the_records_of_this_repository(dumps: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "records"
    shutil.copytree(RECORDS, folder)
    before = content(folder)
    take_in(folder, dumps)
    assert content(folder) == before
    # And a first import gives all that people did not write or decide.
    take_in(tmp_path / "anew", dumps)
    anew, kept = store.load(tmp_path / "anew").records, store.load(RECORDS).records
    assert set(anew) == set(kept)
    for record_id, record in anew.items():
        ours = kept[record_id]
        assert (ours.title, ours.author_count) == (record.title, record.author_count)
        undecided = {
            kind for kind in record.links.model_fields_set if not is_editors(ours.provenance.get(f"links.{kind}", ""))
        }
        assert ours.links.model_dump(include=undecided) == record.links.model_dump(include=undecided)
        assert [seen for seen in ours.seen if seen in record.seen] == list(record.seen)
        if ours.provenance.get("issued") == record.provenance.get("issued"):
            assert ours.issued == record.issued


def test_the_facts_of_the_bibliographies_are_taken_in(shared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    shutil.copytree(RECORDS, folder)
    before = content(folder)
    take_in(folder, [shared / "data" / "facts" / "papers.csl.json"], new=False)
    assert content(folder) == before
