"""The type that both sides of a conditional share."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.type_constraints import STRING, convert
from iamlint.parse.terraform.values import ListValue, MapValue, Record, make_set
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown


def common_type(chosen: Located, other: Located, place: Place) -> Located:
    """Return the chosen side of a conditional, converted to the type that both sides share."""
    value, against = chosen.value, other.value
    if isinstance(value, (bool, int, float)):
        return convert(chosen, STRING, place) if isinstance(against, (str, Text)) else chosen
    if isinstance(value, list) and isinstance(against, list):
        if other.is_set and not isinstance(value, ListValue):
            return make_set(_alike(value, against, place), chosen.place)
        if chosen.is_set or other.is_set or isinstance(value, ListValue) or isinstance(against, ListValue) or len(value) != len(
            against
        ):  # fmt: skip
            items = _alike(value, against, place)
            return make_set(items, chosen.place) if chosen.is_set else Located(ListValue(items), chosen.place)
        return Located([_pair(a, b, place) for a, b in zip(value, against, strict=True)], chosen.place)
    if isinstance(value, dict) and isinstance(against, dict) and not isinstance(value, Record):
        if isinstance(against, Record):
            return chosen
        if isinstance(value, MapValue) or isinstance(against, MapValue) or value.keys() != against.keys():
            items = _alike(list(value.values()), list(against.values()), place)
            return Located(MapValue(zip(value, items, strict=True)), chosen.place, keys=chosen.keys)
        same = {name: _pair(item, against[name], place) for name, item in value.items()}
        return Located(same, chosen.place, keys=chosen.keys)
    return chosen


def _pair(chosen: Located, other: Located, place: Place) -> Located:
    if chosen.value is None or other.value is None or isinstance(chosen.value, (str, Text, Unknown, list, dict)):
        return chosen
    return common_type(chosen, other, place)


def _alike(chosen: list[Located], other: list[Located], place: Place) -> list[Located]:
    """Return the chosen elements; as strings when an element on either side is one."""
    if any(isinstance(item.value, (str, Text)) for item in (*chosen, *other)) and not any(
        isinstance(item.value, (list, dict)) for item in (*chosen, *other)
    ):
        return [item if item.value is None else convert(item, STRING, place) for item in chosen]
    return chosen
