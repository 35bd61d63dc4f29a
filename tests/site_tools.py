"""Tools for the tests of the build wing: the toy list, copies of the project, built sites, a server, a Chromium."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import built_site
import pytest
from playwright.sync_api import Page

from generator import cli, generation, pages, store
from generator.library import Library
from generator.models import Record
from generator.settings import Settings
from generator.store.schema import SCHEMA_FILE, record_schema

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "records"
TOY = Path(__file__).resolve().parent / "toy"
TOY_RECORDS = TOY / "records"
LISTING = TOY / "listing.txt"
"""A dump of two invented papers; the records of the toy list do not have them."""
DAY = ("--added", "2025-01-02")
"""Keeps the day of a test run out of imported records."""
TOY_SETTINGS = Settings(
    site_name="Toy List & Loom",
    site_description="Invented papers about looms.",
    repo_url="https://github.com/toy-list/list",
)
PAYLOAD_FLAG = "pwned"
"""What every payload of the hostile toy record sets on ``window``; it must stay unset."""
RUN_FOLDER = "READING_LIST_TESTS"
"""The variable with the folder of this run of pytest, the same for all its workers; conftest.py makes it."""


# --- projects --------------------------------------------------------------------------------------------------------


def toy_records(target: Path) -> Path:
    """Copy the toy list's records, with the JSON Schema that belongs to them, to ``target``; return it."""
    shutil.copytree(TOY_RECORDS, target)
    (target / SCHEMA_FILE).write_text(record_schema(store.load(target).topics), encoding="utf-8")
    return target


def write_record(folder: Path, record_id: str, record: Record) -> bool:
    """Write one record of a folder in canonical form; return whether the file changed."""
    return bool(store.save(folder, {store.record_file(record_id): store.record_text(record)}))


def library(records: Path = TOY_RECORDS) -> Library:
    """Return the library of a records folder, which must be without problems."""
    contents = store.load(records)
    assert contents.problems == ()
    return Library.of(contents)


def copy_project(target: Path, records: Path = RECORDS) -> Path:
    """Copy mkdocs.yml, the hand-written files of docs and ``records`` to ``target``; return it."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "mkdocs.yml", target)
    for file in sorted((ROOT / "docs").rglob("*")):
        name = file.relative_to(ROOT)
        if file.is_file() and not is_generated(file):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target / name)
    shutil.copytree(records, target / "records")
    return target


def is_generated(file: Path) -> bool:
    """Tell whether a file below docs is made from the records."""
    top, *rest = file.relative_to(ROOT / "docs").parts
    if rest and top in (*pages.FOLDERS, generation.DATA):
        return True
    return file.suffix == ".md" and pages.MARK in file.read_text(encoding="utf-8").split("\n")[:2]


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without what would change a site, and with ``more``."""
    ours = ("SITE_URL", "REPO_URL", "READING_LIST_RECORDS", "SOURCE_DATE_EPOCH")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    # The theme's advertisement is no warning of the site.
    return kept | {"NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"} | more


def run(project: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m …`` in a project; standard output and standard error are kept apart."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=project,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


def enter_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a new folder with the toy list's records and without a site's configuration; return it."""
    folder = tmp_path / "project"
    folder.mkdir()
    toy_records(folder / "records")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("READING_LIST_RECORDS", raising=False)
    return folder


def call(*arguments: str) -> int:
    """Run a command in this process; what argparse exits with is its status too."""
    try:
        return cli.main(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1


def file_bytes(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by its path inside it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# --- sites -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """A project with its built site, how the build ended and what it said."""

    project: Path
    folder: Path
    status: int
    log: str

    @functools.cached_property
    def files(self) -> tuple[str, ...]:
        """The paths of all HTML files inside the site."""
        return tuple(sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.html")))

    def html(self, name: str) -> str:
        """Return the text of one HTML file."""
        return (self.folder / name).read_text(encoding="utf-8")


def build(project: Path, **variables: str) -> Site:
    """Build a project as a maintainer does; the caller looks at the status."""
    done = run(project, "mkdocs", "build", "--strict", **variables)
    return Site(project, project / "site", done.returncode, done.stdout + done.stderr)


@functools.cache
def scratch() -> Path:
    """Return a folder that lives as long as this test session."""
    return Path(tempfile.mkdtemp(dir=os.environ[RUN_FOLDER]))


def _once(name: str, make: Callable[[Path], Site]) -> Site:
    """Return the site that the first worker to ask for it makes in a new folder; the others of the run wait for it."""
    import fcntl  # not everywhere, and few tests need it

    folder = Path(os.environ[RUN_FOLDER]) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / "site.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(folder)))
        site: Site = pickle.loads(kept.read_bytes())
        return site


@functools.cache
def real_site() -> Site:
    """Build the site of the real records, once per run; a test that changes it works on a copy."""
    return _once("real", lambda folder: build(copy_project(folder / "project")))


@functools.cache
def toy_site() -> Site:
    """Build the site of the toy list, hostile record and all, once per run, as a published one with a repository."""

    def make(folder: Path) -> Site:
        project = copy_project(folder / "project", toy_records(folder / "records"))
        return build(project, SITE_URL=PUBLISHED, REPO_URL="https://git.example.org/list")

    return _once("toy", make)


@functools.cache
def zensical_site() -> Site:
    """Build the site of the real records with the other engine, once per run."""

    def make(folder: Path) -> Site:
        project = copy_project(folder / "project")
        done = run(project, "generator", "build", "--engine", "zensical", "--site-dir", folder / "site")
        return Site(project, folder / "site", done.returncode, done.stdout + done.stderr)

    return _once("zensical", make)


PUBLISHED = "https://published.example.org/looms/"


@dataclass
class PageFacts:
    """What the tests ask of one HTML page."""

    title: str = ""
    description: str | None = None
    headings: list[str] = field(default_factory=list)
    """The text of every h1."""
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    """Addresses that a visitor may follow."""
    loads: list[str] = field(default_factory=list)
    """Addresses that a browser loads by itself."""
    styles: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    handlers: list[tuple[str, str]] = field(default_factory=list)
    """Attributes that run a script."""


class _Reader(HTMLParser):
    """Notes the facts of a page; quicker than a tree, and a session reads a thousand pages."""

    FOLLOWED_RELATIONS = frozenset({"canonical", "next", "prev", "alternate", "edit", "license"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.facts = PageFacts()
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        facts = self.facts
        facts.tags.add(tag)
        facts.anchors.update(given[name] for name in ("id", "name") if given.get(name) and (name == "id" or tag == "a"))
        facts.handlers += [(tag, name) for name in given if name.startswith("on")]
        facts.styles += [given["style"]] if "style" in given else []
        if tag == "meta" and given.get("name") == "description":
            facts.description = given.get("content", "")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            facts.links.append(given.get("content", "").partition("url=")[2])
        if tag in ("a", "area") and "href" in given:
            facts.links.append(given["href"])
        if tag == "link" and "href" in given:
            follows = self.FOLLOWED_RELATIONS & set(given.get("rel", "").split())
            (facts.links if follows else facts.loads).append(given["href"])
        facts.loads += [given[name] for name in ("src", "poster", "data", "background") if given.get(name)]
        facts.loads += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        if tag == "h1":
            facts.headings.append("")
        if tag in ("title", "h1", "style", "svg", "body"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.inside == ["title"]:
            self.facts.title += data
        elif "h1" in self.inside and "svg" not in self.inside:
            self.facts.headings[-1] += data
        elif self.inside[-1:] == ["style"]:
            self.facts.styles.append(data)


@functools.cache
def facts(folder: Path, name: str) -> PageFacts:
    """Return the facts of the HTML file ``name`` of the site in ``folder``."""
    reader = _Reader()
    reader.feed((folder / name).read_text(encoding="utf-8"))
    reader.close()
    return reader.facts


# --- a server and a browser ------------------------------------------------------------------------------------------


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Kept(_Quiet):
    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


@contextlib.contextmanager
def serve(folder: Path, *, kept: bool = False) -> Iterator[str]:
    """Serve ``folder`` on a free port of the loopback; yields the address, which ends in a slash.

    With ``kept``, browsers keep each file for ten minutes, as GitHub Pages lets them.
    """
    with built_site.answering(functools.partial(_Kept if kept else _Quiet, directory=str(folder))) as address:
        yield address


def free_port() -> int:
    """Return a port of the loopback that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


# What scripts make of a page once it has loaded: they mark what is ready.
AT_REST = """() => document.fonts.ready.then(() => !document.querySelector(
  ".rl-cite:not(.rl-is-ready), .rl-browse:not(.rl-is-ready, .rl-is-broken)"))"""


def at_rest(page: Page) -> None:
    """Wait until a page has its fonts and its scripts have made what they make; half a second less than networkidle."""
    page.wait_for_function(AT_REST)


def chromium() -> str:
    """Return the path of a Chromium. Without one a test is skipped, but fails in CI, where it must not go unnoticed."""
    found = built_site.chromium()
    if found is None:
        remedy = f"no Chromium: name one in CHROMIUM, or install one of {', '.join(built_site.BROWSERS)}"
        if os.environ.get("CI") == "true":
            pytest.fail(remedy)
        pytest.skip(remedy)
    return found
