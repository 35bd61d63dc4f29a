"""The library: all indexes sorted, ties broken, nothing lost."""

from __future__ import annotations

from itertools import permutations

import pytest
from site_tools import RECORDS, TOY_RECORDS, library

from generator import store
from generator.library import UNSORTED, Library, coverage
from generator.models import Path, Record, Sighting, Source, Step, Topic

TOY = library()


def _library(**records: Record) -> Library:
    topics = {"b": Topic(name="B", group="Two"), "a": Topic(name="A", group="One"), "c": Topic(name="C", group="Two")}
    return Library.of(store.Contents(TOY_RECORDS, records=records, topics=topics))


def test_records_stand_by_title() -> None:
    named = {"k1": "the loom", "k2": "A Loom", "k3": "The “Loom”", "k4": "the loom", "k5": "Übung", "k6": "Zettel"}
    found = _library(**{record_id: Record(title=title) for record_id, title in named.items()})
    assert list(found.records) == ["k2", "k3", "k1", "k4", "k5", "k6"]


def test_the_order_of_the_input_does_not_matter() -> None:
    records = {
        "k1": Record(title="Same", issued="2021"),
        "k2": Record(title="Same", issued="2021"),
        "k3": Record(title="Same"),
    }
    found = [_library(**dict(order)) for order in permutations(records.items())]
    assert {tuple(each.records) for each in found} == {("k1", "k2", "k3")}
    assert {each.newest_first for each in found} == {("k1", "k2", "k3")}
    assert {each.by_topic[UNSORTED] for each in found} == {("k1", "k2", "k3")}


def test_newest_first_puts_undated_last_and_vague_dates_behind_exact_ones() -> None:
    dates = {"none": None, "year": "2022", "month": "2022-10", "day": "2022-10-31", "old": "2019-12-31"}
    found = _library(**{name: Record(title=name, issued=date) for name, date in dates.items()})
    assert found.newest_first == ("day", "month", "year", "old", "none")
    assert found.undated == ("none",)
    assert found.by_year == {2022: ("day", "month", "year"), 2019: ("old",)}
    assert list(found.by_year) == [2022, 2019]


@pytest.mark.parametrize(
    ("topics", "stands_under"),
    [((), {UNSORTED}), (("gone",), {UNSORTED}), (("gone", "a"), {"a"}), (("a", "b"), {"a", "b"})],
)
def test_a_record_stands_under_its_known_topics_or_unsorted(topics: tuple[str, ...], stands_under: set[str]) -> None:
    assert set(_library(k=Record(title="A Toy", topics=topics)).by_topic) == stands_under


def test_groups_keep_the_order_of_the_file() -> None:
    assert _library().groups == {"Two": ("b", "c"), "One": ("a",)}
    assert list(_library().groups) == ["Two", "One"]


def test_sources_keep_their_own_order() -> None:
    assert [(record_id, seen.position) for record_id, seen in TOY.by_source["toy_dump"]] == [
        ("braided-attention", 1),
        ("undated-shuttle", 2),
        ("stray-thread", 3),
    ]
    assert list(TOY.sources) == sorted(TOY.sources)
    tied = _library(
        k2=Record(title="A", seen=(Sighting(source="s", position=1),)),
        k1=Record(title="B", seen=(Sighting(source="s", position=1),)),
    )
    assert [record_id for record_id, _ in tied.by_source["s"]] == ["k1", "k2"]


def test_authors_with_two_papers_are_listed_once_per_paper() -> None:
    found = _library(
        k1=Record(title="One", authors=("Ada", "Ada", "Bo"), issued="2020"),
        k2=Record(title="Two", authors=("Ada",), issued="2021"),
        k3=Record(title="Three", authors=("Bo", "others")),
        k4=Record(title="Four", authors=("Chi", "others")),
    )
    assert coverage(found)["authors"] == (2, ("k4", "k3"))  # two are cut
    assert found.by_author == {"Ada": ("k2", "k1"), "Bo": ("k1", "k3")}


def test_spellings_of_one_name_are_one_author() -> None:
    found = _library(
        k1=Record(title="One", authors=("Olivier Hénaff",), issued="2020"),
        k2=Record(title="Two", authors=("Olivier Henaff",), issued="2021"),
        k3=Record(title="Three", authors=("Olivier Hénaff",), issued="2022"),
        k4=Record(title="Four", authors=("李明", "王芳")),
        k5=Record(title="Five", authors=("王芳",)),
    )
    assert found.by_author == {"Olivier Hénaff": ("k3", "k2", "k1"), "王芳": ("k5", "k4")}


def test_paths_know_the_place_of_each_paper() -> None:
    steps = tuple(Step(paper=paper, why="So.") for paper in ("k2", "k1"))
    contents = store.Contents(
        TOY_RECORDS, paths={"p": Path(title="P", steps=steps), "q": Path(title="Q", steps=steps[1:])}
    )
    assert Library.of(contents).on_paths == {"k2": (("p", 0),), "k1": (("p", 1), ("q", 0))}


@pytest.mark.parametrize(
    ("topic", "year", "expected"),
    [
        (None, None, set(TOY.records)),
        ("spinning", None, {"braided-attention", "nameless-spindle"}),
        (None, 2021, {"stray-thread", "two-names"}),
        ("weaving", 2021, {"two-names"}),
        ("empty-topic", None, set()),
        (None, 1999, set()),
    ],
)
def test_select_narrows_by_topic_and_year(topic: str | None, year: int | None, expected: set[str]) -> None:
    found = TOY.select(topic, year)
    assert set(found) == expected
    assert list(found) == [record_id for record_id in TOY.records if record_id in expected]


def test_an_empty_list_has_empty_indexes() -> None:
    empty = Library.of(store.load(TOY_RECORDS / "nowhere"))
    indexes = (
        empty.records,
        empty.by_topic,
        empty.by_year,
        empty.undated,
        empty.by_source,
        empty.groups,
        empty.by_author,
        empty.on_paths,
    )
    assert not any(indexes)


def test_no_real_record_is_lost() -> None:
    found = library(RECORDS)
    by_year = [record_id for ids in found.by_year.values() for record_id in ids]
    assert sorted([*by_year, *found.undated]) == sorted(found.records)
    assert set().union(*found.by_topic.values()) == set(found.records)
    seen = sum(len(record.seen) for record in found.records.values())
    assert sum(map(len, found.by_source.values())) == seen
    assert set(found.by_source) <= set(found.sources)


def test_sources_without_entries_do_no_harm() -> None:
    source = Source(name="x.txt", format="csv", checksum="sha256:" + "0" * 64, entries=0)
    assert Library.of(store.Contents(TOY_RECORDS, sources={"x": source})).by_source == {}
