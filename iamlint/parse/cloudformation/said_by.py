"""Places in a statement that stands for a resource's properties: the property that says each part of it."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.parse.cloudformation.declared import Resource
from iamlint.source.place import Origin, Place, Route


class SaidBy(Origin):
    """Places in the document that a resource stands for. `properties`: by step of a route, the property that says it."""

    __slots__ = ("properties", "whole")

    def __init__(self, resource: Resource, properties: Mapping[str, str]) -> None:
        whole = resource.place
        super().__init__(whole.path, (*whole.route, "Properties"), whole.document)
        self.whole = whole
        self.properties = properties

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of the property that a part of the document comes from."""
        found = next((self.properties[str(step)] for step in reversed(route) if step in self.properties), None)
        return self.whole if found is None else Place(self.path, (*self.base, found), part, None, self.document)

    def below(self, route: Route) -> Origin:
        """Return the same origin: the document is not written as such."""
        return self


class OneStatement(Origin):
    """Places in a document whose only statement is written as such, without the document around it."""

    __slots__ = ("written",)

    def __init__(self, written: Origin) -> None:
        super().__init__(written.path, written.base, written.document)
        self.written = written

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what stands in the statement."""
        return self.written.at(route[2:], part)

    def below(self, route: Route) -> Origin:
        """Return the origin of what stands in the statement."""
        return self.written.below(route[2:])
