"""The conditions of a template: true, false, or undecided."""

from __future__ import annotations

from iamlint.source.place import Route
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.cloudformation.template import Template


def decide(template: Template, written: Any, here: Route) -> bool | None:
    """Return whether a condition expression holds, None when nothing decides it."""
    if not isinstance(written, dict) or len(written) != 1:
        return None
    name = next(iter(written))
    argument = written[name]
    if name == "Condition" and isinstance(argument, str):
        answer = template.condition(argument)
        return None if isinstance(answer, Unknown) else answer
    if not isinstance(argument, list):
        return None
    if name == "Fn::Equals" and len(argument) == 2:
        return _equal(template, argument, (*here, name))
    parts = [decide(template, item, (*here, name, number)) for number, item in enumerate(argument)]
    if name == "Fn::And":
        return False if False in parts else (None if None in parts else True)
    if name == "Fn::Or":
        return True if True in parts else (None if None in parts else False)
    if name == "Fn::Not" and len(parts) == 1:
        return None if parts[0] is None else not parts[0]
    return None


def _equal(template: Template, pair: list[Any], here: Route) -> bool | None:
    from iamlint.parse.cloudformation.template import as_text, same

    one, other = (template.value(item, (*here, number)) for number, item in enumerate(pair))
    if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
        return True if one == other else None
    left, right = as_text(one), as_text(other)
    if left is None or right is None:
        return None
    return same(left, right)
