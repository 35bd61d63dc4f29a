"""Faults of whole runs: killed at random times, two at once, a disk that is full, files that a user may not touch."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fault_tools import Tree, tree
from site_tools import DAY, LISTING, TOY_RECORDS, copy_project, environment, toy_records

from generator import checking, store

RUN = [sys.executable, "-m", "generator"]
IMPORT = ("import", *DAY, "listing.txt")
MERGE = ("merge", "two-names", "braided-attention")
COMMANDS: Sequence[Sequence[str]] = (
    IMPORT,
    MERGE,
    ("rename", "two-names", "loom-names"),
    ("add", "Looms: A Toy Study", *DAY),
    ("generate",),
)


def make_project(folder: Path) -> Path:
    """Make a toy list with a dump to import."""
    folder.mkdir()
    toy_records(folder / "records")
    (folder / "listing.txt").write_bytes(LISTING.read_bytes())
    return folder


def start(folder: Path, arguments: Sequence[str], **variables: str) -> subprocess.Popen[str]:
    """Start a command as a process group of its own."""
    return subprocess.Popen(
        [*RUN, *arguments], cwd=folder, env=environment(**variables), start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip


def run(folder: Path, arguments: Sequence[str]) -> tuple[int, str]:
    """Run a command to its end; return its status and all it said."""
    process = start(folder, arguments)
    out, said = process.communicate()
    return process.returncode, out + said


def many(number: int, few: int) -> list[object]:
    """Return how often a test is done in CI, and how often in a soak."""
    return [pytest.param(few, id="few"), pytest.param(number, id="many", marks=pytest.mark.soak)]


# --- killed at random times ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kills", many(200, 5))
def test_killed_at_random_times(tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    template = make_project(tmp_path / "template")
    clean: dict[Sequence[str], tuple[Tree, float]] = {}
    wrong, killed = [], 0
    for number in range(4 * kills):
        if killed == kills:
            break
        arguments = COMMANDS[number % len(COMMANDS)]
        folder = tmp_path / "project"
        if arguments not in clean:
            shutil.copytree(template, folder)
            began = time.monotonic()
            assert run(folder, arguments)[0] == 0
            clean[arguments] = (tree(folder), time.monotonic() - began)
            shutil.rmtree(folder)
        new, seconds = clean[arguments]
        shutil.copytree(template, folder)
        old = tree(folder)
        process = start(folder, arguments)
        time.sleep(chance.uniform(0.5, 1.05) * seconds)  # most of the first half is Python's own beginning
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if process.returncode == -signal.SIGKILL:
            killed += 1
        else:
            clean[arguments] = (new, 0.9 * seconds)
        after = tree(folder)
        torn = [
            name
            for name, digest in after.items()
            if name in {*old, *new} and digest not in (old.get(name), new.get(name))
        ]
        status, said = run(folder, arguments)
        if torn or tree(folder) != new or (status and "is on the list already" not in said):
            wrong.append((arguments, torn, status, said))
        shutil.rmtree(folder)
    assert wrong == []
    assert killed == kills


# --- two at once -----------------------------------------------------------------------------------------------------


PAIRS: Sequence[tuple[Sequence[str], Sequence[str]]] = (
    (IMPORT, IMPORT),
    (IMPORT, MERGE),
    (MERGE, ("rename", "braided-attention", "braid-of-looms")),
    (("generate",), ("generate",)),
    (("generate",), IMPORT),
    (("check", "--fix"), ("add", "Looms: A Toy Study", *DAY)),
)


def after_both(folder: Path, first: Sequence[str], second: Sequence[str]) -> Tree:
    """Return what two commands make of a project, one after the other."""
    make_project(folder)
    run(folder, first)
    run(folder, second)
    found = tree(folder)
    shutil.rmtree(folder)
    return found


@pytest.mark.parametrize("pairs", many(50, 2))
def test_two_at_once_are_as_one_after_the_other(tmp_path: Path, pairs: int) -> None:
    wrong, together = [], 0
    for number in range(pairs):
        one, other = PAIRS[number % len(PAIRS)]
        folder = make_project(tmp_path / f"project{number}")
        processes = [start(folder, one), start(folder, other)]
        said = [process.communicate()[1] for process in processes]
        refused = [place for place, text in enumerate(said) if "another run is writing here" in text]
        together += bool(refused)
        for place, process in enumerate(processes):
            if process.returncode not in (0, 1, 2) or (place in refused and not process.returncode):
                wrong.append((one, other, process.returncode, said))
        for place in refused:  # whoever was refused comes again
            run(folder, (one, other)[place])
        if strays := [name for name in tree(folder) if Path(name).name.startswith(".")]:
            wrong.append((one, other, strays, said))
        if problems := checking.check(store.load(folder / "records")):
            wrong.append((one, other, problems, said))
        if not any(after_both(tmp_path / "again", *order) == tree(folder) for order in ((one, other), (other, one))):
            wrong.append((one, other, "mixed", said))
        shutil.rmtree(folder)
    assert wrong == []
    assert pairs < 20 or together, "no two runs ever met"


# --- a disk that is full ---------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB; mounting one needs root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small file system can be mounted here; that needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("every", [pytest.param(64, id="few"), pytest.param(4, id="many", marks=pytest.mark.soak)])
def test_a_disk_that_runs_full(small_disk: Path, every: int) -> None:
    project = make_project(small_disk / "project")
    old, filler, written = tree(project), small_disk / "filler", False
    for free in range(0, 120, every):  # KiB
        filler.write_bytes(b"")
        room = os.statvfs(small_disk)
        filler.write_bytes(bytes(room.f_bavail * room.f_frsize - free * 1024))
        status, said = run(project, IMPORT)
        if status == 0:
            written = True
            break
        assert (status, "No space left on device" in said, "Traceback" in said) == (1, True, False)
        assert tree(project) == old, "a change was begun that had no room"
    filler.unlink()
    assert written or run(project, IMPORT)[0] == 0
    whole = tree(project)
    assert len([name for name in whole if name.startswith("records/papers/") and name.endswith("yaml")]) == 8
    assert run(project, IMPORT)[0] == 0
    assert tree(project) == whole


def test_no_room_for_temporary_files(small_disk: Path, tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    shutil.copytree(project / "records", tmp_path / "base")
    (tmp_path / "base" / "papers" / "two-names.yaml").write_text("title: Another\n", encoding="utf-8")
    filler = small_disk / "filler"
    filler.write_bytes(b"")
    room = os.statvfs(small_disk)
    filler.write_bytes(bytes(room.f_bavail * room.f_frsize - 4096))
    process = start(project, ["check", "--base", str(tmp_path / "base")], TMPDIR=str(small_disk))
    out, said = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert "cannot be written (No space left on device); make room there, or set TMPDIR to another folder" in said
    assert list(tree(small_disk)) == ["filler"]


# --- what a user may not touch ---------------------------------------------------------------------------------------


@pytest.fixture
def owned(tmp_path: Path) -> Path:
    """A project whose files a user may be shut out from; root is not, but for a while without the right to pass by."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root reads and writes what is shut to others, and there is no setpriv to make it another user")
    return make_project(tmp_path / "project")


def as_user(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a command as a user for whom the rights of files hold; return its status and all it said."""
    without = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*without, *RUN, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False, env=environment()
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("shut", ["records", "records/papers"])
@pytest.mark.parametrize("arguments", [IMPORT, MERGE, ("check", "--fix"), ("add", "Looms: A Toy Study", *DAY)])
def test_a_folder_that_is_read_only(shut: str, arguments: Sequence[str], owned: Path) -> None:
    (owned / "records" / "record.schema.json").write_text("{}")
    path = owned / "records" / "papers" / "two-names.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    before = tree(owned)
    (owned / shut).chmod(0o555)
    status, said = as_user(owned, *arguments)
    (owned / shut).chmod(0o755)
    assert status == 1
    assert f"{shut}/" in said
    assert "Permission denied" in said
    assert "nothing was changed" in said
    assert tree(owned) == before


def test_pages_that_may_not_be_written(owned: Path) -> None:
    (owned / "docs").mkdir()
    (owned / "docs").chmod(0o555)
    status, said = as_user(owned, "generate")
    assert (status, "docs/" in said, "Permission denied" in said) == (1, True, True)
    assert list((owned / "docs").iterdir()) == []


def test_files_that_cannot_be_read_are_named_and_the_others_are_processed(owned: Path) -> None:
    (owned / "shut.txt").write_bytes(LISTING.read_bytes())
    (owned / "shut.txt").chmod(0)
    (owned / "bytes.csv").write_bytes(b"id,title\n1,\xff\xfe Loom\n")
    status, said = as_user(owned, "import", "--json", *DAY, "shut.txt", "bytes.csv", "nothing.txt", "listing.txt")
    found = json.loads(said[: said.rindex("\n}") + 2])
    assert status == 1
    assert {problem["path"] for problem in found["problems"]} == {"shut.txt", "bytes.csv", "nothing.txt"}
    assert [record["new"] for record in found["records"]] == [True, True]
    assert len(list((owned / "records" / "papers").iterdir())) == 8


def test_records_that_cannot_be_read_are_named_and_the_others_are_mended(owned: Path) -> None:
    papers = owned / "records" / "papers"
    (papers / "stray-thread.yaml").chmod(0)
    (papers / "nameless-spindle.yaml").write_bytes(b'title: "\xff"\n')
    mended = papers / "two-names.yaml"
    canonical = mended.read_bytes()
    mended.write_bytes(canonical + b"\n")
    status, said = as_user(owned, "check", "--fix")
    assert status == 1
    assert "stray-thread.yaml: cannot be read (Permission denied); make it readable" in said
    assert "nameless-spindle.yaml:1: byte 9 is not UTF-8; save the file as UTF-8" in said
    assert mended.read_bytes() == canonical


# --- a build ---------------------------------------------------------------------------------------------------------


HOOK = """
from pathlib import Path

def on_env(env, **_):
    path = Path("records/papers/two-names.yaml")
    path.write_text(path.read_text("utf-8").replace("Two Names, One Loom", "Changed In Between"), "utf-8")
    return env
"""


def test_a_record_that_changes_during_a_build_is_said(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", TOY_RECORDS)
    (project / "hook.py").write_text(HOOK, "utf-8")
    with (project / "mkdocs.yml").open("a", encoding="utf-8") as config:
        config.write("\nhooks: [hook.py]\n")
    status, said = run(project, ["build"])
    assert status == 0
    assert "changed while the site was made, which may miss that; build again" in said
    assert "Two Names, One Loom" in (project / "site/papers/two-names/index.html").read_text("utf-8")
    assert "Changed In Between" not in (project / "site/data/papers.json").read_text("utf-8")


@pytest.mark.soak
def test_a_build_that_is_killed_leaves_the_old_site_or_the_new(tmp_path: Path) -> None:
    chance = random.Random(1)
    project = copy_project(tmp_path / "project", TOY_RECORDS)
    assert run(project, ["build"])[0] == 0
    path = project / "records/papers/two-names.yaml"
    text = path.read_text("utf-8")
    versions = (text, text.replace("Two Names, One Loom", "Two Names, Another Loom"))
    sites = []
    for version in (versions[1], versions[0]):
        path.write_text(version, "utf-8")
        began = time.monotonic()
        assert run(project, ["build"])[0] == 0
        seconds = time.monotonic() - began
        sites.append(tree(project / "site"))
    assert sites[0] != sites[1]
    wrong, killed = [], 0
    for number in range(200):
        if killed == 50:
            break
        path.write_text(versions[number % 2], "utf-8")
        began = time.monotonic()
        process = start(project, ["build"])
        time.sleep(chance.uniform(0.1, 1) * seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if process.returncode == -signal.SIGKILL:
            killed += 1
        else:  # it was quicker: so are the next ones, perhaps
            seconds = time.monotonic() - began
        if tree(project / "site") not in sites:
            wrong.append(number)
        if number % 10 == 9:
            assert run(project, ["build"])[0] == 0
            if tree(project / "site") != sites[1 - number % 2]:
                wrong.append(number)
    assert wrong == []
    assert killed == 50
