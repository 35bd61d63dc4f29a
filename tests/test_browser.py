"""The sites in a browser: nothing scrolls sideways, nothing is fetched elsewhere, and no record's text runs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import built_site
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Route, expect
from site_tools import (
    PAYLOAD_FLAG,
    RECORDS,
    TOY_RECORDS,
    Site,
    at_rest,
    library,
    real_site,
    serve,
    toy_site,
)

from generator.facts import titles

pytestmark = pytest.mark.browser

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}


@dataclass
class Visit:
    """A page in the browser, with what it did that it should not."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, path: str, *, idle: bool = False) -> None:
        """Open a page of the site and wait until it is at rest; with ``idle``, until it asks for nothing more."""
        self.page.goto(self.address + path, wait_until="networkidle" if idle else "load")
        at_rest(self.page)


@contextmanager
def _visit(browser: Browser, address: str, *, size: str = "desk", dark: bool = False) -> Iterator[Visit]:
    width, height = WIDTHS[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    visit = Visit(page, address)

    def on_request(request: Request) -> None:
        if not request.url.startswith((address, "data:", f"blob:{address}")):
            visit.foreign.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.errors.append(message.text)

    def on_dialog(dialog: Dialog) -> None:
        visit.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("dialog", on_dialog)
    try:
        yield visit
    finally:
        context.close()


def _served(site: Site) -> Iterator[str]:
    assert site.status == 0, site.log
    with serve(site.folder) as address:
        yield address


@pytest.fixture(scope="module")
def real(browser: Browser) -> Iterator[str]:
    yield from _served(real_site())


@pytest.fixture(scope="module")
def toy(browser: Browser) -> Iterator[str]:
    yield from _served(toy_site())


def _pages() -> dict[str, str]:
    """Return the pages to look at: home, a topic, a paper with LaTeX in its title, browse."""
    found = library(real_site().project / "records")
    topic = next(iter(found.by_topic))
    paper = next(
        record_id
        for record_id, record in found.records.items()
        if any(is_math for is_math, _ in titles.split_math(record.title))
    )
    return {
        "home": "",
        "topic": f"topics/{topic}/",
        "paper": f"papers/{paper}/",
        "browse": "papers/",
        "sources": "sources/",
    }


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", sorted(WIDTHS))
@pytest.mark.parametrize("name", ["home", "topic", "paper", "browse", "sources"])
def test_a_page_fits_and_is_quiet(browser: Browser, real: str, name: str, size: str, dark: bool) -> None:
    with _visit(browser, real, size=size, dark=dark) as visit:
        visit.open(_pages()[name], idle=True)
        wide, window = visit.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window
        # Nothing but boxes that scroll by themselves reaches beyond the window.
        out = visit.page.evaluate(BEYOND_THE_WINDOW)
        assert out == []
        assert visit.page.locator("h1").count() == 1
        assert visit.page.locator("h1").is_visible()
        assert (visit.foreign, visit.errors, visit.dialogs) == ([], [], [])


SCHEME = "document.body.dataset.mdColorScheme"
BEYOND_THE_WINDOW = """() => [...document.querySelectorAll(".md-content *")]
  .filter(each => each.getBoundingClientRect().right > window.innerWidth + 1 && each.getClientRects().length)
  .filter(each => { for (let up = each; up; up = up.parentElement) {
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)) return false; }
    return true; })
  .map(each => each.outerHTML.slice(0, 80))"""

# Contrast as WCAG 2.2 defines it, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio, of the text against its background.
CONTRAST = """selector => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const paint = colours => { canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
  const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = rgb => { const [r, g, b] = rgb.map(v => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const shown = [...document.querySelectorAll(selector)].filter(each => each.getClientRects().length);
  return shown.slice(0, 20).map(each => {
    const behind = [];
    for (let up = each; up; up = up.parentElement) behind.unshift(getComputedStyle(up).backgroundColor);
    const back = ["white", ...behind];
    const [a, b] = [light(paint(back)), light(paint([...back, getComputedStyle(each).color]))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), a, each.outerHTML.slice(0, 80)]; }); }"""


@pytest.mark.parametrize("name", ["home", "topic", "paper", "browse"])
def test_dark_is_dark_and_both_are_legible(browser: Browser, real: str, name: str) -> None:
    for dark in (False, True):
        with _visit(browser, real, dark=dark) as visit:
            visit.open(_pages()[name])
            scheme = visit.page.evaluate(SCHEME)
            assert scheme == ("slate" if dark else "default")
            found = visit.page.evaluate(
                CONTRAST, ".md-content h1, .md-content p, .md-content li > a, .md-content em, .md-content a.md-button"
            )
            assert found
            for contrast, background, element in found:
                assert contrast >= 4.5, element
                if "md-button--primary" not in element:
                    assert (background < 0.2) == dark, element


# The colours that the style sheets name, and what a browser draws by itself.
PALETTE = """() => { const style = getComputedStyle(document.body);
  const rules = [...document.styleSheets].filter(({href}) => /(?:list|pictures)\\.css$/.test(href))
    .flatMap(({cssRules}) => [...cssRules]).flatMap(rule => [...(rule.cssRules?.length ? rule.cssRules : [rule])]);
  const names = new Set(rules.flatMap(({style}) => style ? [...style] : []).filter(name => name.startsWith("--")));
  return [style.colorScheme, style.backgroundColor,
    ...[...document.querySelectorAll(".md-button")].map(each => getComputedStyle(each).backgroundColor),
    ...[...names].sort().map(name => [name, style.getPropertyValue(name).trim()])]; }"""


@pytest.mark.parametrize("path", ["papers/gptq/", "pictures/"])
def test_dark_without_scripts_is_the_same_dark(browser: Browser, real: str, path: str) -> None:
    found = []
    for scripts in (True, False):
        page = browser.new_page(color_scheme="dark", java_script_enabled=scripts)
        page.goto(real + path)
        if scripts:
            at_rest(page)
        found.append(page.evaluate(PALETTE))
        page.close()
    with_scripts, without = found
    assert with_scripts[:2] == ["dark", "rgb(18, 22, 31)"]
    owned = ("--md-code-fg", "--md-typeset-table", "--md-primary-fg-color--light")  # the theme's, by its hue
    same = [each for each in with_scripts if not each[0].startswith(owned)]
    assert [each for each in without if not each[0].startswith(owned)] == same
    assert len(same) > (50 if path == "pictures/" else 25)


def test_a_choice_of_palette_is_kept(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.open("about/")
        visit.page.get_by_title("Always dark").click()
        visit.open("papers/gptq/")
        assert visit.page.evaluate(SCHEME) == "slate"
        assert visit.errors == []


def test_who_chose_no_palette_has_that_of_the_system(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.open("about/")
        assert visit.page.evaluate(SCHEME) == "default"
        visit.page.emulate_media(color_scheme="dark")
        visit.open("papers/gptq/")
        assert visit.page.evaluate(SCHEME) == "slate"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_the_palette_is_switched_by_keys(browser: Browser, real: str, key: str, dark: bool) -> None:
    system = "slate" if dark else "default"
    with _visit(browser, real, dark=dark) as visit:
        visit.open("about/")
        switch = visit.page.locator("[data-md-component='palette'] :focus")
        visit.page.locator("#rl-search").focus()
        visit.page.keyboard.press("Shift+Tab")
        for scheme, leads_to in [
            (system, "Always dark"),
            ("slate", "Always light"),
            ("default", "As the system"),
            (system, "Always dark"),
        ]:
            expect(switch).to_have_accessible_name(leads_to)
            expect(visit.page.get_by_title(leads_to)).to_have_css("outline-style", "auto")
            assert visit.page.evaluate(SCHEME) == scheme
            visit.page.keyboard.press(key)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_of_a_narrow_screen_is_opened_by_keys(browser: Browser, real: str, scripts: bool) -> None:
    page = browser.new_page(viewport={"width": 640, "height": 450}, java_script_enabled=scripts)
    page.goto(f"{real}papers/mamba/", wait_until="load")
    menu, link = (
        page.get_by_role("checkbox", name="Menu", exact=True),
        page.get_by_role("link", name="Topics", exact=True),
    )
    page.keyboard.press("Tab")
    expect(menu).to_be_focused()
    expect(page.locator(".md-header [for='__drawer']")).to_have_css("outline-style", "solid")
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().right > 0")
    menu.focus()
    page.keyboard.press("Space")
    expect(link).to_be_in_viewport()
    while not link.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")  # ends at the link, or the test does at its time
    menu.focus()
    page.keyboard.press("Space")
    expect(link).to_be_hidden()
    if scripts:
        page.keyboard.press("Enter")
        expect(link).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(link).to_be_hidden()
        expect(menu).to_be_focused()
        page.keyboard.press("Space")
        page.locator(".md-content a").first.focus()
        expect(link).to_be_hidden()
    page.close()


def test_the_keys_stop_at_nothing_unseen(browser: Browser, real: str) -> None:
    """The theme leaves links of a closed drawer, and a button that is transparent, in the order of the keys."""
    page = browser.new_page(viewport={"width": 640, "height": 900})
    page.goto(f"{real}about/", wait_until="load")
    page.get_by_role("checkbox", name="Menu", exact=True).press("Space")
    expect(page.locator(".md-nav--secondary").get_by_role("link").first).to_be_hidden()
    expect(page.locator(".md-top")).to_be_hidden()
    page.close()


@pytest.mark.parametrize(
    ("site", "last"), [("real", "#rl-search"), ("toy", ".md-header .md-source__repository")], ids=["", "repository"]
)
def test_the_header_ends_where_the_page_does(
    browser: Browser, site: str, last: str, request: pytest.FixtureRequest
) -> None:
    with _visit(browser, request.getfixturevalue(site)) as visit:
        visit.open("")
        ends = "each => each.getBoundingClientRect().right"
        end, page = (visit.page.locator(each).evaluate(ends) for each in (last, ".md-content__inner"))
        assert abs(end - page) < 1


def test_no_page_keeps_room_for_a_menu_that_has_nothing(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        begins = {}
        for path in ("", "about/", "matching/", "papers/gptq/", "404.html"):
            visit.open(path)
            begins[path] = visit.page.locator("h1").evaluate("each => each.getBoundingClientRect().left")
        assert begins == dict.fromkeys(begins, begins[""])


@pytest.mark.parametrize(
    ("path", "tabs"),
    [
        ("papers/", ["Papers"]),
        ("papers/gptq/", ["Papers"]),
        ("topics/quantization/", ["Topics"]),
        ("paths/train-on-a-small-budget/", ["Paths"]),
        ("years/2024/", []),
        ("", ["Home"]),
    ],
)
def test_the_tab_of_a_page_or_of_the_one_above_it_is_marked(
    browser: Browser, real: str, path: str, tabs: list[str]
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(real + path)
    marked = page.locator(".md-tabs__link").evaluate_all(
        "all => all.filter(each => getComputedStyle(each).fontWeight === '600').map(each => each.innerText.trim())"
    )
    assert marked == tabs
    page.close()


def test_lists_of_prose_end_where_its_paragraphs_do(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.open("about/")
        ends = visit.page.evaluate(
            """() => ["p", "ol"].map(name => Math.max(...[...document.querySelectorAll(`.md-content__inner > ${name}`)]
              .map(each => each.getBoundingClientRect().right)))"""
        )
        assert ends[0] == ends[1]


def test_the_sources_are_seen_whole_on_a_phone(browser: Browser, real: str) -> None:
    with _visit(browser, real, size="phone") as visit:
        visit.open("sources/")
        visit.page.wait_for_selector(".md-typeset__scrollwrap")
        assert visit.page.evaluate(
            """() => { const scrolls = document.querySelector(".md-typeset__scrollwrap");
            return scrolls.scrollWidth <= scrolls.clientWidth; }"""
        )


# What is broken at its hyphens is not counted: that is where text breaks.
BROKEN_NAMES = """() => [...document.querySelectorAll("td code")].flatMap(each => {
  const text = each.firstChild;
  return [...text.data.matchAll(/[^\\s-]+/g)].filter(({0: word, index}) => {
    const range = new Range();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return range.getClientRects().length > 1; }).map(([word]) => word); })"""


@pytest.mark.parametrize("width", [360, 600, 1000])
@pytest.mark.parametrize("path", ["architecture/", "importing/"])
def test_names_in_a_table_are_not_broken(browser: Browser, real: str, path: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(real + path)
    assert page.locator("td code").count() > 20
    assert page.evaluate(BROKEN_NAMES) == []
    assert _hidden_at_the_side(page) == []  # nor is a table wider for it
    page.close()


def _hidden_at_the_side(page: Page) -> list[int]:
    """Return how many pixels of each table one must scroll for."""
    hidden = "all => all.map(each => each.scrollWidth - each.clientWidth).filter(more => more > 0)"
    found: list[int] = page.locator(".md-typeset__scrollwrap").evaluate_all(hidden)
    return found


@pytest.mark.parametrize("width", [360, 600, 1280])
@pytest.mark.parametrize("path", ["speed/", "matching/"])
def test_tables_of_figures_are_seen_whole(browser: Browser, real: str, path: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(real + path)
    assert page.locator("td").count() > 40
    assert _hidden_at_the_side(page) == []
    page.close()


# A date, or a venue with its year, on more than one line.
BROKEN_DATES = """() => [...document.querySelectorAll("p.rl-byline, .rl-meta, .rl-rows small")].flatMap(each => {
  const text = each.firstChild;
  return [...(text?.data ?? "").matchAll(/(?:\\d+\\s)?[A-Z]\\w+\\s20\\d\\d/g)].filter(({0: date, index}) => {
    const range = new Range();
    range.setStart(text, index);
    range.setEnd(text, index + date.length);
    return new Set([...range.getClientRects()].map(({top}) => top)).size > 1; }).map(([date]) => date); })"""


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("path", ["papers/", "years/2024/", "discussed/", "topics/vision-language-models/"])
def test_no_date_is_broken_on_a_phone(browser: Browser, real: str, path: str, scripts: bool) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=scripts)
    page.goto(real + path)
    if scripts:
        at_rest(page)
    assert page.evaluate(BROKEN_DATES) == []
    page.close()


# The height at which a finger on the middle of an element's line still meets it.
REACH = """each => {
  each.scrollIntoView({block: "center"});
  const {left, top, height} = each.getBoundingClientRect();
  const meets = (y) => each.contains(document.elementFromPoint(left + 8, y));
  let first = top + height / 2, last = first;
  while (meets(first - 1)) first -= 1;
  while (meets(last + 1)) last += 1;
  return last - first + 1; }"""


@pytest.mark.parametrize(
    ("path", "target", "least"),
    [
        ("topics/", ".md-header [for='__drawer']", 44),
        ("topics/", ".rl-row", 44),
        ("", ".rl-groups li > a", 44),
        ("papers/gptq/", ".rl-links .md-button", 43.5),
        ("papers/gptq/", ".rl-fold > summary", 44),
        ("authors/", ".rl-letter", 44),
        ("map/", ".rl-legend label", 43.5),
        ("explore/", ".rl-title", 36),
    ],
)
def test_a_finger_finds_what_stands_alone(browser: Browser, real: str, path: str, target: str, least: float) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(real + path)
    assert page.locator(target).first.evaluate(REACH) >= least
    page.close()


@pytest.mark.parametrize("width", [320, 390])
def test_the_name_of_the_site_is_seen_whole_on_a_phone(browser: Browser, real: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(real)
    name = page.locator(".md-header__topic .md-ellipsis").first
    assert name.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    page.close()


def test_mathematics_is_drawn(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.open(_pages()["paper"])
        box = visit.page.locator("h1 math").first.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 4
        assert "$" not in visit.page.title()
        assert "$" not in visit.page.locator("h1").inner_text()


def test_no_gap_follows_a_raised_sign(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.open("papers/s2ip-llm/")
        ends = "each => each.getBoundingClientRect().right"
        formula, sign = (visit.page.locator(each).evaluate(ends) for each in ("h1 math", "h1 msup > mn"))
        assert formula - sign < 4


def test_a_paper_is_told_on_the_first_screen_of_a_phone(browser: Browser, real: str) -> None:
    found = library(real_site().project / "records")
    longest = max(
        (record_id for record_id, record in found.records.items() if record.why and record.links.code),
        key=lambda record_id: len(titles.plain(found.records[record_id].title + (found.records[record_id].why or ""))),
    )
    with _visit(browser, real, size="phone") as visit:
        for record_id in ("gptq", longest):
            visit.open(f"papers/{record_id}/")
            for part in ("h1", ".rl-why", ".rl-links .md-button >> nth=0"):
                box = visit.page.locator(f".md-content {part}").bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= WIDTHS["phone"][1], (record_id, part)


def test_figures_stand_out_and_origins_fold_away(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.open("papers/gptq/")
        size = "each => parseFloat(getComputedStyle(each).fontSize)"
        large = visit.page.locator(".rl-results b").first.evaluate(size)
        assert large > 1.15 * visit.page.locator(".rl-results li").first.evaluate(size)
        assert visit.page.locator(".rl-facts").first.is_visible()
        origins = visit.page.locator(".rl-fold .rl-facts")
        assert not origins.is_visible()
        visit.page.locator(".rl-fold > summary").press("Enter")
        assert origins.is_visible()


def test_what_is_chosen_is_seen_where_colours_are_forced(browser: Browser, real: str) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 700}, forced_colors="active", color_scheme="dark")
    seen = "outline-style"
    page.goto(f"{real}papers/")
    at_rest(page)
    ground = page.locator("body").evaluate("each => getComputedStyle(each).backgroundColor")
    page.locator(".rl-pick").first.check()
    expect(page.locator(".rl-picked")).to_have_css("border-style", "solid")
    expect(page.locator(".rl-facets > summary")).to_be_visible()
    arrow = "each => getComputedStyle(each, '::after').backgroundColor"
    assert page.locator(".rl-facets > summary").evaluate(arrow) != ground
    page.locator("#rl-search").fill("mamba")
    expect(page.locator(".rl-hit")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".rl-search__panel")).to_have_css(seen, "solid")
    expect(page.locator(".rl-hit").nth(0)).to_have_css(seen, "solid")
    expect(page.locator(".rl-hit").nth(1)).to_have_css(seen, "none")
    expect(page.locator(".rl-hit mark").first).not_to_have_css("color", ground)
    page.goto(f"{real}papers/mamba/")
    at_rest(page)
    lines = page.locator("[role=tab]").evaluate_all("all => all.map(each => getComputedStyle(each).borderBottomColor)")
    assert lines[0] not in lines[1:]
    assert set(lines[1:]) == {ground}
    page.goto(f"{real}topics/quantization/")
    expect(page.locator(".rl-progress progress")).to_have_css("border-style", "solid")
    page.close()


SHIFTS = """() => new Promise(done => { let sum = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300); })"""


@pytest.mark.parametrize("name", ["home", "topic", "paper", "browse"])
def test_nothing_moves_while_a_page_loads(browser: Browser, real: str, name: str) -> None:
    with _visit(browser, real, size="phone") as visit:

        def late(route: Route) -> None:  # fonts come after the first paint, as on a slow network
            time.sleep(0.3)
            route.continue_()

        visit.page.route("**/*.woff2", late)
        visit.open(_pages()[name], idle=True)
        assert visit.page.evaluate(SHIFTS) < 0.02


def test_the_paths_stand_still_for_who_has_read_some(browser: Browser, real: str) -> None:
    with _visit(browser, real, size="phone") as visit:
        visit.open(f"paths/{next(iter(library(RECORDS).paths))}/")
        visit.page.locator(".rl-mark--read").first.click()
        visit.page.locator(".rl-mark--to-read").nth(1).click()
        visit.open("paths/")
        expect(visit.page.locator(".rl-read-count", has_text="1 read").first).to_be_visible()
        assert visit.page.evaluate(SHIFTS) < 0.02


def test_a_print_of_a_paper_has_its_addresses_and_nothing_to_press(browser: Browser, real: str) -> None:
    with _visit(browser, real, dark=True) as visit:
        visit.open("papers/gptq/")
        visit.page.emulate_media(media="print", color_scheme="dark")
        visit.page.evaluate(
            "document.querySelectorAll('details').forEach(each => each.open = true)"
        )  # as the theme does
        for contrast, background, element in visit.page.evaluate(CONTRAST, ".md-content p, .md-content dd, h1, pre"):
            assert contrast >= 7, element
            assert background > 0.9, element  # dark ink on white, whatever the screen shows
        for gone in (
            ".md-header",
            ".md-tabs",
            ".md-footer",
            ".rl-mark-home",
            ".rl-cite__head",
            ".rl-fold",
            ".md-sidebar--secondary",
        ):
            assert visit.page.locator(gone).is_hidden(), gone
        for kept in ("h1", ".rl-why", ".rl-results", ".rl-facts >> nth=0", ".rl-cite pre >> nth=0"):
            assert visit.page.locator(kept).is_visible(), kept
        size = "each => parseFloat(getComputedStyle(each).fontSize)"
        falling = ("h1", "h2", ".rl-title", "#summary + p", ".rl-facts dd")
        sizes = [visit.page.locator(each).first.evaluate(size) for each in falling]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[3] == pytest.approx(10 * 96 / 72, abs=0.1)
        shown = "each => getComputedStyle(each, '::after').content"
        assert "arxiv.org" in visit.page.locator(".rl-links a").first.evaluate(shown)


def test_most_citations_are_seen_whole_on_a_phone(browser: Browser, real: str) -> None:
    with _visit(browser, real, size="phone") as visit:
        for paper in ("gptq", "openelm"):
            visit.open(f"papers/{paper}/")
            panel = visit.page.locator("#rl-panel-bibtex")
            assert not panel.evaluate("each => each.scrollHeight > each.clientHeight"), paper


def test_a_print_has_the_whole_of_a_long_citation(browser: Browser, real: str) -> None:
    with _visit(browser, real, size="phone") as visit:
        visit.open("papers/a-few-thousand-translations-go-a-long-way-leveraging-pre/")
        panel = visit.page.locator("#rl-panel-bibtex")
        cut = "each => each.scrollHeight > each.clientHeight"
        assert panel.evaluate(cut)  # on the screen it scrolls
        visit.page.emulate_media(media="print")
        assert not panel.evaluate(cut)


def test_a_short_page_is_printed_on_one_sheet(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.open("sources/")
        sheets = re.findall(rb"/Type\s*/Page\b", visit.page.pdf(format="A4"))
        assert len(sheets) == 1


HANDLERS = """[...document.querySelectorAll(".md-content *")]
  .flatMap(each => each.getAttributeNames()).filter(name => name.startsWith("on"))"""


def test_no_script_of_a_record_runs(browser: Browser, toy: str) -> None:
    site = toy_site()
    kinds = built_site.kinds(site.folder)
    del kinds["not-found"]  # it has links into the published address
    hostile = {name.removesuffix("index.html") for name in site.files if PAYLOAD_FLAG in site.html(name)}
    assert len(hostile) > 10
    with _visit(browser, toy) as visit:
        for name in sorted({*kinds.values(), *hostile}):
            visit.open(name)
            # What waits for a click or a pointer is tried as well.
            handlers = visit.page.evaluate(HANDLERS)
            assert handlers == [], name
            assert visit.page.evaluate(f"window.{PAYLOAD_FLAG}") is None, name
        assert (visit.foreign, visit.dialogs, visit.errors) == ([], [], [])


def test_the_payloads_would_set_the_flag(browser: Browser, toy: str) -> None:
    # Without this a misspelt payload would pass for a safe page.
    with _visit(browser, toy) as visit:
        visit.page.goto("about:blank")  # a page without the policy, which would stop it
        visit.page.set_content(f"<p>x</p><script>window.{PAYLOAD_FLAG}=1</script>")
        assert visit.page.evaluate(f"window.{PAYLOAD_FLAG}") == 1


def test_a_retracted_paper_takes_no_mark(browser: Browser, toy: str) -> None:
    with _visit(browser, toy) as visit:
        visit.open(f"papers/{next(iter(library(TOY_RECORDS).retracted))}/", idle=True)
        assert visit.page.locator(".rl-mark").count() == 0
        assert visit.page.evaluate("Object.keys(localStorage).filter(each => each.startsWith('reading-list:'))") == []


def test_a_moved_paper_leads_on(browser: Browser, toy: str) -> None:
    with _visit(browser, toy) as visit:
        visit.page.goto(f"{toy}papers/braid/")
        visit.page.wait_for_url(f"{toy}papers/braided-attention/")
