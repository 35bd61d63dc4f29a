"""A correction: one field of one record gets another value, with the provenance that a person's word has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generator import merging, store
from generator.curation.answers import record_named, topics_named
from generator.curation.forms import DELETE, FIELDS
from generator.curation.issues import Issue
from generator.curation.plans import Fault, Plan, checked, neighbours, unanswered
from generator.facts import dates, links, titles
from generator.facts.identifiers import SCHEMES
from generator.facts.names import OTHERS, is_cut, may_be_two, people, reads_as_sentence, without_others
from generator.facts.provenance import DATES_DERIVED, EDITOR, is_editors
from generator.faults import faults_in, spell
from generator.models import PROVEN_FIELDS, Correction, PersonName, Record
from generator.readers.csv_table import author_in, authors_in
from generator.store import Contents

_LABELS = {name: label for label, name in FIELDS.items()}
_OWN = ("type", "topics", "summary", "why")
"""What the list itself says of a paper: no fact that was wrong."""
_LONGEST = 300
_ITEM = re.compile(r"^[-*•]\s+")


def of_issue(issue: Issue, contents: Contents, day: str) -> Plan:
    """Work out what the answers to the form for corrections change on ``day``; nothing is written."""
    faults = unanswered(issue)
    named, field = issue.answer("record"), issue.answer("field").strip()
    record_id, fault = record_named(named, contents)
    if named and fault:
        faults.append(Fault("record", fault))
    name = FIELDS.get(field, field)
    if field and name not in FIELDS.values():
        faults.append(Fault("field", f"{name[:40]!r} is none of {', '.join(FIELDS)}; choose one of these"))
    if faults:
        return Plan("correction", record_id or None, faults=tuple(faults))
    return plan(contents, record_id, name, issue.answer("value"), issue.answer("source"), day)


def plan(contents: Contents, record_id: str, name: str, text: str, source: str, day: str) -> Plan:
    """Work out the correction of the field ``name`` (such as ``links.code``) to ``text``, which ``source`` supports.

    A fact that readers had seen otherwise is told on "What changed" under ``day``.
    """
    record = contents.records[record_id]
    data = store.plain(record)
    value, faults = _value(name, text, contents)
    group, _, kind = name.partition(".")
    if kind:
        data[group] = _with(data.get(group, {}), kind, value)
    else:
        data = _with(data, name, value)
    if group in PROVEN_FIELDS or kind:
        why = "corrected" if value else "deleted"
        given = _with(data.get("provenance", {}), name, f"{EDITOR}: {why}; from {titles.fold(source)}")
        data["provenance"] = merging.in_order(given)
        if is_editors(titles.fold(source)) or "; from " in source:
            faults.append(Fault("source", "is no source; write the address or the name of one, and nothing else"))
    faults = faults or [
        Fault("source" if place[0] == "provenance" else "value", f"{spell(place)}: {what}")
        for place, what in faults_in(Record, data)
    ]
    if not faults:
        corrected = Record.model_validate(data)
        if corrected.model_copy(update={"provenance": record.provenance}) == record:
            faults.append(Fault("value", f"{name}: stands so already; nothing is to be changed"))
    if faults:
        return Plan("correction", record_id, record.title, faults=tuple(faults))
    if group not in _OWN and (before := _shown(record, name)):
        after = _shown(corrected, name)
        what = f"{_LABELS[name]}: {f'{after} instead of {before}' if after else f'{before} was deleted'}"
        told = (*record.corrected, Correction(day=day, what=what))
        corrected = corrected.model_copy(update={"corrected": told})
    writes = {store.record_file(record_id): store.record_text(corrected)}
    named = len(people(corrected.authors))
    remarks = [f"authors: only {named} named, and others"] if name == "authors" and is_cut(corrected.authors) else []
    origin = corrected.provenance.get("issued", "")
    if name in DATES_DERIVED and origin.endswith(DATES_DERIVED[name]):
        remarks.append(f"issued: {record.issued} is {DATES_DERIVED[name]} as it was; see whether it holds")
    made = checked(contents, Plan("correction", record_id, corrected.title, writes, remarks=tuple(remarks)))
    return _with_twins(contents, made, corrected) if made.faults and group in ("title", "identifiers") else made


def _with_twins(contents: Contents, made: Plan, corrected: Record) -> Plan:
    """Return a refused plan with the papers of the list that the record would be the same as, if there are any."""
    near = [each for each in neighbours(contents, made.id or "", corrected) if each.id in contents.records]
    twins = tuple(each for each in near if each.verdict.kind == "same" or each.verdict.by_identifier)
    what = "is what another paper of the list has; write this paper's own, or say in a comment why the two are one"
    return replace(made, faults=(Fault("value", what),), near=twins) if twins else made


def _with(data: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Return ``data`` with ``name`` set, or left out where there is no value."""
    kept = {key: held for key, held in data.items() if key != name}
    return kept | ({name: value} if value else {})


def _shown(record: Record, name: str) -> str:
    """Return on one line, and shortened, what a record states in a field."""
    value = record.value(name)
    text = merging.shown(value) if value else ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _value(name: str, text: str, contents: Contents) -> tuple[Any, list[Fault]]:
    """Return the value that ``text`` states for a field, nothing where the field is to be emptied."""
    text = text.strip()
    if text.strip("`").casefold() == DELETE:
        return None, [Fault("value", "title: cannot be deleted; write the right one")] if name == "title" else []
    group, _, kind = name.partition(".")
    if name == "topics":
        lines = [[line] if not topics_named([line], contents.topics)[1] else line.split(",") for line in _lines(text)]
        ids, faults = topics_named([each for line in lines for each in line], contents.topics)
        return ids, [Fault("value", f"topics: {fault}") for fault in faults]
    if name == "authors":
        return _people(text)
    if name == "results":
        return _lines(text), []
    if group == "identifiers":
        return SCHEMES[kind].read(text) or text, []
    if group == "links":
        is_whole = "://" in text or not links.is_safe(f"https://{text}")
        return links.without_tracking(text if is_whole else f"https://{text}"), []
    if name == "type":
        return text.lower(), []
    if name == "issued":
        return text if dates.remark_on(text) else dates.stated(text), []
    return text if name == "summary" else titles.fold(text), []


def _people(text: str) -> tuple[tuple[str | PersonName, ...], list[Fault]]:
    """Return the authors that an answer names; what says something of them is asked about, unless braces hold it."""
    lines = _lines(text)
    names = list(filter(None, map(without_others, lines)))
    one_line = len(lines) == 1 and (";" in text or "," in text)  # all of them
    found = authors_in("".join(names)) if one_line else tuple(map(author_in, names))
    if found and names != lines:
        found = (*found, OTHERS)
    remedy = (
        "write all authors in their order, one name per line, and nothing else; an organisation's name may stand in {}"
    )
    said = next((name for name in names if name[0] != "{" and reads_as_sentence(name)), None)
    if said:
        return found, [Fault("value", f"{said[:80]!r} reads as a sentence; {remedy}")]
    if doubled := next((first for name in names if may_be_two(first := name.partition(" and ")[0])), None):
        family, _, given = map(str.strip, doubled.partition(","))
        one = f"{{{family}}}, {given}"
        what = f"{doubled[:80]!r} may be one person or two; write {one[:80]!r} if it is one, and else one name per line"
        return found, [Fault("value", what)]
    return found, [] if found else [Fault("value", f"authors: nobody is named; {remedy}")]


def _lines(text: str) -> list[str]:
    """Return the lines of an answer that hold something, without the marks of a list."""
    return list(filter(None, (_ITEM.sub("", line.strip()) for line in text.split("\n"))))
