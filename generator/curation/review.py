"""Pairs that may be one paper, put to a person one by one; each answer is kept in the records at once.

The pairs are those that matching leaves open: records of the list, or entries of files against it. An entry becomes
part of a record, or a record of its own, when the last question about it is answered; what is left stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

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
class Question:
    """Two papers that may be one: the ids of the one that would stay and of the other, and why this is asked."""

    keep: str
    other: str
    verdict: Verdict


@dataclass(frozen=True)
class Queue:
    """What is to be asked. ``pending`` are the records that entries of files would become, with their ``labels``."""

    questions: tuple[Question, ...]
    pending: Mapping[str, Record]
    labels: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]


def of_records(contents: Contents) -> Queue:
    """Return the pairs of records that matching leaves open, the likeliest first."""
    items = items_of(contents.records)
    pairs = ((items[pair.a].label, items[pair.b].label, pair.verdict) for pair in matching.match(items).review)
    return Queue(_questions(contents, {}, pairs), {}, {}, contents.sources)


def of_import(contents: Contents, done: intake.Import) -> Queue:
    """Return the pairs that an import leaves open: entries that may be papers of the list, or one another.

    Entries taken in before are compared as well, for a doubt may rest on what their records do not keep: an abstract.
    """
    of_entry = {number: outcome.id for outcome in done.outcomes for number in outcome.entries}
    pending = {outcome.id: outcome.record for outcome in done.outcomes if outcome.new}
    labels = {
        outcome.id: tuple(done.entries[number].label for number in outcome.entries)
        for outcome in done.outcomes
        if outcome.new
    }
    items = [*map(item_of_entry, done.entries), *items_of(contents.papers)]
    names = [*map(of_entry.get, range(len(done.entries))), *(item.label for item in items[len(done.entries) :])]
    pairs = []
    for pair in matching.match(items).review:
        one, other = names[pair.a], names[pair.b]
        if pair.a >= len(done.entries) or not one or not other or {one, other} & contents.retracted.keys():
            continue
        if not (one in contents.records and other in contents.records[one].not_same_as):
            pairs.append((one, other, pair.verdict))
    return Queue(_questions(contents, pending, pairs), pending, labels, done.sources)


def _questions(
    contents: Contents, pending: Mapping[str, Record], pairs: Iterable[tuple[str, str, Verdict]]
) -> tuple[Question, ...]:
    """Return one question for each pair of ids, the likeliest first; the older record would stay."""

    def age(name: str) -> tuple[bool, bool, str, str]:
        added = (contents.records.get(name) or pending[name]).added or ""
        return (name not in contents.records, not added, added, name)

    found: dict[tuple[str, str], Question] = {}
    for one, other, verdict in pairs:
        keep, gone = sorted((one, other), key=age)
        held = found.get((keep, gone))
        if keep != gone and (held is None or verdict.score > held.verdict.score):
            found[keep, gone] = Question(keep, gone, verdict)
    return tuple(sorted(found.values(), key=lambda each: (-each.verdict.score, each.keep, each.other)))


class Session:
    """One walk through a queue. Every answer reads the records anew and writes what it comes to."""

    def __init__(self, contents: Contents, queue: Queue) -> None:
        self.folder = contents.folder
        self._contents = contents
        self._queue = queue
        self._open = list(queue.questions)
        self._pending = dict(queue.pending)
        self._apart: dict[str, list[str]] = {}  # of pending records: from what they were told apart
        self._left: set[str] = set()  # pending records of which a question is left for later
        self.answered = 0
        self.later = 0

    def __len__(self) -> int:
        return len(self._open)

    @property
    def question(self) -> Question | None:
        """The question that is to be answered now, or ``None`` where none is left."""
        return self._open[0] if self._open else None

    def record(self, name: str) -> Record:
        """Return one side of a question."""
        return self._contents.records.get(name) or self._pending[name]

    def is_pending(self, name: str) -> bool:
        """Tell whether one side of a question is an entry of a file, which is no record yet."""
        return name not in self._contents.records

    def leave(self) -> None:
        """Leave the question for later: it stays in the queue."""
        question = self._open.pop(0)
        self._left |= {name for name in (question.keep, question.other) if self.is_pending(name)}
        self.later += 1

    def different(self) -> list[Edit]:
        """Keep that the two are different papers; return what was written. Raises ReadingListError."""
        question = self._open.pop(0)
        self.answered += 1
        for name, apart in ((question.keep, question.other), (question.other, question.keep)):
            if self.is_pending(name):
                self._apart.setdefault(name, []).append(apart)
        if not self.is_pending(question.other):
            return self._apply(lambda contents: moves.tell_apart(contents, question.keep, question.other))
        return self._settle(question.keep, question.other)

    def same(self, *, keep_other: bool = False) -> list[Edit]:
        """Make the two one; return what was written. ``keep_other`` keeps the other id. Raises ReadingListError."""
        question = self._open.pop(0)
        self.answered += 1
        keep, gone = (question.other, question.keep) if keep_other else (question.keep, question.other)
        if not self.is_pending(gone):
            written = self._apply(lambda contents: moves.merge(contents, keep, gone))
        else:
            entry, apart = self._pending.pop(gone), self._apart.pop(gone, [])
            if self.is_pending(keep):
                self._pending[keep] = moves.joined(self._pending[keep], entry)
                self._apart.setdefault(keep, []).extend(apart)
                written = []
            else:
                written = self._apply(
                    lambda contents: self._writing(contents, keep, moves.joined(contents.records[keep], entry), apart)
                )
        self._ask_of(gone, keep)
        return written + self._settle(keep)

    def _settle(self, *names: str) -> list[Edit]:
        """Write pending records of which no question is open or left for later."""
        written: list[Edit] = []
        for name in names:
            asked = any(name in (each.keep, each.other) for each in self._open)
            if name in self._pending and not asked and name not in self._left:
                record, apart = self._pending.pop(name), self._apart.pop(name, [])
                written += self._apply(partial(self._adding, name=name, record=record, apart=apart))
        return written

    def _adding(self, contents: Contents, name: str, record: Record, apart: list[str]) -> Edit:
        """Return the edit by which an entry becomes a record of its own."""
        (free,) = intake.new_ids([record.title], contents.given) if name in contents.given else (name,)
        return self._writing(contents, free, record, apart)

    def _writing(self, contents: Contents, name: str, record: Record, apart: list[str]) -> Edit:
        """Return the edit that writes a record and its sources, and that it and the records ``apart`` are not one."""
        others = [other for other in apart if other in contents.records]
        records = {name: moves.apart_from(record, *others)}
        for other in others:
            if other != name:
                records[other] = moves.apart_from(contents.records[other], name)
        writes = {store.record_file(each): store.record_text(held) for each, held in records.items()}
        used = {seen.source for held in records.values() for seen in held.seen}
        new = {source: self._queue.sources[source] for source in used & self._queue.sources.keys()}
        sources = {**new, **contents.sources}
        if sources != contents.sources:
            writes["sources.yaml"] = store.sources_text(sources)
        return Edit(writes)

    def _apply(self, make: Callable[[Contents], Edit]) -> list[Edit]:
        with journal.locked(self.folder):
            try:
                contents = store.load_sound(self.folder)
            except ReadingListError as error:  # what cannot be read would be lost from its table
                raise WriteError(str(error)) from error
            edit = make(contents)
            moves.apply(self._contents, edit)
            self._contents = store.load(self.folder)
        return [edit]

    def _ask_of(self, gone: str, keep: str) -> None:
        """Put what was to be asked of ``gone`` to ``keep``, as far as it is still in doubt."""
        pairs = []
        for each in self._open:
            one, other = (keep if name == gone else name for name in (each.keep, each.other))
            verdict = each.verdict
            if gone in (each.keep, each.other) and one != other:
                verdict = compare_titles(*(items_of({name: self.record(name)}) for name in (one, other)))
                if verdict.kind == "different":
                    continue
            pairs.append((one, other, verdict))
        self._open = list(_questions(self._contents, self._pending, pairs))
