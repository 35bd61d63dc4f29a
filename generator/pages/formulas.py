"""LaTeX formulas in titles as MathML, which browsers show without any script."""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ElementTree

from generator import escaping
from generator.facts import titles

_TAGS = frozenset(
    """math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mstyle
    mpadded""".split()
)
_ATTRIBUTES = {
    "xmlns": "http://www.w3.org/1998/Math/MathML",
    "display": "inline",
    "mathvariant": r"[a-z-]{1,24}",
    "stretchy": "true|false",
}
_LONGEST = 200


@functools.lru_cache(maxsize=1024)
def mathml(latex: str) -> str | None:
    """Return a formula (without its dollar signs) as MathML fit for a line of Markdown.

    ``None`` where it is too long, the library cannot read it, or it yields anything but plain presentation elements:
    a title is a stranger's text.
    """
    if len(latex) > _LONGEST:
        return None
    from latex2mathml.converter import convert  # slow to import, and few titles need it

    try:
        root = ElementTree.fromstring(convert(latex))  # noqa: S314 - the library's own output, read to check it
    except Exception:  # noqa: BLE001 - whatever the library makes of hostile text, the caller prints the title as text
        return None
    return _print(root) if "".join(root.itertext()).strip() else None


def _print(element: ElementTree.Element) -> str | None:
    tag = element.tag.rpartition("}")[2]
    attributes = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    if tag not in _TAGS or any(
        re.fullmatch(_ATTRIBUTES.get(name, r"\0"), value) is None for name, value in attributes.items()
    ):
        return None
    inner = [_refer(element.text or "")]
    for child in element:
        printed = _print(child)
        if printed is None:
            return None
        inner += [printed, _refer(child.tail or "")]
    given = "".join(f' {name}="{value}"' for name, value in sorted(attributes.items()))
    return f"<{tag}{given}>{''.join(inner)}</{tag}>"


def _refer(text: str) -> str:
    """Print text inside MathML so that neither HTML nor Markdown reads it as syntax."""
    return "".join(char if char.isalnum() else f"&#{ord(char)};" for char in text.strip() if char.isprintable())


def heading(title: str) -> str:
    """Return a title for a Markdown heading, its formulas as MathML, all else escaped."""
    pieces = []
    for is_math, text in titles.split_math(title):
        if is_math:
            pieces.append(mathml(text) or escaping.markdown(titles.plain(f"${text}$")))
        else:  # spaces at the ends part words from formulas
            before = " " if text.startswith(" ") else ""
            behind = " " if text.endswith(" ") else ""
            pieces.append(f"{before}{escaping.markdown(titles.plain(text))}{behind}")
    return "".join(pieces).strip()
