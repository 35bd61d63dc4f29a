"""The commands of the build wing: generate, build, serve, export, digest."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import os
import subprocess
import sys
from importlib import util
from pathlib import Path

from generator import exports, settings, store
from generator.cli.opening import configured, lacking
from generator.cli.options import day, output_option, records_option
from generator.cli.printing import DONE, PROBLEMS, progress, put, say
from generator.curation import editions
from generator.digest import DIGESTS
from generator.digest import digest as changes_since
from generator.disk import journal, locks
from generator.errors import ReadingListError, UsageError
from generator.generation import standing
from generator.library import Library
from generator.site.folder import CACHE, SiteFolder


def generate(options: argparse.Namespace) -> int:
    """Write the Markdown pages and data files, unless all of them stand."""
    found = configured(options)
    output = options.output or found.docs
    with locks.exclusive(output):
        _generate(options.config, found, output)
    return DONE


def generate_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=generate)
    records_option(parser)
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="the docs folder (default: as in mkdocs.yml, else docs)"
    )


def _generate(config: Path, found: settings.Settings, output: Path) -> None:
    """Write pages and data files into a folder that the caller holds."""
    note = config.parent / standing.NOTE if config.exists() else None
    before = journal.state(found.records)
    with progress("pages and files") as tell:
        done = standing.generate(found, output, note, lambda: store.load_sound(found.records), tell=tell).done
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
            elsewhere = options.site_dir and options.site_dir.resolve() != found.site.resolve()
            folder = SiteFolder(options.site_dir, options.config.absolute().parent / CACHE) if elsewhere else None
            _generate(options.config, found, found.docs)
            status = _run_engine(options)
            if folder and status == DONE:  # Zensical builds in its own place alone
                folder.put_all(found.site)
                folder.publish()
    if status == DONE:
        say(f"the site is in {options.site_dir or found.site}")
    return status


def build_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=build)
    records_option(parser)
    parser.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what builds the site")
    parser.add_argument(
        "--site-dir", type=Path, metavar="DIR", help="where the site goes (default: as in mkdocs.yml, else site)"
    )


def _site_settings(options: argparse.Namespace) -> settings.Settings:
    """Return the settings of a site that an engine is to build. Raises UsageError where one of the two is missing."""
    if util.find_spec(options.engine) is None:
        raise lacking(f"--engine {options.engine}", options.engine)
    if not options.config.exists():
        raise UsageError(f"{options.config}: no such file; run this where mkdocs.yml lies, or name it with --config")
    return configured(options)


def serve(options: argparse.Namespace) -> int:
    """Show the site and rebuild it when something changes."""
    found = _site_settings(options)
    if options.engine == "zensical":
        with locks.exclusive(found.docs):
            _generate(options.config, found, found.docs)
        say("note: Zensical follows the pages alone; run `reading-list generate` when records have changed")
    call, environment = _engine_call(options, "serve", "--dev-addr", options.address)
    environment[settings.PREVIEW_VARIABLE] = "1"
    if os.name == "posix":  # become the server, so that whoever stops this command stops it
        sys.stderr.flush()
        os.execve(call[0], call, environment)  # noqa: S606
    return subprocess.run(call, env=environment, check=False).returncode  # noqa: S603


def serve_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=serve)
    records_option(parser)
    parser.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what serves the site")
    parser.add_argument(
        "--address", type=_address, default="127.0.0.1:8000", metavar="HOST:PORT", help="where to serve it"
    )


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    with contextlib.suppress(ValueError):
        if (host == "localhost" or ipaddress.ip_address(host.strip("[]"))) and 0 < int(port) < 2**16:
            return text
    raise argparse.ArgumentTypeError(f"{text!r} is no address of this machine; write it as 127.0.0.1:8000")


def _engine_call(options: argparse.Namespace, command: str, *more: str) -> tuple[list[str], dict[str, str]]:
    """Return the command line of a site engine, and the environment that tells it which records to take."""
    config = str(options.config.absolute())
    call = [sys.executable, "-m", options.engine, command, "--config-file", config, *more]
    return call, {**os.environ, **_for_engine(options)}


def _for_engine(options: argparse.Namespace) -> dict[str, str]:
    """Return what a site engine finds in its environment beside what stands there."""
    # The theme's notice would hide the build's own words.
    records = {settings.RECORDS_VARIABLE: str(options.records.absolute())} if options.records else {}
    return {"NO_MKDOCS_2_WARNING": os.environ.get("NO_MKDOCS_2_WARNING", "1"), **records}


def _run_engine(options: argparse.Namespace) -> int:
    """Let a site engine build in a process of its own; return the exit status of this command."""
    call, environment = _engine_call(options, "build", "--clean")
    try:
        status = subprocess.run(call, env=environment, check=False).returncode  # noqa: S603
    except OSError as error:
        raise ReadingListError(f"{options.engine}: cannot be started ({error.strerror})") from None
    return DONE if status == 0 else PROBLEMS


def export(options: argparse.Namespace) -> int:
    """Print citations or data."""
    library = Library.of(store.load_sound(configured(options).records))
    topic = None if options.topic is None else _topic(options.topic, library)
    text = exports.FORMATS[options.format](library.select(topic, options.year))
    put(text, options.output)
    return DONE


def _topic(named: str, library: Library) -> str:
    """Return the id of the topic that a user names. Raises UsageError where it is none."""
    from generator.curation.answers import topics_named  # which takes long, and no build needs it

    found, faults = topics_named([named], library.topics)
    if not found:
        raise UsageError(f"--topic: {faults[0] if faults else 'is empty; write the name of a topic'}")
    return found[0]


def export_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=export)
    records_option(parser)
    parser.add_argument("--format", choices=sorted(exports.FORMATS), required=True, help="what to print")
    parser.add_argument("--topic", metavar="T", help="only records with this topic, by its id or name")
    parser.add_argument("--year", type=int, metavar="Y", help="only records issued in this year")
    output_option(parser)


def digest(options: argparse.Namespace) -> int:
    """Print what joined the list since a day, or since a revision of its history."""
    found = configured(options)
    contents = store.load_sound(found.records)
    library, since, before = Library.of(contents), options.since, None
    if options.base:
        base = editions.at(contents, options.base)
        since, before = base.day, base.library
    if options.unless_empty and not library.joined(since, before):
        say(f"nothing has joined the list since {since}; no digest")
        return DONE
    text = changes_since(library, since, options.format, found, before=before)
    put(text, options.output)
    return DONE


def digest_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=digest)
    records_option(parser)
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--since", type=day, metavar="DATE", help="the first day that counts, such as 2025-12-09")
    start.add_argument(
        "--base", metavar="REVISION", help="the tag, branch or commit of the list's history that does not have them yet"
    )
    parser.add_argument("--format", choices=sorted(DIGESTS), default="markdown", help="how the digest is written")
    parser.add_argument("--unless-empty", action="store_true", help="write nothing where nothing has joined the list")
    output_option(parser)
