"""Turns the Markdown of a generated page into the HTML that MkDocs makes of it, by cmark: many times as fast.

It knows the Markdown that the templates write: CommonMark, and in the attribute lists of Python-Markdown classes
(``{: .rl-why }``, https://python-markdown.github.io/extensions/attr_list/) and the id of a heading. A heading that a
template writes as HTML has attributes, which tells it from one of Markdown. Text from records holds no mark of either,
being escaped. tests/test_stamping.py compares both engines on every page of the list.
"""

from __future__ import annotations

import ctypes
import functools
import html
import os
import posixpath
import re
from collections.abc import Container
from dataclasses import dataclass

from cmarkgfm import _cmark, cmark
from markdown.extensions import toc

from generator.errors import ReadingListError

_UNSAFE = cmark.Options.CMARK_OPT_UNSAFE  # HTML in the Markdown is the templates' own
# The C library that Python and the module of cmark share; on Windows it goes by no one name, and the memory is lost.
_free = ctypes.CDLL(None).free if os.name == "posix" else None
if _free:
    _free.argtypes, _free.restype = [ctypes.c_void_p], None
_OPEN, _CITED = b"\x02", b"\x03"
"""Stand behind a brace of a template, and for citations, on the way through cmark. Escaped texts hold no such
characters, and their own braces are references until cmark has read them: so no text passes for a list of classes."""
_CLASSES = re.compile(rb":? \.[\w-]+(?: \.[\w-]+)*")
_CLASSED = {
    b"</a>": (b"<a ", b'<a class="%b" '),
    b"</em>": (b"<em>", b'<em class="%b">'),
    b"\n": (b"<p>", b'<p class="%b">'),
}
"""By what stands before a list of classes: how the element begins, and how it begins with classes."""
_HEADING = re.compile(rb"<h([1-6])>(.*?)</h\1>", re.DOTALL)
_NAMED = re.compile(rb"(.*) {\x02:? #([\w-]+) }", re.DOTALL)
_ID = re.compile(rb'<[a-z][^<>]*? id="([^"]*)"')
_PAGE = re.compile(rb'<a href="([^":?#]+\.md)(?=["?#])')
_BEYOND = re.compile(rb"\]\((?!https?:|#|[^()\s]*\.md[)?#])")
"""Links that MkDocs rewrites by what lies there: to files that are no pages."""
_UNKNOWN = "holds a table, a link to a file, a control character, or attributes that are neither class nor id"


class DoubtError(ReadingListError):
    """A page might not be the one that MkDocs makes; the message says why."""


@dataclass(frozen=True)
class Html:
    """A page's body: its HTML, the ids of its headings in their order, and the Markdown files it links to."""

    body: bytes
    ids: list[str]
    links: frozenset[str]

    @property
    def heading(self) -> str:
        """The id of the first heading, or nothing."""
        return self.ids[0] if self.ids else ""

    @property
    def anchors(self) -> set[str]:
        """All ids that a link can lead to."""
        return {name.decode() for name in _ID.findall(self.body)}


def to_html(markdown: bytes, path: str) -> Html:
    """Return the body of the page at ``path`` below the docs folder, such as ``papers/loom.md``, as HTML.

    Links to other Markdown files lead to where MkDocs puts those with ``use_directory_urls``; headings have the ids
    that the table of contents of Python-Markdown gives them. Raises DoubtError for other Markdown than this.
    """
    # Citations stand in <pre>, as they are shown, with braces of their own; elsewhere a brace is the template's.
    start, end = markdown.find(b"<pre"), markdown.rfind(b"</pre>")
    cited = markdown[start:end] if 0 <= start < end else b""
    text = b"".join((markdown[:start], _CITED, markdown[end:])) if cited else markdown
    odd = _OPEN in markdown or _CITED in markdown or b"\n\n" in cited
    if odd or (b"|" in text and b"\n|" in text) or _BEYOND.search(text):
        raise DoubtError(f"{path}: {_UNKNOWN}")
    ids = list[str]()
    text, links = lead(rendered(text.replace(b"{", b"{" + _OPEN)), path)

    def heading(match: re.Match[bytes]) -> bytes:
        level, text = match.groups()
        text, found = _identified(text)
        ids.append(toc.unique(found, set(ids)) if found in ids or not found else found)
        return b'<h%b id="%b">%b</h%b>' % (level, ids[-1].encode(), text, level)

    body = _classed(_HEADING.sub(heading, text))
    if body is None:
        raise DoubtError(f"{path}: {_UNKNOWN}")
    return Html(body.replace(_CITED, cited) if cited else body, ids, links)


def lead(text: bytes, path: str) -> tuple[bytes, frozenset[str]]:
    """Lead the links to Markdown files, in HTML for the page at ``path``, to their pages; return the files as well.

    MkDocs does so with links of Markdown alone, not with those of HTML that stands in it.
    """
    folder = posixpath.dirname(path)
    place = address(path) if path.endswith("index.md") else posixpath.join(folder, "page")  # all are as deep
    parts = _PAGE.split(text)
    found = [_led(folder, place, link) for link in parts[1::2]]
    parts[1::2] = [begun for _, begun in found]
    return b"".join(parts), frozenset(file for file, _ in found)


def _classed(text: bytes) -> bytes | None:
    """Move the lists of classes behind elements into their starts; nothing where a brace begins something else."""
    first, *others = text.split(_OPEN)
    made = [first]
    for other in others:
        last, (listed, _, rest) = made.pop()[:-1], other.partition(b" }")
        begin, begun = _start(last[last.rfind(b"<") if last.endswith(b">") else -1 :], listed)
        if not begun or (begin == b"<p>" and not rest.startswith(b"</p>")):
            return None
        while made and begin not in last:
            last = made.pop() + last
        before, _, inside = last.rpartition(begin)
        made += (before, begun, inside.removesuffix(b"\n"), rest)
    return b"".join(made)


@functools.lru_cache(maxsize=2**8)  # the templates write a dozen lists
def _start(end: bytes, listed: bytes) -> tuple[bytes, bytes]:
    """Return how an element with this ``end`` and a list of classes behind it begins: without them, and with them."""
    begin, begun = _CLASSED.get(end, (b"", b""))
    if not _CLASSES.fullmatch(listed) or listed.startswith(b":") != (end == b"\n"):
        return b"", b""
    return begin, begun % listed.lstrip(b":").replace(b".", b"").strip() if begun else b""


def rendered(markdown: bytes) -> bytes:
    """Return HTML by cmark, in UTF-8, and free cmark's own copy of it, which ``cmarkgfm`` forgets.

    That the caller must: https://github.com/commonmark/cmark/issues/544.
    """
    made = _cmark.lib.cmark_markdown_to_html(markdown, len(markdown), _UNSAFE)
    try:
        data: bytes = _cmark.ffi.string(made)
        return data
    finally:
        if _free:
            _free(int(_cmark.ffi.cast("uintptr_t", made)))


def check_links(path: str, page: Html, files: Container[str]) -> None:
    """Raise DoubtError where the page at ``path`` links to what is not among ``files``."""
    if missing := sorted(link for link in page.links if link not in files):
        raise DoubtError(f"{path} links to {missing[0]}, which is not there")


@functools.lru_cache(maxsize=2**12)  # most headings stand on every page
def _identified(heading: bytes) -> tuple[bytes, str]:
    """Return what a heading shows, and the id that it names or that is made of it."""
    if named := _NAMED.fullmatch(heading):
        return named[1], named[2].decode()
    return heading, str(toc.slugify(html.unescape(toc.strip_tags(heading.decode())), "-"))


def _led(folder: str, place: str, link: bytes) -> tuple[str, bytes]:
    """Return the file that a link in ``folder`` names, and how the link to it begins on the page at ``place``."""
    above, _, name = link.decode().rpartition("/")
    there, way = _way(folder, place, above)
    led = way or "./" if name == "index.md" else f"{way}{name.removesuffix('.md')}/"
    return f"{there}{name}", f'<a href="{led}'.encode()


@functools.lru_cache(maxsize=2**12)
def _way(folder: str, place: str, above: str) -> tuple[str, str]:
    """Return the folder ``above`` a link's file as a path from the docs folder, and from ``place`` in the site."""
    target = posixpath.normpath(posixpath.join(folder, above)).removeprefix(".")
    there, here = (path.split("/") if path else [] for path in (target, place))
    same = len(posixpath.commonprefix([there, here]))
    ways = [".."] * (len(here) - same), there[same:]
    return target and f"{target}/", "".join(f"{step}/" for way in ways for step in way)


def address(path: str) -> str:
    """Return where MkDocs puts the page of a Markdown file in the site: ``papers/loom.md`` at ``papers/loom``."""
    stem = path.removesuffix(".md")
    return posixpath.dirname(path) if posixpath.basename(stem) == "index" else stem
