"""BibTeX and BibLaTeX bibliographies, as reference managers, DBLP, Google Scholar and publishers export them.

https://www.ctan.org/pkg/biblatex for the fields, http://www.bibtex.org/Format/ for the syntax. Macros (``@string``)
count where a field is one macro; what joins strings with ``#`` is not read, so that no file can grow without end.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bibtexparser.library import Library
from bibtexparser.middlewares.enclosing import RemoveEnclosingMiddleware
from bibtexparser.middlewares.interpolate import ResolveStringReferencesMiddleware
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, ParsingFailedBlock
from bibtexparser.model import Entry as BibtexEntry
from bibtexparser.splitter import Splitter

from generator.errors import Problem
from generator.facts import dates, identifiers, links
from generator.facts.names import people_at_commas, remark_on
from generator.facts.titles import fold, from_latex, with_subtitle
from generator.models import Entry, PersonName
from generator.readers import Reading

NAME = "bibtex"

# The parser tells its log what stands in the library's failed blocks too; it has nothing to say on a terminal.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

_ENTRY = re.compile(r"^[ \t]*@[ \t]*(?!comment|preamble)[A-Za-z]+[ \t]*[{(]", re.IGNORECASE | re.MULTILINE)
_MONTH = re.compile(rf"\b({'|'.join(dates.MONTHS)})", re.IGNORECASE)
# What IEEEtran, REVTeX and achemso are set by, and what BibLaTeX (2.1.1) never prints by itself.
_NO_PAPERS = frozenset({"ieeetranbstctl", "control", "xdata", "set"})


@dataclass(frozen=True)
class _Fields:
    """The fields of one entry by their names in lower case, and which of them could not be read."""

    values: Mapping[str, str]
    unread: Mapping[str, str]

    def text(self, *names: str) -> str | None:
        """Return the first of these fields that holds something, as text without LaTeX."""
        return next((found for name in names if (found := from_latex(self.values.get(name, "")))), None)

    def verbatim(self, *names: str) -> str:
        """Return the first of these fields that holds something, as an identifier or address is written."""
        raw = next((self.values[name] for name in names if self.values.get(name)), "")
        return re.sub(r"\\url\s*|[{}\\]", "", raw).strip()


def recognises(text: str) -> bool:
    """Tell whether an entry such as ``@article{`` begins a line."""
    return _ENTRY.search(text) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a bibliography; see :func:`generator.readers.read`."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    remarks: list[Problem] = []
    keys: set[str] = set()
    library = Splitter(text).split()
    found = list(_entries_of(library))
    if not found:
        problems.append(Problem(path, None, "holds no entry (bibtex); one begins like @article{name, title = {…}, …}"))
    volumes = _volumes([entry for _, entry in found if entry])
    for block, entry in found:
        line = (block.start_line or 0) + 1
        if entry is None:
            reason = fold(getattr(getattr(block, "error", None), "abort_reason", "")).rstrip(".") or "no BibTeX"
            problems.append(Problem(path, line, f"no BibTeX entry here ({reason[:120]}); check braces and commas"))
            continue
        fields = _fields_of(entry)
        key = fold(entry.key)
        if key.lower() in volumes and entry.entry_type.lower() == "proceedings":
            remarks.append(Problem(path, line, f"{key[:80]}: the volume that other entries stand in; left out"))
            continue
        if entry.entry_type.lower() in _NO_PAPERS:
            remarks.append(Problem(path, line, f"{key[:80]}: @{entry.entry_type} is for the style, no paper; left out"))
            continue
        fields = _inherited(fields, volumes)
        if key and key in keys:
            remarks.append(Problem(path, line, f"{key[:80]}: stands twice; this one goes by file and line"))
        title = fields.text("title")
        if title is None:
            why = fields.unread.get("title", "is missing")
            problems.append(Problem(path, line, f"title: {why}; write it as title = {{…}}"))
            continue
        title, own_key = with_subtitle(title, fields.text("subtitle")), "" if key in keys else key
        entries.append(_entry(path, line, len(entries) + 1, own_key, entry.entry_type, title, fields))
        keys.add(key)
        unread = [(name, f"{why}; left out") for name, why in fields.unread.items()]
        remarks.extend(Problem(path, line, f"{name}: {what}") for name, what in [*unread, *_remarks(fields)])
    return Reading(path, NAME, tuple(entries), captured, False, tuple(problems), tuple(remarks))


def _entries_of(library: Library) -> Iterator[tuple[Block, BibtexEntry | None]]:
    """Yield the blocks that are or should be entries, with macros resolved; an entry that is none is ``None``."""
    blocks: list[tuple[Block, BibtexEntry | None]] = []
    for block in library.blocks:
        if isinstance(block, BibtexEntry):
            blocks.append((block, block))
        elif isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
            if isinstance(block.ignore_error_block, BibtexEntry):
                blocks.append((block, block.ignore_error_block))
        elif isinstance(block, ParsingFailedBlock):
            blocks.append((block, None))
    keys = [entry.key if entry else "" for _, entry in blocks]
    for number, (_, entry) in enumerate(blocks):
        if entry:
            entry.key = str(number)  # entries of one key would hide each other from the steps below
    whole = Library([*library.strings, *(entry for _, entry in blocks if entry)])
    RemoveEnclosingMiddleware().transform(ResolveStringReferencesMiddleware().transform(whole))
    for (block, entry), key in zip(blocks, keys, strict=True):
        if entry:
            entry.key = key
        yield block, entry


def _volumes(entries: Iterable[BibtexEntry]) -> dict[str, _Fields]:
    """Return the entries that others name in ``crossref``, by their keys in lower case."""
    read = [(fold(entry.key).lower(), entry) for entry in entries]
    named = {str(field.value).lower() for _, entry in read for field in entry.fields if field.key.lower() == "crossref"}
    return {key: _fields_of(entry) for key, entry in read if key in named} if named else {}


def _inherited(fields: _Fields, volumes: Mapping[str, _Fields]) -> _Fields:
    """Return the fields of an entry with those that it has of its volume: a volume's title is its book's title."""
    volume = volumes.get(fields.verbatim("crossref").lower())
    if volume is None:
        return fields
    given = {name: volume.values[name] for name in ("booktitle", "journaltitle", "journal") if name in volume.values}
    if "title" in volume.values:
        given.setdefault("booktitle", volume.values["title"])
    if not fields.values.keys() & {"date", "year"}:
        given |= {name: volume.values[name] for name in ("date", "year", "month") if name in volume.values}
    return _Fields({**given, **fields.values}, fields.unread)


def _fields_of(entry: BibtexEntry) -> _Fields:
    values: dict[str, str] = {}
    unread: dict[str, str] = {}
    for field in entry.fields:
        name, value = field.key.lower(), str(field.value).strip()
        if name in values or name in unread:
            unread[f"second {name}"] = "stands twice in one entry"
        elif field.enclosing != "no-enclosing" or name == "month":  # jan, or "31~" # jan
            values[name] = value
        elif "#" in value:
            unread[name] = "joins strings with #, which is not read"
        elif value.startswith(("{", '"')):
            unread[name] = "lacks the comma before the next field"
        else:
            unread[name] = f"{fold(value)[:40]!r} is no macro that this file defines"
    return _Fields(values, unread)


def _entry(path: str, line: int, position: int, key: str, kind: str, title: str, fields: _Fields) -> Entry:
    addresses = _addresses(fields)
    held = _identifiers(fields, addresses)
    own = {kind: url for kind in links.KINDS if links.is_safe(url := fields.verbatim(kind))}
    number = fields.text("number", "issue")
    return Entry(
        file=path,
        line=line,
        position=position,
        key=key or None,
        title=title,
        abstract=fields.text("abstract"),
        authors=_people(fields.values.get("author", "")) or None,
        issued=_issued(fields),
        venue=fields.text("journal", "journaltitle", "booktitle"),
        volume=fields.text("volume"),
        number=None if number and identifiers.arxiv(number) else number,
        pages=fields.text("pages"),
        kind=kind.lower(),
        identifiers=held,
        links=links.of_entry(addresses, held) | own,
    )


def _people(text: str) -> tuple[str | PersonName, ...]:
    """Return the names of an author field."""
    people: list[str | PersonName] = []
    for named in split_multiple_persons_names(text.replace("\n", " ")):
        extended = _extended(named)
        people += [extended] if extended else map(_person, people_at_commas(_at_commas(named)))
    return tuple(filter(None, people))


def _person(name: str) -> str | PersonName:
    """Return a name written ``Family, Given`` in its parts, another as printed."""
    parts = parse_single_name_into_parts(name, strict=False)
    family = from_latex(" ".join((*parts.von, *parts.last, *parts.jr)))
    if family and len(_at_commas(name)) > 1:
        return PersonName.model_construct(family=family, given=from_latex(" ".join(parts.first)) or None)
    return from_latex(name)


def _extended(name: str) -> str | PersonName | None:
    """Return a name that BibLaTeX has by its parts, ``family=Web, given=Bo, prefix=van der``; ``None`` for others."""
    if not name.lstrip().startswith(("family=", "given=", "prefix=", "suffix=")):
        return None
    pairs = (part.partition("=") for part in name.split(","))
    parts = {label.strip(): from_latex(value.strip().strip('"')) for label, _, value in pairs}
    family = fold(" ".join(parts.get(label, "") for label in ("prefix", "family", "suffix")))
    given = parts.get("given")
    return PersonName.model_construct(family=family, given=given) if family and given else family or given


def _at_commas(name: str) -> list[str]:
    """Return what stands between the commas outside braces, which part the family name from the given one."""
    parts, start, depth = [], 0, 0
    for at, char in enumerate(name):
        depth += (char == "{") - (char == "}")
        if char == "," and depth < 1:
            parts.append(name[start:at])
            start = at + 1
    return [*parts, name[start:]]


def _issued(fields: _Fields) -> str | None:
    """Return the date: BibLaTeX's ``date`` (of a range its beginning), else ``year``, ``month`` and ``day``."""
    if date := dates.stated(_beginning(fields)):
        return date
    year = dates.stated(fields.verbatim("year")) or ""
    if len(year) > 4:
        return year
    month, day = _month(fields), fields.verbatim("day")
    precise = [f"{int(part):02}" for part in (month, day) if re.fullmatch(r"[0-9]{1,2}", part)] if month else []
    text = "-".join((year, *precise))
    return text if dates.is_partial_date(text) else year or None


def _month(fields: _Fields) -> str:
    """Return the number of the month that an entry states, or nothing where none can be read."""
    text = fields.verbatim("month")
    if named := _MONTH.search(text):
        return str(dates.MONTHS.index(named[1].title()) + 1)
    return text if re.fullmatch(r"0?[1-9]|1[0-2]", text) else ""


def _beginning(fields: _Fields) -> str:
    """Return where the range of dates begins that ``date`` states, or its only date, without the time."""
    return re.split(r"/|(?<=\d)T", fields.verbatim("date"), maxsplit=1)[0]


def _identifiers(fields: _Fields, addresses: list[str]) -> dict[str, str]:
    archive = fields.verbatim("archiveprefix", "eprinttype").lower()
    eprint = fields.verbatim("eprint")
    places = [eprint] if archive in ("arxiv", "") else []
    stated = {
        "arxiv": identifiers.first("arxiv", [*places, *map(fields.verbatim, ("arxiv", "doi"))]),
        "doi": identifiers.published(identifiers.doi(fields.verbatim("doi"))),
        "openreview": identifiers.openreview(fields.verbatim("openreview")),
        "acl": identifiers.acl(fields.verbatim("acl")),
    }
    addressed = dict(filter(None, map(identifiers.recognise, reversed(addresses))))
    others = ("journal", "journaltitle", "volume", "number", "eid", "note", "howpublished", "booktitle")
    found = {"arxiv": identifiers.arxiv_inside(*places, *map(fields.verbatim, others))} | addressed
    found |= {kind: value for kind, value in stated.items() if value}
    return {kind: value for kind, value in found.items() if value}


def _addresses(fields: _Fields) -> list[str]:
    """Return the addresses of an entry; classic BibTeX has them in ``howpublished``, with words around them or not."""
    return [url for url in (fields.verbatim("url"), *links.in_text(fields.verbatim("howpublished"))) if url]


def _remarks(fields: _Fields) -> Iterator[tuple[str, str]]:
    """Yield the fields that cannot be read, or not as they stand, and what is to be said of them."""
    text = _beginning(fields) or fields.verbatim("year")
    if text and (what := dates.remark_on(text)):
        yield "date" if fields.values.get("date") else "year", what
    if (text := fields.verbatim("month")) and not _month(fields) and len(_issued(fields) or "") == len("2020"):
        yield "month", f"{text[:60]!r} is no month that is read; left out"
    if (text := fields.verbatim("doi")) and not (identifiers.doi(text) or identifiers.arxiv(text)):
        yield "doi", f"{text[:60]!r} is no DOI; left out"
    if what := remark_on(fold(fields.values.get("author", ""))):
        yield "author", what
