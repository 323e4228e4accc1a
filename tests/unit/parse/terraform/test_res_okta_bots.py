"""Okta's service applications, claims of OpenID Connect, and resources that put people into groups beside memberships."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.identity import Administration, Application, Bot, Group, Membership
from iamlint.model.sign_in import Credential

BOT = """
resource "okta_group" "checkout" { name = "eng-checkout" }
resource "okta_app_oauth" "provisioner" {
  label       = "provisioner"
  type        = "service"
  grant_types = ["client_credentials"]
}
"""
ROLE = """
resource "okta_app_oauth_role_assignment" "r" {{
  client_id = okta_app_oauth.provisioner.client_id
  type      = "{role}"
}}
"""
SCOPES = """
resource "okta_app_oauth_api_scope" "s" {{
  app_id = okta_app_oauth.provisioner.id
  issuer = "https://acme.okta.com"
  scopes = ["{scope}"]
}}
"""


def test_a_service_application_is_a_bot_named_by_every_id() -> None:
    bot = Root(BOT).one(Bot)
    assert bot.name == "okta/provisioner"
    assert [shown(value) for value in bot.ids] == [
        "⟨infra#okta_app_oauth.provisioner.id⟩",
        "⟨infra#okta_app_oauth.provisioner.client_id⟩",
    ]


@pytest.mark.parametrize(
    ("role", "scope", "roles"),
    [
        ("GROUP_MEMBERSHIP_ADMIN", None, ["GROUP_MEMBERSHIP_ADMIN"]),
        ("SUPER_ADMIN", "okta.groups.manage", ["SUPER_ADMIN"]),
        ("SUPER_ADMIN", "okta.logs.read", []),  # the scopes do not let it use the role for groups
        ("READ_ONLY_ADMIN", "okta.groups.manage", []),
    ],
)
def test_a_role_of_a_client_counts_as_far_as_its_scopes_reach(role: str, scope: str | None, roles: list[str]) -> None:
    root = Root(BOT + ROLE.format(role=role) + (SCOPES.format(scope=scope) if scope else ""))
    assert [(grant.role, grant.holder_kind) for grant in root.all(Administration)] == [(name, "bot") for name in roles]


def test_a_service_integration_acts_by_its_scopes() -> None:
    root = Root(
        """
        resource "okta_api_service_integration" "x" {
          type = "acme_sync"
          grant_scopes { scope = "okta.groups.manage" }
          grant_scopes { scope = "okta.logs.read" }
        }
        """
    )
    grant = root.one(Administration)
    assert (grant.holder, grant.role) == ("okta/acme_sync", "okta.groups.manage")
    assert root.written(grant.place) == '"okta.groups.manage"'


def test_an_api_token_is_a_credential_of_its_user() -> None:
    root = Root('resource "okta_api_token" "t" {\n  id = "00T1"\n  name = "ci"\n  user_id = "00u1"\n}\n')
    token = root.one(Credential)
    assert (token.name, token.kind, token.holder) == ("ci", "api-token", "00u1")


GRAFANA = """
resource "okta_app_oauth" "grafana" {
  label         = "Grafana"
  type          = "web"
  redirect_uris = ["https://grafana.acme.example/login/generic_oauth"]
  groups_claim {
    type        = "FILTER"
    filter_type = "STARTS_WITH"
    name        = "groups"
    value       = "eng-"
  }
}
resource "okta_auth_server" "main" {
  name = "main"
}
resource "okta_auth_server_policy" "all" {
  auth_server_id   = okta_auth_server.main.id
  client_whitelist = [okta_app_oauth.grafana.client_id]
  name             = "all"
}
resource "okta_auth_server_claim" "teams" {
  auth_server_id    = okta_auth_server.main.id
  name              = "teams"
  value_type        = "GROUPS"
  group_filter_type = "REGEX"
  value             = ".*"
  claim_type        = "IDENTITY"
}
resource "okta_app_federated_claim" "department" {
  app_id     = okta_app_oauth.grafana.id
  name       = "department"
  expression = "user.profile.department"
}
"""


def test_claims_of_the_application_and_of_its_authorization_servers_are_statements() -> None:
    app = Root(GRAFANA).one(Application)
    assert app.target == "grafana"
    assert [(one.name, one.kind, one.filter_kind, one.filter_value, one.values) for one in app.statements] == [
        ("groups", "GROUP", "STARTS_WITH", "eng-", ()),
        ("department", "EXPRESSION", None, None, ("user.profile.department",)),
        ("teams", "GROUP", "REGEX", ".*", ()),
    ]


def test_a_claim_of_a_server_that_does_not_admit_the_application_is_not_its_own() -> None:
    app = Root(GRAFANA.replace("okta_app_oauth.grafana.client_id", '"0oaOther"')).one(Application)
    assert [one.name for one in app.statements] == ["groups", "department"]


def test_people_of_an_outside_identity_provider_join_a_group() -> None:
    root = Root(
        """
        resource "okta_group" "partners" { name = "partners" }
        resource "okta_idp_saml" "partner" {
          name              = "partner"
          groups_action     = "ASSIGN"
          groups_assignment = [okta_group.partners.id]
        }
        """
    )
    membership = root.one(Membership)
    assert (shown(membership.group), membership.dynamic, membership.language) == (
        "⟨infra#okta_group.partners.id⟩", "signs in by the identity provider `partner`", None,
    )  # fmt: skip


def test_a_group_is_pushed_under_another_name() -> None:
    root = Root(
        """
        resource "okta_group" "eng" { name = "eng" }
        resource "okta_push_group" "aws" {
          app_id            = "0oa1"
          source_group_id   = okta_group.eng.id
          target_group_name = "aws-eng"
        }
        """
    )
    assert root.one(Group).presents == {"pushed": "aws-eng"}


def test_targets_limit_the_role_of_a_user_and_no_word_of_them_is_said_to_be_missing() -> None:
    text = """
        resource "okta_group" "eng" { name = "eng" }
        resource "okta_user_admin_roles" "alice" {
          user_id     = "00u1"
          admin_roles = ["USER_ADMIN"]
        }
    """
    targets = """
        resource "okta_admin_role_targets" "alice" {
          user_id   = "00u1"
          role_type = "USER_ADMIN"
          groups    = [okta_group.eng.id]
        }
    """
    grant = Root(text + targets).one(Administration)
    assert shown(grant.groups) == ["⟨infra#okta_group.eng.id⟩"]
    open_ended = Root(text)
    assert open_ended.all(Administration) == []
    assert any("has targets" in line.reason for line in open_ended.facts.unresolved)


def test_owners_of_a_group_in_one_resource() -> None:
    root = Root(
        'resource "okta_group_owners" "x" {\n  group_id = "00g1"\n  owner {\n    id = "00u1"\n    type = "USER"\n  }\n}\n'
    )
    grant = root.one(Administration)
    assert (grant.holder, grant.holder_kind, grant.role, grant.groups) == ("00u1", "user", "owner", ("00g1",))
