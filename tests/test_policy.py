"""The Content-Security-Policy of the pages: it names the theme's own inline scripts, and no others.

After a new version of a theme, write the hashes anew with ``RENEW=1 python -m pytest tests/test_policy.py``,
and read the scripts that are new before the change is committed.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage
from site_tools import ROOT, Site, copy_project, real_site, run, scratch, serve, toy_records, toy_site, zensical_site

POLICY = ROOT / "docs" / "overrides" / "partials" / "policy.html"
MOST_BYTES = 620
"""How much of every page the policy may take."""

pytestmark = pytest.mark.slow


class _Scripts(HTMLParser):
    """Collects the text of inline scripts that a browser would run, and the policies."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.policies: list[tuple[int, str]] = []
        self.loads = 0
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append((self.loads, given["content"]))
        elif tag in ("script", "link", "style", "img", "body", "meta"):
            self.loads += 1
        self.inside = tag == "script" and "src" not in given and given.get("type") in (None, "module")
        if self.inside:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = False


@functools.cache
def scripts(page: Path) -> _Scripts:
    found = _Scripts()
    found.feed(page.read_text(encoding="utf-8"))
    found.close()
    return found


def hash_of(script: str) -> str:
    """Return a script as a policy names it, https://www.w3.org/TR/CSP3/#grammardef-hash-source."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def named(policy: str) -> set[str]:
    return set(re.findall(r"'sha256-[^']+'", policy))


@functools.cache
def benign(engine: str, address: str) -> Site:
    """Build the toy list without its hostile parts; nothing of a record can add a script to what is hashed."""
    name = f"benign-{engine}{'-published' if address else ''}"
    records = toy_records(scratch() / f"{name}-records")
    for hostile in ("papers/hostile.yaml", "topics.yaml", "paths.yaml", "sources.yaml", "retracted.yaml"):
        (records / hostile).unlink()
    project = copy_project(scratch() / name, records)
    done = run(project, "generator", "build", "--engine", engine, SITE_URL=address)
    assert done.returncode == 0, done.stdout + done.stderr
    return Site(project, project / "site", 0, done.stderr)


SITES = [("mkdocs", ""), ("mkdocs", "https://toy.example.org/looms/"), ("zensical", "")]


def inline_of(site: Site) -> Iterator[str]:
    for name in site.files:
        yield from scripts(site.folder / name).texts


def test_the_policy_names_the_inline_scripts_of_both_themes_and_no_others() -> None:
    found: dict[str, str] = {}
    for engine, address in SITES:
        found |= {hash_of(text): text for text in inline_of(benign(engine, address))}
    text = POLICY.read_text(encoding="utf-8")
    if os.environ.get("RENEW") == "1":
        POLICY.write_text(
            re.sub(r"(script-src 'self')( 'sha256-[^']+')*", rf"\1 {' '.join(sorted(found))}", text), encoding="utf-8"
        )
        text = POLICY.read_text(encoding="utf-8")
    assert named(text) == set(found), "a theme has other inline scripts now; see the top of this file"


@pytest.mark.parametrize("build", [real_site, toy_site, zensical_site])
def test_every_page_has_the_policy_before_all_else_and_no_other_script(build: Callable[[], Site]) -> None:
    site = build()
    assert site.status == 0, site.log
    (policy,) = re.findall(r'Policy" content="([^"]*)"', POLICY.read_text(encoding="utf-8"))
    for name in site.files:
        page = scripts(site.folder / name)
        assert page.policies == [(0, policy)], name
        assert {hash_of(text) for text in page.texts} <= named(policy), name
        head = site.html(name).encode()[:1024]  # where browsers look, https://html.spec.whatwg.org/multipage/#charset
        assert b'<meta charset="utf-8">' in head, name
    assert len(policy) <= MOST_BYTES


def test_the_policy_allows_nothing_loose() -> None:
    (policy,) = re.findall(r'Policy" content="([^"]*)"', POLICY.read_text(encoding="utf-8"))
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'self'"]
    assert {source for source in rules["script-src"] if not source.startswith("'sha256-")} == {"'self'"}
    assert rules["style-src"] == ["'self'"]
    assert rules["img-src"] == ["'self'", "data:"]
    for none in ("object-src", "frame-src", "base-uri"):
        assert rules[none] == ["'none'"]
    assert rules["form-action"] == ["'self'"]


def _note(said: list[str], message: ConsoleMessage) -> None:
    said.append(message.text)


@pytest.mark.parametrize("engine", ["mkdocs", "zensical"])
@pytest.mark.browser
def test_a_policy_without_the_hashes_would_be_noticed(browser: Browser, engine: str) -> None:
    """The palette is set by an inline script: with the policy it works, with a hash less the console says so."""
    site = benign(engine, "")
    with serve(site.folder) as address:
        for spoilt in (False, True):
            page = browser.new_page(color_scheme="dark")
            said: list[str] = []
            page.on("console", functools.partial(_note, said))
            if spoilt:
                page.route(
                    "**/about/",
                    lambda route: route.fulfill(
                        body=re.sub(r" 'sha256-[^']+'", "", site.html("about/index.html")), content_type="text/html"
                    ),
                )
            page.goto(f"{address}about/")
            page.evaluate('localStorage.setItem(\'/.__palette\', \'{"color": {"scheme": "slate"}}\')')
            page.reload()
            shown = page.evaluate("document.body.dataset.mdColorScheme")
            violations = [text for text in said if "Content Security Policy" in text]
            assert bool(violations) is spoilt, violations
            assert spoilt or shown == "slate"
            page.close()
