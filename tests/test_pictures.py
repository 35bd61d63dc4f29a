"""Charts and the map: whole SVG in the page's own colours, every point a page, tables that say the same, same bytes."""

from __future__ import annotations

import gzip
import json
import math
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePath
from typing import TypeVar

import measure
import peers
import pytest
from site_tools import RECORDS, ROOT, TOY_RECORDS, TOY_SETTINGS, environment, library

from generator import pages, store
from generator.library import Library
from generator.models import Record, Topic
from generator.pages.overviews import overviews
from generator.pictures import atlas, charts, figures, layout

_T = TypeVar("_T")
LISTS = [pytest.param(TOY_RECORDS, id="toy"), pytest.param(RECORDS, id="real")]
SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
CSS = (ROOT / "docs" / "assets" / "pictures.css").read_text("utf-8")
EMPTY = Library({}, {}, {}, {}, {})


@cache
def _library(folder: Path) -> Library:
    return library(folder)


@cache
def _drawn(folder: Path) -> dict[str, str]:
    """Return the text of the pages that bear drawings."""
    written = pages.pages(_library(folder), TOY_SETTINGS)
    return {page.path: page.make() for page in written if page.path in ("pictures.md", "map.md")}


def _svgs(text: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(svg) for svg in SVG.findall(text)]


def _map_of(each: Library) -> ElementTree.Element:
    return ElementTree.fromstring(atlas.atlas(each).svg)


def _texts(svg: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in svg.iter("text")]


# --- what holds for every drawing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["pictures.md", "map.md"])
@pytest.mark.parametrize("folder", LISTS)
def test_drawings_are_named_and_take_nothing_from_elsewhere(folder: Path, page: str) -> None:
    svgs = _svgs(_drawn(folder)[page])
    assert svgs
    ids = [element.get("id") for svg in svgs for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for svg in svgs:
        assert svg.get("role") == ("group" if list(svg.iter("a")) else "img")
        for attribute, tag in (("aria-labelledby", "title"), ("aria-describedby", "desc")):
            (named,) = [element for element in svg.iter() if element.get("id") == svg.get(attribute)]
            assert named.tag == tag
        assert {element.tag for element in svg.iter()} <= set(
            "svg title desc path rect circle text use defs a g".split()
        )
        for element in svg.iter():
            assert not {name for name in element.attrib if name.startswith(("on", "{", "xlink"))}
            colours = re.findall(r"(?:fill|stroke): ?([^;]+)", element.get("style", ""))
            assert all(re.fullmatch(r"none|var\(--rl-[a-z0-9-]+\)", colour) for colour in colours), element.attrib
            assert "font-family" not in element.get("style", "")
            assert element.get("href", ".md").endswith(".md") or element.get("href", "")[1:] in ids


@pytest.mark.parametrize("folder", LISTS)
def test_another_order_of_records_gives_the_same_drawings(folder: Path) -> None:
    contents = store.load(folder)
    backwards = Library.of(replace(contents, records=dict(reversed(list(contents.records.items())))))
    for each in overviews(backwards, TOY_SETTINGS):
        if each.path == "map.md":
            assert each.values["atlas"].svg in _drawn(folder)["map.md"]
        if each.path == "pictures.md":
            assert all(chart.svg in _drawn(folder)["pictures.md"] for chart in each.values["charts"])


SCRIPT = """
import sys
from pathlib import Path
from generator import pages, settings, store
from generator.library import Library
written = pages.pages(Library.of(store.load(Path(sys.argv[1]))), settings.Settings())
text = "".join(page.make() for page in written if page.path in ("pictures.md", "map.md"))
sys.stdout.buffer.write(text.encode("utf-8"))
"""


def test_another_process_draws_the_same_bytes() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(RECORDS)],
        env=environment(PYTHONHASHSEED="7"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    drawn = {svg for page in ("pictures.md", "map.md") for svg in SVG.findall(_drawn(RECORDS)[page])}
    assert set(SVG.findall(done.stdout)) == drawn


PICTURE = figures.drawn(
    figures.columns([figures.Column("2020", 3, "3"), figures.Column("2021", 1, "1", pale=True)]),
    "looms",
    "Looms",
    "Looms by year.",
)


@pytest.mark.parametrize("text", ["</text><script>x</script>", "$x^2$ & <b>", "你好 🙂", "a\nb", "\\frac{1}{2}", "%s"])
def test_a_name_stays_text(text: str) -> None:
    records = {f"p{number}": Record(title=text, topics=(f"t{number}",), issued="2020") for number in range(4)}
    topics = {f"t{number}": Topic.model_construct(name=text, group=text) for number in range(4)}
    each = Library(records, topics, {}, {}, {})
    said = " ".join(text.split())
    by_topic = charts.charts(each)[2]
    assert _texts(ElementTree.fromstring(by_topic.svg)).count(said) == 5
    svg = _map_of(each)
    assert {link.get("aria-label") for link in svg.iter("a")} == {
        said.replace("$x^2$", "x²").replace("\\frac{1}{2}", "1/2")
    }
    assert not list(svg.iter("script"))


def test_a_page_with_all_papers_on_a_map_is_light() -> None:
    assert len(gzip.compress(_drawn(RECORDS)["map.md"].encode())) < 60_000


# --- charts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", LISTS)
def test_the_tables_say_what_the_library_says(folder: Path) -> None:
    each = _library(folder)
    by_year, code, by_topic, both = charts.charts(each)
    years = Counter(record.year for record in each.records.values())
    assert {int(name): int(cells[0]) for name, _, cells in by_year.rows if int(cells[0])} == {
        year: number for year, number in years.items() if year
    }
    for name, _, (papers, coded, share) in code.rows:
        dated = [record for record in each.records.values() if record.year == int(name)]
        assert (int(papers), int(coded)) == (len(dated), sum(bool(record.links.code) for record in dated))
        assert share == (f"{int(coded) / int(papers):.0%}" if dated else "–")
    assert sorted(page for _, page, _ in by_topic.rows) == sorted(
        f"topics/{topic}.md" for topic in {*each.topics, *each.by_topic}
    )
    for _, page, (_, papers, _) in by_topic.rows:
        assert int(papers) == len(each.by_topic.get(PurePath(page).stem, ()))
    assert [(name, page) for name, page, _ in both.rows] == [(name, page) for name, page, _ in by_topic.rows]
    for _, page, cells in both.rows:
        its = Counter(str(each.records[record_id].year) for record_id in each.by_topic.get(PurePath(page).stem, ()))
        assert [int(cell or 0) for cell in cells] == [its[year] for year in both.heads[1:]]


@pytest.mark.parametrize("folder", LISTS)
def test_a_chart_shows_the_figures_of_its_table(folder: Path) -> None:
    by_year, code, by_topic, both = charts.charts(_library(folder))
    shown = {
        by_year.title: [cells[0] for _, _, cells in by_year.rows],
        code.title: [cells[2] for _, _, cells in code.rows if cells[2] != "–"],
        by_topic.title: [cells[1] for _, _, cells in by_topic.rows],
        both.title: [cell for _, _, cells in both.rows for cell in cells if cell],
    }
    for chart in (by_year, code, by_topic, both):
        texts = Counter(_texts(ElementTree.fromstring(chart.svg)))
        assert not Counter(shown[chart.title]) - texts, chart.title
        if chart is not both:
            assert not Counter(charts._short(name) for name, _, _ in chart.rows) - texts


def _heights(svg: str, paint: str) -> list[float]:
    """Return the heights of the bars of one paint, from left to right."""
    bars = [bar for bar in ElementTree.fromstring(svg).iter("rect") if f"--rl-{paint})" in bar.get("style", "")]
    return [float(bar.get("height", "")) for bar in bars]


def test_bars_are_as_high_as_their_figures() -> None:
    (high,), (low,) = _heights(PICTURE, "bar"), _heights(PICTURE, "rest")
    assert high == pytest.approx(3 * low, rel=0.01)


@pytest.mark.parametrize(("code", "told"), [({"code": "https://example.org/"}, True), ({}, False)])
def test_pale_columns_are_explained_where_one_is_seen(code: dict[str, str], told: bool) -> None:
    record = Record.model_validate({"title": "A", "issued": "2024", "links": code})
    chart = charts.charts(Library({"a": record}, {}, {}, {}, {}))[1]
    assert ("pale" in chart.text) is told


def test_every_mark_is_on_its_sheet() -> None:
    for group in range(len(figures.MARKS)):
        svg = ElementTree.fromstring(figures.drawn(figures.mark(group), "mark", "", ""))
        (shape,) = [each for each in svg.iter() if each.tag in ("path", "circle")]
        numbers = list(map(float, re.findall(r"-?[\d.]+", shape.get("d", "")))) or [6 + float(shape.get("r", ""))]
        assert -0.5 <= min(numbers) <= max(numbers) <= 12.5
        assert max(numbers) - 6 > 3


@pytest.mark.parametrize(
    ("count", "most", "shade"),
    [(0, 5, 0), (1, 5, 1), (5, 5, 5), (1, 21, 1), (4, 21, 1), (5, 21, 2), (21, 21, 5), (1, 1, 5)],
)
def test_shades_rise_with_the_count(count: int, most: int, shade: int) -> None:
    assert figures._shade(count, most) == shade


def _by_year(*years: int) -> charts.Chart:
    records = {f"p{number}": Record(title="A", issued=f"{year:04}") for number, year in enumerate(years)}
    return charts.charts(Library(records, {}, {}, {}, {}))[0]


def test_many_years_share_a_column() -> None:
    years = [*range(1950, 2015, 5), *range(2015, 2026), *range(2015, 2026)]
    by_year = _by_year(*years)
    assert [name for name, _, _ in by_year.rows][:2] == ["to 2014", "2015"]
    assert len(by_year.rows) == 12
    assert sum(int(cells[0]) for _, _, cells in by_year.rows) == len(years)
    assert [page for _, page, _ in by_year.rows[:2]] == ["", "years/2015.md"]
    assert by_year.text == "From 1950 to 2025; most are of the years to 2014, 13 papers."


@pytest.mark.parametrize(
    ("years", "columns", "text"),
    [
        ((2001, 2012), ["2001", "2012"], "From 2001 to 2012; most are of 2001, 1 paper."),
        ((1882, 1890, 1891, 1998), ["1880s", "1990s"], "From 1882 to 1998; most are of the 1890s, 2 papers."),
        ((175, 1543, 1855, 1890, 2004), ["to 999", "2000s"], "From 175 to 2004; most are of the 1800s, 2 papers."),
    ],
)
def test_old_papers_are_counted_by_decade_or_century(years: Sequence[int], columns: Sequence[str], text: str) -> None:
    by_year = _by_year(*years)
    names = [name for name, _, _ in by_year.rows]
    assert ([names[0], names[-1]], len(names)) == (columns, 12)
    assert sum(int(cells[0]) for _, _, cells in by_year.rows) == len(years)
    assert by_year.text == text


def test_labels_that_would_run_into_the_one_before_are_left_out() -> None:
    texts = [(place * 15.0, 0.0, text) for place, text in enumerate(("to 1993", "’94", "’95", "1850s", "’97"))]
    assert [text for _, _, text in figures._apart(texts, 8)] == ["to 1993", "’95", "’97"]


def test_an_empty_list_has_charts_of_nothing_and_no_map() -> None:
    for chart in charts.charts(EMPTY):
        ElementTree.fromstring(chart.svg)
        assert chart.rows == []
    assert atlas.atlas(EMPTY).svg == ""


# --- the map ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", LISTS)
def test_each_paper_is_one_point_that_opens_its_page(folder: Path) -> None:
    each = _library(folder)
    links = list(_map_of(each).iter("a"))
    assert sorted(link.get("href", "") for link in links) == sorted(
        f"papers/{record_id}.md" for record_id in each.records
    )
    for link in links:
        assert link.get("tabindex") == "-1"  # the list beneath is the way by keyboard
        assert link.get("aria-label") == link.findtext("title")
    text = _drawn(folder)["map.md"]
    beneath = text[text.index("## The same as a list") :]
    assert sorted(re.findall(r'<a href="papers/([^/]+)\.md">', beneath)) == sorted(each.records)


@pytest.fixture
def placed(monkeypatch: pytest.MonkeyPatch) -> figures.Sheet:
    """What the map of the real list is drawn from."""
    found: list[figures.Sheet] = []

    def plane(sheet: figures.Sheet) -> figures.Figure:
        found.append(sheet)
        return figures.plane(sheet)

    monkeypatch.setattr(atlas, "plane", plane)
    atlas.atlas(_library(RECORDS))
    return found[0]


def test_no_point_covers_another_or_a_name_and_all_are_on_the_sheet(placed: figures.Sheet) -> None:
    places = [(point.x, point.y) for point in placed.points]
    assert len(places) == 373
    nearest = min(math.dist(one, other) for number, one in enumerate(places) for other in places[:number])
    assert nearest > 3 * max(point.radius for point in placed.points)
    width, height = placed.width, placed.height
    assert all(6 < x < width - 6 and 6 < y < height - 6 for x, y in places)
    for x, y, text in placed.signs:
        lines = text.split("\n")
        half, up = max(map(len, lines)) * 2.9, len(lines) * figures.SIGN_LINE / 2
        assert half < x < width - half
        assert not [place for place in places if abs(place[0] - x) < half and abs(place[1] - y) < up]


def test_near_on_the_map_is_near_in_words(placed: figures.Sheet) -> None:
    each = _library(RECORDS)
    places = {PurePath(point.page).stem: (point.x, point.y) for point in placed.points}
    hits = total = 0
    for record_id, relations in each.relations.items():
        by_distance = sorted(places, key=lambda other: math.dist(places[record_id], places[other]))
        hits += len({relation.id for relation in relations} & set(by_distance[1:11]))
        total += len(relations)
    # By lot it would be 10 of 372, less than 3 %.
    assert hits / total > 0.35


def test_a_long_list_is_shown_by_its_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    each = _library(RECORDS)
    monkeypatch.setattr(atlas, "MOST_POINTS", 372)
    found = atlas.atlas(each)
    svg = ElementTree.fromstring(found.svg)
    assert not found.single
    links = [link.get("href", "") for link in svg.iter("a")]
    assert sorted(links) == sorted(f"topics/{topic}.md" for topic, _, _ in found.topics)
    assert sum(len(papers) for _, _, papers in found.topics) == len(each.records)
    texts = " ".join(_texts(svg))
    assert all(name.split()[0].split("-")[0] in texts for _, name, _ in found.topics)


def test_two_topics_make_no_map() -> None:
    records = {f"p{number}": Record(title="A Loom", topics=(f"t{number}",)) for number in range(2)}
    topics = {f"t{number}": Topic(name=f"T{number}", group="G") for number in range(2)}
    each = Library(records, topics, {}, {}, {})
    assert atlas.atlas(each).svg == ""
    assert "too few topics" in {page.path: page.make() for page in pages.pages(each, TOY_SETTINGS)}["map.md"]


# --- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 3, 12])
def test_discs_do_not_cover_each_other(count: int) -> None:
    likeness = [[1.0] * count] * count  # all alike: nothing tells them apart but their order
    centres = layout.discs(likeness, [5.0 + number for number in range(count)])
    assert len(centres) == count
    for one in range(count):
        for other in range(one):
            assert abs(centres[one] - centres[other]) > 0.97 * (10 + one + other)


def test_the_more_alike_the_nearer() -> None:
    likeness = [[1, 0.9, 0.1], [0.9, 1, 0.2], [0.1, 0.2, 1]]
    wanted = layout._distances(likeness)
    a, b, c = layout._least_stress(layout._classical(wanted), wanted)
    assert abs(a - b) < abs(b - c) < abs(a - c)


def test_cells_are_given_once_and_not_where_closed() -> None:
    wished = [0j] * 30
    places = layout.honeycomb(wished, wished, 10.0, [(-15.0, -5.0, 15.0, 5.0)])
    assert len(set(places)) == 30
    assert min(abs(one - other) for one, other in _pairs(places)) > 9.99
    assert not [place for place in places if abs(place.real) < 15 and abs(place.imag) < 5]
    assert max(map(abs, places)) < 45


def test_a_cell_is_the_nearest_that_is_free() -> None:
    chance = random.Random(5)
    wished = [complex(chance.uniform(-40, 40), chance.uniform(-40, 40)) for _ in range(60)]
    free = {*layout._cells(0j, 200.0, 10.0)}
    for wish, place in zip(wished, layout.honeycomb(wished, wished, 10.0, []), strict=True):
        assert abs(place - wish) == pytest.approx(min(abs(cell - wish) for cell in free), abs=1e-6)
        free.remove(place)


def test_signs_part() -> None:
    places = layout.signs([0j] * 4, [(50.0, 10.0)] * 4)
    assert all(abs(one.imag - other.imag) > 9.9 for one, other in _pairs(places))


# --- colours ---------------------------------------------------------------------------------------------------------


def _variables(scheme: str) -> dict[str, str]:
    sheets = CSS + (ROOT / "docs" / "assets" / "list.css").read_text("utf-8")
    own = rf'\[data-md-color-scheme="{scheme}"\]'
    blocks = re.findall(rf"^ *(?:body|{own}) {{(.*?)^ *}}", sheets, re.DOTALL | re.MULTILINE)
    return dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6})\b", "".join(blocks)))


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_colours_stand_out(scheme: str) -> None:
    values = _variables(scheme)
    ground = values["--md-default-bg-color"]
    assert _contrast(values["--rl-ink"], ground) >= 7
    for name in ("--rl-bar", "--rl-rest", "--rl-faint", *(f"--rl-group-{number}" for number in range(figures.GROUPS))):
        assert _contrast(values[name], ground) >= 3, name
    steps = [values[f"--rl-heat-{step}"] for step in range(1, figures.STEPS + 1)]
    away = [_contrast(step, ground) for step in steps]
    assert away == sorted(away)
    for step, colour in enumerate(steps, 1):
        assert _contrast(values[f"--rl-on-heat-{step}"], colour) >= 4.5, step


def test_the_picture_of_speed_shows_its_figures_in_the_pages_colours() -> None:
    """On another picture than this: write docs/speed/growth.svg anew with what ``peers.plot`` returns."""
    folder = ROOT / "docs" / "speed"
    figures_of = json.loads((folder / "results.json").read_text("utf-8"))
    runs = {name: [measure.Run(**run) for run in each] for name, each in figures_of["runs"].items()}
    text = (folder / "growth.svg").read_text("utf-8")
    assert text == peers.plot(peers.Results(figures_of["papers"], runs))
    assert float(ElementTree.fromstring(text).attrib["viewBox"].split()[2]) <= 360  # its letters are 13 of these
    parts = text.partition("@media (prefers-color-scheme:dark)")
    for scheme, part in (("default", parts[0]), ("slate", parts[2])):
        values = _variables(scheme)
        used = ["--rl-ink", "--rl-rule", "--md-default-bg-color", *(f"--rl-group-{number}" for number in range(5))]
        assert [name for name in used if values[name] not in part] == [], scheme


def _pairs(items: Sequence[_T]) -> Iterator[tuple[_T, _T]]:
    return ((one, other) for number, one in enumerate(items) for other in items[:number])


def test_groups_differ_by_more_than_their_colour() -> None:
    marks = figures.MARKS
    assert len(set(map(tuple, marks))) == len(marks) > figures.GROUPS
    for scheme in ("default", "slate"):
        values = _variables(scheme)
        assert all(one != other for one, other in _pairs([values[f"--rl-group-{n}"] for n in range(figures.GROUPS)]))
    for number in range(figures.GROUPS):
        assert f"#rl-group-{number}:checked) a:not(.rl-g{number})" in CSS
