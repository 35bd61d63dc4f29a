"""The link check: what becomes of a link, how politely it is asked for, and that it leads to public hosts only."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpcore2
import pytest
from site_tools import free_port, write_record
from stand_in import Asked, Reply, Server, Waits, serving

from generator import store
from generator.facts import links
from generator.models import Record
from generator.store.schema import record_schema
from generator.upkeep import link_check, public_network
from generator.upkeep.link_check import Checker, Finding, Link
from generator.upkeep.politeness import Budget, Clock
from generator.upkeep.public_network import NoSuchHostError, NotPublicError, PublicNetwork


class Web:
    """Public names that all live on one server here: ``http://host.example/path`` is answered by ``pages``."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.inside: dict[str, str] = {}
        self.waits = Waits()
        self.server: Server

    def answer(self, asked: Asked) -> Reply:
        page = self.pages.get(asked.headers["host"] + asked.path, Reply(404))
        return page(asked) if callable(page) else page

    def resolve(self, host: str, port: int) -> Sequence[tuple[str, int]]:
        if host in self.inside:
            return [(self.inside[host], port)]
        if host.startswith("nowhere."):
            raise NoSuchHostError(f"there is no host {host}")
        if host.startswith("unknown."):
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return [("127.0.0.1", free_port() if host.startswith("shut.") else self.server.server_port)]

    def check(self, *links: str | Link, seconds: float = 1e6) -> list[Finding]:
        wanted = [link if isinstance(link, Link) else Link("loom", "links.code", link) for link in links]
        network = PublicNetwork(self.resolve, lambda address: address == "127.0.0.1")
        checker = Checker(agent="toy/1", budget=Budget(0, seconds, self.waits.clock), network=network)
        return checker.check(wanted)

    @property
    def asked(self) -> list[str]:
        return [f"{each.method} {each.headers['host']}{each.path}" for each in self.server.asked]


@pytest.fixture
def web() -> Iterator[Web]:
    found = Web()
    with serving(found.answer) as server:
        found.server = server
        yield found


def to(address: str, status: int = 301) -> Reply:
    return Reply(status, headers={"Location": address})


# --- what becomes of a link -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "kind", "said", "moved_to"),
    [
        ({"/": Reply(200)}, "alive", "200 OK", None),
        ({"/": Reply(204)}, "alive", "204 No Content", None),
        ({"/": Reply(404)}, "dead", "404 Not Found", None),
        ({"/": Reply(410)}, "dead", "410 Gone", None),
        *(({"/": Reply(status)}, "unsure", str(status), None) for status in (401, 403, 429, 451, 500, 503, 999)),
        ({"/": to("/new"), "/new": Reply(200)}, "moved", "moved for good", "http://a.example/new"),
        ({"/": to("http://b.example/", 308), "b.example/": Reply(200)}, "moved", "moved for good", "http://b.example/"),
        ({"/": to("//b.example/x#top"), "b.example/x": Reply(200)}, "moved", "for good", "http://b.example/x"),
        ({"/": to("/new", 302), "/new": Reply(200)}, "alive", "200 OK at http://a.example/new", None),
        ({"/": to("/new", 307), "/new": Reply(404)}, "dead", "404 Not Found at http://a.example/new", None),
        ({"/": to("/b"), "/b": to("/c", 302), "/c": Reply(200)}, "moved", "moved for good", "http://a.example/b"),
        ({"/": to("/b", 302), "/b": to("/c"), "/c": Reply(200)}, "alive", "200 OK", None),
        ({"/": to("/b"), "/b": Reply(404)}, "dead", "404 Not Found at http://a.example/b", None),
        ({"/": to("/b"), "/b": Reply(403)}, "unsure", "403 Forbidden", None),
        ({"/": to("/")}, "unsure", "more than 10 redirects", None),
        ({"/": to("")}, "unsure", "301 Moved Permanently", None),
        ({"/": to("http://b.example:x/")}, "unsure", "301 Moved Permanently to no valid address", None),
        ({"/": to("http://[x")}, "refused", "has a host name that does not exist", None),
        ({"/": to("http://nowhere.example/")}, "dead", "there is no such host at http://nowhere.example/", None),
        ({"/": Reply(200, "half", cut=True)}, "alive", "200 OK", None),
    ],
)
def test_what_becomes_of_a_link(
    web: Web, pages: Mapping[str, Reply], kind: str, said: str, moved_to: str | None
) -> None:
    web.pages = {f"a.example{path}" if path.startswith("/") else path: reply for path, reply in pages.items()}
    (finding,) = web.check("http://a.example/")
    assert (finding.kind, finding.moved_to) == (kind, moved_to)
    assert said in finding.said


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("http://ｅxample.example/x", "example.example/x"),  # letters of full width
        ("http://ﬁne.example/", "fine.example/"),  # a ligature
        ("http://cafe\N{COMBINING ACUTE ACCENT}.example/", "xn--caf-dma.example/"),
        ("http://xn--bcher-kva.ab--cd.example/", "xn--bcher-kva.ab--cd.example/"),  # no name in Unicode
    ],
)
def test_names_in_other_letters_are_asked_for_as_browsers_do(web: Web, address: str, asked: str) -> None:
    web.pages[asked] = Reply(200)
    (finding,) = web.check(address)
    assert (finding.link.url, finding.kind, finding.said) == (address, "alive", "200 OK")
    assert web.asked == [f"HEAD {asked}"]


def test_what_cannot_be_asked_for_is_said_and_stops_no_other(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "fault", lambda url: None)
    web.pages["a.example/"] = Reply(200)
    refused, alive = web.check("http://a.example/", "http://b.example:x/")
    assert (refused.link.url, refused.kind) == ("http://b.example:x/", "refused")
    assert refused.said == "is no address that can be asked for"
    assert alive.kind == "alive"


@pytest.mark.parametrize(
    ("host", "kind", "said"),
    [
        ("nowhere.example", "dead", "there is no such host"),
        ("unknown.example", "unsure", "no connection (the name unknown.example cannot be looked up)"),
        ("shut.example", "unsure", "no connection"),
    ],
)
def test_hosts_that_do_not_answer(web: Web, host: str, kind: str, said: str) -> None:
    (finding,) = web.check(f"http://{host}/")
    assert (finding.kind, finding.answered) == (kind, False)
    assert said in finding.said


@pytest.mark.parametrize(
    "addresses",
    [
        [f"http://unknown.{number}.example/" for number in range(60)],
        [f"http://nowhere.{number}.example/" for number in range(60)],
        [f"http://shut.example/{number}" for number in range(60)],
        [f"http://nowhere.example/{number}" for number in range(60)],
    ],
    ids=["many hosts", "many names that are none", "one host", "one name that is none"],
)
def test_without_a_network_the_rest_is_not_tried_and_nothing_judged(web: Web, addresses: list[str]) -> None:
    findings = web.check(*addresses)
    assert link_check.is_offline(findings)
    rest = [each for each in findings if each.kind == "unchecked"]
    assert len(rest) >= 60 - 2 * link_check._HOSTS_AT_ONCE
    for each in (*rest, *link_check.unjudged(findings)):
        assert (each.kind, each.said) == ("unchecked", "no server could be reached")


def test_names_that_are_none_wait_for_the_first_answer(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_check, "_HOSTS_AT_ONCE", 1)
    web.pages = {"a.example/": Reply(200)}
    web.check(
        "http://nowhere.1.example/", "http://nowhere.2.example/", "http://a.example/", "http://nowhere.3.example/"
    )
    asked_again = [2.0**attempt for attempt in range(link_check._TRIES - 1)]
    assert web.waits.slept == asked_again * 2
    assert sum(asked_again) >= link_check._PATIENCE


def test_a_host_that_is_slow_to_fail_is_not_tried_again_without_a_network(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_check, "_PATIENCE", 0.0)
    web.check("http://unknown.example/")
    assert web.waits.slept == []


def test_hosts_that_are_away_are_no_lack_of_a_network(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_check, "_HOSTS_AT_ONCE", 1)  # one after the other, for waiting takes no time here
    web.pages = {"a.example/": Reply(200)}
    away = [f"http://unknown.{number}.example/" for number in range(60)]
    findings = web.check("http://a.example/", *away)
    assert [each.kind for each in findings] == ["unsure"] * 60 + ["alive"]
    assert not link_check.is_offline(findings)


def test_no_answer_in_time(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_check, "_TIMEOUTS", {"connect": 1.0, "read": 0.05, "write": 1.0, "pool": 1.0})
    web.pages["a.example/"] = Reply(delay=0.2)
    (finding,) = web.check("http://a.example/")
    assert (finding.kind, finding.said) == ("unsure", "no answer in time")
    assert len(web.asked) == 3


def test_what_is_no_http_is_unsure(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            for _ in range(3):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"\x1b[31mSSH-2.0-hello\r\n\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        network = PublicNetwork(lambda host, port: [listener.getsockname()], lambda address: True)
        checker = Checker(agent="x", budget=Budget(0, 1e6, web.waits.clock), network=network)
        (finding,) = checker.check([Link("loom", "links.code", "http://a.example/")])
        thread.join()
    assert finding.kind == "unsure"
    assert "\x1b" not in finding.said


# --- politely ---------------------------------------------------------------------------------------------------------


def test_head_is_enough_where_it_works_and_get_decides_where_not(web: Web) -> None:
    web.pages["a.example/"] = lambda asked: Reply(405 if asked.method == "HEAD" else 200)
    web.pages["b.example/"] = Reply(200)
    web.pages["c.example/"] = lambda asked: Reply(404 if asked.method == "HEAD" else 200)
    findings = web.check(*(f"http://{name}.example/" for name in "abc"))
    assert [finding.kind for finding in findings] == ["alive"] * 3
    assert sorted(web.asked) == [
        "GET a.example/", "GET c.example/", "HEAD a.example/", "HEAD b.example/", "HEAD c.example/"
    ]  # fmt: skip
    assert {each.headers["user-agent"] for each in web.server.asked} == {"toy/1"}


def test_no_body_is_read(web: Web) -> None:
    web.pages["a.example/"] = lambda asked: (
        Reply(405) if asked.method == "HEAD" else Reply(headers={"Content-Length": str(10**12)})
    )
    started = time.monotonic()
    assert web.check("http://a.example/")[0].kind == "alive"
    assert time.monotonic() - started < 5


def test_what_may_pass_is_asked_again(web: Web) -> None:
    left = [Reply(503), Reply(503), Reply(200)]
    web.pages["a.example/"] = lambda asked: left.pop(0)
    assert web.check("http://a.example/")[0].kind == "alive"


def test_a_host_that_asks_for_time_gets_it(web: Web) -> None:
    left = [Reply(429, headers={"Retry-After": "20"}), Reply(200)]
    web.pages["a.example/"] = lambda asked: left.pop(0)
    assert web.check("http://a.example/")[0].kind == "alive"
    assert web.waits.slept == [20]
    web.pages["b.example/"] = Reply(429, headers={"Retry-After": "3600"})
    assert web.check("http://b.example/")[0].said == "429 Too Many Requests"
    assert web.waits.slept == [20]


def test_one_request_at_a_time_to_a_host_with_a_pause_between(web: Web) -> None:
    running: dict[str, int] = {}
    most: dict[str, int] = {}
    guard = threading.Lock()

    def page(asked: Asked) -> Reply:
        host = asked.headers["host"]
        with guard:
            running[host] = running.get(host, 0) + 1
            most[host] = max(most.get(host, 0), running[host])
        time.sleep(0.02)
        with guard:
            running[host] -= 1
        return to("http://a.example/end", 302) if asked.path != "/end" else Reply(200)

    paths = [f"{host}.example/{n}" for host in "abc" for n in range(3)]
    web.pages = dict.fromkeys([*paths, "a.example/end"], page)
    findings = web.check(*(f"http://{path}" for path in paths))
    assert {finding.kind for finding in findings} == {"alive"}
    assert set(most.values()) == {1}


def test_between_two_requests_to_a_host_there_is_a_pause(web: Web) -> None:
    web.pages = {f"a.example/{n}": Reply(200) for n in range(4)}
    web.check(*(f"http://{path}" for path in web.pages))
    assert web.waits.slept == [link_check.PAUSE] * 3


def test_a_link_that_two_records_share_is_asked_for_once(web: Web) -> None:
    web.pages["a.example/"] = Reply(200)
    findings = web.check(*(Link(name, "links.code", "http://a.example/") for name in ("loom", "thread")))
    assert [finding.link.record for finding in findings] == ["loom", "thread"]
    assert web.asked == ["HEAD a.example/"]


def test_when_the_time_is_up_the_rest_is_unchecked(web: Web) -> None:
    (finding,) = web.check("http://a.example/", seconds=0)
    assert (finding.kind, web.asked) == ("unchecked", [])


def test_who_stops_it_does_not_wait_for_the_rest_of_a_host(web: Web) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    web.pages.update({"b.example/": Reply(200)} | {f"a.example/{number}": Reply(200) for number in range(40)})
    network = PublicNetwork(web.resolve, lambda address: True)
    slow = Clock(monotonic=time.monotonic, wall=time.time, sleep=lambda seconds: time.sleep(seconds / 50))
    checker = Checker(agent="toy/1", budget=Budget(0, 1e6, slow), network=network)
    wanted = [Link("loom", "links.code", f"http://{page}") for page in sorted(web.pages, reverse=True)]
    with pytest.raises(KeyboardInterrupt):
        checker.check(wanted, stop)
    assert len(web.asked) < 20


def test_an_excepted_link_is_not_asked_for(web: Web) -> None:
    (finding,) = web.check(Link("loom", "links.code", "http://a.example/", "answers only to browsers"))
    assert (finding.kind, finding.said, web.asked) == ("excepted", "answers only to browsers", [])


# --- the public network only ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "4000::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not public_network.is_public(address)
    network = PublicNetwork(lambda host, port: [("93.184.216.34", port), (address, port)])
    with pytest.raises(NotPublicError):
        network.connect_tcp("host.example", 80)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_addresses_that_are_public(address: str) -> None:
    assert public_network.is_public(address)


def test_a_link_into_ones_own_network_is_refused(web: Web) -> None:
    web.inside["a.example"] = "10.0.0.7"
    (finding,) = web.check("http://a.example/")
    assert (finding.kind, finding.said) == ("refused", "leads to an address that is not public")
    assert web.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/", "http://[::1]/", "http://localhost/", "http://2130706433/", "http://0x7f.1/",
        "http://user@b.example/", "ftp://b.example/", "file:///etc/passwd", "http://inner.example/",
        "http://printer.local/",
    ],
)  # fmt: skip
def test_a_redirect_into_ones_own_network_is_refused(web: Web, target: str) -> None:
    web.inside["inner.example"] = "192.168.1.1"
    web.pages["a.example/"] = to(target.format(port=web.server.server_port))
    (finding,) = web.check("http://a.example/")
    assert finding.kind == "refused"
    assert web.asked == ["HEAD a.example/"]


def test_the_address_that_was_checked_is_the_one_that_is_used(web: Web) -> None:
    # A name server that answers otherwise the second time gets no second time.
    answers = [[("127.0.0.1", web.server.server_port)], [("10.0.0.7", 80)]]
    network = PublicNetwork(lambda host, port: answers.pop(0), lambda address: address == "127.0.0.1")
    network.connect_tcp("a.example", 80).close()
    assert len(answers) == 1


def test_without_an_allowance_loopback_is_refused() -> None:
    with pytest.raises(NotPublicError):
        PublicNetwork().connect_tcp("localhost", free_port())


def test_certificates_are_checked_for_the_name_though_the_address_is_connected_to(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is missing: it makes the certificate of this test")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-subj", "/CN=a.example",
         "-addext", "subjectAltName=DNS:a.example", "-addext", "keyUsage=critical,digitalSignature,keyCertSign"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    web.server.socket = context.wrap_socket(web.server.socket, server_side=True)
    web.pages = {"a.example/": Reply(200), "b.example/": Reply(200)}
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    unsure, alive = web.check("https://a.example/", "https://b.example/")
    assert (alive.link.url, alive.kind) == ("https://a.example/", "alive")
    assert (unsure.link.url, unsure.kind) == ("https://b.example/", "unsure")
    assert "certificate" in unsure.said


def test_names_that_cannot_be_looked_up() -> None:
    network = PublicNetwork(lambda host, port: [])
    with pytest.raises(NoSuchHostError):
        network.connect_tcp("a.example", 80)
    with pytest.raises(NoSuchHostError):
        public_network.resolve("a" * 70 + ".example", 80)


def test_the_next_address_is_tried_when_one_is_down(web: Web) -> None:
    network = PublicNetwork(
        lambda host, port: [("127.0.0.1", free_port()), ("127.0.0.1", web.server.server_port)], lambda address: True
    )
    network.connect_tcp("a.example", 80).close()
    with pytest.raises(httpcore2.ConnectError):
        PublicNetwork(lambda host, port: [("127.0.0.1", free_port())], lambda address: True).connect_tcp(
            "a.example", 80
        )


# --- which links, since when, and how it is told ----------------------------------------------------------------------


def test_the_links_of_records() -> None:
    record = Record(
        title="Loom",
        identifiers={"arxiv": "2210.00001", "doi": "10.5555/x"},
        links={"code": "https://github.com/toy/loom", "project": "https://loom.example.org"},
        link_notes={"project": "only for browsers"},
    )
    found = link_check.links_of({"loom": record, "other": record}, ["loom"])
    assert found == [
        Link("loom", "links.code", "https://github.com/toy/loom"),
        Link("loom", "links.project", "https://loom.example.org", "only for browsers"),
    ]
    papers = link_check.links_of({"loom": record}, ["loom"], papers=True)[2:]
    assert [(link.field, link.url) for link in papers] == [
        ("identifiers.arxiv", "https://arxiv.org/abs/2210.00001"),
        ("identifiers.doi", "https://doi.org/10.5555/x"),
    ]


def finding(kind: str, url: str = "https://a.example/", **more: str) -> Finding:
    return Finding(Link("loom", "links.code", url), kind, more.pop("said", "404 Not Found"), answered=True, **more)


@pytest.mark.parametrize(
    ("before", "kind", "since"),
    [
        ({}, "dead", "2026-02-01"),
        ({"kind": "dead", "since": "2026-01-01"}, "dead", "2026-01-01"),
        ({"kind": "unsure", "since": "2026-01-01"}, "dead", "2026-01-01"),
        ({"kind": "moved", "since": "2026-01-01"}, "dead", "2026-02-01"),
        ({"kind": "dead", "since": "2026-01-01"}, "alive", None),
        ({"kind": "dead", "since": ["x"] * 10}, "dead", "2026-02-01"),
        ({"kind": "dead", "since": "x"}, "dead", "2026-02-01"),
        ("nonsense", "dead", "2026-02-01"),
    ],
)
def test_since_when_goes_by_the_run_before(before: object, kind: str, since: str | None) -> None:
    state = {"https://a.example/": before} if before else {}
    (dated,) = link_check.with_days([finding(kind)], state, "2026-02-01")
    assert dated.since == since


def test_the_state_survives_from_run_to_run(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert link_check.read_state(path) == {}
    before = {"https://b.example/": {"kind": "dead", "since": "2026-01-01"}}
    findings = [
        finding("dead", since="2026-02-01"),
        finding("alive", "https://c.example/"),
        finding("unchecked", "https://b.example/"),
    ]
    state = link_check.state_of(findings, before | {"https://c.example/": {"kind": "dead", "since": "2026-01-01"}})
    assert link_check.write_state(path, state)
    assert not link_check.write_state(path, state)
    assert link_check.read_state(path) == state == {
        "https://a.example/": {"kind": "dead", "since": "2026-02-01"}, **before
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "{", "[]", '{"links": 5}', "\udcff", "[" * 100_000])
def test_a_broken_state_is_said_to_be_broken(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert link_check.read_state(path) is None


def test_the_report_is_one_table_of_what_a_person_should_see() -> None:
    findings = [
        finding("dead", "https://a.example/(x)|y", since="2026-01-01"),
        finding("moved", moved_to="https://b.example/new", since="2026-02-01"),
        finding("unsure", said="no connection (@maintainer <b> | `x`)", since="2026-02-01"),
        finding("excepted", said="only for browsers"),
        finding("alive", "https://ok.example/"),
    ]
    text = link_check.report(findings)
    assert text.startswith("5 links of 1 record: 1 dead, 1 moved, 1 unsure, 1 excepted, 1 alive.\n")
    rows = [line for line in text.split("\n") if line.startswith("|")]
    assert len(rows) == 2 + 4
    assert {row.count("|") for row in rows} == {7}
    assert "(https://a.example/%28x%29%7Cy)" in rows[2]
    assert rows[2].endswith("| 2026-01-01 |")
    assert "moved to [b&#46;example&#47;new](https://b.example/new)" in rows[3]
    assert "@maintainer" not in text
    assert "<b>" not in text
    assert "ok.example" not in text


def test_a_report_of_good_links_has_no_table() -> None:
    assert link_check.report([finding("alive")]) == "1 link of 1 record: 1 alive.\n"
    assert link_check.report([]) == "0 links of 0 records: none.\n"


def test_a_long_report_fits_into_an_issue() -> None:
    text = link_check.report([finding("dead", f"https://a.example/{'x' * 300}{n}") for n in range(500)])
    assert len(text) < 65_536
    assert "more are not shown" in text


@pytest.mark.parametrize(
    ("findings", "offline"),
    [
        ([], False),
        ([Finding(Link("a", "b", "c"), "dead", "no such host")], True),
        ([Finding(Link("a", "b", "c"), "dead", "no such host"), finding("alive")], False),
        ([Finding(Link("a", "b", "c"), "excepted", "x"), Finding(Link("a", "b", "c"), "refused", "x")], False),
    ],
)
def test_offline_is_where_nobody_answered(findings: Sequence[Finding], offline: bool) -> None:
    assert link_check.is_offline(findings) == offline


def test_notes_stand_in_the_record_in_one_form(tmp_path: Path) -> None:
    record = Record(title="Loom", links={"code": "https://a.example.org"}, link_notes={"code": "only for browsers"})
    text = store.record_text(record)
    assert text.split("\n")[2:4] == ["links: {code: 'https://a.example.org'}", "link_notes: {code: only for browsers}"]
    write_record(tmp_path, "loom", record)
    assert store.load(tmp_path).records["loom"] == record
    assert json.loads(record_schema({}))["properties"]["link_notes"]["$ref"].endswith("LinkNotes")
