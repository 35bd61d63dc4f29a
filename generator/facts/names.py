"""Names of people: in which order their parts stand, and what in a list of them is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

_T = TypeVar("_T")

OTHERS = "others"
"""The last of a list of authors that names only the first of them, as in BibTeX: ``[Ada Thread, Bo Weft, others]``."""

# Han with its marks, Kana and Hangul, the last as syllables and as the letters that these are made of.
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_OTHERS = re.compile(r"(?:^|^and | ?[,;&] ?| and )others$|(?:^|[,;]? )et\.? al(?:\.|ii|ia)?$", re.IGNORECASE)
# Words in small letters that no name has, and what a request begins with. "Are" with a capital is a first name.
_OF_A_SENTENCE = re.compile(
    r"(?<!\S)\(?(?:is|are|was|were|has|have|should|must|please|not|missing|wrong|authors?|others|names?|instead)"
    r"(?=[\s.,;:!?)]|$)|^(?i:please|add|remove|delete|replace|insert|change|swap|missing|should|authors?)[ :]"
)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.[-‐]?|[^\W\d_][-‐])*[^\W\d_]{0,2}")
_INITIAL = re.compile(r"[^\W\d_]\.")
_SUFFIXES = frozenset("jr sr ii iii".split())


def printed(family: str, given: str | None) -> str:
    """Return a name as readers see it; where it is written in an East Asian script, as there: 山田太郎, 김철수."""
    if not given:
        return family
    whole = f"{family}{given}"
    return whole if _EAST_ASIAN.fullmatch(whole) else f"{given} {family}"


def is_cut(authors: Sequence[object]) -> bool:
    """Tell whether a list of authors says that it names only the first of them."""
    return bool(authors) and authors[-1] == OTHERS


def people(authors: Sequence[_T]) -> Sequence[_T]:
    """Return the people of a list of authors, without the word that says that there are more."""
    return authors[:-1] if is_cut(authors) else authors


def listed(authors: Sequence[str]) -> str:
    """Return names on one line: ``Ada Thread, Bo Weft``, ``Ada Thread, Bo Weft and others``."""
    return ", ".join(people(authors)) + (f" and {OTHERS}" if is_cut(authors) else "")


def fullness(authors: Sequence[object]) -> tuple[int, bool]:
    """Return a key by which the fullest list of authors sorts last: ``others`` are one at least, a whole list more."""
    return len(authors), not is_cut(authors)


def without_others(name: str) -> str:
    """Return a name without ``and others`` or ``et al.`` at its end: nothing is left where it is only that."""
    return _OTHERS.sub("", name)


def reads_as_sentence(text: str) -> bool:
    """Tell whether words that say something of authors stand where a name should: ``Please add Ida as last author``."""
    return _OF_A_SENTENCE.search(text) is not None


def _ends_in_initials(name: str) -> bool:
    """Tell whether initials end a name, as Scopus and PubMed print them: ``Smith J.A.``, ``van der Web TH``."""
    _, space, last = name.strip().rpartition(" ")
    return bool(space) and not _is_suffix(last) and _are_initials(last)


def persons(text: str) -> list[str]:
    """Tell apart the people that stand as one name: ``Smith, J. and Jones, K.``, ``Smith, J., & Jones, K.``.

    So are ``Smith J, Jones K``. All else is one name: ``Smith, J.``, and ``Ministry of Food and Agriculture``.
    """
    parts = text.split(" and ")
    if len(parts) > 1 and all("," in part or _ends_in_initials(part) for part in parts):
        return [name for part in parts for name in persons(part)]
    first, comma, _ = text.partition(",")
    if comma and _ends_in_initials(first):
        return text.split(",")
    if text.count(",") > 2:
        return _family_first(_stripped(text.split(","))) or [text]
    return [text]


def people_at_commas(parts: Sequence[str]) -> list[str]:
    """Tell apart the people of a list by what stands between its commas: ``Ida Loom, Jan Ferry, Bo Weft``.

    One name has one comma, and another where a suffix follows: ``Smith, J., Jr.``. Initials stay with the name before
    them, and a comma at the end, of ``Ida Loom, Jan Ferry, and …``, parts whole names. With one comma alone, two people
    are certain only by their initials: ``A. Loom, B. Weft``, ``Loom A, Weft B``. ``et al.`` at the end is no part of a
    name, but parts as a comma there does.
    """
    if len(parts) > 1 and (last := parts[-1].strip(" &")) and not without_others(last):
        return [*people_at_commas([*parts[:-1], ""]), last]
    if len(parts) < 3 and parts[-1]:
        return list(parts) if len(parts) == 2 and _are_two(*parts) else [",".join(parts)]
    found = _stripped(parts)
    goes_on = not parts[-1].strip() and all(" " in part and not _ends_in_initials(part) for part in found)
    goes_on = goes_on or (len(found) == 2 and _are_two(*found))
    if not goes_on and sum(not _is_suffix(part) for part in found) < 3:
        return [", ".join(found)]
    return _family_first(found) or found


def _are_two(first: str, second: str) -> bool:
    """Tell whether a comma parts two people and not a family name, which has no initials, from a given one."""
    *given, family = first.split() or [""]
    whole = len(second.split()) > 1 and not all(map(_are_initials, second.split()))
    inverted = _ends_in_initials(first) and _ends_in_initials(second)
    return inverted or (whole and not _are_initials(family) and any(map(_INITIAL.match, given)))


def remark_on(text: str) -> str | None:
    """Say of a list of people that its first name may be two.

    Nothing tells ``Ada Thread, Bo Weft and Chi Web`` from ``Van Gogh, Vincent Willem and Jane Doe``.
    """
    shown = without_others(text)
    first, _, others = shown.partition(" and ")
    others = others or text[len(shown) :]
    if not others or re.search("[,;]", others) or not may_be_two(first):
        return None
    return f"{first[:80]!r} is read as one person; if it is two, write and between them"


def may_be_two(name: str) -> bool:
    """Tell whether a name may be two people or one, as ``Ida Loom, Jan Ferry`` and ``Van Gogh, Vincent Willem`` may.

    Where semicolons part people, commas part none.
    """
    if ";" in name:
        return False
    words = [part.split() for part in name.split(",")]
    long = len(words) == 2 and all(len(part) > 1 and all(word[0].isupper() for word in part) for part in words)
    return long and not any(_are_initials(word) for part in words for word in part)


def _stripped(parts: Iterable[str]) -> list[str]:
    """Return what stands between commas without spaces and ampersands around it, and without what is nothing else."""
    return [part for each in parts if (part := each.strip(" &"))]


def _family_first(parts: Sequence[str]) -> list[str]:
    """Return the names of ``Smith, J., Jones, K.``; nothing where not each second part is initials."""
    if len(parts) % 2 or not all(_are_initials(word) for each in parts[1::2] for word in each.split()):
        return []
    return [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]


def is_spelt_out(name: str) -> bool:
    """Tell whether a name has a first name, as ``Anna Lo`` and ``Lo, Anna`` have; ``A. Lo`` and ``Lo A`` do not."""
    _, comma, given = name.partition(",")
    words = [
        word
        for word in (given.replace(",", " ") if comma else name).split()
        if not (_are_initials(word) or _is_suffix(word) or word.islower())  # von, de
    ]
    return len(words) > (0 if comma else 1)


def last_name(name: str) -> str:
    """Return a name up to its last word that is neither initials nor a suffix: ``Smith`` of ``Smith J.A. Jr``.

    What is nothing but initials stays; a suffix alone, cut off by a comma, is nobody's name.
    """
    words = name.split()
    while words and (_is_suffix(words[-1]) or (len(words) > 1 and _are_initials(words[-1]))):
        del words[-1]
    return " ".join(words)


def _is_suffix(word: str) -> bool:
    return word.rstrip(".").lower() in _SUFFIXES


def _are_initials(word: str) -> bool:
    # Without a dot only capitals are: of "Yan Xu" the last word is a name.
    return ("." in word or word.isupper()) and _INITIALS.fullmatch(word) is not None
