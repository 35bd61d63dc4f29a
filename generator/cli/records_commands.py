"""The commands of the records folder: check, stats."""

from __future__ import annotations

import argparse

from generator import checking, settings, store
from generator.cli.printing import DONE, PROBLEMS, forms_folder, load_records, print_json, problem_json, say
from generator.curation import forms
from generator.errors import Problem
from generator.library import Library, coverage


def check(options: argparse.Namespace) -> int:
    """Report every problem of the records; with --fix, mend what is only out of form."""
    folder = options.records or settings.load(options.config).records
    contents = store.load(folder)
    templates = forms_folder(options, contents)
    if options.fix:
        with store.locked(folder):
            for path in checking.fix(contents) + (forms.fix(templates, contents.topics) if templates else []):
                say(f"rewritten: {path}")
        contents = store.load(folder)
        templates = forms_folder(options, contents)
    problems = checking.check(contents) + (list(forms.check(templates, contents.topics)) if templates else [])
    if options.format == "json":
        print_json({"records": len(contents.records), "problems": [problem_json(problem) for problem in problems]})
    else:
        for problem in problems:
            print(_annotation(problem) if options.format == "github" else problem)
    say(f"{len(contents.records)} records, {len(problems)} problem{'s' * (len(problems) != 1)}")
    return PROBLEMS if problems else DONE


def _annotation(problem: Problem) -> str:
    """Write a problem as a workflow command of GitHub Actions, which shows it at its line."""

    def escape(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    line = f",line={problem.line}" if problem.line else ""
    return f"::error file={escape(problem.path, ':,')}{line}::{escape(problem.message)}"


def stats(options: argparse.Namespace) -> int:
    """Count what the list has, and what is missing."""
    library = Library.of(load_records(options.records or settings.load(options.config).records))
    found = coverage(library)
    unsorted = len(library.by_topic.get("unsorted", ()))
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
    sizes = {"records": library.records, "topics": library.topics, "paths": library.paths, "sources": library.sources}
    print(", ".join(f"{len(items)} {name}" for name, items in sizes.items()) + f", {unsorted} unsorted")
    for name, (number, _) in found.items():
        print(f"{number:7} with {name}")
    return DONE
