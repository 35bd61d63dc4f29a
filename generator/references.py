"""Papers that records and tables name by their ids: each must be on the list."""

from __future__ import annotations

import os
from collections.abc import Iterator

from generator.errors import Problem
from generator.store import Contents, record_file


def is_faulty(contents: Contents, file: str) -> bool:
    """Tell whether a file has problems of its own; what names things in it cannot be judged then."""
    name = os.fspath(contents.folder / file)
    return any(problem.path == name for problem in contents.problems)


def fault(contents: Contents, paper: str) -> str | None:
    """Return what is wrong with naming the paper of this id, and the remedy; ``None`` where nothing is."""
    if paper in contents.records or is_faulty(contents, record_file(paper)):
        return None
    if paper in contents.redirects:
        return f"{paper!r} has moved; write {contents.redirects[paper]!r}"
    if paper in contents.retracted:
        return f"{paper!r} was taken off the list; delete this"
    return f"{paper!r} is no record; write the id of one"


def lost_steps(contents: Contents) -> Iterator[Problem]:
    """Yield the steps of topics and reading paths whose paper is not there: no page can show them."""
    topics = [
        ("topics.yaml", key, "start_here", [each.paper for each in topic.start_here])
        for key, topic in contents.topics.items()
    ]
    paths = [("paths.yaml", key, "steps", [each.paper for each in path.steps]) for key, path in contents.paths.items()]
    for file, name, field, papers in topics + paths:
        for number, paper in enumerate(papers):
            if found := fault(contents, paper):
                place = (name, field, number, "paper")
                yield contents.problem(file, place, f"{name}.{field}[{number + 1}].paper: {found}")
