"""The type that both sides of a conditional share."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.type_constraints import STRING, Type, convert, unify, unify_all
from iamlint.parse.terraform.values import EmptyList, EvaluationError, ListValue, MapValue, make_set, sample_of, typed_list
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown


def common_type(chosen: Located, other: Located, place: Place) -> Located:
    """Return the chosen side of a conditional, converted to the type that both sides share.

    Raises `EvaluationError` when there is no such type.
    """
    value, against = chosen.value, other.value
    if isinstance(against, Unknown):
        return chosen
    kinds = {_kind(value), _kind(against)}
    if len(kinds) > 1 and not ("string" in kinds and kinds & {"bool", "number"}):
        raise EvaluationError("the two sides of a conditional must be of one type", place)
    if isinstance(value, (bool, int, float)):
        return convert(chosen, STRING, place) if isinstance(against, (str, Text)) else chosen
    if isinstance(value, list) and (chosen.is_set or other.is_set):
        return _with_set(chosen, other, place)
    try:
        return unify([chosen, other], place)[0] if isinstance(value, (list, dict)) else chosen
    except EvaluationError:
        if isinstance(against, MapValue) and not against and sample_of(against) is None:
            return chosen  # `tomap({})` is a map of anything: where no type fits all attributes, the object stays one
        raise


def _with_set(chosen: Located, other: Located, place: Place) -> Located:
    """Return the chosen of two lists of which one is a set: a list outranks a set, and a set a tuple."""
    value, against = chosen.value, other.value
    unified, sample = unify_all([value, against], place)
    if chosen.is_set and other.is_set:
        return make_set(unified[: len(value)], chosen.place, sample)
    listed = against if chosen.is_set else value
    if isinstance(listed, ListValue) is not chosen.is_set:
        return chosen
    told = [*against, against.sample] if isinstance(against, EmptyList) else against
    kinds = {_kind(item.value) for item in told if item.value is not None and not isinstance(item.value, Unknown)}
    items = unify(value, place)
    if len(kinds) == 1 and kinds <= {"string", "number", "bool"}:
        items = [convert(item, Type(next(iter(kinds))), place) for item in items]
    sample = sample if value else sample_of(value) or sample
    return Located(typed_list(items, sample), chosen.place) if chosen.is_set else make_set(items, chosen.place, sample)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return "string" if isinstance(value, (str, Text)) else "list" if isinstance(value, list) else "map"
