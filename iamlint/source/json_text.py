"""Positions in JSON text: found only when a file has something to report. Linear, and not recursive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]

from iamlint.source.place import Route
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_TOKEN = regex(r'"(?:[^"\\]+|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_BRACKETS = regex(r'"(?:[^"\\]+|\\.)*+"|[{}\[\]]', re.DOTALL)


class DuplicateKey(NamedTuple):
    """A key that an object holds twice; both as half-open stretches of characters."""

    key: str
    first: tuple[int, int]
    again: tuple[int, int]


def duplicate_keys(text: str, limit: int = 20) -> list[DuplicateKey]:
    """Return the keys that stand twice in one object of a well-formed text, in reading order."""
    found: list[DuplicateKey] = []
    objects: list[dict[str, tuple[int, int]] | None] = []
    key_next = False
    for token in _TOKEN.finditer(text):
        start = text[token.start()]
        if start == "{":
            objects.append({})
            key_next = True
        elif start == "[":
            objects.append(None)
            key_next = False
        elif start in "}]":
            if objects:
                objects.pop()
            key_next = False
        elif start == ",":
            key_next = bool(objects) and objects[-1] is not None
        elif start == '"' and key_next:
            key_next = False
            seen = objects[-1] if objects else None
            if seen is not None:
                key = json.loads(token.group(), strict=False)
                if key in seen:
                    found.append(DuplicateKey(key, seen[key], token.span()))
                    if len(found) == limit:
                        break
                else:
                    seen[key] = token.span()
    return found


def depth_at_least(text: str, limit: int) -> int | None:
    """Return where the text first nests deeper than `limit`, or None. Cheap when it does not."""
    # One pass takes away the innermost pairs, so as many passes as the text is deep; brackets inside strings only make
    # the quick look inconclusive.
    brackets = text.encode("ascii", "replace").translate(None, _NO_BRACKETS)
    if len(brackets) <= limit:
        return None
    for _ in range(limit):
        shorter = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if not shorter:
            return None
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return next((at for depth, at in _depths(text) if depth > limit), None)


def _depths(text: str) -> Iterator[tuple[int, int]]:
    depth = 0
    for token in _BRACKETS.finditer(text):
        start = text[token.start()]
        if start in "{[":
            depth += 1
            yield depth, token.start()
        elif start != '"':
            depth -= 1


_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def json_stretches(text: str, wanted: Iterable[tuple[Route, str]]) -> dict[tuple[Route, str], tuple[int, int]]:
    """Return where each (route, part) stands; a route that was not written is its nearest written parent.

    Empty when the text is not JSON. What lies beside the routes is skipped by the standard library's own scanner, so that
    the whole costs little more than reading the file.
    """
    root = _Wish()
    listed = list(wanted)
    for route, _ in listed:
        wish = root
        for step in route:
            wish = wish.below.setdefault(step, _Wish())
    try:
        _scan(text, _skip(text, 0), root)
    except (StopIteration, ValueError, IndexError, RecursionError):
        return {}
    return {(route, part): _found(root, route, part) for route, part in listed}


class _Wish:
    """A node on the way to a wanted route, and where it was found."""

    __slots__ = ("below", "key", "value")

    def __init__(self) -> None:
        self.below: dict[str | int, _Wish] = {}
        self.key: tuple[int, int] | None = None
        self.value: tuple[int, int] | None = None


def _found(root: _Wish, route: Route, part: str) -> tuple[int, int]:
    here = root
    for step in route:
        below = here.below[step]
        if below.value is None:
            break
        here = below
    else:
        if part == "key" and here.key is not None:
            return here.key
    assert here.value is not None
    return here.value


def _scan(text: str, start: int, wish: _Wish) -> int:
    """Record where the value at `start` stands, and what is wanted inside it; return its end. As deep as the routes."""
    opening = text[start]
    below = wish.below
    if not below or opening not in "{[":
        end = int(_SCANNER(text, start)[1])
    elif opening == "{":
        at = _skip(text, start + 1)
        while text[at] != "}":
            plain = _PLAIN_KEY(text, at)
            if plain is not None:
                after, value_at = plain.end(1) + 1, plain.end()
                inner = below.get(plain[1])
            else:
                key, after = scanstring(text, at + 1)
                value_at = _skip(text, _skip(text, after) + 1)
                inner = below.get(_mended(key))
            if inner is None:
                end = int(_SCANNER(text, value_at)[1])
            else:
                inner.key = (at, after)
                end = _scan(text, value_at, inner)
            at = _COMMA(text, end).end()  # type: ignore[union-attr]
        end = at + 1
    else:
        at = _skip(text, start + 1)
        index = 0
        last = max([index for index in below if isinstance(index, int)], default=-1)
        while text[at] != "]":
            if index > last:
                at = _PLAIN_ITEMS(text, at).end()  # type: ignore[union-attr]
                if text[at] == "]":
                    break
            inner = below.get(index)
            plain = _PLAIN_ITEM(text, at) if inner is None or not inner.below else None
            if plain is not None:  # most items are texts without escapes: one look takes them with the comma behind
                if inner is not None:
                    inner.value = plain.span(1)
                at = plain.end()
            else:
                end = int(_SCANNER(text, at)[1]) if inner is None else _scan(text, at, inner)
                at = _COMMA(text, end).end()  # type: ignore[union-attr]
            index += 1
        end = at + 1
    wish.value = (start, end)
    return end


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


def _mended(key: str) -> str:
    return HALF_SURROGATE.sub("\ufffd", key)


_PLAIN_ITEM = re.compile(r'("[^"\\\x00-\x1f]*")[ \t\r\n]*(?:,[ \t\r\n]*|(?=\]))').match
_PLAIN_ITEMS = re.compile(r'(?:"[^"\\\x00-\x1f]*"[ \t\r\n]*(?:,[ \t\r\n]*|(?=\])))*+').match
_PLAIN_KEY = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*').match
_COMMA = re.compile(r"[ \t\r\n]*(?:,[ \t\r\n]*)?").match
_SPACE = regex(r"[ \t\r\n]*")
_SCANNER = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
HALF_SURROGATE = regex("[\ud800-\udfff]")
"""Half of a surrogate pair: no character by itself."""
