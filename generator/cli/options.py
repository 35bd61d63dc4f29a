"""Options that several commands have."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.facts import dates


def records_option(parser: argparse.ArgumentParser) -> None:
    """Declare which records a command is about."""
    parser.add_argument(
        "--records", type=Path, metavar="DIR", help="the records folder (default: as in mkdocs.yml, else records)"
    )


def json_option(parser: argparse.ArgumentParser) -> None:
    """Declare that a command can print JSON."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def output_option(parser: argparse.ArgumentParser) -> None:
    """Declare where the result of a command goes."""
    parser.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")


def day(text: str) -> str:
    """Return a day that is the value of an option."""
    if not dates.is_day(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-12-09")
    return text
