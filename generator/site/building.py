"""One build of the site: what MkDocs renders of it, and what is stamped from that or made by cmark."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from generator.disk import files, notes
from generator.library import Library
from generator.site import commonmark, stamping
from generator.site.commonmark import DoubtError
from generator.site.folder import SiteFolder


@dataclass
class Build:
    """Where a site goes, and which pages are left to be stamped. Pages go by the paths of their Markdown files."""

    folder: SiteFolder
    docs: Path
    """Where the Markdown files lie."""
    note: Path
    """The file that tells the next build which pages are stamped, if they have not changed."""
    fast: bool
    """Whether anything is stamped at all."""
    library: Library | None = None
    """The records, where they had to be read."""
    leaves: dict[stamping.Kind, list[stamping.Leaf]] = field(default_factory=dict)
    """The pages that are stamped, by their kinds."""
    data: dict[str, files.Mark] = field(default_factory=dict)
    """The data files, which go into the site as they are, where they lie in the docs folder, with their marks."""
    _specimens: dict[str, stamping.Kind] = field(default_factory=dict)
    _proofs: dict[str, stamping.Leaf] = field(default_factory=dict)  # a page of each kind that MkDocs renders too
    _bodies: dict[str, commonmark.Html] = field(default_factory=dict)  # of other generated pages
    _doubts: list[str] = field(default_factory=list)
    _content: dict[str, str] = field(default_factory=dict)  # what MkDocs made of proofs
    _html: dict[str, str] = field(default_factory=dict)  # finished pages, of specimens and proofs

    def divide(self, marks: Mapping[str, files.Mark]) -> dict[str, str]:
        """Find the pages to be stamped among those at the paths of ``marks``; return the specimens to render."""
        noted = stamping.noted(notes.read(self.note))
        found = {}
        for path, mark in marks.items():
            before, leaf = noted.get(path, (None, None))
            if before != mark:
                leaf = stamping.read(path, self._read(path))
            if leaf:
                found[path] = (mark, leaf)
        if found != noted:
            notes.write(self.note, stamping.to_note(found))
        specimens = {}
        for number, (kind, alike) in enumerate(stamping.kinds(leaf for _, leaf in found.values()).items()):
            proof, *stamped = alike
            path, text = stamping.specimen(kind, number)
            specimens[path] = text
            self._specimens[path] = kind
            self._proofs[proof.path] = proof
            self.leaves[kind] = stamped
        return specimens

    def _read(self, path: str) -> bytes:
        return files.read(f"{self.docs}/{path}")

    def markdown(self, path: str, text: str, markdown: str) -> str:
        """Return what MkDocs is to render of a page whose file holds ``text``, with this ``markdown`` in it.

        That is no more than the headings where the page was generated and its body can be made by cmark.
        """
        if not self.fast or path in self._specimens or path in self._proofs:
            return markdown
        if not stamping.is_generated(text.encode()):
            return markdown
        try:
            self._bodies[path] = commonmark.to_html(markdown.encode(), path)
        except DoubtError:
            return markdown
        return stamping.outline(markdown)

    def content(self, path: str, html: str, headings: list[str]) -> tuple[str, set[str]]:
        """Return the body of a page, and ids in it; MkDocs has made ``html`` of it, with these ids of ``headings``."""
        html = commonmark.lead(html.encode(), path)[0].decode()
        if path in self._proofs:
            self._content[path] = html
        if path in self._specimens:
            return stamping.SPECIMEN_BODY, set()
        if body := self._bodies.get(path):
            if headings != body.ids:
                self._doubts.append(f"MkDocs reads the headings of {path} otherwise than cmark")
            return body.body.decode(), body.anchors
        return html, set()

    def page(self, path: str, html: str) -> None:
        """Note the finished pages that stamps are made of and proved by."""
        if path in self._specimens or path in self._proofs:
            self._html[path] = html

    def sitemap(self, text: str) -> str:
        """Return the sitemap with the stamped pages in the places of their specimens."""
        for path, kind in self._specimens.items():
            text = stamping.listed(text, path, self.leaves[kind])
        return text

    def publish(self, built: Path, files: Container[str]) -> Mapping[stamping.Kind, stamping.Stamp]:
        """Put the site that MkDocs has ``built`` and the stamped pages in the place of the old site; return the stamps.

        ``files`` are all that links may lead to. Raises DoubtError where a page might be another one than MkDocs', and
        WriteError; the old site stays then.
        """
        stamps = {kind: stamping.Stamp.of(self._html[path]) for path, kind in self._specimens.items()}
        for path, proof in self._proofs.items():
            stamps[proof.kind].prove(proof, self._read(path), self._content[path], self._html[path])
        for path, body in self._bodies.items():
            commonmark.check_links(path, body, files)
        if self._doubts:
            raise DoubtError(self._doubts[0])

        def stamped(leaf: stamping.Leaf) -> bytes:
            return stamps[leaf.kind].page(leaf, self._read(leaf.path), files)

        self.folder.put_all(built, besides={stamping.html_path(path) for path in self._specimens})
        leaves = (leaf for leaves in self.leaves.values() for leaf in leaves)
        self.folder.put_many(
            [
                *((path, " ".join(map(str, mark)), partial(self._read, path)) for path, mark in self.data.items()),
                *((leaf.html_path, stamps[leaf.kind].key(leaf), partial(stamped, leaf)) for leaf in leaves),
            ]
        )
        self.folder.publish()
        return stamps
