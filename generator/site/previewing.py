"""A saved record's own page, shown before the whole list is made anew: a curator sees at once what was written."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import replace
from pathlib import Path

from generator import pages, store
from generator.disk import journal
from generator.library import Library
from generator.settings import Settings
from generator.site import stamping
from generator.site.commonmark import DoubtError
from generator.site.folder import SiteFolder


class Preview:
    """A whole build, kept to show single pages in its site until the next one."""

    def __init__(
        self,
        settings: Settings,
        library: Library | None,
        stamps: Mapping[stamping.Kind, stamping.Stamp],
        files: Container[str],
        folder: SiteFolder,
    ) -> None:
        """Keep a build of ``library``, which is read anew where it is not at hand.

        ``stamps`` are those it used, ``files`` the Markdown files it had, and ``folder`` is where its site lies.
        """
        self.library = library or Library.of(store.load(settings.records))
        self._settings, self._stamps, self._files, self._folder = settings, stamps, files, folder
        # A copy that takes in new records but keeps its indexes as they are: making these anew waits for a build.
        self._records = dict(self.library.records)
        self._shown = replace(self.library, records=self._records)
        for page in pages.papers(self._shown, settings, list(self._records)[:1], self.library.relations):
            page.make()  # which makes the indexes

    def show(self, changed: Collection[Path]) -> list[str]:
        """Show the pages of the records whose files have ``changed``, each with the related papers and links it had.

        Return their addresses; none where anything else has changed too, or a page cannot be shown this way.
        """
        folder = self._settings.records.absolute()
        saved = {path.stem: path for path in changed if path == folder / store.record_file(path.stem)}
        if len(saved) < len(changed) or not saved.keys() <= self._records.keys():
            return []
        read = {record_id: store.load_record(path) for record_id, path in saved.items()}
        records = {record_id: record for record_id, record in read.items() if record}
        if len(records) < len(saved) or journal.is_pending(self._settings.records):
            return []
        self._records |= records
        try:
            shown = pages.papers(self._shown, self._settings, sorted(records), self.library.relations)
            made = [self._made(page) for page in shown]
        except DoubtError:
            return []
        for address, data in made:
            self._folder.amend(address, data)
        return [address.removesuffix("index.html") for address, _ in made]

    def _made(self, page: pages.Page) -> tuple[str, bytes]:
        data = page.make().encode()
        leaf = stamping.read(page.path, data)
        stamp = self._stamps.get(leaf.kind) if leaf else None
        if not leaf or not stamp:
            raise DoubtError(f"{page.path}: no page of its kind has been stamped")
        return leaf.html_path, stamp.page(leaf, data, self._files)
