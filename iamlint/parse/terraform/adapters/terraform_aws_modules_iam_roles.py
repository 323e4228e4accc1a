"""`terraform-aws-modules/iam/aws//modules/iam-role`, of version 6, and what its other submodules have in common with it."""

from __future__ import annotations

from iamlint.parse.terraform.adapters.module_text import (
    HERE,
    given_conditions,
    outputs,
    statements,
    statements_variable,
    variables,
)

INLINE_VARIABLES = variables(
    create_inline_policy="false",
    source_inline_policy_documents="[]",
    override_inline_policy_documents="[]",
) + statements_variable("inline_policy_permissions")
"""Of version 6: inputs of the policy that stands in a role or user."""


def inline_document(condition: str) -> str:
    """Return the document of that policy, which is there under a condition."""
    return f"""
data "aws_iam_policy_document" "inline" {{
  count                     = {condition} && var.create_inline_policy ? 1 : 0
  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = var.override_inline_policy_documents
{statements("var.inline_policy_permissions == null ? {} : var.inline_policy_permissions")}
}}
"""


INLINE = (
    INLINE_VARIABLES
    + inline_document("var.create")
    + """
resource "aws_iam_role_policy" "inline" {
  count       = var.create && var.create_inline_policy ? 1 : 0
  role        = aws_iam_role.this[0].name
  name        = var.use_name_prefix ? null : var.name
  name_prefix = var.use_name_prefix && var.name != null ? "${var.name}-" : null
  policy      = data.aws_iam_policy_document.inline[0].json
}
"""
)

ROLE_OF_SIX = """
resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.use_name_prefix ? null : var.name
  name_prefix          = var.use_name_prefix && var.name != null ? "${var.name}-" : null
  path                 = var.path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for key, arn in var.policies : key => arn if var.create }
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}
"""
VARIABLES_OF_SIX = variables(
    create="true",
    tags="{}",
    name="null",
    use_name_prefix="true",
    path='"/"',
    max_session_duration="null",
    permissions_boundary="null",
    policies="{}",
)


def _conditions(issuer: str, subject: str, repository: str = "subject") -> str:
    """Return the conditions on the subject, and those that are given besides."""
    return (
        "".join(
            f"""
      dynamic "condition" {{
        for_each = length(var.{given}) > 0 ? [1] : []
        content {{
          test     = "{test}"
          variable = "${{{issuer}}}:sub"
          values   = [for subject in var.{given} : {repository}]
        }}
      }}"""
            for test, given in (("StringEquals", f"{subject}_subjects"), ("StringLike", f"{subject}_wildcard_subjects"))
        )
        + given_conditions()
    )


def _federated(sid: str, wanted: str, issuer: str, account: str, audience: str, repository: str = "subject") -> str:
    """Return the statement that lets tokens of an issuer in."""
    return f"""
  dynamic "statement" {{
    for_each = {wanted}
    content {{{sid}
      actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
      principals {{
        type        = "Federated"
        identifiers = ["arn:${{local.partition}}:iam::${{{account}}}:oidc-provider/${{{issuer}}}"]
      }}
{audience}
{_conditions(issuer, "oidc", repository)}
    }}
  }}
"""


def _audience(issuer: str) -> str:
    # The module tests `aud` by `ForAllValues`, which is the same, as no token is without; and `iss`, which none has in AWS.
    return f"""
      condition {{
        test     = "StringEquals"
        variable = "${{{issuer}}}:aud"
        values   = coalescelist(var.oidc_audiences, ["sts.amazonaws.com"])
      }}"""


_ROLE = (
    VARIABLES_OF_SIX
    + statements_variable("trust_policy_permissions")
    + variables(
        trust_policy_conditions="[]",
        enable_oidc="false",
        oidc_account_id="null",
        oidc_provider_urls="[]",
        oidc_subjects="[]",
        oidc_wildcard_subjects="[]",
        oidc_audiences="[]",
        enable_github_oidc="false",
        github_provider='"token.actions.githubusercontent.com"',
        enable_bitbucket_oidc="false",
        enable_saml="false",
        saml_provider_ids="[]",
        saml_endpoints='["https://signin.aws.amazon.com/saml"]',
        saml_trust_actions="[]",
        create_instance_profile="false",
    )
    + HERE
    + """
locals {
  issuers   = [for url in var.oidc_provider_urls : replace(url, "https://", "")]
  bitbucket = try(local.issuers[0], null)
}

data "aws_iam_policy_document" "trust" {
"""
    + _federated(
        "",
        "var.enable_oidc ? local.issuers : []",
        "statement.value",
        'coalesce(var.oidc_account_id, local.account, "")',
        """
      dynamic "condition" {
        for_each = length(var.oidc_audiences) > 0 ? [1] : []
        content {
          test     = "StringEquals"
          variable = "${statement.value}:aud"
          values   = var.oidc_audiences
        }
      }""",
    )
    + _federated(
        '\n      sid = "GithubOidcAuth"',
        "var.enable_github_oidc ? [1] : []",
        "var.github_provider",
        "local.account",
        _audience("var.github_provider"),
        '"repo:${trimprefix(subject, "repo:")}"',
    )
    + _federated(
        '\n      sid = "BitbucketOidcAuth"',
        "var.enable_bitbucket_oidc ? [1] : []",
        "local.bitbucket",
        "local.account",
        _audience("local.bitbucket"),
    )
    + """
  dynamic "statement" {
    for_each = var.enable_saml ? [1] : []
    content {
      actions = distinct(concat(["sts:TagSession", "sts:AssumeRoleWithSAML"], var.saml_trust_actions))
      principals {
        type        = "Federated"
        identifiers = var.saml_provider_ids
      }
      condition {
        test     = "StringEquals"
        variable = "SAML:aud"
        values   = var.saml_endpoints
      }"""
    + given_conditions()
    + """
    }
  }
"""
    + statements("var.trust_policy_permissions == null ? {} : var.trust_policy_permissions")
    + "}\n"
    + ROLE_OF_SIX
    + INLINE
    + """
resource "aws_iam_instance_profile" "this" {
  count       = var.create && var.create_instance_profile ? 1 : 0
  name        = var.use_name_prefix ? null : var.name
  name_prefix = var.use_name_prefix && var.name != null ? "${var.name}-" : null
  path        = var.path
  role        = aws_iam_role.this[0].name
}
"""
    + outputs("aws_iam_role.this", "arn", "name", "unique_id")
    + outputs("aws_iam_instance_profile.this", "arn", "id", "name", prefix="instance_profile_")
)

ROLES = {"iam-role": _ROLE}
