# It may write policies for every role under its path, and lies there itself.
resource "aws_iam_role" "releaser" {
  name = "releaser"
  path = "/deploy/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codebuild.amazonaws.com" }
    }]
  })

  tags = { Environment = var.environment, team = "platform" }
}

resource "aws_iam_role_policy" "releaser" {
  name = "roles"
  role = aws_iam_role.releaser.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # planted IAM201
      { Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "arn:aws:iam::${var.account_id}:role/deploy/*" },
    ]
  })
}

# Near miss of IAM201: the same for another path, under which no role lies that it may become.
resource "aws_iam_role" "publish" {
  name               = "publish"
  path               = "/deploy/"
  assume_role_policy = aws_iam_role.releaser.assume_role_policy

  tags = { Environment = var.environment, team = "platform" }
}

resource "aws_iam_role_policy" "publish" {
  name = "roles"
  role = aws_iam_role.publish.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "arn:aws:iam::${var.account_id}:role/services/*" },
    ]
  })
}
