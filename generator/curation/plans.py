"""What a contribution comes to: the files to be written, or everything that keeps them from being written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from generator import checking, store
from generator.curation import nearness
from generator.curation.issues import Issue
from generator.curation.nearness import Nearest
from generator.disk import documents
from generator.models import Path as ReadingPath
from generator.models import Record, Topic
from generator.store import Contents
from generator.store.schema import SCHEMA_FILE, record_schema

Kind = Literal["paper", "correction", "topic", "path"]


@dataclass(frozen=True)
class Fault:
    """What keeps a contribution from being written: the field or question, and what is wrong with a remedy."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True)
class Plan:
    """A contribution worked out. With ``faults`` nothing is written; ``writes`` are texts by path inside the folder."""

    kind: Kind | None = None
    id: str | None = None
    title: str | None = None
    writes: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = ()
    duplicate: Nearest | None = None
    near: tuple[Nearest, ...] = ()


def unanswered(issue: Issue) -> list[Fault]:
    """Return a fault for each question of a form that must have an answer and has none."""
    return [
        Fault(question.id, "is missing; answer it")
        for question in issue.form.questions
        if question.required and not issue.answer(question.id)
    ]


def neighbours(contents: Contents, record_id: str, record: Record) -> tuple[Nearest, ...]:
    """Return the papers that this new record is or is near to, the surest first; some may have been taken off.

    They are those that ``check --base`` names once the record is there.
    """
    head = replace(contents, records={**contents.records, record_id: record})
    near = nearness.nearest(contents, head).get(record_id, ())
    return tuple(each for each in near if each.verdict.kind != "different")


def checked(contents: Contents, plan: Plan) -> Plan:
    """Return ``plan`` with a fault for all that ``check`` would find after it was written; nothing is written yet."""
    if plan.faults:
        return plan
    faults = [Fault("", f"{name}: {fault}") for name, text in plan.writes.items() if (fault := store.size_fault(text))]
    if not faults and (after := checking.check(_with(contents, plan.writes))):
        before = {(problem.path, problem.message) for problem in checking.check(contents)}
        new = [problem for problem in after if (problem.path, problem.message) not in before]
        ours = {os.fspath(contents.folder / name) for name in plan.writes}
        schema = os.fspath(contents.folder / SCHEMA_FILE)  # is written with the rest
        faults = [
            Fault("", problem.message if problem.path in ours else str(problem))
            for problem in new
            if problem.path != schema
        ]
    return replace(plan, faults=tuple(faults))


def _with(contents: Contents, writes: Mapping[str, str]) -> Contents:
    """Return the contents as they would be read after ``writes``."""
    records, topics, paths = dict(contents.records), dict(contents.topics), dict(contents.paths)
    files = dict(contents.files)
    problems = [*contents.problems]
    for name, text in writes.items():
        document = files[name] = documents.parse(os.fspath(contents.folder / name), text)
        if document.problems:
            problems += document.problems
        elif store.is_record(name):
            records[Path(name).stem] = Record.model_validate(document.data)
        elif name == "topics.yaml":
            topics = {key: Topic.model_validate(value) for key, value in document.data.items()}
        elif name == "paths.yaml":
            paths = {key: ReadingPath.model_validate(value) for key, value in document.data.items()}
    return replace(contents, records=records, topics=topics, paths=paths, files=files, problems=tuple(problems))


def apply(contents: Contents, plan: Plan) -> list[Path]:
    """Write a plan without faults, and the schema, all or nothing; return the files that changed. Raises WriteError."""
    if plan.faults or not plan.writes:
        return []
    schema = record_schema(_with(contents, plan.writes).topics)
    changed = store.save(contents.folder, {**plan.writes, SCHEMA_FILE: schema})
    return [contents.folder / name for name in changed]
