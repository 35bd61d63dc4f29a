"""The pictures and the map in a browser: on a phone and a desk, light and dark, without scripts, and what they open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from site_tools import real_site, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(browser: Browser) -> Iterator[str]:
    site = real_site()
    assert site.status == 0, site.log
    with serve(site.folder) as found:
        yield found


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A page on a phone that runs no scripts: none of this needs one."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["pictures/", "map/", "discussed/", "changes/", "data/", "explore/", "authors/"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_does_not_scroll_sideways_and_loads_nothing_foreign(
    browser: Browser, address: str, path: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    foreign: list[str] = []
    page.on(
        "request", lambda request: None if request.url.startswith((address, "data:")) else foreign.append(request.url)
    )
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(address + path)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert (foreign, errors) == ([], [])
    context.close()


def test_letters_of_a_chart_are_legible_on_a_phone(phone: Page, address: str) -> None:
    phone.goto(f"{address}pictures/")
    for chart in phone.locator(".rl-picture__sheet svg").all():
        box, sheet = chart.bounding_box(), chart.get_attribute("viewBox")
        assert box is not None
        assert sheet is not None
        assert box["width"] / float(sheet.split()[2]) > 0.95  # of letters 8 to 10 pixels high
    texts = phone.locator(".rl-picture__sheet text").all()[:400:7]
    sizes = [text.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") for text in texts]
    assert min(sizes) >= 8
    for words in (".rl-picture__sheet text", ".rl-table th"):  # else a hyphen is as wide as a figure
        expect(phone.locator(words).first).to_have_css("font-variant-numeric", "normal")


def test_a_point_opens_its_paper_and_the_list_does_too(phone: Page, address: str) -> None:
    phone.goto(f"{address}map/")
    point = phone.locator('.rl-map__sheet a[href="../papers/gptq/"]')
    name = point.get_attribute("aria-label")
    point.click()
    assert phone.url == f"{address}papers/gptq/"
    expect(phone.locator("h1")).to_have_text(name or "")
    phone.goto(f"{address}map/")
    topic = phone.locator("details.rl-map__topic", has=phone.locator('a[href="../papers/gptq/"]'))
    topic.locator("summary").focus()
    phone.keyboard.press("Enter")
    phone.keyboard.press("Tab")
    expect(topic.locator("a").first).to_be_focused()
    expect(topic.locator("small")).to_have_css("opacity", "1")  # the theme makes it paler than can be read


def test_one_group_at_a_time(phone: Page, address: str) -> None:
    phone.goto(f"{address}map/")
    first, second = phone.locator(".rl-map__sheet a.rl-g0").first, phone.locator(".rl-map__sheet a.rl-g1").first
    expect(second).to_have_css("opacity", "1")
    phone.get_by_role("radio", name="Training data").check()
    expect(first).to_have_css("opacity", "1")
    expect(second).to_have_css("opacity", "0.14")
    phone.get_by_role("radio", name="All groups").check()
    expect(second).to_have_css("opacity", "1")


def test_a_chosen_group_comes_into_view_on_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{address}map/")
    sheet = page.locator(".rl-map__sheet")
    for group in page.locator(".rl-legend input").all()[1:]:
        sheet.evaluate("each => { each.scrollLeft = 0; scrollTo(0, 0); }")
        group.check()
        points = sheet.locator(f".{(group.get_attribute('id') or '').replace('group-', 'g')}")
        seen = points.evaluate_all(
            """(points) => points.map(point => point.getBoundingClientRect())
              .filter(({left, right}) => left >= 0 && right <= innerWidth)
              .filter(({top, bottom}) => top >= 48 && bottom <= innerHeight).length"""
        )
        assert seen >= min(5, points.count()), group
    page.close()


def test_who_comes_back_finds_the_map_where_it_was(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{address}map/", wait_until="networkidle")
    across = "document.querySelector('.rl-map__sheet').scrollLeft"
    page.evaluate(f"{across} = 240")
    page.locator(".rl-map__sheet a").nth(40).evaluate("each => { location = each.href.baseVal }")
    page.wait_for_selector(".rl-cite")
    page.go_back(wait_until="networkidle")
    assert page.evaluate(across) == 240
    page.close()


def test_the_group_that_has_the_focus_is_seen(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}map/")
    group = page.get_by_role("radio", name="All groups")
    page.locator(".rl-map__sheet").focus()
    page.keyboard.press("Shift+Tab")
    expect(group).to_be_focused()
    expect(group).to_have_css("outline-style", "solid")
    page.close()


def test_the_keyboard_passes_the_points_by(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}map/")
    page.locator(".rl-map__sheet").focus()
    page.keyboard.press("Tab")
    expect(page.locator("details.rl-map__topic summary").first).to_be_focused()
    context.close()


@pytest.mark.parametrize(("path", "sheet"), [("pictures/", ".rl-picture__table"), ("map/", ".rl-map__sheet")])
def test_on_paper_nothing_is_cut(browser: Browser, address: str, path: str, sheet: str) -> None:
    page = browser.new_page(viewport={"width": 673, "height": 986})  # A4 within its margins
    page.goto(address + path)
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for each in page.locator(sheet).all():
        assert each.evaluate("each => each.scrollWidth <= each.clientWidth && each.scrollHeight <= each.clientHeight")
    heights = page.locator(".rl-picture__sheet, .rl-map__sheet").evaluate_all(
        "all => all.map(each => each.clientHeight)"
    )
    assert max(heights) < 986 - 100  # with its heading, it fits a page
    page.close()


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAINTS = """() => [...document.querySelectorAll(".md-content .rl-picture__svg :is(text, rect, circle, path, use)")]
  .filter(each => !each.closest("defs")).map(each => getComputedStyle(each).fill)"""


@pytest.mark.parametrize("path", ["pictures/", "map/"])
def test_on_paper_all_is_drawn_as_in_light(browser: Browser, address: str, path: str) -> None:
    paints = []
    for scheme in SCHEMES:
        page = browser.new_page(color_scheme=scheme)
        page.goto(address + path)
        page.emulate_media(media="print", color_scheme=scheme)
        paints.append(page.evaluate(PAINTS))
        page.close()
    assert paints[0] == paints[1] != []


@pytest.mark.parametrize("path", ["pictures/", "map/"])
@pytest.mark.parametrize("system", SCHEMES)
def test_drawings_take_forced_colours(
    browser: Browser, address: str, path: str, system: Literal["light", "dark"]
) -> None:
    """Where the other palette was chosen, only the system's two colours and what lies between them are on the page."""
    page = browser.new_page(color_scheme=system, forced_colors="active")
    page.goto(address + path)
    page.evaluate(
        "scheme => document.body.dataset.mdColorScheme = scheme", {"light": "slate", "dark": "default"}[system]
    )
    grey = re.compile(r"rgb\((\d+), \1, \1\)|color\(srgb ([\d.]+) \2 \2\)|none")
    assert [paint for paint in page.evaluate(PAINTS) if not grey.fullmatch(paint)] == []
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_names_of_rows_stay_when_a_table_is_scrolled(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(f"{address}pictures/")
    picture = page.locator(".rl-picture", has_text="Topics over the years")
    picture.locator("summary").click()
    table = picture.locator(".rl-picture__table")
    places = "each => [...each.querySelectorAll('th:first-child')].map(each => each.getBoundingClientRect().x)"
    before = table.evaluate(places)
    assert table.evaluate("each => each.scrollLeft = 100") == 100
    assert table.evaluate(places) == before
    page.close()


def test_colours_follow_the_palette(browser: Browser, address: str) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto(f"{address}pictures/")
    bar = page.locator('.rl-picture__sheet [style*="--rl-bar"]').first
    light = bar.evaluate("each => getComputedStyle(each).fill")
    page.get_by_title("Always dark").click()
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    dark = bar.evaluate("each => getComputedStyle(each).fill")
    assert (light, dark) == ("rgb(34, 48, 79)", "rgb(240, 164, 123)")
    page.context.close()
