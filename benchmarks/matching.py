"""Measures how well and how fast duplicates are found, beside other ways, and writes the tables of docs/matching.md.

    python benchmarks/matching.py [--write] [--entries N …] [--no-rivals]

The labelled sets lie in ../shared/data/dedup beside the repository (each a folder with entries.csv, true_pairs.csv and
meta.json); they are not part of it. Where there are none, only invented entries are measured. The rivals are installed
into a venv of their own that is thrown away; one that cannot be installed or fails is said to. CPU seconds are user and
system time of the whole process, imports included; memory is its peak.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import invented_entries

REPOSITORY = Path(__file__).resolve().parent.parent
LABELLED = REPOSITORY.parent / "shared" / "data" / "dedup"
PAGE = REPOSITORY / "docs" / "matching.md"
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
RIVALS = {
    "title equality": (),
    "LSH + ratio": ("datasketch", "rapidfuzz"),
    "bib-dedupe": ("bib-dedupe",),
    "splink": ("splink",),
}
_SMALL = 5_000  # invented entries that the rivals are given, too

Pairs = set[frozenset[str]]


@dataclass(frozen=True)
class LabelledSet:
    """Entries with the truth about them."""

    name: str
    table: Path
    true: Pairs
    entries: int
    across: bool
    """Whether the truth is about pairs of two sources only; an id then begins with its source and a colon."""


@dataclass(frozen=True)
class Result:
    """What one way found in one set, and what it used."""

    same: Pairs
    review: Pairs
    cpu: float
    peak: float


def labelled(name: str, table: Path, truth: Path, across: bool = False) -> LabelledSet:
    csv.field_size_limit(10**7)
    with truth.open(encoding="utf-8", newline="") as file:
        true = {frozenset(row) for row in list(csv.reader(file))[1:]}
    with table.open(encoding="utf-8", newline="") as file:
        return LabelledSet(name, table, true, sum(1 for _ in csv.reader(file)) - 1, across)


def labelled_sets() -> Iterator[LabelledSet]:
    for folder in sorted(LABELLED.iterdir()) if LABELLED.is_dir() else ():
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        across = "two-source" in meta["kind"]
        yield labelled(folder.name, folder / "entries.csv", folder / "true_pairs.csv", across)


def run(command: Sequence[str | Path], output: Path) -> tuple[int, float, float]:
    """Run a command with its standard output in a file; return its status, CPU seconds and megabytes at the peak."""
    with output.open("wb") as file, Path(f"{output}.log").open("wb") as log:
        process = subprocess.Popen(list(map(str, command)), stdout=file, stderr=log, cwd=REPOSITORY)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6


def ours(each: LabelledSet, folder: Path) -> Result:
    output = folder / "ours.json"
    command: list[str | Path] = [sys.executable, "-m", "generator", "duplicates", "--json"]
    command += ["--records", folder / "none", each.table]
    status, cpu, peak = run(command, output)
    if status:
        raise SystemExit(f"{each.name}: duplicates ended with {status}:\n{Path(f'{output}.log').read_text()}")
    found = json.loads(output.read_text(encoding="utf-8"))
    same = {frozenset(pair) for cluster in found["clusters"] for pair in combinations(cluster, 2)}
    review = {frozenset((pair["a"], pair["b"])) for pair in found["pairs"] if pair["verdict"] == "review"}
    return Result(same, review - same, cpu, peak)


def rival(name: str, each: LabelledSet, python: Path, folder: Path) -> Result | None:
    output = folder / "rival.csv"
    output.unlink(missing_ok=True)
    script = REPOSITORY / "benchmarks" / "matching_rivals.py"
    status, cpu, peak = run([python, script, name, each.table, output], folder / "rival.out")
    if status:
        return None
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    same = {frozenset(row[:2]) for row in rows if not row[2]}
    return Result(same, {frozenset(row[:2]) for row in rows if row[2]}, cpu, peak)


def row(way: str, each: LabelledSet, found: Result | None) -> str:
    """Return a row of the table: how good, how much is left to a person, and at what cost."""
    if found is None:
        return f"| {way} | fails | | | | | | |"
    same, review = found.same, found.review
    if each.across:
        same = {pair for pair in same if len({label.partition(":")[0] for label in pair}) == 2}
    right = len(same & each.true)
    cells = (
        f"{right / len(same):.4f}" if same else "",
        f"{right / len(each.true):.3f}",
        f"{len(same) - right}",
        f"{len((same | review) & each.true) / len(each.true):.4f}",
        f"{len(review)} ({len(review) / each.entries:.1%})",
        f"{found.cpu:.1f}",
        f"{found.peak:.0f}",
    )
    return f"| {way} | {' | '.join(cells)} |"


def measure(sizes: Sequence[int], with_rivals: bool) -> list[str]:
    """Return the lines of the table. Each set has a row with its name: a column of names is too wide for a phone."""
    lines = [
        "| way | precision | recall | false pairs | recall with review | review queue | CPU s | peak MB |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pythons = _install(folder) if with_rivals else {}
        for each in (*labelled_sets(), *(_invented(folder, size) for size in (_SMALL, *sizes))):
            _say(f"{each.name}, ours")
            lines.append(f"| *{each.name}* | | | | | | | |")
            lines.append(row("**reading-list**", each, ours(each, folder)))
            for way, python in pythons.items() if each.entries <= 2 * _SMALL else ():
                _say(f"{each.name}, {way}")
                name = f"[{way}](https://pypi.org/project/{way}/)" if way in RIVALS and RIVALS[way] == (way,) else way
                lines.append(row(name, each, rival(way, each, python, folder) if python else None))
    return lines


def _invented(folder: Path, size: int) -> LabelledSet:
    _say(f"inventing {size:,} entries")
    table, truth = folder / f"{size}.csv", folder / f"{size}-truth.csv"
    invented_entries.write(size, table, truth)
    return labelled(f"{size:,} invented entries", table, truth)


def _install(folder: Path) -> dict[str, Path | None]:
    """Return for each rival the Python of a new venv that has it, or ``None`` where it does not install."""
    found: dict[str, Path | None] = {}
    venv.create(folder / "rivals", with_pip=True)
    python = folder / "rivals" / "bin" / "python"
    for way, packages in RIVALS.items():
        _say(f"installing {way}")
        command: list[str | Path] = [python, "-m", "pip", "install", "--quiet", *packages]
        found[way] = python if not packages or subprocess.run(command, check=False).returncode == 0 else None
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how well and how fast duplicates are found.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/matching.md")
    parser.add_argument("--no-rivals", action="store_true", help="leave the other ways out")
    parser.add_argument(
        "--entries", type=int, nargs="*", default=[100_000], metavar="N", help="how many entries to invent (100000)"
    )
    options = parser.parse_args()
    table = "\n".join(measure(options.entries, not options.no_rivals))
    print(table)
    if options.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
