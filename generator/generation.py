"""The build wing as one step: a library in, Markdown pages and data files on disk, written only where they changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from generator import catalogue, documents, exports, feeds, files, metadata, pages, search_index
from generator.errors import ReadingListError, WriteError
from generator.library import Library
from generator.settings import Settings

DATA = "data"
OPENSEARCH = "opensearch.xml"


@dataclass(frozen=True)
class Generated:
    """What a run did: files written, files that were right already, stale files removed."""

    written: int
    unchanged: int
    removed: int


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
    _sweep(output)
    for path, text in _files(library, settings, output):
        target = output / path
        _refuse_foreign(target, output)
        wanted.add(path)
        if tell:
            tell(len(wanted))
        if documents.write(target, text, durable=False):
            written += 1
        else:
            unchanged += 1
    removed = 0
    for path in _own_files(output):
        if path not in wanted:
            try:
                (output / path).unlink()
            except OSError as error:
                raise WriteError(f"{output / path}: cannot be deleted ({error.strerror}); check its rights") from error
            removed += 1
    return Generated(written, unchanged, removed)


def _sweep(output: Path) -> None:
    """Delete what a run that was killed left of its writing."""
    files.sweep(output)
    for name in (*pages.FOLDERS, DATA):
        if not (output / name).is_symlink():
            for place, _, _ in os.walk(output / name):
                files.sweep(Path(place))


def _files(library: Library, settings: Settings, output: Path) -> Iterator[tuple[str, str]]:
    for page in pages.pages(library, settings, lambda path: _text(output / path)):
        yield page.path, page.text
    for format, name in exports.FILE_NAMES.items():
        yield f"{DATA}/{name}", exports.FORMATS[format](library.records)
    yield f"{DATA}/{exports.SCHEMA_FILE}", exports.json_schema(settings)
    yield f"{DATA}/{catalogue.FILE_NAME}", catalogue.catalogue(library)
    for name, text in search_index.files(library):
        yield f"{DATA}/{search_index.FOLDER}/{name}", text
    yield from feeds.files(library, settings)
    if text := metadata.opensearch(settings):
        yield OPENSEARCH, text


def _text(path: Path) -> str:
    """Return the text of a generated page as it stands, or nothing."""
    try:
        return path.read_text(encoding="utf-8") if is_own(path) else ""
    except (OSError, UnicodeDecodeError):
        return ""


def is_own(path: Path) -> bool:
    """Tell whether a Markdown file bears the mark of generated pages on its second line."""
    try:
        with path.open(encoding="utf-8") as file:
            file.readline()
            return file.readline().rstrip("\n") == pages.MARK
    except (OSError, UnicodeDecodeError):
        return False


def _refuse_foreign(target: Path, output: Path) -> None:
    for place in (target, *target.parents[: len(target.relative_to(output).parts) - 1]):
        if place.is_symlink():
            raise ReadingListError(f"{place}: is a symbolic link; delete it, generated pages are plain files")
    if target.suffix == ".md" and target.exists() and not is_own(target):
        raise ReadingListError(
            f"{target}: was written by hand, and a generated page belongs there; move it to another name"
        )


def _own_files(output: Path) -> Iterator[str]:
    for folder in pages.FOLDERS:
        try:
            names = sorted(os.listdir(output / folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for name in names:
            path = output / folder / name
            if name.endswith(".md") and not path.is_symlink() and is_own(path):
                yield f"{folder}/{name}"
    for name in (feeds.ATOM_FILE, feeds.JSON_FILE):  # also those of topics that have gone
        for path in sorted((output / "topics").glob(f"*/{name}")):
            if not path.is_symlink():
                yield path.relative_to(output).as_posix()
    for path in sorted((output / DATA / search_index.FOLDER).glob("*.json")):  # also those of an index before
        if not path.is_symlink():
            yield path.relative_to(output).as_posix()
    if (output / OPENSEARCH).is_file():
        yield OPENSEARCH


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
