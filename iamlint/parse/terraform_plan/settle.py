"""What a plan knows of values that the readers name by symbol only: put in everywhere, so that joins meet."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.estate import Facts
from iamlint.model.policy import Policy
from iamlint.parse.terraform.located import Located
from iamlint.source.value import Text, Unknown, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def settle(facts: Facts, known: Mapping[str, str]) -> None:
    """Replace the symbols that the table knows in all model values (documents hold what the plan holds already)."""
    if known:
        facts.items = [_settled(item, known) for item in facts.items]


def _settled(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, Unknown):
        return known.get(value.symbol, value)
    if isinstance(value, Text):
        if not any(isinstance(part, Unknown) and part.symbol in known for part in value.parts):
            return value
        return concat(known.get(part.symbol, part) if isinstance(part, Unknown) else part for part in value.parts)
    if isinstance(value, Policy):
        value.name = _settled(value.name, known)
        value.arn = _settled(value.arn, known)
        return value
    if isinstance(value, tuple):
        made = [_settled(item, known) for item in value]
        if all(one is other for one, other in zip(made, value, strict=True)):
            return value
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    if isinstance(value, dict):
        return {name: _settled(item, known) for name, item in value.items()}
    return value


def settled_tree(located: Located, known: Mapping[str, str]) -> Located:
    """Return a value of the configuration with what the plan knows put in."""
    value = located.value
    tree = None if located.tree is None else settled_tree(located.tree, known)
    if isinstance(value, dict):
        value = {name: settled_tree(item, known) for name, item in value.items()}
    elif isinstance(value, list):
        value = [settled_tree(item, known) for item in value]
    else:
        value = _settled(value, known)
        if value is located.value and tree is located.tree:
            return located
        if tree is None and isinstance(value, str) and not isinstance(located.value, str):
            return Located(value, located.place)  # the stretches of the text have moved
    return Located(
        value, located.place, keys=located.keys, is_set=located.is_set, tree=tree, segments=located.segments, file=located.file
    )
