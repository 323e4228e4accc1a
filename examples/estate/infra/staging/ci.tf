# The mirror on GitLab runs the browser tests and deploys payments to staging.
resource "aws_iam_openid_connect_provider" "gitlab" {
  url            = "https://gitlab.com"
  client_id_list = ["https://gitlab.com"]
}

resource "aws_iam_role" "deploy" {
  name = "deploy-payments-staging"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRoleWithWebIdentity"
      # planted TRUST105: the audience is checked, the subject is not, so every project on gitlab.com may come in.
      Principal = { Federated = aws_iam_openid_connect_provider.gitlab.arn }
      Condition = { StringEquals = { "gitlab.com:aud" = "https://gitlab.com" } }
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
