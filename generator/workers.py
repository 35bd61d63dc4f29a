"""Work shared among processes that are copies of this one: each takes a part of the items and hands back a result."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

FEWEST = 1000
"""Items that are worth another process: it costs some hundredths of a second, and the memory that it changes."""


def shared(items: Sequence[_Item], work: Callable[[Sequence[_Item]], _Result]) -> Iterator[_Result]:
    """Yield what ``work`` returns for each part of ``items``; the parts are done at the same time.

    What ``work`` changes in the memory of another process is lost; what it writes, and returns, is not. A part whose
    process failed or died is done again in this one, so ``work`` must bear that, and what it raises is raised here.
    There is one part, done here, where there are few items, one processor, other threads (which a copy would not have),
    or no Linux: elsewhere a process cannot be copied, or not safely.
    """
    count = min(_processors(), len(items) // FEWEST)
    if count < 2:
        yield work(items)
        return
    from multiprocessing import get_context

    context, others = get_context("fork"), []
    try:
        for number in range(1, count):
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_answer, args=(work, items[number::count], sender), daemon=True)
            process.start()
            sender.close()
            others.append((process, receiver, number))
        yield work(items[::count])
        for _, receiver, number in others:
            try:
                result = receiver.recv()
            except EOFError:
                result = work(items[number::count])
            yield result
    finally:
        for process, receiver, _ in others:
            process.terminate()
            process.join()
            receiver.close()


def _processors() -> int:
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _answer(work: Callable[[Sequence[Any]], object], part: Sequence[Any], sender: Any) -> None:
    """Do a part in this process, which ends silently where that fails, or when the first process says so."""
    gc.freeze()  # looking for garbage would change memory that is shared
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the first process as well
    with contextlib.suppress(Exception):
        sender.send(work(part))
