"""The store: records read and written without losing a byte, whatever stands in them; a folder that cannot be read."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from site_tools import write_record

from generator import store
from generator.disk import documents
from generator.errors import WriteError
from generator.models import Correction, Record, Source, Topic
from generator.store.schema import SCHEMA_FILE, record_schema

RECORDS = Path(__file__).resolve().parent.parent / "records"
Make = Callable[[Mapping[str, str]], Path]


@pytest.fixture(scope="module")
def contents() -> store.Contents:
    found = store.load(RECORDS)
    assert found.problems == ()
    return found


def test_every_file_of_this_repository_is_written_as_it_was_read(contents: store.Contents) -> None:
    written = store.canonical(contents)
    assert set(written) == {path.relative_to(RECORDS).as_posix() for path in RECORDS.rglob("*.yaml")}
    for name, text in written.items():
        assert text.encode("utf-8") == (RECORDS / name).read_bytes(), name


def test_every_record_of_this_repository_fits_the_schema(contents: store.Contents) -> None:
    schema = json.loads((RECORDS / SCHEMA_FILE).read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for name in contents.records:
        # As an editor reads it: numbers are numbers there.
        data = yaml.safe_load((RECORDS / store.record_file(name)).read_text("utf-8"))
        assert list(validator.iter_errors(data)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"}, {"title": ""}, {"topics": ["ferries"]}, {"type": "novel"}, {"issued": "May 2020"},
        {"author_count": 0},
        {"links": {"website": "x"}}, {"seen": [{"position": 1}]}, {"venue": None}, {"authors": [{"given": "Ann"}]},
    ],
    ids=str,
)  # fmt: skip
def test_the_schema_refuses_what_the_model_refuses(wrong: dict[str, Any]) -> None:
    schema = json.loads(record_schema({"looms": Topic(name="Looms", group="Weaving")}))
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"title": "A Toy", "topics": ["looms"]})
    assert not validator.is_valid({"title": "A Toy", **wrong})


def test_no_docstring_is_in_the_schema() -> None:  # which Python leaves out with -OO
    schema = json.loads(record_schema({}))
    assert not [name for name, each in {"Record": schema, **schema["$defs"]}.items() if "description" in each]
    assert all(field["description"] for field in schema["properties"].values())


# --- round trips -----------------------------------------------------------------------------------------------------

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Zs"]) | st.sampled_from(
    "  :#-'\"{}[],&*!|>%@`?~\\$^ε"
)
WORDS = st.text(CHARACTERS, min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool)
AWKWARD = st.sampled_from(
    [
        "no",
        "1e3",
        "2301.00010",
        "2024-13-01",
        "~",
        "null",
        "- a",
        "a: b",
        "a #b",
        "---",
        "...",
        "%x",
        "=",
        "<<",
        "0x1f",
        "1:30",
        "'",
        '"',
    ]
)
LINE = WORDS | AWKWARD
PROSE = st.lists(st.lists(LINE, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=3).map("\n\n".join)
DATE = st.sampled_from(["2020", "2020-02", "2020-02-29"])
SLUG = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True).filter(
    lambda text: text not in {"con", "prn", "aux", "nul"} and text[:3] not in {"com", "lpt"}
)
URL = SLUG.map(lambda slug: f"https://{slug}.example/a?b={slug}#c:d")
AUTHOR = LINE | st.fixed_dictionaries({"family": LINE}, optional={"given": LINE})
SIGHTING = st.fixed_dictionaries(
    {"source": SLUG, "position": st.integers(1, 999)},
    optional={"line": st.integers(1, 9999), "comments": st.integers(0, 9), "upvotes": st.integers(0, 9)},
)
IDENTIFIERS = st.fixed_dictionaries(
    {},
    optional={
        "arxiv": st.just("2301.00010"),
        "doi": st.just("10.1000/a:b#c"),
        "openreview": st.just("1e00000000"),
    },
)
FIELDS = st.fixed_dictionaries(
    {"title": LINE},
    optional={
        "authors": st.lists(AUTHOR, min_size=1, max_size=6),
        "author_count": st.integers(1, 99),
        "issued": DATE,
        "type": st.sampled_from(["method", "survey"]),
        "topics": st.lists(SLUG, max_size=5),
        "identifiers": IDENTIFIERS,
        "venue": LINE,
        "links": st.dictionaries(st.sampled_from(["code", "project", "model", "dataset"]), URL, max_size=4),
        "summary": PROSE,
        "why": LINE,
        "results": st.lists(LINE, max_size=3),
        "abstract": PROSE,
        "added": st.just("2026-01-02"),
        "seen": st.lists(SIGHTING, max_size=3),
        "provenance": st.dictionaries(st.sampled_from(["title", "issued", "links.code"]), LINE, max_size=3),
        "not_same_as": st.lists(SLUG, max_size=2),
    },
)  # fmt: skip


def read_back(text: str) -> Record:
    document = documents.parse("toy", text)
    assert document.problems == ()
    return Record.model_validate(document.data)


@given(FIELDS)
def test_a_record_written_and_read_is_the_same_record(fields: dict[str, Any]) -> None:
    record = Record.model_validate(fields)
    text = store.record_text(record)
    again = read_back(text)
    assert again == record
    assert store.record_text(again) == text
    assert text.startswith(store.RECORD_HEAD)
    assert text.endswith("\n")


@given(FIELDS)
def test_other_yaml_readers_find_the_same_text(fields: dict[str, Any]) -> None:
    record = Record.model_validate(fields)
    data = yaml.safe_load(store.record_text(record))
    assert Record.model_validate(data) == record


def test_tables_keep_their_form() -> None:
    source = Source(name="toy: a dump", format="csv", captured="--12-09", checksum="sha256:" + "0" * 64, entries=0)
    text = store.table_text({"toy": source})
    head = 'toy:\n  name: "toy: a dump"\n  format: csv\n  captured: "--12-09"\n'
    assert text == f"{head}  checksum: sha256:{'0' * 64}\n  entries: 0\n"
    assert store.table_text({}) == ""
    assert store.redirects_text({"b": "x", "a": "no"}) == 'a: "no"\nb: x\n'


def test_corrections_stand_a_line_each() -> None:
    record = Record(title="A Toy", corrected=(Correction(day="2025-01-02", what="The date, which was a month late."),))
    text = store.record_text(record)
    assert text.endswith('corrected:\n- day: "2025-01-02"\n  what: The date, which was a month late.\n')
    assert Record.model_validate(yaml.safe_load(text)) == record


# --- folders ---------------------------------------------------------------------------------------------------------

LOOM = store.record_text(Record(title="A Toy Loom"))


def test_a_folder_that_does_not_exist_is_an_empty_list(tmp_path: Path) -> None:
    found = store.load(tmp_path / "nothing")
    assert (found.records, found.problems) == ({}, ())


def test_all_is_read_by_its_place(make_records: Make) -> None:
    folder = make_records({
        "papers/loom.yaml": LOOM,
        "papers/.hidden": "an editor's own file",
        "topics.yaml": "looms:\n  name: Looms\n  group: Weaving\n",
        "paths.yaml": "first:\n  title: First\n  steps:\n  - {paper: loom, why: Because.}\n",
        "redirects.yaml": "old: loom\n",
        "sources.yaml": "",
    })  # fmt: skip
    found = store.load(folder)
    assert found.problems == ()
    assert found.records == {"loom": Record(title="A Toy Loom")}
    assert (list(found.topics), list(found.paths), found.redirects, found.sources) == (
        ["looms"],
        ["first"],
        {"old": "loom"},
        {},
    )
    assert sorted(found.files) == ["papers/loom.yaml", "paths.yaml", "redirects.yaml", "sources.yaml", "topics.yaml"]


def test_a_field_without_a_value_states_nothing(make_records: Make) -> None:
    found = store.load(make_records({"papers/loom.yaml": f"{LOOM}topics:\nlinks: ~\nseen: null\n"}))
    assert (found.records, found.problems) == ({"loom": Record(title="A Toy Loom")}, ())


def test_a_bad_record_does_not_hide_the_good_ones(make_records: Make) -> None:
    folder = make_records({"papers/loom.yaml": LOOM, "papers/big.yaml": "a" * 70_000, "papers/bad.yaml": "title: [\n"})
    (folder / "papers" / "latin.yaml").write_bytes(b"title: caf\xe9\n")
    (folder / "papers" / "link.yaml").symlink_to("loom.yaml")
    (folder / "papers" / "folder.yaml").mkdir()
    found = store.load(folder)
    assert list(found.records) == ["loom"]
    assert [Path(problem.path).name for problem in found.problems] == [
        "bad.yaml",
        "big.yaml",
        "folder.yaml",
        "latin.yaml",
        "link.yaml",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("topics.yaml", "- looms\n"),
        ("redirects.yaml", "- old\n"),
        ("sources.yaml", "toy\n"),
        ("paths.yaml", "first: x\n"),
    ],
)
def test_tables_of_another_shape_are_problems(make_records: Make, name: str, text: str) -> None:
    problems = store.load(make_records({name: text})).problems
    assert [(Path(problem.path).name, problem.line) for problem in problems] == [(name, 1)]
    assert "must" in problems[0].message


def test_papers_may_be_no_folder_or_closed(make_records: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_records({"papers": "a file"})
    assert ["Not a directory" in problem.message for problem in store.load(folder).problems] == [True]

    def denied(_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "scandir", denied)
    assert ["Permission denied" in problem.message for problem in store.load(folder).problems] == [True]


def test_writing_a_record_says_whether_it_changed(tmp_path: Path) -> None:
    record = Record(title="A Toy Loom")
    assert write_record(tmp_path, "loom", record)
    assert not write_record(tmp_path, "loom", record)
    assert store.load(tmp_path).records == {"loom": record}


def test_a_comment_keeps_a_record_from_being_rewritten_not_from_being_deleted(make_records: Make) -> None:
    folder = make_records({"papers/loom.yaml": "title: A Toy  # sic\n"})
    with pytest.raises(WriteError, match=r"loom\.yaml:1: holds a comment"):
        write_record(folder, "loom", Record(title="A Toy Loom"))
    assert store.save(folder, {"papers/loom.yaml": None}) == ["papers/loom.yaml"]
    assert store.load(folder).files == {}


# --- names that become files and addresses ---------------------------------------------------------------------------

OUTSIDE = [
    "../../outside",
    "/tmp/outside",
    "a/b",
    "A",
    "con",
    "nul",
    "index",
    "a..b",
    "loom ",
    "x" * 81,
    "l\u043eom",
    "\u202e",
]


@pytest.mark.parametrize("name", OUTSIDE, ids=ascii)
@pytest.mark.parametrize("table", ["topics", "paths", "retracted", "redirects"])
def test_no_table_names_a_file_outside(make_records: Make, table: str, name: str) -> None:
    item = {
        "topics": "{name: Looms, group: Weaving}",
        "paths": "{title: A way, steps: [{paper: loom, why: First.}]}",
        "retracted": "{title: A Toy, retracted: '2025-01-01', reason: Withdrawn.}",
        "redirects": "loom",
    }[table]
    key = json.dumps(name)
    contents = store.load(make_records({"papers/loom.yaml": "title: A Toy\n", f"{table}.yaml": f"{key}: {item}\n"}))
    assert getattr(contents, table) == {}
    (problem,) = contents.problems
    assert (problem.path, problem.line) == (os.fspath(contents.folder / f"{table}.yaml"), 1)
    assert ";" in problem.message  # a remedy
    assert "\u202e" not in str(problem)


@pytest.mark.parametrize(
    "name", ["../../outside", "a/b", "con.txt", "NUL", "Index", "a.", ".a", "x" * 81, "\u0430"], ids=ascii
)
def test_no_source_names_a_file_outside(make_records: Make, name: str) -> None:
    item = f"{{name: toy, format: csv, entries: '1', checksum: 'sha256:{'0' * 64}'}}"
    contents = store.load(make_records({"sources.yaml": f"{json.dumps(name)}: {item}\n"}))
    assert contents.sources == {}
    assert len(contents.problems) == 1


@pytest.mark.parametrize("name", ["Loom", "con", "l\u043eom", "a_b", "x" * 81], ids=ascii)
def test_a_record_is_named_by_an_id(make_records: Make, name: str) -> None:
    contents = store.load(make_records({f"papers/{name}.yaml": "title: A Toy\n"}))
    assert contents.records == {}
    assert ["rename it" in problem.message for problem in contents.problems] == [True]


def test_links_in_the_place_of_files_are_not_followed(make_records: Make, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("looms: {name: Looms, group: Weaving}\n", "utf-8")
    folder = make_records({"papers/loom.yaml": "title: A Toy\n"})
    (folder / "topics.yaml").symlink_to(secret)
    (folder / "redirects.yaml").symlink_to(secret)
    (folder / "papers" / "secret.yaml").symlink_to(secret)
    contents = store.load(folder)
    assert (set(contents.records), contents.topics, contents.redirects) == ({"loom"}, {}, {})
    assert ["no plain file" in problem.message for problem in contents.problems] == [True] * 3
    shutil.move(folder / "papers", tmp_path / "papers")
    (folder / "papers").symlink_to(tmp_path / "papers")
    assert store.load(folder).records == {}
