"""Modules of terraform-aws-modules that make one thing whose name their inputs say: the names and ARNs of it, and no more.

What else such a module makes (policies, roles, permissions) is not said here: the module stays one that is not in the repository.
"""

_KMS = """
variable "create" { default = true }
variable "region" { default = null }
resource "aws_kms_key" "this" {
  count  = var.create ? 1 : 0
  region = var.region
}
output "key_arn" { value = one(aws_kms_key.this[*].arn) }
output "key_id" { value = one(aws_kms_key.this[*].key_id) }
"""

_S3 = """
variable "create_bucket" { default = true }
variable "is_directory_bucket" { default = false }
variable "bucket" { default = null }
variable "bucket_prefix" { default = null }
variable "bucket_namespace" { default = null }
resource "aws_s3_bucket" "this" {
  count         = var.create_bucket && !var.is_directory_bucket ? 1 : 0
  bucket        = var.bucket_namespace == null ? var.bucket : null
  bucket_prefix = var.bucket_namespace == null ? var.bucket_prefix : null
}
resource "aws_s3_directory_bucket" "this" {
  bucket = var.bucket
}
output "s3_bucket_arn" { value = try(aws_s3_bucket.this[0].arn, "") }
output "s3_bucket_id" {
  value = var.create_bucket ? (var.is_directory_bucket ? aws_s3_directory_bucket.this.id : aws_s3_bucket.this[0].id) : ""
}
"""

_LAMBDA = """
variable "create" { default = true }
variable "create_function" { default = true }
variable "create_layer" { default = false }
variable "function_name" { default = "" }
variable "region" { default = null }
resource "aws_lambda_function" "this" {
  count         = var.create && var.create_function && !var.create_layer ? 1 : 0
  function_name = var.function_name
  region        = var.region
}
output "lambda_function_arn" { value = try(aws_lambda_function.this[0].arn, "") }
output "lambda_function_arn_static" { value = try(aws_lambda_function.this[0].arn, "") }
output "lambda_function_name" { value = try(aws_lambda_function.this[0].function_name, "") }
"""

_STORED = """
variable "create" { default = true }
variable "name" { default = null }
variable "name_prefix" { default = null }
variable "region" { default = null }
resource "aws_secretsmanager_secret" "this" {
  count       = var.create ? 1 : 0
  name        = var.name
  name_prefix = var.name_prefix
  region      = var.region
}
output "secret_arn" { value = one(aws_secretsmanager_secret.this[*].arn) }
output "secret_id" { value = one(aws_secretsmanager_secret.this[*].id) }
output "secret_name" { value = one(aws_secretsmanager_secret.this[*].name) }
"""

_QUEUE_OR_TOPIC = """
variable "create" { default = true }
variable "name" { default = null }
variable "name_prefix" { default = null }
variable "use_name_prefix" { default = false }
variable "FIFO" { default = false }
variable "region" { default = null }
locals {
  stem = var.name == null ? null : trimsuffix(var.name, ".fifo")
}
resource "TYPE" "this" {
  count       = var.create ? 1 : 0
  name        = var.use_name_prefix || local.stem == null ? null : (var.FIFO ? "${local.stem}.fifo" : local.stem)
  name_prefix = var.use_name_prefix ? "${local.stem}-" : var.name_prefix
  region      = var.region
}
"""
_SQS = _QUEUE_OR_TOPIC.replace("TYPE", "aws_sqs_queue").replace("FIFO", "fifo_queue") + "".join(
    f'output "{prefix}queue_{name}" {{ value = one(aws_sqs_queue.this[*].{name}) }}\n'
    for prefix in ("", "sqs_") for name in ("arn", "name")
)  # fmt: skip
_SNS = _QUEUE_OR_TOPIC.replace("TYPE", "aws_sns_topic").replace("FIFO", "fifo_topic") + "".join(
    f'output "{prefix}topic_{name}" {{ value = one(aws_sns_topic.this[*].{name}) }}\n'
    for prefix in ("", "sns_") for name in ("arn", "id", "name")
)  # fmt: skip

_TABLE = """
variable "create_table" { default = true }
variable "name" { default = null }
variable "region" { default = null }
resource "aws_dynamodb_table" "this" {
  count  = var.create_table ? 1 : 0
  name   = var.name
  region = var.region
}
output "dynamodb_table_arn" { value = try(aws_dynamodb_table.this[0].arn, "") }
output "dynamodb_table_id" { value = try(aws_dynamodb_table.this[0].id, "") }
"""

_EKS = """
variable "create" { default = true }
variable "enable_irsa" { default = true }
variable "name" { default = "" }
variable "cluster_name" { default = "" }
variable "region" { default = null }
resource "aws_eks_cluster" "this" {
  count  = var.create ? 1 : 0
  name   = var.cluster_name == "" ? var.name : var.cluster_name
  region = var.region
}
resource "aws_iam_openid_connect_provider" "oidc_provider" {
  count = var.create && var.enable_irsa ? 1 : 0
  url   = aws_eks_cluster.this[0].identity[0].oidc[0].issuer
}
output "cluster_arn" { value = one(aws_eks_cluster.this[*].arn) }
output "cluster_name" { value = try(aws_eks_cluster.this[0].name, "") }
output "cluster_oidc_issuer_url" { value = try(aws_eks_cluster.this[0].identity[0].oidc[0].issuer, null) }
output "oidc_provider" { value = try(replace(aws_eks_cluster.this[0].identity[0].oidc[0].issuer, "https://", ""), null) }
output "oidc_provider_arn" { value = one(aws_iam_openid_connect_provider.oidc_provider[*].arn) }
"""

MODULES = {
    "kms": _KMS,
    "s3-bucket": _S3,
    "lambda": _LAMBDA,
    "secrets-manager": _STORED,
    "sqs": _SQS,
    "sns": _SNS,
    "dynamodb-table": _TABLE,
    "eks": _EKS,
}
