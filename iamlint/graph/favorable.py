"""Contexts in which the conditions of statements hold: how an edge's condition is told from one that cannot be met.

A caller can bring some keys itself (`sts:ExternalId`), or be where another one holds (`aws:SourceIp`). For those a value is
made that satisfies the statement, and the decision procedure says whether it is enough. Keys that belong to the caller
(its tags, its organization) are never made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.model.policy import Condition, Effect, Statement
from iamlint.source.value import Text, Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Context: TypeAlias = "dict[str, tuple[Value, ...] | Unknown]"

FIXED = ("aws:principaltag/", "aws:principalorg", "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid",
         "aws:username", "aws:resource", "aws:principalis", "aws:principalservice", "s3:resourceaccount", "kms:calleraccount",
         "aws:federatedprovider", "iam:resourcetag/", "secretsmanager:resourcetag/", "ssm:resourcetag/")  # fmt: skip
"""Beginnings of keys whose value follows from who asks and for what, and that no caller can choose."""

FILLED = frozenset({
    "aws:principalarn", "aws:principalaccount", "aws:resourceaccount", "aws:principaltype", "aws:userid", "aws:username",
    "aws:principalisawsservice", "aws:principalservicename", "s3:resourceaccount", "kms:calleraccount",
})  # fmt: skip
"""Keys that the decision procedure fills in by itself."""


def is_fixed(name: str) -> bool:
    """Return whether no caller can choose the value of a context key."""
    return name.lower().startswith(FIXED)


def keys_of(statements: Iterable[Statement]) -> set[str]:
    """Return the context keys that statements test, in lower case."""
    return {condition.key.lower() for statement in statements for condition in statement.conditions}


def open_context(statements: Iterable[Statement], given: Mapping[str, tuple[Value, ...] | Unknown]) -> Context:
    """Return the given keys, and every other key that the statements test as one that may or may not be there."""
    context: Context = {name.lower(): values for name, values in given.items()}
    for name in sorted(keys_of(statements)):
        if name not in context and name not in FILLED:
            context[name] = Unknown(f"`{name}` is not known", None, f"context key {name}")
    return context


def favorable_context(statement: Statement, context: Mapping[str, tuple[Value, ...] | Unknown]) -> Context:
    """Return a context in which the statement's conditions hold as far as a caller can bring that about."""
    made: Context = dict(context)
    for condition in statement.conditions:
        name = condition.key.lower()
        if is_fixed(name) or not isinstance(context.get(name), Unknown):
            continue
        value = satisfying(condition)
        if value is not None:
            made[name] = value
    return made


def avoiding_context(statements: Iterable[Statement], context: Mapping[str, tuple[Value, ...] | Unknown]) -> Context:
    """Return a context in which denies with conditions do not hold, as far as a caller can bring that about.

    One condition of each is enough. Of the time nobody chooses anything.
    """
    made: Context = dict(context)
    for statement in statements:
        if statement.effect is not Effect.DENY or statement.opaque is not None:
            continue
        for condition in statement.conditions:
            name = condition.key.lower()
            value = None if is_fixed(name) or name in TIMES or not isinstance(made.get(name), Unknown) else failing(condition)
            if value is not None:
                made[name] = value
                break
    return made


TIMES = ("aws:currenttime", "aws:epochtime")
"""Keys that are always there, and whose value nobody chooses."""


def failing(condition: Condition) -> tuple[Value, ...] | None:
    """Return a value of the key that one condition is not met by; an empty tuple for a key that must be absent."""
    quantifier, _, rest = condition.operator.lower().rpartition(":")
    if_exists = rest.endswith("ifexists")
    operator = rest.removesuffix("ifexists")
    first = condition.values[0] if condition.values else None
    if first is None or (len(condition.values) > 1 and operator in ("bool", "null")):
        return None
    if operator == "null":
        return ("x",) if key(first).lower() == "true" else ()
    if operator == "bool":
        return ("false",) if key(first).lower() == "true" else ("true",)
    if "not" in operator:
        plain = condition._replace(operator=operator.replace("not", ""))
        return satisfying(plain)
    if quantifier == "forallvalues" or if_exists:  # which a missing key meets
        return ("00000000-none-of-them",) if operator.startswith(("string", "arn")) else None
    return ()


def satisfying(condition: Condition) -> tuple[Value, ...] | None:
    """Return a value of the key that satisfies one condition; an empty tuple for a key that must be absent."""
    operator = condition.operator.rpartition(":")[2].removesuffix("IfExists").lower()
    first = condition.values[0] if condition.values else None
    if operator == "null":
        return () if first is not None and key(first).lower() == "true" else ("x",)
    if first is None:
        return None
    if "not" in operator:
        if operator == "notipaddress":
            return ("203.0.113.77",)
        return ("00000000-none-of-them",) if operator.startswith(("string", "arn")) else None
    if operator in ("stringlike", "arnlike", "arnequals"):
        return (_filled(first),)
    if operator == "ipaddress" and isinstance(first, str):
        return (first.partition("/")[0],)
    if operator.startswith(("numeric", "date")):
        return _beside(operator, first)
    return (first,)


def _beside(operator: str, value: Value) -> tuple[Value, ...] | None:
    if operator.endswith("equals"):
        return (value,)
    if operator.startswith("numeric"):
        try:
            number = float(key(value))
        except ValueError:
            return None
        return (str(number - 1 if "lessthan" in operator else number + 1),)
    return ("1990-01-01T00:00:00Z",) if "lessthan" in operator else ("2990-01-01T00:00:00Z",)


def _filled(pattern: Value) -> Value:
    """Return a text that matches a pattern."""
    if isinstance(pattern, str):
        return pattern.replace("*", "x").replace("?", "x")
    if isinstance(pattern, Text):
        return Text(tuple(part.replace("*", "x").replace("?", "x") if isinstance(part, str) else part for part in pattern.parts))
    return pattern
