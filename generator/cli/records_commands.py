"""The commands of the records folder: check, stats."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator import checking, escaping, store
from generator.cli.opening import configured, forms_folder, writing
from generator.cli.options import json_option, records_option
from generator.cli.printing import DONE, PROBLEMS, print_json, problem_json, say, show
from generator.curation import forms, revisions
from generator.curation.judgement import judge
from generator.curation.nearness import Remark
from generator.errors import Problem
from generator.library import UNSORTED, Library, coverage
from generator.wording import count


def check(options: argparse.Namespace) -> int:
    """Report every problem of the records; with --fix, mend what is only out of form."""
    settings = configured(options)
    folder = settings.records
    if options.fix:
        _fix(options, folder)
    contents = store.load(folder)
    templates = forms_folder(options, contents)
    out_of_step = list(forms.check(templates, contents.topics)) if templates else []
    is_own = options.records is None  # the settings may be those of another list
    abstracts = list(checking.abstracts(contents)) if is_own and settings.refuse_abstracts else []
    remarks: tuple[Remark, ...] = ()
    judged = count(len(contents.records), "record")
    if options.base is None:
        problems = checking.check(contents) + abstracts + out_of_step
    else:
        with revisions.compared(contents, options.base) as change:
            judgement = judge(change)
        problems, remarks = list(judgement.problems), judgement.remarks
        problems += [problem for problem in abstracts if revisions.inside(contents, problem) in change.touched]
        problems += out_of_step if "topics.yaml" in change.touched else []
        judged = f"{count(len(change.touched), 'file')} changed since {options.base}"
        if not change.touched:
            say(
                f"note: nothing in the records differs from {options.base}, so nothing was judged; "
                "commit to a branch of your own, or leave --base out to check all of them"
            )
    _print(options, contents, problems, remarks)
    said = [judged, count(len(problems), "problem"), *([count(len(remarks), "remark")] if options.base else [])]
    say(", ".join(said))
    return PROBLEMS if problems else DONE


def check_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=check)
    records_option(parser)
    parser.add_argument("--format", choices=("text", "json", "github"), default="text", help="how problems are printed")
    parser.add_argument("--fix", action="store_true", help="rewrite files that are only out of form")
    parser.add_argument(
        "--base", metavar="REF", help="judge only what changed since this revision, or against this records folder"
    )


def _fix(options: argparse.Namespace, folder: Path) -> None:
    with writing(folder):
        contents = store.load(folder)
        templates = forms_folder(options, contents)
        for path in checking.fix(contents) + (forms.fix(templates, contents.topics) if templates else []):
            say(f"rewritten: {path}")


def _print(
    options: argparse.Namespace, contents: store.Contents, problems: Sequence[Problem], remarks: Sequence[Remark]
) -> None:
    if options.format == "json":
        found: dict[str, Any] = {"records": len(contents.records), "problems": list(map(problem_json, problems))}
        if options.base is not None:
            found["remarks"] = [{**problem_json(remark), "level": remark.level} for remark in remarks]
        print_json(found)
    elif options.format == "github":
        for problem in problems:
            print(_annotation("error", problem))
        for remark in remarks:
            print(_annotation(remark.level, remark))
    else:
        for problem in problems:
            show(str(problem))
        for remark in remarks:
            show(str(replace(remark, message=f"remark: {remark.message}")))


def _annotation(level: str, problem: Problem) -> str:
    """Write a problem as a workflow command of GitHub Actions, which shows it at its line.

    See https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
    """

    def escape(text: str, more: str = "") -> str:
        text = escaping.terminal(text)
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    line = f",line={problem.line}" if problem.line else ""
    return f"::{level} file={escape(problem.path, ':,')}{line}::{escape(problem.message)}"


def stats(options: argparse.Namespace) -> int:
    """Count what the list has, and what is missing."""
    library = Library.of(store.load_sound(configured(options).records))
    found = coverage(library)
    unsorted = len(library.by_topic.get(UNSORTED, ()))
    if options.json:
        print_json(
            {
                "records": len(library.records),
                "topics": len(library.topics),
                "paths": len(library.paths),
                "sources": len(library.sources),
                "unsorted": unsorted,
                "coverage": {name: number for name, (number, _) in found.items()},
                "missing": {name: list(lacking) for name, (_, lacking) in found.items() if lacking},
            }
        )
        return DONE
    sizes = {"record": library.records, "topic": library.topics, "path": library.paths, "source": library.sources}
    print(", ".join([*(count(len(items), noun) for noun, items in sizes.items()), f"{unsorted} unsorted"]))
    for name, (number, _) in found.items():
        print(f"{number:7} with {name}")
    return DONE


def stats_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=stats)
    records_option(parser)
    json_option(parser)
