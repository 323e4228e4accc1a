"""Positions in JSON text: found only when a file has something to report. Linear, and not recursive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
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
    search = _Search(text)
    listed = list(wanted)
    for route, _ in listed:
        search.add(route)
    try:
        _scan(text, _skip(text, 0), search.root, search, ())
    except _AllFoundError:
        pass
    except (StopIteration, ValueError, IndexError, RecursionError):
        return {}
    return {(route, part): search.found(route, part) for route, part in listed}


class _AllFoundError(Exception):
    pass


class _Wish:
    """A node on the way to a wanted route, and where it was found."""

    __slots__ = ("below", "is_wanted", "key", "value")

    def __init__(self) -> None:
        self.below: dict[str | int, _Wish] = {}
        self.is_wanted = False
        self.key: tuple[int, int] | None = None
        self.value: tuple[int, int] | None = None


class _Search:
    """The wishes for one text, and how many of them are still open."""

    __slots__ = ("is_doubtful", "left", "root", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_doubtful: bool | None = None  # whether keys are escaped, once somebody asks; or one stood twice already
        self.root = _Wish()
        self.left = 0

    def add(self, route: Route) -> None:
        """Ask for what stands at a route."""
        wish = self.root
        for step in route:
            below = wish.below.get(step)
            if below is None:
                below = wish.below[step] = _Wish()
            wish = below
        if not wish.is_wanted:
            wish.is_wanted = True
            self.left += 1

    def found(self, route: Route, part: str) -> tuple[int, int]:
        """Return where a route stands, or the nearest above it that was written."""
        wish = self.root
        value = wish.value
        for step in route:
            wish = wish.below[step]
            value = wish.value or value
        assert value is not None
        return wish.key if part == "key" and wish.value is not None and wish.key is not None else value

    def is_over(self, at: int, keys: tuple[str | int, ...]) -> bool:
        """Return whether nothing behind `at` can matter: of a key that stands twice in an object, the last one counts."""
        if self.left:
            return False
        if self.is_doubtful is None:
            self.is_doubtful = "\\" in self.text
        return not self.is_doubtful and not any(self.text.find(f'"{key}"', at) >= 0 for key in keys)


def _scan(text: str, start: int, wish: _Wish, search: _Search, keys: tuple[str | int, ...]) -> int:
    """Record where the value at `start` stands, and what is wanted inside it; return its end. As deep as the routes.

    `keys` are those that are wanted in the objects on the way from the root. Raises `_AllFoundError` in a list behind which
    nothing is wanted any more.
    """
    opening = text[start]
    below = wish.below
    if wish.value is not None:
        search.is_doubtful = True
    if not below or opening not in "{[":
        end = int(_SCANNER(text, start)[1])
    elif opening == "{":
        at = _skip(text, start + 1)
        inside = (*keys, *below)
        while text[at] != "}":
            plain = _PLAIN_KEY(text, at)
            if plain is not None:
                key = plain[1]
                after, value_at = plain.end(1) + 1, plain.end()
            else:
                key, after = scanstring(text, at + 1)
                key = _mended(key)
                value_at = _skip(text, _skip(text, after) + 1)
            inner = below.get(key)
            if inner is None:
                end = int(_SCANNER(text, value_at)[1])
            else:
                inner.key = (at, after)
                end = _scan(text, value_at, inner, search, inside)
            at = _COMMA(text, end).end()  # type: ignore[union-attr]
        end = at + 1
    else:
        at = _skip(text, start + 1)
        index = 0
        last = max([index for index in below if isinstance(index, int)], default=-1)
        if text[at] == '"':
            at = _settle_texts(text, at, below, last, search)
        while text[at] != "]":
            if index > last:
                at = _PLAIN_ITEMS(text, at).end()  # type: ignore[union-attr]
                if text[at] == "]":
                    break
                if search.is_over(at, keys):
                    raise _AllFoundError
            inner = below.get(index)
            plain = _PLAIN_ITEM(text, at) if inner is None or not inner.below else None
            if plain is not None:  # most items are texts without escapes: one look takes them with the comma behind
                if inner is not None:
                    _settle(inner, plain.span(1), search)
                at = plain.end()
            else:
                end = int(_SCANNER(text, at)[1]) if inner is None else _scan(text, at, inner, search, keys)
                at = _COMMA(text, end).end()  # type: ignore[union-attr]
            index += 1
        end = at + 1
    _settle(wish, (start, end), search)
    return end


def _settle_texts(text: str, start: int, below: dict[str | int, _Wish], last: int, search: _Search) -> int:
    """Settle what is wanted, up to the item `last`, of a list that begins with plain texts, and return where it is closed.

    Of a list of anything else, do nothing. What stands behind the last wanted item is not taken apart.
    """
    if last < 0 or any([wish.below for wish in below.values()]):  # noqa: C419  a generator takes twice as long
        return start
    end = text.index("]", start)
    whole = text[start:end]
    pieces = whole.split('"', 2 * last + 2)
    rest = pieces.pop()
    between = "".join(pieces[::2]) if len(pieces) > 2 * last else "".join(pieces[::2]) + rest
    if len(pieces) % 2 or between.strip(", \t\r\n") or "\\" in whole or rest.count('"') % 2 or "[" in rest:
        return start  # a bracket inside a text, an escape, or more than texts
    if len(below) == 1 and len(pieces) > 2 * last:  # as mostly: told from behind
        at = end - len(rest)
        _settle(below[last], (at - len(pieces[-1]) - 2, at), search)
        return end
    ends = [*accumulate(map(len, pieces))]  # of each piece, quotes left out
    for index, wish in below.items():
        if isinstance(index, int) and 2 * index < len(pieces):
            piece = 2 * index + 1
            at = start + ends[piece - 1] + piece - 1
            _settle(wish, (at, at + len(pieces[piece]) + 2), search)
    return end


def _settle(wish: _Wish, value: tuple[int, int], search: _Search) -> None:
    if wish.value is None and wish.is_wanted:
        search.left -= 1
    wish.value = value


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


def _mended(key: str) -> str:
    return HALF_SURROGATE.sub("\ufffd", key)


_PLAIN_ITEM = re.compile(r'("[^"\\\x00-\x1f]*")[ \t\r\n]*(?:,[ \t\r\n]*|(?=\]))').match
_PLAIN_ITEMS = regex(r'(?:"[^"\\\x00-\x1f]*"[ \t\r\n]*(?:,[ \t\r\n]*|(?=\])))*+').match
_PLAIN_KEY = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*').match
_COMMA = re.compile(r"[ \t\r\n]*(?:,[ \t\r\n]*)?").match
_SPACE = regex(r"[ \t\r\n]*")
_SCANNER = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
HALF_SURROGATE = regex("[\ud800-\udfff]")
"""Half of a surrogate pair: no character by itself."""
