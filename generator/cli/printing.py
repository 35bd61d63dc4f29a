"""What the commands print, results, talk and progress, and the status they end with."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generator import escaping
from generator.disk import documents
from generator.errors import Problem

DONE, PROBLEMS, WRONG_USAGE = 0, 1, 2


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


def show(line: str) -> None:
    """Print a line of the result of a command; what it quotes cannot send the terminal anything."""
    print(escaping.terminal(line))


def print_json(data: Any) -> None:
    """Print the result of a command as JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def ask(question: str) -> str:
    """Ask something on the terminal; return the line that is typed, with its end, or nothing where there is none."""
    sys.stderr.write(f"{question}: ")
    sys.stderr.flush()
    return sys.stdin.readline()


def say(text: str) -> None:
    """Print talk, which is no result; what it quotes cannot send the terminal anything."""
    print("\n".join(map(escaping.terminal, text.split("\n"))), file=sys.stderr)
