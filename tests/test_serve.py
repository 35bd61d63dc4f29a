"""`mkdocs serve`: an edited record shows by itself, a broken one does no harm, and builds stop by themselves."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from site_tools import RECORDS, copy_project, environment, free_port, toy_records

pytestmark = pytest.mark.slow

DEADLINE = 90.0
"""Seconds until a test gives up; a quick machine needs two."""


@dataclass(frozen=True)
class Server:
    """A running `mkdocs serve` with its project, address and log."""

    project: Path
    address: str
    log: Path
    process: subprocess.Popen[bytes]

    def get(self, page: str) -> str:
        """Return a page, or nothing while the server is not up."""
        try:
            with urllib.request.urlopen(self.address + page, timeout=10) as answer:
                return str(answer.read().decode("utf-8"))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def builds(self) -> int:
        """How many builds have been started."""
        return self.text.count("Building documentation")

    def wait(self, what: str, ready: Callable[[], bool]) -> None:
        """Wait until something has happened; fail with the log where it does not."""
        end = time.monotonic() + DEADLINE
        while not ready():
            assert self.process.poll() is None, f"the server has ended:\n{self.text}"
            assert time.monotonic() < end, f"in vain waited for {what}:\n{self.text}"
            time.sleep(0.1)

    def settle(self, quiet: float) -> int:
        """Wait until nothing has been logged for ``quiet`` seconds, so no build begun; return the number of builds.

        What has passed before counts: a server that has been quiet for long is not waited for.
        """
        end = time.monotonic() + DEADLINE
        while (since := time.time() - self.log.stat().st_mtime) < quiet:
            assert time.monotonic() < end, f"builds never stop:\n{self.text}"
            time.sleep(min(quiet - since, 0.1))
        return self.builds


@contextlib.contextmanager
def _serving(project: Path, *command: str) -> Iterator[Server]:
    port = free_port()
    log = project.parent / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *(part.format(port=port) for part in command)],
            cwd=project,
            env=environment(PYTHONUNBUFFERED="1"),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Server(project, f"http://127.0.0.1:{port}/", log, process)
        finally:
            # The whole group: our command starts the engine in a process of its own, which must not outlive the test.
            os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("serve")
    project = copy_project(folder / "project", toy_records(folder / "records"))
    with _serving(project, "mkdocs", "serve", "--dev-addr", "127.0.0.1:{port}") as started:
        started.wait("the first page", lambda: "Stray Thread" in started.get("papers/stray-thread/"))
        yield started


def _quiet(server: Server) -> float:
    """Return how long to listen for another build: some times as long as a build takes here."""
    took = [float(seconds) for seconds in re.findall(r"Documentation built in ([0-9.]+) seconds", server.text)]
    return 2.0 + 3 * max(took, default=1.0)


def _edit(server: Server, *changes: tuple[str, str]) -> None:
    path = server.project / "records" / "papers" / "stray-thread.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_nothing_is_built_again_while_nothing_changes(server: Server) -> None:
    # The first build writes pages below docs; a server that watched them would build once more, and for ever.
    assert server.settle(_quiet(server)) <= 2


def test_an_edited_record_shows_and_builds_stop(server: Server) -> None:
    before = server.settle(_quiet(server))
    _edit(server, ("Stray Thread", "Stray Thread, Found Again"))
    server.wait("the new title", lambda: "Stray Thread, Found Again" in server.get("papers/stray-thread/"))
    assert 1 <= server.settle(_quiet(server)) - before <= 2
    assert "Stray Thread, Found Again" in server.get("papers/")


def test_a_saved_record_is_shown_before_everything_is_built(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", RECORDS)
    with _serving(project, "mkdocs", "serve", "--dev-addr", "127.0.0.1:{port}") as started:
        started.wait("the page", lambda: "GPTQ" in started.get("papers/gptq/"))
        before = started.settle(_quiet(started))
        path = project / "records" / "papers" / "gptq.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^why: .*(\n  .*)*$", "why: It weaves.", text), encoding="utf-8")
        started.wait("the new reason", lambda: "It weaves." in started.get("papers/gptq/"))
        log = started.text
        assert "papers/gptq/: shown as saved; the other pages follow" in log
        assert log.count("Building documentation") == before
        started.wait("the other pages", lambda: "It weaves." in started.get("topics/quantization/"))
        assert started.settle(_quiet(started)) == before + 1
        assert "It weaves." in started.get("papers/gptq/")


def test_a_new_record_shows(server: Server) -> None:
    before = server.settle(_quiet(server))
    path = server.project / "records" / "papers" / "new-thread.yaml"
    path.write_text('title: "A New Thread"\n', encoding="utf-8")
    server.wait("the new page", lambda: "A New Thread" in server.get("papers/new-thread/"))
    path.unlink()
    server.wait("the page's end", lambda: "A New Thread" not in server.get("papers/new-thread/"))
    assert 2 <= server.settle(_quiet(server)) - before <= 4


def test_a_broken_record_is_named_and_the_server_lives_on(server: Server) -> None:
    server.settle(_quiet(server))
    _edit(server, ("issued:", "isued:"))
    server.wait("the message", lambda: "isued: unknown field; write issued" in server.text)
    server.settle(_quiet(server))
    # MkDocs holds requests back until a build succeeds, so no page is asked for before the record is whole again.
    _edit(server, ("isued:", "issued:"), ("2021-12", "2020-11"))
    server.wait("the repaired page", lambda: "November 2020" in server.get("papers/stray-thread/"))


def test_a_page_by_hand_shows(server: Server) -> None:
    server.settle(_quiet(server))
    about = server.project / "docs" / "about.md"
    about.write_text(about.read_text(encoding="utf-8") + "\nWoven by hand.\n", encoding="utf-8")
    server.wait("the sentence", lambda: "Woven by hand." in server.get("about/"))


def test_a_preview_has_no_policy_that_would_stop_its_own_script(server: Server) -> None:
    page = server.get("about/")
    assert "livereload(" in page
    assert "Content-Security-Policy" not in page


def test_the_command_serves_too(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", toy_records(tmp_path / "records"))
    with _serving(project, "generator", "serve", "--address", "127.0.0.1:{port}") as started:
        started.wait("the page", lambda: "Stray Thread" in started.get("papers/stray-thread/"))
        _edit(started, ("Stray Thread", "Stray Thread, Served"))
        started.wait("the new title", lambda: "Stray Thread, Served" in started.get("papers/stray-thread/"))
