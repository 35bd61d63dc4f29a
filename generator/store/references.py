"""Which papers are meant: by ids that records and tables name, each of which must be there, and by identifiers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from generator.errors import Problem
from generator.facts.ids import id_fault
from generator.models import Record, Retraction
from generator.store import Contents, record_file


def is_faulty(contents: Contents, file: str) -> bool:
    """Tell whether a file, or its folder, has problems of its own; what names things in it cannot be judged then."""
    path = contents.folder / file
    return not contents.faulty.isdisjoint((os.fspath(path), os.fspath(path.parent)))


def stated(contents: Contents, file: str) -> Mapping[str, object] | None:
    """Return the items of a table, faulty ones too; ``None`` where it cannot be read, so nobody knows what it names."""
    table: Mapping[str, object] = getattr(contents, file.removesuffix(".yaml"))
    return None if not table and is_faulty(contents, file) else fields(contents, file)


def fields(contents: Contents, file: str) -> Mapping[str, object]:
    """Return the fields of a file as they stand there, or the items of a table; nothing where it has none."""
    document = contents.files.get(file)
    return document.data if document and isinstance(document.data, Mapping) else {}


def bearing(papers: Mapping[str, Record | Retraction]) -> dict[tuple[str, str], str]:
    """Return which paper bears an identifier, be it an alternative one: ``{("doi", "10.1000/1"): "loom"}``."""
    found: dict[tuple[str, str], str] = {}
    for name, paper in papers.items():
        for held in (paper.identifiers, *paper.alternative_identifiers):
            found |= {(kind, value): name for kind, value in held if value}
    return found


def fault(contents: Contents, paper: str) -> str | None:
    """Return what is wrong with naming the paper of this id, and the remedy; ``None`` where nothing is."""
    if paper in contents.records or is_faulty(contents, record_file(paper)):
        return None
    if paper in contents.redirects:
        return f"{paper!r} has moved; write {contents.redirects[paper]!r}"
    if paper in contents.retracted:
        return f"{paper!r} was taken off the list; delete this"
    return f"{paper!r} is no record; write the id of one"


def steps(contents: Contents) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield what topics and reading paths name: file, item, field, and its papers in order.

    They are read from the file, so that one faulty step does not hide the others. A paper that is no id is given as an
    empty text: that fault is reported elsewhere.
    """
    for file, field in (("topics.yaml", "start_here"), ("paths.yaml", "steps")):
        for name, item in fields(contents, file).items():
            listed = item.get(field) if isinstance(item, Mapping) else None
            yield file, name, field, [_paper(step) for step in listed] if isinstance(listed, list) else []


def _paper(step: object) -> str:
    paper = step.get("paper") if isinstance(step, Mapping) else None
    return paper if isinstance(paper, str) and not id_fault(paper) else ""


def lost_steps(contents: Contents) -> Iterator[Problem]:
    """Yield the steps of topics and reading paths whose paper is not there: no page can show them."""
    for file, name, field, papers in steps(contents):
        for number, paper in enumerate(papers):
            if paper and (found := fault(contents, paper)):
                place = (name, field, number, "paper")
                yield contents.problem(file, place, f"{name}.{field}[{number + 1}].paper: {found}")
