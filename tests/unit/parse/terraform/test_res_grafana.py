"""`grafana_*` resources → scopes, permissions, teams, single sign-on, service accounts and tokens."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of, reached
from unit.parse.terraform.roots import Root, shown

from iamlint.graph.elements import EdgeKind
from iamlint.model.telemetry import (
    LiteralSecret,
    PublicLink,
    RoleBinding,
    ScopeMapping,
    ScopeRestriction,
    SubjectGrant,
    TelemetryCredential,
    TelemetryProject,
)
from iamlint.parse.telemetry.grafana_sso import RoleRule, read_org_mapping, read_role_path
from iamlint.source.value import Unknown

PROVIDER = """
provider "grafana" {
  url  = "https://acme.grafana.net/"
  auth = var.token
}
variable "token" { sensitive = true }
"""
FOLDERS = """
resource "grafana_folder" "shop" { title = "shop" }
resource "grafana_folder" "checkout" {
  title             = "checkout-prod"
  parent_folder_uid = grafana_folder.shop.uid
}
resource "grafana_data_source" "tempo" {
  type = "tempo"
  name = "tempo-prod"
  uid  = "tempo"
}
"""
TEAM = """
resource "grafana_team" "checkout" {
  name    = "checkout"
  members = ["alice@acme.example"]
}
"""


def test_scopes_go_by_their_titles_and_are_found_by_their_ids() -> None:
    root = Root(PROVIDER + FOLDERS)
    assert [(project.name, project.organization) for project in root.all(TelemetryProject)] == [
        ("datasource/tempo-prod", "acme.grafana.net"),
        ("folder/shop/checkout-prod", "acme.grafana.net"),
        ("folder/shop", "acme.grafana.net"),
    ]
    assert shown(root.all(TelemetryProject)[2].ids) == [
        "folder/⟨infra#grafana_folder.shop.uid⟩",
        "folder/⟨infra#grafana_folder.shop.id⟩",
    ]


def test_a_list_of_permissions_says_who_reaches_a_folder_and_where_it_says_so() -> None:
    root = Root(
        PROVIDER
        + TEAM
        + """
resource "grafana_folder" "checkout" { title = "checkout-prod" }
resource "grafana_user" "bob" {
  email    = "bob@acme.example"
  password = var.password
}
variable "password" {}
resource "grafana_service_account" "ci" {
  name = "ci"
  role = "None"
}
resource "grafana_folder_permission" "checkout" {
  folder_uid = grafana_folder.checkout.uid
  permissions {
    role       = "Editor"
    permission = "Edit"
  }
  permissions {
    team_id    = grafana_team.checkout.id
    permission = "View"
  }
  permissions {
    user_id    = grafana_user.bob.id
    permission = "Admin"
  }
  permissions {
    user_id    = grafana_service_account.ci.id
    permission = "Edit"
  }
}
"""
    )
    restriction = root.one(ScopeRestriction)
    assert restriction.project == "folder/checkout-prod"
    assert [(role, grant.role and grant.role.name) for role, grant in restriction.roles] == [("Editor", "Edit")]
    team, bot, account = root.all(SubjectGrant)
    assert (account.kind, account.subject, account.grant.text) == ("bot", "grafana/acme.grafana.net/ci", "None")
    assert (team.kind, team.subject, team.grant.role and team.grant.role.name) == ("group", "checkout", "View")
    assert root.written(team.grant.place) == '"View"'
    assert (bot.kind, bot.subject) == ("bot", "grafana/acme.grafana.net/ci")
    binding = root.one(RoleBinding)
    assert [user for user, _ in binding.users] == ["bob@acme.example"]
    assert root.written(binding.users[0][1]) == "grafana_user.bob.id"


ACCESS = {
    "grafana/main.tf": PROVIDER
    + TEAM
    + """
resource "grafana_folder" "prod" { title = "checkout-prod" }
resource "grafana_folder" "dev" { title = "checkout-dev" }
resource "grafana_folder_permission" "prod" {
  folder_uid = grafana_folder.prod.uid
  permissions {
    team_id    = grafana_team.checkout.id
    permission = "View"
  }
  permissions {
    role       = "Viewer"
    permission = "View"
  }
}
resource "grafana_organization" "main" {
  name    = "main"
  admins  = ["root@acme.example"]
  editors = ["eve@acme.example"]
  viewers = ["victor@acme.example"]
}
"""
}


def test_a_basic_role_opens_every_folder_but_those_whose_permissions_leave_it_out() -> None:
    files = {
        "grafana/main.tf": ACCESS["grafana/main.tf"].replace('provider "grafana" {', 'provider "grafana" {\n  org_id = "main"')
    }
    graph = graph_of(files)
    prod = "project:grafana/folder/checkout-prod"
    assert reached(graph, "user:alice@acme.example") == {"group:grafana/checkout": "certain", prod: "certain"}
    assert reached(graph, "user:root@acme.example")[prod] == "certain"  # administrators are never left out
    assert reached(graph, "user:victor@acme.example")[prod] == "certain"  # viewers are listed
    assert reached(graph, "user:eve@acme.example")[prod] == "unknown"  # whether an editor counts as a viewer is not documented
    assert reached(graph, "user:eve@acme.example")["project:grafana/folder/checkout-dev"] == "certain"


def test_groups_of_the_identity_provider_are_put_into_teams() -> None:
    files = {
        "grafana/main.tf": PROVIDER
        + TEAM
        + """
resource "grafana_team_external_group" "checkout" {
  team_id = grafana_team.checkout.id
  groups  = ["eng-checkout"]
}
""",
        "access/okta.access.yaml": """
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            groups: [{name: eng-checkout, members: [bob@acme.example]}, {name: checkout}]
            """,
    }
    graph = graph_of(files)
    assert edges_to(graph, "group:grafana/checkout", EdgeKind.MEMBER_OF) == [
        "group:okta/eng-checkout ~",
        "user:alice@acme.example",
    ]


@pytest.mark.parametrize(
    ("expression", "rules"),
    [
        ("'Viewer'", [RoleRule(None, None, "Viewer")]),
        (
            "contains(groups[*], 'sre') && 'Admin' || contains(groups[*], 'eng') && 'Editor' || 'Viewer'",
            [RoleRule("groups", "sre", "Admin"), RoleRule("groups", "eng", "Editor"), RoleRule(None, None, "Viewer")],
        ),
        ("(role == 'boss' && 'GrafanaAdmin')", [RoleRule("role", "boss", "Grafana Admin")]),
        (
            "contains(groups[*], 'a') && 'Viewer' || contains(groups[*], 'b') && 'Admin'",
            [RoleRule("groups", "a", "Viewer"), RoleRule("groups", "b", "Admin", "`a` does not hold before")],
        ),
        (
            "(contains(groups[*], 'a') || contains(groups[*], 'b')) && 'Editor'",
            [RoleRule("groups", "a", "Editor"), RoleRule("groups", "b", "Editor")],
        ),
        ("contains(join(',', groups), 'a') && 'Admin'", None),
        ("contains(groups[*], 'a') && email_verified && 'Admin'", None),
        ("'Boss'", None),
        ("'", None),
        ("((((", None),
    ],
)
def test_the_static_subset_of_a_role_path(expression: str, rules: list[RoleRule] | None) -> None:
    assert read_role_path(expression) == rules


def test_an_organization_mapping() -> None:
    assert read_org_mapping("eng:1:Editor, *:*:Viewer sre:Ops") == [
        ("eng", "1", "Editor"),
        (None, None, "Viewer"),
        ("sre", "Ops", "Viewer"),
    ]
    assert read_org_mapping('["eng a:1:Editor"]') == [("eng a", "1", "Editor")]
    assert read_org_mapping("eng:1:Boss") is None


def test_single_sign_on_gives_basic_roles() -> None:
    root = Root(
        PROVIDER
        + """
resource "grafana_sso_settings" "okta" {
  provider_name = "okta"
  oauth2_settings {
    client_id           = "grafana"
    client_secret       = "abcdefghij0123456789"
    role_attribute_path = "contains(groups[*], 'sre') && 'Admin' || 'Viewer'"
    org_mapping         = "eng:ops:Editor"
  }
}
resource "grafana_sso_settings" "saml" {
  provider_name = "saml"
  saml_settings {
    skip_org_role_sync       = true
    assertion_attribute_role = "role"
    role_values_admin        = "boss"
  }
}
"""
    )
    found = [(m.organization, m.attribute, m.value, m.everyone, m.grants[0].text) for m in root.all(ScopeMapping)]
    assert found == [
        ("acme.grafana.net", "groups", "sre", False, "Admin"),
        ("acme.grafana.net", "", "", True, "Viewer"),
        ("acme.grafana.net/ops", "groups", "eng", False, "Editor"),
    ]
    assert [secret.what for secret in root.all(LiteralSecret)] == ["secret of Grafana's single sign-on"]


def test_a_role_path_that_is_not_static_is_in_the_coverage() -> None:
    root = Root(
        """
resource "grafana_sso_settings" "okta" {
  provider_name = "okta"
  oauth2_settings {
    client_id           = "grafana"
    role_attribute_path = "contains(info.roles[?name == 'x'], 'a') && 'Admin'"
  }
}
"""
    )
    assert root.all(ScopeMapping) == []
    assert [item.reason for item in root.facts.unresolved] == [
        "which groups get which role by `role_attribute_path` is not evaluated"
    ]


def test_tokens_of_service_accounts_and_access_policies() -> None:
    root = Root(
        PROVIDER
        + """
resource "grafana_service_account" "ci" {
  name = "ci"
  role = "Editor"
}
resource "grafana_service_account_token" "ci" {
  name               = "ci"
  service_account_id = grafana_service_account.ci.id
}
resource "grafana_cloud_stack" "acme" {
  name = "acme"
  slug = "acme"
}
resource "grafana_cloud_access_policy" "ingest" {
  name   = "ingest"
  scopes = ["traces:write", "metrics:write", "traces:read", "quantum:entangle"]
  realm {
    type       = "stack"
    identifier = grafana_cloud_stack.acme.id
  }
}
resource "grafana_cloud_access_policy_token" "ingest" {
  access_policy_id = grafana_cloud_access_policy.ingest.policy_id
  name             = "ingest"
  expires_at       = "2027-01-01T00:00:00Z"
}
resource "aws_ssm_parameter" "token" {
  name  = "/grafana/token"
  type  = "SecureString"
  value = grafana_cloud_access_policy_token.ingest.token
}
"""
    )
    policy, account = root.all(TelemetryCredential)
    assert (account.name, account.kind, account.lasting) == ("acme.grafana.net/ci", "service-account-token", True)
    assert account.acts_as == "grafana/acme.grafana.net/ci"
    assert account.capabilities == {"telemetry:read", "telemetry:edit", "telemetry:share"}
    assert (policy.project, policy.expires, policy.lasting) == ("stack/acme", "2027-01-01", False)
    assert policy.capabilities == {"telemetry:ingest", "telemetry:read"}
    assert [shown(where) for where, _ in policy.stored_in] == ["arn:aws:ssm:eu-west-1:111111111111:parameter/grafana/token"]
    assert [item.reason for item in root.facts.unresolved] == ["what the scope `quantum:entangle` permits is not known"]


def test_a_custom_role_is_known_by_its_actions() -> None:
    root = Root(
        TEAM
        + """
resource "grafana_role" "reader" {
  name = "reader"
  uid  = "reader"
  permissions {
    action = "dashboards:read"
    scope  = "folders:uid:checkout"
  }
  permissions { action = "teams:read" }
}
resource "grafana_role_assignment" "reader" {
  role_uid = grafana_role.reader.uid
  teams    = [grafana_team.checkout.id]
}
resource "grafana_role_assignment" "fixed" {
  role_uid = "fixed:reports:reader"
  teams    = [grafana_team.checkout.id]
}
"""
    )
    fixed, custom = root.all(SubjectGrant)
    assert isinstance(fixed.grant.text, Unknown)
    assert (custom.grant.project, custom.grant.role and set(custom.grant.role.capabilities)) == (
        "folder/checkout",
        {"telemetry:read"},
    )


def test_a_public_dashboard_goes_by_its_title() -> None:
    root = Root(
        """
resource "grafana_dashboard" "checkout" {
  config_json = jsonencode({ title = "Checkout", uid = "checkout" })
}
resource "grafana_dashboard_public" "checkout" {
  dashboard_uid = grafana_dashboard.checkout.uid
  is_enabled    = true
}
resource "grafana_dashboard_public" "off" {
  dashboard_uid = grafana_dashboard.checkout.uid
}
"""
    )
    link = root.one(PublicLink)
    assert (link.what, link.name, root.written(link.place)) == ("dashboard", "Checkout", "true")


DASHBOARD = """
resource "grafana_team" "oncall" { name = "oncall" }
resource "grafana_folder" "checkout" { title = "checkout" }
resource "grafana_dashboard" "slo" {
  folder      = grafana_folder.checkout.uid
  config_json = jsonencode({ title = "SLO" })
}
resource "grafana_dashboard_permission" "slo" {
  dashboard_uid = grafana_dashboard.slo.uid
  permissions {
    team_id    = grafana_team.oncall.id
    permission = "View"
  }
}
resource "grafana_sso_settings" "okta" {
  provider_name = "okta"
  oauth2_settings {
    client_id   = "grafana"
    org_mapping = "eng:1:Viewer"
  }
}
"""
CLOSED = 'resource "grafana_folder_permission" "checkout" { folder_uid = grafana_folder.checkout.uid }\n'


def test_a_dashboards_permissions_add_to_those_of_its_folder() -> None:
    found = edges_to(graph_of({"grafana/main.tf": DASHBOARD}), "project:grafana/dashboard/SLO")
    assert found == ["group:grafana/oncall", "project:grafana/*"]
    closed = edges_to(graph_of({"grafana/main.tf": DASHBOARD + CLOSED}), "project:grafana/dashboard/SLO")
    assert closed == ["group:grafana/oncall"]
