"""One YAML file as text with line numbers: a strict reader, a canonical writer, and writing that never tears a file.

Every scalar is read as text: ``2301.00010``, ``no`` and ``2024-13-01`` stay what was typed. What YAML offers beyond
plain mappings, lists and scalars (tags, anchors, several documents, duplicate keys) is refused.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from generator.disk import files, locks
from generator.errors import InputError, Problem, WriteError

MAX_BYTES = 1024 * 1024  # a paper of 3,000 authors takes a tenth of it, a table of 10,000 redirects a half
MAX_DEPTH = 6
WIDTH = 100

_EDITOR_LINE = "# yaml-language-server:"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# Beside controls: what YAML takes for the end of a line and editors do not, so that lines would be counted differently.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EMPTY = ("", "~", "null")
_REMEDIES = {
    "mapping values are not allowed": "a text that holds a colon and a space goes into quotes",
    "expected ':'": "behind a field's name stand a colon and a space, and the lines of a longer text are indented",
    "expected ',' or": "a bracket opens here: close it, and part what stands in it by commas",
    "cannot start any token": "a text that begins with such a sign goes into quotes",
}
_MOST_NAMED = 80  # characters of a key that a message repeats

Data = Any
"""Nested ``dict[str, Data]``, ``list[Data]`` and ``str``; ``None`` for an empty value."""


@dataclass(frozen=True)
class Document:
    """The data of a YAML file, and what is wrong. Of two values with one key, which is wrong, the first is there."""

    path: str
    text: str
    data: Data = None
    problems: tuple[Problem, ...] = ()

    @cached_property
    def lines(self) -> Mapping[tuple[str | int, ...], int]:
        """The line of every value by its path, such as ``("links", "code")``; read anew, as few are asked."""
        builder = _Builder(self.path)
        with contextlib.suppress(yaml.YAMLError, InputError):
            builder.build(self.text, ())
        return builder.lines

    def line(self, place: Sequence[str | int]) -> int:
        """Return the line of ``place``, or of the nearest thing around it that has one."""
        place = tuple(place)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path) -> Document:
    """Read a YAML file. Raises InputError where it cannot be read at all; other faults stand in ``problems``."""
    name = os.fspath(path)
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            message = f"the file has {size} bytes; at most {MAX_BYTES} are read, so shorten it"
            raise InputError(Problem(name, None, message))
        data = path.read_bytes()
    except OSError as error:
        raise InputError(Problem(name, None, f"cannot be read ({error.strerror}); make it readable")) from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Problem(name, None, "the file is in UTF-16; save it as UTF-8"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(Problem(name, line, f"byte {error.start + 1} is not UTF-8; save the file as UTF-8")) from None
    return parse(name, text)


def parse(path: str, text: str) -> Document:
    """Read YAML ``text``; ``path`` is for messages. Faults are collected, up to the first that ends the reading."""
    if odd := _UNREADABLE.search(text):
        line = len(re.findall(r"\r\n|\n|\r", text[: odd.start()])) + 1
        fault = Problem(path, line, f"holds the control character U+{ord(odd[0]):04X}; delete it")
        return Document(path, text, problems=(fault,))
    builder = _Builder(path)
    data: Data = None
    try:
        data = builder.build(text)
    except yaml.MarkedYAMLError as error:
        builder.problems.append(Problem(path, *_wrong(text, error)))
    except InputError as error:
        builder.problems.append(error.problem)
    return Document(path, text, data, tuple(builder.problems))


def _wrong(text: str, error: yaml.MarkedYAMLError) -> tuple[int, str]:
    """Return the line and the remedy of a text that is no YAML."""
    what, marks = error.problem or error.context or "not YAML", [error.problem_mark, error.context_mark]
    if re.search("simple key|flow", error.context or ""):  # begins where it lacks its colon, or its closing bracket
        marks.reverse()
    line = next((mark.line + 1 for mark in marks if mark), 1)
    if conflict := re.search("^<{7} ", text, re.MULTILINE):
        line = text.count("\n", 0, conflict.start()) + 1
        return line, "two versions stand here since a merge; keep one, or what both add; delete the lines of <, = and >"
    if re.match(" *\t", next(iter(text.split("\n")[line - 1 :]), "")):
        return line, "a tab indents this line; write spaces"
    if quote := _open_quote(text, error):
        return quote.line + 1, "a quote opens here that this line does not close; close it where its text ends"
    remedies = (remedy for sign, remedy in _REMEDIES.items() if sign in what)
    return line, f"no YAML here ({what}); {next(remedies, 'check quotes, colons and indentation')}"


def _open_quote(text: str, error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Return where a quote opens that never closes, or lines below where another was to open, which is the error."""
    if "quoted scalar" in (error.context or "") and "unexpected" in (error.problem or ""):
        return error.context_mark
    events: list[Any] = []
    with contextlib.suppress(yaml.YAMLError):
        events.extend(yaml.parse(text, Loader=_LOADER))
    start, end, at = events[-1].start_mark, events[-1].end_mark, error.problem_mark
    is_quoted = getattr(events[-1], "style", None) in ("'", '"')
    return start if is_quoted and at and start.line < end.line == at.line else None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Turns YAML events into data, noting lines where it is told to; recursive, but never deeper than MAX_DEPTH."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.problems: list[Problem] = []
        self.next: Callable[[], yaml.Event] = lambda: yaml.StreamEndEvent()

    def build(self, text: str, place: tuple[str | int, ...] | None = None) -> Data:
        """Return the data of ``text``; lines are noted where its ``place``, the empty one, is given."""
        data: Data = None
        documents = 0
        self.next = _LOADER(text).get_event
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refuse(event, "a second YAML document starts here; keep one per file")
            elif not isinstance(event, (yaml.StreamStartEvent, yaml.DocumentEndEvent)):
                data = self.node(event, place, 0)
        return data

    def refuse(self, event: yaml.Event, message: str) -> InputError:
        return InputError(Problem(self.path, _line(event), message))

    def node(self, event: Any, place: tuple[str | int, ...] | None, depth: int) -> Data:
        kind = type(event)  # there are no kinds below these, and thousands of files to read
        if kind is yaml.AliasEvent or event.anchor:
            raise self.refuse(event, "anchors (&) and aliases (*) are not read; write the value out, or quote it")
        if event.tag:
            raise self.refuse(event, "tags (!) are not read; delete it, or quote the value")
        if depth > MAX_DEPTH:
            raise self.refuse(event, f"nested deeper than {MAX_DEPTH} levels; flatten it")
        if place is not None:
            self.lines.setdefault(place, _line(event))
        if kind is yaml.ScalarEvent:
            return None if event.value in _EMPTY and event.implicit[0] else event.value
        if kind is yaml.SequenceStartEvent:
            items: list[Data] = []
            while type(item := self.next()) is not yaml.SequenceEndEvent:
                items.append(self.node(item, None if place is None else (*place, len(items)), depth + 1))
            return items
        found: dict[str, Data] = {}
        while type(key := self.next()) is not yaml.MappingEndEvent:
            if type(key) is not yaml.ScalarEvent:
                raise self.refuse(key, "a key must be a plain word; write `field: value`")
            name: str = self.node(key, None, depth) or key.value  # a key has no tag or anchor either
            inner = None
            if name in found:
                self.problems.append(Problem(self.path, _line(key), f"{name[:_MOST_NAMED]}: stands twice; keep one"))
            elif place is not None:
                inner = (*place, name)
                self.lines[inner] = _line(key)
            found.setdefault(name, self.node(self.next(), inner, depth + 1))
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
_PATIENCE = 10.0  # seconds that a write waits for another run in the same folder
# Lists and mappings begin and end alike, in a block or, as flow, on a line.
_LIST = {flow: yaml.SequenceStartEvent(None, None, True, flow_style=flow) for flow in (False, True)}
_LIST_END = yaml.SequenceEndEvent()
_FIELDS = {flow: yaml.MappingStartEvent(None, None, True, flow_style=flow) for flow in (False, True)}
_FIELDS_END = yaml.MappingEndEvent()
_PLAIN_START = re.compile(r"[\w(]")


def dump(data: Mapping[str, Data], *, head: str = "") -> str:
    """Write ``data`` in the one canonical form, after the comment lines of ``head``.

    Keys keep their order. Prose stands in literal blocks wrapped at 100 columns; a list or mapping of scalars stays on
    one line where it fits, else it has a line per item; text is plain where YAML reads it back as text, else quoted.
    """
    events: list[yaml.Event] = [yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False)]
    _tell(data, events)
    events += (yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent())
    text = str(yaml.emit(events, Dumper=_DUMPER, allow_unicode=True, width=2**31 - 1))
    if r"\U" in text:  # libyaml escapes what lies beyond U+FFFF, such as emoji
        text = str(yaml.emit(events, Dumper=yaml.SafeDumper, allow_unicode=True, width=2**31 - 1))
    return head + text


def _tell(value: Data, events: list[yaml.Event], key: str = "", *, listed: bool = False, quoting: bool = False) -> None:
    """Add the events of a value. Events rather than nodes, for which YAML would guess the kind of every scalar anew.

    ``key`` names the value, or the list where it is ``listed`` as an item; what is at the top has none. ``quoting`` is
    for what is about fields rather than a field itself, as in a provenance.
    """
    if isinstance(value, str):
        own = not (listed or quoting)
        if own and key in PROSE:
            text = "\n\n".join(_wrapped(part, WIDTH - 2) for part in value.split("\n\n"))
            events.append(yaml.ScalarEvent(None, None, (False, True), f"{text}\n", style="|"))
        else:
            events.append(_scalar(value, own and key in QUOTED))
    elif isinstance(value, (bool, int)):
        events.append(yaml.ScalarEvent(None, None, (True, False), str(value).lower()))
    elif isinstance(value, (list, tuple)):
        flow = key not in ALWAYS_BLOCK and _is_flat(value) and _fits(value, key)
        events.append(_LIST[flow])
        for item in value:
            _tell(item, events, key, listed=True)
        events.append(_LIST_END)
    else:
        flow = bool(key) and key not in ALWAYS_BLOCK and _is_flat(value.values()) and (listed or _fits(value, key))
        events.append(_FIELDS[flow])
        for name, item in value.items():
            events.append(_scalar(name, False))
            _tell(item, events, name, quoting=key == "provenance")
        events.append(_FIELDS_END)


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
def _scalar(text: str, quoted: bool) -> yaml.ScalarEvent:
    """Return the event of a text: plain where it may be and YAML reads it back as text, else in quotes."""
    if not quoted and _PLAIN_START.match(text) and not _ends_a_plain_text(text):
        others = yaml.resolver.Resolver.yaml_implicit_resolvers.get(text[0], ())
        if not any(pattern.match(text) for _, pattern in others):
            return yaml.ScalarEvent(None, None, (True, True), text)
    style = "'" if max(text, default="") > "\uffff" else '"'  # in double quotes these are escaped
    return yaml.ScalarEvent(None, None, (False, True), text, style=style)


def _ends_a_plain_text(text: str) -> bool:
    """Tell whether YAML would read a key, a comment or white space that goes, where this text stands unquoted."""
    return ": " in text or " #" in text or text.endswith(":") or text[-1].isspace()


def _is_flat(values: Any) -> bool:
    return {dict, list, tuple}.isdisjoint(map(type, values))


def _fits(value: Data, key: str) -> bool:
    """Tell whether a flow list or mapping fits on a line; quotes and commas are counted roughly, but always alike."""
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return len(key) + 6 + len(", ".join(map(str, parts))) <= WIDTH


def write(path: Path, text: str, *, durable: bool = True) -> bool:
    """Make ``text`` the content of ``path``, wholly or not at all; return whether anything changed.

    A file that holds the same bytes already is not touched; a symbolic link is refused; what is no plain file (a
    device, a pipe) is written to. ``durable`` waits for the disk, and for other runs that write into the same folder.
    Without it the caller holds the folder, and can make the file again. Raises WriteError where writing fails; the old
    file stays.
    """
    data, made, outcome = text.encode("utf-8"), files.missing(path.parent), ""
    try:
        if files.is_device(path):
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
            raise not_written(path, error, outcome) from error
        raise
    return True


def not_written(path: str | Path, error: OSError, outcome: str = "") -> WriteError:
    """Return what is told where a file cannot be written wholly, and is as it was, or has another ``outcome``."""
    outcome = outcome or ("the old file is unchanged" if os.path.lexists(path) else "there is no file now")
    return WriteError(f"{path}: cannot be written ({error.strerror}); {outcome}; make room or make it writable")
