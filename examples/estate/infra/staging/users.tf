resource "aws_iam_user" "uploader" {
  name = "ci-uploader"
  tags = { Environment = var.environment, team = "payments" }
}

resource "aws_iam_user_policy" "uploader" {
  name = "upload"
  user = aws_iam_user.uploader.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:PutObject"
      Resource = "arn:aws:s3:::acme-artifacts-${var.environment}/*"
    }]
  })
}

# planted BOT104: a pipeline's key that never ends, where its OIDC role would serve.
resource "aws_iam_access_key" "uploader" {
  user = aws_iam_user.uploader.name
}

# Near miss of BOT104: the predecessor's key is switched off.
resource "aws_iam_access_key" "uploader_old" {
  user   = aws_iam_user.uploader.name
  status = "Inactive"
}

resource "aws_iam_user" "badge_printer" {
  name = "badge-printer"
  tags = { Environment = var.environment, team = "platform" }
}

# iamlint: ignore[BOT104] the printer's firmware knows access keys only; replaced with the printers in 2027
resource "aws_iam_access_key" "badge_printer" {
  user = aws_iam_user.badge_printer.name
}
