"""The list as the browser loads it: a compact index of all papers, and an index of the words of their summaries.

Both are columns rather than objects: the number of a paper is its place in every column, in the library's order (by
title). ``docs/assets/browse.js`` reads the two, ``docs/assets/marks.js`` the first; a change of a column's meaning
raises :data:`VERSION`, by which the scripts know a file that is not for them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from generator import titles
from generator.library import Library
from generator.models import Record

VERSION = 1
FILE_NAME = "catalogue.json"
WORDS_FILE_NAME = "words.json"

LINK_BITS = {"code": 1, "project": 2, "model": 4, "dataset": 8}
"""The bits of the column ``links``: what of a paper's own material is linked."""

STOP_WORDS = (
    "a about after all also an and any are as at be been but by can do does each for from had has have how if in into"
    " is it its may more most no not of on one only or other our out over so some such than that the their them then"
    " there these they this those to under up us very was we well were what when where which while who why will with"
)
"""Words too common to find a paper by: not in the index of words, and passed over in a query."""

_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\+*")
_HYPHENATED = re.compile(r"(?<![^\W_])[^\W_]++(?:[-‐‑][^\W_]++)++")
_ACCENT = re.compile("[\u0300-\u036f]")
_TYPESETTING = re.compile(r"[${}^\\'’ʼ`]")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def catalogue(library: Library) -> str:
    """Return the index of all papers as JSON on one line.

    Tables: ``topics`` (id, name, group), ``types``, ``venues``, ``days`` on which papers were added, ``captures`` (the
    days of the sources' captures), ``paths`` (id, title, papers in order), ``redirects`` and ``stop`` words. Columns,
    under ``papers``: ``id``; ``title`` as plain text; ``authors``, their names parted by tabs, or how many they are
    where no source names them, or 0; ``issued``; ``venue``, ``type`` and ``added`` as an index into their table or -1;
    ``topics`` as a list of indexes; ``links`` as the sum of :data:`LINK_BITS`. ``comments`` lists only the papers of
    which a source states a number: paper, the highest number stated, index of the capture that stated it.
    """
    records = list(library.records.values())
    number = {record_id: place for place, record_id in enumerate(library.records)}
    types = _table(record.type for record in records)
    venues = _table(record.venue for record in records)
    days = _table(record.added for record in records)
    topics = {topic_id: place for place, topic_id in enumerate(library.topics)}
    comments = list(_comments(library))
    captures = _table(day for _, _, day in comments)
    return _json(
        {
            "version": VERSION,
            "topics": [[topic_id, topic.name, topic.group] for topic_id, topic in library.topics.items()],
            "types": types,
            "venues": venues,
            "days": days,
            "captures": captures,
            "paths": [
                [path_id, path.title, [number[step.paper] for step in path.steps if step.paper in number]]
                for path_id, path in library.paths.items()
            ],
            "redirects": {old: new for old, new in sorted(library.redirects.items()) if new in number},
            "stop": STOP_WORDS,
            "papers": {
                "id": list(library.records),
                "title": [titles.plain(record.title) for record in records],
                "authors": ["\t".join(record.author_names) or record.author_count or 0 for record in records],
                "issued": [record.issued or "" for record in records],
                "venue": _indexes((record.venue for record in records), venues),
                "type": _indexes((record.type for record in records), types),
                "topics": [[topics[topic] for topic in record.topics if topic in topics] for record in records],
                "links": [_link_bits(record) for record in records],
                "added": _indexes((record.added for record in records), days),
            },
            "comments": [[paper, count, captures.index(day)] for paper, count, day in comments],
        }
    )


def words(library: Library) -> str:
    """Return the index of what a paper can be found by beyond the catalogue, as JSON on one line.

    ``words`` are the words of summaries, reasons and results and the identifiers, sorted, parted by spaces. ``papers``
    has for each word, parted by commas, the papers it stands in: their numbers in base 36, parted by spaces, each but
    the first as the difference from the one before.
    """
    found: dict[str, list[int]] = {}
    for number, record in enumerate(library.records.values()):
        for word in _words_of(record):
            found.setdefault(word, []).append(number)
    vocabulary = sorted(found)
    return _json(
        {
            "version": VERSION,
            "words": " ".join(vocabulary),
            "papers": ",".join(" ".join(_differences(found[word])) for word in vocabulary),
        }
    )


def fold_words(text: str) -> Iterator[str]:
    """Yield the words of a text as a query is compared with them; a hyphenated word also as one.

    ``z`` counts as ``s``, so that optimization finds optimisation, and the other way round.
    ``foldWords`` in ``browse.js`` is the same function for what a reader types.
    """
    if not text.isascii():  # raised figures and ligatures count as the plain ones, accents not at all
        text = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    text = _TYPESETTING.sub("", text.lower()).replace("z", "s")
    yield from _WORD.findall(text)
    for match in _HYPHENATED.findall(text):
        yield re.sub("[-‐‑]", "", match)


def _words_of(record: Record) -> list[str]:
    """Return the words of a record that its title does not have, each once."""
    known = {*fold_words(titles.plain(record.title)), *fold_words(STOP_WORDS)}
    prose = fold_words(" ".join([record.summary or "", record.why or "", *record.results]))
    kept = [word for word in prose if len(word) > 2 and not word.isdigit()]
    marks = fold_words(" ".join(filter(None, record.identifiers.model_dump().values())))
    return [word for word in dict.fromkeys([*kept, *marks]) if word not in known]


def _comments(library: Library) -> Iterator[tuple[int, int, str]]:
    """Yield paper, number of comments and day of the capture (or nothing), for papers with a stated number."""
    for number, record in enumerate(library.records.values()):
        stated = []
        for seen in record.seen:
            source = library.sources.get(seen.source)
            if seen.comments is not None:
                stated.append((seen.comments, (source.captured if source else None) or ""))
        if stated:
            yield number, *max(stated)


def _link_bits(record: Record) -> int:
    return sum(bit for kind, bit in LINK_BITS.items() if getattr(record.links, kind))


def _table(values: Iterable[str | None]) -> list[str]:
    """Return the values that occur, each once, sorted."""
    return sorted({value for value in values if value is not None})


def _indexes(values: Iterable[str | None], table: Sequence[str]) -> list[int]:
    place = {value: index for index, value in enumerate(table)}
    return [-1 if value is None else place[value] for value in values]


def _differences(numbers: Sequence[int]) -> Iterator[str]:
    before = 0
    for number in numbers:
        yield _base36(number - before)
        before = number


def _base36(number: int) -> str:
    digits = ""
    while number >= 36:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return _DIGITS[number] + digits


def _json(data: dict[str, Any]) -> str:
    return f"{json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n"
