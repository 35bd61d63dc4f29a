"""Export, then import: no field is lost that a format can carry, for every record of the list and for hostile ones.

CARRIED is the table that docs/importing.md prints; what a format carries comes back as it was, or the test fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from site_tools import RECORDS, TOY_RECORDS

from generator import exports, intake, merging, readers, store
from generator.facts import identifiers, links, titles
from generator.facts.venues import cited_date, container
from generator.models import Entry, Record

EVERY = ("bibtex", "ris", "csl-json", "csv", "json")
CARRIED: dict[str, tuple[str, ...]] = {
    "title": EVERY,  # as plain text, but in JSON with its LaTeX
    "authors": EVERY,
    "author_count": ("csv", "json"),
    "issued": EVERY,  # in a citation, of the edition of the venue
    "venue": EVERY,  # in a citation, a journal's year is the date alone
    "identifiers.arxiv": EVERY,
    "identifiers.doi": EVERY,
    "identifiers.openreview": EVERY,
    "identifiers.acl": EVERY,
    "links.paper": EVERY,
    "links.code": EVERY,
    "links.project": EVERY,
    "links.model": EVERY,
    "links.dataset": EVERY,
    "abstract": EVERY,
}
HOSTILE: list[dict[str, Any]] = [
    {"title": r"$\textbf{S}^2$IP & 50 % of \emph{Looms}: a_b #1 ~ x^2"},
    {"title": "αβγ-Looms: 縦糸と横糸 — النول 織機 ‘quoted’ “twice” ``thrice''"},
    {"title": "Braces { that do } not {close", "venue": "Journal of } Loose { Ends"},
    {"title": "=1+1", "venue": "@home", "authors": ["+Ada", "-Bo", "=Chi()"]},
    {"title": "'=quoted", "authors": ["'@Ada"], "venue": "-Looms-"},
    {"title": "- a -- b --- c ?` !` ,, << >>", "issued": "2021"},
    {"title": "AU  - no tag of RIS; ER  - ", "venue": "TY  - JOUR", "issued": "2021-03"},
    {"title": "Names", "authors": [
        {"family": "van der Loom", "given": "Ada"}, {"family": "Toymaker"}, "Weavers, Knitters and Spinners",
        {"family": "Kettle, Jr.", "given": "Odd, Even"}, "The Others", "Loom; Thread & Co.", "د. نول", "山田 花子",
        {"family": "O'Loom-Śpindle", "given": "Zoë É."}, "Ada and Bo", "{Braced} Union", "de la Weft",
        "Plan B, Ltd", "Loom J",
    ]},
    {"title": "One Author, Several Commas", "authors": [{"family": "Loom", "given": "Ada, Bo, Chi"}]},
    {"title": "One Institution", "authors": ["Weavers, Knitters, Spinners"]},
    {"title": "縦糸", "authors": [
        {"family": "山田", "given": "太郎"}, {"family": "김", "given": "철수"}, "山田太郎",
    ]},
    {"title": "Cut", "authors": [{"family": "Loom", "given": "Ada"}, "Bo Weft", "others"], "issued": "2020"},
    {"title": "Cut Behind One", "authors": ["Weavers and Spinners", "others"], "author_count": 40},
    {"title": "Counted", "author_count": 7, "issued": "1999-12-31"},
    {"title": "Everything", "authors": ["Ada"], "issued": "2023-01-05", "venue": "Toy Transactions on Looms",
     "identifiers": {"arxiv": "hep-th/9901001", "doi": "10.5555/a_b;c(1)#%25", "openreview": "abc_EF-234",
                     "acl": "2021.toy-main.7"},
     "links": {"code": "https://github.com/a/b_c?x=1&y=%7B#z", "project": "https://loom.example.org/~a_b/",
               "model": "https://huggingface.co/a/b", "dataset": "https://zenodo.org/records/1"},
     "abstract": "A toy abstract, arXiv:2301.99999 in it; 50 % of nothing."},
    {"title": "Links on Other Hosts", "links": {"code": "https://code.example.org/x", "model": "https://github.com/m/m",
                                                "dataset": "https://huggingface.co/d/d", "project": "https://github.com/p/p"}},
    {"title": "An Anthology Paper", "identifiers": {"acl": "P18-1001"}, "summary": "It says arXiv:2301.99998, code: https://x.example."},
    {"title": "A Forum Paper", "identifiers": {"openreview": "abcdefghij"}},
]  # fmt: skip


def _field(record: Record | Entry, name: str) -> Any:
    group, _, kind = name.partition(".")
    value = getattr(record, group)
    if name == "venue" and isinstance(record, Entry):
        return merging.fields_of(record, keep_abstract=False).get(name)
    if kind:
        return value.get(kind) if isinstance(value, Mapping) else getattr(value, kind)
    if name == "authors":
        return tuple(map(str, value or ()))
    return value


def _expected(record: Record, name: str, format: str) -> Any:
    value = _field(record, name)
    if name == "title" and format != "json":
        return titles.plain(value)
    if name == "identifiers.doi" and format in ("bibtex", "ris") and value and identifiers.arxiv(value):
        return None  # says no more than the arXiv id, which both give in its own field
    if name == "issued" and format in ("bibtex", "ris", "csl-json"):
        return cited_date(record.venue, value, record.identifiers.arxiv)
    if name == "venue" and value and format in ("bibtex", "ris", "csl-json"):
        place = container(value)
        return value if place.volume or place.pages else place.name  # the year is that of the date
    if name == "abstract" and value and format != "json":
        return titles.fold(value)
    return value


def _sets() -> dict[str, dict[str, Record]]:
    hostile = {f"k{number}": Record.model_validate(data) for number, data in enumerate(HOSTILE)}
    return {
        "real": dict(store.load(RECORDS).records),
        "toy": dict(store.load(TOY_RECORDS).records),
        "hostile": hostile,
    }


SETS = _sets()


@pytest.mark.parametrize("format", EVERY)
@pytest.mark.parametrize("name", SETS)
def test_export_then_import_loses_nothing(name: str, format: str) -> None:
    records = SETS[name]
    reading = readers.read("toy", exports.FORMATS[format](records).encode())
    assert [str(problem) for problem in reading.problems] == []
    assert [entry.key for entry in reading.entries] == list(records)
    lost = [
        (record_id, field, _expected(record, field, format), _field(entry, field))
        for (record_id, record), entry in zip(records.items(), reading.entries, strict=True)
        for field, formats in CARRIED.items()
        if format in formats and _field(entry, field) != _expected(record, field, format)
    ]
    assert lost == []
    assert reading.remarks == ()


def test_names_come_back_in_their_parts() -> None:
    records = {**SETS["real"], **SETS["hostile"]}
    for format in EVERY:
        entries = readers.read("toy", exports.FORMATS[format](records).encode()).entries
        for record, entry in zip(records.values(), entries, strict=True):
            parted = [author for author in record.authors if not isinstance(author, str) and author.given]
            assert [author for author in entry.authors or () if not isinstance(author, str) and author.given] == parted


def test_every_fact_of_a_record_stands_in_the_table() -> None:
    facts = {"title", "authors", "author_count", "issued", "venue", "abstract"}
    groups = {"identifiers": identifiers.SCHEMES, "links": links.KINDS}
    assert set(CARRIED) == facts | {f"{group}.{kind}" for group, kinds in groups.items() for kind in kinds}


def test_the_table_is_printed_for_curators() -> None:
    page = (Path(__file__).parent.parent / "docs" / "importing.md").read_text("utf-8")
    for field, formats in CARRIED.items():
        row = " | ".join("yes" if format in formats else "no" for format in EVERY)
        assert f"| `{field}` | {row} |" in page


@pytest.mark.parametrize("format", EVERY)
def test_a_second_import_changes_nothing(format: str, tmp_path: Path) -> None:
    records = dict(list(SETS["real"].items())[:60])
    path = tmp_path / "export.txt"
    path.write_bytes(exports.FORMATS[format](records).encode())
    folder = tmp_path / "records"
    first, second = (_import(folder, path) for _ in range(2))
    assert first > len(records)  # the records and their source
    assert second == 0


def _import(folder: Path, path: Path) -> int:
    contents = store.load(folder)
    readings, checksums = intake.read_files([str(path)])
    done = intake.plan(contents, readings, checksums, today="2026-01-02")
    return intake.write(contents, done)
