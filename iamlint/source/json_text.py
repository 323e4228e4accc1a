"""Positions in JSON text: found only when a file has something to report. Linear, and not recursive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_BRACKETS = re.compile(r'"(?:[^"\\]+|\\.)*+"|[{}\[\]]', re.DOTALL)


class DuplicateKey(NamedTuple):
    """A key that an object holds twice; both as half-open stretches of characters."""

    key: str
    first: tuple[int, int]
    again: tuple[int, int]


def duplicate_keys(text: str, limit: int = 20) -> list[DuplicateKey]:
    """Return the keys that stand twice in one object of a well-formed text, in reading order."""
    import json

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
    if text.count("{") + text.count("[") <= limit:
        return None
    # One pass takes away the innermost pairs, so as many passes as the text is deep; brackets inside strings only make
    # the quick look inconclusive.
    brackets = text.encode("ascii", "replace").translate(None, _NO_BRACKETS)
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
