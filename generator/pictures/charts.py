"""The charts of a list: its papers counted by year and topic, each drawn and told as a table."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator import escaping
from generator.library import UNSORTED, Library
from generator.pictures.drawing import drawn
from generator.pictures.figures import Bar, Cells, Column, columns, grid, rows
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


def charts(library: Library) -> list[Chart]:
    """Return the charts of a list: by year, share with code, by topic, topic by year."""
    return [_of_years(library), _of_code(library), _of_topics(library), _of_both(library)]


def _spans(library: Library) -> list[tuple[str, range]]:
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
    early = [(f"to {begin - 1}", range(first, begin))] if first < begin else []
    ends = "" if step == 1 else "s"
    return early + [(f"{year}{ends}", range(year, year + step)) for year in range(begin, last + 1, step)]


def _within(library: Library, span: range) -> list[str]:
    return [record_id for year in span for record_id in library.by_year.get(year, ())]


def _year_page(library: Library, span: range) -> str:
    return f"years/{span[0]}.md" if len(span) == 1 and span[0] in library.by_year else ""


def _of_years(library: Library) -> Chart:
    spans = _spans(library)
    numbers = [len(_within(library, span)) for _, span in spans]
    text = "No paper has a date yet."
    if spans:
        most = max(range(len(spans)), key=lambda place: numbers[place])
        label = spans[most][0]
        named = label if label.isdigit() else f"the years {label}" if label.startswith("to") else f"the {label}"
        years = f"From {min(library.by_year)} to {max(library.by_year)}"
        text = f"{years}; most are of {named}, {count(numbers[most], 'paper')}."
    if library.undated:
        text += f" Not shown: {count(len(library.undated), 'paper')} without a date."
    data = [Column(label, number, f"{number:,}") for (label, _), number in zip(spans, numbers, strict=True)]
    table = [
        (label, _year_page(library, span), [f"{number:,}"])
        for (label, span), number in zip(spans, numbers, strict=True)
    ]
    title = "Papers by year of issue"
    return Chart(title, text, drawn(columns(data), "years", title, text), ["Year", "Papers"], table)


def _of_code(library: Library) -> Chart:
    data, table = [], []
    for label, span in _spans(library):
        ids = _within(library, span)
        coded = _with_code(library, ids)
        share = coded / len(ids) if ids else 0
        data.append(Column(label, share, f"{share:.0%}" if ids else "", len(ids) < _FEW))
        table.append((label, _year_page(library, span), [f"{len(ids):,}", f"{coded:,}", _share(coded, len(ids))]))
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


def _topics(library: Library) -> list[tuple[str, list[tuple[str, str, tuple[str, ...]]]]]:
    """Return the groups with their topics: id, name and papers."""
    groups = list(library.groups.items())
    if UNSORTED in library.by_topic:
        groups.append(("Unsorted", (UNSORTED,)))
    return [
        (
            escaping.clean(group),
            [(topic, topic_name(library, topic), library.by_topic.get(topic, ())) for topic in topics],
        )
        for group, topics in groups
    ]


def _of_topics(library: Library) -> Chart:
    groups = _topics(library)
    every = [row for _, topics in groups for row in topics]
    text = "No topics have been described yet."
    if every:
        most = max(every, key=lambda row: len(row[2]))
        text = (
            f"{count(len(every), 'topic')}; the largest is {most[1]} with {count(len(most[2]), 'paper')}. "
            "A paper on several topics counts under each."
        )
    data = [
        (group, [Bar(_short(name), len(ids), f"{len(ids):,}") for _, name, ids in topics]) for group, topics in groups
    ]
    table = [
        (name, f"topics/{topic}.md", [group, f"{len(ids):,}", _share(_with_code(library, ids), len(ids))])
        for group, topics in groups
        for topic, name, ids in topics
    ]
    title = "Papers by topic"
    heads = ["Topic", "Group", "Papers", "With code"]
    return Chart(title, text, drawn(rows(data), "topics", title, text), heads, table)


def _of_both(library: Library) -> Chart:
    spans, groups = _spans(library), _topics(library)
    cells: dict[str, list[int]] = {}
    for _, topics in groups:
        for topic, _, ids in topics:
            years = Counter(library.records[record_id].year for record_id in ids)
            cells[topic] = [sum(years[year] for year in span) for _, span in spans]
    text = "Papers of each topic in each year; the stronger the colour, the more. An empty cell means none."
    labels = [label for label, _ in spans]
    data = [(group, [Cells(_short(name), cells[topic]) for topic, name, _ in topics]) for group, topics in groups]
    table = [
        (name, f"topics/{topic}.md", [f"{number:,}" if number else "" for number in cells[topic]])
        for _, topics in groups
        for topic, name, _ in topics
    ]
    title = "Topics over the years"
    return Chart(title, text, drawn(grid(labels, data), "heat", title, text), ["Topic", *labels], table)


def _short(name: str) -> str:
    """Return a name as far as there is room for it beside a bar."""
    return textwrap.shorten(name, 34, placeholder="…") if len(name) > 34 else name
