"""Requests and policy sets as they are written in a case: the shape of `simulate --batch` (cli.md)."""

from __future__ import annotations

from typing import Any

from iamlint.iam.request import PolicySet, Request, RequestPrincipal
from iamlint.model.policy import Layer, Policy, PolicyKind
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin
from iamlint.source.value import Text, Unknown, concat

KINDS = {
    "identity": PolicyKind.IDENTITY, "resource": PolicyKind.RESOURCE, "boundary": PolicyKind.BOUNDARY, "session": PolicyKind.SESSION,
    "scp": PolicyKind.SCP, "rcp": PolicyKind.RCP, "endpoint": PolicyKind.ENDPOINT,
}  # fmt: skip


def with_unknowns(value: Any) -> Any:
    """Return the value with `⟨name⟩` read as an unknown of that name."""
    if isinstance(value, str) and "⟨" in value:
        parts: list[str | Unknown] = []
        for piece in value.replace("⟩", "⟨").split("⟨"):
            parts.append(piece if len(parts) % 2 == 0 else Unknown(f"`{piece}` is not known", symbol=piece))
        return concat(parts)
    if isinstance(value, list):
        return [with_unknowns(item) for item in value]
    if isinstance(value, dict):
        return {key: with_unknowns(item) for key, item in value.items()}
    return value


def read_request(raw: dict[str, Any]) -> Request:
    """Return the request."""
    principal = raw["principal"]
    if isinstance(principal, dict):
        kind = principal["type"]
        value = next((text for name, text in principal.items() if name != "type"), "")
        who = RequestPrincipal(kind, with_unknowns(value))
    else:
        who = RequestPrincipal("AWS", with_unknowns(principal))
    context: dict[str, Any] = {}
    for name, values in (raw.get("context") or {}).items():
        if isinstance(values, dict):
            context[name] = Unknown("it is not given")
        else:
            context[name] = tuple(with_unknowns(values if isinstance(values, list) else [values]))
    account = raw.get("resource_account")
    return Request(who, raw["action"], with_unknowns(raw.get("resource")), with_unknowns(account), context)


def read_policies(raw: dict[str, Any]) -> PolicySet:
    """Return the policy set."""

    def policy(layer: str, document: Any, name: str) -> Policy:
        kind = KINDS[layer]
        if layer == "resource" and isinstance(document, dict) and document.get("kind") == "trust":
            kind = PolicyKind.TRUST
        return parse_policy(with_unknowns(document), Origin(f"{name}.json"), kind=kind, name=name, ref=name, unit="case")

    def several(layer: str) -> tuple[Policy, ...] | None:
        documents = raw.get(layer)
        if documents is None:
            return None
        documents = documents if isinstance(documents, list) else [documents]
        return tuple(policy(layer, document, f"{layer}[{index}]") for index, document in enumerate(documents))

    def levels(layer: str) -> tuple[tuple[Policy, ...], ...]:
        return tuple(
            tuple(policy(layer, document, f"{layer}[{level}][{index}]") for index, document in enumerate(documents))
            for level, documents in enumerate(raw.get(layer) or [])
        )

    resource = raw.get("resource")
    return PolicySet(
        several("identity"),
        None if resource is None else policy("resource", resource, "resource"),
        several("boundary"),
        several("session"),
        levels("scp"),
        levels("rcp"),
        several("endpoint"),
        frozenset(map(Layer, raw.get("not_seen") or ())),
    )


__all__ = ["Text", "read_policies", "read_request", "with_unknowns"]
