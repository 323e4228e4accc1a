"""`cloudposse/eks-iam-role/aws`: the role of a Kubernetes service account."""

from iamlint.parse.terraform.adapters.cloudposse_iam import LABEL

_EKS_ROLE = (
    LABEL
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

MODULES = {"eks-iam-role": _EKS_ROLE}
