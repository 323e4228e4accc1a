"""Documents that nobody wrote: one place for everything in them, that of what brings them about."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.cloudformation.declared import Declared
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.source.place import FixedOrigin, Place, Route
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def fixed_policy(
    declared: Declared,
    statements: Any,
    kind: PolicyKind,
    name: Value,
    ref: str,
    place: Place,
    maybe: Unknown | None = None,
) -> Policy | None:
    """Add a policy of these statements (or one that is unknown as a whole); all of it stands at one place."""
    document = statements if isinstance(statements, Unknown) else {"Version": "2012-10-17", "Statement": statements}
    perhaps: Mapping[Route, Unknown] = {} if maybe is None else {(): maybe}
    return declared.policy(Evaluated(document, FixedOrigin(place), perhaps), kind, name, ref)


def permit(
    declared: Declared,
    target: Value,
    action: str,
    principal: Any,
    conditions: Mapping[str, Mapping[str, Value]],
    ref: str,
    place: Place,
) -> None:
    """Add a resource policy with one statement, attached to what it is for."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": target}
    if conditions:
        statement["Condition"] = {operator: dict(keys) for operator, keys in conditions.items()}
    policy = fixed_policy(declared, [statement], PolicyKind.RESOURCE, target, ref, place)
    account = declared.template.context.account
    declared.add(Attachment(Layer.RESOURCE, "resource", target, account, place, declared.unit, policy))
