"""Politeness towards other people's servers: pace, budget, retries, and a cache that asks only for what has changed."""

from __future__ import annotations

import contextlib
import email.utils
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import hishel
import httpx2
from hishel.httpx2 import CacheTransport

from generator import __version__
from generator.errors import ReadingListError

TIMEOUT = 20.0  # seconds to connect, and between two pieces of an answer
TRIES = 4
MAX_WAIT = 120.0  # seconds; a server that wants more time is left alone until another run
MAX_BYTES = 8 * 1024 * 1024
FRESH = 24 * 60 * 60  # seconds for which an answer is not asked for again: these databases are renewed daily
_KEPT = 90 * 24 * 60 * 60  # seconds after which an answer leaves the cache for good
MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})  # statuses that may be gone a moment later
_FAILURES = 2  # questions in a row without an answer, after which the rest is not asked


@dataclass(frozen=True)
class Clock:
    """The time, and waiting for it; tests bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class NoAnswerError(ReadingListError):
    """One question got no answer that can be used; the next one may."""


class LeaveAloneError(NoAnswerError):
    """This server is not to be asked again in this run; ``unreachable`` where it has not answered at all."""

    def __init__(self, message: str, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.unreachable = unreachable


@dataclass
class Budget:
    """How many requests a run may make, and for how many seconds, by which clock."""

    requests: int
    seconds: float
    clock: Clock
    spent: int = 0

    def __post_init__(self) -> None:
        self._deadline = self.clock.monotonic() + self.seconds

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.clock.monotonic() >= self._deadline

    def take(self) -> None:
        """Take one request out of the budget; raises LeaveAloneError if it is spent."""
        if self.spent >= self.requests:
            raise LeaveAloneError(
                f"is asked no more: the limit of {self.requests} requests is reached; the next run goes on"
            )
        if self.is_over:
            raise LeaveAloneError(
                f"is asked no more: the time of {self.seconds / 60:g} minutes is up; the next run goes on"
            )
        self.spent += 1


class Turns:
    """One request at a time to a host, and a pause between two."""

    def __init__(self, pause: float, clock: Clock, pauses: Mapping[str, float] | None = None) -> None:
        self._pause, self._clock, self._pauses = pause, clock, pauses or {}
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._ended: dict[str, float] = {}

    @contextlib.contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until no other thread talks to ``host`` and the pause after the last request is over; then hold it."""
        with self._guard:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            if host in self._ended:
                rest = self._ended[host] + self._pauses.get(host, self._pause) - self._clock.monotonic()
                if rest > 0:
                    self._clock.sleep(rest)
            try:
                yield
            finally:
                self._ended[host] = self._clock.monotonic()


def user_agent(repo_url: str, contact: str | None = None) -> str:
    """Return how this program introduces itself: its name, the list's repository and a person to write to."""
    about = "; ".join(filter(None, (f"+{repo_url}" if repo_url else "", f"mailto:{contact}" if contact else "")))
    return f"reading-list-generator/{__version__}" + (f" ({about})" if about else "")


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a server asks to wait for, or ``None`` where it does not say.

    Read are Retry-After in seconds or as a date (RFC 9110, 10.2.3), and ``t`` of RateLimit as Hugging Face sends it
    (https://huggingface.co/docs/hub/rate-limits). ``now`` is the time of day in seconds since 1970.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        match = re.search(r";\s*t=([0-9]{1,9})\b", headers.get("ratelimit", ""))
        return float(match[1]) if match else None


class PoliteTransport(httpx2.BaseTransport):
    """Sends requests one after the other, at a pace, within a budget, and again where that may help."""

    def __init__(self, inner: httpx2.BaseTransport, *, pause: float, budget: Budget, agent: str) -> None:
        self._inner, self._budget, self._agent = inner, budget, agent
        self._clock = budget.clock
        self._turns = Turns(pause, self._clock)
        self._failures, self._has_answered = 0, False
        self.sent = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer. Raises NoAnswerError, or LeaveAloneError where no more should be asked."""
        client = request.headers.get("User-Agent", "")
        request.headers["User-Agent"] = self._agent if client == self._agent else f"{self._agent} {client}".rstrip()
        request.headers["Accept-Encoding"] = "identity"  # so that MAX_BYTES is what it says
        for attempt in range(1, TRIES + 1):
            wait, unreachable = 2.0 ** (attempt - 1), False
            try:
                answer = self._send(request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                what, unreachable = "cannot be reached", True
            except httpx2.TransportError as error:
                what = f"broke off ({type(error).__name__})"
            else:
                self._has_answered = True
                if answer.status_code not in MAY_PASS:
                    self._failures = 0
                    return answer
                what = f"answers {answer.status_code}"
                stated = retry_after(answer.headers, self._clock.wall())
                if stated is not None and stated > MAX_WAIT:
                    raise LeaveAloneError(f"{what} and asks to be left alone for {stated:.0f} seconds")
                wait = wait if stated is None else stated
            if attempt < (2 if unreachable else TRIES):
                self._clock.sleep(wait)
            else:
                break
        self._failures += 1
        if unreachable or self._failures >= _FAILURES:
            raise LeaveAloneError(what, unreachable=not self._has_answered)
        raise NoAnswerError(what)

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        with self._turns.turn(request.url.host):
            self._budget.take()
            self.sent += 1
            answer = self._inner.handle_request(request)
            try:
                body = self._body(answer)
            finally:
                answer.close()
        headers = answer.headers.copy()
        if answer.status_code in (200, 304, 404) and "no-store" not in headers.get("cache-control", ""):
            headers["cache-control"] = f"max-age={FRESH}"
            headers["date"] = email.utils.formatdate(self._clock.wall(), usegmt=True)
        return httpx2.Response(answer.status_code, headers=headers, stream=httpx2.ByteStream(body))

    def _body(self, answer: httpx2.Response) -> bytes:
        body = bytearray()
        started = self._clock.monotonic()
        for chunk in answer.iter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                raise NoAnswerError(f"answers with more than {MAX_BYTES // 2**20} MiB")
            if self._clock.monotonic() - started > 3 * TIMEOUT:
                raise httpx2.ReadTimeout("the answer trickles")
        return bytes(body)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def is_usable(cache: Path) -> bool:
    """Tell whether answers can be kept in the file ``cache``, which is made where there is none."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(cache, isolation_level=None)) as database:
            database.execute("PRAGMA schema_version")
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
    except (OSError, sqlite3.Error):
        return False
    return True


def connect(transport: PoliteTransport, cache: Path | None) -> httpx2.Client:
    """Return a client that sends through ``transport``, and keeps answers in the usable file ``cache``, if any.

    A kept answer is used for a day; then the server is asked whether it has changed, where it gave a mark to ask by
    (RFC 9111, 4.3).
    """
    through: httpx2.BaseTransport = transport
    if cache is not None:
        logging.getLogger("hishel").addHandler(logging.NullHandler())  # an answer that cannot be kept is no trouble
        through = CacheTransport(transport, hishel.SqliteStorage(database_path=cache, default_ttl=_KEPT), rfc=True)
    return httpx2.Client(transport=through, timeout=TIMEOUT, follow_redirects=True, max_redirects=5, trust_env=False)
