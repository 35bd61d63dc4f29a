"""A change of several files of a records folder as one: all of it or nothing, wherever the run that makes it ends.

A change goes through these steps, each finished on the disk (fsync of files and folders) before the next begins:

1. Every new file is written beside its place, as ``.NAME.new``.
2. ``.pending.new`` is written: what the change makes of which file, each by the SHA-256 of its bytes before and after.
3. ``.pending.new`` is renamed to ``.pending``. With this one step the change is decided.
4. Every ``.NAME.new`` is renamed to ``NAME``; files that are to go are deleted.
5. ``.pending`` is deleted.

Whatever ends the run before step 3 leaves every file as it was, and files ``.*.new`` that nobody reads; the next run
that writes deletes them. Whatever ends it later leaves ``.pending``, and step 4 can be done again from any point: a
file is either new already or its ``.NAME.new`` is there. So the next run that writes completes the change, and what
it then does starts from a folder that is wholly old or wholly new. Disk space is taken in steps 1 and 2 alone. A file
that is neither what it was nor what it is to be has been changed by somebody since: then nothing is touched, and the
person is asked.

Runs that only read complete nothing; :func:`generator.store.load` waits for a run that is at step 4, and reports a
``.pending`` that nobody is at work on: a pull request could bring such a file, and it must not change records unseen.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from generator.disk import files, locks
from generator.errors import Problem, ReadingListError, WriteError

PENDING = ".pending"
PAPERS = "papers"

State = tuple[object, ...]
_T = TypeVar("_T")
_ATTEMPTS, _PAUSE = 20, 0.1
_NAME = re.compile(rf"(?:{PAPERS}/)?[a-z0-9][a-z0-9._-]*")
_ASKED = "put the records as they are to be (git shows what has changed), then delete this file"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[list[str]]:
    """Hold the records folder for this run alone, and complete what a run before could not; give the files of that.

    Raises ReadingListError where another run holds the folder, and WriteError.
    """
    with locks.exclusive(folder):
        try:
            completed = complete(folder)
        except OSError as error:
            raise WriteError(_told(error, folder, _outcome(folder, False))) from error
        yield completed


def commit(folder: Path, changes: Mapping[str, str | None]) -> list[str]:
    """Make ``changes`` of a records folder, which the caller holds, all or none; return the files that changed.

    ``changes`` are texts by path inside the folder; ``None`` deletes a file. Files that are right already are not
    touched. Raises WriteError, which says whether the change was made.
    """
    wanted = {name: text for name, text in sorted(changes.items()) if not _is(folder / name, text)}
    if not wanted:
        return []
    made = files.missing(folder / PAPERS)
    decided = False
    try:
        _refuse_links(folder, wanted)
        files.make(made)
        _stage(folder, wanted)
        _beside(folder / PENDING).replace(folder / PENDING)
        decided = True
        files.sync(folder)
        complete(folder)
    except BaseException as error:
        decided = decided or is_pending(folder)
        with contextlib.suppress(OSError, ReadingListError):
            complete(folder)
        files.remove_empty(made)
        if isinstance(error, OSError):
            raise WriteError(_told(error, folder, _outcome(folder, decided))) from error
        raise
    return list(wanted)


def complete(folder: Path) -> list[str]:
    """Finish a change that was decided, delete what belongs to one that was not; return the files of the former.

    The caller holds the folder. Raises OSError, and ReadingListError where files have been changed since.
    """
    names = _carry_out(folder) if is_pending(folder) else []
    for place in (folder, folder / PAPERS):
        if not place.is_symlink() or place == folder:
            for left in sorted(place.glob(".*.new")):
                left.unlink(missing_ok=True)
    return names


def is_pending(folder: Path) -> bool:
    """Tell whether a change of the folder was decided and is not finished."""
    return os.path.lexists(folder / PENDING)


def problems(folder: Path) -> Iterator[Problem]:
    """Yield what a person who only reads the folder is told of a change that waits to be finished."""
    if is_pending(folder):
        message = "a run was cut short while it changed these records; complete it with `reading-list check --fix`"
        yield Problem(os.fspath(folder / PENDING), None, message)


def one_state(folder: Path, read: Callable[[], _T]) -> tuple[_T, State] | None:
    """Return what ``read`` makes of one state of the folder, and that state; nothing where it keeps changing.

    A run that is putting a change into place is waited for.
    """
    for _ in range(_ATTEMPTS):
        before = state(folder)
        if not (is_pending(folder) and locks.is_held(folder)):
            found = read()
            if state(folder) == before:
                return found, before
        time.sleep(_PAUSE)
    return None


def state(folder: Path) -> State:
    """Return what tells this state of a records folder from others."""
    return (is_pending(folder), *files.state(folder))


def _stage(folder: Path, wanted: Mapping[str, str | None]) -> None:
    for name, text in wanted.items():
        if text is not None:
            files.create(_beside(folder / name), text.encode())
    plan = {
        name: {"before": _digest(folder / name), "after": None if text is None else _sha256(text.encode())}
        for name, text in wanted.items()
    }
    files.create(_beside(folder / PENDING), json.dumps(plan, indent=1).encode())
    files.sync(folder / PAPERS)
    files.sync(folder)


def _carry_out(folder: Path) -> list[str]:
    """Do step 4 and 5, where every file is as it was or as it is to be."""
    path = folder / PENDING
    plan = _plan(path)
    for name, (before, after) in plan.items():
        place, now = folder / name, _digest(folder / name)
        if now not in (before, after) or (now != after and after and _digest(_beside(place)) != after):
            raise ReadingListError(f"{path}: cannot be completed, for {name} has been changed since; {_ASKED}")
    _refuse_links(folder, plan)
    for name, (_, after) in plan.items():
        if after is None:
            (folder / name).unlink(missing_ok=True)
        elif _digest(folder / name) != after:
            _beside(folder / name).replace(folder / name)
    files.sync(folder / PAPERS)
    files.sync(folder)
    path.unlink()
    files.sync(folder)
    return list(plan)


def _plan(path: Path) -> dict[str, tuple[str | None, str | None]]:
    try:
        if path.is_symlink():
            raise ValueError
        data = json.loads(path.read_bytes())
        plan = {str(name): (each["before"], each["after"]) for name, each in data.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ReadingListError(f"{path}: is not of this program; {_ASKED}") from None
    if not all(_NAME.fullmatch(name) for name in plan):
        raise ReadingListError(f"{path}: names files that are no part of the records; {_ASKED}")
    return plan


def _refuse_links(folder: Path, names: Mapping[str, object]) -> None:
    for place in (folder / PAPERS, *(folder / name for name in names)):
        if place.is_symlink():
            raise WriteError(f"{place}: is a symbolic link; put the file or folder itself there")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name.removeprefix('.')}.new")


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of a plain file, or nothing where there is none."""
    try:
        return _sha256(path.read_bytes()) if not path.is_symlink() else None
    except (FileNotFoundError, NotADirectoryError):
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is(path: Path, text: str | None) -> bool:
    if text is None:
        return not os.path.lexists(path)
    return files.holds(path, text.encode())


def _told(error: OSError, folder: Path, outcome: str) -> str:
    return f"{error.filename or folder}: cannot be written ({error.strerror}); {outcome}"


def _outcome(folder: Path, decided: bool) -> str:
    if is_pending(folder):
        return (
            "some files are new and others still old: when this is mended, the next run completes the change, "
            "`reading-list check --fix` as well"
        )
    if decided:
        return "at a second attempt all files were written; look after the disk"
    return "nothing was changed; make room or make it writable"
