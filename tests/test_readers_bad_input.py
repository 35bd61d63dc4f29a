"""Files that nobody should have saved: each ends with one clear message, or is simply read right."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from generator import intake, readers
from generator.matching.items import item_of_entry
from generator.readers import Reading

HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nMar 11\n\n"
ABSTRACT = " ".join(["Toy words about nothing at all, told at some length and with patience."] * 5)
CRUMBLED = "\n\n".join(["One Toy", *textwrap.wrap(ABSTRACT, 50)])
DENSE = "Get trending papers in your email inbox!\nSubscribe"


def only_problem(reading: Reading) -> tuple[int | None, str]:
    """Return line and message of the one problem that kept a file from being read."""
    assert reading.entries == ()
    assert [problem.path for problem in reading.problems] == ["toy"], "one message, not one for each line"
    return reading.problems[0].line, reading.problems[0].message


ROW = '{"id": "a", "type": "article", "title": "A Toy"}'


def sourced(origin: str) -> bytes:
    """Return CSL-JSON of two items, of which the second says where its DOI is from."""
    custom = f'"DOI": "10.5555/a", "custom": {{"sources": [{{"from": "{origin}", "fields": ["doi"]}}]}}'
    return f"[{ROW},\n{ROW[:-1]}, {custom}}}]".encode()


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        (b"", None, "empty"),
        (b" \r\n\t\n", None, "empty"),
        (b"\xef\xbb\xbf\n", None, "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", None, "binary"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", None, "PDF"),
        ("A Toy".encode("utf-16"), None, "UTF-16"),
        ("A Toy".encode("utf-16-le"), None, "binary"),
        (HEAD.encode() + b"Caf\xe9 Looms\n", 11, "not UTF-8"),
        (HEAD.encode() + "Café".encode()[:-1], 11, "not UTF-8"),
        (b"Dear diary,\n\ntoday I wove.\n", 1, "unknown format"),
        (b"\x1f\x8b\x08\x00\x00", None, "gzip"),
        (b"PK\x03\x04\x14\x00\x06\x00", None, "office document"),
        (b"https://arxiv.org/abs/2301.00010\nhttps://huggingface.co/papers/2301.00011\n", 1, "list of addresses"),
        (b"<!doctype html><title>Daily Papers</title>", 1, "web page"),
        (b"[]\n", 1, "empty answer"),
        (b'{"error": "Paper not found"}', 1, "an error (Paper not found); correct the address"),
        (HEAD.encode(), None, "no entry"),
        (f"{HEAD}One Toy\n".encode(), 11, "'One Toy'"),
        (f"{HEAD}One Toy\n\n{ABSTRACT}\n\nTwo To".encode(), 15, "'Two To'"),
        (f"{HEAD}One Toy\n\nTwo Toys\n\n{ABSTRACT}\n".encode(), 11, "'One Toy'"),
        (f"{HEAD}{ABSTRACT}\n\nOne Toy\n\n{ABSTRACT}\n".encode(), 11, "no title"),
        (f"{HEAD}  • 4 authors\n\nOne Toy\n\n{ABSTRACT}\n".encode(), 11, "• 4 authors"),
        (f"{HEAD}One Toy\n\n{ABSTRACT}\n\n• 4 authors\n·\nFeb 30, 2024\n".encode(), 17, "no real date"),
        (f"{HEAD}One Toy\n\n{ABSTRACT}\n\nTwo Toys\n\n  • 4 authors\n·\nFeb 3, 2024\n".encode(), 15, "'Two Toys'"),
        (f"{HEAD}One Toy\n\n{ABSTRACT} It ends in the mid".encode(), 11, "cut off"),
        (f"{HEAD}One Toy\n\n{ABSTRACT}\n\n  • 4 auth".encode(), 11, "cut off"),
        (f"{HEAD}One Toy\n\n{ABSTRACT}\n\nTwo Toys\n\nIt begins and is cut".encode(), 15, "cut off"),
        (f"{HEAD}One Toy\n\n{ABSTRACT}\n\n{HEAD}Two Toys\n\n{ABSTRACT}\n".encode(), 17, "second listing"),
        (f"{HEAD}{CRUMBLED}\n\n{CRUMBLED}\n".encode(), 11, "broken into pieces"),
        (f"{DENSE}{CRUMBLED}\n".replace("\n\n", "\n").encode(), 3, "broken over lines"),
        (b"title,year\nA Toy,2020,more,still more\n", 2, "4 cells"),
        (b'title,year\nA Toy,2020\n"Another,2021\n', 3, "quotes"),
        (b"title,year\nA Toy,2020\n,2021\n", 3, "title"),
        (b"title,year\n", None, "no entry"),
        (b"title,year,title\nA Toy,2020,Another\n", 1, "two columns"),
        (f"[\n{ROW},\n{ROW[:20]}".encode(), 3, "no JSON"),
        (f"[\n{ROW},\n\n5]".encode(), 4, "item 2"),
        (b'[{"id": "a", "type": "x", "title": "A \\ud800 Toy"}]', 1, "half of a character"),
        (f'[{ROW},\n{{"id": "b", "type": "x", "title": " "}}]'.encode(), 2, "title"),
        (sourced("x" * 1500), 2, "as the origin of identifiers.doi it is longer than 1000 characters; shorten it"),
        (sourced(" "), 2, "custom.sources[].from: as the origin of identifiers.doi it is empty; fill it in"),
        (sourced("a\\u0001b"), 2, "it holds the control character U+0001; delete it"),
        (b"@article{a, title={x", 1, "end of file)"),
        (b"\n@article{a, title={A}}\n@article{b, title={B},\n@article{c, title={C}}", 3, "check braces"),
        (b"@article{a,\n year={2020}}", 1, "title: is missing"),
        (b"@article{a, title={ {} }}", 1, "title: is missing"),
        (b"@article{a, title={A} # { Toy}}", 1, "joins strings with #"),
        (b"@article{a, title=toy}", 1, "no macro"),
        (b'@string{a = "toy"}\n', None, "no entry (bibtex); one begins like @article{name, title = {"),
        (b'{"version": 2, "papers": [\n]}', 1, "version: '2' is not 1; renew this program"),
        (b'{"version": 1, "papers": [\n]}', None, "no entry"),
        (b'{"version": 1, "papers": [\n{"id": "a"', 2, "no JSON from here on"),
        (b'{"version": 1, "papers": [\n{"title": "A"},\n5]}', 3, "item 2 is no object"),
        (b'{"version": 1, "papers": [\n{"title": "A"},\n{"id": "b"}]}', 3, "title: is missing; add it"),
        (b'{"version": 1, "papers": [\n{"title": "A", "issued": "soon"}]}', 2, "issued: 'soon' is no date; write"),
        (b'{"version": 1, "papers": [\n{"title": "A", "links": 5}]}', 2, "links: "),
        (b'{"version": 1, "papers": [\n{"title": "A", "authors": ["a", {"family": "B", "given": ["x"]}]}]}', 2,
         "authors[2].given: must be text; write one line of text"),
        (b"- [A Toy of Looms](https://arxiv.org/abs/x)\n", None, "no entry"),
        (b"TY  - JOUR\nAU  - Loom, Ada\nER  - \n", 1, "title: is missing; write it as a line `TI  - "),
        (b"TY  - JOUR\nTI  - A Toy\nER  - \n\nTI  - B\nER  - \n", 5, "TI: stands in no entry; begin each entry"),
        (b"TY  - JOUR\nTI  - A Toy\n" + b"KW  - y\n" * 20_000, 1, "more than 20,000 lines; end it"),
        (f'[{ROW[:-1]}, "x": {"[" * 99999}{"]" * 99999}}}]'.encode(), 1, "nested"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_bad_files_get_one_clear_message(data: bytes, line: int | None, part: str) -> None:
    where, message = only_problem(readers.read("toy", data))
    assert where == line
    assert part in message
    assert len(message) < 200


ODD: dict[str, tuple[bytes, int]] = {
    "CSV row that ends before its title": (b"id,year,title\n1\n", 2),
    "CSV name with a hidden character": ('title,authors\nA Toy,"Ida\u202e, B"\n'.encode(), 2),
    "CSL name with a control character": (f'[{ROW[:-1]}, "author": [{{"family": "\\u0007"}}]}}]'.encode(), 1),
    "CSL number of 5,000 digits": (f'[{ROW[:-1]}, "x": {"9" * 5000}}}]'.encode(), 1),
    "CSL year without end": (f'[{ROW[:-1]}, "issued": {{"date-parts": [[1e999]]}}}}]'.encode(), 1),
    "BibTeX braces without end": (f"@article{{a, title={{{'{' * 9999}x{'}' * 9999}}}}}".encode(), 1),
    "BibTeX name of commas alone": (f"@article{{a, title={{A}}, author={{{',' * 9999}}}}}".encode(), 1),
    "BibTeX that includes a file": (rb"@article{a, title={\input{/etc/passwd}}}", 1),
    "BibTeX macro that grows": (
        b'@string{a0 = "xxxx"}'
        + b"".join(b"\n@string{a%d = a%d # a%d}" % (n + 1, n, n) for n in range(99))
        + b"\n@misc{k, title = a99}",
        101,
    ),
    "an export with two lists of papers": (
        b'{"version": 1, "papers": [5], "papers": [{"title": "A"}, {"title": "B"}]}', 1,
    ),
    "CSL fields that are no list": (
        f'[{ROW[:-1]}, "custom": {{"sources": [{{"from": "a", "fields": 5}}]}}}}]'.encode(), 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "line"), ODD.values(), ids=ODD)
def test_odd_bibliographies_are_read_or_refused(data: bytes, line: int) -> None:
    reading = readers.read("toy", data)
    assert reading.entries or reading.problems[0].line == line


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ('"issued": {"date-parts": [[2020, 13]]}', "issued: "),
        ('"issued": "some day"', "issued: "),
        ('"DOI": "not a doi"', "DOI: 'not a doi'"),
        ('"author": "Ida Loom"', "author: "),
    ],
)
def test_a_value_that_is_left_out_is_remarked(field: str, part: str) -> None:
    reading = readers.read("toy", f"[\n{ROW[:-1]}, {field}}}]".encode())
    assert [(remark.line, part in remark.message) for remark in reading.remarks] == [(2, True)]
    assert len(reading.entries) == 1


def test_ris_says_what_it_leaves_out() -> None:
    data = b"TY  - JOUR\nID  - a\nTI  - A\nPY  - soon\n\nTY  - JOUR\nID  - a\nTI  - B\nDO  - x\nER  - \n"
    reading = readers.read("toy", data)
    assert [(entry.key, entry.title) for entry in reading.entries] == [("a", "A"), (None, "B")]
    assert [str(remark) for remark in reading.remarks] == [
        "toy:1: ER: is missing; the entry was taken to end with its last line",
        "toy:1: year: 'soon' is no date; left out; write 2022, 2022-10 or 2022-10-31",
        "toy:6: a: stands twice; this one goes by file and line",
        "toy:6: doi: 'x' is no DOI; left out",
    ]


def test_a_text_that_begins_as_the_last_tag_does_not_end_an_entry_of_ris() -> None:
    reading = readers.read("toy", b"TY  - JOUR\nTI  - A Toy\nAB  - Thanks to the\nERC grant for looms\n")
    assert [(entry.title, entry.abstract) for entry in reading.entries] == [
        ("A Toy", "Thanks to the ERC grant for looms")
    ]
    assert [remark.message.partition(";")[0] for remark in reading.remarks] == ["ER: is missing"]


@pytest.mark.parametrize("cut", range(4))
def test_a_long_line_may_be_cut_within_a_character(cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.json"
    path.write_text(f'[{ROW}, {{"title": "{"é🧵" * 50}"}}]', encoding="utf-8")
    monkeypatch.setattr(readers, "_BEGINNING", 100 + cut)
    assert readers.recognise("export.json", readers.beginning(str(path))) == "csl-json"


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_BYTES", 100)
    assert "larger" in only_problem(readers.read("toy", b"x" * 101))[1]


def test_a_file_over_the_limit_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "toy"
    path.write_bytes(b"a" * 1000)
    monkeypatch.setattr(readers, "MAX_BYTES", 100)
    assert len(readers.load(str(path))) == 101
    readings, _ = intake.read_files([str(path)])
    assert "larger than" in readings[0].problems[0].message


def test_a_file_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_BYTES", 1000)
    assert "memory" in only_problem(readers.read("toy", b"x" * 500 + "\U0001f642".encode()))[1]


def test_what_takes_a_reader_long_is_limited_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_MARKS", {"csv": {"\n": 5}, "bibtex": {" and ": 2}})
    assert readers.read("toy", b"title,year\n" + b"A Toy,2020\n" * 4).problems == ()
    line, message = only_problem(readers.read("toy", b"title,year\n" + b"A Toy,2020\n" * 5))
    assert (line, message) == (None, "holds more than 5 lines; split the file")
    names = b" and ".join([b"Ada Loom"] * 4)
    message = only_problem(readers.read("toy", b"@article{a, title={A}, author={" + names + b"}}"))[1]
    assert message == "holds more than 2 times 'and'; split the file"


HEAVY = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from generator import readers
from generator.curation import answers
from generator.matching.items import item_of_entry
n = 300_000
head = "Get trending papers in your email inbox!\\n\\nSubscribe\\n\\nA Toy\\n\\n" + "Toy words at length. " * 20
files = [
    head + "https://a.example/" + ")" * n,
    head + "https://a.example/" + ".)" * n,
    head + "\\n\\na" * (n // 3),
    'title,year\\n"' + '""' * n,
    "title,authors\\na," + "a and " * 20_000,
    '[{"id":"a","type":"x","title":"y","z":' + "[" * n,
    '[{"id":"a","type":"x","title":"y","z":' + "9" * n + "}]",
    '[{"id":"a","type":"x","title":"' + "<i>" * (n // 3) + '"}]',
    "title,pages\\nReview (" + "a'" * 40 + "x," + "1" * 100_000, "title,year\\nBook - Review " + "a'" * 40 + "x,2020",
    "@article{a, title={" + "{" * n,
    "@article{a, title={" + "{" * 20_000 + "}" * 20_000 + "}}",
    "@article{a, title={" + "\\\\frac" * 20_000 + "}}",
    "@article{a, title={" + "\\\\}" * 40_000 + "}}",
    "@article{a, title={" + "$" * 50_000 + "}}",
    "@article{" * 5_000,
    "@article{a, title={x}}\\n" * 5_000,
    "- https://arxiv.org/ " + "[" * n, "- https://arxiv.org/ " + "[a](https://arxiv.org/abs/2301.00010) " * 8_000,
    "- https://arxiv.org/ " + "toy words  \\n" * 120_000,
    "- https://arxiv.org/ " + "**a " * (n // 4), "- " * 20_000 + "https://arxiv.org/", "|https://arxiv.org/" + "|" * n,
    "- https://arxiv.org/\\n" + "> " * 20_000 + "a", "- https://arxiv.org/\\n" + "- " * 500 + "\\n a" * 5_000,
    "- https://arxiv.org/\\n|" + "a|" * 300 + "\\n|" + "-|" * 300 + "\\n" + "|a|\\n" * 3_000,
    '{"version": 1, "papers": [' + "[" * n, '{"version": 1, "papers": [' + "{}," * (n // 3),
    "TY  - JOUR\\n" * (n // 10), "TY  - JOUR\\nTI  - x\\n" + "y\\n" * 19_000, "TY  - JOUR\\nTI  - " + " " * n + "x",
    "TY  - JOUR\\nTI  - x\\nAU  - " + "," * n, "TY  - JOUR\\nTI  - x\\nUR  - " + "http:// " * (n // 8),
    "@article{a, title={x}, author={" + "a, b and " * 20_000 + "}}",
    "{" * n, "<" * n, "[" * n, "@ " * n, "," * n, " " * n + "x", "\\u200d" * n,
]
for text in files:
    for entry in readers.read("toy", text.encode()).entries:
        item_of_entry(entry).work
for text in ("[](" + ")" * n, "[](" * 21_000):
    answers.pasted(text)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_files_made_to_take_long_do_not() -> None:
    # Quadratic work on any one of them would pass the twenty seconds that the kernel leaves all of them together.
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) < 512


@pytest.mark.slow
def test_a_dump_of_fifty_megabytes_is_read(tmp_path: Path) -> None:
    body = "".join(f"Toy {n:03}\n\n{ABSTRACT}\n\n" for n in range(1000))
    copies = 50_000_000 // len(body) + 1
    path = tmp_path / "big.txt"
    path.write_text(HEAD + body * copies, encoding="utf-8")
    readings, checksums = intake.read_files([str(path)])
    assert readings[0].problems == ()
    assert len(readings[0].entries) == 1000 * copies
    assert list(checksums) == [str(path)]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("csv", "title,authors\nQuanti\u00adzation of\u200b Lo\u2060oms,A&shy;da L\u180eoom\n"),
        ("bibtex", "@article{a, title={Quanti\u00adzation of\u200b Looms}, author={A\u2060da Loom}}\n"),
        ("markdown", "- [Quanti&shy;zation of&#8203; Lo&#8288;oms](https://arxiv.org/abs/2301.00001)\n"),
        (
            "csl-json",
            r'[{"title": "Quanti\u00adzation of Lo\ufeffoms", "author": [{"literal": "A\u00adda Loom"}]}]',
        ),
        (
            "reading-list-json",
            r'{"version": 1, "papers": [{"title": "Quanti\u00adzation of Looms", "authors": ["A\u00adda Loom"]}]}',
        ),
    ],
)
def test_what_has_neither_width_nor_meaning_parts_no_word(format: str, text: str) -> None:
    (entry,) = readers.read("looms", text.encode(), format=format).entries
    assert entry.title == "Quantization of Looms"
    assert entry.authors in (None, ("Ada Loom",))
    assert item_of_entry(entry).tokens == ("quantization", "of", "looms")


ENDLESS = "&#" + "1" * 5000 + ";"


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("csv", f"title,authors\nA loom {ENDLESS} at rest,Ann {ENDLESS} Bee & Co\n"),
        ("markdown", f'# Looms\n\n- [A loom {ENDLESS} at rest](https://arxiv.org/abs/2301.00001 "{ENDLESS}")\n'),
        ("bibtex", f"@article{{a, title={{A loom {ENDLESS} at rest}}}}\n"),
        ("ris", f"TY  - JOUR\nTI  - A loom {ENDLESS} at rest\nER  - \n"),
        ("csl-json", f'[{{"id": "a", "type": "article", "title": "A loom {ENDLESS} at rest"}}]'),
    ],
)
def test_a_reference_to_no_character_is_the_mark_for_one(format: str, text: str) -> None:
    reading = readers.read("looms", text.encode(), format=format)
    assert reading.problems == ()
    assert [entry.title for entry in reading.entries] == ["A loom \ufffd at rest"]


def test_a_page_of_endless_references_is_refused_in_words() -> None:
    data = f'<div data-target="DailyPapers" data-props="{{&quot;dailyPapers&quot;:[{ENDLESS}]}}" title="{ENDLESS}">'
    (problem,) = readers.read("page", data.encode(), format="huggingface-page").problems
    assert ";" in problem.message


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("csv", "title,year\nA loom at rest," + "9" * 5000 + "\n"),
        ("bibtex", "@article{a, title={A loom at rest}, year={" + "9" * 5000 + "}}\n"),
        ("ris", "TY  - JOUR\nTI  - A loom at rest\nPY  - " + "9" * 5000 + "\nER  - \n"),
    ],
)
def test_a_remark_repeats_no_more_of_a_value_than_tells_it(format: str, text: str) -> None:
    reading = readers.read("looms", text.encode(), format=format)
    assert [entry.issued for entry in reading.entries] == [None]
    assert all(len(remark.message) < 200 for remark in reading.remarks)
