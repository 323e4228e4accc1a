"""`terraform-aws-modules/iam/aws`: three roles for what people do in an account, read-only policies, the account itself."""

from __future__ import annotations

from iamlint.parse.terraform.adapters.module_text import HERE, given_conditions, outputs, variables

_LEVELS = (
    ("admin", "Admin", "AdministratorAccess"),
    ("poweruser", "PowerUser", "PowerUserAccess"),
    ("readonly", "ReadOnly", "ReadOnlyAccess"),
)

_THEMSELVES = "".join(
    f"""
  dynamic "statement" {{
    for_each = var.allow_self_assume_role && var.create_{level}_role ? [1] : []
    content {{
      sid     = "ExplicitSelf{word}RoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {{
        type        = "AWS"
        identifiers = ["*"]
      }}
      condition {{
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["arn:${{local.partition}}:iam::${{local.account}}:role${{var.{level}_role_path}}${{var.{level}_role_name}}"]
      }}
    }}
  }}
"""
    for level, word, _ in _LEVELS
)


def _roles(trust: str, *, with_mfa: bool) -> str:
    """Return the three roles; `trust` makes the document that says who may assume one, `with_mfa` where it asks for MFA."""
    made = variables(allow_self_assume_role="false", max_session_duration="3600", trusted_role_actions="[]") + HERE
    for level, _, policy in _LEVELS:
        made += variables(**{
            f"create_{level}_role": "false",
            f"{level}_role_name": f'"{level}"',
            f"{level}_role_path": '"/"',
            f"{level}_role_policy_arns": f'["arn:aws:iam::aws:policy/{policy}"]',
            f"{level}_role_permissions_boundary_arn": '""',
            f"{level}_role_tags": "{}",
            **({f"{level}_role_requires_mfa": "true"} if with_mfa else {}),
        })  # fmt: skip
        made += trust.replace("LEVEL", level)
        made += f"""
resource "aws_iam_role" "{level}" {{
  count                = var.create_{level}_role ? 1 : 0
  name                 = var.{level}_role_name
  path                 = var.{level}_role_path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.{level}_role_permissions_boundary_arn == "" ? null : var.{level}_role_permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.{level}[0].json
  tags                 = var.{level}_role_tags
}}

resource "aws_iam_role_policy_attachment" "{level}" {{
  count      = var.create_{level}_role ? length(var.{level}_role_policy_arns) : 0
  role       = aws_iam_role.{level}[0].name
  policy_arn = var.{level}_role_policy_arns[count.index]
}}
"""
        made += outputs(f"aws_iam_role.{level}", "arn", "name", "path", "unique_id", prefix=f"{level}_iam_role_")
    return made


def _trust(statement: str) -> str:
    """Return the document that says who may assume a role: who one statement names, and perhaps the roles themselves."""
    return f"""
data "aws_iam_policy_document" "LEVEL" {{
  count = var.create_LEVEL_role ? 1 : 0
{_THEMSELVES}
  statement {{
{statement}
  }}
}}
"""


_BY_ARN = variables(trusted_role_arns="[]", trusted_role_services="[]", trust_policy_conditions="[]", mfa_age="86400") + _roles(
    _trust(
        """
    actions = compact(distinct(concat(["sts:AssumeRole"], var.trusted_role_actions))) # the last versions add `sts:TagSession`
    principals {
      type        = "AWS"
      identifiers = var.trusted_role_arns
    }
    principals {
      type        = "Service"
      identifiers = var.trusted_role_services
    }
    dynamic "condition" {
      for_each = var.LEVEL_role_requires_mfa ? [1] : []
      content {
        test     = "Bool"
        variable = "aws:MultiFactorAuthPresent"
        values   = ["true"]
      }
    }
    dynamic "condition" {
      for_each = var.LEVEL_role_requires_mfa ? [1] : []
      content {
        test     = "NumericLessThan"
        variable = "aws:MultiFactorAuthAge"
        values   = [var.mfa_age]
      }
    }
"""
        + given_conditions()
    ),
    with_mfa=True,
)

_BY_SAML = variables(
    provider_id='""', provider_ids="[]", aws_saml_endpoint='"https://signin.aws.amazon.com/saml"'
) + _roles(
    _trust("""
    actions = compact(distinct(concat(["sts:AssumeRoleWithSAML"], var.trusted_role_actions))) # as above
    principals {
      type        = "Federated"
      identifiers = compact(distinct(concat(var.provider_ids, [var.provider_id])))
    }
    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = [var.aws_saml_endpoint]
    }
"""),
    with_mfa=False,
)  # fmt: skip


def _reading(services: str, *verbs: str) -> str:
    """Return the blocks that let services be read, one statement each."""
    actions = ", ".join(f'"${{statement.value}}:{verb}*"' for verb in verbs)
    return f"""
  dynamic "statement" {{
    for_each = toset({services})
    content {{
      sid       = replace(statement.value, "-", "")
      actions   = [{actions}]
      resources = ["*"]
    }}
  }}
"""


def _allowed(wanted: str, sid: str, actions: str) -> str:
    """Return the block of a statement that a variable switches on."""
    return f"""
  dynamic "statement" {{
    for_each = var.{wanted} ? [1] : []
    content {{
      sid       = "{sid}"
      actions   = {actions}
      resources = ["*"]
    }}
  }}
"""


_READ_ONLY = (
    variables(  # of version 6, and of those before
        create="true",
        create_policy="true",
        name="null",
        name_prefix="null",
        use_name_prefix="null",
        path='"/"',
        tags="{}",
        allowed_services="[]",
        additional_policy_json='"{}"',
        source_inline_policy_documents="[]",
        override_inline_policy_documents="[]",
        allow_cloudwatch_logs_query="true",
        allow_predefined_sts_actions="true",
        allow_web_console_services="true",
        web_console_services='["resource-groups", "tag", "health", "ce"]',
    )
    + """
data "iamlint_unknown" "name" {
  reason = "what follows the name of the policy differs from version to version of the module"
}

data "aws_iam_policy_document" "this" {
  count                     = var.create ? 1 : 0
  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = concat(var.override_inline_policy_documents, [var.additional_policy_json])
"""
    # Since version 5.51 `BatchGet*` is among them, for the services of the console since version 6.
    + _reading("distinct(var.allowed_services)", "List", "Get", "Describe", "View")
    + _reading("var.allow_web_console_services ? var.web_console_services : []", "List", "Get", "Describe", "View")
    + _allowed("allow_predefined_sts_actions", "STS", '["sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"]')
    + _allowed("allow_cloudwatch_logs_query", "AllowLogsQuery", '["logs:StartQuery", "logs:StopQuery", "logs:FilterLogEvents"]')
    + """
}

locals {
  is_prefix = var.use_name_prefix == null ? false : var.use_name_prefix
  end       = var.use_name_prefix == null ? data.iamlint_unknown.name.value : ""
}

resource "aws_iam_policy" "policy" {
  count       = var.create && var.create_policy ? 1 : 0
  name        = var.name == null || local.is_prefix ? null : "${var.name}${local.end}"
  name_prefix = local.is_prefix ? "${var.name}-" : var.name_prefix
  path        = var.path
  policy      = data.aws_iam_policy_document.this[0].json
  tags        = var.tags
}

output "policy_json" {
  value = one(data.aws_iam_policy_document.this[*].json)
}
"""
    + outputs("aws_iam_policy.policy", "arn", "id", "name", "path", "policy")
)

_ACCOUNT = (
    HERE
    + """
output "caller_identity_account_id" {
  value = local.account
}
"""
)
"""An alias and rules for passwords: nothing of it says who may do what."""

LEVELS = {
    "iam-assumable-roles": _BY_ARN,
    "iam-assumable-roles-with-saml": _BY_SAML,
    "iam-read-only-policy": _READ_ONLY,
    "iam-account": _ACCOUNT,
}
