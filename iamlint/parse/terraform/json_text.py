"""JSON inside a text, with the position of every token; unknown stretches of the text stay unknown values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex
from iamlint.source.value import Unknown, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FIRST_HOLE = 0xF0000
"""Unknown stretches stand in the text as one character each from this private plane: the n-th as `chr(FIRST_HOLE + n)`."""

_LAST_HOLE = 0xFFFFD
_DEPTH = 100
_SPACE = regex(r"[ \t\r\n]*")
_WORD = regex(r"-?[0-9][0-9.eE+-]*|[A-Za-z_][A-Za-z0-9_]*")
_STRING = regex(r'"((?:[^"\\\x00-\x1f]|\\.)*)"', re.DOTALL)
_ENTRY = regex(r'"([^"\\\x00-\x1f]*+)"[ \t\r\n]*+:[ \t\r\n]*+(?:"([^"\\\x00-\x1f]*+)"[ \t\r\n]*+)?+')
_ITEM = regex(r'"([^"\\\x00-\x1f]*+)"[ \t\r\n]*+')
"""A key with its colon, and its value where that is a plain string; a plain string in a list. Blanks after them included."""
_ESCAPE = regex(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_PLAIN = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HOLES = regex(f"([{chr(FIRST_HOLE)}-{chr(_LAST_HOLE)}])")


class JsonNode:
    """A JSON value and where it stands: offsets into the text, the end exclusive.

    `value` is a scalar (`str`, `Text`, `Unknown`, a number, a boolean, None), `list[JsonNode]` or `dict[str, JsonNode]`.
    `keys` holds the offsets of an object's keys.
    """

    __slots__ = ("end", "keys", "start", "value")

    def __init__(self, value: Any, start: int, end: int, keys: dict[str, tuple[int, int]] | None = None) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.keys = keys


class JsonFault(NamedTuple):
    """Why a text is no JSON: what was met and at which offset."""

    message: str
    offset: int


def read_json_text(text: str, unknowns: Sequence[Unknown] = ()) -> JsonNode | JsonFault:
    """Return the JSON value that the text holds, or why it holds none."""
    reader = _Reader(text, unknowns)
    try:
        node = reader.value(reader.skip(0), 0)
        end = reader.skip(node.end)
        if end != len(text):
            raise _Fault("text after the end of the JSON value", end)
    except _Fault as fault:
        return JsonFault(fault.message, min(fault.offset, len(text)))
    return node


NOT_PLAIN = object()
_FEW = 8
_asked = 0
_decode: Any = None


def quick_json(text: str) -> Any:
    """Return the value that a text holds without positions, read by the standard library; `NOT_PLAIN` where that may differ.

    The first few texts of a run are not worth importing it.
    """
    global _asked, _decode
    _asked += 1
    if _asked <= _FEW or "\\" in text or text.count("{") + text.count("[") > _DEPTH:
        return NOT_PLAIN
    if _decode is None:
        from json import JSONDecoder

        _decode = JSONDecoder(object_pairs_hook=_entries, parse_int=_integer, parse_constant=_no_constant).decode
    try:
        return _decode(text)
    except ValueError:
        return NOT_PLAIN


def _entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("a key that is written twice")
    return entries


def _integer(digits: str) -> int:
    if len(digits) > 300:
        raise ValueError("a number that is kept as a float")
    return int(digits)


def _no_constant(word: str) -> None:
    raise ValueError(word)


def plain_json(node: JsonNode) -> Any:
    """Return the value without positions."""
    value = node.value
    if isinstance(value, dict):
        return {name: plain_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain_json(item) for item in value]
    return value


class _Fault(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class _Reader:
    def __init__(self, text: str, unknowns: Sequence[Unknown]) -> None:
        self.text = text
        self.unknowns = unknowns

    def skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> JsonNode:
        if depth > _DEPTH:
            raise _Fault(f"JSON nested more than {_DEPTH} levels deep", at)
        mark = self.text[at : at + 1]
        if mark == "{":
            return self._object(at, depth)
        if mark == "[":
            return self._array(at, depth)
        if mark == '"':
            value, end = self._string(at)
            return JsonNode(value, at, end)
        if mark and FIRST_HOLE <= ord(mark) <= _LAST_HOLE:
            return JsonNode(self.unknowns[ord(mark) - FIRST_HOLE], at, at + 1)
        return self._word(at)

    def _object(self, at: int, depth: int) -> JsonNode:
        entries: dict[str, JsonNode] = {}
        keys: dict[str, tuple[int, int]] = {}
        here = self.skip(at + 1)
        if self.text[here : here + 1] == "}":
            return JsonNode(entries, at, here + 1, keys)
        while True:
            entry = None if self.unknowns or depth >= _DEPTH else _ENTRY.match(self.text, here)
            if entry is not None:
                name, end = entry[1], entry.end(1) + 1
                written = entry[2]
                if written is None:
                    node = self.value(entry.end(), depth + 1)
                else:
                    node = JsonNode(written, entry.start(2) - 1, entry.end(2) + 1)
            else:
                if self.text[here : here + 1] != '"':
                    raise _Fault("expected a key in double quotes", here)
                name, end = self._string(here)
                colon = self.skip(end)
                if self.text[colon : colon + 1] != ":":
                    raise _Fault("expected `:` after a key", colon)
                node = self.value(self.skip(colon + 1), depth + 1)
            # A key with an unknown stretch is kept under its shown form: nothing can be looked up by it.
            text = name if isinstance(name, str) else _shown(name)
            entries.pop(text, None)
            entries[text] = node
            keys[text] = (here, end)
            here = self.skip(node.end)
            mark = self.text[here : here + 1]
            if mark == "}":
                return JsonNode(entries, at, here + 1, keys)
            if mark != ",":
                raise _Fault("expected `,` or `}`", here)
            comma = here
            here = self.skip(here + 1)
            if self.text[here : here + 1] == "}":
                raise _Fault("a comma before the closing bracket", comma)

    def _array(self, at: int, depth: int) -> JsonNode:
        items: list[JsonNode] = []
        here = self.skip(at + 1)
        if self.text[here : here + 1] == "]":
            return JsonNode(items, at, here + 1)
        while True:
            item = None if self.unknowns or depth >= _DEPTH else _ITEM.match(self.text, here)
            node = self.value(here, depth + 1) if item is None else JsonNode(item[1], here, item.end(1) + 1)
            items.append(node)
            here = self.skip(node.end)
            mark = self.text[here : here + 1]
            if mark == "]":
                return JsonNode(items, at, here + 1)
            if mark != ",":
                raise _Fault("expected `,` or `]`", here)
            comma = here
            here = self.skip(here + 1)
            if self.text[here : here + 1] == "]":
                raise _Fault("a comma before the closing bracket", comma)

    def _string(self, at: int) -> tuple[Any, int]:
        found = _STRING.match(self.text, at)
        if found is None:
            raise _Fault("a string that does not end, or holds a line break", at)
        raw = found[1]
        if "\\" in raw:
            raw = self._unescape(raw, at + 1)
        if not self.unknowns:
            return raw, found.end()
        pieces = _HOLES.split(raw)
        parts = (self.unknowns[ord(piece) - FIRST_HOLE] if index % 2 else piece for index, piece in enumerate(pieces))
        return concat(parts), found.end()

    def _unescape(self, raw: str, at: int) -> str:
        out: list[str] = []
        here = 0
        while (slash := raw.find("\\", here)) >= 0:
            out.append(raw[here:slash])
            found = _ESCAPE.match(raw, slash)
            if found is None:
                raise _Fault(f"`{raw[slash : slash + 2]}` is no escape that JSON knows", at + slash)
            out.append(chr(int(found[1], 16)) if found[1] else _PLAIN[found[2]])
            here = found.end()
        out.append(raw[here:])
        # Surrogate pairs come as two escapes; a lone surrogate stays out of every output.
        return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _word(self, at: int) -> JsonNode:
        found = _WORD.match(self.text, at)
        word = found[0] if found else ""
        end = at + len(word)
        if word in ("true", "false"):
            return JsonNode(word == "true", at, end)
        if word == "null":
            return JsonNode(None, at, end)
        try:
            number: int | float = int(word) if re.fullmatch(r"-?[0-9]{1,300}", word) else float(word)
        except ValueError:
            if at >= len(self.text):
                raise _Fault("it ends too early", at) from None
            raise _Fault("expected a JSON value", at) from None
        return JsonNode(number, at, end)


def _shown(name: Any) -> str:
    from iamlint.source.value import key

    return key(name)
