"""What joined the list, for those who follow it: Atom and JSON feeds.

They rest on the day that a record joined the list (``added``); records without one are in none of them. There is no
clock here: the same records give the same bytes on any day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator import escaping
from generator.library import Library
from generator.metadata import paper_path
from generator.models import Record, Topic
from generator.settings import Settings
from generator.wording import byline, paper_url, plain_title

ATOM_FILE, JSON_FILE = "feed.xml", "feed.json"
ATOM_TYPE, JSON_TYPE = "application/atom+xml", "application/feed+json"
MOST_ENTRIES = 100
"""The most entries of one feed, the newest additions; readers ask for a feed often."""

_NEVER = "1970-01-01"
"""The day of a feed without entries: RFC 4287, 4.1.1 demands a date, and no record states one."""


@dataclass(frozen=True)
class Feed:
    """One feed before it is written: what it is about, where it lies, and its entries, the newest first."""

    library: Library
    settings: Settings
    title: str
    description: str
    folder: str
    ids: tuple[str, ...]
    updated: str | None

    def url(self, path: str) -> str:
        """Return the address of ``path`` below the site's root, relative to the feed where the site has none."""
        if self.settings.site_url:
            return escaping.url(self.settings.url(path))
        return "../" * self.folder.count("/") + path or "./"

    def id(self, path: str) -> str:
        """Return the identifier of what lies at ``path``: its address, or a URN where the site has none."""
        if self.settings.site_url:
            return self.url(path)
        return f"urn:reading-list:{path.strip('/').replace('/', ':')}"


def feed(library: Library, settings: Settings, topic: str | None) -> Feed:
    """Return the feed of the list, or of a topic, by its id. Raises KeyError for one that the list does not have."""
    title, description, folder, ids = settings.site_name, settings.site_description, "", library.by_addition
    if topic is not None:
        known, its = library.topics[topic], frozenset(library.by_topic.get(topic, ()))
        title, description, folder = _title(settings, known), known.description or "", f"topics/{topic}/"
        ids = tuple(record_id for record_id in ids if record_id in its)
    updated = library.records[ids[0]].added if ids else None
    return Feed(library, settings, title, description, folder, ids[:MOST_ENTRIES], updated)


def _title(settings: Settings, topic: Topic) -> str:
    return f"{settings.site_name}: {topic.name}"


def _midnight(day: str | None) -> str:
    """Return a day as a moment of RFC 3339: its midnight in UTC."""
    return f"{day or _NEVER}T00:00:00Z"


def atom(feed: Feed) -> str:
    """Return a feed in Atom, as https://www.rfc-editor.org/rfc/rfc4287 has it.

    Ids of entries are the addresses of their pages. Where ``site_url`` is not set they are URNs
    (``urn:reading-list:papers:loom``) and links are relative to the feed (4.2.7.1 and RFC 3986, 4.2).
    """
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        *_elements("  ", ("id", feed.id(feed.folder + ATOM_FILE)), ("title", feed.title)),
        *_elements("  ", ("subtitle", feed.description), ("updated", _midnight(feed.updated))),
        _link("  ", "self", ATOM_TYPE, feed.url(feed.folder + ATOM_FILE)),
        _link("  ", "alternate", "text/html", feed.url(feed.folder)),
        f"  <author><name>{escaping.html(feed.settings.site_name)}</name></author>",
    ]
    for record_id in feed.ids:
        record = feed.library.records[record_id]
        paper = paper_url(record)
        lines += [
            "  <entry>",
            *_elements("    ", ("id", feed.id(paper_path(record_id))), ("title", plain_title(record))),
            *_elements("    ", ("published", _midnight(record.added)), ("updated", _midnight(record.added))),
            _link("    ", "alternate", "text/html", feed.url(paper_path(record_id))),
            *([_link("    ", "related", "text/html", escaping.url(paper))] if paper else []),
            *(f"    <author><name>{escaping.html(name)}</name></author>" for name in record.author_names),
            *(
                f'    <category term="{escaping.html(topic_id)}" label="{escaping.html(name)}"/>'
                for topic_id, name in _topic_names(feed.library, record_id)
            ),
            *_elements("    ", ("summary", record.why or "")),
            f'    <content type="html">{escaping.html(_content(record))}</content>',
            "  </entry>",
        ]
    return "\n".join([*lines, "</feed>"]) + "\n"


def _elements(indent: str, *pairs: tuple[str, str]) -> list[str]:
    """Return text constructs and simple elements; those without a text are left out."""
    return [f"{indent}<{name}>{escaping.html(text)}</{name}>" for name, text in pairs if text]


def _link(indent: str, relation: str, kind: str, url: str) -> str:
    return f'{indent}<link rel="{relation}" type="{kind}" href="{escaping.html(url)}"/>'


def json_feed(feed: Feed) -> str:
    """Return a feed in JSON, as https://jsonfeed.org/version/1.1 has it.

    Ids and links are those of :func:`atom`; without a ``site_url`` the feed's own addresses are left out.
    """
    published = bool(feed.settings.site_url)
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": escaping.clean(feed.title),
        "home_page_url": feed.url(feed.folder) if published else None,
        "feed_url": feed.url(feed.folder + JSON_FILE) if published else None,
        "description": escaping.clean(feed.description),
        "authors": [{"name": escaping.clean(feed.settings.site_name)}],
        "items": [_item(feed, record_id) for record_id in feed.ids],
    }
    kept = {name: value for name, value in data.items() if value or name == "items"}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _item(feed: Feed, record_id: str) -> dict[str, Any]:
    record = feed.library.records[record_id]
    paper = paper_url(record)
    item = {
        "id": feed.id(paper_path(record_id)),
        "url": feed.url(paper_path(record_id)),
        "external_url": escaping.url(paper) if paper else None,
        "title": plain_title(record),
        "content_html": _content(record),
        "summary": escaping.clean(record.why or ""),
        "date_published": _midnight(record.added),
        "authors": [{"name": escaping.clean(name)} for name in record.author_names],
        "tags": [escaping.clean(name) for _, name in _topic_names(feed.library, record_id)],
    }
    return {name: value for name, value in item.items() if value}


def _topic_names(library: Library, record_id: str) -> list[tuple[str, str]]:
    return [(topic, library.topics[topic].name) for topic in library.topics_of(record_id)]


def _content(record: Record) -> str:
    """Return an entry's text as HTML: byline, why it is on the list, summary, and where paper and code lie."""
    paragraphs = [escaping.html(byline(record))]
    if record.why:
        paragraphs.append(f"<strong>{escaping.html(record.why)}</strong>")
    paragraphs += [escaping.html(part) for part in (record.summary or "").split("\n\n")]
    links = [("Paper", paper_url(record)), ("Code", record.links.code)]
    paragraphs.append(" · ".join(escaping.html_link(name, url) for name, url in links if url))
    shown = [part for part in paragraphs if part] or [escaping.html(plain_title(record))]
    return "".join(f"<p>{part}</p>" for part in shown)


def lines(settings: Settings, topic: Topic) -> list[str]:
    """Return the elements that announce a topic's feeds in the head of its page, in whose folder they lie.

    Readers find a feed by ``<link rel="alternate">``, https://html.spec.whatwg.org/multipage/links.html#rel-alternate.
    """
    title = escaping.html(_title(settings, topic))
    return [
        # The theme fetches a sitemap beside every link whose rel is "alternate" alone, taking it for a translation.
        f'<link rel="alternate feed" type="{kind}" title="{title}" href="{name}">'
        for name, kind in ((ATOM_FILE, ATOM_TYPE), (JSON_FILE, JSON_TYPE))
    ]


def files(library: Library, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield ``(path, text)`` of every feed: the list's at the root, each topic's in the folder of its page."""
    for topic in (None, *library.topics):
        each = feed(library, settings, topic)
        yield each.folder + ATOM_FILE, atom(each)
        yield each.folder + JSON_FILE, json_feed(each)
