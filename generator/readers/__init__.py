"""Readers turn the bytes of one file into entries; each input format has a module here.

A format is recognised by what a file holds, never by its name. A reader is a module with ``NAME``, ``recognises`` and
``read``; to add a format, write such a module and name it in ``READERS``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from generator.errors import InputError, Problem
from generator.facts.hidden import without_hidden
from generator.facts.names import OTHERS, without_others
from generator.facts.titles import fold, without_endless, without_marks
from generator.facts.venues import without_preprint
from generator.faults import faults_of
from generator.models import Entry, PersonName

MAX_BYTES = 64 * 1024 * 1024
_BEGINNING = 1024 * 1024
_CONTINUATION = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that go on with a character."""
MOST_MARKS: Mapping[str, Mapping[str, int]] = {
    "bibtex": {"@": 200_000, "=": 1_500_000, "{": 1_500_000, "\\": 200_000, "$": 200_000, " and ": 400_000},
    "csl-json": {",": 5_000_000, "{": 1_500_000, "[": 1_500_000},
    "csv": {"\n": 1_200_000, ",": 12_000_000, ";": 12_000_000, "\t": 12_000_000},
    "huggingface-text": {"\n": 600_000},
    "huggingface-json": {",": 5_000_000, "{": 1_500_000, "[": 1_500_000},
    "huggingface-page": {"data-props": 10_000, "&quot;": 12_000_000},
    "arxiv-atom": {"<": 6_000_000},
    "reading-list-json": {",": 20_000_000, "{": 6_000_000, "[": 6_000_000},
    "markdown": {"\n": 600_000, "[": 600_000, "|": 3_000_000},
    "ris": {"\n": 4_000_000},
}
"""How often a file of a format may hold what takes a reader long: far more than a hundred thousand papers need, but so
that no file which is small for its work keeps a run busy."""


@dataclass(frozen=True)
class Reading:
    """What a reader found in one file: entries in file order, or the problems that kept it from reading them."""

    path: str
    format: str
    entries: tuple[Entry, ...] = ()
    captured: str | None = None
    captured_inferred: bool = False
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    """What a person should know but what does not keep the file from being imported."""


class Reader(Protocol):
    """One input format."""

    NAME: str

    def recognises(self, text: str) -> bool:
        """Tell from its beginning whether ``text`` is in this format."""

    def read(self, path: str, text: str, captured: str | None) -> Reading:
        """Read the whole ``text`` of the file ``path``; ``captured`` is the capture's day where the user states it.

        Raises InputError where nothing of it can be read.
        """


def _readers() -> dict[str, Reader]:
    from generator.readers import (
        arxiv_atom,
        bibtex,
        csl_json,
        csv_table,
        huggingface_json,
        huggingface_page,
        huggingface_text,
        list_json,
        markdown_list,
        ris,
    )

    services: tuple[Reader, ...] = (list_json, huggingface_json, huggingface_page, arxiv_atom, huggingface_text)
    bibliographies: tuple[Reader, ...] = (csl_json, csv_table, ris, markdown_list, bibtex)
    return {module.NAME: module for module in (*services, *bibliographies)}


READERS: dict[str, Reader] = _readers()


def decode(path: str, data: bytes) -> str:
    r"""Return the text of a file: UTF-8, with or without a byte order mark, every line ending made ``\n``.

    Characters that turn the direction of writing, and others that no reader sees, are left out. Raises InputError for
    an empty or binary file, a PDF, a file in another encoding, and one that is too large: over 64 MiB, or in memory,
    where one rare character makes all others take four bytes.
    """

    def refuse(message: str, line: int | None = None) -> InputError:
        return InputError(Problem(path, line, message))

    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise refuse("the file is empty; save the listing again")
    if len(data) > MAX_BYTES:
        raise refuse(f"the file is larger than {MAX_BYTES // 2**20} MiB; split it")
    if data.startswith(b"%PDF"):
        raise refuse("the file is a PDF; save the listing as text instead")
    if data.startswith(b"\x1f\x8b"):
        raise refuse("the file is compressed (gzip); unpack it first, as gunzip does")
    if data.startswith(b"PK\x03\x04"):
        raise refuse("the file is a zip archive or an office document; unpack it, or save it as text or CSV")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("the file is in UTF-16; save it as UTF-8")
    if b"\0" in data:
        raise refuse("the file is binary, not text; save the listing as UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(f"byte {error.start + 1} is not UTF-8; save the file as UTF-8", line) from None
    if sys.getsizeof(text) > MAX_BYTES * 5 // 4:
        raise refuse(f"the text takes more than {MAX_BYTES * 5 // 2**22} MiB of memory; split the file")
    return without_endless(without_hidden(text.replace("\r\n", "\n").replace("\r", "\n")))


def read(path: str, data: bytes, *, format: str | None = None, captured: str | None = None) -> Reading:
    """Read one file of any known format.

    ``path`` is named in messages and entries, ``format`` is a name in READERS or ``None`` to recognise it by content,
    ``captured`` the day of the capture (``YYYY-MM-DD``) where the user states it. Whatever is wrong with the file
    stands in ``problems`` of the result, which then holds no entries: a file is read whole or not at all.
    """
    name = format or "unknown"
    try:
        text = decode(path, data)
        name = format or recognise(path, text)
        if fault := _too_much(name, text):
            raise InputError(Problem(path, None, fault))
        reading = READERS[name].read(path, text, captured)
    except InputError as error:
        return Reading(path, name, problems=(error.problem,))
    if reading.problems:
        return Reading(path, name, problems=reading.problems)
    reading = replace(reading, entries=tuple(map(cleaned, reading.entries)))
    faults = tuple(Problem(path, each.line, fault) for each in reading.entries for fault in faults_of(each))
    if faults:
        return Reading(path, name, problems=faults)
    if not reading.entries:
        return replace(reading, problems=(nothing_in(path, name),))  # with the remarks that say why
    return reading


def cleaned(entry: Entry) -> Entry:
    """Return an entry without what sources write where they lack a fact, and without the tags that typeset a title.

    A venue that is arXiv's name is such, alone or beside another: it says no more than the identifier. However a source
    says that it names only the first authors, their list ends with ``others``.
    """
    people = tuple(named for author in entry.authors or () if (named := _named(author)))
    if people != (entry.authors or ()):
        doubt = f"authors: the source names only {len(people)} and others"
        entry = replace(entry, authors=(*people, OTHERS) if people else None, doubts=(*entry.doubts, doubt))
    if entry.abstract and _NO_ABSTRACT.fullmatch(entry.abstract):
        entry = replace(entry, abstract=None)
    if entry.venue and (venue := without_preprint(entry.venue)) != entry.venue:
        entry = replace(entry, venue=venue, volume=entry.volume if venue else None)
    if (title := without_marks(entry.title)) != entry.title:
        entry = replace(entry, title=fold(title) or entry.title)
    return entry


_NO_ABSTRACT = re.compile(
    r"[(\[]?(?:no abstract(?: available| provided)?|abstract (?:is )?(?:not available|unavailable))[.)\]]*",
    re.IGNORECASE,
)


def _named(author: str | PersonName) -> str | PersonName:
    """Return an author without ``and others`` or ``et al.``, or nothing; who bears the name Others has a given one."""
    shown = without_others(str(author))
    if isinstance(author, str) or not shown:
        return shown
    family, given = without_others(author.family) or author.family, without_others(author.given or "")
    if (family, given) == (author.family, author.given or ""):
        return author
    return PersonName.model_construct(family=family, given=given) if given else family


def _too_much(format: str, text: str) -> str | None:
    """Say what of a text is more than a reader takes on, or ``None``."""
    for mark, most in MOST_MARKS.get(format, {}).items():
        if text.count(mark) > most:
            what = "lines" if mark == "\n" else f"times {mark.strip(' ')!r}"
            return f"holds more than {most:,} {what}; split the file"
    return None


def nothing_in(path: str, name: str) -> Problem:
    """Return what is said of a file in which nothing was found."""
    return Problem(path, None, f"holds no entry ({name}); save the listing again")


def load(path: str) -> bytes:
    """Return what a file holds, but no more than shows that it is too large; raises InputError."""
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(Problem(path, None, f"cannot be read ({error.strerror}); check name and rights")) from None


def beginning(path: str) -> str:
    """Return the beginning of a file, by which its format is recognised; raises OSError and InputError."""
    with Path(path).open("rb") as file:
        data = file.read(_BEGINNING)
    if len(data) == _BEGINNING:  # the last character may be cut in two
        data = data.rstrip(_CONTINUATION)[:-1]
    return decode(path, data)


def lines(path: str) -> Iterator[str]:
    """Yield the lines of a file of any size, decoded and with line ends as :func:`decode` has them, and as strict."""
    number = 0
    with Path(path).open(encoding="utf-8-sig") as file:
        try:
            for number, line in enumerate(file, start=1):
                if "\0" in line:
                    raise InputError(Problem(path, number, "the file is binary, not text; save it as UTF-8 text"))
                yield without_endless(line if line.isascii() else without_hidden(line))
        except UnicodeDecodeError:
            message = "the file is not UTF-8 somewhere behind this line; save the file as UTF-8"
            raise InputError(Problem(path, number + 1, message)) from None


def recognise(path: str, text: str) -> str:
    """Return the name of the format of ``text``; raises InputError where no reader knows it."""
    for name, reader in READERS.items():
        if reader.recognises(text):
            return name
    known = ", ".join(READERS)
    message = f"unknown format; known are {known}; name one with --format if the file is one of them"
    if text[:1000].lstrip()[:1] == "<" and re.search(r"<html|<!doctype html", text[:1000], re.IGNORECASE):
        message = "a web page without the data of its papers (data-props); save the page's text, or the API's answer"
    elif text.strip() == "[]":
        message = "an empty answer; ask for another day, or for something else"
    elif answer := re.match(r'\s*\{\s*"error"\s*:\s*"([^"]{1,100})', text):
        message = f"the source answered with an error ({answer[1]}); correct the address and fetch it again"
    elif all(re.match(r"https?://\S+$", line) for line in text[:4000].split()):
        message = "a list of addresses, which import does not fetch; give each to `reading-list add`"
    raise InputError(Problem(path, 1, message))
