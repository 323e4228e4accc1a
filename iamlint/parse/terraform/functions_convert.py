"""Functions that convert types, and those that choose by null."""

from __future__ import annotations

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Frame
from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.type_constraints import ANY, Type, convert, read_type, unify
from iamlint.parse.terraform.values import EvaluationError
from iamlint.source.value import Text, Unknown


def _convert(name: str, wanted: Type) -> None:
    def run(call: Arguments) -> Located:
        value = call.values[0]
        if value.is_set and wanted.name == "list" and any(not isinstance(item.value, (str, int, float)) for item in value.value):
            return _unordered(call)
        if wanted.name in ("set", "list") and isinstance(value.value, dict):
            raise call.fail("an object is no list")
        return convert(value, wanted, call.place)

    function(name, 1, aware=True, nullable=True)(run)


def _unordered(call: Arguments) -> Located:
    """Return the list made of a set whose order we do not know."""
    if len(call.values[0].value) > 1:
        return call.known(Unknown("the order of a set of structures is not known", call.place))
    return convert(call.values[0], Type("list", ANY), call.place)


_convert("tostring", Type("string"))
_convert("tonumber", Type("number"))
_convert("tobool", Type("bool"))
_convert("tolist", Type("list", ANY))
_convert("toset", Type("set", ANY))
_convert("tomap", Type("map", ANY))


def converted(node: s.Call, frame: Frame) -> Located:
    """Return what `convert(value, type)` comes to: its second argument is a type, not a value."""
    if len(node.arguments) != 2 or node.expand:
        raise EvaluationError("`convert`: a value and a type are required", node.place)
    value, kind = node.arguments
    return convert(evaluate(value, frame), read_type(kind), node.place, lambda default: evaluate(default, frame))


def _same(call: Arguments) -> Located:
    return call.values[0]


for _name in ("sensitive", "nonsensitive", "ephemeral"):
    function(_name, 1, aware=True, nullable=True)(_same)


@function("issensitive", 1, aware=True, nullable=True)
def issensitive(call: Arguments) -> Located:
    """Return whether a value is marked; we keep no marks."""
    return call.known(Unknown("marks of sensitive values are not kept", call.place))


@function("coalesce", 1, None, aware=True, nullable=True)
def coalesce(call: Arguments) -> Located:
    """Return the first value that is neither null nor an empty string."""
    for value in unify(call.values, call.place):
        if isinstance(value.value, Unknown):
            return call.unknown()
        if isinstance(value.value, Text):
            return value if any(isinstance(part, str) for part in value.value.parts) else call.unknown()
        if value.value is not None and value.value != "":
            return value
    raise call.fail("no argument has a value")


@function("coalescelist", 1, None, aware=True, nullable=True)
def coalescelist(call: Arguments) -> Located:
    """Return the first list that is not empty."""
    if any(value.is_set or not isinstance(value.value, (list, Unknown, type(None))) for value in call.values):
        raise call.fail("a list is required")
    for value in call.values:
        if isinstance(value.value, Unknown):
            return call.unknown()
        if value.value:
            return value
    raise call.fail("no list has an element")
