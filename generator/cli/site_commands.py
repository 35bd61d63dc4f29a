"""The commands of the build wing: generate, build, serve, export, digest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from generator import exports, generation, journal, locks, settings, standing
from generator.cli.printing import DONE, PROBLEMS, configured, load_records, progress, put, say
from generator.curation import editions
from generator.digest import digest as changes_since
from generator.errors import ReadingListError, UsageError
from generator.library import Library


def generate(options: argparse.Namespace) -> int:
    """Write the Markdown pages and data files, unless all of them stand."""
    found = configured(options)
    output = options.output or found.docs
    with locks.exclusive(output):
        _generate(options.config, found, output)
    return DONE


def _generate(config: Path, found: settings.Settings, output: Path) -> None:
    """Write pages and data files into a folder that the caller holds."""
    note = config.parent / standing.NOTE if config.exists() else None
    before = journal.state(found.records)
    with progress("pages and files") as tell:
        done = standing.generate(found, output, note, lambda: load_records(found.records), tell=tell).done
    say(f"{done.written} pages and files written, {done.unchanged} unchanged, {done.removed} removed")
    if journal.state(found.records) != before:
        say(f"note: {found.records} changed meanwhile; the pages show the records as they were; run this again")


def build(options: argparse.Namespace) -> int:
    """Generate, then let an engine build the site."""
    found = _site_settings(options)
    if options.engine == "mkdocs":
        from generator import mkdocs_plugin

        os.environ.update(_for_engine(options))
        site = options.site_dir.absolute() if options.site_dir else None
        status = DONE if mkdocs_plugin.build_site(options.config.absolute(), site) else PROBLEMS
    else:
        with locks.exclusive(found.docs):
            _generate(options.config, found, found.docs)
            status = _run_engine(options, ["zensical", "build", "--clean"])
            if status == DONE and options.site_dir and options.site_dir.resolve() != found.site.resolve():
                generation.move_site(found.site, options.site_dir)
    if status == DONE:
        say(f"the site is in {options.site_dir or found.site}")
    return status


def _site_settings(options: argparse.Namespace) -> settings.Settings:
    """Return the settings of a site that an engine is to build. Raises UsageError where there are none."""
    if not options.config.exists():
        raise UsageError(f"{options.config}: no such file; run this where mkdocs.yml lies, or name it with --config")
    return configured(options)


def serve(options: argparse.Namespace) -> int:
    """Show the site and rebuild it when something changes."""
    _site_settings(options)
    if options.engine == "zensical":
        generate(argparse.Namespace(**{**vars(options), "output": None}))
    call, environment = _engine_call(options, [options.engine, "serve", "--dev-addr", options.address])
    environment[settings.PREVIEW_VARIABLE] = "1"
    if os.name == "posix":  # become the server, so that whoever stops this command stops it
        sys.stderr.flush()
        os.execve(call[0], call, environment)  # noqa: S606
    return subprocess.run(call, env=environment, check=False).returncode  # noqa: S603


def _engine_call(options: argparse.Namespace, command: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the command line of a site engine, and the environment that tells it which records to take."""
    program, *rest = command
    config = ["--config-file", str(options.config.absolute())]
    return [sys.executable, "-m", program, *rest[:1], *config, *rest[1:]], {**os.environ, **_for_engine(options)}


def _for_engine(options: argparse.Namespace) -> dict[str, str]:
    """Return what a site engine finds in its environment beside what stands there."""
    # The theme's notice would hide the build's own words.
    records = {settings.RECORDS_VARIABLE: str(options.records.absolute())} if options.records else {}
    return {"NO_MKDOCS_2_WARNING": os.environ.get("NO_MKDOCS_2_WARNING", "1"), **records}


def _run_engine(options: argparse.Namespace, command: list[str]) -> int:
    """Run a site engine in a process of its own; return the exit status of this command."""
    call, environment = _engine_call(options, command)
    try:
        status = subprocess.run(call, env=environment, check=False).returncode  # noqa: S603
    except OSError as error:
        raise ReadingListError(f"{command[0]}: cannot be started ({error.strerror})") from None
    return DONE if status == 0 else PROBLEMS


def export(options: argparse.Namespace) -> int:
    """Print citations or data."""
    library = Library.of(load_records(configured(options).records))
    if options.topic and options.topic not in library.topics:
        raise UsageError(f"unknown topic {options.topic!r}; known are {', '.join(sorted(library.topics))}")
    text = exports.FORMATS[options.format](library.select(options.topic, options.year))
    put(text, options.output)
    return DONE


def digest(options: argparse.Namespace) -> int:
    """Print what joined the list since a day, or since a revision of its history."""
    found = configured(options)
    contents = load_records(found.records)
    library, since, before = Library.of(contents), options.since, None
    if options.base:
        base = editions.at(contents, options.base)
        since, before = base.day, base.library
    if options.unless_empty and not library.joined(since, before.records if before else None):
        say(f"nothing has joined the list since {since}; no digest")
        return DONE
    text = changes_since(library, since, options.format, found, before=before)
    put(text, options.output)
    return DONE
