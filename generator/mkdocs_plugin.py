"""The MkDocs plugin, the only module that imports mkdocs.

It writes the Markdown pages before a build. MkDocs renders what is in the navigation and one specimen of each kind of
other page; the rest is stamped from the specimens, and the finished site takes the place of the old one. Where a
stamped page might differ from MkDocs' own, the plugin says why and lets MkDocs render every page.
"""

from __future__ import annotations

import datetime
import gc
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import mkdocs
from mkdocs.commands.build import build
from mkdocs.config import base, config_options, load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError, MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import EVENTS, BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import CountHandler

from generator import generation, pages, settings, store
from generator.disk import files, locks
from generator.errors import ReadingListError
from generator.generation import standing
from generator.site import doubts, watching
from generator.site.building import Build
from generator.site.commonmark import DoubtError
from generator.site.folder import CACHE, SiteFolder
from generator.site.previewing import Preview

_log = logging.getLogger("mkdocs.plugins.reading-list")
_notice = logging.getLogger("reading-list")  # seen in a quiet build, and no warning that would end a strict one
_ENGINE = "engine"
_BUILT = (InclusionLevel.INCLUDED, InclusionLevel.NOT_IN_NAV)
_LEAST_PAUSE = 1.0
"""Seconds from showing a saved record to building everything: time to look at the page, or to save more."""


class Options(base.Config):  # type: ignore[no-untyped-call]
    """What mkdocs.yml may say of the plugin."""

    fast = config_options.Type(bool, default=True)
    """Stamp pages from specimens; ``false`` lets MkDocs render every page."""


class _OwnFile(File):
    """A file that MkDocs knows for links, and neither renders nor copies."""

    def __init__(self, file: File) -> None:
        vars(self).update(vars(file), dest_uri=file.dest_uri)  # which follows from the kind of file

    def is_documentation_page(self) -> bool:
        return False

    def copy_file(self, dirty: bool = False) -> None:  # noqa: ARG002 - part of MkDocs' interface
        return


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Compiled templates of the theme, in the folder for temporary files that Jinja2 makes for the user alone."""

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        with suppress(OSError):  # no room: they are compiled again next time
            super().dump_bytecode(bucket)


class ReadingListPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Writes the pages before ``mkdocs build`` and ``mkdocs serve``, and makes the build fast."""

    def __init__(self) -> None:
        self.serving = self.dirty = self.plain = False
        self.preview_site: SiteFolder | None = None
        self.preview: Preview | None = None
        self.pause = _LEAST_PAUSE
        self.running = ExitStack()
        self.files = Files([])
        self.state: files.State = ()

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note what is to be done. MkDocs keeps this object from build to build because it has this event."""
        self.serving, self.dirty = command == "serve", dirty
        gc.set_threshold(100_000, 50, 1000)  # a build keeps nearly all that it makes

    @event_priority(-100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Take the site's folder in hand, and let MkDocs build elsewhere."""
        target, cache = Path(config.site_dir), Path(config.config_file_path).parent / CACHE
        with _told():
            for place in (cache, Path(config.docs_dir)):
                self.running.enter_context(locks.exclusive(place, wait=30 if self.serving else 0))
            folder = self.preview_site or SiteFolder(target, None if self.serving else cache)
        self.preview_site = folder if self.serving else None
        reason = "" if self.config.fast and not self.plain else "asked for"
        if not reason:
            reason = next(doubts.about(config, dirty=self.dirty, events=EVENTS, own=ReadingListPlugin), "")
            if reason:
                _say(reason)
        self.build = Build(folder, Path(config.docs_dir), cache / "leaves.json", fast=not reason)
        self.warnings = CountHandler()
        self.warnings.setLevel(logging.WARNING)
        logging.getLogger("mkdocs").addHandler(self.warnings)
        self.running.callback(logging.getLogger("mkdocs").removeHandler, self.warnings)
        self.running.callback(setattr, config, "site_dir", config.site_dir)
        config.site_dir = str(cache / _ENGINE)
        return config

    @event_priority(100)
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Write the pages that have changed. A broken record stops a build with every problem named."""
        docs, note = Path(config.docs_dir), Path(config.config_file_path).parent / standing.NOTE
        with _told():
            configured = settings.load(Path(config.config_file_path))
            state = {configured.records: files.state(configured.records)}
            run = standing.generate(configured, docs, note, partial(store.load_sound, configured.records))
        _log.debug("%s", run.done)
        self.build.library = run.library if self.serving else None  # a build that ends soon needs it no more
        self._date(run.day)
        state[docs] = self.state = run.state
        if not self.serving:  # a preview hears of them, and builds again
            self.running.callback(watching.tell_of_changes, state)

    def _date(self, day: str | None) -> None:
        """Let MkDocs date the site by the records, so that the same records give the same bytes on any day."""
        if day and "SOURCE_DATE_EPOCH" not in os.environ:
            midnight = datetime.datetime.fromisoformat(f"{day}T00:00:00+00:00")
            os.environ["SOURCE_DATE_EPOCH"] = str(int(midnight.timestamp()))
            self.running.callback(os.environ.pop, "SOURCE_DATE_EPOCH")

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Take out the pages that are stamped, and the data files, and put a specimen of each kind in."""
        if not self.build.fast:
            return files
        listed = set(_files_in(config.nav))
        built = {path: file for path, file in files.src_uris.items() if file.inclusion in _BUILT}
        apart = {
            path: mark
            for path, mark in self.state
            if path.partition("/")[0] in pages.FOLDERS
            and path not in listed
            and path in built
            and built[path].is_documentation_page()
        }
        self.files = files
        for path, text in self.build.divide(apart).items():
            specimen = File.generated(config, path, content=text)
            specimen.edit_uri = path  # as the pages it stands for have one
            files.append(specimen)
        self.build.data = {
            path: mark
            for path, mark in self.state
            if path.startswith(f"{generation.DATA}/")
            and path in built
            and not built[path].is_documentation_page()
            and path not in config.extra_templates  # those are rendered
        }
        stamped = (leaf.path for leaves in self.build.leaves.values() for leaf in leaves)
        for path in (*stamped, *self.build.data):
            file = files.src_uris[path]
            files.remove(file)
            files.append(_OwnFile(file))
        return files

    def on_page_markdown(self, markdown: str, *, page: Page, **_: Any) -> str:
        """Leave MkDocs no more to render than it must."""
        return self.build.markdown(page.file.src_uri, page.file.content_string, markdown)

    def on_page_content(self, html: str, *, page: Page, **_: Any) -> str:
        """Put in what others have rendered."""
        body, ids = self.build.content(page.file.src_uri, html, [*_ids_in(page.toc)])
        page.present_anchor_ids = (page.present_anchor_ids or set()) | ids
        return body

    def on_env(self, env: jinja2.Environment, **_: Any) -> jinja2.Environment:
        """Keep the theme's templates from being looked up for every part of every page, and compiled in every build."""
        env.auto_reload = False
        with suppress(OSError, RuntimeError):  # there is no folder that only the user can write to
            env.bytecode_cache = _Compiled(pattern=f"mkdocs-{mkdocs.__version__}-jinja2-{jinja2.__version__}-%s")
        return env

    def on_post_template(self, output: str, *, template_name: str, **_: Any) -> str:
        """Name the stamped pages in the sitemap."""
        if template_name == "sitemap.xml":
            return self.build.sitemap(output)
        return output

    def on_post_page(self, output: str, *, page: Page, **_: Any) -> str:
        """Note the finished pages that stamps are made of and proved by."""
        self.build.page(page.file.src_uri, output)
        return output

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Stamp, and put the new site in the place of the old one, unless MkDocs will refuse it for being strict."""
        if config.strict and self.warnings.get_counts():
            self.running.close()
            return
        try:
            with _told():
                self._publish(Path(config.site_dir), settings.load(Path(config.config_file_path)))
            self.running.close()
        except DoubtError as doubt:
            _say(str(doubt))
            self.running.close()
            self._build_plainly(config)

    def _publish(self, built: Path, configured: settings.Settings) -> None:
        files = {file.src_uri for file in self.files if file.inclusion in _BUILT}
        stamps = self.build.publish(built, files)
        if self.serving:
            library = self.build.library or (self.preview.library if self.preview else None)
            self.preview = Preview(configured, library, stamps, files, self.build.folder)

    def _build_plainly(self, config: MkDocsConfig) -> None:
        """Build once more, every page by MkDocs."""
        self.plain = True
        try:
            plain = load_config(config.config_file_path, strict=config.strict, site_dir=config.site_dir)
            plain.site_url = config.site_url
            build(plain, serve_url=config.site_url if self.serving else None)
        finally:
            self.plain = False

    def on_build_error(self, *, error: Exception, **_: Any) -> None:
        """Let go of the site; tell of a full disk and the like in a line."""
        self.running.close()
        if isinstance(error, OSError):
            raise PluginError(f"{error}; the site is as it was; make room, or check names and rights") from error

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[[], None]
    ) -> LiveReloadServer:
        """Watch what people write, records too, and hear of a change at once."""
        docs, configured = Path(config.docs_dir), settings.load(Path(config.config_file_path))
        watched = [str(docs), config.config_file_path, *config.theme.dirs]
        for path in list(watched):
            try:
                server.unwatch(path)
            except KeyError:
                watched.remove(path)
        watch = watching.Watch()
        server.observer, server.builder = watch, partial(self._rebuild, watch, builder)  # type: ignore[assignment]
        for path in watched[1:]:
            server.watch(path)
        server.watch(str(docs), recursive=False)
        generated = (*pages.FOLDERS, generation.DATA)
        by_hand = [docs / name for name in sorted(os.listdir(docs)) if name not in generated]
        for folder in (*by_hand, configured.records):
            if folder.is_dir():
                server.watch(str(folder))
        return server

    def _rebuild(self, watch: watching.Watch, builder: Callable[[], None]) -> None:
        """Show the records that were saved; build everything where that is not all, or a while later."""
        changed = watch.taken()
        if self.preview and (shown := self.preview.show(changed)):
            _log.info("%s: shown as saved; the other pages follow", ", ".join(shown))
            watch.later(self.pause)
            return
        begun = time.monotonic()
        builder()
        # As long as a build takes: who saves often does not wait for builds all the time.
        self.pause = max(_LEAST_PAUSE, time.monotonic() - begun)


def build_site(config_file: Path, site_dir: Path | None) -> bool:
    """Do what ``mkdocs build --strict`` does, in this process, to save the start of another; tell whether it went well.

    Warnings and errors of its log are shown, and what it merely reports is not; with ``--quiet`` warnings would be
    lost as well, and could not end the build. Raises ReadingListError where warnings or the configuration end it.
    """
    log, shown = logging.getLogger("mkdocs"), logging.StreamHandler()
    shown.setFormatter(_EachLine("%(levelname)s: %(message)s"))
    log.setLevel(logging.WARNING)
    log.addHandler(shown)
    try:
        place = {"site_dir": str(site_dir)} if site_dir else {}
        config = load_config(str(config_file), strict=True, **place)
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build(config)
        finally:
            config.plugins.on_shutdown()
    except MkDocsException as error:
        if not isinstance(error.__context__, BuildError):  # which is in the log, with more than this
            raise ReadingListError(error.format_message()) from None
        return False
    finally:
        log.removeHandler(shown)
    return True


class _EachLine(logging.Formatter):
    """Shows what several lines of one message say as several messages; an indented line goes on with the one above."""

    def format(self, record: logging.LogRecord) -> str:
        return re.sub(r"\n(?=\S)", f"\n{record.levelname}: ", super().format(record))


def _say(reason: str) -> None:
    _notice.warning("reading-list: MkDocs renders every page, which is slower: %s", reason)


# --- what MkDocs' objects hold ---------------------------------------------------------------------------------------


@contextmanager
def _told() -> Iterator[None]:
    """Let MkDocs tell of what this package raises."""
    try:
        yield
    except DoubtError:
        raise
    except ReadingListError as error:
        raise PluginError(str(error)) from error


def _files_in(nav: Any) -> Iterator[str]:
    """Yield the files that a navigation names, at any depth."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list | dict):
        for item in nav.values() if isinstance(nav, dict) else nav:
            yield from _files_in(item)


def _ids_in(contents: Iterable[AnchorLink]) -> Iterator[str]:
    """Yield the ids of the headings in a table of contents, in their order."""
    for heading in contents:
        yield heading.id
        yield from _ids_in(heading.children)
