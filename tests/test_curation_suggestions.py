"""What a suggestion is made of: pasted addresses, topics by any name, and whose paper it is already."""

from __future__ import annotations

import pytest
from site_tools import TOY_RECORDS

from generator import store
from generator.curation import suggestions
from generator.curation.plans import Plan
from generator.curation.suggestions import Suggestion

TOY = store.load(TOY_RECORDS)


def plan(**given: object) -> Plan:
    return suggestions.plan(TOY, Suggestion(**{"title": "Looms: A Toy Study", **given}), added="2025-01-05")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "is_paper"),
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
def test_words_and_addresses_are_told_apart(text: str, is_paper: bool) -> None:
    assert suggestions.is_paper(text) == is_paper


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
    assert suggestions.topics_named([name, "", name], TOY.topics) == ((expected,), [])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("knotting", "unknown topic 'knotting'; write 'Weaving & knotting'"),
        ("weavng", "unknown topic 'weavng'; write 'Weaving & knotting'"),
        ("spining", "unknown topic 'spining'; write 'Spinning'"),
        ("quantum", "unknown topic 'quantum'; choose one of the list's topics"),
    ],
)
def test_unknown_topics_come_with_a_remedy(name: str, message: str) -> None:
    found, faults = suggestions.topics_named([name], TOY.topics)
    assert (found, [fault.message for fault in faults]) == ((), [message])


def test_a_paper_has_few_topics() -> None:
    topics = {f"t{number}": TOY.topics["spinning"].model_copy(update={"name": f"T{number}"}) for number in range(9)}
    found, faults = suggestions.topics_named([*topics], topics)
    assert len(found) == 9
    assert [fault.message for fault in faults] == ["9 are too many; keep the 4 that matter most"]


@pytest.mark.parametrize(
    ("links", "paper", "expected", "faults", "remarks"),
    [
        (("github.com/toy/loom",), (), {"code": "https://github.com/toy/loom"}, [], []),
        (("https://toy.example/",), (), {"project": "https://toy.example/"}, [], []),
        ((), ("https://toy.example/",), {}, [], ["nothing can be read from the address 'https://toy.example/'"]),
        ((), ("https://www.semanticscholar.org/paper/1",), {}, [], ["nothing can be read"]),
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


def test_an_identifier_belongs_to_one_paper_whatever_its_title() -> None:
    found = plan(paper=("doi:10.5555/LOOM.2021(7)_1",))
    assert found.duplicate is not None
    assert (found.duplicate.id, found.writes) == ("two-names", {})


def test_a_list_that_keeps_abstracts_keeps_it() -> None:
    entry, fault = suggestions.entry_of("@article{a, title={Looms: A Toy Study}, abstract={It is.}}")
    assert fault is None
    for keep, expected in ((True, True), (False, False)):
        suggestion = Suggestion(entry=entry)
        found = suggestions.plan(TOY, suggestion, added="2025-01-05", keep_abstract=keep)
        assert ("abstract: |" in found.writes["papers/looms.yaml"]) == expected
