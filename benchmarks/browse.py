"""Measures pages with many papers in a browser: the browse page in use, and how long the heaviest others load.

    python benchmarks/browse.py [--site DIR] [--runs N]

The site is one that was built, by default site/; for a long list: `benchmarks/synthetic.py`, then `reading-list build`.
Times are those of the browser, as medians: on the desk, and with the processor slowed four times, as a phone's is. The
browse page can be used when its filters and rows are there. A letter's time runs from its key to the next frame that is
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
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, bypass_csp=True
        )  # to wait for its own words
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


def long_pages(browser: Browser, site: Path, runs: int) -> Iterator[str]:
    """Yield the lines of a Markdown table of the largest page of each folder, and of those at the top."""
    found: dict[str, Path] = {}
    for page in (*site.glob("*/index.html"), *site.glob("*/*/index.html")):
        name = page.relative_to(site).parts[0] if page.parent.parent != site else ""
        if page.parent.name != "papers" and page.stat().st_size > (found[name].stat().st_size if name in found else 0):
            found[name] = page
    yield "| Page | HTML, kB | loaded, ms | slowed, ms |"
    yield "| --- | ---: | ---: | ---: |"
    with serve(site) as (address, _):
        for page in sorted(found.values()):
            path = page.parent.relative_to(site).as_posix()
            times = [statistics.median(loaded(browser, f"{address}{path}/", by) for _ in range(runs)) for by in (1, 4)]
            yield f"| {path} | {page.stat().st_size / 1e3:,.0f} | {' | '.join(f'{time:,.0f}' for time in times)} |"


def loaded(browser: Browser, address: str, slowed: int) -> float:
    """Return the milliseconds until a page has loaded, on a phone's screen."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        page.goto(address, timeout=300_000)
        return float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    finally:
        context.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure the pages of a built site that have many papers.")
    parser.add_argument("--site", type=Path, default=REPOSITORY / "site", metavar="DIR", help="a built site")
    parser.add_argument("--word", default="model", help="what is typed (default: model)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="visits of each kind (default: 5)")
    options = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=built_site.chromium(), args=built_site.launch_arguments())
        for line in table(browser, options.site, options.word, options.runs):
            print(line, flush=True)
        print()
        for line in long_pages(browser, options.site, options.runs):
            print(line, flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
