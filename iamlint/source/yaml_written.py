"""Nodes of YAML text on the way to what is wanted, and where a route through them leads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamlint.source.place import Route
from iamlint.source.regex import regex
from iamlint.source.yaml_scalars import tag_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Ways: TypeAlias = "dict[Route, tuple[Written, bool, Stretch | None]]"

Stretch = tuple[int, int]

Wishes = dict["Any", "Any"]
"""What is wanted below a node, by step: a tree of such mappings."""


class Detour(Exception):  # noqa: N818  not an error: there is a longer way
    """A route may not lead straight down."""


class Written:
    """A node on the way to something wanted. `end` is where its last text ends; comments that follow do not count."""

    __slots__ = ("below", "end", "is_scalar", "key", "start", "tag")

    def __init__(self, start: int, end: int, tag: str | None, is_scalar: bool) -> None:
        self.start = start
        self.end = end
        self.tag = tag_key(tag) if tag is not None and tag.startswith("!") else None
        self.is_scalar = is_scalar
        self.below: dict[Any, Written] = {}
        self.key: tuple[int, int] | None = None  # where the key stands that leads to it


def wishes_of(routes: Iterable[Route]) -> Wishes:
    """Return the routes as a tree."""
    root: Wishes = {}
    above: dict[Route, Wishes] = {}  # where routes end but for their last step: most places stand beside others
    for route in routes:
        if not route:
            continue
        here = above.get(parent := route[:-1])
        if here is None:
            here = root
            for step in parent:
                here = here.setdefault(step, {})
            above[parent] = here
        here.setdefault(route[-1], {})
    return root


def straight(text: str, root: Written, route: Route, part: str, above: Ways | None = None) -> Stretch:
    """Return where a route leads that goes straight down, or its nearest written parent.

    `above` remembers where routes lead but for their last step: most places stand beside others.
    """
    node, inside, key = root, root.tag is None, None
    first, last = 0, len(route) - 1
    if above is not None and last > 0:
        known = above.get(route[:-1])
        if known is not None:
            (node, inside, key), first = known, last
    for number in range(first, len(route)):
        step = route[number]
        if number == last and first < last and above is not None:
            above[route[:-1]] = (node, inside, key)
        if not inside and node.tag == step:
            inside = True
            if part == "key" and number == len(route) - 1:
                return tag_stretch(text, node.start, node.end)
            continue
        if not inside and node.tag is not None:
            break
        if node.is_scalar:
            if node.tag == "Fn::GetAtt" and isinstance(step, int) and number == len(route) - 1:
                return attribute_stretch(text, trimmed(text, node.start, node.end, inside=True), step)
            break
        below = node.below.get(step)
        if below is None:
            break
        node, key = below, below.key
        inside = node.tag is None
    else:
        if part == "key" and key is not None and route:
            return trimmed(text, *key, inside=True)
    if node.is_scalar and node.start == node.end and key is not None:
        return trimmed(text, *key, inside=True)  # nothing is written: `key:`
    return trimmed(text, node.start, node.end, inside=inside)


_MARKS = ("!", "&")
_PROPERTIES = regex(r"(?:[!&][^\s\[\]{},]*\s+)*")


def trimmed(text: str, start: int, end: int, *, inside: bool) -> Stretch:
    """Return a stretch without white space at its end; `inside` leaves out the tag and the anchor before it."""
    end = min(end, len(text))
    if inside and text[start : start + 1] in _MARKS:
        properties = _PROPERTIES.match(text, start, end)
        start = properties.end() if properties is not None else start
    while end > start and text[end - 1] in " \t\r\n":
        end -= 1
    return start, end


def tag_stretch(text: str, start: int, end: int) -> Stretch:
    """Return where a node's tag stands."""
    found = re.compile(r"![^\s\[\]{},]*").search(text, start, end)
    return found.span() if found is not None else (start, end)


def attribute_stretch(text: str, stretch: Stretch, step: int) -> Stretch:
    """Return where the resource (0) or the attribute (1) of `!GetAtt resource.attribute` stands."""
    start, end = stretch
    dot = text.find(".", start, end)
    if dot < 0 or step > 1:
        return start, end
    return (start, dot) if step == 0 else (dot + 1, end)
