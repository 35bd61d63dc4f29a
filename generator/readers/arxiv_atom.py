"""Answers of the arXiv API: Atom feeds with arXiv's own elements.

https://info.arxiv.org/help/api/user-manual.html (5.2). ``published`` is the date of the first version, the one that a
paper is known by; an error comes as an entry with the title ``Error``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from generator.errors import InputError, Problem
from generator.facts import dates, identifiers, links
from generator.facts.titles import fold
from generator.models import Entry
from generator.readers import Reading

NAME = "arxiv-atom"

_ATOM = "http://www.w3.org/2005/Atom "
_ARXIV = "http://arxiv.org/schemas/atom "
_ENTRY = f"{_ATOM}entry"
_FIELDS = {
    (f"{_ATOM}id",): "id",
    (f"{_ATOM}title",): "title",
    (f"{_ATOM}summary",): "summary",
    (f"{_ATOM}published",): "published",
    (f"{_ATOM}author", f"{_ATOM}name"): "author",
    (f"{_ARXIV}comment",): "comment",
    (f"{_ARXIV}journal_ref",): "journal_ref",
    (f"{_ARXIV}doi",): "doi",
}
_DEEPEST = 30
_FEED = re.compile(r"<(?:\w+:)?(?:feed|entry)\b[^>]*http://www\.w3\.org/2005/Atom")


@dataclass
class _Parts:
    """The texts of one entry by field, in file order, and the line where the entry begins."""

    line: int
    texts: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        """Return the first text of a field on one line, its hard line breaks made spaces."""
        return next(filter(None, map(fold, self.texts.get(name, ()))), None)


class _Feed:
    """Collects the entries of a feed while expat reads it; a document type is refused, and with it every entity."""

    def __init__(self, path: str) -> None:
        self.entries: list[_Parts] = []
        self._path = path
        self._inside: list[str] | None = None
        self._depth = 0
        self._text: list[str] | None = None
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters

    def parse(self, text: str) -> None:
        """Read the whole ``text``; raises InputError."""
        try:
            self._expat.Parse(text, True)
        except expat.ExpatError as error:
            raise self._refusal(
                f"no XML from here on ({expat.ErrorString(error.code)}); fetch the answer again"
            ) from None

    def _refusal(self, message: str) -> InputError:
        return InputError(Problem(self._path, self._expat.CurrentLineNumber, message))

    def _doctype(self, *_declared: object) -> None:
        raise self._refusal("holds a document type (<!DOCTYPE …>), which may define entities; delete it")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._refusal(f"elements nested deeper than {_DEEPEST}; fetch the answer again")
        if self._inside is None:
            if name == _ENTRY:
                self._inside = []
                self.entries.append(_Parts(self._expat.CurrentLineNumber))
            return
        self._inside.append(name)
        if tuple(self._inside) in _FIELDS:
            self._text = []

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._inside is None:
            return
        if not self._inside:
            self._inside = None
            return
        if self._text is not None and (known := _FIELDS.get(tuple(self._inside))):
            self.entries[-1].texts.setdefault(known, []).append("".join(self._text))
            self._text = None
        self._inside.pop()


def recognises(text: str) -> bool:
    """Tell whether the file begins as an Atom feed or as a single Atom entry."""
    start = text[:4000].lstrip()
    return start.startswith("<") and _FEED.search(start) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read an answer; see :func:`generator.readers.read`."""
    feed = _Feed(path)
    feed.parse(text)
    entries: list[Entry] = []
    problems: list[Problem] = []
    remarks: list[Problem] = []
    for position, parts in enumerate(feed.entries, start=1):
        found = _entry(path, position, parts)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        entries.append(found)
        remarks.extend(Problem(path, parts.line, f"{each}; left out") for each in _lost(found, parts))
    return Reading(path, NAME, tuple(entries), captured, False, tuple(problems), tuple(remarks))


def _entry(path: str, position: int, parts: _Parts) -> Entry | Problem:
    """Return the entry, or the problem that keeps it from being one."""
    title, address, summary = parts.first("title"), parts.first("id") or "", parts.first("summary")
    arxiv = identifiers.arxiv(address)
    if title == "Error" and not arxiv:
        said = f" ({summary[:100]})" if summary else ""
        return Problem(path, parts.line, f"arXiv answered with an error{said}; correct the query and fetch it again")
    if not arxiv:
        message = f"id: {address[:60]!r} is no arXiv address; write it like http://arxiv.org/abs/2210.17323v1"
        return Problem(path, parts.line, message)
    if not title:
        return Problem(path, parts.line, f"title: entry {position} has none; add it or delete the entry")
    doi = identifiers.doi(parts.first("doi") or "")
    return Entry(
        file=path,
        line=parts.line,
        position=position,
        title=title,
        abstract=summary,
        authors=tuple(filter(None, map(fold, parts.texts.get("author", ())))) or None,
        issued=dates.day_of(parts.first("published")),
        venue=parts.first("journal_ref"),
        identifiers={"arxiv": arxiv, "doi": doi} if doi else {"arxiv": arxiv},
        links=links.by_kind(f"{summary or ''} {parts.first('comment') or ''}"),
    )


def _lost(entry: Entry, parts: _Parts) -> Iterator[str]:
    """Yield the texts that cannot be read, and what is wrong with them."""
    if (published := parts.first("published")) and not entry.issued:
        yield f"published: {published[:40]!r} is no date"
    if (doi := parts.first("doi")) and "doi" not in entry.identifiers:
        yield f"arxiv:doi: {doi[:60]!r} is no DOI"
