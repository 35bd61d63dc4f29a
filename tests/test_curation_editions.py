"""The list as it was, and the digest that rests on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from git_tools import Repository, bare_remote
from site_tools import call, toy_records, write_record

from generator import library as libraries
from generator import store
from generator.curation import editions
from generator.errors import UsageError
from generator.models import Correction, Record

DATE = {"GIT_COMMITTER_DATE": "2025-03-04T12:00:00Z", "GIT_AUTHOR_DATE": "2025-03-04T12:00:00Z"}


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The toy list under git; the tag ``then`` is of 4 March 2025."""
    folder = tmp_path / "list"
    folder.mkdir()
    toy_records(folder / "records")
    found = Repository.begin(folder, bare_remote(tmp_path / "remote.git"))
    found.commit("Then", **DATE)
    found.git("tag", "then")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("READING_LIST_RECORDS", raising=False)
    return found


def test_a_revision_knows_its_day_and_papers(clone: Repository) -> None:
    contents = store.load(clone.folder / "records")
    found = editions.at(contents, "then")
    assert found == editions.Edition("2025-03-04", libraries.Library.of(contents))
    assert editions.at(contents, "main") == found


def test_what_git_sets_for_its_hooks_leads_nowhere_else(clone: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = store.load(clone.folder / "records")
    found = editions.at(contents, "then")
    monkeypatch.setenv("GIT_DIR", str(clone.folder / "elsewhere.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(clone.folder / "elsewhere.git" / "index"))
    assert editions.at(contents, "then") == found


@pytest.mark.parametrize("name", ["no-such-tag", "--output=pwned", "then:records", ""])
def test_no_such_revision(name: str, clone: Repository) -> None:
    with pytest.raises(UsageError, match="name a tag, branch or commit"):
        editions.at(store.load(clone.folder / "records"), name)
    assert not list(clone.folder.rglob("pwned"))


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    with pytest.raises(UsageError, match="history cannot be read"):
        editions.at(store.load(tmp_path / "records"), "main")


def test_no_folder_and_no_git(clone: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="history cannot be read"):
        editions.at(store.load(tmp_path / "nowhere"), "main")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="install git"):
        editions.at(store.load(clone.folder / "records"), "then")


def test_the_digest_since_a_revision(clone: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    records = clone.folder / "records"
    assert call("digest", "--base", "then", "--unless-empty", "--output", "digest.md") == 0
    assert "nothing has joined the list since 2025-03-04" in capsys.readouterr().err
    assert not Path("digest.md").exists()
    write_record(records, "waited", Record(title="A Loom That Waited", added="2020-01-01"))
    write_record(records, "dateless", Record(title="A Loom Without a Day"))
    assert call("rename", "two-names", "one-name") == 0
    capsys.readouterr()
    assert call("digest", "--base", "then") == 0
    text = capsys.readouterr().out
    assert "2 papers have joined the list since 4 March 2025" in text
    assert "A Loom That Waited" in text
    assert "A Loom Without a Day" in text


def test_a_record_that_could_not_be_read_then_did_not_join_since(
    clone: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    path = clone.folder / "records" / "papers" / "two-names.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("title:", "titel:"), "utf-8")
    clone.commit("As an older program wrote it", **DATE)
    clone.git("tag", "older")
    path.write_text(text, "utf-8")
    assert call("digest", "--base", "older") == 0
    assert "No paper has joined the list" in capsys.readouterr().out


def correct(records: Path, name: str, day: str, what: str) -> None:
    record = store.load(records).records[name]
    corrected = (*record.corrected, Correction(day=day, what=what))
    write_record(records, name, record.model_copy(update={"corrected": corrected}))


def test_a_digest_tells_every_correction_once(clone: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    records = clone.folder / "records"

    def told(base: str) -> str:
        capsys.readouterr()
        assert call("digest", "--base", base) == 0
        return capsys.readouterr().out

    clone.git("switch", "--quiet", "--create", "late")
    correct(records, "two-names", "2025-03-02", "Waited for a week.")
    clone.commit("Correct it", **DATE)
    clone.git("switch", "--quiet", "main")
    correct(records, "stray-thread", "2025-03-04", "On the day of the tag.")
    clone.commit("Correct another", **DATE)
    assert "On the day of the tag" in told("then")
    clone.git("tag", "now")
    clone.git("merge", "--quiet", "--no-edit", "late", **DATE)
    assert call("rename", "stray-thread", "another-name") == 0
    text = told("now")
    assert "1 correction was made" in text
    assert "Waited for a week" in text
    assert call("retract", "two-names", "--reason", "Its authors withdrew it.") == 0
    assert "1 paper left it" in told("now")
    clone.commit("Take it off", **DATE)
    clone.git("tag", "later")
    assert "left it" not in told("later")


def test_what_joined_is_in_order() -> None:
    records = {
        "old": Record(title="A", added="2024-01-01"),
        "mid": Record(title="B", added="2024-02-02"),
        "new": Record(title="C", added="2024-03-03"),
        "moved": Record(title="D", added="2024-01-01"),
        "no-day": Record(title="E"),
    }
    library = libraries.Library(records, {}, {}, {}, {"was": "moved"})
    before = libraries.Library({name: Record(title=name) for name in ("old", "was", "gone")}, {}, {}, {}, {})
    assert library.joined("2024-02-02", None) == ["new", "mid"]
    assert library.joined("2024-02-02", before) == ["new", "mid", "no-day"]
    assert library.joined("2024-02-02", libraries.Library({}, {}, {}, {}, {})) == [
        "new",
        "mid",
        "old",
        "moved",
        "no-day",
    ]


def test_one_start_is_needed(clone: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("digest") == 2
    assert call("digest", "--since", "2025-01-01", "--base", "then") == 2
    assert call("digest", "--base", "no-such-tag") == 2
    assert "no-such-tag" in capsys.readouterr().err
