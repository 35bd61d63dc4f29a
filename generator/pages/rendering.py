"""How drafts of pages become Markdown: what a template prints is escaped, unless a filter has made it safe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jinja2
from markupsafe import Markup

from generator import escaping, wording
from generator.facts import dates, titles

# The spaces within a date, and before the year of a venue.
_INSIDE_DATE = re.compile(rf"(?<=\d) (?=(?:{'|'.join(dates.MONTH_NAMES)})\b)| (?=\d{{4}}\b(?! \w))")


@dataclass(frozen=True)
class Draft:
    """A page before it is written: path, template, title, description, and what the template shows below a heading."""

    path: str
    template: str
    title: str
    description: str
    values: Mapping[str, Any] = field(default_factory=dict)
    heading: str | None = None
    """Its heading in Markdown, where that is more than the title as it is."""
    records: Sequence[str] | None = None
    """The ids of all records that it shows, where these, the values, topics and sources are all it shows."""
    hide: Sequence[str] = ("navigation",)
    """Which of the theme's columns it takes the room of."""
    head: Sequence[str] = ()
    """Its own lines for the HTML head, made safe for that place."""
    unlisted: bool = False
    """Whether it stands in no sitemap, nor is said to be the place for what it tells of."""


def unbroken(text: str) -> Markup:
    """Return a line in Markdown, no date of which is broken where a screen is narrow."""
    return Markup(_INSIDE_DATE.sub("\u00a0", escaping.markdown(text)))


def _finalize(value: Any) -> str:
    """Escape whatever a template prints, unless it is marked as safe; what is returned is printed as it is."""
    if type(value) is str:
        return escaping.markdown(value)
    if isinstance(value, Markup):
        return str(value)
    return "" if value is None else escaping.markdown(str(value))


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the environment that renders ``templates/``, with the filters that templates use."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("generator"),
        finalize=_finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - finalize escapes for Markdown
        auto_reload=False,  # else it asks the disk, for every page, whether its template is as it was
    )
    # An attribute that is not there is an error at once, and Python's own function is the quickest that says so.
    environment.getattr = getattr  # type: ignore[assignment]
    environment.filters |= {
        "by_origin": wording.by_origin,
        "byline": lambda record: unbroken(wording.byline(record)),
        "count": wording.count,
        "date": dates.in_words,
        "figures": wording.figures,
        "href": lambda text: Markup(escaping.html(escaping.url(text))),
        "html": lambda text: Markup(escaping.html_block(text)),
        "listed": lambda texts: Markup(", ".join(map(escaping.markdown, texts))),
        "paragraphs": lambda text: Markup("\n\n".join(map(escaping.markdown, (text or "").split("\n\n")))),
        "plain": titles.plain,
        "unbroken": unbroken,
        "url": lambda text: Markup(escaping.url(text)),
        "verbatim": lambda text: Markup(escaping.verbatim(text)),
    }
    return environment
