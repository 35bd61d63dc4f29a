"""Merging: which source gives a field, what people wrote stays, and the order of imports does not matter."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import ReadingListError
from generator.facts import names
from generator.merging import merge
from generator.models import Entry, PersonName, Record

FORMATS = {
    "api": "huggingface-json",
    "dump": "huggingface-text",
    "later": "huggingface-text",
    "bib": "csl-json",
    "table": "csv",
}
DERIVED = {"issued": "derived from the arXiv id"}


def entry(source: str, **fields: Any) -> tuple[str, Entry]:
    return source, Entry(
        f"{source}.txt", fields.pop("line", 1), fields.pop("position", 1), fields.pop("title", "A Toy Loom"), **fields
    )


def merged(*entries: tuple[str, Entry], record: Record | None = None) -> Record:
    return merge(record, entries, FORMATS, added="2026-01-02")[0]


def one_by_one(entries: Any) -> Record:
    """Merge as separate imports do, one entry after the other."""
    record: Record | None = None
    for each in entries:
        record = merge(record, [each], FORMATS, added="2026-01-02")[0]
    assert record is not None
    return record


def test_a_new_record_holds_what_its_entries_state_and_nothing_else() -> None:
    found = merged(
        entry(
            "dump",
            line=9,
            position=2,
            comments=0,
            abstract="An abstract.",
            links={"code": "https://github.com/toy/loom"},
        ),
        entry(
            "bib",
            line=1,
            authors=(PersonName(family="Loom"),),
            issued="2023-05",
            identifiers={"arxiv": "2305.00001"},
            kind="article",
        ),
    )
    assert found.title == "A Toy Loom"
    assert found.author_names == ("Loom",)
    assert found.issued == "2023-05"
    assert found.identifiers.arxiv == "2305.00001"
    assert found.links.code == "https://github.com/toy/loom"
    assert found.added == "2026-01-02"
    assert [(seen.source, seen.line, seen.position, seen.comments) for seen in found.seen] == [
        ("bib", 1, 1, None),
        ("dump", 9, 2, 0),
    ]
    assert found.provenance == {
        "title": "dump",
        "authors": "bib",
        "issued": "bib",
        "identifiers.arxiv": "bib",
        "links.code": "dump",
    }
    # Neither guessed nor copied: the type is the list's own, and this list keeps no abstracts.
    assert (found.type, found.abstract, found.author_count, found.topics) == (None, None, None, ())


def test_abstracts_are_kept_only_where_asked() -> None:
    kept, _ = merge(None, [entry("dump", abstract="An abstract.")], FORMATS, added=None, keep_abstract=True)
    assert (kept.abstract, kept.provenance["abstract"]) == ("An abstract.", "dump")


def test_a_yearless_date_is_no_date_of_issue() -> None:
    assert merged(entry("dump", issued="--08-26")).issued is None


@pytest.mark.parametrize(
    ("entries", "name", "value", "origin"),
    [
        # Titles as the listings print them, everything else rather from a bibliography.
        ([entry("dump", title="A Toy Loom!"), entry("bib", title="A toy loom")], "title", "A Toy Loom!", "dump"),
        ([entry("dump", venue="ToyConf"), entry("bib", venue="Toy Conference")], "venue", "Toy Conference", "bib"),
        ([entry("table", venue="T"), entry("bib", venue="B")], "venue", "B", "bib"),
        ([entry("table", venue="J", volume="1", pages="2", issued="2023"), entry("bib", venue="J")], "venue",
         "J 1, 2 (2023)", "table"),
        ([entry("bib", venue="J", volume="1", issued="2023"), entry("table", venue="J 1, 2 (2023)")], "venue",
         "J 1, 2 (2023)", "table"),
        # A precise date before a vague one, a stated one before a derived one.
        ([entry("bib", issued="2023"), entry("dump", issued="2023-05-02")], "issued", "2023-05-02", "dump"),
        ([entry("bib", issued="2023-06", origins=DERIVED), entry("dump", issued="2023-05-02")], "issued", "2023-05-02",
         "dump"),
        # A stated year keeps the month of a derived date in that year, and no other's.
        ([entry("bib", issued="2023-06", origins=DERIVED), entry("dump", issued="2023")], "issued", "2023-06",
         "dump; 2023-06 derived from the arXiv id"),
        ([entry("bib", issued="2023-06", origins=DERIVED), entry("dump", issued="2024")], "issued", "2024",
         "dump; 2023-06 derived from the arXiv id"),
        ([entry("bib", issued="2023-06", origins=DERIVED), entry("dump", issued="2024"), entry("table", issued="2023")],
         "issued", "2023-06", "table; 2023-06 derived from the arXiv id"),
        ([entry("bib", issued="2023", origins=DERIVED), entry("dump", issued="2023")], "issued", "2023", "dump"),
        ([entry("bib", issued="2023-05-03"), entry("dump", issued="2023-05-02")], "issued", "2023-05-03", "bib"),
        # More authors before fewer, and first names before initials, whoever states them.
        ([entry("bib", authors=("I. Loom",)), entry("table", authors=("Ida Loom", "Jan Weft"))], "authors",
         ("Ida Loom", "Jan Weft"), "table"),
        ([entry("bib", authors=("Weft J",)), entry("dump", authors=("I. Loom", "J. Weft"))], "authors",
         ("I. Loom", "J. Weft"), "dump"),
        ([entry("bib", authors=(PersonName(family="Loom", given="I."),)), entry("table", authors=("Ida Loom",))],
         "authors", ("Ida Loom",), "table"),
        ([entry("bib", authors=("Ida Loom",)), entry("dump", authors=("Ida M. Loom",))], "authors", ("Ida Loom",),
         "bib"),
        # The others of a cut list count as one author, and of as many the whole list is better.
        ([entry("bib", authors=("Ida Loom", "others")), entry("dump", authors=("Ida Loom", "Jan Weft"))], "authors",
         ("Ida Loom", "Jan Weft"), "dump"),
        ([entry("bib", authors=("Ida Loom",)), entry("dump", authors=("Ida Loom", "others"))], "authors",
         ("Ida Loom", "others"), "dump"),
        ([entry("bib", authors=("Ida Loom", "others")), entry("dump", authors=("Ida Loom", "Jan Weft", "others"))],
         "authors", ("Ida Loom", "Jan Weft", "others"), "dump"),
        ([entry("dump", author_count=3), entry("later", author_count=4)], "author_count", 3, "dump"),
    ],
)  # fmt: skip
def test_each_field_comes_from_its_best_source(
    entries: list[tuple[str, Entry]], name: str, value: Any, origin: str
) -> None:
    for order in permutations(entries):
        for found in (merged(*order), one_by_one(order)):
            assert getattr(found, name) == value
            assert found.provenance[name] == origin


@pytest.mark.parametrize(
    ("name", "spelt_out"),
    [
        ("Ida Loom", True),
        ("Loom, Ida", True),
        ("Loom, Ida M., Jr.", True),
        ("Jean-P. Loom", True),
        ("Ida van der Web", True),
        ("山田, 太郎", True),
        ("Loom", False),
        ("Loom, I.", False),
        ("I. Loom", False),
        ("Loom IM", False),
        ("I. van der Web", False),
        ("Loom Jr.", False),
        ("Loom, I., Jr.", False),
    ],
)
def test_first_names_are_told_from_initials(name: str, spelt_out: bool) -> None:
    assert names.is_spelt_out(name) == spelt_out


def test_a_link_that_hugging_face_states_goes_before_one_found_in_prose() -> None:
    prose, stated = ({"code": f"https://github.com/toy/{name}"} for name in ("other", "loom"))
    for order in permutations([entry("bib", links=prose), entry("api", links=stated), entry("dump", links=prose)]):
        for found in (merged(*order), one_by_one(order)):
            assert (found.links.code, found.provenance["links.code"]) == (stated["code"], "api")


def test_a_link_of_an_abstract_goes_before_that_of_a_bibliography() -> None:
    ours, theirs = ({"code": f"https://github.com/toy/{name}"} for name in ("loom", "a-copy"))
    for order in permutations([entry("bib", links=theirs), entry("dump", links=ours)]):
        for found in (merged(*order), one_by_one(order)):
            assert (found.links.code, found.provenance["links.code"]) == (ours["code"], "dump")


def test_a_slash_at_its_end_makes_no_other_link() -> None:
    plain, slashed = "https://toy.example.org/loom", "https://toy.example.org/loom/"
    _, conflicts = merge(
        None,
        [entry("bib", links={"project": plain}), entry("dump", links={"project": slashed})],
        FORMATS,
        added="2025-05-05",
    )
    assert conflicts == ()


def test_what_people_wrote_is_never_touched() -> None:
    record = Record(
        title="A Toy Loom, Corrected", issued="2020", summary="Own words.", topics=("looms",), added="2025-05-05"
    )
    found = merged(entry("bib", title="A Toy Loom", issued="2023-05-02", venue="ToyConf"), record=record)
    assert (found.title, found.issued, found.summary, found.topics, found.added) == (
        "A Toy Loom, Corrected", "2020", "Own words.", ("looms",), "2025-05-05",
    )  # fmt: skip
    # Gaps are filled, and only what a source gave has a provenance.
    assert (found.venue, found.provenance) == ("ToyConf", {"venue": "bib"})


def test_a_source_called_as_editors_are_decides_nothing() -> None:
    formats = {**FORMATS, "editors-choice": "csv", "editor.v2": "csv"}
    for source in ("editors-choice", "editor.v2"):
        entries = [entry(source, venue="T"), entry("bib", venue="B")]
        found, conflicts = merge(None, entries, formats, added=None)
        assert (found.venue, [each.field for each in conflicts]) == ("B", ["venue"])


def test_an_editor_may_also_decide_that_a_field_stays_empty() -> None:
    record = Record(
        title="A Toy Loom",
        provenance={"title": "dump", "venue": "editor: withdrawn", "issued": "editor"},
        issued="2020",
    )
    found = merged(entry("bib", venue="ToyConf", issued="2023"), record=record)
    assert (found.venue, found.issued) == (None, "2020")


def test_merging_the_same_entries_again_changes_nothing() -> None:
    entries = [entry("dump", issued="2023-05-02", comments=3), entry("bib", authors=("Ida Loom",), issued="2023")]
    once = merged(*entries)
    assert merged(*entries, record=once) == once


def test_an_entry_that_is_read_again_replaces_nothing_that_it_gave() -> None:
    once = merged(entry("dump", issued="2025-02-02"))
    again = merged(entry("dump", issued="2023-02-02", author_count=2), record=once)
    assert (again.issued, again.author_count) == ("2025-02-02", 2)


def test_a_list_of_authors_that_was_read_as_whole_is_cut_when_its_entry_is_read_again() -> None:
    once = merged(entry("bib", authors=("Ida Loom", "Jan Weft")))
    again, conflicts = merge(once, [entry("bib", authors=("Ida Loom", "Jan Weft", "others"))], FORMATS, added=None)
    assert (again.authors, conflicts) == (("Ida Loom", "Jan Weft", "others"), ())
    assert merged(entry("bib", authors=("Ida Loom", "Jan Weft", "others")), record=again) == again
    more = once.model_copy(update={"authors": ("Ida Loom", "Jan Weft", "Bo Web")})  # as a person has completed it
    assert merged(entry("bib", authors=("Ida Loom", "Jan Weft", "others")), record=more) == more


def test_the_snapshot_of_a_sighting_stays() -> None:
    once = merged(entry("dump", comments=3, upvotes=7))
    again = merged(entry("dump", comments=99), record=once)
    assert [(seen.comments, seen.upvotes) for seen in again.seen] == [(3, 7)]


def test_conflicts_name_both_values() -> None:
    _, conflicts = merge(
        None, [entry("bib", issued="2021"), entry("dump", issued="2023-05-02", author_count=3)], FORMATS, added=None
    )
    assert [str(each) for each in conflicts] == ["issued: kept '2023-05-02', but bib says '2021'"]
    # Only a month that was derived may be one too late.
    _, conflicts = merge(
        None, [entry("bib", issued="2023-06"), entry("dump", issued="2023-05-31")], FORMATS, added=None
    )
    assert [str(each) for each in conflicts] == ["issued: kept '2023-05-31', but bib says '2023-06'"]
    held = merged(entry("dump", issued="2023"), entry("bib", issued="2023-06", origins=DERIVED))
    _, conflicts = merge(held, [entry("table", issued="2024"), entry("zine", issued="2022")], FORMATS, added=None)
    assert [str(each) for each in conflicts] == [
        "issued: took '2024', but dump says '2023'", "issued: kept '2024', but zine says '2022'",
    ]  # fmt: skip
    held = merged(entry("bib", issued="2023-06", origins=DERIVED))
    _, conflicts = merge(held, [entry("table", issued="2024")], FORMATS, added=None)
    assert [str(each) for each in conflicts] == ["issued: took '2024', but '2023-06' is derived from the arXiv id"]
    _, conflicts = merge(
        None, [entry("bib", authors=("Ida Loom",)), entry("table", authors=("Jan Weft",))], FORMATS, added=None
    )
    assert [str(each) for each in conflicts] == ["authors: kept 'Ida Loom', but table says 'Jan Weft'"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("bib", issued="2023"), entry("dump", issued="2023-05-02")),
        # A month derived from an arXiv id may be one too late.
        (entry("bib", issued="2023-06", origins=DERIVED), entry("dump", issued="2023-05-31")),
        (entry("bib", authors=("Ida Loom",)), entry("table", authors=(PersonName(family="Loom", given="Ida"),))),
        (entry("bib", authors=("Ida Loom", "Jan Weft")), entry("dump", author_count=2)),
        (entry("bib", authors=("Ida Loom", "others")), entry("dump", author_count=2)),
        (entry("bib", authors=("Ida Loom", "Jan Weft", "Bo Web")), entry("dump", authors=("Ida Loom", "others"))),
        (entry("bib", venue="J", volume="1", pages="2--3", issued="2023"), entry("table", venue="J", issued="2023")),
    ],
)
def test_what_agrees_is_no_conflict(one: tuple[str, Entry], other: tuple[str, Entry]) -> None:
    for order in permutations([one, other]):
        assert merge(None, order, FORMATS, added=None)[1] == ()


@pytest.mark.parametrize(
    ("people", "number", "kept"), [(("Ida Loom",), 2, "1 names"), (("Ida", "Jo", "others"), 2, "2 names and others")]
)
def test_a_count_that_does_not_fit_the_names_is_a_conflict(people: tuple[str, ...], number: int, kept: str) -> None:
    record, conflicts = merge(
        None, [entry("bib", authors=people), entry("dump", author_count=number)], FORMATS, added=None
    )
    assert [(each.field, each.kept, each.other, each.source) for each in conflicts] == [
        ("authors", kept, f"{number} authors", "dump")
    ]
    assert (record.authors, record.author_count) == (people, number)


@pytest.mark.parametrize("field", ["authors", "author_count"])
def test_a_count_that_an_editor_has_looked_at_is_none(field: str) -> None:
    held = Record(title="A Toy Loom", authors=("Ida Loom",), author_count=2, provenance={field: "editor: as printed"})
    assert merge(held, [entry("dump", author_count=2)], FORMATS, added=None)[1] == ()


def test_provenance_stands_in_the_order_of_the_fields() -> None:
    found = merged(
        entry(
            "bib", venue="V", issued="2020", authors=("A B",), identifiers={"doi": "10.1000/a", "arxiv": "2301.00001"}
        )
    )
    assert list(found.provenance) == ["title", "authors", "issued", "identifiers.arxiv", "identifiers.doi", "venue"]


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["A Toy Loom", "A toy loom", "A Toy Loom!"]),
        "issued": st.sampled_from(["2022", "2022-05", "2022-05-01", "2022-05-02", "2023"]),
        "authors": st.sampled_from(
            [
                ("Ida Loom",),
                (PersonName(family="Loom", given="Ida"),),
                (PersonName(family="Loom", given="I."),),
                ("Ida Loom", "Jan Weft"),
                ("Ida Loom", "others"),
                ("Ida Loom", "Jan Weft", "others"),
                ("Loom I", "Weft J"),
                ("Bo Web", "J. Weft"),  # other people
            ]
        ),
        "author_count": st.sampled_from([1, 2]),
        "venue": st.sampled_from(["ToyConf", "Toy Conference"]),
        "identifiers": st.sampled_from([{"arxiv": "2205.00001"}, {"arxiv": "2205.00002"}, {"doi": "10.1000/a"}]),
        # What two files took from one place has one origin.
        "origins": st.sampled_from([DERIVED, {"authors": "toy/papers", "issued": "toy/papers"}]),
    },
)
SOURCES = st.lists(FACTS, min_size=1, max_size=4).map(
    lambda many: [entry(source, **facts) for source, facts in zip(FORMATS, many, strict=False)]
)


@given(SOURCES)
def test_the_order_of_entries_and_of_imports_does_not_matter(entries: list[tuple[str, Entry]]) -> None:
    expected = merged(*entries)
    for order in permutations(entries):
        assert merged(*order) == expected
        assert one_by_one(order) == expected


DATES = st.lists(
    st.tuples(
        st.sampled_from(["2022", "2023", "2024", "2022-05", "2023-05", "2023-06", "2023-06-01"]),
        st.sampled_from([{}, DERIVED, {"issued": "derived from the year of the venue"}]),
    ),
    min_size=2,
    max_size=4,
).map(
    lambda many: [
        entry(source, issued=issued, origins=origins)
        for source, (issued, origins) in zip(("bib", "dump", "later", "table"), many, strict=False)
    ]
)


@given(DATES)
def test_of_all_dates_the_year_is_chosen_first_and_then_the_finest_of_that_year(
    entries: list[tuple[str, Entry]],
) -> None:
    def first(derived: bool, shortest: int) -> str:
        claims = [(source, each.issued or "", each.origins.get("issued")) for source, each in entries]
        found = [
            (-len(date), FORMATS.get(origin or source) == "huggingface-text", origin or source, date)
            for source, date, origin in claims
            if derived == bool(origin) and len(date) >= shortest
        ]
        return min(found)[3] if found else ""

    stated, finer = first(False, 4), first(True, 5)
    expected = finer if len(stated) == 4 and finer.startswith(stated) else stated or first(True, 4)
    whole = merged(*entries)
    assert whole.issued == expected
    for order in permutations(entries):
        assert merged(*order) == one_by_one(order) == whole
        for cut in range(1, len(order)):
            assert merged(*order[cut:], record=merged(*order[:cut])) == whole


def test_the_month_of_an_origin_that_fills_its_line_is_given_up() -> None:
    long = {"issued": "x" * 1000}
    found = merged(entry("bib", issued="2023-06", origins=DERIVED), entry("table", issued="2023", origins=long))
    assert (found.issued, found.provenance["issued"]) == ("2023", long["issued"])


def test_what_joins_a_record_is_checked_like_what_makes_one() -> None:
    with pytest.raises(ReadingListError, match="U\\+202E"):
        merged(entry("bib", venue="A venue \u202e with a hidden character"), record=Record(title="A Toy Loom"))


def test_volume_and_pages_that_no_venue_has_room_for_are_left_out() -> None:
    assert merged(entry("table", venue="J", volume="1" * 1000, issued="2023")).venue == "J"


def test_conflicts_read_well() -> None:
    held = merged(entry("table", venue="T"))
    _, conflicts = merge(held, [entry("bib", venue="B"), entry("zine", venue="Z")], FORMATS, added=None)
    assert list(map(str, conflicts)) == ["venue: took 'B', but table says 'T'", "venue: kept 'B', but zine says 'Z'"]
