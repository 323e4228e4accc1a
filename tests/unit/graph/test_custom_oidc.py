"""OpenID Connect providers of one's own: whom the trust policies that name one admit."""

from __future__ import annotations

import pytest
from graphs import graph_of

from iamlint.graph.elements import EdgeKind

MAIN = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_openid_connect_provider" "corp" {{
  url            = "https://id.acme.example/realms/prod"
  client_id_list = ["sts.amazonaws.com"]
}}
resource "aws_iam_role" "app" {{
  name = "app"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = aws_iam_openid_connect_provider.corp.arn }}
      Condition = {{ {condition} }}
    }}]
  }})
}}
"""
ISSUER = "id.acme.example/realms/prod"


def edges(condition: str, more: dict[str, str] | None = None) -> list[tuple[str, str, str | None]]:
    graph = graph_of({"infra/main.tf": MAIN.format(condition=condition), **(more or {})})
    return sorted((edge.source.id, edge.certainty.value, edge.condition) for edge in graph.edges(EdgeKind.MAY_ASSUME))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('StringEquals = { "%s:sub" = "service:shop", "%s:aud" = "sts.amazonaws.com" }', [f"bot:{ISSUER}/service:shop"]),
        ('StringLike = { "%s:sub" = "service:*" }', [f"bot:{ISSUER}/service:*"]),
        ('StringEquals = { "%s:sub" = ["service:shop", "service:search"] }',
         [f"bot:{ISSUER}/service:search", f"bot:{ISSUER}/service:shop"]),
        ('StringEquals = { "%s:aud" = "sts.amazonaws.com" }', [f"provider:{ISSUER}"]),
    ],
)  # fmt: skip
def test_subjects_that_a_trust_policy_names_are_bots(condition: str, expected: list[str]) -> None:
    assert [source for source, _, _ in edges(condition.replace("%s", ISSUER))] == expected


def test_a_declared_bot_presents_the_subject_of_its_name() -> None:
    condition = f'StringLike = {{ "{ISSUER}:sub" = "service:*" }}'
    manifest = f"""
apiVersion: iamlint/v1
kind: Identities
provider: keycloak
bots:
  - name: {ISSUER}/service:shop
"""
    found = edges(condition, {"access/bots.access.yaml": manifest})
    assert [source for source, _, _ in found] == [f"bot:{ISSUER}/service:*", f"bot:{ISSUER}/service:shop"]


def test_other_claims_stay_a_condition_of_the_path() -> None:
    condition = f'StringEquals = {{ "{ISSUER}:sub" = "service:shop", "{ISSUER}:azp" = "shop" }}'
    ((source, _, left),) = edges(condition)
    assert source == f"bot:{ISSUER}/service:shop"
    assert left is not None
    assert "azp" in left
