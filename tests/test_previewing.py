"""A saved record is shown at once: its own page alone, and only where nothing else has changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from site_tools import TOY_RECORDS, TOY_SETTINGS, library

from generator import pages
from generator.library import Library
from generator.site import stamping
from generator.site.folder import SiteFolder
from generator.site.previewing import Preview

PAGE = "papers/stray-thread/index.html"
STAMP = "<title>rl0title0</title>rl0head0<main><h1>rl0body0</h1></main>"


class Shown:
    """A preview of the toy list, whose theme is a title and a body."""

    def __init__(self, folder: Path, stamped: Callable[[stamping.Leaf], bool] = lambda leaf: True) -> None:
        self.records = folder / "records"
        shutil.copytree(TOY_RECORDS, self.records)
        self.site = folder / "site"
        for path in TOY_RECORDS.glob("papers/*.yaml"):
            (self.site / "papers" / path.stem).mkdir(parents=True)
        (self.site / "sitemap.xml").touch()
        (self.site / PAGE).write_text("as built")
        listed: Library = library(self.records)
        made = list(pages.pages(listed, TOY_SETTINGS))
        leaves = [leaf for page in made if (leaf := stamping.read(page.path, page.make().encode())) and stamped(leaf)]
        stamp = stamping.Stamp.of(STAMP)
        self.preview = Preview(
            replace(TOY_SETTINGS, records=self.records),
            listed,
            {leaf.kind: stamp for leaf in leaves},
            {page.path for page in made},
            SiteFolder(self.site, None),
        )

    def path(self, name: str) -> Path:
        return self.records / "papers" / f"{name}.yaml"

    def edit(self, name: str, old: str, new: str) -> Path:
        path = self.path(name)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path.absolute()

    @property
    def page(self) -> str:
        return (self.site / PAGE).read_text(encoding="utf-8")


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    return Shown(tmp_path)


def test_a_saved_record_is_shown(shown: Shown) -> None:
    saved = shown.edit("stray-thread", "Stray Thread", "Straight Thread")
    assert shown.preview.show([saved]) == ["papers/stray-thread/"]
    assert "<title>Straight Thread</title>" in shown.page
    again = shown.edit("stray-thread", "Straight", "Strait")
    assert shown.preview.show([again]) == ["papers/stray-thread/"]
    assert "<title>Strait Thread</title>" in shown.page


def test_it_is_the_page_that_a_whole_build_makes(shown: Shown) -> None:
    saved = shown.edit("stray-thread", "Stray Thread", "Stray *Thread* <b>&")
    assert shown.preview.show([saved])
    (page,) = pages.papers(library(shown.records), TOY_SETTINGS, ["stray-thread"])
    leaf = stamping.read(page.path, page.make().encode())
    assert leaf
    every = {each.path for each in pages.pages(library(shown.records), TOY_SETTINGS)}
    assert shown.page.encode() == stamping.Stamp.of(STAMP).page(leaf, page.make().encode(), every)
    assert "Stray *Thread* &lt;b&gt;&amp;" in shown.page


def test_a_word_that_the_text_has_lost_is_not_said_to_be_in_common(shown: Shown) -> None:
    saved = shown.edit("nameless-spindle", "Looms", "Shuttles")
    assert shown.preview.show([saved])
    page = (shown.site / "papers" / "nameless-spindle" / "index.html").read_text(encoding="utf-8")
    assert "In both: strands, sparse." in page
    assert page.count("In both") == 1


def test_several_saved_records_are_shown_together(shown: Shown) -> None:
    saved = [shown.edit("stray-thread", "Stray", "Stiff"), shown.edit("two-names", "One Loom", "A Loom")]
    assert shown.preview.show(saved) == ["papers/stray-thread/", "papers/two-names/"]
    assert "A Loom" in (shown.site / "papers" / "two-names" / "index.html").read_text(encoding="utf-8")


def _moved(shown: Shown) -> list[Path]:
    shown.path("stray-thread").rename(shown.path("strayed-thread"))
    return [shown.path("stray-thread").absolute(), shown.path("strayed-thread").absolute()]


def _written(path: Path, text: str) -> list[Path]:
    path.write_text(text, encoding="utf-8")
    return [path.absolute()]


@pytest.mark.parametrize(
    "change",
    [
        lambda shown: [],
        lambda shown: [shown.edit("stray-thread", "Stray", "Stiff"), (shown.records / "topics.yaml").absolute()],
        lambda shown: [shown.edit("stray-thread", "Stray", "Stiff"), (shown.site.parent / "docs" / "a.md").absolute()],
        lambda shown: _written(shown.path("new-thread"), 'title: "New"\n'),
        lambda shown: _written(shown.path("stray-thread"), "titel: New\n"),
        lambda shown: _written(shown.path("stray-thread"), "title: [\n"),
        _moved,
        lambda shown: [shown.edit("stray-thread", 'title: "', 'summary: A heading more.\ntitle: "')],
        lambda shown: [
            shown.edit("stray-thread", "Stray", "Stiff"),
            *_written(shown.records / ".pending", "{}"),
        ][:1],
    ],
    ids=["nothing", "a table", "a page by hand", "new", "faulty", "no YAML", "moved", "another kind", "half a change"],
)
def test_whatever_else_changes_is_left_to_a_whole_build(tmp_path: Path, change: Callable[[Shown], list[Path]]) -> None:
    shown = Shown(tmp_path, lambda leaf: not any("Summary" in heading for heading in leaf.kind.outline))
    assert shown.preview.show(change(shown)) == []
    assert shown.page == "as built"
