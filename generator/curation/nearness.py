"""Which papers on the list a changed record comes close to, and whether it is one of them.

The verdicts are those of :mod:`generator.matching.comparison`. A record is compared with the list as it is after the
change, with the records that the change edits as they stood before it (so that no edit hides a duplicate), and with the
papers that were taken off the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Literal

from rapidfuzz import fuzz, process

from generator import checking, matching
from generator.errors import Problem
from generator.facts import titles
from generator.matching.comparison import TITLES_DIFFER, Verdict, compare, compare_titles
from generator.matching.items import Item, items_of
from generator.store import Contents, record_file

_SHOWN = 3
"""How many papers are named that are only close."""
_CLOSE = 0.65  # titles less alike than this have nothing to do with each other
_VERY_CLOSE = 0.8
_MANY = 500  # changed records from which on only what matching itself pairs is compared, so the cost stays near-linear
_SHORTEST_NAME = 3  # letters

Standing = Literal["listed", "before", "retracted"]
STANDINGS: Mapping[Standing, str] = {
    "listed": "",
    "before": " as it stood before this change",
    "retracted": ", which was taken off the list",
}
"""What is said behind a paper's id of where it stands."""
Level = Literal["warning", "notice"]


@dataclass(frozen=True)
class Nearest:
    """A paper that a record comes close to, and what the comparison came to."""

    id: str
    title: str
    verdict: Verdict
    standing: Standing = "listed"
    """Whether this is a record of the list, one as it stood before the change, or a paper that was taken off."""

    def __str__(self) -> str:
        name, reason = f"`{self.id}`{STANDINGS[self.standing]}", self.verdict.reason
        if self.verdict.kind == "same":
            return f"same paper as {name}: {reason}"
        if self.verdict.kind == "review":
            return f"perhaps the same paper as {name}: {reason}"
        return f"close to {name}, different: {reason}"


@dataclass(frozen=True)
class Remark(Problem):
    """Something that a person should look at, and that may well be right."""

    level: Level = "notice"

    @classmethod
    def at(
        cls, contents: Contents, record_id: str, place: tuple[str, ...], message: str, level: Level = "notice"
    ) -> Remark:
        """Return a remark on a place of a record."""
        found = contents.problem(record_file(record_id), place, message)
        return cls(found.path, found.line, message, level)


@dataclass(frozen=True)
class _Form:
    """A paper under one of its titles, as it is compared, and where the paper stands."""

    item: Item
    standing: Standing

    @cached_property
    def name(self) -> str:
        """What the paper is called, in comparable form: its title before the colon."""
        return titles.key(titles.plain(self.item.title).partition(":")[0])

    @property
    def is_name(self) -> bool:
        """Whether the title has no more than that name."""
        return ":" not in titles.plain(self.item.title)


def nearest(base: Contents, head: Contents) -> Mapping[str, tuple[Nearest, ...]]:
    """Return the nearest papers, nearest first, of each record that is new or changed in what tells papers apart."""
    papers = head.papers
    items = items_of(papers)
    after, before = _by_paper(items), _by_paper(items_of(base.records))
    for old, new in head.redirects.items():  # a record that was only renamed is what it was
        if old in before and new in after and new not in before:
            before[new] = [replace(item, label=new) for item in before[old]]
    forms = [_Form(item, "listed" if item.label in head.records else "retracted") for item in items]
    judged = [name for name in head.records if before.get(name) != after[name]]
    for name in judged:
        if name in base.records:
            apart = frozenset(head.records[name].not_same_as)  # a person's word counts wherever it stands
            forms += [_Form(replace(item, not_same_as=apart), "before") for item in before[name]]
    found: dict[str, dict[str, Nearest]] = {name: {} for name in judged}
    taken_off = head.retracted.keys() - base.retracted.keys()  # concerns records that are not judged too
    asked = [
        place
        for place, form in enumerate(forms)
        if form.item.label in (taken_off if form.standing == "retracted" else found)
    ]
    for one, other in _pairs(forms, asked):
        for form, to in ((forms[one], forms[other]), (forms[other], forms[one])):
            name, near = form.item.label, to.item.label
            is_itself = near == name or head.redirects.get(near) == name  # renamed or merged
            if form.standing != "listed" or is_itself or (name not in found and to.standing != "retracted"):
                continue
            verdict = compare(form.item, to.item)
            if name not in found and verdict.kind != "same":
                continue
            verdict = _with_names(verdict, form, to)
            each = Nearest(near, papers[near].title, verdict, to.standing)
            held = found.setdefault(name, {}).get(near)
            is_near = verdict.kind != "different" or verdict.score >= _CLOSE
            if is_near and (held is None or _order(each) < _order(held)):
                found[name][near] = each
    return {name: _shown(sorted(near.values(), key=_order)) for name, near in sorted(found.items())}


def _by_paper(items: Sequence[Item]) -> dict[str, list[Item]]:
    return {name: list(forms) for name, forms in groupby(items, key=lambda item: item.label)}


def _with_names(verdict: Verdict, one: _Form, other: _Form) -> Verdict:
    """Return the verdict on two papers of one name, which their whole titles do not show."""
    if verdict.kind != "different" or one.name != other.name or len(one.name) < _SHORTEST_NAME:
        return verdict
    score = max(verdict.score, _VERY_CLOSE)
    if verdict.reason == TITLES_DIFFER and (one.is_name or other.is_name):
        return Verdict("review", score, "one title is the name that the other begins with")
    return Verdict("different", score, f"both titles begin with the same name, but {verdict.reason}")


def _pairs(forms: Sequence[_Form], judged: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs worth comparing of which one is judged: what matching pairs, titles alike, and equal names."""
    asked = set(judged)
    pairs = {pair for pair in matching.candidates([form.item for form in forms]) if asked.intersection(pair)}
    bearing: defaultdict[str, list[int]] = defaultdict(list)
    for place, form in enumerate(forms):
        bearing[form.name].append(place)
    keys = [form.item.key for form in forms]
    for place in judged:
        others = bearing[forms[place].name][:_MANY]
        if len(judged) <= _MANY:
            most, least = 2 * _SHOWN + 1, 100 * _CLOSE
            alike = process.extract(keys[place], keys, scorer=fuzz.ratio, limit=most, score_cutoff=least)
            others += [other for _, _, other in alike]
        pairs |= {(min(place, other), max(place, other)) for other in others if other != place}
    return sorted(pairs)


def _order(near: Nearest) -> tuple[tuple[int, float], bool, str]:
    return (near.verdict.order, near.standing != "listed", near.id)


def _shown(found: Sequence[Nearest]) -> tuple[Nearest, ...]:
    certain = [near for near in found if near.verdict.kind != "different"]
    return (*certain, *[near for near in found if near.verdict.kind == "different"][: max(0, _SHOWN - len(certain))])


# --- what is told ----------------------------------------------------------------------------------------------------


def duplicates_and_remarks(
    base: Contents, head: Contents, found: Mapping[str, tuple[Nearest, ...]]
) -> tuple[list[Problem], list[Remark]]:
    """Return the duplicates that a change makes, as problems, and what comes near, as remarks; each at its record."""
    problems: list[Problem] = []
    remarks: list[Remark] = []
    for name, near in found.items():
        file = record_file(name)
        for each in near:
            kind, is_told_here = each.verdict.kind, _is_the_later(base, head, name, each, found)
            if kind == "same" and is_told_here:
                problems.append(head.problem(file, ("title",), _duplicate(head, each)))
            elif each.verdict.by_identifier and each.standing == "listed" and is_told_here:
                message = checking.one_identifier(each.id, each.verdict.reason)
                problems.append(head.problem(file, ("identifiers",), message))
            elif kind == "review" and is_told_here:
                first = "correct the identifier if it is wrong; " if each.verdict.by_identifier else ""
                text = f"title: {each}; {first}if they are two papers, add `not_same_as: [{each.id}]`"
                remarks.append(Remark.at(head, name, ("title",), text, "warning"))
            elif kind == "different" and each.verdict.score >= _VERY_CLOSE and not are_told_apart(head, name, each.id):
                remarks.append(Remark.at(head, name, ("title",), f"title: {each}"))
        remarks.extend(_told_apart(base, head, name))
        remarks.extend(_another_paper(base, head, name))
    return problems, remarks


def _is_the_later(base: Contents, head: Contents, name: str, near: Nearest, found: Mapping[str, object]) -> bool:
    """Tell whether a pair is to be told of at this record; of two changed records it is told once, at the newer."""

    def age(record_id: str) -> tuple[bool, str, str]:
        return (record_id not in base.records, head.records[record_id].added or "", record_id)

    # Two changed records find each other only as both are now; in every other case this one alone tells of the pair.
    return near.standing != "listed" or near.id not in found or age(name) > age(near.id)


def _duplicate(head: Contents, near: Nearest) -> str:
    if near.standing == "retracted":
        return checking.taken_off(head, near.id, near.verdict.reason)
    return (
        f"title: {near}. It is on the list already: put what is new into papers/{near.id}.yaml and delete this file, "
        f"or, if they are two papers, add `not_same_as: [{near.id}]`"
    )


def are_told_apart(contents: Contents, one: str, other: str) -> bool:
    """Tell whether a person said of either record that the other is another paper."""
    pairs = ((one, other), (other, one))
    return any(b in contents.records[a].not_same_as for a, b in pairs if a in contents.records)


def _told_apart(base: Contents, head: Contents, name: str) -> Iterator[Remark]:
    """Remark on papers that the change says are not the same, where they look the same."""
    record, before = head.records[name], base.records.get(name)
    for other in record.not_same_as:
        if other in head.records and other not in (before.not_same_as if before else ()):
            papers = (items_of({each: head.records[each]}) for each in (name, other))
            verdict = compare_titles(*([replace(item, not_same_as=frozenset()) for item in items] for items in papers))
            if verdict.kind != "different":
                text = f"not_same_as: told apart from `{other}` here, yet they look the same: {verdict.reason}"
                yield Remark.at(head, name, ("not_same_as",), text, "warning")


def _another_paper(base: Contents, head: Contents, name: str) -> Iterator[Remark]:
    """Remark on a record that became another paper under its old id."""
    if name in base.records:
        was, *_ = items_of({"before": base.records[name]})
        verdict = compare_titles([was], items_of({"after": head.records[name]}))
        if verdict.kind == "different" or (verdict.kind == "review" and verdict.score < _CLOSE):
            text = (
                f"title: this reads like another paper than before ({verdict.reason}); an id is never given to another "
                "paper, so if it is one, give it a record of its own"
            )
            yield Remark.at(head, name, ("title",), text, "warning")
