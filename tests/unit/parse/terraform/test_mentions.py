"""A group to which something refers that is not read may be in use, whatever that is."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root

from iamlint.model.identity import Group

GROUP = """
resource "azuread_group" "ops" {
  display_name = "ops"
}
"""
LOOKED_UP = 'data "azuread_group" "ops" {\n  display_name = "ops"\n}\n'


@pytest.mark.parametrize(
    ("code", "mentioned"),
    [
        ("", False),
        ('resource "azurerm_role_assignment" "a" {\n  principal_id = azuread_group.ops.object_id\n}\n', True),
        ('resource "okta_policy_signon" "a" {\n  groups_included = [azuread_group.ops.id]\n}\n', True),
        ('output "group" {\n  value = azuread_group.ops.object_id\n}\n', True),
        ("locals {\n  groups = {\n    ops = azuread_group.ops\n  }\n}\n", True),
        ('module "a" {\n  source = "./a"\n  group  = azuread_group.ops.object_id\n}\n', True),
        ('resource "azuread_directory_role_member" "a" {\n  member_object_id = azuread_group.ops.object_id\n}\n', True),
        # what is read, and in the graph
        ('resource "azuread_app_role_assignment" "a" {\n  principal_object_id = azuread_group.ops.object_id\n}\n', False),
        ('resource "azuread_group_member" "a" {\n  group_object_id = azuread_group.ops.object_id\n}\n', False),
        ('resource "azuread_group" "more" {\n  display_name = "x"\n  members = [azuread_group.ops.object_id]\n}\n', False),
        ("moved {\n  from = azuread_group.old\n  to   = azuread_group.ops\n}\n", False),
        ("# azuread_group.ops is for the people on call\n", False),
        # another one
        ('output "group" {\n  value = azuread_group.ops_more.object_id\n}\n', False),
        ('output "group" {\n  value = data.azuread_group.ops.object_id\n}\n' + LOOKED_UP, False),
    ],
)
def test_what_refers_to_a_group(code: str, mentioned: bool) -> None:
    groups = Root(GROUP + code).all(Group)
    assert [group.mentioned for group in groups if group.declared and group.name == "ops"] == [mentioned]


def test_a_group_that_is_looked_up() -> None:
    use = 'resource "azurerm_role_assignment" "a" {\n  principal_id = data.azuread_group.ops.object_id\n}\n'
    assert [group.mentioned for code in ("", use) for group in Root(LOOKED_UP + code).all(Group)] == [False, True]


def test_a_group_of_a_module_that_hands_it_on() -> None:
    module = GROUP + 'output "group" {\n  value = azuread_group.ops.object_id\n}\n'
    [group] = Root('module "ops" {\n  source = "./ops"\n}\n', {"infra/ops/main.tf": module}).all(Group)
    assert group.mentioned
