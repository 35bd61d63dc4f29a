"""The commands of curation: merge, rename, retract, changes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from generator import store
from generator.cli.opening import configured, today, writing
from generator.cli.options import day, output_option, records_option
from generator.cli.printing import DONE, put, say
from generator.curation import moves, revisions
from generator.curation.summary import summary


def merge(options: argparse.Namespace) -> int:
    """Make two records one, on a person's word."""
    return _edit(options, lambda contents: moves.merge(contents, options.keep, options.other))


def merge_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=merge)
    records_option(parser)
    parser.add_argument("keep", metavar="KEEP", help="the id that stays")
    parser.add_argument("other", metavar="OTHER", help="the id that becomes a redirect")


def rename(options: argparse.Namespace) -> int:
    """Give a record another id."""
    return _edit(options, lambda contents: moves.rename(contents, options.old, options.new))


def rename_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=rename)
    records_option(parser)
    parser.add_argument("old", metavar="OLD", help="the id now")
    parser.add_argument("new", metavar="NEW", help="the id from now on")


def retract(options: argparse.Namespace) -> int:
    """Take records off the list; their addresses say that they were, and why."""
    day_of = options.date or today()
    return _edit(options, lambda contents: moves.retract(contents, options.ids, options.reason, day_of))


def retract_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=retract)
    records_option(parser)
    parser.add_argument("ids", nargs="+", metavar="ID", help="the id of a record")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, in a sentence that each page will show")
    parser.add_argument("--date", type=day, metavar="DATE", help="the day that the pages state (default: today)")


def changes(options: argparse.Namespace) -> int:
    """Tell what changed in the records since a revision, for whoever reviews it."""
    found = configured(options)
    with revisions.compared(store.load(found.records), options.base) as change:
        text = summary(change, found)
    put(text, options.output)
    return DONE


def changes_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=changes)
    records_option(parser)
    parser.add_argument(
        "--base", required=True, metavar="REF", help="the revision, or the records folder, to start from"
    )
    output_option(parser)


def _edit(options: argparse.Namespace, make: Callable[[store.Contents], moves.Edit]) -> int:
    folder = configured(options).records
    with writing(folder):
        contents = store.load_sound(folder)
        edit = make(contents)
        moves.apply(contents, edit)
    if not edit.writes:
        say("nothing was changed: that is done already")
    tell(folder, edit)
    return DONE


def tell(folder: Path, edit: moves.Edit) -> None:
    """Say what was written and deleted in the folder of the records, and what none of them says any more."""
    for name in sorted(edit.writes):
        say(f"written: {folder / name}")
    for name in edit.deletes:
        say(f"deleted: {folder / name}; its address goes on answering")
    for fact in edit.left_out:
        say(f"note: the two records say different things, and this is left out: {fact}")
