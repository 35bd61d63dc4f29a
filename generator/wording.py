"""What readers see of a record on one line: byline, links, figures, facts, and where each of them came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import quote

from generator import escaping, related
from generator.facts import dates, links, titles, venues
from generator.facts.identifiers import SCHEMES, named
from generator.facts.names import is_cut, listed
from generator.facts.provenance import EDITOR, is_editors, year_and_derived
from generator.library import Library
from generator.models import Identifiers, Record

_SEARCHES = (
    ("Hugging Face papers", "https://huggingface.co/papers?q="),
    ("arXiv", "https://arxiv.org/search/?searchtype=title&query="),
    ("Semantic Scholar", "https://www.semanticscholar.org/search?q="),
    ("Google Scholar", "https://scholar.google.com/scholar?q="),
)
_LINK_NAMES = {"paper": "Paper", "code": "Code", "project": "Project page", "model": "Model", "dataset": "Dataset"}
_FACT_NAMES = {
    "alternative_titles": "Also titled",
    "authors": "Authors",
    "author_count": "Number of authors",
    "issued": "Date",
    "venue": "Venue",
    "type": "Type",
    **{f"identifiers.{kind}": scheme.name for kind, scheme in SCHEMES.items()},
    "alternative_identifiers": "Also identified as",
    **{f"links.{kind}": name for kind, name in _LINK_NAMES.items()},
}

# A figure that stands by itself, with its sign and unit, or a range of two: 3.25x, +1.3%, 19.2GB, 5-8%. Figures that
# are part of a name are left alone: Llama-2-70B, ViT-B/16, WMT'14, FP16, 2-bit, top-5; and, where they have no unit,
# a year or a version after a name, and the day of a month: iNat 2019, SQuAD 2.0, July 3. In capitals alone it is a
# measure: FID 2.0.
_NUMBER = r"\d+(?:[.,]\d+)*(?:\+?[%×x°k]|[KMBT]B?|[kG]B|h|ms|s)?"
_YEAR, _MONTH = r"(?:19|20)\d\d", "|".join(dates.MONTH_NAMES)
_VERSIONED = r"(?:(?<=[^.:;!?] )[A-Z]|[A-Za-z]+[A-Z])(?=\w*[a-z])\w*"  # no first word of a sentence: Adds 2.0 points
_NAMED = rf"\b(?:{_VERSIONED} [1-9]\.\d|\w*[A-Z]\w* {_YEAR}|(?:{_MONTH}) \d\d?(?:, {_YEAR})?)"
_FIGURE = re.compile(
    rf"{_NAMED}(?![\w%×°+–-]|[./]\d)"
    rf"|(?<![\w.,@#=-])(?<![A-Za-z]['’/])([+−±~≈<>$]?{_NUMBER}(?:[-–/]{_NUMBER})?)(?![\w-]|\.\d)",
    re.ASCII,
)


def plain_title(record: Record) -> str:
    """Return a paper's title as plain text on one line, its LaTeX as Unicode."""
    return escaping.clean(titles.plain(record.title))


def byline(record: Record) -> str:
    """Return authors, venue and date of a paper on one line of plain text, as far as they are known.

    A year that the venue states is not said twice.
    """
    names, parts, cut = record.author_names, [], is_cut(record.authors)
    if len(names) > 3 + cut:
        parts.append(f"{names[0]} and {'' if cut else f'{len(names) - 1} '}others")
    elif names:
        parts.append(in_sentence(names))
    elif record.author_count:
        parts.append(count(record.author_count, "author"))
    if record.venue:
        parts.append(record.venue)
    if record.issued and not (len(record.issued) == 4 and record.issued in (record.venue or "")):
        parts.append(dates.in_words(record.issued))
    return escaping.clean(" · ".join(parts))


def cited_date(record: Record) -> str | None:
    """Return the date that a citation of a paper gives: of its venue's edition, where that is another year."""
    return venues.cited_date(record.venue, record.issued, record.identifiers.arxiv)


def in_sentence(names: Sequence[str]) -> str:
    """Return names as a sentence has them: ``Ida Loom, Jan Ferry and Bo Weft``."""
    *others, last = names or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 paper``, ``1,204 papers``, ``2 entries``."""
    several = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else several}"


def as_printed(record: Record, terms: AbstractSet[str]) -> dict[str, str]:
    """Return ``terms`` of a record's text (``related.terms_of``) in the letters in which it prints them.

    ``efficientqat`` is EfficientQAT, ``sery`` is series. A place inside a sentence is preferred, for sentences and
    titles begin with capitals that mean nothing, and summary and reason are preferred to the title.
    """
    printed: dict[str, str] = {}
    for text in (
        " ".join(filter(None, (record.summary, record.why))),
        titles.plain(record.title),
        record.abstract or "",
    ):
        if terms <= printed.keys():
            break
        inside: dict[str, str] = {}
        first: dict[str, str] = {}
        for term, places in related.terms_of(text):
            if term not in terms:
                continue
            words = " ".join(match[0] for match in places)
            before = text[: places[0].start()].rstrip()[-1:]
            if before and before not in ".:;":
                inside.setdefault(term, words)
            else:
                first.setdefault(term, words if words[1:] != words[1:].lower() else words.lower())
        printed = first | inside | printed
    return printed


def figures(text: str) -> list[tuple[bool, str]]:
    """Return a reported result in pieces, each with whether it is a figure: the page prints those large."""
    pieces: list[tuple[bool, str]] = []
    text, done = escaping.clean(text), 0
    for match in _FIGURE.finditer(text):
        if match[1]:
            pieces += [(False, text[done : match.start()]), (True, match[1])]
            done = match.end()
    return [piece for piece in [*pieces, (False, text[done:])] if piece[1]]


def topic_name(library: Library, topic: str) -> str:
    """Return the name of a topic as plain text; of ``unsorted`` as well."""
    return escaping.clean(library.topics[topic].name) if topic in library.topics else "Unsorted"


def shorten(text: str, length: int = 300) -> str:
    """Return ``text`` on one line, cut at a word with an ellipsis where it is longer than ``length`` characters."""
    text = escaping.clean(text)
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(".,;:") + "…"


def paper_links(identifiers: Identifiers) -> list[tuple[str, str]]:
    """Return the names of the places where a paper is identified, and its addresses there."""
    return [
        (scheme.name, scheme.url(value)) for kind, scheme in SCHEMES.items() if (value := getattr(identifiers, kind))
    ]


def paper_url(record: Record) -> str | None:
    """Return the address where the paper is read, or ``None``: arXiv first, then DOI, the others, and its own link."""
    return next((url for _, url in paper_links(record.identifiers)), record.links.paper)


def links_of(record: Record) -> list[tuple[str, str]]:
    """Return the links people press, the paper first."""
    return paper_links(record.identifiers) + [
        (name, url) for kind, name in _LINK_NAMES.items() if (url := getattr(record.links, kind))
    ]


def searches(record: Record) -> list[tuple[str, str]]:
    """Return where to look for a paper by its title, names and addresses: on arXiv only if it is not linked there."""
    asked = escaping.query(titles.plain(record.title))
    return [(name, address + asked) for name, address in _SEARCHES if name != "arXiv" or not record.identifiers.arxiv]


@dataclass(frozen=True)
class Fact:
    """One fact of a record as readers see it: plain text throughout, addresses empty where there are none."""

    field: str
    label: str
    value: str
    address: str
    origin: str
    origin_address: str


def facts_of(record: Record, library: Library) -> Iterator[Fact]:
    """Yield the record's facts, each with where it came from."""
    for name, label in _FACT_NAMES.items():
        value = record.value(name)
        if not value or (name == "author_count" and len(record.authors) == value):
            continue
        shown, address = str(value), ""
        if name == "authors":
            shown = listed(record.author_names)
        elif name == "alternative_titles":
            shown = " · ".join(map(titles.plain, value))
        elif name == "alternative_identifiers":
            shown = " · ".join(" ".join(pair) for each in value for pair in named(each))
        elif name == "issued":
            shown = dates.in_words(value)
        elif name.startswith("identifiers."):
            address = SCHEMES[name.partition(".")[2]].url(value)
        elif name.startswith("links."):
            shown, address = links.shown(value), value
        yield Fact(name, label, shown, address, *origin_of(record.provenance.get(name, ""), library))


def by_origin(facts: Iterable[Fact]) -> list[tuple[tuple[str, str], list[str]]]:
    """Return the origins of ``facts`` with their addresses, each with the labels of what came from it, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for fact in facts:
        found.setdefault((fact.origin, fact.origin_address), []).append(fact.label)
    return list(found.items())


def origin_of(provenance: str, library: Library) -> tuple[str, str]:
    """Return where a fact came from, as text and as the address where a visitor to a paper's page can follow it.

    What an editor decided reads ``editor: reason``, or ``editor: reason; from origin``; a date that another source gave
    the year of reads ``origin; 2023-10 derived from …``. What leads nowhere, such as
    ``fs:1184923104``, leads to the page that says what it is.
    """
    if provenance in library.sources:
        return library.sources[provenance].name, f"../sources/{provenance}.md"
    if both := year_and_derived(provenance):
        stated, derived, source = both
        text, address = origin_of(stated, library)
        return f"{text}; {dates.in_words(derived)} {source}", address
    if is_editors(provenance):
        reason, _, origin = provenance.removeprefix(EDITOR).lstrip(": ").partition("; from ")
        text, address = origin_of(origin, library) if origin else ("", "")
        return f"the editors: {reason}" + (f" ({text})" if text else ""), address
    owner, colon, path = provenance.partition(":")
    if colon and owner.count("/") == 1:
        return provenance, f"https://github.com/{escaping.url(owner)}/blob/HEAD/{quote(path)}"
    if links.is_safe(provenance):
        return links.shown(provenance), provenance
    return (provenance, "../data.md#where-facts-come-from") if provenance else ("the editors", "")
