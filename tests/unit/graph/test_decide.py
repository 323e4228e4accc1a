"""AWS questions over the graph."""

from __future__ import annotations

from typing import Any

import pytest
from graphs import graph_of

from iamlint.graph.elements import Certainty
from iamlint.iam.request import Decision
from iamlint.source.value import Unknown

BASE = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.entry.arn } }]
  })
}
resource "aws_iam_role" "entry" {
  name               = "entry"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "app" {
  name   = "app"
  role   = aws_iam_role.app.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [%s] })
}
"""

READ = '{ Effect = "Allow", Action = "s3:Get*", Resource = "arn:aws:s3:::logs-*/*" }'
EVERYTHING = '{ Effect = "Allow", Action = "*", Resource = "*" }'
NO_PAYMENTS = '{ Effect = "Deny", Action = "s3:*", Resource = ["arn:aws:s3:::payments-*", "arn:aws:s3:::payments-*/*"] }'
MFA = '{ Effect = "Allow", Action = "s3:*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }'
OPEN = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${var.bucket}/*" }'


def decide(statements: list[str], action: str, resource: str, *, some: bool = False, **context: Any) -> Decision:
    text = BASE % ", ".join(statements) + 'variable "bucket" {}\n'
    graph = graph_of({"infra/main.tf": text})
    given = {name.replace("__", ":"): value for name, value in context.items()}
    return graph.can("role/entry", action, resource, given, some=some).decision


@pytest.mark.parametrize(
    ("statements", "action", "resource", "every", "some"),
    [
        ([READ], "s3:GetObject", "arn:aws:s3:::logs-1/x", "allow", "allow"),
        ([READ], "s3:GetObject", "arn:aws:s3:::other/x", "implicit_deny", "implicit_deny"),
        ([READ], "s3:Get*", "arn:aws:s3:::logs-1/x", "allow", "allow"),
        ([READ], "s3:*", "arn:aws:s3:::logs-1/x", "implicit_deny", "allow"),
        ([READ], "s3:GetObject", "arn:aws:s3:::logs-*/*", "allow", "allow"),
        ([READ], "s3:GetObject", "arn:aws:s3:::*", "unknown", "allow"),  # not on every bucket, yet on some
        ([READ], "s3:GetObject", "arn:aws:s3:::payments-*", "implicit_deny", "implicit_deny"),
        ([READ], "dynamodb:*", "*", "implicit_deny", "implicit_deny"),
        ([EVERYTHING, NO_PAYMENTS], "s3:*", "arn:aws:s3:::payments-*", "explicit_deny", "explicit_deny"),
        ([EVERYTHING, NO_PAYMENTS], "s3:GetObject", "arn:aws:s3:::logs/x", "allow", "allow"),
        ([OPEN], "s3:GetObject", "arn:aws:s3:::payments-1/x", "unknown", "unknown"),
        ([OPEN], "s3:GetObject", "arn:aws:s3:::payments-*", "unknown", "unknown"),
        ([OPEN], "s3:PutObject", "arn:aws:s3:::payments-*", "implicit_deny", "implicit_deny"),
    ],
)
def test_questions_with_and_without_wildcards(statements: list[str], action: str, resource: str, every: str, some: str) -> None:
    assert decide(statements, action, resource).value == every
    assert decide(statements, action, resource, some=True).value == some


def test_a_condition_is_decided_by_the_context_that_is_given() -> None:
    asked = ([MFA], "s3:GetObject", "arn:aws:s3:::b/k")
    assert decide(*asked) is Decision.UNKNOWN
    assert decide(*asked, aws__MultiFactorAuthPresent="true") is Decision.ALLOW
    assert decide(*asked, aws__MultiFactorAuthPresent=("false",)) is Decision.IMPLICIT_DENY
    assert decide(*asked, aws__MultiFactorAuthPresent=Unknown("not said")) is Decision.UNKNOWN


def test_the_path_leads_to_the_identity_that_may() -> None:
    graph = graph_of({"infra/main.tf": BASE % READ})
    answer = graph.can("role/entry", "s3:GetObject", "arn:aws:s3:::logs-1/x")
    assert [edge.target.id for edge in answer.path] == ["role:arn:aws:iam::111111111111:role/app"]
    assert [statement.effect for statement in answer.determining] == ["Allow"]
    assert "scp" in answer.assumed
    found = graph.who_can("s3:GetObject", "arn:aws:s3:::logs-1/x")
    assert [(item.node.name, len(item.path)) for item in found] == [("app", 0), ("entry", 1)]
    # Nothing says whose bucket it is: it is taken to be in the caller's account.
    assert {item.certainty for item in found} == {Certainty.ASSUMED}
    assert graph.who_can("s3:GetObject", "arn:aws:s3:::nothing/x") == []


def test_who_can_says_how_sure_it_is() -> None:
    graph = graph_of({"infra/main.tf": BASE % OPEN + 'variable "bucket" {}\n'})
    found = graph.who_can("s3:GetObject", "arn:aws:s3:::logs-1/x")
    assert {item.certainty for item in found} == {Certainty.UNKNOWN}


def test_somebody_without_any_identity_in_aws_may_nothing_there() -> None:
    graph = graph_of({
        "a.access.yaml": "apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\ngroups: [{name: eng}]\n",
        "infra/main.tf": BASE % EVERYTHING,
    })  # fmt: skip
    assert graph.can("group:okta/eng", "s3:*", "arn:aws:s3:::b", some=True).decision is Decision.IMPLICIT_DENY


def test_a_bucket_policy_counts_for_its_objects() -> None:
    bucket = """
    resource "aws_s3_bucket" "logs" {
      bucket = "logs-1"
    }
    resource "aws_s3_bucket_policy" "logs" {
      bucket = aws_s3_bucket.logs.id
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{
          Effect = "Deny", Action = "s3:*", Principal = "*", Resource = "arn:aws:s3:::logs-1/*"
          Condition = { StringNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::111111111111:role/other" } }
        }]
      })
    }
    """
    graph = graph_of({"infra/main.tf": BASE % READ + bucket})
    assert graph.can("role/app", "s3:GetObject", "arn:aws:s3:::logs-1/x").decision is Decision.EXPLICIT_DENY
    assert graph.can("role/app", "s3:GetObject", "arn:aws:s3:::logs-2/x").decision is Decision.ALLOW


GRANT = """
resource "aws_s3_bucket" "logs" {
  bucket = "logs-1"
}
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Principal = PRINCIPAL, Resource = "arn:aws:s3:::logs-1/*" }]
  })
}
"""


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ('{ AWS = "arn:aws:iam::999999999999:role/vendor" }', ["role:arn:aws:iam::999999999999:role/vendor assumed"]),
        ('{ AWS = "arn:aws:iam::999999999999:root" }', ["account:999999999999 assumed"]),
        ('"*"', ["role:arn:aws:iam::111111111111:role/app certain", "role:arn:aws:iam::111111111111:role/entry certain", "user:* certain"]),
        ('{ AWS = "arn:aws:iam::111111111111:root" }', []),  # delegates to policies that do not allow it
        ('{ Service = "logging.s3.amazonaws.com" }', []),
    ],
)  # fmt: skip
def test_whom_a_resource_policy_admits(principal: str, expected: list[str]) -> None:
    nothing = '{ Effect = "Allow", Action = "sqs:*", Resource = "*" }'
    graph = graph_of({"infra/main.tf": BASE % nothing + GRANT.replace("PRINCIPAL", principal)})
    found = graph.who_can("s3:GetObject", "arn:aws:s3:::logs-1/x")
    assert [f"{item.node.id} {item.certainty}" for item in found] == expected


GUARDED = (
    BASE
    + """
resource "aws_organizations_policy" "guard" {
  name    = "guard"
  content = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "*", Resource = "*" },
    { Effect = "Deny", Action = "*", Resource = "*", Condition = { StringNotEquals = { "aws:RequestedRegion" = "eu-west-1" } } },
  ] })
}
resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = "111111111111"
}
resource "aws_secretsmanager_secret" "token" {
  name = "token"
}
"""
)
TOKEN = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:token"
SECRET = """
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: checkout, environment: prod}]
credentials:
  - {name: ci, kind: access-token, project: checkout, stored_in: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:token"]}
"""


def test_who_is_never_allowed_is_not_among_those_who_might_be() -> None:
    """B1: of an unknown answer without a condition only the kind of deny is open."""
    graph = graph_of({"infra/main.tf": GUARDED % READ, "lightstep.access.yaml": SECRET})
    answer = graph.can("role/app", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:q", {})
    assert (answer.decision, answer.residual, answer.may_allow) == ("unknown", None, False)
    assert graph.who_can("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:q", {}) == []
    found = graph.who_can("s3:GetObject", "arn:aws:s3:::logs-1/x", {})
    assert {item.node.id.rpartition("/")[2]: item.certainty for item in found if item.node.id.startswith("role:")} == {
        "app": Certainty.UNKNOWN, "entry": Certainty.UNKNOWN,
    }  # fmt: skip
    assert [edge for edge in graph.edges() if edge.kind == "may_read_secret" and edge.source.id.startswith("role:")] == []


IN_IRELAND = GUARDED.replace("allowed_account_ids", 'region = "eu-west-1"\n  allowed_account_ids', 1)
READ_SECRETS = '{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*" }'
REGION = 'StringNotEquals = { "aws:RequestedRegion" = "eu-west-1" }'


@pytest.mark.parametrize(
    ("unless", "certainty", "condition"),
    [
        (REGION, "certain", "`aws:RequestedRegion` is `eu-west-1`"),
        ('Bool = { "aws:SecureTransport" = "false" }', "certain", "`aws:SecureTransport` is not `false`"),
        ('BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }', "certain", None),
        ('NotIpAddress = { "aws:SourceIp" = ["203.0.113.0/24"] }', "certain", None),
        ('"ForAnyValue:StringNotEquals" = { "aws:TagKeys" = ["env"] }', "certain", None),
        ('StringEqualsIfExists = { "aws:SourceVpc" = "vpc-1a2b3c4d" }', "certain", None),
        ('"Null" = { "aws:SourceVpce" = "true" }', "certain", None),
        ('StringNotEquals = { "aws:PrincipalTag/team" = "ops" }', "unknown", None),  # nobody chooses who he is
        ('DateGreaterThan = { "aws:CurrentTime" = "2026-01-01T00:00:00Z" }', "unknown", None),  # nor the time
    ],
)
def test_a_deny_unless_is_a_condition_of_the_edge(unless: str, certainty: str, condition: str | None) -> None:
    main = IN_IRELAND.replace(REGION, unless) % READ_SECRETS
    graph = graph_of({"infra/main.tf": main, "lightstep.access.yaml": SECRET})
    edges = [edge for edge in graph.edges() if edge.kind == "may_read_secret" and edge.source.id.startswith("role:")]
    assert {(edge.source.id.rpartition("/")[2], edge.certainty) for edge in edges} == {("app", certainty)}
    for edge in edges:
        assert edge.condition
        assert condition is None or edge.condition == condition
