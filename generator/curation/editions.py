"""An edition of the list: what it was at a revision of its git history, and on what day that was."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from generator.curation.revisions import compared, first_line, git
from generator.errors import UsageError
from generator.library import Library
from generator.store import Contents, record_file


@dataclass(frozen=True)
class Edition:
    """The list at one revision: its day (YYYY-MM-DD), and what it had."""

    day: str
    library: Library


def at(contents: Contents, name: str) -> Edition:
    """Return the edition of the list at the revision ``name``, a tag, branch or commit that it has grown from.

    Raises UsageError where there is no git, no repository, or no such revision in it.
    """
    commit = _git(contents.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
    day = _git(contents.folder, "log", "-1", "--format=%cs", commit).strip()
    with compared(contents, commit) as change:
        # A record of then that this program cannot read is taken to be as it is now: it did not join since.
        held = {key: record for key, record in contents.records.items() if record_file(key) in change.before}
        return Edition(day, Library.of(replace(change.base, records=held | dict(change.base.records))))


def _git(folder: Path, *arguments: str) -> str:
    status, said = git(folder, *arguments)
    if status:
        why = first_line(said) or f"no revision {arguments[-1].removesuffix('^{commit}')!r}"
        raise UsageError(f"{folder}: its history cannot be read ({why}); name a tag, branch or commit of it")
    return os.fsdecode(said)
