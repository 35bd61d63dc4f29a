"""Answers of Hugging Face's papers API: daily papers, search results and single papers, as JSON or JSON Lines.

An item of a listing holds the paper under ``paper``; ``/api/papers/{id}`` is that paper alone. The inner
``publishedAt`` is the paper's date; the outer one and ``submittedOnDailyAt`` are the listing's. The latest of these in
a file is the best that it tells about the day on which upvotes and comments were counted, unless a person states that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.errors import Problem
from generator.facts import dates, identifiers, links
from generator.facts.titles import fold
from generator.models import MAX_COUNT, Entry
from generator.readers import Reading, json_items
from generator.readers.json_items import listed, mapping

NAME = "huggingface-json"

_PAPER = re.compile(r'"(?:paper"\s*:\s*\{|upvotes"\s*:|discussionId"\s*:)')
_LINKS = {"code": "githubRepo", "project": "projectPage"}


def recognises(text: str) -> bool:
    """Tell whether the file begins as JSON with the field names of the papers API."""
    start = text[:50_000].lstrip()
    return start.startswith(("[", "{")) and '"publishedAt"' in start and _PAPER.search(start) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read an answer; see :func:`generator.readers.read`."""
    with json_items.refusing(path):
        items = list(_items(text))
    return reading_of(path, NAME, items, captured)


def reading_of(path: str, format: str, items: Iterable[tuple[int, Any]], captured: str | None) -> Reading:
    """Read the ``items`` of an answer, each with its line in the file ``path``.

    The day of the counts is ``captured`` where it is stated, else inferred: the latest day of the items' listings.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    remarks: list[Problem] = []
    days = {captured} if captured else set()
    for position, (line, item) in enumerate(items, start=1):
        found = _entry(path, line, position, item)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        paper = _paper(item)
        entries.append(found)
        remarks.extend(Problem(path, line, f"{each}; left out") for each in _lost(found, paper))
        if not captured and paper is not item:
            listed = map(_text, (item.get("publishedAt"), paper.get("submittedOnDailyAt")))
            days.update(filter(None, map(dates.day_of, listed)))
    if not days and any(entry.comments is not None or entry.upvotes is not None for entry in entries):
        message = "comments, upvotes: the file does not state their day; no page shows them until --captured names it"
        remarks.append(Problem(path, None, message))
    day = max(days, default=None)
    inferred = day is not None and not captured
    return Reading(path, format, tuple(entries), day, inferred, tuple(problems), tuple(remarks))


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Return line and value of each item of a JSON list, or of JSON Lines; raises ValueError and RecursionError."""
    if not text.lstrip().startswith("["):
        return json_items.items(text)
    return json_items.items(text, text.index("[") + 1, len(json.loads(text)))


def _paper(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the paper that an item of a listing holds, or that it is itself."""
    inner = item.get("paper")
    return inner if isinstance(inner, Mapping) else item


def _entry(path: str, line: int, position: int, item: Any) -> Entry | Problem:
    """Return the entry of an item, or the problem that keeps it from being one."""
    if not isinstance(item, Mapping):
        return Problem(path, line, f"item {position} is no object; each paper is one {{…}}")
    paper = _paper(item)
    title = _text(paper.get("title")) or _text(item.get("title"))
    if not title:
        return Problem(path, line, f"title: item {position} has none; add it or delete the item")
    arxiv = identifiers.arxiv(str(paper.get("id") or ""))
    if not arxiv:
        return Problem(path, line, f"id: {str(paper.get('id'))[:40]!r} is no arXiv id; correct it or delete the item")
    named = [_text(author.get("name")) for author in map(mapping, listed(paper.get("authors")))]
    owner = mapping(paper.get("organization"))
    abstract = _text(paper.get("summary")) or _text(item.get("summary"))
    stated = {kind: url for kind, name in _LINKS.items() if (url := _text(paper.get(name))) and links.is_safe(url)}
    return Entry(
        file=path,
        line=line,
        position=position,
        title=title,
        abstract=abstract,
        authors=tuple(filter(None, named)) or None,
        issued=dates.day_of(_text(paper.get("publishedAt"))),
        comments=_count(item.get("numComments")),
        upvotes=_count(paper.get("upvotes")),
        organization=_text(owner.get("fullname")) or _text(owner.get("name")),
        identifiers={"arxiv": arxiv},
        links=links.by_kind(abstract or "") | stated,
    )


def _lost(entry: Entry, paper: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values that cannot be read, and what is wrong with them."""
    if (published := paper.get("publishedAt")) and not entry.issued:
        yield f"publishedAt: {str(published)[:40]!r} is no day"
    for name in _LINKS.values():
        if (url := _text(paper.get(name))) and url not in entry.links.values():
            yield f"{name}: {url[:60]!r} is no web address"


def _text(value: Any) -> str | None:
    """Return a text on one line, its hard line breaks made spaces; ``None`` where there is none."""
    return fold(value) or None if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT else None
