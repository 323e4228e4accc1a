"""`Fn::FindInMap`: the entries of a template's mappings."""

from __future__ import annotations

from iamlint.parse.cloudformation.template import Frame, Template
from iamlint.source.place import Route
from iamlint.source.value import Text, Unknown, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def find_in_map(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    """Return what `Fn::FindInMap` gives."""
    if not isinstance(argument, list) or len(argument) < 3:
        return _unknown(template, "`Fn::FindInMap` needs a map and two keys", here)
    keys = [template.text(item, (*here, number)) for number, item in enumerate(argument[:3])]
    if all(isinstance(item, str) for item in keys):
        found = _at(template.mappings, keys)
        if found is not None:
            return found
        if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
            return template.value(argument[3]["DefaultValue"], (*here, 3, "DefaultValue"))
        return _unknown(template, f"the mapping `{keys[0]}` has no entry `{keys[1]}`, `{keys[2]}`", here)
    if isinstance(keys[0], str) and isinstance(keys[2], str) and isinstance(template.mappings.get(keys[0]), dict):
        rows = template.mappings[keys[0]]
        values = [_at(rows, [row, keys[2]]) for row in rows]
        if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
            values.append(template.value(argument[3]["DefaultValue"], (*here, 3, "DefaultValue")))  # of a key that no row has
        if values and all(value == values[0] for value in values) and values[0] is not None:
            return values[0]  # whatever the key is
    first = next((item for item in keys if isinstance(item, (Unknown, Text))), None)
    shown = "/".join(key(item) if item is not None else "?" for item in keys)
    reason = "`Fn::FindInMap` names nothing"
    if first is not None:
        reason = (
            f"which entry of the mapping `{keys[0]}` counts is not known"
            if isinstance(keys[0], str)
            else "the mapping is not known"
        )
    return _unknown(template, reason, here, f"{template.unit}#mapping {shown}")


def _at(value: Any, keys: list[Any]) -> Any:
    for step in keys:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _unknown(template: Template, reason: str, here: Route, symbol: str | None = None) -> Unknown:
    return Unknown(reason, template.at(here), symbol)
