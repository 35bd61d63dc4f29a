"""Where a fact came from, in the words of a record: a source, what people decided, or what it is derived from."""

from __future__ import annotations

import re

EDITOR = "editor"
"""How a provenance begins that people wrote: ``editor: reason``, or ``editor: reason; from origin``."""
DERIVED = "derived from"
"""How the provenance of a date begins that no source states."""
DATES_DERIVED = {"identifiers.arxiv": f"{DERIVED} the arXiv id", "venue": f"{DERIVED} the year of the venue"}
"""The provenance of such dates, by the field that they are derived from."""
_EDITORS = re.compile(rf"{EDITOR}(?:$|[:\s])")
# The year is one source's, the month derived from something else: "refs; 2023-10 derived from the arXiv id".
_YEAR_AND_DERIVED = re.compile(rf"(.+); (\d{{4}}-\d{{2}}(?:-\d{{2}})?) ({DERIVED} .+)", re.ASCII)


def is_editors(origin: str) -> bool:
    """Tell whether people of the list decided a fact; a source may be called ``editors-choice``."""
    return _EDITORS.match(origin) is not None


def year_and_derived(origin: str) -> tuple[str, str, str] | None:
    """Return who states the year of a date, which date is derived, and from what; ``None`` where one origin is all."""
    found = _YEAR_AND_DERIVED.fullmatch(origin)
    return (found[1], found[2], found[3]) if found else None


def is_derived(origin: str) -> bool:
    """Tell whether a date, or its month, is derived."""
    return origin.startswith(DERIVED) or year_and_derived(origin) is not None
