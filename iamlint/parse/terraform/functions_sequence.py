"""Functions on collections of which every element must be known."""

from __future__ import annotations

import itertools

from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.functions_collection import entries, items
from iamlint.parse.terraform.functions_string import strings, whole_number
from iamlint.parse.terraform.located import Located, Partial, is_partial_list
from iamlint.parse.terraform.partial import besides
from iamlint.parse.terraform.type_constraints import unify, unify_all
from iamlint.parse.terraform.values import ListValue, OutOfBounds, as_text, equal, make_set, sample_of, typed_list, typed_map
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def known_items(call: Arguments, position: int) -> list[Located]:
    """Return the elements of a list argument that is known."""
    found = items(call, position)
    return [] if found is None else found


@function("sort", 1)
def sort(call: Arguments) -> Located:
    """Return texts in order."""
    given = known_items(call, 0)
    values = [as_text(item, call.place) for item in given]
    if not given and (sample := sample_of(given)) is not None:
        as_text(sample, call.place)
    return strings(call, sorted(value for value in values if isinstance(value, str)))


@function("flatten", 1, aware=True)
def flatten(call: Arguments) -> Located:
    """Return the elements of nested lists as one list."""
    values = items(call, 0)
    if values is None:
        return call.unknown()
    result, more, rest = _flat(call, values)
    if rest is None:
        return call.known(result)
    call.frame.scope.budget.doubts += 1
    return Partial(call.unknown(), call.known(result), rest, more=more) if result or more else call.unknown()


def _flat(call: Arguments, values: list[Located]) -> tuple[list[Located], list[Located] | None, Unknown | None]:
    """Return the elements of nested lists, what there may be in them besides (None for anything), and why there may be more."""
    result: list[Located] = []
    more: list[Located] | None = []
    rest: Unknown | None = None
    waiting = list(reversed(values))
    while waiting:
        call.frame.scope.budget.spend(1)
        item = waiting.pop()
        if is_partial_list(item):
            waiting.extend(reversed(item.known.value))
            rest, more = rest or item.rest, besides(more, item)
        elif isinstance(item.value, Unknown):
            rest, more = rest or item.value, None  # it may be a list
        elif isinstance(item.value, list):
            waiting.extend(reversed(item.value))
        else:
            result.append(item)
    if more:
        inside, deeper, _ = _flat(call, more)
        more = None if deeper is None else [*inside, *deeper]
    return result, more, rest


def _members(values: list[Located], wanted: list[Located]) -> list[bool]:
    return [any(equal(item, other) for other in wanted) for item in values]


def _spend_pairs(call: Arguments) -> None:
    sizes = [len(value.value) for value in call.values if isinstance(value.value, list)]
    call.frame.scope.budget.spend(max(sizes, default=0) * (sum(sizes) // 100 + 1))


@function("setunion", 1, None, aware=True)
def setunion(call: Arguments) -> Located:
    """Return the elements of all sets."""
    sets: list[list[Located]] = []
    for position in range(len(call.values)):
        values = items(call, position)
        if values is None:
            return call.unknown()
        sets.append(values)
    call.frame.scope.budget.spend(sum(map(len, sets)))
    result, sample = unify_all(sets, call.place)
    return make_set(result, call.place, sample)


def _sets(call: Arguments) -> tuple[list[list[Located]], Located | None]:
    """Return the elements of all arguments, of one type, and what tells that type."""
    _spend_pairs(call)
    sets = [known_items(call, position) for position in range(len(call.values))]
    unified, sample = unify_all(sets, call.place)
    flat = iter(unified)
    return [[next(flat) for _ in values] for values in sets], sample


@function("setintersection", 1, None)
def setintersection(call: Arguments) -> Located:
    """Return the elements that all sets share."""
    (result, *others), sample = _sets(call)
    for other in others:
        result = [item for item, keep in zip(result, _members(result, other), strict=True) if keep]
    return make_set(result, call.place, sample)


@function("setsubtract", 2)
def setsubtract(call: Arguments) -> Located:
    """Return the elements of the first set that the second has not."""
    (values, other), sample = _sets(call)
    return make_set([item for item, out in zip(values, _members(values, other), strict=True) if not out], call.place, sample)


@function("setproduct", 2, None, aware=True)
def setproduct(call: Arguments) -> Located:
    """Return all combinations of elements, one of each collection."""
    collections: list[list[Located]] = []
    size = 1
    for position, argument in enumerate(call.values):
        values = items(call, position)
        if values is None or (argument.is_set and any(isinstance(item.value, (Unknown, Text, list, dict)) for item in values)):
            return call.unknown()
        collections.append(unify(values, call.place))
        size *= len(values)
    if size > 100_000:
        raise OutOfBounds
    call.frame.scope.budget.spend(size)
    rows = [Located(list(row), call.place) for row in itertools.product(*collections)]
    sample = call.known([sample_of(value.value) or call.known(None) for value in call.values])
    if any(value.is_set for value in call.values):
        return make_set(rows, call.place, sample)
    return call.known(typed_list(rows, sample))


@function("chunklist", 2, aware=True)
def chunklist(call: Arguments) -> Located:
    """Return the elements in lists of a size."""
    values = items(call, 0)
    if values is None or isinstance(call.values[1].value, (Unknown, Text)):
        return call.unknown()
    size = whole_number(call, 1)
    if size < 0:
        raise call.fail("the size is negative")
    if values:
        values = unify(values, call.place)
    step = size or max(len(values), 1)
    parts = [Located(ListValue(values[at : at + step]), call.place) for at in range(0, len(values), step)]
    return call.known(typed_list(parts, call.known(typed_list((), sample_of(values)))))


@function("matchkeys", 3)
def matchkeys(call: Arguments) -> Located:
    """Return the values whose keys are searched for."""
    values, names = known_items(call, 0), known_items(call, 1)
    if len(values) != len(names):
        raise call.fail("the lists are of different lengths")
    _spend_pairs(call)
    wanted = known_items(call, 2)
    alike, _ = unify_all([names, wanted], call.place)
    kept = _members(alike[: len(names)], alike[len(names) :])
    sample = sample_of(values)
    values = unify(values, call.place)
    return call.known(typed_list([value for value, keep in zip(values, kept, strict=True) if keep], sample))


@function("transpose", 1)
def transpose(call: Arguments) -> Located:
    """Return a map of lists, turned around."""
    result: dict[str, list[Any]] = {}
    values = entries(call, 0) or {}
    for name in sorted(values):
        inside = values[name].value
        if not isinstance(inside, list):
            raise call.fail("a map of lists is required")
        for item in inside:
            result.setdefault(str(as_text(item, call.place)), []).append(name)
    made = [(name, strings(call, names)) for name, names in sorted(result.items())]
    return call.known(typed_map(made, strings(call, [])))
