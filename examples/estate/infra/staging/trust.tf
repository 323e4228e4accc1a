locals {
  actions = "token.actions.githubusercontent.com"
  cluster = "oidc.eks.eu-west-1.amazonaws.com/id/ACMESTAGING"

  # The subject that each role wants; all of them test the audience too.
  subjects = {
    nightly  = "repo:acme/checkout:*"                                       # planted TRUST109: `StringEquals` takes the star literally
    previews = "repo:acme/checkout:ref:refs/heads/main:environment:staging" # planted TRUST110: a branch or an environment, never both
    reports  = "repo:acme/checkout:environment:staging"                     # .github/workflows/staging-report.yml has no environment
  }
}

resource "aws_iam_openid_connect_provider" "actions" {
  url            = "https://${local.actions}"
  client_id_list = ["sts.amazonaws.com", "https://github.com/acme"]
}

resource "aws_iam_role" "github" {
  for_each = local.subjects

  name = "${each.key}-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.actions.arn }
      Condition = { StringEquals = {
        "${local.actions}:aud" = "sts.amazonaws.com"
        "${local.actions}:sub" = each.value
      } }
    }]
  })
  tags = { Environment = var.environment, team = "checkout" }
}

resource "aws_iam_role" "pull_requests" {
  name = "pull-requests-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.actions.arn } # planted TRUST106: tokens for any audience
      Condition = { StringEquals = {
        "${local.actions}:sub" = "repo:acme/checkout:pull_request" # planted TRUST108: proposing a change is deploying it
      } }
    }]
  })
  tags = { Environment = var.environment, team = "checkout" }
}

resource "aws_iam_role_policy" "pull_requests" {
  name = "deploy"
  role = aws_iam_role.pull_requests.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:GetFunction", "lambda:UpdateFunctionCode"]
      Resource = "arn:aws:lambda:eu-west-1:222222222222:function:checkout-staging"
    }]
  })
}

# planted TRUST103: a vendor's account, and no external id.
resource "aws_iam_role" "scanner" {
  name = "scanner-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::777777777777:role/scanner" }
    }]
  })
  tags = { Environment = var.environment, team = "platform" }
}

# Near miss of TRUST103: with the id that the vendor gave.
resource "aws_iam_role" "other_scanner" {
  name = "other-scanner-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::777777777777:role/scanner" }
      Condition = { StringEquals = { "sts:ExternalId" = "acme-7c1f" } }
    }]
  })
  tags = { Environment = var.environment, team = "platform" }
}

# planted TRUST104: anybody's schedule may name this role. Near miss: the function's execution role beside it.
resource "aws_iam_role" "scheduled" {
  name = "scheduled-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["scheduler.amazonaws.com", "lambda.amazonaws.com"] }
    }]
  })
  tags = { Environment = var.environment, team = "platform" }
}

# planted TRUST111: a caller outside of any organization passes.
resource "aws_iam_role" "shared" {
  name = "shared-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::222222222222:role/scheduled-staging" }
      Condition = { "ForAllValues:StringEquals" = { "aws:PrincipalOrgID" = ["o-acme123456"] } }
    }]
  })
  tags = { Environment = var.environment, team = "platform" }
}

# planted TRUST112: no such provider in the account.
resource "aws_iam_role" "mistyped" {
  name = "mistyped-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::222222222222:oidc-provider/token.action.githubusercontent.com" }
      Condition = { StringEquals = {
        "token.action.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.action.githubusercontent.com:sub" = "repo:acme/checkout:environment:staging"
      } }
    }]
  })
  tags = { Environment = var.environment, team = "checkout" }
}

resource "aws_iam_role" "pods" {
  name = "pods-${var.environment}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::222222222222:oidc-provider/${local.cluster}" }
      Condition = {
        StringEquals = { "${local.cluster}:aud" = "sts.amazonaws.com" }
        StringLike   = { "${local.cluster}:sub" = "system:serviceaccount:checkout:*" } # planted TRUST115: every service account of a namespace
      }
    }]
  })
  tags = { Environment = var.environment, team = "checkout" }
}
