"""Statements without effect: those that the rest of their policy makes superfluous, and allows that its denies take back.

Unlike `statement_covers`, all other statements are looked at together. None: it could not be decided.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.iam.compare import alone, beyond
from iamlint.model.policy import Effect, Policy, Statement


def redundant_statement(statement: Statement) -> bool | None:
    """Return whether the policy allows the same without the statement."""
    policy = statement.policy
    without = _only(policy, (other for other in policy.statements if other is not statement))
    if statement.effect is Effect.ALLOW:
        return _is_nothing(policy, without)
    return _is_nothing(without, policy) if statement.effect is Effect.DENY else None


def dead_statement(statement: Statement) -> bool | None:
    """Return whether the denies of the policy take back all that the statement allows; False for a deny."""
    if statement.effect is not Effect.ALLOW:
        return False if statement.effect is Effect.DENY else None
    policy = statement.policy
    denies = [other for other in policy.statements if other.effect is Effect.DENY]
    if not denies:
        return False
    return _is_nothing(_only(policy, (statement, *denies)), _only(policy, denies))


def _is_nothing(more: Policy, less: Policy) -> bool | None:
    found = beyond(alone(more), alone(less)).found
    return None if found is None else not found


def _only(policy: Policy, statements: Iterable[Statement]) -> Policy:
    part = Policy(policy.kind, policy.name, None, policy.origin, policy.ref, policy.unit, policy.arn)
    part.version = policy.version
    part.statements = tuple(statements)
    part.document = [part.statements]  # two parts are the same document only if they hold the same statements
    return part
