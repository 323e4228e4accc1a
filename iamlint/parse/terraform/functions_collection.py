"""Functions on collections of which elements may be unknown."""

from __future__ import annotations

from iamlint.parse.terraform.expressions import attribute
from iamlint.parse.terraform.expressions import index as take
from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.functions_string import whole_number
from iamlint.parse.terraform.located import Located, Partial
from iamlint.parse.terraform.type_constraints import unify, unify_all
from iamlint.parse.terraform.values import (
    ListValue,
    MapValue,
    Record,
    as_bool,
    as_text,
    equal,
    same_type,
    sample_of,
    typed_list,
    typed_map,
)
from iamlint.parse.terraform.values import distinct as without_equals
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown


def items(call: Arguments, position: int) -> list[Located] | None:
    """Return the elements of a list argument; None when they are unknown."""
    value = call.values[position].value
    if isinstance(value, Unknown):
        call.frame.scope.budget.doubts += 1
        return None
    if not isinstance(value, list):
        raise call.fail("a list is required")
    return value


def sequence(call: Arguments, position: int) -> list[Located] | None:
    """Return the elements of an argument that is a list or tuple, no set; None when they are unknown."""
    if call.values[position].is_set:
        raise call.fail("a set has no order")
    return items(call, position)


def entries(call: Arguments, position: int) -> dict[str, Located] | None:
    """Return the elements of a map argument; None when they are unknown."""
    value = call.values[position].value
    if isinstance(value, Unknown):
        call.frame.scope.budget.doubts += 1
        return None
    if not isinstance(value, dict):
        raise call.fail("a map is required")
    return value


@function("concat", 1, None, aware=True)
def concat(call: Arguments) -> Located:
    """Return the elements of lists, one list after the other."""
    lists: list[list[Located]] = []
    for position, argument in enumerate(call.values):
        values = items(call, position)
        if values is None:
            return call.unknown()
        if argument.is_set:
            raise call.fail("a set is no list")
        call.frame.scope.budget.spend(len(values))
        lists.append(values)
    if all(isinstance(values, ListValue) for values in lists):
        return call.known(typed_list(*unify_all(lists, call.place)))
    return call.known([item for values in lists for item in values])


@function("merge", 0, None, aware=True, nullable=True)
def merge(call: Arguments) -> Located:
    """Return the elements of maps; later ones win. Maps of one type make a map, others an object (go-cty: `MergeFunc`)."""
    result: dict[str, Located] = {}
    places: dict[str, Place] = {}
    maps: list[dict[str, Located]] = []
    for position, argument in enumerate(call.values):
        if argument.value is None:
            continue
        values = entries(call, position)
        if values is None:
            return call.unknown()
        call.frame.scope.budget.spend(len(values))
        maps.append(values)
        keys = argument.keys or {}
        for name, item in values.items():
            result[name] = item
            places[name] = keys.get(name) or item.place
    if maps and all(isinstance(values, MapValue) and same_type(values, maps[0]) for values in maps):
        result = typed_map(result, sample_of(maps[0]))
    return Located(result, call.place, keys=places)


@function("distinct", 1, aware=True)
def distinct(call: Arguments) -> Located:
    """Return the elements without duplicates."""
    values = items(call, 0)
    if values is None or (len(values) > 1 and any(isinstance(item.value, (Text, Unknown)) for item in values)):
        return call.unknown()
    call.frame.scope.budget.spend(len(values))
    return call.known(typed_list(without_equals(unify(values, call.place)), sample_of(values)))


@function("compact", 1, aware=True)
def compact(call: Arguments) -> Located:
    """Return the elements that are neither null nor empty."""
    values = items(call, 0)
    if values is None:
        return call.unknown()
    result: list[Located] = []
    more: list[Located] = []
    for item in values:
        if isinstance(item.value, Unknown) or (
            isinstance(item.value, Text) and not any(isinstance(part, str) for part in item.value.parts)
        ):
            more.append(item)
        elif item.value is not None and item.value != "":
            result.append(item if isinstance(item.value, (str, Text)) else Located(as_text(item, call.place), item.place))
    known = call.known(typed_list(result, call.known("")))
    if not more:
        return known
    call.frame.scope.budget.doubts += 1
    whole = call.unknown()
    return whole if call.frame.scope.budget.strict else Partial(whole, known, whole.value, more=more)


@function("contains", 2, aware=True)
def contains(call: Arguments) -> Located:
    """Return whether a list has an element."""
    values = items(call, 0)
    if values is None:
        return call.unknown()
    call.frame.scope.budget.spend(len(values))
    wanted = call.values[1]
    verdicts = [equal(item, wanted) for item in values]
    if True in verdicts:
        return call.known(True)
    return call.unknown() if None in verdicts else call.known(False)


@function("keys", 1, aware=True)
def keys(call: Arguments) -> Located:
    """Return the keys of a map, sorted."""
    values = entries(call, 0)
    if values is None:
        return call.unknown()
    places = call.values[0].keys or {}
    names = [Located(name, places.get(name, values[name].place)) for name in sorted(values)]
    return call.known(typed_list(names, call.known("")) if isinstance(values, MapValue) else names)


@function("values", 1, aware=True)
def values_(call: Arguments) -> Located:
    """Return the elements of a map in order of their keys."""
    values = entries(call, 0)
    if values is None:
        return call.unknown()
    result = [values[name] for name in sorted(values)]
    return call.known(typed_list(result, sample_of(values)) if isinstance(values, MapValue) else result)


@function("lookup", 2, 3, aware=True, nullable=True)
def lookup(call: Arguments) -> Located:
    """Return the element of a map at a key, or the default."""
    values = entries(call, 0)
    name = as_text(call.values[1], call.place, "a key")
    if values is None:
        return call.unknown()
    if not isinstance(name, str):
        call.frame.scope.budget.doubts += 1
        return call.unknown()
    if isinstance(values, Record):
        return attribute(call.values[0], name, call.frame, call.place)
    if name in values:
        return values[name]
    if len(call.values) == 2:
        raise call.fail("the map has no such key, and there is no default")
    if isinstance(values, MapValue) and not isinstance(call.values[2].value, Unknown):
        sample = sample_of(values)
        return unify([*values.values(), *([] if values or sample is None else [sample]), call.values[2]], call.place)[-1]
    return call.values[2]


@function("element", 2, aware=True)
def element(call: Arguments) -> Located:
    """Return the element at an index that wraps around."""
    values = sequence(call, 0)
    if values is None or isinstance(call.values[1].value, (Unknown, Text)):
        call.frame.scope.budget.doubts += 1
        return take(call.values[0], call.values[1], call.frame, call.place) if values is None else call.unknown()
    number = whole_number(call, 1)
    if not values:
        raise call.fail("the list is empty")
    return values[number % len(values)]


@function("index", 2, aware=True)
def index(call: Arguments) -> Located:
    """Return the place of an element in a list."""
    values = sequence(call, 0)
    if values is None:
        return call.unknown()
    for number, item in enumerate(values):
        verdict = equal(item, call.values[1])
        if verdict is None:
            call.frame.scope.budget.doubts += 1
            return call.unknown()
        if verdict:
            return call.known(number)
    raise call.fail("the list has no such element")


@function("one", 1, aware=True)
def one(call: Arguments) -> Located:
    """Return the only element of a list, or null when it is empty."""
    values = items(call, 0)
    if values is None:
        return call.unknown()
    if len(values) > 1:
        raise call.fail("the list has more than one element")
    return values[0] if values else call.known(None)


@function("reverse", 1, aware=True)
def reverse(call: Arguments) -> Located:
    """Return the elements from the last to the first."""
    values = items(call, 0)
    if values is None or (call.values[0].is_set and any(not isinstance(item.value, str) for item in values)):
        return call.unknown()
    result = values[::-1]
    return call.known(typed_list(result, sample_of(values)) if isinstance(values, ListValue) else result)


@function("slice", 3, aware=True)
def slice_(call: Arguments) -> Located:
    """Return some elements of a list, in a row."""
    values = sequence(call, 0)
    if values is None or any(isinstance(value.value, (Unknown, Text)) for value in call.values[1:]):
        call.frame.scope.budget.doubts += 1
        return call.unknown()
    start, end = whole_number(call, 1), whole_number(call, 2)
    if not 0 <= start <= end <= len(values):
        raise call.fail("the list has no such elements")
    part = values[start:end]
    return call.known(typed_list(part, sample_of(values)) if isinstance(values, ListValue) else part)


@function("zipmap", 2, aware=True)
def zipmap(call: Arguments) -> Located:
    """Return a map of a list of keys and a list of values."""
    names, values = items(call, 0), sequence(call, 1)
    if names is None or values is None:
        return call.unknown()
    if len(names) != len(values):
        raise call.fail("the lists are of different lengths")
    texts = [as_text(name, call.place) for name in names]
    if not all(isinstance(name, str) for name in texts):
        return call.unknown()
    places = {str(name): item.place for name, item in zip(texts, names, strict=True)}
    result = {str(name): value for name, value in zip(texts, values, strict=True)}
    return Located(typed_map(result, sample_of(values)) if isinstance(values, ListValue) else result, call.place, keys=places)


def _truth(call: Arguments, decisive: bool) -> Located:
    values = items(call, 0)
    if values is None:
        return call.unknown()
    truths = [False if item.value is None else as_bool(item, call.place) for item in values]
    if decisive in truths:
        return call.known(decisive)
    return call.unknown() if any(isinstance(truth, Unknown) for truth in truths) else call.known(not decisive)


@function("alltrue", 1, aware=True)
def alltrue(call: Arguments) -> Located:
    """Return whether all elements are true."""
    return _truth(call, False)


@function("anytrue", 1, aware=True)
def anytrue(call: Arguments) -> Located:
    """Return whether an element is true."""
    return _truth(call, True)
