"""Corrections: one field of one record, with the provenance of a person's word, and only where all stays in order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from site_tools import toy_records, write_record

from generator import checking, merging, store
from generator.curation import answers, corrections, forms, plans
from generator.curation.issues import Issue
from generator.facts import titles
from generator.models import Entry, Record
from generator.store import Contents

SOURCE = "https://toy.example/errata"
DAY = "2025-01-05"
WORD = f"editor: corrected; from {SOURCE}"


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    return store.load(toy_records(tmp_path / "records"))


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("title", "Two Names,\n One Loom: Revised", "Two Names, One Loom: Revised"),
        ("authors", "Ada Thread", ("Ada Thread",)),
        ("authors", "Ada Thread\nWeft, Bo\n\n* Chi Web", ("Ada Thread", {"family": "Weft", "given": "Bo"}, "Chi Web")),
        (
            "authors",
            "Thread, Ada\nWeft, Bo\nMinistry of Wool and Cloth",
            ({"family": "Thread", "given": "Ada"}, {"family": "Weft", "given": "Bo"}, "Ministry of Wool and Cloth"),
        ),
        ("authors", "Ministry of Wool and Cloth", ("Ministry of Wool and Cloth",)),
        ("authors", "{Ministry of Wool, Cloth and Looms}", ("Ministry of Wool, Cloth and Looms",)),
        ("authors", "Ada Thread, Bo Weft, Chi Web", ("Ada Thread", "Bo Weft", "Chi Web")),
        ("authors", "Ada Thread, Bo Weft, Chi Web and Di", ("Ada Thread", "Bo Weft", "Chi Web", "Di")),
        ("authors", "A. Thread, B. Weft and C. Web", ("A. Thread", "B. Weft", "C. Web")),
        (
            "authors",
            "{Van Gogh}, Vincent Willem\nothers",
            ({"family": "Van Gogh", "given": "Vincent Willem"}, "others"),
        ),
        ("authors", "Ada Thread, Bo Weft, Chi Web, et al.", ("Ada Thread", "Bo Weft", "Chi Web", "others")),
        ("authors", "Weft, Bo", ({"family": "Weft", "given": "Bo"},)),
        ("authors", "Ada Thread; Bo Weft", ("Ada Thread", "Bo Weft")),
        ("authors", "Ada Thread; Weft, Bo", ("Ada Thread", {"family": "Weft", "given": "Bo"})),
        ("authors", "Van Weft, Bo Li; Ada Thread", ({"family": "Van Weft", "given": "Bo Li"}, "Ada Thread")),
        ("authors", "Please\nBe Please", ("Please", "Be Please")),
        ("authors", "Are Loom\n{The authors of Loom}", ("Are Loom", "The authors of Loom")),
        ("issued", "2021-12-25", "2021-12-25"),
        ("issued", "May 2024", "2024-05"),
        ("issued", "2020 Sept.", "2020-09"),
        ("venue", "Toy Conf 2021", "Toy Conf 2021"),
        ("identifiers.arxiv", "https://arxiv.org/abs/2401.00010v1", "2401.00010"),
        ("identifiers.doi", "https://doi.org/10.5555/B.2", "10.5555/b.2"),
        ("links.code", "https://github.com/toy/loom", "https://github.com/toy/loom"),
        ("links.code", "https://github.com/toy/loom?utm_source=toy", "https://github.com/toy/loom"),
        ("links.project", "toy.example/loom", "https://toy.example/loom"),
        ("type", "Theory", "theory"),
        ("topics", "Weaving & knotting\nspinning", ("weaving", "spinning")),
        ("topics", "spinning, weaving", ("spinning", "weaving")),
        ("summary", "One paragraph.\n\nAnother.", "One paragraph.\n\nAnother."),
        ("why", "It is\nneeded.", "It is needed."),
        ("results", "- 3 looms\n- 4 spindles", ("3 looms", "4 spindles")),
        ("results", "3 looms - one more\n* - 4 spindles", ("3 looms - one more", "- 4 spindles")),
        ("venue", "delete", None),
        ("authors", "Delete", None),
        ("identifiers.doi", "`delete`", None),
    ],
)
def test_a_field_gets_its_value_and_its_origin(field: str, text: str, expected: Any, contents: Contents) -> None:
    plan = corrections.plan(contents, "two-names", field, text, SOURCE, DAY)
    assert plan.faults == ()
    plans.apply(contents, plan)
    after = store.load(contents.folder)
    assert checking.check(after) == []
    assert set(after.files) == set(contents.files)
    data: Any = store.plain(after.records["two-names"])
    before = store.plain(contents.records["two-names"])
    proven = field not in ("type", "topics", "summary", "why", "results")
    word = WORD if expected else WORD.replace("corrected", "deleted")
    assert data.pop("provenance", {}) == ({field: word} if proven else {})
    group, _, kind = field.partition(".")
    value = data.get(group, {}).get(kind) if kind else data.get(field)
    assert value == expected
    for name in {*data, *before} - {group, "corrected"}:
        assert data.get(name) == before.get(name)


WAS = "Chi-Wen van der Loom, Spindle, Toy Weavers' Union"


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("title", "Three Names", "Title: Three Names instead of Two Names, One Loom"),
        ("venue", "Toy Conf", "Venue: Toy Conf instead of Journal of Toy Weaving"),
        ("venue", "delete", "Venue: Journal of Toy Weaving was deleted"),
        ("authors", "Thread, Ada\nBo Weft", f"Authors: Ada Thread, Bo Weft instead of {WAS}"),
        ("authors", "Ada Thread\nothers", f"Authors: Ada Thread and others instead of {WAS}"),
        ("authors", "Ada Thread\n" * 99, f"Authors: {('Ada Thread, ' * 99)[:299]}… instead of {WAS}"),
        ("identifiers.doi", "10.5555/b.2", "DOI identifier: 10.5555/b.2 instead of 10.5555/loom.2021(7)_1"),
        ("links.code", "https://github.com/toy/loom", None),  # a gap was filled
        ("why", "It is needed.", None),  # the list's own word
    ],
)
def test_what_readers_had_seen_otherwise_is_told(field: str, text: str, told: str | None, contents: Contents) -> None:
    plans.apply(contents, corrections.plan(contents, "two-names", field, text, SOURCE, DAY))
    again = store.load(contents.folder)
    plans.apply(again, corrections.plan(again, "two-names", "issued", "2020", SOURCE, "2025-01-06"))
    record = store.load(contents.folder).records["two-names"]
    first = [(DAY, told)] if told else []
    assert [(made.day, made.what) for made in record.corrected] == [
        *first,
        ("2025-01-06", "Date: 2020 instead of 2021-12-24"),
    ]


@pytest.mark.parametrize(
    ("origin", "field", "text", "told"),
    [
        ("derived from the arXiv id", "identifiers.arxiv", "2401.00001", True),
        ("dump; 2021-12 derived from the arXiv id", "identifiers.arxiv", "2401.00001", True),
        ("derived from the year of the venue", "venue", "Toy Conf 2020", True),
        ("derived from the arXiv id", "venue", "Toy Conf 2020", False),
        ("dump", "identifiers.arxiv", "2401.00001", False),
    ],
)
def test_a_date_that_was_derived_from_what_is_corrected_is_remarked_on(
    origin: str, field: str, text: str, told: bool, contents: Contents
) -> None:
    record = contents.records["two-names"].model_copy(update={"issued": "2021-12", "provenance": {"issued": origin}})
    write_record(contents.folder, "two-names", record)
    plan = corrections.plan(store.load(contents.folder), "two-names", field, text, SOURCE, DAY)
    assert (plan.faults, [remark[:27] for remark in plan.remarks]) == ((), ["issued: 2021-12 is derived "] * told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Jana Kraus et al.", 1), ("Jana Kraus\nAda Thread\nand others", 2), ("Kraus, J., et al.", 1)],
)
def test_et_al_is_no_author(text: str, expected: int, contents: Contents) -> None:
    plan = corrections.plan(contents, "two-names", "authors", text, SOURCE, DAY)
    assert plan.remarks == (f"authors: only {expected} named, and others",)
    plans.apply(contents, plan)
    assert store.load(contents.folder).records["two-names"].author_names[expected:] == ("others",)
    assert "al." not in plan.writes["papers/two-names.yaml"]


def test_no_later_import_changes_a_correction_back(contents: Contents) -> None:
    plan = corrections.plan(contents, "two-names", "venue", "delete", SOURCE, DAY)
    plans.apply(contents, plan)
    record = store.load(contents.folder).records["two-names"]
    entry = Entry("f", 1, 1, title=record.title, venue="Journal of Toy Weaving")
    merged, _ = merging.merge(record, [("source", entry)], {"source": "csv"}, added=None)
    assert merged.venue is None


@pytest.mark.parametrize(
    ("field", "text", "source", "place", "message"),
    [
        ("title", "delete", SOURCE, "value", "cannot be deleted"),
        ("title", "x" * 1001, SOURCE, "value", "longer than 1000"),
        (
            "title",
            "The Undated Shuttle: What No Source Dates",
            SOURCE,
            "value",
            "is what another paper of the list has",
        ),
        ("issued", "last week", SOURCE, "value", "is no date"),
        ("issued", "2021?", SOURCE, "value", "is no date"),
        ("issued", "2021-12-24", SOURCE, "value", "stands so already"),
        ("identifiers.arxiv", "2313.00001", SOURCE, "value", "is no arXiv identifier; write it like 2210.17323"),
        ("identifiers.arxiv", "1401.02222", SOURCE, "value", "those until 1412 have four figures behind the dot"),
        ("links.code", "javascript:alert(1)", SOURCE, "value", "does not start with https://"),
        ("links.code", "http://127.0.0.1/", SOURCE, "value", "names a machine by its number"),
        ("type", "recipe", SOURCE, "value", "is none of"),
        ("topics", "knitting", SOURCE, "value", "unknown topic 'knitting'"),
        ("topics", "spinning", SOURCE, "", "does not have this topic"),
        ("authors", "Ada\u202e Thread", SOURCE, "value", "invisible character"),
        ("authors", "{Ada} \0009\0", SOURCE, "value", "control character"),
        (
            "authors",
            "Please add Lotte van den Berg as last author",
            SOURCE,
            "value",
            "reads as a sentence; write all auth",
        ),
        ("authors", "Ada Thread, Bo Weft, Chi Web (last author)", SOURCE, "value", "reads as a sentence"),
        ("authors", "Thread, Ada\nthe order is wrong", SOURCE, "value", "'the order is wrong' reads as a sentence"),
        ("authors", "et al.", SOURCE, "value", "authors: nobody is named"),
        (
            "authors",
            "Ida Loom, Jan Ferry",
            SOURCE,
            "value",
            "'Ida Loom, Jan Ferry' may be one person or two; write '{Ida Loom}, Jan Ferry' if it is one",
        ),
        ("authors", "Ada Thread, Bo Weft and Chi Web", SOURCE, "value", "may be one person or two"),
        ("authors", "Chi Web\nAda Thread, Bo Weft et al.", SOURCE, "value", "may be one person or two"),
        ("venue", "Toy Conf", "x" * 1000, "source", "longer than 1000"),
        ("venue", "Toy Conf", "editor: me", "source", "is no source"),
        ("venue", "Toy Conf", "me; from https://evil.example", "source", "is no source"),
    ],
)
def test_what_is_refused(field: str, text: str, source: str, place: str, message: str, contents: Contents) -> None:
    plan = corrections.plan(contents, "two-names", field, text, source, DAY)
    assert [fault.field for fault in plan.faults] == [place]
    assert message in plan.faults[0].message
    assert plans.apply(contents, plan) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two-names", "two-names"),
        (" two-names ", "two-names"),
        ("Two-Names", "two-names"),
        ("Braided Attention", "braided-attention"),
        ("Braided Attention: another paper", ""),
        ("https://toy.example/list/papers/two-names/", "two-names"),
        ("https://toy.example/list/papers/two-names/index.html?x=1#top", "two-names"),
        ("papers/two-names.yaml", "two-names"),
        ("../papers/two-names.md", "two-names"),
        ("braid", "braided-attention"),
        ("Two names; one LOOM", "two-names"),
        ("rope", "frayed-rope"),
        ("two", ""),
        ("", ""),
        ("///", ""),
        ("../../etc/passwd", ""),
        ("https://[::1", ""),
        ("?!", ""),
    ],
)
def test_records_are_named_as_people_name_them(text: str, expected: str, contents: Contents) -> None:
    assert answers.record_named(text, contents)[0] == expected


@pytest.mark.parametrize(
    "named", ["frayed-rope", "https://toy.example/list/papers/rope/", "Frayed rope strands at O(n2)"]
)
def test_a_paper_that_was_taken_off_is_told_why(named: str, contents: Contents) -> None:
    answers = {"record": named, "field": "Venue", "value": "Toy Conf", "source": SOURCE}
    [fault] = corrections.of_issue(Issue("", forms.forms({})[1], answers), contents, DAY).faults
    assert fault.field == "record"
    assert "was taken off the list on 2025-02-03: " in fault.message
    assert fault.message.endswith("The authors withdrew it; if that was wrong, say so in a comment")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["record", "field", "value", "source"]),
        ({"record": "nothing", "field": "Colour", "value": "red", "source": SOURCE}, ["record", "field"]),
    ],
)
def test_what_is_missing_or_unknown_is_told_once(
    given: dict[str, str], expected: list[str], contents: Contents
) -> None:
    plan = corrections.of_issue(Issue("", forms.forms({})[1], given), contents, DAY)
    assert [fault.field for fault in plan.faults] == expected


@pytest.mark.parametrize("record_id", ["stray-thread", "undated-shuttle"])
def test_what_another_paper_has_leads_to_that_paper(record_id: str, contents: Contents) -> None:
    plan = corrections.plan(contents, record_id, "identifiers.doi", "10.5555/loom.2021(7)_1", SOURCE, DAY)
    assert [(fault.field, "is what another paper of the list has" in fault.message) for fault in plan.faults] == [
        ("value", True)
    ]
    assert [(each.id, "same DOI identifier" in each.verdict.reason.replace("doi", "DOI")) for each in plan.near] == [
        ("two-names", True)
    ]


def test_a_record_is_named_by_each_of_its_titles(contents: Contents) -> None:
    other = contents.records["two-names"].model_copy(update={"alternative_titles": ("One Loom, Two Names",)})
    held = replace(contents, records={**contents.records, "two-names": other})
    assert answers.record_named("One loom – two names", held) == ("two-names", None)


def test_titles_are_made_comparable_once_for_all_papers_that_are_named(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counter[str]()
    key = titles.key
    monkeypatch.setattr(titles, "key", lambda title: counted.update([title]) or key(title))
    for number in range(100):
        assert answers.record_named(f"no-{number}", contents)[0] == ""
    assert [counted[record.title] for record in contents.records.values()] == [1] * len(contents.records)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zero/Few-Shot Weaving with Two/Three Names", "shots"),
        ("zero/few-shot weaving with two/three names ", "shots"),
        ("https://toy.example/list/papers/shots/", "shots"),
        ("Zero/Few-Shot Weaving with Two/Three", ""),
    ],
)
def test_a_title_may_hold_a_slash(text: str, expected: str, contents: Contents) -> None:
    write_record(contents.folder, "shots", Record(title="Zero/Few-Shot Weaving with Two/Three Names"))
    assert answers.record_named(text, store.load(contents.folder))[0] == expected
