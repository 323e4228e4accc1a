"""A mapping read from a file, asked for its fields: what has the wrong type is as if it were not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.source.place import Origin, Place, Route
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Entry:
    """A mapping and where it stands. Nothing here reports: a schema check has done that, or nothing promises a shape."""

    __slots__ = ("origin", "route", "value")

    def __init__(self, value: dict[Any, Any], origin: Origin, route: Route = ()) -> None:
        self.value = value
        self.origin = origin
        self.route = route

    @property
    def place(self) -> Place:
        """Return the place of the mapping."""
        return self.origin.at(self.route)

    def at(self, *steps: str | int, part: str = "value") -> Place:
        """Return the place of a field, or of something inside it."""
        return self.origin.at((*self.route, *steps), part)

    def text(self, name: str) -> str | None:
        """Return a field's text, or None."""
        value = self.value.get(name)
        return value if isinstance(value, str) and value else None

    def words(self, name: str) -> Value | None:
        """Return a field's text as far as it is known, or None: Terraform writes documents of which stretches are unknown."""
        value = self.value.get(name)
        return value if isinstance(value, (str, Text, Unknown)) and value != "" else None

    def flag(self, name: str) -> bool:
        """Return whether a field is written and true."""
        return self.value.get(name) is True

    def texts(self, name: str) -> list[tuple[str, Place]]:
        """Return the texts of a list with their places; a single text counts as a list of one."""
        value = self.value.get(name)
        if isinstance(value, str) and value:
            return [(value, self.at(name))]
        items = value if isinstance(value, list) else ()
        return [(item, self.at(name, index)) for index, item in enumerate(items) if isinstance(item, str) and item]

    def texts_in(self, name: str, field: str) -> list[tuple[int, str]]:
        """Return the texts of a field of the mappings of a list, with the indices of these."""
        items = self.value.get(name)
        return [
            (index, text)
            for index, item in enumerate(items if isinstance(items, list) else ())
            if isinstance(item, dict) and isinstance(text := item.get(field), str) and text
        ]

    def texts_by_name(self) -> dict[str, str]:
        """Return the fields that are texts."""
        return {name: value for name, value in self.value.items() if isinstance(name, str) and isinstance(value, str)}

    def mapping(self, name: str) -> Entry | None:
        """Return a field that is a mapping, or None."""
        value = self.value.get(name)
        return Entry(value, self.origin, (*self.route, name)) if isinstance(value, dict) else None

    def entries(self, name: str) -> Iterator[Entry]:
        """Yield the mappings of a list."""
        value = self.value.get(name)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield Entry(item, self.origin, (*self.route, name, index))

    def named(self) -> Iterator[tuple[str, Entry]]:
        """Yield the fields that are mappings, with their names."""
        for name, item in self.value.items():
            if isinstance(name, str) and isinstance(item, dict):
                yield name, Entry(item, self.origin, (*self.route, name))


def entries_of(value: Any, origin: Origin) -> Iterator[Entry]:
    """Yield the mappings of a document that is one, or a list of them."""
    if isinstance(value, dict):
        yield Entry(value, origin)
    elif isinstance(value, list):
        yield from (Entry(item, origin, (index,)) for index, item in enumerate(value) if isinstance(item, dict))


def all_alike(items: Any, test: Callable[[Any], object]) -> bool:
    """Return whether a list holds something, and nothing but what a test takes. A long list is told by its beginning."""
    return isinstance(items, list) and bool(items) and all(test(item) for item in items[:_ENOUGH])


_ENOUGH = 50
