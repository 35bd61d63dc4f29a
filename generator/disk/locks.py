"""Locks on folders: of two runs that would write into one, the second waits or is refused."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from generator.disk import files
from generator.errors import ReadingListError, WriteError

try:
    import fcntl
except ImportError:  # Windows has no advisory locks on folders
    fcntl = None  # type: ignore[assignment]

_PAUSE = 0.05


@contextlib.contextmanager
def exclusive(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold ``folder`` for this run alone; another run is waited for up to ``wait`` seconds.

    A folder that is not there is made, and goes again where nothing came into it. The lock ends with the process,
    however that ends, and leaves no file. Where the system or the file system has no locks on folders (Windows, some
    network drives), the run goes on without one. Raises ReadingListError where another run holds the folder, and
    WriteError.
    """
    made = files.missing(folder)
    try:
        files.make(made)
    except OSError as error:
        files.remove_empty(made)
        raise WriteError(f"{folder}: cannot be made a folder ({error.strerror}); check name and rights") from error
    if not folder.is_dir():
        raise WriteError(f"{folder}: is no folder; delete it, or name another place")
    descriptor = _opened(folder)
    try:
        end = time.monotonic() + wait
        while not _take(descriptor):
            if time.monotonic() >= end:
                raise ReadingListError(f"{folder}: another run is writing here; wait until it has ended")
            time.sleep(_PAUSE)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)
        files.remove_empty(made)


def is_held(folder: Path) -> bool:
    """Tell whether another run holds ``folder``."""
    descriptor = _opened(folder)
    try:
        return not _take(descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _opened(folder: Path) -> int | None:
    try:
        return os.open(folder, os.O_RDONLY) if fcntl else None
    except OSError:  # may be written into, but not be read
        return None


def _take(descriptor: int | None) -> bool:
    """Take the lock of an open folder, if it is free; where there are no locks it is."""
    if descriptor is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
