"""Managed policies that only bound others: Terraform and templates declare them like any policy, and grant nothing by them."""

from __future__ import annotations

from iamlint.model.aws import AwsRole, AwsUser
from iamlint.model.estate import Facts
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.policy import parse_policy
from iamlint.source.regex import regex
from iamlint.source.value import key

_KEY = "iam:permissionsboundary"


def with_boundaries(units: list[Facts]) -> list[Facts]:
    """Return the units, each managed policy that nobody has attached and that is a boundary as one of that kind.

    It is one when a role or user has it as such, when a policy demands it in `iam:PermissionsBoundary`, or by its name.
    """
    candidates = {
        id(item): item
        for facts in units
        for item in facts.items
        if type(item) is Policy and item.arn is not None and item.kind is PolicyKind.IDENTITY
    }
    if not candidates:
        return units
    attached: set[str] = set()
    bounding: set[str] = set()
    for facts in units:
        for item in facts.items:
            kind = type(item)
            if kind is Attachment and item.layer is Layer.IDENTITY:
                if item.policy_arn is not None:
                    attached.add(key(item.policy_arn))
                elif item.policy is not None and item.policy.arn is not None:
                    attached.add(key(item.policy.arn))
            elif kind is AwsRole or kind is AwsUser:
                if item.boundary is not None:
                    bounding.add(key(item.boundary))
            elif kind is Policy:
                bounding |= _demanded(item)
    made = {
        number: _as_boundary(policy)
        for number, policy in candidates.items()
        if (arn := key(policy.arn or "")) not in attached and (arn in bounding or _is_called_boundary(key(policy.name)))
    }
    return [_replaced(facts, made) for facts in units] if made else units


def _is_called_boundary(name: str) -> bool:
    return _CALLED.search(name) is not None


_CALLED = regex(r"(?:(?<![A-Za-z])b|B)oundar(?:y|ies)(?![a-z])|(?<![A-Za-z])BOUNDAR(?:Y|IES)(?![A-Za-z])")
"""The word, as names hold it: `DeveloperBoundary`, `permissions-boundary`."""


def _demanded(policy: Policy) -> set[str]:
    return {
        key(value)
        for statement in policy.statements
        for condition in statement.conditions
        if condition.key.lower() == _KEY
        for value in condition.values
    }


def _as_boundary(policy: Policy) -> Policy:
    return parse_policy(
        policy.document, policy.origin, kind=PolicyKind.BOUNDARY, name=policy.name, ref=policy.ref, unit=policy.unit,
        arn=policy.arn, tags=policy.tags,
    )  # fmt: skip


def _replaced(facts: Facts, made: dict[int, Policy]) -> Facts:
    if not any(id(item) in made for item in facts.items):
        return facts
    from copy import copy

    changed = copy(facts)
    changed.items = [made.get(id(item), item) for item in facts.items]
    return changed
