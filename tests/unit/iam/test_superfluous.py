"""Statements without effect; which they are stands beside the policy."""

from __future__ import annotations

from typing import Any

import pytest

from iamlint.iam.superfluous import dead_statement, jointly_redundant_statements, redundant_statement
from iamlint.model.policy import PolicyKind
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin


def allow(action: Any, resource: Any = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny(action: Any, resource: Any = "*", **rest: Any) -> dict[str, Any]:
    return {**allow(action, resource, **rest), "Effect": "Deny"}


MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
CASES: list[tuple[str, list[Any], list[bool | None], list[bool | None]]] = [
    ("each has its own", [allow("s3:*"), allow("ec2:*")], [False, False], [False, False]),
    ("one covers the other", [allow("s3:*"), allow("s3:Get*", "arn:aws:s3:::a/*")], [False, True], [False, False]),
    ("the same twice", [allow("s3:*"), allow("s3:*")], [True, True], [False, False]),
    (
        "two that together cover a third",
        [allow("s3:*", "arn:aws:s3:::b*"), allow("s3:*", "arn:aws:s3:::b"), allow("s3:*", "arn:aws:s3:::b?*")],
        [True, True, True],
        [False, False, False],
    ),
    ("taken back by two denies", [allow("s3:*"), deny("s3:*", "arn:aws:s3:::a*"), deny("s3:*")], [True, True, False], [True, False, False]),
    ("taken back only with a condition", [allow("s3:*"), deny("s3:*", **MFA)], [False, False], [False, False]),
    ("a deny of what nobody allows", [allow("s3:*"), deny("ec2:*")], [False, True], [False, False]),
    ("what is not known stays open", [allow("s3:*"), allow("sts:AssumeRole", "arn:aws:iam::111111111111:role/x")], [False, None], [False, False]),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "redundant", "dead"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_statements_without_effect(statements: list[Any], redundant: list[bool | None], dead: list[bool | None]) -> None:
    document = {"Version": "2012-10-17", "Statement": statements}
    policy = parse_policy(document, Origin("p.json"), kind=PolicyKind.IDENTITY, name="p", ref="p", unit="p")
    assert [redundant_statement(statement) for statement in policy.statements] == redundant
    assert [dead_statement(statement) for statement in policy.statements] == dead


def test_what_several_statements_cover_only_together() -> None:
    statements = [
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-*"),
        allow("s3:Get*"),
        allow("s3:Put*"),
        allow("s3:PutObject", "arn:aws:s3:::acme-x"),
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    policy = parse_policy(document, Origin("p.json"), kind=PolicyKind.IDENTITY, name="p", ref="p", unit="p")
    assert [statement.index for statement in jointly_redundant_statements(policy)] == [0]  # the last: one alone covers it
