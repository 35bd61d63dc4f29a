"""Settings: read from mkdocs.yml as MkDocs reads it, with defaults that hold without one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from site_tools import ROOT

from generator import settings
from generator.errors import InputError, ReadingListError
from generator.settings import Settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SITE_URL", "REPO_URL", settings.RECORDS_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def _load(folder: Path, text: str) -> Settings:
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    return settings.load(folder / "mkdocs.yml")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "mkdocs.yml") == Settings()


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "- a list\n", "text\n", "extra:\n", "extra: [x]\n", "extra: {reading_list: x}\n"]
)
def test_what_is_not_stated_is_the_default(tmp_path: Path, text: str) -> None:
    found = _load(tmp_path, text)
    assert found == Settings(
        root=tmp_path, records=tmp_path / "records", docs=tmp_path / "docs", site=tmp_path / "site"
    )


def test_everything_is_read(tmp_path: Path) -> None:
    text = """
site_name: Toy
site_description: About looms.
site_url: https://toy.example.org/
repo_url: https://github.com/toy-list/list/
docs_dir: pages
site_dir: out
theme: {name: material, emoji: !!python/name:material.extensions.emoji.twemoji }
extra:
  reading_list: {records: data/papers, branch: trunk, keep_abstracts: true, introduction: For weavers., card: /card.png}
"""
    found = _load(tmp_path, text)
    assert found == Settings(
        site_name="Toy",
        site_description="About looms.",
        introduction="For weavers.",
        card="card.png",
        site_url="https://toy.example.org/",
        repo_url="https://github.com/toy-list/list",
        branch="trunk",
        root=tmp_path,
        records=tmp_path / "data" / "papers",
        docs=tmp_path / "pages",
        site=tmp_path / "out",
        keep_abstracts=True,
    )
    assert found.edit_url("papers/k.yaml") == "https://github.com/toy-list/list/edit/trunk/data/papers/papers/k.yaml"
    form = "https://github.com/toy-list/list/issues/new?template="
    assert found.correction_url("k") == f"{form}correct-record.yml&record=k"
    assert found.suggestion_url == f"{form}suggest-paper.yml"
    elsewhere = replace(found, records=tmp_path.parent / "other")
    assert elsewhere.edit_url("papers/k.yaml") == "https://github.com/toy-list/list/edit/trunk/other/papers/k.yaml"


@pytest.mark.parametrize(
    ("value", "variables", "expected"),
    [
        ("!ENV SITE_URL", {"SITE_URL": "https://a.example.org/"}, "https://a.example.org/"),
        ("!ENV SITE_URL", {}, ""),
        ('!ENV [SITE_URL, ""]', {}, ""),
        ('!ENV [SITE_URL, "https://b.example.org/"]', {}, "https://b.example.org/"),
        ('!ENV [[a], 1, "x"]', {"1": "y"}, "y"),
        ('!ENV [REPO_URL, SITE_URL, "x"]', {"SITE_URL": "https://a.example.org/"}, "https://a.example.org/"),
    ],
)
def test_variables_are_read_as_mkdocs_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, variables: dict[str, str], expected: str
) -> None:
    for name, given in variables.items():
        monkeypatch.setenv(name, given)
    assert _load(tmp_path, f"site_url: {value}\n").site_url == expected


@pytest.mark.parametrize("text", ["yes", "True", "on", "no", "false", "", "~"])
def test_only_true_keeps_abstracts(tmp_path: Path, text: str) -> None:
    # YAML 1.1 reads yes and on as true; text and numbers are refused, so a slip never publishes abstracts.
    found = _load(tmp_path, f"extra: {{reading_list: {{keep_abstracts: {text}}}}}\n")
    assert found.keep_abstracts is (text in ("yes", "True", "on"))
    assert found.refuse_abstracts is (text in ("no", "false"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("recrds: papers", "4: recrds: unknown setting; write records"),
        ("colour: red", "4: colour: unknown setting; known are introduction, card, branch, records, keep_abstracts"),
        ("7: red", "4: 7: unknown setting; known are introduction, card, branch, records, keep_abstracts"),
        (
            "keep_abstracts: maybe",
            "4: keep_abstracts: 'maybe' is neither true nor false; write one of these, without quotes",
        ),
        (
            'keep_abstracts: "true"',
            "4: keep_abstracts: 'true' is neither true nor false; write one of these, without quotes",
        ),
        ("keep_abstracts: 1", "4: keep_abstracts: '1' is neither true nor false; write one of these, without quotes"),
    ],
)
def test_a_slip_is_named_at_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReadingListError) as caught:
        _load(tmp_path, f"extra:\n  reading_list:\n    card: c.png\n    {text}\n    rcords: x\n")
    named = tmp_path / "mkdocs.yml"
    assert str(caught.value).splitlines() == [
        f"{named}:{message}",
        f"{named}:5: rcords: unknown setting; write records",
    ]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "toy-list/list", "https://user@evil.example/x", 'https://x.org/"onload="', "1"]
)
def test_an_unsafe_repository_is_none(tmp_path: Path, address: str) -> None:
    found = _load(tmp_path, f"repo_url: '{address}'\n")
    assert found.repo_url == ""
    assert found.edit_url("papers/k.yaml") == found.correction_url("k") == found.suggestion_url == ""


def test_a_command_can_name_other_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.RECORDS_VARIABLE, str(tmp_path / "other"))
    assert _load(tmp_path, "extra: {reading_list: {records: papers}}\n").records == tmp_path / "other"


BROKEN = [
    (b"site_name: [x\n", r":2: no YAML here \(.+\); correct it$"),
    (b"a: 1\nb: *x\n", r":2: no YAML here \(.+\); correct it$"),
    (b"a: !ENV {a: b}\n", r":1: no YAML here \(.+\); correct it$"),
    (b"a: \xff\n", r": cannot be read \(.+\); make it readable UTF-8$"),
    (b"a: \x01\n", r":1: no YAML here \(.+\); correct it$"),
    (
        b"a: 1\ncopyright: 2024-02-30\n",
        r":2: no YAML here \('2024-02-30' is no timestamp; in quotes it is text\); correct it$",
    ),
    (b"a: {b: [1, !!int abc]}\n", r":1: no YAML here \('abc' is no int; in quotes it is text\); correct it$"),
    (b"a: !!timestamp abc\n", r":1: no YAML here \('abc' is no timestamp; in quotes it is text\); correct it$"),
    (b"a: !!bool abc\n", r":1: no YAML here \('abc' is no bool; in quotes it is text\); correct it$"),
    (b"a: " + b"9" * 5000 + b"\n", r":1: no YAML here \('9{40}' is no int; in quotes it is text\); correct it$"),
    (
        b"a: 1" + b":59" * 999 + b".0\n",
        r":1: no YAML here \('1[:59]{39}' is no float; in quotes it is text\); correct it$",
    ),
    (b"a: 1\nINHERIT: base.yml\n", r":2: INHERIT: what another file states is not read here; write it into this one$"),
    (b"a: " + b"[" * 3000, r":1: no YAML here \(too many brackets in each other\); correct it$"),
]


@pytest.mark.parametrize(("data", "message"), BROKEN)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "mkdocs.yml").write_bytes(data)
    with pytest.raises(InputError) as caught:
        settings.load(tmp_path / "mkdocs.yml")
    assert re.search(message, str(caught.value))
    assert str(caught.value).startswith(str(tmp_path / "mkdocs.yml"))


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        settings.load(tmp_path)


def test_this_list_keeps_no_abstracts() -> None:
    found = settings.load(ROOT / "mkdocs.yml")
    assert found.keep_abstracts is False
    assert (found.records, found.docs) == (ROOT / "records", ROOT / "docs")
