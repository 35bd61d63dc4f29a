"""Exports, read back by the parsers of other people: pybtex, rispy, citeproc-py, csv, json and jsonschema."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rispy
from citeproc.source.json import CiteProcJSON
from pybtex.database import BibliographyData, parse_string
from site_tools import RECORDS, TOY_RECORDS, TOY_SETTINGS, call, enter_project, library

from generator import escaping, exports, metadata, readers, store, wording
from generator.exports import data_schema
from generator.facts import titles
from generator.facts.identifiers import SCHEMES
from generator.facts.venues import container
from generator.library import Library
from generator.models import Identifiers, PersonName, Record

LISTS = [pytest.param(TOY_RECORDS, id="toy"), pytest.param(RECORDS, id="real")]


@cache
def _library(folder: Path) -> Library:
    return library(folder)


def _plain(record: Record) -> str:
    return escaping.clean(titles.plain(record.title))


def _cited_year(record: Record) -> str | None:
    return (wording.cited_date(record) or "")[:4] or None


def _container(record: Record) -> str | None:
    return container(record.venue).name if record.venue else None


def _undo_tex(text: str) -> str:
    """Read the TeX commands that exports write, and no others."""
    marks = {r"\textbackslash{}": "\\", r"\textasciicircum{}": "^", r"\textasciitilde{}": "~"}
    marks |= {r"\textbraceleft{}": "{", r"\textbraceright{}": "}"}
    text = re.sub(r"(?<=[-`'?!<>,])\{\}", "", text)  # keeps two marks from being drawn as one
    text = re.sub(r"\\[$&#%_{}]|\\text[a-z]+\{\}", lambda match: marks.get(match[0], match[0][1:]), text)
    return re.sub(r"^\{(.*)\}$", r"\1", text)


def _bibtex(text: str) -> BibliographyData:
    return parse_string(text, "bibtex")


def _ris(text: str) -> list[dict[str, Any]]:
    return list(rispy.loads(text))


def test_every_format_has_its_file() -> None:
    assert set(exports.FORMATS) == set(exports.FILE_NAMES) == {"bibtex", "ris", "csl-json", "csv", "json"}


@pytest.mark.parametrize("folder", LISTS)
def test_bibtex_is_read_by_pybtex(folder: Path) -> None:
    records = _library(folder).records
    entries = _bibtex(exports.bibtex(records)).entries
    assert list(entries) == list(records)
    for record_id, record in records.items():
        entry = entries[record_id]
        assert _undo_tex(entry.fields["title"]) == _plain(record), record_id
        assert len(entry.persons.get("author", [])) == len(record.authors), record_id
        assert entry.fields.get("year") == _cited_year(record), record_id
        assert entry.fields.get("eprint") == record.identifiers.arxiv, record_id
        assert entry.fields.get("doi") == record.identifiers.doi, record_id
        venue = entry.fields.get("journal") or entry.fields.get("booktitle")
        assert (_undo_tex(venue) if venue else None) == _container(record), record_id


@pytest.mark.parametrize("folder", LISTS)
def test_ris_is_read_by_rispy(folder: Path) -> None:
    records = _library(folder).records
    entries = _ris(exports.ris(records))
    assert [entry["id"] for entry in entries] == list(records)
    for entry, record in zip(entries, records.values(), strict=True):
        assert entry["title"] == _plain(record)
        assert len(entry.get("authors", [])) == len(record.authors)
        assert entry.get("year") == _cited_year(record)
        assert entry.get("doi") == record.identifiers.doi
        assert entry.get("keywords", []) == list(record.topics)
        assert entry.get("unknown_tag") is None


@pytest.mark.parametrize("folder", LISTS)
def test_csv_is_a_safe_table(folder: Path) -> None:
    records = _library(folder).records
    rows = list(csv.DictReader(io.StringIO(exports.csv_table(records), newline=""), strict=True))
    assert [row["id"] for row in rows] == list(records)
    for row, record in zip(rows, records.values(), strict=True):
        assert None not in row
        assert row["title"].removeprefix("'") == _plain(record).removeprefix("'")
        assert row["arxiv"] == (record.identifiers.arxiv or "")
        for cell in row.values():
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize("folder", LISTS)
def test_csl_json_follows_its_schema(folder: Path) -> None:
    records = _library(folder).records
    items = json.loads(exports.csl_json(records))
    assert [item["id"] for item in items] == list(records)
    for item, record in zip(items, records.values(), strict=True):
        assert item["title"] == _plain(record)
        assert item.get("keyword", "") == ", ".join(record.topics)
        assert item["type"] in {"article", "article-journal", "paper-conference"}
        assert len(item.get("author", [])) == len(record.authors)
        assert all(set(name) in ({"literal"}, {"family"}, {"family", "given"}) for name in item.get("author", []))
        for parts in item.get("issued", {"date-parts": [[2000]]})["date-parts"]:
            assert 1 <= len(parts) <= 3
            assert all(isinstance(part, int) for part in parts)


@pytest.mark.parametrize("folder", LISTS)
def test_csl_json_is_read_by_a_citation_processor(folder: Path) -> None:
    records = _library(folder).records
    items = json.loads(exports.csl_json(records))
    for item in items:
        item.pop("custom", None)  # younger than this processor: "Custom key-value pairs" of CSL 1.0.2
    read = CiteProcJSON(items)  # warns, and so fails, where it does not know a field
    assert list(read) == list(records)
    for record_id, record in records.items():
        item = read[record_id]
        assert "".join(map(str, item["title"])) == _plain(record)
        assert len(item.get("author", [])) == len(record.authors)
        assert str(item.get("issued", {}).get("year")) == str(_cited_year(record))
        assert "".join(map(str, item.get("container_title", []))) == (_container(record) or "")


def test_what_is_cited_with_a_venue_is_its_edition() -> None:
    record = Record(title="A Loom", issued="2023-12-01", venue="COLM 2024")
    texts = {format_: text for format_, _, text in exports.citations("loom", record)}
    assert "  year = {2024},\n  booktitle" in texts["bibtex"]
    assert "PY  - 2024\nDA  - 2024///\n" in texts["ris"]
    assert json.loads(texts["csl-json"])[0]["issued"] == {"date-parts": [[2024]]}
    assert texts["text"] == "A Loom (2024). COLM 2024."
    tags = dict(metadata.highwire("loom", record, PUBLISHED))
    assert tags["citation_publication_date"] == "2024"
    assert metadata.json_ld("loom", record, PUBLISHED, {})["datePublished"] == "2024"
    assert '"issued": "2023-12-01"' in exports.json_data({"loom": record})
    assert ",2023,2023-12-01,COLM 2024," in exports.csv_table({"loom": record})


def test_a_journal_article_is_cited_with_volume_and_pages() -> None:
    record = Record(title="A Loom", issued="2023", venue="Journal of Looms 14, 8192-8199 (2023)")
    texts = {format_: text for format_, _, text in exports.citations("loom", record)}
    assert "  journal = {Journal of Looms},\n  volume = {14},\n  pages = {8192--8199}," in texts["bibtex"]
    assert "JO  - Journal of Looms\nVL  - 14\nSP  - 8192\nEP  - 8199\n" in texts["ris"]
    item = json.loads(texts["csl-json"])[0]
    assert (item["container-title"], item["volume"], item["page"]) == ("Journal of Looms", "14", "8192-8199")
    tags = dict(metadata.highwire("loom", record, PUBLISHED))
    assert [tags[f"citation_{name}"] for name in ("journal_title", "volume", "firstpage", "lastpage")] == [
        *("Journal of Looms", "14", "8192", "8199"),
    ]
    for format_ in ("bibtex", "ris", "csl-json"):
        [entry] = readers.read("toy", exports.FORMATS[format_]({"loom": record}).encode()).entries
        assert (entry.volume, re.sub("[-–]+", "-", entry.pages or "")) == ("14", "8192-8199")


def test_a_paper_without_identifier_is_cited_with_its_link() -> None:
    record = Record.model_validate({"title": "A Loom", "links": {"paper": "https://looms.example.org/a.pdf"}})
    texts = {format_: text for format_, _, text in exports.citations("loom", record)}
    assert texts["text"] == "A Loom. https://looms.example.org/a.pdf"
    assert "  url = {https://looms.example.org/a.pdf}," in texts["bibtex"]
    assert all(text.count("looms.example.org") == 1 for text in texts.values())
    other = record.model_copy(update={"identifiers": Identifiers(arxiv="2301.00010")})
    assert wording.paper_url(other) == "https://arxiv.org/abs/2301.00010"
    assert "  paper = {https://looms.example.org/a.pdf}," in exports.bibtex_entry("loom", other)


@pytest.mark.filterwarnings("ignore:The following arguments")
def test_the_citation_processor_would_say_so() -> None:
    item = exports.csl_item("k", Record(title="A Toy"))
    with pytest.warns(UserWarning, match="unsupported: invented"):
        CiteProcJSON([{**item, "invented": "x"}])


PUBLISHED = replace(TOY_SETTINGS, site_url="https://toy-list.example.org/looms/")


def _closed(schema: Any) -> Any:
    """Return a schema that lets no field pass which it does not name."""
    if isinstance(schema, dict):
        closed = {name: _closed(value) for name, value in schema.items()}
        return closed | {"additionalProperties": False} if "properties" in schema else closed
    return [_closed(value) for value in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("folder", LISTS)
def test_json_follows_its_schema_and_every_field_is_named_there(folder: Path) -> None:
    schema = json.loads(data_schema.of_papers(PUBLISHED))
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(exports.json_data(_library(folder).records))
    for each in (schema, _closed(schema)):
        assert list(jsonschema.Draft202012Validator(each).iter_errors(data)) == []


FAULTS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"colour": "red"}, True),  # of a later list, of the same version
    ({"corrected": [{"day": "2025-01-02", "what": "The date."}]}, True),
    ({"title": None}, False),
    ({"id": None}, False),
    ({"issued": "last year"}, False),
    ({"authors": "Ada"}, False),
    ({"type": "poem"}, False),
    ({"seen": [{"source": "dump"}]}, False),
    ({"links": {"code": 1}}, False),
]


@pytest.mark.parametrize(("change", "valid"), FAULTS)
def test_the_schema_tells_faults(change: dict[str, Any], valid: bool) -> None:
    paper = {"id": "k", "title": "A Toy", **change}
    data = {"version": 1, "papers": [{name: value for name, value in paper.items() if value is not None}]}
    schema = json.loads(data_schema.of_papers(PUBLISHED))
    assert jsonschema.Draft202012Validator(schema).is_valid(data) == valid
    assert not jsonschema.Draft202012Validator(schema).is_valid({**data, "version": 2})


def test_the_schema_bears_the_address_of_the_list() -> None:
    assert json.loads(data_schema.of_papers(PUBLISHED))["$id"] == f"{PUBLISHED.site_url}data/papers.schema.json"
    assert "$id" not in json.loads(data_schema.of_papers(TOY_SETTINGS))


def test_every_field_of_a_record_is_documented() -> None:
    documented = data_schema.fields()
    names = [name for name, _, _ in documented]
    assert names[0] == "id"
    assert [name for name in names if "." not in name][1:] == list(Record.model_fields)
    assert {"identifiers.arxiv", "links.code", "seen[].comments", "corrected[].what"} <= set(names)
    for name, kind, meaning in documented:
        assert kind, name
        assert meaning, name


@pytest.mark.parametrize("folder", LISTS)
def test_json_gives_every_record_back(folder: Path) -> None:
    records = _library(folder).records
    data = json.loads(exports.json_data(records))
    assert data["version"] == exports.SCHEMA_VERSION
    papers = {paper.pop("id"): paper for paper in data["papers"]}
    assert papers == json.loads(json.dumps({record_id: store.plain(record) for record_id, record in records.items()}))
    for record_id, paper in papers.items():
        assert Record.model_validate(paper) == records[record_id]


def test_names_keep_their_parts() -> None:
    record = _library(TOY_RECORDS).records["two-names"]
    assert [str(name) for name in record.authors] == ["Chi-Wen van der Loom", "Spindle", "Toy Weavers' Union"]
    person = _bibtex(exports.bibtex_entry("k", record)).entries["k"].persons["author"][0]
    assert (person.prelast_names, person.last_names, person.first_names) == (["van", "der"], ["Loom"], ["Chi-Wen"])
    assert _ris(exports.ris_entry("k", record))[0]["authors"][:2] == ["van der Loom, Chi-Wen", "Spindle"]
    assert exports.csl_item("k", record)["author"][0] == {"family": "van der Loom", "given": "Chi-Wen"}
    row = next(csv.DictReader(io.StringIO(exports.csv_table({"k": record}))))
    assert row["authors"] == "van der Loom, Chi-Wen and Spindle and Toy Weavers' Union"


def test_a_list_of_authors_that_is_cut_says_so_in_every_format() -> None:
    record = Record(title="A Toy", authors=(PersonName(family="Loom", given="Ada"), "Bo Weft", "others"))
    assert "author = {Loom, Ada and Bo Weft and others}," in exports.bibtex_entry("k", record)
    assert _ris(exports.ris_entry("k", record))[0]["authors"] == ["Loom, Ada", "Bo Weft", "others"]
    assert exports.csl_item("k", record)["author"][-1] == {"literal": "others"}
    assert exports.reference(record) == "Ada Loom, Bo Weft and others. A Toy."
    row = next(csv.DictReader(io.StringIO(exports.csv_table({"k": record}))))
    assert row["authors"] == "Loom, Ada and Bo Weft and others"


AUTHORS = [
    ("Weavers and Sons", 1),
    ("Loom, Inc.", 1),
    ("Ada Toymaker", 1),
    (PersonName(family="Spindle", given="Bo"), 1),
    (PersonName(family="The Weavers, Knitters and Spinners"), 1),
]


@pytest.mark.parametrize(("author", "count"), AUTHORS)
def test_bibtex_keeps_one_author_one(author: str | PersonName, count: int) -> None:
    entry = _bibtex(exports.bibtex_entry("k", Record(title="A Toy", authors=(author,)))).entries["k"]
    assert len(entry.persons["author"]) == count


@pytest.mark.parametrize(
    "author",
    [
        "Weavers AND Sons",
        PersonName(family="Weavers and Sons", given="Ada"),
        PersonName(family="Loom, Inc.", given="Ada, Bo, Chi"),
    ],
)
def test_bibtex_keeps_odd_authors_one(author: str | PersonName) -> None:
    entry = _bibtex(exports.bibtex_entry("k", Record(title="A Toy", authors=(author,)))).entries["k"]
    (person,) = entry.persons["author"]
    assert " ".join(person.last_names).strip("{}") == (author.family if isinstance(author, PersonName) else author)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", "Loom { Letters"),
        ("venue", "Loom { Letters"),
        ("venue", "Loom } Letters"),
        ("authors", "Loom } Letters"),
    ],
)
def test_bibtex_survives_a_lone_brace(field: str, text: str) -> None:
    record = Record.model_validate({"title": "A Toy", field: [text] if field == "authors" else text})
    entries = _bibtex(exports.bibtex({"k": record, "next": Record(title="Next")})).entries
    assert list(entries) == ["k", "next"]


def test_csv_keeps_an_author_with_a_lone_brace_one() -> None:
    record = Record(title="A Toy", authors=("Weavers } and Spinners", "Bo Weft"))
    (entry,) = readers.read("toy", exports.csv_table({"k": record}).encode()).entries
    assert entry.authors == ("Weavers and Spinners", "Bo Weft")


def test_a_reference_ends_each_part_once() -> None:
    record = Record(title="Do Looms Learn?", authors=("Ada Loom", "Sons & Co."), venue="Loom Inc.")
    assert exports.reference(record) == "Ada Loom and Sons & Co. Do Looms Learn? Loom Inc."


def test_a_record_of_a_title_alone_is_enough() -> None:
    records = {"k": Record(title="A Toy")}
    assert _bibtex(exports.bibtex(records)).entries["k"].fields == {"title": "{A Toy}"}
    assert _ris(exports.ris(records)) == [{"type_of_reference": "GEN", "id": "k", "title": "A Toy"}]
    assert json.loads(exports.csl_json(records)) == [{"id": "k", "type": "article", "title": "A Toy"}]
    assert json.loads(exports.json_data(records))["papers"] == [{"id": "k", "title": "A Toy"}]


@pytest.mark.parametrize("name", sorted(exports.FORMATS))
def test_an_empty_list_is_a_valid_file(name: str) -> None:
    text = exports.FORMATS[name]({})
    readers: dict[str, Any] = {"bibtex": lambda: list(_bibtex(text).entries), "ris": lambda: _ris(text)}
    readers["csv"] = lambda: list(csv.DictReader(io.StringIO(text)))
    readers["csl-json"] = lambda: json.loads(text)
    readers["json"] = lambda: json.loads(text)["papers"]
    assert readers[name]() == []


VENUES = [
    ("Journal of Toy Weaving", "article", "JOUR", "article-journal"),
    ("Transactions on Looms", "article", "JOUR", "article-journal"),
    ("Toy Conference on Looms", "inproceedings", "CPAPER", "paper-conference"),
    (None, "misc", "GEN", "article"),
]


@pytest.mark.parametrize(("venue", "bibtex", "ris", "csl"), VENUES)
def test_the_venue_decides_the_kind(venue: str | None, bibtex: str, ris: str, csl: str) -> None:
    record = Record(title="A Toy", venue=venue)
    assert _bibtex(exports.bibtex_entry("k", record)).entries["k"].type == bibtex
    assert _ris(exports.ris_entry("k", record))[0]["type_of_reference"] == ris
    assert exports.csl_item("k", record)["type"] == csl


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({}, None),
        ({"doi": "10.5555/a_b"}, "https://doi.org/10.5555/a_b"),
        ({"doi": "10.5555/a", "arxiv": "2301.99901"}, "https://arxiv.org/abs/2301.99901"),
        ({"acl": "2021.toy-main.7"}, "https://aclanthology.org/2021.toy-main.7/"),
    ],
)
def test_the_address_is_where_the_paper_is_read(held: dict[str, str], expected: str | None) -> None:
    record = Record(title="A Toy", identifiers=Identifiers(**held))
    assert wording.paper_url(record) == expected
    entry = _bibtex(exports.bibtex_entry("k", record)).entries["k"]
    assert entry.fields.get("url") == expected
    assert set(held) <= set(SCHEMES)


# --- the command -----------------------------------------------------------------------------------------------------


def _ids(format: str, text: str) -> list[str]:
    if format == "bibtex":
        return list(parse_string(text, "bibtex").entries)
    if format == "ris":
        return [entry["id"] for entry in rispy.loads(text)]
    if format == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    data = json.loads(text)
    return [item["id"] for item in (data["papers"] if format == "json" else data)]


@pytest.mark.parametrize("format", ["bibtex", "ris", "csl-json", "csv", "json"])
@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ((), ["braided-attention", "nameless-spindle", "stray-thread", "undated-shuttle", "two-names", "hostile"]),
        (("--topic", "weaving", "--year", "2021"), ["two-names"]),
        (("--topic", "WEAVING & Knotting", "--year", "2021"), ["two-names"]),
        (("--year", "2021"), ["stray-thread", "two-names"]),
        (("--topic", "empty-topic"), []),
    ],
)
def test_export_prints_what_is_asked_for(
    format: str,
    narrowed: Sequence[str],
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = enter_project(tmp_path, monkeypatch)
    assert call("export", "--format", format, *narrowed) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert _ids(format, said.out) == expected
    assert call("export", "--format", format, *narrowed, "--output", "out.txt") == 0
    assert capsys.readouterr().out == ""
    assert (project / "out.txt").read_bytes() == said.out.encode()


def test_a_page_cites_without_the_texts_that_stand_on_it() -> None:
    record = Record.model_validate({"title": "Loom", "summary": "It weaves.\n\nWell.", "abstract": "We weave."})
    found = {format: text for format, _, text in exports.citations("loom", record)}
    assert list(found) == ["bibtex", "ris", "csl-json", "text"]
    assert not [format for format, text in found.items() if "weave" in text]
    assert "We weave." in exports.bibtex_entry("loom", record)
    assert json.loads(found["csl-json"])[0]["title"] == exports.csl_item("loom", record)["title"]
    assert not [text for text in found.values() if "\n\n" in text]  # an empty line would end the HTML it stands in
