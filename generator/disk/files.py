"""Files and folders on the disk: written wholly or not at all, flushed, and nothing left of what failed."""

from __future__ import annotations

import contextlib
import errno
import io
import itertools
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

Mark = tuple[int, ...]
"""What tells one state of a file from another: its inode, its size in bytes, and when it changed, in nanoseconds."""

State = tuple[tuple[str, Mark], ...]
"""The marks of the files in a folder, by their paths in it, with slashes; of what cannot be read, why that is so."""

_TEMPORARY = ".reading-list-tmp-"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def replace(path: str | Path, data: bytes, *, durable: bool = True) -> None:
    """Make ``data`` the content of ``path``, wholly or not at all; ``durable`` waits for the disk. Raises OSError."""
    temporary = os.path.join(os.path.dirname(path), f"{_TEMPORARY}{secrets.token_hex(4)}")
    try:
        create(temporary, data, durable=durable)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def create(path: str | Path, data: bytes, *, durable: bool = True) -> os.stat_result:
    """Write a file that is not there yet, and with ``durable`` wait for the disk; return its state. Raises OSError."""
    descriptor = os.open(path, _NEW, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        if durable:
            os.fsync(descriptor)
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def read(path: str) -> bytes:
    """Return what a file holds, in the quickest way, for who reads thousands of them. Raises OSError."""
    with io.FileIO(path) as file:
        return file.readall()


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on the disk. Raises OSError."""
    if os.name == "posix":  # others cannot open a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno != errno.EINVAL:  # the file system has no such thing
                raise
        finally:
            os.close(descriptor)


def sweep(folder: Path) -> None:
    """Delete what a run that was killed left of its writing; the caller holds the folder."""
    for left in sorted(folder.glob(f"{_TEMPORARY}????????")):
        with contextlib.suppress(OSError):
            left.unlink()


def holds(path: Path, data: bytes) -> bool:
    """Tell whether a file has these bytes, and is no link."""
    with contextlib.suppress(OSError):
        return not path.is_symlink() and path.stat().st_size == len(data) and path.read_bytes() == data
    return False


def is_as_left(path: str | Path, size: int, changed: int) -> bool:
    """Tell whether a plain file still has the ``size`` in bytes and the time of change, in nanoseconds, that it had."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and (found.st_size, found.st_mtime_ns) == (size, changed)


def is_device(path: Path) -> bool:
    """Tell whether a path is for writing into, such as ``/dev/stdout`` or a pipe."""
    named = os.fspath(path).startswith(("/dev/std", "/dev/fd/", "/proc/self/fd/"))
    return named or (path.exists() and not path.is_file() and not path.is_dir())


def missing(folder: Path) -> list[Path]:
    """Return the folders that making ``folder`` would make, the innermost first."""
    return list(itertools.takewhile(lambda place: not os.path.lexists(place), (folder, *folder.parents)))


def make(folders: Sequence[Path]) -> None:
    """Make the folders that ``missing`` returned. Raises OSError."""
    for folder in reversed(folders):
        folder.mkdir(exist_ok=True)


def remove_empty(folders: Sequence[Path]) -> None:
    """Delete folders that this run has made, the innermost first, where nothing came into them."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def state(folder: Path) -> State:
    """Return what tells this state of a folder from others: all files in it but hidden ones."""
    found: list[tuple[str, Mark]] = []
    top = os.fspath(folder)
    left, root = [top], f"{top}{os.sep}"
    while left:
        place = left.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
                    else:
                        now = entry.stat(follow_symlinks=False)
                        path = entry.path.removeprefix(root).replace(os.sep, "/")
                        found.append((path, (now.st_ino, now.st_size, now.st_mtime_ns)))
        except OSError as error:  # is told by whoever reads the files
            found.append((place.removeprefix(root), (error.errno or 0,)))
    return tuple(sorted(found))
