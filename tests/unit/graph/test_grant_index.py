"""The sieve before the decision procedure leaves out nobody whom a statement may allow."""

from __future__ import annotations

import json
import re

import pytest

from iamlint.graph.grant_index import GrantIndex
from iamlint.iam.arns import arn_matches
from iamlint.model.policy import Policy, PolicyKind
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin
from iamlint.source.value import Unknown, Value, concat

PATTERNS = [
    "*",
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/one-??????",
    "arn:aws:secretsmanager:*:*:secret:app/*",
    "arn:aws:secretsmanager:*:*:secret:app/on?-*",
    "arn:aws:secretsmanager:*:222222222222:secret:*",
    "arn:aws:secretsmanager:*",
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:${aws:PrincipalTag/team}/*",
    "arn:aws:secretsmanager:*:${aws:PrincipalAccount}:secret:app/one-*",
    "arn:aws:secretsmanager:*:*:secret:${aws:username}-abcdef",
    "arn:*:secretsmanager:*:*:secret:app/two*",
    "*:secret:app/one-abcdef",
    "*:*:*:*:*:secret:app/one*",
    "arn:aws:s3:::app/one",
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/one-abcdef",
]
RESOURCES: list[Value] = [
    "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/one-abcdef",
    "arn:aws:secretsmanager:eu-west-1:222222222222:secret:app/two-abcdef",
    concat(["arn:aws:secretsmanager:eu-west-1:", Unknown("account"), ":secret:app/one-", Unknown("suffix")]),
    concat(["arn:aws:secretsmanager:eu-west-1:111111111111:secret:", Unknown("name"), "-", Unknown("suffix")]),
    concat(["arn:aws:secretsmanager:", Unknown("region"), ":111111111111:secret:app/two-", Unknown("suffix")]),
    Unknown("the whole name"),
    "arn:aws:s3:::app/one",
]


def policy(pattern: str) -> Policy:
    document = json.loads(
        json.dumps({"Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": pattern}]})
    )
    return parse_policy(document, Origin("p.json"), kind=PolicyKind.IDENTITY, name="p", ref=pattern, unit="p.json")


@pytest.mark.parametrize("resource", RESOURCES, ids=str)
def test_everybody_whom_a_statement_may_allow_is_a_candidate(resource: Value) -> None:
    index = GrantIndex([(pattern, (policy(pattern),)) for pattern in PATTERNS], ("secretsmanager:GetSecretValue",))
    # A variable may stand for any text.
    needed = {pattern for pattern in PATTERNS if arn_matches(re.sub(r"\$\{[^}]*\}", "*", pattern), resource) is not False}
    assert needed <= set(index.candidates(resource))


def test_who_names_another_secret_is_none() -> None:
    index = GrantIndex([(pattern, (policy(pattern),)) for pattern in PATTERNS], ("secretsmanager:GetSecretValue",))
    found = index.candidates("arn:aws:secretsmanager:eu-west-1:111111111111:secret:other-abcdef")
    assert "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/one-??????" not in found
    assert "arn:aws:secretsmanager:*:*:secret:app/*" not in found
    other = GrantIndex([(pattern, (policy(pattern),)) for pattern in PATTERNS], ("ssm:GetParameter",))
    assert other.candidates("arn:aws:ssm:eu-west-1:111111111111:parameter/x") == []
