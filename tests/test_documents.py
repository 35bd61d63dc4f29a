"""YAML files: read strictly as text, written in one form, and never torn."""

from __future__ import annotations

import errno
import os
import stat
import textwrap
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.disk import documents
from generator.errors import InputError, WriteError


@pytest.mark.parametrize(
    "text",
    [
        "no", "yes", "on", "off", "NO", "true", "False", "y", "1e3", "1_000", "0x10", "0o7", "010", "1.0", "2301.00010",
        "2024-13-01", "2024-01-01", "12:30:45", "+1", "-1", ".5", ".inf", ".nan", "=", "<<", "NaN", "Null but not null",
    ],
)  # fmt: skip
def test_scalars_stay_text(text: str) -> None:
    document = documents.parse("toy", f"one: {text}\nmany: [{text}]\nmap: {{a: {text}}}\n")
    assert document.problems == ()
    assert document.data == {"one": text, "many": [text], "map": {"a": text}}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# only a comment\n", None),
        ("a:\nb: ~\nc: null\n", {"a": None, "b": None, "c": None}),
        ("a: ''\nb: \"null\"\nc: '~'\n", {"a": "", "b": "null", "c": "~"}),
        ("a: |\n  one\n  two\n\n  three\n", {"a": "one\ntwo\n\nthree\n"}),
        ("a: >\n  one\n  two\n", {"a": "one two\n"}),
        ("a: one\n  two\n", {"a": "one two"}),
        ("no: 1\n2: yes\n", {"no": "1", "2": "yes"}),
        ("<<: {a: b}\n", {"<<": {"a": "b"}}),
        ("%YAML 1.1\n---\na: b\n...\n", {"a": "b"}),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ('a: "\\u00e9"\n', {"a": "é"}),
    ],
)
def test_plain_yaml_is_read(text: str, data: Any) -> None:
    document = documents.parse("toy", text)
    assert (document.data, document.problems) == (data, ())


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a: !!int 3\n", 1, "tags"),
        ("a:\n- !!python/object/apply:os.system [ls]\n", 2, "tags"),
        ("a: ! b\n", 1, "tags"),
        ("a: &x b\n", 1, "anchors"),
        ("a: b\nc: &x [d]\n", 2, "anchors"),
        ("a: *x\n", 1, "anchors"),
        ("a: b\n&x c: d\n", 2, "anchors"),
        ("a: b\n!!str c: d\n", 2, "tags"),
        ("&a !!str title: A Toy\n", 1, "anchors"),
        ("a: b\n---\nc: d\n", 2, "second YAML document"),
        ("a: b\nb: c\na: d\n", 3, "a: stands twice"),
        ("a: b\nl:\n  x: 1\n  x: 2\n", 4, "x: stands twice"),
        ("a: {b: {c: {d: {e: {f: {g: {h: i}}}}}}}\n", 1, "deeper than 6"),
        (f"a: {'[' * 20_000}{']' * 20_000}\n", 1, "deeper than 6"),
        ("? [a]\n: b\n", 1, "plain word"),
        ("{a: b}: c\n", 1, "plain word"),
        ("a: b\nc: [d\n", 2, "no YAML"),
        ("a: b\nc: [d\ne: f\n", 2, "a bracket opens here: close it, and part what stands in it by commas"),
        ("a: b\nc:d\ne: f\n", 2, "behind a field's name stand a colon and a space"),
        ("a: |\nb c.\nd: e\n", 2, "the lines of a longer text are indented"),
        ("a: b: c\n", 1, "a text that holds a colon and a space goes into quotes"),
        ("a: b\n\tc: d\n", 2, "a tab indents this line; write spaces"),
        ("a:\n  \t- b\n", 2, "a tab indents this line; write spaces"),
        ("a: b\r\nc:\r\n\t- d\r\n", 3, "a tab indents this line; write spaces"),
        ("a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> main\n", 2, "since a merge; keep one, or what both add"),
        ("a: 'b\n", 1, "a quote opens here that this line does not close; close it where its text ends"),
        ('a: b\nc: "d\ne: [f]\ng: "h"\n', 2, "a quote opens here"),
        ('a: "b\nc: [\n  "d"]\n', 1, "a quote opens here"),
        ("a: 'b\nc: it's\n", 1, "a quote opens here"),
        ('a: [b, "c]\nd: e\n', 1, "a quote opens here"),
        ('a: "b\n  c"\nd: [\n', 4, "no YAML"),
        ('a: "b\n  c"\nd: e: f\n', 3, "a text that holds a colon and a space goes into quotes"),
        ('a: "b" c\n', 1, "no YAML here"),
        ('a: "b \\q"\n', 1, "no YAML here"),
        ("a: @b\n", 1, "a text that begins with such a sign goes into quotes"),
        ("a: b\nc: d\x07\n", 2, "U+0007"),
        ("a: b\rc: d\x07\r", 2, "U+0007"),
        ("a: b\nc: d\x85e: f\n", 2, "U+0085"),
        ("a: b\nc: 'd\u2028e'\n", 2, "U+2028"),
        ("a: b\nc: 'd\u2029e'\n", 2, "U+2029"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "anchors"),
        ("%TAG ! tag:toy.example.org,2000:\n---\na: !b c\n", 3, "tags"),
        ("{a: " * 5_000, 1, "deeper than 6"),
        ("k" * 2_000 + ": v\n", 1, "no YAML"),
        (f"? {'k' * 900}\n: v\n? {'k' * 900}\n: v\n", 3, "k" * 80 + ": stands twice"),
        ("--- a\n--- b\n", 2, "second YAML document"),
        ("a: \x00\n", 1, "U+0000"),
        ("a: \x1b[31m\n", 1, "U+001B"),
        ("a: \uffff\n", 1, "U+FFFF"),
        ("a: \ud800\n", 1, "U+D800"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_what_a_record_needs_not_is_refused(text: str, line: int, part: str) -> None:
    problems = documents.parse("toy", text).problems
    assert [(problem.path, problem.line) for problem in problems] == [("toy", line)]
    assert part in problems[0].message


def test_all_duplicate_keys_are_named() -> None:
    problems = documents.parse("toy", "a: 1\na: 2\nb: 3\nb: 4\n").problems
    assert [problem.line for problem in problems] == [2, 4]


def test_lines_are_known_by_place() -> None:
    document = documents.parse("toy", "# head\na: b\nlinks:\n  code: x\nlist:\n- one\n- {k: v}\n")
    places: list[tuple[tuple[str | int, ...], int]] = [
        (("a",), 2), (("links",), 3), (("links", "code"), 4), (("list", 0), 6), (("list", 1), 7), (("list", 1, "k"), 7),
        # What is not there is looked for in what is around it.
        (("links", "model"), 3), (("nothing",), 2),
    ]  # fmt: skip
    assert [(place, document.line(place)) for place, _ in places] == places


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    with pytest.raises(InputError, match=r"a\.yaml: cannot be read \(No such file"):
        documents.read(path)
    path.write_bytes(b"a: b\nc: \xff\n")
    with pytest.raises(InputError, match=r"a\.yaml:2: byte 9 is not UTF-8"):
        documents.read(path)
    path.write_bytes("a: b\n".encode("utf-16"))
    with pytest.raises(InputError, match="UTF-16; save it as UTF-8"):
        documents.read(path)
    path.write_bytes(b"\xef\xbb\xbfa: b\n")
    assert documents.read(path).data == {"a": "b"}
    path.write_bytes(b"a" * (documents.MAX_BYTES + 1))
    with pytest.raises(InputError, match="1048577 bytes; at most 1048576 are read"):
        documents.read(path)
    path.write_bytes(b"a: b\n")
    assert documents.read(path).data == {"a": "b"}

    def denied(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(InputError, match="Permission denied"):
        documents.read(path)


def test_writing_makes_folders_and_says_whether_anything_changed(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.yaml"
    assert documents.write(path, "é\n")
    assert path.read_bytes() == "é\n".encode()
    os.utime(path, ns=(1, 1))
    assert not documents.write(path, "é\n")
    assert path.stat().st_mtime_ns == 1
    assert documents.write(path, "ë\n")
    assert path.stat().st_mtime_ns != 1
    assert os.listdir(path.parent) == ["a.yaml"]


def test_a_written_file_has_the_rights_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("x")
    documents.write(tmp_path / "written", "x")
    assert stat.S_IMODE((tmp_path / "written").stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


def full_disk(*_: Any, **__: Any) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", ["os.open", "os.write", "os.fsync", "os.replace"])
@pytest.mark.parametrize("old", ["old: text\n", None])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, old: str | None
) -> None:
    path = tmp_path / "a.yaml"
    if old is not None:
        path.write_text(old)
    monkeypatch.setattr(name, full_disk)
    with pytest.raises(WriteError, match=r"a\.yaml: cannot be written \(No space left"):
        documents.write(path, "new: text\n")
    monkeypatch.undo()
    assert [each.read_text() for each in tmp_path.iterdir()] == ([old] if old else [])


def test_a_file_in_the_place_of_a_folder_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "records").write_text("x")
    with pytest.raises(WriteError, match="records: is no folder"):
        documents.write(tmp_path / "records" / "a.yaml", "x")


# --- the canonical form ----------------------------------------------------------------------------------------------


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
    ],
)  # fmt: skip
def test_canonical_form(data: dict[str, Any], text: str) -> None:
    assert documents.dump(data) == text
    assert documents.dump(data, head="# head\n") == f"# head\n{text}"


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
    return f"{value}\n" if key in documents.PROSE else value


@given(st.dictionaries(KEYS, DATA, min_size=1, max_size=4))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    text = documents.dump(data)
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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b\n", None),
        ("# yaml-language-server: $schema=x\na: b\n", None),
        ('a: "b # c"\nb: c#d\n', None),
        ("a: |\n  one # two\n  # three\nb: c\n", None),
        ("# yaml-language-server: $schema=x\na: b\n# note\n", 3),
        ("# note\na: b\n", 1),
        ("a: b # note\n", 1),
        ("a: [b, # note\n  c]\n", 1),
        ("a: |\n  one\n# note\nb: c\n", 3),
        ("# only a note\n", 1),
        ("a: 'b # c", None),
    ],
)
def test_comments_are_found(text: str, line: int | None) -> None:
    assert documents.comment_line(text) == line


def test_a_pipe_is_written_to(tmp_path: Path) -> None:  # no device, which a mistake of root's would replace
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert documents.write(pipe, "a: b\n")
        assert os.read(reader, 99) == b"a: b\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_refused(tmp_path: Path, there: bool) -> None:
    canary = tmp_path / "canary"
    if there:
        canary.write_text("alive")
    (tmp_path / "link").symlink_to(canary)
    with pytest.raises(WriteError, match="link: is a symbolic link; name the file itself"):
        documents.write(tmp_path / "link", "a: b\n")
    assert (tmp_path / "link").is_symlink()
    assert canary.exists() == there
    assert not there or canary.read_text() == "alive"


@given(st.lists(st.text("aé-.–漢", min_size=1, max_size=14), max_size=30).map(" ".join), st.integers(1, 30))
def test_lines_are_those_of_the_library(text: str, width: int) -> None:
    assert documents._wrapped(text, width) == textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


@pytest.mark.parametrize("dumper", ["CSafeDumper", "SafeDumper"])
def test_characters_of_any_plane_stand_as_they_were_typed(dumper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_DUMPER", getattr(yaml, dumper, yaml.SafeDumper))
    data = {"title": "It's 🧵", "venue": "Toys 𝔸", "why": "🤗: $\\Upsilon$", "summary": "One 🧵 line.\n\nAnd 𠀀."}
    text = "title: 'It''s 🧵'\nvenue: Toys 𝔸\nwhy: '🤗: $\\Upsilon$'\nsummary: |\n  One 🧵 line.\n\n  And 𠀀.\n"
    assert documents.dump(data) == text
    assert documents.parse("toy", text).data == {**data, "summary": f"{data['summary']}\n"}


def test_a_topic_may_be_called_by_a_number() -> None:
    data = {"2024": {"name": "A year", "group": "Looms"}, "0": {"name": "Zero", "steps": [{"paper": "a"}]}}
    assert documents.parse("topics.yaml", documents.dump(data)).data == data


def test_the_line_of_a_value_is_that_of_its_name_however_deep() -> None:
    document = documents.parse("a.yaml", "a: 1\nb:\n  c:\n  - d\n  - {e: f}\n")
    assert document.data == {"a": "1", "b": {"c": ["d", {"e": "f"}]}}
    assert [document.line(place) for place in [("a",), ("b", "c"), ("b", "c", 1), ("b", "c", 1, "e"), ("b", "x")]] == [
        1, 3, 5, 5, 2,
    ]  # fmt: skip
