"""`evaluate` is held against the obvious evaluator on random requests."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from differential.reference import decide
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantics.documents import read_policies, read_request
from strategies_iam import CONTEXT, FEDERATED, ROLE, SESSION, USER, VALUES, estates, requests

from iamlint.iam.evaluate import evaluate

Estate = tuple[dict[str, Any], dict[str, Any], list[str]]
QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
COMPLETIONS: dict[str, list[list[str] | None]] = {
    "aws:SourceVpce": [
        None,
        *([value] for value in (*CONTEXT["aws:SourceVpce"], *VALUES["StringEquals"][:5], "rxd", "r*x", "", "zzz")),
    ],
    "aws:SecureTransport": [None, ["true"], ["false"]],
}


def agrees(estate: Estate) -> None:
    context, policies, resources = estate
    read = read_policies(policies)
    for request in requests(context, resources):
        if is_open(request["principal"], policies):
            continue
        assert evaluate(read_request(request), read).decision == decide(request, policies), request


def is_open(principal: Any, policies: dict[str, Any]) -> bool:
    """Return whether the clauses leave something of the caller open, so that a known answer is not to be expected.

    B29: the `aws:PrincipalType` of services and federated identities. B19: which session of a role asks. B5: which user made
    a federated session.
    """
    if isinstance(principal, dict):
        return "aws:PrincipalType" in str(policies) and principal["type"] in ("Service", "Federated")
    return {ROLE: SESSION, FEDERATED: USER}.get(principal, "-") in str(policies["resource"])


def is_completed(estate: Estate, names: list[str]) -> None:
    """A2: unknown exactly when two completions of the unknown context keys give two decisions."""
    context, policies, resources = estate
    read = read_policies(policies)
    for request in requests(context, resources[:1]):
        if is_open(request["principal"], policies):
            continue
        unknown = {name: {"unknown": True} for name in names}
        verdict = evaluate(read_request({**request, "context": {**context, **unknown}}), read)
        found = set()
        for values in product(*(COMPLETIONS[name] for name in names)):
            known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
            rest = {key: value for key, value in context.items() if key not in names}
            found.add(decide({**request, "context": {**rest, **known}}, policies))
        assert (len(found) > 1) if verdict.decision == "unknown" else (found == {str(verdict.decision)}), request


SOME_KEYS = st.lists(st.sampled_from(list(COMPLETIONS)), min_size=1, max_size=2, unique=True)


@settings(max_examples=100, **QUIET)
@given(estates())
def test_known_requests_are_decided_as_the_clauses_say(estate: Estate) -> None:
    agrees(estate)


@settings(max_examples=30, **QUIET)
@given(estates(), SOME_KEYS)
def test_unknown_keys_leave_open_what_completions_decide_differently(estate: Estate, names: list[str]) -> None:
    is_completed(estate, names)


@pytest.mark.long
@settings(max_examples=5_000, **QUIET)  # more than 250,000 requests
@given(estates())
def test_known_requests_in_the_large(estate: Estate) -> None:
    agrees(estate)


@pytest.mark.long
@settings(max_examples=2_000, **QUIET)
@given(estates(), SOME_KEYS)
def test_unknown_keys_in_the_large(estate: Estate, names: list[str]) -> None:
    is_completed(estate, names)
