# planted TRUST102: every principal of the account that may call sts:AssumeRole becomes the trace archiver.
resource "aws_iam_role" "trace_archiver" {
  name = "trace-archiver-prod"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
    }]
  })

  tags = { Environment = var.environment, team = "platform", purpose = "tracing" }
}

resource "aws_iam_role_policy" "trace_archiver" {
  name = "archive"
  role = aws_iam_role.trace_archiver.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:AbortMultipartUpload"]
      Resource = "arn:aws:s3:::acme-trace-archive/*"
    }]
  })
}

# Near miss of TRUST102: the account is named, and a condition leaves one role of it.
resource "aws_iam_role" "trace_indexer" {
  name = "trace-indexer-prod"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
      Condition = { ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::${var.account_id}:role/search-prod" } }
    }]
  })

  tags = { Environment = var.environment, team = "platform", purpose = "tracing" }
}
