"""`cloudposse/sso/aws`: permission sets and account assignments."""

_ASSIGNMENTS = """
variable "account_assignments" {}

locals {
  groups = toset([for a in var.account_assignments : a.principal_name if a.principal_type == "GROUP"])
  users  = toset([for a in var.account_assignments : a.principal_name if a.principal_type == "USER"])
}

data "aws_identitystore_group" "this" {
  for_each = local.groups
  alternate_identifier {
    unique_attribute {
      attribute_path  = "DisplayName"
      attribute_value = each.key
    }
  }
}

data "aws_identitystore_user" "this" {
  for_each = local.users
  alternate_identifier {
    unique_attribute {
      attribute_path  = "UserName"
      attribute_value = each.key
    }
  }
}

resource "aws_ssoadmin_account_assignment" "this" {
  for_each = {
    for a in var.account_assignments :
    "${a.account}-${substr(a.principal_type, 0, 1)}-${a.principal_name}-${a.permission_set_name}" => a
  }
  permission_set_arn = each.value.permission_set_arn
  principal_type     = each.value.principal_type
  principal_id = (
    each.value.principal_type == "GROUP"
    ? data.aws_identitystore_group.this[each.value.principal_name].group_id
    : data.aws_identitystore_user.this[each.value.principal_name].user_id
  )
  target_id   = each.value.account
  target_type = "AWS_ACCOUNT"
}
"""

_PERMISSION_SETS = """
variable "permission_sets" {
  default = []
}

locals {
  attached = flatten([
    for set in var.permission_sets : [for arn in try(set.policy_attachments, []) : { set = set.name, arn = arn }]
  ])
  customer = flatten([
    for set in var.permission_sets : [
      for policy in try(set.customer_managed_policy_attachments, []) :
      { set = set.name, name = policy.name, path = try(policy.path, "/") }
    ]
  ])
}

resource "aws_ssoadmin_permission_set" "this" {
  for_each         = { for set in var.permission_sets : set.name => set }
  name             = each.key
  session_duration = try(each.value.session_duration, null)
  tags             = try(each.value.tags, null)
}

resource "aws_ssoadmin_permission_set_inline_policy" "this" {
  for_each           = { for set in var.permission_sets : set.name => set.inline_policy if try(set.inline_policy, "") != "" }
  inline_policy      = each.value
  permission_set_arn = aws_ssoadmin_permission_set.this[each.key].arn
}

resource "aws_ssoadmin_managed_policy_attachment" "this" {
  for_each           = { for one in local.attached : "${one.set}.${one.arn}" => one }
  managed_policy_arn = each.value.arn
  permission_set_arn = aws_ssoadmin_permission_set.this[each.value.set].arn
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "this" {
  for_each           = { for one in local.customer : "${one.set}.${one.path}${one.name}" => one }
  permission_set_arn = aws_ssoadmin_permission_set.this[each.value.set].arn
  customer_managed_policy_reference {
    name = each.value.name
    path = each.value.path
  }
}

output "permission_sets" {
  value = aws_ssoadmin_permission_set.this
}
"""

MODULES = {"account-assignments": _ASSIGNMENTS, "permission-sets": _PERMISSION_SETS}
