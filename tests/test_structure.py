"""The order of the modules: imports run downward in one list, and the two wings never meet."""

from __future__ import annotations

import ast
import functools
import graphlib
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from generator.generation import standing

PACKAGE = Path(__file__).resolve().parent.parent / "generator"
MAP = PACKAGE.parent / "docs" / "architecture.md"

# A module may import only what stands before it; a new module takes its place here.
ORDER = [
    "facts", "errors", "settings", "models", "faults", "readers", "matching", "merging", "disk", "store",
    "intake", "checking", "related", "library", "search", "escaping", "wording", "exports", "metadata", "feeds",
    "digest", "pictures", "pages", "generation", "site", "curation", "upkeep", "starter", "mkdocs_plugin", "cli",
    "__main__",
]  # fmt: skip
INTAKE_WING = {*ORDER[ORDER.index("readers") : ORDER.index("disk")], "intake"}
BUILD_WING = {*ORDER[ORDER.index("related") : ORDER.index("curation")], "mkdocs_plugin"}

MAX_LINES = 350

FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    """Return the module's name in ORDER: all of a subpackage count as one."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "generator" if parts == ("__init__",) else parts[0]


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@functools.cache
def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a file imports anywhere in it, functions included."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write imports in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_imports_of(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, by their names in ORDER."""
    names = {name.split(".")[1] for name in imports_of(path) if name.startswith("generator.")}
    return names - {"__version__"}


def libraries_of(paths: Iterable[Path]) -> set[str]:
    """Return the distributions that files import from, by their names in pyproject.toml."""
    names = {name.split(".")[0] for path in paths for name in imports_of(path)}
    owners = packages_distributions()
    return {owners[name][0].lower().replace("_", "-") for name in names - sys.stdlib_module_names - {"generator"}}


IMPORTS = {path: own_imports_of(path) for path in FILES}


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_every_module_has_its_place() -> None:
    assert sorted({module_of(path) for path in FILES} - {"generator"}) == sorted(ORDER)


def test_the_map_of_the_modules_has_them_in_their_order() -> None:
    rows = re.findall(r"^\| `([a-z_]+)/?`.* \|", MAP.read_text("utf-8"), re.M)
    assert rows == [name for name in ORDER if name != "__main__"]


def test_the_map_names_every_part_of_a_package() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)/`(.*) \|$", MAP.read_text("utf-8"), re.M))
    parts = {(module_of(path), path.stem) for path in FILES if path.parent != PACKAGE and path.stem != "__init__"}
    missing = {(package, part) for package, part in parts if f"`{part}`" not in rows[package]}
    assert {part for part in missing if not part[1].endswith(("_command", "_commands"))} == set()


def test_imports_run_downward() -> None:
    upward = set()
    for path, imports in IMPORTS.items():
        module = module_of(path)
        allowed = set() if module == "generator" else {*ORDER[: ORDER.index(module)], module}
        upward |= {(named(path), each) for each in imports - allowed}
    assert upward == set()


def test_the_wings_meet_only_at_the_records() -> None:
    across = set()
    for wing, other in ((BUILD_WING, INTAKE_WING), (INTAKE_WING, BUILD_WING)):
        for path in (path for path in FILES if module_of(path) in wing):
            across |= {(named(path), each) for each in IMPORTS[path] & other}
    assert across == set()


def test_no_module_needs_itself_inside_a_subpackage_either() -> None:
    # A subpackage's own module, which names its parts and is named by them, is left out.
    parts = [path for path in FILES if path.name != "__init__.py"]
    files = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in parts}
    needs = {
        name: {each for found in imports_of(path) for each in (found, found.rpartition(".")[0]) if each in files}
        for name, path in files.items()
    }
    assert "generator.matching.evidence" in needs["generator.matching.comparison"]
    graphlib.TopologicalSorter(needs).prepare()  # raises CycleError


def test_the_walk_sees_what_it_should() -> None:
    # Guards the tests above: they would all pass if nothing were found.
    assert "matching" in IMPORTS[PACKAGE / "intake.py"]
    assert "readers" in IMPORTS[PACKAGE / "readers" / "csv_table.py"]
    assert any(name.startswith("mkdocs") for name in imports_of(PACKAGE / "mkdocs_plugin.py"))


def test_a_run_knows_the_versions_of_all_that_pages_are_made_with() -> None:
    modules, left = set[str](), ["generation"]
    while left:
        if (module := left.pop()) not in modules:
            modules.add(module)
            left += {each for path in FILES if module_of(path) == module for each in IMPORTS[path]}
    assert libraries_of(path for path in FILES if module_of(path) in modules) == {*standing._LIBRARIES}


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["enrich"]]
    assert libraries_of(FILES) <= {re.split("[<>=]", each)[0] for each in declared}


def test_only_the_plugin_knows_the_engine() -> None:
    engines = {"mkdocs", "zensical", "material"}
    knowing = {path for path in FILES if engines & {name.split(".")[0] for name in imports_of(path)}}
    assert {module_of(path) for path in knowing} == {"mkdocs_plugin"}


def writes_to_the_terminal(path: Path) -> list[int]:
    """Return the lines that print, exit, or reach for the standard streams."""
    calls = {"print", "exit", "quit", "input", "breakpoint", "sys.exit", "os._exit"}
    names = {"sys.stdout", "sys.stderr", "SystemExit"}
    return [
        node.lineno
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Call) and ast.unparse(node.func) in calls)
        or (isinstance(node, (ast.Attribute, ast.Name)) and ast.unparse(node) in names)
    ]


def test_only_the_commands_print_or_exit() -> None:
    lines = {path: writes_to_the_terminal(path) for path in FILES}
    assert {
        named(path): lines[path] for path in FILES if lines[path] and module_of(path) not in ("cli", "__main__")
    } == {}
    assert any(lines.values())  # else nothing was seen


def test_every_module_names_its_room() -> None:
    nameless = [path for path in FILES if not (ast.get_docstring(tree_of(path)) or "").partition("\n")[0].endswith(".")]
    assert list(map(named, nameless)) == []


def test_no_module_outgrows_one_sitting() -> None:
    lines = {named(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {
        name: number for name, number in lines.items() if number > MAX_LINES
    } == {}  # split it by a noun of the domain


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "base", "core"}
    assert not {path.stem for path in FILES} & drawers


@pytest.mark.parametrize("path", sorted((PACKAGE.parent / "docs" / "assets").glob("*.css")), ids=lambda path: path.name)
def test_no_style_asks_a_whole_list_for_each_of_its_items(path: Path) -> None:
    # ul:has(> li > a) > li costs browsers the square of the list: half a minute for 10,000 papers.
    assert re.findall(r"[uo]l:has\([^{},]*\)[\s>]*li\b.*", path.read_text("utf-8")) == []
