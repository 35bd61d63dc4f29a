"""What matching looks at of one entry or record: its texts as they stand, and in comparable form when asked for.

A million items have to fit in memory, so an item holds little more than its title and authors; whatever can be worked
out again is, and abstracts can be laid aside in a file.
"""

from __future__ import annotations

import functools
import re
import sys
import zlib
from collections.abc import Mapping
from dataclasses import field, replace
from itertools import product
from types import MappingProxyType

from generator.facts import dates, names, titles, venues
from generator.matching.shelf import Shelf, Shelved
from generator.models import Entry, Identifiers, Record, Retraction, family_first, numerous

# What a cataloguer adds behind a title: "[Chinese]", "[Erratum appears in … 2013;27(3):377]".
_CATALOGUER_NOTE = re.compile(r"(?<![\s.])[\s.]*+\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]\.?$")
_SUBTITLE = re.compile(r": |—| (?:[-–—]+ |\()")
# "215 p" and "vi, 120 pages" say how long a text is, not where it stands.
_EXTENT = re.compile(r"(?<!\d)\d++\s*(?:p|pp|pages|leaves)\.?$", re.IGNORECASE)
_NO_LETTERS = bytes(byte for byte in range(256) if not chr(byte).isalnum() or byte > 127)
_LOWER_CASE = bytes(range(256)).lower()
_START = 60  # letters at the beginning of an abstract
LOST = "ꙮ"
"""Stands for a letter that a database could not print: ``B?hlen``. No name has it, and it counts as a letter."""
_LOST = re.compile(r"[?\ufffd](?=[^\W\d_])|(?<=[^\W\d_])[?\ufffd]")
_NONE: Mapping[str, str] = MappingProxyType({})
_NO_STEMS: frozenset[str] = frozenset()
STOP_WORDS = frozenset("a an and as at by de der die for from in into is la of on or the to und via with".split())
DISTINCT_WORDS = 4  # a title of fewer words may be the beginning of many others
# Words that say what kind of text a title heads; a source adds or leaves out a note of nothing else.
GENRE_WORDS = frozenset(
    """abstract book chapter column demo demonstration description editor editorial editors experience extended
    foreword guest industrial introduction introductory invited keynote panel paper poster preface preliminary report
    review session short software summary talk tutorial version""".split()
)


@numerous
class Item:
    """What matching looks at of one entry or record."""

    label: str
    title: str
    """As its source prints it, without what a cataloguer added behind it."""
    key: str
    """The title in comparable form: equal keys mean the same title, however it was typeset."""
    tokens: tuple[str, ...] = ()
    """The words and numbers of the title, as they are compared."""
    laid_abstract: str | Shelved = ""
    abstract_start: int = 0
    """A checksum of the first letters of the abstract; 0 where there is none."""
    identifiers: Mapping[str, str] = field(default_factory=lambda: _NONE)
    authors: str = ""
    """With semicolons between, ``Family, Given`` where the source tells them apart; one at the end where more are."""
    year: int | None = None
    venue: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    """The first page."""
    code: str = ""
    source: str = ""
    """The database that the entry was taken from, where its file names one."""
    not_same_as: frozenset[str] = frozenset()
    """Labels of what a person has told apart from this one."""
    is_record: bool = False
    is_column: bool = False
    """Whether its title recurs over the years, as "Editorial" and "Book reviews" do: such a title proves nothing."""
    is_crowded: bool = False
    """Whether its own source has another entry of this title and year, so that nothing tells which is meant."""

    @property
    def order(self) -> tuple[str, str]:
        """What every sort here ends with."""
        return (self.key, self.label)

    @property
    def abstract(self) -> str:
        """The abstract, or nothing."""
        laid = self.laid_abstract
        return laid if isinstance(laid, str) else laid.shelf.read(laid.begin, laid.length)

    @property
    def abstract_mark(self) -> object:
        """What two items have in common that have the same abstract, without reading it."""
        laid = self.laid_abstract
        return (self.abstract_start, laid.length, laid.checksum) if isinstance(laid, Shelved) else laid

    @property
    def people(self) -> frozenset[str]:
        """The words of the authors' names, initials left out: sources differ in the order and the division of names."""
        return _people(self.authors)

    @property
    def families(self) -> frozenset[str]:
        """The last word of each author's family name: what ends the name, or stands before the initials that do."""
        return _families(self.authors)

    @property
    def venue_words(self) -> frozenset[str]:
        """The words of the venue's name."""
        return _venue_words(self.venue)

    @property
    def stems(self) -> frozenset[str]:
        """The keys of the title without its subtitle or the note in brackets at its end, where distinct itself."""
        return _stems(self.title) if _SUBTITLE.search(self.title) else _NO_STEMS

    @property
    def work(self) -> tuple[str, str]:
        """The key of the title without words that name a kind of text, and these words: ``(…, "tutorial")``."""
        return (self.key, "") if GENRE_WORDS.isdisjoint(self.tokens) else _work(self.title, self.key)


def item_of_entry(entry: Entry, shelf: Shelf | None = None) -> Item:
    """Return the comparable form of an entry; its abstract is laid on ``shelf`` where there is one."""
    title, words = entry.title, titles.tokens(entry.title)
    while title.endswith(("]", "].")) and (bare := _CATALOGUER_NOTE.sub("", title)) != title:
        rest = titles.tokens(bare)
        if len(rest) < DISTINCT_WORDS:
            break
        title, words = bare, rest
    text = entry.abstract or ""
    place = venues.container(entry.venue or "")
    volume, pages = entry.volume or place.volume, entry.pages or place.pages
    authors = ["" if author == names.OTHERS else family_first(author) for author in entry.authors or ()]
    return Item(
        entry.label,
        title,
        key="".join(words),
        tokens=tuple(map(sys.intern, words)),
        laid_abstract=shelf.lay(text) if shelf and text else text,
        abstract_start=_start_of(text),
        identifiers=entry.identifiers or _NONE,
        authors=";".join(authors),
        year=dates.year_of(entry.issued),
        venue=entry.venue or "",
        volume=titles.key(volume) if volume else "",
        number=titles.key(entry.number) if entry.number else "",
        pages=first_page(pages) if pages else "",
        code=entry.links.get("code", "").rstrip("/").lower(),
        source=entry.database or "",
    )


def item_of_record(record_id: str, record: Record) -> Item:
    """Return the comparable form of a record; its label is its id."""
    entry = Entry(
        file="",
        line=None,
        position=1,
        key=record_id,
        title=record.title,
        abstract=record.abstract,
        identifiers=record.identifiers.model_dump(exclude_none=True),
        authors=record.authors,
        issued=record.issued,
        venue=record.venue,
        links={"code": record.links.code or ""},
    )
    return replace(item_of_entry(entry), not_same_as=frozenset(record.not_same_as), is_record=True)


def items_of(papers: Mapping[str, Record | Retraction]) -> list[Item]:
    """Return the comparable forms of papers by their ids: one for each title that a paper bears, the main one first.

    All have the paper's id for a label. Under another title it may have had other identifiers: those forms have none.
    Its alternative identifiers may be those of any title, so each title has a form with each of them.
    """
    items = []
    for name, paper in papers.items():
        record = paper if isinstance(paper, Record) else Record(title=paper.title, identifiers=paper.identifiers)
        items.append(item_of_record(name, record))
        forms = [(title, Identifiers()) for title in paper.alternative_titles]
        forms += product((paper.title, *paper.alternative_titles), paper.alternative_identifiers)
        for title, others in forms:
            other = record.model_copy(update={"title": title, "identifiers": others})
            items.append(item_of_record(name, other))
    return items


def _start_of(abstract: str) -> int:
    """Return a checksum of the first letters of an abstract, their case and all marks left out; 0 for none."""
    letters = letters_of(abstract[: 3 * _START])
    return zlib.crc32(letters[:_START]) if letters else 0


def letters_of(text: str) -> bytes:
    """Return the letters and figures of a text without case, marks, spaces and letters outside ASCII."""
    return text.encode("utf-8", "replace").translate(_LOWER_CASE, _NO_LETTERS)


def _name_words(text: str) -> list[str]:
    """Return the words of names; a letter that was lost is a letter."""
    return titles.tokens(_LOST.sub(LOST, text) if "?" in text or "\ufffd" in text else text)


@functools.lru_cache(maxsize=2**12)
def _people(authors: str) -> frozenset[str]:
    words = _name_words(authors)
    return frozenset([word for word in words if len(word) > 2]) or frozenset([word for word in words if len(word) > 1])


@functools.lru_cache(maxsize=2**12)
def _families(authors: str) -> frozenset[str]:
    found = set()
    for author in authors.split(";"):
        family, comma, given = author.partition(",")
        if comma and family.isascii() and family.isalpha():
            found.add(family.lower())
            continue
        # "Ida Loom, Jan Ferry" are two people, though a table that has names inverted would mean one.
        two = " " in family.strip() and len([word for word in given.split() if len(word) > 2]) > 1
        for name in (family, given) if two else (family,):
            found.update(_name_words(names.last_name(name))[-1:])
    return frozenset(found)


@functools.lru_cache(maxsize=2**12)
def _venue_words(venue: str) -> frozenset[str]:
    return frozenset(word for word in titles.tokens(venue) if not word.isdigit() and word not in STOP_WORDS)


@functools.lru_cache(maxsize=2**12)
def _stems(title: str) -> frozenset[str]:
    beginnings = (titles.tokens(title[: mark.start()]) for mark in _SUBTITLE.finditer(title))
    return frozenset("".join(words) for words in beginnings if len(words) >= DISTINCT_WORDS)


# The word that says it, where a note has several: "panel session" and "panel abstract" are panels.
_KINDS = {
    "panel": "panel", "tutorial": "tutorial", "demo": "demo", "demonstration": "demo", "keynote": "keynote",
    "poster": "poster", "review": "review", "editorial": "editorial", "editor": "editorial", "foreword": "editorial",
    "introduction": "editorial", "preface": "editorial",
}  # fmt: skip
_GENRE = "|".join(sorted(GENRE_WORDS, key=len, reverse=True))
_NOTE = re.compile(
    rf"\s*\((?:(?:{_GENRE}|a|an|the|and|s|')\b[\s'’]*+)+\)"  # (panel session)
    rf"|^\s*(?:(?:{_GENRE})\b\s*)+:\s+"  # Tutorial: …
    rf"|\s*(?:[:\-–—]|\?)\s+(?:(?:{_GENRE}|a|an|s|'|’)\b[\s'’]*+)+$",  # … - Book Review
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=2**12)
def _work(title: str, key: str) -> tuple[str, str]:
    notes = " ".join(match[0] for match in _NOTE.finditer(title))
    words = titles.tokens(_NOTE.sub(" ", title)) if notes else []
    if len(words) < 2:
        return key, ""
    kinds = {_KINDS.get(word.rstrip("s"), word.rstrip("s")) for word in titles.tokens(notes)} & GENRE_WORDS
    return "".join(words), " ".join(sorted(kinds & set(_KINDS.values()) or kinds))


def first_page(pages: str) -> str:
    """Return the first page of a range such as ``S12-9``, in comparable form; an extent such as ``215 p`` is none."""
    pages = pages.strip()
    return "" if _EXTENT.search(pages) else titles.key(re.split(r"[-–—]", pages, maxsplit=1)[0])
