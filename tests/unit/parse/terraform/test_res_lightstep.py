"""`lightstep_*` resources → mappings, bindings, projects and literal keys."""

from __future__ import annotations

from unit.parse.terraform.roots import Root, shown

from iamlint.model.telemetry import AlertRoute, LiteralSecret, RoleBinding, ScopeMapping, TelemetryProject
from iamlint.source.value import Unknown

PROVIDER = """
provider "lightstep" {
  organization = "acme"
  api_key      = var.key
}
variable "key" { sensitive = true }
"""


def test_mappings_give_an_organization_role_and_project_roles() -> None:
    root = Root(
        PROVIDER
        + """
resource "lightstep_saml_group_mappings" "all" {
  mapping {
    match {
      attribute_key   = "groups"
      attribute_value = "eng-checkout"
    }
    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        "checkout-prod" = "Project Viewer"
        checkout-dev    = "Project Boss"
      }
    }
  }
}
"""
    )
    mapping = root.one(ScopeMapping)
    assert (mapping.vendor, mapping.organization, mapping.attribute, mapping.value) == (
        "lightstep",
        "acme",
        "groups",
        "eng-checkout",
    )
    assert mapping.resource == "infra#lightstep_saml_group_mappings.all"
    assert mapping.value_place is not None
    assert root.at(mapping.value_place) == 'infra/main.tf:11:25 "eng-checkout"'
    organization, viewer, boss = mapping.grants
    assert organization.project is None
    assert organization.role is not None
    assert not organization.role.reaches_all
    assert (viewer.project, viewer.role and viewer.role.name) == ("checkout-prod", "Project Viewer")
    assert viewer.project_place is not None
    assert root.at(viewer.project_place) == 'infra/main.tf:16:9 "checkout-prod"'
    assert (boss.text, boss.role, boss.project) == ("Project Boss", None, "checkout-dev")
    assert root.at(boss.place) == 'infra/main.tf:17:27 "Project Boss"'


def test_mappings_from_a_local_table_keep_its_places() -> None:
    root = Root(
        """
        locals {
          teams = {
            checkout = { role = "Project Editor" }
            payments = { role = "Project Viewer" }
          }
        }
        resource "lightstep_saml_group_mappings" "all" {
          dynamic "mapping" {
            for_each = local.teams
            content {
              match {
                attribute_key   = "groups"
                attribute_value = "eng-${mapping.key}"
              }
              roles {
                organization_role = "Organization Restricted Member"
                project_roles     = { "${mapping.key}-prod" = mapping.value.role }
              }
            }
          }
        }
        """
    )
    found = root.all(ScopeMapping)
    assert [(mapping.value, mapping.grants[1].project, mapping.grants[1].text) for mapping in found] == [
        ("eng-checkout", "checkout-prod", "Project Editor"),
        ("eng-payments", "payments-prod", "Project Viewer"),
    ]


def test_mappings_that_cannot_be_known_are_unknown_and_in_the_coverage() -> None:
    root = Root(
        """
        variable "teams" {}
        resource "lightstep_saml_group_mappings" "all" {
          dynamic "mapping" {
            for_each = var.teams
            content {
              match {
                attribute_key   = "groups"
                attribute_value = mapping.key
              }
              roles { organization_role = "Organization Viewer" }
            }
          }
        }
        """
    )
    mapping = root.one(ScopeMapping)
    assert isinstance(mapping.value, Unknown)
    assert len(root.facts.unresolved) == 1
    assert root.facts.unresolved[0].reason == mapping.value.reason


def test_bindings_list_their_users_with_places() -> None:
    root = Root(
        PROVIDER
        + """
resource "lightstep_user_role_binding" "admins" {
  role  = "Organization Admin"
  users = ["alice@acme.example", "bob@acme.example"]
}
resource "lightstep_user_role_binding" "prod" {
  role    = "Project Viewer"
  project = "checkout-prod"
  users   = []
}
"""
    )
    admins, prod = root.all(RoleBinding)
    assert admins.grant.role is not None
    assert (admins.organization, admins.grant.role.name, admins.grant.project) == ("acme", "Organization Admin", None)
    assert [user for user, _ in admins.users] == ["alice@acme.example", "bob@acme.example"]
    assert root.at(admins.users[1][1]) == 'infra/main.tf:9:34 "bob@acme.example"'
    assert (prod.grant.project, prod.users, prod.resource) == (
        "checkout-prod",
        (),
        "infra#lightstep_user_role_binding.prod",
    )


def test_everything_else_names_projects() -> None:
    root = Root(
        PROVIDER
        + """
resource "lightstep_dashboard" "latency" {
  for_each     = toset(["checkout-prod", "checkout-dev"])
  project_name = each.key
}
data "lightstep_stream" "s" {
  project_name = "payments-prod"
  stream_id    = "1"
}
"""
    )
    found = {(project.name, project.used_by, project.declared, project.organization) for project in root.all(TelemetryProject)}
    assert found == {
        ("checkout-prod", 'lightstep_dashboard.latency["checkout-prod"]', False, "acme"),
        ("checkout-dev", 'lightstep_dashboard.latency["checkout-dev"]', False, "acme"),
        ("payments-prod", "data.lightstep_stream.s", False, "acme"),
    }


def test_an_unknown_project_keeps_its_shape() -> None:
    root = Root(
        """
        variable "env" {}
        resource "lightstep_alert" "a" { project_name = "checkout-${var.env}" }
        """
    )
    assert shown(root.one(TelemetryProject).name).startswith("checkout-⟨")
    assert (len(root.facts.unresolved), root.facts.resolved) == (1, 0)


def test_literal_keys_are_secrets_and_references_are_not() -> None:
    root = Root(
        PROVIDER
        + """
provider "lightstep" {
  alias        = "other"
  organization = "other"
  api_key      = "eyJhbGciOiJIUzI1NiJ9aaaa"
}
variable "pagerduty" { default = "pd0123456789abcdef" }
resource "lightstep_pagerduty_destination" "p" {
  project_name    = "p"
  integration_key = var.pagerduty
}
resource "lightstep_webhook_destination" "w" {
  project_name   = "p"
  custom_headers = {
    "Content-Type"  = "application/json"
    "Authorization" = "Bearer abcdefghij0123456789"
  }
}
resource "lightstep_servicenow_destination" "s" {
  project_name = "p"
  auth {
    username = "robot"
    password = "s3cr3t-s3cr3t"
  }
}
"""
    )
    assert [(secret.what, root.at(secret.at)) for secret in root.all(LiteralSecret)] == [
        ("PagerDuty integration key", 'infra/main.tf:11:34 "pd0123456789abcdef"'),
        ("password of an alert destination", 'infra/main.tf:27:16 "s3cr3t-s3cr3t"'),
        ("value of a webhook's header", 'infra/main.tf:20:23 "Bearer abcdefghij0123456789"'),
        ("Lightstep API key", 'infra/main.tf:9:18 "eyJhbGciOiJIUzI1NiJ9aaaa"'),
    ] or sorted(root.written(secret.at) for secret in root.all(LiteralSecret)) == sorted(
        ['"pd0123456789abcdef"', '"s3cr3t-s3cr3t"', '"Bearer abcdefghij0123456789"', '"eyJhbGciOiJIUzI1NiJ9aaaa"']
    )
    assert "s3cr3t" not in repr(root.facts.items)


def test_two_organizations_are_told_apart_by_their_providers() -> None:
    root = Root("""
        provider "lightstep" { organization = "acme" }
        provider "lightstep" {
          alias        = "other"
          organization = "other"
        }
        resource "lightstep_metric_dashboard" "a" { project_name = "one" }
        resource "lightstep_metric_dashboard" "b" {
          provider     = lightstep.other
          project_name = "two"
        }
        """)
    assert {project.name: project.organization for project in root.all(TelemetryProject)} == {"one": "acme", "two": "other"}


def test_an_organization_of_two_is_not_guessed() -> None:
    root = Root("""
        provider "lightstep" {
          alias        = "one"
          organization = "acme"
        }
        provider "lightstep" {
          alias        = "other"
          organization = "other"
        }
        resource "lightstep_dashboard" "d" { project_name = "p" }
        """)
    assert root.one(TelemetryProject).organization is None


def test_alerts_are_joined_to_the_destinations_of_the_same_module() -> None:
    root = Root(
        PROVIDER
        + """
resource "lightstep_slack_destination" "oncall" {
  project_name = "payments"
  channel      = "#oncall"
}
resource "lightstep_alert" "errors" {
  project_name = "checkout"
  alerting_rule {
    id = lightstep_slack_destination.oncall.id
  }
  alerting_rule {
    id = "made-elsewhere"
  }
}
"""
    )
    route = root.one(AlertRoute)
    assert (route.alert, route.project) == ("lightstep_alert.errors", "checkout")
    assert (route.destination, route.destination_project) == ("lightstep_slack_destination.oncall", "payments")
    assert root.at(route.place) == "infra/main.tf:14:10 lightstep_slack_destination.oncall.id"
