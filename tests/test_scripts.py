"""The scripts of the workflows, played against a bare remote and a stand-in for `gh`: who may write what, and where."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from git_tools import BOT, Forge, Repository, bare_remote, run_script
from site_tools import TOY_RECORDS, file_bytes, toy_records, write_record

from generator.models import Record

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the runners of the workflows are Linux machines")

BRANCH = "suggest/issue-7"
RECORD = 'title: "A New Loom"\n'


@dataclass(frozen=True)
class Stage:
    """What a workflow finds: a clean checkout, a remote, a forge, and an artifact of a job without rights."""

    clone: Repository
    remote: Path
    forge: Forge
    changes: Path

    def propose(self, branch: str = BRANCH, title: str = "Take up the suggestion of #7") -> tuple[int, str]:
        body = self.changes.parent / "body.md"
        body.write_text("Made from the form.\n", encoding="utf-8")
        done = run_script(self.clone, "propose", branch, title, body, self.changes, gh=self.forge)
        self.clone.git("switch", "--quiet", "main")
        return done.returncode, done.stdout + done.stderr

    def worked_on(self, work: Callable[[Repository], None]) -> str:
        """Propose a record, let somebody work on the branch, and edit the record; return the branch's last commit."""
        path = self.changes / "records" / "papers" / "new-loom.yaml"
        path.write_text(RECORD, encoding="utf-8")
        assert self.propose()[0] == 0
        self.clone.git("switch", "--quiet", BRANCH)
        work(self.clone)
        self.clone.git("push", "--quiet", "--force", "origin", BRANCH)
        self.clone.git("switch", "--quiet", "main")
        path.write_text(RECORD + "venue: Loom Letters\n", encoding="utf-8")
        return self.head()

    def head(self) -> str:
        """Return the last commit that the remote has on the branch."""
        return self.clone.git("ls-remote", "origin", f"refs/heads/{BRANCH}").split()[0]

    def answer(self, comment: str) -> dict[str, str]:
        """Answer issue 7 with a comment; return what is said last, by ``issue`` and ``pr``."""
        proposal = self.changes.parent
        (proposal / "comment.md").write_text(comment, encoding="utf-8")
        self.forge.set(calls=[])
        done = run_script(self.clone, "answer", "7", proposal, gh=self.forge)
        assert done.returncode == 0, done.stderr
        self.clone.git("switch", "--quiet", "main")
        said = {}
        for group, verb, names, given in self.forge.get("calls"):
            if verb == "comment":
                assert names == ["7" if group == "issue" else "1"]
                assert given["edit-last"]
                assert given["create-if-none"]
                said[group] = given["body"]
        return said

    def branches(self) -> set[str]:
        refs = self.clone.git("ls-remote", "--heads", "origin").splitlines()
        return {line.split("refs/heads/")[1] for line in refs}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    project = tmp_path / "list"
    project.mkdir()
    toy_records(project / "records")
    remote = bare_remote(tmp_path / "remote.git")
    changes = tmp_path / "artifact" / "changes"
    (changes / "records" / "papers").mkdir(parents=True)
    return Stage(Repository.begin(project, remote), remote, Forge(tmp_path), changes)


def test_a_record_becomes_a_draft(stage: Stage) -> None:
    (stage.changes / "records" / "papers" / "new-loom.yaml").write_text(RECORD, encoding="utf-8")
    status, said = stage.propose()
    assert status == 0, said
    assert stage.branches() == {"main", BRANCH}
    shown = stage.clone.git("show", "--format=%s%n%ae", "--name-status", f"origin/{BRANCH}")
    assert shown.split("\n")[:2] == ["Take up the suggestion of #7", BOT]
    assert "A\trecords/papers/new-loom.yaml" in shown
    (pull,) = stage.forge.get("prs")
    assert (pull["head"], pull["base"], pull["draft"], pull["body"]) == (BRANCH, "main", True, "Made from the form.\n")


def test_an_edit_renews_branch_and_pull_request(stage: Stage) -> None:
    path = stage.changes / "records" / "papers" / "new-loom.yaml"
    for text in (RECORD, RECORD + "venue: Loom Letters\n"):
        path.write_text(text, encoding="utf-8")
        assert stage.propose()[0] == 0
        (pull,) = stage.forge.get("prs")
        assert pull["draft"]  # once more, for the checks of the first draft saw another commit
        stage.forge.set(prs=[{**pull, "draft": False}])
    assert stage.clone.git("show", f"origin/{BRANCH}:records/papers/new-loom.yaml").endswith("venue: Loom Letters\n")
    assert stage.clone.git("rev-list", "--count", f"main..origin/{BRANCH}") == "1\n"


def test_a_branch_that_holds_what_is_proposed_stays(stage: Stage) -> None:
    (stage.changes / "records" / "papers" / "new-loom.yaml").write_text(RECORD, encoding="utf-8")
    assert stage.propose()[0] == 0
    held = stage.head()
    ready = [{**stage.forge.get("prs")[0], "draft": False, "title": "A better title"}]
    stage.forge.set(prs=ready)
    (stage.clone.folder / "more.md").write_text("The list goes on meanwhile.\n", encoding="utf-8")
    stage.clone.commit("Go on")
    status, said = stage.propose()
    assert (status, stage.head(), stage.forge.get("prs")) == (0, held, ready)
    assert "holds what is proposed already" in said
    # A draft that could not be opened is opened by the next run.
    stage.forge.set(prs=[])
    assert stage.propose()[0] == 0
    assert (stage.head(), len(stage.forge.get("prs"))) == (held, 1)


def test_what_goes_with_the_records_is_proposed_with_them(stage: Stage) -> None:
    wanted = {"records/topics.yaml", "records/record.schema.json", ".github/ISSUE_TEMPLATE/suggest-paper.yml"}
    for name in wanted:
        (stage.changes / name).parent.mkdir(parents=True, exist_ok=True)
        (stage.changes / name).write_text("new\n", encoding="utf-8")
    assert stage.propose()[0] == 0
    assert set(stage.clone.git("diff", "--name-only", f"main..origin/{BRANCH}").split()) == wanted


def test_a_draft_that_conflicts_with_the_list_is_made_anew(stage: Stage) -> None:
    name = "records/papers/two-names.yaml"
    text = (stage.clone.folder / name).read_text(encoding="utf-8")
    (stage.changes / name).write_text(text + "# one\n", encoding="utf-8")
    assert stage.propose()[0] == 0
    (stage.clone.folder / name).write_text(text + "# other\n", encoding="utf-8")
    stage.clone.commit("Merge another correction")
    (stage.changes / name).write_text(text + "# other\n# one\n", encoding="utf-8")  # as the form comes to now
    assert stage.propose()[0] == 0
    stage.clone.git("merge", "--quiet", "--no-edit", f"origin/{BRANCH}")
    assert (stage.clone.folder / name).read_text(encoding="utf-8") == text + "# other\n# one\n"


def test_what_the_list_has_already_is_not_proposed(stage: Stage) -> None:
    name = "papers/two-names.yaml"
    shutil.copy(TOY_RECORDS / name, stage.changes / "records" / name)
    status, said = stage.propose()
    assert (status, stage.branches(), stage.forge.get("prs")) == (0, {"main"}, [])
    assert "the list has all of it already" in said


MACHINE = {"GIT_AUTHOR_EMAIL": BOT, "GIT_COMMITTER_EMAIL": BOT}
WEB = {"GIT_COMMITTER_EMAIL": "noreply@github.com"}


def own_commit(clone: Repository) -> None:
    clone.commit("Say it better")


def commit_on_a_page(clone: Repository) -> None:
    clone.commit("Say it better", **WEB)


def amended(clone: Repository) -> None:
    clone.git("commit", "--quiet", "--amend", "--no-edit", "--allow-empty")


def below_a_machines(clone: Repository) -> None:
    clone.commit("Say it better")
    clone.commit("Machine's", **MACHINE)


def rebased_on_a_page(clone: Repository) -> None:
    clone.git("commit", "--quiet", "--amend", "--no-edit", "--allow-empty", **WEB)


def merged_by_the_machine(clone: Repository) -> None:
    clone.git("switch", "--quiet", "main")
    clone.commit("A person's, on main")
    clone.git("switch", "--quiet", BRANCH)
    clone.git("merge", "--quiet", "--no-edit", "main", **MACHINE)


@pytest.mark.parametrize(
    ("work", "left"),
    [(own_commit, True), (commit_on_a_page, True), (amended, True), (below_a_machines, True),
     (rebased_on_a_page, False), (merged_by_the_machine, False)],
)  # fmt: skip
def test_a_persons_work_is_left_alone(work: Callable[[Repository], None], left: bool, stage: Stage) -> None:
    before = stage.worked_on(work)
    status, said = stage.propose()
    assert status == 0
    assert ("left alone" in said) == left
    assert (stage.head() == before) == left


@pytest.mark.parametrize(
    ("closed", "left"),
    [({"state": "closed"}, False), ({"state": "open"}, True), ({"state": "closed", "isCrossRepository": True}, True),
     ({"state": "closed", "headRefOid": "0" * 40}, True)],
    ids=["closed", "open", "a fork's", "gone on since"],
)  # fmt: skip
def test_a_persons_work_is_done_when_its_pull_request_is_closed(
    closed: dict[str, object], left: bool, stage: Stage
) -> None:
    before = stage.worked_on(own_commit)
    stage.forge.set(prs=[{"number": 1, "head": BRANCH, "headRefOid": before, **closed}])
    assert stage.propose()[0] == 0
    assert (stage.head() == before) == left
    assert [pull.get("draft") for pull in stage.forge.get("prs")] == ([None] if left else [None, True])


def test_what_was_merged_is_no_persons_work_any_more(stage: Stage) -> None:
    before = stage.worked_on(own_commit)
    stage.clone.git("merge", "--quiet", "--no-ff", "--no-edit", BRANCH)
    stage.forge.set(prs=[])
    assert stage.propose()[0] == 0
    assert stage.head() != before
    assert len(stage.forge.get("prs")) == 1


@pytest.mark.parametrize("begun", [False, True])
def test_what_a_person_pushes_meanwhile_is_not_overwritten(stage: Stage, begun: bool) -> None:
    path = stage.changes / "records" / "papers" / "new-loom.yaml"
    path.write_text(RECORD, encoding="utf-8")
    if begun:
        assert stage.propose()[0] == 0
        path.write_text(RECORD + "venue: Loom Letters\n", encoding="utf-8")
    stage.clone.git("switch", "--quiet", "--create", "persons")
    stage.clone.commit("Say it better")
    theirs = stage.clone.git("rev-parse", "HEAD").strip()
    stage.clone.git("push", "--quiet", "origin", "persons")
    stage.clone.git("switch", "--quiet", "main")
    hook = stage.clone.folder / ".git" / "hooks" / "post-commit"  # between the look at the branch and the push
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ngit -C '{stage.remote}' update-ref 'refs/heads/{BRANCH}' {theirs}\n", encoding="utf-8")
    hook.chmod(0o755)
    status, said = stage.propose()
    assert (status, "stale info" in said) == (1, True)
    assert stage.clone.git("ls-remote", "origin", BRANCH).split()[0] == theirs


def test_a_forks_branch_of_the_same_name_is_not_ours(stage: Stage) -> None:
    stage.forge.set(prs=[{"number": 3, "head": "enrich", "state": "open", "isCrossRepository": True}])
    (stage.changes / "records" / "papers" / "new-loom.yaml").write_text(RECORD, encoding="utf-8")
    assert stage.propose("enrich")[0] == 0
    assert [pull.get("draft") for pull in stage.forge.get("prs")] == [None, True]


def test_many_forks_do_not_hide_a_draft(stage: Stage) -> None:
    path = stage.changes / "records" / "papers" / "new-loom.yaml"
    path.write_text(RECORD, encoding="utf-8")
    assert stage.propose()[0] == 0
    fork = {"head": BRANCH, "state": "open", "isCrossRepository": True}  # from one branch to each of ours
    stage.forge.set(prs=[*stage.forge.get("prs"), *({"number": 2 + at, **fork} for at in range(40))])
    path.write_text(RECORD + "venue: Loom Letters\n", encoding="utf-8")
    assert stage.propose()[0] == 0
    assert len(stage.forge.get("prs")) == 41


def link(changes: Path) -> None:
    (changes / "records" / "papers" / "loom.yaml").symlink_to("/etc/hostname")


def link_of_folder(changes: Path) -> None:
    (changes / "records" / "more").symlink_to("/etc")


def workflow(changes: Path) -> None:
    (changes / ".github" / "workflows").mkdir(parents=True)
    (changes / ".github" / "workflows" / "evil.yml").write_text("on: push\n", encoding="utf-8")


def odd_name(changes: Path) -> None:
    (changes / "records" / "papers" / "a b\n::error::.yaml").write_text(RECORD, encoding="utf-8")


def other_kind(changes: Path) -> None:
    (changes / "records" / "papers" / "loom.py").write_text("import os\n", encoding="utf-8")


def deeper(changes: Path) -> None:
    (changes / "records" / "papers" / "more").mkdir()
    (changes / "records" / "papers" / "more" / "loom.yaml").write_text(RECORD, encoding="utf-8")


def huge(changes: Path) -> None:
    (changes / "records" / "papers" / "loom.yaml").write_text("x" * 1_000_001, encoding="utf-8")


def elsewhere(changes: Path) -> None:
    (changes / "docs").mkdir()
    (changes / "docs" / "loom.yaml").write_text(RECORD, encoding="utf-8")


EVIL = (link, link_of_folder, workflow, odd_name, other_kind, deeper, huge, elsewhere)


@pytest.mark.parametrize("evil", EVIL)
def test_what_is_no_record_is_refused_before_anything_is_done(evil: Callable[[Path], None], stage: Stage) -> None:
    (stage.changes / "records" / "papers" / "good-loom.yaml").write_text(RECORD, encoding="utf-8")
    evil(stage.changes)
    status, said = stage.propose()
    assert status == 1
    assert said.startswith("refused: ")
    assert "\n::error" not in said
    assert (stage.branches(), stage.forge.get("calls")) == ({"main"}, [])


# --- the form --------------------------------------------------------------------------------------------------------

HOSTILE = "### Link\n\n`touch pwned` $(touch pwned) ${{ secrets.X }}\n::error::no\n\"'; touch pwned; '\"\n\u202eevil\n"


def test_what_ends_without_an_answer_has_failed(stage: Stage, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"issue": {"number": 7, "body": HOSTILE}}), encoding="utf-8")
    command = tmp_path / "reading-list"
    command.write_text("#!/bin/sh\necho 'Traceback: ::error::' >&2\nexit 1\n", encoding="utf-8")
    command.chmod(0o755)
    done = run_script(stage.clone, "read-form", event, tmp_path / "out", READING_LIST=str(command))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert "Traceback" in (tmp_path / "out" / "talk.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_form_reaches_the_command_as_it_is(status: int, stage: Stage, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"issue": {"number": 7, "body": HOSTILE}}), encoding="utf-8")
    command = tmp_path / "reading-list"
    command.write_text(
        f'#!/bin/sh\ncp "$3" {tmp_path}/seen.md\necho answer > "$5"\nprintf %s "$3" >&2\n'
        f"echo 'title: x' > records/papers/new.yaml\nexit {status}\n",
        encoding="utf-8",
    )
    command.chmod(0o755)
    out = tmp_path / "out"
    done = run_script(stage.clone, "read-form", event, out, READING_LIST=str(command))
    assert done.returncode == (2 if status == 2 else 0)
    assert (tmp_path / "seen.md").read_text(encoding="utf-8") == HOSTILE
    assert not list(tmp_path.rglob("pwned"))
    assert "error" not in done.stdout
    assert (out / "comment.md").read_text(encoding="utf-8") == "answer\n"
    assert (out / "changes").is_dir() == (status == 0)
    if status == 0:
        assert set(file_bytes(out / "changes")) == {"records/papers/new.yaml"}


def test_an_issue_without_a_body(stage: Stage, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"issue": {"number": 7, "body": null}}', encoding="utf-8")
    command = tmp_path / "reading-list"
    command.write_text(
        '#!/bin/sh\ntest ! -s "$3" || grep -vc "^$" "$3"\necho missing > "$5"\nexit 1\n', encoding="utf-8"
    )
    command.chmod(0o755)
    assert run_script(stage.clone, "read-form", event, tmp_path / "out", READING_LIST=str(command)).returncode == 0


@pytest.mark.parametrize("records", [True, False])
def test_the_issue_is_answered(records: bool, stage: Stage) -> None:
    if records:
        (stage.changes / "records" / "papers" / "new-loom.yaml").write_text(RECORD, encoding="utf-8")
    else:
        shutil.rmtree(stage.changes)
    said = stage.answer("Thank you.\n" + "é" * 100_000)
    assert said["issue"].startswith("Thank you.")
    assert all(len(text.encode()) <= 60_100 for text in said.values())
    pulls = [(each["head"], each["title"], each["body"]) for each in stage.forge.get("prs")]
    assert pulls == ([(BRANCH, "new-loom: take up #7", "Made from the form in #7. Closes #7.\n")] if records else [])
    assert list(said) == (["issue", "pr"] if records else ["issue"])


ANSWER = "The answer to #7, for its form as it is now:\n\n"


def test_who_looks_at_the_draft_reads_what_became_of_an_edit(stage: Stage) -> None:
    path = stage.changes / "records" / "papers" / "new-loom.yaml"
    path.write_text(RECORD, encoding="utf-8")
    assert stage.answer("written down\n")["pr"] == ANSWER + "written down\n"
    held = stage.head()
    shutil.rmtree(stage.changes)
    assert stage.answer("no title\n") == {"pr": ANSWER + "no title\n", "issue": "no title\n"}
    path.parent.mkdir(parents=True)
    path.write_text(RECORD, encoding="utf-8")
    assert stage.answer("written down\n")["pr"] == ANSWER + "written down\n"
    assert stage.head() == held


def test_an_edit_that_is_not_taken_is_not_thanked_for_as_if_it_were(stage: Stage) -> None:
    stage.worked_on(own_commit)
    said = stage.answer("Thank you. This paper was written down.\n")
    assert "written down" not in said["issue"]
    assert "A maintainer is already working on the draft" in said["issue"]
    assert said["pr"] == ANSWER + said["issue"]


FIRST = """title: "A New Loom"
identifiers: {arxiv: "2401.00010", doi: 10.5555/a}
alternative_identifiers:
- {doi: '10.5555/b,c'}
summary: |
  It goes on from arxiv: 2106.09685, and is like
  identifiers: {doi: 10.5555/d}
why: "It extends the older method of arxiv: 2106.09685, ICLR, to looms."
"""
NEWER = 'title: "A Newer Loom"\n'


def first_form(stage: Stage, state: str = "open") -> None:
    """Let form 5 have a draft, which is number 6."""
    stage.clone.git("switch", "--quiet", "--create", "suggest/issue-5")
    (stage.clone.folder / "records/papers/new-loom.yaml").write_text(FIRST, encoding="utf-8")
    stage.clone.commit("Take up #5", **MACHINE)
    stage.clone.git("push", "--quiet", "origin", "suggest/issue-5")
    stage.clone.git("switch", "--quiet", "main")
    stage.forge.set(prs=[{"number": 6, "head": "suggest/issue-5", "state": state}])


@pytest.mark.parametrize(
    ("name", "text", "state", "is_there"),
    [
        ("new-loom", RECORD, "open", True),
        ("newer-loom", NEWER + 'identifiers: {arxiv: "2401.00010"}\n', "open", True),
        ("newer-loom", NEWER + 'identifiers:\n  doi: "10.5555/a"\n', "open", True),
        ("newer-loom", NEWER + "identifiers: {doi: 10.5555/ab}\n", "open", False),
        ("newer-loom", NEWER + "identifiers:\n  doi: 10.5555/b,c\n", "open", True),
        ("newer-loom", NEWER + "identifiers: {doi: '10.5555/b,d'}\n", "open", False),
        ("newer-loom", NEWER + 'identifiers: {arxiv: "2106.09685"}\nvenue: ICLR\n', "open", False),
        ("newer-loom", NEWER + "identifiers: {doi: 10.5555/d}\n", "open", False),
        ("newer-loom", NEWER + 'why: "It is another than arxiv: 2401.00010, of course."\n', "open", False),
        ("newer-loom", NEWER, "open", False),
        ("new-loom", RECORD, "closed", False),
    ],
)
def test_what_another_form_has_brought_is_not_proposed_twice(
    name: str, text: str, state: str, is_there: bool, stage: Stage
) -> None:
    first_form(stage, state)
    (stage.changes / f"records/papers/{name}.yaml").write_text(text, encoding="utf-8")
    (stage.changes.parent / "comment.md").write_text("Thank you. This paper was written down.\n", encoding="utf-8")
    assert run_script(stage.clone, "answer", "7", stage.changes.parent, gh=stage.forge).returncode == 0
    said = [
        given["body"] for group, verb, _, given in stage.forge.get("calls") if (group, verb) == ("issue", "comment")
    ]
    assert ["#5 suggests this paper too, and has the draft #6" in text for text in said] == [is_there]
    assert (BRANCH in stage.branches(), len(stage.forge.get("prs"))) == ((False, 1) if is_there else (True, 2))


def test_a_draft_from_before_the_history_was_rewritten_still_counts(stage: Stage) -> None:
    first_form(stage)
    stage.clone.git("switch", "--quiet", "--orphan", "rewritten")
    stage.clone.git("checkout", "main", "--", ".")
    stage.clone.git("rm", "--quiet", "-r", "--force", "records/papers")
    another = stage.clone.folder / "records/papers/another-loom.yaml"  # so alike that git takes one for the other
    another.parent.mkdir(exist_ok=True)
    another.write_text(FIRST.replace("New", "Other"), encoding="utf-8")
    stage.clone.commit("Begin anew")
    stage.clone.git("branch", "--quiet", "--force", "main")
    stage.clone.git("push", "--quiet", "--force", "origin", "main")
    (stage.changes / "records/papers/newer-loom.yaml").write_text(NEWER + "identifiers: {doi: 10.5555/a}\n", "utf-8")
    assert "#5 suggests this paper too" in stage.answer("written down\n")["issue"]


@pytest.mark.parametrize("command", ["fetch", "for-each-ref", "diff", "show"])
def test_where_git_cannot_tell_what_other_forms_brought_nothing_is_proposed(command: str, stage: Stage) -> None:
    first_form(stage)
    (stage.changes / "records/papers/newer-loom.yaml").write_text(NEWER, encoding="utf-8")
    (stage.changes.parent / "comment.md").write_text("written down\n", encoding="utf-8")
    program = stage.forge.folder / "git"  # stands before git itself, and fails once it is asked for what drafts hold
    program.write_text(
        f'#!/bin/sh\ntest "$1" != {command} || {{ echo "fatal: {command}" >&2; exit 128; }}\n'
        f'exec {shutil.which("git")} "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    done = run_script(stage.clone, "answer", "7", stage.changes.parent, gh=stage.forge)
    assert (done.returncode, f"fatal: {command}" in done.stderr) == (128, True)
    assert (BRANCH in stage.branches(), len(stage.forge.get("prs"))) == (False, 1)
    assert {verb for _, verb, *_ in stage.forge.get("calls")} == {"list"}


def test_two_drafts_of_one_paper_that_are_there_take_edits_both(stage: Stage) -> None:
    path = stage.changes / "records/papers/new-loom.yaml"
    path.write_text(RECORD, encoding="utf-8")
    assert stage.propose()[0] == 0
    stage.clone.git("push", "--quiet", "origin", f"origin/{BRANCH}:refs/heads/suggest/issue-5")
    stage.forge.set(prs=[*stage.forge.get("prs"), {"number": 6, "head": "suggest/issue-5", "state": "open"}])
    path.write_text(RECORD + "venue: Loom Letters\n", encoding="utf-8")
    before = stage.head()
    assert stage.answer("written down\n")["issue"] == "written down\n"
    assert stage.head() != before


@pytest.mark.parametrize(
    ("pulls", "opened"),
    [
        ([{"state": "closed"}], False),
        ([{"state": "closed", "mergedAt": "2025-01-02T00:00:00Z"}], True),
        ([{"state": "closed", "mergedAt": "2025-01-02T00:00:00Z"}, {"state": "closed"}], False),
        ([{"state": "closed", "isCrossRepository": True}], True),
    ],
)
def test_a_closed_draft_is_not_opened_by_an_edit(pulls: list[dict[str, object]], opened: bool, stage: Stage) -> None:
    (stage.changes / "records/papers/new-loom.yaml").write_text(RECORD, encoding="utf-8")
    stage.forge.set(prs=[{"number": 2 + at, "head": BRANCH, **pull} for at, pull in enumerate(pulls)])
    (stage.changes.parent / "comment.md").write_text("written down\n", encoding="utf-8")
    done = run_script(stage.clone, "answer", "7", stage.changes.parent, gh=stage.forge)
    assert done.returncode == 0, done.stderr
    assert len(stage.forge.get("prs")) == len(pulls) + opened
    [said] = [given["body"] for group, _, _, given in stage.forge.get("calls") if group == "issue"]
    closed = f"A maintainer has closed the draft of this form, #{1 + len(pulls)}"
    assert (closed in said, said == "written down\n") == (not opened, opened)


def test_an_edit_of_a_draft_that_was_opened_again_is_taken(stage: Stage) -> None:
    (stage.changes / "records/papers/new-loom.yaml").write_text(RECORD, encoding="utf-8")
    stage.forge.set(prs=[{"number": 1, "head": BRANCH, "state": "open"}])
    assert stage.answer("written down\n")["issue"] == "written down\n"
    assert stage.branches() == {"main", BRANCH}


def failed(stage: Stage) -> subprocess.CompletedProcess[str]:
    """Answer issue 7, which fails; then say so, as the workflow does."""
    (stage.changes.parent / "comment.md").write_text("written down\n", encoding="utf-8")
    done = run_script(stage.clone, "answer", "7", stage.changes.parent, gh=stage.forge)
    assert done.returncode == 1
    stage.clone.git("switch", "--quiet", "main")
    assert run_script(stage.clone, "answer", "7", gh=stage.forge).returncode == 0
    return done


def comments(stage: Stage) -> list[tuple[str, str]]:
    """Return what was said on issues and drafts."""
    return [(group, given["body"]) for group, verb, _, given in stage.forge.get("calls") if verb == "comment"]


@pytest.mark.parametrize("drafted", [False, True])
def test_a_refused_proposal_is_not_answered_as_if_it_were_made(drafted: bool, stage: Stage) -> None:
    if drafted:
        stage.forge.set(prs=[{"number": 1, "head": BRANCH, "state": "open"}])
    workflow(stage.changes)
    failed(stage)
    said = comments(stage)
    assert [group for group, _ in said] == ["issue", *(["pr"] if drafted else [])]
    assert all("something failed here" in body for _, body in said)
    assert stage.branches() == {"main"}


def test_who_sent_a_form_hears_of_it_where_workflows_may_open_no_draft(stage: Stage) -> None:
    (stage.changes / "records/papers/new-loom.yaml").write_text(RECORD, encoding="utf-8")
    stage.forge.set(forbidden=[["pr", "create"]])
    assert "not permitted" in failed(stage).stderr
    [(_, said)] = comments(stage)
    assert "something failed here" in said
    assert "permitted" not in said
    stage.forge.set(forbidden=[])  # and the same run once more
    assert stage.answer("written down\n")["issue"] == "written down\n"
    assert len(stage.forge.get("prs")) == 1


# --- the report on links ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "offline", "said"),
    [(["alive", "unsure"], False, "found=0\n"), (["alive", "dead"], False, "found=1\n"),
     (["moved"], False, "found=1\n"), ([], False, "found=0\n"), (["unsure"], True, "")],
)  # fmt: skip
def test_what_is_found_is_told(kinds: list[str], offline: bool, said: str, stage: Stage, tmp_path: Path) -> None:
    answer = json.dumps({"links": [{"kind": kind, "link": "::error::x"} for kind in kinds], "offline": offline})
    (tmp_path / "answer.json").write_text(answer, encoding="utf-8")
    command = tmp_path / "reading-list"
    command.write_text(f'#!/bin/sh\ncat {tmp_path}/answer.json\necho "$@" > {tmp_path}/seen\n', encoding="utf-8")
    command.chmod(0o755)
    done = run_script(stage.clone, "links", "report.md", "state.json", READING_LIST=str(command))
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "links --json --report report.md --state state.json\n"


def test_one_issue_is_kept_up_to_date(stage: Stage, tmp_path: Path) -> None:
    body = tmp_path / "report.md"

    def report(text: str, status: str) -> None:
        body.write_text(text, encoding="utf-8")
        done = run_script(stage.clone, "report", "link check", "Links", body, status, gh=stage.forge)
        assert done.returncode == 0, done.stderr

    report("all is well", "0")
    assert stage.forge.get("issues") == []
    report("one is dead", "1")
    report("two are dead", "1")
    (issue,) = stage.forge.get("issues")
    assert (issue["label"], issue["state"], issue["body"]) == ("link check", "open", "two are dead")
    report("x" * 100_000, "1")
    assert len(stage.forge.get("issues")[0]["body"]) == 60_000
    report("all is well", "0")
    assert [issue["state"] for issue in stage.forge.get("issues")] == ["closed"]
    report("one is dead", "1")
    assert [issue["state"] for issue in stage.forge.get("issues")] == ["closed", "open"]


# --- the digest ------------------------------------------------------------------------------------------------------


def digest(stage: Stage, tmp_path: Path) -> tuple[str, str]:
    target = tmp_path / "digest.md"
    target.unlink(missing_ok=True)
    done = run_script(stage.clone, "digest", target)
    assert done.returncode == 0, done.stderr
    return done.stdout, target.read_text(encoding="utf-8") if target.exists() else ""


def add(stage: Stage, name: str, title: str, added: str) -> None:
    write_record(stage.clone.folder / "records", name, Record(title=title, added=added))
    stage.clone.commit(f"Add {name}")


def test_the_digest_has_what_the_last_one_had_not(stage: Stage, tmp_path: Path) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    assert digest(stage, tmp_path) == ("", "")
    add(stage, "fresh", "A Fresh Loom", today.isoformat())
    tag, text = digest(stage, tmp_path)
    assert tag == f"tag=digest-{today.isoformat()}\n"
    assert "A Fresh Loom" in text
    stage.clone.git("tag", "digest-2025-01-06", "HEAD~1")
    stage.clone.git("tag", "digest-2025-01-13")
    lost = stage.clone.git("commit-tree", "HEAD~1^{tree}", "-m", "before the history was written anew").strip()
    stage.clone.git("tag", "digest-2025-02-03", lost)
    assert digest(stage, tmp_path) == ("", "")
    # Suggested long before the last digest, merged after it.
    add(stage, "late", "A Loom That Waited", "2024-01-01")
    tag, text = digest(stage, tmp_path)
    assert tag == f"tag=digest-{today.isoformat()}\n"
    assert "A Loom That Waited" in text
    assert "A Fresh Loom" not in text
    stage.clone.git("tag", f"digest-{today.isoformat()}", "HEAD~1")
    assert digest(stage, tmp_path) == ("", "")


def test_the_last_of_many_digests_is_found(stage: Stage, tmp_path: Path) -> None:
    then = stage.clone.git("rev-parse", "HEAD").strip()
    names = [
        f"digest-{year}-{day}" for year in range(1000, 2020) for day in ("01-01", "03-05", "06-07", "11-12", "12-13")
    ]
    refs = "".join(f"{then} refs/tags/{name}\n" for name in names)  # more than a pipe holds
    (stage.clone.folder / ".git" / "packed-refs").write_text(refs, encoding="utf-8")
    add(stage, "fresh", "A Fresh Loom", "2019-01-01")
    assert "A Fresh Loom" in digest(stage, tmp_path)[1]


def test_the_labels_are_made(stage: Stage) -> None:
    assert run_script(stage.clone, "labels", gh=stage.forge).returncode == 0
    made = {
        names[0]: given
        for group, verb, names, given in stage.forge.get("calls")
        if (group, verb) == ("label", "create")
    }
    assert {"suggestion", "correction", "proposal", "link check"} <= set(made)
    assert all(given["force"] and given["description"] for given in made.values())
