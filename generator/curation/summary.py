"""What a pull request does to the list, as Markdown for GitHub's step summary: for a maintainer's two minutes."""

from __future__ import annotations

import difflib
import html
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator import pages
from generator.curation import changes
from generator.curation.changes import RecordChange
from generator.curation.judgement import Judgement, judge
from generator.curation.revisions import Change
from generator.errors import Problem
from generator.escaping import github, github_block, github_code_element
from generator.facts import titles
from generator.library import Library
from generator.settings import Settings
from generator.store import Contents
from generator.wording import count

# GitHub takes at most 1 MiB for a step (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
LIMIT = 900_000
"""How many bytes a summary has at most."""
_ROWS = 200  # of each list
_PAGES = 200
_CUT = "\n\nThe rest is left out here, for want of room.\n"
_WIDTH = 100
_CITE_BOX = re.compile(r'<div class="rl-cite">.*?</div>', re.DOTALL)  # says once more what the facts say
_WORDS = {
    "added": "added",
    "changed": "changed",
    "renamed": "renamed",
    "merged": "merged away",
    "retracted": "taken off",
    "removed": "deleted",
}


def summary(change: Change, settings: Settings) -> str:
    """Return what a change does: each record and table, the verdicts, and the pages before and after, folded.

    All text of records is escaped for GitHub. What does not fit into ``LIMIT`` bytes is left out and counted.
    """
    records, tables, judgement = changes.records(change), changes.tables(change), judge(change)
    parts = ["### What this changes\n", _counts(records, judgement)]
    if records:
        rows = [_row(change, judgement, each) for each in records]
        parts.append(
            "| Paper | Change | Nearest on the list |\n| --- | --- | --- |\n" + _lines(rows, "| … | {} more | |")
        )
    if tables:
        rows = [
            f"- {github_code_element(each.file)}: {github_code_element(each.id)} {_WORDS[each.kind]}"
            + (f" ({github(', '.join(each.fields))})" if each.fields else "")
            for each in tables
        ]
        parts.append("#### Topics, paths and other tables\n\n" + _lines(rows, "- … and {} more"))
    for heading, found in (("Problems", judgement.problems), ("Remarks", judgement.remarks)):
        if found:
            parts.append(f"#### {heading}\n\n" + _lines(list(map(_told, found)), "- … and {} more"))
    shown = [each for each in records if each.id in change.head.records]
    return _fitted("\n".join(parts), _pages(change, shown, settings), len(shown))


def _counts(records: Sequence[RecordChange], judgement: Judgement) -> str:
    kinds = Counter(each.kind for each in records)
    said = [f"{count(kinds[kind], 'record')} {_WORDS[kind]}" for kind in changes.KINDS if kinds[kind]]
    said = said or ["No record is changed"]
    said += [count(len(judgement.problems), "problem"), count(len(judgement.remarks), "remark")]
    return f"{', '.join(said)}.\n"


def _row(change: Change, judgement: Judgement, each: RecordChange) -> str:
    title = github(titles.plain(changes.title_of(change, each)))
    what = _WORDS[each.kind]
    if each.kind == "renamed":
        what += f", was {github_code_element(each.old_id)}"
    if each.kind == "merged":
        what += f", is {github_code_element(each.to or '')} now"
    if each.kind == "retracted":
        what += f": {github(change.head.retracted[each.id].reason)}"
    if each.fields:
        what += f": {github(', '.join(each.fields))}"
    elif each.kind == "changed" and each.id in change.head.records and each.id in change.base.records:
        what += " in its form only"
    near = "<br>".join(f"{github(str(one))} ({one.verdict.score:.2f})" for one in judgement.nearest.get(each.id, ()))
    return f"| {title} {github_code_element(each.id)} | {what} | {near} |"


def _told(problem: Problem) -> str:
    where = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
    return f"- {github_code_element(where)} {github(problem.message)}"


def _lines(lines: Sequence[str], more: str) -> str:
    shown = [*lines[:_ROWS], *([more.format(len(lines) - _ROWS)] if len(lines) > _ROWS else [])]
    return "".join(f"{line}\n" for line in shown)


# --- pages before and after ------------------------------------------------------------------------------------------


def _fitted(text: str, folded: Iterator[str], number: int) -> str:
    """Put as many of the ``number`` folded pages below the text as ``LIMIT`` bytes hold; the others are not made."""
    shown: list[str] = []
    left, heading = number, "\n#### Pages\n\n"
    room = LIMIT - len((text + heading).encode()) - 200
    for page in folded:
        room -= len(page.encode()) + 1
        if room < 0 or len(shown) == _PAGES:
            break
        left -= 1
        shown += [page] if page else []
    if left:
        shown.append(f"The pages of {count(left, 'more record')} are left out here, for want of room.\n")
    text = text + (heading + "\n".join(shown) if shown else "")
    if len(text.encode()) <= LIMIT:
        return text
    whole = text.encode()[: LIMIT - len(_CUT)].decode("utf-8", "ignore")
    return whole[: whole.rfind("\n")] + _CUT


def _pages(change: Change, shown: Sequence[RecordChange], settings: Settings) -> Iterator[str]:
    """Yield the page of each record before and after, folded; nothing where the two are the same."""
    was = [each.old_id for each in shown if each.old_id in change.base.records]
    before = pages.papers(_library(change.base), settings, was)
    after = pages.papers(_library(change.head), settings, [each.id for each in shown])
    for each, page in zip(shown, after, strict=True):
        new_lines = _read(page.make())
        name = f"{github(titles.plain(changes.title_of(change, each)))} {github_code_element(each.id)}"
        if each.old_id not in change.base.records:
            yield _folded(f"{name}: the new page", github_block("\n".join(new_lines), "markdown"))
        else:
            lines = difflib.unified_diff(_read(next(before).make()), new_lines, "before", "after", n=2, lineterm="")
            text = "\n".join(lines)
            yield _folded(f"{name}: the page before and after", github_block(text, "diff")) if text else ""


def _folded(name: str, block: str) -> str:
    return f"<details><summary>{name}</summary>\n\n{block}\n\n</details>\n"


def _read(page: str) -> list[str]:
    """Return the body of a page as its source reads, character references resolved, in lines of bearable length."""
    body = _CITE_BOX.sub("(the cite box)", page.split("\n---\n", 1)[1].strip())
    found = []
    for line in html.unescape(body).split("\n"):
        found += textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return found


def _library(contents: Contents) -> Library:
    """Return the library of a list that may have faults: what names a paper that is not there is left out."""
    known = contents.records
    topics = {
        name: topic.model_copy(
            update={"start_here": tuple(start for start in topic.start_here if start.paper in known)}
        )
        for name, topic in contents.topics.items()
    }
    paths = {
        name: path.model_copy(update={"steps": tuple(step for step in path.steps if step.paper in known)})
        for name, path in contents.paths.items()
    }
    return Library.of(replace(contents, topics=topics, paths=paths))
