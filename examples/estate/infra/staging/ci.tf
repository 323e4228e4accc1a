resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

# planted TRUST105: the audience is checked, the subject is not, so every GitHub repository in the world may come in.
resource "aws_iam_role" "deploy" {
  name = "deploy-payments-staging"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      }
    }]
  })

  tags = { Environment = var.environment, team = "payments" }
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid = "Artifacts"
    # planted IAM011: S3 has GetObject, not GetObjects.
    actions   = ["s3:GetObjects", "s3:ListBucket"]
    resources = ["arn:aws:s3:::acme-artifacts-${var.environment}", "arn:aws:s3:::acme-artifacts-${var.environment}/*"]
  }

  statement {
    sid       = "OwnServices"
    actions   = ["ecs:UpdateService"]
    resources = ["arn:aws:ecs:${var.region}:${var.account_id}:service/payments/*"]

    condition {
      # planted IAM031: it is StringEquals.
      test     = "StringEqual"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }
}

resource "aws_iam_role_policy" "deploy" {
  name   = "deploy"
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.deploy.json
}
