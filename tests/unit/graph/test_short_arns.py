"""Texts with too few parts to be ARNs, wherever the graph expects one: nothing crashes, and no account is read out of them."""

from __future__ import annotations

import pytest

from iamlint.graph.elements import NodeKind
from iamlint.project.memory import memory_session

ROLES = ["arn::role/x", "arn:aws:iam", "arn:", "x:root", "arn:aws:sts:assumed-role/x", "a:b:c:d:e:root"]


def terraform(text: str) -> str:
    return f"""
    resource "aws_sqs_queue" "q" {{
      name   = "q"
      policy = jsonencode({{ Statement = [{{ Effect = "Allow", Principal = {{ AWS = ["{text}"] }}, Action = "sqs:*", Resource = "{text}" }}] }})
    }}
    resource "aws_iam_role" "r" {{
      name               = "r"
      assume_role_policy = jsonencode({{ Statement = [{{ Effect = "Allow", Principal = {{ AWS = "{text}" }}, Action = "sts:AssumeRole" }}] }})
    }}
    resource "aws_secretsmanager_secret" "s" {{
      name   = "s"
      policy = jsonencode({{ Statement = [{{ Effect = "Allow", Principal = {{ AWS = "{text}" }}, Action = "*", Resource = "*" }}] }})
    }}
    resource "aws_secretsmanager_secret_version" "v" {{
      secret_id     = aws_secretsmanager_secret.s.id
      secret_string = lightstep_access_token.t.token
    }}
    resource "lightstep_access_token" "t" {{ project_name = "p" }}
    resource "aws_ecs_task_definition" "t" {{
      family             = "f"
      task_role_arn      = "{text}"
      execution_role_arn = "{text}"
      container_definitions = jsonencode([{{ name = "a", secrets = [{{ name = "LS_ACCESS_TOKEN", valueFrom = "{text}" }}] }}])
    }}
    """


def workflow(text: str) -> str:
    return f"""\
on: push
permissions: {{id-token: write}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {{role-to-assume: "{text}", aws-region: eu-west-1}}
"""


@pytest.mark.parametrize("text", ROLES)
def test_nothing_crashes(text: str) -> None:
    session = memory_session({"a.tf": terraform(text), ".github/workflows/a.yml": workflow(text)})
    accounts = [node.id for node in session.graph.nodes(NodeKind.ACCOUNT) if "⟨" not in node.id]
    assert accounts in ([], ["account:e"])
