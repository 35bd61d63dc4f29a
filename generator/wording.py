"""What readers see of a record on one line: its byline, its links, its facts, and where each of them came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from generator import dates, escaping, links, titles
from generator.identifiers import SCHEMES
from generator.library import Library
from generator.models import EDITOR, Identifiers, Record

_LINK_NAMES = {"code": "Code", "project": "Project page", "model": "Model", "dataset": "Data set"}
_FACT_NAMES = {
    "title": "Title",
    "authors": "Authors",
    "author_count": "Number of authors",
    "issued": "Date",
    "venue": "Venue",
    **{f"identifiers.{kind}": scheme.name for kind, scheme in SCHEMES.items()},
    **{f"links.{kind}": name for kind, name in _LINK_NAMES.items()},
}


def plain_title(record: Record) -> str:
    """Return a paper's title as plain text on one line, its LaTeX as Unicode."""
    return escaping.clean(titles.plain(record.title))


def byline(record: Record) -> str:
    """Return authors, venue and date of a paper on one line of plain text, as far as they are known."""
    names, parts = record.author_names, []
    if len(names) > 3:
        parts.append(f"{names[0]} and {len(names) - 1} others")
    elif names:
        parts.append(" and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names))
    elif record.author_count:
        parts.append(count(record.author_count, "author"))
    if record.venue:
        parts.append(record.venue)
    if record.issued:
        parts.append(dates.in_words(record.issued))
    return escaping.clean(" · ".join(parts))


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 paper``, ``1,204 papers``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shorten(text: str, length: int = 300) -> str:
    """Return ``text`` on one line, cut at a word with an ellipsis where it is longer than ``length`` characters."""
    text = escaping.clean(text)
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(".,;:") + "…"


def paper_links(identifiers: Identifiers) -> list[tuple[str, str]]:
    """Return the names of the places where a paper is identified, and its addresses there."""
    return [
        (scheme.name, scheme.url(value)) for kind, scheme in SCHEMES.items() if (value := getattr(identifiers, kind))
    ]


def links_of(record: Record) -> list[tuple[str, str]]:
    """Return the links people press, the paper first."""
    return paper_links(record.identifiers) + [
        (name, url) for kind, name in _LINK_NAMES.items() if (url := getattr(record.links, kind))
    ]


def facts_of(record: Record, library: Library) -> Iterator[tuple[str, Markup, str, str]]:
    """Yield the record's facts: name, value as Markdown, provenance as text and as an address (or nothing)."""
    for name, label in _FACT_NAMES.items():
        value: Any = record
        for part in name.split("."):
            value = getattr(value, part)
        if not value or name == "title" or (name == "author_count" and len(record.authors) == value):
            continue
        if name == "authors":
            shown = Markup(escaping.markdown(", ".join(record.author_names)))
        elif name == "issued":
            shown = Markup(escaping.markdown(dates.in_words(value)))
        elif name.startswith("identifiers."):
            shown = Markup(f"[{escaping.markdown(value)}]({escaping.url(SCHEMES[name.partition('.')[2]].url(value))})")
        elif name.startswith("links."):
            shown = Markup(f"[{escaping.markdown(value.partition('//')[2])}]({escaping.url(value)})")
        else:
            shown = Markup(escaping.markdown(str(value)))
        yield (label, shown, *origin_of(record.provenance.get(name, ""), library))


def origin_of(provenance: str, library: Library) -> tuple[str, str]:
    """Return where a fact came from, as text and as the address or page where a visitor can follow it.

    What an editor decided reads ``editor: reason``, or ``editor: reason; from origin``.
    """
    if provenance in library.sources:
        return library.sources[provenance].name, f"../sources/{provenance}.md"
    if provenance.startswith(EDITOR):
        reason, _, origin = provenance.removeprefix(EDITOR).lstrip(": ").partition("; from ")
        text, address = origin_of(origin, library) if origin else ("", "")
        return f"the editors: {reason}" + (f" ({text})" if text else ""), address
    owner, colon, path = provenance.partition(":")
    if colon and owner.count("/") == 1 and not owner.startswith("http"):
        return provenance, f"https://github.com/{escaping.url(owner)}/blob/HEAD/{quote(path)}"
    if links.is_safe(provenance):
        return provenance.partition("//")[2], provenance
    return provenance or "the editors", ""
