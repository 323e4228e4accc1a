"""`terraform-aws-modules/iam/aws`: users, and the providers whose tokens roles trust."""

from __future__ import annotations

from iamlint.parse.terraform.adapters.module_text import HERE, outputs, variables
from iamlint.parse.terraform.adapters.terraform_aws_modules_iam_roles import INLINE_VARIABLES, inline_document

_USER = (
    variables(  # of version 6, and of those before under other names
        create="true",
        create_user="true",
        name="null",
        path='"/"',
        permissions_boundary='""',
        tags="{}",
        policies="{}",
        policy_arns="[]",
        create_login_profile="true",
        create_iam_user_login_profile="true",
        create_access_key="true",
        create_iam_access_key="true",
    )
    + INLINE_VARIABLES
    + inline_document("local.exists")
    + """
locals {
  exists = var.create && var.create_user
}

resource "aws_iam_user" "this" {
  count                = local.exists ? 1 : 0
  name                 = var.name
  path                 = var.path
  permissions_boundary = var.permissions_boundary == "" ? null : var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_user_policy_attachment" "additional" {
  for_each   = { for key, arn in var.policies : key => arn if local.exists }
  user       = aws_iam_user.this[0].name
  policy_arn = each.value
}

resource "aws_iam_user_policy_attachment" "this" {
  for_each   = { for key, arn in var.policy_arns : key => arn if local.exists }
  user       = aws_iam_user.this[0].name
  policy_arn = each.value
}

resource "aws_iam_user_policy" "inline" {
  count  = local.exists && var.create_inline_policy ? 1 : 0
  name   = var.name
  user   = aws_iam_user.this[0].name
  policy = data.aws_iam_policy_document.inline[0].json
}

resource "aws_iam_user_login_profile" "this" {
  count = local.exists && var.create_login_profile && var.create_iam_user_login_profile ? 1 : 0
  user  = aws_iam_user.this[0].name
}

resource "aws_iam_access_key" "this" {
  count = local.exists && var.create_access_key && var.create_iam_access_key ? 1 : 0
  user  = aws_iam_user.this[0].name
}
"""
    + outputs("aws_iam_user.this", "arn", "name", "unique_id")
    + outputs("aws_iam_user.this", "arn", "name", "unique_id", prefix="iam_user_")
)

_PROVIDER = (
    variables(create="true", tags="{}", url='"https://token.actions.githubusercontent.com"', client_id_list="[]")
    + HERE
    + """
resource "aws_iam_openid_connect_provider" "this" {
  count          = var.create ? 1 : 0
  url            = var.url
  client_id_list = coalescelist(var.client_id_list, ["sts.${data.aws_partition.current.dns_suffix}"])
  tags           = var.tags
}
"""
    + outputs("aws_iam_openid_connect_provider.this", "arn", "url")
)

PEOPLE = {
    "iam-user": _USER,
    "iam-oidc-provider": _PROVIDER,
    "iam-github-oidc-provider": _PROVIDER,
}
