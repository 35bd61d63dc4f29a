"""The folder of a built site: it changes as a whole, in one step, and only what differs is written.

The next site is made in a spare folder, which is the site before the last, and changes places with the published one
when it is done. So a build that is killed leaves the old site as it was, and a build that changes one page writes one.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from generator.disk import files, notes
from generator.errors import ReadingListError, WriteError
from generator.generation import workers

CACHE = Path(".cache", "reading-list", "site")
"""Where a list keeps what is known of its sites, beside mkdocs.yml."""

_Entry = tuple[str, int, int]  # key of the content, size in bytes, time of change in nanoseconds
_Manifest = dict[str, _Entry]
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), and RENAME_SWAP of renamex_np(2) on macOS
_HERE = -100  # AT_FDCWD
_LIBRARY = ctypes.CDLL(None) if os.name == "posix" else None  # on Windows, None names no library
_HALF = ".next"  # the ending of what is not done yet


class SiteFolder:
    """A site at ``target``, and what is known about its files.

    That is kept in the folder ``cache``, where the spare site lies too. Without one nothing outlives this object, and
    the site is written in place, file by file: for a preview that a server reads from.
    """

    def __init__(self, target: Path, cache: Path | None) -> None:
        """Refuse a target that is not ours to replace. Raises ReadingListError."""
        self.target = target
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise ReadingListError(f"{target}: is no plain folder; delete it, or name another place for the site")
        with _named(target):
            names = os.listdir(target) if target.exists() else []
        hidden = [name for name in names if name.startswith(".")]
        if len(hidden) < len(names) and "sitemap.xml" not in names:
            raise ReadingListError(f"{target}: holds files that are no site; name an empty folder")
        # What others keep there, as git keeps its .git, stays: then the folder stays too.
        self._in_place = cache is None or bool(hidden)
        self._cache = cache / hashlib.sha256(os.fsencode(target.absolute())).hexdigest()[:12] if cache else None
        self._live = _read_manifest(self._cache and self._cache / "site.json")
        self._spare = self._live if self._in_place else _read_manifest(self._cache and self._cache / "spare.json")
        self._kept: _Manifest = {}
        self._folders: set[str] = set()
        self._is_new = False  # nothing lies in the next site but what is put there
        with _named(target):
            _put_back(self._next, target)

    @cached_property
    def _next(self) -> Path:
        """Where the next site is made."""
        if self._cache is None or self._in_place:
            return self.target
        near = next(folder for folder in (self.target, *self.target.absolute().parents) if folder.exists())
        self._cache.mkdir(parents=True, exist_ok=True)
        if near.stat().st_dev == self._cache.stat().st_dev:
            return self._cache / "spare"
        return self.target.parent / f".{self.target.name}{_HALF}"  # folders change places on one file system alone

    def put(self, path: str, key: str, make: Callable[[], bytes]) -> None:
        """Let the file ``path`` of the next site hold the bytes that ``key`` stands for.

        ``make`` gives the bytes; it is not called where the published or the spare site holds them already. Raises
        WriteError.
        """
        with _named(self.target):
            if not self._stands(path, key):
                self._kept[path] = self._write(path, key, make)

    def put_many(self, wanted: Iterable[tuple[str, str, Callable[[], bytes]]]) -> None:
        """Put many files as by :meth:`put`, in several processes: what makers change in memory may be lost.

        Raises WriteError, and what making a file raises.
        """

        def write(part: Sequence[tuple[str, str, Callable[[], bytes]]]) -> _Manifest:
            return {path: self._write(path, key, make) for path, key, make in part}

        with _named(self.target):
            for written in workers.shared([file for file in wanted if not self._stands(*file[:2])], write):
                self._kept.update(written)

    def _stands(self, path: str, key: str) -> bool:
        """Tell whether the next site holds a file already, and note it."""
        known = self._spare.get(path)
        if known and known[0] == key and files.is_as_left(f"{self._next}/{path}", *known[1:]):
            self._kept[path] = known
            return True
        return False

    def _write(self, path: str, key: str, make: Callable[[], bytes]) -> _Entry:
        """Make a file of the next site, or take that of the published one; return what is to be known about it."""
        place = f"{self._next}/{path}"
        self._make_folder(path.rpartition("/")[0])
        known = self._live.get(path)
        if known and known[0] == key and files.is_as_left(f"{self.target}/{path}", *known[1:]):
            _remove(place)
            with contextlib.suppress(OSError):  # not every file system has hard links
                os.link(f"{self.target}/{path}", place)
                return known
        data = make()
        # Never over the old file, which may be one of the published site as well.
        folder, _, name = place.rpartition("/")
        beside = f"{folder}/.{name[:200]}{_HALF}" if self._in_place else place
        try:
            found = files.create(beside, data, durable=False)
        except FileExistsError:
            _remove(beside)
            found = files.create(beside, data, durable=False)
        if beside != place:
            if os.path.isdir(place):
                _remove(place)
            os.replace(beside, place)
        return key, found.st_size, found.st_mtime_ns

    def put_all(self, built: Path, *, besides: Collection[str] = ()) -> None:
        """Put every file of the folder ``built``, but those that ``besides`` names by their paths in it."""
        for place, _, names in os.walk(built):
            for name in names:
                path = os.path.relpath(os.path.join(place, name), built).replace(os.sep, "/")
                if path not in besides:
                    self.put_file(path, Path(place, name))

    def put_file(self, path: str, source: Path) -> None:
        """Let the file ``path`` of the next site hold what the file ``source`` holds. Raises WriteError."""
        with _named(self.target):
            data = source.read_bytes()
        self.put(path, hashlib.sha256(data).hexdigest()[:24], lambda: data)

    def amend(self, path: str, data: bytes) -> None:
        """Let the file ``path`` of the published site hold ``data`` until the next site is published.

        Raises WriteError.
        """
        with _named(self.target):
            files.replace(self.target / path, data, durable=False)

    def _make_folder(self, folder: str) -> None:
        """Make a folder of the next site and those above it; a link or a file in its place goes."""
        if folder in self._folders:
            return
        if folder:
            self._make_folder(folder.rpartition("/")[0])
            place = f"{self._next}/{folder}"
            try:
                os.mkdir(place)
            except FileExistsError:
                if os.path.islink(place) or not os.path.isdir(place):
                    _remove(place)
                    os.mkdir(place)
        else:
            self._is_new = not self._next.exists()
            self._next.mkdir(parents=True, exist_ok=True)
        self._folders.add(folder)

    def publish(self) -> None:
        """Make the next site the published one: just the files that were put. Raises WriteError."""
        with _named(self.target):
            made = self._next
            made.mkdir(parents=True, exist_ok=True)
            if not self._is_new:
                _sweep(made, self._kept.keys(), spare_hidden=self._in_place)
            self._write_manifest("spare.json", self._kept)
            if made != self.target:
                self.target.parent.mkdir(parents=True, exist_ok=True)
                _exchange(made, self.target)
                if made.parent == self.target.parent:
                    shutil.rmtree(made, ignore_errors=True)
            self._write_manifest("spare.json", self._live if made != self.target else self._kept)
            self._write_manifest("site.json", self._kept)
            self._spare, self._live = (self._kept if made == self.target else self._live), self._kept
            self._kept, self._folders, self._is_new = {}, set(), False

    def _write_manifest(self, name: str, manifest: _Manifest) -> None:
        if self._cache:
            self._cache.mkdir(parents=True, exist_ok=True)
            notes.write(self._cache / name, manifest)


def _read_manifest(path: Path | None) -> _Manifest:
    """Return what was known about the files of a site, or nothing where that cannot be trusted."""
    said = notes.read(path) if path else None
    return {name: (key, size, changed) for name, (key, size, changed) in said.items()} if said else {}


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError):  # the first on Linux, the second on macOS
        if not os.path.isdir(path):
            raise
        shutil.rmtree(path)


def _sweep(root: Path, files: Collection[str], *, spare_hidden: bool) -> None:
    """Remove what is in ``root`` and not among ``files``; ``spare_hidden`` leaves hidden names at its top to others."""
    folders: set[str] = set()
    for path in files:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    left = [""]
    while left:
        above = left.pop()
        with os.scandir(f"{root}/{above}") as entries:
            for entry in entries:
                path = above + entry.name
                if spare_hidden and not above and entry.name.startswith(".") and not entry.name.endswith(_HALF):
                    continue
                if path in folders and entry.is_dir(follow_symlinks=False):
                    left.append(f"{path}/")
                elif path not in files:
                    _remove(entry.path)


def _exchange(made: Path, target: Path) -> None:
    """Let two folders change places, in one step where the system can; without a ``target``, move ``made`` there."""
    if not target.exists():
        made.rename(target)
        return
    one, other = os.fsencode(made), os.fsencode(target)
    for name, places in (("renameat2", (_HERE, one, _HERE, other)), ("renamex_np", (one, other))):
        exchange = getattr(_LIBRARY, name, None)
        if exchange and exchange(*places, _EXCHANGE) == 0:
            return
    old = _aside(made)
    target.rename(old)
    made.rename(target)
    old.rename(made)


def _put_back(made: Path, target: Path) -> None:
    """Mend an exchange in several steps that was cut short."""
    old = _aside(made)
    if old.exists() and not target.exists():
        old.rename(target)
    elif old.exists():
        shutil.rmtree(old)


def _aside(made: Path) -> Path:
    return made.with_name(f"{made.name}.old")


@contextlib.contextmanager
def _named(target: Path) -> Iterator[None]:
    """Tell of what the system refuses as a WriteError that names the site's folder."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{error.filename or target}: cannot be written ({error.strerror}); the site in {target} is as it was; "
            "make room or make it writable"
        ) from error
