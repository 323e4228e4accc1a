"""Who asks, in comparisons of resource policies: whatever accounts they name, a difference for somebody is found (C1)."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantics.test_comparisons import one

from iamlint.iam.caller import read_caller
from iamlint.iam.compare import compare
from iamlint.iam.evaluate import evaluate
from iamlint.iam.request import Request, RequestPrincipal

QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
NINE, EIGHT, TWO = "999999999999", "888888888888", "222222222222"  # the first two stand for others where nothing names them
NAMED = [
    *({"AWS": account} for account in (NINE, EIGHT, TWO)), {"AWS": [NINE, EIGHT]},
    *({"AWS": f"arn:aws:iam::{account}:{what}"} for account in (NINE, TWO) for what in ("role/app", "user/ann")),
    {"AWS": f"arn:aws:sts::{NINE}:assumed-role/app/run"}, "*", {"AWS": "*"}, {"Service": "sns.amazonaws.com"},
    {"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]},
]  # fmt: skip
TESTS: list[tuple[str, str, list[str]]] = [
    ("StringEquals", "aws:PrincipalAccount", [NINE]), ("StringEquals", "aws:PrincipalAccount", [NINE, EIGHT]),
    ("StringNotEquals", "aws:PrincipalAccount", [NINE]), ("StringNotEqualsIfExists", "aws:PrincipalAccount", [EIGHT]),
    ("StringLike", "aws:PrincipalAccount", ["9999*"]), ("ArnLike", "aws:PrincipalArn", [f"arn:aws:iam::{NINE}:role/a*"]),
    ("ArnNotLike", "aws:PrincipalArn", [f"arn:aws:iam::{NINE}:role/app"]), ("ArnEquals", "aws:PrincipalArn", ["arn:aws:iam::*:user/ann"]),
    ("StringEquals", "aws:PrincipalType", ["User"]), ("StringEquals", "aws:PrincipalType", ["AssumedRole", "Anonymous"]),
    ("StringNotEquals", "aws:PrincipalType", ["Anonymous"]), ("Bool", "aws:PrincipalIsAWSService", ["false"]),
    ("BoolIfExists", "aws:PrincipalIsAWSService", ["false"]), ("StringEquals", "aws:PrincipalServiceName", ["sns.amazonaws.com"]),
    ("StringEquals", "aws:username", ["ann"]), ("Null", "aws:username", ["true"]), ("Null", "aws:PrincipalArn", ["false"]),
    ("StringEquals", "aws:SourceVpce", ["vpce-1"]), ("StringNotEquals", "aws:SourceVpce", ["vpce-1"]),
]  # fmt: skip
WHO = [
    RequestPrincipal("Anonymous", "*"),
    *(RequestPrincipal("Service", f"{name}.amazonaws.com") for name in ("sns", "s3", "events")),
    *(
        RequestPrincipal("AWS", f"arn:aws:{service}::{account}:{what}")
        for account in (NINE, EIGHT, TWO, "333333333333", "111111111111")
        for service, what in (
            ("iam", "user/ann"), ("iam", "user/bob"), ("iam", "root"), ("sts", "assumed-role/app/run"), ("sts", "assumed-role/app/walk"),
            ("sts", "assumed-role/other/x"), ("sts", "federated-user/f"),
        )
    ),
]  # fmt: skip
REQUESTS = [
    Request(who, action, resource, "444444444444", {} if way is None else {"aws:SourceVpce": (way,)})
    for who, action, resource, way in product(
        WHO, ("sqs:SendMessage", "sqs:ReceiveMessage"),
        ("arn:aws:sqs:eu-west-1:444444444444:q", "arn:aws:sqs:us-east-1:444444444444:zz"), ("vpce-1", None),
    )
]  # fmt: skip


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    principal = draw(st.sampled_from(NAMED))
    made: dict[str, Any] = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        "Action": draw(st.sampled_from(["sqs:SendMessage", "sqs:*", "sqs:Receive*", "*"])),
        "Resource": draw(st.sampled_from(["*", "arn:aws:sqs:*:*:q", "arn:aws:sqs:eu-west-1:*:q*"])),
    }
    if made["Effect"] == "Deny" and isinstance(principal, dict) and "AWS" in principal and draw(st.booleans()):
        listed = principal["AWS"] if isinstance(principal["AWS"], list) else [principal["AWS"]]
        made["NotPrincipal"] = {"AWS": [*listed, NINE]}
    else:
        made["Principal"] = principal
    for operator, name, values in draw(st.lists(st.sampled_from(TESTS), max_size=2)):
        made.setdefault("Condition", {}).setdefault(operator, {})[name] = values
    return made


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    old = draw(st.lists(statements(), min_size=1, max_size=3))
    new = draw(st.lists(statements(), max_size=2))
    return old, [*draw(st.lists(st.sampled_from(old), max_size=2)), *new] or old


def is_found(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    before, after = one(old, "resource"), one(new, "resource")
    found = compare(before, after)
    for difference, more, less in ((found.added, after, before), (found.removed, before, after)):
        if difference.found is False:
            for request in REQUESTS:
                if evaluate(request, more).decision == "allow":
                    assert evaluate(request, less).decision not in ("implicit_deny", "explicit_deny"), request
        elif difference.found:
            witness = difference.witness
            assert witness is not None
            caller, account = read_caller(witness.principal), witness.context.get("aws:principalaccount")
            if account is not None and caller.account in (NINE, EIGHT, TWO):
                assert account == (caller.account,) or not any(caller.account in str(one) for one in (*old, *new))
            assert caller.is_aws or account is None


@settings(max_examples=150, **QUIET)
@given(pairs())
def test_a_difference_for_somebody_is_found(pair: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    is_found(*pair)


@pytest.mark.long
@settings(max_examples=5_000, **QUIET)
@given(pairs())
def test_a_difference_for_somebody_is_found_in_the_large(pair: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    is_found(*pair)
