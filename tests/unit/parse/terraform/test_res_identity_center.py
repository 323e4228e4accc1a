"""IAM Identity Center and Organizations: permission sets become roles in accounts; control policies are attached."""

from __future__ import annotations

from unit.parse.terraform.roots import Root, shown

from iamlint.model.aws import Account, AwsRole, PermissionSetAssignment
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind

CENTER = """
data "aws_ssoadmin_instances" "main" {}
locals {
  instance = tolist(data.aws_ssoadmin_instances.main.arns)[0]
  store    = tolist(data.aws_ssoadmin_instances.main.identity_store_ids)[0]
}
data "aws_identitystore_group" "sre" {
  identity_store_id = local.store
  alternate_identifier {
    unique_attribute {
      attribute_path  = "DisplayName"
      attribute_value = "sre"
    }
  }
}
resource "aws_ssoadmin_permission_set" "admin" {
  name         = "Admin"
  instance_arn = local.instance
}
resource "aws_ssoadmin_managed_policy_attachment" "admin" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_ssoadmin_permission_set_inline_policy" "admin" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  inline_policy      = jsonencode({ Statement = { Effect = "Deny", Action = "iam:*", Resource = "*" } })
}
resource "aws_ssoadmin_customer_managed_policy_attachment" "admin" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  customer_managed_policy_reference {
    name = "own"
    path = "/"
  }
}
resource "aws_ssoadmin_permissions_boundary_attachment" "admin" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  permissions_boundary {
    customer_managed_policy_reference { name = "boundary" }
  }
}
resource "aws_ssoadmin_account_assignment" "sre" {
  for_each           = toset(["222222222222", "333333333333"])
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  principal_id       = data.aws_identitystore_group.sre.group_id
  principal_type     = "GROUP"
  target_id          = each.key
  target_type        = "AWS_ACCOUNT"
}
"""


def test_a_permission_set_is_a_role_in_every_account_it_is_assigned_to() -> None:
    roles = Root(CENTER).all(AwsRole)
    assert [(role.account, role.kind) for role in roles] == [
        ("222222222222", "permission_set"),
        ("333333333333", "permission_set"),
    ]
    first = roles[0]
    assert shown(first.name).startswith("AWSReservedSSO_Admin_⟨")
    assert shown(first.arn).startswith("arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/⟨")
    assert shown(first.arn).endswith(shown(first.name))
    assert first.name != roles[1].name
    assert first.boundary == "arn:aws:iam::222222222222:policy/boundary"


def test_what_is_attached_to_the_set_is_attached_to_each_role() -> None:
    root = Root(CENTER)
    policy = root.one(Policy)
    role = root.all(AwsRole)[1]
    mine = [item for item in root.all(Attachment) if item.target == role.name and item.account == role.account]
    assert [item.policy or item.policy_arn for item in mine] == [
        policy,
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::333333333333:policy/own",
    ]
    assert len(root.all(Attachment)) == 6


def test_assignments_say_who() -> None:
    root = Root(CENTER)
    group = root.one(Group)
    assert (group.provider, group.name, group.declared) == ("identity-center", "sre", False)
    assert [
        (item.account, item.principal_kind, item.permission_set, item.role) for item in root.all(PermissionSetAssignment)
    ] == [(role.account, "group", "Admin", role.name) for role in root.all(AwsRole)]
    assert {item.principal for item in root.all(PermissionSetAssignment)} <= set(group.ids)


def test_groups_people_and_memberships() -> None:
    root = Root(
        """
        resource "aws_identitystore_group" "g" {
          identity_store_id = "d-1"
          display_name      = "eng"
        }
        resource "aws_identitystore_user" "u" {
          identity_store_id = "d-1"
          user_name         = "alice"
          display_name      = "Alice"
          name {
            given_name  = "A"
            family_name = "B"
          }
          emails { value = "alice@acme.example" }
        }
        resource "aws_identitystore_group_membership" "m" {
          identity_store_id = "d-1"
          group_id          = aws_identitystore_group.g.group_id
          member_id         = aws_identitystore_user.u.user_id
        }
        """
    )
    group, person, membership = root.one(Group), root.one(Person), root.one(Membership)
    assert (group.name, person.email, person.status) == ("eng", "alice@acme.example", "active")
    assert "alice" in person.ids
    assert membership.group in group.ids
    assert membership.member in person.ids
    assert root.facts.unresolved == []


def test_control_policies_and_what_they_govern() -> None:
    root = Root(
        """
        resource "aws_organizations_account" "prod" {
          name  = "checkout-prod"
          email = "aws@acme.example"
          tags  = { environment = "prod", team = "checkout" }
        }
        resource "aws_organizations_policy" "guard" {
          name    = "guard"
          content = jsonencode({ Statement = { Effect = "Deny", Action = "*", Resource = "*" } })
        }
        resource "aws_organizations_policy" "perimeter" {
          name    = "perimeter"
          type    = "RESOURCE_CONTROL_POLICY"
          content = jsonencode({ Statement = { Effect = "Deny", Principal = "*", Action = "*", Resource = "*" } })
        }
        resource "aws_organizations_policy" "tags" {
          name    = "tags"
          type    = "TAG_POLICY"
          content = jsonencode({ tags = {} })
        }
        resource "aws_organizations_policy_attachment" "guard" {
          policy_id = aws_organizations_policy.guard.id
          target_id = aws_organizations_account.prod.id
        }
        resource "aws_organizations_policy_attachment" "perimeter" {
          policy_id = aws_organizations_policy.perimeter.id
          target_id = "ou-abcd-12345678"
        }
        resource "aws_organizations_policy_attachment" "tags" {
          policy_id = aws_organizations_policy.tags.id
          target_id = "r-abcd"
        }
        """
    )
    account = root.one(Account)
    assert (account.name, account.environment, account.team) == ("checkout-prod", "prod", "checkout")
    guard, perimeter = root.all(Policy)
    assert [policy.kind for policy in (guard, perimeter)] == [PolicyKind.SCP, PolicyKind.RCP]
    assert [(item.layer, item.target_kind, item.target, item.policy_arn) for item in root.all(Attachment)] == [
        (Layer.SCP, "account", account.id, guard.arn),
        (Layer.RCP, "ou", "ou-abcd-12345678", perimeter.arn),
    ]


def test_what_is_attached_to_a_permission_set_that_is_elsewhere_is_read_and_said() -> None:
    root = Root(
        """
        variable "set" {}
        resource "aws_ssoadmin_permission_set_inline_policy" "it" {
          instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890123456"
          permission_set_arn = var.set
          inline_policy      = jsonencode({ Statement = { Effect = "Allow", Action = "*", Resource = "*" } })
        }
        resource "aws_ssoadmin_managed_policy_attachment" "it" {
          instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890123456"
          permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-1234567890123456/ps-1234567890123456"
          managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        }
        """
    )
    assert [policy.statements[0].actions for policy in root.all(Policy)] == [("*",)]
    reasons = {root.at(line.at): line.reason for line in root.facts.unresolved}
    assert reasons['infra/main.tf:2:1 resource "aws_ssoadmin_permission_set_inline_policy" "it"'] == (
        "to which permission set this is attached is not known: the variable `set` has no default"
    )
    assert reasons['infra/main.tf:7:1 resource "aws_ssoadmin_managed_policy_attachment" "it"'] == (
        "the permission set to which this is attached is not in this root module"
    )
