"""What a change does to a list, item by item."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from site_tools import toy_records, write_record

from generator import store
from generator.curation import changes, moves, revisions
from generator.curation.changes import RecordChange, TableChange
from generator.disk import documents
from generator.models import Record


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return toy_records(tmp_path / "before")


@pytest.fixture
def head(base: Path) -> Path:
    return Path(shutil.copytree(base, base.parent / "records"))


def _found(head: Path, base: Path) -> tuple[list[RecordChange], list[TableChange]]:
    with revisions.compared(store.load(head), str(base)) as change:
        return list(changes.records(change)), list(changes.tables(change))


def test_nothing_changed(head: Path, base: Path) -> None:
    assert _found(head, base) == ([], [])


def test_fields_are_named(head: Path, base: Path) -> None:
    record = store.load(head).records["two-names"]
    links = record.links.model_copy(update={"project": "https://example.org/"})
    write_record(head, "two-names", record.model_copy(update={"why": "So.", "links": links, "issued": None}))
    assert _found(head, base)[0] == [RecordChange("two-names", "changed", ("issued", "links.project", "why"))]


@pytest.mark.parametrize("text", ["title:  'Crooked'\n", "titel: Wrong\n", "[", ""])
def test_records_that_cannot_be_read_or_are_out_of_form(head: Path, base: Path, text: str) -> None:
    path = head / "papers" / "two-names.yaml"
    path.write_text(text or path.read_text("utf-8") + "# a remark\n", "utf-8")
    (found,) = _found(head, base)[0]
    assert (found.id, found.kind) == ("two-names", "changed")
    assert (found.fields == ()) == ("Crooked" not in text)


MOVES: list[tuple[Callable[[store.Contents], moves.Edit], list[tuple[str, str, str | None, str | None]]]] = [
    (
        lambda contents: moves.rename(contents, "braided-attention", "plait"),
        [("plait", "renamed", "braided-attention", None)],
    ),
    (
        lambda contents: moves.merge(contents, "two-names", "braided-attention"),
        [("two-names", "changed", None, None), ("braided-attention", "merged", None, "two-names")],
    ),
    (
        lambda contents: moves.retract(contents, ["braided-attention"], "It frayed.", "2025-02-03"),
        [("braided-attention", "retracted", None, None)],
    ),
]


@pytest.mark.parametrize(("move", "expected"), MOVES)
def test_what_became_of_an_id(
    head: Path,
    base: Path,
    move: Callable[[store.Contents], moves.Edit],
    expected: list[tuple[str, str, str | None, str | None]],
) -> None:
    contents = store.load(head)
    moves.apply(contents, move(contents))
    found = [(each.id, each.kind, each.was, each.to) for each in _found(head, base)[0]]
    assert [each for each in found if each in expected] == expected
    assert {kind for _, kind, _, _ in found} - {"changed"} == {kind for _, kind, _, _ in expected} - {"changed"}


def test_a_record_with_another_id_and_other_facts_is_renamed_and_changed(head: Path, base: Path) -> None:
    contents = store.load(head)
    moves.apply(contents, moves.rename(contents, "two-names", "names"))
    write_record(head, "names", contents.records["two-names"].model_copy(update={"why": "Two."}))
    assert RecordChange("names", "renamed", ("why",), was="two-names") in _found(head, base)[0]


def test_added_and_removed_stand_in_order(head: Path, base: Path) -> None:
    write_record(head, "b", Record(title="B"))
    write_record(head, "a", Record(title="A"))
    (head / "papers" / "hostile.yaml").unlink()
    assert _found(head, base)[0] == [
        RecordChange("a", "added"),
        RecordChange("b", "added"),
        RecordChange("hostile", "removed"),
    ]


def test_tables_are_told_by_item(head: Path, base: Path) -> None:
    contents = store.load(head)
    topics = {**contents.topics, "knots": contents.topics["weaving"].model_copy(update={"name": "Knots"})}
    topics["spinning"] = topics["spinning"].model_copy(update={"name": "Spin", "description": "Round."})
    del topics["empty-topic"]
    documents.write(head / "topics.yaml", store.table_text(topics))
    documents.write(head / "redirects.yaml", store.redirects_text({**contents.redirects, "braid": "two-names"}))
    assert _found(head, base)[1] == [
        TableChange("topics.yaml", "empty-topic", "removed"),
        TableChange("topics.yaml", "knots", "added"),
        TableChange("topics.yaml", "spinning", "changed", ("name", "description")),
        TableChange("redirects.yaml", "braid", "changed"),
    ]
