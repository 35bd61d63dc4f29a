"""The list as the browse page loads it: a compact table of all papers.

It holds columns rather than objects: the number of a paper is its place in every column, in the library's order (by
title). ``docs/assets/browse.js`` and ``docs/assets/marks.js`` read it; a change of a column's meaning raises
:data:`VERSION`, by which the scripts know a file that is not for them. What papers are found by is in the search index.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from generator.facts import titles
from generator.library import Library
from generator.models import Record

VERSION = 1
FILE_NAME = "catalogue.json"

LINK_BITS = {"code": 1, "project": 2, "model": 4, "dataset": 8}
"""The bits of the column ``links``: what of a paper's own material is linked."""


def catalogue(library: Library) -> str:
    """Return the index of all papers as JSON on one line.

    ``edition`` is :attr:`Library.edition`. Tables: ``topics`` (id, name, group), ``types``, ``venues``, ``days`` on
    which papers were added, ``captures`` (the days of the sources' captures), ``paths`` (id, title, papers in order)
    and ``redirects``. Columns, under ``papers``: ``id``; ``title`` as plain text; ``authors``, their names parted by
    tabs, or how many they are where no source names them, or 0; ``issued``; ``venue``, ``type`` and ``added`` as an
    index into their table or -1; ``topics`` as a list of indexes; ``links`` as the sum of :data:`LINK_BITS`.
    ``comments`` lists only the papers of which a source states a number: paper, the highest number stated, index of the
    capture that stated it.
    """
    records = list(library.records.values())
    number = {record_id: place for place, record_id in enumerate(library.records)}
    types = _table(record.type for record in records)
    venues = _table(record.venue for record in records)
    days = _table(record.added for record in records)
    topics = {topic_id: place for place, topic_id in enumerate(library.topics)}
    comments = list(_comments(library))
    captures = _table(day for _, _, day in comments)
    return compact(
        {
            "version": VERSION,
            "edition": library.edition,
            "topics": [[topic_id, topic.name, topic.group] for topic_id, topic in library.topics.items()],
            "types": types,
            "venues": venues,
            "days": days,
            "captures": captures,
            "paths": [
                [path_id, path.title, [number[step.paper] for step in path.steps]]
                for path_id, path in library.paths.items()
            ],
            "redirects": {old: new for old, new in sorted(library.redirects.items()) if new in number},
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


def _comments(library: Library) -> Iterator[tuple[int, int, str]]:
    """Yield paper, number of comments and day of the capture, for papers with a number whose day is known."""
    for number, record in enumerate(library.records.values()):
        stated = []
        for seen in record.seen:
            source = library.sources.get(seen.source)
            if seen.comments is not None and source and source.captured:
                stated.append((seen.comments, source.captured))
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


def compact(data: Any) -> str:
    """Return ``data`` as a file of JSON on one line, as scripts of the site load it."""
    return f"{json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n"
