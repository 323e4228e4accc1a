"""Fixtures: the documents that a test sees beside the repository's, or in place of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Fixtures = tuple[tuple[str, "bytes | None"], ...]
"""Paths with their content, sorted; None takes a file away. Equal fixtures are equal values, so tests can be grouped by them."""


class FixtureError(Exception):
    """A fixture that cannot be used; the text says why, `path` which."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


def read_fixtures(*written: Mapping[str, Any]) -> Fixtures:
    """Return the fixtures of a test, a later mapping in place of an earlier one path by path. Raises `FixtureError`."""
    merged: dict[str, bytes | None] = {}
    for mapping in written:
        for path, content in mapping.items():
            merged[_path(path)] = _content(path, content)
    return tuple(sorted(merged.items()))


def _path(path: str) -> str:
    parts = path.split("/")
    if not path or path.startswith("/") or ".." in parts or "." in parts or "" in parts:
        raise FixtureError(path, f"the fixture `{path}` must be a path below the repository's root")
    return path


def _content(path: str, content: Any) -> bytes | None:
    if content is None or isinstance(content, str):
        return None if content is None else content.encode()
    try:
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    except (TypeError, ValueError):
        message = f"the fixture `{path}` holds an expression of a template; give the document as a text (`|`)"
        raise FixtureError(path, message) from None
