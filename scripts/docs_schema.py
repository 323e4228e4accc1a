"""The pages of the configuration and the manifest, from their JSON Schemas."""

from __future__ import annotations

from typing import Any

from docs_rules import NOTICE

from iamlint.parse.schemas.manifest import SCHEMA
from iamlint.project.config import config_schema

Schema = dict[str, Any]


def configuration_page() -> str:
    """Return docs/configuration.md."""
    schema = config_schema()
    lines = [NOTICE, "# Configuration", "", schema["description"], ""]
    lines += ["The JSON Schema, for an editor: `iamlint config --schema`. What is in force here: `iamlint config`.", ""]
    lines += ["An unknown key is an error that names the nearest key that exists.", ""]
    for name, entry in schema["properties"].items():
        lines += [f"## `{name}`", "", entry.get("description", ""), ""]
        lines += _table(entry, schema)
    return _text(lines)


def manifest_page() -> str:
    """Return docs/manifest.md."""
    schema = SCHEMA
    lines = [NOTICE, "# The manifest", "", schema.get("description", ""), ""]
    lines += [
        "A manifest is a file named `*.access.yaml`, or any YAML document with `apiVersion: iamlint/v1`.",
        "A file of policy tests is named `*.iamtest.yaml`. Several documents in a file are fine.",
        "All lists are optional; an unknown field is an error that names the nearest one.",
        "",
    ]
    for title, kind in _kinds(schema):
        lines += [f"## `kind: {title}`", "", kind.get("description", ""), ""]
        for name, entry in kind.get("properties", {}).items():
            if name in ("apiVersion", "kind"):
                continue
            entry = _resolved(entry, schema)
            lines += [f"### `{name}`", "", entry.get("description", ""), ""]
            lines += _table(entry, schema)
    return _text(lines)


def _kinds(schema: Schema) -> list[tuple[str, Schema]]:
    return [(branch["if"]["properties"]["kind"]["const"], _resolved(branch["then"], schema)) for branch in schema["allOf"]]


def _table(entry: Schema, schema: Schema) -> list[str]:
    rows = _rows(entry, schema, "")
    if not rows:
        return []
    return ["| field | value | meaning |", "|---|---|---|", *rows, ""]


def _rows(entry: Schema, schema: Schema, prefix: str) -> list[str]:
    entry = _resolved(entry, schema)
    if entry.get("type") == "array":
        return _rows(entry.get("items", {}), schema, prefix)
    rows = []
    required = set(entry.get("required", ()))
    for name, field in entry.get("properties", {}).items():
        field = _resolved(field, schema)
        meaning = field.get("description", "") + (" **Required.**" if name in required else "")
        rows.append(f"| `{prefix}{name}` | {_value(field, schema)} | {_cell(meaning)} |")
        inner = _resolved(field.get("items", {}), schema) if field.get("type") == "array" else field
        if inner.get("properties"):
            rows += _rows(inner, schema, f"{prefix}{name}{'[]' if inner is not field else ''}.")
    return rows


def _value(field: Schema, schema: Schema) -> str:
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    for choice in ("oneOf", "anyOf"):
        if choice in field:
            return " or ".join(dict.fromkeys(_value(_resolved(option, schema), schema) for option in field[choice]))
    kind = field.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join("text" if word == "string" else word for word in kind)
    if kind == "array":
        return "list of " + _value(_resolved(field.get("items", {}), schema), schema)
    return {"string": "text", "boolean": "true or false", "object": "mapping"}.get(kind, kind)


def _resolved(entry: Schema, schema: Schema) -> Schema:
    while "$ref" in entry:
        found: Any = schema
        for step in entry["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        entry = {**found, **{name: value for name, value in entry.items() if name != "$ref"}}
    return entry


def _cell(text: str) -> str:
    return text.replace("|", "\\|").strip()


def _text(lines: list[str]) -> str:
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"
