"""Policies that AWS keeps are evaluated by their text in the catalogue."""

from __future__ import annotations

import pytest
from graphs import graph_of

ROLE = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } } })
}
resource "aws_iam_role_policy_attachment" "given" {
  role       = aws_iam_role.app.name
  policy_arn = "%s"
}
"""


@pytest.mark.parametrize(
    ("arn", "action", "decision"),
    [
        ("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess", "dynamodb:GetItem", "allow"),
        ("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess", "dynamodb:PutItem", "implicit_deny"),
        ("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "dynamodb:GetItem", "implicit_deny"),
        ("arn:aws:iam::aws:policy/AWSDenyAll", "dynamodb:GetItem", "explicit_deny"),
        ("arn:aws:iam::aws:policy/NobodyKnowsIt", "dynamodb:GetItem", "unknown"),
        ("arn:aws-cn:iam::aws:policy/AmazonDynamoDBReadOnlyAccess", "dynamodb:GetItem", "unknown"),
        ("arn:aws-cn:iam::aws:policy/AdministratorAccess", "dynamodb:GetItem", "allow"),
    ],
)
def test_an_attached_policy_of_aws_decides(arn: str, action: str, decision: str) -> None:
    graph = graph_of({"infra/main.tf": ROLE % arn})
    answer = graph.can("role:app", action, "arn:aws:dynamodb:eu-west-1:111111111111:table/t")
    assert answer.decision.value == decision
    known = decision != "unknown"
    assert (f"the policy `{arn}` is not in the repository" in [line.reason for line in graph.unresolved]) is not known


def test_what_is_attached_and_not_known_is_said_with_its_reason() -> None:
    graph = graph_of({"infra/main.tf": """
    variable "policy" {}
    resource "aws_iam_role" "app" {
      name                 = "app"
      permissions_boundary = ""
      assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [] })
    }
    resource "aws_iam_role" "other" {
      name                 = "other"
      permissions_boundary = var.policy
      assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [] })
    }
    resource "aws_iam_role_policy_attachment" "app" {
      role       = aws_iam_role.app.name
      policy_arn = var.policy
    }
    resource "aws_ram_resource_share" "pool" {
      name            = "pool"
      permission_arns = ["arn:aws:ram::aws:permission/AWSRAMDefaultPermissionsIpamPool"]
    }
    resource "aws_dx_connection" "it" {}
    resource "aws_ram_principal_association" "pool" {
      principal          = "222222222222"
      resource_share_arn = aws_ram_resource_share.pool.arn
    }
    resource "aws_ram_resource_association" "pool" {
      resource_arn       = aws_dx_connection.it.arn
      resource_share_arn = aws_ram_resource_share.pool.arn
    }
    """})  # fmt: skip
    reasons = {line.reason for line in graph.unresolved}
    assert reasons >= {
        "which policy it has is not known: the variable `policy` has no default",
        "which permissions boundary it has is not known: the variable `policy` has no default",
        "to which resource a policy is attached is not known: `aws_dx_connection.it.arn` is known to the provider only",
    }
    assert not any("``" in reason for reason in reasons)


def test_what_such_a_policy_decides_stands_where_it_is_attached() -> None:
    graph = graph_of({"infra/main.tf": ROLE % "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"})
    answer = graph.can("role:app", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111111111111:table/t")
    (statement,) = answer.determining
    place = statement.place("Action", 3)
    assert place.path == "infra/main.tf"
    assert place.span is not None
    assert (
        b"AmazonDynamoDBReadOnlyAccess"
        in (ROLE % "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess").encode()[slice(*place.span)]
    )
    reasons = [edge.reason for edge in graph.edges() if edge.kind.value == "attached"]
    assert [
        reason
        for reason in reasons
        if reason.startswith("has the policy `AmazonDynamoDBReadOnlyAccess` (AWS's policy, text of 20")
    ]
