"""Two policies, or two sets of policies, as `compare` reads them, and its answer."""

from __future__ import annotations

from iamlint.cli.policy_layers import LAYERS, UnreadableError, read_document
from iamlint.cli.simulation import read_policies
from iamlint.iam.compare import Comparison, alone, compare
from iamlint.iam.request import PolicySet
from iamlint.model.policy import PolicyKind
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.iam.compare import Difference
    from iamlint.iam.request import Request

KINDS = tuple(kind.value for kind in PolicyKind)
NOTHING: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
"""The policy that says nothing: what a document is compared with that stands on one side only."""


def compare_documents(old: Any, new: Any, kind: str | None = None) -> Comparison:
    """Return what changed between two documents, or two objects of layers as `simulate` takes them.

    Raises `UnreadableError`.
    """
    _readable(old, "`old`")
    _readable(new, "`new`")
    if _is_set(old) or _is_set(new):
        return compare(_as_set(old, kind), _as_set(new, kind))
    chosen = PolicyKind(kind) if kind is not None else kind_of(old, new)
    left, right = _policy(old, chosen, "old"), _policy(new, chosen, "new")
    return compare(alone(left), alone(right))


def kind_of(*documents: Any) -> PolicyKind:
    """Return what documents are for, by what they hold: principals make a resource policy, or a trust policy."""
    from iamlint.parse.policy_kind import policy_kind_of

    found = {policy_kind_of(document, "") for document in documents if document.get("Statement")}
    if PolicyKind.RESOURCE in found:
        return PolicyKind.RESOURCE
    return PolicyKind.TRUST if found == {PolicyKind.TRUST} else PolicyKind.RESOURCE if len(found) > 1 else PolicyKind.IDENTITY


def answer(found: Comparison) -> dict[str, Any]:
    """Return a comparison as `compare --batch` writes it."""
    reasons = dict.fromkeys(difference.reason for difference in found if difference.reason is not None)
    return {
        "added": found.added.found,
        "removed": found.removed.found,
        "added_witness": _witness(found.added),
        "removed_witness": _witness(found.removed),
        "reason": "; ".join(reasons) or None,
    }


def _witness(difference: Difference) -> dict[str, Any] | None:
    return None if difference.witness is None else request_json(difference.witness)


def request_json(request: Request) -> dict[str, Any]:
    """Return a request as `simulate --batch` reads it."""
    kind, value = request.principal
    named = {"Service": "service", "Federated": "provider", "CanonicalUser": "id"}.get(kind)
    principal = value if kind == "AWS" else {"type": kind, named: value} if named is not None else {"type": kind}
    context = {
        name: list(values) if len(values) != 1 else values[0]
        for name, values in request.context.items()
        if not isinstance(values, Unknown)
    }
    found: dict[str, Any] = {"principal": principal, "action": request.action}
    if request.resource is not None:
        found["resource"] = request.resource
    if request.resource_account is not None:
        found["resource_account"] = request.resource_account
    return {**found, "context": context}


def is_readable(value: Any) -> bool:
    """Return whether a value is a policy document, or an object of layers."""
    return isinstance(value, dict) and ("Statement" in value or _is_set(value))


def _readable(value: Any, name: str) -> None:
    if not isinstance(value, dict):
        raise UnreadableError(f"{name} must be a policy document")
    if not is_readable(value):
        raise UnreadableError(f"{name} has no `Statement`")


def _is_set(value: dict[str, Any]) -> bool:
    return bool(value) and "Statement" not in value and set(value) <= set(LAYERS)


def _as_set(value: dict[str, Any], kind: str | None) -> PolicySet:
    if _is_set(value):
        return read_policies(value)[0]
    return alone(_policy(value, PolicyKind(kind) if kind is not None else kind_of(value), "policy"))


def _policy(document: dict[str, Any], kind: PolicyKind, name: str) -> Any:
    return read_document(document, kind, name, name)
