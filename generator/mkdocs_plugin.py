"""The MkDocs plugin, the only module that imports mkdocs: pages are made before a build and when a record changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority

from generator import generation, pages, settings, store
from generator.errors import ReadingListError
from generator.library import Library

_log = logging.getLogger("mkdocs.plugins.reading-list")


class ReadingListPlugin(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """Runs ``generate`` before ``mkdocs build`` and ``mkdocs serve``."""

    @event_priority(100)
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Write the pages that have changed. A broken record stops a build with every problem named."""
        configured = settings.load(Path(config.config_file_path))
        contents = store.load(configured.records)
        if contents.problems:
            raise PluginError("the records have problems:\n" + "\n".join(map(str, contents.problems)))
        try:
            done = generation.generate(Library.of(contents), configured, Path(config.docs_dir))
        except ReadingListError as error:
            raise PluginError(str(error)) from error
        _log.debug("%d pages written, %d unchanged, %d removed", done.written, done.unchanged, done.removed)

    def on_env(self, env: jinja2.Environment, **_: Any) -> jinja2.Environment:
        """Keep the theme's templates from being looked up on disk again for every part of every page."""
        env.auto_reload = False
        return env

    def on_serve(
        self,
        server: LiveReloadServer,
        *,
        config: MkDocsConfig,
        builder: Callable[..., Any],  # noqa: ARG002 - part of the event
    ) -> LiveReloadServer:
        """Watch the records and what is written by hand, not the generated pages: these would start a second build."""
        docs = Path(config.docs_dir)
        server.unwatch(str(docs))
        server.watch(str(docs), recursive=False)
        for folder in sorted(docs.iterdir()):
            if folder.is_dir() and folder.name not in (*pages.FOLDERS, generation.DATA):
                server.watch(str(folder))
        records = settings.load(Path(config.config_file_path)).records
        if records.is_dir():
            server.watch(str(records))
        return server
