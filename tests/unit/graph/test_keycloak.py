"""Keycloak, from Terraform and from a realm's export, up to the projects that its groups and roles open."""

from __future__ import annotations

import json

import pytest
from graphs import edges_to, graph_of, reached

from iamlint.graph.elements import EdgeKind
from iamlint.model.identity import Administration, Application, Bot, Membership
from iamlint.source.value import key

MAIN = """
resource "keycloak_user" "alice" {
  realm_id = "acme"
  username = "alice"
  email    = "alice@acme.example"
  attributes = { team = "checkout##payments" }
}
resource "keycloak_user" "bob" {
  realm_id = "acme"
  username = "bob"
  enabled  = false
}
resource "keycloak_group" "eng" {
  realm_id = "acme"
  name     = "eng"
}
resource "keycloak_group" "checkout" {
  realm_id  = "acme"
  parent_id = keycloak_group.eng.id
  name      = "checkout"
}
resource "keycloak_group_memberships" "checkout" {
  realm_id = "acme"
  group_id = keycloak_group.checkout.id
  members  = ["alice", "bob"]
}
resource "keycloak_role" "viewer" {
  realm_id = "acme"
  name     = "viewer"
}
resource "keycloak_role" "editor" {
  realm_id        = "acme"
  name            = "editor"
  composite_roles = [keycloak_role.viewer.id]
}
resource "keycloak_group_roles" "eng" {
  realm_id = "acme"
  group_id = keycloak_group.eng.id
  role_ids = [keycloak_role.editor.id]
}
resource "keycloak_saml_client" "lightstep" {
  realm_id                    = "acme"
  client_id                   = "https://app.lightstep.com/saml/metadata"
  name                        = "Tracing"
}
"""
PATHS = """
resource "keycloak_generic_protocol_mapper" "groups" {{
  realm_id        = "acme"
  client_id       = keycloak_saml_client.lightstep.id
  name            = "groups"
  protocol        = "saml"
  protocol_mapper = "{mapper}"
  config = {{
    "attribute.name" = "member_of"
    {more}
  }}
}}
"""
MAPPING = """
resource "lightstep_saml_group_mappings" "acme" {{
  mapping {{
    match {{
      attribute_key   = "member_of"
      attribute_value = "{value}"
    }}
    roles {{
      organization_role = "Organization Restricted Member"
      project_roles     = {{ checkout-prod = "Project Viewer" }}
    }}
  }}
}}
"""
PROJECT = "project:lightstep/checkout-prod"


@pytest.mark.parametrize(
    ("mapper", "more", "value", "expected"),
    [
        ("saml-group-membership-mapper", "", "/eng/checkout", "certain"),
        ("saml-group-membership-mapper", "", "checkout", None),  # tokens carry the whole path by default
        ("saml-group-membership-mapper", '"full.path" = "false"', "checkout", "certain"),
        ("saml-group-membership-mapper", '"full.path" = "false"', "/eng/checkout", None),
        ("saml-role-list-mapper", "", "editor", "certain"),  # a group below has the roles of the group above
        ("saml-role-list-mapper", "", "viewer", "certain"),  # a part of a composite role
        ("saml-role-list-mapper", "", "checkout", None),
        ("saml-user-attribute-mapper", '"user.attribute" = "team"', "payments", "certain"),
        ("saml-user-attribute-mapper", '"user.attribute" = "team"', "search", None),
    ],
)
def test_a_person_reaches_by_what_the_mappers_send(mapper: str, more: str, value: str, expected: str | None) -> None:
    text = MAIN + PATHS.format(mapper=mapper, more=more) + MAPPING.format(value=value)
    graph = graph_of({"keycloak/main.tf": text})
    assert reached(graph, "user:alice@acme.example").get(PROJECT) == expected


def test_disabled_people_are_members_of_nothing_and_roles_hold_groups() -> None:
    graph = graph_of({"keycloak/main.tf": MAIN})
    assert edges_to(graph, "group:keycloak/checkout", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]
    assert edges_to(graph, "group:keycloak/roles/editor", EdgeKind.MEMBER_OF) == ["group:keycloak/checkout", "group:keycloak/eng"]
    assert edges_to(graph, "group:keycloak/roles/viewer", EdgeKind.MEMBER_OF) == ["group:keycloak/roles/editor"]


def test_scopes_bring_their_mappers_and_service_accounts_administer() -> None:
    graph = graph_of({"keycloak/main.tf": """
    resource "keycloak_openid_client" "grafana" {
      realm_id                 = "acme"
      client_id                = "grafana"
      access_type              = "CONFIDENTIAL"
      valid_redirect_uris      = ["https://grafana.acme.example/login/generic_oauth"]
      service_accounts_enabled = true
    }
    resource "keycloak_openid_client_scope" "groups" {
      realm_id = "acme"
      name     = "groups"
    }
    resource "keycloak_openid_group_membership_protocol_mapper" "groups" {
      realm_id        = "acme"
      client_scope_id = keycloak_openid_client_scope.groups.id
      name            = "groups"
      claim_name      = "groups"
      full_path       = false
    }
    resource "keycloak_openid_client_default_scopes" "grafana" {
      realm_id       = "acme"
      client_id      = keycloak_openid_client.grafana.id
      default_scopes = ["profile", keycloak_openid_client_scope.groups.name]
    }
    data "keycloak_openid_client" "management" {
      realm_id  = "acme"
      client_id = "realm-management"
    }
    resource "keycloak_openid_client_service_account_role" "users" {
      realm_id                = "acme"
      service_account_user_id = keycloak_openid_client.grafana.service_account_user_id
      client_id               = data.keycloak_openid_client.management.id
      role                    = "manage-users"
    }
    """})  # fmt: skip
    app = next(one for one in graph.estate.all(Application) if one.target)
    assert (app.target, [(one.name, one.kind, one.sends) for one in app.statements]) == ("grafana", [("groups", "GROUP", "name")])
    assert [bot.name for bot in graph.estate.all(Bot)] == ["keycloak/grafana"]
    (grant,) = graph.estate.all(Administration)
    assert (grant.role, key(grant.holder)) == (
        "manage-users",
        "⟨keycloak#keycloak_openid_client.grafana.service_account_user_id⟩",
    )


def test_service_accounts_and_new_people_have_roles() -> None:
    graph = graph_of({"keycloak/main.tf": """
    resource "keycloak_realm" "acme" {
      realm                = "acme"
      registration_allowed = true
    }
    resource "keycloak_openid_client" "sync" {
      realm_id                 = keycloak_realm.acme.id
      client_id                = "sync"
      access_type              = "CONFIDENTIAL"
      service_accounts_enabled = true
    }
    resource "keycloak_openid_client" "grafana" {
      realm_id    = keycloak_realm.acme.id
      client_id   = "grafana"
      access_type = "PUBLIC"
    }
    resource "keycloak_role" "viewer" {
      realm_id = keycloak_realm.acme.id
      name     = "viewer"
    }
    resource "keycloak_role" "admin" {
      realm_id  = keycloak_realm.acme.id
      client_id = keycloak_openid_client.grafana.id
      name      = "admin"
    }
    resource "keycloak_openid_client_service_account_realm_role" "viewer" {
      realm_id                = keycloak_realm.acme.id
      service_account_user_id = keycloak_openid_client.sync.service_account_user_id
      role                    = keycloak_role.viewer.name
    }
    resource "keycloak_openid_client_service_account_role" "admin" {
      realm_id                = keycloak_realm.acme.id
      service_account_user_id = keycloak_openid_client.sync.service_account_user_id
      client_id               = keycloak_openid_client.grafana.id
      role                    = "admin"
    }
    resource "keycloak_default_roles" "everybody" {
      realm_id      = keycloak_realm.acme.id
      default_roles = ["viewer", "grafana/admin", "offline_access", "account/view-profile"]
    }
    """})  # fmt: skip
    assert edges_to(graph, "group:keycloak/roles/viewer", EdgeKind.MEMBER_OF) == ["bot:keycloak/sync"]
    assert edges_to(graph, "group:keycloak/roles/grafana/admin", EdgeKind.MEMBER_OF) == ["bot:keycloak/sync"]
    new = [(key(one.group), one.language) for one in graph.estate.all(Membership) if one.dynamic is not None]
    assert new == [("roles/viewer", "open"), ("roles/grafana/admin", "open")]


def test_a_role_that_holds_one_of_the_management_client_administers() -> None:
    graph = graph_of({"keycloak/main.tf": """
    data "keycloak_openid_client" "management" {
      realm_id  = "acme"
      client_id = "realm-management"
    }
    data "keycloak_role" "users" {
      realm_id  = "acme"
      client_id = data.keycloak_openid_client.management.id
      name      = "manage-users"
    }
    resource "keycloak_role" "support" {
      realm_id        = "acme"
      name            = "support"
      composite_roles = [data.keycloak_role.users.id]
    }
    """})  # fmt: skip
    (grant,) = graph.estate.all(Administration)
    assert (grant.role, grant.holder_kind) == ("manage-users", "group")
    assert edges_to(graph, "group:keycloak/roles/realm-management/manage-users", EdgeKind.MEMBER_OF) == [
        "group:keycloak/roles/support"
    ]


REALM = {
    "realm": "acme",
    "users": [
        {"id": "1", "username": "alice", "email": "alice@acme.example", "enabled": True, "groups": ["/eng/checkout"], "realmRoles": ["x"]},
        {"id": "2", "username": "bob", "enabled": False, "groups": ["/eng"]},
        {"id": "3", "username": "service-account-robot", "enabled": True, "serviceAccountClientId": "robot",
         "clientRoles": {"realm-management": ["manage-users"]}},
    ],
    "groups": [
        {"id": "g1", "name": "eng", "path": "/eng", "realmRoles": ["editor"], "attributes": {"team": ["platform"]},
         "subGroups": [{"id": "g2", "name": "checkout", "path": "/eng/checkout", "subGroups": []}]},
    ],
    "roles": {"realm": [{"id": "r1", "name": "editor", "composite": True, "composites": {"realm": ["viewer"]}},
                        {"id": "r2", "name": "viewer"}, {"id": "r3", "name": "x"}],
              "client": {"grafana": [{"id": "r4", "name": "admin"}]}},
    "clients": [
        {"id": "c1", "clientId": "https://app.lightstep.com/saml/metadata", "name": "Tracing", "protocol": "saml", "enabled": True,
         "redirectUris": [], "protocolMappers": [
            {"name": "groups", "protocol": "saml", "protocolMapper": "saml-group-membership-mapper",
             "config": {"attribute.name": "member_of", "full.path": "true"}}]},
    ],
}  # fmt: skip


def test_an_export_of_a_realm() -> None:
    graph = graph_of(
        {"keycloak/realm.json": json.dumps(REALM, indent=2), "lightstep/main.tf": MAPPING.format(value="/eng/checkout")}
    )
    assert reached(graph, "user:alice@acme.example")[PROJECT] == "certain"
    assert edges_to(graph, "group:keycloak/roles/editor", EdgeKind.MEMBER_OF) == ["group:keycloak/checkout", "group:keycloak/eng"]
    assert edges_to(graph, "group:keycloak/eng", EdgeKind.MEMBER_OF) == []  # disabled
    (grant,) = graph.estate.all(Administration)
    assert (grant.holder, grant.holder_kind, grant.role) == ("keycloak/robot", "bot", "manage-users")
    assert edges_to(graph, "group:keycloak/checkout", EdgeKind.MAY_ADMINISTER) == ["bot:keycloak/robot"]
    assert graph.find("group:keycloak/eng").team.value == "platform"


def test_groups_nested_without_end_come_to_an_end() -> None:
    group: dict[str, object] = {"name": "x"}
    for _ in range(80):
        group = {"name": "x", "subGroups": [group]}
    assert graph_of({"keycloak/realm.json": json.dumps({"realm": "acme", "groups": [group], "realmRoles": []})}) is not None
