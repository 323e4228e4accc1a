locals {
  batches = ["checkout", "payments"]
}

resource "aws_iam_role" "batch" {
  for_each = toset(local.batches)

  name = "${each.key}-batch-staging"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })

  tags = { Environment = var.environment, team = each.key }
}

resource "aws_iam_role" "exchange" {
  name = "exchange-staging"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = {
        # planted TEAM102: two teams work as one role, and it belongs to neither
        AWS = [aws_iam_role.batch["checkout"].arn, aws_iam_role.batch["payments"].arn]
      }
    }]
  })

  tags = { Environment = var.environment }
}

resource "aws_iam_role_policy" "exchange" {
  name = "exchange"
  role = aws_iam_role.exchange.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "arn:aws:s3:::acme-exchange-staging/*"
    }]
  })
}
