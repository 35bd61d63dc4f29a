"""A list as the commands open it: its settings, its records and issue forms, the lock on them; and the day it is."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator import settings, store
from generator.cli.printing import say
from generator.curation.forms import FOLDER as FORMS
from generator.disk import journal
from generator.errors import UsageError
from generator.store import references


def configured(options: argparse.Namespace) -> settings.Settings:
    """Return the settings of ``mkdocs.yml``, with the records folder that the user names."""
    found = settings.load(options.config)
    return replace(found, records=options.records) if options.records else found


def lacking(what: str, package: str | None) -> UsageError:
    """Return the error of a command that needs more packages than a site does."""
    return UsageError(f"{what} needs the package {package}; install it with: make .venv/test-ready")


@contextlib.contextmanager
def writing(folder: Path, *, dry_run: bool = False) -> Iterator[None]:
    """Hold a records folder for this run alone; say what was completed of a run before that was cut short.

    A ``dry_run`` writes nothing, and need not hold it.
    """
    if dry_run:
        yield
        return
    with journal.locked(folder) as completed:
        if completed:
            say(f"note: {folder}: a run before was cut short; its change is complete now: {', '.join(completed)}")
        yield


def forms_folder(options: argparse.Namespace, contents: store.Contents) -> Path | None:
    """Return where the issue forms of these records lie, or ``None``: other records, or topics that cannot be read."""
    own = settings.load(options.config).records
    faulty = references.is_faulty(contents, "topics.yaml")
    folder: Path = options.config.parent / FORMS
    return folder if folder.is_dir() and contents.folder.resolve() == own.resolve() and not faulty else None


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
