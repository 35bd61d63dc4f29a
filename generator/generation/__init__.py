"""The build wing as one step: a library in, Markdown pages and data files on disk, written only where they changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from generator import exports, feeds, metadata, pages
from generator.disk import documents, files
from generator.errors import ReadingListError, WriteError
from generator.exports import data_schema
from generator.generation import workers
from generator.library import Library
from generator.search import catalogue, index
from generator.settings import Settings

DATA = "data"
OPENSEARCH = "opensearch.xml"
_MARK = pages.MARK.encode()


class Made(NamedTuple):
    """How a generated file is known again without being read."""

    made_of: str
    """A key of what it was made of; empty where that was the list as a whole."""
    size: int
    """In bytes."""
    changed: int
    """When it was last changed, in nanoseconds."""


@dataclass(frozen=True)
class Generated:
    """What a run did: files written, files that were right already, stale files removed, and what is known of each."""

    written: int
    unchanged: int
    removed: int
    made: Mapping[str, Made] = field(default_factory=dict, compare=False)


def generate(
    library: Library,
    settings: Settings,
    output: Path,
    *,
    known: Mapping[str, Made] | None = None,
    tell: Callable[[int], None] | None = None,
) -> Generated:
    """Write all pages and data files of ``library`` under the docs folder ``output`` and remove stale ones.

    Only files that a run like this wrote are replaced or removed; a page written by hand in the way is an error. The
    caller holds the folder (``locks.exclusive``), so what a run that was killed left of its writing is deleted here.
    ``known`` are the files that a run of the same program with the same settings made: what still is as it was and
    would be made of the same is not made. ``tell`` is called with the number of files done so far. Raises
    ReadingListError and WriteError.
    """
    known = known or {}
    _sweep(output)
    data = (pages.Page(path, partial(str, text)) for path, text in _data(library, settings))
    with workers.beside(lambda: _write(data, output, {}), worth=len(library.records) >= workers.FEWEST) as data_files:
        done = _write(pages.pages(library, settings), output, known, tell) | data_files()
    made = {path: file for path, (file, _) in done.items()}
    written = sum(is_new for _, is_new in done.values())
    removed = 0
    for path in stale_files(output, made):
        try:
            (output / path).unlink()
        except OSError as error:
            raise WriteError(f"{output / path}: cannot be deleted ({error.strerror}); check its rights") from error
        removed += 1
    return Generated(written, len(made) - written, removed, made)


def _write(
    wanted: Iterable[pages.Page],
    output: Path,
    known: Mapping[str, Made],
    tell: Callable[[int], None] | None = None,
) -> dict[str, tuple[Made, bool]]:
    """Write the ``wanted`` files; return how each is known again, and whether it holds something new."""
    done: dict[str, tuple[Made, bool]] = {}
    folders = {""}
    for page in wanted:
        path = page.path
        target, folder = f"{output}/{path}", path.rpartition("/")[0]
        if folder not in folders:
            refuse_links(output / folder, output)
            folders.add(folder)
        before = known.get(path) if page.made_of else None
        if before and before.made_of == page.made_of and files.is_as_left(target, before.size, before.changed):
            done[path] = before, False
        else:
            is_new = _put(target, page.make())
            done[path] = _made(target, page.made_of), is_new
        if tell:
            tell(len(done))
    return done


def _put(target: str, text: str) -> bool:
    """Write a file unless it holds this text; tell whether it was written."""
    before, data = _content(target), text.encode("utf-8")
    if before == data:
        return False
    if before is not None and target.endswith(".md") and not _is_marked(before):
        raise ReadingListError(
            f"{target}: was written by hand, and a generated page belongs there; move it to another name"
        )
    try:
        files.replace(target, data, durable=False)
    except FileNotFoundError:  # its folder is not there yet
        documents.write(Path(target), text, durable=False)
    except OSError as error:
        raise documents.not_written(target, error) from error
    return True


def _made(target: str, made_of: str) -> Made:
    try:
        found = os.lstat(target)
    except OSError as error:
        raise WriteError(f"{target}: is gone while pages are written ({error.strerror}); run this again") from error
    return Made(made_of, found.st_size, found.st_mtime_ns)


def _sweep(output: Path) -> None:
    """Delete what a run that was killed left of its writing."""
    files.sweep(output)
    for name in (*pages.FOLDERS, DATA):
        if not (output / name).is_symlink():
            for place, _, _ in os.walk(output / name):
                files.sweep(Path(place))


def _data(library: Library, settings: Settings) -> Iterator[tuple[str, str]]:
    for format, name in exports.FILE_NAMES.items():
        yield f"{DATA}/{name}", exports.FORMATS[format](library.records)
    yield f"{DATA}/{data_schema.SCHEMA_FILE}", data_schema.of_papers(settings)
    yield f"{DATA}/{catalogue.FILE_NAME}", catalogue.catalogue(library)
    for name, text in index.files(library):
        yield f"{DATA}/{index.FOLDER}/{name}", text
    yield from feeds.files(library, settings)
    if text := metadata.opensearch(settings):
        yield OPENSEARCH, text


def is_own(path: Path) -> bool:
    """Tell whether a Markdown file bears the mark of generated pages on its second line."""
    try:
        with path.open("rb") as file:
            return _is_marked(file.readline() + file.readline())
    except OSError:
        return False


def _content(path: str) -> bytes | None:
    """Return what a file holds, or nothing where there is none to read. Raises ReadingListError for a link."""
    try:
        if stat.S_ISLNK((found := os.lstat(path)).st_mode):
            raise ReadingListError(f"{path}: is a symbolic link; delete it, generated pages are plain files")
        return Path(path).read_bytes() if stat.S_ISREG(found.st_mode) else None
    except OSError:
        return None  # writing says what is wrong with it


def _is_marked(data: bytes) -> bool:
    return data.split(b"\n", 2)[1:2] in ([_MARK], [_MARK + b"\r"])


def refuse_links(folder: Path, output: Path) -> None:
    """Raise ReadingListError where ``folder``, or one between it and ``output``, is a symbolic link."""
    for place in (folder, *folder.parents[: len(folder.relative_to(output).parts) - 1]):
        if place.is_symlink():
            raise ReadingListError(f"{place}: is a symbolic link; delete it, generated pages are plain files")


def stale_files(output: Path, wanted: Collection[str]) -> Iterator[str]:
    """Yield the files that a run like this wrote, but for the ``wanted`` ones."""
    for folder in pages.FOLDERS:
        try:
            names = sorted(os.listdir(output / folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for name in names:
            stray = name.endswith(".md") and f"{folder}/{name}" not in wanted
            if stray and not (path := output / folder / name).is_symlink() and is_own(path):
                yield f"{folder}/{name}"
    left = [OPENSEARCH] if (output / OPENSEARCH).is_file() else []
    for pattern in (
        f"topics/*/{feeds.ATOM_FILE}",
        f"topics/*/{feeds.JSON_FILE}",
        f"{DATA}/{index.FOLDER}/*.json",
    ):
        left += [path.relative_to(output).as_posix() for path in sorted(output.glob(pattern)) if not path.is_symlink()]
    yield from (path for path in left if path not in wanted)
