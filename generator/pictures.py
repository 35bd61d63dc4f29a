"""Pictures of the list: figures drawn by matplotlib as SVG that takes its colours and letters from the page.

matplotlib's own colours are stand-ins, each exchanged for a variable of ``assets/pictures.css``, so that one drawing is
right in light and dark. A drawing bears a key of what it was drawn from; one that stands on a page already is kept, and
matplotlib is not even loaded.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from markupsafe import Markup

from generator import escaping

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROUPS = 10
"""How many groups have a colour of their own; further ones begin anew, with another mark."""
STEPS = 5
"""How many shades the heat map has."""
_MARKS = ("o", "s", "^", "D", "P", "v", "X", "p", "<", "*", ">")
_WIDTH = 360
"""The width of a figure in units: CSS pixels on a phone, where it is shown in its own size."""

_PAINTS = {
    "#010000": "ink",
    "#010001": "faint",
    "#010002": "bar",
    "#010003": "rest",
    **{f"#0200{number:02x}": f"group-{number}" for number in range(GROUPS)},
    **{f"#0300{number:02x}": f"heat-{number}" for number in range(1, STEPS + 1)},
    **{f"#0400{number:02x}": f"on-heat-{number}" for number in range(1, STEPS + 1)},
}
PAINTS = tuple(f"--rl-{name}" for name in _PAINTS.values())
"""The variables that the stylesheet must set, in light and in dark."""
_STAND_IN = {name: colour for colour, name in _PAINTS.items()}


@dataclass(frozen=True)
class Point:
    """A mark on the map: where, how wide, what it is called and the address it opens; its group by number."""

    x: float
    y: float
    radius: float
    name: str
    address: str
    group: int


@dataclass(frozen=True)
class Picture:
    """What is to be drawn: the kind of figure, a short name for ids, title and description, and plain data."""

    kind: str
    name: str
    title: str
    description: str
    data: Any

    @property
    def key(self) -> str:
        """The same for the same data, drawn by the same code with the same library."""
        told = json.dumps([self.kind, self.name, self.title, self.description, self.data], ensure_ascii=False)
        return hashlib.sha256(f"{_drawn_by()}{told}".encode()).hexdigest()[:16]


@functools.cache
def _drawn_by() -> str:
    version = importlib.metadata.version
    code = [Path(__file__).with_name(name).read_text("utf-8") for name in ("pictures.py", "layout.py")]
    return "\0".join([version("matplotlib"), version("numpy"), *code])


def drawing(picture: Picture, kept: str = "") -> Markup:
    """Return the picture as an ``svg`` element for a page.

    ``kept`` is the text of the page as it was written before: a whole drawing in it that bears the right key is taken
    from there.
    """
    key = picture.key
    for found in re.finditer(rf'<svg data-drawn="{key}-([0-9a-f]{{16}})"(.*?</svg>)', kept, re.DOTALL):
        if _digest(found[2]) == found[1]:
            return Markup(found[0])
    body = _drawn(picture, key)
    return Markup(f'<svg data-drawn="{key}-{_digest(body)}"{body}')


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@functools.lru_cache(maxsize=64)
def _svg(kind: str, name: str, data: str) -> str:
    """Return what matplotlib makes of one figure, as text."""
    import matplotlib
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": "DejaVu Sans",  # comes with matplotlib, so that the widths it reckons with are the same anywhere
        "font.size": 9,
        "text.color": _STAND_IN["ink"],
        "text.parse_math": False,
        "text.usetex": False,
        "axes.unicode_minus": False,
    }
    out = io.StringIO()
    with matplotlib.rc_context(settings):
        figure = Figure(dpi=72, facecolor="none")
        _KINDS[kind](figure, json.loads(data))
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def _drawn(picture: Picture, key: str) -> str:
    """Return the drawing without the beginning of its first tag: named, described, and without what a page has itself."""
    root = ElementTree.fromstring(_svg(picture.kind, picture.name, json.dumps(picture.data)))  # noqa: S314 - our own
    named = {point["address"]: point["name"] for point in picture.data["points"]} if picture.kind == "map" else {}
    body = "".join(_plain(child, picture.name, named) for child in root)
    title, description = f"{picture.name}-title", f"{picture.name}-text"
    # Links cannot stand inside an image: https://www.w3.org/TR/wai-aria-1.2/#img has no children that are told.
    role = "group" if named else "img"
    return (
        f' class="rl-picture__svg" viewBox="{root.get("viewBox")}" role="{role}"'
        f' aria-labelledby="{title}" aria-describedby="{description}">'
        f'<title id="{title}">{escaping.html(picture.title)}</title>'
        f'<desc id="{description}">{escaping.html(picture.description)}</desc>{body}</svg>'
    )


_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_KEPT = ("d", "x", "y", "width", "height", "points", "transform")


def _plain(element: ElementTree.Element, prefix: str, named: Mapping[str, str]) -> str:
    """Return an element as text for a page: only what draws, links named, ids told apart by the picture's name."""
    tag = element.tag.removeprefix(_SVG)
    if tag in ("metadata", "style"):
        return ""
    inner = "".join(_plain(child, prefix, named) for child in element)
    given = {name: _round(element.get(name, "")) for name in _KEPT if element.get(name)}
    if "rotate(-0" in given.get("transform", ""):
        del given["transform"]
    if style := _style(element.get("style", "")):
        given["style"] = style
    target = element.get(_LINK, "")
    if tag == "a" and target:
        name = escaping.html(named[target])
        return (
            f'<a href="{escaping.html(target)}" tabindex="-1" aria-label="{name}"><title>{name}</title>{inner}</a>'
        )
    if tag in ("g", "a") and not given:
        return inner
    if tag == "use":
        given = {"href": f"#{prefix}-{target[1:]}", **given}
    if tag == "path" and element.get("id", "").startswith("m"):
        given = {"id": f"{prefix}-{element.get('id')}", **given}
    if tag == "defs" and not inner:
        return ""
    text = escaping.html(element.text or "") if tag == "text" else ""
    attributes = "".join(f' {name}="{value}"' for name, value in given.items())
    return f"<{tag}{attributes}>{text}{inner}</{tag}>" if text or inner else f"<{tag}{attributes}/>"


_NUMBER = re.compile(r"-?\d+\.\d+")
_IDLE = re.compile(r"stroke-(?:linejoin|linecap|miterlimit): [a-z0-9]+")


def _round(text: str) -> str:
    """Return numbers to one digit: finer than an eye, and the same where processors differ in the last digits."""
    return _NUMBER.sub(lambda match: f"{round(float(match[0]), 1) + 0.0:g}", text).replace("\n", " ").strip()


def _style(style: str) -> str:
    """Return declarations with the page's variables for colours and without fonts, which the page has of its own."""
    kept = []
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        name, _, value = declaration.partition(": ")
        if name in ("font-family",) or _IDLE.fullmatch(declaration):
            continue
        if name == "font":  # the shorthand holds the family too
            size = re.search(r"[\d.]+px", value)
            kept += ["font-weight:700"] if "bold" in value or "700" in value else []
            kept += [f"font-size:{size[0]}"] if size else []
            continue
        kept.append(f"{name}:{f'var(--rl-{_PAINTS[value]})' if value in _PAINTS else _round(value)}")
    return ";".join(kept)


# --- the kinds of figures --------------------------------------------------------------------------------------------


def _axes(figure: Figure, height: float, left: float, top: float, right: float = 4, bottom: float = 4) -> Axes:
    """Return bare axes in a figure of the common width; margins are in its units."""
    figure.set_size_inches(_WIDTH / 72, height / 72)
    axes = figure.add_axes((left / _WIDTH, bottom / height, 1 - (left + right) / _WIDTH, 1 - (top + bottom) / height))
    axes.set_frame_on(False)
    axes.tick_params(bottom=False, left=False, top=False, labelcolor=_STAND_IN["ink"], labelsize=9, pad=3)
    return axes


def _columns(figure: Figure, data: Any) -> None:
    """Draw a column for each ``[label, height, text above, is it pale]``."""
    axes = _axes(figure, 210, 4, 16, bottom=20)
    for place, (_, height, text, pale) in enumerate(data):
        paint = _STAND_IN["rest" if pale else "bar"]
        axes.bar(place, height, 0.78, color=paint, clip_on=False)
        axes.annotate(text, (place, height), (0, 3), textcoords="offset points", ha="center", fontsize=8.5)
    axes.set_xticks(range(len(data)), [label for label, *_ in data], fontsize=8.5 if len(data) < 14 else 7)
    axes.set_yticks([])
    axes.set_xlim(-0.5, max(len(data), 4) - 0.5)
    axes.set_ylim(0, max([height for _, height, _, _ in data], default=0) or 1)
    axes.axhline(0, color=_STAND_IN["faint"], linewidth=1, clip_on=False)


def _rows(figure: Figure, data: Any) -> None:
    """Draw a bar for each ``[name, length, text behind]`` under the name of its group."""
    lines = _lines(data)
    axes = _line_axes(figure, lines, 26, top=4)
    longest = max([row[1] for _, row in lines if row], default=0) or 1
    for place, (group, row) in enumerate(lines):
        if row:
            axes.barh(place, row[1], 0.72, color=_STAND_IN[f"group-{group % GROUPS}"], clip_on=False)
            axes.annotate(row[2], (row[1], place), (3, 0), textcoords="offset points", va="center", fontsize=8.5)
    axes.set_xlim(0, longest)
    axes.set_xticks([])


def _grid(figure: Figure, data: Any) -> None:
    """Draw a heat map: ``columns`` are its heads, ``groups`` of ``[name, counts]`` its lines."""
    from matplotlib.colors import ListedColormap

    lines, heads = _lines(data["groups"]), data["columns"]
    axes = _line_axes(figure, lines, 2, top=20)
    most = max([count for _, row in lines if row for count in row[1]], default=0) or 1
    shades = [[_shade(count, most) for count in row[1]] if row else [0] * len(heads) for _, row in lines]
    colours = ListedColormap(["none", *(_STAND_IN[f"heat-{step}"] for step in range(1, STEPS + 1))])
    for place, shade in enumerate(shades):
        for column, step in enumerate(shade):
            if step:
                axes.barh(place, 0.94, 0.9, left=column - 0.47, color=colours.colors[step], clip_on=False)  # type: ignore[index]
                axes.text(
                    column, place, str(lines[place][1][1][column]), ha="center", va="center_baseline", fontsize=8,
                    color=_STAND_IN[f"on-heat-{step}"],
                )  # fmt: skip
    axes.set_xlim(-0.5, len(heads) - 0.5)
    axes.xaxis.tick_top()
    axes.tick_params(top=False)
    axes.set_xticks(range(len(heads)), [head[-2:] if len(heads) > 6 and head.isdigit() else head for head in heads], fontsize=8)


def _shade(count: int, most: int) -> int:
    """Return the shade of a count, from 0 for none to ``STEPS`` for the most."""
    return -(-count * STEPS // most)


def _lines(groups: Any) -> list[tuple[int, Any]]:
    """Return the lines of a figure: each group's number with nothing for its name, then with each of its rows."""
    return [(number, row) for number, group in enumerate(groups) for row in (None, *group["rows"])] if groups else []


def _line_axes(figure: Figure, lines: list[tuple[int, Any]], right: float, top: float) -> Axes:
    return _named_lines(_axes(figure, top + 4 + 15.5 * len(lines), 164, top, right), lines)


def _named_lines(axes: Axes, lines: list[tuple[int, Any]]) -> Axes:
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_yticks([place for place, (_, row) in enumerate(lines) if row], [row[0] for _, row in lines if row])
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
        marks = axes.scatter(
            [point["x"] for point in points],
            [point["y"] for point in points],
            [(2 * point["radius"]) ** 2 for point in points],
            color=_STAND_IN[f"group-{group % GROUPS}"],
            marker=_MARKS[group % len(_MARKS)],
            linewidths=0,
            clip_on=False,
        )
        marks.set_urls([point["address"] for point in points])
    for x, y, text in data["signs"]:
        axes.text(x, y, text, ha="center", va="center", fontsize=11, fontweight="bold", linespacing=1.1)


_KINDS: Mapping[str, Callable[[Figure, Any], None]] = {"columns": _columns, "rows": _rows, "grid": _grid, "map": _map}
