"""Every problem of a records folder, each with its remedy; nothing is changed here except by :func:`fix`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from generator import matching, store
from generator.disk import documents
from generator.errors import Problem
from generator.facts.hidden import empty_in
from generator.facts.identifiers import SCHEMES
from generator.facts.ids import closest_topic, id_fault
from generator.facts.names import OTHERS, is_cut, printed, without_others
from generator.matching import comparison
from generator.matching.items import items_of
from generator.models import Record, Retraction
from generator.store import Contents, references
from generator.store.schema import SCHEMA_FILE, record_schema


def check(contents: Contents, *, duplicates: bool = True) -> list[Problem]:
    """Return all problems of a records folder, sorted by file and line; ``duplicates`` are left out where told so."""
    problems = [*contents.problems]
    for checker in (
        _strays,
        _topics,
        _authors,
        _link_notes,
        _sources,
        _redirects,
        _papers_named,
        _identifiers_of_the_faulty,
        _form,
        _schema,
    ):
        problems.extend(checker(contents))
    if duplicates:
        problems.extend(_duplicates(contents))
    return sorted(set(problems), key=lambda problem: problem.sort_key)


def _is_named(contents: Contents, file: str, name: str) -> bool:
    """Tell whether a table has this item, even a faulty one; a table that cannot be read is assumed to have it."""
    stated = references.stated(contents, file)
    return stated is None or name in stated


def _strays(contents: Contents) -> Iterator[Problem]:
    """Report YAML files beside the known ones: nothing reads them."""
    for path in sorted(contents.folder.glob("*.y*ml")):
        if path.name not in store.TABLES:
            yield Problem(os.fspath(path), None, "is read by nothing; records go to papers/, so move or delete it")


def _stated(contents: Contents, field: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield each list that a record's file states for ``field``, be there other faults in the record."""
    for file in filter(store.is_record, contents.files):
        stated = references.fields(contents, file).get(field)
        if isinstance(stated, list):
            yield file, stated


def _topics(contents: Contents) -> Iterator[Problem]:
    """Report topics that the list does not have, and those that stand twice."""
    for file, topics in _stated(contents, "topics"):
        for number, topic in enumerate(topics):
            place = ("topics", number)
            if topic in topics[:number]:
                yield contents.problem(file, place, f"topics: {topic!r} stands twice; keep one")
            elif isinstance(topic, str) and not id_fault(topic) and not _is_named(contents, "topics.yaml", topic):
                closest = closest_topic(topic, {name: each.name for name, each in contents.topics.items()})
                remedy = f"write {closest!r}" if closest else "choose one of topics.yaml, or describe it there"
                yield contents.problem(file, place, f"topics: unknown topic {topic!r}; {remedy}")


def _authors(contents: Contents) -> Iterator[Problem]:
    """Report "et al." among the authors: only ``others``, and as the last, is not cited as a person."""
    for file, authors in _stated(contents, "authors"):
        for number, name in enumerate(map(_printed, authors)):
            last = number and number == len(authors) - 1 and is_cut(authors)
            if without_others(name) != name and not last:
                remedy = f"write the names that are known, and {OTHERS!r} after them"
                message = f"authors[{number + 1}]: {name[:80]!r} stands for people; {remedy}"
                yield contents.problem(file, ("authors", number), message)


def _printed(author: object) -> str:
    """Return an author as readers would see it, or nothing where it is none."""
    match author:
        case {"family": str(family), "given": str(given)}:
            return printed(family, given)
        case str(name) | {"family": str(name)}:
            return name
    return ""


def abstracts(contents: Contents) -> Iterator[Problem]:
    """Report the abstracts of a list that keeps none: pages leave them out, and data files would publish them."""
    remedy = "this list keeps no abstracts; delete it, and say what matters in `summary` in your own words"
    for name, record in contents.records.items():
        if record.abstract:
            yield contents.problem(store.record_file(name), ("abstract",), f"abstract: {remedy}")


def _link_notes(contents: Contents) -> Iterator[Problem]:
    """Report notes about links that are not there."""
    for record_id, record in contents.records.items():
        for kind, note in record.link_notes.model_dump().items():
            if note and not getattr(record.links, kind):
                message = f"link_notes.{kind}: the record has no {kind} link; add it under links, or delete the note"
                yield contents.problem(store.record_file(record_id), ("link_notes", kind), message)


def _sources(contents: Contents) -> Iterator[Problem]:
    folded: dict[str, str] = {}
    for source_id in contents.sources:
        if (other := folded.setdefault(source_id.casefold(), source_id)) != source_id:
            yield contents.problem(
                "sources.yaml", (source_id,), f"{source_id}: is taken by the page of {other!r}; choose another id"
            )
    entries: dict[tuple[str, int], str] = {}
    for name, file, place, item in _that_were_seen(contents):
        for number, seen in enumerate(item.seen):
            at: tuple[str | int, ...] = (*place, "seen", number)
            if not _is_named(contents, "sources.yaml", seen.source):
                fault = f"unknown source {seen.source!r}; copy its id from sources.yaml"
                yield contents.problem(file, at, f"seen: {fault}")
            if (other := entries.setdefault((seen.source, seen.position), name)) != name:
                fault = f"entry {seen.position} of {seen.source} belongs to {other!r} already; delete one of the two"
                yield contents.problem(file, at, f"seen: {fault}")


def _that_were_seen(contents: Contents) -> Iterator[tuple[str, str, tuple[str, ...], Record | Retraction]]:
    """Yield all that sources showed, retracted papers first: id, file and place in it, and the item."""
    for name, retraction in contents.retracted.items():
        yield name, "retracted.yaml", (name,), retraction
    for name, record in contents.records.items():
        yield name, store.record_file(name), (), record


def _redirects(contents: Contents) -> Iterator[Problem]:
    for name in sorted(contents.records):
        if name in contents.redirects or name in contents.retracted:
            yield contents.problem(store.record_file(name), (), f"{name}: {_given_before(contents, name)}")
    for old, new in contents.redirects.items():
        place = ("redirects.yaml", (old,))
        if old in contents.retracted:
            yield contents.problem(*place, f"{old}: stands in retracted.yaml too; delete one of the two")
        if new in contents.redirects:
            end, passed = new, {old}
            while end in contents.redirects and end not in passed:
                passed.add(end)
                end = contents.redirects[end]
            remedy = "the redirects run in a ring, so delete one" if end in passed else f"write {end!r}"
            yield contents.problem(*place, f"{old}: leads to another redirect; {remedy}")
        elif not (
            new in contents.records
            or new in contents.retracted
            or references.is_faulty(contents, store.record_file(new))
        ):
            yield contents.problem(*place, f"{old}: leads to {new!r}, which is no record; write the id of one")


def _given_before(contents: Contents, name: str) -> str:
    """Say to which paper an id was given that a record has taken, and what to do."""
    if name in contents.redirects:
        return (
            f"is a former id of {contents.redirects[name]!r}, and ids are never given again; "
            "give this file another name, delete it if it is that paper, or, if the two were merged by mistake, delete "
            f"the line {name!r} of redirects.yaml"
        )
    gone = contents.retracted[name]
    return (
        f"is the id of a paper that was taken off the list on {gone.retracted} ({gone.reason}), and ids are never "
        "given again; give this file another name, or delete the paper from retracted.yaml if it is back"
    )


def _papers_named(contents: Contents) -> Iterator[Problem]:
    """Check the ids of papers that records, topics and paths name."""
    for record_id, record in contents.records.items():
        for number, other in enumerate(record.not_same_as):
            if other == record_id:
                message = "not_same_as: names this record itself; delete it"
                yield contents.problem(store.record_file(record_id), ("not_same_as", number), message)
            elif other not in contents.retracted and (fault := references.fault(contents, other)):
                # One that was taken off may come again under another id.
                yield contents.problem(store.record_file(record_id), ("not_same_as", number), f"not_same_as: {fault}")
    yield from references.lost_steps(contents)
    for file, name, field, papers in references.steps(contents):
        for number, paper in enumerate(papers):
            if paper and file == "paths.yaml" and paper in papers[:number]:
                fault = f"{paper!r} stands on the path twice; keep one"
            elif file == "topics.yaml" and paper in contents.records and name not in contents.records[paper].topics:
                fault = f"{paper!r} does not have this topic; add it to the record, or choose another"
            else:
                continue
            yield contents.problem(file, (name, field, number, "paper"), f"{name}.{field}[{number + 1}].paper: {fault}")


def _duplicates(contents: Contents) -> Iterator[Problem]:
    """Report records that are one paper or bear one identifier; what is only near is for review, and no problem."""
    items = items_of(contents.papers)
    for one, other in matching.candidates(items):
        if items[one].label == items[other].label:
            continue  # two titles of one paper
        verdict, name, near = comparison.compare(items[one], items[other]), items[one].label, items[other].label
        gone = {name, near} - contents.records.keys()
        if not gone:
            near, name = sorted((name, near), key=lambda each: (contents.records[each].added or "", each))
            if verdict.by_identifier:
                yield contents.problem(store.record_file(name), ("identifiers",), one_identifier(near, verdict.reason))
            elif verdict.kind == "same":
                message = (
                    f"title: same paper as {near!r} ({verdict.reason}); merge the two, or add `not_same_as: [{near}]`"
                )
                yield contents.problem(store.record_file(name), ("title",), message)
        elif verdict.kind == "same" and len(gone) == 1:
            (near,), (name,) = gone, {name, near} - gone
            message = taken_off(contents, near, verdict.reason)
            yield contents.problem(store.record_file(name), ("title",), message)


def _identifiers_of_the_faulty(contents: Contents) -> Iterator[Problem]:
    """Report identifiers that records with other faults share with a record, lest they are told in a second round."""
    read = {store.record_file(name) for name in contents.records}
    faulty = [file for file in contents.files if store.is_record(file) and file not in read]
    bearing = references.bearing(contents.records) if faulty else {}
    for file in faulty:
        fields = references.fields(contents, file)
        stated, apart = fields.get("identifiers"), fields.get("not_same_as")
        for kind, text in stated.items() if isinstance(stated, Mapping) else ():
            value = SCHEMES[kind].read(text) if kind in SCHEMES and isinstance(text, str) else None
            near = bearing.get((kind, value)) if value else None
            if near and not (isinstance(apart, list) and near in apart):
                message = one_identifier(near, f"same {kind} identifier {value}")
                yield contents.problem(file, ("identifiers", kind), message)


def one_identifier(name: str, reason: str) -> str:
    """Say that the record ``name`` bears an identifier of this one, with the ``reason`` for doubt, and what to do."""
    remedy = f"correct it where it is wrong, merge the two if they are one paper, or add `not_same_as: [{name}]`"
    return f"identifiers: {name!r} has the {reason}; {remedy}"


def taken_off(contents: Contents, name: str, reason: str) -> str:
    """Say that a record is a paper that was taken off the list under the id ``name``, and what to do."""
    gone = contents.retracted[name]
    return (
        f"title: same paper as {name!r} ({reason}), which was taken off the list on {gone.retracted}: "
        f"{gone.reason.rstrip('.')}; leave it off, or give it its old id and delete {name!r} from retracted.yaml, "
        f"or, if it is another paper, add `not_same_as: [{name}]` to its record"
    )


def _form(contents: Contents) -> Iterator[Problem]:
    for file, canonical in store.canonical(contents).items():
        path, text = os.fspath(contents.folder / file), contents.files[file].text
        if text == canonical:
            continue
        if commented := documents.comment_line(text):
            yield Problem(path, commented, store.COMMENT)
            continue
        pairs = enumerate(zip_longest(text.split("\n"), canonical.split("\n")), start=1)
        number, line, wanted = next((number, *pair) for number, pair in pairs if pair[0] != pair[1])
        only_space = not wanted or wanted.split() == (line or "").split()  # which would not be seen in a message
        belongs = "" if only_space else f": `{wanted.strip()}` belongs here"
        if unseen := empty_in(line or ""):
            belongs = f": the invisible character {unseen} does not belong here"
        message = f"not in canonical form from here on{belongs}; run `reading-list check --fix`"
        yield Problem(path, min(number, len(text.splitlines()) or 1), message)


def _schema(contents: Contents) -> Iterator[Problem]:
    path = contents.folder / SCHEMA_FILE
    try:
        current = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        current = None
    if _schema_wanted(contents) not in (None, current):
        yield Problem(
            os.fspath(path), None, "does not describe these records and topics; run `reading-list check --fix`"
        )


def _schema_wanted(contents: Contents) -> str | None:
    """Return the schema that the topics ask for; ``None`` of a list without files, and where topics cannot be read."""
    if not contents.files or references.is_faulty(contents, "topics.yaml"):
        return None
    return record_schema(contents.topics)


def fix(contents: Contents) -> list[Path]:
    """Rewrite what is only out of form: files not in canonical form, and the schema; return the files that changed.

    Files with other problems, and files that hold a comment, are left as they are. Raises WriteError.
    """
    changes: dict[str, str | None] = {
        file: text
        for file, text in store.canonical(contents).items()
        if text != (before := contents.files[file].text) and documents.comment_line(before) is None
    }
    if schema := _schema_wanted(contents):
        changes[SCHEMA_FILE] = schema
    return [contents.folder / file for file in store.save(contents.folder, changes)]
