"""axe, the checker of Deque, finds nothing on any kind of page, and the header covers nothing that has the focus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import built_site
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from site_tools import real_site, toy_site

pytestmark = pytest.mark.browser

SIZES = {"light": built_site.DESK, "dark": built_site.PHONE}


def _violations(page: Page) -> list[tuple[str, str]]:
    # Of rules that hold, axe would describe every element that they hold for, which takes half of its time.
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    nodes = [(each["id"], node["html"][:120]) for each in found for node in each["nodes"]]
    # The box that opens the menu is the theme's, which has it before all landmarks, where no template can move it.
    return [(rule, html) for rule, html in nodes if (rule, 'id="__drawer"' in html) != ("region", True)]


@pytest.fixture(scope="module")
def toy() -> Iterator[str]:
    assert toy_site().status == 0, toy_site().log
    with built_site.serve(toy_site().folder) as address:
        yield address


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    assert real_site().status == 0, real_site().log
    with built_site.serve(real_site().folder) as address:
        yield address


def _open(browser: Browser, scheme: Literal["light", "dark"]) -> Page:
    width, height = SIZES[scheme]
    return browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_kind_of_page_has_a_violation(browser: Browser, toy: str, scheme: Literal["light", "dark"]) -> None:
    page = _open(browser, scheme)
    kinds = built_site.kinds(toy_site().folder)
    assert {"home", "papers", "papers-page", "topics-page", "paths-page", "years-page", "sources-page"} <= set(kinds)
    del kinds["not-found"]  # it loads its styles from the published address
    found = {}
    for kind, path in kinds.items():
        page.goto(toy + path, wait_until="load")
        if violations := _violations(page):
            found[kind] = violations
    page.close()
    assert found == {}


def test_the_page_of_a_wrong_address_has_none(browser: Browser, real: str) -> None:
    page = _open(browser, "dark")
    answer = page.goto(f"{real}papers/no-such-paper/", wait_until="load")
    assert answer is not None
    assert answer.status == 404
    assert _violations(page) == []
    page.close()


BELOW_THE_HEADER = """each => each.getBoundingClientRect().top
  - document.querySelector(".md-header").getBoundingClientRect().bottom"""


@pytest.mark.parametrize("path", ["topics/quantization/", "papers/", "papers/gptq/", "discussed/"])
@pytest.mark.parametrize("size", [built_site.DESK, built_site.PHONE])
def test_the_header_covers_nothing_that_has_the_focus(
    browser: Browser, real: str, path: str, size: tuple[int, int]
) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(real + path)
    page.locator(".md-content li .rl-mark").last.focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        focused = page.locator(".md-content :focus")
        if focused.count() and focused.locator("xpath=ancestor::details[contains(@class, 'rl-facets')]").count() == 0:
            assert focused.evaluate(BELOW_THE_HEADER) >= 0
    page.close()


def test_the_target_of_a_link_stands_right_below_the_header(browser: Browser, real: str) -> None:
    page = browser.new_page()
    page.goto(f"{real}map/#the-same-as-a-list")
    assert 0 <= page.locator("#the-same-as-a-list").evaluate(BELOW_THE_HEADER) < 24
    page.close()


def test_axe_would_find_something(browser: Browser) -> None:
    # Guards the tests above: they would pass too if axe did not run.
    page = browser.new_page()
    page.set_content("<title>x</title><main><h1>x</h1><p style='color:#ccc'>pale</p><img src='x'></main>")
    assert {rule for rule, _ in _violations(page)} >= {"color-contrast", "image-alt", "html-has-lang"}
    page.close()
