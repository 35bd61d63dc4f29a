"""The whole story without GitHub: a suggestion becomes a record, a duplicate is refused, old addresses lead on.

Each step is what a workflow or a person does: the same commands, and the same scripts of `.github/scripts`.
"""

from __future__ import annotations

import json
import shutil
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from git_tools import Forge, Repository, bare_remote, publish, published, run_script, serve_below
from site_tools import ROOT, call, copy_project, facts, free_port, run, toy_records

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the runners of the workflows are Linux machines"),
]

FORM = """### Link or identifier

https://arxiv.org/abs/2401.00077

### Title of the paper

{title}

### BibTeX entry

_No response_

### Code, model, dataset or project page

_No response_

### Type of paper

method

### Why it belongs here

It waits, and shows when waiting pays.
"""
TITLE = "A Loom That Waits for No One"
ID = "a-loom-that-waits-for-no-one"


@dataclass
class Story:
    """A list under git as its maintainer has it, the remote, and the forge that keeps issues and pull requests."""

    folder: Path
    maintainer: Repository
    remote: Path
    forge: Forge

    def fresh(self, name: str, branch: str = "main") -> Repository:
        """Return a checkout as a workflow's runner has it."""
        return Repository.clone(self.remote, self.folder / name, branch)

    def suggest(self, number: int, title: str) -> str:
        """Play the workflow `suggest` for an issue; return the comment that answers it."""
        event = self.folder / f"event-{number}.json"
        event.write_text(json.dumps({"issue": {"number": number, "body": FORM.format(title=title)}}), encoding="utf-8")
        proposal = self.folder / f"proposal-{number}"
        read = run_script(self.fresh(f"read-{number}"), "read-form", event, proposal)
        assert read.returncode == 0, read.stderr
        told = run_script(self.fresh(f"propose-{number}"), "answer", str(number), proposal, gh=self.forge)
        assert told.returncode == 0, told.stderr
        return (proposal / "comment.md").read_text(encoding="utf-8")

    def check(self, branch: str) -> tuple[int, str]:
        """Play the workflow `check` for a branch: what is checked is the merge into main."""
        runner = self.fresh(f"check-{branch.replace('/', '-')}")
        runner.git("merge", "--quiet", "--no-ff", "--message=Merge", f"origin/{branch}")
        base = runner.git("rev-parse", "HEAD^1").strip()
        done = run(runner.folder, "generator", "check", "--base", base, "--format", "github", PYTHONPATH=str(ROOT))
        return done.returncode, done.stdout + done.stderr

    def merge(self, branch: str) -> None:
        """Press the button."""
        self.maintainer.git("fetch", "--quiet", "origin")
        self.maintainer.git("merge", "--quiet", "--no-ff", f"--message=Merge {branch}", f"origin/{branch}")
        self.maintainer.git("push", "--quiet", "origin", "main")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    if not shutil.which("make"):
        pytest.skip("no make here")
    project = copy_project(tmp_path / "list", toy_records(tmp_path / "records"))
    shutil.copy(ROOT / ".gitignore", project)
    remote = bare_remote(tmp_path / "remote.git")
    return Story(tmp_path, Repository.begin(project, remote), remote, Forge(tmp_path))


def test_from_a_suggestion_to_an_address_that_leads_on(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    # A stranger fills in the form; a draft with one record comes of it, and nothing else.
    comment = story.suggest(7, TITLE)
    assert ID in comment
    (draft,) = story.forge.get("prs")
    assert (draft["head"], draft["title"], draft["draft"]) == ("suggest/issue-7", f"{ID}: take up #7", True)
    story.maintainer.git("fetch", "--quiet", "origin")
    changed = story.maintainer.git("diff", "--name-status", "main..origin/suggest/issue-7")
    assert changed == f"A\trecords/papers/{ID}.yaml\n"

    # Its check passes, and it is merged.
    status, said = story.check("suggest/issue-7")
    assert status == 0, said
    story.merge("suggest/issue-7")

    # Somebody else suggests it again: the answer names the record, and no branch is made.
    comment = story.suggest(8, TITLE)
    assert ID in comment
    assert [pull["head"] for pull in story.forge.get("prs")] == ["suggest/issue-7"]

    # A third writes the record by hand, under another name: the check refuses it at its line.
    contributor = story.fresh("contributor")
    contributor.git("switch", "--quiet", "--create", "my-paper")
    papers = contributor.folder / "records" / "papers"
    shutil.copy(papers / f"{ID}.yaml", papers / "a-loom-that-waits.yaml")
    contributor.commit("Add a paper")
    contributor.git("push", "--quiet", "origin", "my-paper")
    status, said = story.check("my-paper")
    assert status == 1
    assert "::error file=records/papers/a-loom-that-waits.yaml,line=" in said
    assert f"same paper as `{ID}`" in said

    # The maintainer gives the record a shorter id, and publishes.
    monkeypatch.chdir(story.maintainer.folder)
    assert call("rename", ID, "waiting-loom") == 0
    story.maintainer.commit("Call it by its short name")
    story.maintainer.git("push", "--quiet", "origin", "main")
    port = free_port()
    address = f"http://127.0.0.1:{port}/reading-list/"
    done = publish(story.maintainer, SITE_URL=address)
    assert done.returncode == 0, done.stdout + done.stderr

    # The paper is on the web below the list's path, and so is every address it ever had.
    site = published(story.remote, story.folder / "web")
    with serve_below(site, "reading-list", port):
        assert TITLE in read(f"{address}papers/waiting-loom/")
        old = f"{address}papers/{ID}/"
        assert 'http-equiv="refresh"' in read(old)
        targets = {urllib.parse.urljoin(old, link) for link in facts(site, f"papers/{ID}/index.html").links}
        assert f"{address}papers/waiting-loom/" in targets
        assert TITLE in read(f"{address}feed.xml")


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        text: str = answer.read().decode("utf-8")
        return text
