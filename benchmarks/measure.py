"""Measures import, generate and build as whole processes, the build against stock MkDocs, and how time grows.

Prints Markdown tables: each figure beside its target. Everything happens in a temporary folder, on copies.

    python benchmarks/measure.py [--quick] [--papers N] [--runs N] [--json FILE]

CPU seconds are user and system time of a process and its children, start-up and imports included. Peak memory is that
of the largest single process among them, as ``wait4`` tells it, or of all that run at a time, looked at ten times a
second on Linux, where that is more; Linux counts in what this process itself holds when it starts another, so it
imports nothing heavy.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LISTINGS = REPOSITORY.parent / "shared" / "listings"
SMALL = 373
"""The size of the synthetic list that growth is counted from: that of the real list."""

_PACKAGES = (
    "reading-list-generator",
    "mkdocs",
    "mkdocs-material",
    "Markdown",
    "pymdown-extensions",
    "Jinja2",
    "pydantic",
    "PyYAML",
    "rapidfuzz",
)
_CPU_TARGET, _PEAK_TARGET, _TIMES_TARGET, _POWER_TARGET = 1.0, 200.0, 30.0, 1.05


class CommandError(Exception):
    """A measured command failed; the message holds what it said."""


@dataclass(frozen=True)
class Run:
    """What one process and its children used: seconds of CPU and of wall time, and megabytes at the peak."""

    cpu: float
    wall: float
    peak: float


@dataclass(frozen=True)
class Figure:
    """One thing measured, a run or several, with its targets (or none)."""

    name: str
    runs: tuple[Run, ...]
    cpu_target: float | None = None
    peak_target: float | None = None

    @property
    def cpu(self) -> float:
        """The median of CPU seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def wall(self) -> float:
        """The median of wall seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def peak(self) -> float:
        """The highest peak in megabytes."""
        return max(run.peak for run in self.runs)


@dataclass(frozen=True)
class Ratio:
    """One quantity against another or against its limit; several values where it was taken pair by pair."""

    name: str
    values: tuple[float, ...]
    target: float | None

    @property
    def median(self) -> float:
        """The median of the values."""
        return statistics.median(self.values)


@dataclass(frozen=True)
class Weight:
    """What a built site weighs: whether a synthetic list resembles the real one shows here."""

    name: str
    papers: int
    pages: int
    markdown: float
    """Kilobytes of a paper page's Markdown, the median."""
    html: float
    """Kilobytes of a paper page's HTML, the median."""
    links: float
    """Links on a paper page, the median."""
    site: float
    """Megabytes of the whole site."""


@dataclass
class Report:
    """All that was measured, in the order of the tables."""

    figures: list[Figure] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


# --- one process -----------------------------------------------------------------------------------------------------


def run(arguments: Sequence[str | Path], log: Path) -> Run:
    """Run Python with ``arguments`` and return what it used; ``log`` takes its words. Raises CommandError."""
    return run_command([sys.executable, *arguments], log)


def run_command(command: Sequence[str | Path], log: Path) -> Run:
    """Run a program and return what it and its children used; ``log`` takes its words. Raises CommandError.

    Python keeps its compiled modules, as it does unless it is told otherwise.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("READING_LIST_RECORDS", "SITE_URL", "REPO_URL", "PYTHONDONTWRITEBYTECODE")
    }
    environment["NO_MKDOCS_2_WARNING"] = "1"
    call = [str(part) for part in command]
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [(os.POSIX_SPAWN_OPEN, stream, str(log), flags, 0o600) for stream in (1, 2)]
    log.unlink(missing_ok=True)
    os.sync()  # what went before is not to be written to the disk at the cost of this
    begin = time.perf_counter()
    process = os.posix_spawn(call[0], call, environment, file_actions=actions)
    with _summed(process) as together:
        _, status, used = os.wait4(process, 0)
        wall = time.perf_counter() - begin
    if status:
        said = log.read_text(encoding="utf-8", errors="replace").strip().replace(f"{log.parent}/", "")
        code = os.waitstatus_to_exitcode(status)
        raise CommandError(f"`{Path(call[0]).name} {' '.join(call[1:3])} …` ended with {code}:\n{said[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in kilobytes elsewhere
    return Run(used.ru_utime + used.ru_stime, wall, max(used.ru_maxrss * unit, *together) / 1e6)


@contextlib.contextmanager
def _summed(process: int) -> Iterator[list[int]]:
    """Give a list of the bytes that a process and its children hold at a time, while it has children.

    What several share is counted once: as each one's proportional set size.
    """
    found, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            with contextlib.suppress(OSError):
                children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
                if children:
                    found.append(sum(map(_held, (str(process), *children))))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()


def _held(process: str) -> int:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def put_aside(folder: Path) -> None:
    """Move a folder out of the way, if it is there; it goes with all that was measured.

    Deleting it would slow what is measured next: ext4 does not take the place of a file that was deleted in the last
    minutes for a new one, and looks at each.
    """
    if folder.exists():
        folder.rename(folder.with_name(f".{folder.name}-{time.monotonic_ns()}"))


# --- the folders that are measured in --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """A copy of the site's configuration and hand-written pages, beside a records folder."""

    folder: Path
    records: Path

    @property
    def config(self) -> Path:
        """The copy's mkdocs.yml."""
        return self.folder / "mkdocs.yml"

    @property
    def site(self) -> Path:
        """Where the copy is built."""
        return self.folder / "site"

    def renew(self, *, plugin: bool = True, plain: bool = False) -> None:
        """Make the copy anew: no generated page, no site, no cache, and no templates that were compiled before.

        ``plugin`` keeps the reading-list plugin; without it this is stock MkDocs. ``plain`` reduces hand-written pages
        to their headings, as their links may lead to papers that another list does not have.
        """
        put_aside(self.folder)
        scratch = self.folder / "tmp"
        scratch.mkdir(parents=True)
        os.environ["TMPDIR"] = str(scratch)  # where what is run next keeps compiled templates
        config = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
        if not plugin:
            config, found = re.subn(r"(?m)^\s+- reading-list\b.*\n", "", config)
            if found != 1:
                raise CommandError("mkdocs.yml: the plugin is not one line `- reading-list`, so it cannot be left out")
        self.config.write_text(config, encoding="utf-8")
        docs, generated = REPOSITORY / "docs", _generated()
        shutil.copytree(
            docs,
            self.folder / "docs",
            ignore=lambda folder, names: generated & set(names) if Path(folder) == docs else set(),
        )
        for page in (self.folder / "docs").rglob("*.md") if plain else ():
            page.write_text(f"# {page.stem.capitalize()}\n", encoding="utf-8")

    def command(self, name: str) -> list[str | Path]:
        """Return the call of one of the generator's commands, for this copy and its records."""
        return ["-m", "generator", "--config", self.config, name, "--records", self.records]

    def build(self) -> list[str | Path]:
        """Return the command that builds the whole site."""
        return [*self.command("build"), "--site-dir", self.site]

    def stock_build(self) -> list[str | Path]:
        """Return the command of the peer: MkDocs with the same strictness, on pages that are there already."""
        return ["-m", "mkdocs", "build", "--config-file", self.config, "--strict", "--quiet", "--site-dir", self.site]


def _generated() -> set[str]:
    """Return the names under docs that git ignores, because the generator writes them."""
    lines = (REPOSITORY / ".gitignore").read_text(encoding="utf-8").splitlines()
    return {line.removeprefix("/docs/").rstrip("/") for line in lines if line.startswith("/docs/")}


def weigh(name: str, project: Project) -> Weight:
    """Return what the built site of ``project`` weighs."""
    papers = sorted(path.stem for path in (project.records / "papers").glob("*.yaml"))
    pages = [project.site / "papers" / paper / "index.html" for paper in papers]
    markdown = [project.folder / "docs" / "papers" / f"{paper}.md" for paper in papers]
    return Weight(
        name,
        papers=len(papers),
        pages=sum(1 for _ in project.site.rglob("*.html")),
        markdown=statistics.median(page.stat().st_size for page in markdown) / 1e3,
        html=statistics.median(page.stat().st_size for page in pages) / 1e3,
        links=statistics.median(page.read_bytes().count(b"<a ") for page in pages),
        site=sum(path.stat().st_size for path in project.site.rglob("*") if path.is_file()) / 1e6,
    )


# --- the measurements ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bench:
    """Runs the measurements in ``folder`` and notes them in ``report``."""

    folder: Path
    runs: int
    report: Report

    def _run(self, arguments: Sequence[str | Path]) -> Run:
        return run(arguments, self.folder / "log")

    def _repeat(self, arguments: Sequence[str | Path], prepare: Callable[[], object], runs: int) -> tuple[Run, ...]:
        """Measure ``runs`` times after a warm-up, or once without; ``prepare`` goes before each."""
        found = []
        for _ in range(runs + (runs > 1)):
            prepare()
            found.append(self._run(arguments))
        return tuple(found[-runs:])

    def note(self, figure: Figure) -> Figure:
        """Put a figure into the report."""
        self.report.figures.append(figure)
        return figure

    def imports(self) -> None:
        """Measure the import of the real dumps, into an empty folder and into the full one."""
        dumps = sorted(LISTINGS.glob("*.txt"))
        if not dumps:
            self.report.remarks.append(
                "Import was not measured: the listing dumps do not lie in ../shared/listings beside the repository."
            )
            return
        progress(f"import of {len(dumps)} dumps")
        records = self.folder / "imported"
        project = Project(self.folder / "importing", records)
        project.renew()
        command = [*project.command("import"), *dumps]
        for name, prepare in (
            ("into an empty folder", lambda: put_aside(records)),
            ("again, nothing new", lambda: None),
        ):
            runs = self._repeat(command, prepare, self.runs)
            self.note(Figure(f"import of {len(dumps)} dumps, {name}", runs, _CPU_TARGET, _PEAK_TARGET))

    def real(self) -> None:
        """Measure the repository's own records."""
        records = self.folder / "real" / "records"
        shutil.copytree(REPOSITORY / "records", records)
        count = sum(1 for _ in (records / "papers").glob("*.yaml"))
        name = f"{count} real papers"
        self._generate(name, records, self.runs, plain=False, targets=(_CPU_TARGET, _PEAK_TARGET))
        self._pairs(name, records, self.runs, plain=False)

    def synthetic(self, papers: int) -> None:
        """Measure a synthetic list of ``papers`` papers, and how time grows from a small one to it."""
        found: dict[int, tuple[Figure, Figure]] = {}
        for count in (0, SMALL, papers):
            progress(f"making {count} synthetic papers")
            records = self.folder / f"synthetic-{count}" / "records"
            maker = REPOSITORY / "benchmarks" / "synthetic.py"
            self._run([maker, "--papers", str(count), "--output", records])
            name = f"{count:,} synthetic papers" if count else "an empty list"
            runs = 1 if count == papers else self.runs
            generated = self._generate(name, records, runs, plain=True)
            if count == papers:
                built = self._pairs(name, records, runs, plain=True)
            else:
                built = self._build(name, records, runs)
            found[count] = generated, built
        for place, what in enumerate(("generate", "build")):
            start, small, large = (found[count][place].cpu for count in (0, SMALL, papers))
            times, power = large / small, growth(start, small, large, papers)
            limit = _TIMES_TARGET * papers / 10_000
            self.report.ratios += [
                Ratio(f"{what}: CPU of {papers:,} papers over that of {SMALL}", (times,), limit),
                Ratio(f"{what}: k from {SMALL} to {papers:,} papers, start-up taken off", (power,), _POWER_TARGET),
            ]

    def _generate(
        self,
        name: str,
        records: Path,
        runs: int,
        *,
        plain: bool,
        targets: tuple[float | None, float | None] = (None, None),
    ) -> Figure:
        progress(f"generate, {name}")
        project = Project(records.parent / "generated", records)
        command = project.command("generate")
        empty = self.note(
            Figure(
                f"generate, {name}, into an empty folder",
                self._repeat(command, lambda: project.renew(plain=plain), runs),
                *targets,
            )
        )
        self.note(
            Figure(f"generate, {name}, nothing changed", self._repeat(command, lambda: None, runs), *targets),
        )
        return empty

    def _build(self, name: str, records: Path, runs: int) -> Figure:
        progress(f"build, {name}")
        project = Project(records.parent / "ours", records)
        return self.note(
            Figure(
                f"full build, {name}, from nothing",
                self._repeat(project.build(), lambda: project.renew(plain=True), runs),
            )
        )

    def _pairs(self, name: str, records: Path, runs: int, *, plain: bool) -> Figure:
        """Measure our full build and the stock one in turn, so that a noisy moment meets both."""
        ours, stock = (Project(records.parent / side, records) for side in ("ours", "stock"))
        stock.renew(plugin=False, plain=plain)
        self._run(stock.command("generate"))
        pairs = []
        for number in range(runs + (runs > 1)):
            progress(f"build, {name}, ours and stock, {number + 1}")
            ours.renew(plain=plain)
            one = self._run(ours.build())
            put_aside(stock.site)
            pairs.append((one, self._run(stock.stock_build())))
        pairs = pairs[-runs:]
        mine = self.note(
            Figure(f"full build, {name}, from nothing", tuple(one for one, _ in pairs), None, _PEAK_TARGET)
        )
        self.note(Figure(f"stock `mkdocs build` of the same Markdown, {name}", tuple(other for _, other in pairs)))
        self.report.ratios.append(
            Ratio(f"full build over stock, CPU, {name}", tuple(one.cpu / other.cpu for one, other in pairs), 1.0)
        )
        self.report.weights.append(weigh(name, ours))
        return mine


def growth(start: float, small: float, large: float, papers: int) -> float:
    """Return k in ``time ~ papers^k`` from ``SMALL`` papers on, with the time of an empty list taken off both."""
    if min(small, large) <= start or papers == SMALL:
        return math.nan
    return math.log((large - start) / (small - start)) / math.log(papers / SMALL)


# --- printing --------------------------------------------------------------------------------------------------------


def machine() -> dict[str, str]:
    """Return what a reader must know of the machine to judge the figures."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "CPUs": str(usable),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        **versions,
    }


def tables(report: Report, described: dict[str, str]) -> str:
    """Return the report as Markdown."""
    return "\n".join([*_figures(report), *_ratios(report), *_weights(report), *_remarks(report, described)])


def _figures(report: Report) -> Iterator[str]:
    yield "| Figure | CPU s | spread | wall s | peak MB | target | met |"
    yield "| --- | ---: | ---: | ---: | ---: | --- | --- |"
    for figure in report.figures:
        cpus = [run.cpu for run in figure.runs]
        spread = f"{min(cpus):.2f}–{max(cpus):.2f}" if len(cpus) > 1 else "one run"
        limits = [
            (figure.cpu, figure.cpu_target, "≤ {:g} s CPU"),
            (figure.peak, figure.peak_target, "≤ {:g} MB"),
        ]
        wanted = ", ".join(text.format(target) for _, target, text in limits if target is not None)
        met = ", ".join(_yes(value <= target) for value, target, _ in limits if target is not None)
        yield (
            f"| {figure.name} | {figure.cpu:.2f} | {spread} | {figure.wall:.2f} | {figure.peak:.0f} "
            f"| {wanted or '–'} | {met or '–'} |"
        )
    yield ""


def _ratios(report: Report) -> Iterator[str]:
    yield "| Ratio | value | spread | target | met |"
    yield "| --- | ---: | ---: | --- | --- |"
    for ratio in report.ratios:
        spread = f"{min(ratio.values):.2f}–{max(ratio.values):.2f}" if len(ratio.values) > 1 else "one run"
        target = f"≤ {ratio.target:g}" if ratio.target is not None else "–"
        met = _yes(ratio.median <= ratio.target) if ratio.target is not None else "–"
        yield f"| {ratio.name} | {ratio.median:.2f} | {spread} | {target} | {met} |"
    yield ""


def _yes(met: bool) -> str:
    return "yes" if met else "**no**"


def _weights(report: Report) -> Iterator[str]:
    yield "| Site | HTML pages | Markdown of a paper, KB | HTML of a paper, KB | links on it | whole site, MB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for weight in report.weights:
        yield (
            f"| {weight.name} | {weight.pages:,} | {weight.markdown:.1f} | {weight.html:.1f} | {weight.links:.0f} "
            f"| {weight.site:.1f} |"
        )
    yield ""


def _remarks(report: Report, described: dict[str, str]) -> Iterator[str]:
    for remark in report.remarks:
        yield f"{remark}\n"
    yield (
        "CPU seconds of whole processes, medians; peak memory of the largest process. A full build starts from nothing "
        "(no generated page, no site); stock MkDocs finds the Markdown made. Ratios to stock are taken pair by pair.\n"
    )
    yield ", ".join(f"{name} {value}" for name, value in described.items()) + "."


def progress(text: str) -> None:
    """Say what is being measured."""
    print(f"… {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure import, generate and build as whole processes.")
    parser.add_argument("--quick", action="store_true", help="the real list only, no synthetic one")
    parser.add_argument("--papers", type=int, default=10_000, metavar="N", help="synthetic papers (default: 10000)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each, after a warm-up (default: 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run here")
    options = parser.parse_args(arguments)
    if options.papers <= SMALL or options.runs < 1:
        parser.error(f"--papers must be more than {SMALL}, --runs 1 or more")
    report = Report()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="reading-list-bench-") as folder:
        bench = Bench(Path(folder), options.runs, report)
        try:
            bench.imports()
            bench.real()
            if not options.quick:
                bench.synthetic(options.papers)
        except CommandError as error:
            print(error, file=sys.stderr)
            return 1
    report.remarks.append(
        f"Load average before {load:.1f}, after {os.getloadavg()[0]:.1f}: above the number of CPUs, others took part, "
        "and wall seconds say little."
    )
    described = machine()
    if options.json:
        raw = {"machine": described, **asdict(report)}
        options.json.write_text(json.dumps(raw, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(tables(report, described))
    return 0


if __name__ == "__main__":
    sys.exit(main())
