"""Attributes of an instance as values of the model."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.durations import seconds_of
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located, is_partial_list
from iamlint.parse.terraform.policy_document import blocks
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def written(body: Located | Instance, name: str) -> Located | None:
    """Return an attribute that is written and not null."""
    found = (body.body if isinstance(body, Instance) else body).get(name)
    return None if found is None or found.value is None else found


def as_text(located: Located | None) -> Value | None:
    """Return a value as text, as Terraform converts it; None for nothing, an unknown for what is no text."""
    if located is None:
        return None
    value = located.value
    if value is None or isinstance(value, (str, Text, Unknown)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(value)
    return Unknown("the value is no text", located.place)


def text(body: Located | Instance, name: str) -> Value | None:
    """Return an attribute as text, None when it is not written."""
    return as_text(written(body, name))


def is_true(body: Located | Instance, name: str) -> bool:
    """Return whether a boolean attribute is known to be true."""
    return text(body, name) == "true"


def texts(body: Located | Instance, name: str) -> tuple[tuple[Value, Place], ...]:
    """Return the elements of a list of texts with their places; an unknown list is one unknown element."""
    return elements(written(body, name))


def elements(located: Located | None) -> tuple[tuple[Value, Place], ...]:
    """Return the elements of a value that is a list of texts."""
    if located is None:
        return ()
    items = located.spread() if is_partial_list(located) else located.value if isinstance(located.value, list) else [located]
    found: list[tuple[Value, Place]] = []
    for item in items:
        value = as_text(item)
        if value is not None:
            found.append((value, item.place))
    return tuple(found)


def seconds(body: Located | Instance, name: str) -> tuple[int, Place] | None:
    """Return how long something lasts, in seconds with its place, where it is written and known."""
    found = written(body, name)
    lasts = seconds_of(as_text(found))
    return None if found is None or lasts is None else (lasts, found.place)


def nested(body: Located | Instance, name: str) -> Iterator[Located]:
    """Yield the nested blocks of a type (an unknown in place of what cannot be known)."""
    return blocks(body.body if isinstance(body, Instance) else body, name)


def place_of(instance: Instance, name: str) -> Place:
    """Return the place of an attribute's value, the instance's own when the attribute is not written."""
    found = written(instance, name)
    return instance.place if found is None else found.place


def is_written_at(instance: Instance, name: str, place: Place) -> bool:
    """Return whether a place lies in the attribute of this name, and not where a reference in it leads."""
    keys = instance.body.keys or {}
    key = keys.get(name)
    if key is None or key.path != place.path or not key.span or not place.span or place.span[0] < key.span[1]:
        return False
    return not any(key.span[1] <= (other.span or (0, 0))[0] <= place.span[0] for other in keys.values())


def text_map(body: Located | Instance, name: str) -> dict[str, Value]:
    """Return a map of texts; empty when it is not written or not known."""
    found = written(body, name)
    if found is None or not isinstance(found.value, dict):
        return {}
    entries: dict[str, Value] = {}
    for entry, item in found.value.items():
        value = as_text(item)
        if value is not None:
            entries[entry] = value
    return entries


def name_of(instance: Instance, unit: str, attribute: str = "name") -> Value:
    """Return the name, with one symbol for what the provider chooses: all of it, or the end after a prefix."""
    name = text(instance, attribute)
    if name is not None and name != "":
        return name
    chosen = not_in_repository(instance, unit, attribute)
    prefix = text(instance, f"{attribute}_prefix")
    return chosen if prefix is None else concat([prefix, chosen])


def not_in_repository(instance: Instance, unit: str, attribute: str) -> Unknown:
    """Return an attribute that only the provider knows."""
    return Unknown(
        f"`{instance.address}.{attribute}` is known to the provider only", instance.place, instance.symbol(unit, attribute)
    )


def plain_texts(values: tuple[tuple[Value, Place], ...]) -> tuple[Value, ...]:
    """Return values without their places."""
    return tuple(value for value, _ in values)


def json_map(document: Any) -> dict[str, Value]:
    """Return the texts of a JSON object that was read from an attribute."""
    if not isinstance(document, dict):
        return {}
    found: dict[str, Value] = {}
    for name, value in document.items():
        if isinstance(value, (str, Text, Unknown)):
            found[name] = value
        elif isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, (int, float)):
            found[name] = str(value)
    return found
