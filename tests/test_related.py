"""Related papers: the same for equal records, never the paper itself, and near-linear in the number of papers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import pairwise

import pytest
from site_tools import RECORDS, library

from generator import related as module
from generator.models import Record
from generator.related import Relation

REAL = library(RECORDS).records
# Words of letters alone: figures do not count as words.
LETTERS = "abcdefghij"


def related(records: Mapping[str, Record]) -> dict[str, tuple[Relation, ...]]:
    return module.related(records, module.term_weights(records), of=records)


def _word(number: int) -> str:
    return "w" + "".join(LETTERS[int(digit)] for digit in str(number))


def _toys(count: int, group: int = 10) -> dict[str, Record]:
    """Return records that share one word with all others, and one with the others of a small group."""
    return {
        f"k{number}": Record(title=f"everywhere {_word(number // group)} alone{_word(number)}")
        for number in range(count)
    }


@pytest.mark.parametrize("records", [pytest.param(REAL, id="real"), pytest.param(_toys(60), id="toy")])
def test_relations_are_well_formed(records: Mapping[str, Record]) -> None:
    found = related(records)
    assert set(found) == set(records)
    assert any(found.values())
    for record_id, relations in found.items():
        ids = [relation.id for relation in relations]
        assert len(ids) == len(set(ids)) <= 5
        assert record_id not in ids
        assert set(ids) <= set(records)
        for one, other in pairwise(relations):
            assert one.score >= other.score
        for relation in relations:
            assert relation.score > 0
            assert relation.words or relation.topics  # the page says why
            assert len(relation.words) <= 3
            assert set(relation.topics) == set(records[record_id].topics) & set(records[relation.id].topics)


def test_the_order_of_the_input_does_not_matter() -> None:
    shuffled = list(REAL.items())
    random.Random(7).shuffle(shuffled)
    assert related(dict(shuffled)) == related(REAL)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("Zur Geschichte der Pest in Wien", "Zur Geschichte der Wolle", ("geschichte",)),
        ("Naissance de la clinique", "Le tissage de la laine", ()),
        ("القانون في الطب", "النول في الصوف", ()),
        ("Granite in 2024", "Velvet in 2024", ()),
        ("Attention Is All You Need", "What Never Weaves Cannot Spare You Another Loom", ()),
    ],
)
def test_what_says_little_relates_no_papers(one: str, other: str, words: tuple[str, ...]) -> None:
    found = related({"one": Record(title=one), "other": Record(title=other)})
    assert [relation.words for relation in found["one"]] == ([words] if words else [])


def test_ties_are_broken_by_id() -> None:
    records = {name: Record(title="velvet shuttle") for name in ("k3", "k1", "k2")}
    assert [relation.id for relation in related(records)["k3"]] == ["k1", "k2"]


def test_scores_are_symmetric() -> None:
    found = related(REAL)
    scores = {(one, relation.id): relation.score for one, relations in found.items() for relation in relations}
    mutual = [(one, other) for one, other in scores if (other, one) in scores]
    assert len(mutual) > len(scores) / 4
    for one, other in mutual:
        assert scores[one, other] == pytest.approx(scores[other, one], abs=0.0011)


def test_words_and_topics_both_count() -> None:
    records = {
        "start": Record(title="velvet shuttle", topics=("a", "b")),
        "words": Record(title="velvet shuttle"),
        "both": Record(title="velvet shuttle", topics=("a", "b")),
        "none": Record(title="granite"),
    }
    found = related(records)
    assert [relation.id for relation in found["start"]] == ["both", "words"]
    assert found["start"][0].topics == ("a", "b")
    assert found["start"][1].words == ("shuttle", "velvet")
    assert found["none"] == ()


def test_of_many_related_papers_five_are_told() -> None:
    assert {len(relations) for relations in related(_toys(20)).values()} == {5}


@pytest.mark.parametrize(
    "records", [{}, {"k": Record(title="Alone")}, {"k": Record(title="2 + 2"), "m": Record(title="2 + 2")}]
)
def test_few_or_wordless_records_have_none(records: dict[str, Record]) -> None:
    assert related(records) == dict.fromkeys(records, ())


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return what grows by how many papers are looked at for each, counted over again where several terms have one."""
    found = []
    scores = module._scores

    def counted(terms: Mapping[str, float], postings: module._Postings) -> dict[int, float]:
        found.append(sum(len(postings[term][0]) for term in terms))
        return scores(terms, postings)

    monkeypatch.setattr(module, "_scores", counted)
    return found


def test_the_work_grows_with_the_records_not_with_their_square(looked_at: list[int]) -> None:
    # A word that stands everywhere must not pair everything.
    for number in (500, 1000, 2000):
        looked_at.clear()
        related(_toys(number))
        assert 0 < sum(looked_at) <= 20 * number


@pytest.mark.parametrize("group", [100, 150, 200])
def test_the_work_for_a_paper_does_not_grow_with_those_that_share_its_words(looked_at: list[int], group: int) -> None:
    words = [f"{_word(number)}a {_word(number)}b {_word(number)}c" for number in range(2)]
    records = {
        f"k{number}": Record(title=f"{words[number // group]} {_word(number // 2)}d") for number in range(2 * group)
    }
    found = related(records)
    assert max(looked_at) <= module._ENOUGH
    # What is rarest comes first: the one other paper with the same last word is found all the same.
    assert all(found[f"k{number}"][0].id == f"k{number ^ 1}" for number in range(2 * group))


@pytest.mark.parametrize("word", ["towards", "Applications", "enhanced", "technical", "report"])
def test_words_of_no_subject_relate_no_papers(word: str) -> None:
    records = {"a": Record(title=f"{word} velvet"), "b": Record(title=f"{word} shuttle")}
    assert related(records)["a"] == ()
