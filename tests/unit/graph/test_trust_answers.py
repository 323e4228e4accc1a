"""Principals with the same policies, and identities with the same claims, are told apart by all that a policy tells apart."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind

ROOT = '{ AWS = "arn:aws:iam::111111111111:root" }'


def users(trust: str, resource: str = '"arn:aws:iam::111111111111:role/ana-admin"', condition: str = "{}") -> str:
    """Three users of one group that may assume a role; Ana has a tag, and Bob a boundary that is silent about it."""
    return f"""
    provider "aws" {{
      allowed_account_ids = ["111111111111"]
    }}
    resource "aws_iam_group" "admins" {{
      name = "admins"
    }}
    resource "aws_iam_group_policy" "admins" {{
      name  = "assume"
      group = aws_iam_group.admins.name
      policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Resource = {resource}, Condition = {condition} }}]
      }})
    }}
    resource "aws_iam_policy" "narrow" {{
      name = "narrow"
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "s3:*", Resource = "*" }}] }})
    }}
    resource "aws_iam_user" "ana" {{
      name = "ana"
      tags = {{ team = "shop" }}
    }}
    resource "aws_iam_user" "bob" {{
      name                 = "bob"
      permissions_boundary = aws_iam_policy.narrow.arn
    }}
    resource "aws_iam_user" "eve" {{
      name = "eve"
    }}
    resource "aws_iam_user" "kim" {{
      name = "kim"
    }}
    resource "aws_iam_group_membership" "admins" {{
      name  = "admins"
      group = aws_iam_group.admins.name
      users = ["ana", "bob", "eve", "kim"]
    }}
    resource "aws_iam_role" "admin" {{
      name = "ana-admin"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", {trust} }}]
      }})
    }}
    """


@pytest.mark.parametrize(
    ("trust", "expected"),
    [
        (f"Principal = {ROOT}", ["ana", "eve", "kim"]),
        ('Principal = { AWS = "*" }', ["ana", "bob", "eve", "kim"]),
        ('Principal = { AWS = ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"] }', ["ana", "eve", "kim"]),
        ('Principal = { AWS = ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"] }', []),
        ('Principal = { AWS = ["arn:aws:iam::111111111111:user/ana", "arn:aws:iam::111111111111:user/kim"] }', ["ana", "kim"]),
        (f'Principal = {ROOT}, Condition = {{ ArnEquals = {{ "aws:PrincipalArn" = "arn:aws:iam::*:user/eve" }} }}', ["eve"]),
        (f'Principal = {ROOT}, Condition = {{ StringEquals = {{ "aws:username" = "kim" }} }}', ["kim"]),
        (f'Principal = {ROOT}, Condition = {{ StringEquals = {{ "aws:PrincipalTag/team" = "shop" }} }}', ["ana"]),
        (f'Principal = {ROOT}, Condition = {{ StringLike = {{ "aws:username" = "$${{aws:PrincipalTag/team}}" }} }}', []),
    ],
)
def test_who_may_assume_a_role_that_trusts(trust: str, expected: list[str]) -> None:
    graph = graph_of({"main.tf": users(trust)})
    found = edges_to(graph, "role:arn:aws:iam::111111111111:role/ana-admin", EdgeKind.MAY_ASSUME)
    assert [name.rpartition("/")[2] for name in found if ":user/" in name] == expected


@pytest.mark.parametrize(
    ("resource", "condition", "expected"),
    [
        ('"*"', '{ StringEquals = { "aws:username" = "eve" } }', ["eve"]),
        ('"*"', '{ StringNotEquals = { "aws:PrincipalTag/team" = "shop" } }', ["eve", "kim"]),
        ('"arn:aws:iam::111111111111:role/$${aws:username}-admin"', "{}", ["ana"]),  # a name that is another one for each caller
        ('"arn:aws:iam::$${aws:PrincipalAccount}:role/*"', "{}", ["ana", "eve", "kim"]),
        ('"*"', '{ StringEquals = { "iam:ResourceTag/team" = "$${aws:PrincipalTag/team}" } }', ["ana ?"]),
    ],
)
def test_who_may_assume_a_role_by_a_policy_of_their_group(resource: str, condition: str, expected: list[str]) -> None:
    graph = graph_of({"main.tf": users(f"Principal = {ROOT}", resource, condition)})
    found = edges_to(graph, "role:arn:aws:iam::111111111111:role/ana-admin", EdgeKind.MAY_ASSUME)
    assert [name.rpartition("/")[2] for name in found if ":user/" in name] == expected


JOBS = """\
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    bots:
      - {name: "github/acme/shop:environment:prod"}
      - {name: "github/acme/shop:environment:test"}
      - {name: "github/acme/shop:ref:refs/heads/main"}
      - {name: "github/acme/tools:environment:prod"}
    """
ISSUER = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('StringLike = { "ISSUER:sub" = "repo:acme/*" }', ["shop:environment:prod", "shop:environment:test",
                                                           "shop:ref:refs/heads/main", "tools:environment:prod"]),
        ('StringLike = { "ISSUER:sub" = "repo:acme/*:environment:prod" }', ["shop:environment:prod", "tools:environment:prod"]),
        ('StringEquals = { "ISSUER:environment" = "prod" }', ["shop:environment:prod", "shop:ref:refs/heads/main",
                                                              "tools:environment:prod"]),
        ('StringNotEquals = { "ISSUER:repository" = "acme/tools" }', ["shop:environment:prod", "shop:environment:test",
                                                                      "shop:ref:refs/heads/main"]),
        ('StringLike = { "ISSUER:sub" = "repo:$${ISSUER:repository}:environment:test" }', ["shop:environment:test"]),
    ],
)  # fmt: skip
def test_which_jobs_may_assume_a_role(condition: str, expected: list[str]) -> None:
    main = f"""
    provider "aws" {{
      allowed_account_ids = ["111111111111"]
    }}
    resource "aws_iam_openid_connect_provider" "github" {{
      url            = "https://{ISSUER}"
      client_id_list = ["sts.amazonaws.com"]
    }}
    resource "aws_iam_role" "deploy" {{
      name = "deploy"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = {{ Federated = aws_iam_openid_connect_provider.github.arn }}
          Condition = {{ {condition.replace("ISSUER", ISSUER)} }}
        }}]
      }})
    }}
    """
    graph = graph_of({"main.tf": main, "bots.yaml": JOBS})
    found = edges_to(graph, "role:arn:aws:iam::111111111111:role/deploy", EdgeKind.MAY_ASSUME)
    bots = [name.removeprefix("bot:github/acme/") for name in found if name.startswith("bot:github/acme/")]
    assert [name for name in bots if "*" not in name] == expected


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        (["111111111111", "333333333333"], ["111111111111:role/a"]),
        (["333333333333", "222222222222"], ["222222222222:role/b"]),
        (["222222222222", "111111111111"], ["111111111111:role/a", "222222222222:role/b"]),
        (["333333333333", "444444444444"], []),
    ],
)
def test_roles_of_the_accounts_that_a_role_trusts(accounts: list[str], expected: list[str]) -> None:
    listed = ", ".join(f'"arn:aws:iam::{account}:root"' for account in accounts)
    everything = '[{ Effect = "Allow", Action = "sts:*", Resource = "*" }]'

    def main(account: str, name: str, principal: str, statements: str) -> str:
        return f"""
        provider "aws" {{
          allowed_account_ids = ["{account}"]
        }}
        resource "aws_iam_role" "it" {{
          name = "{name}"
          assume_role_policy = jsonencode({{
            Version   = "2012-10-17"
            Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {principal} }}]
          }})
          inline_policy {{
            name   = "own"
            policy = jsonencode({{ Version = "2012-10-17", Statement = {statements} }})
          }}
        }}
        """

    graph = graph_of(
        {
            "a/main.tf": main("111111111111", "a", '{ Service = "ec2.amazonaws.com" }', everything),
            "b/main.tf": main("222222222222", "b", '{ Service = "ec2.amazonaws.com" }', everything),
            "c/main.tf": main("555555555555", "c", f"{{ AWS = [{listed}] }}", everything),
        }
    )
    found = edges_to(graph, "role:arn:aws:iam::555555555555:role/c", EdgeKind.MAY_ASSUME)
    declared = ("role:arn:aws:iam::111111111111:", "role:arn:aws:iam::222222222222:")
    assert [name.removeprefix("role:arn:aws:iam::") for name in found if name.startswith(declared)] == expected
