"""Publishing to a branch of a git remote: what lands there, and that it works below a path as on GitHub Pages."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from git_tools import Repository, bare_remote, publish, published, serve_below
from site_tools import ROOT, copy_project, facts, free_port, toy_records

PATH = "reading-list"


@dataclass(frozen=True)
class Web:
    """A published site: its files, its address, and the working copy that it was published from."""

    site: Path
    address: str
    clone: Repository


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Publish the toy list to a bare remote, and serve the published branch."""
    if not shutil.which("make"):
        pytest.skip("no make here")
    folder = tmp_path_factory.mktemp("publishing")
    project = copy_project(folder / "list", toy_records(folder / "records"))
    shutil.copy(ROOT / ".gitignore", project)
    (project / "docs" / "CNAME").write_text("list.example.org\n", encoding="utf-8")
    remote = bare_remote(folder / "remote.git")
    clone = Repository.begin(project, remote)
    port = free_port()
    address = f"http://127.0.0.1:{port}/{PATH}/"
    done = publish(clone, SITE_URL=address, REPO_URL="https://git.example.org/list")
    assert done.returncode == 0, done.stdout + done.stderr
    with serve_below(published(remote, folder / "web"), PATH, port) as served:
        assert served == address
        yield Web(folder / "web", served, clone)


def get(address: str) -> tuple[int, str]:
    """Return the status and text of what lies at an address."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode("utf-8", errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", errors="replace")


def names_of(web: Web) -> list[str]:
    return sorted(path.relative_to(web.site).as_posix() for path in web.site.rglob("*.html"))


def test_the_branch_holds_the_site_and_nothing_else(web: Web) -> None:
    assert (web.site / ".nojekyll").exists()
    assert (web.site / "CNAME").read_text(encoding="utf-8") == "list.example.org\n"
    assert (web.site / "papers" / "index.html").exists()
    assert not list(web.site.rglob("*.yaml"))
    assert not (web.site / "mkdocs.yml").exists()


def test_publishing_leaves_the_working_copy_clean(web: Web) -> None:
    assert web.clone.git("status", "--porcelain", "--untracked-files=all") in ("", "?? Makefile\n")
    assert web.clone.git("branch", "--show-current") == "main\n"


def test_every_address_on_every_page_answers_below_the_path(web: Web) -> None:
    wanted = set()
    for name in names_of(web):
        if name == "404.html":
            continue
        page = urllib.parse.urljoin(web.address, name.removesuffix("index.html"))
        for target in (*facts(web.site, name).links, *facts(web.site, name).loads):
            found = urllib.parse.urldefrag(urllib.parse.urljoin(page, target)).url
            if found.startswith(("http://127.0.0.1", "https://127.0.0.1")):
                assert found.startswith(web.address), f"{name}: {target} leads out of the site"
                wanted.add(found)
    assert len(wanted) > 50
    assert {address for address in sorted(wanted) if get(address)[0] != 200} == set()


def test_the_404_page_works_at_any_depth(web: Web) -> None:
    address = web.address + "papers/no-such-paper/at/all/"
    status, text = get(address)
    assert status == 404
    assert "This page is not here" in text
    found = facts(web.site, "404.html")
    targets = [urllib.parse.urljoin(address, target) for target in (*found.loads, *found.links)]
    own = {urllib.parse.urldefrag(target).url for target in targets if target.startswith("http://127.0.0.1")}
    assert len(own) > 5
    assert {target for target in own if not target.startswith(web.address) or get(target)[0] != 200} == set()


def test_addresses_for_machines_are_whole(web: Web) -> None:
    for name in ("feed.xml", "sitemap.xml", "papers/two-names/index.html"):
        assert web.address in (web.site / name).read_text(encoding="utf-8"), name
    assert "https://git.example.org/list/edit/main/records/papers/" in get(web.address + "papers/two-names/")[1]


def test_an_address_that_has_moved_leads_on(web: Web) -> None:
    moved = [line.partition(":")[0] for line in redirects(web).splitlines() if line]
    assert moved
    for old in moved:
        status, text = get(f"{web.address}papers/{old}/")
        assert status == 200
        target = facts(web.site, f"papers/{old}/index.html").links
        assert any(get(urllib.parse.urljoin(f"{web.address}papers/{old}/", link))[0] == 200 for link in target)
        assert "http-equiv" in text


def redirects(web: Web) -> str:
    return (web.clone.folder / "records" / "redirects.yaml").read_text(encoding="utf-8")


def test_another_branch_of_another_remote_and_without_an_address_what_is_lost(web: Web, tmp_path: Path) -> None:
    other = bare_remote(tmp_path / "other.git")
    web.clone.git("remote", "add", "elsewhere", str(other))
    done = publish(web.clone, REMOTE="elsewhere", BRANCH="site")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "without SITE_URL" in done.stderr
    assert (published(other, tmp_path / "site", "site") / "papers" / "two-names" / "index.html").exists()
    assert not web.clone.git("ls-remote", "elsewhere", "refs/heads/gh-pages")


def test_what_leads_nowhere_is_not_published(web: Web) -> None:
    about = web.clone.folder / "docs" / "about.md"
    before = about.read_text(encoding="utf-8")
    about.write_text(before + "\nSee [here](nowhere.md).\n", encoding="utf-8")
    done = publish(web.clone, SITE_URL=web.address)
    about.write_text(before, encoding="utf-8")
    assert done.returncode != 0
    assert "contains a link 'nowhere.md'" in done.stderr


def test_a_remote_that_is_not_there_fails(web: Web) -> None:
    done = publish(web.clone, REMOTE="no-such-remote", SITE_URL=web.address)
    assert done.returncode != 0
    assert "no-such-remote" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_any_clone_publishes_whoever_did_before(web: Web, tmp_path: Path) -> None:
    remote = web.clone.git("remote", "get-url", "origin").strip()
    shallow = Repository(tmp_path / "shallow")
    web.clone.git("clone", "--quiet", "--depth=1", f"file://{remote}", str(shallow.folder))
    for clone in (shallow, web.clone):  # one knows no publication yet, the other an older one
        done = publish(clone, SITE_URL=web.address)
        assert done.returncode == 0, done.stdout + done.stderr
    history = web.clone.git("ls-remote", "origin", "refs/heads/gh-pages").split()[0]
    assert web.clone.git("rev-list", "--count", history) == "3\n"
