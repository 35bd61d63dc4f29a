"""The kinds of figures, drawn by matplotlib in stand-in colours: columns, rows, a grid, a map and its marks.

This module is loaded without matplotlib; a figure comes in that whoever draws has made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROUPS = 10
"""How many groups have a colour of their own; further ones begin anew, with another mark."""
STEPS = 5
"""How many shades the heat map has."""
SIGN_LETTER, SIGN_LINE = 10, 12
"""Height of letters and of lines of the signs on the map, in its units."""
_MARKS = ("o", "s", "^", "D", "P", "v", "X", "*", "<", "p", ">")
_WIDTH = 360
"""The width of a figure in units: CSS pixels on a phone, where it is shown in its own size."""

PAINTS: Mapping[str, str] = {
    "#010000": "ink",
    "#010001": "faint",
    "#010002": "bar",
    "#010003": "rest",
    **{f"#0200{number:02x}": f"group-{number}" for number in range(GROUPS)},
    **{f"#0300{number:02x}": f"heat-{number}" for number in range(1, STEPS + 1)},
    **{f"#0400{number:02x}": f"on-heat-{number}" for number in range(1, STEPS + 1)},
}
VARIABLES = tuple(f"--rl-{name}" for name in PAINTS.values())
"""The variables that the stylesheet must set, in light and in dark."""
STAND_IN = {name: colour for colour, name in PAINTS.items()}


def _axes(figure: Figure, height: float, left: float, top: float, right: float = 4, bottom: float = 4) -> Axes:
    """Return bare axes in a figure of the common width; margins are in its units."""
    figure.set_size_inches(_WIDTH / 72, height / 72)
    axes = figure.add_axes((left / _WIDTH, bottom / height, 1 - (left + right) / _WIDTH, 1 - (top + bottom) / height))
    axes.set_frame_on(False)
    axes.tick_params(bottom=False, left=False, top=False, labelcolor=STAND_IN["ink"], labelsize=10, pad=3)
    return axes


def _columns(figure: Figure, data: Any) -> None:
    """Draw a column for each ``[label, height, text above, is it pale]``."""
    axes = _axes(figure, 210, 4, 16, bottom=20)
    for place, (_, height, text, pale) in enumerate(data):
        paint = STAND_IN["rest" if pale else "bar"]
        axes.bar(place, height, 0.78, color=paint, clip_on=False)
        axes.annotate(text, (place, height), (0, 3), textcoords="offset points", ha="center", fontsize=9.5)
    axes.set_xticks(range(len(data)), [label for label, *_ in data], fontsize=9.5)
    axes.set_yticks([])
    axes.set_xlim(-0.5, max(len(data), 4) - 0.5)
    axes.set_ylim(0, max([height for _, height, _, _ in data], default=0) or 1)
    axes.axhline(0, color=STAND_IN["faint"], linewidth=1, clip_on=False)


def _rows(figure: Figure, data: Any) -> None:
    """Draw a bar for each ``[name, length, text behind]`` under the name of its group."""
    lines = _lines(data)
    axes = _line_axes(figure, lines, 26, top=4)
    longest = max([row[1] for _, _, row in lines if row], default=0) or 1
    for place, (group, _, row) in enumerate(lines):
        if row:
            axes.barh(place, row[1], 0.72, color=STAND_IN[f"group-{group % GROUPS}"], clip_on=False)
            axes.annotate(
                row[2], (row[1], place), (3, 0), textcoords="offset points", va="center_baseline", fontsize=9.5
            )
    axes.set_xlim(0, longest)
    axes.set_xticks([])


def _mark(figure: Figure, group: Any) -> None:
    """Draw the mark of one group, for a legend."""
    figure.set_size_inches(12 / 72, 12 / 72)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    _scatter(axes, group, [0], [0], [9])


def _scatter(axes: Axes, group: int, x: list[float], y: list[float], widths: list[float], **more: Any) -> Any:
    """Draw marks of one group: its colour and its shape, unless ``more`` says otherwise."""
    look = {"color": STAND_IN[f"group-{group % GROUPS}"], "marker": _MARKS[group % len(_MARKS)], **more}
    # One size for all lets matplotlib draw the mark once and refer to it.
    sizes = [width**2 for width in (widths if len(set(widths)) > 1 else widths[:1])]
    return axes.scatter(x, y, sizes, linewidths=0, clip_on=False, **look)


def _grid(figure: Figure, data: Any) -> None:
    """Draw a heat map: ``columns`` are its heads, ``groups`` of ``[name, counts]`` its lines."""
    from matplotlib.colors import ListedColormap

    lines, heads = _lines(data["groups"]), data["columns"]
    axes = _line_axes(figure, lines, 2, top=20)
    most = max([count for _, _, row in lines if row for count in row[1]], default=0) or 1
    shades = [[_shade(count, most) for count in row[1]] if row else [0] * len(heads) for _, _, row in lines]
    colours = ListedColormap(["none", *(STAND_IN[f"heat-{step}"] for step in range(1, STEPS + 1))])
    for place, shade in enumerate(shades):
        for column, step in enumerate(shade):
            if step:
                axes.barh(place, 0.94, 0.9, left=column - 0.47, color=colours.colors[step], clip_on=False)  # type: ignore[index]
                axes.text(
                    column, place, str(lines[place][2][1][column]), ha="center", va="center_baseline", fontsize=8,
                    color=STAND_IN[f"on-heat-{step}"],
                )  # fmt: skip
    axes.set_xlim(-0.5, max(len(heads), 1) - 0.5)
    axes.xaxis.tick_top()
    axes.tick_params(top=False)
    axes.set_xticks(
        range(len(heads)),
        [f"’{head[-2:]}" if len(heads) > 6 and head.isdigit() else head for head in heads],
        fontsize=8,
    )


def _shade(count: int, most: int) -> int:
    """Return the shade of a count, from 0 for none to ``STEPS`` for the most."""
    return -(-count * STEPS // most)


def _lines(groups: Any) -> list[tuple[int, str, Any]]:
    """Return the lines of a figure: number and name of a group, with nothing for its head, then with each row."""
    return [(number, group["name"], row) for number, group in enumerate(groups) for row in (None, *group["rows"])]


def _line_axes(figure: Figure, lines: list[tuple[int, str, Any]], right: float, top: float) -> Axes:
    """Return axes with a line of 15.5 units for each group's name and each row's."""
    axes = _axes(figure, top + 4 + 15.5 * max(len(lines), 1), 176, top, right)
    axes.set_ylim(max(len(lines), 1) - 0.5, -0.5)
    axes.set_yticks([place for place, line in enumerate(lines) if line[2]], [row[0] for _, _, row in lines if row])
    for place, (_, name, row) in enumerate(lines):
        if not row:
            axes.annotate(
                name,
                (2, place),
                xycoords=("figure points", "data"),
                va="center_baseline",
                fontsize=9,
                fontweight="bold",
            )
    return axes


def _map(figure: Figure, data: Any) -> None:
    """Draw points that open pages, with signs; ``points``, ``signs`` and the size are in one unit, y downward."""
    width, height = data["size"]
    figure.set_size_inches(width / 72, height / 72)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    for group in sorted({point["group"] for point in data["points"]}):
        points = [point for point in data["points"] if point["group"] == group]
        x, y = [point["x"] for point in points], [point["y"] for point in points]
        widths = [2 * point["radius"] for point in points]
        if data["discs"]:  # a pale disc as large as the topic, and the group's mark over the name
            marks = _scatter(axes, group, x, y, widths, marker="o", alpha=0.22)
            _scatter(axes, group, x, [point["mark"] for point in points], [10] * len(points))
        else:
            marks = _scatter(axes, group, x, y, widths)
        marks.set_urls([point["address"] for point in points])
    for x, y, text in data["signs"]:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            height = y + SIGN_LINE * (number - (len(lines) - 1) / 2)
            axes.text(x, height, line, ha="center", va="center_baseline", fontsize=SIGN_LETTER, fontweight="bold")


KINDS: Mapping[str, Callable[[Figure, Any], None]] = {
    "columns": _columns,
    "rows": _rows,
    "grid": _grid,
    "map": _map,
    "mark": _mark,
}
