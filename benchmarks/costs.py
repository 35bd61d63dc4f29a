"""Takes the build of written pages apart: what the system, cmark and MkDocs take, and what is left for this package.

    python benchmarks/costs.py [--papers N] [--runs N]

Processor seconds, the least of some runs, on an invented list. What is not ours is measured by itself: a build of an
empty list, the reading of all Markdown files, cmark's conversion, the writing of the same site into a new folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import measure
from measure import REPOSITORY, CommandError, Project

from generator.site import commonmark, stamping


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the processor seconds that ``work`` takes, the least of ``runs``."""
    found = []
    for _ in range(runs):
        os.sync()
        begin = sum(os.times()[:2])
        work()
        found.append(sum(os.times()[:2]) - begin)
    return min(found)


def built(folder: Path, papers: int, runs: int) -> tuple[Project, float]:
    """Return a project with a list of ``papers``, built, and the seconds of a build of its written pages."""
    records, log = folder / f"synthetic-{papers}" / "records", folder / "log"
    measure.run([REPOSITORY / "benchmarks" / "synthetic.py", "--papers", str(papers), "--output", records], log)
    project = Project(folder / f"project-{papers}", records)
    project.renew(plain=True)
    measure.run(project.build(), log)
    found = []
    for _ in range(runs):
        for made in (project.site, project.folder / ".cache" / "reading-list" / "site"):
            measure.put_aside(made)
        found.append(measure.run(project.build(), log).cpu)
    return project, min(found)


def write(files: Sequence[tuple[str, bytes]], folder: Path) -> None:
    """Write files with these paths, sorted, into a new folder below ``folder``."""
    root = tempfile.mkdtemp(dir=folder)
    made = ""
    for path, data in files:
        place = f"{root}/{path}"
        if (above := place.rpartition("/")[0]) != made:
            Path(above).mkdir(parents=True, exist_ok=True)
            made = above
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        os.write(descriptor, data)
        os.close(descriptor)


def costs(papers: int, runs: int, folder: Path) -> list[tuple[str, float]]:
    """Return the steps of a build and their seconds; the first is the whole, the last what the others leave of it."""
    _, start = built(folder, 0, runs)
    project, whole = built(folder, papers, runs)
    docs = project.folder / "docs"
    pages = {path.relative_to(docs).as_posix(): path for path in sorted(docs.rglob("*.md"))}
    bodies = [
        (path, data.partition(b"\n---\n\n")[2])
        for path, page in pages.items()
        if "/" in path and stamping.read(path, data := page.read_bytes())
    ]
    site = [
        (file.relative_to(project.site).as_posix(), file.read_bytes())
        for file in sorted(project.site.rglob("*"))
        if file.is_file()
    ]
    by_cmark = seconds(lambda: [commonmark.rendered(text) for _, text in bodies], runs)
    steps = [
        ("start of Python, MkDocs, and the pages it renders", start),
        (
            f"reading {len(pages):,} Markdown files once",
            seconds(lambda: [page.read_bytes() for page in pages.values()], runs),
        ),
        (f"cmark's conversion of {len(bodies):,} bodies", by_cmark),
        (f"writing {len(site):,} files anew", seconds(lambda: write(site, folder), runs)),
        (
            "making cmark's HTML that of MkDocs: attributes, links, ids of headings",
            seconds(lambda: [commonmark.to_html(text, path) for path, text in bodies], runs) - by_cmark,
        ),
    ]
    rest = whole - sum(used for _, used in steps)
    return [
        ("the whole build", whole),
        *steps,
        ("what is left: finding kinds, filling frames, hashes, looking at files", rest),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description="Take the build of written pages apart.")
    parser.add_argument("--papers", type=int, default=10_000, metavar="N", help="synthetic papers (default: 10000)")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each (default: 3)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="reading-list-costs-") as folder:
        try:
            found = costs(options.papers, options.runs, Path(folder))
        except CommandError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"| A build of written pages, {options.papers:,} papers | CPU s |\n| --- | ---: |")
    for name, used in found:
        print(f"| {name} | {used:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
