"""Links of the records that no longer lead where they should: dead, moved, or not to be told from outside."""

from __future__ import annotations

import contextlib
import json
import ssl
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from generator import escaping
from generator.disk import documents
from generator.facts import links
from generator.facts.identifiers import SCHEMES
from generator.models import Record
from generator.upkeep.politeness import MAY_PASS, Budget, Turns, retry_after
from generator.upkeep.public_network import NoSuchHostError, NotPublicError, PublicNetwork
from generator.wording import count

KINDS = ("dead", "moved", "unsure", "refused", "unchecked", "excepted", "alive")
"""What can become of a link, the worst first. ``refused``: it leads to no public address, and was not asked for."""

PAUSE = 1.0  # seconds between two requests to one host
PAUSES = {"arxiv.org": 3.0}
_HOSTS_AT_ONCE = 8
_UNREACHED = 5  # hosts that cannot be reached while none answers, after which the network is taken to be away
_PATIENCE = 3.0  # seconds until a host counts among them: names that do not exist fail before another host can answer
_TRIES = 3
_HOPS = 10
_MAX_WAIT = 30.0  # seconds; for a host that wants more time the link stays unsure
_TIMEOUTS = {"connect": 10.0, "read": 15.0, "write": 10.0, "pool": 10.0}
_AWAY = (NoSuchHostError, httpcore2.ConnectError, httpcore2.ConnectTimeout)  # as all hosts are without a network
_NO_NETWORK = "no server could be reached"
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({302, 303, 307}) | _PERMANENT
_GONE = frozenset({404, 410})


@dataclass(frozen=True)
class Link:
    """A link of a record: its field (``links.code``), its URL, and a person's note that excepts it."""

    record: str
    field: str
    url: str
    note: str | None = None


@dataclass(frozen=True)
class Finding:
    """What became of a link: one of KINDS, in words what came back, and since what day that is so."""

    link: Link
    kind: str
    said: str
    moved_to: str | None = None
    since: str | None = None
    answered: bool = False
    """Whether any server answered at all."""


def links_of(records: Mapping[str, Record], names: Iterable[str], *, papers: bool = False) -> list[Link]:
    """Return the links of the records ``names``, in order; with ``papers``, also those that their identifiers are."""
    found = []
    for name in sorted(set(names)):
        record = records[name]
        notes = record.link_notes.model_dump()
        for kind, url in record.links.model_dump(exclude_none=True).items():
            found.append(Link(name, f"links.{kind}", url, notes[kind]))
        if papers:
            for kind, value in record.identifiers.model_dump(exclude_none=True).items():
                found.append(Link(name, f"identifiers.{kind}", SCHEMES[kind].url(value)))
    return found


class Checker:
    """Asks for links: hosts side by side, one request at a time to each, and no answer read further than its head."""

    def __init__(self, *, agent: str, budget: Budget, network: PublicNetwork | None = None) -> None:
        self._budget, self._clock = budget, budget.clock
        self._turns = Turns(PAUSE, self._clock, PAUSES)
        self._headers: list[tuple[bytes | str, bytes | str]] = [("User-Agent", agent), ("Accept", "*/*")]
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            network_backend=network or PublicNetwork(),
            max_connections=2 * _HOSTS_AT_ONCE,
            max_keepalive_connections=0,
        )
        self._answered, self._unreached, self._enough = False, set[str](), _UNREACHED
        self._stopped = False

    def check(self, wanted: Sequence[Link], tell: Callable[[int], None] | None = None) -> list[Finding]:
        """Return what became of each link, the worst first; links that a person has excepted are not asked for."""
        by_host: defaultdict[str, dict[str, Link]] = defaultdict(dict)
        for link in wanted:
            if not link.note:
                by_host[_host(link.url)][link.url] = link  # several records may have one
        self._enough = min(_UNREACHED, len(by_host))
        outcomes: dict[str, Finding] = {}
        with self._pool, ThreadPoolExecutor(_HOSTS_AT_ONCE) as threads:
            try:
                for found in threads.map(self._check_host, by_host.values()):
                    outcomes |= found
                    if tell:
                        tell(len(outcomes))
            except BaseException:  # Ctrl-C must not wait for all links of a host
                self._stopped = True
                raise
        findings = [
            Finding(link, "excepted", link.note) if link.note else replace(outcomes[link.url], link=link)
            for link in wanted
        ]
        return sorted(findings, key=lambda each: (KINDS.index(each.kind), each.link.record, each.link.field))

    def _check_host(self, by_url: Mapping[str, Link]) -> dict[str, Finding]:
        return {url: self._follow(link) for url, link in by_url.items()}

    @property
    def _is_offline(self) -> bool:
        return not self._answered and len(self._unreached) >= self._enough

    def _follow(self, link: Link) -> Finding:
        """Follow a link to its end."""
        start = links.with_ascii_host(link.url)  # names are turned into ASCII here as a record's are judged
        at, moved, lasting, answered = start, None, True, False

        def found(kind: str, said: str) -> Finding:
            where = f" at {at}" if at != start and kind != "moved" else ""
            return Finding(link, kind, said + where, moved if kind == "moved" else None, answered=answered)

        if self._stopped or self._budget.is_over:
            return found("unchecked", "the time was up")
        if self._is_offline:
            return found("unchecked", _NO_NETWORK)
        for _ in range(_HOPS):
            if fault := links.fault(at):
                return found("refused", fault.partition(";")[0])
            try:
                status, target = self._ask(httpx2.URL(at))
            except httpx2.InvalidURL:
                return found("refused", "is no address that can be asked for")
            except NotPublicError:
                return found("refused", "leads to an address that is not public")
            except NoSuchHostError:
                return found("dead", "there is no such host")
            except httpcore2.TimeoutException:
                return found("unsure", "no answer in time")
            except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError) as error:
                return found("unsure", f"no connection ({_reason(error)})")
            answered = self._answered = True
            if status not in _REDIRECTS or not target:
                break
            try:
                at = str(httpx2.URL(at).join(target).copy_with(fragment=None))
            except (httpx2.InvalidURL, ValueError):
                return found("unsure", f"{_words(status)} to no valid address")
            lasting = lasting and status in _PERMANENT
            moved = at if lasting else moved
        else:
            return found("unsure", f"more than {_HOPS} redirects")
        if status in _GONE:
            return found("dead", _words(status))
        if not 200 <= status < 300:
            return found("unsure", _words(status))
        return found("moved", "moved for good") if moved else found("alive", _words(status))

    def _ask(self, url: httpx2.URL) -> tuple[int, str]:
        """Return the status of a URL and where it redirects to: by HEAD, and by GET where HEAD fails."""
        began = self._clock.monotonic()
        for attempt in range(1, _TRIES + 1):
            wait = 2.0 ** (attempt - 1)
            try:
                status, headers = self._send("HEAD", url)
                if status >= 400 and status != 429:  # many servers do not know HEAD
                    status, headers = self._send("GET", url)
            except (*_AWAY, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
                lasted = self._clock.monotonic() - began
                if isinstance(error, _AWAY) and (attempt == _TRIES or lasted >= _PATIENCE):
                    self._unreached.add(url.host)
                certain = isinstance(error, NoSuchHostError) and self._answered
                if attempt == _TRIES or certain or self._budget.is_over or self._is_offline:
                    raise
            else:
                stated = retry_after(headers, self._clock.wall())
                if status not in MAY_PASS or attempt == _TRIES or self._budget.is_over or (stated or 0) > _MAX_WAIT:
                    return status, headers.get("location", "")
                wait = wait if stated is None else stated
            self._clock.sleep(wait)
        raise AssertionError("unreachable")

    def _send(self, method: str, url: httpx2.URL) -> tuple[int, dict[str, str]]:
        """Send one request; of the answer, the head is read and no more."""
        to = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        host = url.raw_host.decode("ascii")  # not url.host, which fails where a name is none in Unicode
        extensions = {"timeout": _TIMEOUTS}
        with (
            self._turns.turn(host),
            self._pool.stream(method, to, headers=self._headers, extensions=extensions) as answer,
        ):
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            return answer.status, headers


def _host(url: str) -> str:
    """Return the host of a URL, or nothing where it has none."""
    with contextlib.suppress(ValueError):
        return links.ascii_host(urlsplit(url)) or ""
    return ""


def _words(status: int) -> str:
    with contextlib.suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return str(status)


def _reason(error: Exception) -> str:
    return escaping.clean(str(error))[:120] or type(error).__name__


# --- what is told -----------------------------------------------------------------------------------------------------


def is_offline(findings: Sequence[Finding]) -> bool:
    """Tell whether links were asked for and not one server answered: then the fault is here, not there."""
    asked = [finding for finding in findings if finding.kind not in ("excepted", "unchecked", "refused")]
    return bool(asked) and not any(finding.answered for finding in asked)


def unjudged(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of a run that was offline: none of them says anything of a link."""
    return [
        each if each.kind in ("excepted", "refused") else Finding(each.link, "unchecked", _NO_NETWORK)
        for each in findings
    ]


def with_days(findings: Sequence[Finding], state: Mapping[str, Any], today: str) -> list[Finding]:
    """Return the findings, those that are not well with the day since which they are so, by an earlier ``state``."""
    dated = []
    for finding in findings:
        trouble = _trouble(finding.kind)
        before = state.get(finding.link.url)
        before = before if isinstance(before, Mapping) else {}
        since = before.get("since")
        is_the_same = _trouble(str(before.get("kind"))) == trouble and isinstance(since, str) and len(since) == 10
        dated.append(replace(finding, since=since if is_the_same else today) if trouble else finding)
    return dated


def _trouble(kind: str) -> str:
    """Return what a kind counts as in counting days: a host that is down may be dead one day and unsure the next."""
    return {"dead": "no answer", "unsure": "no answer", "refused": "no answer", "moved": "moved"}.get(kind, "")


def state_of(findings: Iterable[Finding], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the next run must know: the links that are not well, and of unchecked ones what was known."""
    state: dict[str, Any] = {}
    for finding in findings:
        if _trouble(finding.kind):
            state[finding.link.url] = {"kind": finding.kind, "since": finding.since}
        elif finding.kind == "unchecked" and finding.link.url in before:
            state[finding.link.url] = before[finding.link.url]
    return dict(sorted(state.items()))


def read_state(path: Path) -> dict[str, Any] | None:
    """Return the state that a run before has written; nothing where there is none, ``None`` where it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        return None
    found = data.get("links") if isinstance(data, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else None


def write_state(path: Path, state: Mapping[str, Any]) -> bool:
    """Write a state for the next run; return whether the file changed. Raises WriteError."""
    return documents.write(path, json.dumps({"links": state}, indent=1, ensure_ascii=False) + "\n")


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many links there are of each kind, in the order of KINDS."""
    numbers = Counter(finding.kind for finding in findings)
    return {kind: numbers[kind] for kind in KINDS}


def report(findings: Sequence[Finding]) -> str:
    """Return the findings that a person should see as text for an issue, in GitHub Markdown, with one table."""
    numbers = counted(findings)
    told = ", ".join(f"{number} {kind}" for kind, number in numbers.items() if number) or "none"
    remedy = "A link that is right although it stands here can be excepted in its record:"
    records = count(len({finding.link.record for finding in findings}), "record")
    lines = [f"{count(len(findings), 'link')} of {records}: {told}."]
    shown = [finding for finding in findings if finding.kind != "alive"]
    if shown:
        lines += [
            "",
            f'{remedy} `link_notes: {{code: "why it is left alone"}}`.',
            "",
            "| | Record | Field | Link | What came back | Since |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines.extend(_rows(shown, 60_000 - sum(map(len, lines))))
    return "\n".join(lines) + "\n"


def _rows(findings: Sequence[Finding], room: int) -> Iterator[str]:
    """Yield the rows of the report, as many as an issue on GitHub can hold (65,536 characters)."""
    for number, finding in enumerate(findings):
        said = escaping.github_code_element(finding.said[:300])
        if finding.moved_to:
            said = f"moved to {escaping.github_link(finding.moved_to)}"
        cells = (
            finding.kind,
            escaping.github_code_element(finding.link.record),
            escaping.github_code_element(finding.link.field),
            escaping.github_link(finding.link.url),
            said,
            finding.since or "",
        )
        row = f"| {' | '.join(cells)} |"
        if (room := room - len(row) - 1) < 0:
            yield f"| | | | {len(findings) - number} more are not shown | | |"
            return
        yield row
