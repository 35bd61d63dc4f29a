"""Figures as SVG that takes its colours and letters from the page it stands on.

The colours that matplotlib draws with are stand-ins, each exchanged for a variable of ``assets/pictures.css``, so that
one drawing is right in light and dark. A drawing bears a key of what it was drawn from; one that
stands on a page already is kept, and matplotlib is not even loaded.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
import json
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from generator import escaping
from generator.pictures.figures import GROUPS, KINDS, PAINTS, STAND_IN


@dataclass(frozen=True)
class Picture:
    """What is to be drawn: the kind of figure, a short name for ids, title and description, and plain data.

    Where ``drawn`` is given, the figure is drawn from what it returns: data that is worked out only when it is needed.
    """

    kind: str
    name: str
    title: str
    description: str
    data: Any
    drawn: Callable[[], Any] | None = None

    @property
    def key(self) -> str:
        """The same for the same data, drawn by the same code with the same library."""
        told = json.dumps([self.kind, self.name, self.title, self.description, self.data], ensure_ascii=False)
        return hashlib.sha256(f"{_drawn_by()}{told}".encode()).hexdigest()[:16]


@functools.cache
def _drawn_by() -> str:
    version = importlib.metadata.version
    code = [
        Path(__file__).with_name(name).read_text("utf-8")
        for name in ("figures.py", "drawing.py", "layout.py", "atlas.py")
    ]
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
    body = _drawn(picture)
    return Markup(f'<svg data-drawn="{key}-{_digest(body)}"{body}')


def drawn(
    kind: str,
    name: str,
    title: str,
    text: str,
    data: Any,
    kept: str = "",
    places: Callable[[], Any] | None = None,
) -> Markup:
    """Return the :func:`drawing` of a picture whose title and text are made plain first."""
    return drawing(Picture(kind, name, escaping.clean(title), escaping.clean(text), data, places), kept)


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
        "text.color": STAND_IN["ink"],
        "text.parse_math": False,
        "text.usetex": False,
        "axes.unicode_minus": False,
    }
    out = io.StringIO()
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # letters are drawn by the browser, in fonts that have them
        figure = Figure(dpi=72)
        figure.patch.set_visible(False)
        KINDS[kind](figure, json.loads(data))
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def _drawn(picture: Picture) -> str:
    """Return the drawing without the beginning of its first tag: named, described, and without what pages have."""
    data = picture.drawn() if picture.drawn else picture.data
    root = ElementTree.fromstring(_svg(picture.kind, picture.name, json.dumps(data)))  # noqa: S314 - our own
    points = data["points"] if picture.kind == "map" else ()
    named = {point["address"]: (point["name"], point["group"] % GROUPS) for point in points}
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


def _plain(element: ElementTree.Element, prefix: str, named: Mapping[str, tuple[str, int]]) -> str:
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
        name, group = escaping.html(named[target][0]), named[target][1]
        return (
            f'<a class="rl-g{group}" href="{escaping.html(target)}" tabindex="-1" aria-label="{name}">'
            f"<title>{name}</title>{inner}</a>"
        )
    if tag in ("g", "a") and not given:
        return inner
    if tag == "use":
        given = {"href": f"#{prefix}-{target[1:]}", **given}
    if tag == "path" and element.get("id"):
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
        kept.append(f"{name}:{f'var(--rl-{PAINTS[value]})' if value in PAINTS else _round(value)}")
    return ";".join(kept)
