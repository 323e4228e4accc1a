resource "aws_secretsmanager_secret" "lightstep" {
  for_each = toset(["checkout", "payments", "platform", "search"])

  name = "lightstep/${each.key}-${var.environment}"
  tags = { Environment = var.environment, team = each.key }
}

# Near miss of BOT102: Terraform rotates these three; only search's token (access/telemetry.access.yaml) was forgotten.
resource "aws_secretsmanager_secret_rotation" "lightstep" {
  for_each = toset(["checkout", "payments", "platform"])

  secret_id           = aws_secretsmanager_secret.lightstep[each.key].id
  rotation_lambda_arn = "arn:aws:lambda:${var.region}:${var.account_id}:function:rotate-lightstep-token"

  rotation_rules {
    automatically_after_days = 30
  }
}

# The other half of ENV101 in infra/dev/debugging.tf: the development account's role may read production's token.
resource "aws_secretsmanager_secret_policy" "checkout" {
  secret_arn = aws_secretsmanager_secret.lightstep["checkout"].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DebuggingFromDevelopment"
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Principal = { AWS = "arn:aws:iam::111111111111:role/checkout-debugger-dev" }
      Resource  = "*"
    }]
  })
}

# Near miss of ENV101: the same words, but the development side denies it (infra/dev/debugging.tf).
resource "aws_secretsmanager_secret_policy" "payments" {
  secret_arn = aws_secretsmanager_secret.lightstep["payments"].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DebuggingFromDevelopment"
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Principal = { AWS = "arn:aws:iam::111111111111:role/payments-debugger-dev" }
      Resource  = "*"
    }]
  })
}
