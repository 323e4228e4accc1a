"""An ARN that is asked for may be that of a declared thing of which region or account is not in the repository."""

from __future__ import annotations

import pytest

from iamlint.graph.access_graph import AccessGraph
from iamlint.project.memory import memory_session

DECLARED = """
Resources:
  Q: {Type: "AWS::SQS::Queue", Properties: {QueueName: q}}
  QP:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Q]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {AWS: "333333333333"}, Action: "sqs:SendMessage", Resource: "*"}
  S: {Type: "AWS::SecretsManager::Secret", Properties: {Name: s}}
  SP:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Ref S
      ResourcePolicy:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {AWS: "333333333333"}, Action: "secretsmanager:GetSecretValue", Resource: "*"}
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: "333333333333"}, Action: "sts:AssumeRole"}
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
"""
QUEUE = "arn:aws:sqs:eu-west-1:111111111111:q"


def graph(*paths: str, account: str | None = None) -> AccessGraph:
    files = dict.fromkeys(paths or ("t.yaml",), DECLARED)
    if account is not None:
        files["iamlint.yaml"] = f'accounts: [{{id: "{account}", paths: ["**"]}}]\n'
    return memory_session(files).graph


@pytest.mark.parametrize(
    ("action", "arn", "who"),
    [
        ("sqs:SendMessage", QUEUE, ["account:333333333333"]),
        ("sqs:SendMessage", f"{QUEUE}2", []),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf",
            ["account:333333333333"],
        ),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:t-AbCdEf", []),
        ("sts:AssumeRole", "arn:aws:iam::111111111111:role/r", ["account:333333333333", "provider:lambda.amazonaws.com"]),
        ("sts:AssumeRole", "arn:aws:iam::111111111111:role/s", []),
    ],
)
def test_what_is_asked_for_by_its_whole_arn(action: str, arn: str, who: list[str]) -> None:
    found = graph().who_can(action, arn)
    assert [(one.node.id, one.certainty.value) for one in found] == [(name, "assumed") for name in who]


def test_where_the_account_is_known_only_that_counts() -> None:
    assert [one.node.id for one in graph(account="111111111111").who_can("sqs:SendMessage", QUEUE)] == ["account:333333333333"]
    assert graph(account="444444444444").who_can("sqs:SendMessage", QUEUE) == []


def test_which_of_several_is_meant_nobody_knows() -> None:
    assert graph("a.yaml", "b.yaml").who_can("sqs:SendMessage", QUEUE) == []


def test_the_id_of_a_secret_means_it() -> None:
    (secret,) = [node.id for node in graph().nodes() if ":secret:" in node.id]
    assert [one.node.id for one in graph().who_can("secretsmanager:GetSecretValue", secret)] == ["account:333333333333"]


def test_whoever_may_is_also_told_so_when_asked_for() -> None:
    asked = graph()
    node = asked.node("account:333333333333")
    assert node is not None
    answer = asked.can(node, "sqs:SendMessage", QUEUE)
    assert (answer.decision.value, answer.assumed) == (
        "allow",
        ("scp", "rcp", "region of the resource", "account of the resource", "policies of the caller"),
    )
    assert [statement.place().path for statement in answer.determining] == ["t.yaml"]
    assert asked.can(node, "sqs:DeleteQueue", QUEUE).decision.value == "implicit_deny"
