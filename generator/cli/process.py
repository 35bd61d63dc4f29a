"""What a command gets from the system: standard streams that are alike everywhere, and signals that let it clean up."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was asked to end by the signal ``number``."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def prepare() -> None:
    """Set up standard streams, threads and signals; for a process of its own, not for a command run inside another."""
    _open_all()
    # What multiplies no matrices need not keep a thread for each core spinning in wait for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Text is UTF-8, whatever the locale; names of files that are not are escaped, as in JSON.
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Opened anew, so that it has a buffer with PYTHONUNBUFFERED too: without one, nobody hears that a full disk
        # has taken only a part.
        sys.stdout = open(  # noqa: SIM115
            sys.stdout.fileno(), "w", encoding="utf-8", errors="backslashreplace", closefd=False
        )
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough; cleaning up is not to be cut short
    raise Terminated(number)


def _open_all() -> None:
    """Give each standard stream that was closed a file, so that no other file takes its number.

    What is then written to standard output fails, as it does for other programs; it is not lost silently.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR if name == "stderr" else os.O_RDONLY)  # takes the lowest number free
            with contextlib.suppress(OSError):
                setattr(sys, name, open(number, "r" if name == "stdin" else "w", closefd=False))  # noqa: SIM115
