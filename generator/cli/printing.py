"""What the commands share: exit statuses, printing, and reading the records they work on."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator import documents, escaping, journal, settings, store
from generator.curation.forms import FOLDER as FORMS
from generator.errors import Problem, ReadingListError, UsageError

DONE, PROBLEMS, WRONG_USAGE = 0, 1, 2


def load_records(folder: Path) -> store.Contents:
    """Load a records folder; raises ReadingListError with all its problems where it has any."""
    contents = store.load(folder)
    if contents.problems:
        raise ReadingListError("\n".join(map(str, contents.problems)))
    return contents


def forms_folder(options: argparse.Namespace, contents: store.Contents) -> Path | None:
    """Return where the issue forms of these records lie, or ``None``: other records, or topics that cannot be read."""
    own = settings.load(options.config).records
    faulty = any(Path(problem.path) == contents.folder / "topics.yaml" for problem in contents.problems)
    folder: Path = options.config.parent / FORMS
    return folder if folder.is_dir() and contents.folder.resolve() == own.resolve() and not faulty else None


def configured(options: argparse.Namespace) -> settings.Settings:
    """Return the settings of ``mkdocs.yml``, with the records folder that the user names."""
    found = settings.load(options.config)
    return replace(found, records=options.records) if options.records else found


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold a records folder for this run alone; say what was completed of a run before that was cut short."""
    with journal.locked(folder) as completed:
        if completed:
            say(f"note: {folder}: a run before was cut short; its change is complete now: {', '.join(completed)}")
        yield


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[int], None] | None]:
    """Give a function that shows on a terminal how much is done; in a pipe nothing is shown, and there is none."""
    shown = sys.stderr.isatty()

    def tell(count: int) -> None:
        if count % 100 == 0:
            sys.stderr.write(f"\r{count:,} {what}")
            sys.stderr.flush()

    try:
        yield tell if shown else None
    finally:
        if shown:
            sys.stderr.write("\r\033[K")


def put(text: str, output: Path | None) -> None:
    """Write the result of a command into the file that the user names, else to standard output. Raises WriteError."""
    if output:
        documents.write(output, text)
    else:
        sys.stdout.write(text)


def problem_json(problem: Problem) -> Mapping[str, Any]:
    """Return a problem as the commands print it in JSON."""
    return {"path": problem.path, "line": problem.line, "message": problem.message}


def print_json(data: Any) -> None:
    """Print the result of a command as JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def say(text: str) -> None:
    """Print talk, which is no result; what it quotes cannot send the terminal anything."""
    print("\n".join(map(escaping.terminal, text.split("\n"))), file=sys.stderr)


def today() -> str:
    """Return today, or the day that SOURCE_DATE_EPOCH names (https://reproducible-builds.org/specs/source-date-epoch/)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.datetime.now(datetime.UTC).date().isoformat()
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"SOURCE_DATE_EPOCH: {epoch[:40]!r} is no number of seconds since 1970; correct it, or unset it"
        ) from None
