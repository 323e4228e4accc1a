"""Renders the published schema file: `python -m iamlint.parse.schemas.render > iamlint/parse/schemas/manifest.schema.json`."""

from __future__ import annotations

import json

from iamlint.parse.schemas.manifest import SCHEMA


def manifest_schema() -> str:
    """Return the text of `manifest.schema.json`."""
    return json.dumps(SCHEMA, indent=2) + "\n"


if __name__ == "__main__":
    print(manifest_schema(), end="")  # noqa: T201
