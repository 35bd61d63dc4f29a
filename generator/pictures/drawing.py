"""Pictures for pages: a figure in its frame, with a name and a description for whoever does not see it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from generator import escaping
from generator.pictures.figures import KINDS


def drawn(kind: str, name: str, title: str, text: str, data: Any) -> Markup:
    """Return a figure of one of the :data:`KINDS` as an ``svg`` element for a page.

    ``name`` tells the ids of a page's pictures apart; ``title`` and ``text`` are made plain; ``data`` is what the kind
    of figure is drawn from.
    """
    figure = KINDS[kind](data)
    # Links cannot stand inside an image: https://www.w3.org/TR/wai-aria-1.2/#img has no children that are told.
    role = "group" if kind == "map" else "img"
    return Markup(
        f'<svg class="rl-picture__svg" viewBox="0 0 {figure.width:g} {figure.height:g}" role="{role}"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-text">'
        f'<title id="{name}-title">{escaping.markdown(title)}</title>'
        f'<desc id="{name}-text">{escaping.markdown(text)}</desc>{figure.body}</svg>'
    )
