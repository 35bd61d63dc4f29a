"""Audits a built site with other people's tools: Lighthouse, axe and html-validate; prints what they say.

    python benchmarks/audit.py [--site DIR] [--runs N]

Build the site first (`make site`). Lighthouse looks at four pages as a phone on a slow network, axe at a page of every
kind in light and dark, html-validate at a page of every kind. The first and the last come from npm by ``npx``, so node
20 or newer is needed; nothing else of this project needs it. Exit status 1 where a score or a rule is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import built_site
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
LIGHTHOUSE = "lighthouse@12.8.2"
HTML_VALIDATE = "html-validate@10.9.0"
"""The last releases that node 20 runs."""
PAGES = ("home", "topics-page", "papers", "papers-page")
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
FIGURES = {
    "largest-contentful-paint": "LCP, s",
    "total-blocking-time": "TBT, ms",
    "cumulative-layout-shift": "CLS",
}
GOOD = 0.9
"""The score from which Lighthouse shows an audit in green."""
UPSTREAM = {
    "valid-autocomplete": "the theme keeps the state of its drawer and of its search in checkboxes with autocomplete",
}
"""Rules of HTML that the theme breaks on every page, each with what it does. Nothing of ours may break them."""
_DRAWER = (
    'id="__drawer"'  # the theme has this box before all landmarks, where no template can move it: no region for axe
)


class ToolError(Exception):
    """A tool could not be run; the message holds what it said."""


def _npx(*arguments: str, ok: Sequence[int] = (0,)) -> None:
    # An empty folder: npx would otherwise look for packages in the project.
    with tempfile.TemporaryDirectory(prefix="reading-list-audit-") as folder:
        environment = os.environ | {"CHROME_PATH": built_site.chromium() or ""}
        done = subprocess.run(
            ["npx", "--yes", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode not in ok:
        raise ToolError(f"{arguments[0]}: {done.stderr.strip()[-1000:] or done.stdout.strip()[-1000:]}")


def lighthouse(address: str, runs: int) -> dict[str, Any]:
    """Return the median scores of a page by category, its figures, and the audits that it failed."""
    flags = " ".join(["--headless=new", *built_site.launch_arguments()])
    reports = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="reading-list-audit-") as folder:
            output = Path(folder) / "report.json"
            _npx(LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={output}", f"--chrome-flags={flags}")
            reports.append(json.loads(output.read_text(encoding="utf-8")))
    failed = {
        ref["id"]
        for report in reports
        for category in report["categories"].values()
        for ref in category["auditRefs"]
        if ref["weight"]
        and (report["audits"][ref["id"]]["score"] or 0) < GOOD
        and report["audits"][ref["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    }
    return {
        "scores": {
            name: round(100 * statistics.median(report["categories"][name]["score"] for report in reports))
            for name in LEAST
        },
        "figures": [
            statistics.median(report["audits"][name]["numericValue"] for report in reports) for name in FIGURES
        ],
        "failed": sorted(failed),
    }


def axe(site: Path, address: str) -> Iterator[tuple[str, str, str]]:
    """Yield what axe finds on a page of every kind: the page, the rule and the first element that breaks it."""
    schemes: tuple[tuple[Literal["light", "dark"], tuple[int, int]], ...] = (
        ("light", built_site.DESK),
        ("dark", built_site.PHONE),
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=built_site.chromium(), args=built_site.launch_arguments())
        for scheme, (width, height) in schemes:
            page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
            for kind, path in built_site.kinds(site).items():
                page.goto(address + path)
                for found in Axe().run(page).response["violations"]:
                    nodes = [node["html"][:100] for node in found["nodes"]]
                    if found["id"] == "region":
                        nodes = [html for html in nodes if _DRAWER not in html]
                    yield from ((f"{kind}, {scheme}", found["id"], html) for html in nodes[:1])
        browser.close()


def html_validate(site: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what html-validate finds on a page of every kind: the page, the rule and what is wrong."""
    files = {str(_file(site, path)): kind for kind, path in built_site.kinds(site).items()}
    with tempfile.TemporaryDirectory(prefix="reading-list-audit-") as folder:
        config, output = Path(folder) / "rules.json", Path(folder) / "report.json"
        rules = {"extends": ["html-validate:standard"], "root": True, "rules": dict.fromkeys(UPSTREAM, "off")}
        config.write_text(json.dumps(rules), encoding="utf-8")
        _npx(HTML_VALIDATE, "--formatter", f"json={output}", "--config", str(config), *files, ok=(0, 1))
        for report in json.loads(output.read_text(encoding="utf-8")):
            for found in report["messages"]:
                yield files[report["filePath"]], found["ruleId"], f"line {found['line']}: {found['message']}"


def _file(site: Path, path: str) -> Path:
    target = (site / path).resolve()
    return target / "index.html" if target.is_dir() else target


def _found(tool: str, found: Sequence[tuple[str, str, str]], pages: int) -> Iterator[str]:
    yield f"\n{tool}: {pages} pages, {len(found)} findings."
    for page, rule, what in found:
        yield f"- {page}: {rule}: `{what}`"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tools and print what they say; return the exit status."""
    parser = argparse.ArgumentParser(description="Audit a built site with Lighthouse, axe and html-validate.")
    parser.add_argument("--site", type=Path, default=REPOSITORY / "site", help="the built site (default: site)")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="Lighthouse runs of a page (default: 3)")
    options = parser.parse_args(arguments)
    complaint = built_site.complaint(options.site) or (
        "" if shutil.which("npx") else "no npx: install node 20 or newer"
    )
    if complaint:
        print(complaint, file=sys.stderr)
        return 1
    kinds = built_site.kinds(options.site)
    missed = False
    try:
        with built_site.serve(options.site) as address:
            print(f"| Page | {' | '.join([*LEAST, *FIGURES.values()])} | below 0.9 |")
            print("| --- |" + " ---: |" * (len(LEAST) + len(FIGURES)) + " --- |")
            for kind in PAGES:
                found = lighthouse(address + kinds[kind], options.runs)
                missed |= any(found["scores"][name] < least for name, least in LEAST.items())
                lcp, tbt, cls = found["figures"]
                cells = [*map(str, found["scores"].values()), f"{lcp / 1000:.1f}", f"{tbt:.0f}", f"{cls:.3f}"]
                print(f"| {kind} | {' | '.join(cells)} | {', '.join(found['failed']) or 'nothing'} |", flush=True)
            violations = list(axe(options.site, address))
            print("\n".join(_found("axe, light and dark", violations, 2 * len(kinds))))
        invalid = list(html_validate(options.site))
        print("\n".join(_found("html-validate", invalid, len(kinds))))
        print("\n".join(f"- left to the theme: {rule}: {what}" for rule, what in UPSTREAM.items()))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return int(missed or bool(violations) or bool(invalid))


if __name__ == "__main__":
    sys.exit(main())
