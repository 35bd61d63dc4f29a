"""Dates: what counts as one, what a printed one means, and when two agree."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.facts import dates


@pytest.mark.parametrize("text", ["2022", "2022-10", "2022-10-31", "2024-02-29", "0999-01-01"])
def test_real_dates(text: str) -> None:
    assert dates.is_partial_date(text)
    assert dates.is_day(text) == (len(text) == 10)


@pytest.mark.parametrize(
    "text",
    [
        "", "22", "02022", "2022-1", "2022-13", "2022-00", "2022-10-32", "2022-10-00", "2023-02-29", "2022-10-31 ",
        "2022/10/31", "2022-10-31T00:00", "--10-31", "0000", "no", "2022-", "20221031", "2022-10-31\n",
        "２０２２",
    ],
)  # fmt: skip
def test_no_dates(text: str) -> None:
    assert not dates.is_partial_date(text)
    assert not dates.is_day(text)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Oct 25, 2022", "2022-10-25"),
        ("Jan 1, 2024", "2024-01-01"),
        ("Feb 29, 2024", "2024-02-29"),
        ("Aug 26", "--08-26"),
        ("May 5", "--05-05"),
        ("Feb 29", "--02-29"),
        ("Feb 29, 2023", None),
        ("Feb 30", None),
        ("Jun 31, 2022", None),
        ("Oct 0", None),
        ("October 25, 2022", None),
        ("oct 25, 2022", None),
        ("25 Oct 2022", None),
        ("Oct 25, 22", None),
        ("Oct 25, 2022 3", None),
        ("", None),
    ],
)
def test_printed_dates(printed: str, expected: str | None) -> None:
    assert dates.parse_printed(printed) == expected


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_every_day_is_read_as_listings_print_it(day: datetime.date) -> None:
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[day.month - 1]
    assert dates.parse_printed(f"{month} {day.day}, {day.year}") == day.isoformat()
    yearless = dates.parse_printed(f"{month} {day.day}")
    assert yearless is not None
    assert dates.is_yearless(yearless)
    assert dates.with_year(yearless, day.year) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("--08-26", 2025, "2025-08-26"),
        ("--02-29", 2024, "2024-02-29"),
        # A year without that day must not become another day.
        ("--02-29", 2025, "--02-29"),
        ("2021-08-26", 2025, "2021-08-26"),
        ("2021", 2025, "2021"),
    ],
)
def test_a_yearless_day_gets_its_year(text: str, year: int, expected: str) -> None:
    assert dates.with_year(text, year) == expected


@pytest.mark.parametrize(
    ("text", "year"), [("2022-10-31", 2022), ("2022", 2022), ("--10-31", None), (None, None), ("", None)]
)
def test_year_of(text: str | None, year: int | None) -> None:
    assert dates.year_of(text) == year


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2022", "2022-10-31", True),
        ("2022-10", "2022-10-31", True),
        ("2022-10-31", "2022-10-31", True),
        ("2022-10", "2022-11", False),
        ("2022-10-30", "2022-10-31", False),
        ("2022", "2023-01", False),
    ],
)
def test_agreement_is_symmetric(one: str, other: str, expected: bool) -> None:
    assert dates.agree(one, other) is dates.agree(other, one) is expected


@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [
        ("2022-11", "2022-10-31", True),
        ("2023-01", "2022-12-30", True),
        ("2022-10", "2022-10-31", False),
        ("2022-12", "2022-10-31", False),
        ("2022-10", "2022-11-01", False),
        ("2022", "2021-12-31", False),
        ("2022-11", "2022", False),
    ],
)
def test_a_derived_month_may_be_one_too_late(later: str, earlier: str, expected: bool) -> None:
    assert dates.is_month_after(later, earlier) is expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2022-10-31", "31 October 2022"),
        ("2022-10", "October 2022"),
        ("2022", "2022"),
        ("0175-03", "March 175"),
        ("--02-09", "9 February"),
    ],
)
def test_dates_in_words(text: str, words: str) -> None:
    assert dates.in_words(text) == words
