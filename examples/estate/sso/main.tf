locals {
  instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  store    = "d-1234567890"
}

resource "aws_identitystore_group" "oncall" {
  identity_store_id = local.store
  display_name      = "oncall"
}

resource "aws_identitystore_user" "grace" {
  identity_store_id = local.store
  user_name         = "grace@acme.example"
  display_name      = "Grace Gale"

  name {
    given_name  = "Grace"
    family_name = "Gale"
  }
}

resource "aws_ssoadmin_permission_set" "operate" {
  instance_arn = local.instance
  name         = "Operate"
}

resource "aws_ssoadmin_permission_set_inline_policy" "operate" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.operate.arn

  inline_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
      Resource = "arn:aws:ecs:eu-west-1:*:service/checkout/*"
    }]
  })
}

resource "aws_ssoadmin_account_assignment" "oncall_dev" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.operate.arn
  principal_type     = "GROUP"
  principal_id       = aws_identitystore_group.oncall.group_id
  target_type        = "AWS_ACCOUNT"
  target_id          = "111111111111"
}

# planted ENV103: what somebody opens to look into development, deploys in production too
resource "aws_ssoadmin_account_assignment" "oncall_prod" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.operate.arn
  principal_type     = "GROUP"
  principal_id       = aws_identitystore_group.oncall.group_id
  target_type        = "AWS_ACCOUNT"
  target_id          = "333333333333"
}

resource "aws_ssoadmin_account_assignment" "grace" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.operate.arn
  principal_type     = "USER"
  principal_id       = aws_identitystore_user.grace.user_id # planted IDP102: when she moves on, nobody thinks of it
  target_type        = "AWS_ACCOUNT"
  target_id          = "222222222222"
}
