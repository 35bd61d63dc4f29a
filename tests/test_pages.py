"""The Markdown pages of the toy list, byte for byte, and what holds for the pages of any list.

The golden pages lie in ``tests/toy/docs/``, beside the records they are made of. After a wanted change of the templates
renew them with ``RENEW=1 python -m pytest tests/test_pages.py`` and read their diff before it is committed.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import html5lib
import pytest
import yaml
from site_tools import RECORDS, ROOT, TOY, TOY_RECORDS, TOY_SETTINGS, is_generated, library, toy_records, write_record

from generator import checking, pages, store
from generator.library import Library, coverage
from generator.models import Path as ReadingPath
from generator.models import Record, Source, Step, Topic
from generator.settings import Settings

GOLDEN = TOY / "docs"
TOY_PAGES = {page.path: page.make() for page in pages.pages(library(), TOY_SETTINGS)}


def _front(text: str) -> dict[str, Any]:
    start, front, _ = text.split("---\n", 2)
    assert start == ""
    found: dict[str, Any] = yaml.safe_load(front)
    return found


def test_the_toy_list_itself_is_in_order(tmp_path: Path) -> None:
    assert checking.check(store.load(toy_records(tmp_path / "records"))) == []


def test_pages_are_the_golden_ones() -> None:
    if os.environ.get("RENEW") == "1":
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for path, text in TOY_PAGES.items():
            (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / path).write_bytes(text.encode("utf-8"))
    golden = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.md")}
    assert golden == set(TOY_PAGES)
    for path, text in TOY_PAGES.items():
        assert text == (GOLDEN / path).read_bytes().decode("utf-8"), f"{path}: differs; see the head of this file"


def test_the_toy_list_covers_what_can_happen() -> None:
    expected = {
        "papers/braid.md",  # moved
        "topics/unsorted.md",
        "topics/empty-topic.md",
        "years/undated.md",
        "years/2021.md",
        "sources/Second.Dump.md",
        "paths/first-cloth.md",
        "authors/bo-spindle.md",
        "papers/index.md",
        "index.md",
    }
    assert expected <= set(TOY_PAGES)


@pytest.mark.parametrize("path", sorted(TOY_PAGES))
def test_front_matter_is_yaml_with_fixed_keys(path: str) -> None:
    front = _front(TOY_PAGES[path])
    unlisted = path in ("papers/braid.md", "papers/rope.md", "papers/frayed-rope.md")  # elsewhere, or gone
    assert list(front) == ["title", "description", "head", "type", "hide", *["unlisted"] * unlisted]
    for name in ("title", "description"):
        assert isinstance(front[name], str)
        assert front[name].strip()
        # Themes print it into HTML as it is.
        assert not set(front[name]) & set("<>\"'\n")
    assert len(front["description"]) <= 2000
    assert TOY_PAGES[path].split("\n")[1] == pages.MARK


META, FEED, DATA = {"content"}, {"rel", "type", "title", "href"}, {"type"}


@pytest.mark.parametrize("path", sorted(TOY_PAGES))
def test_the_lines_for_the_head_hold_tags_and_data_alone(path: str) -> None:
    tree = html5lib.parseFragment(_front(TOY_PAGES[path])["head"], namespaceHTMLElements=False)
    for element in tree:
        given, text = set(element.attrib), (element.text or "").strip()
        match element.tag:
            case "meta":
                assert given in (META | {"name"}, META | {"property"}, META | {"http-equiv"})
                assert not text
            case "link" if element.attrib["rel"] == "stylesheet":
                assert element.attrib == {"rel": "stylesheet", "href": "../assets/pictures.css"}
                assert path in ("map.md", "pictures.md")
            case "link":
                assert given == FEED
                assert element.attrib["rel"] == "alternate feed"
            case "script":
                assert element.attrib == {"type": "application/ld+json"}
                assert json.loads(text)["@type"] == "ScholarlyArticle"
            case other:
                pytest.fail(f"{other} in the head of {path}")
        assert not (element.tail or "").strip()


@pytest.mark.parametrize("path", sorted(TOY_PAGES))
def test_a_page_is_tidy(path: str) -> None:
    text = TOY_PAGES[path]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text
    assert len(re.findall(r"(?m)^# ", text.split("---\n", 2)[2].split("\n```")[0])) == 1
    assert not re.search(r"\b(None|Undefined|Markup)\b", text)
    written = re.sub(r"(?s)<pre>.*?</pre>", "", text.split("---\n", 2)[2])
    assert not re.search(r"[^\n]\{: ", written)  # attributes of a block have a line of their own


def _collisions(paths: Iterator[str]) -> list[str]:
    seen: set[str] = set()
    return [path for path in paths if path.casefold() in seen or seen.add(path.casefold())]  # type: ignore[func-returns-value]


@pytest.mark.parametrize("folder", [pytest.param(RECORDS, id="real"), pytest.param(TOY / "records", id="toy")])
def test_no_two_pages_share_a_path(folder: Path) -> None:
    found = [page.path for page in pages.pages(library(folder), TOY_SETTINGS)]
    assert _collisions(iter(found)) == []
    written = (path for path in (ROOT / "docs").glob("*.md") if not is_generated(path))
    hand_written = {path.relative_to(ROOT / "docs").as_posix() for path in written}
    assert not hand_written & set(found)


STEP = (Step(paper="k", why="So."),)
SOURCE = Source(name="x", format="csv", checksum="sha256:" + "0" * 64, entries=0)
CROWDED: dict[str, dict[str, Any]] = {
    "paper index": {"records": {"index": Record(title="Index")}},
    "redirect index": {"redirects": {"index": "k"}},
    "topic index": {"topics": {"index": Topic(name="Index", group="G")}},
    "topic unsorted": {"topics": {"unsorted": Topic(name="Unsorted", group="G")}},
    "path index": {"paths": {"index": ReadingPath(title="P", steps=STEP)}},
    "source index": {"sources": {"index": SOURCE}},
    "sources apart in case": {"sources": {"Dump": SOURCE, "dump": SOURCE}},
    "author index": {"records": {name: Record(title=name, authors=("Index",)) for name in ("a", "b")}},
}


@pytest.mark.parametrize("name", sorted(CROWDED))
def test_ids_that_would_collide_are_kept_apart_or_named(tmp_path: Path, name: str) -> None:
    more = CROWDED[name]
    for record_id, record in {"k": Record(title="K"), **more.get("records", {})}.items():
        write_record(tmp_path, record_id, record)
    for table in ("topics", "paths", "sources"):
        (tmp_path / f"{table}.yaml").write_text(store.table_text(more.get(table, {})), encoding="utf-8")
    (tmp_path / "redirects.yaml").write_text(store.redirects_text(more.get("redirects", {})), encoding="utf-8")
    contents = store.load(tmp_path)
    said = [
        problem
        for problem in checking.check(contents)
        if re.search(r"\b(index|unsorted|dump)\b", problem.message, re.IGNORECASE)
    ]
    assert said or not _collisions(iter([page.path for page in pages.pages(Library.of(contents), TOY_SETTINGS)]))


def test_authors_whose_names_give_one_slug_have_pages_of_their_own() -> None:
    names = ("Ada Loom", "Ada+ Loom", "你好", "!!!", "???")
    records = {name: Record(title=name, authors=names) for name in ("a", "b")}
    found = [page.path for page in pages.pages(Library.of(store.Contents(RECORDS, records=records)), TOY_SETTINGS)]
    assert len([path for path in found if path.startswith("authors/")]) == len(names) + 1
    assert _collisions(iter(found)) == []


@pytest.mark.parametrize("folder", [pytest.param(RECORDS, id="real"), pytest.param(TOY / "records", id="toy")])
def test_the_order_of_the_input_changes_no_byte(folder: Path) -> None:
    contents = store.load(folder)

    def shuffled(items: Mapping[str, Any]) -> dict[str, Any]:
        pairs = list(items.items())
        random.Random(3).shuffle(pairs)
        return dict(pairs)

    # The order of topics.yaml and paths.yaml is the curators' and means something.
    other = replace(
        contents,
        records=shuffled(contents.records),
        sources=shuffled(contents.sources),
        redirects=shuffled(contents.redirects),
    )
    assert list(other.records) != list(contents.records)
    one, another = (pages.pages(Library.of(each), TOY_SETTINGS) for each in (contents, other))
    assert [(each.path, each.made_of, each.make()) for each in one] == [
        (each.path, each.made_of, each.make()) for each in another
    ]


def test_a_topic_s_page_is_made_anew_with_what_it_starts_with() -> None:
    contents = store.load(TOY_RECORDS)
    (topic_id, topic), *_ = contents.topics.items()
    name = next(name for name, record in contents.records.items() if topic_id not in record.topics)
    start = topic.model_copy(update={"start_here": (Step(paper=name, why="Begin."),)})
    keys = set()
    for title in ("One", "Another"):
        record = contents.records[name].model_copy(update={"title": title})
        changed = replace(
            contents, topics={**contents.topics, topic_id: start}, records={**contents.records, name: record}
        )
        made = {page.path: page for page in pages.pages(Library.of(changed), TOY_SETTINGS)}
        assert title in made[f"topics/{topic_id}.md"].make()
        keys.add(made[f"topics/{topic_id}.md"].made_of)
    assert len(keys) == 2


def test_no_clock_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def clock(*arguments: object) -> float:
        raise AssertionError("the same records shall give the same pages on any day")

    for name in ("time", "time_ns", "localtime", "gmtime", "strftime"):
        monkeypatch.setattr(f"time.{name}", clock)
    made = {page.path: page.make() for page in pages.pages(library(), TOY_SETTINGS)}
    monkeypatch.undo()
    assert made == TOY_PAGES


def test_without_a_repository_nothing_links_to_one() -> None:
    made = {page.path: page.make() for page in pages.pages(library(), Settings())}
    assert set(made) == set(TOY_PAGES)
    assert not any("Edit this record" in text or "github.com/toy-list/list" in text for text in made.values())
    assert "github.com/toy-list/list/edit/main/records/papers/two-names.yaml" in TOY_PAGES["papers/two-names.md"]


def test_an_empty_list_has_its_overviews(tmp_path: Path) -> None:
    made = {page.path: page.make() for page in pages.pages(Library.of(store.load(tmp_path / "nowhere")), Settings())}
    assert {
        "index.md",
        "papers/index.md",
        "topics/index.md",
        "years/index.md",
        "sources/index.md",
        "paths/index.md",
    } <= set(made)
    assert not [path for path in made if path.startswith("papers/") and path != "papers/index.md"]
    assert "# Reading list\n\n- [**0** papers]" in made["index.md"]  # no attributes of a description that is not there


def test_a_few_pages_are_those_of_the_whole_list() -> None:
    wanted = ["two-names", "braided-attention"]
    few = list(pages.papers(library(), TOY_SETTINGS, wanted))
    assert [(page.path, page.make()) for page in few] == [
        (f"papers/{name}.md", TOY_PAGES[f"papers/{name}.md"]) for name in wanted
    ]


def test_a_moved_page_leads_to_the_record() -> None:
    moved = TOY_PAGES["papers/braid.md"]
    assert "(braided-attention.md)" in moved
    assert "url=../braided-attention/" in moved
    published = replace(TOY_SETTINGS, site_url="https://toy-list.example.org/looms/")
    page = next(page for page in pages.pages(library(), published) if page.path == "papers/braid.md")
    address = "https://toy-list.example.org/looms/papers/braided-attention/"
    assert _front(page.make())["head"].endswith(f'<link rel="canonical" href="{address}">\n')


def test_related_papers_may_share_a_topic_that_the_list_does_not_know() -> None:
    records = {name: Record(title="Woven Shuttles", topics=("unheard-of",)) for name in ("one", "other")}
    made = {page.path: page.make() for page in pages.pages(Library(records, {}, {}, {}, {}), TOY_SETTINGS)}
    assert "(other.md)" in made["papers/one.md"]


def test_coverage_counts_what_is_there() -> None:
    found = coverage(library())
    assert found["date"] == (5, ("undated-shuttle",))
    assert found["topic"] == (5, ("stray-thread",))
    assert found["authors"][0] == 4
    assert found["authors"][1] == tuple(
        record_id for record_id in library().records if record_id in ("nameless-spindle", "undated-shuttle")
    )


@pytest.mark.parametrize(
    ("number", "shown"), [(2, "P1, P2 and others"), (13, "P1, P2, P3 and others P1, P2, P3, P4, P5, P6, P7, P8, P9")]
)
def test_a_page_says_that_a_list_of_authors_is_cut(number: int, shown: str) -> None:
    record = Record(title="K", authors=(*(f"P{place}" for place in range(1, number + 1)), "others"))
    made = {
        page.path: page.make()
        for page in pages.pages(Library.of(store.Contents(TOY, records={"k": record})), TOY_SETTINGS)
    }
    words = re.sub(r"<[^>]*>", " ", made["papers/k.md"])
    assert shown in re.sub(r"\s+", " ", words)
    assert f"P{number} and others" in words
    assert "the other authors, date, venue, identifier: not stated" in words
