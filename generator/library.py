"""All records of a list with their indexes, built once: what the pages, feeds and exports are made from."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator.facts import titles
from generator.facts.ids import WINDOWS_NAMES
from generator.facts.names import is_cut, people
from generator.models import Path, Record, Retraction, Sighting, Source, Topic
from generator.related import Relation, related, term_weights
from generator.store import Contents

UNSORTED = "unsorted"


@dataclass(frozen=True)
class Library:
    """The whole list. Every index is sorted; ties are broken by id, so equal records give equal pages."""

    records: Mapping[str, Record]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    paths: Mapping[str, Path]
    redirects: Mapping[str, str]
    retracted: Mapping[str, Retraction] = field(default_factory=dict)

    @classmethod
    def of(cls, contents: Contents) -> Library:
        """Build the library of a records folder that was read without problems."""
        records = dict(sorted(contents.records.items(), key=lambda pair: (_title_order(pair[1].title), pair[0])))
        sources, retracted = dict(sorted(contents.sources.items())), dict(sorted(contents.retracted.items()))
        return cls(records, contents.topics, sources, contents.paths, contents.redirects, retracted)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """A short key of what each record holds, by id."""
        return {
            record_id: hashlib.sha256(record.model_dump_json().encode()).hexdigest()[:24]
            for record_id, record in self.records.items()
        }

    @cached_property
    def words(self) -> Mapping[str, Mapping[str, float]]:
        """The weights of each record's terms, by id."""
        return term_weights(self.records)

    @cached_property
    def relations(self) -> Mapping[str, tuple[Relation, ...]]:
        """The papers related to each record, by id."""
        return related(self.records, weights=self.words)

    def topics_of(self, record_id: str) -> list[str]:
        """Return the topics of a record that the list knows, the primary one first."""
        return [topic for topic in self.records[record_id].topics if topic in self.topics]

    def primary_topic(self, record_id: str) -> str:
        """Return the first topic of a record that the list knows, or ``unsorted``."""
        return next(iter(self.topics_of(record_id)), UNSORTED)

    @cached_property
    def by_topic(self) -> Mapping[str, tuple[str, ...]]:
        """Record ids by topic, newest first; records without a known topic stand under ``unsorted``."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for record_id in self.newest_first:
            for topic in self.topics_of(record_id) or [UNSORTED]:
                found[topic].append(record_id)
        return {topic: tuple(ids) for topic, ids in found.items()}

    @cached_property
    def by_year(self) -> Mapping[int, tuple[str, ...]]:
        """Record ids by year of issue, the latest year first, newest first within it; undated records are left out."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for record_id in self.newest_first:
            year = self.records[record_id].year
            if year is not None:
                found[year].append(record_id)
        return {year: tuple(found[year]) for year in sorted(found, reverse=True)}

    @cached_property
    def undated(self) -> tuple[str, ...]:
        """Ids of the records without a date of issue, by title."""
        return tuple(record_id for record_id, record in self.records.items() if record.year is None)

    def joined(self, since: str, known: Collection[str] | None = None) -> list[str]:
        """Return the ids of the records that joined the list on the day ``since`` or later, the latest first.

        With ``known``, the ids that the list had on that day, they are those that it did not have, whatever day they
        bear: a suggestion may wait for weeks before it joins. A record renamed or merged since is not new.
        """
        had = {*(known or ()), *(self.redirects[old] for old in known or () if old in self.redirects)}
        days = {record_id: record.added or "" for record_id, record in self.records.items()}
        new = [
            record_id for record_id, day in days.items() if (day >= since if known is None else record_id not in had)
        ]
        return sorted(new, key=lambda record_id: days[record_id], reverse=True)

    @cached_property
    def newest_first(self) -> tuple[str, ...]:
        """All record ids, the latest date of issue first, undated ones last; then by title and id."""
        by_title = list(self.records)
        return tuple(sorted(by_title, key=lambda record_id: self.records[record_id].issued or "", reverse=True))

    @cached_property
    def edition(self) -> str:
        """A key of which papers there are, newest first: files that name papers by numbers go together by it."""
        return hashlib.sha256("\n".join(self.newest_first).encode()).hexdigest()[:10]

    @cached_property
    def latest(self) -> tuple[str, ...]:
        """All record ids, those that joined the list last first, newest first within a day."""
        return tuple(sorted(self.newest_first, key=lambda record_id: self.records[record_id].added or "", reverse=True))

    @cached_property
    def by_addition(self) -> tuple[str, ...]:
        """Ids of the records with a day of addition, the latest first; then by title and id."""
        dated = [record_id for record_id, record in self.records.items() if record.added]
        return tuple(sorted(dated, key=lambda record_id: self.records[record_id].added or "", reverse=True))

    @cached_property
    def day(self) -> str | None:
        """The last day that the records state, of an addition, a correction or a retraction."""
        days = [record.added for record in self.records.values() if record.added]
        days += [made.day for record in self.records.values() for made in record.corrected]
        return max([*days, *(notice.retracted for notice in self.retracted.values())], default=None)

    @cached_property
    def by_source(self) -> Mapping[str, tuple[tuple[str, Sighting], ...]]:
        """Records with what was seen of them, by source, in the source's own order."""
        found: defaultdict[str, list[tuple[str, Sighting]]] = defaultdict(list)
        for record_id, record in self.records.items():
            for seen in record.seen:
                found[seen.source].append((record_id, seen))
        return {
            source: tuple(sorted(found[source], key=lambda pair: (pair[1].position, pair[0])))
            for source in sorted(found)
        }

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Topic ids by group, in the order of topics.yaml."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for topic_id, topic in self.topics.items():
            found[topic.group].append(topic_id)
        return {group: tuple(ids) for group, ids in found.items()}

    @cached_property
    def by_author(self) -> Mapping[str, tuple[str, ...]]:
        """Record ids by author's name, newest first, for names that stand on two or more papers; sorted by name.

        Spellings that differ in case, spaces, accents or hyphens count as one name, shown as it is printed most often.
        """
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for record_id in self.newest_first:
            for name in people(self.records[record_id].author_names):
                key = _author_key(name)
                spellings[key][name] += 1
                found[key][record_id] = None
        named = {key: min(names, key=lambda name: (-names[name], name)) for key, names in spellings.items()}
        keys = sorted((key for key, ids in found.items() if len(ids) > 1), key=lambda key: (key, named[key]))
        return {named[key]: tuple(found[key]) for key in keys}

    @cached_property
    def author_ids(self) -> Mapping[str, str]:
        """An id for each author's page: the name's slug, numbered where two names have the same one.

        Every spelling of a name that the records print leads to its page.
        """
        ids: dict[str, str] = {}
        taken = {"index", *WINDOWS_NAMES}
        for name in self.by_author:
            base = titles.long_slug(name) or "author"
            slug, number = base, 2
            while slug in taken:
                slug, number = f"{base}-{number}", number + 1
            ids[name] = slug
            taken.add(slug)
        pages = {_author_key(name): slug for name, slug in ids.items()}
        for record in self.records.values():
            for name in record.author_names:
                key = _author_key(name)
                if key in pages:
                    ids[name] = pages[key]
        return ids

    @cached_property
    def old_ids(self) -> Mapping[str, tuple[str, ...]]:
        """The ids that lead to another one, by that; sorted."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for old, new in sorted(self.redirects.items()):
            found[new].append(old)
        return {new: tuple(olds) for new, olds in found.items()}

    @cached_property
    def on_paths(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """For each record that is on reading paths: the paths' ids and its place on each, counted from 0."""
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for path_id, path in self.paths.items():
            for place, step in enumerate(path.steps):
                found[step.paper].append((path_id, place))
        return {record_id: tuple(places) for record_id, places in found.items()}

    def select(self, topic: str | None = None, year: int | None = None) -> dict[str, Record]:
        """Return the records with this topic and year, by title."""
        return {
            record_id: record
            for record_id, record in self.records.items()
            if (topic is None or topic in record.topics) and (year is None or record.year == year)
        }


def _author_key(name: str) -> str:
    """Return what all spellings of a name have in common."""
    return titles.key(name) or name


def _title_order(title: str) -> tuple[str, str]:
    """Return a sort key for titles: as read, case and punctuation aside."""
    return (" ".join(titles.tokens(title)), title)


def coverage(library: Library) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return for each thing a record should have how many have it, and the ids of those that do not, by title."""
    wanted: dict[str, Callable[[Record], Any]] = {
        "summary": lambda record: record.summary,
        "reason": lambda record: record.why,
        "type": lambda record: record.type,
        "topic": lambda record: any(topic in library.topics for topic in record.topics),
        "authors": lambda record: record.authors and not is_cut(record.authors),
        "date": lambda record: record.issued,
        "venue": lambda record: record.venue,
        "identifier": lambda record: any(value for _, value in record.identifiers),
        "code link": lambda record: record.links.code,
    }
    found = {}
    for name, has in wanted.items():
        lacking = tuple(record_id for record_id, record in library.records.items() if not has(record))
        found[name] = (len(library.records) - len(lacking), lacking)
    return found
