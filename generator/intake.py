"""The intake wing as one step: read files, find which entries are one paper, merge them into records, write these."""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import matching, merging, readers, store
from generator.errors import InputError, Problem
from generator.facts import dates, hidden
from generator.facts.ids import MAX_ID, id_fault, source_id_fault
from generator.facts.titles import fold, long_slug, slug
from generator.matching.items import Item, item_of_entry, items_of
from generator.matching.shelf import Shelf
from generator.models import Entry, Record, Retraction, Source
from generator.readers import Reading, csv_table
from generator.store.schema import SCHEMA_FILE, record_schema


@dataclass(frozen=True)
class Outcome:
    """A record that an import made or touched, with the numbers of the entries it took in."""

    id: str
    record: Record
    new: bool
    entries: tuple[int, ...]
    conflicts: tuple[merging.Conflict, ...]


@dataclass(frozen=True)
class Import:
    """What an import comes to: entries in file order, their records, what a person must look at, what is wrong."""

    readings: tuple[Reading, ...]
    entries: tuple[Entry, ...]
    outcomes: tuple[Outcome, ...]
    review: tuple[matching.Pair, ...]
    """Pairs for a person; numbers from ``len(entries)`` on are records, in the order of ``record_ids``."""
    record_ids: tuple[str, ...]
    unmatched: tuple[int, ...]
    """Entries that made no record, because only gaps of records that are there were to be filled."""
    kept_off: tuple[tuple[int, str], ...]
    """Entries that made no record, because their paper was taken off the list: number, and the paper's old id."""
    sources: Mapping[str, Source]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the files."""
        return tuple(problem for reading in self.readings for problem in reading.problems)


def read_files(
    paths: Iterable[str], *, format: str | None = None, captured: str | None = None
) -> tuple[list[Reading], dict[str, str]]:
    """Read each file; return the readings, and the sha256 of each file that could be opened by its path."""
    readings, checksums = [], {}
    for path in paths:
        try:
            data = readers.load(path)
        except InputError as error:
            readings.append(Reading(path, format or "unknown", problems=(error.problem,)))
            continue
        checksums[path] = f"sha256:{hashlib.sha256(data).hexdigest()}"
        readings.append(readers.read(path, data, format=format, captured=captured))
    return readings, checksums


def read_items(
    paths: Iterable[str], *, format: str | None = None, tell: Callable[[int], None] | None = None
) -> tuple[list[Item], list[Problem]]:
    """Read each file for matching only; return the items in file order, and what is wrong with the files.

    A table is read row by row and its abstracts are laid aside, so that it may be of any size; ``tell`` hears how many
    items have been read.
    """
    shelf = Shelf()
    items: list[Item] = []
    problems: list[Problem] = []
    for path in paths:
        begin = len(items)
        faults: list[Problem] = []
        for entry in _entries(path, format, faults):
            items.append(item_of_entry(entry, shelf))
            if tell:
                tell(len(items))
        if faults:
            del items[begin:]  # a file is read whole or not at all
            problems += faults
    return items, problems


def _entries(path: str, format: str | None, problems: list[Problem]) -> Iterator[Entry]:
    """Yield the entries of a file: a table's one by one, those of other formats when all are read."""
    try:
        if Path(path).is_file():
            name = format or readers.recognise(path, readers.beginning(path))
            if name == csv_table.NAME:
                count = 0
                for entry in csv_table.walk(path, readers.lines(path), problems, None, csv_table.names_in):
                    count += 1
                    yield readers.cleaned(entry)
                if not count and not problems:
                    problems.append(readers.nothing_in(path, name))
                return
    except InputError as error:
        problems.append(error.problem)
        return
    except OSError:
        pass  # reading it whole says why
    [reading], _ = read_files([path], format=format)
    problems += reading.problems
    yield from reading.entries


def plan(
    contents: store.Contents,
    readings: Sequence[Reading],
    checksums: Mapping[str, str],
    *,
    today: str,
    new: bool = True,
    keep_abstracts: bool = False,
    tell: Callable[[int], None] | None = None,
) -> Import:
    """Work out what an import of ``readings`` does to ``contents``; nothing is written.

    ``today`` is the day that new sources and records are said to have joined the list. ``new`` allows new records.
    ``tell`` hears how many pairs have been compared.
    """
    sources = dict(contents.sources)
    good = [reading for reading in readings if not reading.problems]
    by_checksum = sorted(good, key=lambda reading: checksums[reading.path])  # ids must not depend on the files' order
    ids = {reading.path: _register(sources, reading, checksums[reading.path], today) for reading in by_checksum}
    sighted = [(ids[reading.path], entry) for reading in good for entry in reading.entries]
    papers = contents.papers
    clusters, review = _match(papers, sighted, tell)

    formats = {name: source.format for name, source in sources.items()}
    dated = {
        name
        for name, source in contents.sources.items()
        if source.captured_inferred and not sources[name].captured_inferred
    }
    fresh: list[tuple[int, ...]] = []
    outcomes: list[Outcome] = []
    kept_off: list[tuple[int, str]] = []
    for name, numbers in clusters:
        if name is None:
            fresh.append(numbers)
        elif name not in contents.records:
            kept_off.extend((number, name) for number in numbers)
        else:
            record, conflicts = merging.merge(
                contents.records[name],
                [sighted[number] for number in numbers],
                formats,
                added=None,
                keep_abstract=keep_abstracts,
                dated=dated,
            )
            outcomes.append(Outcome(name, record, False, numbers, conflicts))
    unmatched: tuple[int, ...] = ()
    if new:
        outcomes.extend(_new_records(contents, fresh, sighted, formats, sources, keep_abstracts))
    else:
        unmatched = tuple(sorted(number for numbers in fresh for number in numbers))
        used = {seen.source for outcome in outcomes for seen in outcome.record.seen}
        sources = {name: source for name, source in sources.items() if name in contents.sources or name in used}
    outcomes.sort(key=lambda outcome: outcome.id)
    return Import(
        readings=tuple(readings),
        entries=tuple(entry for _, entry in sighted),
        outcomes=tuple(outcomes),
        review=review,
        record_ids=tuple(papers),
        unmatched=unmatched,
        kept_off=tuple(sorted(kept_off)),
        sources=sources,
    )


def _match(
    papers: Mapping[str, Record | Retraction],
    sighted: Sequence[tuple[str, Entry]],
    tell: Callable[[int], None] | None,
) -> tuple[list[tuple[str | None, tuple[int, ...]]], tuple[matching.Pair, ...]]:
    """Find what is one paper: return the numbers of its entries, with its id if the list has it, and what is uncertain.

    ``sighted`` are entries with their sources. In pairs for review, papers of the list are numbered on from them.
    """
    names = tuple(papers)
    number_of = {name: number for number, name in enumerate(names, start=len(sighted))}
    settled = _settled(papers, sighted)
    free = [number for number in range(len(sighted)) if number not in settled]
    forms = items_of(papers)
    items = [*(item_of_entry(sighted[number][1]) for number in free), *forms]
    numbers = [*free, *(number_of[form.label] for form in forms)]
    found = (
        matching.match(items, tell) if free else matching.Matching(tuple((place,) for place in range(len(items))), ())
    )
    belonging: defaultdict[int, list[int]] = defaultdict(list)
    for number, other in settled.items():
        belonging[other].append(number)
    clusters: dict[int, set[int]] = {}
    for cluster in found.clusters:
        members = {numbers[place] for place in cluster}
        members.update(number for member in [*members] for number in belonging.get(member, ()))
        # What is one paper by any title of a record belongs to the record.
        clusters.setdefault(max(members), set()).update(members)
    cluster_of = {number: paper for paper, members in clusters.items() for number in members}
    review: dict[tuple[int, int], matching.Pair] = {}
    for pair in found.review:
        a, b = numbers[pair.a], numbers[pair.b]
        if min(a, b) < len(sighted) and cluster_of[a] != cluster_of[b]:  # two records are no news
            review.setdefault((a, b), matching.Pair(a, b, pair.verdict))
    taken_in: list[tuple[str | None, tuple[int, ...]]] = []
    for members in clusters.values():
        entries = tuple(sorted(number for number in members if number < len(sighted)))
        known = [number for number in members if number >= len(sighted)]
        if entries:
            taken_in.append((names[min(known) - len(sighted)] if known else None, entries))
    return taken_in, tuple(review.values())


def _settled(papers: Mapping[str, Record | Retraction], sighted: Sequence[tuple[str, Entry]]) -> dict[int, int]:
    """Return the entries that need no matching, each with the number of what it belongs to already.

    That is the paper that was made of it, or the same entry of the same file, given twice.
    """
    made = {
        (seen.source, seen.position): number
        for number, paper in enumerate(papers.values(), start=len(sighted))
        for seen in paper.seen
    }
    first: dict[tuple[str, int], int] = {}
    settled = {}
    for number, (source, entry) in enumerate(sighted):
        place = (source, entry.position)
        if place in made:
            settled[number] = made[place]
        elif place in first:
            settled[number] = first[place]
        else:
            first[place] = number
    return settled


def _register(sources: dict[str, Source], reading: Reading, checksum: str, today: str) -> str:
    """Return the id of a file's source, made known in ``sources`` if new; equal bytes are one source."""
    for name, source in sources.items():
        if source.checksum == checksum:
            stated = reading.captured and dates.is_day(reading.captured) and not reading.captured_inferred
            if stated and (source.captured_inferred or not dates.is_day(source.captured or "")):
                sources[name] = source.model_copy(update={"captured": reading.captured, "captured_inferred": False})
            return name
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(reading.path).stem).strip("._-")[:60].rstrip("._-").lower() or "source"
    if source_id_fault(stem):
        stem = f"source-{stem}"
    name = (
        stem
        if stem not in {known.casefold() for known in sources}
        else f"{stem}-{checksum.removeprefix('sha256:')[:8]}"
    )
    # The same name in every locale; bytes that are no UTF-8 are shown as such, and what nobody sees is left out.
    file = fold(os.fsencode(Path(reading.path).name).decode("utf-8", "replace"))
    sources[name] = Source(
        name=hidden.shown(file, "").strip() or name,
        format=reading.format,
        captured=reading.captured,
        captured_inferred=reading.captured_inferred,
        checksum=checksum,
        entries=len(reading.entries),
        added=today,
    )
    return name


def _new_records(
    contents: store.Contents,
    fresh: Sequence[tuple[int, ...]],
    sighted: Sequence[tuple[str, Entry]],
    formats: Mapping[str, str],
    sources: Mapping[str, Source],
    keep_abstracts: bool,
) -> list[Outcome]:
    made = []
    ties = []
    for numbers in fresh:
        pairs = [sighted[number] for number in numbers]
        added = min(filter(None, (sources[source].added for source, _ in pairs)), default=None)
        made.append(merging.merge(None, pairs, formats, added=added, keep_abstract=keep_abstracts))
        ties.append(min((source, entry.position) for source, entry in pairs))
    names = new_ids([record.title for record, _ in made], contents.given, ties)
    return [
        Outcome(name, record, True, numbers, conflicts)
        for name, numbers, (record, conflicts) in zip(names, fresh, made, strict=True)
    ]


def new_ids(titles: Sequence[str], taken: Collection[str], ties: Sequence[tuple[str, int]] = ()) -> list[str]:
    """Return an id for each title, none of them in ``taken``; the outcome does not depend on the order of the titles.

    The short slug is used unless it is taken, reserved, or wanted twice; then the slug of the whole title; then that
    with a number, in the order of ``ties`` among equal titles.
    """
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for place, title in enumerate(titles):
        wanted[slug(title) or "paper"].append(place)
    result = [""] * len(titles)
    used = set(taken)
    crowded = []
    for short, places in sorted(wanted.items()):
        if len(places) == 1 and short not in used and id_fault(short) is None:
            result[places[0]] = short
            used.add(short)
        else:
            crowded.extend(places)
    following: defaultdict[str, int] = defaultdict(lambda: 2)  # all numbers before are taken
    for place in sorted(crowded, key=lambda place: (titles[place], ties[place : place + 1])):
        name = long_slug(titles[place]) or "paper"
        stem = name[: MAX_ID - 6]
        while name in used or id_fault(name):
            name, following[stem] = f"{stem}-{following[stem]}", following[stem] + 1
        result[place] = name
        used.add(name)
    return result


def write(contents: store.Contents, done: Import) -> int:
    """Write what an import came to, all of it or nothing; return how many files changed. Raises WriteError."""
    changes: dict[str, str | None] = {
        store.record_file(outcome.id): store.record_text(outcome.record) for outcome in done.outcomes
    }
    if done.sources:
        changes["sources.yaml"] = store.sources_text(done.sources)
    if done.outcomes:
        changes[SCHEMA_FILE] = record_schema(contents.topics)
    return len(store.save(contents.folder, changes))
