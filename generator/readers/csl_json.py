"""CSL-JSON, the citation processors' format, as Zotero and other reference managers export it and Crossref answers.

https://docs.citationstyles.org/en/stable/specification.html and its JSON schema;
https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md for Crossref's lists of titles and names. Beyond the
standard fields, ``custom`` may say where each fact came from: ``sources`` (``[{"from": "owner/repository:path",
"fields": ["authors", …]}]``), ``date_kind``, ``urls`` (of forum and anthology, and the paper's own by kind),
``disagreements`` and ``notes``. Facts with disagreements or notes carry them as doubts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import Problem
from generator.facts import dates, identifiers, links
from generator.facts.provenance import DATES_DERIVED, is_editors
from generator.facts.titles import fold, unescaped, with_subtitle, without_marks
from generator.faults import faults_in
from generator.models import Entry, PersonName, Record
from generator.readers import Reading, json_items
from generator.readers.json_items import listed, mapping

NAME = "csl-json"

_VENUE_YEAR = "year of the stated venue"
# The names that `custom.sources` uses for the fields of an entry.
_ORIGIN_FIELDS = {
    "arxiv_id": "identifiers.arxiv",
    "doi": "identifiers.doi",
    "urls.openreview": "identifiers.openreview",
    "urls.acl_anthology": "identifiers.acl",
    **{f"urls.{kind}": f"links.{kind}" for kind in links.KINDS},
    "authors": "authors",
    "date": "issued",
    "year": "issued",
    "venue": "venue",
}

_CROSSREF = re.compile(r'"message-type"\s*:\s*"work')
# Where the items begin in what wraps them.
_WRAPPERS = {"items": re.compile(r'"items"\s*:\s*\['), "message": re.compile(r'"message"\s*:\s*(?=\{)')}
# What Crossref's abstracts are marked up with, https://jats.nlm.nih.gov.
_JATS = re.compile(r"<jats:title>\s*Abstract\s*</jats:title>|</?jats:[^<>]*>", re.IGNORECASE)


def recognises(text: str) -> bool:
    """Tell whether the file begins as a JSON list of objects, or as one such object, with CSL's ``type``."""
    start = text[:4000].lstrip()
    if not start.startswith(("[", "{")):
        return False
    return _CROSSREF.search(start) is not None or (re.search(r'"type"\s*:', start) is not None and '"id"' in start)


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a bibliography; see :func:`generator.readers.read`."""
    with json_items.refusing(path):
        items, wrapper = _unwrapped(json.loads(text))
    lines = json_items.lines(text, _beginning(text, wrapper), len(items))
    entries: list[Entry] = []
    problems: list[Problem] = []
    remarks: list[Problem] = []
    for position, (item, line) in enumerate(zip(items, lines, strict=True), start=1):
        if not isinstance(item, Mapping):
            problems.append(Problem(path, line, f"item {position} is no object; each paper is one {{…}}"))
        elif not (title := _title(item)):
            problems.append(Problem(path, line, f"title: item {position} has none; add it or delete the item"))
        else:
            entry = _entry(path, line, position, title, item)
            entries.append(entry)
            problems.extend(Problem(path, line, fault) for fault in _faulty_origins(entry))
            remarks.extend(Problem(path, line, f"{name}: {why}; left out") for name, why in _lost(entry, item))
    return Reading(path, NAME, tuple(entries), captured, False, tuple(problems), tuple(remarks))


def _faulty_origins(entry: Entry) -> Iterator[str]:
    """Say which origins can be no provenance, with the remedy; disagreements name sources as ``from`` does."""
    for place, what in faults_in(Record, {"title": entry.title, "provenance": entry.origins}) if entry.origins else ():
        if place[0] == "provenance":
            yield f"custom.sources[].from: as the origin of {place[-1]} it {what}"


def _lost(entry: Entry, item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the variables whose value cannot be read, and what is wrong with it."""
    if item.get("issued") not in (None, "", {}, {"date-parts": [[None]]}) and not entry.issued:
        yield "issued", f"{json.dumps(item['issued'])[:60]} is no date"
    if item.get("DOI") and "doi" not in entry.identifiers:
        yield "DOI", f"{str(item['DOI'])[:60]!r} is no DOI"
    if item.get("author") and not entry.authors:
        yield "author", "no list of names"


def _unwrapped(data: Any) -> tuple[list[Any], str]:
    """Return the items of a file, and in what Zotero or Crossref wraps them: ``items``, ``message`` or nothing."""
    wrapper = ""
    if isinstance(data, Mapping) and isinstance(data.get("message"), Mapping):
        data, wrapper = data["message"], "message"
    if isinstance(data, Mapping) and isinstance(data.get("items"), list) and "title" not in data:
        data, wrapper = data["items"], "items"
    return (data if isinstance(data, list) else [data]), wrapper


def _beginning(text: str, wrapper: str) -> int:
    """Return where the first item begins."""
    if wrapper:
        return found.end() if (found := _WRAPPERS[wrapper].search(text)) else 0
    return text.find("[") + 1 if text.lstrip().startswith("[") else 0


def _title(item: Mapping[str, Any]) -> str | None:
    """Return the title as plain text; Crossref gives a list, and what stands behind the colon in one of its own."""
    title = _rich(item.get("title"))
    return title and with_subtitle(title, _rich(item.get("subtitle")))


def _rich(value: Any, place: int = 0) -> str | None:
    """Return a text without its marks; of a list that at ``place``."""
    texts = _strings(value)
    return fold(without_marks(unescaped(_JATS.sub(" ", texts[place])))) or None if texts else None


def _entry(path: str, line: int | None, position: int, title: str, item: Mapping[str, Any]) -> Entry:
    custom = mapping(item.get("custom"))
    urls = mapping(custom.get("urls"))
    stated = {
        "arxiv": _arxiv_texts(item),
        "doi": _strings(item.get("DOI")),
        "openreview": _strings(urls.get("openreview")),
        "acl": _strings(urls.get("acl_anthology")),
    }
    address = _text(item.get("URL")) or ""
    held = dict(filter(None, [identifiers.recognise(address)]))
    held |= {kind: value for kind, texts in stated.items() if (value := identifiers.first(kind, texts))}
    authors = _authors(item.get("author"))
    number = _text(item.get("issue")) or _text(item.get("number"))
    own = {"paper": address} if not held and links.may_be_paper(address) else {}
    own |= {kind: url for kind in links.KINDS for url in filter(links.is_safe, reversed(_strings(urls.get(kind))))}
    return Entry(
        file=path,
        line=line,
        position=position,
        key=_text(item.get("id")),
        title=title,
        abstract=_rich(item.get("abstract")),
        authors=authors or None,
        issued=_issued(item.get("issued")) or _issued(item.get("published")),
        venue=_rich(item.get("container-title"), -1),  # Crossref has a series before the volume
        volume=_text(item.get("volume")),
        number=None if number and identifiers.arxiv(number) else number,
        pages=_text(item.get("page")),
        kind=_text(item.get("type")),
        identifiers=held,
        links=own,
        origins=_origins(custom, [str(author) for author in authors]),
        doubts=_doubts(custom, authors),
    )


def _text(value: Any) -> str | None:
    """Return a CSL string or number variable as text, ``None`` where there is none."""
    return fold(str(value)) or None if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _strings(value: Any) -> list[str]:
    """Return the texts that a value lists, or the one that it is."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _arxiv_texts(item: Mapping[str, Any]) -> list[str]:
    """Return what may be or hold the arXiv id, the surest first."""
    archived = [item.get("archive_location")] if str(item.get("archive", "")).lower() == "arxiv" else []
    # Zotero has "arXiv:2301.00010" as a preprint's number, and "arXiv: 2301.00010 [cs]" as a line of the note.
    noted = [number for note in _strings(item.get("note")) for number in _NOTED.findall(note)]
    number = str(item.get("number") or "")
    numbered = [number] if number.lower().startswith("arxiv:") else []
    named = identifiers.arxiv_inside(_rich(item.get("container-title"), -1), _text(item.get("volume")))
    return _strings([*archived, *numbered, item.get("DOI"), item.get("URL"), *noted, named])


_NOTED = re.compile(r"^arXiv:[ \t]*(\S+)(?:[ \t]+\[[^\[\]\n]*\])?[ \t]*$", re.IGNORECASE | re.MULTILINE)


def _authors(people: Any) -> tuple[str | PersonName, ...]:
    names: list[str | PersonName] = []
    for person in map(mapping, listed(people)):
        family, given, literal = (_text(person.get(part)) for part in ("family", "given", "literal"))
        literal = literal or _text(person.get("name"))  # Crossref's institutions
        particle = _text(person.get("non-dropping-particle")) or _text(person.get("dropping-particle"))
        if family and (suffix := _text(person.get("suffix"))):
            family = f"{family} {suffix}"
        if family:
            names.append(PersonName.model_construct(family=f"{particle} {family}" if particle else family, given=given))
        elif literal or given:
            names.append(literal or given or "")
    return tuple(names)


def _issued(value: Any) -> str | None:
    """Return a CSL date as ISO text, in the precision it has; a range gives its first date."""
    if isinstance(value, str):
        return dates.stated(value)
    if not isinstance(value, Mapping):
        return None
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        try:
            year, *rest = (int(part) for part in parts[0][:3])
        except (TypeError, ValueError, OverflowError):
            return None
        text = "-".join([f"{year:04}", *(f"{part:02}" for part in rest)])
    else:
        return dates.stated(str(value.get("raw") or value.get("literal") or ""))
    return text if dates.is_partial_date(text) else None


def _origins(custom: Mapping[str, Any], authors: list[str]) -> dict[str, str]:
    """Return where each field came from, the first origin that a visitor can follow before one that only has a number.

    Where sources disagree about the authors, only those count that state the list taken.
    """
    found: dict[str, list[str]] = {}
    for source in map(mapping, listed(custom.get("sources"))):
        place = source.get("from")
        if not isinstance(place, str) or is_editors(fold(place)):
            continue  # those of another list: here its file is the source
        for name in _strings(listed(source.get("fields"))):
            if name in _ORIGIN_FIELDS:
                found.setdefault(_ORIGIN_FIELDS[name], []).append(fold(place))
    if agreeing := _stating(custom, authors):
        stating = [
            place for place in found.get("authors", []) if place.partition(":")[0] in agreeing or place in agreeing
        ]
        found["authors"] = stating or sorted(agreeing)
    origins = {name: min(places, key=_openness) for name, places in found.items()}
    kind = str(custom.get("date_kind", ""))
    if kind.startswith(DATES_DERIVED["identifiers.arxiv"]):
        origins["issued"] = DATES_DERIVED["identifiers.arxiv"]
    elif kind.startswith(_VENUE_YEAR):
        origins.setdefault("issued", DATES_DERIVED["venue"])
    return origins


def _stating(custom: Mapping[str, Any], authors: list[str]) -> set[str]:
    """Return the sources that state exactly these authors, where ``custom.disagreements`` tells them apart."""
    for each in map(mapping, listed(mapping(custom.get("disagreements")).get("authors"))):
        if each.get("list") == authors:
            places = [place for one in listed(each.get("sources")) for place in _strings(one)]
            return {place.removeprefix("git:") for place in places if not is_editors(place)}
    return set()


def _openness(origin: str) -> int:
    """Rank origins: a file in a public repository, a web page, anything else."""
    if re.match(r"[\w.-]+/[\w.-]+:", origin):
        return 0
    return 1 if links.is_safe(origin) else 2


def _doubts(custom: Mapping[str, Any], authors: tuple[str | PersonName, ...]) -> tuple[str, ...]:
    doubts = []
    if len(set(map(str, authors))) < len(authors):
        doubts.append("authors: a name stands twice")
    names = mapping(custom.get("disagreements"))
    doubts.extend(f"{_ORIGIN_FIELDS.get(str(name), name)}: sources disagree" for name in names)
    doubts.extend(map(fold, _strings(listed(custom.get("notes")))))
    return tuple(doubts)
