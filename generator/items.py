"""What matching looks at of one entry or record: its texts in comparable form."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from generator import dates, titles
from generator.models import Entry, PersonName, Record, Retraction

# What a cataloguer adds behind a title: "[Chinese]", "[Erratum appears in … 2013;27(3):377]".
_CATALOGUER_NOTE = re.compile(r"[\s.]*\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]\.?$")
_SUBTITLE = re.compile(r":\s| [-–—]+ |—|\s\(")
STOP_WORDS = frozenset("a an and as at by de der die for from in into is la of on or the to und via with".split())
DISTINCT_WORDS = 4  # a title of fewer words may be the beginning of many others


@dataclass(frozen=True)
class Item:
    """What matching looks at of one entry or record; texts are already in comparable form."""

    label: str
    tokens: tuple[str, ...]
    key: str
    stems: frozenset[str] = frozenset()
    """The keys of the title without its subtitle or the note in brackets at its end, where that is distinct itself."""
    abstract: frozenset[str] = frozenset()
    abstract_start: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    """The words of the authors' names, initials left out: sources differ in the order and the division of names."""
    year: int | None = None
    venue: frozenset[str] = frozenset()
    volume: str = ""
    number: str = ""
    pages: str = ""
    code: str = ""
    not_same_as: frozenset[str] = frozenset()
    """Labels of what a person has told apart from this one."""
    is_record: bool = False
    is_column: bool = False
    """Whether its title recurs over the years, as "Editorial" and "Book reviews" do: such a title proves nothing."""

    @property
    def order(self) -> tuple[str, str]:
        """What every sort here ends with."""
        return (self.key, self.label)


def item_of_entry(entry: Entry) -> Item:
    """Return the comparable form of an entry."""
    return _item(
        entry.label,
        entry.title,
        entry.abstract,
        entry.identifiers,
        entry.authors or (),
        entry.issued,
        entry.venue,
        (entry.volume, entry.number, entry.pages),
        entry.links.get("code"),
    )


def item_of_record(record_id: str, record: Record) -> Item:
    """Return the comparable form of a record; its label is its id."""
    return _item(
        record_id,
        record.title,
        record.abstract,
        record.identifiers.model_dump(exclude_none=True),
        record.authors,
        record.issued,
        record.venue,
        (None, None, None),
        record.links.code,
        frozenset(record.not_same_as),
    )


def item_of_retraction(record_id: str, gone: Retraction) -> Item:
    """Return the comparable form of a record that was taken off the list; its label is its id."""
    return item_of_record(record_id, Record(title=gone.title, identifiers=gone.identifiers))


def _item(
    label: str,
    title: str,
    abstract: str | None,
    identifiers: Mapping[str, str],
    authors: Iterable[str | PersonName],
    issued: str | None,
    venue: str | None,
    volume_number_pages: tuple[str | None, str | None, str | None],
    code: str | None,
    not_same_as: frozenset[str] | None = None,
) -> Item:
    words = titles.tokens(title)
    while (bare := _CATALOGUER_NOTE.sub("", title)) != title and len(rest := titles.tokens(bare)) >= DISTINCT_WORDS:
        title, words = bare, rest
    abstract_words, abstract_start = _abstract(abstract or "")
    volume, number, pages = volume_number_pages
    return Item(
        label=label,
        tokens=tuple(words),
        key="".join(words),
        stems=frozenset(_stems(title)),
        abstract=abstract_words,
        abstract_start=abstract_start,
        identifiers=identifiers,
        people=frozenset(word for author in authors for word in titles.tokens(str(author)) if len(word) > 2),
        year=dates.year_of(issued),
        venue=frozenset(word for word in titles.tokens(venue or "") if not word.isdigit() and word not in STOP_WORDS),
        volume=titles.key(volume or ""),
        number=titles.key(number or ""),
        pages=first_page(pages or ""),
        code=(code or "").rstrip("/").lower(),
        not_same_as=not_same_as or frozenset(),
        is_record=not_same_as is not None,
    )


@functools.lru_cache(maxsize=2**17)
def _abstract(text: str) -> tuple[frozenset[str], str]:
    """Return the words of an abstract and its beginning; what many entries share is kept once."""
    words = titles.tokens(text)
    return frozenset(map(sys.intern, words)), "".join(words[:12])


def _stems(title: str) -> Iterator[str]:
    for mark in _SUBTITLE.finditer(title):
        if len(words := titles.tokens(title[: mark.start()])) >= DISTINCT_WORDS:
            yield "".join(words)


def first_page(pages: str) -> str:
    """Return the first page of a range such as ``S12-9``, in comparable form."""
    return titles.key(re.split(r"[-–—]", pages.strip(), maxsplit=1)[0])
