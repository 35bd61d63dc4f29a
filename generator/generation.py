"""The build wing as one step: a library in, Markdown pages and data files on disk, written only where they changed."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator import catalogue, data_schema, documents, exports, feeds, files, metadata, pages, search_index
from generator.errors import ReadingListError, WriteError
from generator.library import Library
from generator.settings import Settings

DATA = "data"
OPENSEARCH = "opensearch.xml"
_MARK = pages.MARK.encode()


@dataclass(frozen=True)
class Generated:
    """What a run did: files written, files that were right already, stale files removed, and the paths of all."""

    written: int
    unchanged: int
    removed: int
    paths: frozenset[str] = field(default=frozenset(), compare=False)


def generate(
    library: Library, settings: Settings, output: Path, *, tell: Callable[[int], None] | None = None
) -> Generated:
    """Write all pages and data files of ``library`` under the docs folder ``output`` and remove stale ones.

    Only files that a run like this wrote are replaced or removed; a page written by hand in the way is an error. The
    caller holds the folder (``locks.exclusive``), so what a run that was killed left of its writing is deleted here.
    ``tell`` is called with the number of files done so far. Raises ReadingListError and WriteError.
    """
    written = unchanged = 0
    wanted: set[str] = set()
    folders: set[Path] = {output}
    _sweep(output)
    for path, text in _files(library, settings):
        target, data = output / path, text.encode("utf-8")
        wanted.add(path)
        if tell:
            tell(len(wanted))
        if target.parent not in folders:
            refuse_links(target.parent, output)
            folders.add(target.parent)
        before = _content(target)
        if before == data:
            unchanged += 1
            continue
        if before is not None and target.suffix == ".md" and not _is_marked(before):
            raise ReadingListError(
                f"{target}: was written by hand, and a generated page belongs there; move it to another name"
            )
        documents.write(target, text, durable=False)
        written += 1
    removed = 0
    for path in stale_files(output, wanted):
        try:
            (output / path).unlink()
        except OSError as error:
            raise WriteError(f"{output / path}: cannot be deleted ({error.strerror}); check its rights") from error
        removed += 1
    return Generated(written, unchanged, removed, frozenset(wanted))


def _sweep(output: Path) -> None:
    """Delete what a run that was killed left of its writing."""
    files.sweep(output)
    for name in (*pages.FOLDERS, DATA):
        if not (output / name).is_symlink():
            for place, _, _ in os.walk(output / name):
                files.sweep(Path(place))


def _files(library: Library, settings: Settings) -> Iterator[tuple[str, str]]:
    for page in pages.pages(library, settings):
        yield page.path, page.text
    for format, name in exports.FILE_NAMES.items():
        yield f"{DATA}/{name}", exports.FORMATS[format](library.records)
    yield f"{DATA}/{data_schema.SCHEMA_FILE}", data_schema.of_papers(settings)
    yield f"{DATA}/{catalogue.FILE_NAME}", catalogue.catalogue(library)
    for name, text in search_index.files(library):
        yield f"{DATA}/{search_index.FOLDER}/{name}", text
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


def _content(path: Path) -> bytes | None:
    """Return what a file holds, or nothing where there is none to read. Raises ReadingListError for a link."""
    try:
        if stat.S_ISLNK((found := path.lstat()).st_mode):
            raise ReadingListError(f"{path}: is a symbolic link; delete it, generated pages are plain files")
        return path.read_bytes() if stat.S_ISREG(found.st_mode) else None
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
            path = output / folder / name
            stray = name.endswith(".md") and f"{folder}/{name}" not in wanted and not path.is_symlink()
            if stray and is_own(path):
                yield f"{folder}/{name}"
    left = [OPENSEARCH] if (output / OPENSEARCH).is_file() else []
    for pattern in (
        f"topics/*/{feeds.ATOM_FILE}",
        f"topics/*/{feeds.JSON_FILE}",
        f"{DATA}/{search_index.FOLDER}/*.json",
    ):
        left += [path.relative_to(output).as_posix() for path in sorted(output.glob(pattern)) if not path.is_symlink()]
    yield from (path for path in left if path not in wanted)


def move_site(built: Path, target: Path) -> None:
    """Put a site that an engine built in its own place into ``target``; an older site there is replaced.

    Raises ReadingListError where ``target`` holds something that is no site.
    """
    if target.exists() and any(target.iterdir()) and not (target / "sitemap.xml").exists():
        raise ReadingListError(f"{target}: holds files that are no site; name an empty folder")
    beside = target.parent / f".{target.name}.new"
    try:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(built, beside)
        shutil.rmtree(target, ignore_errors=True)
        beside.rename(target)
    except OSError as error:
        raise WriteError(f"{target}: cannot be written ({error.strerror}); make room or make it writable") from error
