"""The built sites: every link leads somewhere, nothing comes from elsewhere, and both engines make the same pages."""

from __future__ import annotations

import html
import json
import posixpath
import re
import shutil
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from site_tools import (
    PAYLOAD_FLAG,
    PUBLISHED,
    TOY_RECORDS,
    Site,
    copy_project,
    facts,
    library,
    real_site,
    run,
    scratch,
    toy_records,
    toy_site,
    zensical_site,
)

from generator import escaping, exports, store
from generator.facts import titles

NOT_FOUND = "404.html"
"""Served at any depth, so its links alone begin at the root of the published address."""


@pytest.fixture(scope="module", params=[pytest.param(real_site, id="real"), pytest.param(toy_site, id="toy")])
def site(request: pytest.FixtureRequest) -> Site:
    made: Site = request.param()
    assert made.status == 0, made.log
    return made


@pytest.fixture(scope="module")
def real() -> Site:
    made = real_site()
    assert made.status == 0, made.log
    return made


@pytest.fixture(scope="module")
def toy() -> Site:
    made = toy_site()
    assert made.status == 0, made.log
    return made


def _records(site: Site) -> Path:
    return site.project / "records"


def test_a_strict_build_says_nothing_bad(site: Site) -> None:
    assert not re.search(r"WARNING|ERROR|Traceback", site.log), site.log


def test_every_page_is_there(site: Site) -> None:
    found = library(_records(site))
    expected = {f"papers/{record_id}/index.html" for record_id in found.records}
    expected |= {f"papers/{old}/index.html" for old in (*found.redirects, *found.retracted)}
    assert {name for name in site.files if re.fullmatch(r"papers/[^/]+/index\.html", name)} == expected
    expected = {f"topics/{topic}/index.html" for topic in found.topics} | {
        f"years/{year}/index.html" for year in found.by_year
    }
    expected |= {f"sources/{source}/index.html" for source in found.sources} | {
        f"paths/{path}/index.html" for path in found.paths
    }
    expected |= {
        f"{name}/index.html" for name in ("papers", "topics", "years", "sources", "paths", "about", "coverage")
    }
    assert expected | {"index.html", NOT_FOUND} <= set(site.files)
    for name in exports.FILE_NAMES.values():
        assert (site.folder / "data" / name).stat().st_size > 0
    assert (site.folder / "sitemap.xml").exists()


def test_the_real_list_has_its_papers(real: Site) -> None:
    assert len(library(_records(real)).records) == 373


def test_feeds_are_there_for_the_list_and_each_topic(site: Site) -> None:
    for folder in ("", *(f"topics/{topic}/" for topic in library(_records(site)).topics)):
        assert ElementTree.parse(site.folder / folder / "feed.xml").getroot().tag.endswith("feed")
        assert "items" in json.loads((site.folder / folder / "feed.json").read_text(encoding="utf-8"))


def _own(site: Site, page: str, address: str) -> str | None:
    """Return what an address on a page names inside the site, with its #fragment, or ``None`` where it leads out.

    What stays on the site's host but climbs out of the site's folder is returned as it is: no such file is there.
    """
    base = (
        PUBLISHED
        if site is toy_site()
        else "https://site.invalid/"
        if page == NOT_FOUND
        else "https://site.invalid/list/"
    )
    whole = urljoin(base + page.removesuffix("index.html"), address)
    if whole.startswith(base):
        return whole.removeprefix(base)
    return whole if urlsplit(whole).netloc == urlsplit(base).netloc else None


def _lost(site: Site) -> list[tuple[str, str]]:
    """Return the pages with addresses inside the site that lead to no file or anchor of it."""
    lost = []
    for page in site.files:
        for address in {*facts(site.folder, page).links, *facts(site.folder, page).loads}:
            inside = _own(site, page, address)
            if inside is None:
                continue
            path, _, fragment = inside.partition("#")
            target = unquote(path.partition("?")[0])
            file = posixpath.join(target, "index.html") if target == "" or target.endswith("/") else target
            if not (site.folder / file).is_file() or (
                fragment and file.endswith(".html") and unquote(fragment) not in facts(site.folder, file).anchors
            ):
                lost.append((page, address))
    return lost


def test_every_internal_link_and_anchor_resolves(site: Site) -> None:
    assert _lost(site) == []


def test_links_outside_are_web_addresses(site: Site) -> None:
    for page in site.files:
        for address in facts(site.folder, page).links:
            assert urlsplit(address).scheme in ("", "https", "http"), (page, address)


def test_paper_pages_stay_light() -> None:
    """What they weigh, and of what, is told by ``python benchmarks/weight.py --parts``."""
    real = real_site()
    sizes = [len(real.html(name).encode()) for name in real.files if re.fullmatch(r"papers/[^/]+/index\.html", name)]
    assert len(sizes) > 300
    assert sum(sizes) / len(sizes) < 19_500


def test_nothing_is_loaded_from_another_origin(site: Site) -> None:
    for page in site.files:
        for address in facts(site.folder, page).loads:
            assert address.startswith("data:") or _own(site, page, address) is not None, (page, address)
        for style in facts(site.folder, page).styles:
            assert not re.search(r"@import|url\(\s*['\"]?(?!data:)|https?:", style), (page, style)
    for sheet in site.folder.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        for address in re.findall(r"(?:url\(\s*|@import\s+)['\"]?([^'\")\s;]+)", text):
            if not address.startswith(("data:", "#")):
                assert not urlsplit(address).netloc, (sheet, address)
                assert (sheet.parent / unquote(urlsplit(address).path)).is_file(), (sheet, address)


def test_no_link_begins_at_the_root_so_a_site_can_lie_in_a_folder(site: Site) -> None:
    for page in site.files:
        for address in (*facts(site.folder, page).links, *facts(site.folder, page).loads):
            if page != NOT_FOUND:
                assert not address.startswith("/"), (page, address)
            elif site is toy_site():
                assert _own(site, page, address) is not None or urlsplit(address).netloc, address


def test_every_page_has_title_description_and_one_heading(site: Site) -> None:
    for page in site.files:
        found = facts(site.folder, page)
        assert found.title.strip(), page
        assert found.description, page
        assert found.description.strip(), page
        assert len(found.headings) == 1, (page, found.headings)
        assert found.headings[0].strip(), page


def test_titles_of_papers_are_plain_text(site: Site) -> None:
    records = library(_records(site)).records
    name = facts(site.folder, "index.html").title
    with_math = 0
    for record_id, record in records.items():
        page = f"papers/{record_id}/index.html"
        plain = escaping.clean(titles.plain(record.title))
        assert facts(site.folder, page).title == f"{plain} - {name}"
        math = any(is_math for is_math, _ in titles.split_math(record.title))
        with_math += math
        assert ("math" in facts(site.folder, page).tags) == math, page
        if not math:
            assert re.sub(r"\s*¶$", "", facts(site.folder, page).headings[0].strip()) == plain
        else:
            assert "$" not in facts(site.folder, page).title
    assert with_math


def _listed(folder: Path) -> list[str]:
    """Return the addresses that the sitemap of a site names."""
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    return [element.text or "" for element in ElementTree.parse(folder / "sitemap.xml").iter(f"{space}loc")]


def _unlisted(folder: Path) -> set[str]:
    """Return the pages of papers that are elsewhere or gone."""
    contents = store.load(folder / "records")
    return {f"papers/{record_id}/index.html" for record_id in (*contents.redirects, *contents.retracted)}


def test_every_page_names_its_address_and_its_card(toy: Site) -> None:
    names = "title type url site_name description image image:alt image:width image:height"
    everywhere = {"twitter:card", *(f"og:{name}" for name in names.split())}
    name = facts(toy.folder, "index.html").title
    papers = {f"papers/{record_id}/index.html" for record_id in library(_records(toy)).records}
    unlisted = _unlisted(toy.project)
    for page in set(toy.files) - {NOT_FOUND}:
        address = PUBLISHED + page.removesuffix("index.html")
        tags = dict(re.findall(r'<meta property="(.*?)" content="(.*?)">', toy.html(page)))
        assert tags["og:image"] == f"{PUBLISHED}assets/card.png", page
        if page in unlisted:
            assert tags.keys() == everywhere - {"og:url"}, page
        else:
            assert f'<link rel="canonical" href="{address}">' in toy.html(page), page
            assert tags["og:url"] == address, page
            assert tags.keys() == everywhere, page
        title, description = (html.unescape(tags[f"og:{name}"]) for name in ("title", "description"))
        found = facts(toy.folder, page)
        assert found.title in (title, f"{title} - {name}"), page
        assert found.description == description, page
        assert tags["og:type"] == ("article" if page in papers else "website"), page
    picture = (toy.folder / "assets" / "card.png").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)  # the head of a PNG
    assert len(picture) < 100_000


@pytest.mark.parametrize("engine", ["mkdocs", "zensical"])
def test_a_link_to_a_page_by_hand_shows_its_title_as_text(engine: str, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", toy_records(tmp_path / "records"))
    pages = {
        "typed": ('---\ntype: landing\ntitle: Q&A "on" <looms>\n---\n\n# Looms', 'Q&A "on" <looms>'),
        "described": ("---\ndescription: Of looms\n---\n\n# Q&A *on* looms", "Q&A on looms"),
        "bare": ("# Q&A *on* looms", "Q&A on looms"),
    }
    for name, (text, _) in pages.items():
        (project / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    done = run(project, "generator", "build", "--engine", engine, "--site-dir", tmp_path / "site", SITE_URL=PUBLISHED)
    assert done.returncode == 0, done.stderr
    for name, (_, title) in pages.items():
        built = (tmp_path / "site" / name / "index.html").read_text(encoding="utf-8")
        tags = dict(re.findall(r'<meta property="(.*?)" content="(.*?)">', built))
        assert (html.unescape(tags["og:title"]), tags["og:type"]) == (title, "website"), name
    assert "og:" not in (tmp_path / "site" / NOT_FOUND).read_text(encoding="utf-8")


def _payloads(html: str) -> list[str]:
    """Return what of a record's payload stands in a page as an element that runs."""
    data = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
    for text in data.findall(html):
        assert json.loads(text)["@context"]  # whole, so no text has ended the element early
    return re.findall(rf"<(?:script|img)[^>]*>?[^<]*{PAYLOAD_FLAG}", data.sub("", html))


def test_no_record_runs_a_script(toy: Site) -> None:
    plain = facts(toy.folder, "about/index.html")
    for page in toy.files:
        found = facts(toy.folder, page)
        # The theme has its own; a page of ours has none beside them.
        assert set(found.handlers) <= set(plain.handlers), (page, found.handlers)
        assert not [
            address
            for address in (*found.links, *found.loads)
            if re.match(r"\s*(javascript|vbscript|data:text)", address, re.IGNORECASE)
        ]
        assert _payloads(toy.html(page)) == [], page


def test_the_search_is_the_lists_own(site: Site) -> None:
    """No index of the engine is built beside it, and every page has the form, once."""
    assert not (site.folder / "search").exists()
    assert (site.folder / "data" / "search" / "index.json").exists()
    for page in site.files:
        if not site.html(page).startswith("<!doctype html><html lang=en><title>Moved"):
            assert site.html(page).count('<form class="rl-search"') == 1, page


def test_a_published_site_knows_its_address(toy: Site) -> None:
    expected = {PUBLISHED + name.removesuffix("index.html") for name in {*toy.files} - _unlisted(toy.project)}
    assert sorted(map(unquote, _listed(toy.folder))) == sorted(expected - {PUBLISHED + NOT_FOUND})


@pytest.mark.parametrize("engine", ["mkdocs", "zensical"])
def test_a_moved_paper_leads_on_and_a_retracted_one_is_not_to_be_found(engine: str, toy: Site, tmp_path: Path) -> None:
    folder = toy.folder
    if engine == "zensical":
        folder = tmp_path / "site"
        project = copy_project(tmp_path / "project", toy.project / "records")
        done = run(project, "generator", "build", "--engine", engine, "--site-dir", folder, SITE_URL=PUBLISHED)
        assert done.returncode == 0, done.stderr
        listed, unlisted = _listed(folder), _unlisted(project)
        assert f"{PUBLISHED}papers/braided-attention/" in listed
        assert not {f"{PUBLISHED}{page.removesuffix('index.html')}" for page in unlisted} & {*listed}
    for old, new in (("braid", "braided-attention"), ("rope", "frayed-rope"), ("frayed-rope", "")):
        page = (folder / "papers" / old / "index.html").read_text(encoding="utf-8")
        address = [f"{PUBLISHED}papers/{new}/"] if new else []
        assert re.findall(r'<link rel="canonical" href="(.*?)">', page) == address, old
        assert (f"../{new}/" in facts(folder, f"papers/{old}/index.html").links) == bool(new), old
        assert ('<meta name="robots" content="noindex">' in page) == (not new), old


# --- the other engine, and the command -------------------------------------------------------------------------------


@pytest.mark.slow
def test_zensical_builds_the_same_pages(real: Site) -> None:
    other = zensical_site()
    assert other.status == 0, other.log
    assert set(other.files) == set(real.files)
    for page in other.files:
        if page != NOT_FOUND:  # Zensical gives it the site's name alone
            assert facts(other.folder, page).title == facts(real.folder, page).title
            assert facts(other.folder, page).headings == facts(real.folder, page).headings
    # Of a site without a published address Zensical names pages from the root on.
    assert [(page, address) for page, address in _lost(other) if not address.startswith("/")] == []


@pytest.mark.slow
def test_zensical_prints_hostile_text_as_text(toy: Site) -> None:
    project = copy_project(scratch() / "zensical-toy", toy_records(scratch() / "zensical-toy-records"))
    done = run(project, "generator", "build", "--engine", "zensical")
    assert done.returncode == 0, done.stdout + done.stderr
    other = Site(project, project / "site", 0, "")
    assert set(other.files) == set(toy.files)
    plain = facts(other.folder, "about/index.html")
    for page in other.files:
        assert set(facts(other.folder, page).handlers) <= set(plain.handlers), page
        assert _payloads(other.html(page)) == [], page
        if page != NOT_FOUND:
            assert facts(other.folder, page).title == facts(toy.folder, page).title


@pytest.mark.slow
def test_build_puts_the_site_where_it_is_told(tmp_path: Path, toy: Site) -> None:
    project = copy_project(tmp_path / "project", TOY_RECORDS)
    toy_records(tmp_path / "toy")
    shutil.rmtree(project / "records")
    done = run(project, "generator", "build", "--records", tmp_path / "toy", "--site-dir", tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.endswith(f"the site is in {tmp_path / 'out'}\n")
    assert {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.html")} == set(
        toy.files
    )
    assert not (project / "site").exists()


@pytest.mark.slow
def test_a_broken_record_stops_the_build_by_name(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", TOY_RECORDS)
    record = project / "records" / "papers" / "two-names.yaml"
    text = record.read_text(encoding="utf-8").replace("venue:", "venu:").replace("issued:", "isued:")
    record.write_text(text, encoding="utf-8")
    done = run(project, "generator", "build")
    assert done.returncode == 1
    for wrong, right in (("isued", "issued"), ("venu", "venue")):  # each in a line that says what it is
        line = rf"^ERROR: .*two-names\.yaml:\d+: {wrong}: unknown field; write {right}$"
        assert re.search(line, done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_link_or_a_tab_that_leads_nowhere_stops_the_build(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", TOY_RECORDS)
    about, config = project / "docs" / "about.md", project / "mkdocs.yml"
    before = about.read_text(encoding="utf-8"), config.read_text(encoding="utf-8")
    for path, text, message in (
        (about, before[0] + "\nSee [here](nowhere.md).\n", "'about.md' contains a link 'nowhere.md'"),
        (config, before[1].replace("nav:\n", "nav:\n  - Away: nowhere.md\n"), "'nowhere.md' is included in the 'nav'"),
        (config, before[1] + "\nnavv: 3\n", "Unrecognised configuration name: navv"),
    ):
        path.write_text(text, encoding="utf-8")
        done = run(project, "generator", "build")
        assert (done.returncode, done.stdout) == (1, "")
        assert message in done.stderr
        assert not (project / "site").exists()
        about.write_text(before[0], encoding="utf-8")
        config.write_text(before[1], encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("command", [("generator", "build"), ("mkdocs", "build", "--strict")], ids=" ".join)
def test_a_slip_in_the_settings_stops_the_build_by_name(command: tuple[str, ...], tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", TOY_RECORDS)
    config = project / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("    records:", "    recrds:"), encoding="utf-8")
    done = run(project, *command)
    assert done.returncode == 1
    assert re.search(r"mkdocs\.yml:\d+: recrds: unknown setting; write records", done.stdout + done.stderr)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.slow
def test_a_new_list_without_records_builds(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    project = copy_project(tmp_path / "project", tmp_path / "empty")
    (project / "records").rmdir()
    done = run(project, "mkdocs", "build", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "site" / "papers" / "index.html").exists()
