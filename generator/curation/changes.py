"""What a change does to a list, item by item: records and tables, which fields of them, and what became of an id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, get_args

from pydantic import BaseModel

from generator.curation.revisions import Change
from generator.models import Record
from generator.store import TABLES, is_record, record_file

Kind = Literal["added", "changed", "renamed", "merged", "retracted", "removed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class RecordChange:
    """What happened to a record. ``was`` is its id before, where that is another; ``to`` the id that answers for it."""

    id: str
    kind: Kind
    fields: tuple[str, ...] = ()
    """The fields that differ, such as ``links.code``; none where only the form does, or where a file is faulty."""
    was: str | None = None
    to: str | None = None

    @property
    def old_id(self) -> str:
        """The id before the change, be it the same."""
        return self.was or self.id


@dataclass(frozen=True)
class TableChange:
    """What happened to an item of a table such as topics.yaml."""

    file: str
    id: str
    kind: Literal["added", "changed", "removed"]
    fields: tuple[str, ...] = ()


def records(change: Change) -> tuple[RecordChange, ...]:
    """Return what happened to each record that a change touches, kind by kind, sorted by id."""
    base, head = change.base, change.head
    found = []
    renamed = {}
    for name in _ids(change.before - change.after):
        to = head.redirects.get(name)
        if name in head.retracted:
            found.append(RecordChange(name, "retracted"))
        elif to is not None and record_file(to) in change.after - change.before and to not in renamed:
            renamed[to] = name
        elif to is not None:
            found.append(RecordChange(name, "merged", to=to))
        else:
            found.append(RecordChange(name, "removed"))
    for name in _ids(change.touched & change.after):
        was = renamed.get(name, name)
        fields = differing(base.records.get(was), head.records.get(name))
        if name in renamed:
            found.append(RecordChange(name, "renamed", fields, was=was))
        elif record_file(name) in change.before:
            found.append(RecordChange(name, "changed", fields))
        else:
            found.append(RecordChange(name, "added"))
    return tuple(sorted(found, key=lambda each: (KINDS.index(each.kind), each.id)))


def _ids(files: frozenset[str]) -> list[str]:
    return sorted(PurePath(file).stem for file in files if is_record(file) and file.endswith(".yaml"))


def differing(before: BaseModel | None, after: BaseModel | None) -> tuple[str, ...]:
    """Return the names of the fields in which two models differ; none where one of them is missing."""
    if before is None or after is None:
        return ()
    found = []
    for name in type(after).model_fields:
        one, other = getattr(before, name), getattr(after, name)
        if isinstance(one, BaseModel) and isinstance(other, BaseModel):
            found += [f"{name}.{kind}" for kind in differing(one, other)]
        elif one != other:
            found.append(name)
    return tuple(found)


def tables(change: Change) -> tuple[TableChange, ...]:
    """Return what happened to the items of the tables that a change touches."""
    found: list[TableChange] = []
    for file in TABLES:
        if file in change.touched:
            name = file.removesuffix(".yaml")
            found += _of_table(file, getattr(change.base, name), getattr(change.head, name))
    return tuple(found)


def _of_table(
    file: str, before: Mapping[str, BaseModel | str], after: Mapping[str, BaseModel | str]
) -> Iterator[TableChange]:
    for key in sorted(before.keys() | after.keys()):
        one, other = before.get(key), after.get(key)
        if one is None:
            yield TableChange(file, key, "added")
        elif other is None:
            yield TableChange(file, key, "removed")
        elif one != other:
            fields = differing(one, other) if isinstance(one, BaseModel) and isinstance(other, BaseModel) else ()
            yield TableChange(file, key, "changed", fields)


def title_of(change: Change, each: RecordChange) -> str:
    """Return the title of a changed record as it is, or, where it is gone, was; its id where none is known."""
    record: Record | None = change.head.records.get(each.id) or change.base.records.get(each.old_id)
    return record.title if record else each.id
