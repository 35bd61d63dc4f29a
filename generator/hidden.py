"""Characters that nobody sees: what no text of a record may hold, and how a source's text is mended."""

from __future__ import annotations

import re

# What has no place in a text: controls but for the line feed, halves of characters.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What makes a text read otherwise than it is: every control of the direction of writing (Bidi_Control of
# https://www.unicode.org/reports/tr9/), deprecated format controls, tags, a byte order mark, what is no character.
# Joiners stay: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def text_fault(text: str) -> str | None:
    """Say why ``text`` cannot stand in a record, or ``None`` where it can: it must hold no hidden controls."""
    if text.replace("\n", "").isprintable():  # as nearly every text is; no control and nothing invisible is printable
        return None
    if match := _CONTROL.search(text):
        return f"holds the control character U+{ord(match[0]):04X}; delete it"
    if match := _INVISIBLE.search(text):
        return f"holds the invisible character U+{ord(match[0]):04X}; delete it"
    return None


def without_hidden(text: str) -> str:
    """Return ``text`` without the invisible characters that no record may hold; a source's text is mended so."""
    return _INVISIBLE.sub("", text)
