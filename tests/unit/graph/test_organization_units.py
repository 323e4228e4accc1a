"""Control policies of organizational units govern the accounts in them, as far as the repository says who is where."""

from __future__ import annotations

import pytest

from iamlint.graph.elements import EdgeKind
from iamlint.project.memory import memory_session
from iamlint.report.json import to_json

UNITS = """
resource "aws_organizations_organization" "all" {}
resource "aws_organizations_organizational_unit" "work" {
  name      = "work"
  parent_id = aws_organizations_organization.all.roots[0].id
}
resource "aws_organizations_organizational_unit" "prod" {
  name      = "prod"
  parent_id = aws_organizations_organizational_unit.work.id
}
resource "aws_organizations_account" "app" {
  name      = "app"
  email     = "app@example.com"
  parent_id = aws_organizations_organizational_unit.prod.id
}
resource "aws_organizations_account" "lab" {
  name      = "lab"
  email     = "lab@example.com"
  parent_id = aws_organizations_organizational_unit.work.id
}
resource "aws_organizations_policy" "deny" {
  name    = "deny"
  content = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*" }] })
}
resource "aws_organizations_policy_attachment" "deny" {
  policy_id = aws_organizations_policy.deny.id
  target_id = aws_organizations_organizational_unit.TARGET.id
}
"""
ROLE = """
provider "aws" {
  alias = "ALIAS"
  assume_role {
    role_arn = "arn:aws:iam::${aws_organizations_account.ALIAS.id}:role/OrganizationAccountAccessRole"
  }
}
resource "aws_iam_role" "ALIAS" {
  provider           = aws.ALIAS
  name               = "ALIAS-deployer"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "ALIAS" {
  provider = aws.ALIAS
  role     = aws_iam_role.ALIAS.name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
"""
TEMPLATE = """
Resources:
  Work: {Type: AWS::Organizations::OrganizationalUnit, Properties: {Name: work, ParentId: r-abcd}}
  Prod: {Type: AWS::Organizations::OrganizationalUnit, Properties: {Name: prod, ParentId: !Ref Work}}
  App: {Type: AWS::Organizations::Account, Properties: {AccountName: app, Email: a@example.com, ParentIds: [!GetAtt Prod.Id]}}
  Lab: {Type: AWS::Organizations::Account, Properties: {AccountName: lab, Email: l@example.com, ParentIds: [!Ref Work]}}
  Deny:
    Type: AWS::Organizations::Policy
    Properties:
      Name: deny
      Type: SERVICE_CONTROL_POLICY
      TargetIds: [!Ref TARGET]
      Content: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}]}
"""


@pytest.mark.parametrize(("target", "governed"), [("work", {"app", "lab"}), ("prod", {"app"})])
@pytest.mark.parametrize("form", ["terraform", "template"])
def test_a_policy_of_a_unit_governs_the_accounts_in_it(form: str, target: str, governed: set[str]) -> None:
    if form == "terraform":
        files = {"main.tf": UNITS.replace("TARGET", target)}
    else:
        files = {"template.yaml": TEMPLATE.replace("TARGET", target.capitalize())}
    graph = memory_session(files).graph
    edges = [edge for edge in graph.edges() if edge.kind is EdgeKind.ATTACHED]
    assert {edge.source.name for edge in edges} == governed
    assert {edge.reason for edge in edges} == {"is governed, as part of an organizational unit, by `deny`"}


@pytest.mark.parametrize(
    ("target", "app", "lab"), [("work", "explicit_deny", "explicit_deny"), ("prod", "explicit_deny", "allow")]
)
def test_it_decides_for_the_roles_in_these_accounts(target: str, app: str, lab: str) -> None:
    files = {"main.tf": UNITS.replace("TARGET", target) + ROLE.replace("ALIAS", "app") + ROLE.replace("ALIAS", "lab")}
    graph = memory_session(files).graph
    found = {}
    for name in ("app", "lab"):
        role = next(node for node in graph.nodes() if node.name == f"{name}-deployer")
        found[name] = graph.can(role, "s3:DeleteBucket", "arn:aws:s3:::data").decision.value
    assert found == {"app": app, "lab": lab}


def test_a_unit_without_a_known_account_stands_in_the_coverage() -> None:
    config = UNITS.replace("TARGET", "prod")
    start = config.index('resource "aws_organizations_account" "app"')
    config = config[:start] + config[config.index('resource "aws_organizations_policy" "deny"') :]
    unresolved = [line["reason"] for line in to_json(memory_session({"main.tf": config}).check())["coverage"]["unresolved"]]
    unresolved = [reason for reason in unresolved if "AWS account" not in reason]
    assert len(unresolved) == 1
    assert unresolved[0].startswith("which accounts are in `")


def test_units_that_hold_each_other_end() -> None:
    config = UNITS.replace("TARGET", "work").replace(
        "parent_id = aws_organizations_organization.all.roots[0].id", "parent_id = aws_organizations_organizational_unit.prod.id"
    )
    graph = memory_session({"main.tf": config}).graph
    assert {edge.source.name for edge in graph.edges() if edge.kind is EdgeKind.ATTACHED} == {"app", "lab"}
