"""Whether everything that a run would write stands already: what went in and what came out of the run before.

The note is one small file in a cache, and can be deleted at any time. It holds digests of the records, the settings and
the program, and of all that was generated from them. Where any of these is no longer so, or the note cannot be read,
a run does its work as if there were no note.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from generator import documents, generation
from generator.errors import ReadingListError
from generator.settings import Settings

_PACKAGE = Path(__file__).parent
_LIBRARIES = ("jinja2", "latex2mathml", "markupsafe", "pydantic", "pylatexenc", "python-slugify", "pyyaml")


def key(files: Iterable[tuple[str, bytes]], settings: Settings) -> str:
    """Return a digest of what pages are made from: the records' files by their paths, the settings, and the program."""
    return _digest(_parts(files, settings))


def _parts(files: Iterable[tuple[str, bytes]], settings: Settings) -> Iterator[bytes]:
    named = sorted(files)
    yield repr(settings).encode()
    yield sys.version.encode()
    yield from (metadata.version(library).encode() for library in _LIBRARIES)
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".j2"):
            yield path.relative_to(_PACKAGE).as_posix().encode()
            yield path.read_bytes()
    for name, data in named:
        yield name.encode()
        yield data


def records_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of all that a records folder holds, as it may be read. Raises OSError for what is no file.

    Names with a dot before them, and all but the tables beside the records, are read by nobody.
    """
    for place, prefix in ((folder, ""), (folder / "papers", "papers/")):
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.startswith(".") or (not prefix and not entry.name.endswith(".yaml")):
                    continue
                if not entry.is_file(follow_symlinks=False):
                    raise OSError(f"{entry.path}: is no plain file")
                yield prefix + entry.name, Path(entry.path).read_bytes()


def standing(note: Path, key: str, output: Path) -> int | None:
    """Return how many files stand in ``output`` as the run that left ``note`` wrote them, or nothing where any differs.

    ``key`` is that of now.
    """
    with contextlib.suppress(OSError, ReadingListError, ValueError, TypeError, KeyError):
        said = json.loads(note.read_text(encoding="utf-8"))
        paths = said["files"]
        if said["key"] == key and said["output"] == os.path.realpath(output) and said["digest"] == _of(output, paths):
            return len(paths)
    return None


def write(note: Path, key: str, output: Path, paths: Iterable[str]) -> None:
    """Leave a note of a run: its ``key``, and the files that it wrote or found right. A note may fail to be written."""
    every = sorted(paths)
    with contextlib.suppress(OSError, ReadingListError):
        said = {"key": key, "output": os.path.realpath(output), "digest": _of(output, every), "files": every}
        documents.write(note, json.dumps(said), durable=False)


def _of(output: Path, paths: Sequence[str]) -> str:
    """Return a digest of generated files.

    Raises OSError or ReadingListError where one is missing or no plain file, which a run would mend or complain of.
    """
    for folder in sorted({(output / path).parent for path in paths} - {output}):
        generation.refuse_links(folder, output)
    return _digest(_written(output, paths))


def _written(output: Path, paths: Sequence[str]) -> Iterator[bytes]:
    for path in paths:
        place = output / path
        if not stat.S_ISREG(place.lstat().st_mode):
            raise OSError(f"{place}: is no plain file")
        yield path.encode()
        yield place.read_bytes()
    yield from (path.encode() for path in generation.stale_files(output, frozenset(paths)))


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:  # with its length, so that no two rows of parts read the same
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
