"""Places: where something stands, without line numbers until somebody asks.

A place is a document and either a route of keys (JSON, YAML) or a byte span (HCL). `iamlint.source.locate` turns a place
into a `Span` of lines and columns when it is reported, so files without a finding never pay for positions.
"""

from __future__ import annotations

from functools import partial

from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Step: TypeAlias = "str | int"
Route: TypeAlias = "tuple[Step, ...]"


TEXT = "<text>"
"""A step into the text that a scalar holds: the steps behind it lead on in that text, which is a document of its own."""


class Place(NamedTuple):
    """Where something stands.

    `path` is relative to the root of the run, with forward slashes. Either `span` (byte offsets, half open) or `route`
    (keys and indices from the root of the document) says where in the file; neither means the file as a whole.
    `document` counts the documents of a YAML stream from 0. `part` is `value` or `key`, or a stretch `start:end` of the
    characters of the text that stands there.
    """

    path: str
    route: Route = ()
    part: str = "value"
    span: tuple[int, int] | None = None
    document: int = 0


new_place = partial(tuple.__new__, Place)
"""Makes a place of a tuple of all its fields, in half the time: millions are made of a tree of Terraform."""


class Span(NamedTuple):
    """A stretch of text: 1-based lines and columns counted in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class LeftOut(NamedTuple):
    """An element that is left out of a document as it is empty: under which name it is written, where, and what is empty."""

    name: str
    at: Place
    value: Place


class Origin:
    """Where a structured value came from: turns a route inside the value into a place.

    This one serves values read from a JSON or YAML file; HCL has origins of its own (`iamlint.parse.terraform`).
    """

    __slots__ = ("base", "document", "path")

    def __init__(self, path: str, base: Route = (), document: int = 0) -> None:
        self.path = path
        self.base = base
        self.document = document

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what stands at `route`; a route that was not written means its nearest written parent."""
        return new_place((self.path, self.base + route, part, None, self.document))

    def below(self, route: Route) -> Origin:
        """Return the origin of the value that stands at `route`."""
        return Origin(self.path, self.base + route, self.document)

    def left_out(self, route: Route) -> LeftOut | None:
        """Return what was written for an element that the document does not have, since it came to nothing."""
        return None


class FixedOrigin(Origin):
    """One place for everything in a document that is not written as it is read: of what brings it about."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        super().__init__(place.path)
        self.place = place

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of the whole."""
        return self.place

    def below(self, route: Route) -> Origin:
        """Return the same origin."""
        return self
