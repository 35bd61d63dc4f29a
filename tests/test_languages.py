"""Lists in other scripts, in a browser: names as their countries print them, text that runs as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect
from site_tools import at_rest, build, copy_project, scratch, serve

from generator.facts import names

pytestmark = pytest.mark.browser

JAPANESE, KOREAN = ("山田", "太郎"), ("김", "철수")
NAMES = {"縦糸と横糸": JAPANESE, "織機の歴史": JAPANESE, "베틀과 실": KOREAN, "베틀의 역사": KOREAN}
ARABIC = "نول يعمل وحده."
ENGLISH = "A loom that works alone."


@contextmanager
def _site(language: str) -> Iterator[str]:
    """A list in several scripts, in the language of its site; each author of NAMES has two papers, and so a page."""
    papers = scratch() / f"languages-{language}-records" / "papers"
    papers.mkdir(parents=True)
    for number, (title, (family, given)) in enumerate(NAMES.items()):
        text = f"title: {title}\nauthors:\n- {{family: {family}, given: {given}}}\n"
        (papers / f"loom-{number}.yaml").write_text(text, encoding="utf-8")
    for name, text in {"arabic": ARABIC, "english": ENGLISH}.items():
        record = f'title: "{text}"\nissued: "2024"\nsummary: "{text}"\nwhy: "{text}"\nresults:\n- "{text}"\n'
        (papers / f"{name}.yaml").write_text(record, encoding="utf-8")
    project = copy_project(scratch() / f"languages-{language}", papers.parent)
    config = project / "mkdocs.yml"
    config.write_text(config.read_text("utf-8").replace("language: en", f"language: {language}"), encoding="utf-8")
    site = build(project)
    assert site.status == 0, site.log
    with serve(site.folder) as served:
        yield served


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with _site("en") as served:
        yield served


@pytest.fixture(scope="module")
def arabic() -> Iterator[str]:
    with _site("ar") as served:
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
        expect(page.locator("#rl-count")).to_contain_text("2 of 6")
        expect(page.get_by_role("main").locator("li > small", has_text=printed)).to_have_count(2)
        page.locator("form.rl-search.rl-is-ready").wait_for()
        page.locator("#rl-search").fill(query)
        found = page.locator(".rl-hit", has=page.locator(".rl-hit__byline", has_text=printed))
        expect(found).to_have_count(2)
        expect(found.first.locator("mark")).to_have_text([printed])
    page.goto(f"{address}authors/")
    page.get_by_role("main").get_by_role("link", name=printed).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(printed)


# --- text that runs from the right -----------------------------------------------------------------------------------


def _ends(place: Locator) -> tuple[float, float]:
    """Return where the first and the last character of an element stand, in pixels from the left."""
    first, last = place.first.evaluate(
        """element => {
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          const lefts = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (const { index } of node.data.matchAll(/\\S/g)) {
              const range = document.createRange();
              range.setStart(node, index);
              range.setEnd(node, index + 1);
              lefts.push(range.getBoundingClientRect().left);
            }
          }
          return [lefts[0], lefts.at(-1)];
        }"""
    )
    return first, last


def _box(place: Locator) -> FloatRect:
    box = place.first.bounding_box()
    assert box
    return box


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_full_stop_stands_where_its_text_ends(page: Page, language: str, request: pytest.FixtureRequest) -> None:
    site = request.getfixturevalue({"en": "address", "ar": "arabic"}[language])
    for name, text, forward in (("arabic", ARABIC, False), ("english", ENGLISH, True)):
        page.goto(f"{site}papers/{name}/")
        main = page.get_by_role("main")
        places = [main.locator("h1"), *main.locator(".rl-why, h2 + p, .rl-results li").all()]
        assert len(places) == 4
        for place in places:
            first, last = _ends(place)
            assert (first < last) is forward, place
        page.locator("form.rl-search.rl-is-ready").wait_for()
        page.locator("#rl-search").fill(text)
        first, last = _ends(page.locator(".rl-hit__title", has_text=text))
        assert (first < last) is forward
        for path in ("", "papers/", "years/2024/"):
            page.goto(site + path)
            first, last = _ends(page.get_by_role("main").get_by_role("link", name=text, exact=True))
            assert (first < last) is forward, path


@pytest.mark.parametrize("width", [390, 1280])
def test_a_site_that_is_read_from_the_right_is_laid_out_from_the_right(page: Page, arabic: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("", "papers/", "papers/english/", "years/2024/", "pictures/"):
        page.goto(arabic + path)
        at_rest(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"{arabic}papers/")
    row = page.locator(".rl-rows li", has_text=ENGLISH)
    row.locator(".rl-marks").wait_for()
    marks, title, pick = (_box(row.locator(each)) for each in (".rl-marks", "a", ".rl-pick"))
    assert marks["x"] + marks["width"] <= title["x"]
    assert title["x"] + title["width"] <= pick["x"]
    page.goto(f"{arabic}papers/english/")
    sides = "element => [getComputedStyle(element).borderLeftWidth, getComputedStyle(element).borderRightWidth]"
    assert page.locator(".rl-why").evaluate(sides) == ["0px", "3px"]
    heading, why = _box(page.locator("h2#summary")), _box(page.locator(".rl-why"))
    assert heading["x"] + heading["width"] == pytest.approx(why["x"] + why["width"])
    assert page.locator(".rl-cite pre").first.evaluate("element => getComputedStyle(element).direction") == "ltr"
    if width == 1280:
        field, button = _box(page.locator("#rl-search")), _box(page.locator(".rl-search__button"))
        assert field["x"] <= button["x"]
        assert button["x"] + button["width"] < field["x"] + field["width"] / 2
