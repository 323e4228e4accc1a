"""Who is said to become an administrator (IAM114): those of the role's own account, and apart whoever may or may not."""

from __future__ import annotations

from graphs import graph_of

from iamlint_rules.iam114_admin_policy_attached import admin_policy_attached

ROLE = """\
provider "aws" {{ {account} }}
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {principal} }}]
  }})
}}
resource "aws_iam_role_policy_attachment" "deploy" {{
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "aws_iam_role" "other" {{
  name = "other"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ec2.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy" "other" {{
  name = "assume"
  role = aws_iam_role.other.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }}]
  }})
}}
"""


def test_roles_of_one_name_in_two_accounts_are_told_apart() -> None:
    graph = graph_of(
        {
            "one/main.tf": ROLE.format(
                account='allowed_account_ids = ["111111111111"]', principal='{ Service = "ecs-tasks.amazonaws.com" }'
            ),
            "two/main.tf": ROLE.format(
                account='allowed_account_ids = ["222222222222"]', principal='{ Service = "lambda.amazonaws.com" }'
            ),
        }
    )
    found = {finding.at.path: [words for _, words in finding.because] for finding in admin_policy_attached.check(graph)}
    assert found == {
        "one/main.tf": ["`provider:ecs-tasks.amazonaws.com` is the AWS service that runs as the role"],
        "two/main.tf": ["`provider:lambda.amazonaws.com` is the AWS service that runs as the role"],
    }


def test_whoever_may_or_may_not_become_it_is_counted() -> None:
    files = {"one/main.tf": ROLE.format(account="", principal='{ AWS = "arn:aws:iam::333333333333:root" }')}
    (finding,) = admin_policy_attached.check(graph_of(files))
    assert [words for _, words in finding.because] == [
        "`account:333333333333` is trusted as an account: whoever in it is allowed to",
        "of 1 more nobody knows whether they become it",
    ]
