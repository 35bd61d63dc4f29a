"""The command ``add``: one contribution, from words, a file, an issue form or a conversation, into the list."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import escaping, readers, store
from generator.cli.conversation import asked
from generator.cli.opening import configured, forms_folder, lacking, today, writing
from generator.cli.options import day, json_option, records_option
from generator.cli.printing import DONE, PROBLEMS, print_json, problem_json, say
from generator.cli.upkeep_commands import APIS
from generator.curation import answers, comments, corrections, forms, issues, plans, proposals, suggestions
from generator.curation.issues import Issue
from generator.curation.nearness import Nearest
from generator.curation.plans import Fault, Plan
from generator.curation.suggestions import Lookup, Suggestion
from generator.disk import documents
from generator.errors import InputError, Problem, ReadingListError, UsageError
from generator.models import RECORD_TYPES, Entry
from generator.settings import Settings

if TYPE_CHECKING:
    from generator.upkeep.politeness import Clock

_STDIN = "-"
_STATED = ("title", "topics", "why", "type")
_FILES = (".bib", ".bibtex", ".ris", ".json", ".txt")
_MEANT_AS_ID = re.compile(r"\s*(?:(?:arxiv|doi|urn)\s*:|(?:isbn|issn|pmid)[\d\W]+x?$)|[\d\W]+$", re.IGNORECASE)
"""What begins as an identifier does, or has no letter: a title it is not."""
_REQUESTS, _SECONDS = 20, 120.0
"""What one --fetch may cost the databases and the person who waits."""


@dataclass(frozen=True)
class _Outcome:
    """A plan with the names of its questions and their lines, and the files that were written."""

    plan: Plan
    path: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    written: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What keeps even the plan from being made."""

    @property
    def all_problems(self) -> list[Problem]:
        """Everything that kept the contribution from being written."""
        told = [
            Problem(
                self.path or "add",
                self.lines.get(fault.field),
                str(replace(fault, field=self.labels.get(fault.field, fault.field))),
            )
            for fault in self.plan.faults
        ]
        return [*self.problems, *told]


def add(options: argparse.Namespace, *, bases: Mapping[str, str] | None = None, clock: Clock | None = None) -> int:
    """Add one paper, or what an issue form says, to the list; ``bases`` and ``clock`` are for tests."""
    found = configured(options)
    with _databases(options, found, bases, clock) as lookup:
        return _add(options, found, lookup)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=add)
    records_option(parser)
    parser.add_argument(
        "what",
        nargs="*",
        metavar="WHAT",
        help="arXiv id, DOI, address, title, or a file with one BibTeX entry (- for standard input)",
    )
    parser.add_argument("--issue", metavar="FILE", help="the body of an issue form (- for standard input)")
    parser.add_argument("--title", help="the paper's title")
    parser.add_argument("--topics", metavar="A,B", help="ids or names of topics, the main one first")
    parser.add_argument("--type", choices=RECORD_TYPES, help="what kind of paper it is")
    parser.add_argument("--why", metavar="SENTENCE", help="why it belongs on the list")
    parser.add_argument(
        "--added", type=day, metavar="DATE", help="the day it is said to have joined the list (default: today)"
    )
    parser.add_argument(
        "--comment", type=Path, metavar="FILE", help="write here, as Markdown, what to tell the contributor"
    )
    parser.add_argument(
        "--fetch", action="store_true", help="ask arXiv, Hugging Face and Crossref for what an identifier stands for"
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing but the comment")
    json_option(parser)


@contextlib.contextmanager
def _databases(
    options: argparse.Namespace, found: Settings, bases: Mapping[str, str] | None, clock: Clock | None
) -> Iterator[Lookup | None]:
    """Give a function that asks public databases for a paper by its identifiers, or nothing without --fetch."""
    if not options.fetch:
        yield None
        return
    try:
        from generator.upkeep import apis, politeness
    except ImportError as error:
        raise lacking("--fetch", error.name) from None

    budget = politeness.Budget(_REQUESTS, _SECONDS, clock or politeness.Clock())
    agent = politeness.user_agent(found.repo_url)
    with apis.connected(list(APIS), budget=budget, agent=agent, bases=bases or apis.BASES) as opened:

        def lookup(identifiers: Mapping[str, str]) -> Entry | None:
            entry, silent = apis.fetch(opened, identifiers)
            for reason in silent if entry is None else ():
                say(escaping.terminal(f"note: {reason}"))
            return entry

        yield lookup


def _add(options: argparse.Namespace, found: Settings, lookup: Lookup | None) -> int:
    _check_usage(options)
    folder = found.records
    try:
        with writing(folder, dry_run=options.dry_run):
            contents = store.load(folder)
            outcome = _worked_out(options, contents, found, lookup)
            if not options.dry_run:
                outcome = replace(outcome, written=_write(options, contents, outcome.plan))
    except InputError as error:
        outcome = _Outcome(Plan(), problems=(error.problem,))
    except UsageError:
        raise
    except ReadingListError as error:
        outcome = _Outcome(Plan(), problems=(Problem(os.fspath(folder), None, str(error)),))
    _print(options, found, outcome)
    return PROBLEMS if outcome.all_problems else DONE


def _check_usage(options: argparse.Namespace) -> None:
    given = [*(["WHAT"] if options.what else []), *(f"--{name}" for name in _STATED if getattr(options, name))]
    if options.issue and given:
        raise UsageError(f"an issue form says everything itself; leave out {', '.join(given)}")
    if not options.issue and not given and not sys.stdin.isatty():
        raise UsageError("say what to add: an arXiv id, DOI, address, BibTeX file or title, or --issue FILE")
    if options.what.count(_STDIN) + (options.issue == _STDIN) > 1:
        raise UsageError("standard input can be read once only; give - once")


def _worked_out(
    options: argparse.Namespace, contents: store.Contents, found: Settings, lookup: Lookup | None
) -> _Outcome:
    """Return the plan of what the options name; nothing is written."""
    if contents.problems:
        return _Outcome(Plan(), problems=contents.problems)
    added = options.added or today()

    def paper(suggestion: Suggestion) -> Plan:
        return suggestions.plan(contents, suggestion, added=added, keep_abstract=found.keep_abstracts, lookup=lookup)

    if options.issue:
        issue = _issue(options.issue, contents)
        if issue.form.kind == "paper":
            plan = paper(suggestions.of_issue(issue, contents.topics))
        elif issue.form.kind == "correction":
            plan = corrections.of_issue(issue, contents, added)
        else:
            plan = proposals.of_issue(issue, contents)
        return _of_issue(issue, plan)
    if options.what or any(getattr(options, name) for name in _STATED):
        return _Outcome(paper(_of_words(options)))
    return _Outcome(paper(asked(contents, fetches=lookup is not None)))


def _issue(name: str, contents: store.Contents) -> Issue:
    path = "standard input" if name == _STDIN else name
    return issues.read(path, _bytes(name), forms.forms(contents.topics))


def _of_issue(issue: Issue, plan: Plan) -> _Outcome:
    """Return the plan of an issue with its faults in the order of the questions."""
    order = [question.id for question in issue.form.questions]
    faults = sorted(plan.faults, key=lambda fault: order.index(fault.field) if fault.field in order else len(order))
    unread = ("what stands before the first heading was not read",) if issue.unread else ()
    plan = replace(plan, faults=tuple(faults), remarks=unread + plan.remarks)
    labels = {question.id: question.label for question in issue.form.questions}
    return _Outcome(plan, issue.path, labels, issue.lines)


def _of_words(options: argparse.Namespace) -> Suggestion:
    """Return what the command line suggests: each word is a file, an identifier, an address, BibTeX or a title."""
    suggestion = Suggestion(
        title=options.title or "",
        topics=tuple((options.topics or "").split(",")),
        type=options.type or "",
        why=options.why or "",
    )
    for word in options.what:
        text, path = word, ""
        if word == _STDIN or _is_file(word):
            path = "standard input" if word == _STDIN else word
            text = readers.decode(path, _bytes(word))
        suggestion = _with(suggestion, text, path)
    return suggestion


def _with(suggestion: Suggestion, text: str, path: str) -> Suggestion:
    if answers.is_identifier_or_address(text.strip()):
        return replace(suggestion, paper=(*suggestion.paper, *answers.pasted(text)[0]))
    if path or text.lstrip().startswith("@"):
        entry, fault = answers.entry_of(text)
        if entry and suggestion.entry:
            raise UsageError(
                "two bibliography entries are given; give one, or read them all with `reading-list import`"
            )
        if fault:
            where = f"{path}: " if path else ""
            return replace(suggestion, faults=(*suggestion.faults, Fault("", f"{where}{fault}")))
        return replace(suggestion, entry=entry)
    found, rest = answers.pasted(text)
    if found:
        told = f"{rest[:80]!r} beside {found[0][:80]!r} was not read; a title goes by itself, or into --title"
        remarks = (*suggestion.remarks, told) if rest else suggestion.remarks
        return replace(suggestion, paper=(*suggestion.paper, *found), remarks=remarks)
    if _MEANT_AS_ID.match(text):
        told = f"{text[:80]!r} was read as an identifier; a title without a letter goes into --title"
        remarks = suggestion.remarks if re.search(r"[^\W\d_]", text) else (*suggestion.remarks, told)
        return replace(suggestion, paper=(*suggestion.paper, text), remarks=remarks)
    if suggestion.title:
        raise UsageError(f"{suggestion.title!r} and {text!r} are two titles; put a title in quotes, and give one")
    return replace(suggestion, title=text)


def _is_file(word: str) -> bool:
    """Tell whether a word names a file, be it one that is not there: a bibliography's name is no title."""
    try:
        return word.lower().endswith(_FILES) or Path(word).is_file()
    except OSError:  # a whole BibTeX entry is too long for a file's name
        return False


def _bytes(name: str) -> bytes:
    """Return what a file or standard input holds, up to a limit; raises InputError where it cannot be read."""
    if name != _STDIN:
        return readers.load(name)
    try:
        return sys.stdin.buffer.read(readers.MAX_BYTES + 1)
    except OSError as error:
        raise InputError(Problem(name, None, f"cannot be read ({error.strerror}); check what it is")) from None


# --- what is told ----------------------------------------------------------------------------------------------------


def _write(options: argparse.Namespace, contents: store.Contents, plan: Plan) -> tuple[str, ...]:
    written = plans.apply(contents, plan)
    templates = forms_folder(options, contents)
    if written and templates and plan.kind == "topic":
        written += forms.fix(templates, store.load(contents.folder).topics)
    return tuple(os.fspath(path) for path in written)


def _print(options: argparse.Namespace, found: Settings, outcome: _Outcome) -> None:
    plan, problems = outcome.plan, outcome.all_problems
    if options.comment:
        _comment(options.comment, outcome, found)
    if options.json:
        print_json(_json(outcome))
    elif not problems:
        for name, text in sorted(plan.writes.items()):
            print(f"# {found.records / name}\n{text}" if options.dry_run else found.records / name)
    for problem in problems:
        say(str(problem))
    for remark in plan.remarks:
        say(f"note: {remark}")
    if not problems:
        say(f"{plan.kind} {plan.id}: {'nothing was written (--dry-run)' if options.dry_run else 'written'}")


def _comment(path: Path, outcome: _Outcome, found: Settings) -> None:
    plan = outcome.plan
    if outcome.problems:
        more = tuple(Fault("", problem.message) for problem in outcome.problems)
        plan = replace(plan, faults=(*more, *plan.faults))
    documents.write(path, comments.told(plan, outcome.labels, outcome.written, found))


def _json(outcome: _Outcome) -> dict[str, Any]:
    plan = outcome.plan
    return {
        "written": list(outcome.written),
        "id": plan.id,
        "title": plan.title,
        "kind": plan.kind,
        "problems": [problem_json(problem) for problem in outcome.all_problems],
        "remarks": list(plan.remarks),
        "duplicate": _neighbour_json(plan.duplicate) if plan.duplicate else None,
        "near": [_neighbour_json(each) for each in plan.near],
    }


def _neighbour_json(each: Nearest) -> dict[str, Any]:
    return {"id": each.id, "title": each.title, "score": each.verdict.score, "reason": each.verdict.reason}
