resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  issuer = "token.actions.githubusercontent.com"

  deployers = {
    checkout = "repo:acme/checkout:environment:prod"
    payments = "repo:acme/pay*" # planted TRUST107: any branch of any repository whose name begins so, `payroll` too
  }
}

resource "aws_iam_role" "deploy" {
  for_each = local.deployers

  name = "deploy-${each.key}-${var.environment}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = { "${local.issuer}:aud" = "sts.amazonaws.com" }
        StringLike   = { "${local.issuer}:sub" = each.value }
      }
    }]
  })

  tags = { Environment = var.environment, team = each.key }
}

resource "aws_iam_role_policy" "deploy" {
  for_each = local.deployers

  name = "deploy"
  role = aws_iam_role.deploy[each.key].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
      Resource = "arn:aws:ecs:${var.region}:${var.account_id}:service/${each.key}/*"
    }]
  })
}

# Assumed by .github/workflows/publish-report.yml, whose job names no environment: ENV106 is there.
resource "aws_iam_role" "report_reader" {
  name = "report-reader-prod"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "repo:acme/checkout:ref:refs/heads/main"
        }
      }
    }]
  })

  tags = { Environment = var.environment, team = "checkout" }
}

resource "aws_iam_role_policy" "report_reader" {
  name = "report"
  role = aws_iam_role.report_reader.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:aws:s3:::acme-receipts-${var.environment}/*"
    }]
  })
}
