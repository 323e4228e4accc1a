"""`count`, `for_each` and `enabled`: the keys of the instances."""

from __future__ import annotations

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Instances
from iamlint.parse.terraform.located import Located, Partial
from iamlint.parse.terraform.root import MOST_INSTANCES, MOST_OF_ONE
from iamlint.parse.terraform.values import EvaluationError, as_number, first_unknown, kind_of
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown
from iamlint.source.value import key as key_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.module import Module

Names = dict[str, Located]


class Expansion(NamedTuple):
    """The instances of a block: their keys, and the names that hold in each (`each`, `count`).

    `unknown` says why the keys are not known; then one entry without a key, the first, stands for all of them. `maybe` says
    the same where the keys are known but not whether the instances exist. `of` names what is not known of the keys: two blocks
    with one name have the same keys.
    """

    kind: str  # `single`, `count` or `each`
    entries: tuple[tuple[Any, Names], ...]
    unknown: Unknown | None = None
    maybe: Unknown | None = None
    symbol: str = ""
    of: str = ""

    @property
    def each(self) -> str:
        """Return the symbol of the key that stands for all of them."""
        return f"{self.of}.count.index" if self.kind == "count" else f"{self.of}.each.key"

    def suffix(self, number: Any) -> str:
        """Return the end of an instance's address."""
        if self.kind == "single":
            return ""
        if isinstance(number, (Text, Unknown)):
            return f'["{key_text(number)}"]'
        if number is None:
            return "[*]"
        return f"[{number}]" if isinstance(number, int) else '["' + number.replace("\\", "\\\\").replace('"', '\\"') + '"]'

    def names_at(self, number: Any, place: Place) -> Names:
        """Return the names that hold in an instance with a key, where the keys are not known."""
        reason = self.unknown.reason if self.unknown else ""
        if self.kind == "count":
            value = Located(number if number is not None else Unknown(reason, place, self.each), place)
            return {"count": Located({"index": value}, place)}
        suffix = self.suffix(number)
        symbol = f"{self.of}.each.value" if number is None else f"{self.symbol}{suffix}.each.value"
        each = {
            "key": Located(number if number is not None else Unknown(reason, place, self.each), place),
            "value": Located(Unknown(reason, place, symbol), place),
        }
        return {"each": Located(each, place)}


def expand(block: Block, module: Module, key: Any) -> Expansion:
    """Return the instances of a resource, data source or module call."""
    count, for_each = block.attributes.get("count"), block.attributes.get("for_each")
    if count is None and for_each is None:
        return _switched(block, module, key)
    kind = "count" if count is not None else "each"
    attribute = count or for_each
    assert attribute is not None
    name = ".".join((block.type, *block.labels))
    symbol = f"{module.root.unit}#{module.prefix}{name}"
    value = module.guarded((*key, kind), f"{name}.{'count' if count else 'for_each'}", attribute.place, attribute)
    maybe: Unknown | None = None
    if kind == "each" and isinstance(value, Partial) and value.known.value:
        return _of_parts(value, symbol, attribute, module)
    if isinstance(value.value, Unknown):
        sides = _sides(attribute, module)
        maybe = value.value
        if sides:
            value = _widest(sides, kind, value)
        if isinstance(value.value, Unknown):
            return _unknown(kind, value.value, symbol, attribute.place)
    entries, problem = _count(value, attribute) if kind == "count" else _each(value)
    if problem and value.value == [] and not isinstance(attribute.node(), s.TupleExpr):
        problem = ""  # the other side of the conditional that made it is a set, which nobody knows
    if problem:
        return _unknown(kind, Unknown(problem, attribute.place, f"{symbol}.{kind}"), symbol, attribute.place)
    if len(entries) > MOST_OF_ONE or module.root.instances + len(entries) > MOST_INSTANCES:
        message = f"`{name}` makes {len(entries):,} instances: too many to evaluate"
        if len(entries) <= MOST_OF_ONE:
            message = f"the root module has more than {MOST_INSTANCES:,} instances with those of `{name}`: too many to evaluate"
        module.root.problem("IL003", message, attribute.place)
        return _unknown(
            kind, Unknown("there are too many instances", attribute.place, f"{symbol}.{kind}"), symbol, attribute.place
        )
    return Expansion(kind, tuple(entries), None, maybe, symbol)


def _switched(block: Block, module: Module, key: Any) -> Expansion:
    """Return the one instance, or none where `lifecycle` says `enabled = false` (OpenTofu: "The enabled Meta-Argument")."""
    one: tuple[tuple[Any, Names], ...] = ((None, {}),)
    lifecycle = [inner.attributes for inner in block.blocks if inner.type == "lifecycle"]
    switch = next((attributes["enabled"] for attributes in lifecycle if "enabled" in attributes), None)
    if switch is None:
        return Expansion("single", one)
    name = ".".join((block.type, *block.labels))
    value = module.guarded((*key, "enabled"), f"{name}.lifecycle.enabled", switch.place, switch).value
    if value in (False, "false"):
        return Expansion("single", ())
    return Expansion("single", one, None, value if isinstance(value, Unknown) else None)


def _unknown(kind: str, unknown: Unknown, symbol: str, place: Place, of: Unknown | None = None) -> Expansion:
    name = unknown.symbol if of is None else of.symbol
    if kind == "each" and isinstance(unknown, Instances) and unknown.each:  # the same keys, and each value is one of those
        shape = Expansion(kind, (), unknown, unknown, symbol, unknown.each.removesuffix(".each.key"))
        if unknown.each.endswith(".each.key"):
            each = {"key": Located(Unknown(unknown.reason, place, unknown.each), place), "value": unknown.at(None)}
            return shape._replace(entries=((None, {"each": Located(each, place)}),))
    shape = Expansion(kind, (), unknown, unknown, symbol, name)
    return shape._replace(entries=((None, shape.names_at(None, place)),))


def _of_parts(value: Partial, symbol: str, attribute: Attribute, module: Module) -> Expansion:
    """Return the instances that there are, and one for those that there may be besides."""
    known = value.known
    if isinstance(known.value, list) and not known.is_set:
        return _unknown("each", value.value, symbol, attribute.place)
    pairs = value.pairs()
    if len(pairs) > MOST_OF_ONE or module.root.instances + len(pairs) > MOST_INSTANCES:
        return _unknown("each", value.value, symbol, attribute.place)
    entries = [(key.value, {"each": Located({"key": key, "value": item}, value.place)}) for key, item in pairs]
    if value.rest is None:
        return Expansion("each", tuple(entries), None, None, symbol)
    more = _unknown("each", value.rest, symbol, attribute.place, value.value)
    return more._replace(entries=(*more.entries, *entries))


def _count(value: Located, attribute: Attribute) -> tuple[list[tuple[Any, Names]], str]:
    try:
        number = as_number(value, attribute.place)
    except EvaluationError as problem:
        return [], problem.message
    if not isinstance(number, int) or number < 0:
        return [], "`count` is no whole number"
    if number > MOST_OF_ONE:
        return [(None, {})] * (MOST_OF_ONE + 1), ""
    place = attribute.place
    return [(at, {"count": Located({"index": Located(at, place)}, place)}) for at in range(number)], ""


def _each(value: Located) -> tuple[list[tuple[Any, Names]], str]:
    inside, place = value.value, value.place
    pairs: list[tuple[Any, Located, Located]]
    if isinstance(inside, dict):
        places = value.keys or {}
        pairs = [(name, Located(name, places.get(name, inside[name].place)), inside[name]) for name in sorted(inside)]
    elif isinstance(inside, list) and value.is_set:
        if any(not isinstance(item.value, (str, Text, Unknown)) for item in inside):
            return [], "`for_each` over a set takes strings only"
        pairs = [(item.value, item, item) for item in inside]
    else:
        return [], f"`for_each` takes a map or a set of strings, not {kind_of(value)}"
    return [(name, {"each": Located({"key": key, "value": item}, place)}) for name, key, item in pairs], ""


def _sides(attribute: Attribute, module: Module) -> list[Located]:
    """Return both sides of a conditional, when the unknown is its condition."""
    try:
        node = attribute.node()
        while isinstance(node, s.Access) and not node.steps:
            node = node.base
        if not isinstance(node, s.Conditional):
            return []
        return [evaluate(side, module.frame) for side in (node.yes, node.no)]
    except (EvaluationError, s.SyntaxProblem):
        return []


def _widest(sides: list[Located], kind: str, unknown: Located) -> Located:
    """Return the instances that may exist, when both sides are known."""
    if any(isinstance(side.value, Unknown) for side in sides):
        return unknown
    if kind == "count":
        numbers = [side for side in sides if isinstance(side.value, int) and not isinstance(side.value, bool)]
        return max(numbers, key=lambda side: side.value) if len(numbers) == len(sides) else unknown
    filled = [side for side in sides if isinstance(side.value, (dict, list)) and len(side.value)]
    return filled[0] if len(filled) == 1 and not (filled[0].is_set and first_unknown([filled[0]])) else unknown
