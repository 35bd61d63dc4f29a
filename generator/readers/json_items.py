"""JSON of strangers: items of a list or of JSON Lines, each with its line, and values of the kind that is expected."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import InputError, Problem


@contextlib.contextmanager
def refusing(path: str) -> Iterator[None]:
    """Raise InputError, which says why the file ``path`` cannot be read as JSON and where, for what Python raises."""
    try:
        yield
    except json.JSONDecodeError as error:
        line, what = error.lineno, f"no JSON from here on ({error.msg})"
    except RecursionError:
        line, what = 1, "JSON nested too deeply"
    except ValueError:
        line, what = 1, "JSON with a number of thousands of digits"
    else:
        return
    raise InputError(Problem(path, line, f"{what}; correct or save it again"))


def items(text: str, at: int = 0, count: int | None = None) -> Iterator[tuple[int, Any]]:
    """Yield line and value of the ``count`` items of a list that begin at ``at``; of all of JSON Lines without a count.

    Raises ValueError and RecursionError where an item cannot be read, JSONDecodeError among them.
    """
    between = " \t\n" if count is None else " \t\n,"
    decoder, line, counted = json.JSONDecoder(), 1, 0
    for _ in itertools.count() if count is None else range(count):
        while at < len(text) and text[at] in between:
            at += 1
        if at == len(text) and count is None:
            return
        line += text.count("\n", counted, at)
        counted = at
        value, at = decoder.raw_decode(text, at)
        yield line, value


def lines(text: str, at: int, count: int) -> list[int | None]:
    """Return the line where each of the ``count`` items of a list begins; none is better than a wrong one."""
    try:
        return [line for line, _ in items(text, at, count)]
    except (ValueError, RecursionError):  # the list lies elsewhere
        return [None] * count


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object as it is, and an empty one for any other value."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """Return a list as it is, and an empty one for any other value."""
    return value if isinstance(value, list) else []
