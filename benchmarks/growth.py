"""Measures how the time of each step grows with the list: seconds at every size, and the power k in time ~ papers^k.

    python benchmarks/growth.py [--papers N …] [--folder DIR] [--only STEP …]

Each step runs in a process of its own, on invented lists. Seconds are those of the processor, in the step alone: the
start of Python, the imports and what a step rests on (reading the records, where reading is not the step) are left out.
k is fitted through all sizes; the peak is that of the largest process at the largest one. Commands run as people call
them.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from generator import __name__ as package

REPOSITORY = Path(__file__).resolve().parent.parent
SIZES = (373, 10_000)
_Step = Callable[[], object]


# --- the steps -------------------------------------------------------------------------------------------------------
# Each makes ready what it rests on, and returns what is measured.


def _command(*arguments: str | Path) -> _Step:
    from generator import cli
    from generator.cli import curation_commands, intake_commands, records_commands, site_commands  # noqa: F401

    def run() -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            if status := cli.main([str(argument) for argument in arguments]):
                raise SystemExit(status)

    return run


def _import(records: Path, scratch: Path) -> _Step:
    from generator import exports, store

    listing = scratch / "all.csl.json"
    listing.write_text(exports.FORMATS["csl-json"](store.load(records).records), encoding="utf-8")
    return _command("import", "--records", scratch / "imported", "--added", "2026-11-20", listing)


def _check(records: Path, _: Path) -> _Step:
    return _command("check", "--records", records)


def _generate(records: Path, scratch: Path) -> _Step:
    return _command("generate", "--records", records, "--output", scratch / "docs")


def _again(records: Path, scratch: Path) -> _Step:
    _generate(records, scratch)()
    return _generate(records, scratch)


def _export(records: Path, scratch: Path) -> _Step:
    return _command("export", "--records", records, "--format", "json", "--output", scratch / "all.json")


def _load(records: Path, _: Path) -> _Step:
    from generator import store

    return lambda: store.load(records)


def _related(records: Path, _: Path) -> _Step:
    from generator import related, store

    found = store.load(records).records
    return lambda: related.related(found, related.term_weights(found), of=found)


def _search(records: Path, _: Path) -> _Step:
    from generator import store
    from generator.library import Library
    from generator.search import index

    library = Library.of(store.load(records))
    return lambda: sum(len(text) for _, text in index.files(library))


def _feeds(records: Path, _: Path) -> _Step:
    from generator import feeds, settings, store
    from generator.library import Library

    library = Library.of(store.load(records))
    return lambda: sum(len(text) for _, text in feeds.files(library, settings.Settings()))


STEPS: Mapping[str, Callable[[Path, Path], _Step]] = {
    "read the records": _load,
    "import": _import,
    "check": _check,
    "generate, all anew": _generate,
    "generate, nothing changed": _again,
    "export": _export,
    "related papers": _related,
    "search index": _search,
    "feeds": _feeds,
}


# --- measuring -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Used:
    """What a step used: processor seconds, and the megabytes of its largest process at the peak."""

    seconds: float
    peak: float


def step(name: str, records: Path) -> None:
    """Run one step in this process and print what it used as JSON."""
    with tempfile.TemporaryDirectory(prefix="reading-list-growth-") as scratch:
        measured = STEPS[name](records, Path(scratch))
        gc.set_threshold(100_000, 50, 1000)  # as the command line has it
        begin = sum(os.times()[:4])  # of this process and those it has waited for
        measured()
        seconds = sum(os.times()[:4]) - begin
    unit = 1 if sys.platform == "darwin" else 1024  # in bytes there, in kilobytes elsewhere
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "peak": max(peaks) * unit / 1e6}))


def measured(name: str, records: Path) -> Used:
    """Run one step in a process of its own."""
    call = [sys.executable, __file__, "--step", name, "--folder", str(records)]
    said = subprocess.run(call, stdout=subprocess.PIPE, check=True, text=True).stdout
    return Used(**json.loads(said.splitlines()[-1]))


def power(found: Mapping[int, Used]) -> float:
    """Return k of time ~ papers^k, by least squares over the logarithms."""
    points = [(math.log(papers), math.log(used.seconds)) for papers, used in found.items()]
    x, y = (sum(numbers) / len(points) for numbers in zip(*points, strict=True))
    slope: float = sum((each - x) * (its - y) for each, its in points) / sum((each - x) ** 2 for each, _ in points)
    return slope


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description=f"Measure how the time of each step of {package} grows.")
    parser.add_argument("--papers", type=int, nargs="+", default=SIZES, metavar="N", help="sizes of the lists")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="make the lists here, and use those that are here")
    parser.add_argument("--only", nargs="+", choices=tuple(STEPS), default=tuple(STEPS), help="the steps to measure")
    parser.add_argument("--step", choices=tuple(STEPS), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        step(options.step, options.folder)
        return 0
    with tempfile.TemporaryDirectory(prefix="reading-list-growth-") as scratch:
        lists = {papers: (options.folder or Path(scratch)) / str(papers) for papers in sorted({*options.papers})}
        for papers, records in lists.items():
            if not records.exists():
                maker = REPOSITORY / "benchmarks" / "synthetic.py"
                call = [sys.executable, maker, "--papers", str(papers), "--output", records]
                subprocess.run(call, check=True, stdout=sys.stderr)
        print(f"| Processor seconds | {' | '.join(f'{papers:,}' for papers in lists)} | k | peak, MB |")
        print(f"| --- | {'---: | ' * len(lists)}---: | ---: |")
        for name in options.only:
            found = {papers: measured(name, records) for papers, records in lists.items()}
            seconds = " | ".join(f"{used.seconds:.2f}" for used in found.values())
            fitted = f"{power(found):.2f}" if len(found) > 1 else ""
            print(f"| {name} | {seconds} | {fitted} | {found[max(found)].peak:,.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
