"""The pages about the list as a whole: what they rank and tell, and that each figure bears its day and source."""

from __future__ import annotations

import re
from typing import Any

import pytest
from site_tools import RECORDS, TOY_SETTINGS, library

from generator import digest, exports, pages
from generator.exports import data_schema
from generator.library import Library
from generator.models import Correction, Record, Sighting, Source, Topic
from generator.pages import overviews

LISTING = Source(name="Dump", format="huggingface-text", checksum="sha256:" + "0" * 64, entries=3)
SOURCES = {
    "one": LISTING.model_copy(update={"captured": "--03-11"}),
    "two": LISTING.model_copy(update={"name": "Second", "captured": "2025-12-09", "captured_inferred": True}),
    "three": LISTING.model_copy(update={"name": "Third"}),
    "books": LISTING.model_copy(update={"name": "Books", "format": "csl-json"}),
}


def _seen(**comments: int | None) -> tuple[Sighting, ...]:
    return tuple(Sighting(source=source, position=1, comments=number) for source, number in comments.items())


def _paper(title: str, *seen: Sighting, **more: Any) -> Record:
    return Record(title=title, seen=seen, **more)


TALKED_OF = {
    "a": _paper("A", *_seen(two=1, books=None)),
    "b": _paper("B", *_seen(one=None, two=5)),
    "c": _paper("C", *_seen(one=None, two=0, three=None)),
    "d": _paper("D", *_seen(one=None, books=None)),
    "e": _paper("E", *_seen(two=5)),
}


def _page(each: Library, path: str) -> str:
    text = {page.path: page.make() for page in pages.pages(each, TOY_SETTINGS)}[path]
    return text.replace("\u00a0", " ")  # within dates


def _values(each: Library, path: str) -> Any:
    return {page.path: page for page in overviews.overviews(each, TOY_SETTINGS)}[path].values


def test_discussed_ranks_by_comments_then_title_and_by_captures_alone() -> None:
    values = _values(Library(TALKED_OF, {}, SOURCES, {}, {}), "discussed.md")
    assert values["comments"] == [("b", 5, "two"), ("e", 5, "two"), ("a", 1, "two")]
    assert values["recurring"] == [
        ("c", ["one", "three", "two"]),
        ("b", ["one", "two"]),
    ]  # a bibliography is no capture
    assert values["counting"] == ["two"]
    assert set(values["captures"]) == {"one", "two", "three"}


def test_no_page_shows_a_count_whose_day_is_not_known() -> None:
    seen = {name: Sighting(source=name, position=2, comments=471, upvotes=424) for name in ("two", "three", "gone")}
    undated = Library(
        {"a": _paper("A", seen["three"], seen["gone"], provenance={"title": "three"})}, {}, SOURCES, {}, {}
    )
    for page in pages.pages(undated, TOY_SETTINGS):
        assert "471" not in page.make()
        assert "424" not in page.make()
    dated = Library({"a": _paper("A", *seen.values(), provenance={"title": "two"})}, {}, SOURCES, {}, {})
    assert _page(dated, "papers/a.md").count("471") == 1
    assert "entry 2, on 9 December 2025 (year inferred) with 471 comments and 424 upvotes</li>" in _page(
        dated, "papers/a.md"
    )
    assert "captured on 9 December 2025" in _page(dated, "sources/two.md")
    assert "*entry 2 · 424 upvotes, 471 comments*" in _page(dated, "sources/two.md")
    assert "471 comments · Second, 9 December 2025" in _page(dated, "discussed.md")


def test_a_day_that_was_inferred_as_a_whole_is_called_so() -> None:
    source = SOURCES["two"].model_copy(update={"format": "huggingface-json"})
    each = Library({"a": _paper("A", *_seen(two=3))}, {}, {"two": source}, {}, {})
    assert "entry 1, on 9 December 2025 (day inferred) with 3 comments</li>" in _page(each, "papers/a.md")
    assert "9 December 2025 (the file does not state the day; it follows" in _page(each, "sources/two.md")
    assert "| 9 December 2025 (day inferred) |" in _page(each, "sources/index.md")
    assert "3 comments · Second, 9 December 2025, day inferred" in _page(each, "discussed.md")


def test_a_source_numbers_its_entries_as_papers_cite_them_and_counts_what_is_gone() -> None:
    def records(*positions: int) -> dict[str, Record]:
        return {f"p{each}": _paper(f"P{each}", Sighting(source="one", position=each)) for each in positions}

    whole = Library(records(1, 2, 3), {}, SOURCES, {}, {})
    assert "\n3 entries in the file's own order, captured on 11 March." in _page(whole, "sources/one.md")
    partly = Library(records(1, 3), {}, SOURCES, {}, {})
    text = _page(partly, "sources/one.md")
    assert "\n3 entries, of which 2 are on this list, in the file's own order, captured on 11 March." in text
    assert "[P3](../papers/p3.md){ .rl-title } *entry 3*{ .rl-meta }\n" in text
    assert "entry 3" in _page(partly, "papers/p3.md")
    assert "\n3 entries, of which 1 is on this list," in _page(
        Library(records(2), {}, SOURCES, {}, {}), "sources/one.md"
    )


def test_discussed_gives_each_figure_its_day_and_what_is_not_known_of_it() -> None:
    text = _page(Library(TALKED_OF, {}, SOURCES, {}, {}), "discussed.md")
    assert "5 comments · Second, 9 December 2025, year inferred" in text
    assert (
        "3 captures · Dump (11 March, year not stated), Third (day not stated), Second (9 December 2025, year inferred)"
        in text
    )
    assert "[Dump](sources/one.md): 11 March, year not stated; 3 papers; prints no comments" in text
    assert "[Second](sources/two.md): 9 December 2025, year inferred; 3 papers; prints comments" in text


def test_discussed_of_the_real_list() -> None:
    values = overviews._discussed(library(RECORDS)).values
    assert len(values["comments"]) == 13
    assert values["comments"][0][1:] == (5, "004_8738fb0efdbe9406")
    assert len(values["recurring"]) == 33
    assert len(values["captures"]) == 5


def test_discussed_without_a_capture_says_so() -> None:
    text = _page(Library({"a": Record(title="A")}, {}, {}, {}, {}), "discussed.md")
    assert "No capture of a listing" in text
    assert "No source states comments and their day." in text
    assert "Hugging Face" not in text


def test_discussed_is_cut_and_says_so() -> None:
    records = {f"p{n:03}": _paper(f"P{n:03}", *_seen(one=None, two=n + 1)) for n in range(120)}
    text = _page(Library(records, {}, SOURCES, {}, {}), "discussed.md")
    assert len(re.findall(r"(?m)^1\. \[", text)) == 200
    assert "And 20 papers with fewer" in text
    assert "And 20 papers more" in text


def test_the_page_of_changes_is_the_digest_by_day() -> None:
    records = {
        "a": Record(title="A", added="2025-01-02", why="It weaves."),
        "b": Record(
            title="B", added="2025-01-03", corrected=(Correction(day="2025-02-01", what="The venue was wrong."),)
        ),
    }
    each = Library(records, {}, {}, {}, {"old": "a"})
    text = _page(each, "changes.md")
    days = re.findall(r"(?m)^## (.+)$", text)
    assert days == ["1 February 2025", "3 January 2025", "2 January 2025", "Merged and renamed"]
    assert len(digest.by_day(each)) == 3
    assert "[B](papers/b.md){ .rl-title } The venue was wrong." in text
    assert "It weaves." in text
    assert "- old is now [A](papers/a.md)" in text


@pytest.mark.parametrize(("count", "named"), [(60, True), (61, False)])
def test_a_day_of_many_is_told_by_topic(count: int, named: bool) -> None:
    records = {f"p{n}": Record(title=f"P{n}", added="2025-01-02", topics=("weaving",)) for n in range(count)}
    text = _page(Library(records, {"weaving": Topic(name="Weaving", group="G")}, {}, {}, {}), "changes.md")
    assert f"**{count} papers** joined the list" in text
    assert ("[P7](papers/p7.md)" in text) is named
    assert ("[Weaving](topics/weaving.md)" in text) is not named


def test_an_empty_list_has_no_changes() -> None:
    text = _page(Library({}, {}, {}, {}, {}), "changes.md")
    assert "No record states a day yet." in text
    assert "No record has been merged or renamed." in text


def test_the_page_of_data_documents_every_file_field_and_column() -> None:
    text = _page(library(), "data.md")
    for name in (*exports.FILE_NAMES.values(), data_schema.SCHEMA_FILE):
        assert f"](data/{name})" in text
    for column in exports.CSV_COLUMNS:
        assert f"`{column}`" in text
    assert len(re.findall(r"(?m)^- \*\*", text)) == len(data_schema.fields())


def test_what_fields_mean_is_plain_text() -> None:
    # It stands on the page as it is, and in the schema, which editors show.
    assert [name for name, _, meaning in data_schema.fields() if not meaning or "`" in meaning] == []


def test_explore_leads_to_every_overview() -> None:
    text = _page(library(), "explore.md")
    for path in (
        "pictures",
        "map",
        "years/index",
        "authors/index",
        "discussed",
        "changes",
        "data",
        "sources/index",
        "coverage",
    ):
        assert f"]({path}.md)" in text
    lonely = _page(Library({}, {}, {}, {}, {}), "explore.md")
    assert "authors/index" not in lonely


def test_one_paper_is_no_papers() -> None:
    one = Library({"a": _paper("A")}, {"looms": Topic(name="Looms", group="Toys")}, {}, {}, {}, {})
    assert [figure for figure, _ in overviews.counts(one)] == ["1 paper", "1 topic", "0 with code"]
