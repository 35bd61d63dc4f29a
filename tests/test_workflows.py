"""The workflows and forms below .github: of the form that GitHub reads, pinned, and out of reach of foreign text.

It needs nothing else of the tests, so that a list made by `reading-list init` has it too.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

GITHUB = Path(__file__).resolve().parent.parent / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
SCRIPTS = sorted((GITHUB / "scripts").iterdir())

# What a stranger can choose: texts of the event, and names of branches in a fork.
FOREIGN = re.compile(r"github\.(event|head_ref|ref_name|actor)|needs\.|steps\.|inputs\.")


def load(path: Path) -> dict[Any, Any]:
    data: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def named(path: Path) -> str:
    return path.name


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program that was installed beside this Python."""
    return subprocess.run(
        [Path(sys.executable).parent / name, *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )


def steps_of(path: Path) -> list[dict[str, Any]]:
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def test_there_is_something_to_test() -> None:
    assert {"check.yml", "publish.yml", "suggest.yml", "enrich.yml", "links.yml", "digest.yml"} <= set(
        map(named, WORKFLOWS)
    )


def test_no_finding_of_the_security_audit() -> None:
    done = tool("zizmor", "--offline", "--persona=pedantic", "--no-progress", "--format=json", GITHUB)
    findings = [
        f"{each['ident']}: {each['determinations']['severity']}: {each['desc']}"
        for each in json.loads(done.stdout)
        if each["determinations"]["severity"] not in ("Informational", "Unknown")
    ]
    assert findings == [], done.stderr


def test_the_audit_would_find_something(tmp_path: Path) -> None:
    # Guards the test above: it would pass as well if the audit read nothing.
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "bad.yml").write_text(
        "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n",
        encoding="utf-8",
    )
    done = tool("zizmor", "--offline", "--persona=pedantic", "--no-progress", "--format=json", tmp_path / ".github")
    assert {"template-injection", "dangerous-triggers"} <= {each["ident"] for each in json.loads(done.stdout)}


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", sorted((GITHUB / "ISSUE_TEMPLATE").glob("config.yml"))),
        ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
    ],
)
def test_files_are_of_the_form_that_github_reads(schema: str, paths: list[Path]) -> None:
    if not paths:
        pytest.skip(f"no file for {schema}")
    done = tool("check-jsonschema", "--builtin-schema", schema, *paths)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_triggers_are_harmless(path: Path) -> None:
    triggers = load(path)[True]  # YAML 1.1 reads `on` as a truth value
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(triggers)


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_actions_are_pinned_by_commit_with_the_version_beside(path: Path) -> None:
    uses = re.findall(r"uses:.*", path.read_text(encoding="utf-8"))
    assert len(uses) == sum("uses" in step for step in steps_of(path))
    for line in uses:
        assert re.fullmatch(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_is_pinned_to_one_commit_everywhere() -> None:
    found: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for name, pin in re.findall(r"uses: (\S+)@(.*)", path.read_text(encoding="utf-8")):
            found.setdefault(name, set()).add(pin)
    assert {name: pins for name, pins in found.items() if len(pins) > 1} == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_no_foreign_text_reaches_a_shell(path: Path) -> None:
    for step in steps_of(path):
        for expression in re.findall(r"\$\{\{(.*?)\}\}", step.get("run", ""), re.DOTALL):
            assert not FOREIGN.search(expression), f"{step['name']}: {expression}"


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_rights_are_few(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"], f"{name}: states no permissions"
        assert job["timeout-minutes"] <= 120
        writes = {what for what, right in job["permissions"].items() if right == "write"}
        ours = [step["name"] for step in job["steps"] if ".venv/bin" in step.get("run", "")]
        assert not (writes and ours), f"{name}: runs the list's code with the right to write {writes}: {ours}"
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_foreign_text_comes_through_the_environment_alone(path: Path) -> None:
    """No expression stands in a script: values are handed over by env, which no shell reads again."""
    for step in steps_of(path):
        assert "${{" not in step.get("run", ""), step["name"]
        assert "github-script" not in step.get("uses", ""), step["name"]  # its script would be a place for expressions


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_nothing_is_installed_but_what_the_lock_files_name(path: Path) -> None:
    for step in steps_of(path):
        found = re.findall(r"\b(?:pip3?|pipx|uvx?|npm|npx|yarn|apt|apt-get|gem|cargo|curl|wget)\b", step.get("run", ""))
        assert found == [], step["name"]


def test_the_lock_files_are_installed_by_their_hashes() -> None:
    makefile = (GITHUB.parent / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"(?m)^\.venv/(?:site|test)-ready:.*\n((?:\t.*\n)+)", makefile)
    assert len(rules) == 2
    installs = [line for rule in rules for line in rule.splitlines() if " install " in line]
    assert len(installs) == 3
    for (
        line
    ) in installs:  # the list itself is installed without what it needs; of lock files Dependabot reads *.txt alone
        locked = re.search(r"--require-hashes -r requirements[a-z-]*\.txt$", line)
        assert locked or "--no-deps --no-build-isolation --editable ." in line, line
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (GITHUB.parent / lock).read_text(encoding="utf-8")
        pins = re.findall(r"(?m)^[a-z0-9][\w.-]*==\S+.*$", text)
        assert pins
        assert all(pin.endswith("\\") for pin in pins)  # a hash follows
        assert not re.search(r"(?m)^[^#\s].*(@ |https?://|git\+)|^-", text)


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_no_cache_that_others_fill_is_published_from(path: Path) -> None:
    jobs = load(path)["jobs"]
    for name, job in jobs.items():
        used = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
        caches = [each for each in used if each.startswith("actions/cache")]
        caches += [key for step in job["steps"] for key in step.get("with", {}) if key == "cache"]
        assert caches == [], name
        if "actions/deploy-pages" in used:
            assert used == ["actions/deploy-pages"], "the job that publishes does nothing else"
            assert not any("run" in step for step in job["steps"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_artifacts_of_foreign_code_are_data(path: Path) -> None:
    """A job that may write takes another job's files beside the repository, and runs the repository's scripts alone."""
    for name, job in load(path)["jobs"].items():
        if "write" not in job["permissions"].values():
            continue
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/download-artifact@"):
                assert re.match(r"\$\{\{ runner\.temp \}\}(/|$)", step["with"]["path"]), name
            commands = [line.strip() for line in step.get("run", "").splitlines() if line.strip()]
            for command in commands:
                assert re.match(r"(\.github/scripts/[a-z-]+|gh|git)( |$)|[A-Za-z_]+=", command), f"{name}: {command}"


def test_the_check_of_pull_requests_can_only_read() -> None:
    workflow = load(GITHUB / "workflows" / "check.yml")
    assert "secrets." not in (GITHUB / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert [job["permissions"] for job in workflow["jobs"].values()] == [{"contents": "read"}] * len(workflow["jobs"])


def test_the_days_of_dead_links_outlive_a_run_in_which_no_server_answered() -> None:
    # The next run takes the state from the last run that succeeded, and a run without an answer succeeds too.
    [kept] = [
        step for step in steps_of(GITHUB / "workflows" / "links.yml") if "upload-artifact" in step.get("uses", "")
    ]
    assert "if" not in kept
    assert kept["with"]["if-no-files-found"] == "ignore"


@pytest.mark.parametrize("path", [path for path in WORKFLOWS if path.name != "check.yml"], ids=named)
def test_addresses_that_people_are_given_are_asked_from_pages(path: Path) -> None:
    # The repository's name does not tell: ada.github.io has no path, a domain neither. Check publishes nothing.
    for job in load(path)["jobs"].values():
        for number, step in enumerate(job["steps"]):
            if address := step.get("env", {}).get("SITE_URL"):
                assert "steps.pages.outputs.base_url" in address
                [asked] = [each for each in job["steps"][:number] if each.get("id") == "pages"]
                assert asked["uses"].startswith("actions/configure-pages@")
                assert asked.get("continue-on-error", False) == (path.name != "publish.yml")
                assert job["permissions"]["pages"] == "read"


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_who_proposes_sees_who_has_committed(path: Path) -> None:
    for job in load(path)["jobs"].values():
        if any(re.search(r"scripts/(?:propose|answer)\b.*PROPOSAL", step.get("run", "")) for step in job["steps"]):
            [checkout] = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
            assert checkout["with"]["fetch-depth"] == 0


def test_every_change_of_a_form_is_read() -> None:
    triggers = load(GITHUB / "workflows" / "suggest.yml")[True]["issues"]["types"]
    assert {"opened", "edited", "reopened", "labeled"} == set(triggers)


def test_of_two_forms_for_one_paper_the_second_sees_the_draft_of_the_first() -> None:
    # Looking for another's draft and opening one's own is one step only while no other run does the same.
    propose = load(GITHUB / "workflows" / "suggest.yml")["jobs"]["propose"]
    assert propose["concurrency"] == {"group": "propose", "queue": "max"}  # none that waits is cancelled


def test_who_sent_a_form_hears_of_a_failure_wherever_it_was() -> None:
    jobs = load(GITHUB / "workflows" / "suggest.yml")["jobs"]
    tell = jobs.pop("tell")
    assert tell["needs"] == list(jobs)
    assert "needs.propose.result != 'success'" in tell["if"]  # it fails, is skipped or runs out of time
    assert tell["steps"][-1]["run"] == '.github/scripts/answer "$ISSUE"'
    [kept] = [step for step in jobs["read"]["steps"] if "upload-artifact" in step.get("uses", "")]
    assert "steps.form.outcome != 'skipped'" in kept["if"]  # talk.txt says why


def test_labels_that_forms_and_workflows_use_are_made() -> None:
    made = set(re.findall(r"(?m)^label '([^']+)'", (GITHUB / "scripts" / "labels").read_text(encoding="utf-8")))
    used = {label for form in FORMS for label in load(form).get("labels", [])}
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"labels\.\*\.name, '([^']+)'", text)) | set(
            re.findall(r"scripts/report '([^']+)'", text)
        )
    assert used
    assert used <= made


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_scripts_can_run_and_stop_at_the_first_fault(path: Path) -> None:
    assert path.stat().st_mode & 0o111
    assert re.search(r"(?m)^set -euo pipefail$", path.read_text(encoding="utf-8"))
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_scripts_that_are_called_are_there(path: Path) -> None:
    called = set(re.findall(r"\.github/scripts/([a-z-]+)", path.read_text(encoding="utf-8")))
    assert called <= set(map(named, SCRIPTS))
