"""Notices at once what a person changes on disk, and only that: not what the generator itself has written."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog import events
from watchdog.observers import Observer

from generator import feeds, generation
from generator.disk import files

if TYPE_CHECKING:
    from watchdog.observers.api import ObservedWatch

_notice = logging.getLogger("reading-list")
_CHANGES: list[type[events.FileSystemEvent]] = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    events.FileMovedEvent,
    events.FileDeletedEvent,
]
_GENERATED = frozenset({feeds.ATOM_FILE, feeds.JSON_FILE, generation.OPENSEARCH})


class _OfPeople(events.FileSystemEventHandler):
    """Hands on what happens to files that people write."""

    def __init__(self, handler: events.FileSystemEventHandler, changed: set[Path]) -> None:
        self.handler, self.changed = handler, changed

    def dispatch(self, event: events.FileSystemEvent) -> None:
        """Hand an event on, unless it is about a hidden or a generated file."""
        paths = [Path(os.fsdecode(path)) for path in (event.dest_path, event.src_path) if path]
        if not _is_passed_over(paths[0]):
            self.changed.update(path.absolute() for path in paths if not _is_passed_over(path))
            self.handler.dispatch(event)


def _is_passed_over(path: Path) -> bool:
    return path.name.startswith(".") or path.name in _GENERATED or generation.is_own(path)


class Watch:
    """Tells handlers of changes as soon as the system does, in the place of ``LiveReloadServer.observer`` of MkDocs.

    That looks at every file twice a second. Reading a file is no change here, or each build would start the next.
    """

    def __init__(self) -> None:
        self._observer = Observer()
        self._changed: set[Path] = set()
        self._handler = events.FileSystemEventHandler()
        self._again = threading.Timer(0, lambda: None)
        self.unschedule, self.start = self._observer.unschedule, self._observer.start
        self.stop, self.join = self._observer.stop, self._observer.join

    def schedule(self, handler: events.FileSystemEventHandler, path: str, *, recursive: bool = False) -> ObservedWatch:
        """Call ``handler`` for each change in the folder ``path``."""
        self._handler = handler
        return self._observer.schedule(
            _OfPeople(handler, self._changed), path, recursive=recursive, event_filter=_CHANGES
        )

    def taken(self) -> frozenset[Path]:
        """Return the files that have changed since this was asked before, and call off what :meth:`later` has set."""
        self._again.cancel()
        changed = set[Path]()
        while self._changed:  # another thread adds to it
            changed.add(self._changed.pop())
        return frozenset(changed)

    def later(self, seconds: float) -> None:
        """Call a handler after some time, as if a file had changed."""
        self._again = threading.Timer(seconds, self._handler.dispatch, [events.FileModifiedEvent("")])
        self._again.daemon = True
        self._again.start()


def tell_of_changes(before: Mapping[Path, files.State]) -> None:
    """Say so where files that the site is made of have changed while it was made."""
    changed = [folder for folder, state in before.items() if files.state(folder) != state]
    for folder in changed:
        _notice.warning("reading-list: %s changed while the site was made, which may miss that; build again", folder)
