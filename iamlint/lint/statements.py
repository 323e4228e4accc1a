"""Questions about single statements that more than one rule asks."""

from __future__ import annotations

from iamlint.iam.actions import statement_bits
from iamlint.model.policy import Effect, Policy, Statement
from iamlint.source.place import Place
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

EVERY_ACTION = frozenset({"*", "*:*"})
EVERY_RESOURCE = frozenset({"*", "arn:*", "arn:aws:*", "arn:*:*", "arn:*:*:*", "arn:*:*:*:*:*", "arn:aws:*:*:*:*"})


def every_action_index(statement: Statement) -> int | None:
    """Return the number of the pattern that covers every action, or None (`NotAction` is never one)."""
    return None if statement.actions_negated else _first(statement.actions, EVERY_ACTION)


def every_resource_index(statement: Statement) -> int | None:
    """Return the number of the pattern that covers every resource, or None (`NotResource` is never one)."""
    resources = statement.resources
    if not resources or statement.resources_negated:
        return None
    return 0 if resources[0] == "*" else _first(resources, EVERY_RESOURCE)


def is_unconditional(statement: Statement) -> bool:
    """Return whether a statement carries no condition at all and nothing in it is unknown."""
    return not statement.conditions and statement.opaque is None


def taken_back(statement: Statement, allowed: int) -> bool:
    """Return whether unconditional denies on every resource, in the same policy, take all of these actions back."""
    denied = 0
    for other in statement.policy.statements:
        if other.effect is Effect.DENY and is_unconditional(other) and every_resource_index(other) is not None:
            denied |= statement_bits(other)
    return bool(denied) and allowed & ~denied == 0


def governed(graph: AccessGraph, policy: Policy) -> list[tuple[Place, str]]:
    """Return who ends up with a policy, as steps of an argument: at most five nodes, then how many more."""
    nodes = graph.attached_to(policy)
    steps = [(node.place or policy.place, f"`{node.id}` ends up with it") for node in nodes[:5]]
    if len(nodes) > 5:
        steps.append((policy.place, f"and {len(nodes) - 5} more"))
    return steps


def subject(statement: Statement) -> str:
    """Return a name for a statement that stays the same when lines move: its Sid, else its number."""
    name = statement.sid if isinstance(statement.sid, str) and statement.sid else f"statement {statement.index or 0}"
    return f"{statement.policy.ref} {name}"


def _first(patterns: tuple[Value, ...], wanted: frozenset[str]) -> int | None:
    if wanted.isdisjoint(patterns):
        return None
    for number, pattern in enumerate(patterns):
        if isinstance(pattern, str) and pattern in wanted:
            return number
    return None
