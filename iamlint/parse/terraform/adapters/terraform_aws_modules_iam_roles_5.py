"""`terraform-aws-modules/iam/aws` up to version 5: roles for tokens of OpenID Connect, for SAML, and for clusters by name."""

from __future__ import annotations

from iamlint.parse.terraform.adapters.module_text import HERE, given_conditions, outputs, statements, variables

OWN = """
  dynamic "statement" {
    for_each = var.allow_self_assume_role ? [1] : []
    content {
      sid     = "ExplicitSelfRoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["arn:${local.partition}:iam::${local.account}:role${var.role_path}${local.pattern}"]
      }
    }
  }
"""
ROLE_OF_FIVE = """
locals {
  pattern = var.role_name != null ? var.role_name : "${coalesce(var.role_name_prefix, "")}*"
}

resource "aws_iam_role" "this" {
  count                = var.create_role ? 1 : 0
  name                 = var.role_name
  name_prefix          = var.role_name_prefix
  path                 = var.role_path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.role_permissions_boundary_arn == "" ? null : var.role_permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}
"""


def of_five(create: str, policies: str, seconds: str = "null") -> str:
    """Return the variables that these modules have in common, of which three have other defaults here and there."""
    return variables(
        create_role=create,
        tags="{}",
        role_name="null",
        role_name_prefix="null",
        role_path='"/"',
        max_session_duration=seconds,
        role_permissions_boundary_arn='""',
        role_policy_arns=policies,
        allow_self_assume_role="false",
    )


ATTACHED_BY_KEY = """
resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for key, arn in var.role_policy_arns : key => arn if var.create_role }
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}
"""
_ATTACHED_BY_NUMBER = """
resource "aws_iam_role_policy_attachment" "custom" {
  count      = var.create_role ? coalesce(var.number_of_role_policy_arns, length(var.role_policy_arns)) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.role_policy_arns[count.index]
}
"""

_WITH_OIDC = (
    of_five("false", "[]")
    + variables(
        provider_url='""',
        provider_urls="[]",
        aws_account_id='""',
        number_of_role_policy_arns="null",
        inline_policy_statements="[]",
        oidc_fully_qualified_subjects="[]",
        oidc_subjects_with_wildcards="[]",
        oidc_fully_qualified_audiences="[]",
        provider_trust_policy_conditions="[]",
    )
    + HERE
    + """
locals {
  issuers = [for url in compact(distinct(concat(tolist(var.provider_urls), [var.provider_url]))) : replace(url, "https://", "")]
  holder  = var.aws_account_id == "" ? local.account : var.aws_account_id
}

data "aws_iam_policy_document" "trust" {
"""
    + OWN
    + """
  dynamic "statement" {
    for_each = local.issuers
    content {
      # The last versions add `sts:TagSession`.
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:${local.partition}:iam::${local.holder}:oidc-provider/${statement.value}"]
      }
"""
    + "".join(
        f"""
      dynamic "condition" {{
        for_each = length(var.{given}) > 0 ? local.issuers : []
        content {{
          test     = "{test}"
          variable = "${{statement.value}}:{claim}"
          values   = var.{given}
        }}
      }}
"""
        for given, test, claim in (
            ("oidc_fully_qualified_subjects", "StringEquals", "sub"),
            ("oidc_subjects_with_wildcards", "StringLike", "sub"),
            ("oidc_fully_qualified_audiences", "StringLike", "aud"),
        )
    )
    + given_conditions("provider_trust_policy_conditions")
    + """
    }
  }
}
"""
    + ROLE_OF_FIVE
    + _ATTACHED_BY_NUMBER
    + f"""
data "aws_iam_policy_document" "inline" {{
  count = var.create_role && length(var.inline_policy_statements) > 0 ? 1 : 0
{statements("var.inline_policy_statements", "conditions", "statement.value.sid")}
}}

resource "aws_iam_role_policy" "inline" {{
  count       = var.create_role && length(var.inline_policy_statements) > 0 ? 1 : 0
  role        = aws_iam_role.this[0].name
  name_prefix = "${{var.role_name}}_inline_"
  policy      = data.aws_iam_policy_document.inline[0].json
}}
"""
)
_WITH_OIDC += outputs("aws_iam_role.this", "arn", "name", "path", "unique_id", prefix="iam_role_")

_WITH_SAML = (
    of_five("false", "[]")
    + variables(
        provider_id='""',
        provider_ids="[]",
        number_of_role_policy_arns="null",
        trusted_role_actions="[]",
        aws_saml_endpoint='"https://signin.aws.amazon.com/saml"',
    )
    + HERE
    + """
data "aws_iam_policy_document" "trust" {
"""
    + OWN
    + """
  statement {
    actions = distinct(concat(["sts:AssumeRoleWithSAML"], var.trusted_role_actions))
    principals {
      type        = "Federated"
      identifiers = compact(distinct(concat(tolist(var.provider_ids), [var.provider_id])))
    }
    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = [var.aws_saml_endpoint]
    }
  }
}
"""
    + ROLE_OF_FIVE
    + _ATTACHED_BY_NUMBER
    + outputs("aws_iam_role.this", "arn", "name", "path", "unique_id", prefix="iam_role_")
)

_EKS = (
    of_five("true", "{}", "43200")
    + variables(cluster_service_accounts="{}", assume_role_condition_test='"StringEquals"')
    + HERE
    + """
data "aws_eks_cluster" "main" {
  for_each = var.cluster_service_accounts
  name     = each.key
}

locals {
  issuers = {
    for name, accounts in var.cluster_service_accounts :
    name => replace(data.aws_eks_cluster.main[name].identity[0].oidc[0].issuer, "https://", "")
  }
}

data "aws_iam_policy_document" "trust" {
"""
    + OWN
    + """
  dynamic "statement" {
    for_each = var.cluster_service_accounts
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:${local.partition}:iam::${local.account}:oidc-provider/${local.issuers[statement.key]}"]
      }
      condition {
        test     = var.assume_role_condition_test
        variable = "${local.issuers[statement.key]}:sub"
        values   = [for account in statement.value : "system:serviceaccount:${account}"]
      }
    }
  }
}
"""
    + ROLE_OF_FIVE
    + ATTACHED_BY_KEY
    + outputs("aws_iam_role.this", "arn", "name", "path", "unique_id", prefix="iam_role_")
)

ROLES_OF_FIVE = {
    "iam-assumable-role-with-oidc": _WITH_OIDC,
    "iam-assumable-role-with-saml": _WITH_SAML,
    "iam-eks-role": _EKS,
}
