"""Values that know where they stand: what an expression picks out of a document can be placed again.

Texts, lists and mappings are of subclasses that carry their route and call themselves by the plain names, which is what the
JMESPath library looks at. Numbers, flags and nulls carry nothing: they stand where their mapping stands.
"""

from __future__ import annotations

from iamlint.source.place import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class TracedText(str):
    """A text with its route."""

    __slots__ = ("route",)
    route: Route


class TracedList(list["Any"]):
    """A list with its route."""

    __slots__ = ("route",)
    route: Route


class TracedDict(dict[str, "Any"]):
    """A mapping with its route."""

    __slots__ = ("route",)
    route: Route


for _plain, _traced in ((str, TracedText), (list, TracedList), (dict, TracedDict)):
    _traced.__name__ = _plain.__name__  # the library tells types by their names


def traced(value: Any, route: Route = ()) -> Any:
    """Return a value of which every text, list and mapping knows its route; keys that are no text are left out."""
    if isinstance(value, str):
        text = TracedText(value)
        text.route = route
        return text
    if isinstance(value, list):
        items = TracedList(traced(item, (*route, index)) for index, item in enumerate(value))
        items.route = route
        return items
    if isinstance(value, dict):
        fields = TracedDict({key: traced(item, (*route, key)) for key, item in value.items() if isinstance(key, str)})
        fields.route = route
        return fields
    return value


def route_of(value: Any) -> Route | None:
    """Return where a value stands, None for one that was computed or carries nothing."""
    found: Route | None = getattr(value, "route", None)
    return found
