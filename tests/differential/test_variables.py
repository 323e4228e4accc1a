"""Unknown context keys that policy variables take in, in several layers at once: a known answer is never wrong (A2)."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from differential.reference import decide
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantics.documents import read_policies, read_request
from strategies_iam import USER

from iamlint.iam.evaluate import evaluate

QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
TEAM, ENDPOINT = "aws:PrincipalTag/team", "aws:SourceVpce"
RESOURCES = [
    "*",
    "arn:aws:s3:::logs/a*",
    "arn:aws:s3:::${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::logs/${aws:PrincipalTag/team}",
    "arn:aws:s3:::${aws:PrincipalTag/team}/${aws:PrincipalTag/team}",
    "arn:aws:s3:::${aws:PrincipalTag/team, 'logs'}/${aws:SourceVpce}",
    "arn:aws:s3:::*/${aws:SourceVpce, 'a'}",
]
OPERATORS = [
    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringEqualsIgnoreCase",
    "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals",
]  # fmt: skip
TESTS = [
    (TEAM, ["logs"]), (TEAM, ["${aws:SourceVpce}"]), (ENDPOINT, ["${aws:PrincipalTag/team}"]), (ENDPOINT, ["a", "logs"]),
    ("aws:username", ["${aws:PrincipalTag/team}"]), ("aws:PrincipalAccount", ["1111*", "${aws:PrincipalTag/team}"]),
]  # fmt: skip
VALUES: list[list[str] | None] = [None, ["logs"], ["a"], ["ann"], ["zz"], ["*"], ["lo?s"], [""], ["logs", "a"], ["1111*"]]


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return {}
    if kind == 1:
        return {"Null": {draw(st.sampled_from([TEAM, ENDPOINT])): draw(st.sampled_from(["true", "false"]))}}
    key, values = draw(st.sampled_from(TESTS))
    return {draw(st.sampled_from(OPERATORS)): {key: values}}


@st.composite
def documents(draw: st.DrawFn, layer: str) -> dict[str, Any]:
    statements = []
    for _ in range(draw(st.integers(1, 2))):
        made: dict[str, Any] = {
            "Effect": "Deny" if layer == "rcp" else draw(st.sampled_from(["Allow", "Allow", "Deny"])),
            "Action": draw(st.sampled_from(["s3:*", "s3:GetObject", "*"])),
            draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"])): draw(
                st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)
            ),
            "Condition": {**draw(conditions()), **draw(conditions())},
        }
        if layer in ("resource", "endpoint", "rcp"):
            made["Principal"] = "*" if layer == "rcp" else draw(st.sampled_from(["*", {"AWS": "111111111111"}, {"AWS": USER}]))
        statements.append(made)
    return {"Version": "2012-10-17", "Statement": statements}


@st.composite
def asked(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The policies, the request with what is known, and the keys that are not known."""
    policies: dict[str, Any] = {
        "identity": draw(st.lists(documents("identity"), min_size=1, max_size=2)),
        "resource": draw(st.one_of(st.none(), documents("resource"))),
        "session": None,
    }
    for layer in ("boundary", "endpoint"):
        policies[layer] = draw(st.one_of(st.none(), st.lists(documents(layer), min_size=1, max_size=1)))
    for layer in ("scp", "rcp"):
        policies[layer] = draw(
            st.one_of(st.just([]), st.lists(st.lists(documents(layer), min_size=1, max_size=1), min_size=1, max_size=1))
        )
    names = draw(st.sampled_from([[TEAM], [ENDPOINT], [TEAM, ENDPOINT]]))
    known = {key: [draw(st.sampled_from(["logs", "a"]))] for key in (TEAM, ENDPOINT) if key not in names and draw(st.booleans())}
    request = {
        "principal": USER,
        "action": "s3:GetObject",
        "resource": draw(st.sampled_from(["arn:aws:s3:::logs/a", "arn:aws:s3:::logs/logs"])),
        "resource_account": draw(st.sampled_from(["111111111111", "222222222222"])),
        "context": known,
    }
    return policies, request, names


def is_never_wrong(policies: dict[str, Any], request: dict[str, Any], names: list[str]) -> None:
    unknown = {name: {"unknown": True} for name in names}
    verdict = evaluate(read_request({**request, "context": {**request["context"], **unknown}}), read_policies(policies))
    if verdict.decision == "unknown":
        return
    for values in product(VALUES, repeat=len(names)):
        known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        completed = {**request, "context": {**request["context"], **known}}
        if any(len(value or ()) > 1 for value in values) and _is_unknown(completed, policies):
            continue  # what a plain operator makes of several values AWS does not say (B26)
        assert decide(completed, policies) == str(verdict.decision), completed


def _is_unknown(request: dict[str, Any], policies: dict[str, Any]) -> bool:
    return evaluate(read_request(request), read_policies(policies)).decision == "unknown"


@settings(max_examples=150, **QUIET)
@given(asked())
def test_a_known_answer_is_never_wrong(case: tuple[dict[str, Any], dict[str, Any], list[str]]) -> None:
    is_never_wrong(*case)


@pytest.mark.long
@settings(max_examples=5_000, **QUIET)
@given(asked())
def test_a_known_answer_is_never_wrong_in_the_large(case: tuple[dict[str, Any], dict[str, Any], list[str]]) -> None:
    is_never_wrong(*case)


@pytest.mark.parametrize(
    ("resource", "condition"),
    [
        ("arn:aws:s3:::logs/${aws:SourceVpce}", {"StringEquals": {ENDPOINT: ["a", "logs"]}}),
        ("arn:aws:s3:::*/${aws:SourceVpce, 'a'}", {"ForAllValues:StringEquals": {ENDPOINT: ["a", "logs"]}}),
    ],
)
def test_values_that_conditions_take_alike_may_differ_in_a_resource(resource: str, condition: dict[str, Any]) -> None:
    """A2: both values meet the condition, and only one of them makes the Deny speak of the object."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [resource], "Condition": condition}
    policies = {"identity": None, "rcp": [[{"Version": "2012-10-17", "Statement": [deny]}]]}
    request = {
        "principal": USER,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::logs/logs",
        "resource_account": "111111111111",
    }
    asked_for = read_request({**request, "context": {ENDPOINT: {"unknown": True}}})
    assert evaluate(asked_for, read_policies(policies)).decision == "unknown"
