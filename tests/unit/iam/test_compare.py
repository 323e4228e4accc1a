"""What was added and removed between two documents; expected beside the statements."""

from __future__ import annotations

from typing import Any

import pytest
from semantics.documents import read_policies, with_unknowns

from iamlint.iam.compare import at_most, compare, compare_policies
from iamlint.iam.evaluate import evaluate
from iamlint.iam.request import PolicySet
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


# --- sets of several layers -------------------------------------------------------------------------------------------

ANN, RUN, APP = (
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:sts::111111111111:assumed-role/app/run",
    "arn:aws:iam::111111111111:role/app",
)
FULL, EC2 = [allow("*")], [allow("ec2:*")]
KEY = "arn:aws:kms:eu-west-1:111111111111:key/k"
SETS: list[tuple[str, dict[str, Any], dict[str, Any], bool | None, bool | None]] = [
    ("an SCP takes what nobody had", {"identity": EC2, "scp": [FULL]}, {"identity": EC2, "scp": [EC2]}, False, False),
    ("an SCP takes away", {"identity": FULL, "scp": [FULL]}, {"identity": FULL, "scp": [EC2]}, False, True),
    ("a level less", {"identity": FULL, "scp": [FULL, EC2]}, {"identity": FULL, "scp": [FULL]}, True, False),
    ("a wider identity policy in the same boundary", {"identity": EC2, "boundary": EC2}, {"identity": FULL, "boundary": EC2}, False, False),
    ("identity and boundary together", {"identity": [allow("s3:*", A + "x*")], "boundary": [allow("s3:*", A + "xy*")]},
     {"identity": [allow("s3:*", A + "xy*")], "boundary": [allow("s3:*", A + "x*")]}, False, False),
    ("what the boundary no longer stops", {"identity": FULL, "boundary": EC2}, {"identity": FULL}, True, False),
    ("two halves of a boundary", {"identity": FULL, "boundary": [allow("s3:*", A + "*")]},
     {"identity": FULL, "boundary": [allow("s3:*", A + "*", **when("Bool", "aws:SecureTransport", "true")),
                                     allow("s3:*", A + "*", **when("BoolIfExists", "aws:SecureTransport", "false"))]}, False, False),
    ("a bucket policy that names the session passes by the boundary", {"identity": [], "boundary": EC2},
     {"identity": [], "boundary": EC2, "resource": [to({"AWS": RUN})]}, True, False),
    ("one that names the role does not", {"identity": [], "boundary": EC2},
     {"identity": [], "boundary": EC2, "resource": [to({"AWS": APP})]}, False, False),
    ("a bucket policy that grants what identity policies do", {"identity": [allow("s3:GetObject")]},
     {"identity": [allow("s3:GetObject")], "resource": [to({"AWS": "111111111111"})]}, True, False),  # across accounts
    ("a bucket policy whose SCP does not let it", {"identity": FULL, "scp": [EC2]},
     {"identity": FULL, "scp": [EC2], "resource": [to({"AWS": ANN})]}, False, False),
    ("a service asks without SCPs", {"identity": FULL, "scp": [EC2]},
     {"identity": FULL, "scp": [EC2], "resource": [to({"Service": "sns.amazonaws.com"})]}, True, False),
    ("a key without its policy", {"identity": []}, {"identity": [allow("kms:Decrypt", KEY)]}, None, False),
    ("a key whose policy delegates", {"identity": [], "resource": [{**to({"AWS": "111111111111"}), "Action": "kms:*"}]},
     {"identity": [allow("kms:Decrypt", KEY)], "resource": [{**to({"AWS": "111111111111"}), "Action": "kms:*"}]}, True, False),
    ("a key whose policy does not", {"identity": [], "resource": [{**to({"AWS": ANN}), "Action": "kms:*"}]},
     {"identity": [allow("kms:Decrypt", KEY)], "resource": [{**to({"AWS": ANN}), "Action": "kms:*"}]}, False, False),
    ("a session policy", {"identity": FULL, "session": EC2}, {"identity": FULL, "session": [allow("ec2:Describe*")]}, False, True),
    ("a session policy where there was none, which a federated user would need", {"identity": FULL}, {"identity": FULL, "session": EC2}, False, True),
    ("an RCP against strangers", {"identity": FULL, "resource": [to("*")]},
     {"identity": FULL, "resource": [to("*")],
      "rcp": [[{**to("*"), "Effect": "Deny", **when("StringNotEquals", "aws:PrincipalOrgID", "o-1")}]]}, False, True),
    ("an RCP of a service that has none", {"identity": EC2}, {"identity": EC2, "rcp": [[{**to("*"), "Effect": "Deny", "Action": "ec2:*"}]]}, False, False),
    ("an endpoint policy", {"identity": FULL, "endpoint": [{**to("*"), "Action": "*"}]},
     {"identity": FULL, "endpoint": [{**to("*"), "Resource": A + "*"}]}, False, True),
    ("SCPs alone", {"scp": [FULL]}, {"scp": [[*FULL, deny("iam:*")]]}, False, True),
    ("RCPs alone", {"rcp": []}, {"rcp": [[{**to("*"), "Effect": "Deny"}]]}, False, True),
    ("NotPrincipal and a boundary", {"identity": FULL, "resource": [{**to({}), "Effect": "Deny", "NotPrincipal": {"AWS": [ANN, "111111111111"]}}]},
     {"identity": FULL, "boundary": FULL, "resource": [{**to({}), "Effect": "Deny", "NotPrincipal": {"AWS": [ANN, "111111111111"]}}]}, False, True),
]  # fmt: skip


def layers(held: dict[str, Any]) -> PolicySet:
    def document(layer: str, statements: Any) -> Any:
        if layer in ("scp", "rcp"):
            return [[{"Version": "2012-10-17", "Statement": one}] for one in statements]
        found = {
            "Version": "2012-10-17",
            "Statement": [{k: v for k, v in one.items() if not (k == "Principal" and v == {})} for one in statements],
        }
        return found if layer == "resource" else [found]

    return read_policies({layer: document(layer, statements) for layer, statements in held.items()})


@pytest.mark.parametrize(("old", "new", "added", "removed"), [case[1:] for case in SETS], ids=[case[0] for case in SETS])
def test_sets_of_several_layers(old: dict[str, Any], new: dict[str, Any], added: bool | None, removed: bool | None) -> None:
    """C1: Sets of several layers are compared for everybody whom their principals tell apart, by B3 to B16."""
    found = compare(layers(old), layers(new))
    assert (found.added.found, found.removed.found) == (added, removed), found


@pytest.mark.parametrize("kind", [PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP])
def test_a_limit_alone_is_compared_where_it_decides(kind: PolicyKind) -> None:
    """C1: A boundary, session policy, SCP or RCP alone is compared beside policies that allow everything."""
    old, new = [allow("kms:Decrypt", KEY)], [allow(["kms:Decrypt", "kms:Encrypt"], KEY)]
    found = compare_policies(policy(old, kind), policy(new, kind))
    assert (found.added.found, found.removed.found) == (True, False)
    found = compare_policies(policy(old), policy(new))  # the key's policy is not known to leave it to this one
    assert "`kms:Encrypt` on `arn:aws:kms:eu-west-1:111111111111:key/k`" in (found.added.reason or "")
    assert found.removed.found is False


@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        # Every value that is compared, in every way in which a key may be compared, is told apart.
        ([when("StringEqualsIgnoreCase", "aws:PrincipalTag/t", "red")], [when("StringLike", "aws:PrincipalTag/t", "r*")], True, True),
        ([when("StringEqualsIgnoreCase", "aws:PrincipalTag/t", "red")], [when("StringEquals", "aws:PrincipalTag/t", "red", "RED")], False, True),
        ([when("StringEqualsIgnoreCase", "aws:PrincipalTag/t", "7")], [when("StringEquals", "aws:PrincipalTag/t", "7")], False, False),
        ([when("Bool", "aws:SecureTransport", "true")], [when("StringEquals", "aws:SecureTransport", "true")], False, True),
        ([when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:1:t")], [when("StringLike", "aws:SourceArn", "arn:aws:sns:*:1:t")], True, False),
        ([when("ForAllValues:StringEquals", "aws:TagKeys", *"abcdefghijkl")], [when("ForAnyValue:StringEquals", "aws:TagKeys", *"abcdefghijkl")], True, True),
        (
            [when("ForAllValues:StringEquals", "aws:TagKeys", *"abcdefghijkl")],
            [when("ForAllValues:StringEquals", "aws:TagKeys", *"abcdefghijklm")], True, False,
        ),
        ([when("StringEquals", "aws:PrincipalTag/t", "${aws:username}")], [], True, False),
        (
            [when("StringEquals", "aws:PrincipalTag/t", "${aws:username}"), when("StringNotEquals", "aws:PrincipalTag/t", "${aws:username}")],
            [{}], False, False,
        ),
    ],
)  # fmt: skip
def test_conditions_have_a_set_meaning(old: list[Any], new: list[Any], added: bool, removed: bool) -> None:
    """C1: exact for conditions whose operators have a set meaning."""
    left = policy([allow("s3:*", **one) for one in old])
    right = policy([allow("s3:*", **one) for one in new] or [allow("s3:*")])
    found = compare_policies(left, right)
    assert (found.added.found, found.removed.found) == (added, removed), found


def test_many_statements_are_compared_where_they_differ() -> None:
    def statement(number: int, resource: str) -> dict[str, Any]:
        return allow([f"s3:Get{number}*", "ec2:Describe*"], resource, **when("StringLike", "aws:PrincipalTag/t", f"a{number}*"))

    def document(changed: str) -> Policy:
        return policy([statement(number, changed if number == 700 else f"arn:aws:s3:::b-{number}/*") for number in range(1_500)])

    found = compare_policies(document("arn:aws:s3:::b-700/*"), document("arn:aws:s3:::other/*"))
    assert (found.added.found, found.removed.found) == (True, True)
    assert found.added.witness is not None
    assert found.added.witness.resource == "arn:aws:s3:::other/"


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:*", "arn:aws:s3:::" + "*a" * 10_000),
        allow("s3:" + "*a" * 10_000),
        allow("s3:*", **when("StringLike", "aws:username", "*a" * 10_000)),
        allow("s3:*", **when("StringEqualsIgnoreCase", "aws:username", "*a" * 10_000)),
        allow("s3:*", **when("ArnLike", "aws:SourceArn", "arn:aws:s3:::" + "*a" * 10_000)),
    ],
)
def test_a_long_pattern_is_compared_in_bounded_time(statement: dict[str, Any]) -> None:
    """It ends; what the answer is does not matter, as long as it is none that is wrong."""
    other = {**statement, "Resource": "arn:aws:s3:::b" + "*a" * 9_999 + "b"}
    for found in compare_policies(policy([statement, deny("iam:*")]), policy([other])):
        assert found.found is not True or found.witness is not None
