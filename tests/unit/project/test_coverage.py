"""Coverage is a number: of the resources that bear on access, how many are known fully, partly, and not at all, and why."""

from __future__ import annotations

import pytest

from iamlint.project.memory import memory_session
from iamlint.project.options import Options
from iamlint.report.json import to_json

TERRAFORM = """
provider "aws" { allowed_account_ids = ["111111111111"] }
variable "bucket" {}
variable "names" { type = set(string) }

resource "aws_iam_policy" "full" {
  name   = "full"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
resource "aws_iam_policy" "partly" {
  name   = "partly"
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "s3:GetObject", Resource = "*" },
    { Effect = "Allow", Action = "s3:PutObject", Resource = var.bucket }] })
}
resource "aws_iam_group" "many" {
  for_each = var.names
  name     = each.key
}
resource "aws_instance" "silent" { ami = var.bucket }
module "elsewhere" { source = "acme/roles/aws" }
"""
TEMPLATE = """
Parameters: {Bucket: {Type: String}}
Conditions: {Never: !Equals [a, b]}
Resources:
  Full:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Action: s3:GetObject, Resource: "*"}]}
  Partly:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Action: s3:GetObject, Resource: !Ref Bucket}]}
  Topic: {Type: AWS::CloudWatch::Alarm}
"""
LOOSE = '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${bucket}"}]}'


@pytest.mark.parametrize(
    ("files", "resources", "reasons"),
    [
        (
            {"main.tf": TERRAFORM},
            {"full": 1, "partly": 2, "none": 1},
            [
                ("the variable `…` has no default", 2, 0),
                ("how many instances `…` has is not known: the variable `…` has no default", 1, 0),
                ("module `…` is not in the repository", 0, 1),
            ],
        ),
        ({"t.yaml": TEMPLATE}, {"full": 1, "partly": 1, "none": 0}, [("parameter `…` has no default", 1, 0)]),
        ({"policies/p.json": LOOSE}, {"full": 0, "partly": 1, "none": 0}, [("`…` is filled in where the file is used", 1, 0)]),
        ({"policies/p.json": LOOSE.replace("${bucket}", "b")}, {"full": 1, "partly": 0, "none": 0}, []),
    ],
    ids=("terraform", "cloudformation", "loose-with-a-placeholder", "loose"),
)
def test_resources_are_counted(files: dict[str, str], resources: dict[str, int], reasons: list[tuple[str, int, int]]) -> None:
    coverage = to_json(memory_session(files).check())["coverage"]
    assert coverage["resources"] == resources
    assert [(item["reason"], item["partly"], item["none"]) for item in coverage["reasons"]] == reasons


def test_strict_makes_a_finding_of_everything_that_is_known_in_part_or_not_at_all() -> None:
    session = memory_session({"main.tf": TERRAFORM, "t.yaml": TEMPLATE, "policies/p.json": LOOSE}, options=Options(strict=True))
    found = [(one.path, one.message) for one in session.check().diagnostics if one.rule == "IL006"]
    assert ("main.tf", "module `acme/roles/aws` is not in the repository") in found
    assert ("main.tf", "the variable `bucket` has no default") in found
    assert ("t.yaml", "parameter `Bucket` has no default") in found
    assert len([path for path, _ in found if path == "policies/p.json"]) == 1


def test_what_the_graph_cannot_join_counts_under_strict_too() -> None:
    manifest = """
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: checkout-prod}]
mappings:
  - {attribute: member_of, value: nobody-knows, organization_role: Organization Restricted Member,
     project_roles: {checkout-prod: Project Viewer}}
"""
    session = memory_session({"a.access.yaml": manifest}, options=Options(strict=True))
    report = session.check()
    told = {one.message for one in report.diagnostics if one.rule == "IL006"}
    assert told == {line.reason for line in report.coverage.unresolved}
    assert told
