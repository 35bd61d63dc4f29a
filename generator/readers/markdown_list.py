"""Markdown lists of papers, such as the README of an "awesome" repository: bullets, tables, headings and their links.

cmark reads the Markdown (https://github.github.com/gfm/); of the HTML that it makes, the places in the file and the
links count. An item is a paper if a link leads to one and if its title is told: by the text of that link, in bold, in a
column of titles, or as all that stands before the links. Nothing else is taken from prose, and what is no paper is
counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

from generator import identifiers, links
from generator.errors import Problem
from generator.models import Entry
from generator.readers import Reading
from generator.titles import fold, tokens

NAME = "markdown"

_ITEM = re.compile(
    r"^[ \t]*(?:[-*+]|[0-9]{1,4}[.)]|\||#{1,6}|\*\*)[ \t]?[^\n]*"
    r"https?://(?:www\.|export\.|dx\.)?(?:arxiv\.org|doi\.org|openreview\.net|aclanthology\.org|huggingface\.co/papers)/",
    re.IGNORECASE | re.MULTILINE,
)
# Words of links that say what a link leads to and nothing about the paper.
_LABELS = frozenset(
    "abs abstract acl and anthology arxiv blog checkpoint checkpoints code data dataset datasets demo doi download face"
    " full github here hf home homepage html hub hugging huggingface implementation jax link model models official on"
    " openreview page paper papers pdf poster preprint project publication pytorch repo repository site slides source"
    " talk tensorflow text tf the unofficial url version video web webpage website weights".split()
)
_PAGES = frozenset({"homepage", "page", "project", "site", "website", "webpage"})
_OF_OTHERS = frozenset({"unofficial"})
_SURE_COLUMNS = ("title", "paper title", "title of paper")
_LIKELY_COLUMNS = ("paper", "papers", "publication")
_ENDS = " .,:;|–—-·•"
_WRITTEN_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}")


@dataclass
class _Link:
    url: str
    text: str = ""

    @property
    def identifier(self) -> tuple[str, str] | None:
        return identifiers.recognise(self.url)

    @property
    def kind(self) -> str | None:
        """What of the paper's own lies there, by the host and the link's words: ``code``, ``project`` and so on."""
        words = set(tokens(self.text))
        kind = links.kind_of(self.url) if links.is_safe(self.url) and not words & _OF_OTHERS else None
        return None if kind == "project" and not words & _PAGES else kind


@dataclass
class _Item:
    """What stands in one bullet, row, heading or paragraph, without the bullets below it."""

    tag: str
    line: int
    columns: list[str]
    links: list[_Link] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    before: str = ""
    """The text before the first link and the first words in bold."""
    plain: str = ""
    """The text that is neither a link nor bold."""


class _Items(HTMLParser):
    """Collects the items of a page in the order in which they begin."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: dict[int, _Item] = {}
        self._open: list[tuple[int, _Item]] = []
        self._columns: list[str] = []
        self._inside = {"a": 0, "strong": 0, "pre": 0}
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag in self._inside:
            self._inside[tag] += 1
        if tag == "table":
            self._columns = []
        elif tag in ("li", "tr") or (not self._open and tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6")):
            line = int((held.get("data-sourcepos") or "1").partition(":")[0])
            item = _Item(tag, line, self._columns if tag == "tr" else [])
            self._count += 1
            self._open.append((self._count, item))
            self.items[self._count] = item
        elif self._open:
            item = self._open[-1][1]
            if tag == "a":
                item.links.append(_Link(held.get("href") or ""))
            elif tag == "strong":
                item.bold.append("")
            elif tag in ("td", "th"):
                item.cells.append("")
            elif tag in ("br", "p"):
                self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside[tag] -= 1
        elif tag == "thead":
            self._columns = [fold(cell).lower() for cell in self.items.popitem()[1].cells]
        elif self._open and tag == self._open[-1][1].tag:
            number, item = self._open.pop()
            if tag == "li" and self._open and item.links and _is_label(_all_text(item)):
                # "- Code: https://…" below the bullet that bears the title
                self._open[-1][1].links += item.links
                del self.items[number]

    def handle_data(self, data: str) -> None:
        if not self._open or self._inside["pre"]:
            return
        item = self._open[-1][1]
        if item.cells:
            item.cells[-1] += data
        if self._inside["strong"] and item.bold:
            item.bold[-1] += data
        if self._inside["a"] and item.links:
            item.links[-1].text += data
        elif not self._inside["strong"]:
            item.plain += data
            item.before += "" if item.links or item.bold else data


def recognises(text: str) -> bool:
    """Tell whether a bullet, row or heading near the beginning links to a paper."""
    start = text[:200_000].lstrip()
    return not start.startswith(("@", "%", "{", "<")) and _ITEM.search(start) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a list; see :func:`generator.readers.read`. What is no paper is counted in a remark."""
    page = _Items()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_SOURCEPOS))
    page.close()
    entries: list[Entry] = []
    remarks: list[Problem] = []
    others: list[int] = []
    for item in page.items.values():
        title, own = _title(item)
        found = _identifiers(item, own)
        if title and found:
            entries.append(_entry(path, len(entries) + 1, item, title, found))
        elif item.tag != "p" and any(link.identifier for link in item.links):
            remarks.append(Problem(path, item.line, f"{_why(title)}; left out"))
        elif item.tag in ("li", "tr"):
            others.append(item.line)
    if others:
        what = "1 item links" if len(others) == 1 else f"{len(others):,} items link"
        remarks.append(Problem(path, others[0], f"from here on {what} to no paper; left out"))
    return Reading(path, NAME, tuple(entries), captured, False, (), tuple(remarks))


def _why(title: str | None) -> str:
    if title:
        return f"{title[:60]!r}: the item links to several papers; write one bullet for each"
    return "title: not told; make it the text of the link to the paper"


def _entry(path: str, position: int, item: _Item, title: str, found: dict[str, str]) -> Entry:
    own = [(kind, link.url) for link in item.links if _is_label(link.text) and (kind := link.kind)]
    return Entry(
        file=path,
        line=item.line,
        position=position,
        title=title,
        identifiers=found,
        links=dict(reversed(own)),  # the first of each kind
    )


def _title(item: _Item) -> tuple[str | None, _Link | None]:
    """Return the title of an item, and the link whose text it is; ``None`` where nothing tells it for certain."""
    if item.tag == "p" and item.before.strip():
        return None, None  # prose
    cells = dict(zip(item.columns, item.cells, strict=False))
    candidates: list[tuple[str, bool]] = [(cells[name], True) for name in _SURE_COLUMNS if name in cells]
    candidates += [(link.text, False) for link in item.links if link.identifier]
    candidates += [(link.text, False) for link in item.links[:1] if not item.before.strip()]
    candidates += [(cells[name], False) for name in _LIKELY_COLUMNS if name in cells]
    candidates += [(text, False) for text in item.bold]
    if _is_label(item.plain.replace(item.before, "", 1)) and not re.search(r"[.,;!]\s*\S", item.before):
        candidates.append((item.before, False))
    only = _is_label(item.plain)
    for text, sure in candidates:
        title = _tidy(text)
        if not _is_label(title) and (sure or only or _is_wordy(title)):
            return title, next((link for link in item.links if fold(link.text) and _tidy(link.text) == title), None)
    return None, None


def _identifiers(item: _Item, own: _Link | None) -> dict[str, str]:
    """Return what identifies the paper: the title's own link, and those that only say what they lead to.

    Of two identifiers of one kind neither counts, unless one is the title's own.
    """
    found: dict[str, set[str]] = {}
    for link in item.links:
        if link is not own and _is_label(link.text) and (pair := link.identifier):
            found.setdefault(pair[0], set()).add(pair[1])
    if own and (pair := own.identifier):
        found[pair[0]] = {pair[1]}
    return {kind: min(values) for kind, values in found.items() if len(values) == 1}


def _all_text(item: _Item) -> str:
    return " ".join([item.plain, *item.bold, *(link.text for link in item.links)])


def _is_label(text: str) -> bool:
    """Tell whether a text only says what a link leads to: ``pdf``, an identifier, an address, nothing at all."""
    words = [word for word in text.split() if "//" not in word and not identifiers.recognise(word.strip("[]()"))]
    return all(word in _LABELS or word.isdecimal() for word in tokens(" ".join(words)))


def _is_wordy(text: str) -> bool:
    """Tell whether a text is long enough to be a title, and not the short name of what the paper is about."""
    words = len(tokens(text))
    return words > 2 or (words > 1 and ":" in text) or _WRITTEN_WITHOUT_SPACES.search(text) is not None


def _tidy(text: str) -> str:
    text = fold(text).strip(_ENDS)
    for left, right in ("[]", "“”", '""', "«»", "**"):
        if len(text) > 1 and text[0] == left and text[-1] == right:
            text = text[1:-1].strip(_ENDS)
    return text
