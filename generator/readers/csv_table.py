"""CSV tables of papers with a header row and any of the columns id, source, title, abstract, authors, and so on."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from generator.errors import Problem
from generator.facts import dates, identifiers, links
from generator.facts.names import people_at_commas, persons, remark_on
from generator.facts.titles import fold, unescaped
from generator.faults import faults_of
from generator.models import Entry, PersonName
from generator.readers import Reading

NAME = "csv"

COLUMNS = (
    "id",
    "source",
    "title",
    "abstract",
    "authors",
    "year",
    "venue",
    "volume",
    "number",
    "pages",
    "doi",
    "arxiv",
    "type",
    "issued",
    "author_count",
    "url",
    "openreview",
    "acl",
    *links.KINDS,
)

_OTHER_NAMES = {
    "article title": "title",
    "author": "authors",
    "publication year": "year",
    "date": "issued",
    **dict.fromkeys(("journal", "journal/book", "publication", "publication title", "source title"), "venue"),
    "issue": "number",
    "abstract note": "abstract",
    "link": "url",
}
"""Columns by their names in exports of Zotero, Google Scholar, PubMed, Scopus and Web of Science."""

_OWN_WORDS = ("topics", "why", "summary", "added")
"""Columns of an export that no import takes: a list's own words are written by its people."""


def recognises(text: str) -> bool:
    """Tell whether the first line is a header row with a title column and otherwise known columns mostly."""
    try:
        begun, mark = _beginning(iter(text.split("\n", 2)))
        names = set(_names(begun[-1], mark))
    except csv.Error:
        return False
    return "title" in names and (names == {"title"} or len(names & set(COLUMNS)) >= 2)


def _names(header: str, delimiter: str) -> list[str]:
    return _known_names(next(csv.reader([header], delimiter=delimiter), []))


def _known_names(columns: Iterable[str]) -> list[str]:
    """Return the names of columns as COLUMNS has them, one for each; a column beside one of that name keeps its own."""
    names = [name.strip().lower() for name in columns]
    for place, name in enumerate(names):
        if (known := _OTHER_NAMES.get(name, name)) not in names:
            names[place] = known
    return names


def _beginning(lines: Iterator[str]) -> tuple[list[str], str]:
    """Return the lines up to the header row, and what parts the cells, which Excel reads in a first line ``sep=;``."""
    header = next(lines, "")
    if stated := _STATED.fullmatch(header):
        return ["\n", next(lines, "")], stated[1]
    return [header], _delimiter(header)


_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_STATED = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)


def _delimiter(header: str) -> str:
    """Return what parts the cells under a header row: a comma, or what spreadsheets write in many countries instead."""
    return max(",;\t", key=lambda mark: len({*COLUMNS}.intersection(_names(header, mark))))


def authors_in(text: str) -> tuple[str | PersonName, ...]:
    """Split ``Family, Given and Family, Given``, or what else :func:`names_in` does, into authors."""
    text, held = _braces_held(text)
    return tuple(filter(None, (_author(name, held) for name in names_in(text))))


def author_in(name: str) -> str | PersonName:
    """Return one author: ``Family, Given`` in its parts; what has no comma, or has it in braces, is one part."""
    return _author(*_braces_held(name))


def _author(name: str, held: dict[str, str]) -> str | PersonName:
    def whole(part: str) -> str:
        return fold(_HELD.sub(lambda mark: held.get(mark[0], mark[0]), part) if held else part)

    family, comma, given = map(str.strip, name.partition(","))
    if comma and family:
        return PersonName.model_construct(family=whole(family), given=whole(given) or None)
    return whole(name.strip(", "))


def _braces_held(text: str) -> tuple[str, dict[str, str]]:
    """Return a text with marks in the places of what stands in braces, whatever that is, and what they stand for."""
    held: dict[str, str] = {}

    def hold(match: re.Match[str]) -> str:
        held[mark := f"\0{len(held)}\0"] = match[0][1:-1]
        return mark

    return _BRACES.sub(hold, text), held


_BRACES = re.compile(r"(?<![^\s,;])\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}(?![^\s,;])")
_HELD = re.compile("\0[0-9]+\0")


def names_in(text: str) -> tuple[str, ...]:
    """Split a list of authors into names, which may still be ``Family, Given``; ``text`` is on one line.

    What parts them is ``and`` or a semicolon, commas where there are more than one name has, and a comma behind
    initials. A list as JSON, Python and pandas print it, ``['Ida Loom', "Jan O'Ferry"]``, is one of names.
    """
    if text.startswith("[") and _LISTED.fullmatch(text):
        text = ";".join(one or other for one, other in _QUOTED.findall(text))
    if "&" in text:
        text = unescaped(text)  # a name such as Imieli&#324;ski must not end at its semicolon
    parts = [part for each in text.replace(" and ", ";").split(";") for part in people_at_commas(each.split(","))]
    return tuple(filter(None, (name.strip() for part in parts for name in persons(part))))


_LISTED = re.compile(r"""\[(?: ?(?:'[^']*'|"[^"]*") ?(?:,|(?=\])))+\]""")
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a table; see :func:`generator.readers.read`."""
    problems: list[Problem] = []
    remarks: list[Problem] = []
    entries = tuple(walk(path, io.StringIO(text, newline=""), problems, remarks))
    return Reading(path, NAME, entries, captured, False, tuple(problems), tuple(remarks))


def walk(
    path: str,
    lines: Iterable[str],
    problems: list[Problem],
    remarks: list[Problem] | None,
    names: Callable[[str], tuple[str | PersonName, ...]] = authors_in,
) -> Iterator[Entry]:
    """Yield the entries of a table one by one, so that one of any length can be read.

    ``problems`` takes what keeps the table from being imported (then what was yielded does not count), ``remarks`` what
    a person should know, if there is one. ``names`` splits a list of authors; :func:`names_in` is the cheaper
    choice.
    """
    lines = iter(lines)
    position = end = 0
    try:
        begun, mark = _beginning(lines)
        rows = csv.reader(itertools.chain(begun, lines), strict=True, delimiter=mark)
        columns = _known_names(next(filter(None, rows), []))
        end = rows.line_num
        if "title" not in columns:
            problems.append(Problem(path, end, "title: no such column; name the columns in the first row"))
            return
        if doubled := next((name for name in columns if name in COLUMNS and columns.count(name) > 1), None):
            problems.append(Problem(path, end, f"{doubled}: two columns bear this name; keep one"))
            return
        unread = [name for name in columns if name and name not in (*COLUMNS, *_OWN_WORDS)]
        if unread and remarks is not None:
            what = f"{', '.join(unread)[:200]}: no columns that are read; left out; known are {', '.join(COLUMNS)}"
            remarks.append(Problem(path, end, what))
        for values in rows:
            line, end = end + 1, rows.line_num
            text = "".join(values)
            if not text.strip():
                continue
            if len(values) > len(columns):
                what = f"{len(values)} cells under {len(columns)} columns; quote cells that hold a {_MARKS[mark]}"
                problems.append(Problem(path, line, what))
                continue
            printable = text.isprintable()  # then all its white space is spaces
            cells = map(str.strip if printable and "  " not in text else fold, values)
            row = {name: _unquoted(cell) for name, cell in zip(columns, cells, strict=False) if cell}
            if "title" not in row:
                problems.append(Problem(path, line, "title: is empty; every row needs one"))
                continue
            position += 1
            entry = _entry(path, line, position, row, names)
            if remarks is not None:
                remarks += [Problem(path, line, f"{name}: {what}") for name, what in _remarks(entry, row)]
            # A reference to a character may be resolved in a name, and be to one that is not printable.
            problems += [Problem(path, line, fault) for fault in faults_of(entry, printable and "&" not in text)]
            yield entry
    except csv.Error as error:
        problems.append(Problem(path, end + 1, f"no CSV from here on ({error}); check the quotes"))


def _unquoted(text: str) -> str:
    """Take away the apostrophe that an export puts before what a spreadsheet would read as a formula."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


_FORMULA = re.compile(r"'+[=+@\-＝＋＠－]")


def _entry(
    path: str, line: int, position: int, row: dict[str, str], names: Callable[[str], tuple[str | PersonName, ...]]
) -> Entry:
    """Return the entry of a row, which has no empty cells."""
    found = {
        kind: value for kind, scheme in identifiers.SCHEMES.items() if kind in row and (value := scheme.read(row[kind]))
    }
    if "url" in row and (pair := identifiers.recognise(row["url"])):
        found.setdefault(*pair)
    if "arxiv" not in found and (named := identifiers.arxiv_inside(row.get("venue"), row.get("volume"))):
        found["arxiv"] = named
    own = {kind: row[kind] for kind in links.KINDS if kind in row and links.is_safe(row[kind])}
    if not found and links.may_be_paper(url := row.get("url", "")):
        own.setdefault("paper", url)
    count = row.get("author_count")
    return Entry(
        file=path,
        line=line,
        position=position,
        title=row["title"],
        abstract=row.get("abstract"),
        authors=(names(row["authors"]) or None) if "authors" in row else None,
        author_count=int(count) if count and re.fullmatch("[0-9]{1,9}", count) else None,
        issued=dates.stated(row.get("issued", "")) or dates.stated(row.get("year", "")),
        venue=row.get("venue"),
        volume=row.get("volume"),
        number=row.get("number"),
        pages=row.get("pages"),
        kind=row.get("type"),
        key=row.get("id"),
        identifiers=found,
        links=own,
        database=row.get("source"),
    )


_KINDS = [(kind, "DOI" if kind == "doi" else f"{scheme.name} id") for kind, scheme in identifiers.SCHEMES.items()]


def _remarks(entry: Entry, row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the columns whose value cannot be read, or not as it stands, and what is to be said of it."""
    for name in ("year", "issued"):
        if name in row and (what := dates.remark_on(row[name])):
            yield name, what
    lost = [(name, kind) for name, kind in _KINDS if name not in entry.identifiers]
    lost += [(name, "web address") for name in links.KINDS if name not in entry.links]
    yield from ((name, f"{row[name][:60]!r} is no {kind}; left out") for name, kind in lost if name in row)
    if what := remark_on(row.get("authors", "")):
        yield "authors", what
