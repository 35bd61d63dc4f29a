"""Characters that nobody sees: what no text of a record may hold, and how a source's text is mended."""

from __future__ import annotations

import re

# What has no place in a text: controls but for the line feed, halves of characters.
_CONTROL = "\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff"
# What makes a text read otherwise than it is: every control of the direction of writing (Bidi_Control of
# https://www.unicode.org/reports/tr9/), deprecated format controls, tags, what is no character.
_MISLEADING = "\u061c\u200e\u200f\u202a-\u202e\u2065-\u206f\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
# What only says where a line may break or a word go on: soft hyphens, spaces and joiners of no width, marks of byte
# order, unwritten signs of formulas. Behind a Mongolian letter the vowel separator is spelling. Joiners (U+200C,
# U+200D) stay: Persian, Indic scripts and emoji need them.
_EMPTY = "[\u00ad\u200b\u2060-\u2064\ufeff]|(?<![\u1820-\u18aa])\u180e"

EMPTY_FAULT = "is empty; fill it in or delete the field"

_FAULT = re.compile(f"[{_CONTROL}]|(?P<invisible>[{_MISLEADING}])")
_WITHOUT_WIDTH = re.compile(_EMPTY)
_INVISIBLE = re.compile(f"[{_MISLEADING}]|{_EMPTY}")
_NOT_SHOWN = re.compile(f"[{_CONTROL}\n\u2028\u2029{_MISLEADING}]|{_EMPTY}")


def text_fault(text: str) -> str | None:
    """Say why ``text`` cannot stand in a record, or ``None`` where it can: it must hold no hidden controls.

    Of a text in which nothing can be seen, that it is empty.
    """
    if text.replace("\n", "").isprintable():  # as nearly every text is; no control and nothing invisible is printable
        return None
    match = _FAULT.search(text)
    if match is None:
        return None if without_empty(text).strip() else EMPTY_FAULT
    kind = "invisible" if match["invisible"] else "control"
    return f"holds the {kind} character U+{ord(match[0]):04X}; delete it"


def without_hidden(text: str) -> str:
    """Return ``text`` without invisible characters; a source's text is mended so."""
    return _INVISIBLE.sub("", text)


def without_empty(text: str) -> str:
    """Return ``text`` without the characters that have neither width nor meaning, which part words in two."""
    return text if text.isascii() or text.isprintable() else _WITHOUT_WIDTH.sub("", text)


def empty_in(text: str) -> str | None:
    """Name the first character in ``text`` that has neither width nor meaning."""
    return f"U+{ord(match[0]):04X}" if (match := _WITHOUT_WIDTH.search(text)) else None


def shown(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """Return ``text`` with another one ``instead`` of each control, end of line and invisible character."""
    return _NOT_SHOWN.sub(instead, text)
