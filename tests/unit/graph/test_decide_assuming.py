"""Who may assume a role by its trust policy alone: services and federated identities."""

from __future__ import annotations

import pytest
from graphs import graph_of

ISSUER = "token.actions.githubusercontent.com"
ROLES = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_role" "runs" {
  name = "runs"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}
resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111111111111:oidc-provider/ISSUER" }
      Condition = { StringEquals = {
        "ISSUER:aud" = "sts.amazonaws.com"
        "ISSUER:sub" = "repo:acme/shop:environment:prod"
      } }
    }, {
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithSAML"
      Principal = { Federated = "arn:aws:iam::111111111111:saml-provider/okta" }
      Condition = { StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" } }
    }]
  })
}
""".replace("ISSUER", ISSUER)
JOB = """
on: push
permissions: {id-token: write}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: ENVIRONMENT
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "arn:aws:iam::111111111111:role/deploy", aws-region: eu-west-1}
"""
FILES = {
    "iamlint.yaml": "inputs: {repository: acme/shop}\n",
    "infra/main.tf": ROLES,
    ".github/workflows/prod.yml": JOB.replace("ENVIRONMENT", "prod"),
    ".github/workflows/dev.yml": JOB.replace("ENVIRONMENT", "dev"),
}
RUNS, DEPLOY = (f"arn:aws:iam::111111111111:role/{name}" for name in ("runs", "deploy"))
ECS, PROD, DEV = (
    "provider:ecs-tasks.amazonaws.com",
    "bot:github/acme/shop:environment:prod",
    "bot:github/acme/shop:environment:dev",
)
WEB = "sts:AssumeRoleWithWebIdentity"


@pytest.mark.parametrize(
    ("who", "action", "role", "decision"),
    [
        (ECS, "sts:AssumeRole", RUNS, "allow"),
        (ECS, "STS:assumerole", f"role:{RUNS}", "allow"),
        (ECS, "sts:AssumeRole", DEPLOY, "implicit_deny"),
        (ECS, "sts:AssumeRoleWithSAML", RUNS, "implicit_deny"),
        (PROD, WEB, DEPLOY, "allow"),
        (PROD, "sts:AssumeRoleWithSAML", DEPLOY, "implicit_deny"),
        (PROD, "sts:AssumeRole", DEPLOY, "implicit_deny"),
        (PROD, WEB, RUNS, "implicit_deny"),
        (DEV, WEB, DEPLOY, "implicit_deny"),
        (PROD, "iam:GetRole", DEPLOY, "implicit_deny"),
    ],
)
def test_whom_the_trust_policy_admits_may(who: str, action: str, role: str, decision: str) -> None:
    answer = graph_of(FILES).can(who, action, role)
    assert answer.decision == decision
    if decision == "allow":
        assert [(edge.source.id, edge.target.id) for edge in answer.path] == [(who, f"role:{role.removeprefix('role:')}")]


@pytest.mark.parametrize(
    ("action", "role", "who"),
    [("sts:AssumeRole", RUNS, {ECS}), (WEB, DEPLOY, {PROD}), (WEB, RUNS, set()), ("sts:AssumeRole", DEPLOY, set())],
)
def test_all_who_may_are_listed(action: str, role: str, who: set[str]) -> None:
    assert {reached.node.id for reached in graph_of(FILES).who_can(action, role)} == who


def test_a_condition_that_only_a_request_knows_leaves_it_open() -> None:
    limited = ROLES.replace(
        'Principal = { Service = "ecs-tasks.amazonaws.com" } }',
        'Principal = { Service = "ecs-tasks.amazonaws.com" }, Condition = { StringEquals = { "aws:SourceAccount" = var.of } } }',
    )
    graph = graph_of({**FILES, "infra/main.tf": f'{limited}variable "of" {{}}\n'})
    answer = graph.can(ECS, "sts:AssumeRole", RUNS)
    assert (answer.decision, (answer.residual or "")[:11]) == ("unknown", "allowed if ")
    [reached] = graph.who_can("sts:AssumeRole", RUNS)
    assert (reached.node.id, reached.certainty) == (ECS, "unknown")
