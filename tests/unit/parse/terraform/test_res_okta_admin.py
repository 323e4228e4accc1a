"""Administrators of Okta: their roles, owners of groups, and attributes that people may change."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.identity import Administration, ProfileAttribute

ESTATE = """
resource "okta_group" "checkout" { name = "eng-checkout" }
resource "okta_group" "helpdesk" { name = "helpdesk" }
resource "okta_user" "alice" {
  first_name = "Alice"
  last_name  = "A"
  login      = "alice@acme.example"
  email      = "alice@acme.example"
}
"""
CHECKOUT, HELPDESK, ALICE = (
    "⟨infra#okta_group.checkout.id⟩",
    "⟨infra#okta_group.helpdesk.id⟩",
    "⟨infra#okta_user.alice.id⟩",
)


@pytest.mark.parametrize(
    ("role", "targets", "groups"),
    [
        ("SUPER_ADMIN", "", [None]),
        ("ORG_ADMIN", "target_group_list = [okta_group.checkout.id]", [None]),
        ("USER_ADMIN", "", [None]),
        ("USER_ADMIN", "target_group_list = [okta_group.checkout.id]", [[CHECKOUT]]),
        ("GROUP_MEMBERSHIP_ADMIN", "target_group_list = [okta_group.checkout.id]", [[CHECKOUT]]),
        ("HELP_DESK_ADMIN", "", []),
        ("READ_ONLY_ADMIN", "", []),
    ],
)
def test_roles_of_groups(role: str, targets: str, groups: list[object]) -> None:
    body = f'group_id = okta_group.helpdesk.id\n  role_type = "{role}"\n  {targets}'
    root = Root(ESTATE + f'resource "okta_group_role" "x" {{\n  {body}\n}}\n')
    found = root.all(Administration)
    assert [None if grant.groups is None else shown(grant.groups) for grant in found] == groups
    assert all((shown(grant.holder), grant.holder_kind, grant.role) == (HELPDESK, "group", role) for grant in found)


def test_roles_of_users_count_only_where_their_targets_cannot_stand_elsewhere() -> None:
    root = Root(
        ESTATE
        + """
resource "okta_user_admin_roles" "alice" {
  user_id     = okta_user.alice.id
  admin_roles = ["ORG_ADMIN", "USER_ADMIN", "REPORT_ADMIN"]
}
"""
    )
    grant = root.one(Administration)
    assert (shown(grant.holder), grant.role, grant.groups) == (ALICE, "ORG_ADMIN", None)
    assert root.at(grant.place).endswith('"ORG_ADMIN"')


def test_owners() -> None:
    root = Root(
        ESTATE
        + """
resource "okta_group_owner" "x" {
  group_id          = okta_group.checkout.id
  id_of_group_owner = okta_user.alice.id
  type              = "USER"
}
"""
    )
    grant = root.one(Administration)
    assert (shown(grant.holder), grant.holder_kind, grant.role, shown(grant.groups or ())) == (ALICE, "user", "owner", [CHECKOUT])


@pytest.mark.parametrize(
    ("permissions", "resource", "groups"),
    [
        ('["okta.groups.members.manage"]', "${local.url}/groups/${okta_group.checkout.id}", [[CHECKOUT]]),
        ('["okta.groups.manage"]', "${local.url}/groups", [None]),
        ('["okta.groups.manage"]', "${local.url}/users", []),
        ('["okta.groups.read"]', "${local.url}/groups", []),
    ],
)
def test_custom_roles(permissions: str, resource: str, groups: list[object]) -> None:
    root = Root(
        ESTATE
        + f"""
locals {{ url = "https://acme.okta.com/api/v1" }}
resource "okta_admin_role_custom" "r" {{
  label       = "members"
  permissions = {permissions}
}}
resource "okta_resource_set" "s" {{
  label     = "groups"
  resources = ["{resource}"]
}}
resource "okta_admin_role_custom_assignments" "x" {{
  resource_set_id = okta_resource_set.s.id
  custom_role_id  = okta_admin_role_custom.r.id
  members         = ["${{local.url}}/users/${{okta_user.alice.id}}"]
}}
"""
    )
    found = root.all(Administration)
    assert [None if grant.groups is None else shown(grant.groups) for grant in found] == groups
    assert all((shown(grant.holder), grant.holder_kind) == (ALICE, "user") for grant in found)


@pytest.mark.parametrize(
    ("permissions", "editable"), [('permissions = "READ_WRITE"', True), ('permissions = "HIDE"', False), ("", False)]
)
def test_attributes_that_people_may_change(permissions: str, editable: bool) -> None:
    text = f'resource "okta_user_schema_property" "x" {{\n  index = "squad"\n  title = "Squad"\n  type = "string"\n  {permissions}\n}}'
    attribute = Root(text).one(ProfileAttribute)
    assert (attribute.name, attribute.self_editable) == ("squad", editable)


def test_what_is_not_known_is_no_claim() -> None:
    root = Root(
        ESTATE
        + """
variable "role" {}
variable "permissions" {}
resource "okta_group_role" "x" {
  group_id  = okta_group.helpdesk.id
  role_type = var.role
}
resource "okta_user_schema_property" "x" {
  index       = "squad"
  permissions = var.permissions
}
"""
    )
    assert root.all(Administration) == []
    assert root.all(ProfileAttribute) == []
