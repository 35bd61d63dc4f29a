"""Prints what a first visit to a built site loads, in kilobytes as sent (gzip where Pages compresses).

    python benchmarks/weight.py [--site DIR]

Build the site first (`make site`). "First load" is all that a browser with an empty cache fetches until it is at rest.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import built_site
from playwright.sync_api import Browser, Response, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
KINDS = ("home", "topics-page", "papers", "papers-page")
PARTS = {"document": "HTML", "stylesheet": "styles", "script": "scripts", "font": "fonts"}
OTHER = "data and images"


def weigh(browser: Browser, address: str) -> Counter[str]:
    """Return the bytes of the bodies that a first visit to ``address`` fetches, by part."""
    context = browser.new_context(viewport={"width": built_site.PHONE[0], "height": built_site.PHONE[1]})
    found: Counter[str] = Counter()

    def on_response(response: Response) -> None:
        size = int(response.headers.get("content-length", 0))
        found[PARTS.get(response.request.resource_type, OTHER)] += size

    try:
        page = context.new_page()
        page.on("response", on_response)
        page.goto(address, wait_until="networkidle")
    finally:
        context.close()
    return found


def table(rows: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    parts = [*PARTS.values(), OTHER]
    yield f"| Page | {' | '.join(parts)} | first load, KB |"
    yield "| --- |" + " ---: |" * (len(parts) + 1)
    for kind, sizes in rows.items():
        cells = " | ".join(f"{sizes[part] / 1000:.1f}" for part in parts)
        yield f"| {kind} | {cells} | {sizes.total() / 1000:.1f} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Weigh the pages and print the table; return the exit status."""
    parser = argparse.ArgumentParser(description="Print what a first visit to a built site loads.")
    parser.add_argument("--site", type=Path, default=REPOSITORY / "site", help="the built site (default: site)")
    options = parser.parse_args(arguments)
    if complaint := built_site.complaint(options.site):
        print(complaint, file=sys.stderr)
        return 1
    kinds = built_site.kinds(options.site)
    with built_site.serve(options.site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=built_site.chromium(), args=built_site.launch_arguments())
        rows = {kind: weigh(browser, address + kinds[kind]) for kind in KINDS if kind in kinds}
        browser.close()
    print("\n".join(table(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
