"""A run that has nothing to do: it is known by what went in and came out, and never where anything differs."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from site_tools import call, enter_project, file_bytes

from generator import store
from generator.generation import standing
from generator.settings import Settings

Edit = Callable[[Path], object]
NOTE = standing.NOTE


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose pages have been generated."""
    folder = enter_project(tmp_path, monkeypatch)
    (folder / "mkdocs.yml").write_text("site_name: Looms\nsite_url: https://looms.example.org/\n", encoding="utf-8")
    assert call("generate") == 0
    return folder


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _replace_everywhere(folder: Path, old: str, new: str) -> None:
    for path in folder.rglob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _linked(path: Path) -> None:
    shutil.move(path, path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _foldered(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _noted(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8").partition("\n")[2])
    return said


def _told(path: Path, **other: object) -> None:
    text = json.dumps({**_noted(path), **other})
    path.write_text(f"{standing._digest([text.encode()])}\n{text}", encoding="utf-8")


EDITS: dict[str, Edit] = {
    "a record": lambda at: _replace(at / "records/papers/stray-thread.yaml", "Stray Thread", "Strax Thread"),
    "a record more": lambda at: shutil.copy(
        at / "records/papers/two-names.yaml", at / "records/papers/three-names.yaml"
    ),
    "a record less": lambda at: (at / "records/papers/nameless-spindle.yaml").unlink(),
    "a topic": lambda at: _replace(at / "records/topics.yaml", "Spinning", "Spinninq"),
    "a source": lambda at: _replace(at / "records/sources.yaml", "name: toy", "name: coy"),
    "a reading path": lambda at: _replace(at / "records/paths.yaml", "From thread", "By thread"),
    "a date": lambda at: _replace(at / "records/papers/two-names.yaml", "2021", "1999"),
    "an author, who is of one paper then": lambda at: _replace(
        at / "records/papers/braided-attention.yaml", "Bo Spindle", "Bo Spindel"
    ),
    "a title that others show": lambda at: _replace(
        at / "records/papers/two-names.yaml", "Two Names, One Loom", "Two Names, Two Looms"
    ),
    "a topic's id": lambda at: _replace_everywhere(at / "records", "spinning", "twisting"),
    "a redirect": lambda at: (at / "records/redirects.yaml").write_text("old-loom: stray-thread\n", encoding="utf-8"),
    "the settings": lambda at: _replace(at / "mkdocs.yml", "Looms", "Looma"),
    "a page, by as many letters": lambda at: _replace(at / "docs/papers/two-names.md", "## Facts", "## Fakts"),
    "a page that is gone": lambda at: (at / "docs/papers/two-names.md").unlink(),
    "a file of data": lambda at: _replace(at / "docs/data/papers.csv", "title", "titel"),
    "a stale page": lambda at: shutil.copy(at / "docs/papers/two-names.md", at / "docs/papers/old.md"),
    "a stale feed": lambda at: shutil.copytree(at / "docs/topics/weaving", at / "docs/topics/gone"),
    "a stale file of the search": lambda at: (at / "docs/data/search/cards-0-0.json").write_text("[]"),
    "no note": lambda at: (at / NOTE).unlink(),
    "an empty note": lambda at: (at / NOTE).write_text(""),
    "half a note": lambda at: (at / NOTE).write_text((at / NOTE).read_text()[:99]),
    "a note of something else": lambda at: (at / NOTE).write_text("[1]"),
    "a note of files elsewhere": lambda at: _told(at / NOTE, files={"../../etc/hostname": ["", 1, 1]}),
    "a note of files without marks": lambda at: _told(at / NOTE, files=["index.md"]),
    "a note changed by hand": lambda at: _replace(at / NOTE, "papers/two-names.md", "papers/two-nomes.md"),
    "a note that is a folder": lambda at: _foldered(at / NOTE),
    "nothing": lambda at: None,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_run_with_a_note_writes_what_one_without_writes(project: Path, edit: Edit) -> None:
    edit(project)
    assert call("generate") == 0
    with_note = file_bytes(project / "docs")
    shutil.rmtree(project / "docs")
    shutil.rmtree(project / ".cache")
    assert call("generate") == 0
    assert with_note == file_bytes(project / "docs")


def test_after_any_row_of_edits_too(project: Path) -> None:
    chance = random.Random(7)
    files = [*project.glob("records/papers/*.yaml"), *project.glob("docs/*/*.md"), *project.glob("docs/data/*.json")]
    kept = {path: path.read_bytes() for path in sorted(files)}
    for _ in range(25):
        for path in chance.sample(sorted(kept), 3):
            if chance.random() < 0.4:
                path.write_bytes(kept[path])  # as it was at the beginning: what was noted then must not be believed
            elif path.suffix == ".yaml":
                path.write_bytes(kept[path].replace(b'title: "', b'title: "New '))
            else:
                path.write_bytes(kept[path] + b"more\n")
        if chance.random() < 0.5:
            assert call("generate") == 0
    assert call("generate") == 0
    with_note = file_bytes(project / "docs")
    shutil.rmtree(project / "docs")
    shutil.rmtree(project / ".cache")
    assert call("generate") == 0
    assert with_note == file_bytes(project / "docs")


def test_where_all_stands_the_records_are_not_even_understood(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(folder: Path) -> None:
        raise AssertionError(f"{folder} was read")

    number = len(_noted(project / NOTE)["files"])
    capsys.readouterr()
    monkeypatch.setattr(store, "load_sound", never)
    for config in (Path("mkdocs.yml"), project / "mkdocs.yml"):  # from where one is, or as MkDocs has it
        assert call("--config", str(config), "generate") == 0
        assert capsys.readouterr().err == f"0 pages and files written, {number} unchanged, 0 removed\n"
    with pytest.raises(AssertionError, match="was read"):
        call("generate", "--output", "elsewhere")


def test_records_that_were_written_anew_as_they_are_are_read_and_nothing_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = len(_noted(project / NOTE)["files"])
    (project / "records/papers/stray-thread.yaml").touch()
    capsys.readouterr()
    assert call("generate") == 0
    assert capsys.readouterr().err == f"0 pages and files written, {number} unchanged, 0 removed\n"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda at: (at / "records/papers/notes.txt").touch(), "is no record"),
        (lambda at: _linked(at / "records/papers/two-names.yaml"), "is no plain file"),
        (lambda at: _linked(at / "docs/papers/two-names.md"), "is a symbolic link"),
        (lambda at: _linked(at / "docs/papers"), "is a symbolic link"),
        (lambda at: (at / "docs/papers/two-names.md").write_text("# By hand\n"), "was written by hand"),
        (lambda at: (at / "records/papers/two-names.yaml").unlink(), "paper: 'two-names' is no record; write the id"),
        (
            lambda at: _replace(at / "records/topics.yaml", "paper: two-names", "paper: braid"),
            "start_here[1].paper: 'braid' has moved; write 'braided-attention'",
        ),
    ],
)
def test_what_a_run_complains_of_is_not_passed_over(
    project: Path, edit: Edit, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project)
    assert call("generate") == 1
    assert said in capsys.readouterr().err


def test_another_program_makes_another_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = standing.program(Settings())
    assert before == standing.program(Settings())
    assert before != standing.program(Settings(site_name="Looms"))
    monkeypatch.setattr(standing, "_PACKAGE", tmp_path)
    (tmp_path / "paper.md.j2").write_text("# {{ title }}\n")
    other = standing.program(Settings())
    (tmp_path / "paper.md.j2").write_text("## {{ title }}\n")
    assert len({before, other, standing.program(Settings())}) == 3


def test_a_list_without_a_configuration_leaves_no_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = enter_project(tmp_path, monkeypatch)
    assert call("generate") == 0
    assert not (folder / ".cache").exists()
