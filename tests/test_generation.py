"""Generating: written only where changed, stale pages swept, what people wrote never touched; disks that fail."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from site_tools import (
    DAY,
    LISTING,
    RECORDS,
    TOY_RECORDS,
    TOY_SETTINGS,
    call,
    enter_project,
    environment,
    file_bytes,
    library,
)

from generator import exports, pages, store
from generator.disk import files
from generator.errors import ReadingListError, WriteError
from generator.generation import Generated, generate
from generator.library import Library

LIBRARY = library()


def _snapshot(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return for every file its bytes, its time of change and its inode, which a rewrite would replace."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in files
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_project(tmp_path, monkeypatch)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    generate(LIBRARY, TOY_SETTINGS, folder)
    return folder


def test_every_page_and_data_file_is_written(docs: Path) -> None:
    expected = {page.path: page.make().encode() for page in pages.pages(LIBRARY, TOY_SETTINGS)}
    expected |= {
        f"data/{name}": exports.FORMATS[format](LIBRARY.records).encode() for format, name in exports.FILE_NAMES.items()
    }
    found = {path: data for path, (data, _, _) in _snapshot(docs).items()}
    assert {path: found.get(path) for path in expected} == expected
    assert not list(docs.rglob(".*"))


def test_a_second_run_touches_nothing(docs: Path) -> None:
    before = _snapshot(docs)
    done = generate(library(), TOY_SETTINGS, docs)
    assert (done.written, done.removed) == (0, 0)
    assert done.unchanged == len(before)
    assert _snapshot(docs) == before


def test_only_what_changed_is_written(docs: Path) -> None:
    before = _snapshot(docs)
    stray = LIBRARY.records["stray-thread"].model_copy(update={"why": "It ends the list."})
    done = generate(replace(LIBRARY, records={**LIBRARY.records, "stray-thread": stray}), TOY_SETTINGS, docs)
    after = _snapshot(docs)
    changed = {path for path, state in after.items() if state != before.get(path)}
    assert done.written == len(changed)
    assert "papers/stray-thread.md" in changed
    assert not changed & {
        "papers/two-names.md",
        "papers/hostile.md",
        "papers/index.md",
        "topics/weaving.md",
        "sources/toy_dump.md",
    }


def test_what_a_run_that_was_killed_left_is_swept_and_the_docs_folder_may_be_a_link(docs: Path) -> None:
    left = [docs / folder / f"{files._TEMPORARY}01234567" for folder in (".", "papers", "data", "data/search")]
    for path in left:
        path.write_bytes(b"half")
    (docs.parent / "link").symlink_to(docs)
    assert generate(LIBRARY, TOY_SETTINGS, docs.parent / "link").written == 0
    assert [path for path in left if path.exists()] == []


def test_stale_pages_are_swept(docs: Path) -> None:
    fewer = {
        record_id: record
        for record_id, record in LIBRARY.records.items()
        if record_id not in ("stray-thread", "hostile")
    }
    smaller = Library(fewer, {"weaving": LIBRARY.topics["weaving"]}, {}, {}, {})
    assert generate(smaller, TOY_SETTINGS, docs).removed > 0
    found = set(_snapshot(docs))
    gone = {
        "papers/stray-thread.md",
        "papers/braid.md",
        "topics/spinning.md",
        "years/2024.md",
        "sources/toy_dump.md",
        "paths/first-cloth.md",
    }
    assert not found & (gone | {"authors/bo-spindle.md", "authors/index.md"})
    fresh = docs.parent / "fresh"
    generate(smaller, TOY_SETTINGS, fresh)
    assert {path: data for path, (data, _, _) in _snapshot(docs).items()} == {
        path: data for path, (data, _, _) in _snapshot(fresh).items()
    }


HAND_WRITTEN = [
    "about.md",
    "notes.md",
    "papers/my-notes.md",
    "topics/picture.png",
    "assets/list.css",
    "extra/deep/page.md",
]


def test_what_people_wrote_is_neither_touched_nor_deleted(docs: Path) -> None:
    for name in HAND_WRITTEN:
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(f"# Written by hand\n\n{pages.MARK} is only quoted here.\n", encoding="utf-8")
    copy = "papers/two-names.md.bak"
    (docs / copy).write_bytes((docs / "papers" / "two-names.md").read_bytes())
    before = _snapshot(docs)
    generate(Library({}, {}, {}, {}, {}), TOY_SETTINGS, docs)
    after = _snapshot(docs)
    assert [after.get(name) for name in (*HAND_WRITTEN, copy)] == [before[name] for name in (*HAND_WRITTEN, copy)]
    assert "papers/two-names.md" not in after


@pytest.mark.parametrize(
    "name", ["index.md", "papers/two-names.md", "papers/index.md", "topics/unsorted.md", "papers/braid.md"]
)
@pytest.mark.parametrize("text", ["# By hand\n", "", "---\ntitle: x\n---\n"])
def test_a_page_by_hand_in_the_way_is_an_error(tmp_path: Path, name: str, text: str) -> None:
    target = tmp_path / "docs" / name
    target.parent.mkdir(parents=True)
    target.write_text(text, encoding="utf-8")
    with pytest.raises(ReadingListError) as caught:
        generate(LIBRARY, TOY_SETTINGS, tmp_path / "docs")
    assert str(target) in str(caught.value)
    assert "by hand" in str(caught.value)
    assert "move it" in str(caught.value)
    assert target.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["papers/two-names.md", "index.md", "data/papers.csv"])
def test_a_symbolic_link_in_the_way_is_refused(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(f"---\n{pages.MARK}\n", encoding="utf-8")
    target = tmp_path / "docs" / name
    target.parent.mkdir(parents=True)
    target.symlink_to(outside)
    with pytest.raises(ReadingListError, match=r"symbolic link; delete it"):
        generate(LIBRARY, TOY_SETTINGS, tmp_path / "docs")
    assert outside.read_text(encoding="utf-8") == f"---\n{pages.MARK}\n"
    assert target.is_symlink()


def test_a_folder_that_is_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    generate(LIBRARY, TOY_SETTINGS, outside)
    before = _snapshot(outside)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "papers").symlink_to(outside / "papers")
    with pytest.raises(ReadingListError, match="symbolic link"):
        generate(Library({}, {}, {}, {}, {}), TOY_SETTINGS, tmp_path / "docs")
    assert _snapshot(outside) == before


def test_the_data_folder_keeps_what_is_not_generated(tmp_path: Path) -> None:
    target = tmp_path / "docs" / "data" / "my-own.csv"
    target.parent.mkdir(parents=True)
    target.write_text("my,own,table\n", encoding="utf-8")
    generate(LIBRARY, TOY_SETTINGS, tmp_path / "docs")
    assert target.read_text(encoding="utf-8") == "my,own,table\n"


def test_pages_out_of_a_linked_file_are_not_swept(docs: Path) -> None:
    outside = docs.parent / "kept.md"
    shutil.copy(docs / "papers" / "two-names.md", outside)
    (docs / "papers" / "linked.md").symlink_to(outside)
    generate(LIBRARY, TOY_SETTINGS, docs)
    assert (docs / "papers" / "linked.md").is_symlink()
    assert outside.exists()


def test_a_records_folder_that_does_not_exist_is_an_empty_list(tmp_path: Path) -> None:
    contents = store.load(tmp_path / "nowhere")
    assert contents.problems == ()
    done = generate(Library.of(contents), TOY_SETTINGS, tmp_path / "docs")
    assert done.removed == done.unchanged == 0
    assert (tmp_path / "docs" / "index.md").exists()
    assert generate(Library.of(contents), TOY_SETTINGS, tmp_path / "docs") == Generated(0, done.written, 0)


def test_the_records_are_only_read(docs: Path, tmp_path: Path) -> None:
    records = tmp_path / "records"
    shutil.copytree(TOY_RECORDS, records)
    before = _snapshot(records)
    generate(library(records), TOY_SETTINGS, docs)
    assert _snapshot(records) == before


@pytest.mark.parametrize("call", ["replace", "mkdir"])
def test_a_full_disk_tears_no_page(docs: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = _snapshot(docs)
    target = docs if call == "replace" else docs.parent / "new"
    monkeypatch.setattr(os, call, full)
    with pytest.raises(WriteError, match="No space left on device"):
        generate(Library({}, {}, {}, {}, {}), TOY_SETTINGS, target)
    monkeypatch.undo()
    assert _snapshot(docs) == before
    assert not list(docs.parent.rglob("*.tmp"))


# --- a disk that is full, a folder that is shut ----------------------------------------------------------------------


WRITING = [("export", "--format", "csv", "--output", "out.csv"), ("import", *DAY, str(LISTING)), ("check", "--fix")]
GENERATE = ("generate", "--output", "out")  # it never waits for the disk: pages can be made again


@pytest.mark.parametrize(
    ("arguments", "call_that_fails"),
    [
        *((arguments, name) for arguments in [GENERATE, *WRITING] for name in ("replace", "open", "write")),
        *((arguments, "fsync") for arguments in WRITING),
    ],
)
def test_a_full_disk_is_one_clear_message(
    arguments: Sequence[str],
    call_that_fails: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*given: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (project / "out.csv").write_text("old\n", encoding="utf-8")
    path = project / "records" / "papers" / "stray-thread.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")  # only out of form, for check --fix
    before = file_bytes(project)
    monkeypatch.setattr(os, call_that_fails, full)
    assert call(*arguments) == 1
    monkeypatch.undo()
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(
        r"\S+: cannot be written \(No space left on device\); [^\n]+; make room or make it writable\n", said.err
    )
    assert file_bytes(project) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("arguments", [("export", "--format", "json"), ("stats",)])
def test_a_full_disk_behind_standard_output_is_one_clear_message(project: Path, arguments: Sequence[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "generator", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr


def test_a_reader_that_goes_early_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "generator", "export", "--format", "json", "--records", str(RECORDS)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


SHUT = ("check", "stats", "import", "generate")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads what is shut to others")
@pytest.mark.parametrize("command", SHUT)
def test_a_records_folder_without_permission_is_one_clear_message(
    command: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "records").chmod(0)
    try:
        assert call(command, *([str(LISTING)] if command == "import" else [])) == 1
    finally:
        (project / "records").chmod(0o755)
    said = capsys.readouterr()
    assert "records" in said.out + said.err
    assert "Permission denied" in said.out + said.err


@pytest.mark.parametrize("command", ["check", "stats", "generate", "export"])
def test_papers_that_cannot_be_listed_are_one_clear_message(
    command: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = os.scandir

    def shut(path: Any = ".") -> Any:
        if os.fspath(path).endswith("records/papers"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", shut)
    assert call(command, *(["--format", "csv"] if command == "export" else [])) == 1
    said = capsys.readouterr()
    assert "records/papers: cannot be read (Permission denied); make it a readable folder" in said.out + said.err


@pytest.mark.parametrize("arguments", [("import", *DAY, str(LISTING)), ("check", "--fix")])
def test_a_file_where_the_records_folder_should_be_is_one_clear_message(
    arguments: Sequence[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "afile").write_text("x", encoding="utf-8")
    assert call(*arguments, "--records", "afile") == 1
    assert "afile" in capsys.readouterr().err
