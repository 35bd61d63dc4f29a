"""The folder of a site: changed whole and in one step, only what differs is written, and what is not ours stays."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import pytest
from site_tools import file_bytes

from generator.errors import ReadingListError, WriteError
from generator.generation import workers
from generator.site import folder
from generator.site.folder import SiteFolder

FIRST = {"index.html": b"one", "papers/a/index.html": b"a", "papers/b/index.html": b"b", "sitemap.xml": b"map"}
SECOND = FIRST | {"papers/a/index.html": b"A", "papers/c/index.html": b"c"}
del SECOND["papers/b/index.html"]


def fill(folder: SiteFolder, files: dict[str, bytes]) -> list[str]:
    """Put ``files``; return the paths of those that were made."""
    made = []

    def make(path: str) -> bytes:
        made.append(path)
        return files[path]

    for path, data in files.items():
        folder.put(path, data.hex(), partial(make, path))
    return made


def publish(target: Path, cache: Path | None, files: dict[str, bytes]) -> list[str]:
    folder = SiteFolder(target, cache)
    written = fill(folder, files)
    folder.publish()
    return written


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "out" / "site", tmp_path / ".cache"


def test_a_site_becomes_just_what_was_put(place: tuple[Path, Path]) -> None:
    assert publish(*place, FIRST) == list(FIRST)
    assert file_bytes(place[0]) == FIRST
    assert publish(*place, SECOND) == ["papers/a/index.html", "papers/c/index.html"]
    assert file_bytes(place[0]) == SECOND
    assert not (place[0] / "papers" / "b").exists()
    assert publish(*place, FIRST) == []  # the spare site is the one before
    assert file_bytes(place[0]) == FIRST


def test_what_is_the_same_is_not_made(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    folder = SiteFolder(*place)
    for path, data in FIRST.items():
        folder.put(path, data.hex(), lambda: pytest.fail("made again"))
    folder.publish()
    assert file_bytes(place[0]) == FIRST


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # from Python 3.12 on
def test_many_files_are_put_as_one_is(place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FEWEST", 1)
    monkeypatch.setattr(workers, "_processors", lambda: 3)
    for files in (FIRST, SECOND, FIRST):
        folder = SiteFolder(*place)
        folder.put_many((path, data.hex(), partial(bytes, data)) for path, data in files.items())
        folder.publish()
        assert file_bytes(place[0]) == files
    folder = SiteFolder(*place)
    folder.put_many((path, data.hex(), lambda: pytest.fail("made again")) for path, data in FIRST.items())
    folder.publish()
    assert file_bytes(place[0]) == FIRST


def test_where_files_cannot_be_linked_they_are_made(place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    publish(*place, FIRST)
    monkeypatch.setattr(os, "link", refuse)
    assert publish(*place, SECOND) == list(SECOND)
    assert file_bytes(place[0]) == SECOND


def test_the_old_site_stands_until_the_new_one_is_whole(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    publish(*place, SECOND)
    folder = SiteFolder(*place)
    fill(folder, {path: data + b"!" for path, data in SECOND.items()})
    assert file_bytes(place[0]) == SECOND  # as a build that is killed here leaves it
    publish(*place, SECOND)
    assert file_bytes(place[0]) == SECOND


def test_files_that_somebody_changed_are_put_right(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    (place[0] / "index.html").write_bytes(b"two")
    (place[0] / "papers" / "a" / "stray.html").write_bytes(b"stray")
    (place[0] / "papers" / "b" / "index.html").unlink()
    publish(*place, FIRST)
    assert file_bytes(place[0]) == FIRST


@pytest.mark.parametrize("name", ["site.json", "spare.json"])
@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"index.html":["00",3,4]}', None])
def test_a_cache_that_is_not_whole_is_not_trusted(name: str, damage: bytes | None, place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    publish(*place, SECOND)
    manifest = next(place[1].rglob(name))
    text = manifest.read_bytes()
    manifest.write_bytes(text.replace(b"index", b"xedni", 1) if damage is None else damage)
    publish(*place, FIRST)
    assert file_bytes(place[0]) == FIRST
    publish(*place, SECOND)
    assert file_bytes(place[0]) == SECOND


def test_without_the_cache_nothing_is_lost(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    for path in sorted(place[1].rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    publish(*place, SECOND)
    assert file_bytes(place[0]) == SECOND


def test_what_others_keep_in_the_folder_stays(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    (place[0] / ".git").mkdir()
    (place[0] / ".git" / "HEAD").write_text("ref")
    (place[0] / ".nojekyll").write_text("")
    publish(*place, SECOND)
    assert file_bytes(place[0]) == SECOND | {".git/HEAD": b"ref", ".nojekyll": b""}


def test_a_preview_is_written_in_place(place: tuple[Path, Path]) -> None:
    place[0].mkdir(parents=True)
    folder = SiteFolder(place[0], None)
    assert fill(folder, FIRST) == list(FIRST)
    folder.publish()
    inode = place[0].stat().st_ino
    assert fill(folder, SECOND) == ["papers/a/index.html", "papers/c/index.html"]
    folder.publish()
    assert file_bytes(place[0]) == SECOND
    assert place[0].stat().st_ino == inode


@pytest.mark.parametrize("files", [{"thesis.txt": "mine"}, {"index.html": "mine", "a.txt": ""}])
def test_a_folder_that_is_no_site_is_refused(files: dict[str, str], place: tuple[Path, Path]) -> None:
    place[0].mkdir(parents=True)
    for name, text in files.items():
        (place[0] / name).write_text(text)
    with pytest.raises(ReadingListError, match="holds files that are no site; name an empty folder"):
        SiteFolder(*place)
    assert {path.name for path in place[0].iterdir()} == set(files)


def test_a_link_or_file_in_place_of_the_site_is_refused(place: tuple[Path, Path], tmp_path: Path) -> None:
    place[0].parent.mkdir()
    (tmp_path / "canary").mkdir()
    place[0].symlink_to(tmp_path / "canary")
    with pytest.raises(ReadingListError, match="is no plain folder"):
        SiteFolder(*place)
    place[0].unlink()
    place[0].write_text("canary")
    with pytest.raises(ReadingListError, match="is no plain folder"):
        SiteFolder(*place)
    assert place[0].read_text() == "canary"


@pytest.mark.parametrize("cached", [True, False])
def test_links_inside_the_site_are_not_followed(cached: bool, place: tuple[Path, Path], tmp_path: Path) -> None:
    publish(*place, FIRST)
    canary = tmp_path / "canary"
    canary.mkdir()
    (canary / "index.html").write_bytes(b"canary")
    for path in (place[0] / "papers" / "a" / "index.html", place[0] / "papers" / "b" / "index.html"):
        path.unlink()
    (place[0] / "papers" / "a").rmdir()
    (place[0] / "papers" / "a").symlink_to(canary)
    (place[0] / "papers" / "b" / "index.html").symlink_to(canary / "index.html")
    (place[0] / "loop").symlink_to(place[0])
    publish(place[0], place[1] if cached else None, SECOND)
    publish(place[0], place[1] if cached else None, FIRST)
    assert file_bytes(canary) == {"index.html": b"canary"}
    assert file_bytes(place[0]) == FIRST
    assert not any(path.is_symlink() for path in place[0].rglob("*"))


@pytest.mark.parametrize("cached", [True, False])
def test_a_file_may_become_a_folder_and_back(cached: bool, place: tuple[Path, Path]) -> None:
    for files in ({"a": b"1", "sitemap.xml": b""}, {"a/b": b"2", "sitemap.xml": b""}) * 2:
        publish(place[0], place[1] if cached else None, files)
        assert file_bytes(place[0]) == files


def test_a_file_goes_where_that_is_all_that_changes(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    publish(*place, FIRST)
    fewer = {path: data for path, data in FIRST.items() if not path.startswith("papers/b/")}
    assert publish(*place, fewer) == []
    assert file_bytes(place[0]) == fewer


def test_where_the_system_cannot_exchange_folders_a_cut_is_mended(
    place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_LIBRARY", None)  # as on Windows
    publish(*place, FIRST)
    publish(*place, SECOND)
    assert file_bytes(place[0]) == SECOND
    for made in place[1].glob("*/spare"):
        place[0].rename(made.with_name("spare.old"))  # killed between the first and the second step
    SiteFolder(*place)
    assert file_bytes(place[0]) == SECOND
    for made in place[1].glob("*/spare"):
        made.rename(made.with_name("spare.old"))  # killed between the second and the third
    publish(*place, FIRST)
    assert file_bytes(place[0]) == FIRST


def test_a_folder_that_cannot_be_written_is_named(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)

    def full() -> bytes:
        raise OSError(28, os.strerror(28))

    folder = SiteFolder(*place)
    with pytest.raises(WriteError, match=r"No space left.*the site in .*site is as it was"):
        folder.put("index.html", "other", full)
    assert file_bytes(place[0]) == FIRST


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
@pytest.mark.parametrize("cached", [True, False])
def test_a_file_that_is_written_in_part_is_none(cached: bool, place: tuple[Path, Path]) -> None:
    import resource  # on POSIX alone

    target, cache = place[0], place[1] if cached else None
    publish(target, cache, FIRST)
    folder = SiteFolder(target, cache)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))  # what fits is written, as where a disk gets full
    try:
        with pytest.raises(WriteError, match="File too large"):
            fill(folder, {"index.html": b"x" * 1001})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (target / "index.html").read_bytes() == FIRST["index.html"]
    publish(target, cache, SECOND)
    assert file_bytes(target) == SECOND


def test_the_manifest_says_which_bytes_are_where(place: tuple[Path, Path]) -> None:
    publish(*place, FIRST)
    digest, _, text = next(place[1].rglob("site.json")).read_text().partition("\n")
    assert len(digest) == 64
    assert {name: entry[0] for name, entry in json.loads(text).items()} == {
        name: data.hex() for name, data in FIRST.items()
    }
