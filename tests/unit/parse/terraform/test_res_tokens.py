"""Telemetry tokens of functions, tasks and delivery streams, and roles of service accounts, in Terraform and CloudFormation."""

from __future__ import annotations

from graphs import edges_to, graph_of
from unit.parse.terraform.roots import Root, shown

from iamlint.graph.elements import EdgeKind
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption

ROLE = """
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
"""
LITERAL = "a1B2c3D4" * 13


def test_a_functions_variables() -> None:
    root = Root(
        ROLE
        + f"""
variable "token" {{}}
resource "aws_lambda_function" "app" {{
  function_name = "app"
  role          = aws_iam_role.app.arn
  environment {{
    variables = {{
      LS_ACCESS_TOKEN             = "{LITERAL}"
      DD_API_KEY                  = var.token
      OTEL_EXPORTER_OTLP_HEADERS  = "x-honeycomb-team=${{var.token}}"
      SOMETHING_ELSE              = "x"
    }}
  }}
}}
"""
    )
    assert {root.written(secret.at) for secret in root.all(LiteralSecret)} == {f'"{LITERAL}"'}
    assert [(use.vendor, use.workload_kind, shown(use.workload)) for use in root.all(TokenUse)] == [
        ("datadog", "role", "arn:aws:iam::111111111111:role/app"),
        ("honeycomb", "role", "arn:aws:iam::111111111111:role/app"),
    ]


def test_a_task_takes_its_token_from_a_secret() -> None:
    root = Root(
        ROLE
        + """
resource "aws_secretsmanager_secret" "token" { name = "ls" }
resource "aws_ecs_task_definition" "app" {
  family        = "app"
  task_role_arn = aws_iam_role.app.arn
  container_definitions = jsonencode([{
    name        = "app"
    environment = [{ name = "LOG_LEVEL", value = "info" }]
    secrets     = [{ name = "LS_ACCESS_TOKEN", valueFrom = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ls-AbCdEf:token::" }]
  }])
}
"""
    )
    (use,) = root.all(TokenUse)
    assert (use.vendor, use.token) == ("lightstep", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ls-AbCdEf")


def test_a_key_of_grafana_is_held_by_the_function_that_is_given_it() -> None:
    graph = graph_of(
        {
            "infra/main.tf": 'provider "aws" { allowed_account_ids = ["111111111111"] }\n'
            + ROLE
            + """
resource "grafana_service_account" "app" {
  name = "app"
  role = "Viewer"
}
resource "grafana_service_account_token" "app" {
  name               = "app"
  service_account_id = grafana_service_account.app.id
}
resource "aws_lambda_function" "app" {
  function_name = "app"
  role          = aws_iam_role.app.arn
  environment {
    variables = { GRAFANA_AUTH = grafana_service_account_token.app.key }
  }
}
"""
        }
    )
    assert edges_to(graph, "token:grafana/infra/app", EdgeKind.HOLDS) == ["role:arn:aws:iam::111111111111:role/app"]


def test_a_delivery_stream_presents_its_access_key() -> None:
    root = Root(
        f"""
resource "aws_kinesis_firehose_delivery_stream" "metrics" {{
  name        = "metrics"
  destination = "http_endpoint"
  http_endpoint_configuration {{
    url        = "https://ingest.lightstep.com/cloudwatch/v1"
    access_key = "{LITERAL}"
    role_arn   = "arn:aws:iam::111111111111:role/firehose"
  }}
}}
resource "aws_kinesis_firehose_delivery_stream" "logs" {{
  name        = "logs"
  destination = "http_endpoint"
  http_endpoint_configuration {{
    url        = "https://aws-kinesis-http-intake.logs.datadoghq.com/v1/input"
    access_key = var.key
    role_arn   = "arn:aws:iam::111111111111:role/firehose"
  }}
}}
variable "key" {{}}
"""
    )
    assert [secret.what for secret in root.all(LiteralSecret)] == ["Lightstep access key"]
    assert [(use.vendor, use.workload) for use in root.all(TokenUse)] == [("datadog", "arn:aws:iam::111111111111:role/firehose")]


def test_pod_identity_in_terraform() -> None:
    root = Root(
        """
resource "aws_eks_pod_identity_association" "app" {
  cluster_name    = "main"
  namespace       = "shop"
  service_account = "checkout"
  role_arn        = "arn:aws:iam::111111111111:role/checkout"
}
"""
    )
    (assumption,) = root.all(RoleAssumption)
    assert (assumption.bot, assumption.mechanism) == ("k8s/shop/checkout", "pod-identity")
    assert root.written(assumption.place) == '"arn:aws:iam::111111111111:role/checkout"'


TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Key: {Type: String, NoEcho: true}
Resources:
  Association:
    Type: AWS::EKS::PodIdentityAssociation
    Properties: {ClusterName: main, Namespace: shop, ServiceAccount: checkout, RoleArn: "arn:aws:iam::111111111111:role/checkout"}
  App:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: app
      Role: arn:aws:iam::111111111111:role/app
      Environment:
        Variables:
          LS_ACCESS_TOKEN: "{{resolve:secretsmanager:ls:SecretString:token}}"
          HONEYCOMB_API_KEY: LITERAL
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: app
      TaskRoleArn: arn:aws:iam::111111111111:role/app
      ContainerDefinitions:
        - Name: app
          Secrets: [{Name: DD_API_KEY, ValueFrom: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:dd-AbCdEf:key::"}]
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      HttpEndpointDestinationConfiguration:
        RoleARN: arn:aws:iam::111111111111:role/firehose
        EndpointConfiguration: {Url: "https://ingest.lightstep.com/cloudwatch/v1", AccessKey: !Ref Key}
""".replace("LITERAL", "0a1b2c3d" * 4)


def test_the_same_in_cloudformation() -> None:
    graph = graph_of({"template.yaml": TEMPLATE})
    assert [(use.vendor, use.workload, use.token and shown(use.token)) for use in graph.estate.all(TokenUse)] == [
        ("lightstep", "arn:aws:iam::111111111111:role/app", "ls"),
        ("datadog", "arn:aws:iam::111111111111:role/app", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:dd-AbCdEf"),
        ("lightstep", "arn:aws:iam::111111111111:role/firehose", "⟨template.yaml#parameter Key⟩"),
    ]
    assert [secret.what for secret in graph.estate.all(LiteralSecret)] == ["environment variable of a function"]
    assert [(one.bot, one.mechanism) for one in graph.estate.all(RoleAssumption)] == [("k8s/shop/checkout", "pod-identity")]
