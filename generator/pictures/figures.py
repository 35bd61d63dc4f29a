"""The kinds of figures as SVG in the variables of ``assets/pictures.css``: columns, rows, a grid, a map and its marks.

A figure takes colours and letters from its page, so that one is right in light and dark.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from markupsafe import Markup

from generator import escaping

GROUPS = 10
"""How many groups have a colour of their own; further ones begin anew, with another mark."""
STEPS = 5
"""How many shades the heat map has."""
SIGN_LETTER, SIGN_LINE = 10, 12
"""Height of letters and of lines of the signs on the map, in its units."""

_WIDTH = 360
"""The width of a chart in units: CSS pixels on a phone, where it is shown in its own size."""
_LINE, _NAMES = 15.5, 176
"""The height of a line of a chart of lines, and the width of the names beside it."""
_MIDDLE = 0.36
"""How far a baseline lies under the middle of a line of letters, as a share of their size."""
_LETTER = 0.54
"""How wide a letter is, as a share of its size."""


def _ring(corners: int, radii: Sequence[float] = (1.0,)) -> list[complex]:
    """Return the corners of a regular figure around 0, the first at the top; ``radii`` take turns."""
    return [
        cmath.rect(radii[corner % len(radii)], -math.pi / 2 + 2 * math.pi * corner / corners)
        for corner in range(corners)
    ]


_PLUS = [(-1, -3), (1, -3), (1, -1), (3, -1), (3, 1), (1, 1), (1, 3), (-1, 3), (-1, 1), (-3, 1), (-3, -1), (-1, -1)]
_UP = [-1j, 1 + 1j, -1 + 1j]
# A circle, and the corners of the others, which reach about as far from the middle.
MARKS: tuple[Sequence[complex], ...] = (
    (),
    [-1 - 1j, 1 - 1j, 1 + 1j, -1 + 1j],
    _UP,
    [1.4 * corner for corner in _ring(4)],
    [complex(x, y) / 3 for x, y in _PLUS],
    [-corner for corner in _UP],
    [complex(x, y) / 3 * cmath.rect(1.05, math.pi / 4) for x, y in _PLUS],
    [1.1 * corner for corner in _ring(10, (1.0, 0.42))],
    [corner * -1j for corner in _UP],
    _ring(5),
    [corner * 1j for corner in _UP],
)


@dataclass(frozen=True)
class Figure:
    """A drawing without its frame: width and height in units, and the elements inside."""

    width: float
    height: float
    body: str


def drawn(figure: Figure, name: str, title: str, text: str, role: Literal["img", "group"] = "img") -> Markup:
    """Return a figure as an ``svg`` element for a page.

    ``name`` tells the ids of a page's pictures apart; ``title`` and ``text`` are made plain. A figure with links is a
    ``group``: they cannot stand inside an image, https://www.w3.org/TR/wai-aria-1.2/#img has no children that are told.
    """
    return Markup(
        f'<svg class="rl-picture__svg" viewBox="0 0 {figure.width:g} {figure.height:g}" role="{role}"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-text">'
        f'<title id="{name}-title">{escaping.markdown(title)}</title>'
        f'<desc id="{name}-text">{escaping.markdown(text)}</desc>{figure.body}</svg>'
    )


class Column(NamedTuple):
    """A column of a chart: what stands under it, how high it is, what stands above, and whether it is drawn pale."""

    label: str
    height: float
    text: str
    pale: bool = False


class Bar(NamedTuple):
    """A line of a chart: its name, the length of its bar, and what stands behind that."""

    name: str
    length: float
    text: str


class Cells(NamedTuple):
    """A line of a heat map: its name, and a count for each head."""

    name: str
    counts: Sequence[int]


_Line = TypeVar("_Line", bound=Bar | Cells)


class Point(NamedTuple):
    """A point of the map: its place and radius, its name, the page that it opens, and its group."""

    x: float
    y: float
    radius: float
    name: str
    page: str
    group: int
    mark: float = 0.0
    """How high the group's mark stands, where the point is a disc."""


@dataclass(frozen=True)
class Sheet:
    """What a map is drawn from, in one unit, y downward: its size, points, and signs of one or more lines."""

    width: float
    height: float
    points: Sequence[Point]
    signs: Sequence[tuple[float, float, str]]
    discs: bool
    """Whether points are pale discs with the group's mark on them."""


def _number(number: float) -> str:
    """Return a number to one digit: finer than an eye, and the same where processors differ in the last digits."""
    return f"{round(number, 1) + 0.0:g}"


def _bar(left: float, top: float, width: float, height: float, paint: str) -> str:
    x, y, wide, high = map(_number, (left, top, width, height))
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" style="fill:var(--rl-{paint})"/>'


def _texts(
    texts: Iterable[tuple[float, float, str]],
    size: float,
    anchor: str = "start",
    *,
    paint: str = "ink",
    bold: bool = False,
) -> str:
    """Return texts of one look; each stands with its baseline at a place."""
    style = f"font-size:{size:g}px;text-anchor:{anchor};fill:var(--rl-{paint}){';font-weight:700' if bold else ''}"
    inner = "".join(
        f'<text x="{_number(x)}" y="{_number(y)}">{escaping.markdown(text)}</text>' for x, y, text in texts if text
    )
    return f'<g style="{style}">{inner}</g>' if inner else ""


def _apart(texts: Iterable[tuple[float, float, str]], size: float) -> Iterator[tuple[float, float, str]]:
    """Yield the texts of a line, each around its middle, that do not run into the one before."""
    end = -math.inf
    for x, y, text in texts:
        half = len(text) * size * _LETTER / 2
        if x - half >= end:
            yield x, y, text
            end = x + half


def columns(data: Sequence[Column]) -> Figure:
    """Draw columns beside each other."""
    left, right, top, floor = 4, _WIDTH - 4, 16, 190
    pitch = (right - left) / max(len(data), 4)
    most = max([column.height for column in data], default=0) or 1
    tops = [floor - column.height / most * (floor - top) for column in data]
    middles = [left + pitch * (place + 0.5) for place in range(len(data))]
    bars = "".join(
        _bar(x - pitch * 0.39, y, pitch * 0.78, floor - y, "rest" if column.pale else "bar")
        for x, y, column in zip(middles, tops, data, strict=True)
    )
    line = f'<path d="M{left} {floor}H{right}" style="fill:none;stroke:var(--rl-faint)"/>'
    labels = [(x, floor + 13.7, column.label) for x, column in zip(middles, data, strict=True)]
    values = [(x, y - 3, column.text) for x, y, column in zip(middles, tops, data, strict=True)]
    return Figure(_WIDTH, 210, bars + line + _texts([*_apart(labels, 9.5), *values], 9.5, "middle"))


def rows(groups: Sequence[tuple[str, Sequence[Bar]]]) -> Figure:
    """Draw a bar on each line, under the name of its group."""
    lines, right = _lines(groups), _WIDTH - 26
    longest = max([bar.length for _, _, bar in lines if bar], default=0) or 1
    bars, values = [], []
    for place, (group, _, bar) in enumerate(lines):
        if bar:
            middle, length = _middle(place, 4), bar.length / longest * (right - _NAMES)
            bars.append(_bar(_NAMES, middle - _LINE * 0.36, length, _LINE * 0.72, f"group-{group % GROUPS}"))
            values.append((_NAMES + length + 3, middle + 9.5 * _MIDDLE, bar.text))
    return _with_names(lines, 4, "".join(bars) + _texts(values, 9.5))


def grid(heads: Sequence[str], groups: Sequence[tuple[str, Sequence[Cells]]]) -> Figure:
    """Draw a heat map of the counts under these heads."""
    lines, top, right = _lines(groups), 20, _WIDTH - 2
    pitch = (right - _NAMES) / max(len(heads), 1)
    middles = [_NAMES + pitch * (column + 0.5) for column in range(len(heads))]
    most = max([count for _, _, row in lines if row for count in row.counts], default=0) or 1
    cells: list[str] = []
    counts: dict[int, list[tuple[float, float, str]]] = {step: [] for step in range(1, STEPS + 1)}
    for place, (_, _, row) in enumerate(lines):
        y = _middle(place, top)
        for x, number in zip(middles, row.counts if row else (), strict=bool(row)):
            if step := _shade(number, most):
                cells.append(_bar(x - pitch * 0.47, y - _LINE * 0.45, pitch * 0.94, _LINE * 0.9, f"heat-{step}"))
                counts[step].append((x, y + 8 * _MIDDLE, str(number)))
    short = [f"’{head[-2:]}" if len(heads) > 6 and head.isdigit() else head for head in heads]
    body = [
        *cells,
        *(_texts(texts, 8, "middle", paint=f"on-heat-{step}") for step, texts in counts.items()),
        _texts(_apart([(x, top - 4.4, head) for x, head in zip(middles, short, strict=True)], 8), 8, "middle"),
    ]
    return _with_names(lines, top, "".join(body))


def _shade(count: int, most: int) -> int:
    """Return the shade of a count, from 0 for none to ``STEPS`` for the most."""
    return -(-count * STEPS // most)


def _lines(groups: Sequence[tuple[str, Sequence[_Line]]]) -> list[tuple[int, str, _Line | None]]:
    """Return the lines of a figure: number and name of a group, with nothing for its head, then with each row."""
    return [(number, name, row) for number, (name, its) in enumerate(groups) for row in (None, *its)]


def _middle(place: int, top: float) -> float:
    return top + _LINE * (place + 0.5)


def _with_names(lines: Sequence[tuple[int, str, _Line | None]], top: float, body: str) -> Figure:
    """Return a chart of lines with the names of groups and rows beside it."""
    names = [
        (_NAMES - 6, _middle(place, top) + 10 * _MIDDLE, row.name) for place, (_, _, row) in enumerate(lines) if row
    ]
    heads = [(2, _middle(place, top) + 9 * _MIDDLE, name) for place, (_, name, row) in enumerate(lines) if not row]
    height = top + 4 + _LINE * max(len(lines), 1)
    return Figure(_WIDTH, height, body + _texts(names, 10, "end") + _texts(heads, 9, bold=True))


def mark(group: int) -> Figure:
    """Draw the mark of one group, for a legend."""
    return Figure(12, 12, f'<g style="fill:var(--rl-group-{group % GROUPS})">{_shape(group, 6, 6, 4.5)}</g>')


def _shape(group: int, x: float, y: float, radius: float, id: str = "") -> str:
    """Return the mark of a group as an element, with an id where it has one."""
    corners, named = MARKS[group % len(MARKS)], f' id="{id}"' if id else ""
    if not corners:
        return f'<circle{named} cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}"/>'
    places = "L".join(f"{_number(x + radius * corner.real)} {_number(y + radius * corner.imag)}" for corner in corners)
    return f'<path{named} d="M{places}z"/>'


def plane(sheet: Sheet) -> Figure:
    """Draw a map: points that open pages, with signs."""
    body = []
    for group in sorted({point.group for point in sheet.points}):
        points = [point for point in sheet.points if point.group == group]
        if sheet.discs:  # a pale disc as large as the topic, and the group's mark over the name
            drawn = [
                f'<circle cx="{_number(point.x)}" cy="{_number(point.y)}" r="{_number(point.radius)}"'
                f' style="opacity:.22"/>{_shape(group, point.x, point.mark, 5)}'
                for point in points
            ]
        else:
            id = f"map-mark-{group}"
            body.append(f"<defs>{_shape(group, 0, 0, points[0].radius, id)}</defs>")
            drawn = [f'<use href="#{id}" x="{_number(point.x)}" y="{_number(point.y)}"/>' for point in points]
        links = [_link(point, inner) for point, inner in zip(points, drawn, strict=True)]
        body.append(f'<g style="fill:var(--rl-group-{group % GROUPS})">{"".join(links)}</g>')
    signs = [
        (x, y + SIGN_LINE * (number - text.count("\n") / 2) + SIGN_LETTER * _MIDDLE, line)
        for x, y, text in sheet.signs
        for number, line in enumerate(text.split("\n"))
    ]
    return Figure(sheet.width, sheet.height, "".join(body) + _texts(signs, SIGN_LETTER, "middle", bold=True))


def _link(point: Point, inner: str) -> str:
    name, group = escaping.markdown(point.name), point.group % GROUPS
    return (  # the address first: so `commonmark.lead` knows a link to a file
        f'<a href="{escaping.html(point.page)}" class="rl-g{group}" tabindex="-1" aria-label="{name}">'
        f"<title>{name}</title>{inner}</a>"
    )
