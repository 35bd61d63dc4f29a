"""A records folder beside what it was before a change: at another commit, from git's objects, or in another folder.

Git is asked for objects only; neither the work tree nor the index is touched, and nothing of the other commit is run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator import store
from generator.disk.journal import PAPERS
from generator.errors import Problem, UsageError, WriteError
from generator.store import Contents

# What git sets for its hooks would lead it away from the folder that is asked about.
_LEADING_AWAY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")


@dataclass(frozen=True)
class Change:
    """A list before and after. Files are named by their path inside the records folder."""

    base: Contents
    head: Contents
    before: frozenset[str]
    after: frozenset[str]
    touched: frozenset[str]
    """The files that were added, deleted, or hold other bytes now."""


@contextlib.contextmanager
def compared(head: Contents, base: str) -> Iterator[Change]:
    """Compare the records with ``base``: a folder of records, or a revision of the repository that they lie in.

    Of a revision the merge base with HEAD counts, so that what others added since is no part of the change. The base's
    files are readable within this context only. Raises UsageError where ``base`` is neither, or git cannot tell, and
    WriteError where there is no room for them.
    """
    after = {name: path.read_bytes() for name, path in _files(head.folder)}
    before, read = _folder(base) if _is_folder(head.folder, base) else _revision(head.folder, base)
    same = {name for name, digest in before.items() if name in after and _digest(after[name], digest) == digest}
    # All tables, for the checks look for them on disk; of the records only those that differ.
    wanted = [name for name in before if name not in same or "/" not in name]
    with tempfile.TemporaryDirectory(prefix="reading-list-") as scratch:
        folder = Path(scratch) / "records"
        try:
            (folder / PAPERS).mkdir(parents=True)
            for name, data in read(wanted):
                (folder / name).write_bytes(data)
        except OSError as error:
            raise WriteError(
                f"{scratch}: cannot be written ({error.strerror}); make room there, or set TMPDIR to another folder"
            ) from error
        found = _joined(store.load(folder), head, same)
        touched = (before.keys() ^ after.keys()) | (before.keys() - same)
        yield Change(found, head, frozenset(before), frozenset(after), frozenset(touched))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a records folder that a list is made of, by their path inside it."""
    for place in (folder, folder / PAPERS):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for path in sorted(place.iterdir()):
                if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                    yield path.relative_to(folder).as_posix(), path


def _joined(base: Contents, head: Contents, same: set[str]) -> Contents:
    """Add to the base what it shares with the head and was not read again."""
    shared = {name for name in same if store.is_record(name)}
    records = {name: record for name, record in head.records.items() if store.record_file(name) in shared}
    files = {name: document for name, document in head.files.items() if name in shared}
    problems = [
        Problem(os.fspath(base.folder / name), problem.line, problem.message)
        for problem in head.problems
        if (name := inside(head, problem)) in shared
    ]
    return replace(
        base,
        records=dict(sorted({**base.records, **records}.items())),
        files={**base.files, **files},
        problems=(*base.problems, *problems),
    )


def inside(contents: Contents, problem: Problem) -> str:
    """Return the path inside the records folder of the file that a problem is about."""
    return problem.path.removeprefix(os.fspath(contents.folder)).lstrip("/\\").replace("\\", "/")


# --- where the base comes from ---------------------------------------------------------------------------------------

_Read = Callable[[Iterable[str]], Iterator[tuple[str, bytes]]]


def _is_folder(folder: Path, base: str) -> bool:
    path = Path(base)
    if not base.strip() or not path.is_dir():
        return False
    if path.resolve() == folder.resolve():
        raise UsageError(
            f"{base}: is the records folder itself; name a commit, a branch or another folder to compare with"
        )
    if os.sep not in base and not base.startswith(".") and _names_a_commit(_place(folder), base):
        raise UsageError(
            f"{base}: is a folder and a revision; write ./{base} for the one, refs/heads/{base} for the other"
        )
    return True


def _folder(base: str) -> tuple[dict[str, str], _Read]:
    paths = dict(_files(Path(base)))
    before = {name: _digest(path.read_bytes(), "") for name, path in paths.items()}
    return before, lambda names: ((name, paths[name].read_bytes()) for name in names)


def _digest(data: bytes, like: str) -> str:
    """Return git's name of a blob, by the hash that ``like`` was made with (https://git-scm.com/docs/git-hash-object)."""
    algorithm = "sha256" if len(like) == 64 else "sha1"
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _revision(folder: Path, revision: str) -> tuple[dict[str, str], _Read]:
    """Return the blobs of the records folder at the merge base of ``revision`` and HEAD, and how to read them."""
    if revision.startswith("-") or not revision.strip() or not revision.isprintable():
        raise UsageError(f"{revision!r} is no revision; name a commit, a branch or a folder")
    place = _place(folder)
    status, prefix = git(place, "rev-parse", "--show-prefix")
    if status:
        raise UsageError(
            f"{folder}: lies in no git repository that git would read ({first_line(prefix)}); "
            "name a folder to compare with"
        )
    if not _names_a_commit(place, revision):
        raise UsageError(
            f"{revision}: git knows no such commit, branch or folder here; check the name, or fetch it first"
        )
    status, ancestor = git(place, "merge-base", f"{revision}^{{commit}}", "HEAD")
    if status:
        raise UsageError(
            f"{revision}: has no commit in common with HEAD here; "
            "fetch more of the history (`fetch-depth: 0` in actions/checkout)"
        )
    commit = ancestor.decode("ascii").strip()
    root = os.fsdecode(prefix.rstrip(b"\n"))
    missing = Path(os.path.relpath(folder.absolute(), place.absolute())).as_posix()
    root += "" if missing == "." else f"{missing}/"
    status, listing = git(place, "ls-tree", "-r", "-z", "--full-tree", commit, *(["--", root] if root else []))
    if status:
        raise UsageError(f"{revision}: git cannot list its files ({first_line(listing)})")
    before = {}
    for line in filter(None, listing.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, blob = about.decode("ascii").split(" ")
        name = os.fsdecode(path).removeprefix(root)
        is_plain = mode.startswith("100") and not Path(name).name.startswith(".")
        if is_plain and (store.is_record(name) or "/" not in name) and name.count("/") < 2:
            before[name] = blob
    return before, lambda names: _blobs(place, {name: before[name] for name in names})


def _blobs(place: Path, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of blobs, asked for in one call (https://git-scm.com/docs/git-cat-file#_batch_output)."""
    asked = "".join(f"{blob}\n" for blob in names.values()).encode("ascii")
    status, answer = git(place, "cat-file", "--batch", asked=asked)
    at = 0
    for name in names:
        end = answer.find(b"\n", at)
        head = answer[at:end].split(b" ")
        if status or len(head) != 3:
            raise UsageError(f"{name}: git does not hold this file of the other commit; fetch the whole history first")
        size = int(head[2])
        yield name, answer[end + 1 : end + 1 + size]
        at = end + size + 2


def _place(folder: Path) -> Path:
    """Return the folder, or the nearest above it that is there, for git to be asked in."""
    return next(each for each in (folder, *folder.absolute().parents) if each.is_dir())


def _names_a_commit(place: Path, revision: str) -> bool:
    status, _ = git(place, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return status == 0


def git(place: Path, *arguments: str, asked: bytes = b"") -> tuple[int, bytes]:
    """Run git; return its status and what it printed, where it failed what it said. Raises UsageError without git."""
    environment = {name: value for name, value in os.environ.items() if name not in _LEADING_AWAY}
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", "--no-replace-objects", "--literal-pathspecs", "--no-pager", "-C", os.fspath(place), *arguments]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, env=environment, check=False)  # noqa: S603
    except OSError as error:
        raise UsageError(f"git: cannot be started ({error.strerror}); install git, or do without a revision") from None
    return done.returncode, done.stderr if done.returncode else done.stdout


def first_line(said: bytes) -> str:
    """Return the first line of what git said, if it said anything."""
    return said.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
