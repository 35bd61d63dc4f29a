"""RIS bibliographies, as publishers, Zotero, EndNote and Mendeley export them.

https://en.wikipedia.org/wiki/RIS_(file_format) for the tags. Names are ``Family, Given, Suffix``; two commas stand for
one that belongs to the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import rispy

from generator.errors import Problem
from generator.facts import dates, identifiers, links
from generator.facts.names import persons
from generator.facts.titles import fold
from generator.models import Entry, PersonName
from generator.readers import Reading

NAME = "ris"

_TAG = re.compile(r"\s*([A-Z][A-Z0-9])[ \t]{1,2}-(?:[ \t]+(.*)|)$")
_BEGINNING = re.compile(r"\s*TY[ \t]{1,2}-[ \t]*[A-Za-z]{3,8}\s*$")
_OF_AN_ENTRY = frozenset("TI T1 BT AU A1".split())
_PART_OF_NAME = re.compile(r"(?<!,),(?!,)")
_LABELLED = re.compile(rf"({'|'.join(links.KINDS)}): (https?://\S+)")
_LONGEST = 20_000
"""Lines of one entry; rispy joins them one by one."""


def recognises(text: str) -> bool:
    """Tell whether an entry begins in one of the first lines that hold something."""
    lines = (line for line in text[:4000].split("\n") if line.strip())
    return any(_BEGINNING.match(line) for _, line in zip(range(20), lines, strict=False))


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a bibliography; see :func:`generator.readers.read`."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    remarks: list[Problem] = []
    keys: set[str | None] = set()
    for line, block, stray in _blocks(text):
        if stray:
            problems.append(Problem(path, line, f"{stray}; begin each entry with a line `TY  - JOUR`"))
            continue
        if len(block) > _LONGEST:
            problems.append(Problem(path, line, f"the entry has more than {_LONGEST:,} lines; end it with `ER  - `"))
            continue
        if block[-1] != "ER  - ":
            remarks.append(Problem(path, line, "ER: is missing; the entry was taken to end with its last line"))
            block.append("ER  - ")
        fields = rispy.loads("\n".join(block), delimiter_tags_mapping={})[0]
        title = _first(fields, "title", "primary_title", "short_title", "translated_title") or _book(fields)
        if title is None:
            problems.append(Problem(path, line, "title: is missing; write it as a line `TI  - …`"))
            continue
        key = _first(fields, "id")
        if key and key in keys:
            remarks.append(Problem(path, line, f"{key[:80]}: stands twice; this one goes by file and line"))
            key = None
        keys.add(key)
        entries.append(_entry(path, line, len(entries) + 1, key, title, fields))
        remarks.extend(Problem(path, line, each) for each in _remarks(fields))
    return Reading(path, NAME, tuple(entries), captured, False, tuple(problems), tuple(remarks))


def _blocks(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield the line where each entry begins and its lines, as rispy reads them; or a line that belongs to none."""
    block: list[str] = []
    begun = 0
    for number, line in enumerate(text.split("\n"), start=1):
        match = _TAG.match(line)
        tag, value = (match[1], fold(match[2] or "")) if match else ("", fold(line))
        if tag == "TY":
            if block:
                yield begun, block, ""
            block, begun = [f"TY  - {value}"], number
        elif tag == "ER" and block:
            yield begun, [*block, "ER  - "], ""
            block = []
        elif not block:
            # An entry that lost its beginning; other lines are what programs write around entries, as Ovid does.
            if tag in _OF_AN_ENTRY:
                yield number, [], f"{tag}: stands in no entry"
                return
        elif tag:
            block.append(f"{tag}  - {value}")
        elif value:
            block.append(value)
    if block:
        yield begun, block, ""


def _first(fields: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of these fields that holds something, on one line."""
    return next((text for name in names for text in _all(fields, name)), None)


def _all(fields: Mapping[str, Any], *names: str) -> list[str]:
    found = []
    for name in names:
        value = fields.get(name)
        found += [fold(each) for each in (value if isinstance(value, list) else [value]) if each]
    return found


def _book(fields: Mapping[str, Any]) -> str | None:
    """Return the title of the book that an entry is, or is a part of; rispy does not know the tag."""
    return _first(fields.get("unknown_tag") or {}, "BT")


def _entry(path: str, line: int, position: int, key: str | None, title: str, fields: Mapping[str, Any]) -> Entry:
    kind = (_first(fields, "type_of_reference") or "").lower()
    proceedings = ("custom3",) if kind in ("cpaper", "conf") else ()  # Zotero's
    venue = _first(fields, "alternate_title3", "journal_name", "secondary_title", "alternate_title2", *proceedings)
    if not venue and (book := _book(fields)) != title:
        venue = book
    start, end = _first(fields, "start_page"), _first(fields, "end_page")
    joined = start if start and ("-" in start or "–" in start or not end or end == start) else None
    places = _places(fields)
    lines = _all(fields, "authors", "first_authors")
    people = [name for text in lines for name in ([text] if ",," in text else persons(text))]
    held = _identifiers(fields, places)
    noted = [match.groups() for note in _all(fields, "notes") if (match := _LABELLED.fullmatch(note))]
    own = {kind: url for kind, url in reversed(noted) if links.is_safe(url)}  # the first of each kind
    return Entry(
        file=path,
        line=line,
        position=position,
        key=key,
        title=title,
        abstract=_first(fields, "abstract", "notes_abstract"),
        authors=tuple(filter(None, map(_name, people))) or None,
        issued=_issued(fields),
        venue=venue,
        volume=_first(fields, "volume"),
        number=_first(fields, "number"),
        pages=joined or ("-".join(filter(None, [start, end])) or None),
        kind=kind or None,
        identifiers=held,
        links=links.of_entry(places, held) | own,
    )


def _name(text: str) -> str | PersonName | None:
    """Return a name: ``Family, Given`` or ``Family, Given, Suffix`` in its parts, what has more or no commas whole."""
    parts = [fold(part.replace(",,", ",")) for part in _PART_OF_NAME.split(text)]
    if len([*filter(None, parts)]) > 3:
        return text.replace(",,", ",")
    family, given = parts[0], parts[1] if len(parts) > 1 else ""
    suffix = " ".join(filter(None, parts[2:]))
    if family and given:
        return PersonName.model_construct(family=fold(f"{family} {suffix}"), given=given)
    return family or given or None


def _issued(fields: Mapping[str, Any]) -> str | None:
    """Return the most precise date of ``PY``, ``Y1`` and ``DA`` that is one: ``YYYY/MM/DD/other`` or as ISO has it."""
    found = [_date(text) for text in _all(fields, "year", "publication_year", "date")]
    years = [text for text in found if text]
    # A day of another year than the one that is stated is that of an edition or of an upload.
    return max((text for text in years if text[:4] == years[0][:4]), key=len, default=None)


def _date(text: str) -> str | None:
    parts = [part.strip() for part in re.split(r"[/-]", text)][:3]
    precise = [part.zfill(2) if number else part for number, part in enumerate(parts)]
    while precise:
        if found := dates.stated("-".join(precise)):
            return found
        precise.pop()
    return None


def _places(fields: Mapping[str, Any]) -> list[str]:
    """Return all addresses of an entry; some programs write several into one line."""
    raw = _all(fields, "urls", "file_attachments1", "file_attachments2")
    return [each.strip(" ;") for text in raw for each in re.split(r";\s*(?=https?://)|\s+(?=https?://)", text)]


def _identifiers(fields: Mapping[str, Any], places: list[str]) -> dict[str, str]:
    unknown = fields.get("unknown_tag") or {}
    texts = [note for note in _all(fields, "notes") if len(note.split()) < 3]  # a longer one may name other papers
    texts += _all(fields, "note", "accession_number", "number", "custom1", "type_of_work", "call_number")
    texts += _all(fields, "alternate_title3", "journal_name", "secondary_title", "alternate_title2", "publisher")
    texts += _all(unknown, *unknown)
    dois = _all(fields, "doi")[:1]
    stated = {
        "arxiv": identifiers.first("arxiv", dois),
        "doi": identifiers.published(identifiers.first("doi", [*dois, *_all(fields, "type_of_work")])),
    }
    found = {"arxiv": identifiers.arxiv_inside(*texts)}
    found |= dict(filter(None, map(identifiers.recognise, reversed(places))))  # the first of each kind
    found |= {kind: value for kind, value in stated.items() if value}
    return {kind: value for kind, value in found.items() if value}


def _remarks(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is to be said of fields that cannot be read, or not as they stand."""
    text = _first(fields, "year", "publication_year", "date") or ""
    year = re.split("[/-]", text, maxsplit=1)[0] if _date(text) else text
    if text and (what := dates.remark_on(year)):
        yield f"year: {what}"
    if (text := _first(fields, "doi") or "") and not (identifiers.doi(text) or identifiers.arxiv(text)):
        yield f"doi: {text[:60]!r} is no DOI; left out"
