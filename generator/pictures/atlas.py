"""The map of a list: papers, or the topics of a long list, placed by likeness, with their names between them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator import escaping
from generator.library import Library
from generator.pictures import layout
from generator.pictures.figures import SIGN_LETTER, SIGN_LINE, Point, Sheet, drawn, mark, plane
from generator.wording import count, plain_title, topic_name

MOST_POINTS = 1000
"""The most papers that the map shows one by one; a longer list is shown by its topics."""
FEWEST_TOPICS = 3
"""A map of fewer topics would show nothing."""
_PITCH = 20.0
"""Units between neighbours on the map, which is drawn so that a unit is about a pixel: room for a finger's tip."""


@dataclass(frozen=True)
class Atlas:
    """The map: its drawing (nothing where there are too few topics for one), and what is told beside it."""

    svg: Markup
    single: bool
    """Whether a point is a paper; else a mark is a topic."""
    legend: tuple[tuple[int, str, Markup], ...]
    """Number, name and mark of each group."""
    topics: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Id, name and papers of each topic, a paper under its primary one."""


def atlas(library: Library) -> Atlas:
    """Return the map of a list."""
    members = library.by_primary_topic(library.records)
    groups = list(dict.fromkeys([*library.groups, "Unsorted"]))
    group_of = {
        topic: groups.index(library.topics[topic].group if topic in library.topics else "Unsorted") for topic in members
    }
    single = len(library.records) <= MOST_POINTS
    text = (
        f"{count(len(library.records), 'paper')} as points: near is what shares words and topics. Each opens its paper."
        if single
        else f"{count(len(members), 'topic')} as marks, the larger the more papers. Each opens its topic."
    )
    svg = Markup()
    if len(members) >= FEWEST_TOPICS:
        placed = _papers_placed if single else _topics_placed
        svg = drawn(plane(placed(library, members, group_of)), "map", "Map of the list", text, role="group")
    return Atlas(
        svg,
        single,
        tuple(
            (number, escaping.clean(groups[number]), drawn(mark(number), f"mark-{number}", "", ""))
            for number in sorted({*group_of.values()})
        ),
        tuple((topic, topic_name(library, topic), papers) for topic, papers in members.items()),
    )


def _signs(library: Library, topics: Sequence[str]) -> list[tuple[str, float, float]]:
    """Return for each topic its name in short lines, and about how wide and high they are."""
    found: list[tuple[str, float, float]] = []
    for topic in topics:
        lines = textwrap.wrap(topic_name(library, topic), 16)
        found.append(("\n".join(lines), max(map(len, lines)) * SIGN_LETTER * 0.58, len(lines) * SIGN_LINE))
    return found


def _centroids(library: Library, topics: Sequence[str]) -> list[dict[str, float]]:
    return [layout.centroid([library.words[paper] for paper in library.by_topic[topic]]) for topic in topics]


def _papers_placed(library: Library, members: Mapping[str, Sequence[str]], group_of: Mapping[str, int]) -> Sheet:
    """Return the map of all papers: each has a place of its own, and the topics' names cover none."""
    topics = list(members)
    centroids = _centroids(library, topics)
    signs = _signs(library, topics)
    radii = [_PITCH * (0.6 * math.sqrt(len(members[topic])) + 1.5) for topic in topics]
    centres = layout.discs(layout.cosines(centroids, centroids), radii)
    ids = [paper for topic in topics for paper in members[topic]]
    own = [number for number, topic in enumerate(topics) for _ in members[topic]]
    affinity = layout.cosines([library.words[paper] for paper in ids], centroids)
    numbers = {topic: number for number, topic in enumerate(topics)}
    for row, paper in zip(affinity, ids, strict=True):
        for topic in {*library.records[paper].topics} & numbers.keys():
            row[numbers[topic]] += 0.2
    wished = layout.around(centres, own, affinity)
    middles = layout.means(wished, own)
    named = layout.signs(middles, [(width + 10, height + 8) for _, width, height in signs])
    margin = _PITCH * 0.3
    closed = [
        (
            place.real - width / 2 - margin,
            place.imag - height / 2 - margin,
            place.real + width / 2 + margin,
            place.imag + height / 2 + margin,
        )
        for place, (_, width, height) in zip(named, signs, strict=True)
    ]
    places = layout.honeycomb(wished, [middles[number] for number in own], _PITCH, closed)
    points = [
        Point(
            place.real,
            place.imag,
            _PITCH * 0.3,
            plain_title(library.records[paper]),
            f"papers/{paper}.md",
            group_of[topics[number]],
        )
        for place, paper, number in zip(places, ids, own, strict=True)
    ]
    return _sheet(
        points,
        [(place.real, place.imag, text, width) for place, (text, width, _) in zip(named, signs, strict=True)],
    )


def _topics_placed(library: Library, members: Mapping[str, Sequence[str]], group_of: Mapping[str, int]) -> Sheet:
    """Return the map of the topics alone, each as large as its number of papers."""
    topics = list(members)
    centroids = _centroids(library, topics)
    signs = _signs(library, topics)
    unit = math.sqrt(150_000 / math.pi / sum(len(members[topic]) for topic in topics))
    radii = [unit * math.sqrt(len(members[topic])) for topic in topics]
    room = [max(radius, width / 2) + 6 for radius, (_, width, _) in zip(radii, signs, strict=True)]
    centres = layout.discs(layout.cosines(centroids, centroids), room)
    # The group's mark stands over the name, both in the middle of the disc.
    points = [
        Point(
            place.real,
            place.imag,
            radius,
            f"{topic_name(library, topic)}, {count(len(members[topic]), 'paper')}",
            f"topics/{topic}.md",
            group_of[topic],
            mark=place.imag - height / 2 - 3,
        )
        for place, radius, topic, (_, _, height) in zip(centres, radii, topics, signs, strict=True)
    ]
    named = [(place.real, place.imag + 6, text, width) for place, (text, width, _) in zip(centres, signs, strict=True)]
    return _sheet(points, named, discs=True)


def _sheet(points: Sequence[Point], signs: Sequence[tuple[float, float, str, float]], *, discs: bool = False) -> Sheet:
    """Return what the map is drawn from: all of it moved to where nothing is cut off, in units rounded to a tenth."""
    edge = 6.0
    left = min([point.x - point.radius for point in points] + [x - width / 2 for x, _, _, width in signs]) - edge
    right = max([point.x + point.radius for point in points] + [x + width / 2 for x, _, _, width in signs]) + edge
    lines = SIGN_LINE * 2
    top = min([point.y - point.radius for point in points] + [y - lines for _, y, *_ in signs]) - edge
    bottom = max([point.y + point.radius for point in points] + [y + lines for _, y, *_ in signs]) + edge
    return Sheet(
        math.ceil(right - left),
        math.ceil(bottom - top),
        [
            point._replace(
                x=round(point.x - left, 1),
                y=round(point.y - top, 1),
                radius=round(point.radius, 1),
                mark=round(point.mark - top, 1),
            )
            for point in points
        ],
        [(round(x - left, 1), round(y - top, 1), text) for x, y, text, _ in signs],
        discs,
    )
