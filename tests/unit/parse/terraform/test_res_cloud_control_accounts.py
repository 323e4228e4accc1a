"""`awscc_*`: in which account and root module resources of AWS Cloud Control are."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import ACCOUNT, Root, shown

from iamlint.model.aws import (
    AwsResource,
    AwsRole,
)
from iamlint.model.policy import Attachment, Policy


def test_accounts_of_providers() -> None:
    root = Root(
        """
        provider "awscc" {
          alias  = "other"
          region = "us-east-1"
          assume_role = {
            role_arn     = "arn:aws:iam::222222222222:role/deploy"
            session_name = "s"
          }
        }
        resource "awscc_sqs_queue" "here" { queue_name = "q" }
        resource "awscc_sqs_queue" "there" {
          provider   = awscc.other
          queue_name = "q"
        }
        """
    )
    assert shown([queue.arn for queue in root.all(AwsResource)]) == [
        f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", "arn:aws:sqs:us-east-1:222222222222:q",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("aws", "awscc", "same"),
    [
        ("", "", True), ("", None, True), ('profile = "a"', 'profile = "a"', True), ('profile = "a"', 'profile = "b"', False),
        ('profile = "a"', "", False), ('profile = "a"', None, False),
    ],
)  # fmt: skip
def test_accounts_of_providers_with_the_same_credentials(aws: str, awscc: str | None, same: bool) -> None:
    from iamlint.source.value import Unknown

    root = Root(
        f"""
        provider "aws" {{
          allowed_account_ids = ["222222222222"]
          {aws}
        }}
        {"" if awscc is None else f'provider "awscc" {{ {awscc} }}'}
        resource "awscc_iam_role" "r" {{ role_name = "r" }}
        """,
        account=Unknown("the account is not in the repository", None, "account:infra"),
    )
    assert (root.one(AwsRole).account == "222222222222") is same


def test_the_account_is_said_to_be_missing_once() -> None:
    from iamlint.source.value import Unknown

    account = Unknown("the account is not in the repository", None, "account:infra")
    root = Root('resource "awscc_sqs_queue" "q" { queue_name = "q" }', account=account)
    assert [line.reason for line in root.facts.unresolved] == [account.reason]


def test_modules() -> None:
    root = Root(
        """
        module "role" {
          source   = "./role"
          for_each = { x = "one", y = "two" }
          name     = each.value
        }
        resource "awscc_iam_group" "g" {
          group_name          = "g"
          managed_policy_arns = [module.role["x"].policy]
        }
        """,
        {
            "infra/role/main.tf": """
                variable "name" {}
                resource "awscc_iam_managed_policy" "p" {
                  managed_policy_name = var.name
                  policy_document     = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
                }
                output "policy" { value = awscc_iam_managed_policy.p.id }
            """
        },
    )
    assert sorted(shown(policy.arn) for policy in root.all(Policy)) == [
        f"arn:aws:iam::{ACCOUNT}:policy/{n}" for n in ("one", "two")
    ]
    assert shown(root.one(Attachment).policy_arn) == f"arn:aws:iam::{ACCOUNT}:policy/one"
    assert list(dict.fromkeys(ref for ref, _, _ in root.facts.calls)) == [
        f'infra#module.role["{one}"].awscc_iam_managed_policy.p' for one in "xy"
    ]
