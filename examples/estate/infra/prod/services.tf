locals {
  services = {
    checkout = { team = "checkout" }
    payments = { team = "payments" }
    search   = { team = "search" }
  }
}

module "service" {
  source   = "../modules/service-role"
  for_each = local.services

  name        = each.key
  environment = var.environment
  team        = each.value.team

  policy_json = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "OwnToken"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:lightstep/${each.key}-${var.environment}-*"
    }]
  })
}
