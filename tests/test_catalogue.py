"""The table the browse page loads: every paper with its facts, compactly."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from site_tools import RECORDS, TOY_RECORDS, TOY_SETTINGS, library, scratch

from generator import exports, pages, store
from generator.facts import titles
from generator.library import Library
from generator.models import Record, Sighting, Source
from generator.search import catalogue


def _catalogue(of: Library) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(catalogue.catalogue(of))
    return found


def _of(records: dict[str, Record], **more: Any) -> Library:
    return Library.of(store.Contents(scratch(), records=records, **more))


SOURCE = Source(name="x", format="csv", checksum="sha256:" + "0" * 64, entries=0)


@pytest.mark.parametrize("folder", [pytest.param(RECORDS, id="real"), pytest.param(TOY_RECORDS, id="toy")])
def test_every_fact_of_every_paper_is_there(folder: Path) -> None:
    of = library(folder)
    found = _catalogue(of)
    papers = found["papers"]
    assert {len(column) for column in papers.values()} == {len(of.records)}
    for number, (record_id, record) in enumerate(of.records.items()):
        assert papers["id"][number] == record_id
        assert papers["title"][number] == titles.plain(record.title)
        if record.authors:
            assert tuple(papers["authors"][number].split("\t")) == record.author_names
        else:
            assert papers["authors"][number] == (record.author_count or 0)
        assert papers["issued"][number] == (record.issued or "")
        for name, table in (("venue", "venues"), ("type", "types"), ("added", "days")):
            index = papers[name][number]
            assert (found[table][index] if index >= 0 else None) == getattr(record, name)
        topics = [found["topics"][index][0] for index in papers["topics"][number]]
        assert topics == [topic for topic in record.topics if topic in of.topics]
        linked = {kind for kind, bit in catalogue.LINK_BITS.items() if papers["links"][number] & bit}
        assert linked == {kind for kind, url in record.links.model_dump(exclude={"paper"}).items() if url}
    steps = {path: [papers["id"][number] for number in numbers] for path, _, numbers in found["paths"]}
    assert steps == {path_id: [step.paper for step in path.steps] for path_id, path in of.paths.items()}


def test_comments_are_the_highest_number_whose_day_is_known() -> None:
    sources = {
        "first": SOURCE.model_copy(update={"captured": "2024-03-01"}),
        "later": SOURCE.model_copy(update={"captured": "2025-12-09"}),
        "undated": SOURCE,
    }
    seen: dict[str, list[tuple[str, int | None]]] = {
        "a": [("first", 9), ("later", 7)],
        "b": [("first", 4), ("later", 4)],
        "c": [("undated", 2)],
        "d": [("gone", 3)],
        "e": [("first", None)],
        "f": [("first", 0)],
        "g": [],
    }
    records = {
        name: Record(title=name, seen=tuple(Sighting(source=id, position=1, comments=count) for id, count in its))
        for name, its in seen.items()
    }
    found = _catalogue(_of(records, sources=sources))
    stated = {found["papers"]["id"][paper]: (count, found["captures"][day]) for paper, count, day in found["comments"]}
    assert stated == {
        "a": (9, "2024-03-01"),
        "b": (4, "2025-12-09"),
        "f": (0, "2024-03-01"),
    }


def test_redirects_lead_to_papers_only() -> None:
    found = _catalogue(_of({"k": Record(title="K")}, redirects={"old": "k", "lost": "nowhere"}))
    assert found["redirects"] == {"old": "k"}


def test_an_empty_list_has_an_index() -> None:
    of = _of({})
    assert _catalogue(of)["papers"]["id"] == []


def test_the_order_of_the_input_changes_no_byte() -> None:
    contents = store.load(RECORDS)
    pairs = list(contents.records.items())
    random.Random(4).shuffle(pairs)
    shuffled = Library.of(replace(contents, records=dict(pairs)))
    assert catalogue.catalogue(shuffled) == catalogue.catalogue(Library.of(contents))


def _many(copies: int = 27) -> Library:
    """Return the real list many times over, 10,071 papers: only its size is of interest."""
    contents = store.load(RECORDS)
    records = {
        f"{record_id}-{copy}": record.model_copy(update={"title": f"{record.title} {copy}"})
        for record_id, record in contents.records.items()
        for copy in range(copies)
    }
    return Library.of(replace(contents, records=records, paths={}, topics=contents.topics))


def test_the_files_are_small() -> None:
    def weight(text: str) -> int:
        return len(gzip.compress(text.encode("utf-8"), 6))

    of = library(RECORDS)
    assert weight(catalogue.catalogue(of)) < 120 * len(of.records)
    assert weight(catalogue.catalogue(of)) < weight(exports.json_data(of.records)) / 3


@pytest.mark.slow
def test_the_browse_page_stays_small_for_ten_thousand_papers() -> None:
    of = _many()
    assert len(of.records) > 10_000
    page = next(page for page in pages.pages(of, TOY_SETTINGS) if page.path == "papers/index.md")
    assert page.make().count("<li><a ") == 100
    assert "../topics/" in page.make()
    assert "../years/" in page.make()
    assert len(page.make().encode("utf-8")) < 70_000  # the theme adds less than 25 kB


def test_the_browse_page_lists_all_papers_of_a_short_list() -> None:
    of = library(RECORDS)
    page = next(page for page in pages.pages(of, TOY_SETTINGS) if page.path == "papers/index.md")
    assert page.make().count("<li><a ") == len(of.records)
    assert all(f'href="{record_id}/"' in page.make() for record_id in of.records)
