"""`aws-ia/iam-identity-center/aws`: groups, people, permission sets and account assignments."""

_ALL = """
variable "sso_groups" {
  default = {}
}
variable "sso_users" {
  default = {}
}
variable "existing_sso_users" {
  default = {}
}
variable "permission_sets" {
  default = {}
}
variable "account_assignments" {
  default = {}
}

locals {
  users = merge(var.sso_users, var.existing_sso_users)
  members = flatten([
    for key, user in local.users : [
      for group in try(user.group_membership, []) : { user = user.user_name, group = group }
    ]
  ])
  assigned = flatten([
    for key, entry in var.account_assignments : [
      for account in entry.account_ids : [
        for set in entry.permission_sets :
        { set = set, account = account, name = entry.principal_name, type = entry.principal_type }
      ]
    ]
  ])
  managed = flatten([
    for name, set in var.permission_sets : [
      for arn in coalesce(try(set.aws_managed_policies, null), []) : { set = name, arn = arn }
    ]
  ])
  customer = flatten([
    for name, set in var.permission_sets : [
      for policy in coalesce(try(set.customer_managed_policies, null), []) : { set = name, name = policy }
    ]
  ])
  made_groups = [for key, group in var.sso_groups : group.group_name]
  made_users  = [for key, user in var.sso_users : user.user_name]
  named_groups = distinct(concat(
    [for one in local.assigned : one.name if one.type == "GROUP"], [for one in local.members : one.group]
  ))
  named_users = distinct(concat(
    [for one in local.assigned : one.name if one.type == "USER"], [for one in local.members : one.user]
  ))
  group_ids = merge(
    { for key, group in aws_identitystore_group.made : var.sso_groups[key].group_name => group.group_id },
    { for name, group in data.aws_identitystore_group.found : name => group.group_id }
  )
  user_ids = merge(
    { for key, user in aws_identitystore_user.made : var.sso_users[key].user_name => user.user_id },
    { for name, user in data.aws_identitystore_user.found : name => user.user_id }
  )
}

resource "aws_identitystore_group" "made" {
  for_each     = var.sso_groups
  display_name = each.value.group_name
}

resource "aws_identitystore_user" "made" {
  for_each  = var.sso_users
  user_name = each.value.user_name
  emails {
    value   = try(each.value.email, null)
    primary = true
  }
}

data "aws_identitystore_group" "found" {
  for_each = toset([for name in local.named_groups : name if !contains(local.made_groups, name)])
  alternate_identifier {
    unique_attribute {
      attribute_path  = "DisplayName"
      attribute_value = each.key
    }
  }
}

data "aws_identitystore_user" "found" {
  for_each = toset([for name in local.named_users : name if !contains(local.made_users, name)])
  alternate_identifier {
    unique_attribute {
      attribute_path  = "UserName"
      attribute_value = each.key
    }
  }
}

resource "aws_identitystore_group_membership" "this" {
  for_each  = { for one in local.members : "${one.user}_${one.group}" => one }
  group_id  = local.group_ids[each.value.group]
  member_id = local.user_ids[each.value.user]
}

resource "aws_ssoadmin_permission_set" "this" {
  for_each         = var.permission_sets
  name             = each.key
  session_duration = try(each.value.session_duration, null)
  tags             = try(each.value.tags, null)
}

data "aws_ssoadmin_permission_set" "found" {
  for_each = toset([for one in local.assigned : one.set if !contains(keys(var.permission_sets), one.set)])
  name     = each.key
}

resource "aws_ssoadmin_managed_policy_attachment" "this" {
  for_each           = { for one in local.managed : "${one.set}.${one.arn}" => one }
  managed_policy_arn = each.value.arn
  permission_set_arn = aws_ssoadmin_permission_set.this[each.value.set].arn
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "this" {
  for_each           = { for one in local.customer : "${one.set}.${one.name}" => one }
  permission_set_arn = aws_ssoadmin_permission_set.this[each.value.set].arn
  customer_managed_policy_reference {
    name = each.value.name
    path = "/"
  }
}

resource "aws_ssoadmin_permission_set_inline_policy" "this" {
  for_each           = { for name, set in var.permission_sets : name => set.inline_policy if can(set.inline_policy) }
  inline_policy      = each.value
  permission_set_arn = aws_ssoadmin_permission_set.this[each.key].arn
}

resource "aws_ssoadmin_permissions_boundary_attachment" "managed" {
  for_each = {
    for name, set in var.permission_sets : name => set.permissions_boundary.managed_policy_arn
    if can(set.permissions_boundary.managed_policy_arn)
  }
  permission_set_arn = aws_ssoadmin_permission_set.this[each.key].arn
  permissions_boundary {
    managed_policy_arn = each.value
  }
}

resource "aws_ssoadmin_permissions_boundary_attachment" "customer" {
  for_each = {
    for name, set in var.permission_sets : name => set.permissions_boundary.customer_managed_policy_reference
    if can(set.permissions_boundary.customer_managed_policy_reference)
  }
  permission_set_arn = aws_ssoadmin_permission_set.this[each.key].arn
  permissions_boundary {
    customer_managed_policy_reference {
      name = each.value.name
      path = try(each.value.path, "/")
    }
  }
}

data "aws_organizations_organization" "this" {}

resource "aws_ssoadmin_account_assignment" "this" {
  for_each       = { for one in local.assigned : "${one.type} ${one.name} ${one.set} ${one.account}" => one }
  principal_type = each.value.type
  principal_id   = each.value.type == "GROUP" ? local.group_ids[each.value.name] : local.user_ids[each.value.name]
  permission_set_arn = (
    contains(keys(var.permission_sets), each.value.set)
    ? aws_ssoadmin_permission_set.this[each.value.set].arn
    : data.aws_ssoadmin_permission_set.found[each.value.set].arn
  )
  target_id = (
    can(regex("[0-9]{12}", each.value.account))
    ? each.value.account
    : data.aws_organizations_organization.this.account_id_of[each.value.account]
  )
  target_type = "AWS_ACCOUNT"
}
"""

MODULES = {"": _ALL}
