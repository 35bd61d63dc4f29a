"""Matching: which titles are one paper and which only look like it; that order never matters; the labelled sets."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import matching, readers
from generator.matching import blocking, evidence, match
from generator.matching.comparison import Kind, Verdict, compare
from generator.matching.evidence import people_agree
from generator.matching.items import Item, item_of_entry, item_of_record
from generator.models import Entry, Record

LOOMS = "An invented study of looms and shuttles that weave red cloth by night and blue cloth by day, with patience."
FERRIES = "Another toy text about ferries, harbours, tides, and captains counting waves before they sail home again."


def item(title: str, label: str = "a", **fields: Any) -> Item:
    return item_of_entry(Entry("toy", 1, 1, title, key=label, **fields))


def both(**fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return fields, fields


ONE_TEXT = both(abstract=LOOMS)
TWO_OF_TEN_WORDS, THREE_OF_TEN_WORDS = (
    ({"abstract": "warp weft loom yarn reed heddle spool bobbin shed pick"}, {"abstract": f"{words} of six ferries"})
    for words in ("warp weft a b c d e", "warp weft loom b c d e")
)
TWO_TEXTS = ({"abstract": LOOMS}, {"abstract": FERRIES})
TWO_LONG_TEXTS = ({"abstract": LOOMS * 5}, {"abstract": FERRIES * 5})
ONE_PAGE = both(pages="12-19", issued="2020")
NEXT_YEAR = (ONE_PAGE[0], ONE_PAGE[1] | {"issued": "2021"})
ALONE = both()
FAR_YEARS = ({"issued": "2019"}, {"issued": "2021"})
NEAR_YEARS = ({"issued": "2020"}, {"issued": "2021"})
TWO_VENUES = ({"venue": "Loom"}, {"venue": "Cloth J"})
JOURNAL = ({"venue": "Nature"}, {"venue": "Proceedings of Looms"})
PREPRINT = (
    {"venue": "LOOM 2022", "issued": "2021-11-03"},
    {"venue": "International Conference on Looms", "issued": "2022"},
)
OTHER_EDITION = (PREPRINT[0], PREPRINT[1] | {"issued": "2023"})
TWO_PEOPLE = ({"authors": ("Ida Loom",)}, {"authors": ("Jan Ferry",)})
ONE_PERSON = ({"authors": ("Ida Loom",)}, {"authors": ("Loom, I.",)})
ONE_YEAR = both(authors=("Ida Loom",), issued="2020")
TWO_IDS = ({"identifiers": {"arxiv": "2301.00001"}}, {"identifiers": {"arxiv": "2301.00002"}})
UNLIKE_IDS = ({"identifiers": {"arxiv": "2301.00001"}}, {"identifiers": {"doi": "10.1000/a"}})

PAIRS: list[tuple[str, str, tuple[dict[str, Any], dict[str, Any]], str, str]] = [
    # Numbers, versions and parts tell papers apart, whatever the abstracts say.
    ("Weaving at Scale", "Weaving at Scale v2", ONE_TEXT, "different", "numbers"),
    ("Weaving at Scale", "Weaving at Scale 2", ONE_TEXT, "different", "numbers"),
    ("Weaving at Scale", "Weaving at Scale, Part II", ONE_TEXT, "different", "part numbers"),
    ("Weaving at Scale, Part I", "Weaving at Scale, Part II", ONE_TEXT, "different", "part numbers"),
    ("Weaving at Scale: Part A", "Weaving at Scale: Part B", ONE_TEXT, "different", "parts"),
    ("SPACE-2: Looms as Trees", "SPACE-3: Looms as Trees", ONE_TEXT, "different", "2, 3"),
    ("Qwen2 Loom Report", "Qwen2.5 Loom Report", ONE_TEXT, "different", "2, 2.5"),
    ("Qwen2.5 Loom Report", "Qwen25 Loom Report", ONE_TEXT, "different", "2.5, 25"),
    ("CodeT5: Weaving Programs", "CodeT5+: Weaving Programs", ONE_TEXT, "different", "5, 5+"),
    ("Loom: Weaving Programs", "Loom+: Weaving Programs", ONE_TEXT, "different", "+"),
    ("Loom-7B in Practice", "Loom-13B in Practice", ONE_TEXT, "different", "numbers"),
    ("Proceedings of the 3rd Loom Meeting", "Proceedings of the 4th Loom Meeting", ALONE, "different", "3, 4"),
    ("Loom Challenge 2019", "Loom Challenge 2020", ALONE, "different", "2019, 2020"),
    ("Loom Challenge at Sea", "Loom Challenge at Sea 2019", ONE_YEAR, "review", "with the year"),
    ("Loom Challenge at Sea", "Loom Challenge at Sea 2017", ONE_YEAR, "different", "2017"),
    ("The Fourth Loom Meeting at Sea", "The 4th Loom Meeting at Sea", ONE_YEAR, "review", "similar titles"),
    # A notice about a paper is another document.
    ("Weaving at Night", "Erratum: Weaving at Night", ONE_TEXT, "different", "erratum"),
    ("Weaving at Night", "Correction to: Weaving at Night", ONE_TEXT, "different", "correction"),
    ("Weaving at Night", "Reply to Weaving at Night", ONE_TEXT, "different", "reply"),
    ("Weaving at Night", "Comment on “Weaving at Night”", ONE_TEXT, "different", "comment"),
    # Names that hold each other, and words turned round by a prefix: never without a person.
    ("BERT", "RoBERTa", ALONE, "different", "titles differ"),
    ("BERT: Looms Read Both Ways", "RoBERTa: Looms Read Both Ways", ONE_TEXT, "review", "titles do not"),
    ("Symmetric Looms for Fast Cloth", "Asymmetric Looms for Fast Cloth", ONE_TEXT, "review", "titles do not"),
    ("Symmetric Looms for Fast Cloth", "Asymmetric Looms for Fast Cloth", TWO_TEXTS, "different", "titles differ"),
    ("Supervised Looms for Fast Cloth", "Unsupervised Looms for Fast Cloth", ONE_TEXT, "review", "titles do not"),
    ("Homogeneous Looms at Work", "Heterogeneous Looms at Work", ONE_TEXT, "review", "titles do not"),
    ("Intraloom Threads at Work", "Interloom Threads at Work", ONE_TEXT, "review", "titles do not"),
    ("Weaving Cloth Faster at Night", "Weaving Cloth Faster at Night: A Survey of Looms", ALONE, "review", "continues"),
    # Equal titles: what proves a paper, and what proves nothing.
    ("Editorial", "Editorial", ALONE, "review", "many texts"),
    ("Guest Editorial: the Special Issue", "Guest Editorial: the Special Issue", ALONE, "review", "many texts"),
    ("Loom", "Loom", ALONE, "review", "4 letters"),
    ("Loom", "Loom", ONE_TEXT, "same", "abstracts agree"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", ALONE, "same", "nothing against"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", TWO_TEXTS, "review", "abstracts differ"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", TWO_LONG_TEXTS, "review", "abstracts differ"),
    ("Editorial", "Editorial", ONE_PAGE, "same", "equal title, first page and year agree"),
    ("Editorial", "Editorial", both(pages="12-19"), "review", "many texts"),
    ("Editorial", "Editorial", NEXT_YEAR, "different", "years"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", NEXT_YEAR, "review", "years"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", FAR_YEARS, "different", "years"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", NEAR_YEARS, "review", "years"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", TWO_VENUES, "review", "the venues differ (Cloth J | Loom)"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", JOURNAL, "review", "the venues differ"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", PREPRINT, "same", "nothing against"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", OTHER_EDITION, "review", "the years differ (2021, 2023)"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", TWO_PEOPLE, "review", "authors differ"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", ONE_PERSON, "same", "authors agree"),
    ("Weaving Cloths", "Weaving Cloths", ALONE, "review", "13 letters"),
    ("Weaving Clothes", "Weaving Clothes", ALONE, "same", "nothing against"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", TWO_OF_TEN_WORDS, "review", "abstracts differ"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", THREE_OF_TEN_WORDS, "same", "nothing against"),
    # Typesetting is no difference.
    (r"$\textbf{S}^2$IP-Loom: Weaving", "S2IP-Loom: Weaving", ALONE, "same", "equal title"),
    ("S<sup>2</sup>IP-Loom: Weaving", "S²IP-Loom: weaving.", ALONE, "same", "equal title"),
    ("An ε-Net of Looms in Wool", r"An $\varepsilon$-Net of Looms in Wool", ALONE, "same", "equal title"),
    ("Warp &amp; Weft for Pre-training", "Warp and Weft for Pretraining", ALONE, "same", "equal title"),
    # Near-equal titles need abstracts that agree.
    ("Weaving the Cloth of the Night", "Weaving Cloth of the Night", ONE_TEXT, "same", "stop words"),
    ("Weaving the Cloth of the Night", "Weaving Cloth of the Night", ALONE, "review", "stop words"),
    ("Weaving the Cloth of the Night", "Weaving Cloth of the Night", TWO_TEXTS, "review", "similar"),
    ("Weaving the Cloth of the Night", "Weaving Cloth of the Night", NEAR_YEARS, "review", "similar"),
    ("Weaving the Cloth of the Night", "Weaving Cloth of the Night", FAR_YEARS, "different", "titles differ"),
    ("Multilingual Translaton of Looms", "Multilingual Translation of Looms", ONE_TEXT, "same", "long word"),
    ("Multilingual Translaton of Looms", "Multilingual Translation of Looms", ALONE, "review", "long word"),
    ("Big Looms for Small Hands", "Big Rooms for Small Hands", ONE_TEXT, "review", "titles do not"),
    ("Weaving with Shuttles at Night", "Weaving with Shuddles at Night", ONE_TEXT, "review", "titles do not"),
    ("Duplication of Cloth at Night", "Deduplication of Cloth at Night", ONE_TEXT, "review", "titles do not"),
    ("Weaving at Night", "Sailing at Dawn", ONE_TEXT, "review", "titles do not"),
    ("Weaving at Night", "Sailing at Dawn", TWO_TEXTS, "different", "titles differ"),
    # Identifiers.
    ("Weaving Cloth", "Weaving Cloth Again", both(identifiers={"arxiv": "2301.00001"}), "same", "arxiv"),
    ("Weaving Cloth", "Sailing at Dawn", both(identifiers={"doi": "10.1000/a"}), "review", "far apart"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", TWO_IDS, "review", "identifiers differ"),
    ("Weaving Cloth at Night", "Weaving Cloth by Night", TWO_IDS, "different", "identifiers differ"),
    ("Weaving Cloth at Night", "Weaving Cloth at Night", UNLIKE_IDS, "same", "equal title"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "fields", "kind", "reason"), PAIRS)
def test_pairs(one: str, other: str, fields: tuple[dict[str, Any], dict[str, Any]], kind: str, reason: str) -> None:
    a, b = item(one, "a", **fields[0]), item(other, "b", **fields[1])
    verdict = compare(a, b)
    assert verdict.kind == kind, verdict
    assert reason in verdict.reason
    assert 0 <= verdict.score <= 1
    assert compare(b, a) == verdict
    # The labels must not decide either.
    assert compare(replace(a, label="z"), b).kind == kind


def test_conflicting_identifiers_never_merge_by_themselves() -> None:
    a = item("Weaving Cloth at Night", "a", identifiers={"arxiv": "2301.00001", "doi": "10.1000/a"})
    b = item("Weaving Cloth at Night", "b", identifiers={"arxiv": "2301.00002", "doi": "10.1000/a"})
    assert compare(a, b).kind == "review"


def test_conflicting_identifiers_are_not_joined_by_a_third_entry() -> None:
    one, two = (item("A Loom of Great Renown", label, **fields) for label, fields in zip("ac", TWO_IDS, strict=True))
    items = [one, item("A Loom of Great Renown", "b"), two]
    outcomes = set()
    for order in permutations(items):
        found = match(order)
        assert max(map(len, found.clusters)) == 2
        outcomes.add(frozenset(frozenset(order[place].label for place in cluster) for cluster in found.clusters))
        assert any("arxiv identifiers differ" in pair.verdict.reason for pair in found.review)
    assert len(outcomes) == 1


@pytest.mark.parametrize(
    ("one", "other", "changes", "kind"),
    [
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night: Looms and Lamps", {}, "same"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night (Panel)", {}, "review"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night - Looms", {}, "same"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night – Looms", {}, "same"),
        # Words that only follow may be another paper's.
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night with Looms", {}, "review"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night: Guest Editor's Introduction", {}, "review"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night (Demo)", {}, "review"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night: Looms Revisited", {}, "review"),
        ("Weaving Red Cloth by Night", f"Weaving Red Cloth by Night: {'Looms and Lamps ' * 4}", {}, "review"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night: Looms and Lamps", {"venue": None}, "review"),
        ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night: Looms and Lamps", {"issued": None}, "review"),
        ("Weaving Red", "Weaving Red: Looms and Lamps", {}, "review"),
        ("Weaving Red", "Weaving Red: Looms and Lamps", {"authors": ("Jan Ferry",)}, "different"),
    ],
)
def test_a_subtitle_left_out(one: str, other: str, changes: dict[str, Any], kind: Kind) -> None:
    facts = {"authors": ("Ida Loom", "Jan Ferry"), "issued": "2020", "venue": "Proceedings of Looms"}
    assert compare(item(one, "a", **facts), item(other, "b", **{**facts, **changes})).kind == kind


@pytest.mark.parametrize(("source", "kind"), [("y", "same"), ("x", "review"), (None, "review")])
def test_a_slip_in_a_short_word_is_one_where_two_databases_list_all_else_alike(source: str | None, kind: Kind) -> None:
    facts = {"authors": ("Ida Loom",), "issued": "2020", "venue": "Proceedings of Looms"}
    one = item("Weaving Wool Cloth at Night by the Sea", "a", database="x", **facts)
    assert compare(one, item("Weaving Wolo Cloth at Night by the Sea", "b", database=source, **facts)).kind == kind


def test_what_was_compared_is_told() -> None:
    one = item("A Loom of Wool", "a", venue="LOOM 2020", issued="2020", volume="7", pages="3-4")
    other = item("A Loom of Silk", "b", venue="Loom 2020", volume="8", pages="3", authors=("Ida Loom",))
    assert evidence.lines(one, other) == [
        ("title", "differs in wool | silk"),
        ("authors", "only one has them"),
        ("year", "only one has it (2020)"),
        ("venue", "equal (LOOM 2020)"),
        ("volume", "7 | 8"),
        ("first page", "equal (3)"),
    ]


def test_items_alike_in_all_but_labels_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def counting(a: Item, b: Item) -> Verdict:
        compared.append((a.label, b.label))
        return compare(a, b)

    monkeypatch.setattr(matching, "compare", counting)
    found = match([item("A Loom of Great Renown", str(number), abstract=LOOMS) for number in range(60)])
    assert (len(found.clusters), len(compared)) == (1, 1)


def test_a_title_that_recurs_over_the_years_proves_nothing() -> None:
    items = [item("Notes From the Loom Room", f"n{year}", issued=str(year)) for year in (2001, 2003, 2005, 2005)]
    assert match(items).clusters == ((0,), (1,), (2,), (3,))
    assert match(items[2:]).clusters == ((0, 1),)


def test_two_texts_of_one_title_year_and_author_in_a_source_leave_open_which_of_them_another_source_has() -> None:
    facts = {"issued": "2020", "authors": ("Ida Loom",)}
    items = [item("Editorial", label, database=label[0], **facts) for label in ("a", "b", "a again")]
    assert match(items[:2]).clusters == ((0, 1),)
    assert match(items).clusters == ((0,), (1,), (2,))
    items[1] = replace(items[1], authors="Loom, Ida;Ferry, Jan")
    assert match(items).review == ()
    assert len(match([replace(each, source="") for each in items]).review) == 3


def test_nearly_equal_titles_of_which_one_recurs_are_asked_about() -> None:
    column = replace(item("Weaving the Cloth of the Night", "a", abstract=LOOMS), is_column=True)
    text = item("Weaving Cloth of the Night", "b", abstract=LOOMS)
    for one, other in ((column, text), (replace(text, is_column=True), replace(column, is_column=False))):
        verdict = compare(one, other)
        assert (verdict.kind, "recur over the years" in verdict.reason) == ("review", True)


@pytest.mark.parametrize(("pages", "kind"), [("8-9", "same"), ("12", "review")])
def test_volume_and_pages_of_a_record_stand_in_its_venue(pages: str, kind: str) -> None:
    record = Record(title="Notes on Looms", venue="Loom Letters 14, 8 (2023)", issued="2023", authors=("Ida Loom",))
    entry = item("Notes on Looms", venue="Loom Letters", volume="14", pages=pages, issued="2023", authors=("Ida Loom",))
    assert compare(item_of_record("r", record), entry).kind == kind


@pytest.mark.parametrize(
    ("one", "other", "is_strong"),
    [
        ({}, {}, True),
        ({"volume": "3"}, {"volume": "3"}, True),
        ({"volume": "3"}, {"volume": "4"}, False),
        ({"volume": "3"}, {}, False),
        ({}, {"issued": "2021"}, False),
        ({}, {"pages": "13"}, False),
        # Where authors are named, they decide.
        ({"volume": "3", "authors": ("Ida Loom",)}, {"volume": "4", "authors": ("Ida Loom",)}, True),
        ({"authors": ("Ida Loom",)}, {"authors": ("Jan Ferry",)}, False),
    ],
)
def test_authors_and_year_or_place_and_year_are_strong_evidence(
    one: dict[str, Any], other: dict[str, Any], is_strong: bool
) -> None:
    facts = {"issued": "2020", "pages": "12"}
    a, b = item("Cloth", "a", **{**facts, **one}), item("Cloth", "b", **{**facts, **other})
    assert evidence.strong(a, b) == evidence.strong(b, a) == is_strong


@pytest.mark.parametrize(
    ("papers", "databases", "with_both", "asked"),
    [
        (50, ("a", "b"), ("a", "b"), 0),
        (49, ("a", "b"), ("a", "b"), 1),
        (52, ("a", "b"), ("a",), 0),
        (50, ("", "b"), ("", "b"), 1),  # entries of no database are of none that lists a paper once
    ],
)
def test_a_database_that_lists_a_paper_twice_is_asked_about_unless_it_lists_many(
    papers: int, databases: Sequence[str], with_both: Sequence[str], asked: int
) -> None:
    facts = {"authors": ("Ida Loom", "Jan Ferry"), "issued": "2020", "venue": "Proceedings of Looms"}
    near = ["Weaving Red Cloth by Night with Care", "Weaving Red Cloth by Night with Ease"]
    listed = [*near, *(f"A Catalogue of Kelp, Part {number}" for number in range(papers - 2))]
    items = [
        item(title, f"{source}{title}", database=source, **facts)
        for title in listed
        for source in (with_both if title in near else databases)
    ]
    items.append(item(listed[-1], "again", database=databases[0], **facts))
    found = match(items)
    assert len(found.clusters) == papers
    assert len(found.review) == asked


def test_a_person_has_the_last_word() -> None:
    a, b = item("Weaving Cloth at Night", "a"), item("Weaving Cloth at Night", "b")
    told = item_of_record("r", Record(title="Weaving Cloth at Night", not_same_as=("a",)))
    assert compare(a, b).kind == "same"
    assert compare(a, told) == compare(told, a)
    assert "a person said" in compare(a, told).reason


def test_what_a_person_told_apart_is_asked_of_no_entry_of_either() -> None:
    titles = ("Weaving of Transformational Looms", "Weaving of Transfromational Looms")
    records = [item_of_record(name, Record(title=title)) for name, title in zip("rs", titles, strict=True)]
    items = [item(titles[0]), *records]
    assert [(pair.a, pair.b) for pair in match(items).review] == [(0, 2), (1, 2)]
    items[2] = replace(items[2], not_same_as=frozenset("r"))
    assert match(items).review == ()
    assert match(items).clusters == ((0, 1), (2,))


def test_the_surest_pair_is_joined_first() -> None:
    titles = [
        "Multilingual Translaion of Looms",
        "Multilingual Translation of Looms",
        "Multilingual Translation of Looms",
    ]
    ids: tuple[dict[str, str], ...] = ({"arxiv": "2301.00001"}, {"arxiv": "2301.00002"}, {})
    items = [item(title, abstract=LOOMS, identifiers=held) for title, held in zip(titles, ids, strict=True)]
    assert match(items).clusters == ((0,), (1, 2))


def test_a_common_identifier_joins_before_an_equal_title() -> None:
    # One entry is like two others, of which the years make two papers.
    held = {"doi": "10.1000/loom"}
    years: tuple[tuple[str, dict[str, str]], ...] = (("2020", held), ("2020", {}), ("2023", held))
    items = [item("Weaving Cloth at Night", issued=year, identifiers=ids) for year, ids in years]
    for order in permutations(items):
        found = match(order)
        assert {frozenset(order[place].year for place in cluster) for cluster in found.clusters} == {
            frozenset({2020, 2023}),
            frozenset({2020}),
        }
        assert len(found.review) == 1


def test_clusters_are_no_transitive_closure() -> None:
    # b is like both a and c, but somebody said that a and c are two papers.
    a = item_of_record("a", Record(title="Weaving the Cloth of Night", abstract=LOOMS, not_same_as=("c",)))
    b, c = item("Weaving Cloth of Night", "b", abstract=LOOMS), item("Weaving Cloth of the Night", "c", abstract=LOOMS)
    assert {compare(a, b).kind, compare(b, c).kind} == {"same"}
    for order in permutations([a, b, c]):
        found = match(order)
        sets = {frozenset(order[place].label for place in cluster) for cluster in found.clusters}
        assert frozenset("ac") not in sets
        assert not any({"a", "c"} <= labels for labels in sets)
        assert any("but" in pair.verdict.reason for pair in found.review)


def test_two_records_are_never_joined_by_an_import() -> None:
    records = [item_of_record(name, Record(title="Weaving Cloth at Night")) for name in ("one", "two")]
    found = match([item("Weaving Cloth at Night"), *records])
    assert all(len({1, 2} & set(cluster)) < 2 for cluster in found.clusters)
    assert any("two records" in pair.verdict.reason for pair in found.review)


def test_an_entry_joins_no_record_where_another_is_as_like_it() -> None:
    both = ("Weaving Cloth at Night", "2210.17329"), ("Weaving Cloth at Night", "2210.17320")
    records = [
        item_of_record(name, Record.model_validate({"title": title, "identifiers": {"arxiv": arxiv}}))
        for name, (title, arxiv) in zip(("one", "two"), both, strict=True)
    ]
    found = match([item("Weaving Cloth at Night"), *records])
    assert found.clusters == ((0,), (1,), (2,))
    assert [(pair.a, pair.b) for pair in found.review] == [(0, 1), (0, 2), (1, 2)]
    assert all("one and two are two records" in pair.verdict.reason for pair in found.review[:2])
    surely = match([item("Weaving Cloth at Night", identifiers={"arxiv": "2210.17320"}), *records])
    assert surely.clusters == ((0, 2), (1,))


ONE_ID = both(identifiers={"doi": "10.1000/a"})
BESIDE = ("Weaving Red Cloth", "Sailing at Dawn")
BLOCKS: list[tuple[str, tuple[str, str], tuple[dict[str, Any], dict[str, Any]]]] = [
    ("identifier", BESIDE, ONE_ID),
    ("people", BESIDE, both(authors=("Ida Loom", "Jan Ferry"), issued="2020")),
    ("abstract", BESIDE, ONE_TEXT),
    ("title", ("Weaving Red Cloth by Night", "Weaving Red Cloth by Night: Looms"), ALONE),
    ("title", ("Weaving Red Cloth", "Weaving Red Cloth (Panel Session)"), ALONE),
    ("start", ("Understanding Weaving", "Understanding Weaving by Night"), ALONE),
    ("end", ("Weaving and Understanding", "On Weaving and Understanding"), ALONE),
    ("words", ("Weaving Red Cloth", "Weaving Rad Cloth"), ALONE),
    ("rare", ("Cloth and Yarn by Night and by Day", "On Yarn, Threads and Cloth"), ALONE),
]


@pytest.mark.parametrize(("kind", "papers", "fields"), BLOCKS)
def test_what_two_papers_have_in_common_brings_them_to_a_comparison(
    kind: str, papers: tuple[str, str], fields: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    items = [item(title, **facts) for title, facts in zip(papers, fields, strict=True)]
    kinds, paired = blocking.shared(items, 0, 1)
    assert kind in kinds
    assert paired
    assert list(matching.candidates(items)) == [(0, 1)]


@pytest.mark.parametrize(("count", "pairs"), [(40, 40 * 39 // 2), (41, 6 * 41 - 6 * 7 // 2)])
def test_in_a_block_of_more_than_forty_each_meets_six_neighbours(count: int, pairs: int) -> None:
    items = [item(f"{chr(97 + n // 7)}{chr(97 + n % 7)}" * 20, str(n), abstract=LOOMS) for n in range(count)]
    assert len(list(matching.candidates(items))) == pairs


def test_blocks_over_the_cap_still_pair_neighbours() -> None:
    items = [item(f"A Very Common Beginning of {n} Looms and Nothing", f"{n:03}") for n in range(100)]
    items.append(item("A Very Common Beginning of 50 Looms and Nothing", "copy"))
    pairs = list(matching.candidates(items))
    assert (50, 100) in pairs
    assert all(a < b for a, b in pairs)
    assert len(pairs) < 100 * 100 / 2


def test_nothing_matches_nothing() -> None:
    assert match([]) == matching.Matching((), ())
    assert match([item("???", "a"), item("!!!", "b")]).clusters == ((0,), (1,))


# --- properties ------------------------------------------------------------------------------------------------------

TITLES = [
    "Weaving Cloth at Night", "Weaving the Cloth at Night", "Weaving Cloth at Night 2", "Weaving Cloth at Nigth Again",
    "Weaving Cloth at Night Again", "Editorial", "Loom", "Symmetric Weaving at Night", "Asymmetric Weaving at Night",
]  # fmt: skip
LABELS = [f"p{number}" for number in range(7)]


@st.composite
def papers(draw: st.DrawFn) -> list[Item]:
    """Up to seven items of few titles, abstracts, years and identifiers, so that they often meet; some are records."""
    items = []
    for label in LABELS[: draw(st.integers(2, len(LABELS)))]:
        abstract = draw(st.sampled_from([None, LOOMS, FERRIES]))
        arxiv = draw(st.sampled_from([None, None, "2301.00001", "2301.00002"]))
        issued = draw(st.sampled_from([None, "2020", "2021"]))
        each = item(
            draw(st.sampled_from(TITLES)),
            label,
            abstract=abstract,
            issued=issued,
            identifiers={"arxiv": arxiv} if arxiv else {},
            authors=draw(st.sampled_from([None, ("Ida Loom",), ("Loom, Ida", "Jan Ferry"), ("J?n Ferry",)])),
            venue=draw(st.sampled_from([None, "Proceedings of Looms", "Journal of Looms"])),
            database=draw(st.sampled_from([None, "one", "other"])),
        )
        others = draw(st.sets(st.sampled_from(LABELS), max_size=2)) - {label}
        items.append(replace(each, not_same_as=frozenset(others), is_record=draw(st.booleans())))
    return items


Told = tuple[set[frozenset[str]], set[tuple[frozenset[str], Kind, float]], set[str]]


def by_label(items: Sequence[Item]) -> Told:
    """Return clusters, pairs and reasons of a matching without the places of the input."""
    found = match(items)
    clusters = {frozenset(items[place].label for place in cluster) for cluster in found.clusters}
    pairs = {(frozenset((items[p.a].label, items[p.b].label)), p.verdict.kind, p.verdict.score) for p in found.pairs}
    return clusters, pairs, {pair.verdict.reason for pair in found.pairs}


@given(papers(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(items: list[Item], chance: random.Random) -> None:
    shuffled = items[:]
    chance.shuffle(shuffled)
    assert by_label(shuffled)[:2] == by_label(items)[:2]


def test_the_order_of_the_input_does_not_change_reasons() -> None:
    items = [item("Weaving Cloth at Night", label) for label in "abcd"]
    items.append(replace(item("Weaving Cloth at Night", "e"), not_same_as=frozenset("a")))
    assert [by_label(order)[2] for order in permutations(items)] == [by_label(items)[2]] * 120


@given(papers())
def test_clusters_part_the_input_and_respect_cannot_links(items: list[Item]) -> None:
    found = match(items)
    assert sorted(place for cluster in found.clusters for place in cluster) == list(range(len(items)))
    assert list(found.pairs) == sorted(found.pairs, key=lambda pair: (pair.a, pair.b))
    for cluster in found.clusters:
        for a, b in combinations([items[place] for place in cluster], 2):
            assert a.label not in b.not_same_as
            assert b.label not in a.not_same_as
            assert not (a.is_record and b.is_record)
            assert compare(a, b).kind != "different"


@given(papers())
def test_every_verdict_is_symmetric_and_carries_its_reason(items: list[Item]) -> None:
    for a, b in combinations(items, 2):
        assert compare(a, b) == compare(b, a)
        assert compare(a, b).reason


ODD = st.text(st.sampled_from("abT ?()[]:-–\\${}&;<>'+.,019éßΩ量\u00a0\ufffd"), max_size=12)
ODD_ITEMS = st.builds(
    lambda title, label, **fields: item(f"t{title}", label, **fields),
    ODD | st.sampled_from(["(panel)", " - Book Review", ": a tutorial", " Part II", " [Dutch]"]),
    st.sampled_from("xyz"),
    abstract=st.none() | ODD,
    authors=st.none() | st.lists(ODD, max_size=2).map(tuple),
    venue=st.none() | ODD,
    pages=st.none() | ODD,
    issued=st.sampled_from([None, "2020", "2021"]),
    database=st.sampled_from([None, "one", "other"]),
)


@given(st.lists(ODD_ITEMS, max_size=5))
def test_no_text_is_too_odd(items: list[Item]) -> None:
    assert sorted(place for cluster in match(items).clusters for place in cluster) == list(range(len(items)))
    for a, b in combinations(items, 2):
        assert compare(a, b).kind == compare(b, a).kind


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Michael B?hlen", "Böhlen, Michael", True),
        ("Michael B\ufffdhlen", "Böhlen, Michael", True),
        ("Werner Kie?ling", "W. Kießling", True),
        ("Tamer ?zsu", "M. Tamer Özsu", True),
        ("J?n+ B?h", "Jan Ferry", False),
        ("Ida Loom, Jan Ferry", "Jan Ferry and Ida Loom", True),
        ("Wei Wang", "Wei Zhang", False),
        ("Loom, Ida", "Ida Lom", False),
        ("Ida Looming", "Ida Loomng", True),
        ("Yip, Chi Bun", "Chi Bun Yip", True),
        ("Wu, B.", "Bo Wu", True),
        ("Smith, Xia", "Wu, Bo", False),
        ("Öhm, Xiaoming", "Wü, Xiaoming", False),
        ("Li, X. and Xu, Y.", "Wu, B. and He, Z.", False),
        ("王芳", "李娜", False),
        # Initials behind a name are no family's, whoever bears them.
        ("Smith J.", "Jones J.", False),
        ("Smith JA and Brown K", "Miller JA and Green K", False),
        ("Kim J.-H. Jr", "Lee J.-H. Jr", False),
        ("Иванов Ю. В.", "Жуков Ю. В.", False),
        ("Ivanov Yu. V.", "Zhukov Yu. V.", False),
        ("Ivanov Yu. V.", "Yu. V. Ivanov", True),
        ("van der Web TH and Li X", "Tom H. van der Web and Xia Li", True),
        ("Yan XU", "Yan Xu", True),
    ],
)
def test_names(one: str, other: str, agree: bool) -> None:
    a, b = (item("Cloth", "a", authors=(names,)) for names in (one.replace(" and ", ";"), other.replace(" and ", ";")))
    assert people_agree(a, b) == people_agree(b, a) == agree


@pytest.mark.parametrize(
    ("one", "other", "agree", "same"),
    [
        ("Ida Loom;others", "Ida Loom;Jan Ferry;Bo Weft", True, True),
        ("Ida Loom;Bo Weft;Xia Wu;others", "Ida Loom;Jan Ferry;Li Yip", False, False),
        ("Ida Loom;Jan Ferry;Bo Weft;others", "Ida Loom;Xia Wu;Li Yip;others", None, False),
        ("Ida Loom;others", "Bo Weft;others", False, False),  # whoever they have among the others
        ("Ida Loom;Jan Ferry;others", "Ida Loom", True, False),
        ("Ida Loom;Jan Ferry;Bo Weft;others", "Loom Thread;Xia Wu;Li Yip;others", None, False),
    ],
)
def test_a_name_that_a_cut_list_leaves_out_tells_nothing(one: str, other: str, agree: bool | None, same: bool) -> None:
    a, b = (item("Cloth", "a", authors=tuple(people.split(";"))) for people in (one, other))
    assert people_agree(a, b) is people_agree(b, a) is agree
    assert evidence.same_families(a, b) is evidence.same_families(b, a) is same
    assert "others" not in a.people | a.families
    assert dict(evidence.lines(a, b))["authors"] == {True: "agree", False: "differ", None: "leave it open"}[agree]


def test_a_suffix_that_a_comma_cut_off_is_no_family() -> None:
    assert item("Cloth", authors=("A. Loom", "Jr.", "Weft B. III", "J.")).families == {"loom", "weft", "j"}
    # What stands behind a comma is a family only in another whole name.
    assert item("Cloth", authors=("van der Web, Karl P.", "Ida Loom, Jan Ferry")).families == {"web", "loom", "ferry"}


def test_thousands_of_names_are_not_searched_for_mistyped_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "is_slip", lambda one, other: pytest.fail("each name is held against all others"))
    one, half, other = (
        item("Cloth", "a", authors=tuple(f"W{chr(97 + i // 26)}{chr(97 + i % 26)}ver, Ida" for i in range(*some)))
        for some in ((0, 200), (100, 300), (300, 500))
    )
    assert (people_agree(one, half), people_agree(one, other)) == (True, False)


# --- the labelled sets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "false_pairs", "recall", "recall_with_review"),
    [("bd_stroke", 0, 0.985, 0.998), ("dblp_acm", 3, 0.93, 0.985)],
)
def test_labelled_sets(shared: Path, name: str, false_pairs: int, recall: float, recall_with_review: float) -> None:
    folder = shared / "data" / "dedup" / name
    reading = readers.read(name, (folder / "entries.csv").read_bytes())
    items = [item_of_entry(entry) for entry in reading.entries]
    with (folder / "true_pairs.csv").open(encoding="utf-8", newline="") as file:
        true = {frozenset((row["id1"], row["id2"])) for row in csv.DictReader(file)}
    matching_of = match(items)
    found = {
        frozenset((items[a].label, items[b].label))
        for cluster in matching_of.clusters
        for a, b in combinations(cluster, 2)
    }
    asked = {frozenset((items[pair.a].label, items[pair.b].label)) for pair in matching_of.review}
    assert len(asked) <= 0.03 * len(items)
    assert len((found | asked) & true) / len(true) >= recall_with_review
    if name == "dblp_acm":  # its truth is only about pairs across the two sources
        found = {pair for pair in found if len({label.partition(":")[0] for label in pair}) == 2}
    assert len(found - true) <= false_pairs
    assert len(found & true) / len(true) >= recall
