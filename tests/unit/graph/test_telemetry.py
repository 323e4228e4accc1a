"""Telemetry scopes, mappings, bindings and credentials (semantics E, D2)."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of, reached, shown

from iamlint.graph.elements import EdgeKind
from iamlint.iam.request import Decision

IDENTITIES = """\
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    users:
      - {email: alice@acme.example, status: active, groups: [eng-checkout]}
      - {email: Bob@ACME.example, status: suspended, groups: [eng-checkout]}
    groups: [{name: eng-checkout}, {name: eng-payments}]
    """


def telemetry(body: str) -> str:
    return (
        "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\norganization: acme\n"
        "projects: [{name: checkout-prod}, {name: payments-prod}]\n" + body
    )


MAPPED = telemetry(
    "mappings:\n"
    "  - {attribute: member_of, value: eng-checkout, organization_role: Organization Restricted Member,\n"
    "     project_roles: {checkout-prod: Project Viewer}}\n"
)


def test_a_mapped_group_reaches_its_project_and_no_other() -> None:
    graph = graph_of({"identities.access.yaml": IDENTITIES, "telemetry.access.yaml": MAPPED})
    assert reached(graph, "alice@acme.example") == {
        "group:okta/eng-checkout": "certain",
        "project:lightstep/checkout-prod": "assumed",  # no application is in the repository
    }
    found = graph.shortest_path(graph.find("alice@acme.example"), graph.find("checkout-prod"))
    assert found is not None
    assert [edge.reason for edge in found] == [
        "is a member of `eng-checkout`",
        "is mapped to `Project Viewer` by `member_of` = `eng-checkout`",
    ]
    assert found[1].place is not None
    assert found[1].place.route[-1] == "checkout-prod"
    assert found[1].assumed == ("application release",)


def test_a_suspended_user_reaches_nothing_through_a_group() -> None:
    graph = graph_of({"identities.access.yaml": IDENTITIES, "telemetry.access.yaml": MAPPED})
    assert reached(graph, "user:bob@acme.example") == {}


@pytest.mark.parametrize(
    ("role", "reaches"),
    [
        ("Organization Viewer", ["project:lightstep/*", "project:lightstep/checkout-prod", "project:lightstep/payments-prod"]),
        ("Organization Restricted Member", []),
    ],
)
def test_an_organization_role_above_restricted_member_reaches_every_project(role: str, reaches: list[str]) -> None:
    body = telemetry(f"bindings: [{{role: {role}, users: [alice@acme.example]}}]\n")
    graph = graph_of({"telemetry.access.yaml": body})
    assert sorted(reached(graph, "alice@acme.example")) == reaches


def test_an_organization_role_reaches_a_project_that_no_file_names() -> None:
    graph = graph_of(
        {"telemetry.access.yaml": telemetry("bindings: [{role: Organization Viewer, users: [alice@acme.example]}]\n")}
    )
    alice = graph.find("alice@acme.example")
    assert graph.can(alice, "telemetry:read", "project:lightstep/not-made-yet").decision is Decision.ALLOW
    assert graph.can(alice, "telemetry:read", "project:lightstep/not-made-*", some=True).decision is Decision.ALLOW
    assert graph.can(alice, "telemetry:edit", "project:lightstep/not-made-yet").decision is Decision.IMPLICIT_DENY


def test_capabilities_are_those_of_all_paths_together() -> None:
    body = telemetry(
        "bindings:\n"
        "  - {role: Project Viewer, project: checkout-prod, users: [alice@acme.example]}\n"
        "  - {role: Organization Editor, users: [alice@acme.example]}\n"
    )
    graph = graph_of({"telemetry.access.yaml": body})
    found = {item.node.id: item for item in graph.reach(graph.find("alice@acme.example"))}
    project = found["project:lightstep/checkout-prod"]
    assert [edge.detail for edge in project.path] == ["Project Viewer"]  # the shortest path
    assert project.capabilities == {"telemetry:read", "telemetry:edit", "telemetry:share", "telemetry:manage-credentials"}


def test_a_role_that_the_product_does_not_have_may_permit_anything() -> None:
    body = telemetry("bindings: [{role: Project Admin, project: checkout-prod, users: [alice@acme.example]}]\n")
    graph = graph_of({"telemetry.access.yaml": body})
    assert reached(graph, "alice@acme.example") == {"project:lightstep/checkout-prod": "unknown"}
    assert graph.can("user:alice@acme.example", "telemetry:administer", "checkout-prod").decision is Decision.UNKNOWN


def test_a_credential_gives_its_holder_what_it_may() -> None:
    body = telemetry(
        "credentials:\n"
        "  - {name: ci, kind: api-key, project: checkout-prod, role: Project Editor, held_by: ['bot:github/acme/checkout:environment:prod']}\n"
        "  - {name: ingest, kind: access-token, project: payments-prod, held_by: ['role:arn:aws:iam::111111111111:role/app']}\n"
    )
    graph = graph_of({"telemetry.access.yaml": body})
    bot = graph.find("bot:github/acme/checkout:environment:prod")
    assert graph.can(bot, "telemetry:edit", "project:lightstep/checkout-prod").decision is Decision.ALLOW
    assert graph.can(bot, "telemetry:ingest", "project:lightstep/checkout-prod").decision is Decision.IMPLICIT_DENY
    role = graph.find("role/app")
    assert graph.can(role, "telemetry:ingest", "payments-prod").decision is Decision.ALLOW
    assert [item.node.id for item in graph.who_can("telemetry:edit", "project:lightstep/checkout-prod")] == [
        "bot:github/acme/checkout:environment:prod",
        "token:lightstep/ci",
    ]


def test_wildcards_ask_for_all_or_for_any() -> None:
    graph = graph_of({"identities.access.yaml": IDENTITIES, "telemetry.access.yaml": MAPPED})
    group = graph.find("group:okta/eng-checkout")
    assert graph.can(group, "telemetry:*", "project:lightstep/checkout-prod").decision is Decision.IMPLICIT_DENY
    assert graph.can(group, "telemetry:*", "project:lightstep/checkout-prod", some=True).decision is Decision.ALLOW
    assert graph.can(group, "telemetry:read", "project:lightstep/payments-*", some=True).decision is Decision.IMPLICIT_DENY
    assert graph.can(group, "telemetry:read", "project:lightstep/*", some=True).decision is Decision.ALLOW
    assert graph.can(group, "telemetry:read", "project:lightstep/*").decision is Decision.IMPLICIT_DENY


def test_a_mapping_into_an_unknown_project_may_be_any_project() -> None:
    files = {
        "identities.access.yaml": IDENTITIES,
        "telemetry.access.yaml": telemetry(""),
        "lightstep/main.tf": """\
            variable "project" {}
            resource "lightstep_saml_group_mappings" "all" {
              mapping {
                match {
                  attribute_key   = "member_of"
                  attribute_value = "eng-checkout"
                }
                roles {
                  organization_role = "Organization Restricted Member"
                  project_roles     = { (var.project) = "Project Viewer" }
                }
              }
            }
            """,
    }
    graph = graph_of(files)
    group = graph.find("group:okta/eng-checkout")
    assert graph.can(group, "telemetry:read", "project:lightstep/payments-prod").decision is Decision.UNKNOWN
    assert graph.can(group, "telemetry:read", "project:lightstep/payments-*", some=True).decision is Decision.UNKNOWN


def test_two_organizations_are_kept_apart() -> None:
    files = {
        "one.access.yaml": telemetry("bindings: [{role: Organization Admin, users: [alice@acme.example]}]\n"),
        "two.access.yaml": "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\norganization: other\nprojects: [{name: ledger}]\n",
    }
    graph = graph_of(files)
    assert sorted(reached(graph, "alice@acme.example")) == [
        "project:lightstep/acme/*",
        "project:lightstep/acme/checkout-prod",
        "project:lightstep/acme/payments-prod",
    ]


OKTA = """\
    resource "okta_group" "checkout" {
      name = "eng-checkout"
    }
    resource "okta_group" "contractors" {
      name = "contractors"
    }
    resource "okta_app_saml" "lightstep" {
      label    = "Lightstep"
      audience = "https://app.lightstep.com/saml/metadata"
      sso_url  = "https://app.lightstep.com/api/v1/authentication/sso/saml_callback"
      attribute_statements {
        type         = "GROUP"
        name         = "member_of"
        filter_type  = "%s"
        filter_value = "%s"
      }
    }
    resource "okta_app_group_assignment" "checkout" {
      app_id   = okta_app_saml.lightstep.id
      group_id = okta_group.%s.id
    }
    """


@pytest.mark.parametrize(
    ("kind", "value", "assigned", "expected"),
    [
        ("STARTS_WITH", "eng-", "checkout", ["group:okta/eng-checkout"]),
        ("REGEX", "eng-.*", "checkout", ["group:okta/eng-checkout"]),
        ("REGEX", ".*", "checkout", ["group:okta/eng-checkout"]),
        ("REGEX", "checkout", "checkout", ["group:okta/eng-checkout ?"]),  # anchored or not is not documented
        ("STARTS_WITH", "ops-", "checkout", []),  # the filter leaves it out
        ("STARTS_WITH", "eng-", "contractors", []),  # another group is assigned
    ],
)
def test_a_group_is_mapped_when_the_application_releases_it(kind: str, value: str, assigned: str, expected: list[str]) -> None:
    graph = graph_of({"okta/main.tf": OKTA % (kind, value, assigned), "telemetry.access.yaml": MAPPED})
    assert edges_to(graph, "project:lightstep/checkout-prod", EdgeKind.MAPPED_TO) == expected


def test_a_value_that_is_no_known_group_is_a_group_outside_the_repository() -> None:
    graph = graph_of({"telemetry.access.yaml": MAPPED})
    assert shown(graph.edges(EdgeKind.MAPPED_TO))[1] == "group:saml/eng-checkout mapped_to project:lightstep/checkout-prod ~"
    assert "the mapped value `eng-checkout` is no group in the repository" in [entry.reason for entry in graph.unresolved]
