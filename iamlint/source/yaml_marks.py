"""Positions in YAML text from the marks of its reading: no second look at the file."""

from __future__ import annotations

from iamlint.source.reading import MARK
from iamlint.source.yaml_written import Detour, Wishes, Written, straight, wishes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Mapping
    from typing import Any, TypeAlias

    from iamlint.source.place import Route
    from iamlint.source.reading import Marks
    from iamlint.source.yaml_written import Stretch, Ways

    Stretches: TypeAlias = dict[tuple[int, Route, str], Stretch]


def marked_stretches(text: str, by_document: Mapping[int, Iterable[tuple[Route, str]]], marks: Marks) -> Stretches | None:
    """Return where each wanted route of each document stands, or its nearest written parent; None where marks do not say."""
    if any(number not in marks for number in by_document):
        return None
    found: Stretches = {}
    try:
        for number, wanted in by_document.items():
            root = marked_document(text, marks[number], wishes_of(route for route, _ in wanted))
            above: Ways = {}
            for route, part in wanted:
                found[number, route, part] = straight(text, root, route, part, above)
    except Detour:
        return None
    return found


def marked_document(text: str, marks: array[int], wishes: Wishes) -> Written:
    """Return the root of a document, with the nodes on the way to what is wanted. Raises `Detour`."""
    root = _node(text, marks, 0)
    _open(text, marks, 0, root, wishes)
    return root


def _node(text: str, marks: array[int], at: int) -> Written:
    start = marks[at]
    tag = _tag(text, start) if text[start : start + 1] == "!" else None
    return Written(start, marks[at + 1], tag, marks[at + 2] == 0)


def _tag(text: str, start: int) -> str:
    """Return the tag that opens a node, as the reader sees it."""
    tag = text[start : start + _LONGEST_TAG].split(None, 1)[0]
    if not tag[1:].replace(":", "").replace("_", "").isalnum() or len(tag) == _LONGEST_TAG:
        raise Detour  # a tag of YAML's own, one that is written with escapes, or a bracket that follows it
    return tag


_LONGEST_TAG = 100


def _open(text: str, marks: array[int], at: int, node: Written, wishes: Wishes) -> None:
    """Add what is wanted below a node."""
    if node.tag is not None:
        wishes = wishes.get(node.tag, _NOTHING)
    size = marks[at + 2]
    if not wishes or not size:
        return
    entry = at + MARK
    end = entry + abs(size) - 1
    left = len(wishes)
    step: Any = -1
    while entry < end and left:
        if size > 0:
            start, stop = marks[entry], marks[entry + 1]
            step = text[start:stop]
            if step[:1] in _SPECIAL:
                step = _quoted(step)
            entry += MARK
        else:
            start = -1
            step += 1
        inside = marks[entry + 2]
        if step in wishes:
            left -= 1
            below = _node(text, marks, entry)
            below.key = (start, stop) if start >= 0 else None
            node.below[step] = below
            if inside:
                _open(text, marks, entry, below, wishes[step])
        entry += MARK + (abs(inside) - 1 if inside else 0)


_NOTHING: Wishes = {}
_SPECIAL = frozenset("'\"!&|>?")


def _quoted(written: str) -> str:
    """Return the key that is written in quotes."""
    if written[0] not in "'\"" or written[0] in written[1:-1] or "\\" in written or "\n" in written:
        raise Detour  # escapes, properties, several lines
    return written[1:-1]
