"""`terraform-aws-modules/iam/aws`: groups with policies, and with what their users may do with what is their own."""

from __future__ import annotations

from iamlint.parse.terraform.adapters.module_text import HERE, outputs, statements, statements_variable, variables

_OWN = {
    "ManageOwnPasswords": ("ChangePassword", "GetLoginProfile", "GetUser", "UpdateLoginProfile"),
    "ManageOwnAccessKeys": (
        "CreateAccessKey", "DeleteAccessKey", "ListAccessKeys", "UpdateAccessKey", "GetAccessKeyLastUsed", "TagUser",
        "ListUserTags", "UntagUser",
    ),
    "ManageOwnSigningCertificates": (
        "DeleteSigningCertificate", "ListSigningCertificates", "UpdateSigningCertificate", "UploadSigningCertificate",
    ),
    "ManageOwnSSHPublicKeys": (
        "DeleteSSHPublicKey", "GetSSHPublicKey", "ListSSHPublicKeys", "UpdateSSHPublicKey", "UploadSSHPublicKey",
    ),
    "ManageOwnGitCredentials": (
        "CreateServiceSpecificCredential", "DeleteServiceSpecificCredential", "ListServiceSpecificCredentials",
        "ResetServiceSpecificCredential", "UpdateServiceSpecificCredential",
    ),
    "ManageOwnUserMFA": ("DeactivateMFADevice", "EnableMFADevice", "ListMFADevices", "ResyncMFADevice"),
}  # fmt: skip
_SINCE_5_11 = frozenset({
    "TagUser", "UntagUser", "DeleteSigningCertificate", "UpdateSigningCertificate", "DeleteSSHPublicKey", "UpdateSSHPublicKey",
    "CreateServiceSpecificCredential", "DeleteServiceSpecificCredential", "ResetServiceSpecificCredential",
    "UpdateServiceSpecificCredential", "DeactivateMFADevice",
})  # fmt: skip
"""What users may do with what is their own that they might not in all versions before."""

_ACCOUNT = ("GetAccountSummary", "GetAccountPasswordPolicy", "ListAccountAliases", "ListVirtualMFADevices")
_WITHOUT_MFA = (
    "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:GetMFADevice", "iam:ListMFADevices",
    "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken", "iam:ChangePassword",
)  # fmt: skip


def _allowed(wanted: str, sid: str, actions: tuple[str, ...], resources: str) -> str:
    """Return the block of a statement of IAM's actions that is there under a condition."""
    listed = ", ".join(f'"iam:{action}"' for action in actions)
    return f"""
  dynamic "statement" {{
    for_each = {wanted} ? [1] : []
    content {{
      sid       = "{sid}"
      actions   = [{listed}]
      resources = {resources}
    }}
  }}
"""


def _managing_oneself(wanted: str, enforced: str, prefix: str = "", without: frozenset[str] = frozenset()) -> str:
    """Return the blocks that let users manage what is their own; where `enforced`, nothing is left to them without MFA."""
    made = _allowed(wanted, f"{prefix}ViewAccountInfo", _ACCOUNT, '["*"]')
    for sid, actions in _OWN.items():
        left = tuple(action for action in actions if action not in without)
        made += _allowed(wanted, f"{prefix}{sid}", left, "local.own") if left else ""
    if not without:
        device = '["arn:${local.partition}:iam::${local.holder}:mfa/*"]'
        made += _allowed(wanted, f"{prefix}ManageOwnVirtualMFADevice", ("CreateVirtualMFADevice",), device)
    listed = ", ".join(f'"{action}"' for action in _WITHOUT_MFA)
    return (
        made
        + f"""
  dynamic "statement" {{
    for_each = {wanted} && {enforced} ? [1] : []
    content {{
      sid         = "DenyAllExceptListedIfNoMFA"
      effect      = "Deny"
      not_actions = [{listed}]
      resources   = ["*"]
      condition {{
        test     = "BoolIfExists"
        variable = "aws:MultiFactorAuthPresent"
        values   = ["false"]
      }}
    }}
  }}
"""
    )


def _own(account: str) -> str:
    """Return the locals by which users are named, who are those of an account that a variable may give."""
    names = ", ".join(f'"arn:${{local.partition}}:iam::${{local.holder}}:user/{path}$${{aws:username}}"' for path in ("", "*/"))
    return f"""
locals {{
  holder = {account}
  own    = [{names}]
}}
"""


_GROUP = (
    variables(
        create="true",
        tags="{}",
        name='""',
        path="null",
        users="[]",
        create_policy="true",
        enable_self_management_permissions="true",
        enable_mfa_enforcement="true",
        enable_mfa_enforcment="true",  # as versions before 6.3 spell it
        policy_name="null",
        policy_use_name_prefix="true",
        policy_path="null",
        policies="{}",
        users_account_id="null",
    )
    + statements_variable("permissions")
    + HERE
    + _own("var.users_account_id == null ? local.account : var.users_account_id")
    + """
locals {
  with_policy = var.create && var.create_policy && (var.enable_self_management_permissions || var.permissions != null)
  policy_name = var.policy_name == null ? var.name : var.policy_name
}

resource "aws_iam_group" "this" {
  count = var.create ? 1 : 0
  name  = var.name
  path  = var.path
}

resource "aws_iam_group_membership" "this" {
  count = var.create && length(var.users) > 0 ? 1 : 0
  name  = var.name
  group = aws_iam_group.this[0].name
  users = var.users
}

data "aws_iam_policy_document" "this" {
  count = local.with_policy ? 1 : 0
"""
    + _managing_oneself("var.enable_self_management_permissions", "var.enable_mfa_enforcement && var.enable_mfa_enforcment")
    + statements("var.permissions == null ? {} : var.permissions")
    + """
}

resource "aws_iam_policy" "this" {
  count       = local.with_policy ? 1 : 0
  name        = var.policy_use_name_prefix ? null : local.policy_name
  name_prefix = var.policy_use_name_prefix ? "${local.policy_name}-" : null
  path        = coalesce(var.policy_path, var.path, "/")
  policy      = data.aws_iam_policy_document.this[0].json
  tags        = var.tags
}

resource "aws_iam_group_policy_attachment" "this" {
  count      = local.with_policy ? 1 : 0
  group      = aws_iam_group.this[0].name
  policy_arn = aws_iam_policy.this[0].arn
}

resource "aws_iam_group_policy_attachment" "additional" {
  for_each   = { for key, arn in var.policies : key => arn if var.create }
  group      = aws_iam_group.this[0].name
  policy_arn = each.value
}
"""
    + outputs("aws_iam_group.this", "arn", "id", "name", "unique_id")
    + outputs("aws_iam_policy.this", "arn", "id", "name", prefix="policy_")
)

_WITH_POLICIES = (
    variables(
        create_group="true",
        tags="{}",
        name='""',
        path='"/"',
        group_users="[]",
        custom_group_policy_arns="[]",
        custom_group_policies="[]",
        attach_iam_self_management_policy="true",
        iam_self_management_policy_name_prefix='"IAMSelfManagement-"',
        enable_mfa_enforcement="null",
        aws_account_id='""',
    )
    + HERE
    + _own('var.aws_account_id == "" ? local.account : var.aws_account_id')
    + """
data "iamlint_unknown" "enforcement" {
  reason = "whether users of the group need MFA differs from version to version of the module"
}

locals {
  enforced = var.enable_mfa_enforcement == null ? data.iamlint_unknown.enforcement.value : var.enable_mfa_enforcement
}

resource "aws_iam_group" "this" {
  count = var.create_group ? 1 : 0
  name  = var.name
  path  = var.path
}

resource "aws_iam_group_membership" "this" {
  count = length(var.group_users) > 0 ? 1 : 0
  name  = var.name
  group = var.name
  users = var.group_users
}

data "aws_iam_policy_document" "own" {
  count = var.attach_iam_self_management_policy ? 1 : 0
"""
    + _managing_oneself("true", "local.enforced", "Allow", _SINCE_5_11)
    + """
}

resource "aws_iam_policy" "iam_self_management" {
  count       = var.attach_iam_self_management_policy ? 1 : 0
  name_prefix = var.iam_self_management_policy_name_prefix
  policy      = data.aws_iam_policy_document.own[0].json
  tags        = var.tags
}

resource "aws_iam_policy" "custom" {
  count  = length(var.custom_group_policies)
  name   = var.custom_group_policies[count.index].name
  policy = var.custom_group_policies[count.index].policy
  tags   = var.tags
}

resource "aws_iam_group_policy_attachment" "iam_self_management" {
  count      = var.attach_iam_self_management_policy ? 1 : 0
  group      = var.name
  policy_arn = aws_iam_policy.iam_self_management[0].arn
}

resource "aws_iam_group_policy_attachment" "custom_arns" {
  count      = length(var.custom_group_policy_arns)
  group      = var.name
  policy_arn = var.custom_group_policy_arns[count.index]
}

resource "aws_iam_group_policy_attachment" "custom" {
  count      = length(var.custom_group_policies)
  group      = var.name
  policy_arn = aws_iam_policy.custom[count.index].arn
}

output "group_name" {
  value = var.name
}
output "this_group_name" {
  value = var.name
}
output "group_users" {
  value = var.group_users
}
output "aws_account_id" {
  value = local.holder
}
"""
    + outputs("aws_iam_group.this", "arn", prefix="group_")
)

_ASSUMING_GROUP = (
    variables(name="null", path='"/"', assumable_roles="[]", assumable_roles_policy_name_suffix='""', group_users="[]", tags="{}")
    + """
resource "aws_iam_group" "this" {
  name = var.name
  path = var.path
}

resource "aws_iam_policy" "this" {
  name   = "${var.name}${var.assumable_roles_policy_name_suffix}"
  path   = var.path
  policy = data.aws_iam_policy_document.this.json
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = var.assumable_roles
  }
}

resource "aws_iam_group_policy_attachment" "this" {
  group      = aws_iam_group.this.name
  policy_arn = aws_iam_policy.this.arn
}

resource "aws_iam_group_membership" "this" {
  count = length(var.group_users) > 0 ? 1 : 0
  name  = var.name
  group = aws_iam_group.this.name
  users = var.group_users
}

output "group_name" {
  value = aws_iam_group.this.name
}
output "this_group_name" {
  value = aws_iam_group.this.name
}
output "group_arn" {
  value = aws_iam_group.this.arn
}
output "policy_arn" {
  value = aws_iam_policy.this.arn
}
"""
)

GROUPS = {
    "iam-group": _GROUP,
    "iam-group-with-policies": _WITH_POLICIES,
    "iam-group-with-assumable-roles-policy": _ASSUMING_GROUP,
}
