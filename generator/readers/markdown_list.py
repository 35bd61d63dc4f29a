"""Markdown lists of papers, such as the README of an "awesome" repository: bullets, tables, headings and their links.

cmark reads the Markdown (https://github.github.com/gfm/); of the HTML that it makes, the places in the file and the
links count. An item is a paper if a link leads to one and if its title is told: by the text of that link, in bold, in a
column of titles, or as all that stands before the links or behind one in brackets. A link to a paper under other words
than the title or a label (``pdf``, ``ICLR 2023``) leads to another one, so the item is none for certain. Nothing else
is taken from prose, and what is no paper is counted.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

from generator.errors import Problem
from generator.facts import identifiers, links
from generator.facts.titles import fold, tokens
from generator.models import Entry
from generator.readers import Reading

NAME = "markdown"

_ITEM = re.compile(
    r"^[ \t]*(?:[-*+]|[0-9]{1,4}[.)]|\||#{1,6}|\*\*)[ \t]?[^\n]*"
    r"https?://(?:www\.|export\.|dx\.)?(?:arxiv\.org|doi\.org|openreview\.net|aclanthology\.org|huggingface\.co/papers)/",
    re.IGNORECASE | re.MULTILINE,
)
# Words that say what a link leads to, or where and when it was published, and nothing about the paper.
_LABELS = frozenset(
    "abs abstract accepted acl and anthology appendix arxiv at award best biorxiv blog checkpoint checkpoints code"
    " conference data dataset datasets demo doi download face full github here hf home homepage html hub hugging"
    " huggingface implementation in jax journal link medrxiv model models of official on oral openreview outstanding"
    " page paper papers pdf poster preprint proceedings project publication published publisher pytorch read repo"
    " repository site slides source spotlight talk tensorflow text tf the unofficial url v version video view web"
    " webpage website weights workshop 代码 主页 論文 论文 链接 项目"
    # venues and publishers whose names stand alone, without a year
    " aaai acm aistats asplos cikm coling colm corl cvpr eacl eccv elsevier emnlp findings icassp iccv iclr icml icra"
    " ieee ijcai ijcv interspeech iros jair jmlr kdd micro mlsys naacl nature neurips nips osdi pmlr recsys science"
    " sciencedirect sigir sigmod sosp springer tacl tmlr tpami uai usenix vldb wacv wsdm www".split()
)
# "ICLR 2023", "ICML'24", "Smith et al., 2023": one name and a year.
_WHEN = re.compile(
    r"\b[A-Z][^\W\d_]*(?: et al\.?| (?:and|&) [A-Z][^\W\d_]*)?\W{0,3}(?:(?:19|20)[0-9]{2}|['’][0-9]{2})\b"
)
_PAGES = frozenset({"homepage", "page", "project", "site", "website", "webpage"})
_OF_OTHERS = frozenset({"unofficial"})
_SURE_COLUMNS = ("title", "paper title", "title of paper")
_LIKELY_COLUMNS = ("paper", "papers", "publication")
_ENDS = " .,:;|–—-·•"
_LONGEST = 1000
_IN_BRACKETS = r"[\[(]([^\[\]()]*)[\])]"
_PICTURE = r"(?:[\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?|:[a-z_]+:)"
_AROUND = re.compile(rf"^{_IN_BRACKETS}|{_IN_BRACKETS}$|^{_PICTURE}|{_PICTURE}$|[\[(]$")
_HTML_BREAK = re.compile(r"<br *+/?>", re.IGNORECASE)
_BREAK = "\u2028"
# What may be a title with more behind it: sentences, authors, parts between dashes.
_SEVERAL_PARTS = re.compile(r"[.,;!?]\s+\S|\bet al\b|\s[-–—|]\s")
_WRITTEN_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}")


@dataclass
class _Mark:
    """Words that stand out of a text, as a link or in bold."""

    start: int
    url: str | None
    text: str = ""

    @property
    def identifier(self) -> tuple[str, str] | None:
        return identifiers.recognise(self.url) if self.url else None

    @property
    def kind(self) -> str | None:
        """What of the paper's own lies there, by the host and the link's words: ``code``, ``project`` and so on."""
        words = set(tokens(self.text))
        if not self.url or not links.is_safe(self.url) or words & _OF_OTHERS:
            return None
        kind = links.kind_of(self.url)
        return None if kind == "project" and not words & _PAGES else kind


@dataclass
class _Text:
    """The words of one cell of a table, or of a whole bullet, heading or paragraph."""

    written: io.StringIO = field(default_factory=io.StringIO)  # adding to a string would copy all of it each time
    marks: list[_Mark] = field(default_factory=list)
    """In the order in which they end: a link in bold comes before the bold text."""

    @property
    def words(self) -> str:
        return self.written.getvalue()

    @property
    def before(self) -> str:
        return self.words[: min((mark.start for mark in self.marks), default=None)]

    def without(self, marks: list[_Mark]) -> str:
        kept, at, words = [], 0, self.words
        for mark in sorted(marks, key=lambda mark: mark.start):
            kept.append(words[at : mark.start])
            at = max(at, mark.start + len(mark.text))
        return "".join([*kept, words[at:]])


@dataclass
class _Item:
    """A bullet without the bullets below it, a row of a table, a heading or a paragraph."""

    tag: str
    line: int
    columns: list[str]
    cells: list[_Text]

    @property
    def links(self) -> list[_Mark]:
        return [mark for cell in self.cells for mark in cell.marks if mark.url is not None]

    @property
    def words(self) -> str:
        return " ".join(cell.words for cell in self.cells)


class _Items(HTMLParser):
    """Collects the items of a page in the order in which they begin."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: dict[int, _Item] = {}
        self._open: list[tuple[int, _Item]] = []
        self._marks: dict[str, _Mark] = {}
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
            item = _Item(tag, line, self._columns, []) if tag == "tr" else _Item(tag, line, [], [_Text()])
            self._count += 1
            self._open.append((self._count, item))
            self.items[self._count] = item
        elif self._open:
            cells = self._open[-1][1].cells
            if tag in ("td", "th"):
                cells.append(_Text())
            elif tag == "a" or (tag == "strong" and self._outermost_bold(1)):
                self._marks[tag] = _Mark(cells[-1].written.tell(), held.get("href"))
            elif tag in ("br", "p"):
                self.handle_data(_BREAK)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside[tag] -= 1
        if tag in self._marks and (tag == "a" or self._outermost_bold(0)):
            cell, mark = self._open[-1][1].cells[-1], self._marks.pop(tag)
            cell.written.seek(mark.start)
            mark.text = cell.written.read()
            cell.marks.append(mark)
        elif tag == "thead":
            self._columns = [fold(cell.words).lower() for cell in self.items.popitem()[1].cells]
        elif self._open and tag == self._open[-1][1].tag:
            number, item = self._open.pop()
            if tag == "li" and self._open and item.links and _is_label(item.words):
                # "- Code: https://…" below the bullet that bears the title
                cell = self._open[-1][1].cells[-1]
                cell.marks += [replace(link, start=cell.written.tell()) for link in item.links]
                del self.items[number]

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1].cells and not self._inside["pre"]:
            self._open[-1][1].cells[-1].written.write(data)

    def _outermost_bold(self, depth: int) -> bool:
        """Tell whether what is bold here is a mark of its own: neither in a link nor in more that is bold."""
        return self._inside["strong"] == depth and not self._inside["a"]


def recognises(text: str) -> bool:
    """Tell whether a bullet, row or heading near the beginning links to a paper."""
    start = text[:200_000].lstrip()
    return not start.startswith(("@", "%", "{", "<")) and _ITEM.search(start) is not None


def read(path: str, text: str, captured: str | None) -> Reading:
    """Read a list; see :func:`generator.readers.read`. What is no paper is counted in a remark."""
    page = _Items()
    text = _HTML_BREAK.sub(_BREAK, text)  # which cmark would leave out
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_SOURCEPOS))
    page.close()
    entries: list[Entry] = []
    remarks: list[Problem] = []
    others: list[int] = []
    for item in page.items.values():
        papers = [link for link in item.links if link.identifier]
        title = _title(item) if papers else None
        fault = _fault(title, papers)
        if title and not fault:
            entries.append(_entry(path, len(entries) + 1, item, title, papers))
        elif papers and (title or item.tag != "p"):
            remarks.append(Problem(path, item.line, f"{fault}; left out"))
        elif item.tag in ("li", "tr"):
            others.append(item.line)
    if others:
        what = "1 item links" if len(others) == 1 else f"{len(others):,} items link"
        remarks.append(Problem(path, others[0], f"from here on {what} to no paper; left out"))
    return Reading(path, NAME, tuple(entries), captured, False, (), tuple(remarks))


def _fault(title: str | None, papers: list[_Mark]) -> str | None:
    """Say why an item with links to ``papers`` is not one paper for certain, or ``None`` where it is."""
    if not title:
        return "title: not told; make it the text of the link to the paper"
    found = {pair for link in papers if (pair := link.identifier)}
    own = {link.identifier for link in papers if _is_label(link.text) or _tidy(link.text) in title}
    if len({kind for kind, _ in found}) < len(found) or (own and own < found):
        return f"{title[:60]!r}: the item links to several papers; write one bullet for each"
    if not own:
        text = _tidy(papers[0].text)
        return f"{title[:60]!r}: {text[:60]!r} may be another paper; make the title the text of the link, or 'paper'"
    return None


def _entry(path: str, position: int, item: _Item, title: str, papers: list[_Mark]) -> Entry:
    own = [(kind, link.url) for link in item.links if _is_label(link.text) and link.url and (kind := link.kind)]
    return Entry(
        file=path,
        line=item.line,
        position=position,
        title=title,
        identifiers=dict(pair for link in papers if (pair := link.identifier)),
        links=dict(reversed(own)),  # the first of each kind
    )


def _title(item: _Item) -> str | None:
    """Return the title of an item with links to papers; ``None`` where nothing tells it for certain.

    It is the first text of a link or in bold that is long enough for a title, in the column of titles where the row
    has one; else all words of that column, or all that stands before the links or behind one in brackets; else a name
    that nothing stands beside.
    """
    if item.tag == "p" and item.cells[0].before.strip():
        return None  # prose
    column, cells = _cells_of_title(item)
    marked = [_tidy(mark.text) for cell in cells for mark in cell.marks if mark.identifier or _stands_out(mark, cell)]
    marked = [text for text in marked if not _is_label(text)]
    rest = [_unmarked(cell, column) for cell in cells if column or item.tag != "tr"]
    if title := next((text for text in [*marked, *rest] if _is_wordy(text)), None):
        return title
    if column in _SURE_COLUMNS:
        return next(filter(None, [*rest, *marked]), None)
    return marked[0] if marked and _is_label(fold(item.words).replace(marked[0], "", 1)) else None


def _cells_of_title(item: _Item) -> tuple[str | None, list[_Text]]:
    """Return the column of titles and its cell, or ``None`` and all cells where there is no such column."""
    row = dict(zip(item.columns, item.cells, strict=False))
    for column in (*_SURE_COLUMNS, *_LIKELY_COLUMNS):
        if column in row and not _is_label(row[column].words):
            return column, [row[column]]
    return None, item.cells


def _stands_out(mark: _Mark, cell: _Text) -> bool:
    """Tell whether a mark that links to no paper may be a title: in bold, or the link that the text begins with."""
    return mark.url is None or (mark is cell.marks[0] and _is_label(cell.before))


def _unmarked(cell: _Text, column: str | None) -> str:
    """Return the words of a title that is neither a link nor bold, or nothing where more than a title stands there."""
    labels = [mark for mark in cell.marks if _is_label(mark.text)]
    labelled = cell.before.strip() in ("[", "(") and labels == cell.marks  # "[[arXiv](…)] A Title [[code](…)]"
    words = cell.without(labels) if column or labelled else cell.before
    lines = [line for line in words.split(_BREAK) if not _is_label(line)]
    text = _tidy(lines[0]) if len(lines) == 1 else ""
    if column:
        return text
    behind = "" if labelled else cell.without(cell.marks)[len(cell.before) :]
    sure = _is_label(behind) and not _is_label(text.partition(":")[0])
    return text if sure and not _SEVERAL_PARTS.search(text) else ""


def _is_label(text: str) -> bool:
    """Tell whether a text only says where a paper is: ``pdf``, ``ICLR 2023``, an identifier, nothing at all."""
    text = _WHEN.sub(" ", text)
    words = [word for word in text.split() if "//" not in word and not identifiers.recognise(word.strip("[]()"))]
    return all(word in _LABELS or word.replace(".", "").isdecimal() for word in tokens(" ".join(words)))


def _is_wordy(text: str) -> bool:
    """Tell whether a text is long enough to be a title, and not the short name of what the paper is about."""
    words = len(tokens(text))
    return words > 2 or (words > 1 and ":" in text) or _WRITTEN_WITHOUT_SPACES.search(text) is not None


def _tidy(text: str) -> str:
    """Return a title without what stands around it: labels in brackets, brackets left open, pictures, quotes."""
    text = fold(text) if len(text) <= _LONGEST else ""
    while (less := _AROUND.sub(_unless_label, text).strip(_ENDS)) != text:
        text = less
    for left, right in ("[]", "“”", '""', "«»", "**"):
        if len(text) > 1 and text[0] == left and text[-1] == right:
            text = text[1:-1].strip(_ENDS)
    return text


def _unless_label(match: re.Match[str]) -> str:
    return match[0] if match.lastindex and not _is_label(match[match.lastindex]) else ""
