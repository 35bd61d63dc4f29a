"""Changes on disk: a person's are told at once, the generator's own and mere reading are not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog import events

from generator import pages
from generator.site import watching


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[tuple[Path, list[str], threading.Event]]:
    """Return a watched folder, the names of the files that were told of, and what is set by each."""
    names: list[str] = []
    told = threading.Event()

    class Handler(events.FileSystemEventHandler):
        def on_any_event(self, event: events.FileSystemEvent) -> None:
            names.append(Path(str(event.dest_path or event.src_path)).name)
            told.set()

    (tmp_path / "loom.yaml").write_text("title: Loom\n")
    watch = watching.Watch()
    watch.schedule(Handler(), str(tmp_path))
    watch.start()
    yield tmp_path, names, told
    watch.stop()
    watch.join()


def heard_of(heard: tuple[Path, list[str], threading.Event], last: str) -> set[str]:
    """Return what was told of until ``last``, which is written now, was."""
    folder, names, told = heard
    (folder / last).write_text("x")
    while last not in names:
        assert told.wait(20), f"never heard of {last}"
        told.clear()
    return set(names)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "loom.yaml").write_text("title: Red loom\n"),
        lambda folder: (folder / "loom.yaml").unlink(),
        lambda folder: (folder / "loom.yaml").replace(folder / "rope.yaml"),
    ],
    ids=["written", "deleted", "renamed"],
)
def test_what_people_do_is_told(change: object, heard: tuple[Path, list[str], threading.Event]) -> None:
    assert callable(change)
    change(heard[0])
    assert heard_of(heard, "end.txt") & {"loom.yaml", "rope.yaml"}


def test_what_an_editor_saves_by_way_of_a_hidden_file_is_told(
    heard: tuple[Path, list[str], threading.Event],
) -> None:
    (heard[0] / ".loom.yaml.swp").write_text("title: Red loom\n")
    (heard[0] / ".loom.yaml.swp").replace(heard[0] / "loom.yaml")
    assert heard_of(heard, "end.txt") == {"loom.yaml", "end.txt"}


def test_generated_and_hidden_files_and_reading_are_not_told(
    heard: tuple[Path, list[str], threading.Event],
) -> None:
    folder = heard[0]
    (folder / "feed.xml").write_text("<feed/>")
    (folder / ".half.tmp").write_text(f"---\n{pages.MARK}\n---\n")
    (folder / ".half.tmp").replace(folder / "index.md")
    (folder / "loom.yaml").read_text()
    assert heard_of(heard, "end.txt") == {"end.txt"}


def test_what_has_changed_is_kept_until_it_is_asked_for(heard: tuple[Path, list[str], threading.Event]) -> None:
    folder = heard[0]
    watch = watching.Watch()
    watch.schedule(events.FileSystemEventHandler(), str(folder))
    watch.start()
    try:
        (folder / ".hidden").write_text("x")
        (folder / "loom.yaml").replace(folder / "rope.yaml")
        heard_of(heard, "end.txt")
        found: set[Path] = set()
        while folder / "end.txt" not in found:
            found |= watch.taken()
        assert found == {folder / name for name in ("loom.yaml", "rope.yaml", "end.txt")}
        while watch.taken():  # the end of the writing of end.txt may be told apart
            pass
    finally:
        watch.stop()
        watch.join()


def test_a_handler_is_called_later_unless_a_change_comes_first(tmp_path: Path) -> None:
    told = threading.Event()

    class Handler(events.FileSystemEventHandler):
        def on_any_event(self, event: events.FileSystemEvent) -> None:
            assert not event.is_directory
            told.set()

    watch = watching.Watch()
    watch.schedule(Handler(), str(tmp_path))
    watch.later(3600)
    watch.taken()
    assert not watch._again.is_alive() or watch._again.finished.is_set()
    assert not told.is_set()
    watch.later(0.01)
    assert told.wait(20)
