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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from generator import documents, generation, journal
from generator.errors import ReadingListError
from generator.generation import Generated
from generator.library import Library
from generator.settings import Settings
from generator.store import Contents

NOTE = Path(".cache", "reading-list", "generated.json")
"""What the run before wrote, beside mkdocs.yml; git does not see it."""

_PACKAGE = Path(__file__).parent
_LIBRARIES = ("jinja2", "latex2mathml", "markupsafe", "pydantic", "pylatexenc", "python-slugify", "pyyaml")


@dataclass(frozen=True)
class Run:
    """What a run did, and the last day that the records state."""

    done: Generated
    day: str | None


def generate(
    settings: Settings,
    output: Path,
    note: Path | None,
    load: Callable[[], Contents],
    *,
    tell: Callable[[int], None] | None = None,
) -> Run:
    """Generate into ``output``, unless all stands there as the run that left ``note`` wrote it.

    ``load`` reads the records, and raises where they have problems; it is not called where all stands. The rest is as
    in ``generation.generate``.
    """
    if note and note.exists() and not journal.is_pending(settings.records):
        with contextlib.suppress(OSError):
            if run := _standing(note, key(records_files(settings.records), settings), output):
                return run
    contents = load()
    library = Library.of(contents)
    run = Run(generation.generate(library, settings, output, tell=tell), library.day)
    if note:
        files = [(name, document.text.encode()) for name, document in contents.files.items()]
        _write(note, key(files, settings), output, run)
    return run


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


def _standing(note: Path, key: str, output: Path) -> Run | None:
    """Return the run that left ``note`` as one that wrote nothing, or nothing where any file or the ``key`` differs."""
    with contextlib.suppress(OSError, ReadingListError, ValueError, TypeError, KeyError):
        said = json.loads(note.read_text(encoding="utf-8"))
        paths = said["files"]
        if said["key"] == key and said["output"] == os.path.realpath(output) and said["digest"] == _of(output, paths):
            return Run(Generated(0, len(paths), 0, frozenset(paths)), said["day"])
    return None


def _write(note: Path, key: str, output: Path, run: Run) -> None:
    """Leave a note of a run: its ``key``, and the files that it wrote or found right. A note may fail to be written."""
    every = sorted(run.done.paths)
    with contextlib.suppress(OSError, ReadingListError):
        said = {
            "key": key,
            "output": os.path.realpath(output),
            "digest": _of(output, every),
            "day": run.day,
            "files": every,
        }
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
