locals {
  # What both roles below may do: read the platform's ingest token, and nothing else.
  platform_token = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:lightstep/platform-${var.environment}-*"
    }]
  })
}

# planted TRUST102: every principal of the account that may call sts:AssumeRole becomes the trace forwarder.
resource "aws_iam_role" "trace_forwarder" {
  name = "trace-forwarder-prod"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
    }]
  })

  tags = { Environment = var.environment, team = "platform" }
}

resource "aws_iam_role_policy" "trace_forwarder" {
  name   = "token"
  role   = aws_iam_role.trace_forwarder.id
  policy = local.platform_token
}

# Near miss of TRUST102: the account is named, and a condition leaves one role of it.
resource "aws_iam_role" "trace_sampler" {
  name = "trace-sampler-prod"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
      Condition = { ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::${var.account_id}:role/collector" } }
    }]
  })

  tags = { Environment = var.environment, team = "platform" }
}

resource "aws_iam_role_policy" "trace_sampler" {
  name   = "token"
  role   = aws_iam_role.trace_sampler.id
  policy = local.platform_token
}
