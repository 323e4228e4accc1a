resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

# Near miss of TRUST105 and TRUST107: exactly one job of one repository.
data "aws_iam_policy_document" "deploy_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:acme/checkout:environment:dev"]
    }
  }
}

resource "aws_iam_role" "deploy_checkout" {
  name               = "deploy-checkout-dev"
  assume_role_policy = data.aws_iam_policy_document.deploy_trust.json
  tags               = { Environment = var.environment, team = "checkout" }
}

resource "aws_iam_role_policy" "deploy_checkout" {
  name = "deploy"
  role = aws_iam_role.deploy_checkout.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
      Resource = "arn:aws:ecs:${var.region}:${var.account_id}:service/checkout/*"
    }]
  })
}
