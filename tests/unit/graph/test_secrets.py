"""A stored credential is access (semantics D4)."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind
from iamlint.iam.request import Decision

CREDENTIAL = """\
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    projects: [{name: checkout-prod}]
    credentials:
      - {name: ingest, kind: access-token, project: checkout-prod, stored_in: ["%s"]}
    """
SECRET = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:lightstep/checkout-prod"
PARAMETER = "arn:aws:ssm:eu-west-1:111111111111:parameter/lightstep/checkout"


def reader(*statements: str, account: str = "111111111111", rest: str = "") -> str:
    return f"""
    provider "aws" {{
      region              = "eu-west-1"
      allowed_account_ids = ["{account}"]
    }}
    resource "aws_iam_role" "app" {{
      name               = "app"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
      }})
    }}
    resource "aws_iam_role_policy" "app" {{
      name   = "app"
      role   = aws_iam_role.app.id
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{", ".join(statements)}] }})
    }}
    {rest}
    """


def allow(action: str, resource: str, effect: str = "Allow") -> str:
    return f'{{ Effect = "{effect}", Action = "{action}", Resource = {resource} }}'


@pytest.mark.parametrize(
    ("stored", "statements", "expected"),
    [
        (SECRET, [allow("secretsmanager:GetSecretValue", f'"{SECRET}-??????"')], ["role:arn:aws:iam::111111111111:role/app"]),
        (SECRET, [allow("secretsmanager:*", '"*"')], ["role:arn:aws:iam::111111111111:role/app"]),
        (SECRET, [allow("secretsmanager:GetSecretValue", f'"{SECRET}-a1B2c3"')], ["role:arn:aws:iam::111111111111:role/app"]),
        (SECRET, [allow("secretsmanager:GetSecretValue", f'"{SECRET}"')], []),  # without the suffix it names no secret
        (SECRET, [allow("secretsmanager:GetSecretValue", f'"{SECRET}2-*"')], []),
        (SECRET, [allow("secretsmanager:DescribeSecret", '"*"')], []),
        (SECRET, [allow("secretsmanager:*", '"*"'), allow("secretsmanager:GetSecretValue", '"*"', "Deny")], []),
        (PARAMETER, [allow("ssm:GetParameters", f'"{PARAMETER}"')], ["role:arn:aws:iam::111111111111:role/app"]),
        (PARAMETER, [allow("ssm:GetParametersByPath", '"arn:aws:ssm:*:*:parameter/lightstep"')], ["role:arn:aws:iam::111111111111:role/app"]),
        (PARAMETER, [allow("ssm:PutParameter", '"*"')], []),
        # Each of the actions is decided for itself, also where some are named alike.
        (PARAMETER, [allow("ssm:GetParameter*", '"*"'), allow("ssm:GetParameter", '"*"', "Deny")], ["role:arn:aws:iam::111111111111:role/app"]),
        (PARAMETER, [allow("ssm:GetParameter*", '"*"'), allow("ssm:GetParameter*", '"*"', "Deny")], []),
        (PARAMETER, [allow("ssm:Get${var.what}", '"*"'), allow("ssm:GetParameterHistory", '"*"')], ["role:arn:aws:iam::111111111111:role/app"]),
    ],
)  # fmt: skip
def test_who_may_read_the_secret_may_do_what_the_token_may(stored: str, statements: list[str], expected: list[str]) -> None:
    graph = graph_of({"t.access.yaml": CREDENTIAL % stored, "infra/main.tf": reader(*statements)})
    assert edges_to(graph, "token:lightstep/ingest", EdgeKind.MAY_READ_SECRET) == expected
    decision = graph.can("role/app", "telemetry:ingest", "checkout-prod").decision
    assert decision is (Decision.ALLOW if expected else Decision.IMPLICIT_DENY)


@pytest.mark.parametrize(("team", "expected"), [("lightstep", ["role:arn:aws:iam::111111111111:role/app"]), ("other", [])])
def test_a_variable_in_the_name_of_a_secret_is_the_callers_own(team: str, expected: list[str]) -> None:
    """B28: a policy variable in `Resource` has the value that the request gives it."""
    folder = SECRET.rpartition("/")[0].rpartition(":")[0] + ":$${aws:PrincipalTag/team}/*"
    written = reader(allow("secretsmanager:GetSecretValue", f'"{folder}"'))
    files = {
        "t.access.yaml": CREDENTIAL % SECRET,
        "infra/main.tf": written.replace('= "app"\n', f'= "app"\n tags = {{ team = "{team}" }}\n', 1),
    }
    assert edges_to(graph_of(files), "token:lightstep/ingest", EdgeKind.MAY_READ_SECRET) == expected


def test_a_secret_of_the_repository_is_the_one_that_the_manifest_names() -> None:
    rest = """
    resource "aws_secretsmanager_secret" "token" {
      name = "lightstep/checkout-prod"
    }
    """
    statement = allow("secretsmanager:GetSecretValue", "aws_secretsmanager_secret.token.arn")
    graph = graph_of({"t.access.yaml": CREDENTIAL % SECRET, "infra/main.tf": reader(statement, rest=rest)})
    assert [node.id for node in graph.nodes() if node.id.startswith("resource:")] == [f"resource:{SECRET}"]
    path = graph.shortest_path(graph.find("role/app"), graph.find("project:lightstep/checkout-prod"))
    assert path is not None
    assert [edge.kind.value for edge in path] == ["may_read_secret", "scoped_to"]
    assert path[0].place is not None
    assert path[0].place.path == "infra/main.tf"
    assert [(item.node.id, item.certainty.value) for item in graph.who_can("secretsmanager:GetSecretValue", SECRET)] == [
        ("role:arn:aws:iam::111111111111:role/app", "certain")
    ]


def test_another_account_needs_the_resource_policy_too() -> None:
    outside = reader(allow("secretsmanager:GetSecretValue", '"*"'), account="222222222222")
    owner = """
    provider "aws" {
      region              = "eu-west-1"
      allowed_account_ids = ["111111111111"]
    }
    resource "aws_secretsmanager_secret" "token" {
      name = "lightstep/checkout-prod"
    }
    """
    policy = """
    resource "aws_secretsmanager_secret_policy" "token" {
      secret_arn = aws_secretsmanager_secret.token.arn
      policy     = jsonencode({
        Version   = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Action    = "secretsmanager:GetSecretValue"
          Principal = { AWS = "arn:aws:iam::222222222222:role/app" }
          Resource  = "*"
        }]
      })
    }
    """
    files = {"t.access.yaml": CREDENTIAL % SECRET, "outside/main.tf": outside, "owner/main.tf": owner}
    assert edges_to(graph_of(files), "token:lightstep/ingest", EdgeKind.MAY_READ_SECRET) == []
    files["owner/main.tf"] = owner + policy
    assert edges_to(graph_of(files), "token:lightstep/ingest", EdgeKind.MAY_READ_SECRET) == [
        "role:arn:aws:iam::222222222222:role/app"
    ]


def test_a_managed_policy_of_aws_counts() -> None:
    rest = """
    resource "aws_iam_role_policy_attachment" "admin" {
      role       = aws_iam_role.app.name
      policy_arn = "arn:aws:iam::aws:policy/%s"
    }
    """
    files = {"t.access.yaml": CREDENTIAL % SECRET, "infra/main.tf": reader(rest=rest % "AdministratorAccess")}
    assert edges_to(graph_of(files), "token:lightstep/ingest", EdgeKind.MAY_READ_SECRET) == [
        "role:arn:aws:iam::111111111111:role/app"
    ]
    files["infra/main.tf"] = reader(rest=rest % "service-role/AWSLambdaBasicExecutionRole")
    assert edges_to(graph_of(files), "token:lightstep/ingest", EdgeKind.MAY_READ_SECRET) == []
    files["infra/main.tf"] = reader(rest=rest % "SomethingNobodyHere")
    graph = graph_of(files)
    assert edges_to(graph, "token:lightstep/ingest", EdgeKind.MAY_READ_SECRET) == ["role:arn:aws:iam::111111111111:role/app ?"]
    assert "the policy `arn:aws:iam::aws:policy/SomethingNobodyHere` is not in the repository" in [
        e.reason for e in graph.unresolved
    ]


def test_a_role_that_reaches_a_credential_and_that_nobody_assumes_stands_in_the_coverage() -> None:
    text = reader(allow("secretsmanager:GetSecretValue", '"*"'))
    delegating = text.replace('Service = "ecs-tasks.amazonaws.com"', 'AWS = "arn:aws:iam::111111111111:root"')
    reason = "who assumes `app`, which reaches a credential, is not in the repository"
    assert reason in [
        entry.reason for entry in graph_of({"t.access.yaml": CREDENTIAL % SECRET, "i/main.tf": delegating}).unresolved
    ]
    assert reason not in [
        entry.reason for entry in graph_of({"t.access.yaml": CREDENTIAL % SECRET, "i/main.tf": text}).unresolved
    ]


def test_the_condition_of_a_statement_about_something_else_is_no_condition_of_reading() -> None:
    member = '{ StringEquals = { "aws:PrincipalOrgID" = "o-1" } }'
    office = '{ IpAddress = { "aws:SourceIp" = "192.0.2.0/24" } }'
    reading = f'{{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*", Condition = {member} }}'
    unrelated = f'{{ Effect = "Allow", Action = "ec2:RunInstances", Resource = "*", Condition = {office} }}'
    graph = graph_of({"t.access.yaml": CREDENTIAL % SECRET, "infra/main.tf": reader(unrelated, reading)})
    edges = graph.in_edges(graph.find("token:lightstep/ingest"), EdgeKind.MAY_READ_SECRET)
    assert [(edge.source.name, edge.certainty.value, edge.condition) for edge in edges] == [("app", "assumed", None)]
