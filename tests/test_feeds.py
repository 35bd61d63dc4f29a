"""Feeds, read back by the parsers of other people: feedparser, ElementTree, html5lib, jsonschema."""

from __future__ import annotations

import html
import json
import random
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser  # type: ignore[import-untyped]
import html5lib
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_tools import RECORDS, TOY_RECORDS, TOY_SETTINGS, library

from generator import escaping, feeds, pages, store, wording
from generator.facts import titles
from generator.library import Library
from generator.models import Links, PersonName, Record, Topic
from generator.settings import Settings

PUBLISHED = replace(TOY_SETTINGS, site_url="https://toy-list.example.org/looms/")
LISTS = [pytest.param(TOY_RECORDS, id="toy"), pytest.param(RECORDS, id="real")]
SETTINGS = [pytest.param(PUBLISHED, id="published"), pytest.param(TOY_SETTINGS, id="unpublished")]
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z")
HOSTILE = "</p></content>]]><script>x&amp;\"'\x00\x0b\ud800\ufffe\u2028--> {{ 7*7 }} *x* [y](javascript:z) 🙂 \r\n\n=1"

# https://jsonfeed.org/version/1.1: what is required, and what may stand where.
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": {"type": "string", "format": "uri"},
        "feed_url": {"type": "string", "format": "uri"},
        "description": {"type": "string"},
        "authors": {"$ref": "#/$defs/authors"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_html"],
                "additionalProperties": False,
                "properties": {
                    **{name: {"type": "string"} for name in ("id", "title", "content_html", "summary")},
                    **{name: {"type": "string", "format": "uri-reference"} for name in ("url", "external_url")},
                    "date_published": {"type": "string", "pattern": f"^{MOMENT.pattern}$"},
                    "authors": {"$ref": "#/$defs/authors"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
    "$defs": {
        "authors": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        }
    },
}


@cache
def _library(folder: Path) -> Library:
    return library(folder)


def _of(records: Mapping[str, Record], topics: Mapping[str, Topic] | None = None) -> Library:
    contents = replace(store.load(Path("no-such-folder")), records=dict(records), topics=dict(topics or {}))
    return Library.of(contents)


def _paper(title: str = "A Loom", added: str | None = "2025-01-02", **more: Any) -> Record:
    return Record(title=title, added=added, **more)


def _newest(each: Library) -> list[str]:
    """Return the ids as a feed should have them, worked out another way."""
    by_title = [record_id for record_id, record in each.records.items() if record.added]
    days = sorted({each.records[record_id].added or "" for record_id in by_title}, reverse=True)
    return [record_id for day in days for record_id in by_title if each.records[record_id].added == day]


def _parse(text: str) -> Any:
    parsed = feedparser.parse(text.encode(), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def _elements(html: str) -> tuple[set[str], str]:
    """Return the names of the elements of an HTML fragment, and its text."""
    tree = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return {element.tag for element in tree.iter()} - {"DOCUMENT_FRAGMENT"}, " ".join(tree.itertext())


# --- Atom ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("folder", LISTS)
def test_feedparser_reads_every_field(folder: Path, settings: Settings) -> None:
    each = _library(folder)
    parsed = _parse(feeds.atom(feeds.feed(each, settings, None)))
    assert parsed.feed.title == settings.site_name
    assert parsed.feed.subtitle == settings.site_description
    assert len(parsed.entries) == min(len(each.records), feeds.MOST_ENTRIES)
    for record_id, entry in zip(_newest(each), parsed.entries, strict=False):
        record = each.records[record_id]
        assert entry.title_detail.type == "text/plain"
        assert entry.title == escaping.clean(titles.plain(record.title))
        assert entry.updated == entry.published == f"{record.added}T00:00:00Z"
        assert [author.get("name") for author in entry.get("authors", []) if author] == list(record.author_names)
        assert entry.get("summary", "") == (record.why or entry.content[0].value)
        known = [topic for topic in record.topics if topic in each.topics]
        assert [tag.term for tag in entry.get("tags", [])] == known
        assert [tag.label for tag in entry.get("tags", [])] == [each.topics[topic].name for topic in known]
        links = {link.rel: link.href for link in entry.links}
        assert set(links) == {"alternate", *(["related"] if wording.paper_url(record) else [])}
        lies = {"Paper": wording.paper_url(record), "Code": record.links.code}
        assert re.findall('<a href="(.*?)">(.*?)</a>', entry.content[0].value) == [
            (escaping.html(escaping.url(url)), name) for name, url in lies.items() if url
        ]
        tags, text = _elements(entry.content[0].value)
        assert tags <= {"p", "strong", "a"}
        for part in (record.why or "", *(record.summary or "").split("\n\n")):
            assert part in text
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("topic", [None, "weaving", "hostile-topic", "empty-topic"])
def test_atom_has_what_rfc_4287_demands(topic: str | None, settings: Settings) -> None:
    root = ElementTree.fromstring(feeds.atom(feeds.feed(_library(TOY_RECORDS), settings, topic)).encode())
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert MOMENT.fullmatch(element.findtext(f"{ATOM}updated") or "")
        assert urlsplit(element.findtext(f"{ATOM}id") or "").scheme in ("https", "urn")
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        assert len(element.findall(f"{ATOM}content")) == (element is not root)
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    days = [element.text for element in root.iter(f"{ATOM}updated")]
    assert days[1:] == sorted(days[1:], key=str, reverse=True)
    assert days[0] == (days[1] if days[1:] else "1970-01-01T00:00:00Z")


@pytest.mark.parametrize("topic", [None, "weaving"])
def test_links_lead_to_the_pages_from_where_the_feed_lies(topic: str | None) -> None:
    home = PUBLISHED.site_url
    folder = f"topics/{topic}/" if topic else ""
    for settings in (PUBLISHED, TOY_SETTINGS, replace(PUBLISHED, site_url=home.rstrip("/"))):
        root = ElementTree.fromstring(feeds.atom(feeds.feed(_library(TOY_RECORDS), settings, topic)).encode())
        found = {link.get("rel"): urljoin(f"{home}{folder}feed.xml", link.get("href") or "") for link in root}
        assert found["self"] == f"{home}{folder}feed.xml"
        assert found["alternate"] == f"{home}{folder}"
        for entry in root.findall(f"{ATOM}entry"):
            link = next(link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate")
            name = (entry.findtext(f"{ATOM}id") or "").rstrip("/").replace(":", "/").rpartition("/")[2]
            assert urljoin(f"{home}{folder}feed.xml", link.get("href") or "") == f"{home}papers/{name}/"


def test_ids_rest_on_the_record_id_alone() -> None:
    before = _of({"loom": _paper("A Loom")})
    after = _of({"loom": _paper("Another Title", issued="2024", why="New.", topics=("weaving",))})
    for settings, wanted in (
        (PUBLISHED, f"{PUBLISHED.site_url}papers/loom/"),
        (Settings(), "urn:reading-list:papers:loom"),
    ):
        for each in (before, after):
            assert [entry.id for entry in _parse(feeds.atom(feeds.feed(each, settings, None))).entries] == [wanted]
            assert [item["id"] for item in json.loads(feeds.json_feed(feeds.feed(each, settings, None)))["items"]] == [
                wanted
            ]


def test_the_newest_hundred_come_first_and_ties_stand_by_title() -> None:
    records = {
        f"paper-{number:03}": _paper(f"Loom {number % 7}", f"2025-01-{1 + number // 10:02}") for number in range(150)
    }
    each = _of(records)
    wanted = sorted(records, key=lambda name: (records[name].title, name))
    wanted.sort(key=lambda name: records[name].added or "", reverse=True)
    parsed = _parse(feeds.atom(feeds.feed(each, PUBLISHED, None)))
    assert [entry.id.split("/")[-2] for entry in parsed.entries] == wanted[:100]
    items = json.loads(feeds.json_feed(feeds.feed(each, PUBLISHED, None)))["items"]
    assert [item["id"].split("/")[-2] for item in items] == wanted[:100]
    assert parsed.feed.updated == "2025-01-15T00:00:00Z"


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (_paper("A <Loom>"), "<p>A &lt;Loom&gt;</p>"),
        (_paper("A Loom", summary="One.\n\nTwo."), "<p>One.</p><p>Two.</p>"),
        (_paper("A Loom", why="Quick."), "<p><strong>Quick.</strong></p>"),
    ],
)
def test_an_entry_says_what_is_known_and_has_no_empty_paragraph(record: Record, wanted: str) -> None:
    (item,) = json.loads(feeds.json_feed(feeds.feed(_of({"loom": record}), PUBLISHED, None)))["items"]
    assert item["content_html"] == wanted


def test_records_without_a_day_are_left_out() -> None:
    each = _of({"dated": _paper("B"), "undated": _paper("A", added=None)})
    assert [entry.title for entry in _parse(feeds.atom(feeds.feed(each, PUBLISHED, None))).entries] == ["B"]


def test_a_topic_feed_holds_its_papers() -> None:
    each = _library(TOY_RECORDS)
    for topic in each.topics:
        parsed = _parse(feeds.atom(feeds.feed(each, PUBLISHED, topic)))
        assert {entry.id.split("/")[-2] for entry in parsed.entries} == set(each.by_topic.get(topic, ()))
    with pytest.raises(KeyError):
        feeds.atom(feeds.feed(each, PUBLISHED, "no-such-topic"))


# --- hostile text ----------------------------------------------------------------------------------------------------


def _hostile(text: str) -> tuple[Library, Settings]:
    """Return a list and settings with ``text`` in every field; the models' own checks are passed by."""
    name = PersonName.model_construct(family=text, given=text)
    links = Links.model_construct(code=f"https://x.example.org/{text}", project=None, model=None, dataset=None)
    fields = {"title": text, "authors": (text, name), "venue": text, "summary": f"{text}\n\n{text}", "why": text}
    record = Record.model_construct(**fields, topics=("loom",), links=links, issued="2024-02", added="2025-01-02")  # type: ignore[arg-type]
    topic = Topic.model_construct(name=text, group=text, description=text)
    each = Library({"loom": record}, {"loom": topic}, {}, {}, {})
    return each, Settings(site_name=text, site_description=text, site_url=f"https://x.example.org/{text}")


@pytest.mark.parametrize("text", [HOSTILE, *HOSTILE.split()])
def test_hostile_text_stays_text(text: str) -> None:
    each, settings = _hostile(text)
    _check_feeds(each, settings)


@given(st.text(st.characters(codec=None), min_size=1, max_size=60))
def test_any_text_stays_text(text: str) -> None:
    each, settings = _hostile(text)
    _check_feeds(each, settings)


def _check_feeds(each: Library, settings: Settings) -> None:
    said = escaping.clean(re.sub("[\ufffe\uffff]", "", settings.site_name))  # what XML cannot hold is dropped
    for topic in (None, "loom"):
        root = ElementTree.fromstring(feeds.atom(feeds.feed(each, settings, topic)).encode())
        assert {element.tag.removeprefix(ATOM) for element in root.iter()} <= set(
            "feed id title subtitle updated link author name entry published category summary content".split()
        )
        for path in ("author/{}name", "entry/{}summary", "entry/{}author/{}name"):
            assert escaping.clean(root.findtext(f"{ATOM}{path.replace('{}', ATOM)}") or "") == said
        data = json.loads(feeds.json_feed(feeds.feed(each, settings, topic)).encode())
        contents = [root.findtext(f"{ATOM}entry/{ATOM}content") or "", data["items"][0]["content_html"]]
        assert escaping.clean(contents[0]) == escaping.clean(contents[1])
        tags, _ = _elements(contents[0])
        assert tags <= {"p", "strong", "a"}


# --- JSON Feed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("folder", LISTS)
def test_json_feed_has_its_required_fields_and_says_what_atom_says(folder: Path, settings: Settings) -> None:
    each = _library(folder)
    for topic in (None, *list(each.topics)[:4]):
        data = json.loads(feeds.json_feed(feeds.feed(each, settings, topic)))
        jsonschema.Draft202012Validator(JSON_FEED).validate(data)
        parsed = _parse(feeds.atom(feeds.feed(each, settings, topic)))
        assert (data["title"], data.get("description", "")) == (parsed.feed.title, parsed.feed.get("subtitle", ""))
        home = parsed.feed.link if settings.site_url else None
        assert (data.get("home_page_url"), data.get("feed_url")) == (home, home and f"{home}feed.json")
        assert [item["id"] for item in data["items"]] == [entry.id for entry in parsed.entries]
        for item, entry in zip(data["items"], parsed.entries, strict=True):
            assert (item["title"], item["content_html"]) == (entry.title, entry.content[0].value)
            assert item["date_published"] == entry.published
            assert item["url"] == entry.link
            assert item.get("external_url") == next((to.href for to in entry.links if to.rel == "related"), None)
            assert item.get("tags", []) == [tag.label for tag in entry.get("tags", [])]


# --- the same bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", LISTS)
def test_shuffled_records_give_the_same_bytes(folder: Path) -> None:
    contents = store.load(folder)
    names = list(contents.records)
    random.Random(4).shuffle(names)
    shuffled = Library.of(replace(contents, records={name: contents.records[name] for name in names}))
    each = _library(folder)
    assert list(feeds.files(shuffled, PUBLISHED)) == list(feeds.files(each, PUBLISHED))


@pytest.mark.parametrize("site_url", [PUBLISHED.site_url, PUBLISHED.site_url.rstrip("/")])
def test_a_topic_leads_to_its_feeds_from_its_page(site_url: str) -> None:
    each = _library(TOY_RECORDS)
    shown = {page.path: page.make() for page in pages.pages(each, replace(PUBLISHED, site_url=site_url))}
    for topic in each.topics:
        linked = re.findall(r"\]\((\S+/feed\.\w+)\)", html.unescape(shown[f"topics/{topic}.md"]))
        assert linked == [f"{PUBLISHED.site_url}topics/{topic}/{name}" for name in ("feed.xml", "feed.json")]


def test_files_are_the_feeds_that_pages_announce() -> None:
    each = _library(TOY_RECORDS)
    found = dict(feeds.files(each, PUBLISHED))
    announced = [
        f"topics/{topic_id}/{name}"
        for topic_id, topic in each.topics.items()
        for name in re.findall('href="(.*?)"', "".join(feeds.lines(PUBLISHED, topic)))
    ]
    assert list(found) == ["feed.xml", "feed.json", *announced]
    for path, text in found.items():
        if path.endswith(".json"):
            assert json.loads(text)["feed_url"] == f"{PUBLISHED.site_url}{path}"
        else:
            assert _parse(text).feed.id == f"{PUBLISHED.site_url}{path}"
