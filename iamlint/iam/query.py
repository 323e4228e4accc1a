"""Questions to policies that need no request."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.iam.actions import certain_bits, statement_bits
from iamlint.iam.arns import arn_matches
from iamlint.iam.patterns import intersects, relax
from iamlint.iam.words import condition_in_words, conditions_in_words
from iamlint.model.policy import Effect, Policy, Statement
from iamlint.source.value import Value


def allowed_action_bits(policies: Iterable[Policy]) -> int:
    """Return the actions that some statement may allow, less those that an unconditional deny takes back everywhere."""
    allowed = denied = 0
    for policy in policies:
        for statement in policy.statements:
            if statement.effect is Effect.DENY:
                if denies_everywhere(statement):
                    denied |= certain_bits(statement)
            elif statement.effect is not None:
                allowed |= statement_bits(statement)
    return allowed & ~denied


def denies_everywhere(statement: Statement) -> bool:
    """Return whether a deny holds for every resource and under every condition."""
    if statement.conditions or statement.opaque is not None or statement.resources_negated:
        return False
    return statement.resources is None or any(resource == "*" for resource in statement.resources)


def may_cover(pattern: Value, resource: Value) -> bool:
    """Return whether the resource pattern may match the resource, which may itself be a pattern."""
    if arn_matches(pattern, resource) is not False:
        return True
    return intersects(relax(pattern), relax(resource))


__all__ = ["allowed_action_bits", "condition_in_words", "conditions_in_words", "denies_everywhere", "may_cover"]
