"""The one form of this list's YAML files: text that reads back as it was, wherever it stands."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_tools import RECORDS

from generator import canonical, documents


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": "b"}, "a: b\n"),
        ({"title": "Plain"}, 'title: "Plain"\n'),
        ({"issued": "2022", "added": "2022-01-01"}, 'issued: "2022"\nadded: "2022-01-01"\n'),
        ({"arxiv": "2301.00010", "venue": "no", "why": "1:30"}, 'arxiv: "2301.00010"\nvenue: "no"\nwhy: "1:30"\n'),
        ({"why": "a: b", "venue": "- x"}, 'why: "a: b"\nvenue: "- x"\n'),
        ({"count": 3, "flag": True}, "count: 3\nflag: true\n"),
        ({"authors": ["A B", "C D"]}, "authors: [A B, C D]\n"),
        ({"authors": [{"family": "B", "given": "A"}]}, "authors:\n- {family: B, given: A}\n"),
        ({"results": ["one"]}, "results:\n- one\n"),
        ({"links": {"code": "https://x.example"}}, "links: {code: 'https://x.example'}\n"),
        ({"summary": "one\n\ntwo"}, "summary: |\n  one\n\n  two\n"),
        ({"summary": "# no comment"}, "summary: |\n  # no comment\n"),
        ({"summary": "word " * 30 + "end"}, f"summary: |\n  {'word ' * 18}word\n  {'word ' * 11}end\n"),
        ({"authors": ["x" * 30, "y" * 30, "z" * 30]}, f"authors:\n- {'x' * 30}\n- {'y' * 30}\n- {'z' * 30}\n"),
        ({"why": "ε and 中文"}, "why: ε and 中文\n"),
        ({"steps": [{"paper": "a", "why": "b: c"}]}, 'steps:\n- paper: a\n  why: "b: c"\n'),
        ({"a": [["b"], [{"c": {}, "title": "d"}]]}, 'a:\n- [b]\n- - c: {}\n    title: "d"\n'),
        ({"a": {"b": [], "c": {"d": [["e"]]}}}, "a:\n  b: []\n  c:\n    d:\n    - [e]\n"),
        ({"a": {"b": "it's, or", "c?": "d"}}, "a: {b: 'it''s, or', 'c?': d}\n"),
        ({"a": {"description": "\u2028 🧵"}}, 'a: {description: "\\U0001F9F5\\n"}\n'),
        ({"summary": "a\ufeff", "why": "\ufeff"}, 'summary: "a\\U0000FEFF\\n"\nwhy: "\\U0000FEFF"\n'),
        ({"why": "a \\ b: \"c\""}, 'why: "a \\\\ b: \\"c\\""\n'),
        ({}, "{}\n"),
    ],
)  # fmt: skip
def test_canonical_form(data: dict[str, Any], text: str) -> None:
    assert canonical.dump(data) == text
    assert canonical.dump(data, head="# head\n") == f"# head\n{text}"


LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]) | st.just(" "),
    min_size=1,
    max_size=40,
)
TEXT = LINE.map(lambda text: " ".join(text.split())).filter(bool)
KEYS = st.sampled_from(["title", "why", "issued", "summary", "results", "authors", "links", "venue", "no"])
DATA = st.recursive(
    TEXT,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=3),
    max_leaves=8,
)


def as_read(value: Any, key: str = "") -> Any:
    """Return what a strict reader gives back: the same, but a literal block ends its last line."""
    if isinstance(value, dict):
        return {name: as_read(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [as_read(each) for each in value]
    return f"{value}\n" if key in canonical.PROSE else value


@given(st.dictionaries(KEYS, DATA, min_size=1, max_size=4))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    text = canonical.dump(data)
    document = documents.parse("toy", text)
    assert document.problems == ()
    assert unwrapped(document.data) == unwrapped(as_read(data))


def unwrapped(value: Any) -> Any:
    """Undo the wrapping of prose, which breaks lines at spaces."""
    if isinstance(value, dict):
        return {name: unwrapped(each) for name, each in value.items()}
    if isinstance(value, list):
        return [unwrapped(each) for each in value]
    return value.replace("\n", " ")


@given(st.lists(st.text("aé-.–漢", min_size=1, max_size=14), max_size=30).map(" ".join), st.integers(1, 30))
def test_lines_are_those_of_the_library(text: str, width: int) -> None:
    assert canonical._wrapped(text, width) == textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def test_characters_of_any_plane_stand_as_they_were_typed() -> None:
    data = {"title": "It's 🧵", "venue": "Toys 𝔸", "why": "🤗: $\\Upsilon$", "summary": "One 🧵 line.\n\nAnd 𠀀."}
    text = "title: 'It''s 🧵'\nvenue: Toys 𝔸\nwhy: '🤗: $\\Upsilon$'\nsummary: |\n  One 🧵 line.\n\n  And 𠀀.\n"
    assert canonical.dump(data) == text
    assert documents.parse("toy", text).data == {**data, "summary": f"{data['summary']}\n"}


def test_a_topic_may_be_called_by_a_number() -> None:
    data = {"2024": {"name": "A year", "group": "Looms"}, "0": {"name": "Zero", "steps": [{"paper": "a"}]}}
    assert documents.parse("topics.yaml", canonical.dump(data)).data == data


# --- reading ---------------------------------------------------------------------------------------------------------


def as_yaml_reads(text: str) -> Any:
    builder = documents._Builder("toy")
    data = builder.build(text)
    assert not builder.problems
    return data


@pytest.mark.parametrize("path", sorted((RECORDS / "papers").iterdir())[::10], ids=lambda path: path.stem)
def test_a_record_in_its_form_is_read_without_yaml(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert canonical.read(text) == as_yaml_reads(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "# head\n", "a: b", "a: b\r\n", "a:\tb\n", "a: b\t#c\n", "a: \ufeffb\n", "a: b\x85c: d\n", "a:\n",
        "a: \n", "a: b\na: c\n", "a: {b: c, b: d}\n", "a:\n  b: c\n  b: d\n", "a: b: c\n", "a: b:\n", "a: b #c\n",
        "a: b \n", "a: b\n c\n", "a: b\n\n  c\n", "a:\n- b\n  c\n", "a:\n- b: c\n", "a:\n- - b\n",
        "a:\n  b:\n    c: d\n", "a:\n  b: c\n   d: e\n", "a\n", "a: b\nc\n", "a: [b,c]\n", "a: [b, c?d]\n",
        "a: [b:c]\n", "a: [b , c]\n", "a: [null]\n", "a: null\n", "a: ~\n", "a: !b c\n", "a: &b c\n", "a: *b\n",
        "a: @b\n", "a: |-\n  b\n", "a: |\nb: c\n", "a: |\n   b\n  c\n", "a: |\n  b\n   \n  c\n", 'a: "b\\n"\n',
        'a: "b" c\n', "a: 'b'c'\n", "--- \na: b\n", "a: b\n---\nc: d\n", "<<: {a: b}\n", f"{'a' * 2000}: b\n",
        "? a\n: b\n", "a: >\n  b\n",
    ],
)  # fmt: skip
def test_what_may_be_another_form_is_left_to_yaml(text: str) -> None:
    assert canonical.read(text) is None


PIECES = [
    "a: ", "b: ", "a:\n", "b.c: ", "  a: ", "  b: ", "- ", "\n- ", "\n  ", "\n", "|\n", "[", "]", "{", "}", ", ",
    ",", "x", "y z", "0", '"', "'", "''", '\\"', "\\\\", "\\", ": ", ":", " #", "#", "null", "~", "-", "?", "!", "&",
    "*", " ", "é", "🧵", "(", "# head\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join).map(lambda text: f"a: {text}\n"))
def test_what_is_read_without_yaml_is_what_yaml_reads(text: str) -> None:
    if (found := canonical.read(text)) is not None:
        assert found == as_yaml_reads(text)
