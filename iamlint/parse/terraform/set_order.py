"""The order of a set's elements: strings and numbers by value, structures by how go-cty spells them for hashing."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import EmptyList, EmptyMap, ListValue, MapValue, first_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", '"': '\\"', "\\": "\\\\"}


def in_order(items: list[Located]) -> list[Located]:
    """Return the elements of a set in Terraform's order, null last; as they are when something in them is not known."""
    known = [item for item in items if item.value is not None]
    if all(isinstance(item.value, str) for item in known) or all(isinstance(item.value, (int, float)) for item in known):
        known.sort(key=lambda item: item.value)
    elif first_unknown(known) or not all(type(item.value) in _PLAIN for item in known):
        return items
    else:
        known.sort(key=_spelled)
    return known + [item for item in items if item.value is None]


_PLAIN = (dict, MapValue, list, ListValue, EmptyList, EmptyMap)


def _spelled(item: Located) -> str:
    pieces: list[str] = []
    _spell(item, pieces)
    return "".join(pieces)


def _spell(item: Located, pieces: list[str]) -> None:
    """Append the spelling of a value (go-cty, `appendSetHashBytes`)."""
    value: Any = item.value
    if value is None:
        pieces.append("~")
    elif isinstance(value, bool):
        pieces.append("T" if value else "F")
    elif isinstance(value, str):
        pieces.append(_quoted(value))
    elif isinstance(value, (int, float)):
        pieces.append(format(value, ".10g"))
    elif isinstance(value, MapValue):
        pieces.append("{")
        for name in sorted(value):
            pieces.append(_quoted(name) + ":")
            _spell(value[name], pieces)
            pieces.append(";")
        pieces.append("}")
    else:
        ordered = isinstance(value, list)
        typed = ordered and (item.is_set or type(value) is not list)
        pieces.append("[" if typed else "<")
        for inside in value if ordered else (value[name] for name in sorted(value)):
            _spell(inside, pieces)
            pieces.append(";")
        pieces.append("]" if typed else ">")


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(letter) or _shown(letter) for letter in text) + '"'


def _shown(letter: str) -> str:
    code = ord(letter)
    if letter.isprintable():
        return letter
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
