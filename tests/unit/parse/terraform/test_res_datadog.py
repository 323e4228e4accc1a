"""`datadog_*` and `honeycombio_*` resources → roles, restricted data, mappings, teams and keys."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of, reached
from unit.parse.terraform.roots import Root

from iamlint.graph.elements import EdgeKind
from iamlint.model.telemetry import RoleBinding, ScopeMapping, SubjectGrant, TelemetryCredential, TelemetryProject
from iamlint.source.value import Unknown

ROLES = """
data "datadog_permissions" "all" {}
data "datadog_role" "standard" { filter = "Datadog Standard Role" }
resource "datadog_role" "checkout" {
  name                       = "Checkout"
  default_permissions_opt_out = true
  permission { id = data.datadog_permissions.all.permissions.logs_read_data }
  permission { id = data.datadog_permissions.all.permissions["api_keys_write"] }
}
"""


def test_a_role_is_known_by_the_names_of_its_permissions() -> None:
    root = Root(
        ROLES
        + """
resource "datadog_user" "alice" {
  email = "alice@acme.example"
  roles = [data.datadog_role.standard.id, datadog_role.checkout.id, "0000-1111"]
}
resource "datadog_user" "gone" {
  email    = "gone@acme.example"
  disabled = true
  roles    = [data.datadog_role.standard.id]
}
"""
    )
    standard, custom, other = root.all(RoleBinding)
    assert (standard.grant.text, standard.users[0][0]) == ("Datadog Standard Role", "alice@acme.example")
    assert root.written(standard.grant.place) == "data.datadog_role.standard.id"
    assert custom.grant.role is not None
    assert (custom.grant.role.name, set(custom.grant.role.capabilities)) == (
        "Checkout",
        {"telemetry:read", "telemetry:manage-credentials"},
    )
    assert custom.grant.role.reaches_all
    assert other.grant.role is None
    assert isinstance(other.grant.text, Unknown)


def test_a_role_that_a_query_limits_reads_only_those_logs() -> None:
    root = Root(
        ROLES
        + """
resource "datadog_logs_restriction_query" "checkout" {
  restriction_query = "service:checkout env:prod"
  role_ids          = [datadog_role.checkout.id]
}
resource "datadog_authn_mapping" "checkout" {
  key   = "member_of"
  value = "eng-checkout"
  role  = datadog_role.checkout.id
}
"""
    )
    everywhere, logs = root.one(ScopeMapping).grants
    assert everywhere.role is not None
    assert set(everywhere.role.capabilities) == {"telemetry:manage-credentials"}
    assert (logs.project, logs.role and logs.role.name) == ("logs/service:checkout env:prod", "viewer")
    assert root.one(TelemetryProject).environment == "prod"


DATASET = {
    "datadog/main.tf": ROLES
    + """
resource "datadog_team" "payments" {
  handle      = "payments"
  name        = "Payments"
  description = ""
}
resource "datadog_dataset" "payments" {
  name       = "payments"
  principals = ["team:${datadog_team.payments.id}", "role:${datadog_role.checkout.id}"]
  product_filters {
    product = "apm"
    filters = ["@env:prod"]
  }
}
resource "datadog_authn_mapping" "payments" {
  key   = "member_of"
  value = "eng-payments"
  team  = datadog_team.payments.id
}
resource "datadog_user" "alice" {
  email = "alice@acme.example"
  roles = [datadog_role.checkout.id]
}
resource "datadog_user" "bob" {
  email = "bob@acme.example"
  roles = [data.datadog_role.standard.id]
}
resource "datadog_api_key" "agent" { name = "agent" }
"""
}


def test_a_dataset_is_reached_by_its_principals_alone() -> None:
    graph = graph_of(DATASET)
    dataset = "project:datadog/dataset/payments"
    assert edges_to(graph, dataset) == ["group:datadog/payments", "token:datadog/datadog/agent", "user:alice@acme.example"]
    assert dataset not in reached(graph, "user:bob@acme.example")
    assert reached(graph, "group:saml/eng-payments") == {"group:datadog/payments": "assumed", dataset: "assumed"}
    (sent,) = graph.in_edges(graph.find(dataset), EdgeKind.SCOPED_TO)
    assert sent.capabilities == {"telemetry:ingest"}


def test_a_restriction_policy_lists_everybody_as_org() -> None:
    graph = graph_of(
        {
            "datadog/main.tf": DATASET["datadog/main.tf"]
            + """
resource "datadog_dashboard" "checkout" { title = "Checkout" }
resource "datadog_restriction_policy" "checkout" {
  resource_id = "dashboard:${datadog_dashboard.checkout.id}"
  bindings {
    principals = ["org:0000"]
    relation   = "viewer"
  }
  bindings {
    principals = ["team:${datadog_team.payments.id}"]
    relation   = "editor"
  }
}
"""
        }
    )
    node = graph.find("project:datadog/dashboard/Checkout")
    found = {edge.source.id: set(edge.capabilities) for edge in graph.in_edges(node) if edge.kind is not EdgeKind.OWNS}
    assert found == {
        "group:datadog/payments": {"telemetry:read", "telemetry:edit", "telemetry:share"},
        "user:alice@acme.example": {"telemetry:read"},
        "user:bob@acme.example": {"telemetry:read"},
    }


def test_a_service_accounts_key_does_what_the_account_may_unless_scopes_limit_it() -> None:
    root = Root(
        ROLES
        + """
resource "datadog_service_account" "ci" {
  email = "ci@acme.example"
  name  = "ci"
  roles = [data.datadog_role.standard.id]
}
resource "datadog_service_account_application_key" "all" {
  service_account_id = datadog_service_account.ci.id
  name               = "all"
}
resource "datadog_service_account_application_key" "some" {
  service_account_id = datadog_service_account.ci.id
  name               = "some"
  scopes             = [data.datadog_permissions.all.permissions.monitors_write]
}
"""
    )
    wide, narrow = root.all(TelemetryCredential)
    assert (wide.acts_as, wide.unscoped) == ("datadog/infra/ci", True)
    assert "telemetry:read" in wide.capabilities
    assert (narrow.acts_as, narrow.unscoped, set(narrow.capabilities)) == (None, False, {"telemetry:edit"})
    assert [(held.subject, held.grant.text) for held in root.all(SubjectGrant)] == [("datadog/infra/ci", "Datadog Standard Role")]


@pytest.mark.parametrize(
    ("scopes", "unscoped", "said"),
    [
        ("", True, False),
        ("scopes = []", True, False),
        ("scopes = null", True, False),
        ('scopes = concat(var.wide ? ["dashboards_read"] : [], [])', False, True),
        ("scopes = var.scopes", False, True),
        ('scopes = ["4fbb1652-dd15-11ed-8308-da7ad0900002"]', False, True),
    ],
)
def test_a_key_whose_scopes_are_not_known_is_not_without_scopes(scopes: str, unscoped: bool, said: bool) -> None:
    root = Root(
        f"""
variable "wide" {{}}
variable "scopes" {{}}
resource "datadog_application_key" "ci" {{
  name = "ci"
  {scopes}
}}
"""
    )
    [key] = root.all(TelemetryCredential)
    assert key.unscoped is unscoped
    assert (
        any(line.reason == "which permission the key's scope is, is not in the repository" for line in root.facts.unresolved)
        is said
    )


def test_honeycombs_keys_belong_to_an_environment() -> None:
    root = Root(
        """
resource "honeycombio_environment" "prod" { name = "prod" }
resource "honeycombio_api_key" "ingest" {
  name           = "ingest"
  type           = "ingest"
  environment_id = honeycombio_environment.prod.id
  permissions { create_datasets = true }
}
resource "honeycombio_api_key" "terraform" {
  name           = "terraform"
  type           = "configuration"
  environment_id = honeycombio_environment.prod.id
  permissions {
    run_queries = true
    manage_slos = true
    send_events = false
  }
}
"""
    )
    ingest, configuration = root.all(TelemetryCredential)
    assert (ingest.project, ingest.kind, set(ingest.capabilities)) == ("prod", "ingest-key", {"telemetry:ingest"})
    assert (configuration.project, set(configuration.capabilities)) == ("prod", {"telemetry:read", "telemetry:edit"})
    assert root.one(TelemetryProject).name == "prod"
