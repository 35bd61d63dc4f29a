"""Lists in other scripts, in a browser: names as their countries print them, found as readers type them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from site_tools import build, copy_project, scratch, serve

from generator import names

pytestmark = pytest.mark.browser

JAPANESE, KOREAN = ("山田", "太郎"), ("김", "철수")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A list in several scripts; each author has two papers, and so a page."""
    records = scratch() / "languages-records"
    (records / "papers").mkdir(parents=True)
    for title, (family, given) in {
        "縦糸と横糸": JAPANESE,
        "織機の歴史": JAPANESE,
        "베틀과 실": KOREAN,
        "베틀의 역사": KOREAN,
    }.items():
        name = f"loom-{len(list((records / 'papers').iterdir()))}"
        text = f"title: {title}\nauthors:\n- {{family: {family}, given: {given}}}\n"
        (records / "papers" / f"{name}.yaml").write_text(text, encoding="utf-8")
    site = build(copy_project(scratch() / "languages", records))
    assert site.status == 0, site.log
    with serve(site.folder) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", [JAPANESE, KOREAN], ids="".join)
def test_a_name_is_printed_family_first_and_found_by_its_parts(page: Page, address: str, name: tuple[str, str]) -> None:
    printed = names.printed(*name)
    for query in (printed, " ".join(name), *name):
        page.goto(f"{address}papers/?find={query}")
        expect(page.locator("#rl-count")).to_contain_text("2 of 4")
        expect(page.get_by_role("main").locator("li > small", has_text=printed)).to_have_count(2)
        page.locator("form.rl-search.rl-is-ready").wait_for()
        page.locator("#rl-search").fill(query)
        found = page.locator(".rl-hit", has=page.locator(".rl-hit__byline", has_text=printed))
        expect(found).to_have_count(2)
        expect(found.first.locator("mark")).to_have_text([printed])
    page.goto(f"{address}authors/")
    page.get_by_role("main").get_by_role("link", name=printed).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(printed)
