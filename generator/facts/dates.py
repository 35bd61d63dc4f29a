"""Dates as sources print them: a year, a year and month, a day, or a day without its year.

Dates are text in the forms of ISO 8601: ``2022``, ``2022-10``, ``2022-10-31``; a day whose year is not known is
written ``--10-31`` (the truncated form of ISO 8601:2000, 5.2.1.3 e).
"""

from __future__ import annotations

import datetime
import functools
import re

MONTH_NAMES = "January February March April May June July August September October November December".split()
MONTHS = tuple(name[:3] for name in MONTH_NAMES)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_MARKED = re.compile(r"\[?(\d{4}(?:-\d{2}){0,2})[a-z~?%]?\]?", re.ASCII)
_NAMED = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTH_NAMES).replace("Sep(?:", "Sep(?:t|")
_MONTH_AND_YEAR = re.compile(
    rf"(?P<month>{_NAMED})(?:\.|,|\.,)?\s+(?P<year>\d{{4}})|(?P<first>\d{{4}})\s+(?P<last>{_NAMED})\.?",
    re.ASCII | re.IGNORECASE,
)
_PRINTED = re.compile(rf"({'|'.join(MONTHS)}) (\d{{1,2}})(?:, (\d{{4}}))?", re.ASCII)


@functools.lru_cache(maxsize=1024)
def is_partial_date(text: str) -> bool:
    """Tell whether ``text`` is a real year, year and month, or day."""
    match = _PARTIAL.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def stated(text: str) -> str | None:
    """Return the date that ``text`` is, with a mark beside it or without; ``None`` where it is none.

    ``2014a`` is the first of a year's papers, ``[2014]`` is not from the paper itself, and ``2014?``, ``2014~`` and
    ``2014%`` are uncertain, approximate and both (https://www.loc.gov/standards/datetime/). A month may stand in words:
    ``January 1978``, ``2020 Jan``.
    """
    match = _MARKED.fullmatch(text)
    found = match[1] if match else _month_and_year(text)
    return found if found and is_partial_date(found) else None


def _month_and_year(text: str) -> str | None:
    match = _MONTH_AND_YEAR.fullmatch(text)
    if match is None:
        return None
    month = MONTHS.index((match["month"] or match["last"])[:3].title()) + 1
    return f"{match['year'] or match['first']}-{month:02}"


def remark_on(text: str) -> str | None:
    """Say what is made of a text that should be a date and is none, or has a mark beside it."""
    found = stated(text)
    if found is None:
        return f"{text[:40]!r} is no date; left out; write 2022, 2022-10 or 2022-10-31"
    return None if is_partial_date(text) or _month_and_year(text) else f"{text[:40]!r} is read as {found}"


def is_day(text: str) -> bool:
    """Tell whether ``text`` is a real day such as ``2022-10-31``."""
    return len(text) == 10 and is_partial_date(text)


def day_of(moment: str | None) -> str | None:
    """Return the day of a point in time such as ``2023-01-02T00:00:00.000Z``; ``None`` where it is none."""
    day = (moment or "").partition("T")[0]
    return day if is_day(day) else None


def is_yearless(text: str) -> bool:
    """Tell whether ``text`` is a day without a year, such as ``--10-31``."""
    return text.startswith("--") and is_day(f"2000{text[1:]}")  # a leap year, in which every day of any year exists


def parse_printed(text: str) -> str | None:
    """Read ``Oct 25, 2022`` as ``2022-10-25`` and ``Aug 26`` as ``--08-26``; ``None`` where it is no real date."""
    match = _PRINTED.fullmatch(text)
    if match is None:
        return None
    date = f"{match[3] or '-'}-{MONTHS.index(match[1]) + 1:02}-{int(match[2]):02}"
    return date if is_day(date) or is_yearless(date) else None


def with_year(text: str, year: int) -> str:
    """Give a yearless day its ``year``; any other date, and a day that the year does not have, stays as it is."""
    if is_yearless(text):
        date = f"{year:04}{text[1:]}"
        return date if is_partial_date(date) else text
    return text


@functools.lru_cache(maxsize=1024)
def year_of(text: str | None) -> int | None:
    """Return the year of a date, or ``None`` where there is none."""
    return int(text[:4]) if text and not is_yearless(text) else None


def agree(one: str, other: str) -> bool:
    """Tell whether two dates can be the same day: one is the other, or less precise."""
    return one.startswith(other) or other.startswith(one)


def is_month_after(later: str, earlier: str) -> bool:
    """Tell whether the month of one date follows that of the other; both must state a month."""
    if len(later) < 7 or len(earlier) < 7:
        return False
    months = [int(text[:4]) * 12 + int(text[5:7]) for text in (later, earlier)]
    return months[0] - months[1] == 1


def in_words(text: str) -> str:
    """Write a date for readers: ``31 October 2022``, ``October 2022``, ``2022``, ``31 October``."""
    if is_yearless(text):
        return f"{int(text[5:7])} {MONTH_NAMES[int(text[2:4]) - 1]}"
    year, *rest = text.lstrip("0").split("-")  # the year 175 is 0175 in ISO 8601
    if not rest:
        return year
    month = MONTH_NAMES[int(rest[0]) - 1]
    return f"{month} {year}" if len(rest) == 1 else f"{int(rest[1])} {month} {year}"
