"""Facts that records lack, filled in from public databases; what is there already, and what people wrote, stays.

An answer is taken for a record by an identifier that both state, or by an equal title with authors or year that agree;
where that leaves a doubt, nothing is taken, and the doubt is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator import escaping, merging, store
from generator.facts import dates, links, titles
from generator.facts.identifiers import SCHEMES
from generator.facts.names import is_cut, people
from generator.facts.provenance import is_derived, is_editors
from generator.faults import faults_of
from generator.matching.comparison import Verdict, compare
from generator.matching.items import item_of_entry, item_of_record
from generator.models import Entry, Record
from generator.store import references
from generator.upkeep.apis import Answer, Api
from generator.upkeep.politeness import LeaveAloneError, PoliteTransport
from generator.wording import count

FIELDS = ("authors", "issued", "venue", "identifiers.arxiv", "identifiers.doi")
"""The facts that are looked for."""

_YEARS_TO_PRINT = 2  # a preprint's publication may be so many years later and still be the paper
_DISTINCT = 40  # letters of a title that is enough where a record knows neither authors nor year
_MAX_NAME, _MAX_VENUE = 120, 240  # characters
# Marks that stand in no person's name and no venue: what carries them is markup or worse.
_ODD = re.compile(r"[<>{}\\|`^~$@]|https?:|\d{5}|&#?\w+;")
_MAX_SUMMARY = 60_000  # GitHub takes 65,536 characters in a pull request


@dataclass(frozen=True)
class Fact:
    """One field of one record that was filled in: its value, what stood there before, and where it can be looked up."""

    record: str
    field: str
    value: str
    source: str
    before: str | None = None


@dataclass(frozen=True)
class Doubt:
    """Something that was not taken, and why; or, of an API as a whole (``record`` is empty), why it was left alone."""

    record: str
    api: str
    message: str

    def __str__(self) -> str:
        return f"{self.record + ': ' if self.record else ''}{self.api} {self.message}"


@dataclass
class Enrichment:
    """What an enrichment comes to. ``records`` holds those that changed."""

    records: dict[str, Record] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    """How many records each API was to be asked for."""
    requests: dict[str, int] = field(default_factory=dict)
    """How many requests went out to each API; kept answers cost none."""
    unreachable: list[str] = field(default_factory=list)

    @property
    def offline(self) -> bool:
        """Whether every API that was to be asked could not be reached."""
        return bool(self.unreachable) and set(self.unreachable) == {
            name for name, number in self.asked.items() if number
        }


def lacking(record: Record) -> frozenset[str]:
    """Return the fields of FIELDS that a record lacks.

    A date lacks something unless a source states its day, and so does a source's list of authors that is cut. What
    people wrote or decided is not lacking, be it an empty field (``editor: …`` in its provenance).
    """
    found = set()
    for name in FIELDS:
        held, origin = record.value(name), record.provenance.get(name, "")
        vague = name == "issued" and (is_derived(origin) or not dates.is_day(held or ""))
        vague = vague or (name == "authors" and is_cut(held))
        if not is_editors(origin) and (not held or (vague and origin)):
            found.add(name)
    return frozenset(found)


def enrich(
    records: Mapping[str, Record],
    names: Iterable[str],
    apis: Sequence[tuple[Api, PoliteTransport]],
    tell: Callable[[int], None] | None = None,
) -> Enrichment:
    """Ask ``apis``, one after the other, for what the records ``names`` lack; nothing is written.

    ``records`` are all of the list: an identifier that belongs to another one is not taken.
    ``tell`` hears how many answers an API has given.
    """
    done = Enrichment()
    names = sorted(set(names))
    owners = references.bearing(records)
    for api, transport in apis:
        current = {name: done.records.get(name, records[name]) for name in names}
        asked = {name: record for name, record in current.items() if _wanted(record, api)}
        done.asked[api.name] = len(asked)
        try:
            for number, answer in enumerate(api.answers(asked), start=1):
                if tell:
                    tell(number)
                if answer.failure:
                    done.doubts.append(Doubt(answer.record, api.title, answer.failure))
                else:
                    _take(done, answer, asked[answer.record], api, owners)
        except LeaveAloneError as error:
            done.doubts.append(Doubt("", api.title, str(error)))
            if error.unreachable:
                done.unreachable.append(api.name)
        done.requests[api.name] = transport.sent
    return done


def _wanted(record: Record, api: Api) -> frozenset[str]:
    wanted = lacking(record) & api.gives
    # The list states when a paper first appeared: a publication's date is no better one.
    return wanted if api.dates_preprints or not record.issued else wanted - {"issued"}


def _take(done: Enrichment, answer: Answer, record: Record, api: Api, owners: dict[tuple[str, str], str]) -> None:
    """Let the one entry that is the record's paper join it, as far as its facts are wanted and beyond doubt."""
    name = answer.record

    def doubt(message: str) -> None:
        done.doubts.append(Doubt(name, api.title, message))

    entry = _same(answer, record, api, doubt)
    if entry is None:
        return
    wanted = _wanted(record, api)
    facts: dict[str, Any] = {}
    for field_name, value in merging.fields_of(entry, keep_abstract=False).items():
        held = None
        if field_name in wanted:
            held = _against(record, field_name, value) or _owned(name, field_name, value, owners)
            if not held:
                facts[field_name] = value
        elif field_name in api.gives:
            held = _differs(record, field_name, value, api)
        if held:
            doubt(f"says {field_name}: {merging.shown(value)[:200]}, but {held}")
    partial = replace(
        entry,
        title=record.title,
        authors=facts.get("authors"),
        issued=facts.get("issued"),
        venue=facts.get("venue"),
        identifiers={kind: value for kind in SCHEMES if (value := facts.get(f"identifiers.{kind}"))},
        author_count=None,
        abstract=None,
        links={},
    )
    if faults := list(faults_of(partial)):
        for fault in faults:
            doubt(f"gives what no record can hold: {fault}")
        return
    # The title stays as the record has it, and an answer is no sighting: no file of it is kept.
    merged, _ = merging.merge(record, [(api.name, replace(partial, title=""))], {}, added=None)
    merged = merged.model_copy(update={"seen": record.seen})
    if store.size_fault(store.record_text(merged)):
        doubt("gives more than a record's file can hold")
        return
    _keep(done, name, record, merged, owners)


def _same(answer: Answer, record: Record, api: Api, doubt: Callable[[str], None]) -> Entry | None:
    """Return the entry of an answer that is the record's paper, if there is one; ``doubt`` hears what may be it."""
    verdicts = [(entry, _verdict(answer.record, record, entry, api)) for entry in answer.entries]
    same = [entry for entry, verdict in verdicts if verdict.kind == "same"]
    if len({tuple(sorted(entry.identifiers.items())) for entry in same}) > 1:
        labels = ", ".join(sorted({entry.label for entry in same}))
        doubt(f"shows more than one paper with this title ({labels})")
        return None
    if same:
        return same[0]
    for entry, verdict in verdicts:
        if verdict.kind == "review":
            doubt(f"shows {entry.label}: {verdict.reason}")
    return None


def _keep(done: Enrichment, name: str, record: Record, merged: Record, owners: dict[tuple[str, str], str]) -> None:
    """Keep what a record has become, with each fact that is new."""
    for field_name in FIELDS:
        before, after = record.value(field_name), merged.value(field_name)
        if before != after:
            held = merging.shown(before) if before else None
            done.facts.append(Fact(name, field_name, merging.shown(after), merged.provenance[field_name], held))
            done.records[name] = merged
            if field_name.startswith("identifiers."):
                owners[field_name.partition(".")[2], after] = name


def _verdict(name: str, record: Record, entry: Entry, api: Api) -> Verdict:
    """Decide whether an answer is the record's paper: the project's comparison, and more where only titles speak."""
    ours, theirs = item_of_record(name, record), item_of_entry(entry)
    if any(ours.identifiers.get(kind) == value for kind, value in entry.identifiers.items()):
        return compare(ours, theirs)
    later = (theirs.year or 0) - (ours.year or 0)
    follows = not api.dates_preprints and bool(record.identifiers.arxiv) and 0 < later <= _YEARS_TO_PRINT
    verdict = compare(ours, replace(theirs, year=ours.year) if follows else theirs)
    if verdict.kind != "same":
        return verdict
    if ours.key != theirs.key:
        return Verdict("review", verdict.score, "found by title, and the titles are not equal")
    if ours.people and theirs.people:  # they agree, else the verdict would be another
        return verdict
    if not ours.people and ours.year and ours.year == theirs.year:
        return verdict
    if not ours.people and not ours.year and len(ours.key) >= _DISTINCT:
        return verdict
    return Verdict("review", verdict.score, "equal title, but neither authors nor year to compare")


def _against(record: Record, name: str, value: Any) -> str | None:
    """Say what keeps a value from being taken, or ``None``."""
    if name == "authors":
        return _against_authors(record, value)
    if name == "venue" and (_ODD.search(value) or len(value) > _MAX_VENUE):
        return f"{value[:60]!r} is no venue"
    if name == "issued" and record.issued and not dates.agree(record.issued, value):
        derived = is_derived(record.provenance.get(name, ""))
        if not (derived and dates.is_month_after(record.issued, value)):
            return f"the record says {record.issued}"
    return None


def _against_authors(record: Record, authors: Sequence[Any]) -> str | None:
    names = [str(author) for author in authors]
    for name in names:
        if _ODD.search(name) or len(name) > _MAX_NAME:
            return f"{name[:60]!r} is no name"
    if record.author_count and len(names) != record.author_count:
        return f"{record.provenance.get('author_count', 'the record')} counts {record.author_count} authors"
    if len(set(names)) < len(names):
        return "a name stands twice"
    known = people(record.authors)  # a cut list goes on with others
    if record.authors and not (len(authors) > len(known) and _share_words(known, authors)):
        return f"the record has {merging.shown(record.authors)[:200]}"
    return None


def _share_words(some: Sequence[Any], others: Sequence[Any]) -> bool:
    """Tell whether each of two names at one place has a word in common, as far as both lists go."""
    return all(
        set(titles.tokens(str(one))) & set(titles.tokens(str(other))) for one, other in zip(some, others, strict=False)
    )


def _differs(record: Record, name: str, value: Any, api: Api) -> str | None:
    """Say what the record has where a source has told it something else; what people wrote is no matter for doubt."""
    held, origin = record.value(name), record.provenance.get(name, "")
    if not origin or is_editors(origin):
        return None
    if name == "authors":
        same = len(held) == len(value) and _share_words(held, value)
    elif name == "issued":
        same = not api.dates_preprints or dates.agree(held, value)
    else:  # other identifiers make another paper, and venues have many names
        return None
    return None if same else f"the record has {merging.shown(held)[:200]}, from {origin}"


def _owned(name: str, field_name: str, value: Any, owners: Mapping[tuple[str, str], str]) -> str | None:
    owner = owners.get((field_name.partition(".")[2], value)) if field_name.startswith("identifiers.") else None
    return f"it is that of {owner}" if owner not in (None, name) else None


def write(folder: Path, done: Enrichment) -> int:
    """Write the records that changed, all of them or none; return how many did. Raises WriteError."""
    changes = {store.record_file(name): store.record_text(record) for name, record in done.records.items()}
    return len(store.save(folder, changes))


def summary(done: Enrichment, titles_of: Mapping[str, str]) -> str:
    """Return what was filled in as text for a pull request, in GitHub Markdown; nothing in it is more than text.

    ``titles_of`` gives the APIs' names for readers. What does not fit into a pull request is counted, not shown.
    """
    asked = ", ".join(titles_of.get(name, name) for name, number in done.asked.items() if number) or "nobody"
    numbers = f"{count(len(done.facts), 'fact')} for {count(len(done.records), 'record')}, asked from {asked}."
    lines = [f"{numbers} What was there already, and what people wrote, is untouched."]
    facts = [
        (fact.record, fact.field, fact.value, fact.before or "", fact.source)
        for fact in sorted(done.facts, key=lambda fact: (fact.record, FIELDS.index(fact.field)))
    ]
    left = _MAX_SUMMARY - len(lines[0])
    if facts:
        lines += ["", *_table(("Record", "Field", "Value", "Before", "Source"), facts, left * 3 // 4)]
    left = _MAX_SUMMARY - sum(map(len, lines))
    if done.doubts:
        doubts = [(doubt.record, f"{doubt.api} {doubt.message}") for doubt in done.doubts]
        lines += ["", "### Not taken", "", *_table(("Record", "Why"), doubts, left)]
    return "\n".join(lines) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    for number, row in enumerate(rows):
        line = f"| {' | '.join(_cell(text) for text in row)} |"
        if (room := room - len(line) - 1) < 0:
            return [*lines, "", f"{len(rows) - number} more are not shown."]
        lines.append(line)
    return lines


def _cell(text: str) -> str:
    if links.is_safe(text):
        return escaping.github_link(text)
    return escaping.github_code_element(text if len(text) <= 300 else f"{text[:300]}…")
