"""The charts of a list: its papers counted by year and topic, each drawn and told as a table."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from generator import escaping
from generator.library import UNSORTED, Library
from generator.pictures.figures import Bar, Cells, Column, columns, drawn, grid, rows
from generator.wording import count, topic_name

_MOST_COLUMNS = 12
_FEW = 5
"""A share of fewer papers than these is drawn pale: a single paper would move it far."""


@dataclass(frozen=True)
class Chart:
    """A picture on a page with its figures as a table: heads, and rows of a name, its page and the cells."""

    title: str
    text: str
    svg: Markup
    heads: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[str]]]


class _Span(NamedTuple):
    """A column of a figure: its label, the papers of its years, and the page of a year that has some."""

    label: str
    years: range
    ids: Sequence[str]
    page: str


_Groups = Sequence[tuple[str, Sequence[tuple[str, str, Sequence[str]]]]]
"""The groups with their topics: name, page and papers of each."""


def charts(library: Library) -> list[Chart]:
    """Return the charts of a list: by year, share with code, by topic, topic by year."""
    spans, groups = _spans(library), _groups(library)
    return [
        _of_years(library, spans),
        _of_code(library, spans),
        _of_topics(library, groups),
        _of_both(library, spans, groups),
    ]


def _spans(library: Library) -> list[_Span]:
    """Return the columns of a figure: a year each, or a decade or century where years would show too few papers.

    Where they are many, the earliest ones are one column, unless that would hold most papers.
    """
    if not library.by_year:
        return []
    first, last = min(library.by_year), max(library.by_year)
    years = [year for year in sorted(library.by_year) for _ in library.by_year[year]]
    for step in (1, 10, 100):
        fewest = first // step if last // step - first // step < _MOST_COLUMNS else last // step - _MOST_COLUMNS + 2
        begin = fewest * step
        if begin <= years[len(years) // 2]:
            break
    parts = [(f"to {begin - 1}", range(first, begin))] if first < begin else []
    ends = "" if step == 1 else "s"
    parts += [(f"{year}{ends}", range(year, year + step)) for year in range(begin, last + 1, step)]
    spans = []
    for label, span in parts:
        ids = [record_id for year in span for record_id in library.by_year.get(year, ())]
        spans.append(_Span(label, span, ids, f"years/{span[0]}.md" if ids and len(span) == 1 else ""))
    return spans


def _of_years(library: Library, spans: Sequence[_Span]) -> Chart:
    text = "No paper has a date yet."
    if spans:
        most = max(spans, key=lambda span: len(span.ids))
        label = most.label
        named = label if label.isdigit() else f"the years {label}" if label.startswith("to") else f"the {label}"
        years = f"From {min(library.by_year)} to {max(library.by_year)}"
        text = f"{years}; most are of {named}, {count(len(most.ids), 'paper')}."
    if library.undated:
        text += f" Not shown: {count(len(library.undated), 'paper')} without a date."
    data = [Column(span.label, len(span.ids), f"{len(span.ids):,}") for span in spans]
    table = [(span.label, span.page, [f"{len(span.ids):,}"]) for span in spans]
    title = "Papers by year of issue"
    return Chart(title, text, drawn(columns(data), "years", title, text), ["Year", "Papers"], table)


def _of_code(library: Library, spans: Sequence[_Span]) -> Chart:
    data, table = [], []
    for label, _, ids, page in spans:
        coded = _with_code(library, ids)
        share = coded / len(ids) if ids else 0
        data.append(Column(label, share, f"{share:.0%}" if ids else "", len(ids) < _FEW))
        table.append((label, page, [f"{len(ids):,}", f"{coded:,}", _share(coded, len(ids))]))
    every = _with_code(library, library.records)
    text = f"{every:,} of {count(len(library.records), 'paper')} ({_share(every, len(library.records))}) link to code."
    if any(column.height and column.pale for column in data):  # a column of no height shows no colour
        text += f" Years with fewer than {_FEW} papers are pale: there a single paper moves the share far."
    title = "Share of papers with code, by year"
    heads = ["Year", "Papers", "With code", "Share"]
    return Chart(title, text, drawn(columns(data), "code", title, text), heads, table)


def _with_code(library: Library, ids: Iterable[str]) -> int:
    return sum(bool(library.records[record_id].links.code) for record_id in ids)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _groups(library: Library) -> _Groups:
    groups = list(library.groups.items())
    if UNSORTED in library.by_topic:
        groups.append(("Unsorted", (UNSORTED,)))
    return [
        (
            escaping.clean(group),
            [(topic_name(library, topic), f"topics/{topic}.md", library.by_topic.get(topic, ())) for topic in topics],
        )
        for group, topics in groups
    ]


def _of_topics(library: Library, groups: _Groups) -> Chart:
    every = [(name, len(ids)) for _, topics in groups for name, _, ids in topics]
    text = "No topics have been described yet."
    if every:
        largest, number = max(every, key=lambda pair: pair[1])
        text = (
            f"{count(len(every), 'topic')}; the largest is {largest} with {count(number, 'paper')}. "
            "A paper on several topics counts under each."
        )
    data = [
        (group, [Bar(_short(name), len(ids), f"{len(ids):,}") for name, _, ids in topics]) for group, topics in groups
    ]
    table = [
        (name, page, [group, f"{len(ids):,}", _share(_with_code(library, ids), len(ids))])
        for group, topics in groups
        for name, page, ids in topics
    ]
    title = "Papers by topic"
    heads = ["Topic", "Group", "Papers", "With code"]
    return Chart(title, text, drawn(rows(data), "topics", title, text), heads, table)


def _of_both(library: Library, spans: Sequence[_Span], groups: _Groups) -> Chart:
    data, table = [], []
    for group, topics in groups:
        lines = []
        for name, page, ids in topics:
            years = Counter(library.records[record_id].year for record_id in ids)
            counts = [sum(years[year] for year in span.years) for span in spans]
            lines.append(Cells(_short(name), counts))
            table.append((name, page, [f"{number:,}" if number else "" for number in counts]))
        data.append((group, lines))
    text = "Papers of each topic in each year; the stronger the colour, the more. An empty cell means none."
    labels = [span.label for span in spans]
    title = "Topics over the years"
    return Chart(title, text, drawn(grid(labels, data), "heat", title, text), ["Topic", *labels], table)


def _short(name: str) -> str:
    """Return a name as far as there is room for it beside a bar."""
    return textwrap.shorten(name, 34, placeholder="…")
