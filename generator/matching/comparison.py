"""Two entries or records side by side: are they one paper, and why.

Two papers made one is worse than one paper kept twice, so only what is certain is ``same``; what is probable goes to a
person as ``review``. Every verdict carries its reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Literal

from rapidfuzz import fuzz

from generator.matching import evidence, variants
from generator.matching.evidence import ABSTRACT_ONE, ABSTRACT_SAME, PEOPLE_DIFFER, Evidence
from generator.matching.items import DISTINCT_WORDS, STOP_WORDS, Item

# A title of nothing but these stands above a different text in every issue and every volume.
_FURNITURE = frozenset(
    """abstracts acknowledgement acknowledgements address announcement announcements article articles author authors
    book books calendar calls chair chairs column conclusion conclusions conference contents cover discussion
    editor editorial editorials editors events features foreword front guest in index interview introduction
    introductory invited issue journal keynote letter letters list matter meeting memoriam message minutes
    news newsletter note notes obituary opening overview panel papers participants perspective poster posters
    preface presentation presentations proceedings program programme prologue record reminiscences report
    reports research review reviewers reviews section session special subject summary symposium table this
    title treasurer tutorial vice welcome workshop""".split()
)
# In a subtitle these announce another text than the one of the same title without it.
_OTHER_TEXTS = frozenset(
    """continued demo demonstration discussion editor editorial editors extended foreword guest introduction
    introductory invited poster preface preliminary report review revisited short summary version""".split()
)
_DISTINCT_LENGTH = 14
_SIMILAR = 0.85
TITLES_DIFFER = "the titles differ"
"""Why two papers are different where nothing but their titles tells them apart."""


Kind = Literal["same", "review", "different"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison came to: a kind, how alike the two are (0 to 1), and the rule that decided."""

    kind: Kind
    score: float
    reason: str
    by_identifier: bool = False
    """Whether the two share an identifier and may still be two papers: then it is wrong in one of them."""

    @property
    def order(self) -> tuple[int, float]:
        """What sorts the verdicts that speak most for one paper first."""
        return (("same", "review", "different").index(self.kind), -self.score)


def compare_titles(ones: Iterable[Item], others: Iterable[Item]) -> Verdict:
    """Decide whether two papers are one by any of the titles they bear; ``ones`` and ``others`` are their forms."""
    return min((compare(one, other) for one, other in product(ones, others)), key=lambda verdict: verdict.order)


def compare(a: Item, b: Item) -> Verdict:
    """Decide whether two items are one paper; the same verdict comes out for ``compare(b, a)``."""
    if a.label in b.not_same_as or b.label in a.not_same_as:
        return Verdict("different", _likeness(a, b), "a person said they are not the same")
    if b.order < a.order:
        a, b = b, a
    conflict = None
    if a.identifiers and b.identifiers:
        conflict = identifier_conflict(a, b)
        if verdict := _compare_identifiers(a, b, conflict):
            return verdict
    if a.key == b.key:
        if conflict:
            return Verdict("review", 1.0, f"equal title or abstract, but {conflict}")
        return _compare_equal_titles(a, b)
    score = _likeness(a, b)
    # Titles that are far apart are of one paper only where one continues the other or the abstracts begin alike.
    if score < 0.5 and (not a.abstract_start or a.abstract_start != b.abstract_start) and not variants.extends(a, b):
        return Verdict("different", score, TITLES_DIFFER)
    if guard := variants.guard(a, b):
        if evidence.strong(a, b) and variants.only_years_more(a, b):
            return Verdict("review", score, "one title continues the other, with the year")
        return Verdict("different", score, guard)
    if conflict:
        if (evidence.agreement(a, b) or 0) >= ABSTRACT_SAME:
            return Verdict("review", score, f"equal title or abstract, but {conflict}")
        return Verdict("different", score, conflict)
    return _compare_unequal_titles(a, b, score)


def _likeness(a: Item, b: Item) -> float:
    """Return how alike two titles are, from 0 to 1."""
    return round(fuzz.ratio(a.key, b.key) / 100, 3)


def identifier_conflict(a: Item, b: Item) -> str | None:
    """Say which identifiers of two items conflict, or ``None``: such items never merge by themselves."""
    for kind, value in sorted(a.identifiers.items()):
        if (other := b.identifiers.get(kind, value)) != value:
            return f"{kind} identifiers differ ({value}, {other})"
    return None


def _compare_identifiers(a: Item, b: Item, conflict: str | None) -> Verdict | None:
    """Decide by an identifier that both bear; ``None`` where there is none."""
    equal = next((kind for kind, value in sorted(a.identifiers.items()) if b.identifiers.get(kind) == value), None)
    if not equal:
        return None
    score = _likeness(a, b)
    reason = f"same {equal} identifier {a.identifiers[equal]}"
    if conflict:
        return Verdict("review", score, f"{reason}, but {conflict}", by_identifier=True)
    if score >= 0.6 or (evidence.agreement(a, b) or 0) >= ABSTRACT_SAME:
        return Verdict("same", 1.0, reason)
    return Verdict("review", score, f"{reason}, but the titles are far apart", by_identifier=True)


def _compare_equal_titles(a: Item, b: Item) -> Verdict:
    found = evidence.weigh(a, b)
    against = " and ".join(found.against)
    support = " and ".join(found.support)
    if evidence.same_place(a, b):
        return Verdict("same", 1.0, f"equal title, {support}")
    recurs = a.is_column or b.is_column
    words = [word for word in a.tokens if word not in STOP_WORDS]
    # A long title that recurs may as well be a preprint, a talk and an article of one text.
    furniture = all(word in _FURNITURE for word in words) or (recurs and len(words) < DISTINCT_WORDS)
    if furniture and a.source and a.source == b.source:
        return Verdict("different", 0.5, "equal title, but one that many texts bear; one source has both")
    if furniture and found.against:
        # Every year and every editor has another one.
        return Verdict("different", 0.5, f"equal title, but one that many texts bear, and {against}")
    apart = found.years_apart or 0
    if apart > 1 or (len(found.against) > 1 and (apart or PEOPLE_DIFFER in found.against)):
        return Verdict("different", 0.5, f"equal title, but {against}")
    if found.against:
        return Verdict("review", 0.95, f"equal title, but {against}")
    if (furniture or recurs) and not (found.abstracts or 0) >= ABSTRACT_SAME:
        return _compare_columns(a, b)
    if found.abstracts is not None and found.support:
        return Verdict("same", 1.0, f"equal title, {support}")
    if len(a.key) >= _DISTINCT_LENGTH or evidence.strong(a, b):
        return Verdict("same", 1.0, f"equal title, {support or 'nothing against it'}")
    return Verdict("review", 0.9, f"equal title, but one of {len(a.key)} letters proves little alone")


def _compare_columns(a: Item, b: Item) -> Verdict:
    """Decide about two texts of one title that many texts bear, of which nothing says that they are two."""
    one_each = bool(a.source and b.source) and a.source != b.source and not a.is_crowded and not b.is_crowded
    if one_each and evidence.strong(a, b) and evidence.same_families(a, b):
        return Verdict("same", 0.9, "equal title that many texts bear, but the only one of that year and authors")
    if (a.is_crowded or b.is_crowded) and not evidence.same_families(a, b):
        return Verdict(
            "different", 0.5, "equal title, but one that many texts bear, several of that year in one source"
        )
    return Verdict("review", 0.9, "equal title, but one that many texts bear")


def _compare_unequal_titles(a: Item, b: Item, score: float) -> Verdict:
    difference = variants.difference(a, b)
    strong = evidence.strong(a, b)
    extends = variants.extends(a, b)
    begins_alike = bool(a.abstract_start) and a.abstract_start == b.abstract_start
    if difference is None and score < _SIMILAR and not (strong or extends or begins_alike or a.work[0] == b.work[0]):
        return Verdict("different", score, TITLES_DIFFER)
    found = evidence.weigh(a, b)
    support = " and ".join(found.support)
    abstracts = found.abstracts or 0.0
    if difference is None and score >= 0.9 and evidence.one_by_two(a, b):
        difference = variants.difference(a, b, variants.SHORT)
    if difference is not None and not found.against:
        if a.is_column or b.is_column:
            return Verdict("review", score, f"titles differ only in {difference}, but recur over the years")
        if abstracts >= (ABSTRACT_ONE if "slip" in difference and not strong else ABSTRACT_SAME) or strong:
            return Verdict("same", score, f"titles differ only in {difference}, {support}")
        if score >= 0.9 or support:
            return Verdict("review", score, f"titles differ only in {difference}")
    if abstracts >= ABSTRACT_ONE:
        return Verdict("review", score, "the abstracts agree, the titles do not")
    if (found.years_apart or 0) > 1:
        return Verdict("different", score, TITLES_DIFFER)
    if verdict := _compare_works(a, b, score, found):
        return verdict
    if extends and not found.against and (found.support or (not a.people and not b.people)):
        if strong and ((a.pages and a.pages == b.pages) or _is_subtitled(a, b)):
            return Verdict("same", score, f"one title continues the other, {support}")
        return Verdict("review", score, "one title continues the other")
    if score >= _SIMILAR and (found.support or difference is not None) and len(found.against) < 2:
        return Verdict("review", score, "similar titles" + (f", {support}" if support else ""))
    if strong and not found.against and _share_words(a, b):
        return Verdict("review", score, f"titles with most words in common, {support}")
    return Verdict("different", score, TITLES_DIFFER)


def _compare_works(a: Item, b: Item, score: float, found: Evidence) -> Verdict | None:
    """Decide about titles that are equal but for a note of what kind of text it is; ``None`` where they are not."""
    (work, kind), (other, other_kind) = a.work, b.work
    if work != other or (found.against and not ("review" in kind + other_kind and found.against == (PEOPLE_DIFFER,))):
        return None  # a review of a book is listed under the reviewer or under the book's authors
    if evidence.strong(a, b) and evidence.same_kind_of_venue(a, b) and kind and kind == other_kind:
        return Verdict(
            "same", score, f"titles differ only in how they say that it is a {kind}, {' and '.join(found.support)}"
        )
    return Verdict(
        "review", score, f"titles differ only in the kind of text ({kind or 'none'}, {other_kind or 'none'})"
    )


def _share_words(a: Item, b: Item) -> bool:
    """Tell whether two titles have most of their words in common, in any order."""
    one, other = ({word for word in item.tokens if word not in STOP_WORDS} for item in (a, b))
    fewer = min(len(one), len(other))
    if fewer > 2:
        return 3 * len(one & other) >= 2 * fewer
    return fewer > 0 and evidence.same_families(a, b) and (one <= other or other <= one)


def _is_subtitled(a: Item, b: Item) -> bool:
    """Tell whether one title is the other without its subtitle, both in the same kind of venue.

    A subtitle longer than the title, or one that names another kind of text, leaves it open.
    """
    shorter, longer = (a, b) if len(a.key) < len(b.key) else (b, a)
    return (
        shorter.key in longer.stems
        and len(longer.key) <= 2 * len(shorter.key)
        and _OTHER_TEXTS.isdisjoint(set(longer.tokens) - set(shorter.tokens))
        and evidence.same_kind_of_venue(a, b)
    )
