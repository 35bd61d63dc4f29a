"""Two entries or records side by side: are they one paper, and why.

Two papers made one is worse than one paper kept twice, so only what is certain is ``same``; what is probable goes to a
person as ``review``. Every verdict carries its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from generator.items import DISTINCT_WORDS, STOP_WORDS, Item

_ROMAN = re.compile(r"x{0,2}(?:ix|iv|v?i{1,3}|v|x)")
# A notice about a paper is another document than the paper.
_NOTICES = frozenset(
    """addendum comment comments commentary corrections correction corrigendum errata erratum reply response
    retracted retraction""".split()
)
_PARTS = frozenset("part volume vol chapter appendix supplement version edition".split())
_NEGATIONS = frozenset(
    """a an anti de dis hetero homo hyper hypo il im in inter intra ir mis multi non over pre post re semi sub
    super un under uni bi""".split()
)

# A title of nothing but these stands above a different text in every issue and every volume.
_FURNITURE = frozenset(
    """abstracts acknowledgement acknowledgements announcement announcements article articles book books calendar
    chair chairs column conclusion conclusions conference contents cover discussion editor editorial editorials
    editors events features foreword front guest in index interview introduction introductory invited issue
    journal keynote letter letters matter message meeting memoriam minutes news newsletter note notes obituary
    opening overview panel papers poster posters preface proceedings program programme prologue record
    reminiscences report reports research review reviewers reviews section session special summary symposium this
    title tutorial welcome workshop""".split()
)
# In a subtitle these announce another text than the one of the same title without it.
_OTHER_TEXTS = frozenset(
    """continued demo demonstration discussion editor editorial editors extended foreword guest introduction
    introductory invited poster preface preliminary report review revisited short summary version""".split()
)
_DISTINCT_LENGTH = 14
TITLES_DIFFER = "the titles differ"
"""Why two papers are different where nothing but their titles tells them apart."""
_PEOPLE_DIFFER = "the authors differ"
_ABSTRACT_SAME = 0.6  # share of words in common
_ABSTRACT_OTHER = 0.3


Kind = Literal["same", "review", "different"]


@dataclass(frozen=True)
class Verdict:
    """What a comparison came to: a kind, how alike the two are (0 to 1), and the rule that decided."""

    kind: Kind
    score: float
    reason: str


def compare(a: Item, b: Item) -> Verdict:
    """Decide whether two items are one paper; the same verdict comes out for ``compare(b, a)``."""
    if b.order < a.order:
        a, b = b, a
    score = round(fuzz.ratio(a.key, b.key) / 100, 3)

    def verdict(kind: Kind, reason: str, at: float = score) -> Verdict:
        return Verdict(kind, at, reason)

    if a.label in b.not_same_as or b.label in a.not_same_as:
        return verdict("different", "a person said they are not the same")
    equal = next((kind for kind, value in sorted(a.identifiers.items()) if b.identifiers.get(kind) == value), None)
    conflict = identifier_conflict(a, b)
    if equal:
        reason = f"same {equal} identifier {a.identifiers[equal]}"
        if conflict:
            return verdict("review", f"{reason}, but {conflict}")
        if score >= 0.6 or _agreement(a.abstract, b.abstract) >= _ABSTRACT_SAME:
            return verdict("same", reason, 1.0)
        return verdict("review", f"{reason}, but the titles are far apart")
    if guard := _guard(a, b):
        return verdict("different", guard)
    if conflict:
        alike = a.key == b.key or _agreement(a.abstract, b.abstract) >= _ABSTRACT_SAME
        return (
            verdict("review", f"equal title or abstract, but {conflict}") if alike else verdict("different", conflict)
        )
    if a.key == b.key:
        return _compare_equal_titles(a, b)
    return _compare_unequal_titles(a, b, score)


def identifier_conflict(a: Item, b: Item) -> str | None:
    """Say which identifiers of two items conflict, or ``None``: such items never merge by themselves."""
    for kind, value in sorted(a.identifiers.items()):
        if (other := b.identifiers.get(kind, value)) != value:
            return f"{kind} identifiers differ ({value}, {other})"
    return None


def _compare_equal_titles(a: Item, b: Item) -> Verdict:
    support, against = _circumstances(a, b)
    if _same_place(a, b):
        return Verdict("same", 1.0, f"equal title, {' and '.join(support)}")
    apart = abs(a.year - b.year) if a.year and b.year else 0
    if apart > 1 or (len(against) > 1 and (apart or _PEOPLE_DIFFER in against)):
        return Verdict("different", 0.5, f"equal title, but {' and '.join(against)}")
    if against:
        return Verdict("review", 0.95, f"equal title, but {' and '.join(against)}")
    if a.is_column or b.is_column:
        return Verdict("review", 0.9, "equal title, but one that recurs over the years")
    if a.abstract and b.abstract and support:
        return Verdict("same", 1.0, f"equal title, {' and '.join(support)}")
    if all(word in _FURNITURE or word in STOP_WORDS for word in a.tokens):
        return Verdict("review", 0.9, "equal title, but one that many texts bear")
    if len(a.key) >= _DISTINCT_LENGTH or _strong(a, b):
        return Verdict("same", 1.0, f"equal title, {' and '.join(support) or 'nothing against it'}")
    return Verdict("review", 0.9, f"equal title, but one of {len(a.key)} letters proves little alone")


def _compare_unequal_titles(a: Item, b: Item, score: float) -> Verdict:
    abstracts = _agreement(a.abstract, b.abstract)
    support, against = _circumstances(a, b)
    difference = _difference(a.tokens, b.tokens)
    if difference is not None and not against:
        if a.is_column or b.is_column:
            return Verdict("review", score, f"titles differ only in {difference}, but recur over the years")
        if abstracts >= _ABSTRACT_SAME or _strong(a, b):
            return Verdict("same", score, f"titles differ only in {difference}, {' and '.join(support)}")
        if score >= 0.9 or support:
            return Verdict("review", score, f"titles differ only in {difference}")
    if abstracts >= 0.8:
        return Verdict("review", score, "the abstracts agree, the titles do not")
    extended = _extends(a.tokens, b.tokens)
    if extended and not against and (support or (not a.people and not b.people)):
        if _strong(a, b) and ((a.pages and a.pages == b.pages) or _is_subtitled(a, b)):
            return Verdict("same", score, f"one title continues the other, {' and '.join(support)}")
        return Verdict("review", score, "one title continues the other")
    if score >= 0.85 and (support or difference is not None) and len(against) < 2:
        return Verdict("review", score, "similar titles" + (f", {' and '.join(support)}" if support else ""))
    return Verdict("different", score, TITLES_DIFFER)


def _guard(a: Item, b: Item) -> str | None:
    """Say what makes two titles certainly different, or ``None``: numbers, parts and notices."""
    if a.key == b.key:
        return None
    numbers = [Counter(token for token in item.tokens if token[0].isdigit()) for item in (a, b)]
    if numbers[0] != numbers[1]:
        odd = sorted((numbers[0] - numbers[1]) + (numbers[1] - numbers[0]))
        return f"the numbers in the titles differ ({', '.join(odd)})"
    only = [[token for token in one.tokens if token not in set(other.tokens)] for one, other in ((a, b), (b, a))]
    for token in sorted(only[0] + only[1]):
        if token in _NOTICES:
            return f"one is a notice about a paper ({token})"
        if _ROMAN.fullmatch(token) and token != "v":
            return f"the part numbers in the titles differ ({token})"
    for one in (a, b):
        for word, following in pairwise(one.tokens):
            if word in _PARTS and len(following) == 1 and (following in only[0] or following in only[1]):
                return f"the parts in the titles differ ({word} {following})"
    if any(token.endswith("+") for token in only[0] + only[1]):
        return "a name with and without +"
    return None


def _agreement(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of words that two abstracts have in common, seen from the shorter one; 0 if one is missing."""
    if not a or not b:
        return 0.0
    if a is b:
        return 1.0
    return len(a & b) / min(len(a), len(b)) if min(len(a), len(b)) > 8 else float(a == b)


def _circumstances(a: Item, b: Item) -> tuple[list[str], list[str]]:
    """Return what speaks for and what against two items with like titles being one paper."""
    support, against = [], []
    if a.abstract and b.abstract:
        agreement = _agreement(a.abstract, b.abstract)
        if agreement >= _ABSTRACT_SAME:
            support.append("abstracts agree")
        elif agreement < _ABSTRACT_OTHER:
            against.append("the abstracts differ")
    if a.code and a.code == b.code:
        support.append("code address agrees")
    if a.people and b.people:
        if _same_people(a.people, b.people):
            support.append("authors agree")
        else:
            against.append(_PEOPLE_DIFFER)
    if a.year and b.year and a.year != b.year:
        against.append(f"the years differ ({min(a.year, b.year)}, {max(a.year, b.year)})")
    if a.venue and b.venue and _publication_kind(a.venue) != _publication_kind(b.venue):
        against.append("one stands in a journal or newsletter, the other in proceedings")
    places = [(name, getattr(a, name), getattr(b, name)) for name in ("volume", "number", "pages")]
    if any(one and other and one != other for _, one, other in places):
        names = [name for name, one, other in places if one and other and one != other]
        if "pages" in names or len(names) == 2:
            against.append(f"{' and '.join(names)} differ")
    elif a.pages and a.pages == b.pages and a.year == b.year:
        support.append("first page and year agree")
    return support, against


def _same_people(a: frozenset[str], b: frozenset[str]) -> bool:
    """Tell whether two author lists can be one: half of the shorter one's names, slips in long names allowed."""
    if len(a & b) * 2 >= min(len(a), len(b)):
        return True
    close = sum(any(_is_slip(one, other) for other in b) for one in a)
    return close * 2 >= min(len(a), len(b))


def _publication_kind(venue: frozenset[str]) -> str:
    """Sort a venue, roughly, into newsletter, journal or proceedings, from the words of its name."""
    if venue & {"record", "newsletter", "bulletin", "magazine", "news"}:
        return "newsletter"
    if venue & {"journal", "j", "transactions", "trans", "annals", "letters", "tods"}:
        return "journal"
    if venue & {"conference", "conf", "proceedings", "proc", "symposium", "workshop", "congress"}:
        return "proceedings"
    return "unknown"


def _strong(a: Item, b: Item) -> bool:
    """Tell whether authors and year agree, or first page, volume and year do."""
    if not a.year or a.year != b.year:
        return False
    if a.people and b.people:
        return _same_people(a.people, b.people)
    return bool(a.pages and a.pages == b.pages and a.volume == b.volume)


def _same_place(a: Item, b: Item) -> bool:
    """Tell whether two entries stand on the same page of the same year, nothing of volume and number against it."""
    same = bool(a.pages) and a.pages == b.pages and a.year == b.year
    return same and all(
        one == other or not (one and other) for one, other in ((a.volume, b.volume), (a.number, b.number))
    )


def _difference(a: Sequence[str], b: Sequence[str]) -> str | None:
    """Name what two titles differ in if it is only stop words, or slips in long words; else ``None``."""
    found = set()
    for step in Levenshtein.opcodes(a, b):
        if step.tag == "equal":
            continue
        one, other = a[step.src_start : step.src_end], b[step.dest_start : step.dest_end]
        if all(word in STOP_WORDS for word in (*one, *other)):
            found.add("stop words")
        elif _is_slip("".join(one), "".join(other)):
            found.add("a slip in a long word")
        else:
            return None
    return " and ".join(sorted(found))


def _is_slip(one: str, other: str) -> bool:
    """Tell whether two long words are one word mistyped or inflected: one letter in six or more, two in eleven or more.

    A prefix that turns the meaning (symmetric, asymmetric) is no slip.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 6:
        return False
    if longer.endswith((shorter, shorter[1:])):
        rest = longer.removesuffix(shorter)
        if rest in _NEGATIONS:
            return False
    if any(
        one.startswith(prefix) != other.startswith(prefix)
        for prefix in ("un", "in", "non", "hyper", "hypo", "inter", "intra", "macro", "micro")
    ):
        return False
    return OSA.distance(one, other) <= (2 if len(shorter) >= 11 else 1)


def _is_subtitled(a: Item, b: Item) -> bool:
    """Tell whether one title is the other without its subtitle, both in the same kind of venue.

    A subtitle longer than the title, or one that names another kind of text, leaves it open.
    """
    shorter, longer = sorted((a, b), key=lambda item: len(item.key))
    subtitle = set(longer.tokens) - set(shorter.tokens)
    return (
        shorter.key in longer.stems
        and len(longer.key) <= 2 * len(shorter.key)
        and subtitle.isdisjoint(_OTHER_TEXTS)
        and bool(a.venue and b.venue)
        and _publication_kind(a.venue) == _publication_kind(b.venue)
    )


def _extends(a: Sequence[str], b: Sequence[str]) -> bool:
    """Tell whether one title is the other with words behind it (a subtitle), the shorter one being distinct itself."""
    shorter, longer = sorted(("".join(a), "".join(b)), key=len)
    return min(len(a), len(b)) >= DISTINCT_WORDS and longer.startswith(shorter)
