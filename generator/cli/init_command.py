"""The command that begins a new list: init."""

from __future__ import annotations

import argparse

from generator import starter
from generator.cli.printing import DONE, say


def init(options: argparse.Namespace) -> int:
    """Write a new list into an empty folder."""
    count = starter.create(options.folder, options.name, options.description)
    say(f"{options.folder}: a new list, {count} files; build it there with `make site`, then read its README.md")
    return DONE
