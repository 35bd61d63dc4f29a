"""What changed on the list, by day, and a digest of it to send: as Markdown, HTML for an e-mail, and plain text.

All of it rests on the days that the records themselves state. There is no clock here: the same records give the same
bytes on any day.
"""

from __future__ import annotations

import textwrap
from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from generator import escaping
from generator.facts import dates, titles
from generator.library import Library
from generator.metadata import paper_path
from generator.settings import Settings
from generator.wording import byline, count, paper_url, plain_title, topic_name

_MAX_MARKDOWN = 120_000  # GitHub takes 125,000 characters in a release


@dataclass
class Day:
    """What happened on one day: ids that joined, by title; ids with what was corrected; ids that went, and why."""

    added: list[str] = field(default_factory=list)
    corrected: list[tuple[str, str]] = field(default_factory=list)
    retracted: list[tuple[str, str]] = field(default_factory=list)


def by_day(library: Library) -> dict[str, Day]:
    """Return what changed by day (YYYY-MM-DD), the latest first; within a day papers stand by title and id."""
    found: dict[str, Day] = {}
    for record_id in library.by_addition:
        found.setdefault(library.records[record_id].added or "", Day()).added.append(record_id)
    for record_id, record in library.records.items():
        for correction in record.corrected:
            found.setdefault(correction.day, Day()).corrected.append((record_id, correction.what))
    for record_id, notice in library.retracted.items():
        found.setdefault(notice.retracted, Day()).retracted.append((record_id, notice.reason))
    return dict(sorted(found.items(), reverse=True))


def moved(library: Library) -> list[tuple[str, str]]:
    """Return the ids that lead to another paper now, merged or renamed, with that paper's; their days are not kept."""
    return [(old, new) for old, new in sorted(library.redirects.items()) if new in library.records]


@dataclass(frozen=True)
class _Digest:
    """A digest before it is written: a title, what it comes to, and papers under headings, all plain text.

    ``page`` is the address of the page with all changes, empty where the site has none.
    """

    title: str
    lead: str
    groups: tuple[tuple[str, tuple[_Paper, ...]], ...]
    page: str


@dataclass(frozen=True)
class _Paper:
    title: str
    facts: str
    text: str
    url: str


def _put_right(library: Library, since: str, before: Library | None) -> dict[str, Day]:
    """Return corrections and retractions since the day ``since``, or those that the list ``before`` did not have."""
    if before is None:
        return {day: changed for day, changed in by_day(library).items() if day >= since}
    told = {
        (library.redirects.get(record_id, record_id), correction.day, correction.what)
        for record_id, record in before.records.items()
        for correction in record.corrected
    }
    return {
        day: Day(
            corrected=[(name, what) for name, what in changed.corrected if (name, day, what) not in told],
            retracted=[(name, why) for name, why in changed.retracted if name not in before.retracted],
        )
        for day, changed in by_day(library).items()
    }


def digest(library: Library, since: str, format: str, settings: Settings, *, before: Library | None = None) -> str:
    """Return what changed on the day ``since`` (YYYY-MM-DD) or later, as one of ``DIGESTS``.

    With ``before``, the list as it was on that day, it is what that list had not, whatever day it bears.
    New papers stand under their primary topic, the first that the list knows, topics in the order of topics.yaml;
    within one the newest come first, then by title. Corrections and retractions follow, each with its day. A link leads
    to the paper's page, or to the paper itself where the site has no address yet. The HTML is one file for an e-mail:
    styles inline, nothing loaded. Raises KeyError for a format that is none.
    """
    days = _put_right(library, since, before)
    added = library.joined(since, before)
    groups = [
        (
            topic_name(library, topic),
            [
                _paper(library, settings, record_id, byline(record := library.records[record_id]), record.why or "")
                for record_id in ids
            ],
        )
        for topic, ids in library.by_primary_topic(added).items()
    ]
    corrected = [
        _paper(library, settings, record_id, dates.in_words(day), what)
        for day, changed in days.items()
        for record_id, what in changed.corrected
    ]
    retracted = [
        _Paper(
            escaping.clean(titles.plain(library.retracted[record_id].title)),
            dates.in_words(day),
            escaping.clean(why),
            settings.url(paper_path(record_id)),
        )
        for day, changed in days.items()
        for record_id, why in changed.retracted
    ]
    groups += [("Corrected", corrected), ("Taken off the list", retracted)]
    content = _Digest(
        escaping.clean(settings.site_name),
        _lead(since, len(added), len(corrected), len(retracted)),
        tuple((name, tuple(papers)) for name, papers in groups if papers),
        settings.url("changes/"),
    )
    return DIGESTS[format](content)


def _lead(since: str, added: int, corrected: int, retracted: int) -> str:
    """Return in words what a digest comes to."""
    joined = f"{count(added, 'paper') if added else 'No paper'} {'has' if added < 2 else 'have'}"
    lead = f"{joined} joined the list since {dates.in_words(since)}."
    if corrected:
        lead += f" {count(corrected, 'correction')} {'was' if corrected == 1 else 'were'} made."
    if retracted:
        lead += f" {count(retracted, 'paper')} left it."
    return lead


def _paper(library: Library, settings: Settings, record_id: str, facts: str, text: str) -> _Paper:
    record = library.records[record_id]
    url = settings.url(paper_path(record_id)) or paper_url(record) or ""
    return _Paper(plain_title(record), facts, escaping.clean(text), url)


def _digest_markdown(content: _Digest) -> str:
    """Return a digest for a release on GitHub, with as many papers as one can hold."""
    parts = [f"# {escaping.github(content.title)}\n\n{escaping.markdown(content.lead)}\n"]
    for name, papers in content.groups:
        heading = f"\n## {escaping.github(name)}\n\n"
        for paper in papers:
            title = escaping.github(paper.title)
            shown = f"[{title}]({escaping.url(paper.url)})" if paper.url else title
            more = [escaping.github(text) for text in (paper.facts, paper.text) if text]
            lines = "  \n  ".join([shown, *more])  # two spaces break a line in every Markdown
            parts.append(f"{heading}- {lines}\n")
            heading = ""
    fit = bisect(list(accumulate(map(len, parts))), _MAX_MARKDOWN)
    if fit < len(parts):
        page = f"[What changed]({escaping.url(content.page)})" if content.page else "What changed"
        parts[fit:] = [f"\n{len(parts) - fit:,} more are not shown here; all are on the list's page {page}.\n"]
    return "".join(parts)


def _digest_text(content: _Digest) -> str:
    lines = [content.title, "=" * len(content.title), "", *_wrap(content.lead)]
    for name, papers in content.groups:
        lines += ["", name, "-" * len(name)]
        for paper in papers:
            lines += ["", *_wrap(paper.title, "* "), *_wrap(paper.facts, "  "), *_wrap(paper.text, "  ")]
            lines += [f"  {escaping.url(paper.url)}"] if paper.url else []
    return "\n".join(lines) + "\n"


def _wrap(text: str, first: str = "") -> list[str]:
    """Return a text in lines of at most 76 characters, the width that e-mail has (RFC 5322, 2.1.1 asks for 78)."""
    return textwrap.wrap(
        text,
        76,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


_STYLES = {
    "body": "margin:0;padding:24px 16px;background:#ffffff;color:#1f2328;font:16px/1.5 system-ui,sans-serif",
    "main": "max-width:640px;margin:0 auto",
    "h1": "margin:0 0 8px;font-size:24px;line-height:1.25",
    "h2": "margin:32px 0 0;padding-bottom:4px;border-bottom:1px solid #d0d7de;font-size:18px;line-height:1.3",
    "h3": "margin:20px 0 0;font-size:16px;line-height:1.4",
    "p": "margin:4px 0 0",
    "byline": "margin:2px 0 0;color:#57606a;font-size:14px",
    "a": "color:#0550ae",
}


def _digest_html(content: _Digest) -> str:
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escaping.html(content.title)}</title>",
        "</head>",
        f'<body style="{_STYLES["body"]}">',
        f'<div role="main" style="{_STYLES["main"]}">',
        f'<h1 style="{_STYLES["h1"]}">{escaping.html(content.title)}</h1>',
        f'<p style="{_STYLES["p"]}">{escaping.html(content.lead)}</p>',
    ]
    for name, papers in content.groups:
        lines.append(f'<h2 style="{_STYLES["h2"]}">{escaping.html(name)}</h2>')
        for paper in papers:
            title = (
                escaping.html_link(paper.title, paper.url, _STYLES["a"]) if paper.url else escaping.html(paper.title)
            )
            lines.append(f'<h3 style="{_STYLES["h3"]}">{title}</h3>')
            for style, text in (("byline", paper.facts), ("p", paper.text)):
                lines += [f'<p style="{_STYLES[style]}">{escaping.html(text)}</p>'] if text else []
    return "\n".join([*lines, "</div>", "</body>", "</html>"]) + "\n"


DIGESTS: Mapping[str, Callable[[_Digest], str]] = {
    "markdown": _digest_markdown,
    "html": _digest_html,
    "text": _digest_text,
}
"""The formats of a digest, by name."""
