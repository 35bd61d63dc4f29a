"""Two titles side by side: variants of one, or titles of two papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA, Levenshtein

from generator.facts import titles
from generator.matching.items import DISTINCT_WORDS, STOP_WORDS, Item

_LONG = 6  # letters of a word in which a slip is no other word
SHORT = 4
"""Letters of a word in which a slip may be taken for one where all else agrees."""
# Up to 30; a v alone stands before the number of a version.
_ROMANS = frozenset(
    f"{tens}{ones}" for tens in ("", "x", "xx") for ones in "i ii iii iv v vi vii viii ix x".split()
) - {"v"}
# A notice about a paper is another document than the paper.
_NOTICES = frozenset(
    """addendum comment comments commentary corrections correction corrigendum errata erratum rejoinder reply response
    retracted retraction""".split()
)
_MARKS = _NOTICES | _ROMANS
_PARTS = frozenset("part parts volume vol chapter appendix supplement version edition phase".split())
# "The 4th workshop" and "the fourth workshop" are one, and not the fifth.
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_TURNING = ("un", "in", "non", "hyper", "hypo", "inter", "intra", "macro", "micro")
_SALTS = frozenset(("ate", "ite", "ide"))
_ENDINGS = frozenset(("st", "nd", "rd", "th"))
# Longer ones are no slip by their length, and most others not by the first letter: deduplication, duplication.
_NEGATIONS = frozenset("a an bi de il im in ir re un".split())


def guard(a: Item, b: Item) -> str | None:
    """Say what makes two unequal titles certainly different, or ``None``: numbers, parts and notices."""
    one, other = a.tokens, b.tokens
    plain = a.key.isalpha() and b.key.isalpha()  # neither figures nor a plus
    if not plain and (numbers := _numbers(one)) != (others := _numbers(other)):
        return f"the numbers in the titles differ ({', '.join(sorted(numbers ^ others))})"
    if (ordinals := _ordinals(one)) and (others := _ordinals(other)) and ordinals != others:
        return f"the numbers in the titles differ ({', '.join(sorted(ordinals ^ others))})"
    only = set(one) ^ set(other)
    if marks := only & _MARKS:
        token = min(marks)
        what = "one is a notice about a paper" if token in _NOTICES else "the part numbers in the titles differ"
        return f"{what} ({token})"
    for tokens in (one, other):
        if not _PARTS.isdisjoint(tokens):
            for word, following in pairwise(tokens):
                if word in _PARTS and len(following) == 1 and following in only:
                    return f"the parts in the titles differ ({word} {following})"
    if plain:
        return None
    if any(token[-1] == "+" for token in only):
        return "a name with and without +"
    return None


def _numbers(tokens: Sequence[str]) -> set[str]:
    """Return the numbers of a title but for ordinals such as 4th."""
    return {token for token, behind in pairwise((*tokens, "")) if token[0].isdigit() and behind not in _ENDINGS}


def _ordinals(tokens: Sequence[str]) -> set[str]:
    """Return the ordinals of a title as figures, whether they are written 4th or fourth."""
    if _ORDINALS.keys().isdisjoint(tokens) and _ENDINGS.isdisjoint(tokens):
        return set()
    found = {_ORDINALS[token] for token in tokens if token in _ORDINALS}
    return found | {token for token, behind in pairwise(tokens) if token[0].isdigit() and behind in _ENDINGS}


def only_years_more(a: Item, b: Item) -> bool:
    """Tell whether one title is the other continued, with the year of the text or the one before as its only number."""
    shorter, longer = (a, b) if len(a.key) < len(b.key) else (b, a)
    more = _numbers(longer.tokens) - _numbers(shorter.tokens)
    years = {str(year - back) for year in (a.year, b.year) if year for back in (0, 1)}
    return extends(a, b) and _numbers(shorter.tokens) <= _numbers(longer.tokens) and more <= years


def difference(a: Item, b: Item, least: int = _LONG) -> str | None:
    """Name what two titles differ in if it is only stop words or slips in words of ``least`` letters, or ``None``."""
    one, other = a.tokens, b.tokens
    if abs(len(one) - len(other)) > 6:
        return None
    found = set()
    for left, right in steps(one, other):
        word, other_word = ("".join(each for each in side if each not in STOP_WORDS) for side in (left, right))
        if word == other_word:
            found.add("how words are divided" if word else "stop words")
        elif is_slip(word, other_word, least) and not _is_name(left, a.title) and not _is_name(right, b.title):
            found.add("a slip in a long word" if least == _LONG else "a slip in a word")
        else:
            return None
    return " and ".join(sorted(found))


def steps(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield the runs of words in which two titles differ, side by side."""
    end = other_end = 0
    for begin, other_begin, size in Levenshtein.opcodes(one, other).as_matching_blocks():  # the last is empty
        if begin > end or other_begin > other_end:
            yield one[end:begin], other[other_end:other_begin]
        end, other_end = begin + size, other_begin + size


def is_slip(one: str, other: str, least: int = _LONG) -> bool:
    """Tell whether two long words are one word mistyped or inflected: one letter in six or more, two in eleven or more.

    What turns the meaning is no slip: another letter among the first three (absorption, adsorption), a prefix before
    the word (symmetric, asymmetric), an ending of another salt (nitrate, nitrite). In words shorter than six letters
    another letter is none, for too many short words are a letter apart (text, test).
    """
    shorter, longer = (one, other) if (len(one), one) < (len(other), other) else (other, one)
    if len(shorter) < least or len(longer) - len(shorter) > 2 or shorter[0] != longer[0]:
        return False
    turned = sorted(one) == sorted(other)
    left_out = len(shorter) < len(longer) and (len(longer) >= _LONG or longer == f"{shorter}s")
    if len(shorter) < _LONG and not turned and not left_out:
        return False
    if len(shorter) == len(longer) and not turned and shorter[:3] != longer[:3]:
        return False
    if longer.removesuffix(shorter) in _NEGATIONS:
        return False
    if one[-3:] != other[-3:] and {one[-3:], other[-3:]} <= _SALTS:
        return False
    if any(one.startswith(prefix) != other.startswith(prefix) for prefix in _TURNING):
        return False
    return OSA.distance(one, other) <= (2 if len(shorter) >= 11 else 1)


def _is_name(words: Sequence[str], title: str) -> bool:
    """Tell whether words of a title are the name before its colon: the names of two systems may be alike."""
    name, colon, _ = title.partition(":")
    return bool(colon) and titles.tokens(name) == list(words)


def extends(a: Item, b: Item) -> bool:
    """Tell whether one title is the other with words behind it (a subtitle), the shorter one being distinct itself."""
    shorter, longer = (a, b) if len(a.key) < len(b.key) else (b, a)
    return longer.key.startswith(shorter.key) and len(shorter.tokens) >= DISTINCT_WORDS
