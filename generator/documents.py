"""One YAML file as text with line numbers: a strict reader, a canonical writer, and writing that never tears a file.

Every scalar is read as text: ``2301.00010``, ``no`` and ``2024-13-01`` stay what was typed. What YAML offers beyond
plain mappings, lists and scalars (tags, anchors, several documents, duplicate keys) is refused.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from generator import files, locks
from generator.errors import InputError, Problem, WriteError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 6
WIDTH = 100

_EDITOR_LINE = "# yaml-language-server:"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Data = Any
"""Nested ``dict[str, Data]``, ``list[Data]`` and ``str``; ``None`` for an empty value."""


@dataclass(frozen=True)
class Document:
    """The data of a YAML file, the line of every value by its path (``("links", "code")``), and what is wrong."""

    path: str
    text: str
    data: Data = None
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, place: Sequence[str | int]) -> int:
        """Return the line of ``place``, or of the nearest thing around it that has one."""
        place = tuple(place)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path, *, limit: int = MAX_BYTES) -> Document:
    """Read a YAML file. Raises InputError where it cannot be read at all; other faults stand in ``problems``."""
    name = os.fspath(path)
    try:
        size = path.stat().st_size
        if size > limit:
            raise InputError(Problem(name, None, f"the file has {size} bytes; at most {limit} are read, so shorten it"))
        data = path.read_bytes()
    except OSError as error:
        raise InputError(Problem(name, None, f"cannot be read ({error.strerror}); make it readable")) from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(Problem(name, line, f"byte {error.start + 1} is not UTF-8; save the file as UTF-8")) from None
    return parse(name, text)


def parse(path: str, text: str) -> Document:
    """Read YAML ``text``; ``path`` is for messages. Faults are collected, up to the first that ends the reading."""
    if odd := _UNREADABLE.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        return Document(
            path, text, problems=(Problem(path, line, f"holds the control character U+{ord(odd[0]):04X}; delete it"),)
        )
    builder = _Builder(path)
    try:
        data = builder.build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "not YAML"
        builder.problems.append(
            Problem(path, mark.line + 1 if mark else 1, f"no YAML here ({what}); check quotes, colons and indentation")
        )
        data = None
    except _RefusedError as error:
        builder.problems.append(error.problem)
        data = None
    except RecursionError:
        builder.problems.append(Problem(path, 1, "nested too deeply; flatten it"))
        data = None
    return Document(path, text, data, builder.lines, tuple(builder.problems))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _RefusedError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Builder:
    """Turns YAML events into data, noting lines; recursive, but never deeper than MAX_DEPTH."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.problems: list[Problem] = []

    def build(self, events: Iterator[yaml.Event]) -> Data:
        data: Data = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refuse(event, "a second YAML document starts here; keep one per file")
            elif not isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)):
                data = self.node(event, events, ())
        return data

    def refuse(self, event: yaml.Event, message: str) -> _RefusedError:
        return _RefusedError(Problem(self.path, _line(event), message))

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], place: tuple[str | int, ...]) -> Data:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.refuse(event, "anchors (&) and aliases (*) are not read; write the value out, or quote it")
        if getattr(event, "tag", None):
            raise self.refuse(event, "tags (!) are not read; delete it, or quote the value")
        if len(place) > MAX_DEPTH:
            raise self.refuse(event, f"nested deeper than {MAX_DEPTH} levels; flatten it")
        self.lines.setdefault(place, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            return None if event.value in ("", "~", "null") and event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Data] = []
            for item in events:
                if isinstance(item, yaml.SequenceEndEvent):
                    break
                items.append(self.node(item, events, (*place, len(items))))
            return items
        found: dict[str, Data] = {}
        for key in events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            if not isinstance(key, yaml.ScalarEvent):
                raise self.refuse(key, "a key must be a plain word; write `field: value`")
            line = _line(key)
            if key.value in found:
                self.problems.append(Problem(self.path, line, f"{key.value}: stands twice; keep one"))
            self.lines[*place, key.value] = line
            found[key.value] = self.node(next(events), events, (*place, key.value))
        return found


def comment_line(text: str) -> int | None:
    """Return the line of the first comment in YAML ``text``, if any; the line at its top for editors is none."""
    end = text.find("\n") + 1 if text.startswith(_EDITOR_LINE) else 0
    if not re.search(r"(?:^|\s)#", text[end:], re.MULTILINE):
        return None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            found = text.find("#", end, token.start_mark.index)
            if found >= 0:
                return text.count("\n", 0, found) + 1
            end = max(end, token.end_mark.index)
    except yaml.YAMLError:
        return None  # what is no YAML is told elsewhere, and not written
    return None


# --- writing ---------------------------------------------------------------------------------------------------------

PROSE = frozenset({"summary", "abstract", "description"})
QUOTED = frozenset({"title", "issued", "added", "captured", "day"})
ALWAYS_BLOCK = frozenset({"results", "steps", "start_here", "corrected"})
_PATIENCE = 10.0
"""How many seconds a write waits for another run that writes into the same folder."""
_RESOLVER = yaml.resolver.Resolver()
_NOT_PLAIN = re.compile(r"^[^\w(]|: |:$| #|\s$")


def dump(data: Mapping[str, Data], *, head: str = "") -> str:
    """Write ``data`` in the one canonical form, after the comment lines of ``head``.

    Keys keep their order. Prose stands in literal blocks wrapped at 100 columns; a list or mapping of scalars stays on
    one line where it fits, else it has a line per item; text is plain where YAML reads it back as text, else quoted.
    """
    node = _node(data, ())
    text = yaml.serialize(node, Dumper=_DUMPER, allow_unicode=True, width=2**31 - 1)
    return head + str(text)


def _node(value: Data, place: tuple[str, ...]) -> yaml.Node:
    key = place[-1] if place else ""
    if isinstance(value, Mapping):
        pairs = [(_scalar(name, ""), _node(item, (*place, name))) for name, item in value.items()]
        flow = (
            bool(place)
            and (key.isdigit() or _fits(value, key))
            and _is_flat(value.values())
            and key not in ALWAYS_BLOCK
        )
        flow = flow and not (key.isdigit() and place[-2] in ALWAYS_BLOCK)
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=flow)
    if isinstance(value, (list, tuple)):
        flow = _is_flat(value) and _fits(value, key) and key not in ALWAYS_BLOCK
        items = [_node(item, (*place, str(number))) for number, item in enumerate(value)]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=flow)
    if isinstance(value, bool):
        return yaml.ScalarNode("tag:yaml.org,2002:bool", "true" if value else "false")
    if isinstance(value, int):
        return yaml.ScalarNode("tag:yaml.org,2002:int", str(value))
    return _scalar(str(value), key if "provenance" not in place else "")


def _scalar(text: str, key: str) -> yaml.ScalarNode:
    style = None
    if key in PROSE:
        text = "\n\n".join(
            textwrap.fill(part, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
            for part in text.split("\n\n")
        )
        text, style = f"{text}\n", "|"
    elif key in QUOTED or not _is_text(text) or _NOT_PLAIN.search(text):
        style = '"'
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


def _is_text(text: str) -> bool:
    """Tell whether YAML reads ``text`` back as text when it stands without quotes."""
    return bool(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str")  # type: ignore[no-untyped-call]


def _is_flat(values: Any) -> bool:
    return not any(isinstance(value, (Mapping, list, tuple)) for value in values)


def _fits(value: Data, key: str) -> bool:
    """Tell whether a flow list or mapping fits on a line; quotes and commas are counted roughly, but always alike."""
    parts = [f"{name}: {item}" for name, item in value.items()] if isinstance(value, Mapping) else list(map(str, value))
    return len(key) + 4 + sum(len(part) + 2 for part in parts) <= WIDTH


def write(path: Path, text: str, *, durable: bool = True) -> bool:
    """Make ``text`` the content of ``path``, wholly or not at all; return whether anything changed.

    A file that holds the same bytes already is not touched; a symbolic link is refused; what is no plain file (a
    device, a pipe) is written to. ``durable`` waits for the disk, and for other runs that write into the same folder.
    Without it the caller holds the folder, and can make the file again. Raises WriteError where writing fails; the old
    file stays.
    """
    data = text.encode("utf-8")
    made = files.missing(path.parent)
    outcome = "the old file is unchanged" if os.path.lexists(path) else "there is no file now"
    try:
        if _is_device(path):
            path.write_bytes(data)
            return True
        if path.is_symlink():
            raise WriteError(f"{path}: is a symbolic link; name the file itself, or delete the link")
        if files.holds(path, data):
            return False
        files.make(made)
        if durable:
            with locks.exclusive(path.parent, wait=_PATIENCE):
                files.sweep(path.parent)
                files.replace(path, data, durable=True)
                outcome = "the new file is there, but the disk may lose it"
                for folder in (path.parent, *(folder.parent for folder in made)):
                    files.sync(folder)
        else:
            files.replace(path, data, durable=False)
    except BaseException as error:
        files.remove_empty(made)
        if isinstance(error, OSError):
            raise WriteError(
                f"{path}: cannot be written ({error.strerror}); {outcome}; make room or make it writable"
            ) from error
        raise
    return True


def _is_device(path: Path) -> bool:
    """Tell whether a path is for writing into, such as ``/dev/stdout`` or a pipe."""
    if os.fspath(path).startswith(("/dev/std", "/dev/fd/", "/proc/self/fd/")):
        return True
    return path.exists() and not path.is_file() and not path.is_dir()
