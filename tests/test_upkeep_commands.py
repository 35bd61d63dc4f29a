"""The commands enrich and links as people and schedules use them: what is written, said and returned."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import Databases, Paper
from site_tools import call, enter_project, file_bytes, free_port, write_record
from stand_in import Asked, Reply, Server, Waits, serving

from generator import cli, store
from generator.cli import upkeep_commands
from generator.models import Record
from generator.upkeep import apis
from generator.upkeep.public_network import PublicNetwork

PAPER = Paper("Loom: Weaving without a Shuttle", arxiv="2210.00001", doi="10.5555/loom", venue=("Weaving 2022",))
RECORD = Record(
    title=PAPER.title,
    identifiers={"arxiv": "2210.00001"},
    links={"code": "https://github.com/toy/loom", "project": "https://loom.example.org/"},
    link_notes={"project": "only for browsers"},
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one record more than the toy list, its configuration naming a repository."""
    project = enter_project(tmp_path, monkeypatch)
    (project / "mkdocs.yml").write_text("site_name: Toy\nrepo_url: https://github.com/toy/list\n", encoding="utf-8")
    write_record(project / "records", "loom", RECORD)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    return project


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Databases([PAPER])) as server:
        yield server


def enrich(base: str, *arguments: str) -> int:
    options = cli._parser().parse_args(["enrich", *arguments])
    return upkeep_commands.enrich(options, bases=dict.fromkeys(apis.BASES, base), clock=Waits().clock)


def test_enrich_writes_facts_once(server: Server, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file_bytes(project / "records")
    assert enrich(server.base, "loom", "--summary", "pull-request.md") == 0
    said = capsys.readouterr()
    assert "loom: issued: 2022-10-31, from https://arxiv.org/abs/2210.00001\n" in said.out
    assert said.err.endswith(
        "4 facts for 1 record; requests: 1 to arXiv, 0 to Hugging Face papers, 1 to Crossref; 1 file changed\n"
    )
    after = file_bytes(project / "records")
    assert {name for name in after if after[name] != before.get(name)} == {"papers/loom.yaml"}
    assert "| <code>loom</code> |" in (project / "pull-request.md").read_text("utf-8")
    assert {asked.headers["user-agent"].split(" ")[1] for asked in server.asked} == {"(+https://github.com/toy/list)"}
    # A second run has nothing to ask: all is there.
    assert enrich(server.base, "loom") == 0
    assert capsys.readouterr().out == ""
    assert len(server.asked) == 2
    assert file_bytes(project / "records") == after
    assert call("check") == 0


def test_enrich_all_records_with_one_database(server: Server, project: Path) -> None:
    assert enrich(server.base, "--api", "arxiv") == 0
    assert {asked.path for asked in server.asked} == {"/api/query"}
    assert len(server.asked) > 1  # the toy list's records have no arXiv id, and are asked for by title


def test_enrich_json_and_dry_run(server: Server, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file_bytes(project / "records")
    assert enrich(server.base, "loom", "--json", "--dry-run") == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["facts"][1] == {
        "record": "loom",
        "field": "issued",
        "value": "2022-10-31",
        "before": None,
        "source": "https://arxiv.org/abs/2210.00001",
    }
    assert (found["doubts"], found["offline"]) == ([], False)
    assert found["requests"] == {"arxiv": 1, "huggingface": 0, "crossref": 1}
    assert said.err.endswith("nothing was written (--dry-run)\n")
    assert file_bytes(project / "records") == before


def test_enrich_offline_says_so_once_and_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file_bytes(project / "records")
    assert enrich(f"http://127.0.0.1:{free_port()}", "--json", "--summary", "pull-request.md") == 0
    said = capsys.readouterr()
    assert said.err == ("offline: could not reach arXiv or Hugging Face papers or Crossref; nothing was changed\n")
    assert json.loads(said.out)["offline"] is True
    assert file_bytes(project / "records") == before
    assert not (project / "pull-request.md").exists()


def test_enrich_goes_on_without_a_cache(server: Server, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = project / upkeep_commands.CACHE
    cache.parent.mkdir()
    cache.write_bytes(b"no database" * 100)
    assert enrich(server.base, "loom") == 0
    said = capsys.readouterr().err.split("\n")
    assert said[0].startswith(
        f"note: {upkeep_commands.CACHE}: answers cannot be kept there for the next run; delete it"
    )
    assert said[1].startswith("4 facts for 1 record;")
    cache.unlink()
    cache.parent.rmdir()
    cache.parent.write_text("a file where the folder goes", encoding="utf-8")
    assert enrich(server.base, "loom") == 0


def test_what_a_database_says_does_not_reach_the_terminal_raw(capsys: pytest.CaptureFixture[str]) -> None:
    title = "Loom: Weaving without a Shuttle"
    paper = Paper(title, ("Ada Weaver", "Eve \x1b[31m"), arxiv="2210.00001")
    with serving(Databases([paper])) as server:
        assert enrich(server.base, "loom", "--api", "huggingface") == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "not taken: loom: Hugging Face papers" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("enrich", "lomo"), "lomo: is no record; write the id of one"),
        (("enrich", "braid"), "braid: is no record; it is braided-attention now"),
        (("enrich", "--contact", "nobody"), "'nobody' is no e-mail address; write it as list@example.org"),
        (("enrich", "--contact", "a@b.example\r\nX: y"), "is no e-mail address"),
        (("enrich", "--limit", "0"), "'0' is no number above 0"),
        (("enrich", "--minutes", "-1"), "--minutes"),
        (("enrich", "--api", "google"), "google"),
        (("links", "lomo"), "lomo: is no record"),
    ],
)
def test_wrong_usage(
    arguments: tuple[str, ...], message: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file_bytes(project / "records")
    assert call(*arguments) == 2
    assert message in capsys.readouterr().err
    assert file_bytes(project / "records") == before


@pytest.mark.parametrize("command", ["enrich", "links"])
def test_records_with_problems_are_not_touched(command: str, project: Path) -> None:
    (project / "records" / "papers" / "bad.yaml").write_text("title: [", encoding="utf-8")
    assert call(command) == 1


@pytest.mark.parametrize(("command", "package"), [("enrich", "arxiv"), ("links", "httpcore2")])
def test_without_the_extra_the_remedy_is_named(
    command: str, package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("apis", "enrichment", "link_check", "public_network"):
        monkeypatch.delitem(sys.modules, f"generator.upkeep.{module}", raising=False)
        monkeypatch.delattr(f"generator.upkeep.{module}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    assert call(command) == 2
    assert capsys.readouterr().err == (
        f"reading-list: {command} needs the package {package}; install it with: make .venv/test-ready\n"
    )


def test_other_commands_do_not_load_the_clients() -> None:
    code = "import sys, generator.cli; print({'httpx2', 'arxiv', 'hishel', 'huggingface_hub'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# --- links ------------------------------------------------------------------------------------------------------------


def links(answer: Any, *arguments: str) -> int:
    options = cli._parser().parse_args(["links", "loom", *arguments])
    with serving(answer) as server:
        network = PublicNetwork(lambda host, port: [("127.0.0.1", server.server_port)], lambda address: True)
        return upkeep_commands.links(options, network=network, clock=Waits().clock)


def write_plain_link(project: Path) -> None:
    record = RECORD.model_copy(
        update={"links": RECORD.links.model_copy(update={"code": "http://code.example.org/loom"})}
    )
    write_record(project / "records", "loom", record)


def test_links_reports_what_is_dead_since_when(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plain_link(project)
    before = file_bytes(project / "records")
    for epoch in ("1767225600", "1769904000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        assert links(lambda asked: Reply(404), "--report", "links.md", "--state", "state.json") == 0
        said = capsys.readouterr()
        assert said.out == (
            "dead: loom: links.code: http://code.example.org/loom: 404 Not Found\n"
            "excepted: loom: links.project: https://loom.example.org/: only for browsers\n"
        )
        assert said.err == "2 links: 1 dead, 1 excepted\n"
        report = (project / "links.md").read_text("utf-8")
        assert re.search(r"(?m)^\| dead \| <code>loom</code> .*404 Not Found</code> \| 2026-01-01 \|$", report)
    assert file_bytes(project / "records") == before
    # It works again: no trouble is remembered.
    assert links(lambda asked: Reply(200), "--state", "state.json") == 0
    assert json.loads((project / "state.json").read_text("utf-8")) == {"links": {}}


def test_days_of_links_that_were_not_asked_about_are_kept(project: Path) -> None:
    write_plain_link(project)
    records = store.load(project / "records").records
    address = next(str(record.links.code) for name, record in records.items() if name != "loom" and record.links.code)
    days = {"kind": "dead", "since": "2025-01-01"}
    state = project / "state.json"
    state.write_text(json.dumps({"links": {address: days, "https://gone.example.org/": days}}), encoding="utf-8")
    assert links(lambda asked: Reply(200), "--state", "state.json") == 0  # it asks about loom
    assert json.loads(state.read_text("utf-8")) == {"links": {address: days}}  # without that of no record


def test_links_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plain_link(project)

    def answer(asked: Asked) -> Reply:
        return Reply(200) if asked.path == "/new" else Reply(301, headers={"Location": "/new"})

    assert links(answer, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["links"][0] == {
        "record": "loom",
        "field": "links.code",
        "link": "http://code.example.org/loom",
        "kind": "moved",
        "said": "moved for good",
        "address": "http://code.example.org/new",
        "since": "2026-01-01",
    }
    assert found["offline"] is False


def test_links_offline_says_so_and_keeps_the_old_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plain_link(project)
    (project / "links.md").write_text("the report before", encoding="utf-8")
    options = cli._parser().parse_args(["links", "loom", "--report", "links.md", "--state", "state.json"])
    network = PublicNetwork(lambda host, port: [("127.0.0.1", free_port())], lambda address: True)
    assert upkeep_commands.links(options, network=network, clock=Waits().clock) == 0
    assert capsys.readouterr().err == (
        "offline: no server could be reached; no link was judged, no report written; run it again with a network\n"
    )
    assert (project / "links.md").read_text("utf-8") == "the report before"
    assert not (project / "state.json").exists()


def test_links_offline_calls_no_link_dead(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plain_link(project)
    options = cli._parser().parse_args(["links", "loom", "--json"])
    assert upkeep_commands.links(options, network=PublicNetwork(lambda host, port: []), clock=Waits().clock) == 0
    found = json.loads(capsys.readouterr().out)
    assert ([each["kind"] for each in found["links"]], found["offline"]) == (["unchecked", "excepted"], True)


def test_links_with_a_broken_state_begins_anew(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plain_link(project)
    (project / "state.json").write_text("{", encoding="utf-8")
    assert links(lambda asked: Reply(404), "--state", "state.json") == 0
    assert "note: state.json: holds no state of a link check; the days are counted anew" in capsys.readouterr().err


def test_links_never_asks_a_machine_of_ones_own(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plain_link(project)
    options = cli._parser().parse_args(["links", "loom", "--json"])
    with serving(lambda asked: Reply(200)) as server:
        network = PublicNetwork(lambda host, port: [("127.0.0.1", server.server_port)])
        assert upkeep_commands.links(options, network=network, clock=Waits().clock) == 0
    assert server.asked == []
    assert json.loads(capsys.readouterr().out)["links"][0]["kind"] == "refused"
