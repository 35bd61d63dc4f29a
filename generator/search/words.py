"""The words by which a paper is found: those of texts, as a query is compared with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

STOP_WORDS = (
    "a about after all also an and any are as at be been but by can do does each for from had has have how if in into"
    " i is it its may me more most my no not of on one only or other our out over paper papers so some such than that"
    " the their them then there these they this those to under up us versus very vs was we well were what when where"
    " which while who why will with you your"
)
"""Words too common to find a paper by: of prose not in the index, and passed over in a query.

Each record is a paper, so that word is one of them.
"""
_STOP = frozenset(STOP_WORDS.split())


def _word(letter: str) -> re.Pattern[str]:
    return re.compile(rf"{letter}+(?:\.{letter}+)*\+*")


_WORD = _word(r"[^\W_]")
# Vowel signs of South and Southeast Asia are parts of words, and no letters to Python.
_SIGN = "".join(char for char in map(chr, range(0x900, 0x1D00)) if unicodedata.category(char).startswith("M"))
_WORD_WITH_SIGNS = _word(rf"(?:[^\W_]|[{_SIGN}])")
_HAS_SIGNS = re.compile(f"[{_SIGN}]")
_HYPHENS = re.compile("[-‐‑]")
_HYPHENATED = re.compile(r"(?<![^\W_])[^\W_]++(?:[-‐‑][^\W_]++)++")
# Accents, voicing marks of Kana, and the points of Hebrew and Arabic, which most texts leave out.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u3099\u309a]"
)
# Chinese, Japanese, Thai, Lao, Burmese and Khmer part no words by spaces: there, each two letters in a row are a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_STRETCH = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_PAIR = re.compile(f"[{_UNSPACED}]{{1,2}}")
_ARTICLE = "\u0627\u0644"  # of Arabic
_ACRONYM = re.compile(r"(?<![\w-])[A-Z][A-Za-z]*[A-Z](?=s?(?![\w-]))")
_TITLE_WORD = re.compile(r"\w+|[^\w\s‐‑-]")
_TYPESETTING = re.compile(r"[${}^\\'’ʼ`]")


def plain_words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case, without accents and typesetting; a hyphenated word also as one.

    Of Chinese, Japanese and other scripts that part no words, each two letters in a row are a word, as in
    https://lucene.apache.org/core/8_5_1/analyzers-common/org/apache/lucene/analysis/cjk/CJKBigramFilter.html.
    """
    if text.isascii() and text.isalpha():  # as most words stand
        yield text.lower()
        return
    if not text.isascii():  # raised figures and ligatures count as the plain ones, accents not at all
        text = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    text = _TYPESETTING.sub("", text.lower())
    for word in (_WORD_WITH_SIGNS if _HAS_SIGNS.search(text) else _WORD).findall(text):
        yield from (word,) if word.isascii() else _pairs(word)
    for match in _HYPHENATED.findall(text):
        yield _HYPHENS.sub("", match)


def _pairs(word: str) -> Iterator[str]:
    for stretch in _STRETCH.findall(word):
        if _PAIR.match(stretch):
            yield from (stretch[at : at + 2] for at in range(max(len(stretch) - 1, 1)))
        elif stretch.strip("."):
            yield stretch


def folded(word: str) -> str:
    """Return a word of :func:`plain_words` as a query is compared with it.

    ``z`` counts as ``s``, so that quantization finds quantisation, and the other way round; the Arabic article, written
    as one with its noun, does not count. ``foldWords`` in ``search-index.js`` does all this for what a reader types.
    """
    word = word.replace("z", "s")
    return word.removeprefix(_ARTICLE) if len(word) > len(_ARTICLE) + 2 else word


def telling_words(text: str) -> Iterator[str]:
    """Yield the words of prose that say something, and the parts of names with a figure, such as GPT-4.

    By itself, a number says too little to find a paper by.
    """
    yield from filter(_tells, plain_words(text))
    for name in _HYPHENATED.findall(text.lower()):
        if any(map(str.isdigit, name)) and not all(map(str.isdigit, _HYPHENS.sub("", name))):
            yield from (part for part in _HYPHENS.split(name) if part.isascii() and part not in _STOP)


def acronyms(text: str) -> set[str]:
    """Return the acronyms that a text writes, such as LLMs, in lower case and in the singular."""
    return {word.lower() for word in _ACRONYM.findall(text)}


def terms(title: str) -> Iterator[tuple[str, str]]:
    """Yield what a title has that may go by an acronym, two to five words in a row: the initials, and the words.

    What begins or ends with a stop word is no term.
    """
    words = _TITLE_WORD.findall(title.lower())
    for start, first in enumerate(words):
        if first in _STOP or not first.isalpha():
            continue
        for end in range(start + 1, min(start + 5, len(words))):
            if not words[end].isalpha():
                break
            if words[end] not in _STOP:
                term = words[start : end + 1]
                yield "".join(word[0] for word in term), " ".join(term).removesuffix("s")


def initials(name: str) -> str:
    """Return the letters a term is known by, as DoL for division of labour; of one word and of two terms, none."""
    words = re.split(r"[ \-‐‑]", name)
    if len(words) < 2 or "and" in words or not all(map(str.isalpha, words)):
        return ""
    return "".join(word[0].lower() if word in _STOP else word[0].upper() for word in words)


def _tells(word: str) -> bool:
    is_short = len(word) < 3 and not any(map(str.isdigit, word)) and not _PAIR.fullmatch(word)
    return not (is_short or word.isdigit() or word in _STOP)


class Words(dict[str, tuple[str, ...]]):
    """The words of what stands between two spaces: most of it stands in other texts too, and no word goes beyond."""

    def __init__(self, words_of: Callable[[str], Iterable[str]]) -> None:
        self._words_of = words_of

    def __missing__(self, piece: str) -> tuple[str, ...]:
        words = self[piece] = tuple(self._words_of(piece))
        return words

    def of(self, *texts: str) -> set[str]:
        """Return the words of texts."""
        return {*chain.from_iterable(map(self.__getitem__, " ".join(texts).split()))}
