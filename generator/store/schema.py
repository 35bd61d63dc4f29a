"""The JSON Schema of a record, by which editors complete and check what people write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from generator.models import Record, Topic

SCHEMA_FILE = "record.schema.json"
STANDARD = "https://json-schema.org/draft/2020-12/schema"


def of_record() -> dict[str, Any]:
    """Return the JSON Schema of a record as pydantic has it."""
    schema = Record.model_json_schema(schema_generator=_WithoutNull)
    for model in (schema, *schema["$defs"].values()):
        model.pop("description", None)  # a docstring: for who reads the code, and not there with -OO
    return schema


def record_schema(topics: Mapping[str, Topic]) -> str:
    """Return the JSON Schema of a record, with this list's topics for editors to complete."""
    schema = {"$schema": STANDARD, **of_record(), "title": "A record of the reading list"}
    if topics:
        schema["properties"]["topics"]["items"] = {"enum": sorted(topics)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _WithoutNull(GenerateJsonSchema):
    """Says ``null`` nowhere: a field is there or it is not, and editors should not offer it."""

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> dict[str, Any]:
        has_default = schema.get("default") is not None
        return super().default_schema(schema) if has_default else self.generate_inner(schema["schema"])
