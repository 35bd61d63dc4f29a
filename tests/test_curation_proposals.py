"""Proposed topics and paths: complete ones become canonical YAML, others are told what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from site_tools import toy_records

from generator import checking, store
from generator.curation import forms, plans, proposals
from generator.curation.issues import Issue
from generator.store import Contents

FORM = forms.forms({})[2]
PATH = {
    "what": forms.PATH,
    "name": "From one thread to many",
    "description": "For whoever counts.\n\nAnd for others.",
    "papers": "1. stray-thread: One.\n2) two-names - Two.\n* braid: Many.",
}
TOPIC = {**PATH, "what": forms.TOPIC, "name": "Knots", "group": "Looms", "papers": "stray-thread: One."}


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    return store.load(toy_records(tmp_path / "records"))


def plan(contents: Contents, answers: dict[str, str]) -> plans.Plan:
    return proposals.of_issue(Issue("body", FORM, {key: value for key, value in answers.items() if value}), contents)


def test_a_path_is_written_behind_the_others(contents: Contents) -> None:
    found = plan(contents, PATH)
    assert (found.kind, found.id, found.faults) == ("path", "from-one-thread-to-many", ())
    assert plans.apply(contents, found) == [contents.folder / "paths.yaml"]
    after = store.load(contents.folder)
    assert checking.check(after) == []
    assert list(after.paths) == [*contents.paths, "from-one-thread-to-many"]
    path = after.paths["from-one-thread-to-many"]
    assert path.description == PATH["description"]
    assert [(step.paper, step.why) for step in path.steps] == [
        ("stray-thread", "One."),
        ("two-names", "Two."),
        ("braided-attention", "Many."),
    ]


def test_only_what_begins_a_line_is_the_mark_of_a_list(contents: Contents) -> None:
    text = plan(contents, {**TOPIC, "papers": "stray-thread: The first of 2017. One - or more."}).writes["topics.yaml"]
    assert "why: The first of 2017. One - or more.\n" in text


@pytest.mark.parametrize(("group", "place"), [("Looms", 3), ("Toys", 4)])
def test_a_topic_is_written_behind_its_group_and_into_its_papers(group: str, place: int, contents: Contents) -> None:
    found = plan(contents, {**TOPIC, "group": group})
    assert (found.kind, found.id, found.faults) == ("topic", "knots", ())
    plans.apply(contents, found)
    after = store.load(contents.folder)
    assert checking.check(after) == []  # the schema with its topics too
    # The last topic of the group "Looms" stands at the end of the toy list.
    assert list(after.topics) == [*contents.topics, "knots"]
    assert after.records["stray-thread"].topics == ("knots",)
    assert [start.paper for start in after.topics["knots"].start_here] == ["stray-thread"]


def test_a_topic_joins_its_group_in_the_middle(contents: Contents) -> None:
    topics = dict(sorted(contents.topics.items(), key=lambda item: item[1].group != "Looms"))
    apart = replace(contents, topics=topics)
    text = plan(apart, TOPIC).writes["topics.yaml"]
    assert text.index("\nknots:") < text.index("\nhostile-topic:")


def test_a_paper_may_name_the_topic_already(contents: Contents) -> None:
    found = plan(contents, TOPIC)
    plans.apply(contents, replace(found, writes={"papers/stray-thread.yaml": found.writes["papers/stray-thread.yaml"]}))
    again = plan(store.load(contents.folder), TOPIC)
    assert (again.faults, again.writes) == ((), found.writes)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["what", "name", "description", "papers"]),
        ({**PATH, "what": "A poem"}, ["what"]),
        ({**PATH, "name": ""}, ["name"]),
        ({**PATH, "name": "First cloth"}, ["name"]),
        ({**PATH, "name": "From thread to cloth"}, ["name"]),
        ({**PATH, "name": "?!"}, ["name"]),
        ({**PATH, "name": "Index"}, ["name"]),
        ({**PATH, "name": "x\u202ey"}, ["name"]),
        ({**PATH, "papers": "stray-thread: One."}, ["papers"]),
        ({**PATH, "papers": "stray-thread\ntwo-names:\nbraid: x"}, ["papers", "papers"]),
        ({**PATH, "papers": "stray-thread: a\nStray-Thread: b\nnothing: c"}, ["papers", "papers"]),
        ({**PATH, "papers": f"stray-thread: {'x' * 1001}\ntwo-names: a\nbraid: b"}, ["papers"]),
        ({**PATH, "description": "x" * 10_001}, ["description"]),
        ({**PATH, "description": "\u200b"}, ["description"]),
        ({**TOPIC, "group": ""}, ["group"]),
        ({**TOPIC, "name": "Spinning"}, ["name"]),
        ({**TOPIC, "name": "Unsorted"}, ["name"]),
    ],
)
def test_what_is_missing_is_told(answers: dict[str, str], expected: list[str], contents: Contents) -> None:
    found = plan(contents, answers)
    assert [fault.field for fault in found.faults] == expected
    assert found.writes == {}


def test_a_paper_with_all_its_topics_takes_no_more(contents: Contents) -> None:
    record = contents.records["stray-thread"]
    full = record.model_copy(update={"topics": ("weaving", "spinning", "empty-topic", "hostile-topic")})
    records = {**contents.records, "stray-thread": full}
    crowded = replace(contents, records=records)
    assert [str(fault) for fault in plan(crowded, TOPIC).faults] == [
        "papers: 'stray-thread' has 4 topics already; choose another paper"
    ]
