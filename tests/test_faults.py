"""Faults: whatever hinders a command that writes, every file is old or new, it is said, and a second run mends it.

The k-th operation that changes a file kills the run or fails, for k = 1, 2, … to the end. In CI some faults are tried
at every operation of some commands; ``make soak`` tries every fault at every operation of every command.
"""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from fault_tools import ERRORS, FAIL_FOR_GOOD, FAIL_ONCE, KILL_AFTER, KILLS, Fault, Outcome, Sweep, Tree, sweep
from site_tools import DAY, LISTING, TOY_RECORDS, call, copy_project, run, toy_records

COMMANDS: dict[str, tuple[Sequence[str], str]] = {
    "import": (("import", *DAY, "listing.txt"), ""),
    "merge": (("merge", "two-names", "braided-attention"), ""),
    "rename": (("rename", "two-names", "loom-names"), ""),
    "retract": (("retract", "two-names", "--reason", "The authors withdrew it.", "--date", "2025-02-03"), ""),
    "add": (("add", "Looms: A Toy Study", *DAY), ""),
    "check": (("check", "--fix"), ""),
    "review": (("review", "pairs.csv", *DAY), "s\n"),
    "export": (("export", "--format", "csv", "--output", "new/out.csv"), ""),
    "digest": (("digest", "--since", "2025-01-01", "--output", "digest.md"), ""),
}
DONE_ALREADY = {"add": "is on the list already"}
"""What a second run may say, with exit status 1, where the first has done everything before it was killed."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A toy list with a dump to import, two records and a schema that are out of form, and an older export."""
    folder = tmp_path / "project"
    folder.mkdir()
    records = toy_records(folder / "records")
    for name in ("stray-thread", "two-names"):
        path = records / "papers" / f"{name}.yaml"
        path.write_bytes(path.read_bytes() + b"\n")
    (records / "record.schema.json").write_bytes(b"{}\n")
    (folder / "listing.txt").write_bytes(LISTING.read_bytes())
    (folder / "pairs.csv").write_text(
        "id,title,year\n1,Kelp Forests by Candlelight,2019\n2,Kelp Forests by Candlelight,2020\n", encoding="utf-8"
    )
    (folder / "digest.md").write_text("old\n", encoding="utf-8")
    return folder


def faults_of(found: Sweep, outcome: Outcome, command: str) -> list[str]:
    """Return what a run with a fault did wrong."""
    wrong = []
    whole = set(found.before) | set(found.clean)
    for name, digest in outcome.after.items():
        if name in whole and digest not in (found.before.get(name), found.clean.get(name)):
            wrong.append(f"{name} is torn")
    wrong += [f"{name} is lost" for name in set(found.before) & set(found.clean) - set(outcome.after)]
    strays = sorted(set(outcome.after) - whole)
    if outcome.fault in KILLS:
        if outcome.status != -9:
            wrong.append("was not killed")
    else:
        if outcome.status in (0, 70, 71):
            wrong.append("exit status")
        if os.strerror(outcome.fault.error) not in outcome.said:
            wrong.append("is silent about the error")
        if "Traceback" in outcome.said:
            wrong.append("ends with a traceback")
        if strays and outcome.fault.mode != FAIL_FOR_GOOD:  # where nothing can be deleted, the next run does
            wrong.append(f"leaves {strays}")
    if outcome.final != found.clean:
        differing = {name for name in whole | set(outcome.final) if outcome.final.get(name) != found.clean.get(name)}
        wrong.append(f"the second run differs in {sorted(differing)}, and said {outcome.second_said!r}")
    if outcome.second_status and DONE_ALREADY.get(command, "?") not in outcome.second_said:
        wrong.append(f"the second run ended with {outcome.second_status} and said {outcome.second_said!r}")
    return [f"{outcome}: {each}" for each in wrong]


def held(found: Sweep, command: str) -> None:
    """Check all runs of a sweep."""
    assert found.clean != found.before, "the command writes nothing, and the sweep proves nothing"
    assert {"open", "write"} <= set(found.operations)
    assert ("fsync" in found.operations) == (command != "generate")
    assert found.outcomes
    assert [each for outcome in found.outcomes for each in faults_of(found, outcome, command)] == []


@pytest.mark.parametrize("command", ["import", "merge", "check", "export"])
def test_a_kill_or_an_error_at_every_operation(command: str, project: Path) -> None:
    faults = [Fault(KILL_AFTER), Fault(FAIL_ONCE, errno.EIO), Fault(FAIL_FOR_GOOD, errno.ENOSPC)]
    held(sweep(project, COMMANDS[command][0], faults, every=2 if command == "import" else 1), command)


@pytest.mark.soak
@pytest.mark.parametrize("command", COMMANDS)
def test_every_fault_at_every_operation(command: str, project: Path) -> None:
    arguments, typed = COMMANDS[command]
    held(sweep(project, arguments, [*KILLS, *ERRORS], typed=typed), command)


@pytest.fixture
def with_pages(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with the pages of its list, in which a record has then gone and another has changed."""
    monkeypatch.chdir(project)
    assert call("check", "--fix") == 0
    assert call("generate") == 0
    assert call("merge", "two-names", "braided-attention") == 0
    return project


def test_generate_with_a_fault_at_some_operations(with_pages: Path) -> None:
    faults = [Fault(KILL_AFTER), Fault(FAIL_ONCE, errno.ENOSPC)]
    held(sweep(with_pages, ["generate"], faults, every=31), "generate")


@pytest.mark.soak
def test_generate_with_every_fault_at_many_operations(with_pages: Path) -> None:
    held(sweep(with_pages, ["generate"], [*KILLS, *ERRORS], every=3), "generate")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("faults", "every"),
    [([Fault(KILL_AFTER)], 31), ([Fault(FAIL_ONCE, errno.EIO), Fault(FAIL_FOR_GOOD, errno.ENOSPC)], 67)],
    ids=["killed", "failing"],
)
def test_a_build_with_a_fault_at_some_operations(tmp_path: Path, faults: Sequence[Fault], every: int) -> None:
    project = copy_project(tmp_path / "project", TOY_RECORDS)
    assert run(project, "mkdocs", "build", "--strict").returncode == 0
    path = project / "records/papers/two-names.yaml"
    path.write_text(path.read_text("utf-8").replace("Two Names, One Loom", "Two Names, Another Loom"), "utf-8")
    found = sweep(project, ["mkdocs", "build", "--strict", "--quiet"], faults, every=every)
    site = functools.partial(below, "site/")
    assert site(found.before) != site(found.clean)
    wrong = []
    for outcome in found.outcomes:
        if site(outcome.after) not in (site(found.before), site(found.clean)):
            wrong.append(f"{outcome}: the site is mixed")
        if outcome.fault.mode != KILL_AFTER:
            harmless = site(outcome.after) == site(found.clean)  # such as an old file that could not be deleted
            if "Traceback" in outcome.said or not (outcome.status == 1 or harmless):
                wrong.append(f"{outcome}: the fault is not told")
        if outcome.second_status or visible(outcome.final) != visible(found.clean):
            wrong.append(f"{outcome}: the second build differs")
    assert wrong == []


def below(folder: str, found: Tree) -> Tree:
    """Return what lies in a folder of a tree."""
    return {name: digest for name, digest in found.items() if name.startswith(folder)}


def visible(found: Tree) -> Tree:
    """Return a tree without what a build keeps for the next one."""
    return {name: digest for name, digest in found.items() if not name.startswith(".cache/")}


@pytest.mark.soak
def test_every_fault_where_there_is_no_c_compiler(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fault_tools.shim", lambda: None)
    found = sweep(project, COMMANDS["merge"][0], [*KILLS, *ERRORS])
    assert not found.below_python
    held(found, "merge")
