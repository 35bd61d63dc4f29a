"""The search index: words to papers, in files small enough that a query loads only those it asks for.

``docs/assets/search-index.js`` reads it, for the search box, the browse page and the page of a wrong address. There are
four kinds of files, all JSON on one line:

* the manifest, which every search reads: tables, and which words begin each of the files below;
* words: every word with the papers it stands in, and in which of their fields;
* spellings: every word as papers write it and how many have it, whole initials to a file, to mend a typing error;
* cards: what a result shows of a paper.

A paper's number is its place in :attr:`Library.newest_first`, so equally good results stand newest first. A file's name
holds a digest of it, and the manifest says all names: so a browser never mixes the files of two publications, and a
change of one record leaves most files as they are.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator import dates, titles
from generator.catalogue import compact
from generator.identifiers import SCHEMES
from generator.library import Library
from generator.models import Author, PersonName, Record

VERSION = 2
FOLDER = "search"
MANIFEST = "index.json"

FIELDS = {"name": 1, "title": 2, "authors": 4, "topics": 8, "summary": 16, "facts": 32}
"""The bits that say where a word stands. The name is a title's part before the colon; facts are venue, type, month
and year, identifiers and old addresses; the summary counts in reasons and results."""

CARDS_A_FILE = 8
MAX_WORDS = 24_000
"""Characters of the words and numbers in one file of words; a word with more stands alone. About 10 kB compressed."""
MAX_SPELLINGS = 24_000
"""Characters in one file of spellings, unless one initial alone has more."""

STOP_WORDS = (
    "a about after all also an and any are as at be been but by can do does each for from had has have how if in into"
    " is it its may more most no not of on one only or other our out over so some such than that the their them then"
    " there these they this those to under up us very was we well were what when where which while who why will with"
)
"""Words too common to find a paper by: of prose not in the index, and passed over in a query."""


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
_TYPESETTING = re.compile(r"[${}^\\'’ʼ`]")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIELD_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
_SHORTEST_PART, _SHORTEST_END = 3, 5


def files(library: Library) -> Iterator[tuple[str, str]]:
    """Yield every file of the index: its name in :data:`FOLDER`, and its text. The manifest comes last."""
    found, surfaces = _postings(library)
    words = sorted(found, key=_as_browsers_sort)
    parts = {
        "words": list(_word_files(words, found)),
        "spelling": list(_spelling_files(words, found, surfaces)),
        "cards": list(_card_files(library)),
    }
    digests: dict[str, list[str]] = {}
    for kind, texts in parts.items():
        digests[kind] = [_digest(text) for _, text in texts]
        for name, (_, text) in zip(digests[kind], texts, strict=True):
            yield f"{kind}-{name}.json", text
    manifest = {
        "version": VERSION,
        "digest": _digest("".join(name for kind in digests.values() for name in kind)),
        "edition": library.edition,
        "papers": len(library.records),
        "cards": CARDS_A_FILE,
        "files": digests,
        "words": [first for first, _ in parts["words"]],
        "spelling": [first for first, _ in parts["spelling"]],
        "stop": STOP_WORDS,
        "topics": [
            [topic_id, topic.name, len(library.by_topic.get(topic_id, ()))]
            for topic_id, topic in library.topics.items()
        ],
        "paths": [[path_id, path.title, len(path.steps)] for path_id, path in library.paths.items()],
    }
    yield MANIFEST, compact(manifest)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def plain_words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case, without accents and typesetting; a hyphenated word also as one.

    Of Chinese, Japanese and other scripts that part no words, each two letters in a row are a word, as in
    https://lucene.apache.org/core/8_5_1/analyzers-common/org/apache/lucene/analysis/cjk/CJKBigramFilter.html.
    """
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


def _fields(record: Record, library: Library, old_ids: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the bit of each field of a record with its words."""
    title = titles.plain(record.title)
    name, colon, _ = title.partition(":")
    yield FIELDS["name"], [*plain_words(name), _whole(name)] if colon else []
    yield FIELDS["title"], list(plain_words(" ".join([title, *map(titles.plain, record.alternative_titles)])))
    yield FIELDS["authors"], [word for author in record.authors for word in _name_words(author)]
    topics = [library.topics[topic].name for topic in record.topics if topic in library.topics]
    yield FIELDS["topics"], [word for name in topics for word in plain_words(name)]
    prose = " ".join([record.summary or "", record.why or "", *record.results])
    yield FIELDS["summary"], [*filter(_tells, plain_words(prose)), *_parts_of_names(prose)]
    yield FIELDS["facts"], list(plain_words(" ".join([*_facts(record), record.type or "", *old_ids])))


def _whole(name: str) -> str:
    """Return a paper's name as one word, told from others by its full stop: who asks for it has this paper first."""
    return "".join(map(folded, plain_words(name))) + "."


def _name_words(author: Author) -> Iterator[str]:
    """Yield the words of a name as it is printed and, for scripts that print it as one word, of its parts."""
    yield from plain_words(str(author))
    if isinstance(author, PersonName) and author.given:
        yield from plain_words(f"{author.family} {author.given}")


_STOP = frozenset(STOP_WORDS.split())


def _tells(word: str) -> bool:
    """Tell whether a word of prose says something."""
    is_short = len(word) < 3 and not any(map(str.isdigit, word)) and not _PAIR.fullmatch(word)
    return not (is_short or word.isdigit() or word in _STOP)


def _parts_of_names(text: str) -> Iterator[str]:
    """Yield the parts of names with a figure, such as GPT-4; by itself, a number says too little to find a paper by."""
    for name in _HYPHENATED.findall(text.lower()):
        if any(map(str.isdigit, name)) and not all(map(str.isdigit, _HYPHENS.sub("", name))):
            yield from (part for part in _HYPHENS.split(name) if part.isascii() and part not in _STOP)


def _facts(record: Record) -> list[str]:
    """Return what identifies a record beside its title: month and year, venue, identifiers."""
    held = [(SCHEMES[kind].name, value) for kind, value in record.identifiers.model_dump().items() if value]
    month = dates.in_words(record.issued[:7]) if record.issued else ""
    return [text for text in (month, record.venue or "", *(f"{name} {value}" for name, value in held)) if text]


def _postings(library: Library) -> tuple[dict[str, dict[int, int]], dict[str, str]]:
    """Return for each folded word its papers with the bits of the fields, and the word as most papers write it."""
    written: defaultdict[str, dict[int, int]] = defaultdict(dict)
    old_ids = _old_ids(library)
    for number, record_id in enumerate(library.newest_first):
        its: dict[str, int] = {}
        for bit, words in _fields(library.records[record_id], library, old_ids.get(record_id, ())):
            for word in words:
                its[word] = its.get(word, 0) | bit
        for word, bits in its.items():
            written[word][number] = bits
    found: dict[str, dict[int, int]] = {}
    surfaces: dict[str, str] = {}
    for word in sorted(written, key=lambda word: (-len(written[word]), word)):
        key = folded(word)
        if key in found:
            _add(found[key], written[word])
        else:
            found[key], surfaces[key] = written[word], word
    for word, end in list(_compounds(found)):
        _add(found[end], found[word])
    return found, surfaces


def _add(papers: dict[int, int], more: Mapping[int, int]) -> None:
    for number, bits in more.items():
        papers[number] = papers.get(number, 0) | bits


def _compounds(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield words that are two words of the list written as one, with the second: finetuning is found by tuning."""
    for word in found:
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_END + 1):
            if word[cut:] in found and word[:cut] in found and word[cut:].isalpha():
                yield word, word[cut:]


def _old_ids(library: Library) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for old, new in sorted(library.redirects.items()):
        found.setdefault(new, []).append(old)
    return found


def _word_files(words: Sequence[str], found: Mapping[str, Mapping[int, int]]) -> Iterator[tuple[str, str]]:
    """Yield the files of words with the first word of each.

    ``words`` are parted by spaces. ``papers`` has for each, parted by commas, its papers, parted by spaces: a digit of
    base 64 for the fields, and the difference from the number before in base 36.
    """
    part: list[tuple[str, str]] = []
    size = 0
    for word in words:
        papers = " ".join(_differences(found[word]))
        if part and size + len(word) + len(papers) > MAX_WORDS:
            yield _word_file(part)
            part, size = [], 0
        part.append((word, papers))
        size += len(word) + len(papers) + 2
    if part:
        yield _word_file(part)


def _word_file(part: Sequence[tuple[str, str]]) -> tuple[str, str]:
    text = {"words": " ".join(word for word, _ in part), "papers": ",".join(papers for _, papers in part)}
    return part[0][0], compact(text)


def _differences(papers: Mapping[int, int]) -> Iterator[str]:
    before = 0
    for number in sorted(papers):
        yield _FIELD_DIGITS[papers[number]] + _base36(number - before)
        before = number


def _spelling_files(
    words: Sequence[str], found: Mapping[str, Mapping[int, int]], surfaces: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the files of spellings with the initial that each begins with; no initial is in two files.

    ``words`` are parted by spaces, each as most papers write it; ``papers`` says how many have it, in base 36.
    """
    part: list[str] = []
    size = 0
    initials: dict[str, list[str]] = {}
    for word in words:
        if len(word) > 2 and word[-1] != "." and not any(map(str.isdigit, word)):  # nobody mistypes towards the others
            initials.setdefault(word[0], []).append(word)
    start = ""
    for initial, its in initials.items():
        length = sum(map(len, its)) + len(its)
        if part and size + length > MAX_SPELLINGS:
            yield start, _spelling_file(part, found, surfaces)
            part, size = [], 0
        start = start if part else initial
        part += its
        size += length
    if part:
        yield start, _spelling_file(part, found, surfaces)


def _spelling_file(part: Sequence[str], found: Mapping[str, Mapping[int, int]], surfaces: Mapping[str, str]) -> str:
    words, papers = (surfaces[word] for word in part), (_base36(len(found[word])) for word in part)
    return compact({"words": " ".join(words), "papers": " ".join(papers)})


def _card_files(library: Library) -> Iterator[tuple[str, str]]:
    """Yield the files of cards, :data:`CARDS_A_FILE` papers to each.

    A card is a list: id; title as plain text; authors, their names parted by tabs, or how many they are where no source
    names them, or 0; date of issue; venue; type; topics as indexes; facts, parted by tabs; summary, reason and results,
    parted by line ends.
    """
    topics = {topic_id: place for place, topic_id in enumerate(library.topics)}
    old_ids = _old_ids(library)
    cards: list[list[Any]] = []
    for record_id in library.newest_first:
        record = library.records[record_id]
        facts = [*_facts(record), *(f"once {old}" for old in old_ids.get(record_id, ()))]
        prose = [titles.fold(text) for text in (record.summary, record.why, *record.results) if text]
        cards.append(
            [
                record_id,
                titles.plain(record.title),
                "\t".join(record.author_names) or record.author_count or 0,
                record.issued or "",
                record.venue or "",
                record.type or "",
                [topics[topic] for topic in record.topics if topic in topics],
                "\t".join(facts),
                "\n".join(prose),
            ]
        )
    for start in range(0, len(cards), CARDS_A_FILE):
        yield "", compact(cards[start : start + CARDS_A_FILE])


def _as_browsers_sort(word: str) -> bytes:
    """Return a word as JavaScript compares strings: by units of UTF-16."""
    return word.encode("utf-16-be", "surrogatepass")


def _base36(number: int) -> str:
    digits = ""
    while number >= 36:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return _DIGITS[number] + digits
