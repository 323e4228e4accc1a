"""`okta_*` resources → groups, people, memberships, applications and assignments."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.identity import Application, ApplicationAssignment, Group, Membership, Person
from iamlint.model.telemetry import LiteralSecret
from iamlint.source.value import Unknown

ESTATE = """
resource "okta_group" "checkout" {
  name                      = "eng-checkout"
  custom_profile_attributes = jsonencode({ team = "checkout", env = "dev", tags = ["x"] })
}
data "okta_group" "sre" { name = "sre" }
resource "okta_user" "alice" {
  first_name = "Alice"
  last_name  = "A"
  login      = "alice@acme.example"
  email      = "Alice@acme.example"
  department = "Engineering"
}
resource "okta_user" "bob" {
  first_name = "Bob"
  last_name  = "B"
  login      = "bob@acme.example"
  email      = "bob@acme.example"
  status     = "SUSPENDED"
}
"""


def test_groups_carry_labels_and_lookups_are_not_declarations() -> None:
    declared, looked_up = sorted(Root(ESTATE).all(Group), key=lambda group: shown(group.name))
    assert (declared.name, declared.team, declared.environment, declared.declared) == ("eng-checkout", "checkout", "dev", True)
    assert shown(declared.ids) == ["⟨infra#okta_group.checkout.id⟩"]
    assert (looked_up.name, looked_up.declared, shown(looked_up.ids)) == ("sre", False, ["⟨infra#data.okta_group.sre.id⟩"])


def test_people_have_status_and_profile() -> None:
    alice, bob = Root(ESTATE).all(Person)
    assert (alice.email, alice.status, alice.profile["department"]) == ("Alice@acme.example", "active", "Engineering")
    assert "alice@acme.example" in alice.ids
    assert bob.status == "suspended"


def test_memberships_join_by_id() -> None:
    root = Root(
        ESTATE
        + """
resource "okta_group_memberships" "checkout" {
  group_id        = okta_group.checkout.id
  users           = [okta_user.alice.id, okta_user.bob.id]
  track_all_users = true
}
resource "okta_user_group_memberships" "alice" {
  user_id = okta_user.alice.id
  groups  = [data.okta_group.sre.id]
}
"""
    )
    assert [(shown(item.group), shown(item.member), item.exclusive) for item in root.all(Membership)] == [
        ("⟨infra#okta_group.checkout.id⟩", "⟨infra#okta_user.alice.id⟩", True),
        ("⟨infra#okta_group.checkout.id⟩", "⟨infra#okta_user.bob.id⟩", True),
        ("⟨infra#data.okta_group.sre.id⟩", "⟨infra#okta_user.alice.id⟩", False),
    ]
    assert root.written(root.all(Membership)[1].place) == "okta_user.bob.id"


def test_a_group_rule_is_a_membership_that_keeps_its_text() -> None:
    root = Root(
        ESTATE
        + """
resource "okta_group_rule" "r" {
  name              = "r"
  expression_value  = "user.department == \\"Engineering\\""
  group_assignments = [okta_group.checkout.id]
  users_excluded    = [okta_user.bob.id]
}
"""
    )
    found = root.one(Membership)
    assert (found.dynamic, found.language) == ('user.department == "Engineering"', "okta")
    assert [shown(value) for value in found.excluded] == ["⟨infra#okta_user.bob.id⟩"]
    assert root.written(found.place).startswith('"user.department')


def test_an_inactive_rule_gives_nothing() -> None:
    root = Root(
        """
        resource "okta_group_rule" "r" {
          name              = "r"
          status            = "INACTIVE"
          expression_value  = "true"
          group_assignments = ["00g1"]
        }
        """
    )
    assert root.all(Membership) == []


LIGHTSTEP = """
resource "okta_app_saml" "lightstep" {
  label    = "Lightstep"
  audience = "https://app.lightstep.com/saml/metadata"
  sso_url  = "https://app.lightstep.com/api/v1/authentication/sso/saml_callback"
  attribute_statements {
    name         = "groups"
    type         = "GROUP"
    filter_type  = "STARTS_WITH"
    filter_value = "eng-"
  }
  attribute_statements {
    name   = "department"
    values = ["user.department"]
  }
}
"""


def test_a_saml_application_releases_attributes() -> None:
    root = Root(LIGHTSTEP)
    app = root.one(Application)
    assert (app.label, app.target, app.implicit_assignment) == ("Lightstep", "lightstep", False)
    groups, department = app.statements
    assert (groups.name, groups.kind, groups.filter_kind, groups.filter_value) == ("groups", "GROUP", "STARTS_WITH", "eng-")
    assert (department.kind, department.values) == ("EXPRESSION", ("user.department",))
    assert root.at(groups.place) == "infra/main.tf:5:3 attribute_statements"


@pytest.mark.parametrize(
    ("attributes", "target"),
    [
        ('audience = "https://app.eu.lightstep.com/saml/metadata"', "lightstep"),
        ('sso_url = "https://app.lightstep.com/api/v1/authentication/sso/saml_callback?RelayState=x"', "lightstep"),
        ('preconfigured_app = "amazon_aws"', "aws"),
        ('audience = "urn:amazon:webservices"', "aws"),
        ('sso_url = "https://signin.aws.amazon.com/saml"', "aws"),
        ('sso_url = "https://evil.example/?x=https://app.lightstep.com/"', None),
        ('audience = "https://app.lightstep.com.evil.example/"', None),
        ("audience = var.unknown", None),
    ],
)
def test_an_application_is_recognized_by_its_addresses(attributes: str, target: str | None) -> None:
    root = Root(f'resource "okta_app_saml" "a" {{\n label = "a"\n {attributes}\n}}\nvariable "unknown" {{}}\n')
    assert root.one(Application).target == target


def test_settings_of_their_own_resource_belong_to_the_application() -> None:
    root = Root(
        """
        resource "okta_app_saml" "aws" {
          label             = "AWS"
          preconfigured_app = "amazon_aws"
        }
        resource "okta_app_saml_app_settings" "aws" {
          app_id   = okta_app_saml.aws.id
          settings = jsonencode({ groupFilter = "aws_(?{{accountid}}\\\\d+)", joinAllRoles = true })
        }
        """
    )
    settings = root.one(Application).settings
    assert (settings["groupFilter"], settings["joinAllRoles"]) == ("aws_(?{{accountid}}\\d+)", "true")


def test_assignments_of_groups_and_users() -> None:
    root = Root(
        LIGHTSTEP
        + ESTATE
        + """
resource "okta_app_group_assignment" "one" {
  app_id   = okta_app_saml.lightstep.id
  group_id = okta_group.checkout.id
  profile  = jsonencode({ samlRoles = ["admin", "dev"] })
}
resource "okta_app_group_assignments" "all" {
  app_id = okta_app_saml.lightstep.id
  dynamic "group" {
    for_each = [okta_group.checkout.id, data.okta_group.sre.id]
    content { id = group.value }
  }
}
resource "okta_app_user" "alice" {
  app_id   = okta_app_saml.lightstep.id
  user_id  = okta_user.alice.id
  username = "alice"
}
"""
    )
    (app,) = root.one(Application).ids
    assert all(item.application == app for item in root.all(ApplicationAssignment))
    assert [
        (shown(item.member), item.member_kind, item.exclusive, dict(item.profile)) for item in root.all(ApplicationAssignment)
    ] == [
        ("⟨infra#okta_group.checkout.id⟩", "group", False, {"samlRoles": "admin,dev"}),
        ("⟨infra#okta_group.checkout.id⟩", "group", True, {}),
        ("⟨infra#data.okta_group.sre.id⟩", "group", True, {}),
        ("⟨infra#okta_user.alice.id⟩", "user", False, {}),
    ]


def test_groups_that_nobody_can_list_are_unknown_members() -> None:
    root = Root(
        """
        variable "groups" {}
        resource "okta_app_group_assignments" "all" {
          app_id = "0oa1"
          dynamic "group" {
            for_each = var.groups
            content { id = group.value }
          }
        }
        resource "okta_group_memberships" "m" {
          group_id = "00g1"
          users    = var.groups
        }
        """
    )
    (assignment,) = root.all(ApplicationAssignment)
    (membership,) = root.all(Membership)
    assert isinstance(assignment.member, Unknown)
    assert isinstance(membership.member, Unknown)
    assert root.facts.unresolved
    assert root.facts.resolved == 0


def test_an_api_token_in_the_provider_is_a_literal_secret() -> None:
    root = Root(
        """
        provider "okta" {
          org_name  = "acme"
          api_token = "00abcdefghijklmnopqrstuvwxyz"
        }
        """
    )
    secret = root.one(LiteralSecret)
    assert (secret.what, root.at(secret.at)) == ("Okta API token", 'infra/main.tf:3:15 "00abcdefghijklmnopqrstuvwxyz"')
