"""Texts that are empty because a parameter's default is: somebody is meant to fill them, and nobody grants anything to nobody."""

from __future__ import annotations

from iamlint.parse.cloudformation.json_texts import written_at
from iamlint.parse.cloudformation.template import Template
from iamlint.source.place import Origin, Place, Route
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def without_blanks(template: Template, value: Any, origin: Origin, route: Route = ()) -> Any:
    """Return a value with an unknown in place of each empty text that a parameter gives; what has none stays as it is."""
    if isinstance(value, dict):
        if any(map(_may_be_blank, value.values())):
            return {name: without_blanks(template, item, origin, (*route, name)) for name, item in value.items()}
    elif isinstance(value, list):
        if any(map(_may_be_blank, value)):
            return [without_blanks(template, item, origin, (*route, number)) for number, item in enumerate(value)]
    elif type(value) is str and not value:
        return blank(template, origin.at(route)) or value
    return value


def _may_be_blank(value: Any) -> bool:
    return isinstance(value, (dict, list)) or (type(value) is str and not value)


def blank(template: Template, place: Place) -> Unknown | None:
    """Return the unknown that stands for an empty text at a place; None when no parameter alone gives it."""
    written = written_at(template, place.route)
    name = written.get("Ref", written.get("Fn::Sub")) if isinstance(written, dict) else None
    name = name.removeprefix("${").removesuffix("}") if isinstance(name, str) else None
    if name not in template.parameters:
        return None
    return Unknown(f"the default of parameter `{name}` is empty", place, f"{template.unit}#parameter {name}")
