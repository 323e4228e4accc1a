resource "aws_iam_saml_provider" "okta" {
  name                   = "okta"
  saml_metadata_document = "<EntityDescriptor/>"
}

# planted IAM113: a person's own user, although people sign in through Okta.
resource "aws_iam_user" "greta" {
  name = "greta"
  tags = { Environment = var.environment, team = "payments" }
}

# planted IAM112: a policy for one person alone.
resource "aws_iam_user_policy" "greta" {
  name = "receipts"
  user = aws_iam_user.greta.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:aws:s3:::acme-receipts-${var.environment}/*"
    }]
  })
}

resource "aws_iam_group" "founders" {
  name = "founders"
}

# planted IAM114: who is in this group governs the organization.
resource "aws_iam_group_policy_attachment" "founders" {
  group      = aws_iam_group.founders.name
  policy_arn = "arn:aws:iam::aws:policy/AWSOrganizationsFullAccess"
}

resource "aws_iam_role_policy_attachment" "auditors" {
  role       = aws_iam_role.auditors.name
  policy_arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess" # planted IAM116: the list of all policies, below, leaves it out
}

# planted IAM115: they may list and get everything of IAM already.
resource "aws_iam_role_policy" "auditors" {
  role = aws_iam_role.auditors.name
  name = "people"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:ListUsers", "iam:GetUser"], Resource = "*" }]
  })
}

# planted TRUST113: an assertion that Okta made for another application is as good.
resource "aws_iam_role" "auditors" {
  name                 = "auditors-${var.environment}"
  max_session_duration = 43200 # planted TRUST116: whoever leaves in the morning reads on until midnight
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithSAML"
      Principal = { Federated = aws_iam_saml_provider.okta.arn }
    }]
  })
  tags = { Environment = var.environment, team = "platform" }
}

resource "aws_iam_role_policy_attachments_exclusive" "auditors" {
  role_name   = aws_iam_role.auditors.name
  policy_arns = ["arn:aws:iam::aws:policy/AWSBillingReadOnlyAccess"]
}
