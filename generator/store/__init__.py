"""A records folder: its YAML files read into models, and models written back in the one canonical form."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from generator.disk import documents, journal
from generator.errors import InputError, Problem, ReadingListError, WriteError
from generator.facts import titles
from generator.facts.ids import MAX_ID, id_fault, source_id_fault
from generator.faults import Place, faults_in, spell
from generator.models import Path as ReadingPath
from generator.models import Record, Retraction, Source, Topic
from generator.store.schema import SCHEMA_FILE

RECORD_HEAD = f"# yaml-language-server: $schema=../{SCHEMA_FILE}\n"
COMMENT = "holds a comment, which rewriting the file would lose; say it in a field, or delete it"
TABLES = ("topics.yaml", "paths.yaml", "sources.yaml", "redirects.yaml", "retracted.yaml")

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

    @property
    def papers(self) -> dict[str, Record | Retraction]:
        """What an import must know again, by id: the records, and the papers that were taken off the list."""
        papers: dict[str, Record | Retraction] = {**self.retracted, **self.records}
        return dict(sorted(papers.items()))

    @cached_property
    def titled(self) -> Mapping[str, str]:
        """The id of the paper that bears a title, by the title's key; one that was taken off comes behind records."""
        papers: list[tuple[str, Record | Retraction]] = [*self.records.items(), *self.retracted.items()]
        bearing = [(title, name) for name, paper in papers for title in (paper.title, *paper.alternative_titles)]
        return {key: name for title, name in reversed(bearing) if (key := titles.key(title))}

    @cached_property
    def faulty(self) -> frozenset[str]:
        """The paths of the files and folders that have problems."""
        return frozenset(problem.path for problem in self.problems)

    def problem(self, file: str, place: tuple[str | int, ...], message: str) -> Problem:
        """Return a problem at ``place`` of ``file`` (a path inside the folder)."""
        name = os.fspath(self.folder / file)
        document = self.files.get(file)
        return Problem(name, document.line(place) if document else None, message)


def record_file(record_id: str) -> str:
    """Return the path of the record ``record_id`` inside its folder."""
    return f"{journal.PAPERS}/{record_id}.yaml"


def is_record(file: str) -> bool:
    """Tell whether a file, by its path inside the folder, stands where records do, and nothing else may."""
    return file.startswith(f"{journal.PAPERS}/")


# --- reading ---------------------------------------------------------------------------------------------------------


def load(folder: Path) -> Contents:
    """Read a records folder; one that does not exist is an empty list. Everything wrong stands in ``problems``.

    What is read is one state of the folder: where files change while they are read, they are read again.
    """
    found = journal.one_state(folder, lambda: _load(folder))
    if found is None:
        message = "keeps changing while it is read; run this again when nothing writes here"
        return Contents(folder, problems=(Problem(os.fspath(folder), None, message),))
    return replace(found[0], state=found[1])


def load_sound(folder: Path) -> Contents:
    """Load a records folder as :func:`load` does; raises ReadingListError with all its problems where it has any."""
    contents = load(folder)
    if contents.problems:
        raise ReadingListError("\n".join(map(str, contents.problems)))
    return contents


def _load(folder: Path) -> Contents:
    reader = _Reader(folder)
    reader.problems.extend(journal.problems(folder))
    topics = reader.table("topics.yaml", Topic)
    records = reader.records({topic_id: topic.name for topic_id, topic in topics.items()})
    sources = reader.table("sources.yaml", Source, source_id_fault)
    paths = reader.table("paths.yaml", ReadingPath)
    redirects = reader.redirects()
    retracted = reader.table("retracted.yaml", Retraction)
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.sort_key))
    return Contents(folder, records, topics, sources, paths, redirects, retracted, reader.files, problems)


def load_record(path: Path) -> Record | None:
    """Return the record in a file; nothing where there is none, or it has any problem."""
    reader = _Reader(path.parent)
    document = reader.read(path)
    record = reader.model(document, (), document.data, Record) if document else None
    return None if reader.problems else record


class _Reader:
    """Reads the files of a records folder into models, and collects the files and what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, documents.Document] = {}
        self.problems: list[Problem] = []

    def tell(self, path: Path, message: str) -> None:
        """Note what is wrong with a file or folder as a whole."""
        self.problems.append(Problem(os.fspath(path), None, message))

    def tell_at(self, document: documents.Document, place: Place, message: str) -> None:
        """Note what is wrong at a place of a file."""
        self.problems.append(Problem(document.path, document.line(place), message))

    def read(self, path: Path) -> documents.Document | None:
        """Read a YAML file; ``None`` where nothing could be read. With two of one key there are data and problems."""
        try:
            document = documents.read(path)
        except InputError as error:
            self.problems.append(error.problem)
            return None
        self.problems.extend(document.problems)
        return document if document.data is not None or not document.problems else None

    def records(self, topics: Mapping[str, str]) -> dict[str, Record]:
        """Read all records by their ids; ``topics`` are the names of the list's topics by id."""
        records: dict[str, Record] = {}
        for path in self.record_files():
            document = self.read(path)
            if document is None:
                continue
            self.files[record_file(path.stem)] = document
            record = self.model(document, (), document.data, Record, topics)
            if fault := id_fault(path.stem):
                self.tell_at(document, (), f"{path.stem}: the file's name {fault}; rename it to the paper's id")
            elif record is not None and not document.problems:
                records[path.stem] = record
        return records

    def record_files(self) -> Iterator[Path]:
        """Yield the files of records, by name."""
        papers = self.folder / journal.PAPERS
        if papers.is_symlink():
            self.tell(papers, "is a symbolic link; put the folder itself here")
            return
        try:
            with os.scandir(papers) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            self.tell(papers, f"cannot be read ({error.strerror}); make it a readable folder")
            return
        for entry in found:
            if entry.name.startswith("."):
                continue
            path = papers / entry.name
            if path.suffix != ".yaml":
                self.tell(path, "is no record; records are named <id>.yaml, so rename or move it")
            elif not entry.is_file(follow_symlinks=False):
                self.tell(path, "is no plain file; put the record itself here")
            else:
                yield path

    def table_file(self, name: str, form: str) -> documents.Document | None:
        """Read a file that maps ids as ``form`` says; ``None`` where it is missing, empty or faulty."""
        path = self.folder / name
        if path.is_symlink() or (path.exists() and not path.is_file()):
            self.tell(path, "is no plain file; put the table itself here")
        elif path.exists() and (document := self.read(path)) is not None:
            self.files[name] = document
            if isinstance(document.data, Mapping):
                return document
            if document.data is not None:
                self.problems.append(Problem(document.path, 1, f"must map {form}"))
        return None

    def table(self, name: str, model: type[_M], fault_of: Callable[[str], str | None] = id_fault) -> dict[str, _M]:
        """Read a file that maps ids to items of ``model``; a missing or empty one is an empty table."""
        items: dict[str, _M] = {}
        document = self.table_file(name, "ids to items; write `id:` and the item's fields under it")
        if document is not None:
            for key, value in document.data.items():
                item = self.model(document, (key,), value, model)
                if self.is_id(document, key, fault_of) and item is not None:
                    items[key] = item
        return items

    def redirects(self) -> dict[str, str]:
        """Read the ids that lead to another one."""
        redirects: dict[str, str] = {}
        document = self.table_file("redirects.yaml", "old ids to new ones; write `old-id: new-id`")
        if document is not None:
            for old, new in document.data.items():
                is_id = self.is_id(document, old, id_fault)
                if not isinstance(new, str):
                    name = old[:MAX_ID]
                    message = f"{name}: must name the id that answers instead; write `{name}: new-id`"
                    self.tell_at(document, (old,), message)
                elif is_id:
                    redirects[old] = new
        return redirects

    def is_id(self, document: documents.Document, key: str, fault_of: Callable[[str], str | None]) -> bool:
        """Tell whether ``key`` can be an id, which becomes the name of a file and an address; if not, note why."""
        fault = fault_of(key)
        if fault:
            self.tell_at(document, (key,), f"{key[:MAX_ID]}: {fault}")
        return not fault

    def model(
        self, document: documents.Document, place: Place, data: Any, model: type[_M], topics: Any = None
    ) -> _M | None:
        """Return the ``data`` at a place of a file as a ``model``; ``None`` where they are none."""
        if not isinstance(data, Mapping):
            name = place[-1] if place else "the file"
            self.tell_at(document, place, f"{name}: must be fields with values; write `field: value` lines")
            return None
        stated = {key: value for key, value in data.items() if value is not None}
        try:
            return model.model_validate(stated)
        except ValidationError:
            for where, what in faults_in(model, stated, topics):
                self.tell_at(document, (*place, *where), f"{spell(where)}: {what}")
            return None


# --- writing ---------------------------------------------------------------------------------------------------------


def plain(model: BaseModel) -> dict[str, Any]:
    """Return a model as plain data for a file: fields in order, lists as tuples, what is empty left out.

    A field of which nothing is said is empty in every model, so what has its default is what is empty.
    """
    return model.model_dump(exclude_defaults=True)


def record_text(record: Record) -> str:
    """Return the canonical file of a record."""
    return documents.dump(plain(record), head=RECORD_HEAD)


def table_text(items: Mapping[str, BaseModel]) -> str:
    """Return the canonical file of a table of models; the items keep their order."""
    return documents.dump({key: plain(item) for key, item in items.items()}) if items else ""


def redirects_text(redirects: Mapping[str, str]) -> str:
    """Return the canonical file of the redirects, sorted by the old id."""
    return documents.dump(dict(sorted(redirects.items()))) if redirects else ""


def size_fault(text: str) -> str | None:
    """Say what is wrong with the text of a file that is longer than what would be read again."""
    size, most = len(text.encode()), documents.MAX_BYTES
    return f"would have {size} bytes; at most {most} are read, so shorten what goes there" if size > most else None


def save(folder: Path, changes: Mapping[str, str | None]) -> list[str]:
    """Make ``changes`` of a records folder that the caller holds, all or none; return the files that changed.

    ``changes`` are texts by path inside the folder, ``None`` deletes a file. Raises WriteError, also where a comment of
    a person would be lost from a file that stays, or a file could not be read again; nothing is changed then.
    """
    for name, text in sorted(changes.items()):
        if text is None or not name.endswith(".yaml"):
            continue
        if fault := size_fault(text):
            raise WriteError(f"{folder / name}: {fault}; nothing is written")
        with contextlib.suppress(OSError, UnicodeDecodeError):
            before = (folder / name).read_text(encoding="utf-8")
            if before != text and (line := documents.comment_line(before)):
                raise WriteError(f"{folder / name}:{line}: {COMMENT}")
    return journal.commit(folder, changes)


def sources_text(sources: Mapping[str, Source]) -> str:
    """Return the canonical file of the sources, sorted by id."""
    return table_text(dict(sorted(sources.items())))


def canonical(contents: Contents) -> dict[str, str]:
    """Return the canonical text of every file in ``contents`` that could be read, by its path inside the folder."""
    tables = {
        "topics.yaml": table_text(contents.topics),
        "sources.yaml": sources_text(contents.sources),
        "paths.yaml": table_text(contents.paths),
        "redirects.yaml": redirects_text(contents.redirects),
        "retracted.yaml": table_text(dict(sorted(contents.retracted.items()))),
    }
    records = {record_file(record_id): record_text(record) for record_id, record in contents.records.items()}
    return records | {
        name: text
        for name, text in tables.items()
        if name in contents.files and os.fspath(contents.folder / name) not in contents.faulty
    }
