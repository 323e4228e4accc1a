"""A structure as JSON text, with its unknown stretches."""

from __future__ import annotations

import json
from collections.abc import Iterator

from iamlint.parse.terraform.located import Located
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def render_json(tree: Located, indent: int | None = None) -> Value:
    """Return the text that a structure has as JSON; unknown stretches stay unknown."""
    pieces = list(_render(tree, "\n" if indent else None, " " * (indent or 0)))
    known = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(known) if len(known) == len(pieces) else concat(pieces)


def _render(tree: Located, line: str | None, step: str) -> Iterator[str | Text | Unknown]:
    value = tree.value
    if isinstance(value, dict):
        yield from _render_many("{}", value.items(), line, step)
    elif isinstance(value, list):
        yield from _render_many("[]", ((None, item) for item in value), line, step)
    elif isinstance(value, Unknown):
        yield value
    elif isinstance(value, Text):
        yield '"'
        for part in value.parts:
            yield json.dumps(part, ensure_ascii=False)[1:-1] if isinstance(part, str) else part
        yield '"'
    else:
        yield json.dumps(value, ensure_ascii=False)


def _render_many(brackets: str, entries: Any, line: str | None, step: str) -> Iterator[str | Text | Unknown]:
    yield brackets[0]
    inner = None if line is None else line + step
    first = True
    for name, item in entries:
        yield ("" if first else ",") + (inner or "")
        first = False
        if name is not None:
            yield json.dumps(name, ensure_ascii=False) + (":" if line is None else ": ")
        yield from _render(item, inner, step)
    yield ("" if first or line is None else line) + brackets[1]
