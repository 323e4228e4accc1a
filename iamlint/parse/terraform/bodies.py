"""The content of a block: attributes and the blocks inside, `dynamic` ones expanded."""

from __future__ import annotations

from functools import partial

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block
from iamlint.parse.terraform.expressions import elements, evaluate, possible_pairs
from iamlint.parse.terraform.frames import Frame
from iamlint.parse.terraform.located import Located, Partial, Perhaps
from iamlint.parse.terraform.root import ACTIVE
from iamlint.parse.terraform.values import BlockBody, BlockList, EvaluationError
from iamlint.source.place import Place
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.module import Module

META = frozenset({"count", "for_each", "provider", "depends_on"})
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})
DEEPEST_BLOCKS = 40
HEAVIEST = 200_000
_BLOCK_STEPS = 30
"""What one block that is made takes, measured in steps of an expression."""


class Body:
    """What evaluating one block's content needs: the scope and a name for each of its attributes."""

    __slots__ = ("memo", "module", "name")

    def __init__(self, module: Module, name: str, memo: dict[Any, Located]) -> None:
        self.module = module
        self.name = name
        self.memo = memo

    def attribute(self, attribute: Attribute, frame: Frame, route: tuple[Any, ...] = ()) -> Located:
        """Return the value of an attribute at a route inside the block."""
        root = self.module.root
        key = (*route, attribute.name)
        known = self.memo.get(key)
        if known is not None:
            if known is not ACTIVE:
                return known
        elif root.budget.left > 0:
            literal = attribute.literal()
            if literal is not None:  # nothing to guard
                root.budget.left -= 1
                self.memo[key] = literal
                return literal
        return root.guarded(self.memo, key, (self.name, *key), attribute.place, lambda: evaluate(attribute.node(), frame))

    def content(self, block: Block, frame: Frame, route: tuple[Any, ...] = ()) -> Located:
        """Return a block's attributes by name, and the blocks inside by type as lists."""
        parts, keys = _parts(block, not route)
        named = (self.module.root.unit, self.name, *route)
        return Located(BlockBody(parts, partial(self._part, block, frame, route), named), block.place, keys=keys)

    def _part(self, block: Block, frame: Frame, route: tuple[Any, ...], name: str) -> Located:
        attribute = _parts(block, not route)[0][name]
        return self._blocks(block, name, frame, route) if attribute is None else self._light(attribute, frame, route)

    def _light(self, attribute: Attribute, frame: Frame, route: tuple[Any, ...]) -> Located:
        """Return the value of an attribute for somebody who will walk all of it: an unknown when it is too large for that."""
        value = self.attribute(attribute, frame, route)
        if isinstance(value.value, (list, dict)) and not weigh(value, HEAVIEST):
            self.module.root.problem("IL003", f"`{self.name}` is too large to evaluate", attribute.place)
            return Located(Unknown("the value is too large to evaluate", attribute.place), attribute.place)
        return value

    def _blocks(self, block: Block, name: str, frame: Frame, route: tuple[Any, ...]) -> Located:
        title = (self.name, *route, name)
        return self.module.root.guarded(
            self.memo, (*route, name, "blocks"), title, block.place, lambda: self.nested(block, name, frame, route)
        )

    def nested(self, block: Block, name: str, frame: Frame, route: tuple[Any, ...] = ()) -> Located:
        """Return the blocks of one type inside a block."""
        found = BlockList()
        first: Place | None = None
        if len(route) > 2 * DEEPEST_BLOCKS:
            self.module.root.problem("IL003", f"blocks are nested more than {DEEPEST_BLOCKS} deep", block.place)
            return Located([], block.place)
        for order, inner in enumerate(block.blocks):
            if inner.stands_for != name:
                continue
            first = first or inner.place
            if inner.type == "dynamic":
                found.extend(self._dynamic(inner, frame, (*route, name), len(found), order))
            else:
                found.append(self.content(inner, frame, (*route, name, len(found))))
        return Located(found, first or block.place)

    def made_for(self, for_each: Attribute, frame: Frame, route: tuple[Any, ...], order: int) -> Located:
        """Return for what a `dynamic` block makes blocks: the value of its `for_each`."""
        return self.attribute(for_each, frame, (*route, "dynamic", order))

    def _dynamic(self, block: Block, frame: Frame, route: tuple[Any, ...], number: int, order: int) -> list[Located]:
        """Return the blocks that a `dynamic` block makes; one that may be there for all that are not known of its `for_each`.

        `number` is that of the first of them; `order` tells the `dynamic` blocks apart, of which some may make none.
        """
        for_each = block.attributes.get("for_each")
        content = next((inner for inner in block.blocks if inner.type == "content"), None)
        if for_each is None or content is None:
            self.module.root.problem("IL003", "a `dynamic` block needs `for_each` and `content`", block.place)
            return [Located(Unknown("the `dynamic` block is not complete", block.place), block.place)]
        value = self.made_for(for_each, frame, route, order)
        rest: Unknown | None = None
        try:
            if isinstance(value, Partial):
                pairs, rest = value.pairs(), value.rest
            else:
                pairs = elements(value, for_each.place) or []
                rest = value.value if isinstance(value.value, Unknown) else None
        except EvaluationError as problem:
            return [Located(Unknown(problem.message, for_each.place), block.place)]
        more = possible_pairs(value) if rest is not None else []
        if pairs:  # what cannot be evaluated any more has none, and is one block
            self.module.budget.spend(_BLOCK_STEPS * len(pairs))
        if isinstance(value.value, list) and not value.is_set:
            pairs = [(key, item) for key, item in pairs]
        iterator = _iterator(block)
        result: list[Located] = []

        def one(key: Located, item: Located) -> Located:
            """Return the block that an element makes."""
            names = {iterator: Located({"key": key, "value": item}, for_each.place)}
            return self.content(content, frame.within(names), (*route, number + len(result)))

        symbol = f"{self.module.root.unit}#{self.name}.{'.'.join(map(str, route))}.{number}"
        for key, item in more:
            assert rest is not None
            result.append(Perhaps(one(key, item), Unknown(rest.reason, rest.place or for_each.place, symbol)))
        for key, item in pairs:
            result.append(one(key, item))
        return result


def _parts(block: Block, is_top: bool) -> tuple[dict[str, Attribute | None], dict[str, Place]]:
    """Return the attributes of a block, with nothing under the types of blocks inside, and the places of all these names.

    `is_top`: what Terraform takes for itself in a resource is left out. All instances of a block have the same parts.
    """
    known: tuple[dict[str, Attribute | None], dict[str, Place], bool] | None = block.parts
    if known is None or known[2] is not is_top:
        parts: dict[str, Attribute | None] = {}
        keys: dict[str, Place] = {}
        for name, attribute in block.attributes.items():
            if not is_top or name not in META:
                parts[name] = attribute
                keys[name] = attribute.place
        for inner in block.blocks:
            name = inner.stands_for
            if name and name not in parts and not (is_top and name in META_BLOCKS):
                parts[name] = None
                keys[name] = inner.place
        known = block.parts = (parts, keys, is_top)
    return known[0], known[1]


def _iterator(block: Block) -> str:
    attribute = block.attributes.get("iterator")
    if attribute is not None:
        try:
            node = attribute.node()
        except s.SyntaxProblem:
            return block.labels[0]
        if isinstance(node, s.Ref):
            return node.name
        if isinstance(node, s.Const):
            return str(node.located.value)
    return block.labels[0]


def weigh(value: Located, most: int) -> bool:
    """Return whether a value holds at most so many parts, counted as a reader walks it (shared parts count each time)."""
    waiting = [value]
    seen = 0
    while waiting:
        seen += 1
        if seen > most:
            return False
        inside = waiting.pop().value
        if isinstance(inside, dict):
            waiting.extend(inside.values())
        elif isinstance(inside, list):
            waiting.extend(inside)
    return True
