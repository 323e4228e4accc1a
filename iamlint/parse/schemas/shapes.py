"""Pieces of which the schemas of the manifest are made."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


API_VERSION = "iamlint/v1"

Schema = dict[str, "Any"]


def a_text(description: str, **more: Any) -> Schema:
    """Return the schema of a text."""
    return {"type": "string", "minLength": 1, "description": description, **more}


def a_label(description: str) -> Schema:
    """Return the schema of a label, which may be null."""
    return {"type": ["string", "null"], "minLength": 1, "description": description}


def a_flag(description: str) -> Schema:
    """Return the schema of a flag."""
    return {"type": "boolean", "description": description}


def a_date(description: str) -> Schema:
    """Return the schema of a date."""
    return {"type": "string", "format": "date", "description": description}


def a_list(description: str, items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "description": description, "items": items}


def some_texts(description: str, each: str) -> Schema:
    """Return the schema of a list of texts."""
    return a_list(description, a_text(each))


def an_object(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of an object that has these fields and no others."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def a_kind(name: str, description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a document of a kind."""
    head = {
        "apiVersion": {"const": API_VERSION, "description": "The version of this format."},
        "kind": {"const": name, "description": "What the document declares."},
    }
    return an_object(description, {**head, **properties}, ("apiVersion", "kind", *required))


ENVIRONMENT = "The environment, as named in the configuration (`prod`, `staging`, `dev`); `null` says that it has none."
