"""Cloud Posse's modules that make roles and policies: `iam-policy`, `iam-role`, `eks-iam-role`."""

_LABEL = """
variable "enabled" { default = null }
variable "namespace" { default = null }
variable "tenant" { default = null }
variable "environment" { default = null }
variable "stage" { default = null }
variable "name" { default = null }
variable "delimiter" { default = null }
variable "attributes" { default = [] }
variable "tags" { default = {} }
variable "label_order" { default = null }
variable "regex_replace_chars" { default = null }
variable "id_length_limit" { default = null }
variable "label_key_case" { default = null }
variable "label_value_case" { default = null }
variable "context" { default = {} }

module "this" {
  source              = "cloudposse/label/null"
  enabled             = var.enabled
  namespace           = var.namespace
  tenant              = var.tenant
  environment         = var.environment
  stage               = var.stage
  name                = var.name
  delimiter           = var.delimiter
  attributes          = var.attributes
  tags                = var.tags
  label_order         = var.label_order
  regex_replace_chars = var.regex_replace_chars
  id_length_limit     = var.id_length_limit
  label_key_case      = var.label_key_case
  label_value_case    = var.label_value_case
  context             = var.context
}
"""

_POLICY = (
    _LABEL
    + """
variable "iam_policy" { default = [] }
variable "iam_policy_statements" { default = [] }
variable "iam_source_policy_documents" { default = null }
variable "iam_override_policy_documents" { default = null }
variable "iam_source_json" { default = null }
variable "iam_override_json" { default = null }
variable "iam_source_json_url" { default = null }
variable "iam_policy_enabled" { default = false }
variable "description" { default = null }

data "http" "source" {
  count = var.iam_source_json_url == null ? 0 : 1
  url   = var.iam_source_json_url
}

locals {
  # One document, or a list of them; statements as a list, or as a map by their Sids.
  documents = try(tolist(var.iam_policy), [for one in var.iam_policy : one], [var.iam_policy])
  statements = concat(
    flatten([for one in local.documents : try(values(one.statements), one.statements)]),
    try(values(var.iam_policy_statements), var.iam_policy_statements),
  )
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = concat(
    coalesce(var.iam_source_policy_documents, []),
    var.iam_source_json == null ? [] : [var.iam_source_json],
    data.http.source[*].body,
  )
  override_policy_documents = concat(
    coalesce(var.iam_override_policy_documents, []),
    var.iam_override_json == null ? [] : [var.iam_override_json],
  )

  dynamic "statement" {
    for_each = local.statements
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)

      dynamic "principals" {
        for_each = try(coalesce(statement.value.principals, []), [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = try(coalesce(statement.value.not_principals, []), [])
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(coalesce(statement.value.conditions, []), [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_policy" "default" {
  count       = module.this.enabled && var.iam_policy_enabled ? 1 : 0
  name        = module.this.id
  description = var.description
  policy      = data.aws_iam_policy_document.this.json
  tags        = module.this.tags
}

output "json" { value = module.this.enabled ? data.aws_iam_policy_document.this.json : null }
output "policy_arn" { value = one(aws_iam_policy.default[*].arn) }
output "policy_name" { value = one(aws_iam_policy.default[*].name) }
output "policy_id" { value = one(aws_iam_policy.default[*].policy_id) }
"""
)

_ROLE = (
    _LABEL
    + """
variable "principals" { default = {} }
variable "policy_documents" { default = [] }
variable "policy_document_count" { default = null }
variable "managed_policy_arns" { default = [] }
variable "assume_role_actions" { default = ["sts:AssumeRole", "sts:TagSession"] }
variable "assume_role_conditions" { default = [] }
variable "assume_role_policy" { default = null }
variable "permissions_boundary" { default = "" }
variable "path" { default = "/" }
variable "policy_name" { default = null }
variable "policy_description" { default = null }
variable "use_fullname" { default = true }
variable "inline_policy_enabled" { default = false }
variable "instance_profile_enabled" { default = false }
variable "max_session_duration" { default = 3600 }
variable "tags_enabled" { default = true }

locals {
  attached = var.policy_document_count == null ? length(var.policy_documents) > 0 : var.policy_document_count > 0
}

data "aws_iam_policy_document" "assume_role" {
  dynamic "statement" {
    for_each = var.principals
    content {
      effect  = "Allow"
      actions = var.assume_role_actions
      principals {
        type        = statement.key
        identifiers = statement.value
      }
      dynamic "condition" {
        for_each = var.assume_role_conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

data "aws_iam_policy_document" "this" {
  override_policy_documents = var.policy_documents
}

resource "aws_iam_role" "default" {
  count                = module.this.enabled ? 1 : 0
  name                 = var.use_fullname ? module.this.id : module.this.name
  assume_role_policy   = var.assume_role_policy != null ? var.assume_role_policy : data.aws_iam_policy_document.assume_role.json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary == "" ? null : var.permissions_boundary
  path                 = var.path
  tags                 = var.tags_enabled ? module.this.tags : null
}

resource "aws_iam_policy" "default" {
  count  = module.this.enabled && local.attached && !var.inline_policy_enabled ? 1 : 0
  name   = var.policy_name == null || var.policy_name == "" ? module.this.id : var.policy_name
  policy = data.aws_iam_policy_document.this.json
  path   = var.path
}

resource "aws_iam_role_policy_attachment" "default" {
  count      = module.this.enabled && local.attached && !var.inline_policy_enabled ? 1 : 0
  role       = aws_iam_role.default[0].name
  policy_arn = aws_iam_policy.default[0].arn
}

resource "aws_iam_role_policy" "inline" {
  count  = module.this.enabled && local.attached && var.inline_policy_enabled ? 1 : 0
  name   = var.policy_name == null || var.policy_name == "" ? module.this.id : var.policy_name
  role   = aws_iam_role.default[0].name
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each   = module.this.enabled ? toset(var.managed_policy_arns) : toset([])
  role       = aws_iam_role.default[0].name
  policy_arn = each.key
}

resource "aws_iam_instance_profile" "default" {
  count = module.this.enabled && var.instance_profile_enabled ? 1 : 0
  name  = module.this.id
  role  = aws_iam_role.default[0].name
}

output "name" { value = module.this.enabled ? aws_iam_role.default[0].name : "" }
output "id" { value = module.this.enabled ? aws_iam_role.default[0].unique_id : "" }
output "arn" { value = module.this.enabled ? aws_iam_role.default[0].arn : "" }
output "policy" { value = data.aws_iam_policy_document.this.json }
output "instance_profile" { value = one(aws_iam_instance_profile.default[*].name) }
"""
)

_EKS_ROLE = (
    _LABEL
    + """
variable "aws_account_number" { default = null }
variable "aws_partition" { default = null }
variable "aws_iam_policy_document" { default = [] }
variable "eks_cluster_oidc_issuer_url" {}
variable "service_account_name" { default = null }
variable "service_account_namespace" { default = null }
variable "service_account_namespace_name_list" { default = [] }
variable "managed_policy_arns" { default = [] }
variable "permissions_boundary" { default = null }

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  issuer    = replace(var.eks_cluster_oidc_issuer_url, "https://", "")
  account   = var.aws_account_number == null ? data.aws_caller_identity.this.account_id : var.aws_account_number
  partition = var.aws_partition == null ? data.aws_partition.this.partition : var.aws_partition
  space     = var.service_account_namespace == null ? "*" : var.service_account_namespace
  holder    = var.service_account_name == null ? "*" : var.service_account_name
  listed    = var.service_account_namespace_name_list
  accounts  = length(local.listed) > 0 ? local.listed : ["${local.space}:${local.holder}"]
  subjects  = [for one in local.accounts : "system:serviceaccount:${one}"]
  documents = try([tostring(var.aws_iam_policy_document)], var.aws_iam_policy_document)
  given     = [for one in local.documents : one if one != "" && one != "{}"]
}

module "service_account_label" {
  source              = "cloudposse/label/null"
  attributes = length(local.listed) > 0 ? [] : [
    local.space == local.holder ? replace(local.space, "*", "all") : replace("${local.holder}@${local.space}", "*", "all")
  ]
  regex_replace_chars = "/[^-a-zA-Z0-9@_]/"
  context             = module.this.context
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["arn:${local.partition}:iam::${local.account}:oidc-provider/${local.issuer}"]
    }
    condition {
      test     = length([for one in local.subjects : one if length(split("*", one)) > 1]) > 0 ? "StringLike" : "StringEquals"
      variable = "${local.issuer}:sub"
      values   = local.subjects
    }
  }
}

data "aws_iam_policy_document" "this" {
  override_policy_documents = local.given
}

resource "aws_iam_role" "service_account" {
  count                = module.this.enabled ? 1 : 0
  name                 = module.service_account_label.id
  assume_role_policy   = data.aws_iam_policy_document.assume_role.json
  permissions_boundary = var.permissions_boundary
  tags                 = module.service_account_label.tags
}

resource "aws_iam_policy" "service_account" {
  count  = module.this.enabled && length(local.given) > 0 ? 1 : 0
  name   = module.service_account_label.id
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy_attachment" "service_account" {
  count      = module.this.enabled && length(local.given) > 0 ? 1 : 0
  role       = aws_iam_role.service_account[0].name
  policy_arn = aws_iam_policy.service_account[0].arn
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each   = module.this.enabled ? toset(var.managed_policy_arns) : toset([])
  role       = aws_iam_role.service_account[0].name
  policy_arn = each.key
}

output "service_account_role_name" { value = one(aws_iam_role.service_account[*].name) }
output "service_account_role_arn" { value = one(aws_iam_role.service_account[*].arn) }
output "service_account_role_unique_id" { value = one(aws_iam_role.service_account[*].unique_id) }
output "service_account_name" { value = var.service_account_name }
output "service_account_namespace" { value = var.service_account_namespace }
output "service_account_policy_name" { value = one(aws_iam_policy.service_account[*].name) }
output "service_account_policy_arn" { value = one(aws_iam_policy.service_account[*].arn) }
"""
)

MODULES = {"iam-policy": _POLICY, "iam-role": _ROLE, "eks-iam-role": _EKS_ROLE}
