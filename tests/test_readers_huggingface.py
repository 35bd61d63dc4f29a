"""Answers of the Hugging Face papers API beyond their golden file: one paper, JSON Lines, counts, faults."""

from __future__ import annotations

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


def test_counts_without_their_day_are_left_out() -> None:
    reading = readers.read("toy", PAPER.encode())
    assert reading.entries[0].upvotes is None
    assert [each.message for each in reading.remarks] == [
        "comments, upvotes: left out, as the file does not state their day; name it with --captured"
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
