"""Texts inside documents: where the characters of a scalar of JSON or YAML stand in the file that writes it."""

from __future__ import annotations

from bisect import bisect_right

from iamlint.source.encoding import Decoded
from iamlint.source.place import TEXT, Place, Route
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Mapping, Sequence, Set
    from typing import Any, TypeAlias

    Stretch: TypeAlias = tuple[int, int]
    Found: TypeAlias = Mapping[tuple[int, Route, str], Stretch]


def inside_texts(
    places: Iterable[Place], text: str, found: Found, stretches: Callable[..., Found]
) -> dict[tuple[int, Route, str], Stretch]:
    """Return where places inside the texts of scalars stand; the whole scalar where that cannot be told.

    `found` has the scalars themselves, and `stretches` finds what is wanted in a document.
    """
    made: dict[tuple[int, Route, str], Stretch] = {}
    by_scalar: dict[tuple[int, Route], dict[Any, Place]] = {}
    for place in places:
        scalar = place.route[: place.route.index(TEXT)] if TEXT in place.route else place.route
        by_scalar.setdefault((place.document, scalar), {})[place.route, place.part] = place
    for (document, scalar), inside in by_scalar.items():
        whole = found[document, scalar, "value"]
        held = text_inside(text, *whole)
        wanted: dict[Any, None] = {}
        for place in inside.values():
            made[document, place.route, place.part] = whole
            if len(place.route) > len(scalar):
                wanted[_onward(place, scalar)] = None
            elif held is not None:
                start, _, end = place.part.partition(":")
                if int(end) <= len(held.text):
                    made[document, place.route, place.part] = held.stretch(int(start), int(end))
        if held is None or not wanted or not held.text:
            continue
        below = stretches("", Decoded(held.text, "utf-8", 0), {0: wanted}, None)
        for place in inside.values():
            at = below.get((0, *_onward(place, scalar))) if len(place.route) > len(scalar) else None
            if at is not None and at[0] < at[1]:
                made[document, place.route, place.part] = held.stretch(*at)
    return made


def _onward(place: Place, scalar: Route) -> tuple[Route, str]:
    """Return the way on in the text of a scalar, up to a text in that."""
    route = place.route[len(scalar) + 1 :]
    return (route[: route.index(TEXT)], "value") if TEXT in route else (route, place.part)


class Inside:
    """The text that a scalar holds.

    `pieces` say from which of its characters on which of the file's follow, one by one; `escaped` are those that are written
    with more than one.
    """

    __slots__ = ("escaped", "pieces", "text")

    def __init__(self, text: str, pieces: Sequence[Stretch], escaped: Set[int] = frozenset()) -> None:
        self.text = text
        self.pieces = pieces
        self.escaped = escaped

    def stretch(self, start: int, end: int) -> Stretch:
        """Return where a stretch of the text is written."""
        last = max(start, end - 1)
        return self._written(start), self._written(end) if last in self.escaped else self._written(last) + 1

    def _written(self, at: int) -> int:
        here, there = self.pieces[max(0, bisect_right(self.pieces, (at, len(self.text) + 1 << 40)) - 1)]
        return there + at - here


def text_inside(text: str, start: int, end: int) -> Inside | None:
    """Return the text that a scalar holds which is written in this stretch; None where one does not follow the other."""
    first = text[start : start + 1]
    if first == "|":
        return _block(text, start, end)
    if "\n" in text[start:end]:
        return None
    if first == '"':
        return _quoted(text, start + 1, end - 1)
    if first == "'":
        return None if "''" in text[start + 1 : end - 1] else Inside(text[start + 1 : end - 1], [(0, start + 1)])
    return None if first in "{[>&*!" else Inside(text[start:end], [(0, start)])


_HEADER = regex(r"\|[+-]?[ \t]*(?:#[^\n]*)?\r?\n")


def _block(text: str, start: int, end: int) -> Inside | None:
    header = _HEADER.match(text, start)
    if header is None:  # one that says how deep its lines stand
        return None
    lines: list[str] = []
    pieces: list[Stretch] = []
    at, length, indent = header.end(), 0, -1
    while at < end:
        stop = text.find("\n", at)
        stop = end if stop < 0 or stop > end else stop
        line = text[at:stop].removesuffix("\r")
        if indent < 0 and line.strip(" "):
            indent = len(line) - len(line.lstrip(" "))
        if indent >= 0 and len(line) > indent:
            pieces.append((length, at + indent))
            line = line[indent:]
        else:
            pieces.append((length, at + len(line)))
            line = ""
        lines.append(line)
        length += len(line) + 1
        at = stop + 1
    return Inside("\n".join(lines), pieces) if lines else None


_ESCAPE = regex(r'\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(["\\/bfnrt])|.)')
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _quoted(text: str, start: int, end: int) -> Inside | None:
    parts: list[str] = []
    pieces: list[Stretch] = [(0, start)]
    escaped: set[int] = set()
    length, last = 0, start
    for escape in _ESCAPE.finditer(text, start, end):
        if escape.lastindex is None:
            return None  # one that only YAML has
        parts += [text[last : escape.start()], _meant(escape)]
        length += escape.start() - last
        last = escape.end()
        escaped.add(length)
        pieces += [(length, escape.start()), (length + 1, last)]
        length += 1
    return Inside("".join([*parts, text[last:end]]), pieces, escaped)


def _meant(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; of one beyond the first plane two escapes each say a half."""
    high, low, single, letter = escape.groups()
    if high is not None:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(single, 16)) if single is not None else _ESCAPED.get(letter, letter)
