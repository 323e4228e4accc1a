resource "aws_iam_role_policy" "deploy_checkout_cache" {
  name = "cache"
  role = aws_iam_role.deploy_checkout.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:*" # planted BOT112: the pipeline reads and writes objects, and may open the bucket to everybody
      Resource = ["arn:aws:s3:::acme-build-cache-dev", "arn:aws:s3:::acme-build-cache-dev/*"]
    }]
  })
}
