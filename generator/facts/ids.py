"""Ids of papers, topics, paths and sources: each becomes the name of a file and an address, so few texts can be one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping

from generator.facts import titles
from generator.facts.provenance import EDITOR

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SOURCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
MAX_ID = 80
WINDOWS_NAMES = frozenset({"con", "prn", "aux", "nul"} | {f"{name}{n}" for name in ("com", "lpt") for n in range(10)})
"""What no file may be called on Windows, whatever its ending."""
_PAGE_NAMES = {"index", "unsorted", "undated"}


def id_fault(text: str) -> str | None:
    """Say why ``text`` cannot be an id, or ``None`` where it can."""
    if len(text) > MAX_ID:
        return f"is longer than {MAX_ID} characters; shorten it"
    if not text.isascii() and (foreign := next((char for char in text if char.isalnum() and not char.isascii()), None)):
        name = unicodedata.name(foreign, "no letter")
        return f"is no id; U+{ord(foreign):04X} ({name}) may look like another letter; use a to z, 0 to 9 and hyphens"
    if not ID.fullmatch(text):
        return "is no id; use lower-case letters, digits and single hyphens, such as the-loom-at-rest"
    if text in WINDOWS_NAMES:
        return "is a reserved file name on Windows; add a word"
    if text in _PAGE_NAMES:
        return "is the name of a page of the site; add a word"
    return None


def topic_fault(text: str, topics: Mapping[str, str]) -> str | None:
    """Say why ``text`` cannot be the id of a topic, or ``None`` where it can; ``topics`` are the names by id."""
    if len(text) <= MAX_ID and not ID.fullmatch(text):
        topic_id = closest_topic(text, topics)
        remedy = f"{topic_id!r}" if topic_id else "what stands above its name in topics.yaml, without the colon"
        return f"is no topic's id; write {remedy}"
    return id_fault(text)


def closest_topic(text: str, topics: Mapping[str, str]) -> str | None:
    """Return the topic whose id or name, or a word of it, is like ``text``, if any; ``topics`` are the names by id."""
    named = {titles.slug(name): topic_id for topic_id, name in topics.items()}
    words = {word: topic_id for slug, topic_id in named.items() for word in slug.split("-") if len(word) > 4}
    known = words | named | {topic_id: topic_id for topic_id in topics}
    close = difflib.get_close_matches(titles.long_slug(text), known, n=1, cutoff=0.75)
    return known[close[0]] if close else None


def source_id_fault(text: str) -> str | None:
    """Say why ``text`` cannot be the id of a source, which bears the name of its file, or ``None`` where it can."""
    if not _SOURCE_ID.fullmatch(text) or text.endswith("."):
        return "is no source id; copy it from sources.yaml, or use letters, digits, dots and hyphens"
    if text.casefold().partition(".")[0] in WINDOWS_NAMES:
        return "is a reserved file name on Windows; add a word"
    if text.casefold() == "index":
        return "is the name of a page of the site; add a word"
    if text.casefold() == EDITOR:
        return "says that people decided a fact; add a word"
    return None
