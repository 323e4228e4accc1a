"""`evaluate` is held against the obvious evaluator on random requests."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from differential.reference import decide
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantics.documents import read_policies, read_request
from strategies_iam import CONTEXT, cases

from iamlint.iam.evaluate import evaluate

QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}


def agrees(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    request, policies = case
    verdict = evaluate(read_request(request), read_policies(policies))
    assert verdict.decision == decide(request, policies)


def completed(case: tuple[dict[str, Any], dict[str, Any]], names: list[str]) -> None:
    """A2: unknown exactly when two completions of the unknown context keys give two decisions."""
    request, policies = case
    verdict = evaluate(read_request({**request, "context": {**request["context"], **{name: {"unknown": True} for name in names}}}), read_policies(policies))
    choices = [[None, *[[value] for value in CONTEXT[name]], ["zzz"]] if name == "aws:SourceVpce" else [None, ["true"], ["false"]] for name in names]
    found = set()
    for values in product(*choices):
        context = {key: value for key, value in request["context"].items() if key not in names}
        context.update({name: value for name, value in zip(names, values, strict=True) if value is not None})
        found.add(decide({**request, "context": context}, policies))
    if verdict.decision == "unknown":
        assert len(found) > 1
    else:
        assert found == {str(verdict.decision)}


@settings(max_examples=100, **QUIET)
@given(cases())
def test_known_requests_are_decided_as_the_clauses_say(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    agrees(case)


@settings(max_examples=100, **QUIET)
@given(cases(), st.lists(st.sampled_from(["aws:SourceVpce", "aws:SecureTransport"]), min_size=1, max_size=2, unique=True))
def test_unknown_keys_leave_open_what_completions_decide_differently(case: tuple[dict[str, Any], dict[str, Any]], names: list[str]) -> None:
    completed(case, names)


@pytest.mark.long
@settings(max_examples=200_000, **QUIET)
@given(cases())
def test_known_requests_in_the_large(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    agrees(case)


@pytest.mark.long
@settings(max_examples=20_000, **QUIET)
@given(cases(), st.lists(st.sampled_from(["aws:SourceVpce", "aws:SecureTransport"]), min_size=1, max_size=2, unique=True))
def test_unknown_keys_in_the_large(case: tuple[dict[str, Any], dict[str, Any]], names: list[str]) -> None:
    completed(case, names)
