"""Hypothesis strategies: policies, requests and whole estates over small alphabets, so that they meet often.

Policies and requests have the shape of `simulate --batch`; estates are files (`path → content`) for `check_files` and
`access_to`. Hypothesis is no dependency of iamlint: this module is imported when a strategy is first asked for.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

KINDS = ("identity", "resource", "trust", "boundary", "session", "scp", "rcp", "endpoint")
"""The kinds of policy that `policies` makes."""

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
    OBJECT: ["s3:GetObject", "s3:PutObject"],
    OTHER: ["s3:GetObject", "s3:PutObject"],
    BUCKET: ["s3:ListBucket"],
    KEY: ["kms:Decrypt", "kms:Encrypt"],
    TRUSTED: ["sts:AssumeRole", "sts:TagSession"],
    "*": ["s3:ListAllMyBuckets", "sts:GetCallerIdentity"],
}

ACTIONS = ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?utObject", "s3:List*", "kms:*", "kms:Decrypt", "sts:AssumeRole", "sts:*"]
RESOURCES = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::logs",
    "arn:aws:s3:::logs/*",
    "arn:aws:s3:::data/${aws:username}",
    "arn:aws:s3:::l?gs/a",
    "arn:aws:s3:::data/${aws:PrincipalTag/team, 'ann'}",
    "arn:aws:kms:*:*:key/*",
    KEY,
    TRUSTED,
    f"arn:aws:iam::{HERE}:role/*",
    "arn:aws:*",
]
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
    "NumericLessThan": ["6", "300"],
    "NumericEquals": ["5", "300.0"],
    "NumericGreaterThanEquals": ["7.5"],
    "DateLessThan": ["2026-03-01T00:00:00Z"],
    "DateGreaterThan": ["2026-01-01T00:00:00+00:00"],
    "Bool": ["true", "false"],
    "IpAddress": ["10.0.0.0/8", "192.0.2.7"],
    "Null": ["true", "false"],
    "ArnLike": ["arn:aws:s3:::*", "arn:aws:sns:*:111111111111:*", "arn:aws:s3:::logs", ROLE],
}
KEYS: dict[str, list[str]] = {
    "String": [
        "aws:SourceVpce",
        "aws:PrincipalTag/team",
        "aws:tagkeys",
        "aws:PrincipalType",
        "aws:username",
        "aws:PrincipalAccount",
    ],
    "Numeri": ["aws:MultiFactorAuthAge"],
    "DateLe": ["aws:CurrentTime"],
    "DateGr": ["aws:CurrentTime"],
    "Bool": ["aws:SecureTransport", "aws:PrincipalIsAWSService"],
    "IpAddr": ["aws:SourceIp"],
    "Null": ["aws:SourceVpce", "aws:PrincipalTag/team", "aws:username"],
    "ArnLik": ["aws:SourceArn", "aws:PrincipalArn"],
}
NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringLike": "StringNotLike",
    "NumericEquals": "NumericNotEquals",
    "IpAddress": "NotIpAddress",
    "ArnLike": "ArnNotLike",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
}
PRINCIPALS: list[Any] = [
    "*",
    {"AWS": "*"},
    {"AWS": HERE},
    {"AWS": ROOT},
    {"AWS": USER},
    {"AWS": ROLE},
    {"AWS": SESSION},
    {"AWS": THERE},
    {"AWS": [FEDERATED]},
    {"Service": "lambda.amazonaws.com"},
    {"AWS": [ROLE, THERE]},
    {"Service": "ec2.amazonaws.com"},
    {"Federated": PROVIDER},
    {"AWS": [SESSION, ROOT]},
]
EXEMPT: list[Any] = [
    {"AWS": [USER, ROOT]},
    {"AWS": [ROLE, HERE]},
    {"AWS": [SESSION, ROLE, ROOT]},
    {"AWS": USER},
    {"AWS": [THERE]},
]


def _few(values: list[Any], most: int = 2) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique_by=str)


@st.composite
def _conditions(draw: st.DrawFn) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for operator in draw(st.lists(st.sampled_from(list(VALUES)), max_size=2)):
        key = draw(st.sampled_from(KEYS[operator[:6]]))
        values = draw(_few(VALUES[operator]))
        name = NEGATED.get(operator, operator) if draw(st.booleans()) else operator
        if key == "aws:tagkeys":
            name = draw(st.sampled_from(["ForAllValues:", "ForAnyValue:"])) + name
        if operator != "Null" and draw(st.booleans()):
            name += "IfExists"
        found.setdefault(name, {})[key] = values
    return found


@st.composite
def _statements(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    effect = draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"] if kind != "rcp" else ["Deny"]))
    statement: dict[str, Any] = {"Effect": effect}
    negate = draw(st.integers(0, 9))
    statement["NotAction" if negate == 0 and kind != "rcp" else "Action"] = draw(_few(ACTIONS))
    if kind != "trust":
        statement["NotResource" if negate == 1 else "Resource"] = draw(_few(RESOURCES))
    if kind in ("rcp", "endpoint"):
        statement["Principal"] = "*"
    elif kind in ("resource", "trust"):
        if negate == 2 and kind == "resource" and effect == "Deny":
            statement["NotPrincipal"] = draw(st.sampled_from(EXEMPT))
        else:
            statement["Principal"] = draw(st.sampled_from(PRINCIPALS))
    condition = draw(_conditions())
    if condition:
        statement["Condition"] = condition
    return statement


def policies(kind: str = "identity") -> st.SearchStrategy[dict[str, Any]]:
    """Return policy documents of a kind: `identity`, `resource`, `trust`, `boundary`, `session`, `scp`, `rcp`, `endpoint`.

    All are valid for their kind. A trust policy says so itself (`kind`), as `simulate` wants it where a resource's policy is one.
    """
    if kind not in KINDS:
        raise ValueError(f"a policy is one of {', '.join(KINDS)}, not {kind!r}")
    return st.builds(
        lambda version, body: {"Version": version, "Statement": body, **({"kind": "trust"} if kind == "trust" else {})},
        st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
        st.lists(_statements(kind), min_size=1, max_size=3),
    )


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Return requests: one of every principal type, an action that its resource has, and some context."""
    resource = draw(st.sampled_from(list(TARGETS)))
    request: dict[str, Any] = {
        "principal": draw(st.sampled_from(CALLERS)),
        "action": draw(st.sampled_from(TARGETS[resource])),
        "resource": resource,
        "context": draw(contexts()),
    }
    if resource.startswith("arn:aws:s3"):
        request["resource_account"] = draw(st.sampled_from([HERE, THERE]))
    return request


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    """Return the context of a request: some keys, most with one value."""
    keys = draw(st.lists(st.sampled_from(list(CONTEXT)), max_size=5, unique=True))
    return {key: draw(_few(CONTEXT[key], 2 if key == "aws:TagKeys" else 1)) for key in keys}


@st.composite
def estates(draw: st.DrawFn) -> dict[str, str]:
    """Return a repository in text: people, groups, bots, telemetry projects, mappings, bindings, credentials, AWS roles.

    They refer to each other, and every document can be read.
    """
    teams = draw(st.lists(st.sampled_from(["checkout", "payments", "search"]), min_size=1, max_size=3, unique=True))
    groups = [f"eng-{team}" for team in teams] + draw(st.sampled_from([[], ["oncall"]]))
    people = [f"{name}@acme.example" for name in draw(st.lists(st.sampled_from(_PEOPLE), min_size=1, max_size=4, unique=True))]
    projects = [f"{team}-{stage}" for team in teams for stage in draw(st.sampled_from([["prod"], ["dev", "prod"]]))]
    users = [
        {
            "email": email,
            "status": draw(st.sampled_from(["active", "active", "active", "suspended"])),
            "groups": draw(st.lists(st.sampled_from(groups), max_size=2, unique=True)),
        }
        for email in people
    ]
    mappings = [
        {
            "attribute": "member_of",
            "value": group,
            "organization_role": draw(st.sampled_from(["Organization Restricted Member", "Organization Viewer"])),
            "project_roles": {
                project: draw(st.sampled_from(["Project Viewer", "Project Editor"]))
                for project in draw(st.lists(st.sampled_from(projects), max_size=2, unique=True))
            },
        }
        for group in draw(st.lists(st.sampled_from(groups), max_size=3, unique=True))
    ]
    telemetry: dict[str, Any] = {
        "apiVersion": "iamlint/v1",
        "kind": "Telemetry",
        "vendor": "lightstep",
        "organization": "acme",
        "projects": [
            {"name": name, "environment": name.rpartition("-")[2], "owner": name.rpartition("-")[0]} for name in projects
        ],
        "mappings": mappings,
        "bindings": [{"role": "Organization Admin", "users": draw(st.lists(st.sampled_from(people), max_size=1))}],
        "credentials": [
            {
                "name": f"{project}-ci",
                "kind": "api-key",
                "project": project,
                "role": "Project Editor",
                "held_by": [f"bot:{project}"],
            }
            for project in draw(st.lists(st.sampled_from(projects), max_size=2, unique=True))
        ],
    }
    identities = {
        "apiVersion": "iamlint/v1",
        "kind": "Identities",
        "provider": "okta",
        "users": users,
        "groups": [{"name": group, "team": group.removeprefix("eng-") if group != "oncall" else None} for group in groups],
        "bots": [{"name": project, "team": project.rpartition("-")[0]} for project in projects],
    }
    owners = {
        "apiVersion": "iamlint/v1",
        "kind": "Teams",
        "teams": [{"name": team, "groups": [f"eng-{team}"], "projects": [f"{team}-*"]} for team in teams],
    }
    files = {
        f"access/{name}.access.yaml": json.dumps(document, indent=2) + "\n"
        for name, document in (("telemetry", telemetry), ("identities", identities), ("teams", owners))
    }
    roles = draw(st.lists(st.sampled_from(["app", "report"]), max_size=2, unique=True))
    if roles:
        template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {name: draw(_roles(name)) for name in roles}}
        files["aws/roles.json"] = json.dumps(template, indent=2) + "\n"
    return files


_PEOPLE = ["alice", "bob", "carol", "dave"]


@st.composite
def _roles(draw: st.DrawFn, name: str) -> dict[str, Any]:
    trust = draw(policies("trust"))
    del trust["kind"]
    document = draw(policies("identity"))
    properties = {
        "RoleName": name,
        "AssumeRolePolicyDocument": trust,
        "Policies": [{"PolicyName": "own", "PolicyDocument": document}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}
