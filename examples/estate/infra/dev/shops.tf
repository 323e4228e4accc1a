# One role that the agents of all shops assume.
resource "aws_iam_role" "shop_agent" {
  name = "shop-agent-dev"

  assume_role_policy = jsonencode({ # planted IAM004: sixty names are more characters than a trust policy may have
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = [for shop in range(60) : "arn:aws:iam::${var.account_id}:role/shops/agent-of-shop-${shop}"] }
    }]
  })

  tags = { Environment = var.environment, team = "checkout" }
}

resource "aws_iam_role" "shop_printer" {
  name = "shop-printer-dev"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "s3:GetObject" # planted IAM012: a trust policy speaks of sts actions only
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  tags = { Environment = var.environment, team = "checkout" }
}
