"""A person's word about records: two are one paper, one is called otherwise, or some go; every reference follows.

An id is never given to another paper: a merge or a rename leaves a redirect, a retraction leaves a notice. Redirects
lead straight to a record or a notice, and a ring of them cannot come about.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator import matching, merging, store
from generator.curation.changes import differing
from generator.errors import ReadingListError, UsageError
from generator.facts import names, titles
from generator.facts.ids import id_fault
from generator.facts.provenance import EDITOR, is_editors
from generator.faults import faults_in, spell
from generator.matching import comparison
from generator.matching.items import items_of
from generator.models import PROVEN_FIELDS, Identifiers, Record, Retraction, Step
from generator.store import Contents

_JOINED = frozenset(
    "title alternative_titles alternative_identifiers link_notes provenance seen corrected not_same_as added".split()
)

KNOWN_BY = ("title", "alternative_titles", "identifiers", "alternative_identifiers", "seen")
"""By what an import finds that it has a paper already. A notice keeps it, and so finds a paper that was taken off."""


@dataclass(frozen=True)
class Edit:
    """What a person's word comes to: the text of each file to be written, by its path, and the files that go."""

    writes: Mapping[str, str]
    deletes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """What one of two records had and none has any more, as ``venue: Loom Letters``."""


def merge(contents: Contents, keep: str, other: str) -> Edit:
    """Make the record ``other`` part of ``keep``: what ``keep`` lacks is filled in, sightings are joined.

    A topic that has ``other`` among the papers to start with becomes one of ``keep``, which stands there from now on.

    Where that is done already, nothing is to be written. Raises UsageError where one of them is no record, where they
    are the same, or where a person has told them apart.
    """
    if keep in contents.records and other not in contents.records and contents.redirects.get(other) == keep:
        return Edit({})
    kept, gone = record_of(contents, keep), record_of(contents, other)
    if keep == other:
        raise UsageError(f"{keep}: cannot be merged with itself; name two records")
    if other in kept.not_same_as or keep in gone.not_same_as:
        raise UsageError(f"{keep} and {other}: a person said they are not the same; delete `not_same_as` there first")
    made = joined(kept, gone)
    left_out = (*_left_out(kept, made), *_left_out(gone, made))
    begun = (name for name, topic in contents.topics.items() if other in (start.paper for start in topic.start_here))
    topics = tuple(dict.fromkeys((*made.topics, *(name for name in begun if name in gone.topics))))
    made = made.model_copy(update={"topics": topics})
    return replace(_edit(contents, {keep: made}, {other: keep}, {}), left_out=left_out)


def rename(contents: Contents, old: str, new: str) -> Edit:
    """Give the record ``old`` the id ``new``; where that is done already, nothing is to be written.

    Raises UsageError where ``old`` is no record, or ``new`` is not free.
    """
    if new in contents.records and old not in contents.records and contents.redirects.get(old) == new:
        return Edit({})
    record = record_of(contents, old)
    if fault := id_fault(new):
        raise UsageError(f"{new!r} {fault}")
    if new == old:
        raise UsageError(f"{new}: is its id already; name another")
    if new in contents.given:
        raise UsageError(f"{new}: is or was the id of a paper, and ids are never given again; choose another")
    return _edit(contents, {new: record}, {old: new}, {})


def tell_apart(contents: Contents, one: str, other: str) -> Edit:
    """Keep a person's word that two records are not the same paper, in both. Raises UsageError where one is none."""
    writes = {}
    for name, apart in ((one, other), (other, one)):
        record = apart_from(record_of(contents, name), apart)
        writes[store.record_file(name)] = store.record_text(record)
    return Edit(writes)


def apart_from(record: Record, *others: str) -> Record:
    """Return a record that is not the same paper as ``others``."""
    return record.model_copy(update={"not_same_as": tuple(dict.fromkeys((*record.not_same_as, *others)))})


def retract(contents: Contents, names: Iterable[str], reason: str, day: str) -> Edit:
    """Take records off the list; their addresses answer with ``reason``, and imports do not bring them back.

    ``day`` is the day that the notices state. What is off the list for that reason already is passed over. Raises
    UsageError where one of ``names`` is no record, where ``reason`` is no line of text, where a reading path would be
    left without a step, or where a record that stays is the same paper by what a notice keeps.
    """
    notices: dict[str, Retraction] = {}
    for name in names:
        off = contents.retracted.get(name)
        if name not in contents.records and off and off.reason == reason:
            continue
        record = record_of(contents, name)
        notice = {field: getattr(record, field) for field in KNOWN_BY} | {"retracted": day, "reason": reason}
        for place, what in faults_in(Retraction, notice):
            raise UsageError(f"{spell(place)}: {what}")
        notices[name] = Retraction(**notice)
    for path_id, path in contents.paths.items():
        if all(step.paper in notices for step in path.steps):
            papers = " and ".join(dict.fromkeys(step.paper for step in path.steps))
            raise UsageError(f"{papers}: nothing else is on the path {path_id!r}; give that path another paper first")
    apart: dict[str, Record] = {}  # what a person has told apart from them stays apart
    for name in notices:
        for other in contents.records[name].not_same_as:
            if other in contents.records and other not in notices:
                apart[other] = apart_from(apart.get(other, contents.records[other]), name)
    staying = {name: record for name, record in contents.records.items() if name not in notices}
    _refuse_twins({**staying, **apart}, notices)
    return _edit(contents, apart, {}, notices)


def _refuse_twins(staying: Mapping[str, Record], notices: Mapping[str, Retraction]) -> None:
    """Raise UsageError where the notice of a paper would say of one that stays that it was taken off the list."""
    items = items_of({**staying, **notices})
    found: dict[tuple[str, str], str] = {}
    for pair in matching.candidates(items):
        one, other = sorted((items[at] for at in pair), key=lambda item: item.label in notices)
        if one.label in staying and other.label in notices:
            verdict = comparison.compare(one, other)
            if verdict.kind == "same":
                found.setdefault((one.label, other.label), verdict.reason)
    told = [
        f"{gone}: same paper as {keep!r}, which stays ({reason}); use `reading-list merge {keep} {gone}`, "
        f"or, if they are two papers, first add `not_same_as: [{gone}]` to {keep!r}"
        for (keep, gone), reason in sorted(found.items())
    ]
    if told:
        raise UsageError("\n".join(told))


def apply(contents: Contents, edit: Edit) -> None:
    """Write an edit, all of it or nothing. Raises WriteError."""
    store.save(contents.folder, {**edit.writes, **dict.fromkeys(edit.deletes)})


def record_of(contents: Contents, name: str) -> Record:
    """Return the record of this id. Raises UsageError where there is none, and says where it went."""
    if name not in contents.records:
        raise UsageError(f"{name}: is no record; {whereabouts(contents, name)}")
    return contents.records[name]


def whereabouts(contents: Contents, name: str) -> str:
    """Say of an id that no record bears what became of its paper, or what to do."""
    if name in contents.retracted:
        return f"it was taken off the list on {contents.retracted[name].retracted}"
    if name in contents.redirects:
        return f"it is {contents.redirects[name]} now"
    return "write the id of one"


def joined(kept: Record, gone: Record) -> Record:
    """Return ``kept`` with what it lacks taken from ``gone``, provenance and all; a cut list of authors lacks the rest.

    What an editor has decided of ``kept`` stays, even where the decision is to leave a field empty; what an editor has
    put right in ``gone`` goes before what a source says.
    """
    kept = _yielding(kept, gone)
    decided = {name for name, origin in kept.provenance.items() if is_editors(origin)}
    fuller = names.fullness(gone.authors) > names.fullness(kept.authors)
    if fuller and names.is_cut(kept.authors) and "authors" not in decided:
        origins = {name: origin for name, origin in kept.provenance.items() if name != "authors"}
        kept = kept.model_copy(update={"authors": (), "provenance": origins})
    values: dict[str, Any] = {name: ours if name in decided else ours or getattr(gone, name) for name, ours in kept}
    for group in ("identifiers", "links"):
        held = {kind: value for kind, value in getattr(kept, group) if value or f"{group}.{kind}" in decided}
        values[group] = getattr(gone, group).model_copy(update=held)
    taken = {kind for kind, link in values["links"] if link != getattr(kept.links, kind)}
    notes = {kind: getattr(gone.link_notes, kind) for kind in taken}  # a note goes with its link
    filled = {field: origin for field, origin in gone.provenance.items() if not kept.value(field)}
    values |= {
        "alternative_titles": _other_titles(kept, gone),
        "alternative_identifiers": _other_identifiers(kept, gone, values["identifiers"]),
        "link_notes": kept.link_notes.model_copy(update=notes),
        "provenance": merging.in_order({**filled, **kept.provenance}),
        "seen": tuple(sorted({*kept.seen, *gone.seen}, key=lambda seen: (seen.source, seen.position))),
        "corrected": tuple(sorted({*kept.corrected, *gone.corrected}, key=lambda each: (each.day, each.what))),
        "not_same_as": apart_from(kept, *gone.not_same_as).not_same_as,
        "added": min(filter(None, (kept.added, gone.added)), default=None),
    }
    return Record(**values)


def _yielding(kept: Record, gone: Record) -> Record:
    """Return ``kept`` without what a source says there of fields that an editor has put right in ``gone``.

    Else an import of the other's source could bring back what was wrong. Which title is shown, ``kept`` says.
    """
    provenance = {**kept.provenance}
    values: dict[str, Any] = {}
    links: dict[str, None] = {}
    for name, origin in gone.provenance.items():
        group, _, kind = name.partition(".")
        if is_editors(origin) and not is_editors(kept.provenance.get(name, EDITOR)):
            if group == "links" and getattr(gone.links, kind):
                links[kind] = None
            elif name in PROVEN_FIELDS and name != "title" and getattr(gone, name):
                values[name] = Record.model_fields[name].default
            else:
                continue
            del provenance[name]
    changed = {**values, "links": kept.links.model_copy(update=links), "provenance": provenance}
    return kept.model_copy(update=changed)


def _left_out(record: Record, made: Record) -> Iterator[str]:
    """Yield the facts of a record of which ``made`` says something else, but for those that a merge joins."""
    for name in differing(record, made):
        group, _, kind = name.partition(".")
        value = record.value(name)
        if group == "identifiers" and any(getattr(each, kind) == value for each in made.alternative_identifiers):
            continue
        if name == "authors" and merging.begins(record.author_names, made.author_names):
            continue
        if group not in _JOINED and value:
            yield f"{name}: {titles.fold(merging.shown(value))}"


def _other_titles(kept: Record, gone: Record) -> tuple[str, ...]:
    """Return the titles of both but the one ``kept`` goes by: under each of them the paper may come again."""
    others: dict[str, str] = {}
    for title in (*kept.alternative_titles, gone.title, *gone.alternative_titles):
        others.setdefault(titles.key(title), title)
    others.pop(titles.key(kept.title), None)
    return tuple(others.values())


def _other_identifiers(kept: Record, gone: Record, held: Identifiers) -> tuple[Identifiers, ...]:
    """Return the identifiers of both but those ``held``: under each of them the paper may come again.

    Where an editor has left one empty, that of ``gone`` is not kept.
    """
    differ = {kind: value for kind, value in gone.identifiers if getattr(held, kind) not in (None, value)}
    others = dict.fromkeys((*kept.alternative_identifiers, Identifiers(**differ), *gone.alternative_identifiers))
    return tuple(each for each in others if any(value not in (None, getattr(held, kind)) for kind, value in each))


def _edit(
    contents: Contents,
    changed: Mapping[str, Record],
    moved: Mapping[str, str],
    notices: Mapping[str, Retraction],
) -> Edit:
    """Return the edit that writes ``changed`` and lets ids go, each of which leads to a new one or to its notice.

    Whatever named an id names its new one; topics and paths name nothing that has a notice.
    """
    gone = (*moved, *notices)
    records = {name: record for name, record in contents.records.items() if name not in gone} | dict(changed)
    writes: dict[str, str] = {}
    for name, record in records.items():
        apart = tuple(dict.fromkeys(moved.get(other, other) for other in record.not_same_as))
        apart = tuple(other for other in apart if other != name)
        if name in changed or apart != record.not_same_as:
            writes[store.record_file(name)] = store.record_text(record.model_copy(update={"not_same_as": apart}))
    topics = {
        name: topic.model_copy(update={"start_here": _renamed(topic.start_here, moved, notices)})
        for name, topic in contents.topics.items()
    }
    paths = {
        name: path.model_copy(update={"steps": _renamed(path.steps, moved, notices)})
        for name, path in contents.paths.items()
    }
    redirects = {name: moved.get(to, to) for name, to in contents.redirects.items()} | dict(moved)
    retracted = {**contents.retracted, **notices}
    if topics != contents.topics:
        writes["topics.yaml"] = store.table_text(topics)
    if paths != contents.paths:
        writes["paths.yaml"] = store.table_text(paths)
    if redirects != contents.redirects:
        writes["redirects.yaml"] = store.redirects_text(redirects)
    if retracted != contents.retracted:
        writes["retracted.yaml"] = store.table_text(dict(sorted(retracted.items())))
    answering = {*records, *retracted}
    if problem := next((name for name, to in redirects.items() if name in answering or to not in answering), None):
        raise ReadingListError(f"redirects.yaml: {problem} would lead nowhere; run `reading-list check` first")
    return Edit(writes, tuple(map(store.record_file, gone)))


def _renamed(steps: Sequence[Step], moved: Mapping[str, str], notices: Container[str]) -> tuple[Step, ...]:
    """Return steps with the new ids of what moved; a step goes with its paper, or where the new id has one already."""
    held = {step.paper for step in steps}
    return tuple(
        step.model_copy(update={"paper": moved.get(step.paper, step.paper)})
        for step in steps
        if step.paper not in notices and moved.get(step.paper) not in held
    )
