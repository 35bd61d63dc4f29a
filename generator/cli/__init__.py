"""The commands: the only place that prints or exits. Results go to standard output, talk to standard error."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import ipaddress
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from generator import __version__, dates, settings
from generator.cli import process
from generator.cli.init_command import init, init_options
from generator.cli.printing import DONE, PROBLEMS, WRONG_USAGE, say
from generator.cli.upkeep_commands import add_options, enrich, links
from generator.errors import ReadingListError, UsageError
from generator.models import RECORD_TYPES

# As in readers.READERS, exports.FORMATS and digest.DIGESTS (a test holds it): a command loads only what it needs.
INPUT_FORMATS = (
    "arxiv-atom",
    "bibtex",
    "csl-json",
    "csv",
    "huggingface-json",
    "huggingface-page",
    "huggingface-text",
    "markdown",
    "reading-list-json",
    "ris",
)
EXPORT_FORMATS = ("bibtex", "csl-json", "csv", "json", "ris")
DIGEST_FORMATS = ("html", "markdown", "text")


def _later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Return a command that is loaded when it is run: an import need not wait for what draws and renders."""

    def run(options: argparse.Namespace) -> int:
        status: int = getattr(importlib.import_module(f"generator.cli.{module}"), name)(options)
        return status

    return run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 the input has problems, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
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
    parser.add_argument(
        "--config", type=Path, default=Path(settings.CONFIG_FILE), help="the site's configuration (mkdocs.yml)"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        each = commands.add_parser(name, help=text, description=text)
        each.set_defaults(run=run, command=name)
        return each

    def with_records(each: argparse.ArgumentParser) -> argparse.ArgumentParser:
        each.add_argument(
            "--records", type=Path, metavar="DIR", help="the records folder (default: as in mkdocs.yml, else records)"
        )
        return each

    def with_files(each: argparse.ArgumentParser, nargs: str = "+") -> argparse.ArgumentParser:
        each.add_argument("files", nargs=nargs, metavar="FILE", help="files to read")
        each.add_argument("--format", choices=INPUT_FORMATS, help="the files' format (default: recognised by content)")
        each.add_argument("--json", action="store_true", help="print the result as JSON")
        return each

    each = with_files(
        with_records(command("import", _later("intake_commands", "import_"), "Read entries from files into records."))
    )
    each.add_argument(
        "--captured", type=_day, metavar="DATE", help="the day of the capture, where a dump does not state its year"
    )
    each.add_argument(
        "--added",
        type=_day,
        metavar="DATE",
        help="the day that new records are said to have joined the list (default: today)",
    )
    each.add_argument("--no-new", action="store_true", help="only fill gaps of records that are there")
    each.add_argument("--dry-run", action="store_true", help="write nothing")

    each = with_records(command("add", _later("add_command", "add"), "Add one paper, or what an issue form says."))
    each.add_argument(
        "what",
        nargs="*",
        metavar="WHAT",
        help="arXiv id, DOI, address, title, or a file with one BibTeX entry (- for standard input)",
    )
    each.add_argument("--issue", metavar="FILE", help="the body of an issue form (- for standard input)")
    each.add_argument("--title", help="the paper's title")
    each.add_argument("--topics", metavar="A,B", help="ids or names of topics, the main one first")
    each.add_argument("--type", choices=RECORD_TYPES, help="what kind of paper it is")
    each.add_argument("--why", metavar="SENTENCE", help="why it belongs on the list")
    each.add_argument(
        "--added", type=_day, metavar="DATE", help="the day it is said to have joined the list (default: today)"
    )
    each.add_argument(
        "--comment", type=Path, metavar="FILE", help="write here, as Markdown, what to tell the contributor"
    )
    each.add_argument(
        "--fetch", action="store_true", help="ask arXiv, Hugging Face and Crossref for what an identifier stands for"
    )
    each.add_argument("--dry-run", action="store_true", help="write nothing but the comment")
    each.add_argument("--json", action="store_true", help="print the result as JSON")

    each = with_files(
        with_records(
            command(
                "duplicates",
                _later("intake_commands", "duplicates"),
                "Find which entries are one paper; writes nothing.",
            )
        ),
        nargs="*",  # two records are explained without one
    )
    each.add_argument(
        "--explain",
        nargs=2,
        metavar=("A", "B"),
        help="say why two entries or records, by their ids, are one paper or not",
    )

    each = with_records(
        command("check", _later("records_commands", "check"), "Report every problem of a records folder.")
    )
    each.add_argument("--format", choices=("text", "json", "github"), default="text", help="how problems are printed")
    each.add_argument("--fix", action="store_true", help="rewrite files that are only out of form")
    each.add_argument(
        "--base", metavar="REF", help="judge only what changed since this revision, or against this records folder"
    )

    each = with_records(
        command(
            "merge",
            _later("curation_commands", "merge"),
            "Make two records one; the address of the second leads to the first.",
        )
    )
    each.add_argument("keep", metavar="KEEP", help="the id that stays")
    each.add_argument("other", metavar="OTHER", help="the id that becomes a redirect")

    each = with_records(
        command(
            "rename",
            _later("curation_commands", "rename"),
            "Give a record another id; the old address leads to the new one.",
        )
    )
    each.add_argument("old", metavar="OLD", help="the id now")
    each.add_argument("new", metavar="NEW", help="the id from now on")

    each = with_records(
        command(
            "retract",
            _later("curation_commands", "retract"),
            "Take a record off the list; its address says that it was, and why.",
        )
    )
    each.add_argument("id", metavar="ID", help="the id of the record")
    each.add_argument("--reason", required=True, metavar="TEXT", help="why, in a sentence that the page will show")
    each.add_argument("--date", type=_day, metavar="DATE", help="the day that the page states (default: today)")

    each = with_records(
        command(
            "review", _later("review_command", "review"), "Decide, side by side, which uncertain pairs are one paper."
        )
    )
    each.add_argument(
        "files", nargs="*", metavar="FILE", help="entries to hold against the list (default: its records)"
    )
    each.add_argument("--format", choices=INPUT_FORMATS, help="the files' format (default: by content)")
    each.add_argument(
        "--added", type=_day, metavar="DATE", help="the day that new records join the list (default: today)"
    )
    each.add_argument("--list", action="store_true", help="print the pairs, ask nothing")
    each.add_argument("--json", action="store_true", help="print the pairs as JSON, ask nothing")

    each = with_records(
        command(
            "changes",
            _later("curation_commands", "changes"),
            "Tell what changed since a revision, as Markdown for GitHub.",
        )
    )
    each.add_argument("--base", required=True, metavar="REF", help="the revision, or the records folder, to start from")
    each.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")

    each = with_records(
        command("generate", _later("site_commands", "generate"), "Write the Markdown pages and data files.")
    )
    each.add_argument(
        "--output", type=Path, metavar="DIR", help="the docs folder (default: as in mkdocs.yml, else docs)"
    )

    each = with_records(command("build", _later("site_commands", "build"), "Generate, then build the site."))
    each.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what builds the site")
    each.add_argument(
        "--site-dir", type=Path, metavar="DIR", help="where the site goes (default: as in mkdocs.yml, else site)"
    )

    each = with_records(
        command(
            "serve",
            _later("site_commands", "serve"),
            "Generate, then show the site here and rebuild it when something changes.",
        )
    )
    each.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what serves the site")
    each.add_argument(
        "--address", type=_address, default="127.0.0.1:8000", metavar="HOST:PORT", help="where to serve it"
    )

    each = with_records(command("export", _later("site_commands", "export"), "Print citations or data."))
    each.add_argument("--format", choices=EXPORT_FORMATS, required=True, help="what to print")
    each.add_argument("--topic", metavar="T", help="only records with this topic")
    each.add_argument("--year", type=int, metavar="Y", help="only records issued in this year")
    each.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")

    each = with_records(command("digest", _later("site_commands", "digest"), "Write what joined the list since a day."))
    start = each.add_mutually_exclusive_group(required=True)
    start.add_argument("--since", type=_day, metavar="DATE", help="the first day that counts, such as 2025-12-09")
    start.add_argument(
        "--base", metavar="REVISION", help="the tag, branch or commit of the list's history that does not have them yet"
    )
    each.add_argument("--format", choices=DIGEST_FORMATS, default="markdown", help="how the digest is written")
    each.add_argument("--unless-empty", action="store_true", help="write nothing where nothing has joined the list")
    each.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")

    add_options(
        with_records(
            command("enrich", enrich, "Ask public databases for facts that records lack. Offline, nothing changes.")
        ),
        with_records(
            command("links", links, "Find links of records that are dead or have moved; the exit status is 0.")
        ),
    )

    each = with_records(
        command("stats", _later("records_commands", "stats"), "Count what the list has, and what is missing.")
    )
    each.add_argument("--json", action="store_true", help="print the result as JSON")

    init_options(command("init", init, "Begin a new list of your own in an empty folder."))
    return parser


def _day(text: str) -> str:
    if not dates.is_day(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-12-09")
    return text


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    with contextlib.suppress(ValueError):
        if (host == "localhost" or ipaddress.ip_address(host.strip("[]"))) and 0 < int(port) < 2**16:
            return text
    raise argparse.ArgumentTypeError(f"{text!r} is no address of this machine; write it as 127.0.0.1:8000")


def run() -> NoReturn:
    """Run the command line and exit with its status.

    A run keeps nearly all that it makes; to look for garbage as often as Python does would take a fifth of the time.
    """
    process.prepare()
    gc.set_threshold(1_000_000, 50, 1000)
    sys.exit(main())
