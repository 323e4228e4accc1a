"""Places inside evaluated values: a route of the value leads to where the template writes it, through intrinsic functions."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.source.place import Origin, Place, Route, new_place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class RewrittenOrigin(Origin):
    """The origin of a value that intrinsic functions changed. `moved` holds the routes that are not written where they seem."""

    __slots__ = ("moved",)

    def __init__(self, path: str, base: Route, document: int, moved: Mapping[Route, Route]) -> None:
        super().__init__(path, base, document)
        self.moved = moved

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what stands at `route`, where the template writes it."""
        written = self.written(route) if self.moved else self.base + route
        return new_place((self.path, written, part, None, self.document))

    def below(self, route: Route) -> Origin:
        """Return the origin of the value that stands at `route`."""
        size = len(route)
        moved = {inner[size:]: to for inner, to in self.moved.items() if len(inner) > size and inner[:size] == route}
        return RewrittenOrigin(self.path, self.written(route), self.document, moved)

    def written(self, route: Route) -> Route:
        """Return the route in the template of what stands at `route` in the value."""
        if not self.moved:
            return self.base + route
        for size in range(len(route), -1, -1):
            to = self.moved.get(route[:size])
            if to is not None:
                return to + route[size:]
        return self.base + route


class Evaluated(NamedTuple):
    """An evaluated value. `maybe` holds the routes of what is there only under a condition that nobody can decide."""

    value: Any
    origin: Origin
    maybe: Mapping[Route, Unknown]

    def inside(self, route: Route) -> Evaluated | None:
        """Return what stands at a route inside; None when nothing does. What a part of the way is perhaps, all below is."""
        value = self.value
        for step in route:
            if isinstance(value, dict):
                if step not in value:
                    return None
                value = value[step]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        size = len(route)
        maybe = {inner[size:]: unknown for inner, unknown in self.maybe.items() if inner[:size] == route}
        above = next((self.maybe[route[:length]] for length in range(size) if route[:length] in self.maybe), None)
        if above is not None:
            maybe[()] = above
        return Evaluated(value, self.origin.below(route), maybe)
