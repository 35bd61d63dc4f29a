"""Measures how soon a saved record shows in a preview: on its own page, and on every other one.

Starts `reading-list serve` on a synthetic list, changes a record as a curator does, and asks for the pages as a browser
does. Prints a Markdown table of medians in wall seconds.

    python benchmarks/serving.py [--papers N ...] [--times N]
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import measure
from measure import REPOSITORY, SMALL, Project

_LONGEST = 600.0
_QUIET = 3.0
"""Seconds between two changes, beside what the build of all pages takes."""


def saved(papers: int, times: int, folder: Path) -> tuple[float, list[float], list[float]]:
    """Return after how many seconds the server was up, a record's page was changed, and a page that lists it was."""
    records = folder / "records"
    maker = REPOSITORY / "benchmarks" / "synthetic.py"
    measure.run([maker, "--papers", str(papers), "--output", records], folder / "log")
    project = Project(folder / "project", records)
    project.renew(plain=True)
    record = sorted((records / "papers").glob("*.yaml"))[papers // 2]
    text = record.read_text(encoding="utf-8")
    topic = re.search(r"(?m)^topics: \[([^],]+)", text)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    call = [sys.executable, *map(str, project.command("serve")), "--address", address]
    own, listing = (f"http://{address}/{page}/" for page in (f"papers/{record.stem}", f"topics/{topic and topic[1]}"))
    begun = time.perf_counter()
    with (folder / "serve.log").open("wb") as log:
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        server = subprocess.Popen(call, stdout=log, stderr=log, env=environment)
    try:
        up = _until(own, "<h1", begun)
        first, all_pages = [], []
        for number in range(times):
            time.sleep(_QUIET)
            begun = time.perf_counter()
            reason = f"Change number {number} shows."
            record.write_text(re.sub(r"(?m)^why: .*(\n  .*)*$", f"why: {reason}", text), encoding="utf-8")
            first.append(_until(own, reason, begun))
            all_pages.append(_until(listing, reason, begun))
        return up, first, all_pages
    finally:
        server.terminate()
        server.wait()


def _until(page: str, text: str, begun: float) -> float:
    """Ask for a page until it holds a text; return the seconds since ``begun``."""
    while (passed := time.perf_counter() - begun) < _LONGEST:
        try:
            with urllib.request.urlopen(page, timeout=_LONGEST) as answer:
                if text in answer.read().decode("utf-8"):
                    return time.perf_counter() - begun
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.01)
    raise SystemExit(f"{page} does not show {text!r} after {passed:.0f} s")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--papers", type=int, nargs="+", default=[SMALL, 10_000], help="sizes of the synthetic list")
    parser.add_argument("--times", type=int, default=5, help="how many changes are measured")
    options = parser.parse_args(arguments)
    print("| papers | server up, s | own page, s | longest | all pages, s | longest |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for papers in options.papers:
        with tempfile.TemporaryDirectory(prefix="serving-") as folder:
            up, first, all_pages = saved(papers, options.times, Path(folder))
        figures = [f"{statistics.median(each):.2f} | {max(each):.2f}" for each in (first, all_pages)]
        print(f"| {papers:,} | {up:.1f} | {' | '.join(figures)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
