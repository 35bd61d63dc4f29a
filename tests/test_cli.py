"""The commands as people and programs use them: exit status, what goes where, the JSON of DESIGN, clear messages.

``export`` as a command is tested beside the exports, full disks and shut folders beside the generation.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from site_tools import DAY, LISTING, ROOT, call, enter_project, file_bytes

from generator import __version__, checking, store
from generator.cli import site_commands

COMMANDS = (
    "import", "add", "duplicates", "check", "merge", "rename", "retract", "review", "changes", "generate", "build",
    "serve", "export", "digest", "stats", "enrich", "links", "init",
)  # fmt: skip


def test_who_stops_a_command_while_it_loads_sees_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("raise KeyboardInterrupt", encoding="utf-8")  # found before Python's own
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from generator.__main__ import run; run()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    begins = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert begins == {"reading-list": "generator.__main__:run"}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_project(tmp_path, monkeypatch)


def test_the_build_wing_is_loaded_only_where_it_is_needed() -> None:
    code = (
        "import sys; from generator import cli; cli.main(['duplicates', 'dump.txt']);"
        "print(sorted(name for name in sys.modules if name.startswith('generator.')))"
    )
    Path("dump.txt").write_bytes(LISTING.read_bytes())
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "generator.intake'" in loaded
    assert not [
        name for name in ("pages", "exports", "feeds", "generation", "pictures") if f"generator.{name}'" in loaded
    ]


@pytest.mark.parametrize("command", [("import", str(LISTING)), ("duplicates", str(LISTING)), ("generate",)])
def test_long_work_shows_progress_on_a_terminal_and_nothing_in_a_pipe(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*command) == 0
    assert "\r" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert call(*command) == 0
    assert "\r\033[K" in capsys.readouterr().err


# --- usage -----------------------------------------------------------------------------------------------------------


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--help") == 0
    out = capsys.readouterr().out
    found = re.findall(r"(?m)^    ([a-z]+)  +\S", out)
    assert set(COMMANDS) <= set(found)
    for command in found:
        assert call(command, "--help") == 0
        each = capsys.readouterr()
        assert f"reading-list {command}" in each.out
        assert each.err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_design_are_there(command: str) -> None:
    assert call(command, "--help") == 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "COMMAND"),
        (("weave",), "weave"),
        (("import",), "FILE"),
        (("import", "--captured", "2024-13-01", "x"), "write it as 2025-12-09"),
        (("import", "--captured", "yesterday", "x"), "yesterday"),
        (("import", "--format", "nonsense", "x"), "nonsense"),
        (("check", "--format", "xml"), "xml"),
        (("export",), "--format"),
        (("export", "--format", "docx"), "docx"),
        (("export", "--format", "csv", "--year", "MMXXI"), "MMXXI"),
        (("export", "--format", "csv", "--topic", "weavng"), "unknown topic 'weavng'; write 'Weaving & knotting'"),
        (("export", "--format", "csv", "--topic", " "), "--topic: is empty"),
        (("build", "--engine", "hugo"), "hugo"),
        (("build",), "mkdocs.yml: no such file; run this where"),
        (("serve",), "mkdocs.yml: no such file; run this where"),
        (("serve", "--engine", "zensical"), "mkdocs.yml: no such file; run this where"),
        (("serve", "--address", "127.0.0.1:99999"), "write it as 127.0.0.1:8000"),
        (("serve", "--address", "127.0.0.1:0"), "write it as 127.0.0.1:8000"),
        (("serve", "--address", "::1"), "write it as 127.0.0.1:8000"),
        (("serve", "--address", "foo"), "write it as 127.0.0.1:8000"),
        (("serve", "--address", "foo:8000"), "write it as 127.0.0.1:8000"),
        (("retract", "two-names"), "--reason"),
        (("retract", "two-names", "--reason", ""), "reason: is empty"),
        (("changes",), "--base"),
        (("check", "--base", "records"), "is the records folder itself"),
        (("stats", "--no-such-option"), "--no-such-option"),
    ],
)
def test_wrong_usage_is_2_and_says_what_is_wrong(
    arguments: Sequence[str], message: str, capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    before = file_bytes(project)
    assert call(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert file_bytes(project) == before


@pytest.mark.parametrize(
    "command",
    [
        ("merge", "ID", "two-names"),
        ("merge", "two-names", "ID"),
        ("rename", "ID", "free"),
        ("retract", "two-names", "ID", "--reason", "So."),
        ("enrich", "two-names", "ID"),
        ("links", "two-names", "ID"),
        ("duplicates", "--explain", "two-names", "ID"),
        ("duplicates", "--explain", "ID", "two-names"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("name", "remedy"), [("nothing", "write the id of one"), ("braid", "it is braided-attention now")]
)
def test_an_id_that_no_record_bears_is_wrong_usage_of_every_command(
    command: Sequence[str], name: str, remedy: str, capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    before = file_bytes(project / "records")
    assert call(*(name if word == "ID" else word for word in command)) == 2
    said = capsys.readouterr()
    assert (said.out, remedy in said.err) == ("", True), said.err
    assert name in said.err
    assert file_bytes(project / "records") == before


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "generator", "stats"], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("6 records, 4 topics, 2 paths, 2 sources, 1 unsorted\n")


# --- check -----------------------------------------------------------------------------------------------------------


def _break(project: Path) -> tuple[str, int]:
    """Misspell a field of a record; return the file as it is named, and the line."""
    path = project / "records" / "papers" / "two-names.yaml"
    text = path.read_text(encoding="utf-8").replace("venue:", "venu:")
    path.write_text(text, encoding="utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if each.startswith("venu:"))
    return "records/papers/two-names.yaml", line


def test_check_of_a_good_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("check") == 0
    assert capsys.readouterr() == ("", "6 records, 0 problems\n")


def test_check_names_file_line_field_and_remedy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, line = _break(project)
    assert call("check") == 1
    said = capsys.readouterr()
    assert f"{name}:{line}: venu: unknown field; write venue" in said.out.splitlines()
    assert "problem" in said.err


def test_check_prints_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, line = _break(project)
    assert call("check", "--format", "json") == 1
    data = json.loads(capsys.readouterr().out)
    assert {"path": name, "line": line, "message": "venu: unknown field; write venue"} in data["problems"]
    assert all(set(problem) == {"path", "line", "message"} for problem in data["problems"])


def test_check_annotates_pull_requests(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    name, line = _break(project)
    (project / "records" / "papers" / "odd, 100%:name.txt").write_text("x", encoding="utf-8")
    assert call("check", "--format", "github") == 1
    lines = capsys.readouterr().out.splitlines()
    assert f"::error file={name},line={line}::venu: unknown field; write venue" in lines
    assert any(each.startswith("::error file=records/papers/odd%2C 100%25%3Aname.txt::") for each in lines)
    assert all(re.fullmatch(r"::error file=[^,:]+(,line=\d+)?::\S.*", each) for each in lines)


def test_check_fix_rewrites_form_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "records" / "papers" / "stray-thread.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("authors: [Bo Spindle]", 'authors: ["Bo Spindle"]'), encoding="utf-8")
    assert call("check") == 1
    assert "check --fix" in capsys.readouterr().out
    assert call("check", "--fix") == 0
    assert path.read_text(encoding="utf-8") == good


@pytest.mark.parametrize("command", ["stats", "generate", "export", "import", "duplicates"])
def test_a_broken_record_stops_every_other_command_by_name(
    command: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, line = _break(project)
    before = file_bytes(project)
    arguments = {"export": ("--format", "json"), "import": (str(LISTING),), "duplicates": (str(LISTING),)}.get(
        command, ()
    )
    assert call(command, *arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{name}:{line}: venu: unknown field; write venue" in said.err
    assert file_bytes(project) == before


def test_a_records_folder_that_does_not_exist_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (("check",), ("stats",), ("export", "--format", "csv"), ("generate", "--output", "out")):
        assert call(*arguments, "--records", "nowhere") == 0
    assert call("export", "--format", "json", "--records", "nowhere") == 0
    out, err = capsys.readouterr()
    assert err.count("note: nowhere: no such folder, so the list is empty; run this in the list's folder") == 5
    assert "0 records" in out
    assert json.loads(out[out.index("{") :])["papers"] == []
    assert not Path("nowhere").exists()


def test_a_command_says_that_it_runs_beside_the_list(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("check") == 0
    assert "note:" not in capsys.readouterr().err
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert call("check") == 0
    assert capsys.readouterr().err.startswith("note: records: no such folder, so the list is empty; run this in")
    for arguments in (["--config", "mkdocs.yaml", "check"], ["check", "--config", "mkdocs.yaml"]):
        assert call(*arguments) == 2
        assert capsys.readouterr().err == "reading-list: mkdocs.yaml: no such file; name the list's mkdocs.yml\n"
    (project / "mkdocs.yml").write_text("site_name: Looms\n", encoding="utf-8")
    for arguments in (["--config", "../mkdocs.yml", "stats"], ["stats", "--config", "../mkdocs.yml"]):
        assert call(*arguments) == 0
        assert "note:" not in capsys.readouterr().err


# --- import and duplicates -------------------------------------------------------------------------------------------

ENTRY = {"file", "line", "position", "title", "abstract", "authors", "author_count", "issued", "comments"}


def _import(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        status = call("import", "--json", *DAY, *arguments)
    data: dict[str, Any] = json.loads(out.getvalue())
    return status, data


def test_import_prints_the_contract() -> None:
    status, data = _import(str(LISTING), "--captured", "2025-01-01")
    assert status == 0
    assert {"files", "entries", "records", "review", "problems"} <= set(data)
    assert [{key: file[key] for key in ("path", "format", "entries", "captured")} for file in data["files"]] == [
        {"path": str(LISTING), "format": "huggingface-text", "entries": 2, "captured": "2025-01-01"}
    ]
    assert all(set(entry) >= ENTRY for entry in data["entries"])
    first, second = data["entries"]
    assert (first["line"], first["position"], first["author_count"], first["issued"], first["comments"]) == (
        13,
        1,
        2,
        "2023-03-04",
        5,
    )
    assert (second["authors"], second["author_count"], second["issued"], second["comments"]) == (None, None, None, None)
    assert data["records"] == [
        {"id": "a-loom-that-learns-to-listen", "new": True, "entries": [0]},
        {"id": "spindles-all-the-way-down", "new": True, "entries": [1]},
    ]
    assert data["problems"] == data["review"] == []


def test_import_prints_an_unknown_year_as_such() -> None:
    assert _import(str(LISTING))[1]["files"][0]["captured"] == "--01-01"


def test_importing_again_changes_no_byte(project: Path) -> None:
    assert _import(str(LISTING))[0] == 0
    before = file_bytes(project)
    status, data = _import(str(LISTING))
    assert (status, [record["new"] for record in data["records"]]) == (0, [False, False])
    assert file_bytes(project) == before
    assert checking.check(store.load(project / "records")) == []


@pytest.mark.parametrize("option", ["--dry-run", "--no-new"])
def test_import_can_leave_the_records_alone(option: str, project: Path) -> None:
    before = file_bytes(project)
    assert _import(str(LISTING), option)[0] == 0
    assert file_bytes(project) == before


def test_an_import_that_only_fills_gaps_says_how_many_entries_it_leaves_out(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "new.csv").write_text("title\nA Loom That Nobody Has Listed Yet\n", encoding="utf-8")
    assert call("import", "--no-new", "new.csv") == 0
    assert "note: 1 entry of papers that are not on the list left out (--no-new)" in capsys.readouterr().err
    assert call("import", "new.csv") == 0
    assert "left out" not in capsys.readouterr().err


def test_a_bad_file_is_named_and_the_good_one_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bad.bin").write_bytes(b"\x00\x01\x02" * 99)
    status, data = _import("bad.bin", str(LISTING), "gone.txt")
    assert status == 1
    assert [problem["path"] for problem in data["problems"]] == ["bad.bin", "gone.txt"]
    assert all(set(problem) == {"path", "line", "message"} for problem in data["problems"])
    assert len(data["records"]) == 2
    assert (project / "records" / "papers" / "spindles-all-the-way-down.yaml").exists()
    err = capsys.readouterr().err
    assert "bad.bin" in err
    assert "gone.txt: cannot be read" in err


def test_duplicates_print_the_contract(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "table.csv").write_text(
        "id,title\nt1,The Undated Shuttle: What No Source Dates\nt2,A Loom That Learns to Listen\n", encoding="utf-8"
    )
    before = file_bytes(project)
    assert call("duplicates", "--json", "table.csv", str(LISTING)) == 0
    data = json.loads(capsys.readouterr().out)
    assert set(data) == {"pairs", "clusters"}
    for pair in data["pairs"]:
        assert set(pair) == {"a", "b", "verdict", "score", "reason"}
        assert pair["verdict"] in ("same", "review")
    assert ["t1", "undated-shuttle"] in data["clusters"]
    assert ["t2", f"{LISTING}:13"] in data["clusters"]
    assert file_bytes(project) == before


def test_ids_of_several_entries_are_said_to_be(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = "note: ids that stand for several entries: "
    for name in ("one", "two"):  # the first is called as a record of the list is, which is the same paper
        text = f"id,title\nundated-shuttle,The Undated Shuttle: What No Source Dates\n{name},Knots\n2,Looms\n"
        (project / f"{name}.csv").write_text(text, encoding="utf-8")
    for files, ids in ((["one"], ""), (["one", "two"], "2, undated-shuttle;")):
        assert call("duplicates", "--json", *(f"{name}.csv" for name in files)) == 0
        said = capsys.readouterr()
        assert said.err.startswith(told + ids) if ids else told not in said.err, said.err
        assert set(json.loads(said.out)) == {"pairs", "clusters"}


def test_duplicates_name_bibtex_entries_by_their_keys(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = (
        "@article{DBLP:t/1, title={The Undated {Shuttle}: What No Source Dates}}",
        "@misc{t2, title={A Loom That Learns to Listen}}",
        "@misc{t2, title={Two Names, One Loom}, doi={10.5555/loom.2021(7)_1}}",
    )
    (project / "refs.bib").write_text("\n".join(entries), encoding="utf-8")
    assert call("duplicates", "--json", "refs.bib", str(LISTING)) == 0
    clusters = json.loads(capsys.readouterr().out)["clusters"]
    assert ["DBLP:t/1", "undated-shuttle"] in clusters
    assert ["t2", f"{LISTING}:13"] in clusters
    assert ["refs.bib:3", "two-names"] in clusters  # a key that stands twice names nothing
    assert call("import", *DAY, "refs.bib") == 0
    assert call("check") == 0


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        (["Kelp"], "1 entry from 1 file is 1 record, 1 of them new"),
        (["Kelp", "Divers"], "2 entries from 1 file are 2 records"),
    ],
)
def test_an_import_counts_what_it_read(
    project: Path, titles: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "kelp.csv").write_text("\n".join(["title", *titles, ""]), encoding="utf-8")
    assert call("import", *DAY, "kelp.csv") == 0
    assert told in capsys.readouterr().err


# --- stats and generate ----------------------------------------------------------------------------------------------


def test_stats_counts_unsorted_records(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("stats", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["records"], data["topics"], data["paths"], data["sources"], data["unsorted"]) == (6, 4, 2, 2, 1)
    assert data["missing"]["date"] == ["undated-shuttle"]
    assert {name: data["records"] - len(ids) for name, ids in data["missing"].items()}.items() <= data[
        "coverage"
    ].items()


def test_generate_talks_on_standard_error_only(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("generate", "--output", "out") == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"\d+ pages and files written, 0 unchanged, 0 removed\n", said.err)
    assert (project / "out" / "papers" / "two-names.md").exists()


# --- build with the other engine, which builds in its own place alone ------------------------------------------------

SITE = {"index.html": b"new", "papers/index.html": b"papers", "sitemap.xml": b"<urlset/>"}


@pytest.fixture
def zensical(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Zensical be quick."""

    def engine(*_: object) -> int:
        for name, data in SITE.items():
            (project / "site" / name).parent.mkdir(parents=True, exist_ok=True)
            (project / "site" / name).write_bytes(data)
        return 0

    monkeypatch.setattr(site_commands, "_run_engine", engine)
    (project / "mkdocs.yml").write_text("site_name: Looms\n")


@pytest.mark.usefixtures("zensical")
@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ({}, {}),
        ({"out/index.html": b"old", "out/sitemap.xml": b"", "out/stale/index.html": b"old"}, {}),
        ({"out/.git/HEAD": b"ref"}, {".git/HEAD": b"ref"}),
        ({"out/.git/HEAD": b"ref", "out/index.html": b"old", "out/sitemap.xml": b""}, {".git/HEAD": b"ref"}),
        ({".out.new/diary.txt": b"mine"}, {}),
    ],
)
def test_a_site_takes_the_place_of_an_older_one_alone(
    before: dict[str, bytes], kept: dict[str, bytes], project: Path
) -> None:
    for name, data in before.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(data)
    for _ in range(2):
        assert call("build", "--engine", "zensical", "--site-dir", "out") == 0
        assert file_bytes(project / "out") == SITE | kept
    beside = {name: data for name, data in before.items() if not name.startswith("out/")}
    assert beside.items() <= file_bytes(project).items()


def test_an_engine_that_is_not_installed_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert call("build", "--engine", "zensical") == 2
    said = "--engine zensical needs the package zensical; install it with: make .venv/test-ready"
    assert capsys.readouterr().err == f"reading-list: {said}\n"


@pytest.mark.usefixtures("project", "zensical")
def test_who_serves_with_zensical_is_told_that_it_follows_no_records(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.execve", lambda *_: sys.exit(0))
    assert call("serve", "--engine", "zensical") == 0
    assert "run `reading-list generate` when records have changed" in capsys.readouterr().err


@pytest.mark.usefixtures("zensical")
@pytest.mark.parametrize("linked", [False, True])
def test_what_is_no_site_stays(linked: bool, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "home").mkdir()
    (project / "home" / "diary.txt").write_text("mine")
    if linked:
        (project / "out").symlink_to(project / "home")
    before = file_bytes(project)
    assert call("build", "--engine", "zensical", "--site-dir", "out" if linked else "home") == 1
    assert ("is no plain folder" if linked else "holds files that are no site") in capsys.readouterr().err
    assert file_bytes(project) == before
