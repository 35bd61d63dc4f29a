"""Hostile text in every field of a list: nothing of it runs, loads or bends a page, and it reads as it was typed.

Two walls hold, each tested alone: texts are escaped where they are printed (here the pages are visited without their
policy), and the policy stops what would run all the same (here escaping is turned off in a build).
"""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from payloads import FLAG, SLOTS, TEXTS, line, prose, record
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, Request, Response
from site_tools import Site, copy_project, environment, run, scratch, serve, write_record

from generator import escaping, store
from generator.facts import links, titles
from generator.models import Path as ReadingPath
from generator.models import Retraction, Source, Topic

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# --- a list of nothing but hostile and unusual texts -----------------------------------------------------------------


def hostile_list(folder: Path) -> Path:
    """Write records of all texts to ``folder``; return it."""
    many = len(TEXTS) // SLOTS

    def text(number: int, slot: int) -> str:
        return line(TEXTS[number + slot * many])

    for number in range(len(TEXTS)):
        write_record(folder, f"paper-{number}", record(number))
    tables: dict[str, dict[str, Any]] = {
        "topics.yaml": {
            f"topic-{number}": Topic.model_validate(
                {
                    "name": text(number, 0),
                    "group": text(number % 20, 1),
                    "description": prose(TEXTS[number + 2 * many]),
                    "start_here": [{"paper": f"paper-{number}", "why": text(number, 3)}],
                }
            )
            for number in range(many)
        },
        "paths.yaml": {
            f"path-{number}": ReadingPath.model_validate(
                {
                    "title": text(number, 1),
                    "description": prose(TEXTS[number + 3 * many]),
                    "steps": [{"paper": f"paper-{number}", "why": text(number, 4)}],
                }
            )
            for number in range(many)
        },
        "sources.yaml": {
            f"source-{number}": Source.model_validate(
                {
                    "name": text(number, 2),
                    "format": text(number, 4),
                    "captured": "2025-01-01",
                    "checksum": f"sha256:{number:064}",
                    "entries": 1,
                }
            )
            for number in range(many)
        },
        "retracted.yaml": {
            f"gone-{number}": Retraction.model_validate(
                {"title": text(number, 3), "retracted": "2025-01-04", "reason": text(number, 0)}
            )
            for number in range(many)
        },
    }
    for name, items in tables.items():
        (folder / name).write_text(store.table_text(items), encoding="utf-8")
    (folder / "redirects.yaml").write_text("former: paper-0\n", encoding="utf-8")
    assert store.load(folder).problems == ()
    return folder


@functools.cache
def records() -> Path:
    return hostile_list(scratch() / "hostile-records")


def project(name: str) -> Path:
    made = copy_project(scratch() / name, records())
    config = (made / "mkdocs.yml").read_text(encoding="utf-8")
    (made / "mkdocs.yml").write_text(config.replace("keep_abstracts: false", "keep_abstracts: true"), encoding="utf-8")
    return made


@functools.cache
def site(engine: str) -> Site:
    made = project(f"hostile-{engine}")
    done = run(made, "generator", "build", "--engine", engine)
    assert done.returncode == 0, done.stdout + done.stderr
    return Site(made, made / "site", 0, done.stderr)


UNESCAPED = """
import json, sys
from generator import escaping
from mkdocs.__main__ import cli
escaping.markdown = escaping.html = escaping.clean
escaping.url = lambda text: text
escaping.script_json = json.dumps
cli(["build", "--quiet"])
"""


@functools.cache
def unescaped_site() -> Site:
    """Build the list with escaping turned off, so that only the policy stands."""
    made = project("unescaped")
    done = subprocess.run(
        [sys.executable, "-c", UNESCAPED], cwd=made, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Site(made, made / "site", 0, done.stderr)


def without_policy(made: Site) -> Site:
    """Return a copy of a site whose pages have no policy; nor has it the theme's styles, which take time."""
    folder = made.project / "site-without-policy"
    if not folder.exists():
        shutil.copytree(made.folder, folder)
        for name in made.files:
            text, number = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", made.html(name), count=1)
            assert number == 1, name
            (folder / name).write_text(text, encoding="utf-8")
        for sheet in folder.glob("assets/stylesheets/**/*.css"):
            sheet.write_text("", encoding="utf-8")
    return Site(made.project, folder, 0, "")


# --- visiting --------------------------------------------------------------------------------------------------------

WATCH = f"""Object.defineProperty(window, "{FLAG}", {{set() {{ console.log("{FLAG}"); }}, get() {{}}}});"""

# What a page is: what could run or load when it is touched, what its head says, and what a reader reads.
LOOK = """() => {
  const all = [...document.querySelectorAll("*")];
  const text = each => each.textContent.trim().replace(/\\s+/g, " ");
  const texts = selector => [...document.querySelectorAll(selector)].map(text);
  const schemes = /^(https?|blob):$/;
  return {
    title: document.title,
    handlers: all.flatMap(each => each.getAttributeNames().filter(name => /^on/i.test(name))),
    schemes: all.flatMap(each =>
      ["href", "src", "action", "formaction", "xlink:href", "data", "srcset", "poster", "ping"]
      .filter(name => each.hasAttribute(name))
      .map(name => { try { return new URL(each.getAttribute(name), location.href).protocol; } catch { return "?"; } }))
      .filter(scheme => !schemes.test(scheme)),
    tags: [...new Set(all.map(each => each.localName))],
    meta: [...document.querySelectorAll("meta")].map(each =>
      each.getAttribute("name") || each.getAttribute("property") || each.httpEquiv || "charset"),
    rels: [...document.querySelectorAll("link")].map(each => each.rel),
    description: document.querySelector("meta[name=description]")?.content,
    graph: document.querySelector("meta[property='og:title']")?.content,
    scripts: [...document.scripts].map(each => each.type + (each.src ? new URL(each.src).pathname : "")).sort(),
    heading: texts("h1").map(each => each.replace(/ ?¶$/, "")),
    why: texts(".rl-why"),
    results: texts(".rl-results li"),
    paragraphs: texts("article p"),
    facts: texts(".rl-facts dd"),
    lists: texts("article li"),
    forms: document.forms.length,
  };
}"""

FORBIDDEN = {
    "iframe", "object", "embed", "frameset", "base", "applet", "portal", "marquee", "textarea", "select", "dialog",
    "video", "audio", "plaintext", "xmp", "listing", "image", "template", "noscript", "style", "area",
}  # fmt: skip
OWN = {"papers/index.html": {"noscript", "select"}}
"""What a page has of itself."""
METAS = re.compile(
    r"charset|viewport|description|generator|theme-color|color-scheme|robots|refresh|og:[a-z:_]+|twitter:card|citation_[a-z_]+"
)
RELS = {"icon", "stylesheet", "preload", "alternate feed", "search", "prev", "next", "canonical"}


@dataclass
class Watched:
    """A page in Chromium with what it did that it should not."""

    page: Page
    ran: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@contextmanager
def watched(browser: Browser, origin: str) -> Iterator[Watched]:
    context = browser.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    watch = Watched(page)

    def on_console(message: ConsoleMessage) -> None:
        if message.text == FLAG:
            watch.ran.append(page.url)
        elif message.type in ("error", "warning"):
            watch.said.append(message.text)

    def on_dialog(dialog: Dialog) -> None:
        watch.ran.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def on_failure(request: Request) -> None:
        # Nothing answers at .example. What the policy or the browser has stopped was not asked for, nor what was still
        # waiting for their word, as a prefetch is, when the next page was called.
        stopped = ("csp", "origin", "net::ERR_ABORTED")
        if not request.url.startswith((origin, "data:", "blob:")) and request.failure not in stopped:
            watch.foreign.append(request.url)

    def on_response(response: Response) -> None:
        if not response.url.startswith((origin, "data:", "blob:")):
            watch.foreign.append(response.url)

    page.on("requestfailed", on_failure)
    page.on("response", on_response)
    page.on("console", on_console)
    page.on("dialog", on_dialog)
    try:
        yield watch
    finally:
        context.close()


def look(watch: Watched, where: str) -> dict[str, Any]:
    watch.page.goto(where, wait_until="load")
    found: dict[str, Any] = watch.page.evaluate(LOOK)
    return found


def pages_of(made: Site) -> list[str]:
    return [name for name in made.files if name != "404.html" and not name.startswith("papers/former/")]


@pytest.mark.parametrize("engine", ["mkdocs", "zensical"])
def test_escaping_alone_holds(browser: Browser, engine: str) -> None:
    """On every page of a list of hostile texts, its policy taken away, nothing runs, loads, or bends the page."""
    made = without_policy(site(engine))
    # Pages of authors say what paper pages say, and Zensical reads the same Markdown: of these, one in five will do.
    names = [
        name
        for number, name in enumerate(pages_of(made))
        if number % SLOTS == 0 or name.count("/") < 2 or not (engine == "zensical" or name.startswith("authors/"))
    ]
    plain: dict[str, Any] = {}
    with serve(made.folder) as origin, watched(browser, origin) as watch:
        for name in names:
            found = look(watch, origin + name.removesuffix("index.html"))
            assert (watch.ran, watch.foreign, watch.said) == ([], [], []), name
            assert found["handlers"] == [], name
            assert found["schemes"] == [], name
            odd = FORBIDDEN & set(found["tags"]) - OWN.get(name, set())
            assert not odd, (name, odd)
            assert all(METAS.fullmatch(each) for each in found["meta"]), (name, found["meta"])
            assert len(set(found["meta"]) - {"citation_author"}) == len(
                [each for each in found["meta"] if each != "citation_author"]
            ), (name, found["meta"])
            assert set(found["rels"]) <= RELS, (name, found["rels"])
            assert len(found["heading"]) == 1, (name, found["heading"])
            # Pages of one kind have the same scripts, forms and head, whatever their texts are.
            kind = re.sub(r"\d+", "", name) if name.count("/") == 2 else name
            shape = (found["scripts"], found["forms"], sorted(set(found["rels"])))
            assert shape == plain.setdefault(kind, shape), name
            if name.startswith("papers/paper-"):
                _assert_reads_as_typed(found, int(re.findall(r"\d+", name)[0]))


def _assert_reads_as_typed(found: dict[str, Any], number: int) -> None:
    paper = record(number)
    title = escaping.clean(titles.plain(paper.title))
    shown = [escaping.clean(text) for text in found["paragraphs"]]
    assert found["title"] == f"{title} - Efficient Training Reading List"
    assert found["graph"] == title
    if not any(is_math for is_math, _ in titles.split_math(paper.title)):
        assert found["heading"] == [title]
    assert found["why"] == [paper.why]
    assert found["results"] == list(paper.results)
    assert (paper.summary or "").split("\n\n")[0] in shown
    assert (paper.abstract or "").split("\n\n")[-1] in shown
    assert any(paper.venue == text for text in found["facts"])
    assert ", ".join(paper.author_names) in found["facts"]
    assert links.shown(str(paper.links.code)) in found["facts"]
    assert "doi.org" not in paper.title
    assert paper.provenance["title"] in found["facts"] or paper.provenance["title"] not in str(found["lists"])


def test_the_policy_alone_holds(browser: Browser) -> None:
    """The same texts printed as they are: with the policy none runs and nothing is sent; without it many do."""
    made = unescaped_site()
    names = [name for name in made.files if name.startswith("papers/paper-")]
    ran: dict[bool, set[str]] = {}
    sent: dict[bool, list[str]] = {True: [], False: []}
    for policy in (True, False):
        folder = (made if policy else without_policy(made)).folder
        ran[policy] = set()
        with serve(folder) as origin, watched(browser, origin) as watch:
            for name in names[::3] if policy else names[::6]:
                watch.ran.clear()
                with contextlib.suppress(Error):  # a page that leads away is stopped on its way
                    watch.page.goto(origin + name.removesuffix("index.html"), wait_until="load")
                ran[policy] |= {name} if watch.ran else set()
                sent[policy] += watch.foreign
                watch.foreign.clear()
    assert ran[True] == set()
    assert len(ran[False]) > len(names[::6]) // 5
    # A policy stops no page from leading on to another one; that is what escaping is for.
    assert {urlsplit(address).path for address in sent[True]} <= {"/"}
    assert len({urlsplit(address).path for address in sent[False]}) > 5
