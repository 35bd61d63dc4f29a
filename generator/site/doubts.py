"""What in a configuration of MkDocs may make a page differ from what a specimen of its kind shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from generator.site import stamping

# What other plugins may do without touching a page.
_HARMLESS = frozenset({"startup", "shutdown", "serve", "config", "pre_build", "build_error"})


def about(config: Any, *, dirty: bool, events: Collection[str], own: type) -> Iterator[str]:
    """Say why pages may not be stamped; nothing where they may.

    ``config`` is the ``MkDocsConfig``, ``events`` are the names of all events of MkDocs, ``own`` is this list's plugin.
    """
    if dirty:
        yield "a dirty build"
    if config.nav is None:
        yield "mkdocs.yml has no nav, so every page is in it"
    if not config.use_directory_urls:
        yield "use_directory_urls is off"
    for package, known in stamping.KNOWN_VERSIONS.items():
        if not (found := version(package)).startswith(known):
            yield f"{package} is {found}, and stamping is proved with {' '.join(known)}"
    if config.theme.name != "material":
        yield f"the theme is {config.theme.name}"
    if config.theme.custom_dir:
        for template in sorted(Path(config.theme.custom_dir).rglob("*.html")):
            name = template.relative_to(config.theme.custom_dir).as_posix()
            if stamping.digest(template.read_bytes()) != stamping.KNOWN_TEMPLATES.get(name):
                yield f"the theme's {name} is overridden by another than the list's own"
    for extension in config.markdown_extensions:
        for option in config.mdx_configs.get(extension) or {None}:
            if option not in stamping.KNOWN_EXTENSIONS.get(extension, ()):
                yield f"Markdown has the extension {extension}" + (f" with {option}" if option else "")
    for name, plugin in config.plugins.items():
        if not isinstance(plugin, own) and getattr(plugin, "config", {}).get("enabled", True):
            for event in events:
                if event not in _HARMLESS and hasattr(plugin, f"on_{event}"):
                    yield f"the plugin or hook {name} may touch pages, by on_{event}"
