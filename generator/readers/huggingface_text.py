"""Text dumps of Hugging Face paper listings: a page's visible text, saved line by line.

Three layouts occur. In A a blank line stands between all lines, so that each paragraph is a title or an abstract; in B
there are no blank lines, and the first title is glued to the word ``Subscribe``; C is A with a block of author count
(or an organisation's name), date and number of comments behind some abstracts. Newer dumps print upvotes above each
title, and the number of comments with no space behind the date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from generator.errors import Problem
from generator.facts import dates, links
from generator.facts.titles import fold
from generator.models import Entry
from generator.readers import Reading

NAME = "huggingface-text"

# A title is a line, an abstract a paragraph: real titles run to 174 characters, real abstracts start at about 600.
LONGEST_TITLE = 260
_LONGEST_NAME = 100

_HEADERS = re.compile(
    r"new|subscribe|daily papers|trending papers|papers|byak and the research community"
    r"|get trending papers in your email inbox( once a day)?!",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"^\s*(get trending papers in your email inbox|byak and the research community)", re.IGNORECASE | re.MULTILINE
)
_HEADLINE = re.compile(r"\s*(?:new\s+|papers\s+)*(?:daily|trending) papers\s*$", re.IGNORECASE | re.MULTILINE)
_NO_BREAK_SPACES = str.maketrans("\u00a0\u202f", "  ")  # what a browser's "copy" leaves; to a reader they are spaces
_GLUED = re.compile(r"Subscribe(?=\S)(?!(?:rs?|d)\b)")
_BULLET = re.compile(r"•\s*(.+)")
_AUTHOR_COUNT = re.compile(r"(\d{1,5}) authors?", re.IGNORECASE)
_MONTH = "|".join(dates.MONTHS)
_DATE = re.compile(rf"((?:{_MONTH}) \d{{1,2}}(?:, \d{{4}})?)(?: (\d{{1,6}}))?", re.ASCII)
_DATE_AND_COMMENTS = re.compile(rf"((?:{_MONTH}) (?:\d{{1,2}}, \d{{4}}|\d\d?))([1-9]\d{{0,5}})", re.ASCII)
_facts_of = attrgetter("author_count", "organization", "issued")  # what stands below an abstract, and so ends it
_VOTES = re.compile(r"\d{1,6}|-", re.ASCII)


@dataclass(frozen=True)
class _Paragraph:
    line: int
    text: str
    is_fact: bool

    @property
    def is_long(self) -> bool:
        return len(self.text) > LONGEST_TITLE

    @property
    def may_be_abstract(self) -> bool:
        return self.is_long or self.text.endswith(".")  # a sentence is one, however short


def recognises(text: str) -> bool:
    """Tell whether a header line of the listing stands near the top."""
    start = text[:4000].translate(_NO_BREAK_SPACES)
    return _TELLING.search(start) is not None or _HEADLINE.match(start) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a dump; see :func:`generator.readers.read`."""
    text = text.translate(_NO_BREAK_SPACES)
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1)]
    header_day, body = _split_header(lines)
    facts = _facts(body)
    spaced = _is_spaced(body)
    if broken := _second_header(path, body) or (None if spaced else _broken_lines(path, body, facts)):
        return Reading(path, NAME, problems=(broken,))
    paragraphs = list(_paragraphs(body, facts, spaced))
    entries: list[Entry] = []
    problems: list[Problem] = []
    latest = captured or header_day
    for item in _entries(path, paragraphs, spaced, latest):
        if isinstance(item, Entry):
            found = links.by_kind(item.abstract or "")
            entries.append(replace(item, position=len(entries) + 1, links=found))
        else:
            problems.append(item)
    if len(problems) > 2 and (crumbled := _crumbled(path, paragraphs, problems)):
        problems = [crumbled]
    if not text.endswith("\n") and (cut := _cut_off(path, entries, problems, [line for _, line in body if line])):
        problems = [cut]
    day, inferred = _capture_day(header_day, captured, entries)
    if day and dates.is_day(day):
        year = int(day[:4])
        entries = [
            replace(entry, issued=dates.with_year(entry.issued, year)) if entry.issued else entry for entry in entries
        ]
    remarks = (*_untitled(path, paragraphs), *_ambiguous(path, paragraphs, latest))
    if captured and header_day and captured[4:] != header_day[1:]:
        message = f"the header says {dates.in_words(header_day)}; taken is --captured {captured}"
        remarks += (Problem(path, None, message),)
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
        bare = fold(line)
        if not line or _HEADERS.fullmatch(bare):
            continue
        if day is None and (date := dates.parse_printed(bare)) and dates.is_yearless(date):
            day = date
            continue
        if index and (glued := _GLUED.match(line)):
            return day, [(number, line[glued.end() :]), *lines[index + 1 :]]
        return day, lines[index:]
    return day, []


def _facts(lines: list[tuple[int, str]]) -> frozenset[int]:
    """Return the numbers of the lines that state facts about an entry: a bullet, a dot, a date, or upvotes."""
    texts = [(number, line) for number, line in lines if line]
    facts: set[int] = set()
    before = 0
    for (number, line), (_, following) in pairwise([*texts, (0, "")]):
        if bullet := _BULLET.fullmatch(line):
            is_fact = _AUTHOR_COUNT.fullmatch(fold(bullet[1])) is not None or following == "·"
        elif line == "·" or _is_date(fold(line)):
            is_fact = before in facts
        elif following == "·" and len(line) <= _LONGEST_NAME:  # a name or a count without its bullet
            is_fact = True
        else:
            # A number above a long line is a title, such as "1984": upvotes stand above a title.
            is_fact = _VOTES.fullmatch(line) is not None and len(following) <= LONGEST_TITLE
        if is_fact:
            facts.add(number)
        before = number
    return frozenset(facts)


def _paragraphs(lines: list[tuple[int, str]], facts: frozenset[int], spaced: bool) -> Iterator[_Paragraph]:
    """Group lines: by blank lines where a dump has them, else each line by itself; facts stand alone in any case."""
    begin = 0
    group: list[str] = []
    for number, line in [*lines, (0, "")]:
        alone = not spaced or number in facts or begin in facts
        if group and (not line or alone):
            yield _Paragraph(begin, " ".join(group), begin in facts)
            group = []
        if line and not group:
            begin = number
        if line:
            group.append(line)


def _is_spaced(lines: list[tuple[int, str]]) -> bool:
    """Tell whether blank lines part the paragraphs: then there are two for each abstract, and not just a stray one."""
    last = max((place for place, (_, line) in enumerate(lines) if line), default=0)
    blank = sum(not line for _, line in lines[:last])
    long = [len(line) > LONGEST_TITLE for _, line in lines if line]
    abstracts = sum(is_long and not before for before, is_long in pairwise([False, *long]))
    return blank >= abstracts if abstracts else blank > last // 100


def _broken_lines(path: str, lines: list[tuple[int, str]], facts: frozenset[int]) -> Problem | None:
    """Return the one problem of a dump without blank lines whose abstracts are broken: nothing tells where one ends."""
    short = [number for number, line in lines if line and len(line) <= LONGEST_TITLE and number not in facts]
    long = sum(len(line) > LONGEST_TITLE for _, line in lines)
    texts = [line for number, line in lines if line and number not in facts]
    in_turn = all(line.endswith(".") == bool(place % 2) for place, line in enumerate(texts))  # titles are no sentences
    if in_turn or len(short) <= 2 * long + 2:
        return None
    message = "abstract: abstracts are broken over lines and no blank lines part them; write each on one line"
    return Problem(path, short[1], message)


def _second_header(path: str, lines: list[tuple[int, str]]) -> Problem | None:
    """Return the one problem of several dumps in one file: they may be of different days."""
    second = next((number for number, line in lines if _TELLING.match(line) and _HEADERS.fullmatch(fold(line))), None)
    message = "a second listing begins here; save each listing in a file of its own"
    return Problem(path, second, message) if second else None


def _crumbled(path: str, paragraphs: list[_Paragraph], problems: list[Problem]) -> Problem | None:
    """Return one problem for the many of a dump with a blank line after each line of its abstracts."""
    run = longest = 0
    for paragraph in paragraphs:
        if not paragraph.is_fact:
            run = 0 if paragraph.is_long else run + 1
            longest = max(longest, run)
    if longest < len(problems):
        return None
    message = "abstract: abstracts are broken into pieces with blank lines between; write each on one line"
    return Problem(path, min(problem.line or 1 for problem in problems), message)


def _untitled(path: str, paragraphs: list[_Paragraph]) -> Iterator[Problem]:
    """Yield a remark for each abstract of two long paragraphs: it may be two abstracts, their title lost."""
    for one, other in pairwise(paragraphs):
        if one.is_long and other.is_long and _is_ended(one.text) and other.text[0].isupper():
            message = "this paragraph is read as part of the abstract above; see whether its title is missing"
            yield Problem(path, other.line, message)


def _cut_off(path: str, entries: list[Entry], problems: list[Problem], lines: list[str]) -> Problem | None:
    """Return the one problem of a file without a final line break that seems to end inside its last abstract."""
    last = entries[-1].abstract if entries else None
    if not problems and last and not _is_ended(last):
        line = entries[-1].line
    elif len(problems) == 2 and all(
        repr(line[:50]) in fault.message for line, fault in zip(lines[-2:], problems, strict=False)
    ):
        line = problems[0].line  # so early in the abstract that it looks like another title
    else:
        return None
    message = (
        "abstract: the file seems cut off, for its last abstract ends within a sentence; save the listing again, "
        "or add a line break at the end if it is whole"
    )
    return Problem(path, line, message)


def _is_ended(abstract: str) -> bool:
    """Tell whether a text ends as abstracts do: with a sentence's mark, or with an address."""
    return abstract[-1] in ".!?)]\"'”’»" or any(char in abstract.split()[-1] for char in "/@")


def _entries(path: str, paragraphs: list[_Paragraph], spaced: bool, captured: str | None) -> Iterator[Entry | Problem]:
    """Yield entries (their position and links still to be found) and problems, in file order."""
    title: _Paragraph | None = None
    entry: Entry | None = None
    votes: int | None = None
    for paragraph, following in zip(paragraphs, [*paragraphs, None][1:], strict=True):
        text, line = paragraph.text, paragraph.line
        if paragraph.is_fact and _VOTES.fullmatch(text):  # upvotes stand before a title
            votes = int(text) if text != "-" else None
        elif paragraph.is_fact:
            if entry is None or title is not None:
                if title is None and _BULLET.fullmatch(text):  # else the title is reported, or the lines above
                    what = f"the line {text[:40]!r} belongs to no abstract"
                    yield Problem(path, line, f"{what}; delete it or add the abstract")
                continue
            before, entry = entry, _with_fact(entry, fold(text), captured)
            if any(fact not in (None, now) for fact, now in zip(_facts_of(before), _facts_of(entry), strict=True)):
                yield Problem(path, line, f"{text[:40]!r} is of another abstract than the one above; add that one")
            if entry.issued is None and _is_date(fold(text)) and len(_readings(fold(text), captured)) != 2:
                yield Problem(path, line, f"issued: {text[:40]!r} is no real date; correct or delete the line")
        elif title is not None and paragraph.may_be_abstract:
            if entry:
                yield entry
            entry = Entry(path, title.line, 0, fold(title.text), text, upvotes=votes)
            title = votes = None
        elif paragraph.is_long and (entry is None or any(_facts_of(entry))):
            yield Problem(path, line, "abstract: this abstract has no title before it; add the title's line")
            entry = Entry(path, line, 0, "", text)  # for the facts below it
        elif paragraph.is_long and not spaced:
            yield Problem(path, line, "abstract: two long lines in a row; join them or add the title between them")
        elif entry and title is None and (paragraph.is_long or _continues(entry, paragraph, following)):
            entry = replace(entry, abstract=f"{entry.abstract} {text}")
        elif entry and title is None and not spaced and text[0].islower() and not _is_ended(entry.abstract or "."):
            yield Problem(path, line, "abstract: this looks like a piece of the abstract above; write it on one line")
            entry = None
        else:
            if title is not None:
                yield _no_abstract(path, title)
            title = paragraph
    if entry:
        yield entry
    if title is not None:
        yield _no_abstract(path, title)


def _continues(entry: Entry, paragraph: _Paragraph, following: _Paragraph | None) -> bool:
    """Tell whether a short paragraph behind an abstract still belongs to it: a sentence or an address, not a title."""
    if any(_facts_of(entry)):
        return False
    if following and following.may_be_abstract:
        return paragraph.text.startswith("•")
    return paragraph.text.endswith(".") or paragraph.text.startswith(("http", "(", "•"))


def _with_fact(entry: Entry, line: str, captured: str | None) -> Entry:
    if line == "·":
        return entry
    if _is_date(line):
        found = _readings(line, captured)
        return replace(entry, issued=found[0][0], comments=found[0][1]) if len(found) == 1 else entry
    bullet = _BULLET.fullmatch(line)
    name = bullet[1] if bullet else line
    if count := _AUTHOR_COUNT.fullmatch(name):
        return replace(entry, author_count=int(count[1]) or None)
    return replace(entry, organization=name)


def _is_date(line: str) -> bool:
    return _DATE.fullmatch(line) is not None or _DATE_AND_COMMENTS.fullmatch(line) is not None


def _readings(line: str, captured: str | None) -> list[tuple[str, int]]:
    """Return the date and the number of comments that a line can mean: one reading, none, or two.

    ``Dec 312`` is the 3rd with 12 comments or the 31st with 2, unless only one of these days lies before the day of the
    capture ``captured``, as a date without a year does. ``Dec 12`` is the 12th.
    """
    if (printed := _DATE.fullmatch(line)) and (date := dates.parse_printed(printed[1])):
        return [(date, int(printed[2] or 0))]
    splits = [(line[:end], line[end:]) for end in range(5, len(line))]
    found = [
        (date, int(comments))
        for day, comments in splits
        if re.fullmatch(r"[1-9]\d{0,5}", comments, re.ASCII) and (date := dates.parse_printed(day))
    ]
    early = [each for each in found if captured and dates.is_yearless(each[0]) and each[0][2:] <= captured[-5:]]
    return early if len(early) == 1 else found


def _ambiguous(path: str, paragraphs: list[_Paragraph], captured: str | None) -> Iterator[Problem]:
    """Yield a remark for each date that can be read in two ways."""
    for paragraph in paragraphs:
        text = fold(paragraph.text) if paragraph.is_fact else ""
        if _is_date(text) and len(found := _readings(text, captured)) == 2:
            ways = " or ".join(f"{dates.in_words(date)} with {count}" for date, count in found)
            message = f"issued, comments: {text[:40]!r} may be {ways}; left out; put a space behind the date"
            yield Problem(path, paragraph.line, message)


def _no_abstract(path: str, title: _Paragraph) -> Problem:
    what = f"no abstract follows the title {title.text[:50]!r}"
    return Problem(path, title.line, f"abstract: {what}; add it, write it on one line, or delete this")
