"""What was added and removed between two documents; expected beside the statements."""

from __future__ import annotations

from typing import Any

import pytest
from semantics.documents import with_unknowns

from iamlint.iam.compare import at_most, compare_policies
from iamlint.iam.evaluate import evaluate
from iamlint.model.policy import Policy, PolicyKind
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin


def policy(statements: list[Any], kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
    document = with_unknowns({"Version": "2012-10-17", "Statement": statements})
    return parse_policy(document, Origin("p.json"), kind=kind, name="p", ref="p", unit="p")


def allow(action: Any, resource: Any = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny(action: Any, resource: Any = "*", **rest: Any) -> dict[str, Any]:
    return {**allow(action, resource, **rest), "Effect": "Deny"}


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


A = "arn:aws:s3:::a/"
CASES = [
    ("a wider action", [allow("s3:Get*")], [allow("s3:*")], True, False),
    ("an action that no catalogue lists", [allow("newservice:Do*")], [allow("newservice:*")], True, False),
    ("a narrower resource", [allow("s3:*", A + "*")], [allow("s3:*", [A + "x*", A + "y*"])], False, True),
    ("a deny less", [allow("s3:*", A + "*"), deny("s3:*", A + "secret*")], [allow("s3:*", A + "*")], True, False),
    ("split by action", [allow(["s3:GetObject", "s3:PutObject"])], [allow("s3:PutObject"), allow("s3:GetObject")], False, False),
    ("together they cover", [allow("s3:*", "arn:aws:s3:::b*")], [allow("s3:*", ["arn:aws:s3:::b", "arn:aws:s3:::b?*"])], False, False),
    ("NotAction and a deny", [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [allow("*"), deny("iam:*")], False, False),
    ("NotResource", [{"Effect": "Allow", "Action": "s3:*", "NotResource": A + "*"}], [allow("s3:*"), deny("s3:*", A + "*")], False, False),
    ("a new condition", [allow("s3:*")], [allow("s3:*", **when("StringEquals", "aws:SourceVpce", "v"))], False, True),
    (
        "a condition and its opposite",
        [allow("s3:*", **when("StringEquals", "aws:SourceVpce", "v")), allow("s3:*", **when("StringNotEquals", "aws:SourceVpce", "v"))],
        [allow("s3:*")], False, False,
    ),
    ("IfExists", [allow("s3:*", **when("Bool", "aws:SecureTransport", "true"))], [allow("s3:*", **when("BoolIfExists", "aws:SecureTransport", "true"))], True, False),
    ("a narrower block", [allow("s3:*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))], [allow("s3:*", **when("IpAddress", "aws:SourceIp", "10.1.0.0/16"))], False, True),
    (
        "two halves of a block",
        [allow("s3:*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))],
        [allow("s3:*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/9", "10.128.0.0/9"))], False, False,
    ),
    ("numbers", [allow("s3:*", **when("NumericLessThan", "s3:max-keys", "10"))], [allow("s3:*", **when("NumericLessThanEquals", "s3:max-keys", "10"))], True, False),
    (
        "dates in two spellings",
        [allow("s3:*", **when("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"))],
        [allow("s3:*", **when("DateLessThan", "aws:CurrentTime", "2026-01-01T01:00:00+01:00"))], False, False,
    ),
    ("patterns in a condition", [allow("s3:*", **when("StringLike", "s3:prefix", "a*"))], [allow("s3:*", **when("StringLike", "s3:prefix", "a", "a?*"))], False, False),
    ("ARNs in a condition", [allow("s3:*", **when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:1:t"))], [allow("s3:*", **when("ArnLike", "aws:SourceArn", "arn:aws:sns:*"))], True, False),
    ("the same variable", [allow("s3:*", A + "${aws:username}")], [allow("s3:*", [A + "${aws:username}", A + "x"])], True, False),
    ("the same unknown", [allow("s3:*", A + "⟨var.env⟩")], [allow("s3:*", A + "⟨var.env⟩")], False, False),
    ("another unknown", [allow("s3:*", A + "⟨var.env⟩")], [allow("s3:*", A + "⟨var.other⟩")], None, None),
    ("more of an unknown", [allow("s3:*", A + "⟨var.env⟩")], [allow("s3:*", A + "*")], None, False),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "added", "removed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_identity_policies(old: list[Any], new: list[Any], added: bool | None, removed: bool | None) -> None:
    found = compare_policies(policy(old), policy(new))
    assert (found.added.found, found.removed.found) == (added, removed), found
    for difference in found:
        assert (difference.witness is not None) is (difference.found is True)
        assert (difference.reason is not None) is (difference.found is None)


def versioned(version: str, statements: list[Any]) -> Policy:
    document = {"Version": version, "Statement": statements}
    return parse_policy(document, Origin("p.json"), kind=PolicyKind.IDENTITY, name="p", ref="p", unit="p")


def test_a_variable_is_plain_text_in_an_older_policy() -> None:
    """Shrunk from `test_differences_in_the_large`."""
    statements = [allow("*", "arn:aws:s3:::data/${aws:username}")]
    found = compare_policies(versioned("2012-10-17", statements), versioned("2008-10-17", statements))
    assert (found.added.found, found.removed.found) == (True, True)


def test_a_pattern_does_not_cover_what_a_variable_is_written_with() -> None:
    found = compare_policies(policy([allow("s3:*", A + "${aws:username}")]), policy([allow("s3:*", A + "$*")]))
    assert (found.added.found, found.removed.found) == (True, True)


def to(principal: Any, **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", **rest}


@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        ([to({"AWS": "111111111111"})], [to("*")], True, False),
        ([to({"AWS": "111111111111"})], [to({"AWS": "arn:aws:iam::111111111111:root"})], False, False),
        ([to({"AWS": "111111111111"})], [to({"AWS": "arn:aws:iam::111111111111:role/app"})], False, True),
        ([to({"Service": "sns.amazonaws.com"})], [to({"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]})], True, False),
        ([to("*")], [to("*", **when("StringEquals", "aws:PrincipalOrgID", "o-1"))], False, True),
    ],
)
def test_resource_policies(old: list[Any], new: list[Any], added: bool, removed: bool) -> None:
    found = compare_policies(policy(old, PolicyKind.RESOURCE), policy(new, PolicyKind.RESOURCE))
    assert (found.added.found, found.removed.found) == (added, removed), found


def test_a_trust_policy_that_lets_in_more() -> None:
    one = {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}
    found = compare_policies(policy([one], PolicyKind.TRUST), policy([{**one, "Principal": {"AWS": "*"}}], PolicyKind.TRUST))
    assert (found.added.found, found.removed.found) == (True, False)


def test_a_policy_grants_at_most_what_a_limit_does() -> None:
    limit = policy([allow("s3:*", A + "*")])
    assert at_most(policy([allow("s3:Get*", A + "x")]), limit).found is False
    beyond = at_most(policy([allow(["s3:Get*", "ec2:RunInstances"], A + "x")]), limit)
    assert beyond.witness is not None
    assert beyond.witness.action == "ec2:RunInstances"


def test_many_conditions_stay_bounded() -> None:
    keys = [f"aws:RequestTag/k{number}" for number in range(30)]
    old = [allow("ec2:*", Condition={"StringLike": {key: ["a*", "b?c", "d"] for key in keys}})]
    new = [allow("ec2:*", Condition={"StringLike": {key: ["a*", "b?c", "e"] for key in keys}})]
    found = compare_policies(policy(old), policy(new))
    assert (found.added.found, found.removed.found) == (True, True)


def test_the_witness_is_confirmed() -> None:
    old, new = policy([allow("s3:*", A + "*"), deny("s3:*", A + "s*")]), policy([allow("s3:*", A + "*")])
    witness = compare_policies(old, new).added.witness
    assert witness is not None
    from iamlint.iam.compare import alone

    assert evaluate(witness, alone(new)).decision == "allow"
    assert evaluate(witness, alone(old)).decision == "explicit_deny"
