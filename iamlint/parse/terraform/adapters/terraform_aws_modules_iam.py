"""`terraform-aws-modules/iam/aws`: the submodules whose inputs mean the same in all versions."""

from iamlint.parse.terraform.adapters.terraform_aws_modules_iam_groups import GROUPS
from iamlint.parse.terraform.adapters.terraform_aws_modules_iam_levels import LEVELS
from iamlint.parse.terraform.adapters.terraform_aws_modules_iam_people import PEOPLE
from iamlint.parse.terraform.adapters.terraform_aws_modules_iam_roles import ROLES
from iamlint.parse.terraform.adapters.terraform_aws_modules_iam_roles_5 import ROLES_OF_FIVE
from iamlint.parse.terraform.adapters.terraform_aws_modules_irsa import SERVICE_ACCOUNT_ROLES

_ROLE_OUTPUTS = "".join(
    f'output "{prefix}iam_role_{name}" {{\n  value = one(aws_iam_role.this[*].{name})\n}}\n'
    for prefix in ("", "this_")
    for name in ("arn", "name", "path")
)

_POLICY = """
variable "create_policy" {
  default = true
}
variable "create" {
  default = true
}
variable "name" {
  default = null
}
variable "name_prefix" {
  default = null
}
variable "path" {
  default = "/"
}
variable "policy" {}
variable "tags" {
  default = {}
}

resource "aws_iam_policy" "this" {
  count       = var.create_policy && var.create ? 1 : 0
  name        = var.name
  name_prefix = var.name_prefix
  path        = var.path
  policy      = var.policy
  tags        = var.tags
}

output "arn" {
  value = one(aws_iam_policy.this[*].arn)
}
output "id" {
  value = one(aws_iam_policy.this[*].id)
}
output "name" {
  value = one(aws_iam_policy.this[*].name)
}
output "policy" {
  value = var.policy
}
"""

_ASSUMABLE = (
    """
variable "create_role" {
  default = false
}
variable "role_name" {
  default = null
}
variable "role_name_prefix" {
  default = null
}
variable "role_path" {
  default = "/"
}
variable "role_permissions_boundary_arn" {
  default = ""
}
variable "role_requires_mfa" {
  default = true
}
variable "mfa_age" {
  default = 86400
}
variable "role_sts_externalid" {
  default = []
}
variable "trusted_role_actions" {
  default = ["sts:AssumeRole"]
}
variable "trusted_role_arns" {
  default = []
}
variable "trusted_role_services" {
  default = []
}
variable "allow_self_assume_role" {
  default = false
}
variable "custom_role_trust_policy" {
  default = ""
}
variable "custom_role_policy_arns" {
  default = []
}
variable "attach_admin_policy" {
  default = false
}
variable "admin_role_policy_arn" {
  default = "arn:aws:iam::aws:policy/AdministratorAccess"
}
variable "attach_poweruser_policy" {
  default = false
}
variable "poweruser_role_policy_arn" {
  default = "arn:aws:iam::aws:policy/PowerUserAccess"
}
variable "attach_readonly_policy" {
  default = false
}
variable "readonly_role_policy_arn" {
  default = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
variable "tags" {
  default = {}
}
data "aws_caller_identity" "current" {}

locals {
  external = flatten([var.role_sts_externalid])
  wanted   = { Bool = var.role_requires_mfa, NumericLessThan = var.role_requires_mfa, StringEquals = length(local.external) > 0 }
  conditions = {
    Bool            = { "aws:MultiFactorAuthPresent" = ["true"] }
    NumericLessThan = { "aws:MultiFactorAuthAge" = [tostring(var.mfa_age)] }
    StringEquals    = { "sts:ExternalId" = local.external }
  }
  principals = { AWS = var.trusted_role_arns, Service = var.trusted_role_services }
  itself     = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role${var.role_path}${coalesce(var.role_name, "*")}"
  self_trust = {
    Effect    = "Allow"
    Action    = ["sts:AssumeRole"]
    Principal = { AWS = ["*"] }
    Condition = { ArnLike = { "aws:PrincipalArn" = [local.itself] } }
  }
  tests = { for operator, keys in local.conditions : operator => keys if local.wanted[operator] }
  trust = merge(
    {
      Effect    = "Allow"
      Action    = var.trusted_role_actions
      Principal = { for type, names in local.principals : type => names if length(names) > 0 }
    },
    length(local.tests) > 0 ? { Condition = local.tests } : {}
  )
}

resource "aws_iam_role" "this" {
  count                = var.create_role ? 1 : 0
  name                 = var.role_name
  name_prefix          = var.role_name_prefix
  path                 = var.role_path
  permissions_boundary = var.role_permissions_boundary_arn == "" ? null : var.role_permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = (
    var.custom_role_trust_policy != ""
    ? var.custom_role_trust_policy
    : jsonencode({
      Version   = "2012-10-17"
      Statement = concat(var.allow_self_assume_role ? [local.self_trust] : [], [local.trust])
    })
  )
}

resource "aws_iam_role_policy_attachment" "custom" {
  count      = var.create_role ? length(var.custom_role_policy_arns) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.custom_role_policy_arns[count.index]
}
"""
    + "".join(
        f"""
resource "aws_iam_role_policy_attachment" "{name}" {{
  count      = var.create_role && var.attach_{name}_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.{name}_role_policy_arn
}}
"""
        for name in ("admin", "poweruser", "readonly")
    )
    + _ROLE_OUTPUTS
)

_GITHUB_ROLE = """
variable "create" {
  default = true
}
variable "name" {
  default = null
}
variable "name_prefix" {
  default = null
}
variable "path" {
  default = "/"
}
variable "permissions_boundary_arn" {
  default = null
}
variable "subjects" {
  default = []
}
variable "policies" {
  default = {}
}
variable "audience" {
  default = "sts.amazonaws.com"
}
variable "provider_url" {
  default = "token.actions.githubusercontent.com"
}
variable "tags" {
  default = {}
}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  issuer   = replace(var.provider_url, "https://", "")
  account  = data.aws_caller_identity.current.account_id
  provider = "arn:${data.aws_partition.current.partition}:iam::${local.account}:oidc-provider/${local.issuer}"
}

resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.name
  name_prefix          = var.name_prefix
  path                 = var.path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "GithubOidcAuth"
      Effect    = "Allow"
      Action    = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
      Principal = { Federated = local.provider }
      Condition = { # the module tests `aud` by `ForAllValues`, which is the same: no token is without; and `iss`, which none has
        StringEquals = { "${local.issuer}:aud" = var.audience }
        StringLike = { "${local.issuer}:sub" = [for subject in var.subjects : "repo:${trimprefix(subject, "repo:")}"] }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.policies
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

output "arn" {
  value = one(aws_iam_role.this[*].arn)
}
output "name" {
  value = one(aws_iam_role.this[*].name)
}
"""

MODULES = {
    "iam-policy": _POLICY,
    "iam-assumable-role": _ASSUMABLE,
    "iam-github-oidc-role": _GITHUB_ROLE,
    **ROLES,
    **ROLES_OF_FIVE,
    **SERVICE_ACCOUNT_ROLES,
    **PEOPLE,
    **GROUPS,
    **LEVELS,
}
