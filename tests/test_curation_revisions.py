"""What a list was before a change: from git's objects or another folder, the work tree untouched."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from site_tools import call, file_bytes, toy_records

from generator import store
from generator.curation import revisions
from generator.errors import UsageError


def git(place: Path, *arguments: str) -> str:
    """Run git as a user without settings of their own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(place)}
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", *who, "-C", str(place), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the toy list on ``main``, and a branch ``topic`` checked out that changes nothing yet."""
    folder = tmp_path / "project"
    folder.mkdir()
    toy_records(folder / "records")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "The list")
    git(folder, "checkout", "-q", "-b", "topic")
    monkeypatch.chdir(folder)
    return folder


def _edit(records: Path, name: str, old: str, new: str) -> None:
    path = records / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _change(records: Path) -> None:
    """Edit a record and a table, add a record, delete one."""
    _edit(records, "papers/two-names.yaml", "venue: ", "venue: New ")
    _edit(records, "topics.yaml", "name: Spinning", "name: Spinning and more")
    (records / "papers" / "new-loom.yaml").write_text('title: "A New Loom"\n', "utf-8")
    (records / "papers" / "stray-thread.yaml").unlink()


TOUCHED = {"papers/two-names.yaml", "topics.yaml", "papers/new-loom.yaml", "papers/stray-thread.yaml"}


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("base", ["main", "HEAD~0", "folder"])
def test_a_change_is_found_and_nothing_is_touched(project: Path, base: str, committed: bool) -> None:
    records = project / "records"
    before = store.load(records)
    if base == "folder":
        shutil.copytree(records, project.parent / "old")
        base = str(project.parent / "old")
    _change(records)
    if committed and base != "HEAD~0":
        git(project, "add", ".")
        git(project, "commit", "-q", "-m", "A change")
    files, status = file_bytes(project), git(project, "status", "--porcelain")
    with revisions.compared(store.load(records), base) as change:
        assert change.touched == TOUCHED
        assert change.before - change.after == {"papers/stray-thread.yaml"}
        assert change.after - change.before == {"papers/new-loom.yaml"}
        for table in ("records", "topics", "paths", "sources", "redirects", "retracted"):
            assert getattr(change.base, table) == getattr(before, table)
        assert change.base.problems == ()
        assert set(change.base.files) == set(before.files)
    assert git(project, "status", "--porcelain") == status
    assert {name: data for name, data in file_bytes(project).items() if name != ".git/index"} == {
        name: data for name, data in files.items() if name != ".git/index"
    }
    assert not list(change.base.folder.parent.glob("*"))


def test_what_others_added_since_is_no_part_of_the_change(project: Path) -> None:
    git(project, "checkout", "-q", "main")
    (project / "records" / "papers" / "others.yaml").write_text('title: "Somebody Else\'s Loom"\n', "utf-8")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "Meanwhile")
    git(project, "checkout", "-q", "topic")
    _change(project / "records")
    with revisions.compared(store.load(project / "records"), "main") as change:
        assert change.touched == TOUCHED


def test_what_was_wrong_before_is_known(project: Path) -> None:
    records = project / "records"
    (records / "papers" / "broken.yaml").write_text("titel: Typo\n", "utf-8")
    (records / "papers" / "notes.txt").write_text("Notes\n", "utf-8")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "Broken")
    head = store.load(records)
    assert len(head.problems) == 3
    with revisions.compared(head, "HEAD") as change:
        assert change.touched == set()
        told = {(revisions.inside(change.base, problem), problem.message) for problem in change.base.problems}
        assert told == {(revisions.inside(head, problem), problem.message) for problem in head.problems}


def test_the_records_may_lie_anywhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "lists").mkdir()
    git(project, "mv", "records", "lists/a [b] *")
    git(project, "commit", "-q", "-m", "Move")
    records = project / "lists" / "a [b] *"
    _change(records)
    monkeypatch.chdir(project.parent)
    monkeypatch.setenv("GIT_DIR", "/nowhere")  # as in a hook of another repository
    with revisions.compared(store.load(Path("project/lists/a [b] *")), "HEAD") as change:
        assert change.touched == TOUCHED
    monkeypatch.chdir(records)
    with revisions.compared(store.load(Path()), "HEAD") as change:
        assert change.touched == TOUCHED


def test_a_list_that_is_gone_or_new(project: Path) -> None:
    shutil.move(project / "records", project / "fresh")
    with revisions.compared(store.load(project / "records"), "HEAD") as change:
        assert change.after == set()
        assert "papers/hostile.yaml" in change.before
    with revisions.compared(store.load(project / "fresh"), "HEAD") as change:
        assert change.before == set()
        assert len(change.after) == len(change.touched)


def test_links_and_odd_names_of_the_other_commit_are_harmless(project: Path) -> None:
    records = project / "records"
    (records / "papers" / "link.yaml").symlink_to("/etc/passwd")
    (records / "deep").mkdir()
    (records / "deep" / "file.yaml").write_text("x: y\n", "utf-8")
    (records / "papers" / "new\nline.yaml").write_text('title: "Odd"\n', "utf-8")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "Odd")
    (records / "papers" / "new\nline.yaml").unlink()
    with revisions.compared(store.load(records), "HEAD") as change:
        assert change.touched == {"papers/new\nline.yaml"}
        assert "papers/link.yaml" not in change.before


@pytest.mark.parametrize(
    "base", ["-x", "--help", "--output=x", "", " ", "a\nb", "nothing", "main^{tree}", "HEAD:records"]
)
def test_what_is_no_revision_is_refused(project: Path, base: str) -> None:
    before = file_bytes(project)
    assert call("check", f"--base={base}") == 2
    assert file_bytes(project) == before


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("nothing", "nothing: git knows no such commit, branch or folder here; check the name, or fetch it first"),
        ("-x", "'-x' is no revision; name a commit, a branch or a folder"),
        ("records", "records: is the records folder itself"),
        ("orphan", "orphan: has no commit in common with HEAD here; fetch more of the history"),
        ("both", "both: is a folder and a revision; write ./both for the one, refs/heads/both for the other"),
    ],
)
def test_messages_say_what_to_do(project: Path, base: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    git(project, "branch", "both")
    (project / "both").mkdir()
    git(project, "checkout", "-q", "--orphan", "orphan")
    git(project, "commit", "-q", "-m", "Alone")
    git(project, "checkout", "-q", "topic")
    assert call("check", f"--base={base}") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert call("check", "--base=refs/heads/both") == 0


def test_outside_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = toy_records(tmp_path / "records")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert call("check", "--records", str(records), "--base", "main") == 2
    assert "lies in no git repository" in capsys.readouterr().err


def test_without_git(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    with (
        pytest.raises(UsageError, match="cannot be started"),
        revisions.compared(store.load(project / "records"), "main"),
    ):
        pass


def test_a_shallow_clone_says_what_to_fetch(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = git(project, "rev-parse", "HEAD")
    _change(project / "records")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "A change")
    clone = project.parent / "clone"
    git(project, "clone", "-q", "--depth", "1", f"file://{project}", str(clone))
    assert call("check", "--records", str(clone / "records"), "--base", old) == 2
    assert "fetch it first" in capsys.readouterr().err
