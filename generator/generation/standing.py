"""What a run need not make, for it stands already: known by what went in and what came out of the run before.

The note is one file in a cache, and can be deleted at any time. It holds digests of the program, of the settings and of
the records' state, and for each generated file a key of what it was made of, its size and when it was changed. Where
nothing differs, a run does nothing; where records differ, it makes what shows them. By another program, with other
settings or with a note that cannot be read, a run makes everything.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from generator import generation
from generator.disk import files, journal, notes
from generator.errors import ReadingListError
from generator.generation import Generated, Made
from generator.library import Library
from generator.settings import Settings
from generator.store import Contents, references

NOTE = Path(".cache", "reading-list", "generated.json")
"""What the run before wrote, beside mkdocs.yml; git does not see it."""

_PACKAGE = Path(__file__).parent.parent
_LIBRARIES = ("idna", "jinja2", "latex2mathml", "markupsafe", "pydantic", "pylatexenc", "python-slugify", "pyyaml")


@dataclasses.dataclass(frozen=True)
class Run:
    """What a run did, the last day that the records state, and what was read of them, if that was needed."""

    done: Generated
    day: str | None
    state: files.State
    """Of the docs folder, when the run was done."""
    library: Library | None = None


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
    in ``generation.generate``. Raises ReadingListError, too, where a topic or a path names a paper that is not there.
    """
    maker = program(settings)
    before = _read(note, maker, output) if note else None
    if before:
        with contextlib.suppress(OSError, ReadingListError):
            if before.records == _key(journal.state(settings.records)):
                state = files.state(output)
                if _stands(output, before.made, dict(state)):
                    return Run(Generated(0, len(before.made), 0, before.made), before.day, state)
    contents = load()
    if lost := [str(problem) for problem in references.lost_steps(contents)]:
        raise ReadingListError("\n".join(lost))
    library, read = Library.of(contents), _key(contents.state)
    del contents  # half of what a run would hold are the files as they were read
    done = generation.generate(library, settings, output, known=before.made if before else None, tell=tell)
    if note:
        _write(note, maker, output, _Note(read, library.day, done.made))
    return Run(done, library.day, files.state(output), library)


def program(settings: Settings) -> str:
    """Return a digest of what makes pages of records: this program, what it rests on, and the settings."""
    return _digest(_parts(settings))


def _parts(settings: Settings) -> Iterator[bytes]:
    # Places as the system has them: `generate` is given them from where it runs, and the site's engine from the root.
    places = {name: getattr(settings, name).absolute() for name in ("root", "records", "docs", "site")}
    yield repr(dataclasses.replace(settings, **places)).encode()
    yield sys.version.encode()
    yield from (metadata.version(library).encode() for library in _LIBRARIES)
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".j2"):
            yield path.relative_to(_PACKAGE).as_posix().encode()
            yield path.read_bytes()


def _key(state: journal.State) -> str:
    return _digest([repr(state).encode()])


@dataclasses.dataclass(frozen=True)
class _Note:
    """What is noted of a run: a digest of the records' state, the last day they name, and the files it made."""

    records: str
    day: str | None
    made: Mapping[str, Made]


def _read(note: Path, maker: str, output: Path) -> _Note | None:
    """Return the note of a run into ``output`` by the same ``maker``; nothing where there is none, or none to read."""
    with contextlib.suppress(TypeError, KeyError, AttributeError):
        said = notes.read(note)
        if (said["maker"], said["output"]) == (maker, os.path.realpath(output)):
            return _Note(said["records"], said["day"], {path: Made(*file) for path, file in said["files"].items()})
    return None


def _write(note: Path, maker: str, output: Path, run: _Note) -> None:
    """Leave a note of a run. It may fail to be written."""
    said = {"maker": maker, "output": os.path.realpath(output), "records": run.records, "day": run.day}
    with contextlib.suppress(OSError, ReadingListError):
        notes.write(note, {**said, "files": run.made})


def _stands(output: Path, made: Mapping[str, Made], found: Mapping[str, files.Mark]) -> bool:
    """Tell whether all generated files are ``found`` as they were ``made``, and none is stale.

    Raises ReadingListError for a folder that is a link.
    """
    for folder in sorted({path.rpartition("/")[0] for path in made} - {""}):
        generation.refuse_links(output / folder, output)
    every = all(found.get(path, ())[1:] == (file.size, file.changed) for path, file in made.items())
    return every and next(generation.stale_files(output, made), None) is None


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:  # with its length, so that no two rows of parts read the same
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
