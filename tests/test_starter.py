"""A new list, made by `reading-list init`: whole, working, and with nothing of ours in it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from git_tools import Repository
from site_tools import ROOT, call, environment, facts, file_bytes, run

from generator import settings, starter, store
from generator.disk import documents
from generator.errors import ReadingListError, UsageError, WriteError
from generator.models import Path as ReadingPath
from generator.models import Record, Topic
from generator.store.schema import SCHEMA_FILE

NAME = 'Bees: "hives" & <combs>'
DESCRIPTION = "Papers on bees, 100% of them: [read] *on*."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new list as it comes out of the clone."""
    folder = tmp_path_factory.mktemp("init") / "bees"
    assert call("init", str(folder), "--name", NAME, "--description", DESCRIPTION) == 0
    return folder


@pytest.fixture(scope="module")
def built(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the new list with its site built, by the copy of the package that lies in it."""
    folder = tmp_path_factory.mktemp("built") / "bees"
    shutil.copytree(made, folder)
    done = run(folder, "mkdocs", "build", "--strict", SITE_URL="https://bees.example.org/list/", PYTHONPATH=str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_it_is_named_as_was_asked(made: Path) -> None:
    found = settings.load(made / "mkdocs.yml")
    assert (found.site_name, found.site_description) == (NAME, DESCRIPTION)
    own = re.search(r"(?m)^  reading_list:\n((?: {4,}.*\n)+)", (made / "mkdocs.yml").read_text(encoding="utf-8"))
    assert own
    assert set(yaml.safe_load(own[1])) <= {"records", "keep_abstracts", "branch"}
    readme = (made / "README.md").read_text(encoding="utf-8")
    assert "{{" not in readme
    assert readme.startswith("# Bees&#58; &#34;hives&#34; ")
    assert "\n\nOne text file per paper" in readme  # a description may have no full stop


def test_its_records_are_sound(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--config", str(made / "mkdocs.yml"), "check") == 0
    assert capsys.readouterr().err == "1 record, 0 problems\n"
    contents = store.load(made / "records")
    assert set(contents.topics) == {topic for record in contents.records.values() for topic in record.topics}


def test_its_guide_shows_its_own_record(made: Path) -> None:
    guide = (made / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.search(r"(?s)```yaml\n(.*?)```", guide)
    assert shown
    assert shown[1] == (made / starter.EXAMPLE).read_text(encoding="utf-8")


def test_it_has_all_that_a_list_needs(made: Path) -> None:
    for name in (
        "README.md", "CONTRIBUTING.md", "GOVERNANCE.md", "MAINTAINING.md", "LICENSE", "CHANGELOG.md", "Makefile",
        "mkdocs.yml", "pyproject.toml", "requirements.txt", "requirements-dev.txt", ".gitignore", ".gitattributes",
        ".pre-commit-config.yaml", "docs/about.md", "docs/architecture.md", "docs/overrides/main.html",
        "docs/assets/logo.svg", "generator/cli/__init__.py", "generator/templates/paper.md.j2",
        "generator/starter/written/README.md", "records/topics.yaml", "records/LICENSE", "records/record.schema.json",
        "tests/test_list.py", "tests/test_workflows.py", ".github/workflows/publish.yml", ".github/dependabot.yml",
        ".github/scripts/propose", "hatch_build.py",
    ):  # fmt: skip
        assert (made / name).is_file(), name
    assert (made / ".github" / "scripts" / "propose").stat().st_mode & 0o100
    assert not list(made.rglob("__pycache__"))


def commands(readme: str, heading: str) -> list[str]:
    """Return the lines that a section of a README says to type."""
    block = re.search(r"```console\n(.*?)```", readme.partition(f"## {heading}\n")[2], re.DOTALL)
    assert block
    return [line.removeprefix("$ ") for line in block[1].splitlines()]


def test_a_clone_on_windows_has_the_same_bytes(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "list")
    mine = Repository(tmp_path / "list")
    for step in commands((made / "README.md").read_text(encoding="utf-8"), "First of all"):
        mine.shell(step)
    assert mine.git("branch", "--show-current") == "main\n"  # which the workflows listen to
    mine.git("clone", "--quiet", "--config", "core.autocrlf=true", ".", str(tmp_path / "clone"))
    shutil.rmtree(tmp_path / "clone" / ".git")
    assert file_bytes(tmp_path / "clone") == file_bytes(made)


NOT_YET = {"docs/CNAME"}
"""Files that documents tell the reader to make."""


def documents_of(folder: Path) -> dict[str, str]:
    """Return what people read of a list beside its site: Markdown and the Makefile, by path; templates left out."""
    paths = [folder / "Makefile", *folder.glob("*.md"), *folder.glob(".github/**/*.md"), *folder.glob("docs/*.md")]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def lacking(folder: Path) -> set[tuple[str, str]]:
    """Return what documents name and the list does not have, each with the document: files, tests, rules of make."""
    rules = set(re.findall(r"(?m)^([a-z-]+):", (folder / "Makefile").read_text(encoding="utf-8")))
    found = set()
    for name, text in documents_of(folder).items():
        files = re.findall(r"(?<![\w/(-])(?:\.github|benchmarks|docs|generator|tests)/[\w./-]*\w", text)
        files += re.findall(r"\b[A-Z]+\.md\b", text)
        if not name.startswith("docs/"):  # of these MkDocs looks at every link
            files += re.findall(r"\]\((?!https?:)([\w./-]+)", text)
        found |= {(name, file) for file in files if file not in NOT_YET and not (folder / file).exists()}
        made = re.findall(r"(?m)(?:(?:`|^\$ |&& )(?:[A-Z_]+=\S+ )*make|\$\(MAKE\)) ([a-z-]+)", text)
        found |= {(name, f"make {rule}") for rule in made if rule not in rules}
    return found


def test_its_documents_name_nothing_that_is_not_there(made: Path) -> None:
    assert lacking(ROOT) == set()  # so that the search finds what there is
    assert lacking(made) == set()
    assert not [name for name, text in documents_of(ROOT).items() if re.search("(?m)^(<{7}|>{7}) ", text)]  # of merges
    assert "ours:" not in "".join(documents_of(made).values())
    assert not (made / "docs" / "speed").exists()


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("README.md", "`make bench-matching`"),
        ("README.md", "$ make soak  # long"),
        ("MAINTAINING.md", "`RENEW=1 make golden`"),
        ("CONTRIBUTING.md", "`tests/test_policy.py`"),
        ("docs/matching.md", "(`benchmarks/matching.py`)"),
        ("README.md", "[how](docs/speed/index.md)"),
        ("docs/architecture.md", "`SECURITY.md`"),
        ("Makefile", "x:\n\t$(BIN)/python benchmarks/measure.py"),
    ],
)
def test_what_is_not_there_would_be_found(name: str, more: str, made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "bees")
    path = tmp_path / "bees" / name
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{more}\n", encoding="utf-8")
    assert {place for place, _ in lacking(tmp_path / "bees")} == {name}


def test_it_has_an_example_of_each_table_that_people_write(made: Path) -> None:
    contents = store.load(made / "records")
    assert contents.topics
    assert contents.paths


def test_its_guide_has_each_field_of_what_people_write(made: Path) -> None:
    guide = (made / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for model in (Record, Topic, ReadingPath):
        assert [field for field in model.model_fields if f"`{field}`" not in guide] == []


# --- nothing of ours -------------------------------------------------------------------------------------------------


def ours() -> list[str]:
    """Return in small letters what would betray this list in another: its name, names and ids of what it holds.

    Names and ids of a word or two are left out; they stand for themselves, too.
    """
    contents = store.load(ROOT / "records")
    tables = (contents.topics, contents.paths, contents.sources, contents.records)
    named = {name for table in tables for name in table}
    named |= {topic.name for topic in contents.topics.values()} | {topic.group for topic in contents.topics.values()}
    named |= {path.title for path in contents.paths.values()} | {record.title for record in contents.records.values()}
    long = {text for text in named if len(re.split(r"[\s-]+", text)) > 2}
    counts = [f"{len(contents.records)} {what}" for what in ("papers", "real papers", "records")]
    words = [settings.load(ROOT / "mkdocs.yml").site_name, "Efficient Training", *counts, *sorted(long)]
    return [word.lower() for word in words]


def test_nothing_of_ours_is_left_in_it(made: Path) -> None:
    words = ours()
    assert len(words) > 500
    for name, data in file_bytes(made).items():
        text = f"{name}\n{data.decode('utf-8', errors='replace')}".lower()
        for word in words:
            if word in text:  # else it may be part of a longer one
                assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), f"{name}: {word}"


def test_no_picture_of_ours_is_left_in_it(made: Path) -> None:
    kinds = {path.suffix for path in (made / "docs").rglob("*") if path.is_file()}
    assert not kinds & {".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico", ".avif"}


def test_the_search_for_ours_finds_it(made: Path) -> None:
    # Guards the test above: our own records are full of it.
    text = (ROOT / "records" / "paths.yaml").read_text(encoding="utf-8")
    assert any(word in text.lower() for word in ours())


# --- it works --------------------------------------------------------------------------------------------------------


def test_its_site_is_built_by_its_own_package(built: Path) -> None:
    where = "import generator.mkdocs_plugin as p; print(p.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where],
        cwd=built,
        capture_output=True,
        text=True,
        env=environment(PYTHONPATH=str(built)),
        check=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(built)
    page = facts(built / "site", "papers/a-mathematical-theory-of-communication/index.html")
    assert page.headings == ["A Mathematical Theory of Communication"]
    assert facts(built / "site", "index.html").title == NAME
    for name in sorted(path.relative_to(built / "site").as_posix() for path in (built / "site").rglob("*.html")):
        loads = facts(built / "site", name).loads
        assert not [address for address in loads if "://" in address]


@pytest.mark.slow
def test_its_tests_pass(built: Path) -> None:
    for arguments in (
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "."),
        ("pytest", "-q", "-p", "no:cacheprovider"),
    ):
        done = run(built, *arguments, PYTHONPATH=str(built))
        assert done.returncode == 0, done.stdout + done.stderr
    loaded = run(built, "generator", "--version", PYTHONPATH=str(built))
    assert loaded.returncode == 0


@pytest.fixture
def newer(made: Path, tmp_path: Path) -> Path:
    """A list made anew by a version with one file changed, one more and one less."""
    folder = tmp_path / "newer"
    shutil.copytree(made, folder)
    (folder / "generator" / "wording.py").write_text("# newer\n", encoding="utf-8")
    (folder / "generator" / "younger.py").write_text("# new\n", encoding="utf-8")
    (folder / "generator" / "feeds.py").unlink()
    (folder / "docs" / "overrides" / "main.html").write_text("newer\n", encoding="utf-8")
    return folder


OWN = {
    "records/papers/bees.yaml": "title: Bees\n",
    "docs/about.md": "# About\n\nBees.\n",
    "docs/assets/mine.css": "b {}\n",
}


def test_it_takes_a_newer_generator_as_its_readme_says(made: Path, newer: Path, tmp_path: Path) -> None:
    mine = tmp_path / "bees"
    shutil.copytree(made, mine)
    readme = (mine / "README.md").read_text(encoding="utf-8")
    steps = commands(readme, "Take a newer generator")
    assert steps.pop() == "make test"
    repository = Repository(mine)
    for step in commands(readme, "First of all"):
        repository.shell(step)
    (mine / starter.EXAMPLE).unlink()
    for name, text in OWN.items():
        (mine / name).write_text(text, encoding="utf-8")
    repository.commit("Bees")
    for step in steps:
        repository.shell(step)
    wanted = OWN | {"generator/wording.py": "# newer\n", "generator/younger.py": "# new\n"}
    assert {name: (mine / name).read_text(encoding="utf-8") for name in wanted} == wanted
    assert not (mine / starter.EXAMPLE).exists()
    assert not (mine / "generator" / "feeds.py").exists()


@pytest.mark.parametrize("deleted", [True, False], ids=["without the example", "with it"])
def test_a_branch_that_holds_own_papers_takes_none_from_the_list(
    deleted: bool, made: Path, newer: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "bees"
    shutil.copytree(made, mine)
    if deleted:
        (mine / starter.EXAMPLE).unlink()
    for name, text in OWN.items():
        (mine / name).write_text(text, encoding="utf-8")
    readme = (mine / "README.md").read_text(encoding="utf-8")
    repository = Repository(mine)
    for step in commands(readme, "First of all"):
        repository.shell(step)
    commit = repository.git("rev-parse", "HEAD")
    first, *others = commands(readme, "Take a newer generator")[:-1]
    with pytest.raises(AssertionError):
        repository.shell(first)
    for step in others:  # as who pastes all lines at once
        with contextlib.suppress(AssertionError):
            repository.shell(step)
    repository.git("switch", "-q", "main")
    assert repository.git("rev-parse", "HEAD") == commit
    assert {name: (mine / name).read_text(encoding="utf-8") for name in OWN} == OWN
    by_hand = re.search(r"`git switch -`, delete (.*?), for .*? and copy (.*?) from `../newer`", readme, re.DOTALL)
    assert by_hand
    old, new = (re.findall("`(.*?)`", names) for names in by_hand.groups())
    for name in old:
        shutil.rmtree(mine / name)
    for name in new:
        shutil.copytree(newer / name, mine / name, dirs_exist_ok=True)
    for name in ("generator", "tests", "docs/overrides"):
        assert file_bytes(mine / name) == file_bytes(newer / name)
    assert {name: (mine / name).read_text(encoding="utf-8") for name in OWN} == OWN


@pytest.mark.parametrize("target", ["site", "test", "publish"])
def test_make_knows_what_to_do(target: str, made: Path) -> None:
    if not shutil.which("make"):
        pytest.skip("no make here")
    done = subprocess.run(
        ["make", "-n", target], cwd=made, capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    assert ".venv/bin/" in done.stdout


def test_what_could_not_be_set_up_is_not_left_half_done(tmp_path: Path) -> None:
    if not shutil.which("make"):
        pytest.skip("no make here")
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / "python"  # as where the package python3-venv is missing: it fails after half of the work
    python.write_text(
        '#!/bin/sh\ntest "$2" != venv && exit\nmkdir -p .venv/bin\ntouch .venv/bin/python\necho no ensurepip\nexit 1\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    for _ in range(2):
        done = subprocess.run(
            ["make", f"PYTHON={python}", ".venv/bin/python"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert "no ensurepip" in done.stdout
        assert not (tmp_path / ".venv").exists()


def test_it_can_begin_another(built: Path, tmp_path: Path) -> None:
    done = run(built, "generator", "init", tmp_path / "third", PYTHONPATH=str(built))
    assert done.returncode == 0, done.stderr
    assert settings.load(tmp_path / "third" / "mkdocs.yml").site_name == "Third"
    first, third = file_bytes(built / "generator"), file_bytes(tmp_path / "third" / "generator")
    assert third == {name: data for name, data in first.items() if "__pycache__" not in name}


def packed(kind: str, folder: Path, target: Path, **variables: str) -> Path:
    """Build the ``wheel`` or ``sdist`` of what lies in ``folder``."""
    build = f"import sys, hatchling.build; print(hatchling.build.build_{kind}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, target],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target / done.stdout.split()[-1]


def wheel_of(folder: Path, target: Path, **variables: str) -> dict[str, bytes]:
    with zipfile.ZipFile(packed("wheel", folder, target, **variables)) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


@pytest.mark.parametrize("under_git", ["no", "mine", "another user's"])
def test_what_only_lies_in_a_clone_goes_nowhere(under_git: str, made: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(made, clone)
    if under_git != "no":
        Repository(clone).git("init", "--quiet")
        (clone / "docs/assets/gone.css").write_text("b {}\n", encoding="utf-8")
        Repository(clone).git("add", "--all")
        (clone / "docs/assets/gone.css").unlink()
    stray = {
        "docs/assets/.DS_Store",
        ".github/secret.env",
        "generator/pages/__init__.py~",
        "generator/starter/written/.env",
    }
    for name in (*stray, "token.txt"):
        (clone / name).write_text("TOKEN=1\n", encoding="utf-8")
    taken = stray if under_git == "no" else set()
    elsewhere = Repository(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    elsewhere.git("init", "--quiet")
    surroundings = {"GIT_DIR": str(elsewhere.folder / ".git")}
    if under_git == "another user's":
        program = tmp_path / "bin" / "git"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {shutil.which("git")} "$@"\n', "utf-8")
        program.chmod(0o755)
        surroundings["PATH"] = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    done = run(clone, "generator", "init", tmp_path / "new", PYTHONPATH=str(clone), **surroundings)
    assert done.returncode == 0, done.stderr
    new = set(file_bytes(tmp_path / "new")) - {".env"}  # which was written for the list
    assert new == set(file_bytes(made)) | taken
    wheel = wheel_of(clone, tmp_path, **surroundings)
    assert {name.removeprefix("generator/starter/files/") for name in wheel} & (stray | {"token.txt"}) == taken
    assert {"generator/starter/files/docs/overrides/main.html", "generator/pages/__init__.py"} <= set(wheel)
    with tarfile.open(packed("sdist", clone, tmp_path, **surroundings)) as sdist:
        sdist.extractall(tmp_path / "unpacked", filter="data")
    [source] = (tmp_path / "unpacked").iterdir()
    assert set(file_bytes(source)) & (stray | {"token.txt"}) == taken
    (tmp_path / "second").mkdir()
    assert wheel_of(source, tmp_path / "second") == wheel


def test_the_wheel_makes_the_same_list(made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed("wheel", ROOT, tmp_path)) as wheel:
        wheel.extractall(tmp_path / "installed")
        for part in wheel.infolist():  # as pip does; zipfile forgets who may run what
            (tmp_path / "installed" / part.filename).chmod(part.external_attr >> 16)
    arguments = ("generator", "init", tmp_path / "bees", "--name", NAME, "--description", DESCRIPTION)
    made_by_wheel = run(tmp_path, *arguments, PYTHONPATH=str(tmp_path / "installed"))
    assert made_by_wheel.returncode == 0, made_by_wheel.stderr
    assert file_bytes(tmp_path / "bees") == file_bytes(made)
    assert (tmp_path / "bees" / ".github" / "scripts" / "propose").stat().st_mode & 0o100


# --- refusals --------------------------------------------------------------------------------------------------------


def a_file(folder: Path) -> None:
    folder.write_text("mine", encoding="utf-8")


def a_full_folder(folder: Path) -> None:
    folder.mkdir()
    (folder / ".hidden").write_text("mine", encoding="utf-8")


def a_link(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()
    folder.symlink_to(folder.parent / "elsewhere")


@pytest.mark.parametrize(
    ("before", "message"), [(a_file, "is no folder"), (a_full_folder, "is not empty"), (a_link, "is no folder")]
)
def test_a_place_in_use_is_left_alone(before: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    before(tmp_path / "list")
    found = file_bytes(tmp_path)
    with pytest.raises(UsageError, match=message):
        starter.create(tmp_path / "list")
    assert file_bytes(tmp_path) == found


def test_a_name_must_be_a_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--name"):
        starter.create(tmp_path / "list", " \n ")
    assert not (tmp_path / "list").exists()


def test_the_command_says_where_and_what_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my-list"
    assert call("init", str(folder)) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{folder}: a new list, {len(file_bytes(folder))} files" in said.err
    assert call("init", str(folder)) == 2
    assert "is not empty" in capsys.readouterr().err
    assert yaml.compose((folder / "mkdocs.yml").read_text(encoding="utf-8")) is not None


def test_an_empty_folder_is_filled_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("init", ".", "--name", "Here") == 0
    assert (tmp_path / "mkdocs.yml").is_file()
    assert not list(tmp_path.glob(".new-list-*"))


@pytest.mark.parametrize("there", [False, True])
def test_all_is_written_or_nothing(there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if there:
        (tmp_path / "list").mkdir()
    real = documents.write

    def full(path: Path, text: str, *, durable: bool = True) -> bool:
        if path.name == SCHEMA_FILE:  # the last of all
            raise WriteError(f"{path}: cannot be written (No space left on device)")
        return real(path, text, durable=durable)

    monkeypatch.setattr(documents, "write", full)
    with pytest.raises(WriteError):
        starter.create(tmp_path / "list")
    assert sorted(tmp_path.iterdir()) == ([tmp_path / "list"] if there else [])
    assert not file_bytes(tmp_path)


def test_an_install_without_the_files_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "BUNDLED", tmp_path)
    with pytest.raises(ReadingListError, match="install the package from its repository or wheel"):
        starter.create(tmp_path / "list")
