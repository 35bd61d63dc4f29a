"""The JSON Schema of ``papers.json``, and its fields as the page about the data lists them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator import exports
from generator.settings import Settings
from generator.store.schema import STANDARD, of_record

SCHEMA_FILE = "papers.schema.json"


def of_papers(settings: Settings) -> str:
    """Return the JSON Schema of ``papers.json`` (https://json-schema.org/draft/2020-12), derived from the record's own.

    It names every field that there is and lets others pass: a later list of the same version may have more.
    """
    return json.dumps(_schema(settings), ensure_ascii=False, indent=2) + "\n"


def _schema(settings: Settings) -> dict[str, Any]:
    paper = of_record()
    definitions = paper.pop("$defs")
    del paper["title"]
    of_id = {"description": "The paper's id, never given to another", "type": "string"}
    paper["properties"] = {"id": of_id, **paper["properties"]}
    paper["required"] = ["id", *paper["required"]]
    schema: dict[str, Any] = {"$schema": STANDARD}
    if where := settings.url(f"data/{SCHEMA_FILE}"):
        schema["$id"] = where
    schema |= {
        "title": "Papers of a reading list",
        "type": "object",
        "required": ["version", "papers"],
        "properties": {
            "version": {"description": "Of this layout", "const": exports.SCHEMA_VERSION},
            "papers": {"type": "array", "items": {"$ref": "#/$defs/Paper"}},
        },
        "$defs": {"Paper": paper, **definitions},
    }
    _open(schema)
    return schema


def _open(schema: Any) -> None:
    """Let fields pass that a schema does not name, and take out titles that only repeat a field's name."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for name, value in schema.items():
            if name in ("properties", "$defs"):
                for each in value.values():
                    each.pop("title", None)
            _open(value)
    elif isinstance(schema, list):
        for value in schema:
            _open(value)


def fields() -> list[tuple[str, str, str]]:
    """Return name, kind and meaning of each field of a paper in ``papers.json``, in order; dots part a field's own."""
    known = _schema(Settings())["$defs"]
    return list(_fields(known["Paper"], known, ""))


def _fields(schema: dict[str, Any], known: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in schema["properties"].items():
        item = field.get("items", field)
        named = item.get("$ref", "").rpartition("/")[2]
        kind = named or item.get("type", "text or name parts" if "anyOf" in item else "text")
        kind = {"string": "text", "integer": "whole number"}.get(kind, kind)
        inner = known.get(named)
        if "enum" in item:
            kind = "one of " + ", ".join(item["enum"])
        if inner:
            kind = "object"
        if field is not item:
            kind = f"list of {kind}" + ("s" if kind == "object" else "")
        yield f"{prefix}{name}", kind, field["description"]
        if inner:
            yield from _fields(inner, known, f"{prefix}{name}{'[]' if field is not item else ''}.")
