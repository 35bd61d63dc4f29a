"""A suggested paper: what somebody gives of it becomes a record, or is refused with everything that is missing.

Nothing is fetched. Facts come from what is given alone: an identifier, addresses, a title, a bibliography's entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from generator import checking, intake, merging, store
from generator.curation import answers
from generator.curation.forms import MAX_WHY_WORDS, topic_labels
from generator.curation.issues import Issue, chosen
from generator.curation.nearness import STANDINGS, Nearest, Standing
from generator.curation.plans import Fault, Plan, checked, neighbours
from generator.facts import identifiers, links, titles
from generator.facts.identifiers import SCHEMES
from generator.facts.names import is_cut
from generator.faults import faults_in, spell
from generator.matching.comparison import Verdict
from generator.models import RECORD_TYPES, Entry, Record, Topic
from generator.store import Contents, references

Lookup = Callable[[Mapping[str, str]], Entry | None]
"""Tells what is known of the paper with these identifiers."""


@dataclass(frozen=True)
class Suggestion:
    """What somebody gives of a paper, as text; ``entry`` are the facts that a bibliography states of it."""

    paper: tuple[str, ...] = ()
    """Identifiers and addresses of the paper itself."""
    links: tuple[str, ...] = ()
    """Addresses of its material: code, model, dataset, project page."""
    title: str = ""
    topics: tuple[str, ...] = ()
    type: str = ""
    why: str = ""
    entry: Entry | None = None
    faults: tuple[Fault, ...] = ()
    """What of the suggestion could not be read at all."""
    unproven: tuple[Fault, ...] = ()
    """What keeps it from being written unless the list has the paper: nothing tells which one is meant."""
    remarks: tuple[str, ...] = ()


@dataclass
class _Facts:
    """The facts gathered so far, and what is wrong or worth telling."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Addresses given as the paper's that no identifier is read from."""

    def place(self, name: str) -> tuple[dict[str, Any], str]:
        """Return where the value of a field stands, such as ``links.code``: what holds it, and under which key."""
        group, _, kind = name.partition(".")
        return (self.values.setdefault(group, {}), kind) if kind else (self.values, group)

    def put(self, group: str, kind: str, value: str, question: str) -> None:
        """Put an identifier or link in its place, which must be empty or hold the same."""
        held = self.values.setdefault(group, {}).setdefault(kind, value)
        if held != value:
            name = SCHEMES[kind].name if kind in SCHEMES else kind
            self.faults.append(Fault(question, f"{held[:80]!r} and {value[:80]!r} are two for {name}; keep one"))


def of_issue(issue: Issue, topics: Mapping[str, Topic]) -> Suggestion:
    """Return what the answers to the form for papers suggest."""
    said = issue.answer
    faults = [] if said("why") else [Fault("why", "is missing; say in one sentence what a reader takes away")]
    picked, rest = chosen(said("topics"), tuple(topic_labels(topics)))
    entry, fault = answers.entry_of(said("bibtex"), "bibtex") if said("bibtex") else (None, None)
    faults += [Fault("bibtex", fault)] if fault else []
    asked = of_answer(said("paper"))
    found, spare = answers.pasted(said("links"))
    known = entry is not None or any(map(answers.identifier, (*asked.paper, *found)))
    unproven = [
        Fault(
            "paper", f"nothing shows that {url[:80]!r} is a paper; write {answers.KNOWN}, its PDF's, or a BibTeX entry"
        )
        for url in map(answers.url_of, asked.paper)
        if not known and links.is_safe(url) and links.kind_of(url) == "project"
    ]
    if not (known or fault or any(asked.paper)):
        unproven = [Fault("paper", f"is missing; write {answers.KNOWN}, or give a BibTeX entry")]
    return replace(
        asked,
        links=found,
        title=said("title"),
        topics=(*picked, *([rest] if rest else [])),
        type=said("type"),
        why=said("why"),
        entry=entry,
        faults=tuple(faults),
        unproven=tuple(unproven),
        remarks=(*asked.remarks, *([f"{spare[:80]!r} among the links is no address; not read"] if spare else [])),
    )


def of_answer(text: str) -> Suggestion:
    """Return what somebody suggests who was asked for the paper alone; words beside its address are remarked on."""
    paper, spare = answers.pasted(text)
    told = (f"{spare[:80]!r} beside the link was not read",) if paper and spare else ()
    return Suggestion(paper=paper or (spare,), remarks=told)


def plan(contents: Contents, suggestion: Suggestion, *, added: str, keep_abstract: bool, lookup: Lookup | None) -> Plan:
    """Work out the record of a suggestion; nothing is written.

    ``added`` is the day it joins the list. A paper that is there already is refused and named; one that is only near
    to some other becomes a record with a remark. What ``lookup`` tells fills what the suggestion leaves open, with its
    provenance.
    """
    facts = _given(suggestion, contents.topics, keep_abstract)
    duplicate = _holder(contents, facts)
    known = facts.values.get("identifiers")
    if lookup and known and not duplicate and (found := lookup(known)):
        _fill(facts, found, keep_abstract)
        duplicate = _holder(contents, facts)
    if duplicate:
        return _refused(contents, facts, duplicate)
    unread = any(fault.field in ("", "bibtex") for fault in suggestion.faults)  # and a title may stand in there
    if not facts.values.get("title") and not unread:
        why = ", and no database that was asked tells it" if lookup else ""
        more = " or --fetch" if known and not lookup else ""
        facts.faults.append(Fault("title", f"is missing{why}; write it, or give a BibTeX entry{more}"))
    _validate(facts)
    title = facts.values.get("title")
    if facts.faults:
        return Plan("paper", title=title, faults=(*facts.faults, *suggestion.unproven), remarks=tuple(facts.remarks))
    record = Record(**facts.values, added=added)
    record_id = intake.new_ids([record.title], contents.given)[0]
    near = neighbours(contents, record_id, record)
    if near and near[0].verdict.kind == "same":
        return _refused(contents, facts, near[0])
    remarks = tuple(facts.remarks) + tuple(
        f"near to {each.id!r}{STANDINGS[each.standing]}: {each.verdict.reason}; a person decides" for each in near
    )
    writes = {} if suggestion.unproven else {store.record_file(record_id): store.record_text(record)}
    return checked(contents, Plan("paper", record_id, record.title, writes, suggestion.unproven, remarks, near=near))


def _given(suggestion: Suggestion, topics: Mapping[str, Topic], keep_abstract: bool) -> _Facts:
    facts = _Facts(faults=[*suggestion.faults], remarks=[*suggestion.remarks])
    if suggestion.entry:
        for name, value in merging.fields_of(suggestion.entry, keep_abstract=keep_abstract).items():
            place, key = facts.place(name)
            place[key] = value
        facts.remarks += suggestion.entry.doubts
    for text in suggestion.paper:
        _from_pasted(facts, text, "paper")
    for text in suggestion.links:
        _from_pasted(facts, text, "links")
    _paper_link(facts)
    _title(facts, suggestion)
    _own_words(facts, suggestion, topics)
    return facts


def _refused(contents: Contents, facts: _Facts, duplicate: Nearest) -> Plan:
    """Return the plan of a paper that is on the list, or was taken off it."""
    name, reason = duplicate.id, duplicate.verdict.reason
    known: Nearest | None = None
    if duplicate.standing == "retracted":
        why = checking.taken_off(contents, name, reason)
    else:
        why = f"is on the list already as {name!r}: {reason}; put what is new into papers/{name}.yaml"
        known = duplicate
    title = facts.values.get("title") or duplicate.title
    return Plan("paper", title=title, faults=(Fault("", why),), remarks=tuple(facts.remarks), duplicate=known)


def _fill(facts: _Facts, entry: Entry, keep_abstract: bool) -> None:
    """Take from what was looked up the facts that nobody gave, and all authors where only the first were given."""
    for name, value in merging.fields_of(entry, keep_abstract=keep_abstract).items():
        place, key = facts.place(name)
        held = place.get(key)
        if not held or (name == "authors" and is_cut(held) and not is_cut(value)):
            place[key] = value
            facts.values.setdefault("provenance", {})[name] = entry.origins.get(name, entry.label)
        elif name == "title" and titles.key(value) != titles.key(held):
            facts.remarks.append(f"{entry.label} has the title {value[:200]!r}")


def _from_pasted(facts: _Facts, text: str, question: str) -> None:
    """Take what one pasted address or identifier says; ``question`` is where it was pasted."""
    text = text.strip()
    if not text:
        return
    if found := answers.identifier(text):
        facts.put("identifiers", *found, question)
        return
    url = answers.url_of(text)
    if fault := identifiers.arxiv_fault(text):
        facts.faults.append(Fault(question, f"{text[:80]!r} {fault}"))
    elif not url:
        facts.faults.append(Fault(question, f"{text[:80]!r} is no identifier and no address; write {answers.KNOWN}"))
    elif fault := links.fault(url):
        facts.faults.append(Fault(question, f"{url[:80]!r} {fault}"))
    elif (kind := links.kind_of(url)) and not (kind == "project" and question == "paper"):
        facts.put("links", kind, url, question)
    elif question == "links":
        facts.faults.append(
            Fault(question, f"{url[:80]!r} is the paper, not its material; give it as the paper's link")
        )
    else:
        facts.elsewhere.append(url)


def _paper_link(facts: _Facts) -> None:
    """Take the address of a paper that has no identifier; others are left out."""
    for url in facts.elsewhere:
        if facts.values.get("identifiers") or facts.values.get("links", {}).get("paper"):
            facts.remarks.append(f"nothing can be read from the address {url[:200]!r}; left out")
        else:
            facts.put("links", "paper", url, "paper")


def _title(facts: _Facts, suggestion: Suggestion) -> None:
    given = titles.fold(suggestion.title)
    stated = facts.values.get("title")
    if given and stated and titles.key(given) != titles.key(stated):
        facts.faults.append(Fault("title", f"{given[:80]!r} and the BibTeX entry's {stated[:80]!r} differ; keep one"))
    elif given:
        facts.values["title"] = given


def _own_words(facts: _Facts, suggestion: Suggestion, topics: Mapping[str, Topic]) -> None:
    """Take topics, type and reason, which no source states but the person who suggests."""
    found, faults = answers.topics_named(suggestion.topics, topics)
    facts.faults += [Fault("topics", fault) for fault in faults]
    if found:
        facts.values["topics"] = found
    if kind := suggestion.type.strip().lower():
        if kind in RECORD_TYPES:
            facts.values["type"] = kind
        else:
            facts.faults.append(
                Fault("type", f"{kind[:40]!r} is none of {', '.join(RECORD_TYPES)}; write one of these")
            )
    if why := titles.fold(suggestion.why):
        facts.values["why"] = why
        if (count := len(why.split())) > MAX_WHY_WORDS:
            facts.remarks.append(f"the reason has {count} words; {MAX_WHY_WORDS} are enough")


def _holder(contents: Contents, facts: _Facts) -> Nearest | None:
    """Return the paper that has one of the identifiers: that is the one, whatever the titles are."""
    papers = contents.papers
    bearing = references.bearing(papers)
    for kind, value in facts.values.get("identifiers", {}).items():
        if name := bearing.get((kind, value)):
            reason = f"same {SCHEMES[kind].name} identifier {value}"
            standing: Standing = "listed" if name in contents.records else "retracted"
            return Nearest(name, papers[name].title, Verdict("same", 1.0, reason), standing)
    return None


def _validate(facts: _Facts) -> None:
    stated = {name: value for name, value in facts.values.items() if value}
    told = {fault.field for fault in facts.faults}
    facts.faults += [
        Fault(name, what)
        for place, what in faults_in(Record, {"title": "-", **stated})
        if (name := spell(place)) not in told
    ]
