"""Random requests and policies over small alphabets, so that they meet often. In the shape of `simulate --batch`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

HERE, THERE = "111111111111", "222222222222"
USER = f"arn:aws:iam::{HERE}:user/ann"
ROLE = f"arn:aws:iam::{HERE}:role/app"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/app/run"
FEDERATED = f"arn:aws:sts::{HERE}:federated-user/ann"
ROOT = f"arn:aws:iam::{HERE}:root"
LINKED = f"arn:aws:iam::{HERE}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
SERVICE = {"type": "Service", "service": "lambda.amazonaws.com"}
ANYONE = {"type": "Anonymous"}
PROVIDER = f"arn:aws:iam::{HERE}:oidc-provider/token.example.com"
WEB = {"type": "Federated", "provider": PROVIDER}
CALLERS: list[Any] = [USER, ROLE, SESSION, FEDERATED, ROOT, LINKED, SERVICE, ANYONE, WEB]

BUCKET, OBJECT, OTHER = "arn:aws:s3:::logs", "arn:aws:s3:::logs/a", "arn:aws:s3:::data/ann"
KEY = f"arn:aws:kms:eu-west-1:{HERE}:key/k1"
TRUSTED = f"arn:aws:iam::{HERE}:role/target"
TARGETS = {
    OBJECT: ["s3:GetObject", "s3:PutObject"], OTHER: ["s3:GetObject", "s3:PutObject"], BUCKET: ["s3:ListBucket"],
    KEY: ["kms:Decrypt", "kms:Encrypt"], TRUSTED: ["sts:AssumeRole", "sts:TagSession"], "*": ["s3:ListAllMyBuckets", "sts:GetCallerIdentity"],
}  # fmt: skip

ACTIONS = ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?utObject", "s3:List*", "kms:*", "kms:Decrypt", "sts:AssumeRole", "sts:*"]
RESOURCES = [
    "*", "arn:aws:s3:::*", "arn:aws:s3:::logs", "arn:aws:s3:::logs/*", "arn:aws:s3:::data/${aws:username}", "arn:aws:s3:::l?gs/a",
    "arn:aws:s3:::data/${aws:PrincipalTag/team, 'ann'}", "arn:aws:kms:*:*:key/*", KEY, TRUSTED, f"arn:aws:iam::{HERE}:role/*", "arn:aws:*",
]  # fmt: skip
CONTEXT: dict[str, list[str]] = {
    "aws:SourceVpce": ["vpce-1", "vpce-2", "Vpce-1"],
    "aws:PrincipalTag/team": ["ann", "red", "r*"],
    "aws:TagKeys": ["env", "team"],
    "aws:SourceIp": ["10.0.0.1", "192.0.2.7"],
    "aws:MultiFactorAuthAge": ["5", "300", "7.5"],
    "aws:SecureTransport": ["true", "false"],
    "aws:CurrentTime": ["2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"],
    "aws:SourceArn": ["arn:aws:s3:::logs", "arn:aws:sns:eu-west-1:111111111111:topic"],
}
VALUES: dict[str, list[str]] = {
    "StringEquals": ["vpce-1", "vpce-*", "ann", "red", "env", "${aws:username}", "${aws:PrincipalTag/team}"],
    "StringEqualsIgnoreCase": ["VPCE-1", "RED", "Env"],
    "StringLike": ["vpce-*", "*", "r?d", "r${*}", "env", "${aws:PrincipalTag/team, 'red'}*"],
    "NumericLessThan": ["6", "300"], "NumericEquals": ["5", "300.0"], "NumericGreaterThanEquals": ["7.5"],
    "DateLessThan": ["2026-03-01T00:00:00Z"], "DateGreaterThan": ["2026-01-01T00:00:00+00:00"],
    "Bool": ["true", "false"], "IpAddress": ["10.0.0.0/8", "192.0.2.7"], "Null": ["true", "false"],
    "ArnLike": ["arn:aws:s3:::*", "arn:aws:sns:*:111111111111:*", "arn:aws:s3:::logs", ROLE],
}  # fmt: skip
KEYS: dict[str, list[str]] = {
    "String": ["aws:SourceVpce", "aws:PrincipalTag/team", "aws:tagkeys", "aws:PrincipalType", "aws:username", "aws:PrincipalAccount"],
    "Numeri": ["aws:MultiFactorAuthAge"], "DateLe": ["aws:CurrentTime"], "DateGr": ["aws:CurrentTime"],
    "Bool": ["aws:SecureTransport", "aws:PrincipalIsAWSService"], "IpAddr": ["aws:SourceIp"],
    "Null": ["aws:SourceVpce", "aws:PrincipalTag/team", "aws:username"], "ArnLik": ["aws:SourceArn", "aws:PrincipalArn"],
}  # fmt: skip
NEGATED = {"StringEquals": "StringNotEquals", "StringLike": "StringNotLike", "NumericEquals": "NumericNotEquals",
           "IpAddress": "NotIpAddress", "ArnLike": "ArnNotLike", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase"}  # fmt: skip
PRINCIPALS: list[Any] = [
    "*", {"AWS": "*"}, {"AWS": HERE}, {"AWS": ROOT}, {"AWS": USER}, {"AWS": ROLE}, {"AWS": SESSION}, {"AWS": THERE}, {"AWS": [FEDERATED]},
    {"Service": "lambda.amazonaws.com"}, {"AWS": [ROLE, THERE]}, {"Service": "ec2.amazonaws.com"}, {"Federated": PROVIDER}, {"AWS": [SESSION, ROOT]},
]  # fmt: skip
EXEMPT: list[Any] = [
    {"AWS": [USER, ROOT]},
    {"AWS": [ROLE, HERE]},
    {"AWS": [SESSION, ROLE, ROOT]},
    {"AWS": USER},
    {"AWS": [THERE]},
]


def few(values: list[Any], most: int = 2) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique_by=str)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for operator in draw(st.lists(st.sampled_from(list(VALUES)), max_size=2)):
        key = draw(st.sampled_from(KEYS[operator[:6]]))
        values = draw(few(VALUES[operator]))
        name = NEGATED.get(operator, operator) if draw(st.booleans()) else operator
        if key == "aws:tagkeys":
            name = draw(st.sampled_from(["ForAllValues:", "ForAnyValue:"])) + name
        if operator != "Null" and draw(st.booleans()):
            name += "IfExists"
        found.setdefault(name, {})[key] = values
    return found


@st.composite
def statements(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    effect = draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"] if kind != "rcp" else ["Deny"]))
    statement: dict[str, Any] = {"Effect": effect}
    negate = draw(st.integers(0, 9))
    statement["NotAction" if negate == 0 and kind != "rcp" else "Action"] = draw(few(ACTIONS))
    if kind != "trust":
        statement["NotResource" if negate == 1 else "Resource"] = draw(few(RESOURCES))
    if kind in ("rcp", "endpoint"):
        statement["Principal"] = "*"
    elif kind in ("resource", "trust"):
        if negate == 2 and kind == "resource" and effect == "Deny":
            statement["NotPrincipal"] = draw(st.sampled_from(EXEMPT))
        else:
            statement["Principal"] = draw(st.sampled_from(PRINCIPALS))
    condition = draw(conditions())
    if condition:
        statement["Condition"] = condition
    return statement


def documents(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda version, body: {"Version": version, "Statement": body, **({"kind": "trust"} if kind == "trust" else {})},
        st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
        st.lists(statements(kind), min_size=1, max_size=3),
    )


@st.composite
def estates(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Known context, the policies that apply, and the resources that may be asked for."""
    trust = draw(st.integers(0, 3)) == 0
    context: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(list(CONTEXT)), max_size=5, unique=True)):
        context[key] = draw(few(CONTEXT[key], 2 if key == "aws:TagKeys" else 1))
    policies: dict[str, Any] = {
        "identity": draw(st.one_of(st.none(), st.lists(documents("identity"), max_size=2))),
        "resource": draw(st.one_of(st.none(), documents("trust" if trust else "resource"))),
    }
    for layer in ("boundary", "session", "endpoint"):
        policies[layer] = draw(st.one_of(st.none(), st.none(), st.lists(documents(layer), min_size=1, max_size=1)))
    for layer in ("scp", "rcp"):
        policies[layer] = draw(st.one_of(st.just([]), st.lists(st.lists(documents(layer), min_size=1, max_size=2), max_size=2)))
    return context, policies, [TRUSTED] if trust else [OBJECT, OTHER, BUCKET, KEY, "*"]


def requests(context: dict[str, Any], resources: list[str]) -> Iterator[dict[str, Any]]:
    """Every principal, every resource, every action on it, in both accounts."""
    for resource in resources:
        for action in TARGETS[resource]:
            for principal in CALLERS:
                request = {"principal": principal, "action": action, "resource": resource, "context": context}
                if resource.startswith("arn:aws:s3"):
                    yield {**request, "resource_account": THERE}
                    request["resource_account"] = HERE
                yield request
