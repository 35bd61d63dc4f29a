"""Saved pages of Hugging Face's paper listings: HTML that carries the papers as JSON in ``data-props`` attributes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from generator.errors import InputError, Problem
from generator.facts import dates
from generator.readers import Reading
from generator.readers.huggingface_json import reading_of
from generator.readers.json_items import listed

NAME = "huggingface-page"

_HTML = re.compile(r"(?:<\?xml[^>]{0,200}>\s*|<!--.{0,1000}?-->\s*){0,3}<(?:!doctype\s+html|html)\b", re.I | re.DOTALL)
_PROPS = re.compile(r"<[a-z][^<>]{0,1000}?\sdata-props\s*=\s*([\"'])", re.IGNORECASE)
_LISTS = ("dailyPapers", "papers")


class _Tag(HTMLParser):
    """Takes the attributes of one tag, with their entities decoded."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.props = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.props = self.props or next((value for name, value in attrs if name == "data-props" and value), "")


def recognises(text: str) -> bool:
    """Tell whether the file is a web page that carries data of its parts as Hugging Face's pages do."""
    return _HTML.match(text[:10_000].lstrip()) is not None and _PROPS.search(text) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a saved page; see :func:`generator.readers.read`. A listing of one day states it as ``dateString``."""
    items: list[tuple[int, Any]] = []
    seen: set[str] = set()
    broken: list[Problem] = []
    for line, props in _props(text):
        try:
            data = json.loads(props)
        except (ValueError, RecursionError):
            broken.append(Problem(path, line, "data-props: no JSON; save the page's source again"))
            continue
        if not isinstance(data, Mapping):
            continue
        day = data.get("dateString")
        captured = captured or (day if isinstance(day, str) and dates.is_day(day) else None)
        for item in _papers(data):
            paper = item.get("paper", item)
            key = str(paper.get("id"))
            if key not in seen:  # a page may carry one paper for several of its parts
                seen.add(key)
                items.append((line, item))
    if not items:
        message = (
            "the page carries no papers (data-props); save a listing's or a paper's page as it comes from the site"
        )
        raise InputError(broken[0] if broken else Problem(path, None, message))
    reading = reading_of(path, NAME, items, captured)
    # All papers of a listing stand on one line of the page, so that their own ids tell them apart.
    entries = tuple(replace(entry, key=entry.identifiers["arxiv"]) for entry in reading.entries)
    return replace(reading, entries=entries)


def _props(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and value of each ``data-props``.

    Only the tags that have one are given to the parser: all else in a page may be broken, or made to take long.
    """
    at, line, counted = 0, 1, 0
    while match := _PROPS.search(text, at):
        closing = text.find(match[1], match.end())
        end = text.find(">", closing) if closing >= 0 else -1
        if end < 0:
            return
        tag = _Tag()
        tag.feed(f"{text[match.start() : closing + 1]}>")
        line += text.count("\n", counted, match.start())
        at, counted = end, match.start()
        if tag.props:
            yield line, tag.props


def _papers(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the papers among the data of one part of a page: a listing's, or the one that the page is about."""
    found = [each for name in _LISTS for each in listed(data.get(name))]
    for item in [*found, data]:
        inner = item.get("paper", item) if isinstance(item, Mapping) else None
        if isinstance(inner, Mapping) and isinstance(inner.get("id"), str) and isinstance(inner.get("title"), str):
            yield item
