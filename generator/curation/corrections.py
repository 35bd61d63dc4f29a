"""A correction: one field of one record gets another value, with the provenance that a person's word has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from generator import links, merging, store, titles
from generator.curation.forms import DELETE, FIELDS
from generator.curation.issues import Issue
from generator.curation.plans import Fault, Plan, checked, unanswered
from generator.curation.suggestions import topics_named
from generator.faults import faults_in, spell
from generator.identifiers import SCHEMES
from generator.models import EDITOR, PROVEN_FIELDS, Record
from generator.readers.csv_table import author_in, authors_in
from generator.store import Contents

_ITEM = re.compile(r"[-*•]\s+")


def of_issue(issue: Issue, contents: Contents) -> Plan:
    """Work out what the answers to the form for corrections change; nothing is written."""
    answers = {question.id: issue.answers.get(question.id, "") for question in issue.form.questions}
    faults = unanswered(issue)
    record_id = record_named(answers["record"], contents)
    if answers["record"] and record_id is None:
        fault = f"{titles.fold(answers['record'])[:80]!r} is no record; write the last part of its page's address"
        faults.append(Fault("record", fault))
    name = FIELDS.get(answers["field"].strip(), answers["field"].strip())
    if answers["field"] and name not in FIELDS.values():
        faults.append(Fault("field", f"{name[:40]!r} is none of {', '.join(FIELDS)}; choose one of these"))
    if faults or record_id is None:
        return Plan("correction", record_id, faults=tuple(faults))
    return plan(contents, record_id, name, answers["value"], answers["source"])


def record_named(text: str, contents: Contents) -> str | None:
    """Return the id of the record that is meant by an id, a former id, the address of a page, or one of its titles."""
    text = titles.fold(text)
    for named in (text, _last_part(text)):  # a title may hold a slash
        name = named.removesuffix(".yaml").removesuffix(".md")
        name = contents.redirects.get(name, name)
        if name in contents.records:
            return name
        if (found := contents.titled.get(titles.key(named))) in contents.records:
            return found
    return None


def _last_part(address: str) -> str:
    """Return what names the page of an address; nothing where it is none."""
    try:
        parts = [part for part in urlsplit(address).path.split("/") if part and part != "index.html"]
    except ValueError:
        return ""
    return parts[-1] if "/" in address and parts else ""


def plan(contents: Contents, record_id: str, name: str, text: str, source: str) -> Plan:
    """Work out the correction of the field ``name`` (such as ``links.code``) to ``text``, which ``source`` supports."""
    record = contents.records[record_id]
    data: dict[str, Any] = {**store.plain(record)}
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
        if titles.fold(source).startswith(EDITOR) or "; from " in source:
            faults.append(Fault("source", "is no source; write the address or the name of one, and nothing else"))
    for place, what in [] if faults else faults_in(Record, data):
        faults.append(Fault("source" if place[0] == "provenance" else "value", f"{spell(place)}: {what}"))
    if not faults:
        corrected = Record.model_validate(data)
        if corrected.model_copy(update={"provenance": record.provenance}) == record:
            faults.append(Fault("value", f"{name}: stands so already; nothing is to be changed"))
    if faults:
        return Plan("correction", record_id, record.title, faults=tuple(faults))
    writes = {store.record_file(record_id): store.record_text(corrected)}
    return checked(contents, Plan("correction", record_id, corrected.title, writes))


def _with(data: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Return ``data`` with ``name`` set, or left out where there is no value."""
    kept = {key: held for key, held in data.items() if key != name}
    return kept | ({name: value} if value else {})


def _value(name: str, text: str, contents: Contents) -> tuple[Any, list[Fault]]:
    """Return the value that ``text`` states for a field, nothing where the field is to be emptied."""
    text = text.strip()
    if text.strip("`").casefold() == DELETE:
        fault = [Fault("value", "title: cannot be deleted; write the right one")] if name == "title" else []
        return None, fault
    group, _, kind = name.partition(".")
    if name == "topics":
        lines = [[line] if not topics_named([line], contents.topics)[1] else line.split(",") for line in _lines(text)]
        ids, faults = topics_named([each for line in lines for each in line], contents.topics)
        return ids, [Fault("value", str(fault)) for fault in faults]
    if name == "authors":
        names = _lines(text)
        if len(names) == 1 and (";" in text or text.count(",") > 1):  # all of them on one line
            return authors_in(names[0]), []
        return tuple(map(author_in, names)), []
    if name == "results":
        return _lines(text), []
    if group == "identifiers":
        return SCHEMES[kind].read(text) or text, []
    if group == "links":
        is_whole = "://" in text or not links.is_safe(f"https://{text}")
        return links.without_tracking(text if is_whole else f"https://{text}"), []
    if name == "type":
        return text.lower(), []
    return text if name == "summary" else titles.fold(text), []


def _lines(text: str) -> list[str]:
    """Return the lines of an answer that hold something, without the marks of a list."""
    return list(filter(None, (_ITEM.sub("", line.strip(), count=1).strip() for line in text.split("\n"))))
