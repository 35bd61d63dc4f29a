"""Text dumps of Hugging Face paper listings: a page's visible text, saved line by line.

Three layouts occur. In A a blank line stands between all lines, so that each paragraph is a title or an abstract; in B
there are no blank lines, and the first title is glued to the word ``Subscribe``; C is A with a block of author count,
date and number of comments behind some abstracts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator import dates, links
from generator.errors import Problem
from generator.models import Entry
from generator.readers import Reading
from generator.titles import fold

NAME = "huggingface-text"

# A title is a line, an abstract a paragraph: real titles run to 174 characters, real abstracts start at about 600.
LONGEST_TITLE = 260

_HEADERS = re.compile(
    r"new|subscribe|daily papers|trending papers|papers|byak and the research community"
    r"|get trending papers in your email inbox( once a day)?!",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"^\s*(get trending papers in your email inbox|byak and the research community)", re.IGNORECASE | re.MULTILINE
)
_GLUED = re.compile(r"Subscribe(?=[^\sa-z])")
_BULLET = re.compile(r"•\s*(.+)")
_AUTHOR_COUNT = re.compile(r"(\d{1,5}) authors?", re.IGNORECASE)
_DATE = re.compile(r"([A-Z][a-z]{2} \d{1,2}(?:, \d{4})?)(?: (\d{1,6}))?")
_VOTES = re.compile(r"\d{1,6}|-")


@dataclass(frozen=True)
class _Paragraph:
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def is_long(self) -> bool:
        return len(self.text) > LONGEST_TITLE


def recognises(text: str) -> bool:
    """Tell whether a header line of the listing stands near the top."""
    return _TELLING.search(text[:4000]) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a dump; see :func:`generator.readers.read`."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1)]
    header_day, body = _split_header(lines)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for item in _entries(path, body):
        if isinstance(item, Entry):
            entries.append(replace(item, position=len(entries) + 1))
        else:
            problems.append(item)
    day, inferred = _capture_day(header_day, captured, entries)
    if day and dates.is_day(day):
        year = int(day[:4])
        entries = [
            replace(entry, issued=dates.with_year(entry.issued, year)) if entry.issued else entry for entry in entries
        ]
    remarks: tuple[Problem, ...] = ()
    if captured and header_day and captured[4:] != header_day[1:]:
        remarks = (
            Problem(path, None, f"the header says {dates.in_words(header_day)}; taken is --captured {captured}"),
        )
    return Reading(path, NAME, tuple(entries), day, inferred, tuple(problems), remarks)


def _capture_day(header: str | None, stated: str | None, entries: list[Entry]) -> tuple[str | None, bool]:
    """Return the capture's day and whether its year is inferred: 1 + the latest year printed beside a yearless date."""
    if stated:
        return stated, False
    printed = [year for entry in entries if (year := dates.year_of(entry.issued))]
    yearless = any(entry.issued and dates.is_yearless(entry.issued) for entry in entries)
    if header and printed and yearless:
        day = dates.with_year(header, 1 + max(printed))
        return day, dates.is_day(day)
    return header, False


def _split_header(lines: list[tuple[int, str]]) -> tuple[str | None, list[tuple[int, str]]]:
    """Return the yearless day in the header, and the lines behind the header."""
    day = None
    for index, (number, line) in enumerate(lines):
        if not line or _HEADERS.fullmatch(line):
            continue
        if day is None and (date := dates.parse_printed(line)) and dates.is_yearless(date):
            day = date
            continue
        if index and (glued := _GLUED.match(line)):
            return day, [(number, line[glued.end() :]), *lines[index + 1 :]]
        return day, lines[index:]
    return day, []


def _paragraphs(lines: list[tuple[int, str]]) -> Iterator[_Paragraph]:
    """Group lines: by blank lines where a dump has them, else each line by itself; facts stand alone in any case."""
    text_lines = [(number, line) for number, line in lines if line]
    spaced = len(lines) - len(text_lines) > len(text_lines) // 4
    group: list[tuple[int, str]] = []
    for number, line in lines:
        alone = not spaced or _is_fact(line)
        if group and (not line or alone or _is_fact(group[-1][1])):
            yield _Paragraph(group[0][0], tuple(text for _, text in group))
            group = []
        if line:
            group.append((number, line))
    if group:
        yield _Paragraph(group[0][0], tuple(text for _, text in group))


def _is_fact(line: str) -> bool:
    return (
        line.startswith("•") or line == "·" or _VOTES.fullmatch(line) is not None or _DATE.fullmatch(line) is not None
    )


def _entries(path: str, lines: list[tuple[int, str]]) -> Iterator[Entry | Problem]:
    """Yield entries (their position still to be counted) and problems, in file order."""
    title: _Paragraph | None = None
    entry: Entry | None = None
    votes: int | None = None
    dense = not any(not line for _, line in lines[:-1])
    paragraphs = list(_paragraphs(lines))
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], None], strict=True):
        text = paragraph.text
        if _VOTES.fullmatch(text):  # upvotes stand before a title
            votes = int(text) if text != "-" else None
        elif _is_fact(text):
            if entry is None:
                yield Problem(path, paragraph.line, f"the line {text[:40]!r} stands before any entry; delete it")
            else:
                entry = _with_fact(entry, text)
                if entry.issued is None and _DATE.fullmatch(text):
                    yield Problem(path, paragraph.line, f"issued: {text!r} is no real date; correct or delete the line")
        elif paragraph.is_long and title is not None:
            if entry:
                yield entry
            entry = _entry(path, title, text, votes)
            title = votes = None
        elif paragraph.is_long:
            if entry is None or entry.abstract is None:
                yield Problem(
                    path, paragraph.line, "abstract: this abstract has no title before it; add the title's line"
                )
            elif dense:
                yield Problem(
                    path, paragraph.line, "abstract: two long lines in a row; join them or add the title between them"
                )
            else:
                entry = replace(entry, abstract=f"{entry.abstract} {text}")
        elif title is None and not (following and following.is_long) and entry is not None and _continues(entry, text):
            entry = replace(entry, abstract=f"{entry.abstract} {text}")
        else:
            if title is not None:
                yield _no_abstract(path, title)
            title = paragraph
    if entry:
        yield entry
    if title is not None:
        yield _no_abstract(path, title)


def _entry(path: str, title: _Paragraph, abstract: str, votes: int | None) -> Entry:
    return Entry(
        file=path,
        line=title.line,
        position=0,
        title=fold(title.text),
        abstract=abstract,
        upvotes=votes,
        links=links.by_kind(abstract),
    )


def _continues(entry: Entry, text: str) -> bool:
    """Tell whether a short paragraph behind an abstract still belongs to it: a sentence or an address, not a title."""
    if entry.abstract is None or entry.author_count or entry.issued or entry.organization:
        return False
    return text.endswith(".") or text.startswith(("http", "("))


def _with_fact(entry: Entry, line: str) -> Entry:
    if bullet := _BULLET.fullmatch(line):
        if count := _AUTHOR_COUNT.fullmatch(bullet[1]):
            return replace(entry, author_count=int(count[1]) or None)
        return replace(entry, organization=fold(bullet[1]))
    if printed := _DATE.fullmatch(line):
        return replace(entry, issued=dates.parse_printed(printed[1]), comments=int(printed[2] or 0))
    return entry


def _no_abstract(path: str, title: _Paragraph) -> Problem:
    return Problem(
        path,
        title.line,
        f"abstract: no abstract follows the title {title.text[:50]!r}; add it, write it on one line, or delete this",
    )
