"""A pattern of everybody's roles (IAM080) beside a deny that may be there."""

from __future__ import annotations

from graphs import graph_of

from iamlint_rules.iam080_wildcard_in_identity_condition import wildcard_in_identity_condition

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  OrgId: {Type: String}
Conditions:
  IsGiven: !Not [!Equals [!Ref OrgId, ""]]
Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: acme-reports
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: s3:GetObject
            Resource: arn:aws:s3:::acme-reports/*
            Condition:
              ArnLike: {aws:PrincipalArn: "arn:aws:iam::*:role/deploy"}
          - Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: arn:aws:s3:::acme-reports/*
            Condition:
              StringNotEquals:
                %s: !If [IsGiven, !Ref OrgId, o-abcdefghij]
"""


def test_a_deny_of_which_one_value_is_not_known_keeps_it_silent() -> None:
    graph = graph_of({"stack.yaml": TEMPLATE % "aws:PrincipalOrgID"})
    assert list(wildcard_in_identity_condition.check(graph)) == []


def test_a_deny_about_something_else_does_not() -> None:
    graph = graph_of({"stack.yaml": TEMPLATE % "aws:PrincipalTag/team"})
    assert [finding.message for finding in wildcard_in_identity_condition.check(graph)] == [
        "`arn:aws:iam::*:role/deploy` fits accounts of anybody"
    ]
