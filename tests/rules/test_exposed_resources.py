"""Every resource with a policy of its own: IAM301 finds it open to the world, IAM302 to a strange account, and neither a near miss.

`exposed_resources.txt` is the table: each type as Terraform and as CloudFormation write it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

import iamlint_rules
from iamlint.project.plugins import rules_in
from iamlint.testing.examples import check_files

TABLE = Path(__file__).with_name("exposed_resources.txt")
RULES = [rule for rule in rules_in(iamlint_rules) if rule.id in ("IAM301", "IAM302", "IAM305")]
ACCOUNTS = """
apiVersion: iamlint/v1
kind: Accounts
accounts: [{id: "111111111111", name: acme-prod}, {id: "222222222222", name: acme-tools}]
"""
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n  allowed_account_ids = ["111111111111"]\n}\n'
NEAR = [
    ("222222222222", {}),
    ("*", {"StringEquals": {"aws:PrincipalAccount": "222222222222"}}),
    ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
]


class Way(NamedTuple):
    """How one format declares a type: its text, and the action and resource that the policy speaks of."""

    type: str
    format: str
    text: str
    action: str
    resource: str
    public: str

    def __str__(self) -> str:
        return f"{self.type}-{self.format}".replace(" ", "-")


def read_table() -> list[Way]:
    found = []
    for block in TABLE.read_text(encoding="utf-8").split("\n== ")[1:]:
        title, *lines = block.strip().splitlines()
        type_, action, resource, *public = title.split(" | ")
        assert [line[:4] for line in lines] == ["tf: ", "cf: "], title
        found += [
            Way(type_, line[:2], line[4:], action, resource, (public or ["IAM301"])[0]) for line in lines if line[4:] != "none"
        ]
    return found


def document(way: Way, principal: str, condition: dict[str, object]) -> str:
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": principal},
        "Action": way.action,
    }
    if way.resource != "-":
        statement["Resource"] = way.resource
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def files(way: Way, principal: str, condition: dict[str, object]) -> dict[str, str]:
    text = document(way, principal, condition)
    if way.format == "tf":
        body = way.text.replace("POLICY", f"jsonencode({text})").replace("PRINCIPAL", principal)
        head, _, rest = body.partition("{")
        return {"infra/main.tf": PROVIDER + head + "{\n" + re.sub(r" *; *", "\n", rest[:-1]) + "\n}\n"}
    body = (
        way.text.replace("STATEMENT", json.dumps(json.loads(text)["Statement"][0]))
        .replace("POLICY", text)
        .replace("TEXT", json.dumps(text))
        .replace("PRINCIPAL", principal)
    )
    return {"template.json": f'{{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {{"A": {body}}}}}'}


def found(way: Way, principal: str, condition: dict[str, object] | None = None) -> list[tuple[str, bool]]:
    """Return the rules that fire, each with whether it points at the principal."""
    given = files(way, principal, condition or {})
    made = check_files({**given, "accounts.access.yaml": ACCOUNTS}, RULES)
    lines = {path: text.splitlines() for path, text in given.items()}
    return [
        (one.rule, principal in lines[one.path][one.span.line - 1][one.span.column - 1 : one.span.end_column - 1]) for one in made
    ]


WAYS = read_table()
OPEN = [way for way in WAYS if "grantee_principal" not in way.text and "aws_ram_" not in way.text]
"""Grants and shares name somebody; they know no star."""


@pytest.mark.parametrize("way", OPEN, ids=str)
def test_open_to_the_world(way: Way) -> None:
    assert found(way, "*") == ([] if way.public == "-" else [(way.public, True)])


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_open_to_an_account_that_nobody_declares(way: Way) -> None:
    assert found(way, "999999999999") == [("IAM302", True)]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_near_miss_is_silent(way: Way) -> None:
    for principal, condition in NEAR[:1] if "PRINCIPAL" in way.text else NEAR:
        assert found(way, principal, condition) == []


@pytest.mark.parametrize(
    ("path", "rules"),
    [("policies/bucket.json", ["IAM301"]), ("vpc-endpoint-policies/s3.json", []), ("network/s3_endpoint_policy.json", [])],
)
def test_a_document_of_an_endpoint_opens_nothing(path: str, rules: list[str]) -> None:
    text = document(WAYS[0], "*", {})
    assert [one.rule for one in check_files({path: text}, RULES)] == rules
