"""Hugging Face's JSON and saved pages beyond their golden files: one paper, JSON Lines, counts, faults."""

from __future__ import annotations

import html
import subprocess
import sys
from pathlib import Path

import pytest

from generator import readers

PAPER = '{"id": "2301.00010", "title": "Toy Looms", "publishedAt": "2023-01-02T00:00:00.000Z", "upvotes": 7}'


@pytest.mark.parametrize(
    "text", [PAPER, f"{PAPER}\n", f"[{PAPER}]", f'{{"paper": {PAPER}, "publishedAt": "2024-05-06"}}']
)
def test_one_paper(text: str) -> None:
    reading = readers.read("toy", text.encode(), captured="2024-06-01")
    (entry,) = reading.entries
    assert reading.format == "huggingface-json"
    assert (entry.title, entry.issued, entry.upvotes) == ("Toy Looms", "2023-01-02", 7)
    assert entry.identifiers == {"arxiv": "2301.00010"}


def test_json_lines_keep_their_lines() -> None:
    other = PAPER.replace("00010", "00011").replace("Looms", "Ferries")
    reading = readers.read("toy", f"{PAPER}\r\n\r\n{other}\r\n".encode())
    assert [(each.line, each.title) for each in reading.entries] == [(1, "Toy Looms"), (3, "Toy Ferries")]


def test_the_day_of_the_counts_is_stated_or_inferred_from_the_listing() -> None:
    listed = f'{{"paper": {PAPER}, "publishedAt": "2024-05-06T07:08:09.000Z", "numComments": 2}}'
    later = listed.replace("00010", "00011").replace("05-06", "05-07")
    reading = readers.read("toy", f"[{later},{listed}]".encode())
    assert (reading.captured, reading.captured_inferred, reading.remarks) == ("2024-05-07", True, ())
    assert [(each.upvotes, each.comments) for each in reading.entries] == [(7, 2), (7, 2)]
    submitted = listed.replace('"upvotes"', '"submittedOnDailyAt": "2024-05-08T23:59:59.000Z", "upvotes"')
    assert readers.read("toy", submitted.encode()).captured == "2024-05-08"
    stated = readers.read("toy", submitted.encode(), captured="2024-06-01")
    assert (stated.captured, stated.captured_inferred) == ("2024-06-01", False)


def test_counts_without_their_day_are_remarked() -> None:
    reading = readers.read("toy", PAPER.encode())
    assert (reading.captured, reading.entries[0].upvotes) == (None, 7)
    assert [each.message for each in reading.remarks] == [
        "comments, upvotes: the file does not state their day; no page shows them until --captured names it"
    ]


def test_what_is_no_count_no_day_and_no_address_is_left_out() -> None:
    odd = PAPER.replace(": 7", ': -7, "projectPage": "javascript:alert(1)"').replace("2023-01-02T", "2023-13-02T")
    reading = readers.read("toy", odd.encode())
    (entry,) = reading.entries
    assert (entry.upvotes, entry.issued, entry.links) == (None, None, {})
    huge = readers.read("toy", PAPER.replace(": 7", ": 12345678901").encode())
    assert huge.entries[0].upvotes is None  # more than a record may hold
    assert [(each.line, each.message) for each in reading.remarks] == [
        (1, "publishedAt: '2023-13-02T00:00:00.000Z' is no day; left out"),
        (1, "projectPage: 'javascript:alert(1)' is no web address; left out"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (f"[{PAPER},\n3]", 2, "item 2 is no object; each paper is one {…}"),
        (PAPER.replace("Toy Looms", " "), 1, "title: item 1 has none; add it or delete the item"),
        (PAPER.replace("2301.00010", "x"), 1, "id: 'x' is no arXiv id; correct it or delete the item"),
        (f"[\n{PAPER}\n", 3, "no JSON from here on (Expecting ',' delimiter); correct or save it again"),
        (f"{PAPER}\n{{", 2, "no JSON from here on"),
    ],
)
def test_faults(text: str, line: int, message: str) -> None:
    reading = readers.read("toy", text.encode())
    assert reading.entries == ()
    (problem,) = reading.problems
    assert problem.line == line
    assert problem.message.startswith(message)


# --- saved pages -----------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parent / "data" / "listings" / "page.html").read_text("utf-8")


def page(props: str, before: str = "", behind: str = "") -> str:
    part = f'<div data-target="DailyPapers" data-props="{html.escape(props)}">'
    return f"<!DOCTYPE html>\n<html><body>{before}\n{part}</div>{behind}</body></html>\n"


@pytest.mark.parametrize(
    "text",
    [
        page(f'{{"paper": {PAPER}}}'),
        page(f'{{"dailyPapers": [{{"paper": {PAPER}}}]}}'),
        page(f'{{"papers": [{PAPER}]}}'),
        page(f'{{"paper": {PAPER}}}').replace("&quot;", "&#34;").replace("<div ", "<DIV\n class='a'\n "),
        page(f'{{"paper": {PAPER}}}', before="<!-- <p <<div data-props <b>", behind="<div data-props='{"),
        page(f'{{"paper": {PAPER}}}', before='<p data-props="{">'),
        f"<!-- saved -->\n<html><p data-props='{{\"paper\": {PAPER}}}'>",
        "\n" + page(f'{{"paper": {PAPER}}}').replace("\n", "\r\n"),
    ],
)
def test_pages(text: str) -> None:
    reading = readers.read("toy", text.encode())
    assert reading.format == "huggingface-page"
    assert [(each.title, each.upvotes, each.identifiers) for each in reading.entries] == [
        ("Toy Looms", 7, {"arxiv": "2301.00010"})
    ]


def test_the_papers_of_a_page_are_told_apart_though_they_stand_on_one_line() -> None:
    reading = readers.read("toy", PAGE.encode())
    assert [(each.line, each.position, each.label) for each in reading.entries] == [
        (11, 1, "2301.00010"),
        (11, 2, "2301.00011"),
    ]


def test_a_stated_day_goes_before_the_page_s() -> None:
    assert readers.read("toy", PAGE.encode()).captured == "2023-01-06"
    assert readers.read("toy", PAGE.encode(), captured="2023-02-01").captured == "2023-02-01"
    assert readers.read("toy", PAGE.replace("2023-01-06", "2023-W01").encode()).captured == "2023-01-05"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            page('{"isWide": false}'),
            None,
            "the page carries no papers (data-props); save a listing's or a paper's page",
        ),
        (page('{"paper": '), 3, "data-props: no JSON; save the page's source again"),
        (page("[" * 100_000), 3, "data-props: no JSON; save the page's source again"),
        (
            page(f'{{"papers": [{PAPER.replace("2301.00010", "x")}]}}'),
            3,
            "id: 'x' is no arXiv id; correct it or delete",
        ),
        (PAGE[: PAGE.index("Toy Ferries")], None, "the page carries no papers (data-props); save a listing's"),
        ("<!doctype html><title>Daily Papers</title>", 1, "a web page without the data of its papers (data-props)"),
    ],
)
def test_faulty_pages(text: str, line: int | None, message: str) -> None:
    reading = readers.read("toy", text.encode())
    assert reading.entries == ()
    (problem,) = reading.problems
    assert problem.line == line
    assert problem.message.startswith(message)


HEAVY = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
from generator import readers
n = 300_000
for text in ("<" * n, "<a " * n, "<!--" * n, "<a x=" * n, "<a x='" * n, "<p data-props='" * n, " data-props=" * n,
             "<a data-props=''>" * n, '<a data-props="' + "&" * n + '">', '<a data-props="' + "&#x" * n + '">',
             "<a " + "x" * n, "<a " + " " * n, "</" * n, "<a data-props='[]" + '"' * n + "'" + "=" * n):
    readers.read("toy", ("<!doctype html>" + text).encode(), format="huggingface-page")
    readers.read("toy", ("<!doctype html><a data-props='[]'>" + text).encode())
    readers.read("toy", ("<!--" + text).encode())
"""


def test_pages_made_to_take_long_do_not() -> None:
    # Quadratic work on any one of them would pass the ten seconds that the kernel leaves all of them together.
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
