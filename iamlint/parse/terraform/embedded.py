"""A JSON document in a Terraform attribute: from a structure, a template's text, or a file, with exact places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamlint.parse.terraform.json_text import (
    FIRST_HOLE,
    NOT_PLAIN,
    JsonFault,
    JsonNode,
    plain_json,
    quick_json,
    read_json_text,
)
from iamlint.parse.terraform.located import Located, Quoted, Segment, Woven, plain
from iamlint.parse.terraform.shortcuts import LineSegments
from iamlint.parse.terraform.tree_origin import TreeOrigin
from iamlint.source.place import FixedOrigin, Origin, Place, Route
from iamlint.source.problem import Problem
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BLANKS = " \t\r\n"


class Embedded(NamedTuple):
    """A document as plain values, where its parts stand, and what is wrong with it.

    `document` is None when there is none (null, an empty text, not JSON), and an `Unknown` when nobody can know it.
    """

    document: Any
    origin: Origin
    problem: Problem | None = None


def read_embedded(located: Located) -> Embedded:
    """Return the document that an attribute holds."""
    if located.tree is not None:
        return Embedded(plain(located.tree), TreeOrigin(located.tree))
    value = located.value
    if isinstance(value, (dict, list)):
        return Embedded(plain(located), TreeOrigin(located))
    if value is None or (isinstance(value, str) and not value.strip()):
        return Embedded(None, FixedOrigin(located.place))
    if not isinstance(value, (str, Text)):
        unknown = value if isinstance(value, Unknown) else Unknown("the value is no JSON text", located.place)
        return Embedded(unknown, FixedOrigin(located.place))
    text, unknowns = with_holes(value)
    document = NOT_PLAIN if unknowns else quick_json(text)
    found = read_json_text(text, unknowns) if document is NOT_PLAIN else None
    if not isinstance(found, JsonFault):
        origin = Origin(located.file) if located.file and not unknowns else TextOrigin(located, text, unknowns)
        return Embedded(document if found is None else plain_json(found), origin)
    return _not_json(located, text, unknowns, found)


def read_tree(located: Located) -> Located | Problem:
    """Return the document that an attribute holds as a structure in which every part has its place."""
    if located.tree is not None:
        return located.tree
    if not isinstance(located.value, (str, Text)):
        return located
    text, unknowns = with_holes(located.value)
    found = read_json_text(text, unknowns)
    if isinstance(found, JsonFault):
        embedded = _not_json(located, text, unknowns, found)
        return embedded.problem or Located(embedded.document, located.place)
    if located.file and not unknowns:
        return _from_file(found, located.file, ())
    origin = TextOrigin(located, text, unknowns)
    return _from_text(found, origin)


class TextOrigin(Origin):
    """Places inside JSON text that a template wrote; the text is read for positions only when a place is asked for."""

    __slots__ = ("_below", "_root", "_segments", "located", "text", "unknowns")

    def __init__(self, located: Located, text: str, unknowns: tuple[Unknown, ...], below: Route = ()) -> None:
        super().__init__(located.place.path)
        self.located = located
        self.text = text
        self.unknowns = unknowns
        self._below = below
        self._root: JsonNode | None = None
        self._segments: Sequence[Segment] | None = None

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what stands at `route`, or of its nearest written parent."""
        here = self._root
        if here is None:
            if not route and not self._below:  # all of the document, which is known to be one
                return self.stretch(len(self.text) - len(self.text.lstrip(_BLANKS)), len(self.text.rstrip(_BLANKS)))
            found = read_json_text(self.text, self.unknowns)
            if isinstance(found, JsonFault):
                return self.located.place
            here = self._root = found
        whole = self._below + route
        for depth, step in enumerate(whole):
            tree = self.structure(here)
            if tree is not None:
                return TreeOrigin(tree).at(whole[depth:], part)
            value = here.value
            if part == "key" and depth == len(whole) - 1 and here.keys and step in here.keys:
                return self.stretch(*here.keys[str(step)])
            in_list = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
            if not in_list and not (isinstance(value, dict) and step in value):
                break
            here = value[step]
        return self.stretch(here.start, here.end)

    def below(self, route: Route) -> Origin:
        """Return the origin of the value at `route`."""
        return TextOrigin(self.located, self.text, self.unknowns, self._below + route)

    def stretch(self, start: int, end: int) -> Place:
        """Return the place of a stretch of the text: its own token when it was written literally, else what wrote it."""
        first = self._segment(start)
        last = self._segment(max(start, end - 1))
        if first is None or last is None or first.text != last.text:
            return self.located.place
        if first.place.path != last.place.path:
            return first.place
        begin = self._offset(first, start, 0)
        finish = self._offset(last, end, 1)
        if begin is None or finish is None or (first.place.span is None) != (last.place.span is None):
            return first.place
        if begin > finish:  # of the turns of a loop, or of texts in another order than the file's
            return self.located.place
        if first.place.span is None:
            return first.place._replace(part=f"{begin}:{finish}") if first.place.route == last.place.route else first.place
        return first.place._replace(span=(begin, finish))

    def is_literal(self, start: int, end: int) -> bool:
        """Return whether a stretch of the text is written where it stands, and not what an expression in it came to."""
        ends = self._segment(start), self._segment(max(start, end - 1))
        return all(segment is None or segment.literal for segment in ends)

    def structure(self, node: JsonNode) -> Located | None:
        """Return the structure of which an interpolation made all that a node is."""
        found = self._segment(node.start) if isinstance(node.value, (dict, list)) else None
        if found is None or found.tree is None or found.end < node.end:
            return None
        around = self.text[found.start : node.start] + self.text[node.end : found.end]
        return None if around.strip(_BLANKS) else found.tree

    def interpolation(self, start: int, end: int) -> Segment | None:
        """Return the interpolation of a known text that is all of a stretch, quotes around it aside."""
        if end - start > 1 and self.text[start] in "\"'" and self.text[start] == self.text[end - 1]:
            start, end = start + 1, end - 1
        found = self._segment(start)
        return found if found is not None and found.source is not None and (found.start, found.end) == (start, end) else None

    def _segment(self, at: int) -> Segment | None:
        if self._segments is None:
            self._segments = _with_room_for_holes(self.located)
        return _segment_at(self._segments, at)

    def _offset(self, segment: Segment, at: int, edge: int) -> int | None:
        """Return the byte of the file at which a character stands, or the edge of what wrote it.

        In a text of a JSON document it is the character of that text.
        """
        span = segment.place.span
        if span is None:
            start, colon, stop = segment.place.part.partition(":")
            if not colon:
                return None
            if segment.literal and int(stop) - int(start) == segment.end - segment.start:
                return int(start) + at - segment.start
            return int(stop) if edge else int(start)
        if not segment.literal:
            return span[edge]
        before = self.text[segment.start : at]
        if segment.escaped:
            size = quoted_size(self.text[segment.start : segment.end], span[1] - span[0])
            return span[edge] if size is None else span[0] + size(before)
        return span[0] + len(before.encode("utf-8", "surrogatepass"))

    def __getstate__(self) -> tuple[Any, ...]:
        return (self.path, self.located, self.text, self.unknowns, self._below)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.path, self.located, self.text, self.unknowns, self._below = state
        self.base, self.document, self._root, self._segments = (), 0, None, None


def quoted_size(text: str, width: int) -> Callable[[str], int] | None:
    """Return how many bytes a part of a quoted string takes, None when other escapes than the usual ones are in it."""
    for always in ('"\\\n\r\t', '"\\\n\r'):  # a tab may stand for itself

        def size(part: str, always: str = always) -> int:
            escapes = sum(map(part.count, always)) + part.count("${") + part.count("%{")
            return len(part.encode("utf-8", "surrogatepass")) + escapes

        if size(text) == width:
            return size
    return None


def segments_of(located: Located) -> Sequence[Segment]:
    """Return where each stretch of a known text is written; one that is read from a file is one stretch of it."""
    if located.file and not located.segments and isinstance(located.value, str):
        size = len(located.value.encode("utf-8", "surrogatepass"))
        return (Segment(0, len(located.value), Place(located.file, span=(0, size)), True),)
    if isinstance(located, Quoted):
        size, place = len(located.value), located.place
        if place.span is None:
            return (Segment(0, size, place._replace(part=f"0:{size}"), True),)
        return (Segment(0, size, place._replace(span=(place.span[0] + 1, place.span[1] - 1)), True),)
    return located.segments


def _with_room_for_holes(located: Located) -> Sequence[Segment]:
    """Return the segments of a text as they stand when each unknown stretch, which has no length, takes one character."""
    if not isinstance(located.value, Text):
        return segments_of(located)
    holes: list[int] = []
    length = 0
    for part in located.value.parts:
        if isinstance(part, str):
            length += len(part)
        else:
            holes.append(length)
    moved: list[Segment] = []
    passed = 0
    for index, segment in enumerate(located.segments):
        start = segment.start + passed
        following = located.segments[index + 1 : index + 2]
        while not segment.literal and passed < len(holes) and holes[passed] <= segment.end:
            if holes[passed] == segment.end > segment.start and following and following[0].end == segment.end:
                break  # it belongs to the interpolation that comes right after
            passed += 1
        moved.append(segment._replace(start=start, end=segment.end + passed))
    return moved


def _segment_at(segments: Sequence[Segment], at: int) -> Segment | None:
    if isinstance(segments, LineSegments):
        return segments.around(at)
    first, last = 0, len(segments)
    while first < last:  # the first segment that ends behind the character
        middle = (first + last) // 2
        if segments[middle].end <= at:
            first = middle + 1
        else:
            last = middle
    return segments[first] if first < len(segments) and segments[first].start <= at else None


def with_holes(value: str | Text) -> tuple[str, tuple[Unknown, ...]]:
    """Return the text with one character for each unknown stretch, and the unknowns in order."""
    if isinstance(value, str):
        return value, ()
    unknowns: list[Unknown] = []
    pieces: list[str] = []
    for part in value.parts:
        if isinstance(part, str):
            pieces.append(part)
        else:
            pieces.append(chr(FIRST_HOLE + len(unknowns)))
            unknowns.append(part)
    return "".join(pieces), tuple(unknowns)


def _not_json(located: Located, text: str, unknowns: tuple[Unknown, ...], fault: JsonFault) -> Embedded:
    if unknowns:
        # An unknown stretch outside of a string may stand for anything that would make it JSON.
        return Embedded(Unknown(unknowns[0].reason, unknowns[0].place or located.place), FixedOrigin(located.place))
    if located.file:
        from iamlint.source.read_json import read_json

        # The file is a document of its own: what is wrong with it is said once, in the same words.
        for problem in read_json(text.encode("utf-8", "surrogatepass"), located.file).problems:
            if problem.id == "IL002":
                return Embedded(None, FixedOrigin(located.place), problem)
        start = len(text[: fault.offset].encode("utf-8", "surrogatepass"))
        place = Place(located.file, span=(start, start + 1))
    else:
        place = TextOrigin(located, text, ()).stretch(fault.offset, fault.offset + 1)
        if fault.offset >= len(text) and located.segments:
            place = TextOrigin(located, text, ()).stretch(max(0, len(text.rstrip()) - 1), len(text.rstrip()))
    advice = "the attribute takes a JSON document; `jsonencode` writes one"
    return Embedded(None, FixedOrigin(located.place), Problem("IL002", f"not JSON: {fault.message}", place, advice))


def _from_text(node: JsonNode, origin: TextOrigin) -> Located:
    tree = origin.structure(node)
    if tree is not None:
        return tree
    place = origin.stretch(node.start, node.end)
    if isinstance(node.value, dict):
        keys = {name: origin.stretch(*span) for name, span in (node.keys or {}).items()}
        return Located({name: _from_text(item, origin) for name, item in node.value.items()}, place, keys=keys)
    if isinstance(node.value, list):
        return Located([_from_text(item, origin) for item in node.value], place)
    made_by = origin.interpolation(node.start, node.end) if isinstance(node.value, str) else None
    return Located(node.value, place) if made_by is None else Woven(node.value, place, made_by)


def _from_file(node: JsonNode, path: str, route: Route) -> Located:
    place = Place(path, route)
    if isinstance(node.value, dict):
        keys = {name: Place(path, (*route, name), "key") for name in node.value}
        return Located({name: _from_file(item, path, (*route, name)) for name, item in node.value.items()}, place, keys=keys)
    if isinstance(node.value, list):
        return Located([_from_file(item, path, (*route, index)) for index, item in enumerate(node.value)], place)
    return Located(node.value, place)
