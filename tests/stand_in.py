"""A stand-in for other people's servers: it answers on 127.0.0.1 as it is told; and a clock that never waits."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from generator.upkeep.politeness import Clock


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """An answer: ``cut`` breaks the connection off in the middle, ``delay`` waits so many real seconds before it."""

    status: int = 200
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False


def as_json(data: Any, **headers: str) -> Reply:
    """Return an answer in JSON."""
    return Reply(200, json.dumps(data), {"Content-Type": "application/json", **headers})


Answering = Callable[[Asked], Reply]


class Server(http.server.ThreadingHTTPServer):
    """Answers by ``answer``, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self, answer: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[Asked] = []
        self.base = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, query, headers)
        self.server.asked.append(asked)
        reply = self.server.answer(asked)
        if reply.delay:
            time.sleep(reply.delay)
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        self.send_response_only(reply.status)
        for name, value in {"Content-Length": str(len(body) + reply.cut), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and reply.status != 304:
            self.wfile.write(body)
        if reply.cut:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, *args: Any) -> None:
        """Keep the output of the tests clean."""


@contextlib.contextmanager
def serving(answer: Answering) -> Iterator[Server]:
    """Serve on a free port of 127.0.0.1."""
    with Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def in_turn(*replies: Reply) -> Answering:
    """Give these answers one after the other, the last one for ever."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


class Waits:
    """A clock that never waits, but notes for how long it was to."""

    def __init__(self) -> None:
        self.now = time.time()
        self.slept: list[float] = []
        self._lock = threading.Lock()
        self.clock = Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(round(seconds, 3))
            self.now += seconds
