"""Work shared among processes: the same as done by one, whatever happens to the others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest

from generator.errors import ReadingListError
from generator.generation import workers

HERE = os.getpid()
THREADS = threading.active_count
ITEMS = range(10)
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # from Python 3.12 on
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="no process can be copied here, so one does all")


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three processes share even these few items, with one processor too, and with threads that tests left."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(workers, "FEWEST", 3)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3, 4, 5}, raising=False)


def told(items: Sequence[int]) -> tuple[int, list[int]]:
    """Return which process did what."""
    return os.getpid(), list(items)


def elsewhere() -> bool:
    return os.getpid() != HERE


@LINUX
def test_every_item_is_done_once_and_by_several_processes() -> None:
    found = list(workers.shared(ITEMS, told))
    assert sorted(item for _, items in found for item in items) == list(ITEMS)
    assert len({process for process, _ in found}) == 3
    assert found[0][0] == os.getpid()
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("how", ["killed", "failed"])
@LINUX
def test_what_a_process_did_not_finish_is_done_here(how: str, capfd: pytest.CaptureFixture[str]) -> None:
    def work(items: Sequence[int]) -> tuple[int, list[int]]:
        if elsewhere() and 1 in items:
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            raise ValueError("not here")
        return told(items)

    found = list(workers.shared(ITEMS, work))
    assert sorted(item for _, items in found for item in items) == list(ITEMS)
    assert [process for process, items in found if 1 in items] == [os.getpid()]
    assert capfd.readouterr() == ("", "")


@LINUX
def test_what_a_process_did_not_send_whole_is_done_here() -> None:
    def work() -> bytes:
        if elsewhere():
            signal.setitimer(signal.ITIMER_REAL, 0.1)  # ends it while it sends more than a pipe takes
        return bytes(2**20)

    with workers.beside(work) as result:
        multiprocessing.active_children()[0].join()
        assert result() == bytes(2**20)


@LINUX
def test_what_is_wrong_is_raised_once_and_leaves_no_process() -> None:
    def work(items: Sequence[int]) -> None:
        if 2 in items:
            raise ReadingListError("two is wrong")

    with pytest.raises(ReadingListError, match="two is wrong"):
        list(workers.shared(ITEMS, work))
    assert multiprocessing.active_children() == []


@LINUX
def test_a_failure_here_ends_the_others_at_once() -> None:
    def work(_: Sequence[int]) -> None:
        if elsewhere():
            signal.pause()
        raise ReadingListError("here")

    with pytest.raises(ReadingListError, match="here"):
        list(workers.shared(ITEMS, work))
    assert multiprocessing.active_children() == []


@LINUX
def test_one_does_all_where_no_process_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    found = list(workers.shared(ITEMS, told))
    assert sorted(item for _, items in found for item in items) == list(ITEMS)
    assert {process for process, _ in found} == {os.getpid()}


SCRIPT = """
import os, signal
from generator.generation import workers

def work(items):
    os.write(1, f"{os.getpid()}\\n".encode())
    signal.pause()

workers.FEWEST, os.sched_getaffinity = 1, lambda _: {0, 1, 2}
list(workers.shared(range(3), work))
"""


@LINUX
def test_the_others_end_with_a_process_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            begun = [process.stdout.readline() for _ in range(3)]
        finally:
            process.kill()
        assert len({*begun}) == 3
        assert process.communicate(timeout=30)[0] == ""  # nobody holds the pipe any more


def test_few_items_are_done_here() -> None:
    assert list(workers.shared(ITEMS[:5], told)) == [(os.getpid(), list(ITEMS[:5]))]
    assert list(workers.shared((), told)) == [(os.getpid(), [])]


def test_one_does_all_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", THREADS)
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert list(workers.shared(ITEMS, told)) == [(os.getpid(), list(ITEMS))]
    finally:
        stop.set()
        other.join()


def test_one_does_all_where_a_process_cannot_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert list(workers.shared(ITEMS, told)) == [(os.getpid(), list(ITEMS))]
