"""Statements that say the same: a form that does not hang on order and spelling."""

from __future__ import annotations

from iamlint.iam.patterns import relax
from iamlint.iam.variables import VARIABLE, has_variables, substitutes
from iamlint.model.policy import Condition, Effect, Statement
from iamlint.source.value import Text, Unknown, Value, key


def normal_form(statement: Statement) -> object:
    """Return what two statements share only if they match the same requests, because they say the same."""
    policy = statement.policy
    if statement.opaque is not None or not isinstance(statement.effect, Effect):
        raw = policy.statement_document(statement.index)
        return _written(raw), "" if statement.opaque is None else key(statement.opaque), key(policy.version or ""), policy.kind
    texts = (*(statement.resources or ()), *(one for each in statement.conditions for one in each.values))
    return (
        statement.effect,
        statement.actions_negated,
        frozenset(one.lower() if isinstance(one, str) else key(one) for one in statement.actions),
        statement.resources_negated,
        None if statement.resources is None else frozenset(map(key, statement.resources)),
        statement.principals_negated,
        None if statement.principals is None else frozenset((one.kind, key(one.value)) for one in statement.principals),
        frozenset(map(condition_form, statement.conditions)),
        key(policy.version or "") if any(map(has_variables, texts)) else "",
        policy.kind,
    )


def condition_form(condition: Condition) -> tuple[str, str, frozenset[str]]:
    """Return a condition without regard to order and spelling."""
    return condition.operator.lower(), condition.key.lower(), frozenset(map(key, condition.values))


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{name!r}:{_written(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return key(value) if isinstance(value, (Text, Unknown)) else repr(value)


def is_variable(text: Value, statement: Statement) -> bool:
    """Return whether a policy variable is, or may be, at work in a text of the statement."""
    return has_variables(text) and substitutes(statement.policy.version) is not False


def is_open(statement: Statement) -> bool:
    """Return whether a resource of the statement holds an unknown or a variable."""
    return any(not isinstance(one, str) or is_variable(one, statement) for one in statement.resources or ())


def relaxed(value: Value) -> str:
    """Return the pattern of everything that the value may be, whatever its variables hold."""
    return VARIABLE.sub("*", relax(value))
