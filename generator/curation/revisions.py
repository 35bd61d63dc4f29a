"""The records folder as it was: which papers a revision of the list's git history holds, and of what day it is."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.errors import UsageError


@dataclass(frozen=True)
class Revision:
    """A revision of the list: its day (YYYY-MM-DD), and the ids of its papers."""

    day: str
    papers: frozenset[str]


def at(folder: Path, name: str) -> Revision:
    """Return the revision ``name``, a tag, branch or commit, of the records ``folder``.

    Raises UsageError where there is no git, no repository, or no such revision in it.
    """
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
    day = _git(folder, "log", "-1", "--format=%cs", commit).strip()
    names = _git(folder, "ls-tree", "--name-only", "-z", commit, "papers/").split("\0")
    return Revision(day, frozenset(PurePosixPath(name).stem for name in names if name.endswith(".yaml")))


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and a revision cannot be an option
            ["git", *arguments],  # noqa: S607 - whichever git the user has
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
    except OSError as error:
        raise UsageError(
            f"{folder}: its history cannot be read ({error.strerror}); install git, name the folder"
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip() or f"no revision {arguments[-1].removesuffix('^{commit}')!r}"
        raise UsageError(f"{folder}: its history cannot be read ({said}); name a tag, branch or commit of it") from None
    return done.stdout
