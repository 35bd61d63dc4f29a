"""What two items have in common and what tells them apart, field by field; no verdict is reached here."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from generator.facts import titles, venues
from generator.matching.items import LOST, Item, letters_of
from generator.matching.variants import is_slip, steps

ABSTRACT_SAME = 0.6
"""Share of words in common from which on two abstracts agree."""
ABSTRACT_ONE = 0.8
"""Share of words in common from which on two abstracts are one text, revised at most."""
_ABSTRACT_OTHER = 0.3
_PASSAGES, _PASSAGE = 16, 24  # how many passages of an abstract are looked for, and their letters
_FEW_PASSAGES = 0.4  # of so few in common, two texts are two
_MANY = 100
"""Of so many names half are never mistyped, and each would be held against all others."""
PEOPLE_DIFFER = "the authors differ"

_NAME = re.compile(r"[^\W\d_]{3}")
_KINDS = (
    ("newsletter", frozenset("record newsletter bulletin magazine news".split())),
    ("journal", frozenset("journal j transactions trans annals letters tods".split())),
    ("proceedings", frozenset("conference conf proceedings proc symposium workshop congress".split())),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and what against two items with like titles being one paper, in words."""

    support: tuple[str, ...]
    against: tuple[str, ...]
    abstracts: float | None
    """The share of words in common, or ``None`` where one has no abstract."""
    years_apart: int | None


def weigh(a: Item, b: Item) -> Evidence:
    """Weigh all that two items state besides their titles and identifiers."""
    support, against = [], []
    abstracts = agreement(a, b)
    if abstracts is not None and abstracts >= ABSTRACT_SAME:
        support.append("abstracts agree")
    elif abstracts is not None and abstracts < _ABSTRACT_OTHER:
        against.append("the abstracts differ")
    if a.code and a.code == b.code:
        support.append("code address agrees")
    people = people_agree(a, b)
    if people:
        support.append("authors agree")
    elif people is False:
        against.append(PEOPLE_DIFFER)
    apart = _years_apart(a, b)
    if apart:
        against.append(f"the years differ ({min(a.year or 0, b.year or 0)}, {max(a.year or 0, b.year or 0)})")
    if a.venue and b.venue and _kinds_of_venue(a).isdisjoint(_kinds_of_venue(b)):
        against.append(f"the venues differ ({' | '.join(sorted((a.venue, b.venue)))})")
    places = (("volume", a.volume, b.volume), ("number", a.number, b.number), ("pages", a.pages, b.pages))
    if names := [name for name, one, other in places if one and other and one != other]:
        if "pages" in names or len(names) == 2:
            against.append(f"{' and '.join(names)} differ")
    elif same_place(a, b):
        support.append("first page and year agree")
    return Evidence(tuple(support), tuple(against), abstracts, apart)


def _years_apart(a: Item, b: Item) -> int | None:
    """Return how far apart two items are at the nearest: by their dates, or by the years that their venues name.

    A preprint of 2021 that is in ``ICLR 2022`` is cited with either year.
    """
    return min((abs(one - other) for one in _years(a) for other in _years(b)), default=None)


def _years(item: Item) -> set[int]:
    edition = venues.cited_date(item.venue, None)
    return {item.year, int(edition or item.year)} if item.year else set()


def _kinds_of_venue(item: Item) -> set[str]:
    """Return the kinds that a venue can be of: "CVPR 2022" does not say that it is proceedings, but no journal is."""
    kind = _publication_kind(item.venue_words)
    return {kind, "proceedings"} if kind == "unknown" and not venues.is_journal(item.venue) else {kind}


# --- abstracts, authors, places --------------------------------------------------------------------------------------


def agreement(a: Item, b: Item) -> float | None:
    """Return the share of an abstract that stands in the other, of the shorter one; ``None`` if one is missing.

    Passages are looked for first, which costs little: where nearly all are found the texts agree, and where few are and
    the titles are not equal either, they do not. Else the share is that of the words.
    """
    if not a.laid_abstract or not b.laid_abstract:
        return None
    if a.abstract_mark == b.abstract_mark:
        return 1.0
    one, other = a.abstract, b.abstract
    passages = _share_of_passages(one, other)
    if passages is not None and (passages >= ABSTRACT_ONE or (passages < _FEW_PASSAGES and a.key != b.key)):
        return passages
    return _share(_words(one), _words(other))


def _share_of_passages(one: str, other: str) -> float | None:
    """Return the share of passages of the shorter text that stand in the other, case and marks left out.

    ``None`` for texts that are short, or not mostly in ASCII letters.
    """
    shorter, longer = letters_of(one), letters_of(other)
    if (len(longer), longer) < (len(shorter), shorter):
        shorter, longer = longer, shorter
    if len(shorter) < max(_PASSAGES * _PASSAGE, min(len(one), len(other)) // 2):
        return None
    begins = range(0, len(shorter) - _PASSAGE + 1, len(shorter) // _PASSAGES)
    return sum(shorter[begin : begin + _PASSAGE] in longer for begin in begins) / len(begins)


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    fewer = min(len(a), len(b))
    return len(a & b) / fewer if fewer > 8 else float(a == b)


@functools.lru_cache(maxsize=512)
def _words(abstract: str) -> frozenset[str]:
    return frozenset(titles.tokens(abstract))


def people_agree(a: Item, b: Item) -> bool | None:
    """Tell whether two author lists can be one; ``None`` where one names nobody.

    Half of the shorter one's family names must stand in the other: sources leave authors out, swap the parts of names
    and mistype them. Fewer in common tell nothing of two lists that are both cut: each may have the rest among its
    others.
    """
    if not a.authors or not b.authors:
        return None
    if a.authors == b.authors and _NAME.search(a.authors):
        return True
    if not a.people or not b.people:
        return None
    shared = 0
    for one, other in ((a, b), (b, a)):
        if len(one.families) <= len(other.families):
            found = sum(name in other.people or name in other.families for name in one.families)
            if len(one.families) <= _MANY and 2 * found < len(one.families):
                left = one.families - other.people
                found += sum(any(_is_name_mistyped(name, word) for word in other.people) for name in left)
            if 2 * found >= len(one.families):
                return True
            shared += found
    return None if shared and _is_cut(a) and _is_cut(b) else False


def same_families(a: Item, b: Item) -> bool:
    """Tell whether two author lists name the same families, all of them, but for those that a cut list leaves out."""
    left, right = a.families - b.families, b.families - a.families
    if len(right) < len(left):
        a, left, right = b, right, left
    same = len(left) == len(right) or (_is_cut(a) and bool(a.families))
    return same and all(any(_is_name_mistyped(one, other) for other in right) for one in left)


def _is_cut(item: Item) -> bool:
    return item.authors.endswith(";")


def _is_name_mistyped(one: str, other: str) -> bool:
    if LOST in one or LOST in other:
        # A lost letter stands for one letter, or two where an umlaut or ß is written out.
        longer, shorter = (one, other) if LOST in one else (other, one)
        return re.fullmatch("..?".join(map(re.escape, longer.split(LOST))), shorter) is not None
    return one[0] == other[0] and is_slip(one, other)


@functools.lru_cache(maxsize=2**12)
def _publication_kind(venue: frozenset[str]) -> str:
    """Sort a venue, roughly, into newsletter, journal or proceedings, from the words of its name."""
    return next((kind for kind, words in _KINDS if venue & words), "unknown")


def same_kind_of_venue(a: Item, b: Item) -> bool:
    """Tell whether both have a venue, and both venues are of one kind, or of none that is known."""
    return bool(a.venue and b.venue) and _publication_kind(a.venue_words) == _publication_kind(b.venue_words)


def one_by_two(a: Item, b: Item) -> bool:
    """Tell whether two databases list texts of the same authors, the same year and the same kind of venue."""
    return (
        bool(a.source and b.source and a.source != b.source and a.year and a.families)
        and a.year == b.year
        and same_families(a, b)
        and same_kind_of_venue(a, b)
    )


def same_place(a: Item, b: Item) -> bool:
    """Tell whether two entries stand on the same page of the same year, nothing of volume and number against it."""
    same = bool(a.pages and a.year) and a.pages == b.pages and a.year == b.year
    return same and all(
        one == other or not (one and other) for one, other in ((a.volume, b.volume), (a.number, b.number))
    )


def strong(a: Item, b: Item) -> bool:
    """Tell whether authors and year agree, or first page, volume and year do."""
    if not a.year or a.year != b.year:
        return False
    people = people_agree(a, b)
    return people if people is not None else bool(a.pages and a.pages == b.pages and a.volume == b.volume)


# --- for people ------------------------------------------------------------------------------------------------------


def lines(a: Item, b: Item) -> list[tuple[str, str]]:
    """Return what was compared and what came of it: ``("year", "2003 | 2004")``; what both lack is left out."""
    found = [("title", "equal" if a.key == b.key else _words_apart(a, b))]
    kinds = sorted({*a.identifiers, *b.identifiers})
    found.extend((kind, _told(a.identifiers.get(kind, ""), b.identifiers.get(kind, ""))) for kind in kinds)
    share = agreement(a, b)
    if share is not None:
        found.append(("abstract", f"{share:.0%} of the shorter one stands in the other"))
    elif a.laid_abstract or b.laid_abstract:
        found.append(("abstract", "only one has it"))
    people = people_agree(a, b)
    if people is not None:
        found.append(("authors", "agree" if people else "differ"))
    elif a.authors or b.authors:
        found.append(("authors", "leave it open" if a.authors and b.authors else "only one has them"))
    for name, one, other in (
        ("year", str(a.year or ""), str(b.year or "")),
        ("venue", a.venue, b.venue),
        ("volume", a.volume, b.volume),
        ("number", a.number, b.number),
        ("first page", a.pages, b.pages),
        ("code", a.code, b.code),
    ):
        if one or other:
            found.append((name, _told(one, other)))
    return found


def _told(one: str, other: str) -> str:
    if one and other:
        return f"equal ({one})" if one.casefold() == other.casefold() else f"{one} | {other}"
    return f"only one has it ({one or other})"


def _words_apart(a: Item, b: Item) -> str:
    parts = [
        f"{' '.join(one) or '(nothing)'} | {' '.join(other) or '(nothing)'}" for one, other in steps(a.tokens, b.tokens)
    ]
    return f"differs in {'; '.join(parts)}" if parts else "differs in how words are divided"
