"""What ``mkdocs.yml`` says about this list: names, addresses and folders, read once for all commands."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from generator.errors import InputError, Problem, ReadingListError
from generator.facts import links

CONFIG_FILE = "mkdocs.yml"
CORRECTION_FORM = "correct-record.yml"
SUGGESTION_FORM = "suggest-paper.yml"
OWN = ("introduction", "card", "branch", "records", "keep_abstracts")
"""What may stand under ``extra: reading_list:``."""
RECORDS_VARIABLE = "READING_LIST_RECORDS"
"""The environment variable by which a command tells the site engine that it starts which records to take."""
PREVIEW_VARIABLE = "READING_LIST_PREVIEW"
"""The environment variable by which it tells the engine that pages are for a preview; ``mkdocs.yml`` hands it on."""


@dataclass(frozen=True)
class Settings:
    """The settings that the generator uses; the list's own stand under ``extra: reading_list:``."""

    site_name: str = "Reading list"
    site_description: str = ""
    introduction: str = ""
    """Whom the list is for and how to use it, plain text for the home page."""
    card: str = ""
    """The picture that links to any page show, below the docs folder: ``assets/card.png``."""
    site_url: str = ""
    repo_url: str = ""
    branch: str = "main"
    root: Path = Path()
    """Where mkdocs.yml lies: the root of the repository."""
    records: Path = Path("records")
    docs: Path = Path("docs")
    site: Path = Path("site")
    keep_abstracts: bool = False
    refuse_abstracts: bool = False
    """Whether the list says that it keeps none; where it says nothing, those that are there may stay."""

    def url(self, path: str = "") -> str:
        """Return the absolute address of ``path`` below the site's root, or nothing where the site has none yet."""
        return f"{self.site_url.rstrip('/')}/{path}" if self.site_url else ""

    def edit_url(self, file: str) -> str:
        """Return where a visitor edits ``file`` of the records folder, or nothing where the list has no repository."""
        if not self.repo_url:
            return ""
        return f"{self.repo_url}/edit/{self.branch}/{self._records_inside}/{file}"

    def correction_url(self, record_id: str) -> str:
        """Return where a visitor tells of a mistake in a record, or nothing where the list has no repository."""
        return self._form_url(CORRECTION_FORM, record=record_id)

    @property
    def suggestion_url(self) -> str:
        """Where a visitor suggests a paper; nothing where the list has no repository."""
        return self._form_url(SUGGESTION_FORM)

    def _form_url(self, form: str, **answers: str) -> str:
        """Return an issue form with these answers filled in.

        See https://docs.github.com/en/issues/tracking-your-work-with-issues/creating-issues/creating-an-issue.
        """
        return f"{self.repo_url}/issues/new?{urlencode({'template': form, **answers})}" if self.repo_url else ""

    @cached_property
    def _records_inside(self) -> str:
        """The records folder as the repository has it; of another place only its name is known."""
        records, root = self.records.resolve(), self.root.resolve()
        return records.relative_to(root).as_posix() if records.is_relative_to(root) else records.name


class _Loader(yaml.SafeLoader):
    """A safe loader to which MkDocs' own tags (``!ENV``, ``!!python/name``) are plain values."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Read a value; name the line of one that looks like a date or a number and is none: PyYAML does not."""
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError):
            what = f"{str(node.value)[:40]!r} is no {node.tag.rpartition(':')[2]}; in quotes it is text"
            raise yaml.constructor.ConstructorError(None, None, what, node.start_mark) from None


def _environment(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    """Read ``!ENV NAME`` and ``!ENV [NAME, OTHER, default]`` as MkDocs does."""
    names = [loader.construct_scalar(node)] if isinstance(node, yaml.ScalarNode) else loader.construct_sequence(node)  # type: ignore[arg-type]
    *variables, default = names if len(names) > 1 else [*names, None]
    return next((os.environ[name] for name in map(str, variables) if name in os.environ), default)


_Loader.add_constructor("!ENV", _environment)
_Loader.add_multi_constructor("", lambda *_: None)


def load(config: Path = Path(CONFIG_FILE)) -> Settings:
    """Read the settings from ``mkdocs.yml``; without one, the defaults hold.

    Raises InputError for a broken file, and ReadingListError with all that is wrong with the list's own settings.
    """
    try:
        text = config.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Problem(os.fspath(config), None, f"cannot be read ({error}); make it readable UTF-8")
        ) from None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "too many brackets in each other"
        raise InputError(
            Problem(os.fspath(config), mark.line + 1 if mark else 1, f"no YAML here ({what}); correct it")
        ) from None
    data = data if isinstance(data, dict) else {}
    if "INHERIT" in data:
        what = "INHERIT: what another file states is not read here; write it into this one"
        raise InputError(Problem(os.fspath(config), _lines(node).get("INHERIT"), what))
    extra = data.get("extra")
    own = extra.get("reading_list") if isinstance(extra, dict) else None
    own = own if isinstance(own, dict) else {}
    if faults := list(_faults(own)):
        lines = _lines(node, "extra", "reading_list")
        raise ReadingListError(
            "\n".join(str(Problem(os.fspath(config), lines.get(key), f"{key}: {what}")) for key, what in faults)
        )
    root = config.parent
    repo_url = str(data.get("repo_url") or "").rstrip("/")
    return Settings(
        site_name=str(data.get("site_name") or "Reading list"),
        site_description=str(data.get("site_description") or ""),
        introduction=str(own.get("introduction") or ""),
        card=str(own.get("card") or "").strip("/"),
        site_url=str(data.get("site_url") or ""),
        repo_url=repo_url if links.is_safe(repo_url) else "",
        branch=str(own.get("branch") or "main"),
        root=root,
        records=Path(os.environ.get(RECORDS_VARIABLE) or root / str(own.get("records") or "records")),
        docs=root / str(data.get("docs_dir") or "docs"),
        site=root / str(data.get("site_dir") or "site"),
        keep_abstracts=own.get("keep_abstracts") is True,
        refuse_abstracts=own.get("keep_abstracts") is False,
    )


def _faults(own: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the list's own settings: the name of each, and the fault with its remedy."""
    for key, value in own.items():
        if key not in OWN:
            close = difflib.get_close_matches(str(key), OWN, n=1)
            yield str(key), f"unknown setting; {f'write {close[0]}' if close else 'known are ' + ', '.join(OWN)}"
        elif key == "keep_abstracts" and not isinstance(value, bool | None):
            yield key, f"{str(value)[:40]!r} is neither true nor false; write one of these, without quotes"


def _lines(node: yaml.Node | None, *place: str) -> Mapping[str, int]:
    """Return the lines of the keys at ``place`` of a document."""
    for name in place:
        inner = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for key, value in inner if key.value == name), None)
    return {key.value: key.start_mark.line + 1 for key, _ in node.value} if isinstance(node, yaml.MappingNode) else {}
