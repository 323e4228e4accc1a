"""HashiCorp Vault between pipelines and AWS: who signs in, what is read, which AWS roles come out of the secrets engine."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of, shown

from iamlint.graph.elements import EdgeKind
from iamlint.graph.link_vault import readable
from iamlint.model.policy import Policy, PolicyKind
from iamlint.model.vault import PathRule
from iamlint.source.place import Place

VAULT = """
    resource "vault_jwt_auth_backend" "github" {
      path               = "github"
      oidc_discovery_url = "https://token.actions.githubusercontent.com"
      bound_issuer       = "https://token.actions.githubusercontent.com"
    }
    resource "vault_jwt_auth_backend_role" "deploy" {
      backend         = vault_jwt_auth_backend.github.path
      role_name       = "deploy"
      role_type       = "jwt"
      bound_audiences = ["https://github.com/acme"]
      user_claim      = "repository"
      token_policies  = [vault_policy.deploy.name%(more)s]
      %(bound)s
    }
    resource "vault_policy" "deploy" {
      name   = "deploy"
      policy = <<-EOT
        # path "aws/creds/other" { capabilities = ["read"] }
        %(rules)s
      EOT
    }
    resource "vault_aws_secret_backend" "aws" {
      path = "aws"
    }
    resource "vault_aws_secret_backend_role" "deploy" {
      backend         = vault_aws_secret_backend.aws.path
      name            = "deploy"
      credential_type = "%(kind)s"
      role_arns       = [%(role)s]
    }
    %(rest)s
    """
SUBJECT = 'bound_claims_type = "glob"\n bound_claims = { sub = "repo:acme/checkout:environment:*" }'
READ = 'path "aws/creds/deploy" { capabilities = ["read"] }'
ROLE = """
    provider "aws" { allowed_account_ids = ["111111111111"] }
    resource "aws_iam_role" "deploy" {
      name = "deploy"
      assume_role_policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } }]
      })
    }
    """
ARN = "arn:aws:iam::111111111111:role/deploy"


def vault(
    bound: str = SUBJECT, rules: str = READ, kind: str = "assumed_role", role: str = f'"{ARN}"', rest: str = "", more: str = ""
) -> str:
    return VAULT % {"bound": bound, "rules": rules, "kind": kind, "role": role, "rest": rest, "more": more}


def test_the_way_of_a_pipeline_through_vault_to_a_role() -> None:
    graph = graph_of({"infra/main.tf": vault(role="aws_iam_role.deploy.arn", rest=ROLE)})
    bot = graph.find("bot:vault/github/deploy")
    assert edges_to(graph, bot.id, EdgeKind.MAY_ASSUME) == ["bot:github/acme/checkout:environment:*"]
    assert f"bot:vault/github/deploy may_assume role:{ARN} ?" in shown(list(graph.out_edges(bot)))
    (edge,) = graph.out_edges(bot, EdgeKind.MAY_ASSUME)
    assert (edge.reason, edge.condition) == (
        "gets a session of the role from Vault (`aws/deploy`)",
        "the role trusts the identity of Vault",
    )


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (READ, ["bot:vault/github/deploy ~"]),
        (READ.replace("creds", "sts"), ["bot:vault/github/deploy ~"]),
        (READ.replace("creds/deploy", "+/deploy"), ["bot:vault/github/deploy ~"]),
        (READ.replace("creds/deploy", "*"), ["bot:vault/github/deploy ~"]),
        (READ.replace("deploy", "other"), []),
        (READ.replace('"read"', '"list"'), []),
        (READ.replace("creds/deploy", "*") + '\npath "aws/+/deploy" { capabilities = ["deny"] }', []),
        (READ + '\npath "aws/*" { capabilities = ["deny"] }', ["bot:vault/github/deploy ~"]),
    ],
)
def test_the_most_specific_rule_decides(rules: str, expected: list[str]) -> None:
    graph = graph_of({"infra/main.tf": vault(rules=rules)})
    edges = graph.out_edges(graph.find("bot:vault/github/deploy"), EdgeKind.MAY_ASSUME)
    assert shown(list(edges)) == [f"{name.removesuffix(' ~')} may_assume role:{ARN} ~" for name in expected]


def test_a_role_of_aws_that_no_file_declares_stands_in_the_coverage() -> None:
    graph = graph_of({"infra/main.tf": vault()})
    assert f"the role `{ARN}`, which Vault offers as `aws/deploy`, is not in the repository" in {
        one.reason for one in graph.unresolved
    }


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ('bound_subject = "repo:acme/checkout:ref:refs/heads/main"', ["bot:github/acme/checkout:ref:refs/heads/main"]),
        ('bound_claims = { repository = "acme/checkout" }', ["bot:github/acme/checkout:*"]),
        ('bound_claims = { sub = "repo:acme/a:environment:x,repo:acme/b:environment:x" }',
         ["bot:github/acme/a:environment:x", "bot:github/acme/b:environment:x"]),
        ('bound_claims = { sub = "repo:acme/checkout:*" }', []),  # without `glob` a star is a star
        ('bound_claims = { repository = "acme/checkout", ref = "refs/heads/main" }', []),  # which jobs those are is not known
        ('bound_claims = var.claims', []),
        ("", ["bot:github/*"]),
    ],
)  # fmt: skip
def test_who_signs_in(bound: str, expected: list[str]) -> None:
    graph = graph_of({"infra/main.tf": vault(bound, rest='variable "claims" {}')})
    assert edges_to(graph, "bot:vault/github/deploy", EdgeKind.MAY_ASSUME) == expected
    said = any("which workload signs in as `vault/github/deploy`" in one.reason for one in graph.unresolved)
    assert said == (not expected)


def test_people_sign_in_with_a_browser() -> None:
    text = vault().replace('role_type       = "jwt"', 'role_type       = "oidc"')
    assert edges_to(graph_of({"infra/main.tf": text}), "bot:vault/github/deploy", EdgeKind.MAY_ASSUME) == []


CREDENTIAL = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    projects: [{name: checkout-prod}]
    credentials: [{name: ingest, kind: access-token, project: checkout-prod, stored_in: ["vault:secret/data/checkout/tracing"]}]
    """


def test_who_may_read_a_path_of_vault_has_the_token_there() -> None:
    rest = """
    resource "vault_kubernetes_auth_backend_role" "checkout" {
      backend                          = "kubernetes"
      role_name                        = "checkout"
      bound_service_account_names      = ["web"]
      bound_service_account_namespaces = ["shop"]
      token_policies                   = ["default", "tracing"]
    }
    resource "vault_aws_auth_backend_role" "lambda" {
      role                     = "lambda"
      bound_iam_principal_arns = [aws_iam_role.deploy.arn]
      token_policies           = ["tracing", "elsewhere"]
    }
    data "vault_policy_document" "tracing" {
      rule {
        path         = "secret/data/checkout/*"
        capabilities = ["read", "list"]
      }
    }
    resource "vault_policy" "tracing" {
      name   = "tracing"
      policy = data.vault_policy_document.tracing.hcl
    }
    """
    graph = graph_of({"access/keys.access.yaml": CREDENTIAL, "infra/main.tf": vault(rest=rest + ROLE)})
    token = "token:lightstep/ingest"
    assert edges_to(graph, token, EdgeKind.MAY_READ_SECRET) == ["bot:vault/aws/lambda ~", "bot:vault/kubernetes/checkout"]
    assert edges_to(graph, "bot:vault/kubernetes/checkout", EdgeKind.MAY_ASSUME) == ["bot:k8s/shop/web"]
    assert edges_to(graph, "bot:vault/aws/lambda", EdgeKind.MAY_ASSUME) == [f"role:{ARN}"]
    assert graph.find("project:lightstep/checkout-prod").id in {
        one.node.id for one in graph.reach(graph.find("bot:k8s/shop/web"))
    }


def test_the_document_of_a_role_that_makes_users_is_a_policy() -> None:
    document = 'policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })'
    graph = graph_of({"infra/main.tf": vault(kind=f'iam_user"\n      {document} #').replace('#"', "")})
    assert [(one.kind, one.name) for one in graph.estate.all(Policy)] == [(PolicyKind.IDENTITY, "deploy")]
    assert "what credentials that Vault makes may do in AWS is no part of the graph" in {
        one.reason for one in graph.estate.unresolved()
    }


@pytest.mark.parametrize(
    ("paths", "path", "expected"),
    [
        ({"secret/*": "read"}, "secret/data/a", "secret/*"),
        ({"secret/*": "read", "secret/data/a": "deny"}, "secret/data/a", None),
        ({"secret/*": "deny", "secret/data/a": "read"}, "secret/data/a", "secret/data/a"),
        ({"secret/+/a": "read"}, "secret/data/b/a", None),
        ({"secret/+/a": "deny", "secret/data/*": "read"}, "secret/data/a", "secret/data/*"),  # its wildcard stands later
        ({"secret/da*": "read"}, "secret/data/a", "secret/da*"),
        ({"secret": "read"}, "secret/data/a", None),
    ],
)  # fmt: skip
def test_priority_of_paths(paths: dict[str, str], path: str, expected: str | None) -> None:
    rules = tuple(PathRule(pattern, frozenset({capability}), Place("x")) for pattern, capability in paths.items())
    found = readable(rules, path)
    assert (found.path if found else None) == expected
