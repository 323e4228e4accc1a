"""Callers outside of the repository of whom only the account is known, and those whom only conditions name."""

from __future__ import annotations

import pytest

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import EdgeKind
from iamlint.project.memory import memory_session

ACCOUNT = "arn:aws:iam::222222222222:root"
CI = "arn:aws:iam::222222222222:role/ci-*"
SETTINGS = 'accounts: [{id: "111111111111", paths: ["**"]}]\n'


def graph(text: str) -> AccessGraph:
    return memory_session({"t.yaml": text, "iamlint.yaml": SETTINGS}).graph


def role(principal: str, condition: str) -> str:
    return f"""
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Action: "sts:AssumeRole", Principal: {{AWS: "{principal}"}}, Condition: {{{condition}}}}}]
"""


def assuming(text: str) -> list[tuple[str, str | None, str]]:
    """Return who may assume a role, if what, and how surely."""
    return [
        (edge.source.id, edge.condition, edge.certainty.value) for edge in graph(text).edges() if edge.kind is EdgeKind.MAY_ASSUME
    ]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ('StringEquals: {"aws:PrincipalType": User}', "`aws:PrincipalType` is `User`"),
        (f'ArnLike: {{"aws:PrincipalArn": "{CI}"}}', f"`aws:PrincipalArn` matches `{CI}`"),
        (f'ArnNotLike: {{"aws:PrincipalArn": "{CI}"}}', f"`aws:PrincipalArn` does not match `{CI}`"),
        ('StringEquals: {"aws:username": eve}', "`aws:username` is `eve`"),
        ('StringLike: {"aws:userid": "AROAEXAMPLE:*"}', "`aws:userid` matches `AROAEXAMPLE:*`"),
    ],
)
def test_who_of_an_account_meets_a_condition_is_not_known(condition: str, said: str) -> None:
    assert assuming(role(ACCOUNT, condition)) == [("account:222222222222", said, "unknown")]


def test_of_an_account_nobody_has_an_arn_of_another_one() -> None:
    assert assuming(role(ACCOUNT, 'ArnLike: {"aws:PrincipalArn": "arn:aws:iam::333333333333:role/ci"}')) == []
    assert assuming(role(ACCOUNT, 'Bool: {"aws:SecureTransport": "true"}')) == [
        ("account:222222222222", "`aws:SecureTransport` is `true`", "assumed")
    ]


@pytest.mark.parametrize(
    ("condition", "who", "said", "certainty"),
    [
        (f'ArnLike: {{"aws:PrincipalArn": "{CI}"}}', "account:222222222222", f"`aws:PrincipalArn` matches `{CI}`", "unknown"),
        ('StringEquals: {"aws:PrincipalAccount": "222222222222"}', "account:222222222222", None, "assumed"),
        (f'ArnEquals: {{"aws:PrincipalArn": "{CI[:-1]}1"}}', "role:arn:aws:iam::222222222222:role/ci-1", None, "assumed"),
    ],
)
def test_conditions_name_whom_a_star_means(condition: str, who: str, said: str | None, certainty: str) -> None:
    assert assuming(role("*", condition)) == [(who, said, certainty)]


@pytest.mark.parametrize(
    "condition",
    [
        'StringEquals: {"aws:PrincipalOrgID": o-abcdefghij}',
        'StringEquals: {"aws:PrincipalTag/team": ci}',
        'ArnLike: {"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*"}',
    ],
)
def test_whom_a_star_means_may_be_nobody_of_the_repository(condition: str) -> None:
    text = role("*", condition)
    assert assuming(text) == []
    found = memory_session({"t.yaml": text}).check().coverage.unresolved
    outside = "from outside of the repository is not known: its trust policy admits everybody who meets its conditions"
    assert [one.reason for one in found] == [f"who may assume `r` {outside}"]


@pytest.mark.parametrize("key", ["aws:PrincipalAccount", "aws:PrincipalArn"])
def test_a_star_with_whom_only_parameters_name_admits_no_stranger(key: str) -> None:
    condition = f'StringEquals: {{"{key}": !Ref Who, "aws:PrincipalTag/team": ci}}'
    text = "Parameters: {Who: {Type: String}}\n" + role("*", condition).lstrip()
    found = memory_session({"t.yaml": text}).check().coverage.unresolved
    why = "parameter `Who` has no default"
    assert sorted(one.reason for one in found) == [why, f"who may assume `r` is not known: {why}"]


RESOURCES = f"""
Resources:
  B: {{Type: "AWS::S3::Bucket", Properties: {{BucketName: b}}}}
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref B
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - &one
            Effect: Allow
            Principal: "*"
            Action: ["s3:GetObject", "secretsmanager:GetSecretValue"]
            Resource: "*"
            Condition: {{ArnLike: {{"aws:PrincipalArn": "{CI}"}}}}
          - {{<<: *one, Condition: {{StringEquals: {{"aws:PrincipalAccount": "444444444444"}}}}}}
          - {{<<: *one, Condition: {{ArnEquals: {{"aws:PrincipalArn": "arn:aws:iam::555555555555:role/exact"}}}}}}
          - {{<<: *one, Principal: {{AWS: "333333333333"}}, Condition: {{StringEquals: {{"aws:PrincipalType": User}}}}}}
  S: {{Type: "AWS::SecretsManager::Secret", Properties: {{Name: s}}}}
  SP:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties: {{SecretId: !Ref S, ResourcePolicy: POLICY}}
"""  # fmt: skip
OUTSIDE = [
    ("account:222222222222", "unknown"),
    ("account:333333333333", "unknown"),
    ("account:444444444444", "assumed"),
    ("role:arn:aws:iam::555555555555:role/exact", "assumed"),
]


def test_so_they_do_in_the_policies_of_resources_and_secrets() -> None:
    start = RESOURCES.index("        Version")
    policy = RESOURCES[start : RESOURCES.index("  S: ")]
    asked = graph(
        RESOURCES.replace(
            "{SecretId: !Ref S, ResourcePolicy: POLICY}", f"\n      SecretId: !Ref S\n      ResourcePolicy:\n{policy}"
        )
    )
    assert [(one.node.id, one.certainty.value) for one in asked.who_can("s3:GetObject", "arn:aws:s3:::b/x")] == OUTSIDE
    edges = [edge for edge in asked.edges() if edge.kind is EdgeKind.MAY_READ_SECRET]
    assert sorted((edge.source.id, edge.certainty.value) for edge in edges) == OUTSIDE


SERVICES = """
Resources:
  Q: {Type: "AWS::SQS::Queue", Properties: {QueueName: q}}
  QP:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Q]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*"}
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: "sqs:SendMessage"
            Resource: "*"
            Condition: {StringEquals: {"aws:SourceAccount": "111111111111"}}
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          {Effect: Allow, Principal: {Service: [lambda.amazonaws.com, events.amazonaws.com, s3.amazonaws.com]}, Action: "sts:AssumeRole"}
"""


@pytest.mark.parametrize(
    ("service", "action", "decision"),
    [
        ("lambda", "sqs:SendMessage", "allow"),
        ("lambda", "sqs:DeleteMessage", "implicit_deny"),
        ("events", "sqs:SendMessage", "unknown"),
        ("s3", "sqs:SendMessage", "implicit_deny"),
    ],
)
def test_what_a_service_may_do_by_the_policy_of_a_resource(service: str, action: str, decision: str) -> None:
    asked = graph(SERVICES)
    node = asked.node(f"provider:{service}.amazonaws.com")
    assert node is not None
    assert asked.can(node, action, "resource:arn:aws:sqs:⟨region⟩:111111111111:q").decision.value == decision
