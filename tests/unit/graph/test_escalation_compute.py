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
FROM_TEMPLATE = 'resource "aws_instance" "i" {\n  launch_template {\n    id = aws_launch_template.t.id\n  }\n}\n'
SCALED = 'resource "aws_autoscaling_group" "g" {\n  launch_template {\n    id = aws_launch_template.t.id\n    version = "$Latest"\n  }\n}\n'
MIXED = """
resource "aws_autoscaling_group" "g" {
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.t.id
      }
    }
  }
}
"""
CONFIGURED = """
resource "aws_launch_configuration" "c" {
  image_id             = "ami-1"
  iam_instance_profile = aws_iam_instance_profile.app.arn
}
resource "aws_autoscaling_group" "g" {
  launch_configuration = aws_launch_configuration.c.name
}
"""
NODES = 'resource "aws_eks_node_group" "n" {\n  cluster_name = "c"\n  node_role_arn = aws_iam_role.app.arn\n}\n'
CLUSTER = """
resource "aws_emr_cluster" "e" {
  name = "spark"
  ec2_attributes {
    instance_profile = aws_iam_instance_profile.app.name
  }
}
"""
JOB = """
resource "aws_batch_job_definition" "j" {
  name                 = "nightly"
  type                 = "container"
  container_properties = jsonencode({ image = "busybox", jobRoleArn = aws_iam_role.app.arn })
}
"""
TASK_JOB = JOB.replace("container_properties", "ecs_properties").replace(
    '{ image = "busybox", jobRoleArn = aws_iam_role.app.arn }', "{ taskProperties = [{ taskRoleArn = aws_iam_role.app.arn }] }"
)
NODE_JOB = JOB.replace("container_properties", "node_properties").replace(
    '{ image = "busybox", jobRoleArn = aws_iam_role.app.arn }',
    "{ nodeRangeProperties = [{ container = { jobRoleArn = aws_iam_role.app.arn } }] }",
)
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
        (TEMPLATE, allow("ssm:StartSession"), set()),  # no instance is made of it
        (TEMPLATE + FROM_TEMPLATE, allow("ssm:StartSession"), {"ssm-001 ~"}),
        (TEMPLATE + SCALED, allow("ssm:StartSession"), {"ssm-001 ~"}),
        (TEMPLATE + MIXED, allow("ssm:StartSession"), {"ssm-001 ~"}),
        (TEMPLATE + SCALED, allow("ssm:StartSession", "arn:aws:ec2:*:222222222222:instance/*"), set()),
        (CONFIGURED, allow("ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances"), {"ec2-002"}),
        (NODES, allow("ssm:StartSession"), {"ssm-001 ~"}),
        (CLUSTER, allow("ssm:StartSession"), {"ssm-001 ~"}),
        (JOB, allow("batch:SubmitJob"), {"batch-002"}),
        (JOB, allow("batch:SubmitJob", "arn:aws:batch:*:*:job-definition/other"), set()),
        (TASK_JOB, allow("batch:SubmitJob"), {"batch-002"}),
        (NODE_JOB, allow("batch:SubmitJob"), {"batch-002"}),
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


INSTANCES_YAML = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: {InstanceProfileName: app, Roles: [!Ref Role]}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateName: web, LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt Profile.Arn}}}
  Bare:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateName: bare, LaunchTemplateData: {}}
  Configuration:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {IamInstanceProfile: !Ref Profile}
  Actor:
    Type: AWS::IAM::User
    Properties:
      UserName: actor
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "ssm:StartSession", Resource: "*"}]}
  Compute:
    Type: AWS::%s
    Properties: {%s}
"""


@pytest.mark.parametrize(
    ("type_", "properties", "gains"),
    [
        ("AutoScaling::AutoScalingGroup", "LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: '1'}", True),
        ("AutoScaling::AutoScalingGroup", "LaunchTemplate: {LaunchTemplateName: web, Version: '1'}", True),
        ("AutoScaling::AutoScalingGroup", "LaunchTemplate: {LaunchTemplateName: bare, Version: '1'}", False),
        ("AutoScaling::AutoScalingGroup", "LaunchTemplate: {LaunchTemplateName: other, Version: '1'}", False),
        ("AutoScaling::AutoScalingGroup",
         "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: {LaunchTemplateId: !Ref Template}}}", True),
        ("AutoScaling::AutoScalingGroup", "LaunchConfigurationName: !Ref Configuration", True),
        ("EC2::Instance", "LaunchTemplate: {LaunchTemplateId: !Ref Template}", True),
        ("EC2::Instance", "ImageId: ami-1", False),
        ("EKS::Nodegroup", "ClusterName: c, NodeRole: !GetAtt Role.Arn", True),
        ("EMR::Cluster", "Name: c, JobFlowRole: !Ref Profile", True),
    ],
)  # fmt: skip
def test_instances_of_cloudformation(type_: str, properties: str, gains: bool) -> None:
    graph = graph_of({"stack.yaml": INSTANCES_YAML % (type_, properties)})
    targets = [edge.target.name for edge in graph.edges(EdgeKind.MAY_BECOME) if edge.method == "ssm-001"]
    assert targets == (["app"] if gains else [])


@pytest.mark.parametrize(
    ("properties", "gains"),
    [
        ("ContainerProperties: {JobRoleArn: !GetAtt Role.Arn}", True),
        ("EcsProperties: {TaskProperties: [{TaskRoleArn: !GetAtt Role.Arn}]}", True),
        ("NodeProperties: {NodeRangeProperties: [{Container: {JobRoleArn: !GetAtt Role.Arn}}]}", True),
        ("NodeProperties: {NodeRangeProperties: [{EcsProperties: {TaskProperties: [{TaskRoleArn: !GetAtt Role.Arn}]}}]}", True),
        ("ContainerProperties: {Image: busybox}", False),
        ("EcsProperties: {TaskProperties: 3}", False),
    ],
)
def test_batch_jobs_of_cloudformation(properties: str, gains: bool) -> None:
    text = INSTANCES_YAML.replace("ssm:StartSession", "batch:SubmitJob") % (
        "Batch::JobDefinition",
        f"Type: container, {properties}",
    )
    targets = [
        edge.target.name for edge in graph_of({"stack.yaml": text}).edges(EdgeKind.MAY_BECOME) if edge.method == "batch-002"
    ]
    assert targets == (["app"] if gains else [])


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
