"""The commands of the build wing: generate, build, serve, export, digest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from generator import documents, exports, feeds, generation, settings
from generator.cli.printing import DONE, PROBLEMS, configured, load_records, say
from generator.errors import ReadingListError, UsageError
from generator.library import Library


def generate(options: argparse.Namespace) -> int:
    """Write the Markdown pages and data files."""
    found = configured(options)
    done = generation.generate(Library.of(load_records(found.records)), found, options.output or found.docs)
    say(f"{done.written} pages and files written, {done.unchanged} unchanged, {done.removed} removed")
    return DONE


def build(options: argparse.Namespace) -> int:
    """Generate, then let an engine build the site."""
    found = configured(options)
    if not options.config.exists():
        raise UsageError(f"{options.config}: no such file; run this where mkdocs.yml lies, or name it with --config")
    if options.engine == "mkdocs":
        site = ["--site-dir", str(options.site_dir.absolute())] if options.site_dir else []
        return _run_engine(options, ["mkdocs", "build", "--strict", "--quiet", *site])
    generate(argparse.Namespace(**{**vars(options), "output": None}))
    status = _run_engine(options, ["zensical", "build", "--clean"])
    if status == DONE and options.site_dir and options.site_dir.resolve() != found.site.resolve():
        generation.move_site(found.site, options.site_dir)
    return status


def serve(options: argparse.Namespace) -> int:
    """Show the site and rebuild it when something changes."""
    if options.engine == "mkdocs":
        return _run_engine(options, ["mkdocs", "serve", "--dev-addr", options.address])
    generate(argparse.Namespace(**{**vars(options), "output": None}))
    return _run_engine(options, ["zensical", "serve", "--dev-addr", options.address])


def _run_engine(options: argparse.Namespace, command: list[str]) -> int:
    """Run a site engine in a process of its own, told by the environment which records to take."""
    program, *rest = command
    environment = {"NO_MKDOCS_2_WARNING": "1", **os.environ}  # the theme's notice would hide the build's own words
    if options.records:
        environment[settings.RECORDS_VARIABLE] = str(options.records.absolute())
    call = [sys.executable, "-m", program, *rest[:1], "--config-file", str(options.config.absolute()), *rest[1:]]
    try:
        status = subprocess.run(call, env=environment, check=False).returncode  # noqa: S603
    except OSError as error:
        raise ReadingListError(f"{program}: cannot be started ({error.strerror})") from None
    return DONE if status == 0 else PROBLEMS


def export(options: argparse.Namespace) -> int:
    """Print citations or data."""
    library = Library.of(load_records(options.records or settings.load(options.config).records))
    if options.topic and options.topic not in library.topics:
        raise UsageError(f"unknown topic {options.topic!r}; known are {', '.join(sorted(library.topics))}")
    text = exports.FORMATS[options.format](library.select(options.topic, options.year))
    if options.output:
        documents.write(options.output, text)
    else:
        sys.stdout.write(text)
    return DONE


def digest(options: argparse.Namespace) -> int:
    """Print what joined the list since a day."""
    found = configured(options)
    text = feeds.digest(Library.of(load_records(found.records)), options.since, options.format, found)
    if options.output:
        documents.write(options.output, text)
    else:
        sys.stdout.write(text)
    return DONE
