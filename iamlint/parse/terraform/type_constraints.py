"""Terraform's type constraints: `list(string)`, `object({a = optional(number, 1)})`; and conversion to them."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import (
    EmptyList,
    EmptyMap,
    EvaluationError,
    ListValue,
    MapValue,
    Record,
    as_bool,
    as_number,
    as_text,
    is_unknown,
    kind_of,
    make_set,
    sample_of,
    typed_list,
    typed_map,
)
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Type(NamedTuple):
    """A type: `name` is `string`, `number`, `bool`, `any`, `list`, `set`, `map`, `object` or `tuple`."""

    name: str
    element: Any = None  # Type of the elements of list, set, map
    fields: tuple[tuple[str, Any, bool, s.Node | None], ...] = ()  # object: name, Type, optional, default
    items: tuple[Any, ...] = ()  # tuple


ANY = Type("any")
STRING = Type("string")
_PRIMITIVES = {name: Type(name) for name in ("string", "number", "bool", "any")}


def read_type(node: s.Node) -> Type:
    """Return the type that an expression spells; what is no type counts as `any`."""
    if isinstance(node, s.Ref):
        if node.name in _PRIMITIVES:
            return _PRIMITIVES[node.name]
        return Type(node.name, ANY) if node.name in ("list", "set", "map") else ANY
    if isinstance(node, s.Const):  # the spelling of Terraform 0.11: "string", "list", "map"
        old = {"string": STRING, "list": Type("list", ANY), "map": Type("map", ANY)}
        return old.get(node.located.value, ANY) if isinstance(node.located.value, str) else ANY
    if not isinstance(node, s.Call) or not node.arguments:
        return ANY
    inner = node.arguments[0]
    if node.name in ("list", "set", "map"):
        return Type(node.name, read_type(inner))
    if node.name == "tuple" and isinstance(inner, s.TupleExpr):
        return Type("tuple", items=tuple(read_type(item) for item in inner.items))
    if node.name == "object" and isinstance(inner, s.ObjectExpr):
        return Type("object", fields=tuple(_field(key, value) for key, value in inner.items))
    return ANY


def _field(key: s.Node, value: s.Node) -> tuple[str, Type, bool, s.Node | None]:
    name = str(key.located.value) if isinstance(key, s.Const) else ""
    if isinstance(value, s.Call) and value.name == "optional" and value.arguments:
        return name, read_type(value.arguments[0]), True, value.arguments[1] if len(value.arguments) > 1 else None
    return name, read_type(value), False, None


def convert(located: Located, wanted: Type, place: Place, defaults: Any = None) -> Located:
    """Return the value converted to a type. Raises `EvaluationError` where Terraform would refuse.

    `defaults` evaluates the default of an optional attribute.
    """
    value = located.value
    if value is None or wanted.name == "any":
        return located
    if isinstance(value, Unknown):
        return located
    if wanted.name == "string":
        if isinstance(value, (str, Text)):
            return located
        return Located(as_text(located, place), located.place)
    if wanted.name == "number":
        return located if _is_number(value) else Located(as_number(located, place), located.place)
    if wanted.name == "bool":
        return located if isinstance(value, bool) else Located(as_bool(located, place), located.place)
    if wanted.name in ("list", "set", "tuple"):
        return _convert_list(located, wanted, place, defaults)
    return _convert_dict(located, wanted, place, defaults)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _convert_list(located: Located, wanted: Type, place: Place, defaults: Any) -> Located:
    value = located.value
    if not isinstance(value, list):
        raise EvaluationError(f"a {wanted.name} is required here, the value is {kind_of(located)}", place)
    if wanted.name == "tuple":
        if len(value) != len(wanted.items):
            raise EvaluationError(f"a tuple of {len(wanted.items)} elements is required here", place)
        pairs = zip(value, wanted.items, strict=True)
        return Located([convert(item, kind, place, defaults) for item, kind in pairs], located.place)
    items = [convert(item, wanted.element, place, defaults) for item in value]
    if wanted.element.name == "any":
        items = unify(items, place)
    sample = None if items else _sample(wanted.element, place) or sample_of(value)
    if wanted.name == "set":
        return make_set(items, located.place, sample)
    return Located(typed_list(items, sample), located.place)


def _convert_dict(located: Located, wanted: Type, place: Place, defaults: Any) -> Located:
    value = located.value
    if not isinstance(value, dict):
        raise EvaluationError(f"{'an object' if wanted.name == 'object' else 'a map'} is required here,"
                              f" the value is {kind_of(located)}", place)  # fmt: skip
    if wanted.name == "map":
        items = [convert(item, wanted.element, place, defaults) for item in value.values()]
        if wanted.element.name == "any":
            items = unify(items, place)
        sample = None if items else _sample(wanted.element, place) or sample_of(value)
        return Located(typed_map(zip(value, items, strict=True), sample), located.place, keys=located.keys)
    result: dict[str, Located] = {}
    for name, kind, optional, default in wanted.fields:
        given = value.attribute(name, place) if isinstance(value, Record) else value.get(name)
        if given is None and not optional:
            raise EvaluationError(f"the attribute `{name}` is required", place)
        if given is None or (given.value is None and default is not None):
            given = Located(None, place) if default is None or defaults is None else defaults(default)
        result[name] = convert(given, kind, place, defaults)
    return Located(result, located.place, keys=located.keys)


def _sample(kind: Type, place: Place) -> Located | None:
    """Return what a value of a type might be, None for any."""
    value: Any
    if kind.name in _PRIMITIVE_SAMPLES:
        value = _PRIMITIVE_SAMPLES[kind.name]
    elif kind.name in ("list", "set", "map"):
        inside = _sample(kind.element, place)
        value = (typed_map if kind.name == "map" else typed_list)((), inside)
    elif kind.name == "tuple":
        value = [_sample(item, place) for item in kind.items]
    elif kind.name == "object":
        value = {name: _sample(inner, place) for name, inner, _, _ in kind.fields}
    else:
        return None
    parts = value if kind.name == "tuple" else value.values() if kind.name == "object" else ()
    return None if None in parts else Located(value, place, is_set=kind.name == "set")


def unify_all(collections: Iterable[Any], place: Place) -> tuple[list[Located], Located | None]:
    """Return the elements of lists or sets as one type, and what tells it where there are none."""
    taken = list(collections)
    items = [item for values in taken for item in values]
    samples = [values.sample for values in taken if isinstance(values, EmptyList)]
    if not samples:
        return unify(items, place), next((found for values in taken if (found := sample_of(values)) is not None), None)
    unified = unify(items + samples, place)
    return unified[: len(items)], unified[-1]


def unify(items: list[Located], place: Place) -> list[Located]:
    """Return the elements of a list, set or map as one type. Raises `EvaluationError` when no type holds them all.

    Primitives of which one is a string become strings, also inside of structures (go-cty, `convert/unify.go`).
    """
    kinds = {_kind(item) for item in items} - {None}
    if len(kinds) > 1:
        if kinds - _PRIMITIVE_KINDS or "string" not in kinds:
            raise EvaluationError("the elements of a list or map must be of one type", place)
        return [item if item.value is None or is_unknown(item) else convert(item, STRING, place) for item in items]
    if "list" in kinds:
        return _unify_lists(items, place)
    return _unify_dicts(items, place) if "map" in kinds else items


_PRIMITIVE_KINDS = {"string", "number", "bool"}
_PRIMITIVE_SAMPLES: dict[str, Any] = {"string": "", "number": 0, "bool": False}


def _kind(item: Located) -> str | None:
    """Return the kind of an element, None when it fits all."""
    value = item.value
    if value is None or isinstance(value, Unknown):
        return None
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return "string" if isinstance(value, (str, Text)) else "list" if isinstance(value, list) else "map"


def _unify_lists(items: list[Located], place: Place) -> list[Located]:
    """Unify what lists hold: by position when they are tuples of one length, else all of it."""
    lists = [item.value for item in items if isinstance(item.value, list)]
    tuples = not any(item.is_set or isinstance(item.value, ListValue) for item in items)
    if tuples and len({len(values) for values in lists}) == 1:
        columns = [list(column) for column in zip(*lists, strict=True)]
        unified = [unify(column, place) for column in columns]
        if all(one is two for one, two in zip(columns, unified, strict=True)):
            return items
        return _with(items, [list(row) for row in zip(*unified, strict=True)])
    inner = [value for values in lists for value in values]
    samples = [values.sample for values in lists if isinstance(values, EmptyList)]
    if samples and len({item.is_set for item in items if isinstance(item.value, list)}) > 1:
        samples = []  # lists and sets together: go-cty takes one of both types
    flat = unify(inner + samples, place) if samples else unify(inner, place)
    if flat is inner and not tuples and all(isinstance(values, ListValue) for values in lists) and (not flat or all(lists)):
        return items
    following = iter(flat)
    sample = next((item for item in reversed(flat) if item.value is not None and not is_unknown(item)), None)
    return _with(items, [typed_list([next(following) for _ in values], sample) for values in lists])


def _unify_dicts(items: list[Located], place: Place) -> list[Located]:
    """Unify what maps hold: by attribute when they are objects of the same attributes, else all of it."""
    dicts = [item.value for item in items if isinstance(item.value, dict)]
    if any(type(values) is not dict and not isinstance(values, MapValue) for values in dicts):
        return items  # not all of what a resource has is known
    names = dicts[0].keys()
    maps = any(isinstance(values, MapValue) for values in dicts)
    if not maps and all(values.keys() == names for values in dicts):
        columns = [[values[name] for values in dicts] for name in names]
        unified = [unify(column, place) for column in columns]
        if all(one is two for one, two in zip(columns, unified, strict=True)):
            return items
        taken = dict(zip(names, map(iter, unified), strict=True))
        return _with(items, [{name: next(taken[name]) for name in values} for values in dicts])
    inner = [value for values in dicts for value in values.values()]
    samples = [values.sample for values in dicts if isinstance(values, EmptyMap)]
    flat = unify(inner + samples, place) if samples else unify(inner, place)
    if flat is inner and all(isinstance(values, MapValue) for values in dicts):
        return items
    following = iter(flat)
    sample = next((item for item in reversed(flat) if item.value is not None and not is_unknown(item)), None)
    return _with(items, [typed_map([(name, next(following)) for name in values], sample) for values in dicts])


def _with(items: list[Located], made: list[Any]) -> list[Located]:
    """Return the structures among the elements with other content; what is null or unknown stays."""
    following = iter(made)
    return [
        Located(next(following), item.place, keys=item.keys, is_set=item.is_set) if isinstance(item.value, (list, dict)) else item
        for item in items
    ]
