"""Places in documents that a template, a heredoc or a file writes as YAML or JSON: those of the tokens in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamlint.parse.terraform.embedded import TextOrigin, with_holes
from iamlint.parse.terraform.json_text import FIRST_HOLE
from iamlint.parse.terraform.located import Located, Segment, Woven
from iamlint.parse.terraform.tree_origin import TreeOrigin
from iamlint.source.locate import stretches_within
from iamlint.source.place import Origin, Place, Route
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class WrittenOrigin(Origin):
    """Places inside YAML text that a template or a heredoc wrote; the text is read for positions when a place is asked for."""

    __slots__ = ("made_by", "written")

    def __init__(self, written: TextOrigin, base: Route = ()) -> None:
        super().__init__(written.path, base)
        self.written = written
        self.made_by: dict[Place, Segment] = {}  # of places that were asked for, the interpolations that wrote what stands there

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what stands at `route`, or of its nearest written parent."""
        ((place, segment),) = _places(self.written, [Place("", self.base + route, part)])
        if segment is not None:
            self.made_by[place] = segment
        return place

    def below(self, route: Route) -> Origin:
        """Return the origin of the value at `route`."""
        below = WrittenOrigin(self.written, self.base + route)
        below.made_by = self.made_by
        return below


def origin_in(text: Located) -> Origin:
    """Return the origin of the document that a text of YAML or JSON holds."""
    if text.file is not None and isinstance(text.value, str):
        return Origin(text.file)
    return WrittenOrigin(TextOrigin(text, *with_holes(text.value)))


def interpolations(origin: Origin) -> dict[Place, Segment]:
    """Return what interpolations wrote of a document that Terraform makes, by the places of these."""
    if isinstance(origin, WrittenOrigin):
        return origin.made_by
    found: dict[Place, Segment] = {}
    waiting = [origin.tree] if isinstance(origin, TreeOrigin) else []
    while waiting:
        here = waiting.pop()
        if isinstance(here, Woven):
            found[here.place] = here.segment
        elif isinstance(here.value, (dict, list)):
            waiting += here.value.values() if isinstance(here.value, dict) else here.value
    return found


class DecodedPlaces:
    """Where the parts of a value stand that was decoded from a text."""

    __slots__ = ("_found", "_made_by", "file", "whole")

    def __init__(self, source: Located, value: Any, place: Place, *, is_json: bool) -> None:
        self.file = source.file
        self.whole = place
        self._found: dict[tuple[Route, str], Place] = {}
        self._made_by: dict[Route, Segment] = {}
        if self.file is None and source.segments and isinstance(value, (dict, list)):
            wanted = [Place(".json" if is_json else "", *at) for at in _routes(value, ())]
            found = _places(TextOrigin(source, *with_holes(source.value)), wanted)
            for at, (there, segment) in zip(wanted, found, strict=True):
                self._found[at.route, at.part] = there
                if segment is not None and at.part == "value":
                    self._made_by[at.route] = segment

    def scalar(self, value: Any, route: Route) -> Located:
        """Return a value that holds no others."""
        segment = self._made_by.get(route) if isinstance(value, str) else None
        return Located(value, self.at(route)) if segment is None else Woven(value, self.at(route), segment)

    def at(self, route: Route, part: str = "value") -> Place:
        """Return the place of what stands at `route`: in its file, in its text, or where the text was decoded."""
        if self.file is not None:
            return Place(self.file, route, part)
        return self._found.get((route, part), self.whole)

    @property
    def have_keys(self) -> bool:
        """Return whether the keys of a mapping have places of their own."""
        return self.file is not None or bool(self._found)


def decoded_in_part(text: Text, read: Callable[[str], Any]) -> Any:
    """Return what a text spells of which stretches are not known; None where these may change what else it says.

    Such a stretch is taken for a part of the scalar in which it stands, as in a policy's JSON.
    """
    written, unknowns = with_holes(text)
    try:
        value = read(written)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, (dict, list)):
        return None
    try:
        return _filled(value, unknowns)
    except KeyError:
        return None


def _filled(value: Any, unknowns: Sequence[Unknown]) -> Any:
    if isinstance(value, dict):
        if any(_HOLE.search(name) is not None for name in value):
            raise KeyError
        return {name: _filled(item, unknowns) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, unknowns) for item in value]
    if not isinstance(value, str):
        return value
    pieces = _HOLE.split(value)
    return concat(unknowns[ord(piece) - FIRST_HOLE] if number % 2 else piece for number, piece in enumerate(pieces))


_HOLE = regex(f"([{chr(FIRST_HOLE)}-\U000ffffd])")


def _routes(value: Any, route: Route) -> list[tuple[Route, str]]:
    """Return the ways to all parts of a value."""
    found = [(route, "value")]
    if isinstance(value, dict):
        for name, item in value.items():
            found.append(((*route, name), "key"))
            found += _routes(item, (*route, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += _routes(item, (*route, number))
    return found


def _places(written: TextOrigin, wanted: Sequence[Place]) -> list[tuple[Place, Segment | None]]:
    """Return the places of what is wanted, each with the interpolation that wrote it."""
    found: list[tuple[Place, Segment | None]] = []
    for stretch in stretches_within(written.text, wanted):
        if stretch is None:
            found.append((written.located.place, None))
        else:
            found.append((written.stretch(*stretch), written.interpolation(*stretch)))
    return found
