"""Statements without effect: those that the rest of their policy makes superfluous, and allows that its denies take back.

Unlike `statement_covers`, all other statements are looked at together. None: it could not be decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlint.iam.actions import certain_bits
from iamlint.iam.compare import alone, beyond
from iamlint.iam.inclusion import arn_apart, arn_covers, condition_implies, statement_covers
from iamlint.iam.patterns import covers, has_wildcard
from iamlint.model.policy import Effect, Policy, Statement
from iamlint.source.value import Value

_MOST = 60


def redundant_statement(statement: Statement) -> bool | None:
    """Return whether the policy allows the same without the statement."""
    policy = statement.policy
    without = _only(policy, (other for other in policy.statements if other is not statement))
    if statement.effect is Effect.ALLOW:
        return _is_nothing(policy, without)
    return _is_nothing(without, policy) if statement.effect is Effect.DENY else None


def jointly_redundant_statements(policy: Policy) -> Iterator[Statement]:
    """Yield each statement that several others of its effect make superfluous together, none of them alone.

    Policies of many statements are left out: looking at all others together is not free.
    """
    known = [one for one in policy.statements if one.opaque is None and isinstance(one.effect, Effect)]
    if not 3 <= len(known) <= _MOST:
        return
    spelled = [(one, _spelled(one)) for one in known]
    bits: list[tuple[Statement, int]] = []
    for statement, actions in spelled:
        # Looking at texts is much cheaper than at sets of actions: most statements stop here.
        if (
            statement.actions_negated
            or not actions
            or not any(
                other is not statement and other.effect is statement.effect and _names(other, theirs, actions[0])
                for other, theirs in spelled
            )
        ):
            continue
        bits = bits or [(one, certain_bits(one)) for one in known]
        mine = certain_bits(statement)
        near = [(other, theirs) for other, theirs in bits if other is not statement and other.effect is statement.effect]
        union = 0
        for _, theirs in near:
            union |= theirs
        if not mine or mine & ~union or any(not mine & ~theirs and statement_covers(one, statement) for one, theirs in near):
            continue
        if _may_be_covered(statement, mine, near) and redundant_statement(statement):
            yield statement


def _spelled(statement: Statement) -> list[str]:
    return [one.lower() for one in statement.actions if isinstance(one, str)]


def _names(statement: Statement, actions: list[str], wanted: str) -> bool:
    return statement.actions_negated or wanted in actions or any(has_wildcard(one) and covers(one, wanted) for one in actions)


def _may_be_covered(statement: Statement, mine: int, near: list[tuple[Statement, int]]) -> bool:
    """Return whether it is worth a comparison: on each resource, each action has one that covers it or two that may."""
    for pattern in ("*",) if statement.resources_negated or not statement.resources else statement.resources:
        left, once, twice = mine, 0, 0
        for other, theirs in near:
            theirs &= left
            if not theirs or (other.resources and not other.resources_negated and _apart(other, pattern)):
                continue
            implied = all(any(condition_implies(given, wanted) for given in statement.conditions) for wanted in other.conditions)
            whole = other.resources is None or (
                not other.resources_negated and any(arn_covers(one, pattern) for one in other.resources)
            )
            if implied and whole:
                left &= ~theirs
            elif statement.conditions or _is_half(other, near):
                twice |= once & theirs
                once |= theirs
        if left & ~twice:
            return False
    return True


def _is_half(statement: Statement, near: list[tuple[Statement, int]]) -> bool:
    """Return whether another statement has a condition on one of its keys, or it has none: what it leaves may be covered."""
    keys = {condition.key.lower() for condition in statement.conditions}
    if not keys:
        return True
    return any(
        other is not statement and any(condition.key.lower() in keys for condition in other.conditions) for other, _ in near
    )


def _apart(statement: Statement, pattern: Value) -> bool:
    return all(arn_apart(one, pattern) for one in statement.resources or ())


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
