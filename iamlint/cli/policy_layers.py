"""The policies of a request by layer, as `simulate` and `compare` take them."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.iam.request import PolicySet
from iamlint.model.policy import Policy, PolicyKind
from iamlint.source.near import did_you_mean
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LAYERS = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")


class UnreadableError(ValueError):
    """What was given is no request, or no policy; the message says why."""


def policy_layers(given: dict[str, Any]) -> tuple[PolicySet, dict[int, str]]:
    """Return the policies of an object of layers, and what each is called in an answer. Raises `UnreadableError`."""
    unknown = set(given) - set(LAYERS)
    if unknown:
        near = did_you_mean(min(unknown), LAYERS)
        raise UnreadableError(f"`policies` has no layer `{min(unknown)}`{f': {near}' if near else ''}")
    names: dict[int, str] = {}
    resource = given.get("resource")
    made = PolicySet(
        identity=_documents(given, "identity", PolicyKind.IDENTITY, names),
        resource=None if resource is None else _policy(resource, _resource_kind(resource), "resource", names),
        boundary=_documents(given, "boundary", PolicyKind.BOUNDARY, names),
        session=_documents(given, "session", PolicyKind.SESSION, names),
        scp=_levels(given, "scp", PolicyKind.SCP, names),
        rcp=_levels(given, "rcp", PolicyKind.RCP, names),
        endpoint=_documents(given, "endpoint", PolicyKind.ENDPOINT, names),
    )
    return made, names


def _resource_kind(document: Any) -> PolicyKind:
    """Return whether the policy of a resource is the trust policy of a role (B9)."""
    from iamlint.parse.policy_kind import policy_kind_of

    return PolicyKind.TRUST if policy_kind_of(document, "") is PolicyKind.TRUST else PolicyKind.RESOURCE


def _documents(given: dict[str, Any], layer: str, kind: PolicyKind, names: dict[int, str]) -> tuple[Policy, ...] | None:
    value = given.get(layer)
    if value is None:
        return None
    listed = value if isinstance(value, list) else [value]
    return tuple(_policy(document, kind, f"{layer}[{number}]", names) for number, document in enumerate(listed))


def _levels(given: dict[str, Any], layer: str, kind: PolicyKind, names: dict[int, str]) -> tuple[tuple[Policy, ...], ...]:
    value = given.get(layer) or []
    if not isinstance(value, list):
        raise UnreadableError(f"`policies.{layer}` must be a list of levels, each a list of documents")
    return tuple(_level(level, f"{layer}[{number}]", kind, names) for number, level in enumerate(value))


def _level(level: Any, name: str, kind: PolicyKind, names: dict[int, str]) -> tuple[Policy, ...]:
    listed: Iterable[Any] = level if isinstance(level, list) else [level]
    return tuple(_policy(document, kind, f"{name}[{number}]", names) for number, document in enumerate(listed))


def _policy(document: Any, kind: PolicyKind, name: str, names: dict[int, str]) -> Policy:
    policy = read_document(document, kind, f"policies.{name}", name)
    names[id(policy)] = name
    return policy


def read_document(document: Any, kind: PolicyKind, shown: str, name: str) -> Policy:
    """Return the policy that a document of a kind makes. Raises `UnreadableError` where part of it would have to be left out."""
    from iamlint.lint.grammar import grammar_faults
    from iamlint.parse.policy import parse_policy

    if not isinstance(document, dict):
        raise UnreadableError(f"`{shown}` must be a policy document")
    if "Statement" not in document:
        raise UnreadableError(f"`{shown}` is no policy document: it has no `Statement`")
    policy = parse_policy(document, Origin(name), kind=kind, name=name, ref=name, unit="simulate")
    for fault in grammar_faults(policy):
        if fault.lost:
            at = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.route)
            raise UnreadableError(f"`{shown}` is malformed at `{at.lstrip('.')}`: {fault.message}")
    return policy


def object_in(value: Any, name: str) -> dict[str, Any]:
    """Return a value that must be an object. Raises `UnreadableError`."""
    if not isinstance(value, dict):
        raise UnreadableError(f"{name} must be an object")
    return value
