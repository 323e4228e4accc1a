"""People and groups in HashiCorp Vault: entities, internal and external groups, groups of auth methods, up to a token."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind

TOKEN = "token:lightstep/ingest"
CREDENTIAL = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    projects: [{name: checkout-prod}]
    credentials: [{name: ingest, kind: access-token, project: checkout-prod, stored_in: ["vault:secret/data/checkout/tracing"]}]
    """
PEOPLE = """
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    users: [{email: alice@acme.example, groups: [eng-checkout]}, {email: bob@acme.example},
            {email: gone@acme.example, status: suspended}]
    groups: [{name: eng-checkout}]
    """
POLICY = """
    resource "vault_policy" "tracing" {
      name   = "tracing"
      policy = <<-EOT
        %s
      EOT
    }
    """
READ = 'path "secret/data/checkout/*" { capabilities = ["read"] }'


def readers(text: str, rules: str = READ) -> list[str]:
    """Return who may read the token, directly or by what they are members of or sign in as."""
    files = {"access/keys.access.yaml": CREDENTIAL, "access/people.access.yaml": PEOPLE, "infra/main.tf": POLICY % rules + text}
    return edges_to(graph_of(files), TOKEN, EdgeKind.MAY_READ_SECRET)


GROUP = """
    resource "vault_jwt_auth_backend" "oidc" {
      path               = "oidc"
      oidc_discovery_url = "https://acme.okta.com"
    }
    resource "vault_identity_group" "tracing" {
      name     = "tracing"
      type     = "external"
      policies = ["tracing"]
    }
    resource "vault_identity_group_alias" "tracing" {
      name           = "%s"
      mount_accessor = vault_jwt_auth_backend.oidc.accessor
      canonical_id   = vault_identity_group.tracing.id
    }
    """


def test_an_external_group_has_the_members_of_the_group_behind_it() -> None:
    files = {
        "access/keys.access.yaml": CREDENTIAL,
        "access/people.access.yaml": PEOPLE,
        "infra/main.tf": POLICY % READ + GROUP % "eng-checkout",
    }
    graph = graph_of(files)
    assert edges_to(graph, TOKEN, EdgeKind.MAY_READ_SECRET) == ["group:vault/tracing"]
    assert edges_to(graph, "group:vault/tracing", EdgeKind.MEMBER_OF) == ["group:okta/eng-checkout"]
    reach = {one.node.id for one in graph.reach(graph.find("user:alice@acme.example"))}
    assert {TOKEN, "project:lightstep/checkout-prod"} <= reach
    assert TOKEN not in {one.node.id for one in graph.reach(graph.find("user:bob@acme.example"))}


def test_an_outside_group_that_no_file_declares_stands_in_the_coverage() -> None:
    files = {"access/keys.access.yaml": CREDENTIAL, "infra/main.tf": POLICY % READ + GROUP % "nobody-knows"}
    graph = graph_of(files)
    assert edges_to(graph, "group:vault/tracing", EdgeKind.MEMBER_OF) == []
    assert "`nobody-knows`, which has access in Vault, is not in the repository" in {one.reason for one in graph.unresolved}


ENTITY = """
    resource "vault_identity_entity" "{name}" {{
      name     = "{name}"
      {more}
    }}
    resource "vault_identity_entity_alias" "{name}" {{
      name           = "{alias}"
      mount_accessor = "auth_oidc_1"
      canonical_id   = vault_identity_entity.{name}.id
    }}
    """


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENTITY.format(name="alice", alias="Alice@acme.example", more='policies = ["tracing"]'), ["user:alice@acme.example"]),
        (ENTITY.format(name="carol", alias="carol@acme.example", more='policies = ["tracing"]'), ["user:carol@acme.example"]),
        (ENTITY.format(name="robot", alias="7f3e", more='policies = ["tracing"]'), ["bot:vault/entity/robot"]),
        (ENTITY.format(name="gone", alias="gone@acme.example", more='policies = ["tracing"]'), []),
        (ENTITY.format(name="alice", alias="alice@acme.example", more='policies = ["tracing"]\n disabled = true'), []),
        (ENTITY.format(name="alice", alias="alice@acme.example", more='policies = ["default"]'), []),
        (ENTITY.format(name="alice", alias="alice@acme.example", more="external_policies = true") + """
    resource "vault_identity_entity_policies" "alice" {
      entity_id = vault_identity_entity.alice.id
      policies  = [vault_policy.tracing.name]
    }
    """, ["user:alice@acme.example ~"]),
    ],
)  # fmt: skip
def test_what_an_entity_has(text: str, expected: list[str]) -> None:
    assert readers(text) == expected


@pytest.mark.parametrize(
    "members",
    [
        "",
        """
    resource "vault_identity_group_member_entity_ids" "m" {
      group_id          = vault_identity_group.inner.id
      member_entity_ids = [vault_identity_entity.alice.id]
    }
    """,
    ],
    ids=["own list", "resource beside it"],
)
def test_groups_in_groups(members: str) -> None:
    own = "" if members else "member_entity_ids = [vault_identity_entity.alice.id]"
    text = f"""
    resource "vault_identity_group" "inner" {{
      name = "inner"
      {own}
    }}
    resource "vault_identity_group" "outer" {{
      name             = "outer"
      member_group_ids = [vault_identity_group.inner.id]
    }}
    resource "vault_identity_group_policies" "outer" {{
      group_id = vault_identity_group.outer.id
      policies = ["tracing"]
    }}
    """
    text += members + ENTITY.format(name="alice", alias="alice@acme.example", more="")
    graph = graph_of(
        {"access/keys.access.yaml": CREDENTIAL, "access/people.access.yaml": PEOPLE, "v/main.tf": POLICY % READ + text}
    )
    path = graph.shortest_path(graph.find("user:alice@acme.example"), graph.find(TOKEN))
    assert path is not None
    assert [edge.target.id for edge in path] == ["group:vault/inner", "group:vault/outer", TOKEN]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('resource "vault_okta_auth_backend_group" "g" {\n path = "okta"\n group_name = "eng-checkout"\n policies = ["tracing"]\n}',
         ["group:okta/eng-checkout"]),
        (('resource "vault_okta_auth_backend" "o" {\n organization = "acme"\n group {\n group_name = "ops"\n policies = ["tracing"]\n }'
         '\n user {\n username = "bob@acme.example"\n policies = ["tracing"]\n }\n}'), ["group:okta/ops", "user:bob@acme.example"]),
        ('resource "vault_github_team" "t" {\n backend = "github"\n team = "platform"\n policies = ["tracing"]\n}',
         ["group:github/platform"]),
        ('resource "vault_ldap_auth_backend_group" "g" {\n groupname = "eng-checkout"\n policies = ["tracing"]\n}',
         ["group:okta/eng-checkout"]),
        ('resource "vault_ldap_auth_backend_group" "g" {\n groupname = "unheard-of"\n policies = ["tracing"]\n}', []),
        ('resource "vault_ldap_auth_backend_user" "u" {\n username = "bob@acme.example"\n policies = ["other"]\n}', []),
        ('resource "vault_approle_auth_backend_role" "r" {\n role_name = "ci"\n token_policies = ["tracing"]\n}',
         ["bot:vault/approle/ci"]),
        ('resource "vault_cert_auth_backend_role" "r" {\n name = "node"\n certificate = ""\n token_policies = ["tracing"]\n}',
         ["bot:vault/cert/node"]),
    ],
)  # fmt: skip
def test_groups_and_users_of_auth_methods(text: str, expected: list[str]) -> None:
    assert readers(text) == expected


OIDC = """
    resource "vault_jwt_auth_backend_role" "people" {
      backend               = "oidc"
      role_name             = "people"
      allowed_redirect_uris = ["https://vault.acme.example/ui/vault/auth/oidc/oidc/callback"]
      user_claim            = "email"
      groups_claim          = "groups"
      token_policies        = ["tracing"]
      %s
    }
    """


@pytest.mark.parametrize(
    ("bound", "expected", "said"),
    [
        ('bound_claims = { groups = "eng-checkout" }', ["group:okta/eng-checkout"], False),
        ('role_type = "oidc"\n bound_claims = { groups = "eng-checkout,eng-checkout" }', ["group:okta/eng-checkout"], False),
        ('bound_claims = { email = "bob@acme.example" }', ["user:bob@acme.example"], False),
        ('bound_claims = { department = "Checkout" }', [], True),
        ("", [], True),
    ],
)
def test_who_signs_in_with_a_browser(bound: str, expected: list[str], said: bool) -> None:
    files = {
        "access/keys.access.yaml": CREDENTIAL,
        "access/people.access.yaml": PEOPLE,
        "v/main.tf": POLICY % READ + OIDC % bound,
    }
    graph = graph_of(files)
    assert sorted(set(edges_to(graph, "bot:vault/oidc/people", EdgeKind.MAY_ASSUME))) == expected
    assert edges_to(graph, TOKEN, EdgeKind.MAY_READ_SECRET) == ["bot:vault/oidc/people"]
    assert any("which people sign in to Vault" in one.reason for one in graph.estate.unresolved()) == said


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (READ, [""]),
        ('path "secret/data/checkout/*" { policy = "read" }', [""]),
        ('path "secret/data/checkout/*" { policy = "deny" }', []),
        ('path "secret/data/checkout/*" {\n capabilities = ["read"]\n allowed_parameters = { "a" = ["x"] }\n }', [""]),
        ('path "a/*" { capabilities = ["read"] } path "secret/data/checkout/*" { capabilities = ["read"] }', [""]),
        ('/* path "secret/data/checkout/*" { capabilities = ["read"] } */', []),
        ('path "secret/data/{{identity.entity.metadata.team}}/*" { capabilities = ["read"] }', [" ?"]),
        ('path "secret/data/{{identity.entity.name}}" { capabilities = ["read"] }', [" ?"]),
        ('path "other/{{identity.entity.name}}/*" { capabilities = ["read"] }', []),
        ('{"path": {"secret/data/checkout/*": {"capabilities": ["read"]}}}', [""]),
        ('{"path": [{"secret/data/checkout/*": [{"capabilities": ["list"]}]}]}', []),
    ],
)
def test_what_a_policy_permits(rules: str, expected: list[str]) -> None:
    text = 'resource "vault_approle_auth_backend_role" "r" {\n role_name = "ci"\n token_policies = ["tracing"]\n}'
    assert readers(text, rules) == [f"bot:vault/approle/ci{mark}" for mark in expected]
