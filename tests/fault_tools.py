"""Faults on demand: the k-th operation that changes a file fails or kills the run, for every k.

``sweep`` starts this file as a program of its own. It loads the commands once, counts the operations of a run without
a fault, and then forks a run for each of them, in a fresh copy of a folder. Where there is a C compiler the operations
are counted below Python, at the C library (``fault_shim.c``); elsewhere at the functions of ``os``.
"""

from __future__ import annotations

import atexit
import ctypes
import errno
import functools
import hashlib
import importlib
import json
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

HERE = Path(__file__).resolve().parent
SHIM = HERE / "fault_shim.c"

COUNT, KILL_BEFORE, KILL_AFTER, KILL_WITHIN, FAIL_ONCE, FAIL_FOR_GOOD = range(6)
"""What happens at the k-th operation; as in fault_shim.c."""
Tree = dict[str, str]
"""A folder: the SHA-256 of every file, ``->`` and the target of every link, nothing for a folder, by the path in it."""


@dataclass(frozen=True)
class Fault:
    """What happens at the k-th operation, and with which error."""

    mode: int
    error: int = 0

    def __str__(self) -> str:
        kinds = ("none", "killed before", "killed after", "killed within", "fails once", "fails for good")
        return kinds[self.mode] + (f" ({errno.errorcode[self.error]})" if self.error else "")


KILLS = (Fault(KILL_BEFORE), Fault(KILL_AFTER), Fault(KILL_WITHIN))
ERRORS = tuple(Fault(mode, error) for error in (errno.ENOSPC, errno.EIO) for mode in (FAIL_ONCE, FAIL_FOR_GOOD))


@dataclass(frozen=True)
class Outcome:
    """A run with a fault at the ``k``-th operation: what it left, and what a second run without one made of it."""

    fault: Fault
    k: int
    operation: str
    status: int
    """The exit status, or the negative number of the signal that ended it."""
    said: str
    after: Tree
    second_status: int
    second_said: str
    final: Tree

    def __str__(self) -> str:
        return f"{self.fault} at {self.k} ({self.operation}): status {self.status}, said {self.said!r}"


@dataclass(frozen=True)
class Sweep:
    """All runs of a command: the folder before and after a run without a fault, its operations, and the faulty runs."""

    before: Tree
    clean: Tree
    operations: tuple[str, ...]
    below_python: bool
    outcomes: tuple[Outcome, ...]


def tree(folder: Path) -> Tree:
    """Return what a folder holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            found[f"{name}/"] = ""
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@functools.cache
def shim() -> Path | None:
    """Compile the shim, where there is a C compiler and a system that loads it."""
    compiler = shutil.which("cc")
    if not compiler or sys.platform != "linux":
        return None
    target = Path(tempfile.mkdtemp(prefix="reading-list-shim-")) / "shim.so"
    atexit.register(shutil.rmtree, target.parent, ignore_errors=True)
    call = [compiler, "-shared", "-fPIC", "-o", str(target), str(SHIM), "-ldl"]
    done = subprocess.run(call, capture_output=True, check=False)
    return target if done.returncode == 0 else None


def sweep(
    project: Path, arguments: Sequence[str], faults: Sequence[Fault], *, typed: str = "", every: int = 1
) -> Sweep:
    """Run a command in copies of ``project`` with each fault at each operation, or at every n-th one.

    ``typed`` is what standard input holds.
    """
    library = shim()
    job = {
        "project": str(project),
        "arguments": list(arguments),
        "faults": [asdict(fault) for fault in faults],
        "typed": typed,
        "every": every,
    }
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    environment |= {"LD_PRELOAD": str(library)} if library else {}
    done = subprocess.run(
        [sys.executable, str(HERE / "fault_tools.py")],
        input=json.dumps(job), capture_output=True, env=environment, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(done.stderr)
    data = json.loads(done.stdout)
    outcomes = tuple(Outcome(**{**each, "fault": Fault(**each["fault"])}) for each in data["outcomes"])
    return Sweep(data["before"], data["clean"], tuple(data["operations"]), data["below_python"], outcomes)


# --- the program -----------------------------------------------------------------------------------------------------


class Injector(Protocol):
    """Counts operations, and lets one of them fail or kill."""

    def arm(self, mode: int, k: int, error: int) -> None:
        """Begin to count."""

    def disarm(self) -> tuple[bool, list[str]]:
        """Stop; return whether the fault came, and the operations seen."""


class BelowPython:
    """The shim at the C library."""

    def __init__(self, library: Any) -> None:
        self.library = library
        library.fault_names.restype = ctypes.c_char_p

    def arm(self, mode: int, k: int, error: int) -> None:
        self.library.fault_arm(mode, k, error)

    def disarm(self) -> tuple[bool, list[str]]:
        self.library.fault_disarm()
        return bool(self.library.fault_hit()), self.library.fault_names().decode().split()


class InPython:
    """Stand-ins for the functions of ``os``."""

    NAMES = ("open", "write", "fsync", "replace", "rename", "unlink", "remove", "mkdir", "rmdir", "link", "symlink")

    def __init__(self) -> None:
        self.mode = self.k = self.error = 0
        self.seen: list[str] = []
        self.hit = self.armed = False
        for name in self.NAMES:
            setattr(os, name, self.around(name, getattr(os, name)))

    def around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            if not self.armed or (name == "open" and not given[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
                return real(*given, **more)
            if name == "write" and given[0] <= 2:
                return real(*given, **more)
            self.seen.append(name)
            now = len(self.seen)
            here = now == self.k or (now > self.k and self.mode == FAIL_FOR_GOOD)
            self.hit = self.hit or bool(here and self.mode)
            if here and self.mode == KILL_BEFORE:
                os.kill(os.getpid(), signal.SIGKILL)
            if here and self.mode in (FAIL_ONCE, FAIL_FOR_GOOD):
                raise OSError(self.error, os.strerror(self.error), given[0] if isinstance(given[0], str) else None)
            if here and self.mode == KILL_WITHIN and name == "write":
                given = (given[0], given[1][: len(given[1]) // 2])
            done = real(*given, **more)
            if here and self.mode:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return call

    def arm(self, mode: int, k: int, error: int) -> None:
        self.mode, self.k, self.error, self.seen, self.hit, self.armed = mode, k, error, [], False, True

    def disarm(self) -> tuple[bool, list[str]]:
        self.armed = False
        return self.hit, self.seen


@dataclass(frozen=True)
class Ran:
    """How a run ended: its status, what it said, whether its fault came, and its operations."""

    status: int
    said: str
    hit: bool
    operations: list[str]


def run(
    injector: Injector, folder: Path, arguments: Sequence[str], typed: str, fault: Fault = Fault(COUNT), k: int = 0
) -> Ran:
    """Run a command in a forked process, in ``folder``; ``mkdocs`` as the first word is that program."""
    program = engine if arguments[0] == "mkdocs" else commands
    beside = folder.parent
    for name, text in {"in": typed, "out": "", "said": "", "seen": "null"}.items():
        (beside / name).write_text(text, encoding="utf-8")
    child = os.fork()
    if not child:
        status = 70
        try:
            os.chdir(folder)
            for number, name in enumerate(("in", "out", "said")):
                descriptor = os.open(beside / name, os.O_RDWR)
                os.dup2(descriptor, number)
                os.close(descriptor)
            sys.stdin, sys.stdout, sys.stderr = (
                open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
                for number, mode in enumerate(("r", "w", "w"))
            )
            injector.arm(fault.mode, k, fault.error)
            try:
                status = program(arguments)
            except SystemExit as stop:
                status = stop.code if isinstance(stop.code, int) else 71
            seen = injector.disarm()
            sys.stdout.flush()
            sys.stderr.flush()
            (beside / "seen").write_text(json.dumps(seen), encoding="utf-8")
        except BaseException:
            injector.disarm()
            import traceback

            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    seen = json.loads((beside / "seen").read_text(encoding="utf-8"))
    hit, operations = seen or (True, [])
    return Ran(os.waitstatus_to_exitcode(ended), (beside / "said").read_text("utf-8"), hit, operations)


def commands(arguments: Sequence[str]) -> int:
    """Run a command of the list."""
    from generator import cli

    return cli.main(arguments)


def engine(arguments: Sequence[str]) -> int:
    """Run MkDocs."""
    from mkdocs.__main__ import cli

    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    return int(cli.main(arguments[1:], prog_name="mkdocs") or 0)


def outcomes(job: Mapping[str, Any], injector: Injector, operations: Sequence[str], scratch: Path) -> Iterator[Outcome]:
    """Yield a run for each fault and operation."""
    project, arguments, typed = Path(job["project"]), job["arguments"], job["typed"]
    for fault in (Fault(**each) for each in job["faults"]):
        for k in range(1, len(operations) + 1, job["every"]):
            if fault.mode == KILL_WITHIN and operations[k - 1] != "write":
                continue  # the others happen wholly or not at all
            folder = scratch / "project"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(project, folder, symlinks=True)
            ran = run(injector, folder, arguments, typed, fault, k)
            if not ran.hit:
                raise AssertionError(f"{fault} at {k}: the run came to {len(ran.operations)} operations")
            after = tree(folder)
            second = run(injector, folder, arguments, typed)
            yield Outcome(
                fault, k, operations[k - 1], ran.status, ran.said, after, second.status, second.said, tree(folder)
            )


def load_all() -> None:
    """Load every module, so that none is loaded, compiled into a file, or makes folders for itself, later."""

    import generator

    sys.dont_write_bytecode = True
    for module in pkgutil.walk_packages(generator.__path__, "generator."):
        if module.name != "generator.__main__":
            importlib.import_module(module.name)
    for late in ("numpy.ma", "latex2mathml.converter", "pylatexenc.latex2text"):  # each run would load them anew
        importlib.import_module(late)


def main() -> None:
    """Do the job that standard input names."""
    job = json.load(sys.stdin)
    load_all()
    library = ctypes.CDLL(None)
    below = hasattr(library, "fault_arm")
    injector: Injector = BelowPython(library) if below else InPython()
    with tempfile.TemporaryDirectory(prefix="reading-list-faults-") as name:
        scratch = Path(name)
        folder = scratch / "project"
        for _ in range(2):  # the first run leaves compiled templates outside the project, and the others find them
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(job["project"], folder, symlinks=True)
            before = tree(folder)
            ran = run(injector, folder, job["arguments"], job["typed"])
        if ran.status:
            raise AssertionError(f"without a fault: status {ran.status}, {ran.said}")
        found = Sweep(
            before, tree(folder), tuple(ran.operations), below,
            tuple(outcomes(job, injector, ran.operations, scratch)),
        )  # fmt: skip
    json.dump(asdict(found), sys.stdout)


if __name__ == "__main__":
    main()
