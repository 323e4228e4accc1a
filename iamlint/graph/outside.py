"""Those outside of the repository: whom conditions name, and callers of whom only the account is known."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.iam.arns import account_in
from iamlint.iam.patterns import has_wildcard
from iamlint.model.aws import iam_arn
from iamlint.model.policy import Policy, Statement
from iamlint.source.value import Unknown, Value, concat

_NAMING = ("aws:principalarn", "aws:principalaccount")
_WHO = frozenset({"aws:principalarn", "aws:principaltype", "aws:userid", "aws:username"})
"""Keys that tell apart those of one account."""


def somebody_in(account: str, policy: Policy | None, partition: Value = "aws") -> Value:
    """Return the ARN of somebody in an account, as far as a policy asks who it is: a role that nobody names, or an unknown."""
    if policy is None or not any(one.key.lower() in _WHO for statement in policy.statements for one in statement.conditions):
        return iam_arn("role", "somebody-in-the-account", account, partition=partition)
    who = Unknown("who in the account asks is not known", None, f"somebody in account {account}")
    return concat(["arn:", partition, ":iam::", account, ":", who])


def named_by_conditions(statement: Statement) -> Iterator[Value]:
    """Yield the ARNs and accounts that conditions name of whom a statement admits; a pattern stands for the account in it."""
    for condition in statement.conditions:
        operator = condition.operator.rpartition(":")[2].lower()
        if condition.key.lower() not in _NAMING or "not" in operator or not operator.startswith(("string", "arn")):
            continue
        for value in condition.values:
            named = account_in(value) if isinstance(value, str) and has_wildcard(value) else value
            if not isinstance(named, str) or named.startswith("arn:") or (len(named) == 12 and named.isdigit()):
                yield named


def admits_others(statement: Statement) -> bool:
    """Return whether conditions let in whom neither they nor the principal name: by organization, tags, or names anywhere."""
    return not any(named_by_conditions(statement)) and any(
        name.startswith(("aws:principalorg", "aws:principaltag/", "aws:principalarn"))
        for condition in statement.conditions if (name := condition.key.lower())
    )  # fmt: skip
