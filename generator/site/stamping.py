"""Stamps generated pages from the finished HTML of one specimen of their kind, so that a theme is rendered once a kind.

Pages of a kind have the same folder, front matter and outline, so a theme prints them alike but for what fills a few
places: title, description, lines for the head, first heading, address, body. A specimen is a page whose front matter
and heading are the names of those places; where they stand in its HTML, a stamp puts what a page has.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generator import pages
from generator.disk.files import Mark
from generator.site import commonmark
from generator.site.commonmark import DoubtError

FEWEST = 4
"""A kind with fewer pages is left to MkDocs: its specimen and its proof would be as many."""
_LONG_PROOF = 50_000
"""A page of more bytes takes MkDocs so long that a shorter one of its kind, if there is one, is the proof."""

KNOWN_VERSIONS = {"mkdocs": ("1.6.",), "mkdocs-material": ("9.8.",)}
"""What stamping is proved with, by tests/test_stamping.py; another version may print a page otherwise."""
KNOWN_EXTENSIONS: Mapping[str, tuple[str | None, ...]] = {
    "attr_list": (None,),
    "fenced_code": (None,),
    "tables": (None,),
    "toc": (None, "title"),
    "pymdownx.highlight": (None, "use_pygments"),
    "pymdownx.superfences": (None,),
}
"""The extensions of Markdown, with their options, that read a generated page as CommonMark does, but for attributes."""
KNOWN_TEMPLATES = {
    "404.html": "2a5e8518d6cfc738ba853b0b",
    "main.html": "7f641ae60f0041c4bb479805",
    "partials/policy.html": "6b8b1212726b4729bad5eb42",
    "partials/search.html": "126a1f72c3bdbc6b6e417488",
}
"""The digests of the list's own overrides. A test tells when one has changed: then look at what it prints of a page."""

_START = f"---\n{pages.MARK}\n".encode()
_FILLED = ("title", "description", "head")
_FILLED_LINES = tuple(f"{key}: ".encode() for key in _FILLED)
_OUTLINE = re.compile(rb"\n(##+ .*)")
_HEADINGS = re.compile(r"^#+ .*$", re.MULTILINE)
_HEADING = "Rl0Heading0"
SPECIMEN_BODY = "<h1>rl0body0</h1>"
"""What a specimen's own body is replaced by before the theme is put round it, which adds a heading where none is."""
_PLACES = re.compile(rf"(rl0(?:title|description|head|heading|name0-\d+)0|{SPECIMEN_BODY})")
_NAME = "rl0name0-{}0"
_KEPT = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)|\s*\n\s*", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#(\d+)|quot);")


@dataclass(frozen=True)
class Kind:
    """What pages have in common that one specimen stands for."""

    folder: str
    front: tuple[str, ...]
    """The lines of the front matter that are the same on every page."""
    outline: tuple[str, ...]
    """The headings below the first, as Markdown."""


@dataclass(frozen=True)
class Leaf:
    """A generated page that may be stamped: its path, its kind, and a key of its text, which is not held in memory."""

    path: str
    kind: Kind
    digest: str
    size: int
    """In bytes."""

    @property
    def html_path(self) -> str:
        """The path of the page's HTML below the root of the site."""
        return html_path(self.path)

    @property
    def name(self) -> str:
        """The last part of the page's address."""
        return self.path.rpartition("/")[2].removesuffix(".md")


def is_generated(data: bytes) -> bool:
    """Tell whether a page is one that the generator writes."""
    return data.startswith(_START)


def outline(markdown: str) -> str:
    """Return the headings of a page, as Markdown."""
    return "\n\n".join(_HEADINGS.findall(markdown))


def read(path: str, data: bytes) -> Leaf | None:
    """Return the page at ``path`` below the docs folder, whose file holds ``data``, as a leaf.

    A page that no generator wrote is none, nor is the first page of a folder, which stands in another place.
    """
    if not is_generated(data) or path.endswith("/index.md"):
        return None
    lines, markdown = _parts(data)
    same = tuple(line for line in lines if not line.startswith(_FILLED_LINES))
    return Leaf(path, _kind(path.rpartition("/")[0], same, *_OUTLINE.findall(markdown)), digest(data), len(data))


def to_note(leaves: Mapping[str, tuple[Mark, Leaf]]) -> object:
    """Return what a build is to note of the leaves at these paths, with the marks of their files."""
    numbers: dict[Kind, int] = {}
    said = {
        path: (mark, numbers.setdefault(leaf.kind, len(numbers)), leaf.digest, leaf.size)
        for path, (mark, leaf) in leaves.items()
    }
    return {"maker": _MAKER, "kinds": [astuple(kind) for kind in numbers], "leaves": said}


def noted(said: Any) -> dict[str, tuple[Mark, Leaf]]:
    """Return the leaves that a build with the same code has noted; none where that cannot be read."""
    with contextlib.suppress(TypeError, KeyError, ValueError, IndexError):
        if said["maker"] == _MAKER:
            kinds = [Kind(folder, tuple(front), tuple(outline)) for folder, front, outline in said["kinds"]]
            return {
                path: (tuple(mark), Leaf(path, kinds[number], key, size))
                for path, (mark, number, key, size) in said["leaves"].items()
            }
    return {}


@lru_cache(maxsize=2**12)  # a list has a few dozen
def _kind(folder: str, front: tuple[bytes, ...], *outline: bytes) -> Kind:
    return Kind(folder, tuple(line.decode() for line in front), tuple(line.decode() for line in outline))


def _parts(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines of a generated page's front matter, and the Markdown below."""
    front, _, markdown = data.partition(b"\n---\n\n")
    return front.split(b"\n")[2:], markdown


def kinds(leaves: Iterable[Leaf]) -> dict[Kind, list[Leaf]]:
    """Return the kinds that are worth a specimen, each with its pages; the first is the proof.

    That is one of middle length, or a shorter one where that is very long.
    """
    found = defaultdict(list)
    for leaf in leaves:
        found[leaf.kind].append(leaf)
    for alike in found.values():
        alike.sort(key=lambda leaf: (leaf.size, leaf.path))
        fit = sum(leaf.size <= _LONG_PROOF for leaf in alike)
        alike.insert(0, alike.pop(max(min(len(alike) // 2, fit - 1), 0)))
    return {kind: alike for kind, alike in found.items() if len(alike) >= FEWEST}


def specimen(kind: Kind, number: int) -> tuple[str, str]:
    """Return path and Markdown of a page of ``kind`` that holds the names of the places; ``number`` is its own."""
    filled = [f"{key}: rl0{key}0" for key in _FILLED]
    text = "\n".join(["---", *filled, *kind.front, "---", "", f"# {_HEADING}", "", *kind.outline, ""])
    return f"{kind.folder}/{_NAME.format(number)}.md", text


def listed(sitemap: str, path: str, leaves: Iterable[Leaf]) -> str:
    """Put an entry of each of ``leaves`` in the place of that of their specimen at ``path``."""
    name = path.rpartition("/")[2].removesuffix(".md")
    entry = re.search(rf"\s*<url>\s*<loc>[^<]*/{name}/</loc>.*?</url>", sitemap, re.DOTALL)
    if not entry:
        return sitemap  # a site without an address has no entries
    return sitemap.replace(entry[0], "".join(entry[0].replace(name, quote(leaf.name)) for leaf in leaves))


def html_path(path: str) -> str:
    """Return where the HTML of the Markdown file ``path`` lies in the site."""
    return f"{commonmark.address(path)}/index.html"


def digest(data: bytes) -> str:
    """Return a short key of ``data``."""
    return hashlib.sha256(data).hexdigest()[:24]


_MAKER = digest(Path(__file__).read_bytes())  # another reading of pages may find other kinds


@dataclass(frozen=True)
class Stamp:
    """The HTML of a specimen, cut at its places: what is the same, and what a page fills in between, one fewer."""

    fixed: tuple[bytes, ...]
    places: tuple[str, ...]

    @classmethod
    def of(cls, html: str) -> Stamp:
        """Cut the finished HTML of a specimen. Raises DoubtError where a place cannot be found, or shows otherwise."""
        parts = _PLACES.split(_squeezed(html))
        if parts.count(SPECIMEN_BODY) != 1 or not {"rl0title0", "rl0head0"} < set(parts):
            raise DoubtError("the theme does not print title, head and body of a page where they are expected")
        if any("rl0" in part.lower() for part in parts[::2]):
            raise DoubtError("the theme prints something of a page's own in a form that is not known")
        return cls(tuple(_bytes(part) for part in parts[::2]), tuple(parts[1::2]))

    @cached_property
    def digest(self) -> str:
        """A key of the specimen and of the code that fills it."""
        code = [Path(module).read_bytes() for module in (__file__, commonmark.__file__)]
        versions = [version(package).encode() for package in ("cmarkgfm", "Markdown")]
        return digest(b"\0".join([*self.fixed, *(place.encode() for place in self.places), *versions, *code]))

    def key(self, leaf: Leaf) -> str:
        """Return what the bytes of a stamped page depend on, besides its path, as one short key."""
        return self.digest[:12] + leaf.digest

    def page(self, leaf: Leaf, data: bytes, files: Container[str]) -> bytes:
        """Return the finished page of ``leaf``, whose Markdown file holds ``data``.

        Raises DoubtError where it links to what is not among ``files``, or is not the page that it was.
        """
        if digest(data) != leaf.digest:
            raise DoubtError(f"{leaf.path} has changed while the site was built")
        front, markdown = _parts(data)
        made = commonmark.to_html(markdown, leaf.path)
        commonmark.check_links(leaf.path, made, files)
        return self._fill(leaf, front, made.body, made.heading)

    def _fill(self, leaf: Leaf, front: Iterable[bytes], body: bytes, heading: str) -> bytes:
        stated = [line.partition(b": ") for line in front if line.startswith(_FILLED_LINES)]
        texts = json.loads(b"[%b]" % b",".join(value for _, _, value in stated))
        values = {f"rl0{key.decode()}0": _bytes(text) for (key, _, _), text in zip(stated, texts, strict=True)}
        values |= {"rl0heading0": heading.encode(), SPECIMEN_BODY: body}
        parts = [b""] * (2 * len(self.places) + 1)
        parts[::2] = self.fixed
        name = quote(leaf.name).encode()
        parts[1::2] = [values.get(place, name) for place in self.places]
        return b"".join(parts)

    def prove(self, leaf: Leaf, data: bytes, content: str, finished: str) -> None:
        """Hold the stamp against a page of MkDocs: its body as rendered, ``content``, and its ``finished`` HTML.

        Raises DoubtError where stamping the page would give another one.
        """
        front, markdown = _parts(data)
        mine = commonmark.to_html(markdown, leaf.path)
        frame = _squeezed(finished.replace(content, SPECIMEN_BODY))
        if self._fill(leaf, front, SPECIMEN_BODY.encode(), mine.heading) != _bytes(frame):
            raise DoubtError(f"the theme prints {leaf.path} otherwise than its specimen")
        if _plain(mine.body.decode()) != _plain(content):
            raise DoubtError(f"MkDocs reads the Markdown of {leaf.path} otherwise than cmark")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="xmlcharrefreplace")


def _squeezed(html: str) -> str:
    """Return HTML without the indentation and the empty lines that a theme's templates leave, an eighth of a page."""
    return _KEPT.sub(lambda match: match[0] if match[1] else "\n", html)


def _plain(html: str) -> str:
    """Return HTML with white space folded and references to characters that need none resolved."""
    text = _REFERENCE.sub(lambda match: _character(match[1]), html)
    return re.sub(r">\s+|\s+<|\s+", lambda match: match[0].strip() or " ", text).strip()


def _character(code: str | None) -> str:
    char = chr(int(code)) if code else '"'
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(char, char)
