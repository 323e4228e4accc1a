"""`awscc_*`: secrets that resources of AWS Cloud Control hold, and tokens that they present."""

from __future__ import annotations

from unit.parse.terraform.roots import Root, shown

from iamlint.model.telemetry import LiteralSecret, TokenUse


def test_secrets() -> None:
    root = Root(
        """
        variable "password" { default = "Vari4ble-Pa55word" }
        resource "awscc_iam_user" "u" {
          user_name     = "u"
          login_profile = { password = "Str0ng-Pa55word!" }
        }
        resource "awscc_rds_db_cluster" "d" { master_user_password = var.password }
        resource "awscc_rds_db_cluster" "e" { master_user_password = random_password.p.result }
        resource "random_password" "p" { length = 16 }
        resource "awscc_elasticache_user" "c" { passwords = ["Ca5he-Pa55word!", "Other-Pa55word!"] }
        resource "awscc_secretsmanager_secret" "s" { secret_string = jsonencode({ password = "In5ide-Pa55word" }) }
        resource "awscc_lambda_function" "f" {
          function_name = "f"
          role          = "r"
          environment   = { variables = { DB_PASSWORD = "Func7ion-Pa55word", HOST = "a-host-and-no-secret" } }
        }
        resource "awscc_elasticbeanstalk_environment" "b" {
          option_settings = [{ option_name = "DB_PASSWORD", value = "Bean5talk-Pa55word", namespace = "n" }]
        }
        resource "awscc_ecs_task_definition" "t" {
          family = "t"
          container_definitions = [{
            environment = [{ name = "DB_PASSWORD", value = "Ta5k-Pa55word-here" }]
          }]
        }
        resource "awscc_ec2_instance" "i" { user_data = base64encode("#!/bin/sh\\nexport DB_PASSWORD=5cript-Pa55word\\n") }
        resource "awscc_appflow_connector_profile" "a" {
          connector_profile_config = { connector_profile_credentials = { datadog = { api_key = "Conn3ctor-Pa55word" } } }
        }
        provider "awscc" { secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz" }
        """
    )
    written = sorted(root.written(secret.at).strip('"') for secret in root.all(LiteralSecret))
    assert written == sorted([
        "Str0ng-Pa55word!", "Vari4ble-Pa55word", "Ca5he-Pa55word!", "Other-Pa55word!", "In5ide-Pa55word", "Func7ion-Pa55word",
        "Bean5talk-Pa55word", "Ta5k-Pa55word-here", "5cript-Pa55word", "Conn3ctor-Pa55word",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz",
    ])  # fmt: skip


def test_tokens() -> None:
    root = Root("""
        resource "awscc_ecs_task_definition" "t" {
          family        = "t"
          task_role_arn = "arn:aws:iam::111111111111:role/t"
          container_definitions = [{
            secrets = [{ name = "LS_ACCESS_TOKEN", value_from = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ls-AbCdEf" }]
          }]
        }
        resource "awscc_kinesisfirehose_delivery_stream" "d" {
          delivery_stream_name = "d"
          http_endpoint_destination_configuration = {
            role_arn               = "arn:aws:iam::111111111111:role/d"
            endpoint_configuration = { url = "https://aws-kinesis-http-intake.logs.datadoghq.com/v1/input", access_key = var.key }
          }
        }
        variable "key" {}
    """)
    assert [(use.vendor, shown(use.workload)) for use in root.all(TokenUse)] == [
        ("lightstep", "arn:aws:iam::111111111111:role/t"), ("datadog", "arn:aws:iam::111111111111:role/d"),
    ]  # fmt: skip
