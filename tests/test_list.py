"""The list itself: its records are sound, and each has its page.

It needs nothing else of the tests, so that a list made by `reading-list init` has it too.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from generator import checking, generation, settings, store
from generator.library import Library
from generator.store.schema import SCHEMA_FILE, record_schema

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def configured() -> settings.Settings:
    return settings.load(ROOT / settings.CONFIG_FILE)


@pytest.fixture(scope="module")
def contents(configured: settings.Settings) -> store.Contents:
    return store.load(configured.records)


def test_the_records_have_no_problem(contents: store.Contents) -> None:
    assert [str(problem) for problem in checking.check(contents)] == []


def test_the_schema_for_editors_is_in_step(contents: store.Contents) -> None:
    schema = (contents.folder / SCHEMA_FILE).read_text(encoding="utf-8")
    assert schema == record_schema(contents.topics), "write it anew: `reading-list check --fix` does"


def test_every_record_has_its_page(contents: store.Contents, configured: settings.Settings, tmp_path: Path) -> None:
    generation.generate(Library.of(contents), configured, tmp_path)
    pages = {path.stem for path in (tmp_path / "papers").glob("*.md")}
    assert {"index", *contents.records, *contents.redirects} <= pages


def test_addresses_that_were_published_lead_to_a_record_or_a_notice(contents: store.Contents) -> None:
    assert set(contents.redirects.values()) <= {*contents.records, *contents.retracted}
    assert not set(contents.redirects) & set(contents.records)


def test_the_example_of_the_guide_can_be_copied(contents: store.Contents, tmp_path: Path) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.search(r"### A record to copy\n\n```yaml\n(.*?)```", guide, re.DOTALL)
    assert shown
    text = re.sub("(?m)^title: .*", 'title: "A Loom at Rest"', shown[1])
    text = re.sub("(?m)^identifiers: .*", 'identifiers: {arxiv: "2301.00010"}', text)
    topics = "".join(f"topics: [{topic}]\n" for topic in [*contents.topics][:1])  # the guide's may be another field's
    text = re.sub("(?m)^topics: .*\n", topics, text)
    copied = shutil.copytree(contents.folder, tmp_path / "records")
    (copied / "papers" / "a-loom-at-rest.yaml").write_text(text, encoding="utf-8")
    assert [str(problem) for problem in checking.check(store.load(copied))] == []
