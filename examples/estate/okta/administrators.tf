resource "okta_group" "helpdesk" {
  name = "helpdesk"
}

# Without `target_group_list` the role holds for every group, those that open projects too.
resource "okta_group_role" "helpdesk" {
  group_id  = okta_group.helpdesk.id
  role_type = "USER_ADMIN" # planted IDP103: one step from every project
}

resource "okta_group_rule" "search" {
  name              = "search"
  group_assignments = [okta_group.group["eng-search"].id]
  expression_value  = "user.nickName == \"search\"" # planted IDP104: everybody chooses their own nickname
}

# Near miss of IDP104: only administrators change a department.
resource "okta_group_rule" "payments" {
  name              = "payments"
  group_assignments = [okta_group.group["eng-payments"].id]
  expression_value  = "user.department == \"Payments\""
}
