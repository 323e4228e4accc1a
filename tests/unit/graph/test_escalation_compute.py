"""Ways up by what runs as a role already: functions, instances, tasks, and what else declares its role."""

from __future__ import annotations

import pytest

from iamlint.graph.elements import EdgeKind
from iamlint.graph.escalation_names import common
from tests.graphs import graph_of

BASE = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
  region              = "eu-west-1"
}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_instance_profile" "app" {
  name = "app-profile"
  role = aws_iam_role.app.name
}
resource "aws_iam_user" "actor" {
  name = "actor"
}
resource "aws_iam_user_policy" "actor" {
  user   = aws_iam_user.actor.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [%s] })
}
"""


def allow(actions: str, resource: str = "*") -> str:
    listed = ", ".join(f'"{action}"' for action in actions.split())
    return f'{{ Effect = "Allow", Action = [{listed}], Resource = "{resource}" }}'


FUNCTION = 'resource "aws_lambda_function" "f" {\n  function_name = "orders"\n  role = aws_iam_role.app.arn\n}\n'
INSTANCE = 'resource "aws_instance" "i" {\n  iam_instance_profile = aws_iam_instance_profile.app.name\n}\n'
TEMPLATE = 'resource "aws_launch_template" "t" {\n  iam_instance_profile {\n    arn = aws_iam_instance_profile.app.arn\n  }\n}\n'
TASK = 'resource "aws_ecs_task_definition" "d" {\n  family = "orders"\n  task_role_arn = aws_iam_role.app.arn\n}\n'
BUILD = 'resource "aws_codebuild_project" "b" {\n  name = "orders"\n  service_role = aws_iam_role.app.arn\n}\n'
MACHINE = 'resource "aws_sfn_state_machine" "m" {\n  name = "orders"\n  role_arn = aws_iam_role.app.arn\n}\n'


@pytest.mark.parametrize(
    ("compute", "statement", "found"),
    [
        (FUNCTION, allow("lambda:UpdateFunctionCode"), {"lambda-003"}),
        (FUNCTION, allow("lambda:UpdateFunctionCode lambda:InvokeFunction"), {"lambda-003", "lambda-004"}),
        (FUNCTION, allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:111111111111:function:orders"), {"lambda-003"}),
        (FUNCTION, allow("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:111111111111:function:orders"), set()),
        (FUNCTION, allow("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:payments"), set()),
        (FUNCTION, allow("lambda:InvokeFunction"), set()),
        ("", allow("lambda:UpdateFunctionCode"), set()),
        (INSTANCE, allow("ssm:StartSession"), {"ssm-001 ~"}),
        (INSTANCE, allow("ssm:SendCommand"), {"ssm-002 ~"}),
        (INSTANCE, allow("ssm:SendCommand", "arn:aws:ec2:*:*:instance/*"), set()),  # no document
        (INSTANCE, allow("ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances"), {"ec2-002"}),
        (INSTANCE, allow("ec2:ModifyInstanceAttribute ec2:StopInstances"), set()),
        (TEMPLATE, allow("ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate"), {"ec2-004"}),
        (TASK, allow("ecs:ExecuteCommand"), {"ecs-006 ~"}),
        (BUILD, allow("codebuild:StartBuild", "arn:aws:codebuild:*:*:project/orders"), {"codebuild-002"}),
        (MACHINE, allow("states:UpdateStateMachine states:StartExecution"), {"stepfunctions-003"}),
    ],
)
def test_compute_of_terraform(compute: str, statement: str, found: set[str]) -> None:
    graph = graph_of({"main.tf": BASE % statement + compute})
    edges = [edge for edge in graph.edges(EdgeKind.MAY_BECOME) if edge.source.name == "actor"]
    assert {f"{edge.method}{' ~' if edge.assumed else ''}" for edge in edges} == found
    assert {edge.target.name for edge in edges} <= {"app"}


TEMPLATE_JSON = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]
  Function:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: orders, Role: !GetAtt Role.Arn}
  Sam:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: refunds}
  Actor:
    Type: AWS::IAM::User
    Properties:
      UserName: actor
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "lambda:UpdateFunctionCode", Resource: "arn:aws:lambda:*:*:function:%s"}]
"""


@pytest.mark.parametrize(("name", "gained"), [("orders", "Role"), ("refunds", "SamRole"), ("other", None)])
def test_compute_of_cloudformation(name: str, gained: str | None) -> None:
    graph = graph_of({"stack.yaml": TEMPLATE_JSON % name})
    targets = [edge.target.id for edge in graph.edges(EdgeKind.MAY_BECOME)]
    assert len(targets) == (gained is not None)
    assert all(f"#{gained}.name" in target for target in targets)


def test_a_role_of_an_instance_needs_a_profile() -> None:
    statement = allow("iam:PassRole ec2:RunInstances")
    [edge] = graph_of({"main.tf": BASE % statement}).edges(EdgeKind.MAY_BECOME)
    assert edge.certainty == "certain"
    without = (BASE % statement).replace("aws_iam_role.app.name", '"another"')
    [edge] = graph_of({"main.tf": without}).edges(EdgeKind.MAY_BECOME)
    assert edge.assumed == ("an instance profile that hands out the role",)


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        ("function:*", "function:app-*", "function:app-x"),
        ("task-definition/*:*", "task-definition/one-off-*:3", "task-definition/one-off-x:3"),
        ("function:*", "stack/*", None),
        ("project/*", "*", "project/x"),
        ("stack/*/*", "stack/a?c/*", "stack/axc/x"),
    ],
)
def test_a_name_that_two_patterns_have_in_common(left: str, right: str, text: str | None) -> None:
    assert common(left, right) == text
    assert common(right, left) == text
