"""An edition of the list: which papers it had at a revision of its git history, and on what day that was."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.curation.revisions import first_line, git
from generator.errors import UsageError


@dataclass(frozen=True)
class Edition:
    """The list at one revision: its day (YYYY-MM-DD), and the ids of its papers."""

    day: str
    papers: frozenset[str]


def at(folder: Path, name: str) -> Edition:
    """Return the edition of the records ``folder`` at the revision ``name``, a tag, branch or commit.

    Raises UsageError where there is no git, no repository, or no such revision in it.
    """
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
    day = _git(folder, "log", "-1", "--format=%cs", commit).strip()
    names = _git(folder, "ls-tree", "--name-only", "-z", commit, "papers/").split("\0")
    return Edition(day, frozenset(PurePosixPath(name).stem for name in names if name.endswith(".yaml")))


def _git(folder: Path, *arguments: str) -> str:
    status, said = git(folder, *arguments)
    if status:
        why = first_line(said) or f"no revision {arguments[-1].removesuffix('^{commit}')!r}"
        raise UsageError(f"{folder}: its history cannot be read ({why}); name a tag, branch or commit of it")
    return os.fsdecode(said)
