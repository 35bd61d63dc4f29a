"""The review queue: uncertain pairs, a person's answers and what becomes of them, in a pipe and on a terminal."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from site_tools import call, environment, file_bytes, write_record

from generator import checking, store
from generator.cli.review_command import side_by_side
from generator.disk import documents
from generator.models import Record, Topic
from generator.store.schema import SCHEMA_FILE, record_schema

pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")

LOOM = Record(title="Looms That Learn: Weaving Patterns from Few Threads", topics=("toys",), issued="2021")
RECORDS = {
    "loom": LOOM.model_copy(update={"added": "2024-01-01", "venue": "Loom Letters"}),
    "looms": LOOM.model_copy(update={"issued": "2022", "added": "2024-02-02", "summary": "What the other lacks.\n"}),
    "third-loom": LOOM.model_copy(update={"issued": "2020", "added": "2024-03-03"}),
    "ferry": Record(title="Ferry Timetables under Fog", topics=("toys",), added="2024-01-01"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three records that may be one paper (of neighbouring years), and one that is none of them."""
    for name, record in RECORDS.items():
        write_record(tmp_path / "records", name, record)
    topics = {"toys": Topic(name="Toys", group="Play")}
    documents.write(tmp_path / "records" / "topics.yaml", store.table_text(topics))
    documents.write(tmp_path / "records" / SCHEMA_FILE, record_schema(topics))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("READING_LIST_RECORDS", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    assert checking.check(store.load(tmp_path / "records")) == []
    return tmp_path


def _review(monkeypatch: pytest.MonkeyPatch, answers: str, *arguments: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    assert call("review", *arguments) == 0


def _queue(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str]]:
    capsys.readouterr()
    assert call("review", "--json", *arguments) == 0
    return [(each["a"], each["b"]) for each in json.loads(capsys.readouterr().out)["review"]]


PAIRS = [("loom", "looms"), ("loom", "third-loom")]  # 2020 and 2022 are too far apart to ask


def test_the_queue_is_printed_and_nothing_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file_bytes(project)
    assert _queue(capsys) == PAIRS
    assert call("review", "--list") == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "loom and looms: equal title, but the years differ (2021, 2022) (0.95)",
        "loom and third-loom: equal title, but the years differ (2020, 2021) (0.95)",
    ]
    assert file_bytes(project) == before


def test_different_is_kept_in_both_records(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _review(monkeypatch, "d\n")
    assert "1 answer kept, 1 pair left for another time" in capsys.readouterr().err
    after = store.load(project / "records")
    assert (after.records["loom"].not_same_as, after.records["looms"].not_same_as) == (("looms",), ("loom",))
    assert checking.check(after) == []
    assert _queue(capsys) == PAIRS[1:]


def test_same_merges_and_leaves_a_redirect(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _review(monkeypatch, "s\n")
    after = store.load(project / "records")
    assert after.redirects == {"looms": "loom"}
    assert (after.records["loom"].issued, after.records["loom"].summary) == ("2021", "What the other lacks.")
    assert checking.check(after) == []
    said = capsys.readouterr().err
    assert "deleted: records/papers/looms.yaml; its address goes on answering" in said  # as `merge` says it
    assert "this is left out: issued: 2022" in said
    assert _queue(capsys) == [("loom", "third-loom")]


def test_the_right_one_may_stay(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # What was to be asked of the one that went is asked of the one that stays, where it is still in doubt.
    _review(monkeypatch, "r\ns\n")
    after = store.load(project / "records")
    assert after.redirects == {"loom": "looms"}
    assert set(after.records) == {"looms", "third-loom", "ferry"}
    assert "1 answer kept, 0 pairs left" in capsys.readouterr().err
    assert checking.check(after) == []


@pytest.mark.parametrize(
    ("answers", "kept", "left"),
    [("", 0, 2), ("q\n", 0, 2), ("l\nl\n", 0, 2), ("later\nd\n", 1, 1), ("x\n\nl\nquit\n", 0, 2)],
)
def test_what_is_left_stays_in_the_queue(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: str,
    kept: int,
    left: int,
) -> None:
    before = file_bytes(project)
    _review(monkeypatch, answers)
    err = capsys.readouterr().err
    assert f"{kept} answer{'s' * (kept != 1)} kept, {left} pair{'s' * (left != 1)} left for another time" in err
    assert ("d: two papers" in err) == ("x" in answers)
    assert (file_bytes(project) == before) == (kept == 0)
    assert len(_queue(capsys)) == left


@pytest.mark.parametrize(("files", "left"), [((), "2 pairs"), (("entries.csv",), "1 pair")])
def test_what_somebody_moved_meanwhile_is_not_lost(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], files: tuple[str], left: str
) -> None:
    class Typing(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            if (project / "records" / "papers" / "looms.yaml").exists():
                assert call("rename", "looms", "weaver") == 0
                return "s\n"
            return ""

    (project / "entries.csv").write_text(f'id,title,year\nk1,"{TITLE}",2023\n', "utf-8")
    monkeypatch.setattr(sys, "stdin", Typing())
    assert call("review", *files) == 0
    err = capsys.readouterr().err
    assert "looms: is no record; it is weaver now; nothing was written" in err
    assert f"0 answers kept, {left} left for another time" in err
    assert checking.check(store.load(project / "records")) == []


@pytest.mark.parametrize("answer", ["d", "s"])
def test_what_somebody_moved_during_the_walk_is_passed_over(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    class Typing(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            if (project / "records" / "papers" / "third-loom.yaml").exists():
                assert call("rename", "third-loom", "weaver") == 0
                return f"{answer}\n"  # to the pair before
            return "s\n"

    monkeypatch.setattr(sys, "stdin", Typing())
    assert call("review") == 0
    err = capsys.readouterr().err
    assert "third-loom: is no record; it is weaver now; nothing was written" in err
    assert "1 answer kept, 1 pair left for another time" in err
    assert _queue(capsys) == [("loom", "weaver")]


def test_titles_that_a_paper_bears_elsewhere_are_held_against_the_list(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also those that it has from a record that was merged into it a moment ago."""
    for name in ("looms", "third-loom"):
        (project / "records" / "papers" / f"{name}.yaml").unlink()
    dusk = Record(title="Quarries at Dusk", topics=("toys",), issued="2021", added="2024-03-03")
    quarries = {"alternative_titles": (LOOM.title,), "issued": "2022", "added": "2024-02-02"}
    write_record(project / "records", "dusk", dusk)
    write_record(project / "records", "quarries", dusk.model_copy(update=quarries))
    assert _queue(capsys) == [("loom", "quarries"), ("quarries", "dusk")]
    _review(monkeypatch, "s\ns\n")
    assert set(store.load(project / "records").records) == {"loom", "ferry"}


def test_a_list_in_doubt_about_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("looms", "third-loom"):
        (project / "records" / "papers" / f"{name}.yaml").unlink()
    _review(monkeypatch, "s\n")
    assert capsys.readouterr().err == "0 answers kept, 0 pairs left for another time\n"


# --- entries of files ------------------------------------------------------------------------------------------------

TITLE = LOOM.title
ENTRIES = f'id,title,year,venue\nk1,"{TITLE}",2019,Old Looms\nk2,Kelp by Candlelight,2020,\n'


@pytest.fixture
def table(project: Path) -> str:
    """A file with an entry that may be ``third-loom``, and one that is nothing on the list."""
    (project / "entries.csv").write_text(ENTRIES, "utf-8")
    for name in ("loom", "looms"):
        (project / "records" / "papers" / f"{name}.yaml").unlink()
    return "entries.csv"


def test_entries_are_held_against_the_list(project: Path, table: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = file_bytes(project)
    assert call("review", "--list", table) == 0
    assert capsys.readouterr().out == "third-loom and k1: equal title, but the years differ (2019, 2020) (0.95)\n"
    assert call("review", "--json", table) == 0
    (found,) = json.loads(capsys.readouterr().out)["review"]
    assert (found["a"], found["entries"]) == ("third-loom", ["k1"])
    assert file_bytes(project) == before


def test_an_entry_that_is_the_same_joins_its_record(
    project: Path, table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apart = RECORDS["third-loom"].model_copy(update={"not_same_as": ("ferry",)})
    write_record(project / "records", "third-loom", apart)
    _review(monkeypatch, "r\ns\n", table)  # an entry's id cannot stay, so r only brings the help
    after = store.load(project / "records")
    assert set(after.records) == {"third-loom", "ferry"}
    record = after.records["third-loom"]
    assert record.not_same_as == ("ferry",)
    assert (record.issued, record.venue, [seen.position for seen in record.seen]) == ("2020", "Old Looms", [1])
    assert checking.check(after) == []
    assert _queue(capsys, table) == []
    assert call("import", "--added", "2025-01-02", table) == 0
    assert set(store.load(project / "records").records) == {"third-loom", "ferry", "kelp-by-candlelight"}


def test_an_entry_that_is_different_becomes_a_record(
    project: Path, table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _review(monkeypatch, "d\n", "--added", "2025-01-02", table)
    after = store.load(project / "records")
    (new,) = set(after.records) - {"third-loom", "ferry"}
    assert (after.records[new].not_same_as, after.records[new].added) == (("third-loom",), "2025-01-02")
    assert after.records["third-loom"].not_same_as == (new,)
    assert after.sources["entries"].entries == 2
    assert checking.check(after) == []
    assert _queue(capsys, table) == _queue(capsys) == []


def test_an_entry_of_which_a_question_is_left_is_not_added(
    project: Path, table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_record(project / "records", "loom-of-18", LOOM.model_copy(update={"issued": "2018", "added": "2024-01-01"}))
    before = file_bytes(project)
    pairs = _queue(capsys, table)
    assert [one for one, _ in pairs] == ["loom-of-18", "third-loom"]
    _review(monkeypatch, "d\nl\n", table)
    assert file_bytes(project) == before
    _review(monkeypatch, "d\ns\n", table)
    after = store.load(project / "records")
    assert after.records["third-loom"].not_same_as == ("loom-of-18",)
    assert after.records["loom-of-18"].not_same_as == ("third-loom",)
    assert checking.check(after) == []


@pytest.mark.parametrize("answer", ["s", "d", "l"])
def test_two_entries_that_may_be_one_paper(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    (project / "two.csv").write_text(
        "id,title,year,venue\nk1,Kelp Forests by Candlelight,2019,\nk2,Kelp Forests by Candlelight,2020,Sea\n", "utf-8"
    )
    before = file_bytes(project)
    _review(monkeypatch, f"{answer}\n", "--added", "2025-01-02", "two.csv")
    after = store.load(project / "records")
    new = {name: record for name, record in after.records.items() if name not in RECORDS}
    if answer == "l":
        assert file_bytes(project) == before
    elif answer == "s":
        ((_, record),) = new.items()
        assert ([seen.position for seen in record.seen], record.venue) == ([1, 2], "Sea")
    else:
        one, other = new
        assert (new[one].not_same_as, new[other].not_same_as) == ((other,), (one,))
    assert checking.check(after) == []


def test_a_doubt_outlives_the_import(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The abstracts that raise it are in the file alone."""
    abstract = "Kelp grows by candlelight where the sea is calm. Divers saw it in nine bays, and none of them was cold."
    (project / "two.csv").write_text(
        f'id,title,abstract\nk1,Kelp Forests by Candlelight,"{abstract}"\nk2,Divers Who Saw It Grow,"{abstract}"\n',
        "utf-8",
    )
    assert call("import", "--added", "2025-01-02", "two.csv") == 0
    assert "1 pair for review" in capsys.readouterr().err
    pair = ("divers-who-saw-it-grow", "kelp-forests-by-candlelight")
    assert _queue(capsys) == PAIRS
    assert _queue(capsys, "two.csv") == [pair]
    _review(monkeypatch, "d\n", "two.csv")
    assert store.load(project / "records").records[pair[0]].not_same_as == (pair[1],)
    assert _queue(capsys, "two.csv") == []


def test_what_another_run_keeps_from_being_written_is_left(
    project: Path, table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fcntl = pytest.importorskip("fcntl")

    class Typing(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            fcntl.flock(other, fcntl.LOCK_EX)
            return "d\n"

    other = os.open(project / "records", os.O_RDONLY)
    monkeypatch.setattr(sys, "stdin", Typing())
    before = file_bytes(project)
    assert call("review", table) == 0
    os.close(other)
    said = capsys.readouterr().err
    assert "another run is writing here; wait until it has ended; nothing was written" in said
    assert "0 answers kept, 1 pair left for another time" in said
    assert file_bytes(project) == before


def test_a_file_that_cannot_be_read_is_a_problem(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("review", "--list", "nothing.csv") == 1
    assert "nothing.csv: cannot be read" in capsys.readouterr().err


def test_what_cannot_be_read_meanwhile_is_not_lost(
    project: Path, table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Typing(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            sources.write_text("older: {name: An old file, entires: 3}\n", "utf-8")
            return "d\n"

    sources = project / "records" / "sources.yaml"
    monkeypatch.setattr(sys, "stdin", Typing())
    before = file_bytes(project / "records" / "papers")
    assert call("review", table) == 1
    assert "sources.yaml:1: entires: unknown field; write entries" in capsys.readouterr().err
    assert sources.read_text("utf-8") == "older: {name: An old file, entires: 3}\n"
    assert file_bytes(project / "records" / "papers") == before


# --- on the terminal -------------------------------------------------------------------------------------------------


def _cells(line: str) -> int:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in line)
    return len(line) + wide - sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in line)


@pytest.mark.parametrize("width", [40, 79, 80, 100])
def test_two_records_fit_the_terminal(width: int) -> None:
    one = Record(
        title="编织的织机学习如何从少量线中编织图案" * 4,
        authors=("e\u0301" * 90, "Zoë 👩‍🔬 Ünal"),
        links={"code": f"https://example.org/{'x' * 300}"},
        summary="word " * 200,
        topics=("t" * 80,),
    )
    for sides in ((one, LOOM), (LOOM, one), (one, one), (LOOM, LOOM)):
        lines = list(side_by_side([("left", sides[0]), ("r" * 80, sides[1])], width))
        assert max(map(_cells, lines)) <= width
        middle = {_cells(line.split("│")[0]) for line in lines if "│" in line}
        assert len(middle) == 1  # the columns stand straight
        assert any("- title =" in line for line in lines) == (sides[0] is sides[1])


def test_what_only_one_record_knows_is_said() -> None:
    sides = [("left", Record(title="Knots", venue="Sea")), ("right", Record(title="Knots"))]
    assert [line.rstrip("-") for line in side_by_side(sides, 40)][1:] == [
        "- title = ",
        "Knots",
        "- venue ",
        "Sea                │ (not known)",
    ]


def test_no_record_sends_the_terminal_anything() -> None:
    record = Record.model_construct(**{**dict(LOOM), "title": "a\x1b[2Jb\x9b31mc\r\nd\u202ee", "topics": ("\x07",)})
    text = "\n".join(side_by_side([("\x1b]0;x\x07", record), ("b", LOOM)], 80))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_a_person_at_a_terminal(project: Path) -> None:
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "generator", "review"]
    asking = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(COLUMNS="80"))
    os.close(theirs)
    said = b""
    for prompt, answer in ((b"[q]uit: ", b"?\n"), (b"[q]uit: ", b"d\n"), (b"[q]uit: ", b"l\n"), (b"another time", b"")):
        while prompt not in said:
            try:
                said += os.read(terminal, 4096)
            except OSError:  # the other side has ended
                break
        before, _, said = said.partition(prompt)
        assert prompt in before + prompt
        os.write(terminal, answer)
        if answer == b"?\n":
            text = before.decode("utf-8")
            assert "Pair 1 of 2: equal title, but the years differ" in text
            assert max(_cells(line) for line in text.splitlines()) <= 80
            assert re.search(r"(?m)^loom +│ looms\r$", text)
    assert asking.wait(timeout=60) == 0
    os.close(terminal)
    assert store.load(project / "records").records["loom"].not_same_as == ("looms",)
