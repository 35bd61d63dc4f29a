"""A records folder: its YAML files read into models, and models written back in the one canonical form."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator import documents, journal, locks
from generator.errors import InputError, Problem, WriteError
from generator.faults import explain, keys_in, spell
from generator.models import Id, Record, Retraction, Source, Topic
from generator.models import Path as ReadingPath

SCHEMA_FILE = "record.schema.json"
RECORD_HEAD = f"# yaml-language-server: $schema=../{SCHEMA_FILE}\n"
COMMENT = "holds a comment, which rewriting the file would lose; say it in a field, or delete it"
_ATTEMPTS, _PAUSE = 20, 0.1
# Files of many items may be larger than a record.
_TABLE_LIMIT = 4 * 1024 * 1024

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True)
class Contents:
    """All that a records folder holds, with the documents it was read from and the problems found on the way.

    A file with problems is left out of the models, except where the problem is only its form.
    """

    folder: Path
    records: Mapping[str, Record] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    paths: Mapping[str, ReadingPath] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    retracted: Mapping[str, Retraction] = field(default_factory=dict)
    files: Mapping[str, documents.Document] = field(default_factory=dict)
    """Every YAML file by its path inside the folder, such as ``papers/loom.yaml``."""
    problems: tuple[Problem, ...] = ()
    state: journal.State = ()
    """What tells the state of the folder that was read from later ones."""

    @property
    def given(self) -> frozenset[str]:
        """Every id that was ever given to a paper, and is not to be given again."""
        return frozenset((*self.records, *self.redirects, *self.retracted))

    def problem(self, file: str, place: tuple[str | int, ...], message: str) -> Problem:
        """Return a problem at ``place`` of ``file`` (a path inside the folder)."""
        name = os.fspath(self.folder / file)
        document = self.files.get(file)
        return Problem(name, document.line(place) if document else None, message)


def record_path(folder: Path, record_id: str) -> Path:
    """Return where the record ``record_id`` lies."""
    return folder / "papers" / f"{record_id}.yaml"


# --- reading ---------------------------------------------------------------------------------------------------------


def load(folder: Path) -> Contents:
    """Read a records folder; one that does not exist is an empty list. Everything wrong stands in ``problems``.

    What is read is one state of the folder: where files change while they are read, they are read again.
    """
    for _ in range(_ATTEMPTS):
        state = journal.state(folder)
        if journal.is_pending(folder) and locks.is_held(folder):
            time.sleep(_PAUSE)  # another run is putting a change into place
            continue
        contents = _load(folder)
        if journal.state(folder) == state:
            return replace(contents, state=state)
        time.sleep(_PAUSE)
    problem = Problem(
        os.fspath(folder), None, "keeps changing while it is read; run this again when nothing writes here"
    )
    return Contents(folder, problems=(problem,))


def has_changed(contents: Contents) -> bool:
    """Tell whether the folder has changed since it was read."""
    return journal.state(contents.folder) != contents.state


def _load(folder: Path) -> Contents:
    files: dict[str, documents.Document] = {}
    problems: list[Problem] = []
    records: dict[str, Record] = {}
    if journal.is_pending(folder):
        problems.append(
            Problem(
                os.fspath(folder / journal.PENDING),
                None,
                "a run was cut short while it changed these records; complete it with `reading-list check --fix`",
            )
        )
    for path in _record_files(folder, problems):
        name = f"papers/{path.name}"
        if (document := _read(path, documents.MAX_BYTES, problems)) is None:
            continue
        files[name] = document
        record = _model(document, (), document.data, Record, problems)
        if record is not None:
            records[path.stem] = record
    topics = _table(folder, "topics.yaml", Topic, files, problems)
    sources = _table(folder, "sources.yaml", Source, files, problems)
    paths = _table(folder, "paths.yaml", ReadingPath, files, problems)
    redirects = _redirects(folder, files, problems)
    retracted = _table(folder, "retracted.yaml", Retraction, files, problems)
    problems.sort(key=lambda problem: problem.sort_key)
    return Contents(folder, records, topics, sources, paths, redirects, retracted, files, tuple(problems))


def _record_files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    papers = folder / "papers"
    try:
        if papers.is_symlink():
            raise OSError(errno.ELOOP, "it is a symbolic link")
        names = sorted(os.listdir(papers))
    except FileNotFoundError:
        return
    except OSError as error:
        problems.append(
            Problem(os.fspath(papers), None, f"cannot be read ({error.strerror}); make it a readable folder")
        )
        return
    for name in names:
        path = papers / name
        if name.startswith("."):
            continue
        if path.suffix != ".yaml":
            problems.append(
                Problem(os.fspath(path), None, "is no record; records are named <id>.yaml, so rename or move it")
            )
        elif path.is_symlink() or not path.is_file():
            problems.append(Problem(os.fspath(path), None, "is no plain file; put the record itself here"))
        else:
            yield path


def _read(path: Path, limit: int, problems: list[Problem]) -> documents.Document | None:
    try:
        document = documents.read(path, limit=limit)
    except InputError as error:
        problems.append(error.problem)
        return None
    problems.extend(document.problems)
    return document if not document.problems else None


def _mapping(
    folder: Path, name: str, remedy: str, files: dict[str, documents.Document], problems: list[Problem]
) -> Mapping[str, Any]:
    """Read a file that maps ids to something; a missing or empty one, and one with problems, is an empty mapping."""
    path = folder / name
    if not os.path.lexists(path):
        return {}
    if path.is_symlink() or not path.is_file():
        problems.append(Problem(os.fspath(path), None, "is no plain file; put the file itself here"))
        return {}
    if (document := _read(path, _TABLE_LIMIT, problems)) is None:
        return {}
    files[name] = document
    if isinstance(document.data or {}, Mapping):
        return document.data or {}
    problems.append(Problem(document.path, 1, remedy))
    return {}


def _table(
    folder: Path, name: str, model: type[_M], files: dict[str, documents.Document], problems: list[Problem]
) -> dict[str, _M]:
    """Read a file that maps ids to items of ``model``."""
    remedy = "must map ids to items; write `id:` and the item's fields under it"
    data = _mapping(folder, name, remedy, files, problems)
    items = {key: _model(files[name], (key,), value, model, problems) for key, value in data.items()}
    return {key: item for key, item in items.items() if item is not None}


def _redirects(folder: Path, files: dict[str, documents.Document], problems: list[Problem]) -> dict[str, str]:
    name = "redirects.yaml"
    data = _mapping(folder, name, "must map old ids to new ones; write `old-id: new-id`", files, problems)
    for old in (old for old, new in data.items() if not isinstance(new, str)):
        message = f"{old}: must name the id that answers instead; write `{old}: new-id`"
        problems.append(Problem(files[name].path, files[name].line((old,)), message))
    return {old: new for old, new in data.items() if isinstance(new, str)}


def _model(
    document: documents.Document, place: tuple[str | int, ...], data: Any, model: type[_M], problems: list[Problem]
) -> _M | None:
    if not isinstance(data, Mapping):
        name = place[-1] if place else "the file"
        problems.append(
            Problem(
                document.path, document.line(place), f"{name}: must be fields with values; write `field: value` lines"
            )
        )
        return None
    try:
        return model.model_validate({key: value for key, value in data.items() if value is not None})
    except ValidationError as error:
        faults = error.errors(include_url=False)
        found: dict[Problem, None] = {}
        for fault in faults:
            if _is_other_member(fault, faults):
                continue
            where = tuple(part for part in fault["loc"] if isinstance(part, int) or part in keys_in(data, fault["loc"]))
            shown = (*where, fault["loc"][-1]) if fault["type"] == "missing" else where
            message = f"{spell(shown) or spell(fault['loc'])}: {explain(fault, model)}"
            found[Problem(document.path, document.line((*place, *where)), message)] = None
        problems.extend(found)
        return None


def _is_other_member(fault: ErrorDetails, faults: list[ErrorDetails]) -> bool:
    """Tell whether a fault only says that fields with values are no text, where the fields' own faults are told too."""
    return (
        fault["type"] == "string_type"
        and isinstance(fault["input"], Mapping)
        and any(other["loc"][:2] == fault["loc"][:2] and len(other["loc"]) > len(fault["loc"]) for other in faults)
    )


# --- writing ---------------------------------------------------------------------------------------------------------


def plain(model: BaseModel) -> dict[str, Any]:
    """Return a model as plain data for a file: fields in order, what is empty left out."""
    return dict(_strip(model.model_dump()))


def _strip(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: kept for key, item in value.items() if not _is_empty(kept := _strip(item))}
    if isinstance(value, (list, tuple)):
        return [_strip(item) for item in value]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ({}, [])


def record_text(record: Record) -> str:
    """Return the canonical file of a record."""
    return documents.dump(plain(record), head=RECORD_HEAD)


def table_text(items: Mapping[str, BaseModel]) -> str:
    """Return the canonical file of a table of models; the items keep their order."""
    return documents.dump({key: plain(item) for key, item in items.items()}) if items else ""


def redirects_text(redirects: Mapping[str, str]) -> str:
    """Return the canonical file of the redirects, sorted by the old id."""
    return documents.dump(dict(sorted(redirects.items()))) if redirects else ""


def record_schema(topics: Mapping[str, Topic]) -> str:
    """Return the JSON Schema of a record, with this list's topics for editors to complete."""
    schema = Record.model_json_schema()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A record of the reading list",
    }
    if topics:
        schema["properties"]["topics"]["items"] = {"enum": sorted(topics)}
    _say_null_nowhere(schema)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _say_null_nowhere(schema: Any) -> None:
    """Take ``null`` out of a schema: a field is there or it is not, and editors should not offer it."""
    if isinstance(schema, dict):
        options = schema.get("anyOf")
        if isinstance(options, list) and {"type": "null"} in options:
            rest = [option for option in options if option != {"type": "null"}]
            schema.pop("anyOf")
            schema.pop("default", None)
            if len(rest) == 1:
                schema.update({**rest[0], **schema})
            else:
                schema["anyOf"] = rest
        for value in schema.values():
            _say_null_nowhere(value)
    elif isinstance(schema, list):
        for value in schema:
            _say_null_nowhere(value)


def save(folder: Path, changes: Mapping[str, str | None]) -> list[str]:
    """Make ``changes`` of a records folder that the caller holds, all or none; return the files that changed.

    ``changes`` are texts by path inside the folder, ``None`` deletes a file. Raises WriteError, also where a comment of
    a person would be lost; nothing is changed then.
    """
    for name, text in sorted(changes.items()):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            before = (folder / name).read_text(encoding="utf-8") if name.endswith(".yaml") else text
            if text is not None and before and before != text and (line := documents.comment_line(before)):
                raise WriteError(f"{folder / name}:{line}: {COMMENT}")
    return journal.commit(folder, changes)


def write_record(folder: Path, record_id: Id, record: Record) -> bool:
    """Write one record in canonical form; return whether the file changed. Raises WriteError as ``save`` does."""
    return bool(save(folder, {f"papers/{record_id}.yaml": record_text(record)}))


def sources_text(sources: Mapping[str, Source]) -> str:
    """Return the canonical file of the sources, sorted by id."""
    return table_text(dict(sorted(sources.items())))


def canonical(contents: Contents) -> dict[str, str]:
    """Return the canonical text of every file in ``contents`` that could be read, by its path inside the folder."""
    texts: dict[str, Callable[[], str]] = {
        "topics.yaml": lambda: table_text(contents.topics),
        "sources.yaml": lambda: sources_text(contents.sources),
        "paths.yaml": lambda: table_text(contents.paths),
        "redirects.yaml": lambda: redirects_text(contents.redirects),
        "retracted.yaml": lambda: table_text(dict(sorted(contents.retracted.items()))),
    }
    faulty = {problem.path for problem in contents.problems}
    found = {f"papers/{record_id}.yaml": record_text(record) for record_id, record in contents.records.items()}
    for name, text in texts.items():
        if name in contents.files and os.fspath(contents.folder / name) not in faulty:
            found[name] = text()
    return found
