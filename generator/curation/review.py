"""Pairs that may be one paper, put to a person one by one; each answer is kept in the records at once.

The pairs are those that matching leaves open: records of the list, or entries of files against it. An entry becomes
part of a record, or a record of its own, when the last question about it is answered; what is left stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator import intake, matching, store
from generator.curation import moves
from generator.curation.moves import Edit
from generator.disk import journal
from generator.errors import ReadingListError, WriteError
from generator.matching.comparison import Verdict, compare_titles
from generator.matching.items import item_of_entry, items_of
from generator.models import Record, Source
from generator.store import Contents


@dataclass(frozen=True)
class PossibleMatch:
    """Two papers that may be one: the ids of the one that would stay and of the other, and why this is asked."""

    keep: str
    other: str
    verdict: Verdict


@dataclass(frozen=True)
class Queue:
    """What is to be asked. ``pending`` are the records that entries of files would become, with their ``labels``."""

    pairs: tuple[PossibleMatch, ...]
    pending: Mapping[str, Record] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)


def of_records(contents: Contents) -> Queue:
    """Return the pairs of records that matching leaves open, the likeliest first."""
    items = items_of(contents.records)
    found = ((items[pair.a].label, items[pair.b].label, pair.verdict) for pair in matching.match(items).review)
    return Queue(_told_once(contents.records, {}, found))


def of_import(contents: Contents, done: intake.Import) -> Queue:
    """Return the pairs that an import leaves open: entries that may be papers of the list, or one another.

    Entries taken in before are compared as well, for a doubt may rest on what their records do not keep: an abstract.
    """
    of_entry = {number: outcome.id for outcome in done.outcomes for number in outcome.entries}
    new = [outcome for outcome in done.outcomes if outcome.new]
    pending = {outcome.id: outcome.record for outcome in new}
    labels = {outcome.id: tuple(done.entries[number].label for number in outcome.entries) for outcome in new}
    items = [*map(item_of_entry, done.entries), *items_of(contents.papers)]
    names = [*map(of_entry.get, range(len(done.entries))), *(item.label for item in items[len(done.entries) :])]
    found = []
    for pair in matching.match(items).review:
        one, other = names[pair.a], names[pair.b]
        if pair.a >= len(done.entries) or not one or not other or {one, other} & contents.retracted.keys():
            continue
        if not (one in contents.records and other in contents.records[one].not_same_as):
            found.append((one, other, pair.verdict))
    return Queue(_told_once(contents.records, pending, found), pending, labels, done.sources)


def _told_once(
    records: Mapping[str, Record], pending: Mapping[str, Record], found: Iterable[tuple[str, str, Verdict]]
) -> tuple[PossibleMatch, ...]:
    """Return each pair of ids once, the likeliest first; the older record would stay."""

    def age(name: str) -> tuple[bool, bool, str, str]:
        added = (records.get(name) or pending[name]).added or ""
        return (name not in records, not added, added, name)

    pairs: dict[tuple[str, str], PossibleMatch] = {}
    for one, other, verdict in found:
        keep, gone = sorted((one, other), key=age)
        held = pairs.get((keep, gone))
        if keep != gone and (held is None or verdict.score > held.verdict.score):
            pairs[keep, gone] = PossibleMatch(keep, gone, verdict)
    return tuple(sorted(pairs.values(), key=lambda pair: (-pair.verdict.score, pair.keep, pair.other)))


class Session:
    """One walk through a queue. Every answer reads the records anew and writes what it comes to."""

    def __init__(self, contents: Contents, queue: Queue) -> None:
        self.folder = contents.folder
        self._records = dict(contents.records)  # those too that somebody moves meanwhile
        self._queue = queue
        self._open = list(queue.pairs)
        self._pending = dict(queue.pending)
        self._left: set[str] = set()  # pending records of which a pair is left for later
        self.answered = 0
        self.later = 0

    def __len__(self) -> int:
        return len(self._open)

    @property
    def pair(self) -> PossibleMatch | None:
        """The pair that is to be decided now, or ``None`` where none is left."""
        return self._open[0] if self._open else None

    def record(self, name: str) -> Record:
        """Return one side of a pair."""
        return self._pending.get(name) or self._records[name]

    def is_pending(self, name: str) -> bool:
        """Tell whether one side of a pair is an entry of a file, which is no record yet."""
        return name in self._pending

    def leave(self, pair: PossibleMatch) -> None:
        """Leave a pair for later: it stays in the queue."""
        self._open = [each for each in self._open if each is not pair]
        self._left |= {name for name in (pair.keep, pair.other) if self.is_pending(name)}
        self.later += 1

    def different(self) -> list[Edit]:
        """Keep that the two are different papers; return what was written. Raises ReadingListError."""
        pair = self._open[0]
        written = [] if self.is_pending(pair.other) else self._apply(moves.tell_apart, pair.keep, pair.other)
        for name, other in ((pair.keep, pair.other), (pair.other, pair.keep)):
            if self.is_pending(name):
                self._pending[name] = moves.apart_from(self._pending[name], other)
        self._open.pop(0)
        written += self._settle(pair.keep, pair.other)
        self.answered += 1
        return written

    def same(self, *, keep_other: bool = False) -> list[Edit]:
        """Make the two one; return what was written. ``keep_other`` keeps the other id. Raises ReadingListError."""
        pair = self._open[0]
        keep, gone = (pair.other, pair.keep) if keep_other else (pair.keep, pair.other)
        written: list[Edit] = []
        if not self.is_pending(gone):
            written = self._apply(moves.merge, keep, gone)
        elif self.is_pending(keep):
            self._pending[keep] = moves.joined(self._pending[keep], self._pending[gone])
        else:
            written = self._apply(self._joined, keep, self._pending[gone])
        self._pending.pop(gone, None)
        self._open.pop(0)
        self._ask_of(gone, keep)
        written += self._settle(keep)
        self.answered += 1
        return written

    def _ask_of(self, gone: str, keep: str) -> None:
        """Put what was to be asked of ``gone`` to ``keep``, as far as it is still in doubt."""
        found = []
        for pair in self._open:
            one, other = (keep if name == gone else name for name in (pair.keep, pair.other))
            verdict = pair.verdict
            if gone in (pair.keep, pair.other) and one != other:
                verdict = compare_titles(*(items_of({name: self.record(name)}) for name in (one, other)))
                if verdict.kind == "different":
                    continue
            found.append((one, other, verdict))
        self._open = list(_told_once(self._records, self._pending, found))

    def _settle(self, *names: str) -> list[Edit]:
        """Write pending records of which no pair is open or left for later."""
        asked = self._left.union(*((pair.keep, pair.other) for pair in self._open))
        written: list[Edit] = []
        for name in names:
            if name in self._pending and name not in asked:
                written += self._apply(self._added, name, self._pending[name])
                del self._pending[name]
        return written

    def _added(self, contents: Contents, name: str, entry: Record) -> Edit:
        """Return the edit by which an entry becomes a record of its own."""
        (free,) = intake.new_ids([entry.title], contents.given) if name in contents.given else (name,)
        return self._edit(contents, free, entry)

    def _joined(self, contents: Contents, name: str, entry: Record) -> Edit:
        """Return the edit by which an entry becomes part of a record."""
        return self._edit(contents, name, moves.joined(moves.record_of(contents, name), entry))

    def _edit(self, contents: Contents, name: str, record: Record) -> Edit:
        """Return the edit that writes a record and its sources; what it was told apart from says so too."""
        held = contents.records[name].not_same_as if name in contents.records else ()
        apart = [other for other in record.not_same_as if other in contents.records and other not in (name, *held)]
        records = {name: record.model_copy(update={"not_same_as": (*held, *apart)})}
        records |= {other: moves.apart_from(contents.records[other], name) for other in apart}
        writes = {store.record_file(each): store.record_text(made) for each, made in records.items()}
        used = {seen.source for seen in record.seen}
        new = {source: read for source, read in self._queue.sources.items() if source in used}
        sources = {**new, **contents.sources}
        if sources != contents.sources:
            writes["sources.yaml"] = store.sources_text(sources)
        return Edit(writes)

    def _apply(self, make: Callable[..., Edit], *arguments: Any) -> list[Edit]:
        """Make an edit of the records as they are now, and write it."""
        with journal.locked(self.folder):
            try:
                contents = store.load_sound(self.folder)
            except ReadingListError as error:  # what cannot be read would be lost from its table
                raise WriteError(str(error)) from error
            edit = make(contents, *arguments)
            moves.apply(contents, edit)
            self._records |= store.load(self.folder).records
        return [edit]
