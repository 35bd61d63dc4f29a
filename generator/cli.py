"""The commands: the only module that prints or exits. Results go to standard output, talk to standard error."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from generator import (
    __version__,
    checking,
    dates,
    documents,
    exports,
    generation,
    intake,
    matching,
    pages,
    readers,
    settings,
    store,
)
from generator.errors import Problem, ReadingListError, UsageError
from generator.library import Library
from generator.models import Entry, PersonName

DONE, PROBLEMS, WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 the input has problems, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except UsageError as error:
        _say(f"reading-list: {error}")
        return WRONG_USAGE
    except ReadingListError as error:
        _say(str(error))
        return PROBLEMS
    except OSError as error:  # such as a full disk behind standard output
        if isinstance(error, BrokenPipeError):  # the reader of a pipe has gone, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
        _say(f"{error.filename or 'standard output'}: {error.strerror}; make room, or check name and rights")
        return PROBLEMS
    except KeyboardInterrupt:
        _say("stopped; what was written is whole")
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

    each = with_files(with_records(command("import", _import, "Read entries from files into records.")))
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

    with_files(with_records(command("duplicates", _duplicates, "Find which entries are one paper; writes nothing.")))

    each = with_records(command("check", _check, "Report every problem of a records folder."))
    each.add_argument("--format", choices=("text", "json", "github"), default="text", help="how problems are printed")
    each.add_argument("--fix", action="store_true", help="rewrite files that are only out of form")

    each = with_records(command("generate", _generate, "Write the Markdown pages and data files."))
    each.add_argument(
        "--output", type=Path, metavar="DIR", help="the docs folder (default: as in mkdocs.yml, else docs)"
    )

    each = with_records(command("build", _build, "Generate, then build the site."))
    each.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what builds the site")
    each.add_argument(
        "--site-dir", type=Path, metavar="DIR", help="where the site goes (default: as in mkdocs.yml, else site)"
    )

    each = with_records(
        command("serve", _serve, "Generate, then show the site here and rebuild it when something changes.")
    )
    each.add_argument("--engine", choices=("mkdocs", "zensical"), default="mkdocs", help="what serves the site")
    each.add_argument("--address", default="127.0.0.1:8000", metavar="HOST:PORT", help="where to serve it")

    each = with_records(command("export", _export, "Print citations or data."))
    each.add_argument("--format", choices=sorted(exports.FORMATS), required=True, help="what to print")
    each.add_argument("--topic", metavar="T", help="only records with this topic")
    each.add_argument("--year", type=int, metavar="Y", help="only records issued in this year")
    each.add_argument("--output", type=Path, metavar="FILE", help="write here (default: standard output)")

    each = with_records(command("stats", _stats, "Count what the list has, and what is missing."))
    each.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _day(text: str) -> str:
    if not dates.is_day(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-12-09")
    return text


# --- intake ----------------------------------------------------------------------------------------------------------


def _import(options: argparse.Namespace) -> int:
    configured = settings.load(options.config)
    folder = options.records or configured.records
    if options.dry_run:
        done = _plan(options, folder, configured.keep_abstracts)
        changed = 0
    else:
        with store.locked(folder):
            done = _plan(options, folder, configured.keep_abstracts)
            changed = intake.write(folder, done)
            if done.outcomes:
                contents = store.load(folder)
                changed += documents.write(folder / store.SCHEMA_FILE, store.record_schema(contents.topics))
    if options.json:
        _print_json(_import_json(done))
    new = sum(outcome.new for outcome in done.outcomes)
    for reading in done.readings:
        for remark in reading.remarks:
            _say(f"note: {remark}")
    for outcome in done.outcomes:
        for conflict in outcome.conflicts:
            _say(f"conflict: {outcome.id}: {conflict}")
        for number in outcome.entries:
            for doubt in done.entries[number].doubts:
                _say(f"doubt: {outcome.id}: {doubt}")
    for pair in done.review:
        _say(f"review: {_label(done, pair.a)} and {_label(done, pair.b)}: {pair.verdict.reason}")
    for problem in done.problems:
        _say(str(problem))
    read = sum(not reading.problems for reading in done.readings)
    wrote = "nothing was written (--dry-run)" if options.dry_run else f"{changed} files changed"
    _say(
        f"{len(done.entries)} entries from {read} files are {len(done.outcomes)} records, {new} of them new; "
        f"{len(done.review)} pairs for review; {wrote}"
    )
    return PROBLEMS if done.problems else DONE


def _plan(options: argparse.Namespace, folder: Path, keep_abstracts: bool) -> intake.Import:
    contents = _load(folder)
    readings, checksums = intake.read_files(options.files, format=options.format, captured=options.captured)
    return intake.plan(
        contents,
        readings,
        checksums,
        today=options.added or _today(),
        new=not options.no_new,
        keep_abstracts=keep_abstracts,
    )


def _today() -> str:
    """Return today, or the day that SOURCE_DATE_EPOCH names (https://reproducible-builds.org/specs/source-date-epoch/)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = (
        datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
        if epoch.isdigit()
        else datetime.datetime.now(datetime.UTC)
    )
    return now.date().isoformat()


def _label(done: intake.Import, number: int) -> str:
    return done.entries[number].label if number < len(done.entries) else done.record_ids[number - len(done.entries)]


def _import_json(done: intake.Import) -> dict[str, Any]:
    count = len(done.entries)

    def side(number: int) -> int | str:
        return number if number < count else done.record_ids[number - count]

    return {
        "files": [
            {
                "path": reading.path,
                "format": reading.format,
                "entries": len(reading.entries),
                "captured": reading.captured,
                "captured_inferred": reading.captured_inferred,
            }
            for reading in done.readings
        ],
        "entries": [_entry_json(entry) for entry in done.entries],
        "records": [
            {"id": outcome.id, "new": outcome.new, "entries": list(outcome.entries)} for outcome in done.outcomes
        ],
        "review": [
            {"a": side(pair.a), "b": side(pair.b), "score": pair.verdict.score, "reason": pair.verdict.reason}
            for pair in done.review
        ],
        "conflicts": [
            {"id": outcome.id, "field": each.field, "kept": each.kept, "other": each.other, "source": each.source}
            for outcome in done.outcomes
            for each in outcome.conflicts
        ],
        "problems": [_problem_json(problem) for problem in done.problems],
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    authors = None
    if entry.authors is not None:
        authors = [
            author.model_dump(exclude_none=True) if isinstance(author, PersonName) else author
            for author in entry.authors
        ]
    found: dict[str, Any] = {
        "file": entry.file,
        "line": entry.line,
        "position": entry.position,
        "title": entry.title,
        "abstract": entry.abstract,
        "authors": authors,
        "author_count": entry.author_count,
        "issued": entry.issued,
        "comments": entry.comments,
    }
    more = {
        "key": entry.key,
        "upvotes": entry.upvotes,
        "organization": entry.organization,
        "venue": entry.venue,
        "identifiers": dict(entry.identifiers),
        "links": dict(entry.links),
    }
    return found | {name: value for name, value in more.items() if value}


def _duplicates(options: argparse.Namespace) -> int:
    configured = settings.load(options.config)
    contents = _load(options.records or configured.records)
    readings, _ = intake.read_files(options.files, format=options.format)
    entries = [entry for reading in readings for entry in reading.entries]
    items = [matching.item_of_entry(entry) for entry in entries]
    items += [matching.item_of_record(record_id, record) for record_id, record in sorted(contents.records.items())]
    found = matching.match(items)
    label = [item.label for item in items]
    # A record that nothing joined is no news, nor are two records.
    pairs = [pair for pair in found.pairs if pair.a < len(entries)]
    clusters = [cluster for cluster in found.clusters if len(cluster) > 1 and cluster[0] < len(entries)]
    if options.json:
        _print_json(
            {
                "pairs": [
                    {
                        "a": label[pair.a],
                        "b": label[pair.b],
                        "verdict": pair.verdict.kind,
                        "score": pair.verdict.score,
                        "reason": pair.verdict.reason,
                    }
                    for pair in pairs
                ],
                "clusters": [[label[place] for place in cluster] for cluster in clusters],
            }
        )
    else:
        for pair in pairs:
            verdict = pair.verdict
            print(f"{verdict.kind}: {label[pair.a]} and {label[pair.b]}: {verdict.reason} ({verdict.score:.2f})")
    problems = [problem for reading in readings for problem in reading.problems]
    for problem in problems:
        _say(str(problem))
    review = sum(pair.verdict.kind == "review" for pair in pairs)
    _say(f"{len(entries)} entries, {len(clusters)} clusters of one paper, {review} pairs for review")
    return PROBLEMS if problems else DONE


# --- the records folder ----------------------------------------------------------------------------------------------


def _load(folder: Path) -> store.Contents:
    """Load a records folder; raises ReadingListError with all its problems where it has any."""
    contents = store.load(folder)
    if contents.problems:
        raise ReadingListError("\n".join(map(str, contents.problems)))
    return contents


def _check(options: argparse.Namespace) -> int:
    folder = options.records or settings.load(options.config).records
    contents = store.load(folder)
    if options.fix:
        with store.locked(folder):
            for path in checking.fix(contents):
                _say(f"rewritten: {path}")
        contents = store.load(folder)
    problems = checking.check(contents)
    if options.format == "json":
        _print_json({"records": len(contents.records), "problems": [_problem_json(problem) for problem in problems]})
    else:
        for problem in problems:
            print(_annotation(problem) if options.format == "github" else problem)
    _say(f"{len(contents.records)} records, {len(problems)} problem{'s' * (len(problems) != 1)}")
    return PROBLEMS if problems else DONE


def _annotation(problem: Problem) -> str:
    """Write a problem as a workflow command of GitHub Actions, which shows it at its line."""

    def escape(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    line = f",line={problem.line}" if problem.line else ""
    return f"::error file={escape(problem.path, ':,')}{line}::{escape(problem.message)}"


def _stats(options: argparse.Namespace) -> int:
    library = Library.of(_load(options.records or settings.load(options.config).records))
    found = pages.coverage(library)
    unsorted = len(library.by_topic.get("unsorted", ()))
    if options.json:
        _print_json(
            {
                "records": len(library.records),
                "topics": len(library.topics),
                "paths": len(library.paths),
                "sources": len(library.sources),
                "unsorted": unsorted,
                "coverage": {name: number for name, (number, _) in found.items()},
                "missing": {name: list(lacking) for name, (_, lacking) in found.items() if lacking},
            }
        )
        return DONE
    sizes = {"records": library.records, "topics": library.topics, "paths": library.paths, "sources": library.sources}
    print(", ".join(f"{len(items)} {name}" for name, items in sizes.items()) + f", {unsorted} unsorted")
    for name, (number, _) in found.items():
        print(f"{number:7} with {name}")
    return DONE


# --- the build -------------------------------------------------------------------------------------------------------


def _configured(options: argparse.Namespace) -> settings.Settings:
    configured = settings.load(options.config)
    if options.records:
        configured = settings.with_records(configured, options.records)
    return configured


def _generate(options: argparse.Namespace) -> int:
    configured = _configured(options)
    done = generation.generate(Library.of(_load(configured.records)), configured, options.output or configured.docs)
    _say(f"{done.written} pages and files written, {done.unchanged} unchanged, {done.removed} removed")
    return DONE


def _build(options: argparse.Namespace) -> int:
    configured = _configured(options)
    if not options.config.exists():
        raise UsageError(f"{options.config}: no such file; run this where mkdocs.yml lies, or name it with --config")
    if options.engine == "mkdocs":
        site = ["--site-dir", str(options.site_dir.absolute())] if options.site_dir else []
        return _run_engine(options, ["mkdocs", "build", "--strict", "--quiet", *site])
    _generate(argparse.Namespace(**{**vars(options), "output": None}))
    status = _run_engine(options, ["zensical", "build", "--clean"])
    if status == DONE and options.site_dir and options.site_dir.resolve() != configured.site.resolve():
        generation.move_site(configured.site, options.site_dir)
    return status


def _serve(options: argparse.Namespace) -> int:
    if options.engine == "mkdocs":
        return _run_engine(options, ["mkdocs", "serve", "--dev-addr", options.address])
    _generate(argparse.Namespace(**{**vars(options), "output": None}))
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


def _export(options: argparse.Namespace) -> int:
    library = Library.of(_load(options.records or settings.load(options.config).records))
    if options.topic and options.topic not in library.topics:
        raise UsageError(f"unknown topic {options.topic!r}; known are {', '.join(sorted(library.topics))}")
    text = exports.FORMATS[options.format](library.select(options.topic, options.year))
    if options.output:
        documents.write(options.output, text)
    else:
        sys.stdout.write(text)
    return DONE


# --- printing --------------------------------------------------------------------------------------------------------


def _problem_json(problem: Problem) -> Mapping[str, Any]:
    return {"path": problem.path, "line": problem.line, "message": problem.message}


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def run() -> NoReturn:
    """Run the command line and exit with its status."""
    sys.exit(main())
