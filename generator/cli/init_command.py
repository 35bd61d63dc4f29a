"""The command that begins a new list: init."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.printing import DONE, say


def init(options: argparse.Namespace) -> int:
    """Write a new list into an empty folder."""
    from generator import starter  # here, as no other command needs it

    description = starter.DESCRIPTION if options.description is None else options.description
    count = starter.create(options.folder, options.name, description)
    say(f"{options.folder}: a new list, {count} files; its README.md says what comes first, and `make site` builds it")
    return DONE


def init_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=init)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or not there yet")
    parser.add_argument("--name", help="the name of the list (default: that of the folder)")
    parser.add_argument("--description", help="one sentence on what it is about")
