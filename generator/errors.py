"""What can go wrong: problems found in data, and the exceptions that stop a run."""

from __future__ import annotations

from dataclasses import dataclass

from generator.facts import hidden


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file, as a person reads it.

    ``path`` is the file as the user named it, ``line`` counts from 1 (``None``: the whole file),
    ``message`` reads ``field: what is wrong, and what to write instead``.
    """

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return hidden.shown(f"{where}: {self.message}")  # it may repeat what stands in a file

    @property
    def sort_key(self) -> tuple[str, int, str]:
        """Order problems by file, line and message."""
        return (self.path, self.line or 0, self.message)


class ReadingListError(Exception):
    """The base of all errors that this package raises on purpose."""


class InputError(ReadingListError):
    """An input file that cannot be read at all; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class UsageError(ReadingListError):
    """A command was asked for something that makes no sense; exit status 2."""


class WriteError(ReadingListError):
    """A file could not be written; what stood there before still stands."""
