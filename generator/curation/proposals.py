"""A proposed topic or reading path: an entry of topics.yaml or paths.yaml, and the topic in the records it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator import store
from generator.curation.answers import record_named
from generator.curation.forms import MAX_TOPICS, PATH, TOPIC
from generator.curation.issues import Issue
from generator.curation.plans import Fault, Plan, checked, unanswered
from generator.facts import titles
from generator.facts.ids import id_fault
from generator.faults import faults_in, spell
from generator.models import Path as ReadingPath
from generator.models import Topic
from generator.store import Contents

_MIN_STEPS = 3
_ITEM = re.compile(r"^(?:[-*•]|\d{1,3}[.)])\s+")


def of_issue(issue: Issue, contents: Contents) -> Plan:
    """Work out the topic or path that the answers to the form for proposals describe; nothing is written."""
    faults = unanswered(issue)
    what, description = issue.answer("what").strip(), issue.answer("description")
    if what and what not in (TOPIC, PATH):
        faults.append(Fault("what", f"{what[:40]!r} is none of {TOPIC}, {PATH}; choose one of these"))
    steps, more = _steps(issue.answer("papers"), contents)
    faults += more
    name = titles.fold(issue.answer("name"))
    if what == PATH:
        return _path(contents, name, description, steps, faults)
    if what == TOPIC:
        return _topic(contents, name, titles.fold(issue.answer("group")), description, steps, faults)
    return Plan(title=name or None, faults=tuple(faults))


def _steps(text: str, contents: Contents) -> tuple[list[dict[str, str]], list[Fault]]:
    """Return the ``paper`` and the reason ``why`` of each line ``id: why``, in order."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        paper, _, rest = _ITEM.sub("", line).partition(" ")
        paper = paper.rstrip(":,")
        record_id, fault = record_named(paper, contents)
        why = titles.fold(rest.lstrip(":-–— "))
        if fault:
            faults.append(Fault("papers", fault))
        elif record_id in found:
            faults.append(Fault("papers", f"{record_id!r} stands twice; keep one"))
        elif not why:
            faults.append(Fault("papers", f"{record_id!r} has no reason; say behind it in one sentence why to read it"))
        else:
            found[record_id] = why
    return [{"paper": paper, "why": why} for paper, why in found.items()], faults


def _topic(
    contents: Contents, name: str, group: str, description: str, steps: list[dict[str, str]], faults: list[Fault]
) -> Plan:
    data = {"name": name, "group": group, "description": description, "start_here": steps}
    if not group:
        faults.append(Fault("group", "is missing; name the group that the topic belongs to"))
    topic_id = _id(name, {known: topic.name for known, topic in contents.topics.items()}, faults)
    held = {step["paper"]: contents.records[step["paper"]] for step in steps}
    topics_of = {paper: tuple(dict.fromkeys((*record.topics, topic_id))) for paper, record in held.items()}
    full = [paper for paper, topics in topics_of.items() if len(topics) > MAX_TOPICS]
    faults += [Fault("papers", f"{paper!r} has {MAX_TOPICS} topics already; choose another paper") for paper in full]
    faults += _faults(Topic, data, faults)
    if faults:
        return Plan("topic", title=name or None, faults=tuple(faults))
    table = _behind_its_group(contents.topics, topic_id, Topic.model_validate(data))
    writes = {"topics.yaml": store.table_text(table)}
    for paper, record in held.items():
        writes[store.record_file(paper)] = store.record_text(record.model_copy(update={"topics": topics_of[paper]}))
    return checked(contents, Plan("topic", topic_id, table[topic_id].name, writes))


def _path(contents: Contents, name: str, description: str, steps: list[dict[str, str]], faults: list[Fault]) -> Plan:
    data = {"title": name, "description": description, "steps": steps}
    if len(steps) < _MIN_STEPS and not faults:
        faults.append(Fault("papers", f"{len(steps)} make no path; name {_MIN_STEPS} or more"))
    path_id = _id(name, {known: path.title for known, path in contents.paths.items()}, faults)
    faults += _faults(ReadingPath, data, faults)
    if faults:
        return Plan("path", title=name or None, faults=tuple(faults))
    path = ReadingPath.model_validate(data)
    writes = {"paths.yaml": store.table_text({**contents.paths, path_id: path})}
    return checked(contents, Plan("path", path_id, path.title, writes))


def _id(name: str, names: Mapping[str, str], faults: list[Fault]) -> str:
    """Return an id for a topic or path; a fault is added where ``names``, by id, have it already, or it gives no id."""
    made = titles.slug(name)
    same = next(
        (known for known, other in names.items() if known == made or titles.key(other) == titles.key(name)), None
    )
    if name and same:
        faults.append(Fault("name", f"is there already as {same!r}; correct that, or choose another name"))
    elif name and (fault := id_fault(made)):
        faults.append(Fault("name", f"{name[:80]!r} gives the id {made!r}, which {fault}"))
    return made


def _faults(model: Any, data: Mapping[str, Any], told: list[Fault]) -> list[Fault]:
    """Return what is wrong with the data, under the questions that ask for it."""
    questions = {"title": "name", "steps": "papers", "start_here": "papers"}
    found = []
    for place, what in faults_in(model, data):
        first = str(place[0])
        question = questions.get(first, first)
        if not any(fault.field == question for fault in told):
            found.append(Fault(question, what if place == (first,) else f"{spell(place)}: {what}"))
    return found


def _behind_its_group(topics: Mapping[str, Topic], topic_id: str, topic: Topic) -> dict[str, Topic]:
    """Return the topics with a new one behind the last of its group, or at the end."""
    places = [place for place, other in enumerate(topics.values(), start=1) if other.group == topic.group]
    at = places[-1] if places else len(topics)
    items = list(topics.items())
    return dict([*items[:at], (topic_id, topic), *items[at:]])
