"""Readers: golden files of every format, their variants, and files that nobody should have saved.

Beside each input in ``data/listings`` stands what it must be read as. After a wanted change, write these files anew
with ``RENEW=1 python -m pytest tests/test_readers.py`` and read their diff before it is committed.
"""

from __future__ import annotations

import dataclasses
import json
import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import exports, readers, store
from generator.facts import identifiers, titles, venues
from generator.models import Entry, PersonName
from generator.readers import Reading

LISTINGS = Path(__file__).parent / "data" / "listings"
INPUTS = sorted(path for path in LISTINGS.iterdir() if path.suffix != ".json")
DUMPS = [path for path in INPUTS if path.suffix == ".txt"]

HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nMar 11\n\n"
DENSE_HEAD = "Get trending papers in your email inbox!\nSubscribe"
ABSTRACT = " ".join(["Toy words about nothing at all, told at some length and with patience."] * 5)
OTHER = " ".join(["Ferries, harbours and tides, counted by captains who do not hurry."] * 5)


def plain(value: Any) -> Any:
    """Return a value as JSON has it; what is empty becomes None."""
    if isinstance(value, PersonName):
        return value.model_dump(exclude_none=True)
    if isinstance(value, tuple):
        return [plain(each) for each in value] or None
    return value if isinstance(value, (str, int)) or value is None else dict(value) or None


def entry_data(entry: Entry) -> dict[str, Any]:
    fields = {field.name: plain(getattr(entry, field.name)) for field in dataclasses.fields(entry)}
    return {name: value for name, value in fields.items() if value is not None}


def reading_data(reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format,
        "captured": reading.captured,
        "captured_inferred": reading.captured_inferred,
        "entries": [entry_data(entry) for entry in reading.entries],
        "remarks": list(map(str, reading.remarks)),
    }


def without_lines(reading: Reading) -> list[dict[str, Any]]:
    return [{**entry_data(entry), "line": None} for entry in reading.entries]


def read(text: str | bytes, **options: Any) -> Reading:
    return readers.read("toy", text if isinstance(text, bytes) else text.encode("utf-8"), **options)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_golden_files(path: Path) -> None:
    reading = readers.read(path.name, path.read_bytes())
    assert reading.problems == ()
    found = reading_data(reading)
    golden = path.with_suffix(".json")
    if os.environ.get("RENEW") == "1":
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


# --- variants of the same file ---------------------------------------------------------------------------------------


def spaced_with_nbsp(data: bytes) -> bytes:
    """Put no-break spaces where a page's layout puts them: around lines and on empty ones."""
    return b"\n".join(b"\xc2\xa0" + line + b"\xc2\xa0 " for line in data.split(b"\n"))


def facts_with_nbsp(data: bytes) -> bytes:
    return b"\n".join(line.replace(b" ", b"\xc2\xa0") if len(line) < 60 else line for line in data.split(b"\n"))


VARIANTS: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "BOM and CRLF": lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
    "no final newline": lambda data: data.rstrip(b"\n"),
    "more final newlines": lambda data: data + b"\n\n\n",
    "NBSP around lines": spaced_with_nbsp,
    "trailing spaces": lambda data: data.replace(b"\n", b"  \n"),
}


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_variants_are_read_alike(path: Path, name: str) -> None:
    changed = VARIANTS[name](path.read_bytes())
    assert changed != path.read_bytes()
    assert reading_data(readers.read(path.name, changed)) == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("stem", ["layout_a", "layout_c"])
def test_headers_and_facts_may_hold_nbsp(stem: str) -> None:
    path = LISTINGS / f"{stem}.txt"
    changed = facts_with_nbsp(path.read_bytes())
    assert reading_data(readers.read(path.name, changed)) == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_headers_come_in_any_order(path: Path) -> None:
    text = path.read_text("utf-8")
    before = without_lines(read(text))
    first = "Get trending papers in your email inbox!\n"
    moved = first + text.replace(first, "", 1) if text.startswith("new") else "new\nPapers\nTrending Papers\n" + text
    assert without_lines(read(moved)) == [{**each, "file": "toy"} for each in before]


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
def test_a_dump_cut_anywhere_is_refused_or_loses_only_its_end(path: Path) -> None:
    data = path.read_bytes()
    whole = readers.read(path.name, data).entries
    first = data.index(whole[0].title.encode("utf-8"))
    for end in range(first + 1, len(data), 5):
        reading = readers.read(path.name, data[:end])
        if reading.problems:
            assert reading.entries == ()
            continue
        kept = [(entry.title, entry.abstract, entry.line, entry.author_count) for entry in reading.entries[:-1]]
        assert kept == [(entry.title, entry.abstract, entry.line, entry.author_count) for entry in whole[: len(kept)]]
        assert whole[len(kept)].title == reading.entries[-1].title


# --- abstracts broken over lines -------------------------------------------------------------------------------------


def test_an_abstract_broken_over_lines_is_joined() -> None:
    broken = "\n".join(textwrap.wrap(ABSTRACT, 70))
    reading = read(f"{HEAD}One Toy\n\n{broken}\n\nTwo Toys\n\n{OTHER}\n")
    assert [(entry.title, entry.abstract) for entry in reading.entries] == [("One Toy", ABSTRACT), ("Two Toys", OTHER)]


def test_an_abstract_of_several_paragraphs_is_joined() -> None:
    reading = read(f"{HEAD}One Toy\n\n{ABSTRACT}\n\n{OTHER}\n\nIt ends here.\n\nTwo Toys\n\n{OTHER}\n")
    assert [entry.title for entry in reading.entries] == ["One Toy", "Two Toys"]
    assert reading.entries[0].abstract == f"{ABSTRACT} {OTHER} It ends here."


def test_a_dump_of_broken_abstracts_is_joined() -> None:
    long = f"{ABSTRACT} {OTHER} {ABSTRACT} {OTHER}"
    broken = "\n".join(textwrap.wrap(long, 70))
    reading = read(f"{HEAD}One Toy\n\n{broken}\n\nTwo Toys\n\n{broken}\n")
    assert [(entry.title, entry.abstract) for entry in reading.entries] == [("One Toy", long), ("Two Toys", long)]


def test_bullets_inside_an_abstract_stay_in_it() -> None:
    reading = read(f"{HEAD}One Toy\n\n{ABSTRACT} It gives\n• a loom,\n• a thread.\n\nTwo Toys\n\n{OTHER}\n")
    assert reading.entries[0].abstract == f"{ABSTRACT} It gives • a loom, • a thread."
    assert reading.entries[0].organization is None


def test_a_tail_of_an_abstract_without_blank_lines_is_joined() -> None:
    reading = read(f"{DENSE_HEAD}One Toy\n{ABSTRACT}\nand a short end.\nTwo Toys\n{OTHER}\n")
    assert [entry.title for entry in reading.entries] == ["One Toy", "Two Toys"]
    assert reading.entries[0].abstract == f"{ABSTRACT} and a short end."


def test_a_stray_blank_line_does_not_part_a_dense_dump() -> None:
    titles = ["One Toy", "Two Toys", "Three Toys"]
    body = "\n".join(f"{title}\n{ABSTRACT}" for title in titles)
    for stray in (body.replace("\nTwo", "\n\nTwo"), body.replace("Two Toys\n", "Two Toys\n\n")):
        assert [entry.title for entry in read(f"{DENSE_HEAD}{stray}\n").entries] == titles


def test_short_abstracts_without_blank_lines_are_told_from_broken_ones() -> None:
    body = [f"Toy Number {n}\nA short abstract of some words." for n in range(5)]
    assert len(read("\n".join([DENSE_HEAD, *body, ""])).entries) == 5
    body[2] = "Toy Number 2\nA short abstract\nof some words."
    assert "broken over lines" in read("\n".join([DENSE_HEAD, *body, ""])).problems[0].message


def test_a_lost_title_is_remarked() -> None:
    reading = read(f"{HEAD}One Toy\n\n{ABSTRACT}\n\n{OTHER}\n")
    assert [(remark.line, "title is missing" in remark.message) for remark in reading.remarks] == [(15, True)]
    assert read(f"{HEAD}One Toy\n\n{ABSTRACT}\n\nTwo Toys\n\n{OTHER}\n").remarks == ()


FACTS = "  • {} authors\n·\nOct {}, 2022\n\n"


@pytest.mark.parametrize(
    ("lost", "problems"),
    [
        # Without its title: its abstract must not go to the entry above, nor its facts.
        (OTHER, [(19, "no title before it")]),
        ("A sentence for an abstract.", [(19, "no abstract follows the title")]),
        # Without title and abstract.
        ("", [(19, "'• 7 authors' is of another abstract"), (21, "'Oct 30, 2022' is of another abstract")]),
    ],
)
def test_nothing_of_an_entry_goes_to_the_one_above(lost: str, problems: list[tuple[int, str]]) -> None:
    body = f"One Toy\n\n{ABSTRACT}\n\n{FACTS.format(2, 1)}{lost}\n\n{FACTS.format(7, 30)}".replace("\n\n\n\n", "\n\n")
    reading = read(f"{HEAD}{body}Three Toys\n\n{OTHER}\n\n{FACTS.format(9, 3)}")
    assert reading.entries == ()
    assert [problem.line for problem in reading.problems] == [line for line, _ in problems]
    for problem, (_, message) in zip(reading.problems, problems, strict=True):
        assert message in problem.message


def test_no_break_spaces_inside_texts_are_spaces() -> None:
    spaced = read(
        f"{HEAD}One Toy\n\n{ABSTRACT}\n".replace("words about", "words\u00a0about").replace("e T", "e\u202fT")
    )
    assert [(entry.title, entry.abstract) for entry in spaced.entries] == [("One Toy", ABSTRACT)]


@pytest.mark.parametrize(
    ("line", "title", "upvotes"),
    [("1984", "1984", None), ("12\n\nOne Toy", "One Toy", 12), ("-\n\nOne Toy", "One Toy", None)],
)
def test_a_number_is_upvotes_only_above_a_title(line: str, title: str, upvotes: int | None) -> None:
    reading = read(f"{HEAD}{line}\n\n{ABSTRACT}\n")
    assert [(entry.title, entry.upvotes) for entry in reading.entries] == [(title, upvotes)]


def test_two_long_lines_without_blank_lines_are_refused() -> None:
    reading = read(f"{DENSE_HEAD}One Toy\n{ABSTRACT}\n{OTHER}\nTwo Toys\n{OTHER}\n")
    assert [problem.line for problem in reading.problems] == [4]
    assert "two long lines" in reading.problems[0].message


def test_a_short_piece_of_a_broken_abstract_is_no_title() -> None:
    reading = read(
        f"{DENSE_HEAD}One Toy\n{ABSTRACT[:-1]}\nand, in the middle of a sentence,\n{OTHER}\nTwo Toys\n{OTHER}\n"
    )
    assert [(problem.line, problem.message.partition(";")[0]) for problem in reading.problems] == [
        (4, "abstract: this looks like a piece of the abstract above"),
        (5, "abstract: this abstract has no title before it"),
    ]


def test_a_short_abstract_is_an_abstract() -> None:
    reading = read(f"{HEAD}One Toy\n\nA very short abstract.\n\nTwo Toys\n\n{OTHER}\n")
    assert [entry.title for entry in reading.entries] == ["One Toy", "Two Toys"]


@pytest.mark.parametrize(
    "title",
    [
        "Subscribe to Nothing: A Toy",
        "3D Looms",
        "ε-Looms",
        "$k$-Looms",
        "mToy: a Loom",
    ],
)
def test_a_title_glued_to_subscribe(title: str) -> None:
    assert [entry.title for entry in read(f"{DENSE_HEAD}{title}\n{ABSTRACT}\n").entries] == [title]


@pytest.mark.parametrize("title", ["(Mis)weaving at Night.", "What Looms See at Night."])
def test_a_title_that_ends_like_a_sentence_is_no_part_of_the_abstract_above(title: str) -> None:
    reading = read(f"{HEAD}One Toy\n\n{ABSTRACT}\n\n{title}\n\n{OTHER}\n")
    assert [entry.title for entry in reading.entries] == ["One Toy", title]


@pytest.mark.parametrize(
    "title",
    [
        "Subscribers of Cloth", "Newer Looms", "Papers, Papers", "Dec Looms", "12 Looms", "May 5th",
        "Sam 2",
    ],
)  # fmt: skip
def test_a_title_that_begins_like_a_header_is_a_title(title: str) -> None:
    assert [entry.title for entry in read(f"{HEAD}{title}\n\n{ABSTRACT}\n").entries] == [title]


# --- capture days ----------------------------------------------------------------------------------------------------


def facts(*days: str) -> str:
    return HEAD + "\n\n".join(f"Toy Number {n}\n\n{ABSTRACT}\n\n  • 2 authors\n·\n{day}" for n, day in enumerate(days))


@pytest.mark.parametrize(
    ("days", "stated", "captured", "inferred", "issued"),
    [
        (["Oct 1, 2022", "Feb 2"], None, "2023-03-11", True, ["2022-10-01", "2023-02-02"]),
        (["Oct 1, 2022", "Feb 2"], "2025-03-11", "2025-03-11", False, ["2022-10-01", "2025-02-02"]),
        # Without a yearless date nothing says that the capture came after the last year printed.
        (["Oct 1, 2022"], None, "--03-11", False, ["2022-10-01"]),
        (["Feb 2"], None, "--03-11", False, ["--02-02"]),
        (["Feb 2"], "2025-03-11", "2025-03-11", False, ["2025-02-02"]),
        # 2023 has no such day, so the year is not pressed on it.
        (["Oct 1, 2022", "Feb 29"], None, "2023-03-11", True, ["2022-10-01", "--02-29"]),
    ],
)
def test_yearless_dates(days: list[str], stated: str | None, captured: str, inferred: bool, issued: list[str]) -> None:
    reading = read(facts(*days), captured=stated)
    assert (reading.captured, reading.captured_inferred) == (captured, inferred)
    assert [entry.issued for entry in reading.entries] == issued


def test_a_stated_capture_day_against_the_header_is_remarked() -> None:
    reading = read(facts("Feb 2"), captured="2025-12-09")
    assert ["11 March" in remark.message and "2025-12-09" in remark.message for remark in reading.remarks] == [True]
    assert read(facts("Feb 2"), captured="2025-03-11").remarks == ()


GLUED_HEAD = "Get trending papers in your email inbox!\n\nSubscribe\n\n"


@pytest.mark.parametrize(
    ("line", "header", "issued", "comments"),
    [
        ("Dec 3, 202512", "", "2025-12-03", 12),
        ("Dec 31, 20251", "", "2025-12-31", 1),
        ("Dec 3, 2025", "", "2025-12-03", 0),
        ("Dec 3 12", "", "--12-03", 12),
        ("Dec 12", "", "--12-12", 0),  # not the 1st with 2: a day without comments is the rule
        ("Dec 45", "", "--12-04", 5),
        ("Dec 1205", "", "--12-01", 205),  # no number begins with 0
        ("Feb 315", "", "--02-03", 15),  # February has no 31st
        ("Dec 312", "Dec 9", "--12-03", 12),  # the 31st is still to come on the day of the capture
        ("Dec 312", "Dec 3", "--12-03", 12),  # a capture shows its own day
        ("Dec 1112", "Dec 9", "--12-01", 112),
    ],
)
def test_comments_glued_to_a_date(line: str, header: str, issued: str, comments: int) -> None:
    reading = read(
        f"{GLUED_HEAD}{header}\n\nOne Toy\n\n{ABSTRACT}\n\n  • Toy Works\n·\n{line}\n\nTwo Toys\n\n{OTHER}\n"
    )
    assert [(entry.title, entry.issued, entry.comments) for entry in reading.entries] == [
        ("One Toy", issued, comments),
        ("Two Toys", None, None),
    ]
    assert reading.remarks == ()


def test_a_date_that_can_be_read_in_two_ways_is_left_out_and_remarked() -> None:
    text = f"{GLUED_HEAD}One Toy\n\n{ABSTRACT}\n\n  • Toy Works\n·\nMay 112\n"
    reading = read(text)
    assert [(entry.issued, entry.comments) for entry in reading.entries] == [(None, None)]
    assert [(remark.line, remark.message) for remark in reading.remarks] == [
        (
            11,
            "issued, comments: 'May 112' may be 1 May with 12 or 11 May with 2; left out; put a space behind the date",
        )
    ]
    (entry,) = read(text, captured="2025-05-09").entries
    assert (entry.issued, entry.comments) == ("2025-05-01", 12)


def test_upvotes_glued_to_subscribe_stand_above_the_first_title() -> None:
    reading = read(f"{DENSE_HEAD}12\nOne Toy\n{ABSTRACT}\n-\nTwo Toys\n{OTHER}\n")
    assert [(entry.title, entry.upvotes) for entry in reading.entries] == [("One Toy", 12), ("Two Toys", None)]


@pytest.mark.parametrize("head", ["Trending Papers", "Papers\n\nDaily Papers", "new\n\nDaily Papers"])
def test_a_headline_alone_tells_a_listing(head: str) -> None:
    reading = read(f"{head}\n\nOne Toy\n\n{ABSTRACT}\n")
    assert (reading.format, [entry.title for entry in reading.entries]) == ("huggingface-text", ["One Toy"])


# --- formats ---------------------------------------------------------------------------------------------------------


def test_a_named_format_is_taken_at_its_word() -> None:
    assert "title: no such column" in read("name,year\nA Toy,2020\n", format="csv").problems[0].message
    assert "no JSON" in read("title,year\n", format="csl-json").problems[0].message
    assert [entry.title for entry in read(f"One Toy\n\n{ABSTRACT}\n", format="huggingface-text").entries] == ["One Toy"]


def test_the_format_is_told_by_content_not_by_name() -> None:
    data = (LISTINGS / "table.csv").read_bytes()
    assert readers.read("dump.pdf", data).format == "csv"


@pytest.mark.parametrize(
    ("kind", "named", "expected"),
    [
        ("derived from the arXiv id (month)", ["year"], "derived from the arXiv id"),
        ("year of the stated venue / BibTeX year", [], "derived from the year of the venue"),
        ("year of the stated venue / BibTeX year", ["year"], "toy-weavers/lists:looms.bib"),
        ("stated", [], None),
    ],
)
def test_a_date_that_no_source_states_says_so(kind: str, named: list[str], expected: str | None) -> None:
    sources = [{"from": "toy-weavers/lists:looms.bib", "fields": ["authors", *named]}]
    item = {"id": "a", "type": "article", "title": "A Loom", "issued": {"date-parts": [[2020]]}}
    data = json.dumps([item | {"custom": {"date_kind": kind, "sources": sources}}]).encode()
    (entry,) = readers.read("a.json", data).entries
    assert entry.origins.get("issued") == expected


@pytest.mark.parametrize(
    ("stating", "expected"),
    [(["b/b"], "b/b:b.bib"), ([["7", "b/b:b.bib"]], "b/b:b.bib"), (["git:c/c"], "c/c"), ([], "a/a:a.bib")],
)
def test_the_authors_are_those_of_a_source_that_states_them_so(stating: list[Any], expected: str) -> None:
    lists = [{"list": ["Bo"], "sources": ["a/a"]}, {"list": ["Ida"], "sources": stating}]
    sources = [{"from": place, "fields": ["authors"]} for place in ("a/a:a.bib", "b/b:b.bib")]
    [entry] = read(
        csl(author=[{"literal": "Ida"}], custom={"sources": sources, "disagreements": {"authors": lists}})
    ).entries
    assert (entry.origins, entry.doubts) == ({"authors": expected}, ("authors: sources disagree",))


def test_what_editors_of_another_list_decided_is_a_fact_of_its_file() -> None:
    sources = [{"from": "editor: as published", "fields": ["year"]}, {"from": "a/b:c.bib", "fields": ["authors"]}]
    item = {"id": "a", "type": "article", "title": "A Loom", "author": [{"literal": "Ida"}]}
    (entry,) = readers.read("a.json", json.dumps([item | {"custom": {"sources": sources}}]).encode()).entries
    assert entry.origins == {"authors": "a/b:c.bib"}


# --- Markdown --------------------------------------------------------------------------------------------------------


def test_markdown_says_what_it_leaves_out_where_nothing_else_is() -> None:
    nothing = readers.read("awesome.md", b"- [Toy](https://arxiv.org/abs/2301.00010) is about looms\n")
    assert [str(problem) for problem in nothing.problems] == [
        "awesome.md: holds no entry (markdown); save the listing again"
    ]
    assert [str(remark) for remark in nothing.remarks] == [
        "awesome.md:1: title: not told; make it the text of the link to the paper; left out"
    ]


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("- [A Toy of Looms](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("1) **A Toy of Looms**: [pdf](https://arxiv.org/pdf/2301.00010.pdf)", "A Toy of Looms"),
        ("- A Toy of Looms. [[arXiv:2301.00010]](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("- [A Toy of Looms](https://loom.example.org/7) [arXiv](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("| Title | Link |\n|--|--|\n| Toy | https://arxiv.org/abs/2301.00010 |", "Toy"),
        ("- [Toy](https://arxiv.org/abs/2301.00010), 2023", "Toy"),
        # brackets around the links, and labels in brackets before the title
        ("- A Toy of Looms [[Paper](https://arxiv.org/abs/2301.00010)]", "A Toy of Looms"),
        ("- A Toy of Looms [[pdf](https://arxiv.org/abs/2301.00010)] [[code](https://x.org)]", "A Toy of Looms"),
        ("- A Toy of Looms ([paper](https://arxiv.org/abs/2301.00010), [code](https://x.org))", "A Toy of Looms"),
        ("## A Toy of Looms ([arXiv](https://arxiv.org/abs/2301.00010))", "A Toy of Looms"),
        ("- [2023/05] A Toy of Looms (ICLR'24 Oral) [[pdf](https://arxiv.org/abs/2301.00010)]", "A Toy of Looms"),
        ("- :fire: A Toy of Looms (LRW) | [pdf](https://arxiv.org/abs/2301.00010)", "A Toy of Looms (LRW)"),
        (
            "- ⭐️ Looms with Qwen2.5 inside ([arXiv 2023](https://arxiv.org/abs/2301.00010))",
            "Looms with Qwen2.5 inside",
        ),
        ("- Loom.s8(): A Toy <br> Arxiv 2023 [[pdf]](https://arxiv.org/abs/2301.00010)", "Loom.s8(): A Toy"),
        ("- A Toy of Looms [[pdf]](https://arxiv.org/abs/2301.00010) [[Code (LoomSpeed)]](x.py)", "A Toy of Looms"),
        ('- "A Toy of Looms?" [[pdf](https://arxiv.org/abs/2301.00010)]', "A Toy of Looms?"),
        ("- [[arXiv](https://arxiv.org/abs/2301.00010)] A Toy of Looms [[code](https://x.org)]", "A Toy of Looms"),
        (
            "- [[ICLR 2023](https://arxiv.org/abs/2301.00010)] Loom.s8(): A Toy ![stars](https://x.org/s)",
            "Loom.s8(): A Toy",
        ),
        # links that say where and when, beside a bold title
        ("- **A Toy of Looms** [ICLR 2023](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("- **A Toy of Looms**, Weft et al. [[ICML'24](https://arxiv.org/abs/2301.00010)]", "A Toy of Looms"),
        ("- **A Toy of Looms** [NeurIPS Spotlight](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("- **A Toy of Looms** ([Weft & Warp, 2023](https://arxiv.org/abs/2301.00010))", "A Toy of Looms"),
        ("- **A Toy of Looms** [Read the paper](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("- **一台织机的玩具研究** [[论文](https://arxiv.org/abs/2301.00010)]", "一台织机的玩具研究"),
        # bold that is no title, or more than the link's text
        ("- **[ICLR'23]** [A Toy of Looms](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("- **Best Paper Award** [A Toy of Looms](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("- **LoomQ**: [A Toy of Looms](https://arxiv.org/abs/2301.00010)", "A Toy of Looms"),
        ("- **[A Toy of Looms](https://arxiv.org/abs/2301.00010), ICLR 2023**", "A Toy of Looms"),
        ("- **[LoomQ](https://arxiv.org/abs/2301.00010): A Toy of Looms**", "LoomQ: A Toy of Looms"),
        ("- [**LoomQ Is Here**: A Toy](https://arxiv.org/abs/2301.00010) **Ada of the Looms**", "LoomQ Is Here: A Toy"),
        # tables
        ("|Paper|\n|--|\n| **A Toy of Looms** [pdf](https://arxiv.org/abs/2301.00010) |", "A Toy of Looms"),
        ("|Paper|\n|--|\n| A Toy of Looms [[pdf](https://arxiv.org/abs/2301.00010)] [[code](x)] |", "A Toy of Looms"),
        ("|Paper|\n|--|\n| **A Toy of Looms**<br>Weft [pdf](https://arxiv.org/abs/2301.00010) |", "A Toy of Looms"),
        ("|Paper|Link|\n|--|--|\n| A Toy of Looms | [ICLR 2023](https://arxiv.org/abs/2301.00010) |", "A Toy of Looms"),
        (
            "|Title|Link|\n|--|--|\n| **LoomQ**: A Toy, or Two | [TMLR](https://arxiv.org/abs/2301.00010) |",
            "LoomQ: A Toy, or Two",
        ),
        ("|Title|Link|\n|--|--|\n| A Toy of<br>Looms | [pdf](https://arxiv.org/abs/2301.00010) |", None),
        ("|Venue|Name|Link|\n|--|--|--|\n| ICLR | A Toy of Looms | [pdf](https://arxiv.org/abs/2301.00010) |", None),
        # what stands before the links is more than a title, or may be
        ("- A Toy of Looms? Ada Weft [[pdf](https://arxiv.org/abs/2301.00010)]", None),
        ("- A Toy of Looms<br>Ada Weft [[pdf](https://arxiv.org/abs/2301.00010)]", None),
        ("- A Toy of Looms — Ada Weft — [pdf](https://arxiv.org/abs/2301.00010)", None),
        ("- A Toy of Looms by Weft et al. [pdf](https://arxiv.org/abs/2301.00010)", None),
        ("- ICLR 2023: A Toy of Looms [pdf](https://arxiv.org/abs/2301.00010)", None),
        ("- Toys, from the [Group of Weavers](https://x.org) [pdf](https://arxiv.org/abs/2301.00010)", None),
        ("- [Toy](https://arxiv.org/abs/2301.00010) is about looms", None),
        ("- Loom, Ada and Weft, Bo. A Toy of Looms. [pdf](https://arxiv.org/abs/2301.00010)", None),
        ("- [[pdf](https://arxiv.org/abs/2301.00010)] Weft et al. A Toy of Looms", None),
        ("- [[pdf](https://arxiv.org/abs/2301.00010)] A Toy of Looms. Ada Weft, Bo Warp", None),
        ("- [[pdf](https://arxiv.org/abs/2301.00010)] A Toy of Looms [by Ada](https://x.org) and Bo", None),
        ("- [pdf](https://arxiv.org/abs/2301.00010) A Toy of Looms", None),
        ("- Read it [here](https://arxiv.org/abs/2301.00010) or never", None),
        ("- see [paper](https://arxiv.org/abs/2301.00010) and [paper](https://arxiv.org/abs/2301.00011)", None),
        ("# https://arxiv.org/abs/2301.00010", None),
    ],
)
def test_a_title_of_a_markdown_list_is_told_or_left_out(item: str, title: str | None) -> None:
    reading = read(item, format="markdown")
    assert [(entry.title, dict(entry.identifiers)) for entry in reading.entries] == (
        [(title, {"arxiv": "2301.00010"})] if title else []
    )
    assert readers.recognise("toy", item) == "markdown"


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("[paper](https://arxiv.org/abs/2301.00010), [follow-up](https://arxiv.org/abs/2301.00011)", "several"),
        ("[paper](https://arxiv.org/abs/2301.00010), [see also this one](https://doi.org/10.5555/loom)", "several"),
        ("[paper](https://arxiv.org/abs/2301.00010) [extended version](https://arxiv.org/abs/2301.00011)", "several"),
        ("[pdf](https://arxiv.org/abs/2301.00010) [pdf](https://arxiv.org/abs/2301.00011)", "several"),
        ("see [Looms Explained](https://arxiv.org/abs/2301.00010)", "'Looms Explained' may be another paper"),
        ("[follow-up](https://arxiv.org/abs/2301.00010)", "'follow-up' may be another paper"),
        ("[paper](https://arxiv.org/abs/2301.00010) [arXiv v2](https://arxiv.org/abs/2301.00010v2)", None),
        ("[paper](https://arxiv.org/abs/2301.00010), [journal version](https://doi.org/10.5555/loom)", None),
        ("[here](https://huggingface.co/papers/2301.00010) [more](https://arxiv.org/abs/2301.00010)", None),
        ("the [Toy](https://arxiv.org/abs/2301.00010)", None),
    ],
)
def test_an_item_of_a_markdown_list_is_one_paper_or_left_out(links: str, found: str | None) -> None:
    for title in ("**A Toy of Looms**", "[A Toy of Looms](https://loom.example.org)"):
        reading = read(f"- {title}: {links}\n", format="markdown")
        assert [entry.title for entry in reading.entries] == ([] if found else ["A Toy of Looms"])
        assert [entry.identifiers["arxiv"] for entry in reading.entries] == ([] if found else ["2301.00010"])
    linked = read(f"- [A Toy of Looms](https://arxiv.org/abs/2301.00009): {links}", format="markdown")
    assert linked.entries == ()
    reading = read(f"- {title}: {links}\n- [Toy](https://arxiv.org/abs/2301.00010)", format="markdown")
    remarks = [remark.message for remark in reading.remarks]
    assert (len(remarks), (found or "") in "".join(remarks)) == (1 if found else 0, True)


# --- BibTeX ----------------------------------------------------------------------------------------------------------


def bibtex(fields: str) -> Entry:
    reading = read(f"@article{{key, {fields}}}")
    assert reading.problems == ()
    return reading.entries[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("year={2020}", "2020"),
        ("year=2020, month=may", "2020-05"),
        ("year={2020}, month={5}", "2020-05"),
        ("year={2020}, month={May}, day={3}", "2020-05-03"),
        ("year={2020}, month={Mai}", "2020"),
        ("year={2020}, month={13}", "2020"),
        ("year={2020}, day={7}", "2020"),
        ('year={2020}, month="31~" # jan', "2020-01"),
        ("date={2020-05-03}", "2020-05-03"),
        ("date={2020-05/2020-07}, year={2019}", "2020-05"),
        ("date={2020-05-03T10:00:00Z}", "2020-05-03"),
        ("date={spring}, year={2019}", "2019"),
        ("date={2020-05~/2020-07}", "2020-05"),
        ("date={2020?}, year={2019}", "2020"),
        (r"date={2020\%}", "2020"),
        ("year={2020a}, month=may", "2020-05"),
        ("year={in press}", None),
    ],
)
def test_bibtex_dates(fields: str, expected: str | None) -> None:
    assert bibtex(f"title={{A Toy}}, {fields}").issued == expected


@pytest.mark.parametrize(
    ("own", "volume", "expected"),
    [
        ("", "date={2019-05-06}", "2019-05-06"),
        ("", "year={2019}, month=may", "2019-05"),
        ("year={2020}", "date={2019-05-06}", "2020"),
        ("year={2020}", "year={2020}, month=may", "2020"),
        ("date={2020-07}", "year={2019}, month=may", "2020-07"),
    ],
)
def test_a_date_of_its_own_goes_before_that_of_the_volume(own: str, volume: str, expected: str) -> None:
    both = f"@inproceedings{{a, title={{A Toy}}, crossref={{v}}, {own}}}\n@proceedings{{v, title={{Toys}}, {volume}}}\n"
    assert read(both).entries[0].issued == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("eprint={2210.17323}", {"arxiv": "2210.17323"}),
        ("eprint={2210.17323v2}, archivePrefix={arXiv}", {"arxiv": "2210.17323"}),
        ("eprint={hep-th/9901001}, eprinttype={arxiv}", {"arxiv": "hep-th/9901001"}),
        ("eprint={2210.17323}, eprinttype={pubmed}", {}),
        ("eprint={arXiv:2210.17323 [cs.LG]}", {"arxiv": "2210.17323"}),
        ("journal={arXiv preprint arXiv:2210.17323}", {"arxiv": "2210.17323"}),
        ("journal={CoRR}, volume={abs/2210.17323}", {"arxiv": "2210.17323"}),
        ("journal={arXiv}, volume={2210.17323}", {"arxiv": "2210.17323"}),
        ("journal={arXiv e-prints:2210.17323}", {"arxiv": "2210.17323"}),
        ("journal={arXiv e-prints}, eid={arXiv:2210.17323}", {"arxiv": "2210.17323"}),
        ("url={https://huggingface.co/papers/2210.17323}", {"arxiv": "2210.17323"}),
        ("doi={10.48550/arXiv.2210.17323}", {"arxiv": "2210.17323"}),
        ("doi={https://doi.org/10.1145/3292500.3330701}", {"doi": "10.1145/3292500.3330701"}),
        (r"doi={10.1007/978-3-030-58452-8\_1}", {"doi": "10.1007/978-3-030-58452-8_1"}),
        ("url={https://dx.doi.org/10.1145/1}", {"doi": "10.1145/1"}),
        (r"howpublished={Online, \url{https://doi.org/10.1145/1}.}", {"doi": "10.1145/1"}),
        ("doi={see the site}", {}),
    ],
)
def test_bibtex_identifiers(fields: str, expected: dict[str, str]) -> None:
    assert dict(bibtex(f"title={{A Toy}}, {fields}").identifiers) == expected


def test_bibtex_has_a_subtitle_behind_the_title() -> None:
    assert bibtex("title={{LoomQ}}, subtitle={A {Toy} of Looms}").title == "LoomQ: A Toy of Looms"
    assert bibtex("title={LoomQ: A Toy of Looms}, subtitle={A Toy of Looms}").title == "LoomQ: A Toy of Looms"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("A. Loom, B. Weft, C. van Warp", ["A. Loom", "B. Weft", "C. van Warp"]),
        ("Loom, A., Weft, B. C., & Warp, D.", ["A. Loom", "B. C. Weft", "D. Warp"]),
        ("Loom A., Weft B.C., Warp D.", ["Loom A.", "Weft B.C.", "Warp D."]),
        ("van der Loom, Jr., Ada Maria and Weft, Bo", ["Ada Maria van der Loom Jr.", "Bo Weft"]),
        ("Da Costa, Lancelot", ["Lancelot Da Costa"]),
        ("{Weavers, Knitters, and Spinners of Wool}", ["Weavers, Knitters, and Spinners of Wool"]),
        ("family=Weavers and family=Web, given=Bo", ["Weavers", "Bo Web"]),
    ],
)
def test_people_of_a_bibliography_whom_commas_part_by_mistake(author: str, names: list[str]) -> None:
    assert [str(name) for name in bibtex(f"title={{A Toy}}, author={{{author}}}").authors or ()] == names


def test_what_a_bibliography_tells_its_style_is_no_paper() -> None:
    reading = read(
        '@IEEEtranBSTCTL{IEEEexample:BSTcontrol, CTLuse_alt_spacing = "yes"}\n'
        "@CONTROL{REVTEX41Control}\n@xdata{press, publisher={Toy Press}}\n@article{a, title={A Toy}}\n"
    )
    assert [entry.title for entry in reading.entries] == ["A Toy"]
    assert [str(remark) for remark in reading.remarks] == [
        "toy:1: IEEEexample:BSTcontrol: @ieeetranbstctl is for the style, no paper; left out",
        "toy:2: REVTEX41Control: @control is for the style, no paper; left out",
        "toy:3: press: @xdata is for the style, no paper; left out",
    ]


@pytest.mark.parametrize("venue", ["arXiv", "arXiv preprint arXiv:2210.17323", "CoRR abs/2210.17323"])
@pytest.mark.parametrize(
    "text",
    [
        "@article{{a, title={{A Toy}}, journal={{{venue}}}}}",
        "TY  - JOUR\nTI  - A Toy\nT2  - {venue}\nER  - \n",
        "TY  - CHAP\nTI  - A Toy\nBT  - {venue}\nER  - \n",
        '[{{"id": "a", "type": "article", "title": "A Toy", "container-title": "{venue}"}}]',
        "title,venue\nA Toy,{venue}\n",
    ],
    ids=["bibtex", "ris", "ris-book", "csl-json", "csv"],
)
def test_a_venue_that_is_the_name_of_arxiv_is_none_but_may_tell_the_id(text: str, venue: str) -> None:
    [entry] = read(text.format(venue=venue)).entries
    assert entry.venue is None
    assert dict(entry.identifiers) == ({"arxiv": "2210.17323"} if "2210" in venue else {})


def test_bibtex_reads_tags_and_initials_as_reference_managers_write_them() -> None:
    title = r"{\textless}i{\textgreater}Toy{\textless}/i{\textgreater} Looms"
    entry = bibtex(f"title={{{title}}}, author={{Loom, {{\\relax Yu}}. V. and {{\\relax Zh}}reb, A.}}")
    assert (entry.title, [str(name) for name in entry.authors or ()]) == ("Toy Looms", ["Yu. V. Loom", "A. Zhreb"])


def test_bibtex_says_what_it_leaves_out() -> None:
    fields = "title={B}, title={C}, note=x # {y}, author={Loom, Ida} year={13/2/2024}, year={13/2/2024}"
    nameless = "@misc{, title={D}}\n@misc{, title={E}}\n"  # of which nothing is to be said
    reading = read(f"@article{{a, title={{A}}, journal=jtl}}\n@article{{a, {fields}}}\n{nameless}")
    found = [(entry.key, entry.title) for entry in reading.entries]
    assert found == [("a", "A"), (None, "B"), (None, "D"), (None, "E")]
    assert [str(remark) for remark in reading.remarks] == [
        "toy:1: journal: 'jtl' is no macro that this file defines; left out",
        "toy:2: a: stands twice; this one goes by file and line",
        "toy:2: second title: stands twice in one entry; left out",
        "toy:2: note: joins strings with #, which is not read; left out",
        "toy:2: author: lacks the comma before the next field; left out",
        "toy:2: year: '13/2/2024' is no date; left out; write 2022, 2022-10 or 2022-10-31",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "title,year\nA Toy,{}\n",
        "title,issued\nA Toy,{}\n",
        "TY  - JOUR\nTI  - A Toy\nPY  - {}\nER  - \n",
        "@article{{a, title={{A Toy}}, date={{{}}}}}",
        "@article{{a, title={{A Toy}}, year={{{}}}}}",
    ],
)
@pytest.mark.parametrize(
    ("year", "issued", "remark"),
    [
        ("2014", "2014", []),
        ("January 1978", "1978-01", []),
        ("Jan. 2020", "2020-01", []),
        ("Sept. 2020", "2020-09", []),
        ("2020 OCT", "2020-10", []),
        ("OCTOBER 2020", "2020-10", []),
        ("May 0000", None, ["'May 0000' is no date; left out; write 2022, 2022-10 or 2022-10-31"]),
        ("Mayfair 2020", None, ["'Mayfair 2020' is no date; left out; write 2022, 2022-10 or 2022-10-31"]),
        ("2014a", "2014", ["'2014a' is read as 2014"]),
        ("[2014]", "2014", ["'[2014]' is read as 2014"]),
        ("2014~", "2014", ["'2014~' is read as 2014"]),
        ("2014?", "2014", ["'2014?' is read as 2014"]),
        ("2014 or 15", None, ["'2014 or 15' is no date; left out; write 2022, 2022-10 or 2022-10-31"]),
        ("0000", None, ["'0000' is no date; left out; write 2022, 2022-10 or 2022-10-31"]),
    ],
)
def test_a_year_with_a_mark_beside_it_is_kept(text: str, year: str, issued: str | None, remark: list[str]) -> None:
    reading = read(text.format(year))
    assert [entry.issued for entry in reading.entries] == [issued]
    assert [each.message.partition(": ")[2] for each in reading.remarks] == remark


def test_a_month_that_is_in_the_year_is_not_read_as_a_day_with_that_of_its_own_field() -> None:
    for year in ("2020-05", "May 2020"):
        assert bibtex(f"title={{A}}, year={{{year}}}, month=5").issued == "2020-05"


@pytest.mark.parametrize(
    "issued", ["January 1978", {"raw": "Jan. 1978"}, {"literal": "1978 Jan"}, {"literal": "January, 1978"}]
)
def test_csl_reads_a_month_in_words(issued: object) -> None:
    [entry] = read(csl(issued=issued)).entries
    assert entry.issued == "1978-01"


def test_bibtex_says_which_dates_and_dois_it_cannot_read() -> None:
    months = ("may", "05", "{Mai}", "m # y")
    text = "@article{a, title={A}, year={to appear}, month=mai, doi={see the site}}\n"
    reading = read(
        text + "\n".join(f"@article{{{n}, title={{B {n}}}, year=2020, month={m}}}" for n, m in enumerate(months))
    )
    assert [str(remark) for remark in reading.remarks] == [
        "toy:1: year: 'to appear' is no date; left out; write 2022, 2022-10 or 2022-10-31",
        "toy:1: doi: 'see the site' is no DOI; left out",
        "toy:4: month: 'Mai' is no month that is read; left out",
        "toy:5: month: 'm # y' is no month that is read; left out",
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_tells_by_its_header_what_parts_the_cells(mark: str) -> None:
    rows = [["Title", "Authors", "Year"], ['"A, B; C"', '"Thread, Ada and Loom, Bo"', "2020"]]
    reading = read("\n".join(mark.join(row) for row in rows) + "\n")
    assert (reading.format, reading.problems, reading.remarks) == ("csv", (), ())
    [entry] = reading.entries
    assert (entry.title, [str(name) for name in entry.authors or ()], entry.issued) == (
        "A, B; C",
        ["Ada Thread", "Bo Loom"],
        "2020",
    )


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=; "])
def test_csv_may_say_in_a_first_line_what_parts_the_cells(first: str) -> None:
    reading = read(f"{first}\r\ntitle;authors;year\r\nA, B;Thread, Ada;2020\r\n\r\nC;;20x0\r\n")
    assert (reading.format, reading.problems) == ("csv", ())
    assert [(entry.line, entry.title) for entry in reading.entries] == [(3, "A, B"), (5, "C")]
    assert [str(remark) for remark in reading.remarks] == [
        "toy:5: year: '20x0' is no date; left out; write 2022, 2022-10 or 2022-10-31"
    ]
    assert read("sep=|\ntitle|year\nA|2020\n").entries[0].issued == "2020"
    [remark] = read("sep=;\ntitle;year;shelf\nA;2020;3\n").remarks
    assert str(remark).startswith("toy:2: shelf: no columns that are read")


@pytest.mark.parametrize(("mark", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_csv_says_which_cells_need_quotes(mark: str, name: str) -> None:
    [problem] = read(f"sep={mark}\ntitle{mark}year\nA{mark}B{mark}2020\n").problems
    assert (problem.line, problem.message) == (3, f"3 cells under 2 columns; quote cells that hold a {name}")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Key,Publication Year,Author,Title,Publication Title,DOI,Date",
            'K,2020,"Smith, J.",A Toy,Toys,10.5555/1,2020-05',
        ),
        ("Authors,Title,Publication,Volume,Number,Pages,Year,Publisher", '"Smith, J.; ",A Toy,Toys,1,2,3,2020-05,Wool'),
        (
            "PMID,Title,Authors,Citation,Journal/Book,Publication Year,DOI",
            '7,A Toy,"Smith, J.",c,Toys,2020-05,10.5555/1',
        ),
        ("Article Title,Author,Source Title,Journal,Date,Year", 'A Toy,"Smith, J.",Toys,T,May 2020,2020-05'),
    ],
    ids=["zotero", "google", "pubmed", "several"],
)
def test_csv_reads_columns_by_the_names_that_databases_give_them(header: str, row: str) -> None:
    [entry] = read(f"{header}\n{row}\n").entries
    assert (entry.title, [*map(str, entry.authors or ())]) == ("A Toy", ["J. Smith"])
    assert (entry.issued, entry.venue) == ("2020-05", "Toys")


def test_csv_names_the_columns_and_cells_that_it_does_not_read() -> None:
    reading = read('"Title","Editor","Date Added","DOI","Topics"\nA Toy,"Thread, Ada",2020,10.5555/a.1,x\n')
    [remark] = map(str, reading.remarks)
    assert remark.startswith("toy:1: editor, date added: no columns that are read; left out; known are id, source")
    reading = read("title,arxiv,doi,code\nA Toy,x,y,toy/loom\n")
    assert [str(remark) for remark in reading.remarks] == [
        "toy:2: arxiv: 'x' is no arXiv id; left out",
        "toy:2: doi: 'y' is no DOI; left out",
        "toy:2: code: 'toy/loom' is no web address; left out",
    ]


FAMILY_FIRST = ["J. Smith", "K. Jones"]  # as printed, of a source that tells the parts of names apart


COMMAS = [
    ("Ida Loom, Jan Ferry, Bo Weft and Li Xi", ["Ida Loom", "Jan Ferry", "Bo Weft", "Li Xi"]),
    ("Ida Loom, Jan Ferry, and Bo Weft", ["Ida Loom", "Jan Ferry", "Bo Weft"]),
    ("Loom, Ida, and Jan Ferry", ["Ida Loom", "Jan Ferry"]),
    ("van der Loom, Ida M., and Jan Ferry", ["Ida M. van der Loom", "Jan Ferry"]),
    ("Smith, J., Jones, K.", FAMILY_FIRST),
    ("A. Loom, B. Weft and C. Warp", ["A. Loom", "B. Weft", "C. Warp"]),
    ("Ida M. Loom, Jan Ferry and Bo Weft", ["Ida M. Loom", "Jan Ferry", "Bo Weft"]),
    ("Loom A, Weft BC and Warp D", ["Loom A", "Weft BC", "Warp D"]),
    ("Van Gogh, Vincent Willem and Jane Doe", ["Vincent Willem Van Gogh", "Jane Doe"]),
    ("St. John, Mary Ann and Jane Doe", ["Mary Ann St. John", "Jane Doe"]),
    ("de Loom, A. B. and Jane Doe", ["A. B. de Loom", "Jane Doe"]),
    ("Loom A, Weft B, and Warp C", ["Loom A", "Weft B", "Warp C"]),
    ("Ida Loom, Jan Ferry, et al.", ["Ida Loom", "Jan Ferry", "others"]),
    ("Loom A, Weft B, et al.", ["Loom A", "Weft B", "others"]),
    ("Loom, Ida, et al.", ["Ida Loom", "others"]),
    ("Smith, J., Jones, K., et al.", [*FAMILY_FIRST, "others"]),
]
"""People between whose names stand commas, of which one name has no more than one."""


@pytest.mark.parametrize(
    ("field", "names"), [*COMMAS, ("Smith, Jr., J. and {Wool, Cloth, Looms}", ["J. Smith Jr.", "Wool, Cloth, Looms"])]
)
def test_bibtex_tells_people_apart_where_more_commas_stand_than_one_name_has(field: str, names: list[str]) -> None:
    assert [str(name) for name in bibtex(f"title={{A Toy}}, author={{{field}}}").authors or ()] == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Smith, J. and Jones, K.", FAMILY_FIRST),
        ("Smith, J.; Jones, K.", FAMILY_FIRST),
        ("Smith, J.", FAMILY_FIRST[:1]),
        ("Smith, J.; Jones, K.; Ministry of Food", [*FAMILY_FIRST, "Ministry of Food"]),
        ("Smith J, Jones KL.", ["Smith J", "Jones KL."]),
        ("Smith J.; Jones K.-L.", ["Smith J.", "Jones K.-L."]),
        ("Smith J., van der Web T.H., Li X", ["Smith J.", "van der Web T.H.", "Li X"]),
        ("Smith J, Jones K, and Li X", ["Smith J", "Jones K", "Li X"]),
        ("Ida Loom, Jan Ferry, Bo Weft", ["Ida Loom", "Jan Ferry", "Bo Weft"]),
        ("{Ministry of Food, Wool and Cloth}; Smith, J.", ["Ministry of Food, Wool and Cloth", "J. Smith"]),
        ("Smith, J., Jones, K. L., & Li, X.", [*FAMILY_FIRST[:1], "K. L. Jones", "X. Li"]),
        ("Smith, J., Jones, K., and Li, X.", [*FAMILY_FIRST, "X. Li"]),
        ("Smith Jr, John", ["John Smith Jr"]),
        ("Smith Jr., John", ["John Smith Jr."]),
        ("['Ida Loom', 'Jan Ferry']", ["Ida Loom", "Jan Ferry"]),
        ("[\"\"Jan O'Ferry\"\", 'Ida Loom', 'Smith, J.']", ["Jan O'Ferry", "Ida Loom", "J. Smith"]),
        ("['Ida Loom']", ["Ida Loom"]),
        ("[Loom Group]", ["[Loom Group]"]),
        *COMMAS,
    ],
)
def test_csv_tells_people_apart(cell: str, names: list[str]) -> None:
    [entry] = read(f'title,authors\nA Toy,"{cell}"\n').entries
    assert [str(name) for name in entry.authors or ()] == names


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("Ada Thread, Bo Weft and Chi Web", True),
        ("Ada Thread, Bo Weft and Chi Web and Jane Doe", True),
        ("van der Loom, Ida Maria and Jane Doe", False),
        ("Loom Weft, Ida M. and Jane Doe", False),
        ("Loom, Ida and Jane Doe", False),
        ("Van Gogh, Vincent Willem et al.", True),
        ("Van Gogh, Vincent Willem", False),
        ("Van Gogh, Vincent Willem and Doe, Jane", False),
        ("Van Gogh, Vincent Willem; Jane Doe and Ida Loom", False),
    ],
)
def test_a_name_that_may_be_two_people_is_told(names: str, told: bool) -> None:
    for text, field in (
        (f"@misc{{a, title={{A Toy}}, author={{{names}}}}}", "author"),
        (f'title,authors\nA Toy,"{names}"\n', "authors"),
    ):
        said = [remark.message for remark in read(text).remarks]
        first = names.partition(" and ")[0].removesuffix(" et al.")
        what = f"{field}: {first!r} is read as one person; if it is two, write and between them"
        assert said == [what] * told


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Smith, J. and Jones, K.", FAMILY_FIRST),
        ("Smith J. and Jones K.", ["Smith J.", "Jones K."]),
        ("Smith J., Jones K.", ["Smith J.", "Jones K."]),
        ("Smith, J., Jones, K.", FAMILY_FIRST),
        ("Smith, John and Jones, K.", ["John Smith", "K. Jones"]),
        ("Smith, J., Jr.", ["J. Smith Jr."]),
        ("Smith, J., Jr.,", ["J. Smith Jr."]),
        ("Ministry of Food and Agriculture", ["Ministry of Food and Agriculture"]),
        ("Ministry of Wool, Yarn, Cloth, and Dye", ["Ministry of Wool, Yarn, Cloth, and Dye"]),
    ],
)
def test_ris_tells_people_apart_that_stand_on_one_line(line: str, names: list[str]) -> None:
    [entry] = read(f"TY  - JOUR\nTI  - A Toy\nAU  - {line}\nER  - \n").entries
    assert [str(name) for name in entry.authors or ()] == names


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["PY  - 2020", "DA  - 2020/05/06/"], "2020-05-06"),
        (["PY  - 2020", "DA  - 2021/05/06/"], "2020"),
        (["PY  - 2020", "DA  - 2021/05/06/", "Y1  - 2020/03//"], "2020-03"),
        (["DA  - 2021-05"], "2021-05"),
        (["PY  - 2020/5/6/Spring"], "2020-05-06"),
    ],
)
def test_a_day_in_ris_is_one_of_the_stated_year(lines: list[str], expected: str) -> None:
    reading = read("\n".join(["TY  - JOUR", "TI  - A Toy", *lines, "ER  - "]))
    assert [entry.issued for entry in reading.entries] == [expected]
    assert reading.remarks == ()


@pytest.mark.parametrize(
    "line", ["DO  - doi:http://dx.doi.org/10.5555/Loom", "M3  - 10.5555/loom", "M3  - doi: 10.5555/loom"]
)
def test_a_doi_in_ris_stands_where_programs_put_it(line: str) -> None:
    reading = read(f"TY  - JOUR\nTI  - A Toy\n{line}\nER  - \n")
    assert (dict(reading.entries[0].identifiers), reading.remarks) == ({"doi": "10.5555/loom"}, ())


def csl(**variables: Any) -> str:
    return json.dumps([{"id": "a", "type": "article", "title": "A Toy", **variables}])


@pytest.mark.parametrize(
    "entry",
    [
        "@misc{{a, title={{A Toy}}, url={{{url}}}{more}}}",
        "@misc{{a, title={{A Toy}}, howpublished={{Available at \\url{{{url}}}}}{more}}}",
        "TY  - JOUR\nTI  - A Toy\nUR  - https://github.com/toy/loom\nUR  - {url}\n{more}ER  - \n",
        '[{{"id": "a", "type": "article", "title": "A Toy", "URL": "{url}"{more}}}]',
        "title,url,arxiv\nA Toy,{url},{more}\n",
    ],
    ids=["bibtex", "howpublished", "ris", "csl", "csv"],
)
@pytest.mark.parametrize(
    ("url", "is_paper"),
    [
        ("https://looms.example.org/a-toy.pdf", True),
        ("https://www.semanticscholar.org/paper/1", True),
        ("https://github.com/toy/yarn", False),
        ("https://arxiv.org/abs/2301.00010", False),
        ("https://doi.org/10.5555/loom", False),
        ("javascript:alert(1)", False),
    ],
)
def test_an_address_is_the_papers_where_no_identifier_is(entry: str, url: str, is_paper: bool) -> None:
    [found] = read(entry.format(url=url, more="")).entries
    assert found.links.get("paper") == (url if is_paper else None)
    more = {"@": ", eprint={2301.00010}", "T": "DO  - 10.5555/1\n", "[": ', "DOI": "10.5555/1"', "t": "2301.00010"}
    [found] = read(entry.format(url=url, more=more[entry[0]])).entries
    assert "paper" not in found.links


def test_csl_of_crossref_has_a_series_before_the_volume_and_letters_as_references() -> None:
    container = ["Lecture Notes in Looms", "Weaving &amp; Spinning 2022"]
    [entry] = read(
        csl(title=["On Poincar&eacute; Looms", "Sur les m&eacute;tiers"], **{"container-title": container})
    ).entries
    assert (entry.title, entry.venue) == ("On Poincaré Looms", "Weaving & Spinning 2022")


def test_the_first_address_of_a_kind_is_the_papers_own() -> None:
    where = "https://github.com/toy/loom, https://github.com/toy/copy, https://looms.example.org"
    expected = {"code": "https://github.com/toy/loom", "paper": "https://looms.example.org"}
    assert bibtex(f"title={{A Toy}}, howpublished={{{where}}}").links == expected
    [entry] = read(f"TY  - JOUR\nTI  - A Toy\nUR  - {where.replace(',', ';')}\nER  - \n").entries
    assert entry.links == expected


def test_csl_may_have_several_links_of_a_kind_and_says_who_states_one() -> None:
    urls = {"code": ["javascript:alert(1)", "https://github.com/toy/loom", "https://github.com/toy/copy"], "model": []}
    custom = {"urls": urls, "sources": [{"from": "toy/list:README.md", "fields": ["urls.code"]}]}
    [found] = read(csl(custom=custom)).entries
    assert found.links == {"code": "https://github.com/toy/loom"}
    assert found.origins == {"links.code": "toy/list:README.md"}


@pytest.mark.parametrize(
    "text",
    ["title,year\nTITLE,2020\n", "TY  - JOUR\nTI  - TITLE\nER  - \n", "@book{a, title={TITLE}}", csl(title="TITLE")],
)
@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Loom <i>in situ</i>", "Loom in situ"),
        ("CO<sub>2</sub> of <span style='x'>Wool<sup>13</sup></span>", "CO2 of Wool13"),
        ("Loom &lt;I&gt;in situ&lt;/I&gt;", "Loom in situ"),
        ("<b>A Loom</b> where x < y > z <i> and <think> </b>", "A Loom where x < y > z <i> and <think> </b>"),
        ("The <unk> and <s>Yarn</s>", "The <unk> and <s>Yarn</s>"),
    ],
)
def test_tags_that_typeset_a_title_are_no_part_of_it(text: str, title: str, expected: str) -> None:
    assert [entry.title for entry in read(text.replace("TITLE", title)).entries] == [expected]


@pytest.mark.parametrize("text", ["[No abstract available]", "No abstract available.", "Abstract not available"])
def test_what_says_that_there_is_no_abstract_is_none(text: str) -> None:
    [entry] = read(f"title,abstract\nA Toy,{text}\n").entries
    assert entry.abstract is None
    [entry] = read("title,abstract\nA Toy,No abstract algebra is needed.\n").entries
    assert entry.abstract == "No abstract algebra is needed."


@pytest.mark.parametrize(
    "text",
    [
        'title,authors\nA Toy,"Smith, J. and others"\n',
        'title,authors\nA Toy,"Smith, J.; et al."\n',
        'title,authors\nA Toy,"Smith, J. et al."\n',
        'title,authors\nA Toy,"Smith, J., et al."\n',
        'title,authors\nA Toy,"Smith, J., & others"\n',
        "TY  - JOUR\nTI  - A Toy\nAU  - Smith, J.\nAU  - et al.\nER  - \n",
        "TY  - JOUR\nTI  - A Toy\nAU  - Smith, J. et al\nER  - \n",
        "@article{a, title={A Toy}, author={Smith, J. and others}}",
        "@article{a, title={A Toy}, author={Smith, J. and {et al.}}}",
        "@article{a, title={A Toy}, author={Smith, J., et al.}}",
        '{"version": 1, "papers": [{"title": "A Toy", "authors": ["J. Smith", "others"]}]}',
        csl(author=[{"family": "Smith", "given": "J."}, {"literal": "et al."}]),
        csl(author=[{"family": "Smith", "given": "J."}, {"family": "others"}]),
        csl(author=[{"family": "Smith", "given": "J."}, {"family": "al.", "given": "et"}]),
    ],
)
def test_a_list_of_authors_that_is_cut_ends_with_others(text: str) -> None:
    [entry] = read(text).entries
    assert [str(name) for name in entry.authors or ()] == ["J. Smith", "others"]
    assert entry.doubts == ("authors: the source names only 1 and others",)


def test_an_author_who_stands_twice_is_doubted() -> None:
    [entry] = read(csl(author=[{"family": "Smith", "given": "J."}, {"literal": "J. Smith"}])).entries
    assert entry.doubts == ("authors: a name stands twice",)


@pytest.mark.parametrize("name", ["Cothers", "Ida Mothers", "Al", "Significant Others", "Fet Al"])
def test_people_whose_names_end_like_others_are_authors(name: str) -> None:
    [entry] = read(f"title,authors\nA Toy,{name}\n").entries
    assert (entry.authors, entry.doubts) == ((name,), ())


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - A Toy\nAU  - Others, Anna\nAU  - Smith, J.\nER  - \n",
        "@article{a, title={A Toy}, author={Others, Anna and Smith, J.}}",
        csl(author=[{"family": "Others", "given": "Anna"}, {"family": "Smith", "given": "J."}]),
    ],
)
def test_who_bears_the_family_name_others_is_an_author(text: str) -> None:
    [entry] = read(text).entries
    assert ([str(name) for name in entry.authors or ()], entry.doubts) == (["Anna Others", "J. Smith"], ())


def test_ris_passes_over_what_stands_around_the_entries() -> None:
    entry = "1.\nTY  - JOUR\nTI  - A Toy\nER  - \nNL  - Toy J\n\nLink to the full text: https://ovid.example.org\n\n"
    reading = read(f"Provider: Toy Press\nPR  - Toys\n\n{entry}{entry}")
    assert ([entry.title for entry in reading.entries], reading.problems) == (["A Toy", "A Toy"], ())


@pytest.mark.parametrize("note", ["C3  - Toys of 2019", "N1  - Goes on from arXiv:2301.00010 of these authors"])
def test_what_a_note_in_ris_names_is_not_the_papers_own(note: str) -> None:
    [entry] = read(f"TY  - JOUR\nTI  - A Toy\n{note}\nER  - \n").entries
    assert (entry.venue, dict(entry.identifiers)) == (None, {})


def test_ris_reads_the_title_of_a_book() -> None:
    part, whole, titled = read(
        "TY  - CHAP\nTI  - A Loom\nBT  - Book of Looms\nER  - \n"
        "TY  - BOOK\nBT  - Book of Looms\nER  - \n"
        "TY  - CPAPER\nTI  - B\nT2  - Toy Conference\nBT  - Book of Looms\nER  - \n"
    ).entries
    assert (part.title, part.venue) == ("A Loom", "Book of Looms")
    assert (whole.title, whole.venue) == ("Book of Looms", None)
    assert (titled.title, titled.venue) == ("B", "Toy Conference")


def test_bibtex_reads_back_what_the_list_exports() -> None:
    records = store.load(Path(__file__).parent.parent / "records").records
    records = {name: record for name, record in records.items() if "$" not in record.title}
    entries = read(exports.bibtex(records)).entries
    assert [entry.key for entry in entries] == list(records)
    for entry, record in zip(entries, records.values(), strict=True):
        assert entry.title == titles.plain(record.title)
        assert tuple(map(str, entry.authors or ())) == record.author_names
        cited = venues.cited_date(record.venue, record.issued, record.identifiers.arxiv)
        assert (entry.issued, entry.venue) == (cited, record.venue and venues.container(record.venue).name)
        wanted = record.identifiers.model_dump(exclude_none=True)
        if identifiers.arxiv(wanted.get("doi", "")):
            del wanted["doi"]  # says the same as the arXiv id
        assert dict(entry.identifiers).items() <= wanted.items()
        assert set(entry.identifiers) >= set(wanted) & {"arxiv", "doi"}
