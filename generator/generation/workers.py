"""Work done at the same time, by processes that are copies of this one and hand back a result."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

FEWEST = 1000
"""Items that are worth another process: it costs some hundredths of a second, and the memory that it changes."""

_PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that a process gets when the one that made it has ended."""


@contextlib.contextmanager
def beside(work: Callable[[], _Result], *, worth: bool = True) -> Iterator[Callable[[], _Result]]:
    """Start ``work`` in a copy of this process; give a function that waits for its result. Call it once at most.

    What ``work`` changes in memory is lost with the copy; files that it writes, and what it returns, are not. Where the
    copy fails or dies, ``work`` is done again in this process and must bear that; an exception of this second run is
    raised here. No copy is made where that is not ``worth`` it, with one processor, beside other threads (a copy would
    not have them), or off Linux, where processes cannot be copied safely. The copy ends with the context.
    """
    if not worth or _processors() < 2:
        yield work
        return
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(work, receiver, sender), daemon=True)
    try:
        process.start()
    except OSError:  # no memory for a copy, or too many processes
        yield work
        return
    sender.close()

    def result() -> _Result:
        try:
            answer: _Result = receiver.recv()
        except (EOFError, OSError):  # the second where it died while it sent
            return work()
        return answer

    try:
        yield result
    finally:
        process.terminate()
        process.join()
        receiver.close()


def shared(items: Sequence[_Item], work: Callable[[Sequence[_Item]], _Result]) -> Iterator[_Result]:
    """Yield what ``work`` returns for each part of ``items``; the parts are done at the same time, as by `beside`."""
    count = max(min(_processors(), len(items) // FEWEST), 1)
    with contextlib.ExitStack() as others:
        first, *rest = (partial(work, items[number::count]) for number in range(count))
        results = [others.enter_context(beside(part)) for part in rest]
        yield first()
        for result in results:
            yield result()


def _processors() -> int:
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _answer(work: Callable[[], object], receiver: Connection, sender: Connection) -> None:
    """Do ``work`` in this process, which ends silently where that fails, and when the first process ends or says so."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    receiver.close()  # the copy of it here would keep the pipe open
    gc.freeze()  # looking for garbage would change memory that is shared
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the first process as well
    with contextlib.suppress(Exception):
        sender.send(work())
