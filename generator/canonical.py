"""Data as YAML in the one form that this list's files have: written, and read where a text surely stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import yaml

Data = Any
"""Nested ``dict[str, Data]``, ``list[Data]`` and ``str``. What is read may be ``None``, where a value is empty; what is
written may be a tuple, a number or a ``bool``."""

WIDTH = 100
PROSE = frozenset({"summary", "abstract", "description"})
QUOTED = frozenset({"title", "issued", "added", "captured", "day"})
ALWAYS_BLOCK = frozenset({"results", "steps", "start_here", "corrected"})
_PLAIN_START = re.compile(r"[\w(]")
_ENDS_AN_ITEM = re.compile(r"[,?:\[\]{}]")
# What YAML writes in double quotes as an escape: controls, ends of lines, and what lies beyond U+FFFF, such as emoji.
_AS_IT_IS = "\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
_ESCAPED = re.compile(f"[^{_AS_IT_IS}]")
_NEVER_BARE = re.compile(f"[^{_AS_IT_IS}\U00010000-\U0010ffff]")


# --- writing ---------------------------------------------------------------------------------------------------------


def dump(data: Mapping[str, Data], *, head: str = "") -> str:
    """Write ``data`` in the one canonical form, after the comment lines of ``head``.

    Keys keep their order. Prose stands in literal blocks wrapped at 100 columns; a list or mapping of scalars stays on
    one line where it fits, else it has a line per item; text is plain where YAML reads it back as text, else quoted.
    """
    return f"{head}{_fields(data, '') or '{}'}\n"


def _fields(data: Mapping[str, Data], indent: str, *, quoting: bool = False) -> str:
    """Write each field on a line or more; all lines but the first begin with ``indent``."""
    fields = [f"{_scalar(name)}:{_value(value, name, indent, quoting=quoting)}" for name, value in data.items()]
    return f"\n{indent}".join(fields)


def _value(
    value: Data, key: str, indent: str, *, listed: bool = False, quoting: bool = False, flow: bool = False
) -> str:
    """Write what follows a key, or the dash of a list: a space and the value, or lines of its own after ``indent``.

    ``key`` names the value, or the list where it is ``listed`` as an item. ``quoting`` is for what is about fields
    rather than a field itself, as in a provenance; ``flow`` for what stands between brackets.
    """
    if isinstance(value, str):
        own = not (listed or quoting)
        return (
            _prose(value, indent, flow) if own and key in PROSE else f" {_scalar(value, own and key in QUOTED, flow)}"
        )
    if isinstance(value, (bool, int)):
        return f" {value}".lower()
    if isinstance(value, (list, tuple)):
        if not value or (key not in ALWAYS_BLOCK and _is_flat(value) and _fits(value, key)):
            items = [_value(item, key, indent, listed=True, flow=True) for item in value]
            return f" [{','.join(items)[1:]}]"
        items = [f"-{_value(item, key, f'{indent}  ', listed=True, quoting=quoting)}" for item in value]
        lines = f"\n{indent}".join(items)
    else:
        quoting = quoting or key == "provenance"
        if not value or (key not in ALWAYS_BLOCK and _is_flat(value.values()) and (listed or _fits(value, key))):
            fields = [
                f" {_scalar(name, flow=True)}:{_value(item, name, indent, quoting=quoting, flow=True)}"
                for name, item in value.items()
            ]
            return f" {{{','.join(fields)[1:]}}}"
        indent = indent if listed else f"{indent}  "
        lines = _fields(value, indent, quoting=quoting)
    return f" {lines}" if listed else f"\n{indent}{lines}"


def _prose(text: str, indent: str, flow: bool) -> str:
    text = "\n\n".join([_wrapped(part, WIDTH - 2) for part in text.split("\n\n")])
    lines = text.split("\n")
    if flow or _NEVER_BARE.search("".join(lines)):
        return " " + _in_quotes(text + "\n")
    return "\n".join([" |", *[line and f"{indent}  {line}" for line in lines]])


def _wrapped(text: str, width: int) -> str:
    """Return a paragraph in lines: what ``textwrap.fill`` gives where words are not broken, in a tenth of its time."""
    text = " ".join(text.split())
    lines, start = [], 0
    while len(text) - start > width:
        end = text.rfind(" ", start, start + width + 1)
        if end < 0 and (end := text.find(" ", start)) < 0:  # a word longer than a line stands alone on one
            break
        lines.append(text[start:end])
        start = end + 1
    return "\n".join([*lines, text[start:]])


@lru_cache(maxsize=2**14)  # keys, topics and sources recur
def _scalar(text: str, quoted: bool = False, flow: bool = False) -> str:
    """Write a text on its line: plain where it may be and YAML reads it back as text, else in quotes."""
    if not text.isprintable() and _NEVER_BARE.search(text):
        return _in_quotes(text)
    if not quoted and _PLAIN_START.match(text) and not _ends_a_plain_text(text) and not _is_another_kind(text):
        return _in_single_quotes(text) if flow and _ENDS_AN_ITEM.search(text) else text
    return _in_quotes(text) if text.isascii() or max(text) <= "\uffff" else _in_single_quotes(text)


def _ends_a_plain_text(text: str) -> bool:
    """Tell whether YAML would read a key, a comment or white space that goes, where this text stands unquoted."""
    return ": " in text or " #" in text or text.endswith(":") or text[-1].isspace()


def _is_another_kind(text: str) -> bool:
    """Tell whether YAML would read a number, a date, a truth or nothing, where this text stands unquoted."""
    return any(pattern.match(text) for _, pattern in yaml.resolver.Resolver.yaml_implicit_resolvers.get(text[0], ()))


def _in_single_quotes(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _in_quotes(text: str) -> str:
    """Write a text in double quotes, which are those of JSON but for a few characters."""
    return _ESCAPED.sub(lambda char: f"\\U{ord(char[0]):08X}", json.dumps(text, ensure_ascii=False))


def _is_flat(values: Any) -> bool:
    return {dict, list, tuple}.isdisjoint(map(type, values))


def _fits(value: Data, key: str) -> bool:
    """Tell whether a flow list or mapping fits on a line; quotes and commas are counted roughly, but always alike."""
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return len(key) + 6 + len(", ".join(map(str, parts))) <= WIDTH


# --- reading ---------------------------------------------------------------------------------------------------------

_KEY = r"[a-z_]{1,40}(?:\.[a-z]{1,40})?"
_FIELD = re.compile(_KEY)
# In brackets: what is plain there beyond doubt, and quotes without commas or anything to resolve.
_ITEM = r"""(?:[\w(](?:[^,:?#\[\]{}"']*[^ ,:?#\[\]{}"'])?|"[^,"\\]*"|'[^,']*')"""
_ITEMS = re.compile(rf"{_ITEM}(?:, {_ITEM})*")
_FIELDS = re.compile(rf"{_KEY}: {_ITEM}(?:, {_KEY}: {_ITEM})*")
_IN_QUOTES = re.compile(r""""([^"\\]*(?:\\["\\][^"\\]*)*)"|'([^']*(?:''[^']*)*)'""")
_BACKSLASH = re.compile(r"\\(.)")


class _OtherFormError(Exception):
    """A text is not, or not surely, in the canonical form."""


def read(text: str) -> dict[str, Data] | None:
    """Return the data of a text in the canonical form of a record, as YAML has it; ``None`` where it may be another.

    Most files are in this form, and read so in half the time. Whatever is not beyond doubt is left to YAML.
    """
    if not text.endswith("\n") or not text.replace("\n", "").isprintable():
        return None
    try:
        return _read(text.split("\n")) or None
    except _OtherFormError:
        return None


def _read(lines: list[str]) -> dict[str, Data]:
    data: dict[str, Data] = {}
    at, end = int(lines[0].startswith("#")), len(lines) - 1
    while at < end:
        key, colon, rest = lines[at].partition(":")
        at = start = at + 1
        if key in data or not colon or not _FIELD.fullmatch(key):
            raise _OtherFormError
        if rest == " |":
            while lines[at].startswith("  ") or (not lines[at] and at < end):
                at += 1
            data[key] = _read_prose(lines[start:at])
        elif rest.startswith(" "):
            data[key] = _read_value(rest[1:])
        elif rest:
            raise _OtherFormError
        elif lines[at].startswith("- "):
            while lines[at].startswith("- "):
                at += 1
            data[key] = [_read_value(line[2:]) for line in lines[start:at]]
        else:
            while lines[at].startswith("  "):
                at += 1
            data[key] = _read_fields([line[2:] for line in lines[start:at]], _read_scalar)
    return data


def _read_prose(lines: list[str]) -> str:
    if not lines or not lines[0][2:3].strip() or not lines[-1] or any(map(str.isspace, lines)):
        raise _OtherFormError
    return "".join([f"{line[2:]}\n" for line in lines])


def _read_value(text: str) -> Data:
    if text.startswith("[") and text.endswith("]") and _ITEMS.fullmatch(text, 1, len(text) - 1):
        return [_read_item(item) for item in text[1:-1].split(", ")]
    if text.startswith("{") and text.endswith("}") and _FIELDS.fullmatch(text, 1, len(text) - 1):
        return _read_fields(text[1:-1].split(", "), _read_item)
    return _read_scalar(text)


def _read_fields(fields: list[str], read_value: Callable[[str], str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields:
        key, colon, text = field.partition(": ")
        if key in found or not colon or not _FIELD.fullmatch(key):
            raise _OtherFormError
        found[key] = read_value(text)
    if not found:
        raise _OtherFormError
    return found


def _read_item(text: str) -> str:
    """Read what stands between brackets and is known to be an item."""
    if text == "null":
        raise _OtherFormError
    return text[1:-1] if text[0] in "\"'" else text


def _read_scalar(text: str) -> str:
    if _PLAIN_START.match(text) and text != "null" and not _ends_a_plain_text(text):
        return text
    if quoted := _IN_QUOTES.fullmatch(text):
        double, single = quoted.groups()
        return single.replace("''", "'") if double is None else _BACKSLASH.sub(r"\1", double)
    raise _OtherFormError
