"""The commands: the only place that prints or exits. Results go to standard output, talk to standard error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from generator import __version__, dates, readers, settings
from generator.cli.curation_commands import merge, rename
from generator.cli.intake_commands import duplicates, import_
from generator.cli.printing import DONE, PROBLEMS, WRONG_USAGE, say
from generator.cli.records_commands import check, stats
from generator.errors import ReadingListError, UsageError

# As in exports.FORMATS and feeds.DIGESTS (a test holds it): only the commands that need the build wing load it.
EXPORT_FORMATS = ("bibtex", "csl-json", "csv", "json", "ris")
DIGEST_FORMATS = ("html", "markdown", "text")


def _site_command(name: str) -> Callable[[argparse.Namespace], int]:
    """Return the command ``name`` of the build wing, loaded when it is run."""

    def run(options: argparse.Namespace) -> int:
        from generator.cli import site_commands

        status: int = getattr(site_commands, name)(options)
        return status

    return run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 the input has problems, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
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
        say(f"{error.filename or 'standard output'}: {error.strerror}; make room, or check name and rights")
        return PROBLEMS
    except KeyboardInterrupt:
        say("stopped; what was written is whole")
        return 130
    return status


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
        each.set_defaults(run=run)
        return each

    def with_records(each: argparse.ArgumentParser) -> argparse.ArgumentParser:
        each.add_argument(
            "--records", type=Path, metavar="DIR", help="the records folder (default: as in mkdocs.yml, else records)"
        )
        return each

    def with_files(each: argparse.ArgumentParser) -> argparse.ArgumentParser:
        each.add_argument("files", nargs="+", metavar="FILE", help="files to read")
        each.add_argument(
            "--format", choices=sorted(readers.READERS), help="the files' format (default: recognised by content)"
        )
        each.add_argument("--json", action="store_true", help="print the result as JSON")
        return each

    each = with_files(with_records(command("import", import_, "Read entries from files into records.")))
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

    with_files(with_records(command("duplicates", duplicates, "Find which entries are one paper; writes nothing.")))

    each = with_records(command("check", check, "Report every problem of a records folder."))
    each.add_argument("--format", choices=("text", "json", "github"), default="text", help="how problems are printed")
    each.add_argument("--fix", action="store_true", help="rewrite files that are only out of form")

    each = with_records(command("merge", merge, "Make two records one; the address of the second leads to the first."))
    each.add_argument("keep", metavar="KEEP", help="the id that stays")
    each.add_argument("other", metavar="OTHER", help="the id that becomes a redirect")

    each = with_records(command("rename", rename, "Give a record another id; the old address leads to the new one."))
    each.add_argument("old", metavar="OLD", help="the id now")
    each.add_argument("new", metavar="NEW", help="the id from now on")

    each = with_records(command("generate", _site_command("generate"), "Write the Markdown pages and data files."))
    each.add_argument(
        "--output", type=Path, metavar="DIR", help="the docs folder (default: as in mkdocs.yml, else docs)"
    )

    each = with_records(command("build", _site_command("build"), "Generate, then build the site."))
    each.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what builds the site")
    each.add_argument(
        "--site-dir", type=Path, metavar="DIR", help="where the site goes (default: as in mkdocs.yml, else site)"
    )

    each = with_records(
        command(
            "serve", _site_command("serve"), "Generate, then show the site here and rebuild it when something changes."
        )
    )
    each.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what serves the site")
    each.add_argument("--address", default="127.0.0.1:8000", metavar="HOST:PORT", help="where to serve it")

    each = with_records(command("export", _site_command("export"), "Print citations or data."))
    each.add_argument("--format", choices=EXPORT_FORMATS, required=True, help="what to print")
    each.add_argument("--topic", metavar="T", help="only records with this topic")
    each.add_argument("--year", type=int, metavar="Y", help="only records issued in this year")
    each.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")

    each = with_records(command("digest", _site_command("digest"), "Write what joined the list since a day."))
    each.add_argument(
        "--since", type=_day, required=True, metavar="DATE", help="the first day that counts, such as 2025-12-09"
    )
    each.add_argument("--format", choices=DIGEST_FORMATS, default="markdown", help="how the digest is written")
    each.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")

    each = with_records(command("stats", stats, "Count what the list has, and what is missing."))
    each.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _day(text: str) -> str:
    if not dates.is_day(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-12-09")
    return text


def run() -> NoReturn:
    """Run the command line and exit with its status."""
    sys.exit(main())
