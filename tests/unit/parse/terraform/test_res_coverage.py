"""What counts as understood, and what is listed as not."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root

from iamlint.model.aws import AwsUser
from iamlint.model.policy import Policy
from iamlint.parse.terraform.resources import is_of_interest
from iamlint.source.value import key


def test_known_statements_and_resources_count() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "p" {
          name = "p"
          policy = jsonencode({ Statement = [
            { Effect = "Allow", Action = "a:A", Resource = "*" },
            { Effect = "Allow", Action = "a:B", Resource = var.unknown },
          ] })
        }
        resource "aws_iam_user" "u" { name = "u" }
        resource "aws_instance" "ignored" { ami = var.unknown }
        variable "unknown" {}
        """
    )
    assert root.facts.resolved == 2
    assert len(root.facts.unresolved) == 1


def test_one_unknown_is_one_line_however_often_it_is_met() -> None:
    root = Root(
        """
        variable "env" {}
        resource "aws_iam_user" "a" { name = "a-${var.env}" }
        resource "aws_iam_user" "b" { name = "b-${var.env}" }
        """
    )
    (line,) = root.facts.unresolved
    assert "env" in line.reason
    assert root.facts.resolved == 0


def test_what_the_provider_chooses_is_no_gap() -> None:
    root = Root(
        """
        resource "aws_iam_user" "u" {}
        resource "aws_iam_access_key" "u" { user = aws_iam_user.u.name }
        data "okta_group" "g" { name = "g" }
        resource "okta_app_group_assignment" "a" {
          app_id   = okta_app_saml.a.id
          group_id = data.okta_group.g.id
        }
        resource "okta_app_saml" "a" { label = "a" }
        """
    )
    assert root.facts.unresolved == []
    assert root.facts.resolved == 5


def test_a_value_that_a_lookup_would_give_is_a_gap() -> None:
    root = Root(
        """
        data "aws_ssm_parameter" "p" { name = "/x" }
        resource "aws_iam_user" "u" { name = data.aws_ssm_parameter.p.value }
        """
    )
    assert len(root.facts.unresolved) == 1


@pytest.mark.parametrize(
    ("mode", "type_", "wanted"),
    [
        ("managed", "aws_iam_role", True),
        ("managed", "aws_route53_record", False),
        ("managed", "lightstep_anything", True),
        ("data", "aws_iam_policy_document", True),
        ("data", "aws_ami", False),
        ("managed", "okta_group", True),
        ("managed", "okta_app_oauth", True),
        ("managed", "google_project", False),
        ("managed", "kubernetes_secret", True),
        ("provider", "lightstep", True),
    ],
)
def test_types_of_interest_are_those_with_a_reader(mode: str, type_: str, wanted: bool) -> None:
    assert is_of_interest(mode, type_) is wanted


def test_a_broken_block_loses_no_other() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "broken" {
          name = "b
        }
        resource "aws_iam_policy" "fine" {
          name   = "fine"
          policy = jsonencode({ Statement = { Effect = "Allow", Action = "a:A", Resource = "*" } })
        }
        """
    )
    assert [policy.name for policy in root.all(Policy)] == ["fine"]
    assert root.facts.problems


def test_one_bad_file_is_one_problem_for_all_who_read_it() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "each" {
          for_each = toset(["a", "b"])
          name     = each.key
          policy   = file("${path.module}/bad.json")
        }
        """,
        {"infra/bad.json": '{"Statement": [,]}'},
    )
    assert len(root.facts.problems) == 1


def test_a_long_unknown_account_has_a_short_symbol_one_for_each_expression() -> None:
    lookup = "jsondecode(data.aws_secretsmanager_secret_version.environment_management.secret_string)"
    root = Root(f"""
        data "aws_secretsmanager_secret_version" "environment_management" {{ secret_id = "environment_management" }}
        locals {{
          accounts = {lookup}
        }}
        provider "aws" {{
          assume_role {{ role_arn = "arn:aws:iam::${{local.accounts.account_ids["core-network"]}}:role/app" }}
        }}
        provider "aws" {{
          alias = "same"
          assume_role {{ role_arn = "arn:aws:iam::${{local.accounts.account_ids["core-network"]}}:role/other" }}
        }}
        provider "aws" {{
          alias = "logs"
          assume_role {{ role_arn = "arn:aws:iam::${{local.accounts.account_ids["core-logging"]}}:role/app" }}
        }}
        resource "aws_iam_user" "one" {{ name = "one" }}
        resource "aws_iam_user" "two" {{
          name     = "two"
          provider = aws.same
        }}
        resource "aws_iam_user" "three" {{
          name     = "three"
          provider = aws.logs
        }}
        resource "aws_iam_user" "four" {{
          name                 = "four"
          permissions_boundary = "arn:aws:iam::${{local.accounts.account_ids["core-logging"]}}:policy/b"
        }}
        """)
    shown_accounts = {user.name: key(user.account) for user in root.all(AwsUser)}
    assert shown_accounts == {
        "one": "⟨account:infra⟩",
        "two": "⟨account:infra⟩",
        "three": "⟨account:infra:aws.logs⟩",
        "four": "⟨account:infra⟩",
    }
    (boundary,) = [user.boundary for user in root.all(AwsUser) if user.boundary is not None]
    assert key(boundary) == "arn:aws:iam::⟨account:infra:aws.logs⟩:policy/b"
