"""The kinds of figures as SVG in the variables of ``assets/pictures.css``: columns, rows, a grid, a map and its marks.

A figure is drawn from plain data. It takes colours and letters from its page, so that one is right in light and dark.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator import escaping

GROUPS = 10
"""How many groups have a colour of their own; further ones begin anew, with another mark."""
STEPS = 5
"""How many shades the heat map has."""
SIGN_LETTER, SIGN_LINE = 10, 12
"""Height of letters and of lines of the signs on the map, in its units."""
VARIABLES = (
    *("--rl-ink", "--rl-faint", "--rl-bar", "--rl-rest"),
    *(f"--rl-group-{number}" for number in range(GROUPS)),
    *(f"--rl-{on}heat-{number}" for on in ("", "on-") for number in range(1, STEPS + 1)),
)
"""The variables that the stylesheet must set, in light and in dark."""

_WIDTH = 360
"""The width of a chart in units: CSS pixels on a phone, where it is shown in its own size."""
_LINE, _NAMES = 15.5, 176
"""The height of a line of a chart of lines, and the width of the names beside it."""
_MIDDLE = 0.36
"""How far a baseline lies under the middle of a line of letters, as a share of their size."""
_LETTER = 0.54
"""How wide a letter is, as a share of its size."""


def _ring(corners: int, turn: float = -math.pi / 2, *radii: float) -> list[complex]:
    """Return the corners of a regular figure around 0, the first at ``turn``; ``radii`` take turns, else all are 1."""
    radii = radii or (1.0,)
    return [cmath.rect(radii[corner % len(radii)], turn + 2 * math.pi * corner / corners) for corner in range(corners)]


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
    [1.1 * corner for corner in _ring(10, -math.pi / 2, 1.0, 0.42)],
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


def _columns(data: Any) -> Figure:
    """Draw a column for each ``[label, height, text above, is it pale]``."""
    left, right, top, floor = 4, _WIDTH - 4, 16, 190
    pitch = (right - left) / max(len(data), 4)
    most = max([height for _, height, _, _ in data], default=0) or 1
    tops = [floor - height / most * (floor - top) for _, height, _, _ in data]
    middles = [left + pitch * (place + 0.5) for place in range(len(data))]
    bars = "".join(
        _bar(x - pitch * 0.39, y, pitch * 0.78, floor - y, "rest" if pale else "bar")
        for x, y, (*_, pale) in zip(middles, tops, data, strict=True)
    )
    line = f'<path d="M{left} {floor}H{right}" style="fill:none;stroke:var(--rl-faint)"/>'
    labels = [(x, floor + 13.7, row[0]) for x, row in zip(middles, data, strict=True)]
    values = [(x, y - 3, row[2]) for x, y, row in zip(middles, tops, data, strict=True)]
    return Figure(_WIDTH, 210, bars + line + _texts([*_apart(labels, 9.5), *values], 9.5, "middle"))


def _rows(data: Any) -> Figure:
    """Draw a bar for each ``[name, length, text behind]`` under the name of its group."""
    lines, right = _lines(data), _WIDTH - 26
    longest = max([row[1] for _, _, row in lines if row], default=0) or 1
    bars, values = [], []
    for place, (group, _, row) in enumerate(lines):
        if row:
            middle, length = _middle(place, 4), row[1] / longest * (right - _NAMES)
            bars.append(_bar(_NAMES, middle - _LINE * 0.36, length, _LINE * 0.72, f"group-{group % GROUPS}"))
            values.append((_NAMES + length + 3, middle + 9.5 * _MIDDLE, row[2]))
    return _with_names(lines, 4, "".join(bars) + _texts(values, 9.5))


def _grid(data: Any) -> Figure:
    """Draw a heat map: ``columns`` are its heads, ``groups`` of ``[name, counts]`` its lines."""
    lines, heads, top, right = _lines(data["groups"]), data["columns"], 20, _WIDTH - 2
    pitch = (right - _NAMES) / max(len(heads), 1)
    middles = [_NAMES + pitch * (column + 0.5) for column in range(len(heads))]
    most = max([count for _, _, row in lines if row for count in row[1]], default=0) or 1
    cells: list[str] = []
    counts: dict[int, list[tuple[float, float, str]]] = {step: [] for step in range(1, STEPS + 1)}
    for place, (_, _, row) in enumerate(lines):
        y = _middle(place, top)
        for x, number in zip(middles, row[1] if row else (), strict=bool(row)):
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


def _lines(groups: Any) -> list[tuple[int, str, Any]]:
    """Return the lines of a figure: number and name of a group, with nothing for its head, then with each row."""
    return [(number, group["name"], row) for number, group in enumerate(groups) for row in (None, *group["rows"])]


def _middle(place: int, top: float) -> float:
    return top + _LINE * (place + 0.5)


def _with_names(lines: Sequence[tuple[int, str, Any]], top: float, body: str) -> Figure:
    """Return a chart of lines with the names of groups and rows beside it."""
    rows = [(_NAMES - 6, _middle(place, top) + 10 * _MIDDLE, row[0]) for place, (_, _, row) in enumerate(lines) if row]
    heads = [(2, _middle(place, top) + 9 * _MIDDLE, name) for place, (_, name, row) in enumerate(lines) if not row]
    height = top + 4 + _LINE * max(len(lines), 1)
    return Figure(_WIDTH, height, body + _texts(rows, 10, "end") + _texts(heads, 9, bold=True))


def _mark(group: Any) -> Figure:
    """Draw the mark of one group, for a legend."""
    return Figure(12, 12, f'<g style="fill:var(--rl-group-{group % GROUPS})">{_shape(group, 6, 6, 4.5)}</g>')


def _shape(group: int, x: float, y: float, radius: float, id: str = "") -> str:
    """Return the mark of a group as an element, with an id where it has one."""
    corners, named = MARKS[group % len(MARKS)], f' id="{id}"' if id else ""
    if not corners:
        return f'<circle{named} cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}"/>'
    places = "L".join(f"{_number(x + radius * corner.real)} {_number(y + radius * corner.imag)}" for corner in corners)
    return f'<path{named} d="M{places}z"/>'


def _map(data: Any) -> Figure:
    """Draw points that open pages, with signs; ``points``, ``signs`` and the size are in one unit, y downward."""
    width, height = data["size"]
    body = []
    for group in sorted({point["group"] for point in data["points"]}):
        points = [point for point in data["points"] if point["group"] == group]
        if data["discs"]:  # a pale disc as large as the topic, and the group's mark over the name
            drawn = [
                f'<circle cx="{_number(point["x"])}" cy="{_number(point["y"])}" r="{_number(point["radius"])}"'
                f' style="opacity:.22"/>{_shape(group, point["x"], point["mark"], 5)}'
                for point in points
            ]
        else:
            id = f"map-mark-{group}"
            body.append(f"<defs>{_shape(group, 0, 0, points[0]['radius'], id)}</defs>")
            drawn = [f'<use href="#{id}" x="{_number(point["x"])}" y="{_number(point["y"])}"/>' for point in points]
        links = [_link(point, inner) for point, inner in zip(points, drawn, strict=True)]
        body.append(f'<g style="fill:var(--rl-group-{group % GROUPS})">{"".join(links)}</g>')
    signs = [
        (x, y + SIGN_LINE * (number - text.count("\n") / 2) + SIGN_LETTER * _MIDDLE, line)
        for x, y, text in data["signs"]
        for number, line in enumerate(text.split("\n"))
    ]
    return Figure(width, height, "".join(body) + _texts(signs, SIGN_LETTER, "middle", bold=True))


def _link(point: Mapping[str, Any], inner: str) -> str:
    name, group = escaping.markdown(point["name"]), point["group"] % GROUPS
    return (  # the address first: so `commonmark.lead` knows a link to a file
        f'<a href="{escaping.html(point["address"])}" class="rl-g{group}" tabindex="-1" aria-label="{name}">'
        f"<title>{name}</title>{inner}</a>"
    )


KINDS: Mapping[str, Callable[[Any], Figure]] = {
    "columns": _columns,
    "rows": _rows,
    "grid": _grid,
    "map": _map,
    "mark": _mark,
}
