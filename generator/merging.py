"""What a record becomes when entries of the same paper join it: field by field, each with its provenance.

A field is taken from the best source that states it, whatever came first, so that the order of imports does not
matter: bibliographies before listings (but for titles and links), a stated date before a derived one, a precise date
before a vague one, a journal with volume and pages before one without, more authors before fewer (the ``others`` of a
cut list count as one, and of two that come to as many the whole one is better) and first names before initials, then
the source's name in alphabetical order, and of one origin the value that sorts first. A stated year has the month of a
derived date in that year; the provenance keeps both, for the order would matter if either were forgotten. An entry that
is read again fills gaps, but replaces nothing that it gave, except that its list of authors turns out to be cut, or its
day of capture, and so the years of its dates, another than was inferred. What people wrote (a field without provenance,
or with ``editor: …``) is never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from generator.errors import ReadingListError
from generator.facts import dates, names, titles, venues
from generator.facts.provenance import DERIVED, EDITOR, is_derived, is_editors, year_and_derived
from generator.models import (
    LISTING_FORMATS,
    MAX_LINE,
    PROVEN_FIELDS,
    Author,
    Entry,
    Identifiers,
    Links,
    Record,
    Sighting,
    family_first,
)

_Claim = tuple[Any, str]
"""A value of a field, and where it came from."""


@dataclass(frozen=True)
class Conflict:
    """Two sources state different values for one field; the record keeps one, a person decides."""

    field: str
    kept: str
    other: str
    source: str
    is_new: bool = False
    """Whether what the record keeps came with this import, and what it had is that of the other source."""

    def __str__(self) -> str:
        held = f"{self.field}: {'took' if self.is_new else 'kept'} {self.kept!r}, but"
        if self.source.startswith(DERIVED):
            return f"{held} {self.other!r} is {self.source}"
        return f"{held} {self.source} says {self.other!r}"


def fields_of(entry: Entry, *, keep_abstract: bool) -> dict[str, Any]:
    """Return what an entry states, by field name (``identifiers.arxiv`` for one inside a mapping)."""
    values: dict[str, Any] = {name: getattr(entry, name) for name in PROVEN_FIELDS}
    if not keep_abstract:
        values["abstract"] = None
    if entry.venue:
        placed = venues.placed(entry.venue, entry.volume, entry.pages, dates.year_of(entry.issued))
        values["venue"] = placed if len(placed) <= MAX_LINE else entry.venue
    if values["issued"] and dates.is_yearless(values["issued"]):
        values["issued"] = None
    values |= {f"identifiers.{kind}": value for kind, value in entry.identifiers.items()}
    values |= {f"links.{kind}": value for kind, value in entry.links.items()}
    return {name: value for name, value in values.items() if value}


def merge(
    record: Record | None,
    entries: Iterable[tuple[str, Entry]],
    formats: Mapping[str, str],
    *,
    added: str | None,
    keep_abstract: bool = False,
    dated: Collection[str] = (),
) -> tuple[Record, tuple[Conflict, ...]]:
    """Return the record that ``entries`` of one paper make, together with ``record`` where there is one already.

    ``entries`` are pairs of source id and entry, at least one where ``record`` is ``None``; ``formats`` gives each
    source's format; ``added`` is the day for a new record. The order of ``entries`` does not matter. ``dated`` are
    sources whose day of capture is stated now and was inferred: the dates that they gave are taken back.
    """
    flat: dict[str, Any] = _flatten(record) if record else {}
    provenance = dict(record.provenance) if record else {}
    conflicts: list[Conflict] = []
    sightings = {(seen.source, seen.position): seen for seen in record.seen} if record else {}
    known = frozenset(sightings)
    for source, entry in sorted(entries, key=lambda pair: (pair[0], pair[1].position)):
        place = (source, entry.position)
        sightings.setdefault(place, _sighting(source, entry))
        for name, value in fields_of(entry, keep_abstract=keep_abstract).items():
            origin = entry.origins.get(name, source)
            if is_editors(provenance.get(name, "")):
                continue  # decided, even where the decision is to leave the field empty
            if record and _is_alternative(record, name, value):
                continue  # a person's word, too: the paper bears both
            if name not in flat:
                flat[name], provenance[name] = value, origin
            elif name in provenance:
                held, stated = (flat[name], provenance[name]), (value, origin)
                is_redated = name == "issued" and source in dated
                best, conflict = _joined(name, held, stated, formats, is_redated=is_redated, is_reread=place in known)
                flat[name], provenance[name] = best
                if conflict:  # of a new record nothing is replaced
                    conflicts.append(conflict if record else replace(conflict, is_new=False))
    if conflict := _count_conflict(flat, provenance):
        conflicts.append(conflict)
    merged = _unflatten(flat) | {
        "seen": tuple(sightings[place] for place in sorted(sightings)),
        "provenance": in_order(provenance),
    }
    before = dict(record) if record else {"added": added}
    try:
        return Record(**(before | merged)), tuple(conflicts)
    except ValidationError as error:
        raise ReadingListError(f"{flat['title']}: an entry cannot join this record: {error}") from error


def _joined(
    name: str, held: _Claim, stated: _Claim, formats: Mapping[str, str], *, is_redated: bool, is_reread: bool
) -> tuple[_Claim, Conflict | None]:
    """Return what a field becomes that is ``held`` by a source and ``stated`` by an entry, and what they disagree in.

    ``is_redated`` takes back what the entry's source gave before. What an entry said (``is_reread``) stays where it is
    read again and says otherwise, as with another day of its capture; but for a list of authors that turns out cut.
    """
    claims = _claims(name, *held)
    others = [claim for claim in claims if claim[1] != stated[1]]
    if is_redated and len(others) < len(claims):
        return _best(name, [*others, stated], formats), None
    is_cut_now = name == "authors" and stated[0] == (*held[0], names.OTHERS)
    stays = is_reread and len(others) < len(claims) and not is_cut_now
    best = held if stays else _best(name, [*claims, stated], formats)
    if _agree(name, *held, *stated):
        return best, None
    if best[0] == held[0]:
        return best, Conflict(name, shown(held[0]), shown(stated[0]), stated[1])
    other, source = claims[0]
    return best, Conflict(name, shown(best[0]), shown(other), source, is_new=True)


def _count_conflict(flat: Mapping[str, Any], provenance: Mapping[str, str]) -> Conflict | None:
    """Return the conflict of a list of authors with how many a source counts, unless people decided either."""
    decided = any(is_editors(provenance.get(name, "")) for name in ("authors", "author_count"))
    people, number = flat.get("authors", ()), flat.get("author_count", 0)
    if decided or not people or not number or _may_be(people, number):
        return None
    named = f"{len(names.people(people))} names{' and others' if names.is_cut(people) else ''}"
    return Conflict("authors", named, f"{number} authors", provenance.get("author_count", EDITOR))


def in_order(provenance: Mapping[str, str]) -> dict[str, str]:
    """Return a provenance in the order of a record's fields."""
    order = list(Record.model_fields)
    return dict(sorted(provenance.items(), key=lambda each: (order.index(each[0].partition(".")[0]), each[0])))


def _sighting(source: str, entry: Entry) -> Sighting:
    return Sighting(
        source=source, line=entry.line, position=entry.position, comments=entry.comments, upvotes=entry.upvotes
    )


def _flatten(record: Record) -> dict[str, Any]:
    flat = {name: getattr(record, name) for name in PROVEN_FIELDS}
    for name in ("identifiers", "links"):
        flat |= {f"{name}.{kind}": value for kind, value in getattr(record, name).model_dump().items()}
    return {name: value for name, value in flat.items() if value}


def _unflatten(flat: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in flat.items() if "." not in name}
    identifiers = {name.partition(".")[2]: value for name, value in flat.items() if name.startswith("identifiers.")}
    links = {name.partition(".")[2]: value for name, value in flat.items() if name.startswith("links.")}
    return plain | {"identifiers": Identifiers(**identifiers), "links": Links(**links)}


def _may_be(people: Sequence[Author], number: int) -> bool:
    """Tell whether a list of authors can be one of ``number``."""
    return number > len(people) - 1 if names.is_cut(people) else number == len(people)


def _same_value(name: str, one: Any, other: Any) -> bool:
    if name == "authors":
        return begins([*map(str, one)], [*map(str, other)]) or begins([*map(str, other)], [*map(str, one)])
    if name.startswith("links."):
        return str(one).rstrip("/") == str(other).rstrip("/")
    return bool(one == other)


def begins(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two lists of authors are equal, or the first is cut and the second has those that it names."""
    first = names.people(one)
    return one == other or (names.is_cut(one) and first == other[: len(first)])


def _is_alternative(record: Record, name: str, value: Any) -> bool:
    """Tell whether a person has said that the paper bears this title or identifier beside another one."""
    if name == "title":
        return titles.key(value) in map(titles.key, record.alternative_titles)
    group, _, kind = name.partition(".")
    return group == "identifiers" and any(getattr(each, kind) == value for each in record.alternative_identifiers)


def _rank(name: str, value: Any, origin: str, formats: Mapping[str, str]) -> tuple[Any, ...]:
    """Return a key by which the best source of a field sorts first."""
    from_listing = formats.get(origin) in LISTING_FORMATS
    if name == "issued":
        return (origin.startswith(DERIVED), -len(value), from_listing, origin, value)
    if name.startswith("links."):  # Hugging Face's data state them, listings have them from abstracts: authors' words
        return (formats.get(origin) not in ("huggingface-json", "huggingface-page"), not from_listing, origin, value)
    if name == "venue":
        _, *place = venues.container(value)
        return (from_listing, *(part is None for part in place), origin, value)
    if name == "authors":  # by each list alone: rules that compare two could run in a ring
        first_names = sum(names.is_spelt_out(family_first(each)) for each in value)
        number, whole = names.fullness(value)
        return (-number, not whole, -first_names, from_listing, origin, str(value))
    if name == "title":  # the list shows titles as its own listings print them
        return (not from_listing, origin, value)
    return (from_listing, origin, str(value))


def _claims(name: str, held: Any, holder: str) -> list[_Claim]:
    """Return what the value of a field was made of, each with its origin: only a date is made of two."""
    if name == "issued" and (both := year_and_derived(holder)) and held in (held[:4], both[1]):
        return [(held[:4], both[0]), both[1:]]
    return [(held, holder)]


def _best(name: str, claims: Sequence[_Claim], formats: Mapping[str, str]) -> _Claim:
    """Return the value of a field and its provenance, by all that is claimed of it, in any order."""
    ranked = sorted(claims, key=lambda claim: _rank(name, claim[0], claim[1], formats))
    value, origin = ranked[0]
    if name == "issued" and len(value) == 4 and not origin.startswith(DERIVED):
        for derived, source in ranked:
            both = f"{origin}; {derived} {source}"
            if len(derived) > 4 and len(both) <= MAX_LINE:  # a stated month would have come first
                return derived if derived.startswith(value) else value, both
    return value, origin


def _agree(name: str, held: Any, holder: str, value: Any, origin: str) -> bool:
    """Tell whether two values can be one, as precise as both are; of dates, a derived month may be one too late."""
    if name == "venue":
        return venues.agree(held, value)
    if name != "issued":
        return _same_value(name, held, value)
    if dates.agree(held, value):
        return True
    derived, stated = (value, held) if is_derived(origin) else (held, value)
    return is_derived(origin) != is_derived(holder) and dates.is_month_after(derived, stated)


def shown(value: Any) -> str:
    """Return the value of a field as people read it."""
    return names.listed([*map(str, value)]) if isinstance(value, tuple) else str(value)
