"""Measures the search against those it replaced: bytes of a first query, time to the first result, cost of the index.

Prints a Markdown table for the real list and for a synthetic one. Each candidate answers the same word in a new
Chromium with an empty cache, from a server on this machine that compresses as GitHub Pages does:

* the list's own search, in the header, and the same index asked by the browse page;
* the search that Material brings to MkDocs, and the one of Zensical, each in its own box;
* Pagefind, where its package is installed, called from a script: its index over the same pages, no box.

    python benchmarks/search.py [--papers N] [--runs N] [--folder DIR] [--only real|synthetic] [--no-zensical]

Bytes are all that a query loads from the first key on, and what a page has loaded for the search before it; the table
of all papers that the browse page loads for its filters is not counted. Seconds run from the first key to the first
result on the screen, as medians: at full speed, and as a phone (processor slowed four times, 150 ms latency,
1.6 Mbit/s; the processor of workers is not slowed, and what the engines' pages load for their search before the first
key, for which nobody waits here, comes at full speed). Building is CPU seconds and peak memory of the whole build where
an engine makes its index within it, and of the index alone for ours and Pagefind's.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path

import built_site
from measure import REPOSITORY, CommandError, Project, run
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from generator import store
from generator.facts import titles
from generator.library import Library
from generator.search import index

WAIT = 180_000
"""Milliseconds after which a candidate has no answer."""
_PHONE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8, "offline": False}
_COMPRESSED = {".html", ".css", ".js", ".json", ".xml", ".svg"}


# --- a server that counts --------------------------------------------------------------------------------------------


@dataclass
class Sent:
    """What a server sent since it was last asked: addresses with their bytes, compressed and not."""

    files: list[tuple[str, int, int]] = field(default_factory=list)


@functools.lru_cache(maxsize=4096)
def _compressed(path: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 6, mtime=0)


@contextmanager
def serve(folder: Path) -> Iterator[tuple[str, Sent]]:
    """Serve a folder on the loopback; yields the address and what is sent."""
    sent = Sent()

    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = Path(self.translate_path(self.path))
            path = path / "index.html" if path.is_dir() else path
            if not path.is_file():
                self.send_error(404)
                return
            packed = path.suffix in _COMPRESSED
            body = _compressed(str(path)) if packed else path.read_bytes()
            sent.files.append((self.path, len(body), path.stat().st_size))
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with built_site.answering(functools.partial(Handler, directory=str(folder))) as address:
        yield address, sent


# --- the candidates --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A search: where its page is, how to ask it, and by what a first result is known."""

    name: str
    site: Path
    page: str
    ask: Callable[[Page, str], object]
    result: str
    built: str
    """What its index costs, in words."""
    early: str = r"/data/search/|assets/search"
    """The addresses of what a page loads for the search before anybody asks."""


def _type(field_: str, key: str = "/") -> Callable[[Page, str], object]:
    """Return how to ask a search whose box ``key`` opens."""

    def ask(page: Page, word: str) -> None:
        page.keyboard.press(key)
        page.locator(field_).press_sequentially(word)

    return ask


def _filter(page: Page, word: str) -> None:
    page.locator("#rl-q").press_sequentially(word)


def _pagefind(page: Page, word: str) -> None:
    page.evaluate(
        """async word => {
          const pagefind = await import(new URL("/pagefind/pagefind.js", location));
          const { results } = await pagefind.search(word);
          const first = await Promise.all(results.slice(0, 8).map(result => result.data()));
          const shown = document.createElement("p");
          shown.className = "found";
          shown.textContent = first.map(each => each.meta.title).join(" / ");
          document.querySelector("h1").append(shown); }""",
        word,
    )


def candidates(sites: Sites) -> Iterator[Candidate]:
    """Yield those whose sites were built."""
    own, stock = sites.own, sites.stock
    yield Candidate("own, header", own, "", _type("#rl-search", "Control+k"), ".rl-hit", sites.costs["own"])
    yield Candidate("own, browse page", own, "papers/", _filter, ".rl-rows mark, .rl-chip", sites.costs["own"])
    yield Candidate(
        "Material (lunr)",
        stock,
        "",
        _type(".md-search__input"),
        ".md-search-result__item",
        sites.costs["stock"],
        r"/search/|/workers/",
    )
    if sites.pagefind:
        yield Candidate("Pagefind, by script", stock, "", _pagefind, "p.found", sites.costs["pagefind"], "/pagefind/")
    if sites.zensical:
        yield Candidate(
            "Zensical",
            sites.zensical,
            "",
            _type("dialog input"),
            "dialog li a[role=option]",
            sites.costs["zensical"],
            r"/search\.json|/workers/",
        )


# --- sites -----------------------------------------------------------------------------------------------------------


@dataclass
class Sites:
    """The built sites of one list, and what building cost."""

    own: Path
    stock: Path
    zensical: Path | None
    pagefind: bool
    word: str
    papers: int
    costs: dict[str, str]


def build(folder: Path, records: Path, *, plain: bool, zensical_too: bool) -> Sites:
    """Build the sites of a list in ``folder``; what is there already is not built again."""
    library = Library.of(store.load(records))
    begin = time.process_time()
    files = list(index.files(library))
    alone = time.process_time() - begin
    sizes = sum(len(text.encode()) for _, text in files)
    costs = {"own": f"{alone:.1f} s, {len(files):,} files, {sizes / 1e6:.1f} MB"}

    own = Project(folder / "own", records)
    _once(own.site, lambda: own.renew(plain=plain), own.build(), folder)
    stock = Project(folder / "stock", records)
    spent = _once(stock.site, lambda: _stock(stock, plain=plain), stock.build(), folder)
    costs["stock"] = f"whole build {spent}"
    zensical = Project(folder / "zensical", records)
    call = [*zensical.command("build"), "--engine", "zensical"]
    if zensical_too:
        try:
            spent = _once(zensical.site, lambda: _stock(zensical, plain=plain), call, folder)
            costs["zensical"] = f"whole build {spent}"
        except CommandError as error:
            print(f"… Zensical is left out: {str(error)[-300:]}", file=sys.stderr)
    pagefind = util.find_spec("pagefind") is not None
    if pagefind:
        call = ["-m", "pagefind", "--site", stock.site, "--output-path", stock.site / "pagefind"]
        costs["pagefind"] = _once(stock.site / "pagefind", lambda: None, call, folder)
    built = zensical.site if "zensical" in costs else None
    return Sites(own.site, stock.site, built, pagefind, _telling_word(library), len(library.records), costs)


def _stock(project: Project, *, plain: bool) -> None:
    """Make the project anew, with the engine's search in place of the list's own."""
    project.renew(plain=plain)
    config = project.config.read_text(encoding="utf-8")
    if "- search: {enabled: false}" not in config:
        raise CommandError("mkdocs.yml: has no '- search: {enabled: false}'")
    for template in (project.folder / "docs" / "overrides").rglob("*.html"):
        template.unlink()  # the icons beside them stay
    config = config.replace("- search: {enabled: false}", "- search")
    config = config.replace("  - {path: assets/search.js, type: module}\n", "")
    project.config.write_text(config, encoding="utf-8")


def _once(made: Path, prepare: Callable[[], object], call: Sequence[str | Path], folder: Path) -> str:
    """Run a command unless its result is there; return its CPU seconds and peak memory in words."""
    said = folder / f"{made.parent.name}-{made.name}.cost"
    if not said.exists():
        shutil.rmtree(made, ignore_errors=True)
        prepare()
        print(f"… {made}", file=sys.stderr)
        used = run(call, folder / "log")
        said.write_text(f"{used.cpu:.1f} s, {used.peak:.0f} MB", encoding="utf-8")
    return said.read_text(encoding="utf-8")


def _telling_word(library: Library) -> str:
    """Return the word of titles that is in about one paper of fifty: what somebody may look for."""
    found: Counter[str] = Counter()
    for record in library.records.values():
        found.update({word for word in titles.plain(record.title).lower().split() if word.isalpha() and len(word) > 6})
    wanted = len(library.records) / 50
    return min(found.items(), key=lambda pair: (abs(pair[1] - wanted), pair[0]))[0]


# --- measuring -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """One query: seconds to the first result, bytes of it compressed and not, files."""

    seconds: float
    packed: int
    raw: int
    files: int


def query(browser: Browser, candidate: Candidate, word: str, *, phone: bool) -> Answer:
    """Ask once, with an empty cache."""
    with serve(candidate.site) as (address, sent):
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        )
        page = context.new_page()
        page.set_default_timeout(WAIT)
        try:
            page.goto(address + candidate.page, wait_until="networkidle")
            before = [each for each in sent.files if re.search(candidate.early, each[0])]
            sent.files.clear()
            if phone:
                session = context.new_cdp_session(page)
                session.send("Network.enable")
                session.send("Network.emulateNetworkConditions", _PHONE)
                session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            begin = time.perf_counter()
            candidate.ask(page, word)
            page.locator(candidate.result).first.wait_for()
            seconds = time.perf_counter() - begin
            page.wait_for_load_state("networkidle")
            every = [*before, *sent.files]
            return Answer(seconds, sum(each[1] for each in every), sum(each[2] for each in every), len(every))
        finally:
            context.close()


def table(browser: Browser, sites: Sites, runs: int) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"{sites.papers:,} papers, “{sites.word}”\n"
    yield "| Search | first query, kB gzip | kB raw | files | first result, s | as a phone, s | index |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for candidate in candidates(sites):
        print(f"… {candidate.name}, {sites.papers:,} papers", file=sys.stderr)
        found: dict[bool, list[Answer]] = {False: [], True: []}
        for phone, answers in found.items():
            try:
                while len(answers) < runs and (not answers or answers[-1].seconds < 30):  # what is slow once is slow
                    answers.append(query(browser, candidate, sites.word, phone=phone))
            except BrowserError as error:
                print(f"… no answer: {str(error).splitlines()[0]}", file=sys.stderr)
        if not found[False]:
            yield f"| {candidate.name} | no answer in {WAIT / 1000:.0f} s | | | | | {candidate.built} |"
            continue
        one = found[False][-1]
        seconds = [
            f"{statistics.median(answer.seconds for answer in answers):.2f}" if answers else f"> {WAIT / 1000:.0f}"
            for answers in found.values()
        ]
        yield (
            f"| {candidate.name} | {one.packed / 1e3:,.0f} | {one.raw / 1e3:,.0f} | {one.files} "
            f"| {seconds[0]} | {seconds[1]} | {candidate.built} |"
        )
    yield ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure the search against those it replaced.")
    parser.add_argument("--papers", type=int, default=10_000, metavar="N", help="synthetic papers (default: 10000)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="queries of each (default: 5)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="build here, and use what is built here already")
    parser.add_argument("--only", choices=("real", "synthetic"), help="one of the two lists")
    parser.add_argument("--no-zensical", action="store_true", help="leave Zensical's own search out")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="reading-list-search-") as scratch, sync_playwright() as playwright:
        folder = (options.folder or Path(scratch)).absolute()
        browser = playwright.chromium.launch(executable_path=built_site.chromium(), args=built_site.launch_arguments())
        for name in ("real", "synthetic") if not options.only else (options.only,):
            place = folder / name
            place.mkdir(parents=True, exist_ok=True)
            records = REPOSITORY / "records"
            if name == "synthetic":
                records = place / "records"
                if not records.exists():
                    maker = REPOSITORY / "benchmarks" / "synthetic.py"
                    run([maker, "--papers", str(options.papers), "--output", records], place / "log")
            try:
                sites = build(place, records, plain=name == "synthetic", zensical_too=not options.no_zensical)
            except CommandError as error:
                print(error, file=sys.stderr)
                return 1
            for line in table(browser, sites, options.runs):
                print(line, flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
