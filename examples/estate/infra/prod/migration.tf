# planted ENV102: production opens a role to a role of the development account (one made by hand, so it is not in these files).
resource "aws_iam_role" "migrator" {
  name = "ledger-migrator-prod"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111111111111:role/ledger-export" }
    }]
  })

  tags = { Environment = var.environment, team = "payments" }
}

# Near miss of ENV102: the condition cannot be met by a principal of another account, so nobody from there comes in.
resource "aws_iam_role" "importer" {
  name = "ledger-importer-prod"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111111111111:role/ledger-export" }
      Condition = { StringEquals = { "aws:PrincipalAccount" = var.account_id } }
    }]
  })

  tags = { Environment = var.environment, team = "payments" }
}
