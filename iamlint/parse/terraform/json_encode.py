"""Values as the JSON text that Terraform's `jsonencode` writes."""

from __future__ import annotations

from iamlint.parse.terraform.functions import Arguments
from iamlint.parse.terraform.located import Keyed, Located
from iamlint.parse.terraform.numbers import format_number
from iamlint.parse.terraform.values import LONGEST_TEXT, OutOfBounds, joined
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value

_ESCAPED = regex(r'["\\\x00-\x1f<>&\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def json_string(value: str) -> str:
    """Return a text as Terraform's jsonencode writes it."""
    return '"' + _json_inside(value) + '"'


def _json_inside(value: str) -> str:
    return _ESCAPED.sub(lambda match: _SHORT.get(match.group()) or f"\\u{ord(match.group()):04x}", value)


def json_text(item: Located, call: Arguments) -> Value:
    """Return a value as Terraform's jsonencode writes it; unknown stretches stay where they are."""
    pieces: list[Value] = []
    _encode(item, pieces, call)
    return joined(pieces, call.place, call.frame.scope.budget)


def _encode(item: Located, pieces: list[Value], call: Arguments) -> None:
    call.frame.scope.budget.spend(1)
    value = item.value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise OutOfBounds
        call.frame.scope.budget.spend(len(value) // 1000)
        pieces.append(json_string(value))
    elif value is None:
        pieces.append("null")
    elif isinstance(value, bool):
        pieces.append("true" if value else "false")
    elif isinstance(value, (int, float)):
        pieces.append(format_number(value) or Unknown("the digits of a quotient are not computed", item.place))
    elif isinstance(item, Keyed) and isinstance(item.structure.value, list):
        _encode(item.structure, pieces, call)
    elif isinstance(item, Keyed):
        _encode_object(item.structure.value, pieces, call, item.texts)
    elif isinstance(value, Unknown):
        pieces.append(value)
    elif isinstance(value, Text):
        _encode_text(value, pieces)
    elif isinstance(value, list):
        pieces.append("[")
        for number, element in enumerate(value):
            if number:
                pieces.append(",")
            _encode(element, pieces, call)
        pieces.append("]")
    else:
        _encode_object(value, pieces, call, {})


def _encode_object(value: dict[str, Located], pieces: list[Value], call: Arguments, texts: dict[str, Text]) -> None:
    pieces.append("{")
    for number, name in enumerate(sorted(value)):
        if number:
            pieces.append(",")
        if name in texts:
            _encode_text(texts[name], pieces)
        else:
            pieces.append(json_string(name))
        pieces.append(":")
        _encode(value[name], pieces, call)
    pieces.append("}")


def _encode_text(value: Text, pieces: list[Value]) -> None:
    pieces.append('"')
    pieces.extend(_json_inside(part) if isinstance(part, str) else part for part in value.parts)
    pieces.append('"')
