"""All records of a list with their indexes, built once: what the pages, feeds and exports are made from."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from generator.facts import titles
from generator.facts.ids import WINDOWS_NAMES
from generator.facts.names import is_cut, people
from generator.models import Path, Record, Retraction, Sighting, Source, Topic
from generator.related import Relation, related, term_weights
from generator.store import Contents

UNSORTED = "unsorted"

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


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
        return related(self.records, self.words, of=self.records)

    def topics_of(self, record_id: str) -> list[str]:
        """Return the topics of a record that the list knows, the primary one first."""
        return [topic for topic in self.records[record_id].topics if topic in self.topics]

    def by_primary_topic(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return ``ids`` by the primary topic of each, in the order of topics.yaml; those without stand last."""
        found = _grouped((next(iter(self.topics_of(record_id)), UNSORTED), record_id) for record_id in ids)
        return {topic: found[topic] for topic in (*self.topics, UNSORTED) if topic in found}

    @cached_property
    def by_topic(self) -> Mapping[str, tuple[str, ...]]:
        """Record ids by topic, newest first; records without a known topic stand under ``unsorted``."""
        return _grouped(
            (topic, record_id) for record_id in self.newest_first for topic in self.topics_of(record_id) or [UNSORTED]
        )

    @cached_property
    def by_year(self) -> Mapping[int, tuple[str, ...]]:
        """Record ids by year of issue, the latest year first, newest first within it; undated records are left out."""
        years = ((self.records[record_id].year, record_id) for record_id in self.newest_first)
        return _grouped((year, record_id) for year, record_id in years if year is not None)

    @cached_property
    def undated(self) -> tuple[str, ...]:
        """Ids of the records without a date of issue, by title."""
        return tuple(record_id for record_id, record in self.records.items() if record.year is None)

    def joined(self, since: str, before: Library | None) -> list[str]:
        """Return the ids of the records that joined the list on the day ``since`` or later, the latest first.

        With ``before``, the list as it was on that day, they are those that it did not have, whatever day they bear: a
        suggestion may wait for weeks before it joins. A record renamed or merged since is not new.
        """
        if before is None:
            return self.last_joined_first(key for key, record in self.records.items() if (record.added or "") >= since)
        had = {*before.records, *(self.redirects.get(old, old) for old in before.records)}
        return self.last_joined_first(record_id for record_id in self.records if record_id not in had)

    def last_joined_first(self, ids: Iterable[str]) -> list[str]:
        """Return ``ids`` by the day that each joined the list, the last first; within a day they keep their order."""
        return sorted(ids, key=lambda record_id: self.records[record_id].added or "", reverse=True)

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
    def by_addition(self) -> tuple[str, ...]:
        """Ids of the records with a day of addition, the latest first; then by title and id."""
        return tuple(self.last_joined_first(record_id for record_id, record in self.records.items() if record.added))

    @cached_property
    def day(self) -> str | None:
        """The last day that the records state, of an addition, a correction or a retraction."""
        days = [record.added for record in self.records.values() if record.added]
        days += [made.day for record in self.records.values() for made in record.corrected]
        days += [notice.retracted for notice in self.retracted.values()]
        return max(days, default=None)

    @cached_property
    def by_source(self) -> Mapping[str, tuple[tuple[str, Sighting], ...]]:
        """Records with what was seen of them, by source, in the source's own order."""
        every = [(seen, record_id) for record_id, record in self.records.items() for seen in record.seen]
        every.sort(key=lambda pair: (pair[0].source, pair[0].position, pair[1]))
        return _grouped((seen.source, (record_id, seen)) for seen, record_id in every)

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Topic ids by group, in the order of topics.yaml."""
        return _grouped((topic.group, topic_id) for topic_id, topic in self.topics.items())

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
        return _grouped((new, old) for old, new in sorted(self.redirects.items()))

    @cached_property
    def on_paths(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """For each record that is on reading paths: the paths' ids and its place on each, counted from 0."""
        return _grouped(
            (step.paper, (path_id, place))
            for path_id, path in self.paths.items()
            for place, step in enumerate(path.steps)
        )

    def select(self, topic: str | None = None, year: int | None = None) -> dict[str, Record]:
        """Return the records with this topic and year, by title."""
        return {
            record_id: record
            for record_id, record in self.records.items()
            if (topic is None or topic in record.topics) and (year is None or record.year == year)
        }


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, tuple[_Value, ...]]:
    """Return the values of each key; keys and values keep their order."""
    found: defaultdict[_Key, list[_Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


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
