"""Prints what a first visit to a built site loads, as sent, and what the HTML of its paper pages is made of.

    python benchmarks/weight.py [--site DIR] [--parts]

Build the site first (`make site`). "First load" is all that a browser with an empty cache fetches until it is at rest,
in kilobytes (gzip where Pages compresses). ``--parts`` prints the second table alone, which needs no browser.
"""

from __future__ import annotations

import argparse
import gzip
import re
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
# What the HTML of a paper page is made of, in order: each part begins where its pattern is found behind the last one.
_STARTS = (
    ("head: theme and styles", r"<head>"),
    ("head: policy", r"<meta http-equiv=\"Content-Security-Policy"),
    ("head: theme and styles", r"<meta charset="),
    ("head: font, feeds, search", r"<link rel=\"preload\""),
    ("head: citation tags", r"<meta name=\"citation_"),
    ("head: JSON-LD", r"<script type=\"application/ld"),
    ("head: OpenGraph", r"<meta property=\"og:"),
    ("header", r"<body"),
    ("tabs", r"<nav class=\"md-tabs"),
    ("drawer", r"<main"),
    ("contents", r"<div class=\"md-sidebar md-sidebar--secondary"),
    ("page: title, summary, figures", r"<div class=\"md-content\""),
    ("page: facts", r"<h2 id=\"facts\""),
    ("page: where facts come from", r"<details class=\"rl-fold\""),
    ("page: paths and related papers", r"<h2 id=\"(?:where-it-stands|related-papers)\""),
    ("page: citations", r"<h2 id=\"cite\""),
    ("footer and scripts", r"</article>"),
)


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


def parts(html: str) -> Counter[str]:
    """Return the bytes of a paper page's HTML by part."""
    found: Counter[str] = Counter()
    at, name = 0, _STARTS[0][0]
    for following, pattern in _STARTS:
        if begin := re.compile(pattern).search(html, at):
            found[name] += len(html[at : begin.start()].encode())
            at, name = begin.start(), following
    found[name] += len(html[at:].encode())
    return found


def parts_table(site: Path) -> Iterator[str]:
    """Yield the lines of a Markdown table: the mean bytes of the paper pages of ``site`` by part, and in all."""
    pages = [path.read_text(encoding="utf-8") for path in sorted((site / "papers").glob("*/index.html"))]
    pages = [page for page in pages if 'name="citation_title"' in page]  # others lead on, or say what was taken off
    found = sum(map(parts, pages), Counter[str]())
    number = len(pages) or 1
    yield f"| Part of a paper page, mean of {len(pages):,} | bytes |"
    yield "| --- | ---: |"
    yield from (f"| {name} | {size / number:,.0f} |" for name, size in found.items())
    yield f"| **all** | **{found.total() / number:,.0f}** |"
    yield f"| as gzip | {sum(len(gzip.compress(page.encode(), 6)) for page in pages) / number:,.0f} |"


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
    parser.add_argument("--parts", action="store_true", help="only what paper pages are made of")
    options = parser.parse_args(arguments)
    if options.parts:
        print("\n".join(parts_table(options.site)))
        return 0
    if complaint := built_site.complaint(options.site):
        print(complaint, file=sys.stderr)
        return 1
    kinds = built_site.kinds(options.site)
    with built_site.serve(options.site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=built_site.chromium(), args=built_site.launch_arguments())
        rows = {kind: weigh(browser, address + kinds[kind]) for kind in KINDS if kind in kinds}
        browser.close()
    print("\n".join([*table(rows), "", *parts_table(options.site)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
