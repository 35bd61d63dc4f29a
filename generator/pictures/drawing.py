"""Pictures for pages: a figure in its frame, with a name and a description for whoever does not see it."""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup

from generator import escaping
from generator.pictures.figures import Figure


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
