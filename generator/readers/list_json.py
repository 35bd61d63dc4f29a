"""What ``reading-list export --format json`` writes and a list's site offers as ``data/papers.json``.

Facts are taken: title, authors, date, venue, identifiers, links, an abstract. What the other list says in its own
words (type, topics, summary, why, results) and how it came by a paper (added, seen, provenance) is that list's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from generator.errors import InputError, Problem
from generator.faults import faults_in, spell
from generator.models import PROVEN_FIELDS, Entry, Identifiers, Links, Record
from generator.readers import Reading, json_items

NAME = "reading-list-json"

VERSION = 1
_BEGINNING = re.compile(r'\s*\{\s*"version"\s*:\s*\d{1,9}\s*,\s*"papers"\s*:\s*\[')


def recognises(text: str) -> bool:
    """Tell whether the file begins as an export does."""
    return _BEGINNING.match(text) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read an export; see :func:`generator.readers.read`."""
    with json_items.refusing(path):
        data = json.loads(text)
    papers = data.get("papers") if isinstance(data, Mapping) else None
    if not isinstance(papers, list):
        message = "papers: no such list; take the file that `reading-list export --format json` writes"
        raise InputError(Problem(path, 1, message))
    if data.get("version") != VERSION:
        message = f"version: {str(data.get('version'))[:20]!r} is not {VERSION}; renew this program, or export again"
        raise InputError(Problem(path, 1, message))
    entries: list[Entry] = []
    problems: list[Problem] = []
    keys: set[str | None] = set()
    begin = _BEGINNING.match(text)
    lines = json_items.lines(text, begin.end() if begin else 0, len(papers))
    for position, (line, paper) in enumerate(zip(lines, papers, strict=True), start=1):
        if not isinstance(paper, Mapping):
            problems.append(Problem(path, line, f"item {position} is no object; each paper is one {{…}}"))
            continue
        facts = _facts(paper)
        if faults := [Problem(path, line, f"{spell(place)}: {what}") for place, what in faults_in(Record, facts)]:
            problems.extend(faults)
            continue
        key = paper.get("id")
        key = key if isinstance(key, str) and key not in keys else None
        keys.add(key)
        record = Record.model_validate(facts)
        entries.append(
            Entry(
                file=path,
                line=line,
                position=position,
                key=key,
                title=record.title,
                abstract=record.abstract,
                authors=record.authors or None,
                author_count=record.author_count,
                issued=record.issued,
                venue=record.venue,
                identifiers=record.identifiers.model_dump(exclude_none=True),
                links=record.links.model_dump(exclude_none=True),
            )
        )
    return Reading(path, NAME, tuple(entries), captured, False, tuple(problems))


def _facts(paper: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a paper; kinds of identifiers and links that a later list may have are left out."""
    facts = {name: paper[name] for name in PROVEN_FIELDS if name in paper}
    for name, known in (("identifiers", Identifiers.model_fields), ("links", Links.model_fields)):
        if isinstance(held := paper.get(name), Mapping):
            facts[name] = {kind: value for kind, value in held.items() if kind in known}
        elif name in paper:
            facts[name] = held
    return facts
