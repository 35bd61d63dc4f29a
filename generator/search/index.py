"""The search index: words to papers, in files small enough that a query loads only those it asks for.

``docs/assets/search-index.js`` reads it, for the search box, the browse page and the page of a wrong address. There are
four kinds of files, all JSON on one line:

* the manifest, which every search reads: tables, and which words begin each of the files below;
* words: every word with the papers it stands in, and in which of their fields;
* spellings: every word as papers write it and how many have it, whole initials to a file, to mend a typing error;
* cards: what a result shows of a paper.

A paper's number is its place from the end of :attr:`Library.newest_first`, so that a new one leaves the others theirs.
A file's name holds a digest of it, and the manifest says all names: so a browser never mixes the files of two
publications. Whoever has an older manifest finds a file gone, or the format another, and asks for the manifest anew.
A change that moves a paper in that order, such as of its date, gives others new numbers, which renames most files.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from generator.facts import dates, titles
from generator.facts.identifiers import named
from generator.facts.names import people
from generator.library import Library
from generator.models import Author, PersonName, Record
from generator.search.catalogue import compact
from generator.search.words import STOP_WORDS, Words, acronyms, folded, initials, plain_words, telling_words, terms

VERSION = 3
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

_DIGITS = string.digits + string.ascii_letters + "-_"  # as many of them as a base needs
_SHORTEST_PART, _SHORTEST_END = 3, 5
_SHORTEST_SLIP = 7  # shorter ones can be words: casual and causal
_COMMON = 10  # papers with a word that a slip stands for
_SENTENCES = FIELDS["title"] | FIELDS["summary"]  # elsewhere words are names: Kirsten is no slip of Kristen


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
            [topic_id, topic.name, len(library.by_topic.get(topic_id, ())), initials(topic.name)]
            for topic_id, topic in library.topics.items()
        ],
        "paths": [[path_id, path.title, len(path.steps)] for path_id, path in library.paths.items()],
    }
    yield MANIFEST, compact(manifest)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _fields(
    record: Record, library: Library, old_ids: Sequence[str], words: Words, telling: Words, known: Container[str]
) -> Iterator[tuple[int, set[str]]]:
    """Yield the bit of each field of a record with its words; ``known`` are the terms that go by their acronyms too."""
    title = titles.plain(record.title)
    name, colon, _ = title.partition(":")
    yield FIELDS["name"], {*words.of(name), _whole(name)} if colon else set()
    letters = {letters for letters, term in terms(title) if term in known}
    yield FIELDS["title"], words.of(title, *map(titles.plain, record.alternative_titles)) | letters
    yield FIELDS["authors"], words.of(*[name for author in people(record.authors) for name in _names(author)])
    topics = [library.topics[id_].name for id_ in record.topics if id_ in library.topics]
    yield FIELDS["topics"], words.of(*topics, *map(initials, topics))
    yield FIELDS["summary"], telling.of(*_prose(record))
    venue = {_whole(record.venue), *_short_years(record.venue)} if record.venue else set()
    yield FIELDS["facts"], words.of(*_facts(record), record.type or "", *old_ids) | venue


def _prose(record: Record) -> list[str]:
    return [text for text in (record.summary, record.why, *record.results) if text]


def _known_by_acronyms(library: Library) -> set[str]:
    """Return the terms of titles whose acronyms the same papers write: LLM finds titles with large language models."""
    found: set[str] = set()
    for record in library.records.values():
        title = titles.plain(record.title)
        if written := acronyms(" ".join([title, *_prose(record)])):
            found.update(term for letters, term in terms(title) if letters in written)
    return found


def _whole(name: str) -> str:
    """Return the name of a paper or venue as one word, told from others by its full stop: asked for, it comes first."""
    return "".join(map(folded, plain_words(name))) + "."


def _short_years(venue: str) -> Iterator[str]:
    """Yield a venue as many write it, ICLR24 for ICLR 2024."""
    for name, year in re.findall(r"(\w+) (?:19|20)(\d\d)$", venue):
        yield folded(f"{name}{year}".lower())


def _names(author: Author) -> Iterator[str]:
    """Yield a name as it is printed and, as some scripts print it as one word, in its parts."""
    yield str(author)
    if isinstance(author, PersonName) and author.given:
        yield f"{author.family} {author.given}"


def _facts(record: Record) -> list[str]:
    """Return what identifies a record beside its title: month and year, venue, identifiers."""
    held = [pair for each in (record.identifiers, *record.alternative_identifiers) for pair in named(each)]
    month = dates.in_words(record.issued[:7]) if record.issued else ""
    return [text for text in (month, record.venue or "", *map(" ".join, held)) if text]


def _postings(library: Library) -> tuple[dict[str, dict[int, int]], dict[str, str]]:
    """Return for each folded word its papers with the bits of the fields, and the word as most papers write it."""
    written: defaultdict[str, dict[int, int]] = defaultdict(dict)
    all_words, telling, known = Words(plain_words), Words(telling_words), _known_by_acronyms(library)
    for number, record_id in enumerate(reversed(library.newest_first)):
        its: dict[str, int] = {}
        record = library.records[record_id]
        for bit, words in _fields(record, library, library.old_ids.get(record_id, ()), all_words, telling, known):
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
    for wrong, right in list(_slips(found)):
        surfaces.setdefault(right, right)
        _add(found.setdefault(right, {}), found.pop(wrong, {}))
    for word, end in list(_compounds(found)):
        _add(found[end], found[word])
    return found, surfaces


def _add(papers: dict[int, int], more: Mapping[int, int]) -> None:
    for number, bits in more.items():
        papers[number] = papers.get(number, 0) | bits


def _slips(found: Mapping[str, Mapping[int, int]]) -> Iterator[tuple[str, str]]:
    """Yield slips of sources, a word of one paper that is a common one with two letters swapped, with the common word.

    Words that begin with the slip, as two written as one do, follow with theirs. The paper is then found by what was
    meant, and who makes the same slip finds more than this paper.
    """
    words = [word for word in sorted(found) if not any(bits & ~_SENTENCES for bits in found[word].values())]
    for place, slip in enumerate(words):
        if len(found[slip]) == 1 and (word := _meant_by(slip, found)):
            for each in islice(words, place, None):
                if not each.startswith(slip):
                    break
                yield each, word + each.removeprefix(slip)


def _meant_by(slip: str, found: Mapping[str, Mapping[int, int]]) -> str | None:
    if len(slip) >= _SHORTEST_SLIP and slip.isalpha():
        for at in range(1, len(slip) - 1):  # nobody mistypes the initial
            word = slip[:at] + slip[at + 1] + slip[at] + slip[at + 2 :]
            if word != slip and sum(bits & _SENTENCES > 0 for bits in found.get(word, {}).values()) >= _COMMON:
                return word
    return None


def _compounds(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield words that are two words of the list written as one, with the second: finetuning is found by tuning."""
    for word in found:
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_END + 1):
            if word[cut:] in found and word[:cut] in found and word[cut:].isalpha():
                yield word, word[cut:]


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
        yield _DIGITS[papers[number]] + _base36(number - before)
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
    cards: list[list[Any]] = []
    for record_id in reversed(library.newest_first):
        record = library.records[record_id]
        facts = [*_facts(record), *(f"once {old}" for old in library.old_ids.get(record_id, ()))]
        prose = [titles.fold(text) for text in _prose(record)]
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
