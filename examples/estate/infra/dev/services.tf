locals {
  services = {
    checkout = { team = "checkout", buckets = ["carts", "receipts"] }
    payments = { team = "payments", buckets = ["ledger"] }
  }
}

data "aws_iam_policy_document" "service" {
  for_each = local.services

  statement {
    sid       = "OwnBuckets"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = [for bucket in each.value.buckets : format("arn:aws:s3:::acme-%s-%s/*", bucket, var.environment)]
  }

  statement {
    sid       = "OwnToken"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:lightstep/${each.key}-${var.environment}-*"]
  }
}

module "service" {
  source   = "../modules/service-role"
  for_each = local.services

  name        = each.key
  environment = var.environment
  team        = each.value.team
  policy_json = data.aws_iam_policy_document.service[each.key].json
  # Near miss of ENV101 and ENV102: the other environment stands in the description only.
  description = "Runs ${each.key}. Its production twin is ${each.key}-prod in account 333333333333."
}
