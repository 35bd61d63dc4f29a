"""The commands of the intake wing: import, duplicates."""

from __future__ import annotations

import argparse
import gc
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from generator import intake, matching, readers, store
from generator.cli.opening import configured, today, writing
from generator.cli.options import day, json_option, records_option
from generator.cli.printing import DONE, PROBLEMS, print_json, problem_json, progress, say, show
from generator.errors import UsageError
from generator.facts.provenance import is_editors
from generator.matching import evidence
from generator.matching.blocking import BLOCKS
from generator.matching.comparison import Verdict
from generator.matching.items import Item, items_of
from generator.models import PROVEN_FIELDS, Entry, PersonName, Record
from generator.wording import count


def import_(options: argparse.Namespace) -> int:
    """Read entries from files into records."""
    found = configured(options)
    folder = found.records
    with writing(folder, dry_run=options.dry_run):
        contents = store.load_sound(folder)
        done = _plan(options, contents, found.keep_abstracts)
        changed = 0 if options.dry_run else intake.write(contents, done)
    if options.json:
        print_json(_import_json(done))
    _tell(done)
    read = sum(not reading.problems for reading in done.readings)
    new = sum(outcome.new for outcome in done.outcomes)
    wrote = "nothing was written (--dry-run)" if options.dry_run else f"{count(changed, 'file')} changed"
    verb = "is" if len(done.entries) == 1 else "are"
    say(
        f"{count(len(done.entries), 'entry')} from {count(read, 'file')} {verb} {count(len(done.outcomes), 'record')}, "
        f"{new} of them new; {count(len(done.review), 'pair')} for review; {wrote}"
    )
    return PROBLEMS if done.problems else DONE


def import_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=import_)
    records_option(parser)
    _files_options(parser)
    parser.add_argument(
        "--captured", type=day, metavar="DATE", help="the day of the capture, where a dump does not state its year"
    )
    parser.add_argument(
        "--added",
        type=day,
        metavar="DATE",
        help="the day that new records are said to have joined the list (default: today)",
    )
    parser.add_argument("--no-new", action="store_true", help="only fill gaps of records that are there")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def _files_options(parser: argparse.ArgumentParser, nargs: str = "+") -> None:
    """Declare the files that a command reads."""
    parser.add_argument("files", nargs=nargs, metavar="FILE", help="files to read")
    parser.add_argument(
        "--format", choices=sorted(readers.READERS), help="the files' format (default: recognised by content)"
    )
    json_option(parser)


def _tell(done: intake.Import) -> None:
    """Say what a person should know of an import, and what is wrong with its files."""
    for reading in done.readings:
        for remark in reading.remarks:
            say(f"note: {remark}")
    for outcome in done.outcomes:
        for conflict in outcome.conflicts:
            say(f"conflict: {outcome.id}: {conflict}")
        for number in outcome.entries:
            for doubt in done.entries[number].doubts:
                if not _is_decided(outcome.record, doubt):
                    say(f"doubt: {outcome.id}: {doubt}")
    for number, name in done.kept_off:
        say(f"note: {done.entries[number].label}: is {name}, which was taken off the list; it is not brought back")
    if done.unmatched:
        say(f"note: {count(len(done.unmatched), 'entry')} of papers that are not on the list left out (--no-new)")
    for pair in done.review:
        say(f"review: {_label(done, pair.a)} and {_label(done, pair.b)}: {pair.verdict.reason}")
    if done.review:
        say("note: `reading-list review` with the same files asks which of these are one paper")
    for problem in done.problems:
        say(str(problem))


def _is_decided(record: Record, doubt: str) -> bool:
    """Tell whether an editor has decided the field that a doubt names, or any field where it names none."""
    decided = {name for name, origin in record.provenance.items() if is_editors(origin)}
    field = doubt.partition(":")[0]
    return field in decided if field in PROVEN_FIELDS else bool(decided)


def _plan(options: argparse.Namespace, contents: store.Contents, keep_abstracts: bool) -> intake.Import:
    readings, checksums = intake.read_files(options.files, format=options.format, captured=options.captured)
    with progress("pairs compared") as tell:
        return intake.plan(
            contents,
            readings,
            checksums,
            today=options.added or today(),
            new=not options.no_new,
            keep_abstracts=keep_abstracts,
            tell=tell,
        )


def _label(done: intake.Import, number: int) -> str:
    return done.entries[number].label if number < len(done.entries) else done.record_ids[number - len(done.entries)]


def _import_json(done: intake.Import) -> dict[str, Any]:
    members = {outcome.id: outcome.entries for outcome in done.outcomes}
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
        "review": [_review_json(done, pair, members) for pair in done.review],
        "kept_off": [{"entry": number, "id": name} for number, name in done.kept_off],
        "conflicts": [
            {"id": outcome.id, "field": each.field, "kept": each.kept, "other": each.other, "source": each.source}
            for outcome in done.outcomes
            for each in outcome.conflicts
        ],
        "problems": [problem_json(problem) for problem in done.problems],
    }


def _review_json(done: intake.Import, pair: matching.Pair, members: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Return a pair for review; where one side is a record, ``record`` names it and ``b`` is an entry of it, if any."""
    found: dict[str, Any] = {"a": pair.a, "b": pair.b, "score": pair.verdict.score, "reason": pair.verdict.reason}
    if pair.b >= len(done.entries):
        name = done.record_ids[pair.b - len(done.entries)]
        found |= {"b": next(iter(members.get(name, ())), None), "record": name}
    return found


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


def duplicates(options: argparse.Namespace) -> int:
    """Find which entries are one paper; nothing is written."""
    enabled = gc.isenabled()
    gc.disable()  # no objects here hold each other, and looking for them takes a fifth of the time of matching
    try:
        return _duplicates(options)
    finally:
        if enabled:
            gc.enable()


def duplicates_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=duplicates)
    records_option(parser)
    _files_options(parser, nargs="*")  # two records are explained without one
    parser.add_argument(
        "--explain",
        nargs=2,
        metavar=("A", "B"),
        help="say why two entries or records, by their ids, are one paper or not",
    )


def _duplicates(options: argparse.Namespace) -> int:
    if not (options.files or options.explain):
        raise UsageError("name the files to read, or two ids with --explain; records alone are held by `check`")
    contents = store.load_sound(configured(options).records)
    with progress("entries read") as tell:
        items, problems = intake.read_items(dict.fromkeys(options.files), format=options.format, tell=tell)
    read = len(items)
    items += items_of(contents.papers)
    for problem in problems:
        say(str(problem))
    if options.explain:
        _explain(contents, items, options)
    else:
        _print_duplicates(items, read, options.json)
    return PROBLEMS if problems else DONE


def _explain(contents: store.Contents, items: Sequence[Item], options: argparse.Namespace) -> None:
    from generator.curation.moves import whereabouts
    from generator.matching.explanation import explain

    places = []
    for label in options.explain:
        places.append(dict.fromkeys(place for place, item in enumerate(items) if item.label == label))
        if not places[-1]:
            raise UsageError(f"{label}: is no entry of these files and no record; {whereabouts(contents, label)}")
    if len(places[0] | places[1]) == 1:
        raise UsageError(f"{options.explain[0]}: name two ids; this is one entry")
    found = explain(items, *places)
    one, other = (items[place] for place in found.places)
    if options.json:
        print_json(
            _pair_json(one, other, found.verdict)
            | {
                "compared": dict(found.compared),
                "blocks": list(found.blocks),
                "was_compared": found.was_compared,
                "together": found.together,
                "decision": found.decision,
            }
        )
        return
    show(found.decision)
    for item in (one, other):
        show(f"  {item.label}: {item.title}")
    _print_compared(found.compared)
    show(f"  alone: {found.verdict.kind}, {found.verdict.reason} ({found.verdict.score:.2f})")
    if found.blocks:
        show(f"  compared because they share {', '.join(BLOCKS[kind] for kind in found.blocks)}")


def _print_compared(compared: Iterable[tuple[str, str]]) -> None:
    for name, what in compared:
        show(f"  {name}: {what}")


def _print_duplicates(items: Sequence[Item], read: int, as_json: bool) -> None:
    """Match items, of which those from ``read`` on are records, and print what comes of it."""
    with progress("pairs compared") as tell:
        found = matching.match(items, tell)
    # A record that nothing joined is no news, nor are two records.
    pairs = [pair for pair in found.pairs if pair.a < read]
    clusters = [cluster for cluster in found.clusters if len(cluster) > 1 and cluster[0] < read]
    if as_json:
        _print_json(items, pairs, clusters)
    else:
        for pair in pairs:
            verdict, one, other = pair.verdict, items[pair.a], items[pair.b]
            show(f"{verdict.kind}: {one.label} and {other.label}: {verdict.reason} ({verdict.score:.2f})")
            _print_compared(evidence.lines(one, other))
    shown = {*chain.from_iterable((pair.a, pair.b) for pair in pairs), *chain.from_iterable(clusters)}
    named = Counter(items[place].label for place in shown if place < read)
    if several := sorted(label for label, number in named.items() if number > 1):
        ids = ", ".join(several[:5]) + ", …" * (len(several) > 5)
        say(f"note: ids that stand for several entries: {ids}; give each its own, or ask `--explain` which are meant")
    review = sum(pair.verdict.kind == "review" for pair in pairs)
    say(f"{count(read, 'entry')}, {count(len(clusters), 'cluster')} of one paper, {count(review, 'pair')} for review")


def _print_json(items: Sequence[Item], pairs: Sequence[matching.Pair], clusters: Sequence[tuple[int, ...]]) -> None:
    """Print pairs and clusters as one JSON object, one of them on a line: there may be many."""
    encode = json.JSONEncoder(ensure_ascii=False).encode

    def listed(name: str, values: Iterable[Any], end: str) -> None:
        print(f' "{name}": [', end="")
        for number, value in enumerate(values):
            print("," if number else "", encode(value), sep="\n  ", end="")
        print(f"\n ]{end}")

    print("{")
    listed("pairs", (_pair_json(items[pair.a], items[pair.b], pair.verdict) for pair in pairs), ",")
    listed("clusters", ([items[place].label for place in cluster] for cluster in clusters), "\n}")


def _pair_json(one: Item, other: Item, verdict: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = {
        "a": one.label,
        "b": other.label,
        "verdict": verdict.kind,
        "score": verdict.score,
        "reason": verdict.reason,
    }
    if verdict.kind == "review":
        found["compared"] = dict(evidence.lines(one, other))
    return found
