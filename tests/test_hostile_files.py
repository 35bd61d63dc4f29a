"""Hostile text in the files of a site: parsers of other programs read every text as it was typed, and nothing more."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping

import feedparser  # type: ignore[import-untyped]
import html5lib
import pytest
import rispy
from payloads import FLAG, TEXTS, record
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexMacroNode, LatexWalker

from generator import escaping, exports, feeds, metadata, readers
from generator.facts import titles
from generator.library import Library
from generator.models import Record, Topic
from generator.search import catalogue, index
from generator.settings import Settings

RECORDS: Mapping[str, Record] = {f"paper-{number}": record(number) for number in range(len(TEXTS))}
TOPICS = {topic: Topic(name=each.title, group=each.title) for each in RECORDS.values() for topic in each.topics}
LIBRARY = Library(RECORDS, TOPICS, {}, {}, {})
SETTINGS = Settings(site_name="Toys & <Looms>", site_url="https://toy.example.org/list/")
PLAIN = {record_id: escaping.clean(titles.plain(each.title)) for record_id, each in RECORDS.items()}


def test_feeds_are_well_formed_and_say_what_was_typed() -> None:
    wanted = LIBRARY.by_addition[: feeds.MOST_ENTRIES]
    seen: set[str] = set()
    for topic in (None, *TOPICS):
        text = feeds.atom(feeds.feed(LIBRARY, SETTINGS, topic))
        root = ElementTree.fromstring(text)
        assert {each.tag.partition("}")[0] for each in root.iter()} == {"{http://www.w3.org/2005/Atom"}
        for entry in feedparser.parse(text).entries:
            record_id = entry.id.rstrip("/").rpartition("/")[2]
            made = html5lib.parseFragment(entry.content[0].value, namespaceHTMLElements=False)
            assert {each.tag for each in made.iter()} <= {"DOCUMENT_FRAGMENT", "p", "strong", "a"}
            assert {name for each in made.iter() for name in each.attrib} <= {"href"}
            seen.add(record_id)
        for item in json.loads(feeds.json_feed(feeds.feed(LIBRARY, SETTINGS, topic)))["items"]:
            assert item["title"] == PLAIN[item["id"].rstrip("/").rpartition("/")[2]]
    assert seen >= set(wanted)
    titles_read = [each.text for each in root.iter("{http://www.w3.org/2005/Atom}title")]
    assert len(titles_read) > 1


def test_bibtex_runs_no_command_and_keeps_its_braces() -> None:
    text = exports.bibtex(RECORDS)
    entries = parse_string(text, "bibtex").entries
    assert list(entries) == list(RECORDS)
    allowed = {"textbackslash", "textbraceleft", "textbraceright", "textasciicircum", "textasciitilde", *"$&#%_"}
    back = LatexNodes2Text(keep_comments=True)
    for record_id, entry in entries.items():
        assert set(entry.fields) <= {
            "title",
            "year",
            "booktitle",
            "journal",
            "doi",
            "url",
            "code",
            "project",
            "abstract",
        }
        for name in ("title", "booktitle", "journal"):
            value = entry.fields.get(name, "")
            nodes, _, _ = LatexWalker(value, tolerant_parsing=False).get_latex_nodes()
            assert set(_macros(nodes)) <= allowed, value
        spelt = entry.fields["title"].replace("\\textbraceleft{}", "\\{").replace("\\textbraceright{}", "\\}")
        spelt = spelt.replace("\\textasciicircum{}", "\\^{}")
        plain = PLAIN[record_id]
        if not re.search(r"--|``|''|[!?]`|\^|<<|>>|,,", plain):  # ligatures of TeX itself
            assert escaping.clean(back.latex_to_text(spelt)) == plain
    for bare in (exports.bibtex_entry(record_id, each) for record_id, each in RECORDS.items()):
        assert bare.count("{") == bare.count("}")


def _macros(nodes: list[object]) -> list[str]:
    found = []
    for node in nodes:
        if isinstance(node, LatexMacroNode):
            found.append(node.macroname)
        found += _macros([each for each in getattr(node, "nodelist", None) or [] if each])
    return found


def test_ris_has_one_line_for_each_fact() -> None:
    read = rispy.loads(exports.ris(RECORDS))
    assert [each["id"] for each in read] == list(RECORDS)
    assert [each["title"] for each in read] == [PLAIN[each["id"]] for each in read]
    assert all(set(each) <= {*read[0], "notes_abstract", "journal_name", "secondary_title"} for each in read)


def test_csv_starts_no_formula_and_an_import_gives_the_text_back() -> None:
    text = exports.csv_table(RECORDS)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(exports.CSV_COLUMNS)}
    assert [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r＝＋＠－]", cell)] == []
    reading = readers.read("toy", text.encode(), format="csv")
    assert reading.problems == ()
    assert [entry.title for entry in reading.entries] == list(PLAIN.values())


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''=1", "'", "'x'", "-x", "'-x", "+", "@a", "＝1", "x=1", "it's"])
def test_the_apostrophe_of_a_cell_goes_with_the_import(text: str) -> None:
    cell = escaping.csv_cell(text)
    assert cell[0] not in "=+-@＝"
    (entry,) = readers.read("toy", f'title,year\n"{cell}",2020\n'.encode()).entries
    assert entry.title == text


def test_json_ld_ends_where_it_ends() -> None:
    for record_id, each in RECORDS.items():
        data = metadata.json_ld(record_id, each, SETTINGS, TOPICS)
        page = f'<script type="application/ld+json">{escaping.script_json(data)}</script><p>x</p>'
        tree = html5lib.parseFragment(page, namespaceHTMLElements=False)
        assert [element.tag for element in tree] == ["script", "p"]
        assert json.loads(tree[0].text) == data
        assert data["name"] == PLAIN[record_id]


def test_data_for_scripts_and_programs_is_json_with_the_texts_in_it() -> None:
    assert json.loads(catalogue.catalogue(LIBRARY))["papers"]["title"] == list(PLAIN.values())
    for _, text in index.files(LIBRARY):
        json.loads(text)
    papers = json.loads(exports.json_data(RECORDS))["papers"]
    assert [each["title"] for each in papers] == [each.title for each in RECORDS.values()]
    assert [each["title"] for each in json.loads(exports.csl_json(RECORDS))] == list(PLAIN.values())


def test_the_texts_are_as_hostile_as_they_should_be() -> None:
    assert len(TEXTS) >= 226 + 30
    assert sum(FLAG in text for text in TEXTS) > 150
