"""`compare` is held against the obvious evaluator: witnesses are real, and what it says is empty is empty in a small world."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from differential.reference import decide
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantics.documents import read_policies
from strategies_iam import CALLERS, HERE, OBJECT, OTHER, THERE, documents

from iamlint.iam.compare import Comparison, Difference, compare
from iamlint.iam.request import Request
from iamlint.source.value import Unknown

QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
CONTEXTS: list[dict[str, Any]] = [
    {
        key: values
        for key, values in zip(("aws:SourceVpce", "aws:PrincipalTag/team", "aws:SecureTransport"), chosen, strict=True)
        if values
    }
    for chosen in product(([], ["vpce-1"], ["vpce-2"], ["zzz"]), ([], ["ann"], ["red"]), ([], ["true"]))
]


def as_set(layer: str, document: dict[str, Any]) -> dict[str, Any]:
    return {"identity": [document]} if layer == "identity" else {"identity": [ALL], "resource": document}


def as_json(request: Request) -> dict[str, Any]:
    kind, value = request.principal
    principal: Any = value if kind == "AWS" else {"type": kind, "name": value}
    context = {
        key: [str(value) for value in values] for key, values in request.context.items() if not isinstance(values, Unknown)
    }
    return {"principal": principal, "action": request.action, "resource": request.resource,
            "resource_account": request.resource_account, "context": context}  # fmt: skip


def is_true(difference: Difference, layer: str, more: dict[str, Any], less: dict[str, Any]) -> None:
    if difference.found is None:
        assert difference.reason
        return
    if difference.found:
        assert difference.witness is not None
        request = as_json(difference.witness)
        assert decide(request, as_set(layer, more)) == "allow", request
        assert decide(request, as_set(layer, less)) != "allow", request
        return
    callers = CALLERS if layer == "resource" else CALLERS[:1]
    account = THERE if layer == "resource" else HERE
    for caller, (resource, action), context in product(callers, ((OBJECT, "s3:GetObject"), (OTHER, "s3:PutObject")), CONTEXTS):
        request = {"principal": caller, "action": action, "resource": resource, "resource_account": account, "context": context}
        if decide(request, as_set(layer, more)) == "allow":
            assert decide(request, as_set(layer, less)) == "allow", request


def holds(layer: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """C1: exact. C2: Every reported difference carries a concrete witness request."""
    found = compare(read_policies(as_set(layer, old)), read_policies(as_set(layer, new)))
    is_true(found.added, layer, new, old)
    is_true(found.removed, layer, old, new)


PAIRS = st.sampled_from(["identity", "resource"]).flatmap(
    lambda layer: st.tuples(st.just(layer), documents(layer), documents(layer))
)


@settings(max_examples=50, **QUIET)
@given(PAIRS)
def test_differences_are_what_the_verdicts_say(pair: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    holds(*pair)


@settings(max_examples=20, **QUIET)
@given(PAIRS)
def test_a_comparison_reversed_swaps_added_and_removed(pair: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    """C3: `compare(x, x)` is empty; reversing the arguments swaps added and removed."""
    layer, old, new = pair
    left, right = read_policies(as_set(layer, old)), read_policies(as_set(layer, new))
    forward = compare(left, right)
    assert compare(right, left) == Comparison(forward.removed, forward.added)
    assert compare(left, left) == Comparison(Difference(False), Difference(False))


@settings(max_examples=20, **QUIET)
@given(PAIRS, st.data())
def test_a_statement_more_adds_or_takes_away_only_one_way(
    pair: tuple[str, dict[str, Any], dict[str, Any]], data: st.DataObject
) -> None:
    """C1: an allow more removes nothing, a deny more adds nothing."""
    layer, old, extra = pair
    statement = extra["Statement"][0]
    new = {**old, "Statement": [*old["Statement"], statement]}
    found = compare(read_policies(as_set(layer, old)), read_policies(as_set(layer, new)))
    assert (found.removed if statement["Effect"] == "Allow" else found.added).found is not True


@pytest.mark.long
@settings(max_examples=3_000, **QUIET)
@given(PAIRS)
def test_differences_in_the_large(pair: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    holds(*pair)
