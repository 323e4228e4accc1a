"""A structure as JSON text, with its unknown stretches."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quoted

from iamlint.parse.terraform.located import Located
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def render_json(tree: Located, indent: int | None = None) -> Value:
    """Return the text that a structure has as JSON; unknown stretches stay unknown."""
    pieces: list[Any] = []
    if _render(tree, "\n" if indent else None, " " * (indent or 0), pieces):
        return "".join(pieces)
    return concat(pieces)


def _render(tree: Located, line: str | None, step: str, pieces: list[Any]) -> bool:
    """Add the text of a structure; return whether all of it is known. `line` is the line end with the indentation, if any."""
    value = tree.value
    if isinstance(value, str):
        pieces.append(quoted(value))
        return True
    if isinstance(value, (dict, list)):
        named = isinstance(value, dict)
        inner = None if line is None else line + step
        between = after = inner or ""
        colon = ":" if line is None else ": "
        known = True
        pieces.append("{" if named else "[")
        for name, item in value.items() if isinstance(value, dict) else zip(value, value, strict=True):
            pieces.append(f"{between}{quoted(name)}{colon}" if named else between)
            between = f",{after}"
            known = _render(item, inner, step, pieces) and known
        if between is not after and line is not None:
            pieces.append(line)
        pieces.append("}" if named else "]")
        return known
    if isinstance(value, Unknown):
        pieces.append(value)
        return False
    if isinstance(value, Text):
        pieces.append('"')
        pieces += [quoted(part)[1:-1] if isinstance(part, str) else part for part in value.parts]
        pieces.append('"')
        return False
    pieces.append(json.dumps(value, ensure_ascii=False))
    return True
