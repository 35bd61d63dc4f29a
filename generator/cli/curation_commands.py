"""The commands of curation: merge, rename, retract, changes."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from generator import store
from generator.cli.opening import configured, load_records, today, writing
from generator.cli.printing import DONE, put, say
from generator.curation import moves, revisions
from generator.curation.judgement import judge
from generator.curation.summary import summary


def merge(options: argparse.Namespace) -> int:
    """Make two records one, on a person's word."""
    return _edit(options, lambda contents: moves.merge(contents, options.keep, options.other))


def rename(options: argparse.Namespace) -> int:
    """Give a record another id."""
    return _edit(options, lambda contents: moves.rename(contents, options.old, options.new))


def retract(options: argparse.Namespace) -> int:
    """Take a record off the list; its address says that it was, and why."""
    return _edit(options, lambda contents: moves.retract(contents, options.id, options.reason, options.date or today()))


def changes(options: argparse.Namespace) -> int:
    """Tell what changed in the records since a revision, for whoever reviews it."""
    found = configured(options)
    with revisions.compared(store.load(found.records), options.base) as change:
        text = summary(change, judge(change), found)
    put(text, options.output)
    return DONE


def _edit(options: argparse.Namespace, make: Callable[[store.Contents], moves.Edit]) -> int:
    folder = configured(options).records
    with writing(folder):
        contents = load_records(folder)
        edit = make(contents)
        moves.apply(contents, edit)
    if not edit.writes:
        say("nothing was changed: that is done already")
    for name in sorted(edit.writes):
        say(f"written: {folder / name}")
    if edit.delete:
        say(f"deleted: {folder / edit.delete}; its address goes on answering")
    return DONE
