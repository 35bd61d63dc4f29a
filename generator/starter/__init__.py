"""A list of one's own: all that a new list is made of, written into an empty folder in one step.

A new list has the layout of this one and holds its own copy of the package. Most of its files are copied as they are,
from the repository that this package lies in, or from inside the wheel; pyproject.toml says which. Only what must
differ is written here: texts below ``written/``, and the few lines of the copied files that are a list's own.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from generator import escaping, settings, store
from generator.curation import forms
from generator.disk import documents
from generator.errors import ReadingListError, UsageError, WriteError
from generator.starter.kept import kept
from generator.store.schema import SCHEMA_FILE, record_schema

PACKAGE = Path(__file__).resolve().parent.parent
BUNDLED = PACKAGE / "starter" / "files"
"""Where the copied files lie in an installed wheel; in a clone they lie where they are used."""
WRITTEN = PACKAGE / "starter" / "written"
EXAMPLE = "records/papers/a-mathematical-theory-of-communication.yaml"
"""The one record of a new list, which its CONTRIBUTING.md shows as well."""
_OURS = re.compile(r"(?ms)(?:(?<=\n)\n)?^ *(?:<!--|#) ours: begin\b.*?^ *(?:<!--|#) ours: end\b[^\n]*\n")
"""What a copied file says of what stays here, such as most tests; in a list made by a list it is gone already."""
DESCRIPTION = "A curated reading list of research papers."


def create(target: Path, name: str | None = None, description: str = DESCRIPTION) -> int:
    """Write a new list into ``target``, a folder that is empty or not there yet; return the number of its files.

    ``name`` is the name of the site; without one the folder's name serves. All is written or nothing. Raises
    UsageError for a folder in use and a name without a letter, ReadingListError where this install lacks the files,
    and WriteError.
    """
    target = target.absolute()
    name = escaping.clean(target.name.replace("-", " ").replace("_", " ").capitalize() if name is None else name)
    if not re.search(r"\w", name):
        raise UsageError("the name of the list is empty; write one with --name")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{target}: is no folder; name one that is empty or not there yet")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"{target}: is not empty; name a folder that is empty or not there yet")
    files = _copied()
    texts = _texts(files, {"name": name, "description": escaping.clean(description)})
    made = not target.exists()
    moved: list[Path] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".new-list-", dir=target))
        moved.append(beside)
        _write(beside, files, texts)
        for part in sorted(beside.iterdir()):
            moved.append(target / part.name)
            part.rename(target / part.name)
        beside.rmdir()
    except BaseException as error:
        for path in moved:
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
        if made:
            shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError):
            raise WriteError(
                f"{target}: cannot be written ({error.strerror}), nothing was; make room or make it writable"
            ) from error
        raise
    return sum(path.is_file() for path in target.rglob("*"))


def _copied() -> dict[str, Path]:
    """Return the files that are copied, by their path in the new list."""
    root = BUNDLED if BUNDLED.is_dir() else PACKAGE.parent
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        listed = project["tool"]["hatch"]["build"]["hooks"]["custom"]
        names, left_out = listed["starter"], listed["left-out"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ReadingListError(
            f"{root}: the files of a new list are not here ({error}); install the package from its repository or wheel"
        ) from error
    package = {name: PACKAGE.parent / name for name in kept(PACKAGE.parent, [PACKAGE.name])}
    found = {name: path for name, path in package.items() if BUNDLED not in path.parents}
    found |= {name: root / name for name in kept(root, names)}
    return {name: path for name, path in found.items() if name not in left_out}


def _texts(files: Mapping[str, Path], words: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that are the new list's own, by their path in it."""
    texts = {}
    for path in [path for path in files.values() if WRITTEN in path.parents]:
        text = path.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace("{{ " + word + " }}", escaping.markdown(value))
        texts[path.relative_to(WRITTEN).as_posix()] = text
    config = files[settings.CONFIG_FILE].read_text(encoding="utf-8")
    for key, value in {"site_name": words["name"], "site_description": words["description"]}.items():
        config = _replaced(
            rf"(?m)^{key}:.*\n(?:[ \t]+.*\n)*", f"{key}: {json.dumps(value, ensure_ascii=False)}\n", config
        )
    texts[settings.CONFIG_FILE] = config
    guide = files["CONTRIBUTING.md"].read_text(encoding="utf-8")
    texts["CONTRIBUTING.md"] = _replaced(r"(?s)(?<=```yaml\n).*?(?=```\n)", texts[EXAMPLE], guide)
    for name, path in files.items():
        if path.suffix == ".md" or name in ("Makefile", settings.CONFIG_FILE):
            texts[name] = _OURS.sub("", texts.get(name) or path.read_text(encoding="utf-8"))
    return texts


def _replaced(pattern: str, new: str, text: str) -> str:
    """Replace the first match; a file without one is not what this module knows, and must not pass for done."""
    changed, count = re.subn(pattern, lambda _: new, text, count=1)
    if not count:
        raise ReadingListError(f"the files of a new list have changed: {pattern!r} is not in one of them")
    return changed


def _write(folder: Path, files: Mapping[str, Path], texts: Mapping[str, str]) -> None:
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / name)
    for name, text in texts.items():
        documents.write(folder / name, text, durable=False)
    records = folder / "records"
    topics = store.load(records).topics
    documents.write(records / SCHEMA_FILE, record_schema(topics), durable=False)
    for name, text in forms.texts(topics).items():
        documents.write(folder / forms.FOLDER / name, text, durable=False)
