"""The commands: the only place that prints or exits. Results go to standard output, talk to standard error."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from generator import __version__, settings
from generator.cli import process
from generator.cli.printing import DONE, PROBLEMS, WRONG_USAGE, say
from generator.errors import ReadingListError, UsageError

_COMMANDS = (
    ("import", "intake_commands", "Read entries from files into records."),
    ("add", "add_command", "Add one paper, or what an issue form says."),
    ("duplicates", "intake_commands", "Find which entries are one paper; writes nothing."),
    ("check", "records_commands", "Report every problem of a records folder."),
    ("merge", "curation_commands", "Make two records one; the address of the second leads to the first."),
    ("rename", "curation_commands", "Give a record another id; the old address leads to the new one."),
    ("retract", "curation_commands", "Take a record off the list; its address says that it was, and why."),
    ("review", "review_command", "Decide, side by side, which uncertain pairs are one paper."),
    ("changes", "curation_commands", "Tell what changed since a revision, as Markdown for GitHub."),
    ("generate", "site_commands", "Write the Markdown pages and data files."),
    ("build", "site_commands", "Generate, then build the site."),
    ("serve", "site_commands", "Generate, then show the site here and rebuild it when something changes."),
    ("export", "site_commands", "Print citations or data."),
    ("digest", "site_commands", "Write what joined the list since a day."),
    ("enrich", "upkeep_commands", "Ask public databases for facts that records lack. Offline, nothing changes."),
    ("links", "upkeep_commands", "Find links of records that are dead or have moved; the exit status is 0."),
    ("stats", "records_commands", "Count what the list has, and what is missing."),
    ("init", "init_command", "Begin a new list of your own in an empty folder."),
)
"""Name, module and purpose of each. The module declares the options of ``check`` by its function ``check_options``."""


class _Command(argparse.ArgumentParser):
    """The parser of one command: options are declared when they are asked for, so that a run loads only what it needs.

    An import need not wait for what draws and renders.
    """

    def __init__(self, *, command: str, module: str, **more: Any) -> None:
        super().__init__(**more)
        self.set_defaults(command=command)
        self._command, self._module = command, module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        module = importlib.import_module(f"generator.cli.{self._module}")
        getattr(module, f"{self._command}_options")(self)
        _config_option(self, argparse.SUPPRESS)  # here too, and what stands before the command holds where it is absent
        return super().parse_known_args(args, namespace)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 the input has problems, 2 wrong usage."""
    try:
        options = _parser().parse_args(arguments)
        _look_at_place(options)
        status: int = options.run(options)
        sys.stdout.flush()
    except UsageError as error:
        say(f"reading-list: {error}")
        return WRONG_USAGE
    except ReadingListError as error:
        say(str(error))
        return PROBLEMS
    except OSError as error:  # such as a full disk behind standard output
        if isinstance(error, BrokenPipeError):  # the reader of a pipe has gone, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more is tried at the end
        name = error.filename or "standard output"
        say(f"{name}: {error.strerror or error}; make room, or check name and rights")
        return PROBLEMS
    except MemoryError:
        say("memory ran out; what was written is whole; run it again with more memory, or with fewer files")
        return PROBLEMS
    except KeyboardInterrupt as stop:
        say("stopped; what was written is whole")
        return 128 + (stop.number if isinstance(stop, process.Terminated) else signal.SIGINT)
    return status


def _look_at_place(options: argparse.Namespace) -> None:
    """Warn where no list lies; raises UsageError where the configuration that is named is not there."""
    if options.config != Path(settings.CONFIG_FILE) and not options.config.exists():
        raise UsageError(f"{options.config}: no such file; name the list's {settings.CONFIG_FILE}")
    if options.command in ("init", "duplicates"):  # need no list
        return
    folder = options.records or settings.Settings.records
    if (options.records or not options.config.exists()) and not folder.exists():
        say(
            f"note: {folder}: no such folder, so the list is empty; "
            "run this in the list's folder, or name it with --config or --records"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="reading-list", description="A curated reading list of research papers as a website."
    )
    parser.add_argument("--version", action="version", version=__version__)
    _config_option(parser, Path(settings.CONFIG_FILE))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Command)
    for command, module, text in _COMMANDS:
        commands.add_parser(command, command=command, module=module, help=text, description=text)
    return parser


def _config_option(parser: argparse.ArgumentParser, default: Path | str) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", default=default, help="the site's configuration (default: mkdocs.yml)"
    )


def run() -> NoReturn:
    """Run the command line and exit with its status.

    A run keeps nearly all that it makes; to look for garbage as often as Python does would take a fifth of the time.
    """
    process.prepare()
    gc.set_threshold(1_000_000, 50, 1000)
    sys.exit(main())
