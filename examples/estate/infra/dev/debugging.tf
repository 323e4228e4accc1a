resource "aws_iam_role" "checkout_debugger" {
  name = "checkout-debugger-dev"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })

  tags = { Environment = var.environment, team = "checkout" }
}

# planted ENV101: with the secret's own policy (infra/prod/secrets.tf) this reads production's ingest token,
# and with the token the development role writes into the project checkout-prod.
resource "aws_iam_role_policy" "checkout_debugger" {
  name   = "tokens"
  role   = aws_iam_role.checkout_debugger.id
  policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AnyCheckoutToken",
          "Effect": "Allow",
          "Action": "secretsmanager:GetSecretValue",
          "Resource": "arn:aws:secretsmanager:${var.region}:*:secret:lightstep/checkout-*"
        }
      ]
    }
  EOF
}

resource "aws_iam_role" "payments_debugger" {
  name = "payments-debugger-dev"

  assume_role_policy = aws_iam_role.checkout_debugger.assume_role_policy

  tags = { Environment = var.environment, team = "payments" }
}

# Near miss of ENV101: the same reach as above, taken back by a deny.
resource "aws_iam_role_policy" "payments_debugger" {
  name = "tokens"
  role = aws_iam_role.payments_debugger.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "AnyPaymentsToken"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = "arn:aws:secretsmanager:${var.region}:*:secret:lightstep/payments-*"
      },
      {
        Sid       = "NeverProduction"
        Effect    = "Deny"
        Action    = "secretsmanager:*"
        Resource  = "arn:aws:secretsmanager:*:333333333333:secret:*"
      },
    ]
  })
}
