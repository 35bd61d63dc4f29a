"""What a suggestion is made of: pasted addresses, topics by any name, and whose paper it is already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from site_tools import TOY_RECORDS

from generator import store
from generator.curation import answers, forms, suggestions
from generator.curation.issues import Issue
from generator.curation.plans import Plan
from generator.curation.suggestions import Lookup, Suggestion
from generator.disk import documents
from generator.models import RECORD_TYPES, Entry, Record, Topic

TOY = store.load(TOY_RECORDS)


def plan(**given: object) -> Plan:
    return planned(Suggestion(**{"title": "Looms: A Toy Study", **given}))  # type: ignore[arg-type]


def planned(suggestion: Suggestion, *, keep_abstract: bool = False, lookup: Lookup | None = None) -> Plan:
    return suggestions.plan(TOY, suggestion, added="2025-01-05", keep_abstract=keep_abstract, lookup=lookup)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2401.00010", True),
        ("arXiv: 2401.00010", True),
        ("10.5555/a.1", True),
        ("doi:10.5555/a.1", True),
        ("arxiv.org/abs/2401.00010", True),
        ("2020.acl-main.9", True),
        ("https://toy.example/", True),
        ("ftp://toy.example/", True),
        ("javascript://x", True),
        ("A Toy", False),
        ("Yes/No", False),
        ("GPT-4", False),
        ("Is 10.5 more than 10?", False),
        ("see https://toy.example/", False),
        ("@article{a, url={https://toy.example/}}", False),
        ("", False),
    ],
)
def test_words_and_addresses_are_told_apart(text: str, expected: bool) -> None:
    assert answers.is_identifier_or_address(text) == expected


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("arXiv: 2401.00010", ("arXiv: 2401.00010",), ""),
        ("http://hf.co/a https://doi.org/10.5555/a", ("http://hf.co/a", "https://doi.org/10.5555/a"), ""),
        ("<https://toy.example/a>", ("https://toy.example/a",), ""),
        ("https://toy.example/a.", ("https://toy.example/a",), ""),
        ('"10.5555/a.1",', ("10.5555/a.1",), ""),
        ("See <https://toy.example/a>.", ("https://toy.example/a",), "See"),
        ("(As in https://toy.example/a.).", ("https://toy.example/a",), "As in"),
        ("10.5555/s0140-6736(05)1-(6)", ("10.5555/s0140-6736(05)1-(6)",), ""),
        ("see 2401.00010 (or https://toy.example/a(1)).", ("2401.00010", "https://toy.example/a(1)"), "see or"),
        ("[A Toy](https://doi.org/10.5555/a(1)): new", ("https://doi.org/10.5555/a(1)",), "A Toy new"),
        ("A Toy (2024)", (), "A Toy (2024)"),
    ],
)
def test_what_is_pasted_is_read_without_the_marks_of_a_sentence(text: str, found: tuple[str, ...], rest: str) -> None:
    assert answers.pasted(text) == (found, rest)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("spinning", "spinning"),
        ("Spinning", "spinning"),
        ("SPINNING ", "spinning"),
        ("Looms: Spinning", "spinning"),
        ("weaving &  knotting", "weaving"),
    ],
)
def test_topics_by_any_name(name: str, expected: str) -> None:
    assert answers.topics_named([name, "", name], TOY.topics) == ((expected,), [])


@pytest.mark.parametrize(("name", "expected"), [("spinning", "spinning"), ("Spinning", "yarn"), ("Yarn", "yarn")])
def test_an_id_names_its_topic_where_another_is_called_so(name: str, expected: str) -> None:
    called = {"spinning": "Wheels", "yarn": "Spinning"}
    topics = {topic_id: Topic(name=name, group="Looms") for topic_id, name in called.items()}
    assert answers.topics_named([name], topics) == ((expected,), [])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("knotting", "unknown topic 'knotting'; write 'Weaving & knotting'"),
        ("weavng", "unknown topic 'weavng'; write 'Weaving & knotting'"),
        ("spining", "unknown topic 'spining'; write 'Spinning'"),
        ("Threads: Spining", "unknown topic 'Threads: Spining'; write 'Spinning'"),
        ("quantum", "unknown topic 'quantum'; choose one of the list's, in topics.yaml"),
        ("a", "unknown topic 'a'; choose one of the list's, in topics.yaml"),
    ],
)
def test_unknown_topics_come_with_a_remedy(name: str, message: str) -> None:
    found, faults = answers.topics_named([name], TOY.topics)
    assert (found, faults) == ((), [message])


def test_a_paper_has_few_topics() -> None:
    topics = {f"t{number}": TOY.topics["spinning"].model_copy(update={"name": f"T{number}"}) for number in range(9)}
    found, faults = answers.topics_named([*topics], topics)
    assert len(found) == 9
    assert faults == ["9 are too many; keep the 4 that matter most"]


@pytest.mark.parametrize(
    ("links", "paper", "expected", "faults", "remarks"),
    [
        (("github.com/toy/loom",), (), {"code": "https://github.com/toy/loom"}, [], []),
        (("https://github.com/toy/loom?utm_source=toy",), (), {"code": "https://github.com/toy/loom"}, [], []),
        (("https://toy.example/",), (), {"project": "https://toy.example/"}, [], []),
        ((), ("toy.example/loom.pdf",), {"paper": "https://toy.example/loom.pdf"}, [], []),
        ((), ("https://toy.example/", "https://toy.example/2"), {"paper": "https://toy.example/"}, [], ["example/2'"]),
        ((), ("https://www.semanticscholar.org/paper/1", "2301.00010"), {}, [], ["nothing can be read"]),
        (("https://www.semanticscholar.org/paper/1",), (), {}, ["is the paper, not its material"], []),
        (("https://github.com/a/b", "https://github.com/c/d"), (), {}, ["are two for code; keep one"], []),
        (("see", "https://github.com/a/b"), (), {}, ["'see' is no identifier"], []),
    ],
)
def test_links(
    links: tuple[str, ...], paper: tuple[str, ...], expected: dict[str, str], faults: list[str], remarks: list[str]
) -> None:
    found = plan(links=links, paper=paper)
    assert [message in fault.message for fault, message in zip(found.faults, faults, strict=True)] == [True] * len(
        faults
    )
    assert all(message in remark for remark, message in zip(found.remarks, remarks, strict=True))
    if not faults:
        text = found.writes["papers/looms.yaml"]
        assert all(f"{kind}: '{url}'" in text for kind, url in expected.items())
        assert ("links:" in text) == bool(expected)


@pytest.mark.parametrize(
    ("answers", "is_asked"),
    [
        ({"paper": "https://shop.example/watches"}, True),
        ({"paper": "see shop.example/watches please"}, True),
        ({"paper": "https://shop.example/loom.pdf"}, False),
        ({"paper": "https://proceedings.mlr.press/v1/loom.html"}, False),
        ({"paper": "https://toy.example/loom 2401.00010"}, False),
        ({"paper": "https://toy.example/loom", "links": "https://arxiv.org/abs/2401.00010"}, False),
        ({"paper": "https://toy.example/loom", "bibtex": "@article{a, title={Looms: A Toy Study}}"}, False),
        ({"paper": "https://github.com/toy/loom"}, False),
        ({}, True),
        ({"links": "https://github.com/toy/loom"}, True),
        ({"links": "https://arxiv.org/abs/2401.00010"}, False),
        ({"bibtex": "@article{a, title={Looms: A Toy Study}}"}, False),
        ({"bibtex": "@article{a, title={Looms"}, False),  # is told there, as the next two are
        ({"paper": "the one about looms"}, False),
        ({"paper": "ftp://toy.example/loom"}, False),
    ],
)
def test_what_shows_no_paper_is_asked_about_in_the_form(answers: dict[str, str], is_asked: bool) -> None:
    issue = Issue("", forms.forms(TOY.topics)[0], {"title": "Looms: A Toy Study", "why": "It is.", **answers})
    faults = planned(suggestions.of_issue(issue, TOY.topics)).faults
    asked = [fault.message.startswith(("nothing shows that", "is missing; write an arXiv id")) for fault in faults]
    assert sum(asked) == is_asked
    assert len(faults) <= 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"why": "loom " * 35}, ""),
        ({"why": "loom " * 36}, "the reason has 36 words; 35 are enough"),
        ({"type": "poem"}, f"type: 'poem' is none of {', '.join(RECORD_TYPES)}; write one of these"),
    ],
)
def test_what_does_not_fit_of_ones_own_words_is_told(given: dict[str, str], told: str) -> None:
    found = plan(**given)
    assert [*map(str, found.faults), *found.remarks] == [told] * bool(told)


def test_an_identifier_belongs_to_one_paper_whatever_its_title() -> None:
    found = plan(paper=("doi:10.5555/LOOM.2021(7)_1",))
    assert found.duplicate is not None
    assert (found.duplicate.id, found.writes) == ("two-names", {})


def test_a_paper_that_was_taken_off_does_not_come_back_under_another_title() -> None:
    found = plan(paper=("2101.00009",))
    assert found.writes == {}
    [fault] = map(str, found.faults)
    assert fault.startswith(
        "title: same paper as 'frayed-rope' (same arXiv identifier 2101.00009), which was taken off"
    )
    assert fault.endswith(
        "The authors withdrew it; leave it off, or give it its old id and delete 'frayed-rope' from retracted.yaml, "
        "or, if it is another paper, add `not_same_as: [frayed-rope]` to its record"
    )


def test_of_a_paper_near_to_one_that_was_taken_off_a_person_is_told() -> None:
    found = plan(title="Frayed Rope: Strands at $O(n^2)$, an Introduction")
    assert found.remarks == (
        "near to 'frayed-rope', which was taken off the list: one title continues the other; a person decides",
    )


def test_a_list_that_keeps_abstracts_keeps_it() -> None:
    entry, fault = answers.entry_of("@article{a, title={Looms: A Toy Study}, abstract={It is.}}")
    assert fault is None
    for keep, expected in ((True, True), (False, False)):
        suggestion = Suggestion(entry=entry)
        found = planned(suggestion, keep_abstract=keep)
        assert ("abstract: |" in found.writes["papers/looms.yaml"]) == expected


def test_what_is_looked_up_fills_what_nobody_gave_with_its_origin() -> None:
    def lookup(identifiers: Mapping[str, str]) -> Entry | None:
        assert identifiers == {"arxiv": "2401.00010"}
        return Entry(
            "api", None, 1, key="api:1", title="Looms, a Toy", authors=("Ada Thread",), issued="2024-01-02",
            identifiers={"arxiv": "2401.00010", "doi": "10.5555/a.1"}, origins={"issued": "https://api.example/1"},
        )  # fmt: skip

    suggestion = Suggestion(paper=("2401.00010",), why="It is.")
    found = planned(suggestion, lookup=lookup)
    assert (found.faults, found.remarks, found.id) == ((), (), "looms-a-toy")
    data = documents.parse("", found.writes["papers/looms-a-toy.yaml"]).data
    assert Record.model_validate(data).identifiers.doi == "10.5555/a.1"
    assert data["provenance"] == {
        "title": "api:1",
        "authors": "api:1",
        "issued": "https://api.example/1",
        "identifiers.doi": "api:1",
    }
    for given, people in (
        ("Thread, A. and others", ("Ada Thread",)),
        ("Thread, A.", ({"family": "Thread", "given": "A."},)),
    ):
        entry, _ = answers.entry_of(f"@article{{a, title={{Looms, a Toy}}, author={{{given}}}}}")
        found = planned(replace(suggestion, entry=entry), lookup=lookup)
        data = documents.parse("", found.writes["papers/looms-a-toy.yaml"]).data
        assert (tuple(data["authors"]), data["provenance"].get("authors")) == (
            people,
            "api:1" if "others" in given else None,
        )
    titled = Suggestion(paper=("2401.00010",), title="Looms: A Toy Study", why="It is.")
    found = planned(titled, lookup=lookup)
    assert (found.title, found.remarks) == ("Looms: A Toy Study", ("api:1 has the title 'Looms, a Toy'",))


def test_what_is_looked_up_may_show_that_the_paper_is_there() -> None:
    def lookup(_: Mapping[str, str]) -> Entry | None:
        return Entry("api", None, 1, title="Another", identifiers={"doi": "10.5555/loom.2021(7)_1"})

    found = planned(Suggestion(paper=("2401.00010",)), lookup=lookup)
    assert found.duplicate is not None
    assert found.duplicate.id == "two-names"
    nothing = planned(Suggestion(paper=("2401.00010",)), lookup=lambda _: None)
    assert [fault.field for fault in nothing.faults] == ["title"]


def test_what_a_bibliography_leaves_out_is_remarked() -> None:
    entry, _ = answers.entry_of("@article{a, title={Looms: A Toy Study}, journal=jtl, author={A B and others}}")
    found = planned(Suggestion(entry=entry))
    assert found.remarks == (
        "authors: the source names only 1 and others",
        "journal: 'jtl' is no macro that this file defines; left out",
    )
