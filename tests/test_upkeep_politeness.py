"""Politeness: what is asked again and when, how long others are waited for, what is kept, and when asking ends."""

from __future__ import annotations

import email.utils
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from site_tools import free_port
from stand_in import Reply, Server, Waits, in_turn, serving

from generator.upkeep import politeness
from generator.upkeep.politeness import Budget, LeaveAloneError, NoAnswerError, PoliteTransport

PAUSE = 3.0
OPENED: list[Visitor] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Close all connections after a test."""
    yield
    while OPENED:
        OPENED.pop().http.close()


class Visitor:
    """A polite client with a clock that only notes its waits."""

    def __init__(self, cache: Path | None = None, requests: int = 100, seconds: float = 1e6) -> None:
        self.waits = Waits()
        self.budget = Budget(requests, seconds, self.waits.clock)
        self.transport = PoliteTransport(
            httpx2.HTTPTransport(), pause=PAUSE, budget=self.budget, agent="toy/1 (+https://x)"
        )
        self.http = politeness.connect(self.transport, cache)
        OPENED.append(self)

    def get(self, address: str) -> httpx2.Response:
        return self.http.get(address)


def test_requests_keep_the_pause_and_say_who_asks() -> None:
    with serving(in_turn(Reply(body="a"))) as server:
        visitor = Visitor()
        for number in range(3):
            visitor.get(f"{server.base}/{number}")
    assert visitor.waits.slept == [PAUSE, PAUSE]
    assert {asked.headers["user-agent"].split(" python")[0] for asked in server.asked} == {"toy/1 (+https://x)"}
    assert visitor.transport.sent == visitor.budget.spent == 3


@pytest.mark.parametrize(
    ("replies", "slept"),
    [
        ([Reply(500), Reply(body="fine")], [1, PAUSE - 1]),
        ([Reply(502), Reply(503), Reply(504), Reply(body="fine")], [1, 2, 2, 1, 4]),
        ([Reply(429, headers={"Retry-After": "7"}), Reply(body="fine")], [7]),
        ([Reply(503, headers={"Retry-After": "40"}), Reply(body="fine")], [40]),
        ([Reply(429, headers={"RateLimit": '"api";r=0;t=55'}), Reply(body="fine")], [55]),
        ([Reply(503, headers={"Retry-After": "soon"}), Reply(body="fine")], [1, 2]),
        ([Reply(body="half", cut=True), Reply(body="fine")], [1, 2]),
    ],
    ids=["500", "many", "429", "arXiv's 503", "Hugging Face's 429", "nonsense", "broken off"],
)
def test_what_may_pass_is_asked_again(replies: list[Reply], slept: list[float]) -> None:
    with serving(in_turn(*replies)) as server:
        visitor = Visitor()
        assert visitor.get(server.base).text == "fine"
    assert visitor.waits.slept == slept
    assert len(server.asked) == len(replies)


def test_retry_after_as_a_date_is_honoured() -> None:
    date = email.utils.formatdate(1_000_090, usegmt=True)
    assert politeness.retry_after({"retry-after": date}, 1_000_000) == 90
    assert politeness.retry_after({"retry-after": email.utils.formatdate(1)}, 1_000_000) == 0
    assert politeness.retry_after({"retry-after": "-5"}, 1_000_000) is None
    assert politeness.retry_after({}, 1_000_000) is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_what_will_not_pass_is_not_asked_again(status: int) -> None:
    with serving(in_turn(Reply(status))) as server:
        assert Visitor().get(server.base).status_code == status
    assert len(server.asked) == 1


def test_who_wants_an_hour_is_left_alone() -> None:
    with serving(in_turn(Reply(429, headers={"Retry-After": "3600"}))) as server:
        visitor = Visitor()
        with pytest.raises(LeaveAloneError, match="left alone for 3600 seconds"):
            visitor.get(server.base)
    assert (len(server.asked), visitor.waits.slept) == (1, [])


def test_who_fails_twice_is_left_alone() -> None:
    with serving(in_turn(Reply(500))) as server:
        visitor = Visitor()
        with pytest.raises(NoAnswerError, match="answers 500") as failure:
            visitor.get(f"{server.base}/1")
        assert not isinstance(failure.value, LeaveAloneError)
        with pytest.raises(LeaveAloneError, match="answers 500") as left:
            visitor.get(f"{server.base}/2")
        assert not left.value.unreachable
    assert len(server.asked) == 2 * politeness.TRIES


def test_who_cannot_be_reached_is_tried_twice() -> None:
    visitor = Visitor()
    with pytest.raises(LeaveAloneError, match="cannot be reached") as left:
        visitor.get(f"http://127.0.0.1:{free_port()}/")
    assert left.value.unreachable
    assert visitor.transport.sent == 2


def test_who_does_not_answer_in_time_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(politeness, "TIMEOUT", 0.1)
    with serving(in_turn(Reply(body="late", delay=0.3), Reply(body="fine"))) as server:
        assert Visitor().get(server.base).text == "fine"


def test_an_answer_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(politeness, "TIMEOUT", 20.0)
    monkeypatch.setattr(politeness, "TRIES", 1)
    with serving(in_turn(Reply(body="x" * 200_000))) as server:
        visitor = Visitor()
        ticking = politeness.Clock(monotonic=iter(range(0, 10**6, 61)).__next__, sleep=visitor.waits.sleep)
        visitor.transport._clock = ticking
        with pytest.raises(NoAnswerError, match="broke off"):
            visitor.get(server.base)


def test_a_huge_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(politeness, "MAX_BYTES", 2**20)
    with serving(in_turn(Reply(body=b"x" * (2**20 + 1)))) as server, pytest.raises(NoAnswerError, match="1 MiB"):
        Visitor().get(server.base)


def test_compressed_answers_are_not_asked_for() -> None:
    with serving(in_turn(Reply(body="fine"))) as server:
        Visitor().get(server.base)
    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_redirects_are_followed_within_the_budget() -> None:
    with serving(in_turn(Reply(302, headers={"Location": "/there"}), Reply(body="fine"))) as server:
        visitor = Visitor()
        assert visitor.get(server.base).text == "fine"
    assert [asked.path for asked in server.asked] == ["/", "/there"]
    assert visitor.budget.spent == 2


def test_a_ring_of_redirects_ends() -> None:
    with serving(in_turn(Reply(302, headers={"Location": "/"}))) as server:
        with pytest.raises(httpx2.TooManyRedirects):
            Visitor().get(server.base)
        assert len(server.asked) == 6


def test_the_limit_of_requests_ends_the_asking() -> None:
    with serving(in_turn(Reply(body="fine"))) as server:
        visitor = Visitor(requests=2)
        visitor.get(f"{server.base}/1")
        visitor.get(f"{server.base}/2")
        with pytest.raises(LeaveAloneError, match="limit of 2 requests"):
            visitor.get(f"{server.base}/3")
    assert len(server.asked) == 2


def test_the_limit_of_time_ends_the_asking() -> None:
    with serving(in_turn(Reply(body="fine"))) as server:
        visitor = Visitor(seconds=60)
        visitor.get(f"{server.base}/1")
        visitor.waits.sleep(60)
        with pytest.raises(LeaveAloneError, match="time of 1 minutes"):
            visitor.get(f"{server.base}/2")
    assert len(server.asked) == 1


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_for_the_next_run(tmp_path: Path) -> None:
    with serving(in_turn(Reply(body="first"), Reply(body="second"))) as server:
        for _ in range(3):
            assert politeness.is_usable(tmp_path / "new" / "answers.db")
            visitor = Visitor(tmp_path / "new" / "answers.db")
            with visitor.http:
                assert visitor.get(server.base).text == "first"
    assert len(server.asked) == 1
    assert visitor.budget.spent == 0


def ask_twice(tmp_path: Path, server: Server) -> list[str]:
    """Ask for the same in two runs, the first one more than a day ago."""
    texts = []
    for ago in (politeness.FRESH + 60, 0):
        visitor = Visitor(tmp_path / "answers.db")
        visitor.waits.now -= ago
        with visitor.http:
            texts.append(visitor.get(server.base).text)
    return texts


def test_an_old_answer_is_asked_for_by_its_mark(tmp_path: Path) -> None:
    first = Reply(body="first", headers={"ETag": '"mark"', "Last-Modified": "Mon, 02 Jan 2023 00:00:00 GMT"})
    with serving(in_turn(first, Reply(304, headers={"ETag": '"mark"'}))) as server:
        assert ask_twice(tmp_path, server) == ["first", "first"]
    assert server.asked[1].headers["if-none-match"] == '"mark"'
    assert server.asked[1].headers["if-modified-since"] == "Mon, 02 Jan 2023 00:00:00 GMT"


def test_an_old_answer_that_has_changed_is_renewed(tmp_path: Path) -> None:
    first = Reply(body="first", headers={"ETag": '"mark"'})
    with serving(in_turn(first, Reply(body="second", headers={"ETag": '"other"'}))) as server:
        assert ask_twice(tmp_path, server) == ["first", "second"]


def test_failures_are_not_kept(tmp_path: Path) -> None:
    with serving(in_turn(Reply(500), Reply(500), Reply(500), Reply(500), Reply(body="fine"))) as server:
        visitor = Visitor(tmp_path / "answers.db")
        with visitor.http:
            with pytest.raises(NoAnswerError):
                visitor.get(server.base)
            assert visitor.get(server.base).text == "fine"


def test_how_it_introduces_itself() -> None:
    assert politeness.user_agent("https://github.com/toy/list", "list@example.org").endswith(
        " (+https://github.com/toy/list; mailto:list@example.org)"
    )
    assert "(" not in politeness.user_agent("")
