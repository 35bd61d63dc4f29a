"""Faults around a command: shut streams, other locales and clocks, signals, memory, names too long, symbolic links."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from fault_tools import shim
from site_tools import DAY, LISTING, call, enter_project, environment, file_bytes

from generator import cli, store
from generator.disk import locks

RUN = [sys.executable, "-m", "generator"]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = enter_project(tmp_path, monkeypatch)
    (folder / "listing.txt").write_bytes(LISTING.read_bytes())
    return folder


def shell(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which ``$RL`` is the command."""
    return subprocess.run(
        ["sh", "-c", line], env=environment(RL=" ".join(RUN), **variables),
        capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip


# --- streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [">&-", ">&- <&-"])
@pytest.mark.parametrize("command", ["stats", "export --format json"])
def test_a_result_that_goes_nowhere_is_said(command: str, closed: str) -> None:
    done = shell(f"$RL {command} {closed}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("standard output: Bad file descriptor; ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])  # containers often have it set
def test_a_result_that_is_written_in_part_is_said(unbuffered: str, project: Path) -> None:
    done = shell("ulimit -f 2; $RL export --format json > out.json", PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stderr.partition(";")[0]) == (1, "standard output: File too large")
    assert 0 < (project / "out.json").stat().st_size <= 2048


def test_talk_that_goes_nowhere_is_no_error(project: Path) -> None:
    assert shell(f"$RL import {' '.join(DAY)} listing.txt >&- 2>&- <&-").returncode == 0
    assert len(store.load(project / "records").records) == 8
    assert store.load(project / "records").problems == ()


def test_no_file_takes_the_number_of_a_closed_stream(project: Path) -> None:
    assert shell("$RL export --format csv --output out.csv >&- 2>&-").returncode == 0
    assert call("export", "--format", "csv", "--output", "same.csv") == 0
    assert (project / "out.csv").read_bytes() == (project / "same.csv").read_bytes()


YEARS = 10 * 366 * 24 * 3600
ELSEWHERE = {
    "a plain locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Etc/GMT+12"},
    "another encoding": {
        "LC_ALL": "tr_TR.ISO-8859-9",
        "PYTHONIOENCODING": "utf-16",
        "PYTHONUTF8": "0",
        "PYTHONHASHSEED": "1",
        "TZ": "Pacific/Kiritimati",
        "FAULT_CLOCK": str(YEARS),
    },
    "no locale, ten years ago": {"LANG": "", "LC_ALL": "", "PYTHONIOENCODING": "ascii", "FAULT_CLOCK": str(-YEARS)},
}


@pytest.mark.parametrize(
    "where",
    [pytest.param(where, marks=[pytest.mark.soak] if where != "another encoding" else []) for where in ELSEWHERE],
)
def test_no_locale_and_no_clock_changes_a_byte(project: Path, where: str) -> None:
    variables = {"SOURCE_DATE_EPOCH": "1735819200", **ELSEWHERE[where]}
    if library := shim():
        variables["LD_PRELOAD"] = str(library)
        clock = shell(f"{sys.executable} -c 'import time; exit(abs(time.time() - {time.time()}) < 10**8)'", **variables)
        assert clock.returncode == (0 if "FAULT_CLOCK" in variables else 1)
    plain, other = project / "plain", project / "other"
    for folder in (plain, other):
        shutil.copytree(project / "records", folder / "records")
        (folder / "Übersicht.txt").write_bytes(LISTING.read_bytes())
    done = shell(
        """
        cd other && $RL import Übersicht.txt && $RL generate && $RL export --format json > list.json &&
        $RL digest --since 2025-01-01 > digest.md
        """,
        PYTHONWARNDEFAULTENCODING="1",  # names the place where the locale's encoding would be used
        **variables,
    )
    assert done.returncode == 0, done.stderr
    assert not re.search(r"generator/.*EncodingWarning", done.stderr)
    os.chdir(plain)
    assert call("import", "Übersicht.txt", *DAY) == 0
    assert call("generate") == 0
    assert call("export", "--format", "json", "--output", "list.json") == 0
    assert call("digest", "--since", "2025-01-01", "--output", "digest.md") == 0
    assert file_bytes(other) == file_bytes(plain)
    assert "name: Übersicht.txt" in (other / "records" / "sources.yaml").read_text("utf-8")


def test_a_file_whose_name_is_no_utf8(project: Path) -> None:
    name = os.fsdecode(b"dump-\xff.txt")
    (project / name).write_bytes(LISTING.read_bytes())
    done = subprocess.run([*RUN, "import", *DAY, "--json", name], capture_output=True, check=False, env=environment())
    assert done.returncode == 0
    assert json.loads(done.stdout)["files"][0]["path"] == name
    assert "dump-\N{REPLACEMENT CHARACTER}.txt" in {
        source.name for source in store.load(project / "records").sources.values()
    }


# --- signals and memory ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_does_so_in_good_order(number: signal.Signals, project: Path) -> None:
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip(f"{number.name} is ignored here, as under nohup")
    before = file_bytes(project)
    with subprocess.Popen(
        [*RUN, "add", "--issue", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), encoding="utf-8",
    ) as running:  # fmt: skip
        while not locks.is_held(project / "records"):  # it holds the records, and waits for what is typed
            time.sleep(0.05)
        time.sleep(0.2)
        running.send_signal(number)
        out, said = running.communicate()
    assert (running.returncode, out, said) == (128 + number, "", "stopped; what was written is whole\n")
    assert file_bytes(project) == before


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from generator.cli import process;"
        "process.prepare(); print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN, signal.getsignal(signal.SIGTERM))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("True <function")


def test_too_little_memory_is_one_clear_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    before = file_bytes(project)
    monkeypatch.setattr(store, "record_text", full)
    assert call("import", *DAY, "listing.txt") == 1
    assert capsys.readouterr().err.startswith("memory ran out; what was written is whole; ")
    assert file_bytes(project) == before


LONG = "x" * 5000


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--records", LONG],
        ["check", "--fix", "--records", LONG],
        ["import", LONG],
        ["import", "--records", LONG, "listing.txt"],
        ["merge", "a", "b", "--records", LONG],
        ["export", "--format", "csv", "--output", LONG],
        ["generate", "--output", LONG],
        ["digest", "--since", "2020-01-01", "--output", LONG],
        ["add", "--issue", LONG],
        ["init", LONG],
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_a_name_too_long_is_one_clear_message(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    before = file_bytes(project)
    assert call(*arguments) in (1, 2)
    said = capsys.readouterr()
    assert "File name too long" in said.out + said.err
    assert file_bytes(project) == before


@pytest.mark.parametrize("epoch", ["²", "yesterday", "9" * 20, "-", "1e3"])
def test_a_day_that_is_none_is_wrong_usage(
    epoch: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert call("add", "A Toy") == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


# --- links and folders in the place of files -------------------------------------------------------------------------


def links_of(project: Path) -> dict[str, tuple[str, ...]]:
    """Return every place where a command writes, with the command."""
    return {
        "records/papers": ("import", *DAY, "listing.txt"),
        "records/papers/two-names.yaml": ("import", *DAY, "listing.txt"),
        "records/papers/loom-names.yaml": ("rename", "two-names", "loom-names"),
        "records/topics.yaml": ("check", "--fix"),
        "records/sources.yaml": ("import", *DAY, "listing.txt"),
        "records/redirects.yaml": ("merge", "two-names", "braided-attention"),
        "records/record.schema.json": ("check", "--fix"),
        "out.csv": ("export", "--format", "csv", "--output", "out.csv"),
        "digest.md": ("digest", "--since", "2020-01-01", "--output", "digest.md"),
        "comment.md": ("add", "A Toy", "--comment", "comment.md"),
        "docs/index.md": ("generate",),
        "docs/papers": ("generate",),
        "docs/papers/two-names.md": ("generate",),
        "docs/data/papers.json": ("generate",),
        "docs/topics/weaving": ("generate",),
        "docs/feed.xml": ("generate",),
    }


@pytest.mark.parametrize("place", links_of(Path()))
@pytest.mark.parametrize("target", ["file", "folder", "nothing"])
def test_nothing_is_written_through_a_link(
    place: str, target: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = project.parent / "outside"
    outside.mkdir()
    path = project / place
    path.parent.mkdir(parents=True, exist_ok=True)
    canary = outside / "canary"
    if path.is_dir():
        path.rename(outside / "moved")
    elif path.exists():
        (outside / "moved").write_bytes(path.read_bytes())
        path.unlink()
    if target == "file":
        canary.write_text("alive")
    elif target == "folder":
        canary.mkdir()
        (canary / "file").write_text("alive")
    path.symlink_to(canary)
    before, records = file_bytes(outside), file_bytes(project / "records")
    status = call(*links_of(project)[place])
    captured = capsys.readouterr()
    said = captured.out + captured.err
    assert status == 1
    assert Path(place).name in said
    assert "link" in said or "no plain file" in said
    assert file_bytes(outside) == before
    assert path.is_symlink()
    assert canary.exists() == (target != "nothing")
    if place != "comment.md":
        assert file_bytes(project / "records") == records


def test_the_folder_that_a_person_names_may_be_a_link(project: Path) -> None:
    (project / "records").rename(project / "kept")
    (project / "records").symlink_to("kept")
    (project / "pages").mkdir()
    (project / "docs").symlink_to("pages")
    assert call("import", *DAY, "listing.txt") == 0
    assert call("generate") == 0
    assert len(store.load(project / "kept").records) == 8
    assert (project / "pages" / "index.md").is_file()
    assert cli.main(["check"]) == 0
