"""Answers of the arXiv API beyond their golden file: errors, faults, and XML that is made to harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator import readers

ANSWER = (Path(__file__).parent / "data" / "listings" / "answer.atom").read_text("utf-8")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
ERROR = """  <entry>
    <id>http://arxiv.org/api/errors#incorrect_id_format_for_x</id>
    <title>Error</title>
    <summary>incorrect id format for x</summary>
  </entry>
"""


def paper(number: str = "2301.00010v2", title: str = "Toy Looms", more: str = "") -> str:
    return f"<entry><id>http://arxiv.org/abs/{number}</id><title>{title}</title>{more}</entry>\n"


def feed(*entries: str) -> bytes:
    return (HEAD + "".join(entries) + "</feed>\n").encode()


@pytest.mark.parametrize(
    "text",
    [
        ANSWER.replace("\n", "\r\n"),
        "\ufeff" + ANSWER,
        ANSWER.removeprefix('<?xml version="1.0" encoding="UTF-8"?>\n'),
        ANSWER.replace("UTF-8", "ISO-8859-1"),  # the text is decoded by then, so that this says nothing
        ANSWER.replace(
            '<feed xmlns="http://www.w3.org/2005/Atom">',
            '<feed xmlns:toy="urn:x"\n  xmlns="http://www.w3.org/2005/Atom">',
        ),
    ],
    ids=["CRLF", "BOM", "no declaration", "another declaration", "other attributes"],
)
def test_variants_are_read_alike(text: str) -> None:
    expected = readers.read("toy", ANSWER.encode())
    found = readers.read("toy", text.encode())
    assert (found.format, found.problems) == ("arxiv-atom", ())
    assert [(each.title, each.abstract, each.authors, each.issued) for each in found.entries] == [
        (each.title, each.abstract, each.authors, each.issued) for each in expected.entries
    ]


def test_a_paper_may_be_called_error() -> None:
    reading = readers.read("toy", feed(paper(title="Error")))
    assert [each.title for each in reading.entries] == ["Error"]


def test_what_cannot_be_read_is_left_out_and_remarked() -> None:
    more = (
        "<published>2023-13-01T00:00:00Z</published>"
        '<x:doi xmlns:x="http://arxiv.org/schemas/atom">no doi</x:doi><author><name> </name></author>'
    )
    reading = readers.read("toy", feed(paper(more=more)))
    (entry,) = reading.entries
    assert (entry.issued, entry.authors, entry.identifiers) == (None, None, {"arxiv": "2301.00010"})
    assert [(each.line, each.message) for each in reading.remarks] == [
        (3, "published: '2023-13-01T00:00:00Z' is no date; left out"),
        (3, "arxiv:doi: 'no doi' is no DOI; left out"),
    ]


LAUGHS = (
    '<!DOCTYPE feed [<!ENTITY a0 "ha">\n' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12)) + "]>"
)


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (
            feed(paper(), ERROR),
            4,
            "arXiv answered with an error (incorrect id format for x); correct the query and fetch it again",
        ),
        (feed(), None, "holds no entry (arxiv-atom); save the listing again"),
        (feed(paper(), paper(title=" ")), 4, "title: entry 2 has none; add it or delete the entry"),
        (
            feed(paper("x")),
            3,
            "id: 'http://arxiv.org/abs/x' is no arXiv address; write it like http://arxiv.org/abs/2210.17323v1",
        ),
        (ANSWER[:2500].encode(), 43, "no XML from here on"),
        (feed(paper(title="Toy&nbsp;Looms")), 3, "no XML from here on (undefined entity); fetch the answer again"),
        (feed(paper(title="A < B")), 3, "no XML from here on (not well-formed (invalid token)); fetch the answer"),
        (feed("<a>" * 100), 3, "elements nested deeper than 30; fetch the answer again"),
        (
            feed(paper(title="&a12;")).replace(b"<feed", LAUGHS.encode() + b"<feed", 1),
            2,
            "holds a document type (<!DOCTYPE …>), which may define entities; delete it",
        ),
        (
            feed(paper(title="&file;")).replace(
                b"<feed", b'<!DOCTYPE feed [<!ENTITY file SYSTEM "file:///etc/passwd">]><feed', 1
            ),
            2,
            "holds a document type",
        ),
        (
            feed(paper()).replace(b"<feed", b'<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/x.dtd"><feed', 1),
            2,
            "holds a document type",
        ),
    ],
    ids=["error", "empty", "no title", "no id", "cut off", "entity", "bare <", "deep", "laughs", "file", "DTD"],
)
def test_faulty_answers_give_nothing(data: bytes, line: int | None, message: str) -> None:
    reading = readers.read("toy", data)
    assert (reading.format, reading.entries) == ("arxiv-atom", ())
    (problem,) = reading.problems
    assert problem.line == line
    assert problem.message.startswith(message)


HEAVY = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
from generator import readers
n = 300_000
head = '<feed xmlns="http://www.w3.org/2005/Atom">'
for text in ("<" * n, "<a>" * n, "<a " + "x='1' " * n, "<entry><title>" + "&lt;" * n, "<!--" * n, "<![CDATA[" * n,
             "<entry/>" * n, "<entry><title/>" + "<title>a</title>" * n,
             "<a x='" + "&amp;" * n, "<entry><id>" + "a " * n):
    readers.read("toy", (head + text).encode())
    readers.read("toy", (head + text + "</feed>").encode())
readers.read("toy", ("<feed " * n).encode())
"""


def test_answers_made_to_take_long_do_not() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
