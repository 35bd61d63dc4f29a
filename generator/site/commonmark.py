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
# Attributes pass through cmark as comments. An escaped text cannot hold "<" or braces, so it cannot make one, before
# cmark or behind it; one that has no place behind it is found at the end.
_ATTRIBUTES = re.compile(r":? ((?:\.[\w-]+ )+|#[\w-]+ )")
_CLASSES = r"<!--((?:\.[\w-]+ )+)-->"
_BLOCK = re.compile(rf"<p>([^\n]*)</p>\n{_CLASSES}")
_EMPHASIS = re.compile(rf"<em>([^<]*)</em>{_CLASSES}")
_LINK = re.compile(rf'<a href="([^"]*)">(?:([^<]*)</a>{_CLASSES})?')
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
_NAMED = re.compile(r"(.*) <!--#([\w-]+) -->", re.DOTALL)
_ID = re.compile(r'<[a-z][^<>]*? id="([^"]*)"')
_PAGE = re.compile(r"([^:?#]+\.md)([?#].*)?")
_BEYOND = re.compile(r"\]\((?!https?:|#|[^()\s]*\.md[)?#])")
"""Links that MkDocs rewrites by what lies there: to files that are no pages."""
_UNKNOWN = "holds a table, a link to a file, or attributes that are neither class nor id"


class DoubtError(ReadingListError):
    """A page might not be the one that MkDocs makes; the message says why."""


@dataclass(frozen=True)
class Html:
    """A page's body: its HTML, the ids of its headings in their order, and the Markdown files it links to."""

    body: str
    ids: list[str]
    links: frozenset[str]

    @property
    def heading(self) -> str:
        """The id of the first heading, or nothing."""
        return self.ids[0] if self.ids else ""

    @property
    def anchors(self) -> set[str]:
        """All ids that a link can lead to."""
        return set(_ID.findall(self.body))


def to_html(markdown: str, path: str) -> Html:
    """Return the body of the page at ``path`` below the docs folder, such as ``papers/loom.md``, as HTML.

    Links to other Markdown files lead to where MkDocs puts those with ``use_directory_urls``; headings have the ids
    that the table of contents of Python-Markdown gives them. Raises DoubtError for other Markdown than this.
    """
    # Citations stand in <pre>, with braces of their own; elsewhere a brace is the template's.
    start, end = markdown.find("<pre"), markdown.rfind("</pre>")
    start, end = (start, end) if 0 <= start < end else (len(markdown), len(markdown))
    marked = [_commented(part) for part in (markdown[:start], markdown[end:])]
    if any("{" in part or "}" in part or "\n|" in part or _BEYOND.search(part) for part in marked):
        raise DoubtError(f"{path}: {_UNKNOWN}")
    folder, links, ids = posixpath.dirname(path), set(), list[str]()
    place = address(path) if path.endswith("index.md") else posixpath.join(folder, "page")  # all are as deep

    def link(match: re.Match[str]) -> str:
        to, text, classes = match.groups()
        if page := _PAGE.fullmatch(to):
            target, led = _led(folder, place, page[1])
            links.add(target)
            to = f"{led}{page[2] or ''}"
        return f'<a class="{_names(classes)}" href="{to}">{text}</a>' if classes else f'<a href="{to}">'

    def heading(match: re.Match[str]) -> str:
        level, text = match.groups()
        named = _NAMED.fullmatch(text)
        text = named[1] if named else text
        ids.append(named[2] if named else toc.unique(_slug(text), set(ids)))
        return f'<h{level} id="{ids[-1]}">{text}</h{level}>'

    text = _LINK.sub(link, rendered(markdown[start:end].join(marked)))
    text = _EMPHASIS.sub(lambda match: f'<em class="{_names(match[2])}">{match[1]}</em>', text)
    text = _BLOCK.sub(lambda match: f'<p class="{_names(match[2])}">{match[1]}</p>', text)
    text = _HEADING.sub(heading, text)
    if "<!--" in text:
        raise DoubtError(f"{path}: {_UNKNOWN}")
    return Html(text, ids, frozenset(links))


def _commented(markdown: str) -> str:
    """Return Markdown with its attributes as comments; braces stay around what is none."""
    first, *others = markdown.split("{")
    found = [first]
    for other in others:
        attributes, _, rest = other.partition("}")
        found += [_comment(attributes), rest]
    return "".join(found)


@functools.lru_cache(maxsize=2**8)  # the templates write a dozen
def _comment(attributes: str) -> str:
    known = _ATTRIBUTES.fullmatch(attributes)
    return f"<!--{known[1]}-->" if known else f"{{{attributes}}}"


def rendered(markdown: str) -> str:
    """Return HTML by cmark, and free cmark's own copy of it, which ``cmarkgfm.cmark.markdown_to_html`` forgets.

    That the caller must: https://github.com/commonmark/cmark/issues/544.
    """
    data = markdown.encode()
    made = _cmark.lib.cmark_markdown_to_html(data, len(data), _UNSAFE)
    try:
        return str(_cmark.ffi.string(made).decode())
    finally:
        if _free:
            _free(int(_cmark.ffi.cast("uintptr_t", made)))


def check_links(path: str, page: Html, files: Container[str]) -> None:
    """Raise DoubtError where the page at ``path`` links to what is not among ``files``."""
    if missing := sorted(link for link in page.links if link not in files):
        raise DoubtError(f"{path} links to {missing[0]}, which is not there")


def _names(classes: str) -> str:
    return classes.replace(".", "").strip()


@functools.lru_cache(maxsize=2**12)  # most headings stand on every page
def _slug(heading: str) -> str:
    return str(toc.slugify(html.unescape(toc.strip_tags(heading)), "-"))


@functools.lru_cache(maxsize=2**16)  # a paper is linked from many pages of a folder
def _led(folder: str, place: str, link: str) -> tuple[str, str]:
    """Return the file that a link in ``folder`` names, and how its page is reached from the page at ``place``."""
    target = posixpath.normpath(posixpath.join(folder, link))
    there, here = (path.split("/") if path else [] for path in (address(target), place))
    same = len(posixpath.commonprefix([there, here]))
    return target, "/".join([*[".."] * (len(here) - same), *there[same:], ""]) or "./"


def address(path: str) -> str:
    """Return where MkDocs puts the page of a Markdown file in the site: ``papers/loom.md`` at ``papers/loom``."""
    stem = path.removesuffix(".md")
    return posixpath.dirname(path) if posixpath.basename(stem) == "index" else stem
