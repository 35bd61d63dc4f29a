"""Tools for rehearsals without GitHub: a list under git with a bare remote, its published site, a stand-in for `gh`.

remote = bare_remote(tmp_path / "remote.git")
clone = Repository.begin(copy_project(tmp_path / "list"), remote)     # one commit on main, pushed
run_script(clone, "propose", "suggest/issue-7", …, gh=Forge(tmp_path))  # as the workflow does
clone.git("merge", …); publish(clone, SITE_URL=…)                      # make publish
with serve_below(published(remote, tmp_path / "web"), "reading-list") as address: …
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import built_site
from site_tools import ROOT, environment

BOT = "41898282+github-actions[bot]@users.noreply.github.com"
"""The address under which workflows commit."""
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada Weaver",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada Weaver",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def _run(command: list[str | Path], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**(_GIT | variables)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@dataclass(frozen=True)
class Repository:
    """A working copy."""

    folder: Path

    @classmethod
    def begin(cls, folder: Path, remote: Path) -> Repository:
        """Put what lies in ``folder`` under git and push it to ``remote`` as ``main``."""
        found = cls(folder)
        found.git("init", "--quiet", "--initial-branch=main")
        found.git("remote", "add", "origin", str(remote))
        found.commit("Begin")
        found.git("push", "--quiet", "origin", "main")
        return found

    @classmethod
    def clone(cls, remote: Path, folder: Path, branch: str = "main") -> Repository:
        """Check out a branch of ``remote``, with all its history."""
        found = cls(folder)
        folder.mkdir(parents=True)
        found.git("clone", "--quiet", "--branch", branch, str(remote), ".")
        return found

    def git(self, *arguments: str, **variables: str) -> str:
        """Run git here and return what it prints."""
        done = _run(["git", *arguments], self.folder, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, line: str) -> None:
        """Run a line as a person types it, who takes the message that git proposes for a merge."""
        done = _run(["sh", "-c", line], self.folder, GIT_MERGE_AUTOEDIT="no")
        assert done.returncode == 0, done.stdout + done.stderr

    def commit(self, message: str, **variables: str) -> None:
        """Commit all that has changed."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}", **variables)


def bare_remote(folder: Path) -> Path:
    """Make an empty bare repository, as a forge holds one."""
    folder.mkdir(parents=True)
    done = _run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "."], folder)
    assert done.returncode == 0, done.stderr
    return folder


# --- publishing ------------------------------------------------------------------------------------------------------


def publish(clone: Repository, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``make publish`` with this Python's programs; the caller looks at the status.

    ``variables`` are those of the Makefile: SITE_URL, REPO_URL, REMOTE, BRANCH.
    """
    shutil.copy(ROOT / "Makefile", clone.folder)
    settings = [f"{name}={value}" for name, value in variables.items()]
    ours = f"BIN={Path(sys.executable).parent}"
    return _run(["make", "-s", "-o", ".venv/site-ready", ours, "publish", *settings], clone.folder)


def published(remote: Path, folder: Path, branch: str = "gh-pages") -> Path:
    """Return ``folder`` with the published files in it, and no history."""
    Repository.clone(remote, folder, branch)
    shutil.rmtree(folder / ".git")
    return folder


class _Pages(http.server.SimpleHTTPRequestHandler):
    """Answers as GitHub Pages does for a project: below a path, and with the site's own 404 page."""

    def __init__(self, *arguments: Any, below: str, site: Path, **more: Any) -> None:
        self.below, self.site = below, site
        super().__init__(*arguments, directory=str(site), **more)

    def do_GET(self) -> None:
        if not self.path.startswith(self.below):
            self.send_error(404, "outside the site")
            return
        self.path = self.path.removeprefix(self.below.rstrip("/"))
        super().do_GET()

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and not self.path.split("?")[0].endswith("/"):
            self.send_response(301)
            self.send_header("Location", self.below.rstrip("/") + self.path + "/")
            self.end_headers()
            return None
        if not path.exists() or (path.is_dir() and not (path / "index.html").exists()):
            page = (self.site / "404.html").open("rb")
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            return page
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve_below(site: Path, path: str, port: int = 0) -> Iterator[str]:
    """Serve ``site`` on the loopback below ``/path/``; yields the address, which ends in a slash."""
    with built_site.answering(functools.partial(_Pages, below=f"/{path}/", site=site), port) as address:
        yield f"{address}{path}/"


# --- the scripts of the workflows ------------------------------------------------------------------------------------

_GH = """#!{python}
import json, sys
from pathlib import Path

state = Path({state!r})
data = json.loads(state.read_text())
group, verb, *rest = sys.argv[1:]
given, names = {{}}, []
while rest:
    word = rest.pop(0)
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        flag = name in ("draft", "force", "edit-last", "create-if-none", "undo")
        given[name] = value if equals else True if flag else rest.pop(0)
    else:
        names.append(word)
if "body-file" in given:
    given["body"] = Path(given.pop("body-file")).read_text(errors="replace")
data["calls"].append([group, verb, names, given])
if [group, verb] in data["forbidden"]:
    state.write_text(json.dumps(data))
    sys.exit("GitHub Actions is not permitted to create or approve pull requests")
items = data[group + "s"] if group in ("pr", "issue") else []
if verb == "create" and group in ("pr", "issue"):
    number = 1 + sum(len(data[kind]) for kind in ("prs", "issues"))
    items.append({{"number": number, "state": "open", **given}})
elif verb in ("edit", "close"):
    next(item for item in items if str(item["number"]) == names[0]).update(
        {{"state": "closed"}} if verb == "close" else given
    )
elif verb == "ready":
    next(item for item in items if str(item["number"]) == names[0])["draft"] = "undo" in given
elif verb == "list":
    wanted = {{"head": given.get("head"), "label": given.get("label"), "state": given.get("state")}}
    found = [item for item in items if all(value is None or item.get(name) == value for name, value in wanted.items())]
    found = found[-int(given.get("limit", 30)) :]  # the newest
    own = [item for item in found if not ("isCrossRepository" in given["jq"] and item.get("isCrossRepository"))]
    if "headRefOid" in given["json"]:
        print("\\n".join(item["headRefOid"] for item in own))
    elif "mergedAt" in given["json"]:  # the newest stands first
        print(own[-1]["number"] if own and not own[-1].get("mergedAt") else "")
    else:
        print(own[0]["number"] if own else "")
state.write_text(json.dumps(data))
"""


class Forge:
    """A stand-in for ``gh``: it keeps pull requests and issues in a file, and remembers every call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "forge"
        self.folder.mkdir()
        self.state = self.folder / "state.json"
        self.set(prs=[], issues=[], calls=[], forbidden=[])
        program = self.folder / "gh"
        program.write_text(_GH.format(python=sys.executable, state=str(self.state)), encoding="utf-8")
        program.chmod(0o755)

    def set(self, **data: list[Any]) -> None:
        """Put pull requests, issues or calls in place, or what is forbidden, as ``["pr", "create"]``."""
        found = json.loads(self.state.read_text()) if self.state.exists() else {}
        self.state.write_text(json.dumps(found | data), encoding="utf-8")

    def get(self, kind: str) -> list[Any]:
        """Return the pull requests (``prs``), the issues or the calls."""
        found: list[Any] = json.loads(self.state.read_text(encoding="utf-8"))[kind]
        return found


def run_script(
    clone: Repository, name: str, *arguments: str | Path, gh: Forge | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a script of the workflows in a working copy, with this Python's ``reading-list``."""
    ours = {"READING_LIST": str(Path(sys.executable).parent / "reading-list")}
    ours["PATH"] = os.pathsep.join([*([str(gh.folder)] if gh else []), os.environ["PATH"]])
    return _run([ROOT / ".github" / "scripts" / name, *arguments], clone.folder, **(ours | variables))
