"""A change of several records is one, whoever looks on, and whatever somebody puts into the folder."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from site_tools import call, environment, file_bytes, toy_records

from generator import checking, store
from generator.disk import files, journal, locks
from generator.errors import ReadingListError, WriteError

OLD = {"papers/one.yaml": "one\n", "papers/two.yaml": "two\n", "topics.yaml": "topics\n"}
CHANGES = {
    "papers/one.yaml": "one, new\n",
    "papers/two.yaml": None,
    "papers/three.yaml": "three\n",
    "topics.yaml": "x\n",
}
NEW = {"papers/one.yaml": "one, new\n", "papers/three.yaml": "three\n", "topics.yaml": "x\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in OLD.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def texts(folder: Path) -> dict[str, str]:
    return {name: data.decode() for name, data in file_bytes(folder).items()}


def cut_short(folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None] = CHANGES) -> None:
    """Leave a change that is decided, of which only the first file is in its place."""
    real = os.replace
    left = [2]  # the decision, and one file

    def stop(*names: Any) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(*names)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            journal.commit(folder, changes)
    assert journal.is_pending(folder)


def test_a_change_is_made_and_leaves_nothing_else(folder: Path) -> None:
    assert journal.commit(folder, CHANGES) == sorted(CHANGES)
    assert texts(folder) == NEW
    assert journal.commit(folder, CHANGES) == []


def test_what_is_right_already_is_not_touched(folder: Path) -> None:
    before = (folder / "topics.yaml").stat()  # of which the time of access may change: it is read
    assert journal.commit(folder, {"topics.yaml": "topics\n", "papers/none.yaml": None, "papers/one.yaml": "1"}) == [
        "papers/one.yaml"
    ]
    after = (folder / "topics.yaml").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_ctime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
        before.st_ctime_ns,
    )


def test_a_change_that_was_decided_is_completed_by_the_next_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(folder, monkeypatch)
    assert texts(folder) not in (OLD, NEW)
    with journal.locked(folder) as completed:
        assert completed == sorted(CHANGES)
        assert texts(folder) == NEW
    with journal.locked(folder) as completed:
        assert completed == []


def test_each_step_is_on_the_disk_before_the_next(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[str, bool]] = []
    monkeypatch.setattr(files, "sync", lambda place: steps.append((place.name, journal.is_pending(folder))))
    journal.commit(folder, CHANGES)
    top = folder.name
    assert steps == [
        ("papers", False), (top, False),  # the new files and the plan
        (top, True),  # the decision
        ("papers", True), (top, True),  # the files in their places
        (top, False),
    ]  # fmt: skip


def test_a_file_changed_since_is_not_written_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(folder, monkeypatch)
    (folder / "topics.yaml").write_text("by hand\n")
    before = texts(folder)
    with (
        pytest.raises(ReadingListError, match=r"topics\.yaml has been changed since; put the records"),
        journal.locked(folder),
    ):
        pytest.fail("went on")
    assert texts(folder) == before


@pytest.mark.parametrize("changes", [{"papers/one.yaml": "x"}, {"papers/three.yaml": "x"}, {"topics.yaml": None}])
def test_links_are_refused_and_what_they_lead_to_is_unchanged(folder: Path, changes: dict[str, str | None]) -> None:
    canary = folder.parent / f"{folder.name}-canary"
    canary.write_text("alive")
    path = folder / next(iter(changes))
    path.unlink(missing_ok=True)
    path.symlink_to(canary)
    before = sorted(os.listdir(folder))
    with pytest.raises(WriteError, match="is a symbolic link; put the file or folder itself there"):
        journal.commit(folder, changes)
    assert canary.read_text() == "alive"
    assert path.is_symlink()
    assert sorted(os.listdir(folder)) == before


def test_a_folder_of_records_that_is_a_link_is_refused(folder: Path) -> None:
    elsewhere = folder.parent / f"{folder.name}-elsewhere"
    (folder / "papers").rename(elsewhere)
    (folder / "papers").symlink_to(elsewhere)
    (elsewhere / ".one.yaml.new").write_text("not ours")
    before = texts(elsewhere)
    with pytest.raises(WriteError, match="papers: is a symbolic link"):
        journal.commit(folder, {"papers/one.yaml": "x"})
    assert texts(elsewhere) == before
    assert [problem.message for problem in store.load(folder).problems if problem.path.endswith("papers")] == [
        "is a symbolic link; put the folder itself here"
    ]


def test_a_change_that_was_decided_does_not_follow_a_link(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(folder, monkeypatch)
    elsewhere = folder.parent / f"{folder.name}-elsewhere"
    (folder / "papers").rename(elsewhere)
    (folder / "papers").symlink_to(elsewhere)
    before = texts(elsewhere)
    with pytest.raises(WriteError, match="papers: is a symbolic link"), journal.locked(folder):
        pytest.fail("went on")
    assert texts(elsewhere) == before


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("", "is not of this program"),
        ("[]", "is not of this program"),
        ("[" * 100_000, "is not of this program"),
        ('{"a": 1}', "is not of this program"),
        ({"../canary": {"before": _sha256("alive"), "after": None}}, "names files that are no part of the records"),
        ({"papers/../../canary": {"before": _sha256("alive"), "after": None}}, "no part of the records"),
        ({"/etc/hostname": {"before": None, "after": None}}, "no part of the records"),
        ({".git": {"before": None, "after": None}}, "no part of the records"),
        ({"papers/one.yaml": {"before": _sha256("one\n"), "after": _sha256("torn")}}, "has been changed since"),
    ],
)
def test_a_journal_from_elsewhere_does_nothing(folder: Path, plan: object, message: str) -> None:
    canary = folder.parent / "canary"
    canary.write_text("alive")
    (folder / "papers" / ".one.yaml.new").write_text("to")
    (folder / journal.PENDING).write_text(plan if isinstance(plan, str) else json.dumps(plan))
    before = texts(folder)
    with pytest.raises(ReadingListError, match=message), journal.locked(folder):
        pytest.fail("went on")
    assert texts(folder) == before
    assert canary.read_text() == "alive"
    canary.unlink()


def test_a_journal_that_is_a_link_is_refused(folder: Path) -> None:
    (folder / journal.PENDING).symlink_to(folder / "topics.yaml")
    with pytest.raises(ReadingListError, match="is not of this program"), journal.locked(folder):
        pytest.fail("went on")


# --- runs side by side -----------------------------------------------------------------------------------------------


def test_only_one_run_writes_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    with journal.locked(folder):
        assert folder.is_dir()
        with pytest.raises(ReadingListError, match="another run"), journal.locked(folder):
            pytest.fail("two runs hold one folder")
    assert not folder.exists()  # nothing came into it
    folder.mkdir()
    with journal.locked(folder):  # and it is free again
        assert os.listdir(folder) == []
    assert folder.is_dir()


def test_a_file_in_the_place_of_the_folder_is_a_clear_message(tmp_path: Path) -> None:
    (tmp_path / "records").write_text("x")
    with pytest.raises(ReadingListError), journal.locked(tmp_path / "records"):
        pass


def test_another_run_is_waited_for(tmp_path: Path) -> None:
    held = threading.Event()

    def hold() -> None:
        with locks.exclusive(tmp_path):
            held.set()
            time.sleep(0.2)

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    assert locks.is_held(tmp_path)
    with locks.exclusive(tmp_path, wait=20):
        other.join()
    assert not locks.is_held(tmp_path)


def test_where_there_are_no_locks_runs_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "fcntl", None)
    with locks.exclusive(tmp_path), locks.exclusive(tmp_path):
        assert not locks.is_held(tmp_path)


def test_where_the_file_system_has_no_locks_runs_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(pytest.importorskip("fcntl"), "flock", refuse)
    with locks.exclusive(tmp_path):
        assert not locks.is_held(tmp_path)


def test_what_a_killed_run_left_is_cleared(folder: Path) -> None:
    for path in (folder / "papers" / ".one.yaml.new", folder / ".pending.new", folder / "papers" / ".keep"):
        path.write_text("torn")
    with journal.locked(folder):
        assert [path.name for path in sorted(folder.rglob(".*"))] == [".keep"]
    (folder / ".reading-list-tmp-0123abcd").write_text("torn")
    files.sweep(folder)
    assert [path.name for path in sorted(folder.rglob(".*"))] == [".keep"]


# --- who reads -------------------------------------------------------------------------------------------------------


def test_a_reader_says_what_is_pending_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = toy_records(tmp_path / "records")
    contents = store.load(records)
    changes: dict[str, str | None] = {
        f"papers/{name}.yaml": store.record_text(record.model_copy(update={"venue": "New Looms"}))
        for name, record in contents.records.items()
    }
    cut_short(records, monkeypatch, changes)
    before = file_bytes(records)
    monkeypatch.chdir(tmp_path)
    for arguments in (["check"], ["stats"], ["export", "--format", "csv"], ["generate"]):
        assert call(*arguments) == 1
        said = capsys.readouterr()
        assert "records/.pending: a run was cut short" in said.out + said.err
        assert "complete it with `reading-list check --fix`" in said.out + said.err
    assert file_bytes(records) == before
    assert call("check", "--fix") == 0
    assert "note: records: a run before was cut short; its change is complete now" in capsys.readouterr().err
    assert checking.check(store.load(records)) == []
    assert {record.venue for record in store.load(records).records.values()} == {"New Looms"}


WRITER = """
import sys, time
from pathlib import Path
from generator.disk import journal
folder = Path(sys.argv[1])
for number in range(int(sys.argv[2])):
    with journal.locked(folder):
        text = f'title: "Number {number}"\\n'
        journal.commit(folder, {f"papers/p{place}.yaml": text for place in range(8)})
"""


def test_a_reader_sees_one_state_while_another_run_writes(tmp_path: Path) -> None:
    with journal.locked(tmp_path / "records"):
        journal.commit(tmp_path / "records", {f"papers/p{place}.yaml": 'title: "Old"\n' for place in range(8)})
    call = [sys.executable, "-c", WRITER, str(tmp_path / "records"), "20"]
    seen = set()
    with subprocess.Popen(call, env=environment()) as writer:
        while writer.poll() is None:
            contents = store.load(tmp_path / "records")
            assert contents.problems == ()
            titles = {record.title for record in contents.records.values()}
            assert (len(contents.records), len(titles)) == (8, 1)
            seen |= titles
    assert writer.returncode == 0
    assert len(seen) > 1, "the reader never met the writer"


def test_a_folder_that_never_rests_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(1000))
    monkeypatch.setattr(journal, "state", lambda folder: (next(numbers),))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    assert ["keeps changing while it is read" in problem.message for problem in store.load(tmp_path).problems] == [True]
