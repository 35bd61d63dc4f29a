"""Answers of Hugging Face's papers API: daily papers, search results and single papers, as JSON or JSON Lines.

An item of a listing holds the paper under ``paper``; ``/api/papers/{id}`` is that paper alone. The inner
``publishedAt`` is the paper's date, the outer one the listing's, which is no fact about the paper.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from generator import dates, identifiers, links
from generator.errors import Problem
from generator.models import Entry
from generator.readers import Reading
from generator.titles import fold

NAME = "huggingface-json"

_PAPER = re.compile(r'"(?:paper"\s*:\s*\{|upvotes"\s*:|discussionId"\s*:)')
_LINKS = {"code": "githubRepo", "project": "projectPage"}


def recognises(text: str) -> bool:
    """Tell whether the file begins as JSON with the field names of the papers API."""
    start = text[:50_000].lstrip()
    return start.startswith(("[", "{")) and '"publishedAt"' in start and _PAPER.search(start) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read an answer; see :func:`generator.readers.read`. Counts are kept only where ``captured`` gives their day."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    remarks: list[Problem] = []
    try:
        for position, (line, item) in enumerate(_items(text), start=1):
            found = _entry(path, line, position, item)
            if isinstance(found, Problem):
                problems.append(found)
                continue
            entry, lost = found
            entries.append(entry)
            remarks.extend(Problem(path, line, f"{each}; left out") for each in lost)
    except json.JSONDecodeError as error:
        problems.append(Problem(path, error.lineno, f"no JSON from here on ({error.msg}); correct or save it again"))
    except (ValueError, RecursionError):  # a number of five thousand digits, brackets without end
        problems.append(Problem(path, 1, "no JSON of a papers listing; save it again"))
    if not captured and any(entry.comments is not None or entry.upvotes is not None for entry in entries):
        entries = [replace(entry, comments=None, upvotes=None) for entry in entries]
        message = "comments, upvotes: left out, as the file does not state their day; name it with --captured"
        remarks.append(Problem(path, None, message))
    return Reading(path, NAME, tuple(entries), captured, False, tuple(problems), tuple(remarks))


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Yield line and value of each item of a JSON list, or of JSON Lines; raises JSONDecodeError."""
    whole = text.lstrip().startswith("[")
    at = text.index("[") + 1 if whole else 0
    end = len(text.rstrip())
    if whole:
        json.loads(text)  # so that a list which is cut off or runs on is refused
        end -= 1
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    while True:
        while at < end and text[at] in (" \t\n," if whole else " \t\n"):
            at += 1
        if at >= end:
            return
        line += text.count("\n", counted, at)
        counted = at
        value, at = decoder.raw_decode(text, at)
        yield line, value


def _entry(path: str, line: int, position: int, item: Any) -> tuple[Entry, list[str]] | Problem:
    """Return the entry of an item and what of it cannot be read, or the problem that keeps it from being one."""
    if not isinstance(item, Mapping):
        return Problem(path, line, f"item {position} is no object; each paper is one {{…}}")
    inner = item.get("paper")
    paper = inner if isinstance(inner, Mapping) else item
    title = _text(paper.get("title")) or _text(item.get("title"))
    if not title:
        return Problem(path, line, f"title: item {position} has none; add it or delete the item")
    arxiv = identifiers.arxiv(str(paper.get("id") or ""))
    if not arxiv:
        return Problem(path, line, f"id: {str(paper.get('id'))[:40]!r} is no arXiv id; correct it or delete the item")
    people = paper.get("authors")
    named = (
        [_text(each.get("name")) for each in people if isinstance(each, Mapping)] if isinstance(people, list) else []
    )
    organization = paper.get("organization")
    owner = organization if isinstance(organization, Mapping) else {}
    lost: list[str] = []
    published = str(paper.get("publishedAt") or "")[:10]
    if published and not dates.is_day(published):
        lost.append(f"publishedAt: {published!r} is no day")
    found: dict[str, str] = {}
    for kind, name in _LINKS.items():
        url = _text(paper.get(name))
        if url and links.is_safe(url):
            found[kind] = url
        elif url:
            lost.append(f"{name}: {url[:60]!r} is no web address")
    entry = Entry(
        file=path,
        line=line,
        position=position,
        title=title,
        abstract=_text(paper.get("summary")) or _text(item.get("summary")),
        authors=tuple(name for name in named if name) or None,
        issued=published if dates.is_day(published) else None,
        comments=_count(item.get("numComments")),
        upvotes=_count(paper.get("upvotes")),
        organization=_text(owner.get("fullname")) or _text(owner.get("name")),
        identifiers={"arxiv": arxiv},
        links=found,
    )
    return entry, lost


def _text(value: Any) -> str | None:
    """Return a text on one line, its hard line breaks made spaces; ``None`` where there is none."""
    return fold(value) or None if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
