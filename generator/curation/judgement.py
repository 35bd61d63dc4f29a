"""What is wrong with a change to a list: the problems in what it touches, and those that it causes elsewhere.

What was wrong before in files that the change leaves alone is not held against it; the whole list is the context.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from generator import checking, matching
from generator.curation import moves, nearness
from generator.curation.changes import differing
from generator.curation.forms import MAX_WHY_WORDS, SUMMARY_WORDS
from generator.curation.nearness import Nearest, Remark
from generator.curation.revisions import Change, inside
from generator.disk.documents import Document
from generator.errors import Problem
from generator.facts.provenance import EDITOR, is_editors
from generator.matching.comparison import compare, compare_titles
from generator.matching.items import items_of
from generator.models import Record, Retraction
from generator.store import Contents, is_record, record_file, references
from generator.wording import count

_NAMED = 3  # how many of the things that name something gone are named


@dataclass(frozen=True)
class Judgement:
    """What a change is told: problems, which must be mended, remarks, which a person weighs, and the nearest papers."""

    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]
    nearest: Mapping[str, tuple[Nearest, ...]]


def judge(change: Change) -> Judgement:
    """Return all problems and remarks of a change, sorted by file and line."""
    nearest = nearness.nearest(change.base, change.head)
    doubled, near = nearness.duplicates_and_remarks(change.base, change.head, nearest)
    problems = {*_problems(change), *doubled}
    remarks = {
        *near,
        *_misattributed(change),
        *_untold(change),
        *_own_words(change),
        *_forgotten(change),
        *_unpublished(change),
    }
    return Judgement(
        tuple(sorted(problems, key=lambda problem: problem.sort_key)),
        tuple(sorted(remarks, key=lambda remark: remark.sort_key)),
        nearest,
    )


def _problems(change: Change) -> Iterator[Problem]:
    """Yield the problems of records that the change touches, and all others that were not there before."""
    gone = [*_vanished(change), *_given_again(change)]
    orphaned = list(_orphaned(change))
    head = _without_what_follows(change, gone, [name for name, _ in orphaned])
    yield from (problem for _, problem in orphaned)
    elsewhere = []
    for problem in checking.check(head, duplicates=False):
        file = inside(head, problem)
        if file in change.touched and is_record(file):
            yield problem
        else:
            elsewhere.append((file, problem))
    if elsewhere:  # most lists are in order, and need not be checked again
        before, after = _numbers(change.base), _numbers(change.head)
        for file, problem in elsewhere:
            key = (file, problem.message)
            if not before[key] or after[key] > before[key]:
                yield problem


def _numbers(contents: Contents) -> Counter[tuple[str, str]]:
    """Return how often each problem of a list occurs, by file and message: lines move, so they are not compared."""
    problems = checking.check(contents, duplicates=False)
    return Counter((inside(contents, problem), problem.message) for problem in problems)


def _misattributed(change: Change) -> Iterator[Remark]:
    """Remark on facts that the change corrects, while their provenance still names the source of the old value."""
    for name, record in change.head.records.items():
        before = change.base.records.get(name)
        for field in differing(before, record):
            origin = record.provenance.get(field)
            if before and origin and origin == before.provenance.get(field) and not is_editors(origin):
                text = (
                    f"provenance: {field} is another value now, but still said to come from {origin}; "
                    f'write `{field}: "editor: why"` there, or delete the line'
                )
                yield Remark.at(change.head, name, ("provenance", field), text, "warning")


def _untold(change: Change) -> Iterator[Remark]:
    """Remark on facts changed by people, of which "What changed" says nothing to those who read them before."""
    for name, record in change.head.records.items():
        before = change.base.records.get(name)
        if before is None or record.corrected != before.corrected:
            continue
        facts = {
            "title": (before.title, record.title),
            "authors": (before.author_names, record.author_names),
            "issued": (before.issued, record.issued),
            "venue": (before.venue, record.venue),
        }
        fields = [
            field
            for field, (was, now) in facts.items()
            if was and was != now and was not in record.alternative_titles
            if not _is_from_a_new_source(field, before, record)
        ]
        if fields:
            are = "is" if len(fields) == 1 else "are"
            text = (
                f"corrected: {' and '.join(fields)} {are} other than before; where readers had seen a wrong one, add a "
                "`day` and `what` under `corrected`, which “What changed” and the digest show"
            )
            yield Remark.at(change.head, name, (fields[0],), text)


def _is_from_a_new_source(field: str, before: Record, record: Record) -> bool:
    origin = record.provenance.get(field, EDITOR)
    return origin != before.provenance.get(field) and not is_editors(origin)


def _own_words(change: Change) -> Iterator[Remark]:
    """Remark on new words of the list's own that are more or fewer than CONTRIBUTING.md asks for."""
    fewest, most = SUMMARY_WORDS[0], SUMMARY_WORDS[-1]
    for name, record in change.head.records.items():
        before = change.base.records.get(name)
        for field, fits, wanted in (
            ("summary", SUMMARY_WORDS, f"{fewest} to {most} tell the problem, the idea and how it works"),
            ("why", range(MAX_WHY_WORDS + 1), f"{MAX_WHY_WORDS} are enough"),
        ):
            words = getattr(record, field) or ""
            number = len(words.split())
            is_spaced = len(words) < 20 * number  # as Chinese and Thai are not, whose words are not counted
            if is_spaced and words != getattr(before, field, None) and number not in fits:
                text = f"{field}: has {count(number, 'word')}; {wanted}"
                yield Remark.at(change.head, name, (field,), text)


# --- addresses that would die ----------------------------------------------------------------------------------------


def _vanished(change: Change) -> Iterator[Problem]:
    """Yield the ids that answered before and would not any more: every address that was published answers for ever."""
    base, head = change.base, change.head
    if any(references.is_faulty(head, file) for file in ("redirects.yaml", "retracted.yaml")):
        return  # nobody knows which addresses answer
    answering = head.given
    gone = {
        name: record
        for name, record in base.records.items()
        if record_file(name) not in change.after and name not in answering
    }
    new = {name: record for name, record in head.records.items() if name not in base.records}
    twins, places = _twins(gone, new), _naming(head, gone)
    for name in gone:
        if other := twins.get(name):
            remedy = f"it looks like `{other}`: add `{name}: {other}` to redirects.yaml, as `reading-list rename` does"
        else:
            remedy = (
                f'bring the file back, then take the paper off with `reading-list retract {name} --reason "…"`, or, if '
                f"it is another record's paper, use `reading-list merge KEEP {name}`"
            )
            remedy += "; if it never was published, compare with a revision that was"
        named = _list(places[name])
        named = f"; it is still named at {named}, which these commands mend too" if named else ""
        yield head.problem(
            record_file(name),
            (),
            f"{name}: this record is gone, but its address was published and must go on answering; {remedy}{named}",
        )
    for file, table in (("redirects.yaml", base.redirects), ("retracted.yaml", base.retracted)):
        for name in table:
            if name not in answering and record_file(name) not in change.after:
                yield Problem(
                    os.fspath(head.folder / file),
                    1,
                    f"{name}: this address was published and must go on answering; bring its lines in {file} back",
                )


def _twins(gone: Mapping[str, Record], new: Mapping[str, Record]) -> dict[str, str]:
    """Return for each record that is gone the first of the new ones that is the same paper, if any is."""
    forms = [*items_of(gone), *items_of(new)]
    twins: dict[str, str] = {}
    for one, other in matching.candidates(forms) if gone and new else ():
        a, b = forms[one], forms[other]
        if a.label in gone and b.label in new and compare(a, b).kind == "same":
            twins[a.label] = min(b.label, twins.get(a.label, b.label))
    return twins


def _given_again(change: Change) -> Iterator[Problem]:
    """Yield former ids that a record has taken, unless it is that paper, or one merged by mistake and parted again."""
    base, head = change.base, change.head
    for name, record in head.records.items():
        if name in base.records or name in head.redirects or name in head.retracted:
            continue
        if name in base.retracted:
            if not _are_one(record, base.retracted[name]):
                yield _taken(head, name, f"a paper that was taken off the list, {base.retracted[name].title!r}")
        elif (to := base.redirects.get(name)) is not None and not nearness.are_told_apart(head, name, to):
            other = base.records.get(to)
            if other is None or to in head.records or not _are_one(record, other):
                yield _taken(head, name, f"{to!r}", f"; if the two were merged by mistake, add `not_same_as: [{to}]`")


def _are_one(record: Record, other: Record | Retraction) -> bool:
    """Tell whether two states of the list show one paper under two ids."""
    return compare_titles(items_of({"now": record}), items_of({"before": other})).kind == "same"


def _taken(head: Contents, name: str, whose: str, more: str = "") -> Problem:
    return head.problem(
        record_file(name),
        (),
        f"{name}: was the id of {whose}, and ids are never given again; give this file another name{more}",
    )


def _forgotten(change: Change) -> Iterator[Remark]:
    """Remark on records merged by hand that lost what the other was known by: an import would bring the paper back."""
    base, head = change.base, change.head
    for old, name in head.redirects.items():
        if old in base.records and old not in head.records and name in base.records and name in head.records:
            kept = head.records[name]
            lost = {field.partition(".")[0] for field in differing(kept, moves.joined(kept, base.records[old]))}
            if fields := [field for field in moves.KNOWN_BY if field in lost]:
                text = (
                    f"{old}: was merged into this record, which lacks what an import would know it by "
                    f"({', '.join(fields)}); add it, or bring the file back and use `reading-list merge {name} {old}`"
                )
                yield Remark.at(head, name, (), text, "warning")


def _unpublished(change: Change) -> Iterator[Remark]:
    """Remark on topics and paths that are gone: no redirect leads on from their addresses."""
    base, head = change.base, change.head
    named = {topic for record in head.records.values() for topic in record.topics}  # those are told as orphaned
    for file, before, after, what in (
        ("topics.yaml", base.topics, head.topics.keys() | named, "topic is gone, and with it its page and its feeds"),
        ("paths.yaml", base.paths, head.paths, "reading path is gone, and with it its page"),
    ):
        for key in _gone(head, file, before, after):
            message = f"{key}: this {what}; no redirect leads on, so keep the id where only the name is to be another"
            yield Remark(os.fspath(head.folder / file), 1, message, "warning")


def _naming(contents: Contents, papers: Container[str]) -> Mapping[str, list[str]]:
    """Return where each of the papers is named, as ``file:line``."""
    places: defaultdict[str, list[str]] = defaultdict(list)

    def note(paper: str, file: str, *place: str | int) -> None:
        if paper in papers:
            places[paper].append(f"{contents.folder / file}:{contents.files[file].line(place)}")

    for file, item, field, named in sorted(references.steps(contents), key=lambda step: step[0]):
        for number, paper in enumerate(named):
            note(paper, file, item, field, number, "paper")
    for name, record in contents.records.items():
        for number, other in enumerate(record.not_same_as):
            note(other, record_file(name), "not_same_as", number)
    return places


# --- what untouched records name -------------------------------------------------------------------------------------


def _orphaned(change: Change) -> Iterator[tuple[tuple[str, str], Problem]]:
    """Yield topics and sources that are gone while records name them: one problem there, not one for each record."""
    head = change.head
    for file, base_table, head_table, what in (
        ("topics.yaml", change.base.topics, head.topics, "topic"),
        ("sources.yaml", change.base.sources, head.sources, "source"),
    ):
        for key in _gone(head, file, base_table, head_table):
            naming = [
                record_file(name)
                for name, record in head.records.items()
                if key in (record.topics if what == "topic" else [seen.source for seen in record.seen])
            ]
            if naming:
                message = (
                    f"{key}: this {what} is gone, but {_list(naming)} still name it; bring it back, or change these"
                )
                yield (file, key), Problem(os.fspath(head.folder / file), 1, message)


def _gone(head: Contents, file: str, before: Iterable[str], after: Container[str]) -> list[str]:
    """Return the ids that a table has lost; none where it cannot be read, and not those whose text has faults now."""
    stated = references.stated(head, file)
    return [] if stated is None else [key for key in before if key not in after and key not in stated]


def _without_what_follows(change: Change, gone: list[Problem], orphans: list[tuple[str, str]]) -> Contents:
    """Return the list after the change, altered so that references to what is gone raise no problems of their own."""
    head = change.head
    files = dict(head.files)
    for file, key in orphans:
        document = files.get(file) or Document(os.fspath(head.folder / file), "", {})
        data = document.data if isinstance(document.data, Mapping) else {}
        files[file] = replace(document, data={**data, key: {}})
    return replace(head, files=files, problems=(*head.problems, *gone))


def _list(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
