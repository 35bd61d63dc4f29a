"""Stamped pages: the same site as MkDocs alone makes, page by page, and MkDocs alone wherever that might not hold."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import html5lib
import pytest
import site_tools
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from site_tools import ROOT, TOY, copy_project, real_site, toy_records

from generator import pages
from generator.disk import files
from generator.site import commonmark, stamping
from generator.site.commonmark import DoubtError

REASON = "reading-list: MkDocs renders every page, which is slower: "


def dom(html: str) -> list[object]:
    """Return a page's elements, attributes and text in order; white space counts in <pre> alone."""
    found: list[object] = []

    def walk(element: Any, verbatim: bool) -> None:
        if isinstance(element.tag, str):
            verbatim = verbatim or element.tag == "pre"
            found.append((element.tag, sorted(element.attrib.items())))
            note(element.text, verbatim)
            for child in element:
                walk(child, verbatim)
                note(child.tail, verbatim)
            found.append(f"</{element.tag}>")

    def note(text: str | None, verbatim: bool) -> None:
        text = text if verbatim else " ".join((text or "").split())
        if text:
            found.append(text)

    walk(html5lib.parse(html, namespaceHTMLElements=False), False)
    return found


class _Tokens(HTMLParser):
    """Collects what stands in a page, in order; white space counts in <pre> alone, as in ``dom``."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[object] = []
        self.verbatim = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))
        self.verbatim += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"</{tag}>")
        self.verbatim -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self.found.append(data if self.verbatim else data.split())
        if self.found[-1] == []:
            self.found.pop()

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}")


def same_page(one: str, other: str) -> bool:
    """Tell whether two pages are the same document; where the same stands in both, no trees need be built."""
    return _Tokens(one).found == _Tokens(other).found or dom(one) == dom(other)


def same_site(one: Path, other: Path) -> None:
    """Assert that two sites have the same files: pages alike as documents, the sitemap as a set, the rest in bytes."""
    mine, theirs = (
        {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} for site in (one, other)
    )
    assert mine == theirs
    for name in sorted(mine - {"sitemap.xml", "sitemap.xml.gz"}):
        left, right = (one / name).read_bytes(), (other / name).read_bytes()
        if left != right and name.endswith(".html"):
            assert same_page(left.decode(), right.decode()), name
        else:
            assert left == right, name
    entries = [re.findall(r"<url>.*?</url>", (site / "sitemap.xml").read_text(), re.DOTALL) for site in (one, other)]
    assert sorted(entries[0]) == sorted(entries[1])


def configure(project: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what mkdocs.yml says."""
    config = yaml.safe_load((project / "mkdocs.yml").read_text(encoding="utf-8").replace("!ENV", ""))
    config["site_url"], config["repo_url"] = site_tools.PUBLISHED, "https://github.com/toy-list/list"
    change(config)
    (project / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")


def plainly(config: dict[str, Any]) -> None:
    config["plugins"] = [{"search": {"enabled": False}}, {"reading-list": {"fast": False}}]


# --- the same site ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_all_real_records_make_the_same_site_either_way() -> None:
    fast = real_site()
    assert (fast.status, fast.log.count(REASON)) == (0, 0), fast.log
    project = copy_project(site_tools.scratch() / "real-plain")
    (project / "mkdocs.yml").write_text(
        (ROOT / "mkdocs.yml").read_text(encoding="utf-8").replace("- reading-list", "- reading-list: {fast: false}")
    )
    plain = site_tools.build(project)
    assert plain.status == 0, plain.log
    same_site(fast.folder, plain.folder)
    stamped = [name for name in fast.files if fast.html(name) != plain.html(name)]
    assert len(stamped) > 500  # else nothing was compared


def toy_project(folder: Path) -> Path:
    project = copy_project(folder / "toy", toy_records(folder / "records"))
    configure(project, lambda _: None)
    return project


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with the toy list, whose kinds of two pages are stamped."""
    monkeypatch.setattr(stamping, "FEWEST", 2)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    return toy_project(tmp_path)


def make(project: Path, *, strict: bool = True, dirty: bool = False) -> Path:
    """Build a project in this process; return the site."""
    config = load_config(str(project / "mkdocs.yml"), strict=strict)
    config.plugins.on_startup(command="build", dirty=dirty)
    build(config, dirty=dirty)
    return Path(config.site_dir)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site that MkDocs alone makes of the toy list."""
    project = toy_project(tmp_path_factory.mktemp("plain"))
    configure(project, plainly)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        return make(project)


def test_hostile_and_foreign_texts_make_the_same_site_either_way(
    toy: Path, plain: Path, caplog: pytest.LogCaptureFixture
) -> None:
    same_site(make(toy), plain)
    assert REASON not in caplog.text


def test_every_page_of_the_toy_list_reads_alike_in_both_engines(plain: Path) -> None:
    compared = 0
    for file in sorted((TOY / "docs").glob("*/*.md")):
        path = file.relative_to(TOY / "docs").as_posix()
        if leaf := stamping.read(path, file.read_bytes()):
            built = (plain / leaf.html_path).read_text(encoding="utf-8")
            article = re.search(r"<article [^>]*>(.*)</article>", built, re.DOTALL)
            assert article
            markdown = (plain.parent / "docs" / path).read_bytes().partition(b"\n---\n\n")[2]
            assert dom(commonmark.to_html(markdown, path).body.decode()) == dom(article[1]), path
            compared += 1
    assert compared > 15


def test_a_build_again_writes_nothing_and_a_change_writes_what_it_touches(toy: Path) -> None:
    site = make(toy)
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    record = toy / "records" / "papers" / "stray-thread.yaml"
    make(toy)
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()} == before
    record.write_text(record.read_text(encoding="utf-8") + "why: It is red.\n", encoding="utf-8")
    make(toy)
    kept = {path for path in before if path.exists()}  # the files of the search index bear names of what is in them
    changed = {path for path in kept if path.stat().st_mtime_ns != before[path]}
    assert site / "papers" / "stray-thread" / "index.html" in changed
    assert site / "sources" / "toy_dump" / "index.html" not in changed
    assert "It is red" in (site / "papers" / "stray-thread" / "index.html").read_text(encoding="utf-8")


def test_pages_that_stand_as_they_were_are_not_read_again(
    toy: Path, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(toy)
    read: list[str] = []
    monkeypatch.setattr(files, "read", lambda path: read.append(path) or Path(path).read_bytes())  # type: ignore[func-returns-value]
    make(toy)
    first = [path for path in read if path.endswith("/index.md")]
    few = len(read) - len(first)
    shutil.rmtree(toy / ".cache" / "reading-list" / "site")
    same_site(make(toy), plain)
    assert len(read) > 4 * few + len(first)  # without the note, all were: those above were the proofs
    (note,) = (toy / ".cache").rglob("leaves.json")
    note.write_text("no note")
    same_site(make(toy), plain)


def test_compiled_templates_are_kept_and_broken_ones_not_trusted(
    toy: Path, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    make(toy)
    kept = sorted(tmp_path.glob("_jinja2-cache-*/mkdocs-*"))
    assert kept
    for path in kept:
        path.write_bytes(b"no code")
    same_site(make(toy), plain)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    same_site(make(toy), plain)


def test_a_specimen_leaves_no_trace(toy: Path) -> None:
    site = make(toy)
    assert not [path for path in site.rglob("*") if "rl0" in path.name]
    for path in site.rglob("*"):
        if path.suffix in (".html", ".xml", ".json"):
            assert "rl0" not in path.read_text(encoding="utf-8").lower(), path


def test_data_files_go_into_the_site_without_a_copy(toy: Path, tmp_path: Path) -> None:
    (toy / "docs" / "data").mkdir(exist_ok=True)
    (toy / "docs" / "data" / "own.txt").write_text("{{ config.site_name }} as it is")
    (toy / "docs" / "data" / "made.txt").write_text("{{ config.site_name }}")
    configure(toy, lambda config: config.update(extra_templates=["data/made.txt"]))
    alone = shutil.copytree(toy, tmp_path / "alone")
    site = make(toy)
    made = {path.name for path in (toy / ".cache" / "reading-list" / "site" / "engine" / "data").iterdir()}
    assert made == {"index.html", "made.txt"}  # what MkDocs renders
    configure(alone, plainly)
    same_site(site, make(alone))


def test_the_proof_of_a_kind_is_of_middle_length_but_not_very_long() -> None:
    def proof(*lengths: int) -> int:
        kind = stamping.Kind("years", (), ())
        return stamping.kinds(stamping.Leaf(f"years/{n}.md", kind, "", n) for n in lengths)[kind][0].size

    assert proof(5, 1, 4, 2, 3) == 3
    assert proof(90_000, 10, 80_000, 70_000) == 10
    assert proof(90_000, 60_000, 80_000, 70_000) == 60_000


def test_the_site_is_dated_by_its_records(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    site = make(toy)
    days = set(re.findall(r"<lastmod>(.*?)</lastmod>", (site / "sitemap.xml").read_text()))
    added = re.findall(
        r'(?:added|retracted|day): "?([\d-]+)', "".join(p.read_text() for p in (toy / "records").rglob("*.yaml"))
    )
    assert days == {max(added)}
    assert "SOURCE_DATE_EPOCH" not in os.environ


# --- never a wrong page ----------------------------------------------------------------------------------------------

HOOK = "def on_page_content(html, page, **_):\n    return html + '<p>' + page.file.src_uri + '</p>'\n"
HARMLESS_HOOK = "def on_pre_build(config):\n    pass\n"


def override(project: Path) -> None:
    (project / "docs" / "overrides" / "partials").mkdir(exist_ok=True)
    (project / "docs" / "overrides" / "partials" / "footer.html").write_text("<footer>{{ page.url }}</footer>")


def other_main(project: Path) -> None:
    main = project / "docs" / "overrides" / "main.html"
    main.write_text(
        main.read_text(encoding="utf-8") + "{% block footer %}{{ page.file.src_uri if page }}{% endblock %}"
    )


def hook(project: Path) -> None:
    (project / "hook.py").write_text(HOOK)
    configure(project, lambda config: config.update(hooks=["hook.py"]))


def search(project: Path) -> None:
    configure(project, lambda config: config.update(plugins=["search", "reading-list"]))


def extension(project: Path) -> None:
    configure(project, lambda config: config["markdown_extensions"].append("pymdownx.smartsymbols"))


def permalinks(project: Path) -> None:
    configure(project, lambda config: config["markdown_extensions"].append({"toc": {"permalink": True}}))


def no_nav(project: Path) -> None:
    configure(project, lambda config: config.pop("nav"))


def files_for_addresses(project: Path) -> None:
    configure(project, lambda config: config.update(use_directory_urls=False))


def other_theme(project: Path) -> None:
    configure(project, lambda config: config.update(theme={"name": "mkdocs"}))


CAUSES: list[tuple[Callable[[Path], None], str]] = [
    (override, "partials/footer.html is overridden"),
    (other_main, "main.html is overridden"),
    (hook, "hook.py may touch pages, by on_page_content"),
    (search, "material/search may touch pages"),
    (extension, "extension pymdownx.smartsymbols"),
    (permalinks, "extension toc with permalink"),
    (no_nav, "no nav"),
    (files_for_addresses, "use_directory_urls is off"),
    (other_theme, "the theme is mkdocs"),
]


@pytest.mark.parametrize(("cause", "reason"), CAUSES, ids=[cause.__name__ for cause, _ in CAUSES])
def test_what_may_change_pages_leaves_them_to_mkdocs(
    cause: Callable[[Path], None], reason: str, toy: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cause(toy)
    alone = shutil.copytree(toy, tmp_path / "alone")
    site = make(toy, strict=False)
    said = [record.getMessage() for record in caplog.records if record.name == "reading-list"]
    assert len(said) == 1
    assert said[0].startswith(REASON)
    assert reason in said[0]
    assert "\n" not in said[0]
    configure(alone, lambda c: c.update(plugins=[*c["plugins"][:-1], {"reading-list": {"fast": False}}]))
    same_site(site, make(alone, strict=False))


def test_another_minor_version_of_the_theme_leaves_pages_to_mkdocs(
    toy: Path, plain: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(stamping.KNOWN_VERSIONS, "mkdocs-material", ("0.1.",))
    same_site(make(toy), plain)
    assert "mkdocs-material is" in caplog.text


def test_a_dirty_build_leaves_pages_to_mkdocs(toy: Path, plain: Path, caplog: pytest.LogCaptureFixture) -> None:
    same_site(make(toy, strict=False, dirty=True), plain)
    assert "a dirty build" in caplog.text


def test_a_hook_that_touches_no_page_changes_nothing(toy: Path, caplog: pytest.LogCaptureFixture) -> None:
    (toy / "hook.py").write_text(HARMLESS_HOOK)
    configure(toy, lambda config: config.update(hooks=["hook.py"]))
    make(toy)
    assert REASON not in caplog.text


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("{{ page.file.src_uri if page }}", ""),
        ("{{ page.meta.title | upper if page }}", "in a form that is not known"),
        ("{{ page.content | length if page }}", "otherwise than its specimen"),
        ("{{ page.markdown | length if page }}", "otherwise than its specimen"),
        ("{{ page.toc | length if page }}", ""),
    ],
)
def test_a_template_that_prints_what_a_specimen_cannot_show_is_found_out(
    printed: str,
    reason: str,
    toy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    main = toy / "docs" / "overrides" / "main.html"
    main.write_text(main.read_text(encoding="utf-8") + f"{{% block footer %}}<p>{printed}</p>{{% endblock %}}")
    monkeypatch.setitem(stamping.KNOWN_TEMPLATES, "main.html", stamping.digest(main.read_bytes()))
    alone = shutil.copytree(toy, tmp_path / "alone")
    site = make(toy)
    assert (REASON in caplog.text) == bool(reason)
    assert reason in caplog.text
    configure(alone, plainly)
    same_site(site, make(alone))


def test_markdown_that_mkdocs_reads_otherwise_is_found_out(
    toy: Path, plain: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong(markdown: bytes, path: str) -> commonmark.Html:
        made = to_html(markdown, path)
        return commonmark.Html(made.body.replace(b"<p>", b"<p><b>", 1), made.ids, made.links)

    to_html = commonmark.to_html
    monkeypatch.setattr(commonmark, "to_html", wrong)
    same_site(make(toy), plain)
    assert "otherwise than cmark" in caplog.text


def test_the_known_templates_are_the_lists_own() -> None:
    folder = ROOT / "docs" / "overrides"
    found = {path.relative_to(folder).as_posix(): stamping.digest(path.read_bytes()) for path in folder.rglob("*.html")}
    assert found == stamping.KNOWN_TEMPLATES, (
        "an override has changed: see that all it prints of a page stands in the front matter, run this file, then "
        "write its digest into site/stamping.py"
    )


def test_a_link_to_nowhere_is_no_page() -> None:
    text = f'---\n{pages.MARK}\ntitle: "X"\nhide: [navigation]\n---\n\n# X\n\n[y](y.md)\n'.encode()
    leaf = stamping.read("papers/x.md", text)
    assert leaf
    stamp = stamping.Stamp.of("<title>rl0title0</title>rl0head0<h1>rl0body0</h1>")
    with pytest.raises(DoubtError, match=r"papers/x\.md links to papers/y\.md"):
        stamp.page(leaf, text, frozenset({"papers/x.md"}))
    with pytest.raises(DoubtError, match=r"papers/x\.md has changed while the site was built"):
        stamp.page(leaf, text + b"more", frozenset({"papers/x.md"}))


@pytest.mark.parametrize(
    "markdown",
    [
        "# X { #y z=1 }\n",
        "[a](b.md){ title=x }\n",
        "[a](b.md){: .x }\n",
        "[a](b.md) { .x }\n",
        "{ .x y=z }",
        "a\n{ .x }\n",
        "- a\n{: .x }\n",
        "a\n{: .x }\nb\n",
        "`a`{ .x }\n",
        "[a](b.pdf)\n",
        "[a](b)\n",
        "| a |\n| - |\n",
        "<div><pre>a\n\nb</pre></div>\n",
        "a {\x02 .x }\n",
        "<div>\x03<pre>a</pre></div>\n",
    ],
)
def test_other_markdown_is_not_guessed_at(markdown: str) -> None:
    with pytest.raises(DoubtError, match=r"papers/x\.md"):
        commonmark.to_html(markdown.encode(), "papers/x.md")


def test_a_theme_that_prints_no_body_is_refused() -> None:
    with pytest.raises(DoubtError, match="where they are expected"):
        stamping.Stamp.of("<title>rl0title0</title>rl0head0")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell how much memory is held")
def test_what_cmark_holds_is_given_back() -> None:
    def held() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    page = b"# Looms\n\n" + b"A word *and* another.\n\n" * 1000
    one = commonmark.to_html(page, "papers/loom.md")
    before = held()
    for _ in range(400):
        assert commonmark.to_html(page, "papers/loom.md") == one
    assert held() - before < 100 * len(one.body)  # it would be more than four times as much
