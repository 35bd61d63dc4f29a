"""Measures the browse page of a built site in a browser: until it can be used, while somebody types, and what it loads.

    python benchmarks/browse.py [--site DIR] [--runs N]

The site is one that was built, by default site/; for a long list: `benchmarks/synthetic.py`, then `reading-list build`.
Times are those of the browser, as medians: on the desk, and with the processor slowed four times, as a phone's is. The
page can be used when its filters and rows are there. A letter's time runs from its key to the next frame that is
painted, https://web.dev/articles/inp; the first result is the first row with the word in it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import built_site
from playwright.sync_api import Browser, sync_playwright
from search import serve

REPOSITORY = Path(__file__).resolve().parent.parent
SLOWED = {"desk": 1, "slowed": 4}
_WATCH = """
  window.seen = { letters: [] };
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) if (each.name === "keydown") seen.letters.push(each.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
  const ready = () => {
    if (!document.querySelector(".rl-browse.rl-is-ready .rl-rows li .rl-pick")) return requestAnimationFrame(ready);
    requestAnimationFrame(() => { seen.ready = performance.now(); });
  };
  requestAnimationFrame(ready);
"""
_FIRST = """
  () => {
    const asked = performance.now();
    const look = () => {
      if (!document.querySelector(".rl-chips .rl-chip[data-facet=q]") || document.querySelector("#rl-count").textContent
        .match(/^[\\d,]+ papers/)) return requestAnimationFrame(look);
      requestAnimationFrame(() => { seen.first = performance.now() - asked; });
    };
    requestAnimationFrame(look);
  }
"""


@dataclass(frozen=True)
class Visit:
    """One visit of the page: milliseconds until it is ready, to the first result, of the slowest letter; kB loaded."""

    ready: float
    first: float
    slowest: float
    page: float
    search: float


def visit(browser: Browser, site: Path, word: str, slowed: int) -> Visit:
    """Open the page with an empty cache, and type a word."""
    with serve(site) as (address, sent):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        try:
            page = context.new_page()
            page.add_init_script(_WATCH)
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
            page.goto(f"{address}papers/")
            page.wait_for_function("seen.ready")
            page.wait_for_load_state("networkidle")
            loaded = sum(size for _, size, _ in sent.files)
            sent.files.clear()
            page.locator("#rl-q").focus()
            page.evaluate(_FIRST)
            page.keyboard.type(word, delay=90)
            page.wait_for_function("seen.first")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(400)
            seen = page.evaluate("seen")
            searched = sum(size for _, size, _ in sent.files)
            return Visit(seen["ready"], seen["first"], max(seen["letters"], default=16), loaded / 1e3, searched / 1e3)
        finally:
            context.close()


def table(browser: Browser, site: Path, word: str, runs: int) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| Browse page | usable, ms | slowest letter, ms | first result, ms | page, kB gzip | search, kB gzip |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name, slowed in SLOWED.items():
        visits = [visit(browser, site, word, slowed) for _ in range(runs)]
        middle = [
            statistics.median(getattr(each, figure) for each in visits)
            for figure in ("ready", "slowest", "first", "page", "search")
        ]
        yield f"| {name} | {' | '.join(f'{figure:,.0f}' for figure in middle)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure the browse page of a built site.")
    parser.add_argument("--site", type=Path, default=REPOSITORY / "site", metavar="DIR", help="a built site")
    parser.add_argument("--word", default="model", help="what is typed (default: model)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="visits of each kind (default: 5)")
    options = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=built_site.chromium(), args=built_site.launch_arguments())
        for line in table(browser, options.site, options.word, options.runs):
            print(line, flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
