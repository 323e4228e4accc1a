"""Crossings of environments and teams (semantics F2, F3), and who ends up with a policy."""

from __future__ import annotations

import pytest
from graphs import graph_of

from iamlint.graph.access_graph import AccessGraph

ESTATE = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
projects:
  - {name: checkout-dev, environment: dev, owner: checkout}
  - {name: checkout-prod, environment: prod, owner: checkout}
  - {name: payments-prod, environment: prod, owner: payments}
%s
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: alice@acme.example, status: active, groups: [eng-checkout]}]
groups: [{name: eng-checkout, team: checkout}, {name: sre, team: operations}, {name: visitors}]
bots: [{name: ci, environment: dev, team: checkout}, {name: shared}]
---
apiVersion: iamlint/v1
kind: Teams
teams:
  - {name: checkout, groups: [eng-checkout]}
  - {name: operations, platform: %s}
  - name: payments
    grants: [{group: eng-checkout, project: payments-prod, reason: migration, until: %s}]
"""


def estate(body: str, platform: str = "false", until: str = "2020-01-01") -> AccessGraph:
    graph = graph_of({"x.access.yaml": ESTATE % (body, platform, until)})
    graph.as_of_source = lambda: "2026-11-01"
    return graph


def environments(graph: AccessGraph) -> list[tuple[str, str]]:
    return [(crossing.source.id, crossing.target.id) for crossing in graph.queries.environment_crossings()]


def teams(graph: AccessGraph) -> list[tuple[str, str]]:
    return [(crossing.source.id, crossing.target.id) for crossing in graph.queries.team_crossings()]


def token(name: str, project: str, *holders: str, rest: str = "") -> str:
    return f"  - {{name: {name}, kind: access-token, project: {project}, held_by: [{', '.join(holders)}]{rest}}}\n"


def test_a_laxer_identity_that_reaches_a_stricter_project_crosses_where_it_happens() -> None:
    graph = estate("credentials:\n" + token("ingest", "checkout-prod", '"bot:ci"'))
    assert environments(graph) == [("bot:ci", "project:lightstep/checkout-prod")]
    graph = estate("credentials:\n" + token("ingest", "checkout-prod", '"bot:ci"', rest=", environment: prod"))
    assert environments(graph) == [("bot:ci", "token:lightstep/ingest")]
    graph = estate("credentials:\n" + token("ingest", "checkout-prod", '"bot:ci"', rest=", environment: dev"))
    assert environments(graph) == [("token:lightstep/ingest", "project:lightstep/checkout-prod")]


@pytest.mark.parametrize("project", ["checkout-dev"])
def test_its_own_environment_is_no_crossing(project: str) -> None:
    assert environments(estate("credentials:\n" + token("ingest", project, '"bot:ci"'))) == []


def test_a_bot_without_a_label_spans_the_environments_that_it_reaches() -> None:
    graph = estate(
        "credentials:\n" + token("one", "checkout-dev", '"bot:shared"') + token("two", "checkout-prod", '"bot:shared"')
    )
    assert [(node.id, sorted(nearest)) for node, nearest in graph.queries.spanning()] == [("bot:shared", ["dev", "prod"])]


def mapping(group: str) -> str:
    return (
        f"mappings: [{{attribute: member_of, value: {group}, organization_role: Organization Restricted Member,\n"
        "            project_roles: {payments-prod: Project Viewer}}]"
    )


def test_a_group_that_reaches_a_project_of_another_team_crosses() -> None:
    graph = estate(mapping("eng-checkout"))
    assert teams(graph) == [("group:okta/eng-checkout", "project:lightstep/payments-prod")]


def test_a_declared_grant_covers_the_crossing_until_it_ends() -> None:
    assert teams(estate(mapping("eng-checkout"), until="2026-11-01")) == []
    assert teams(estate(mapping("eng-checkout"), until="2026-10-31")) != []


def test_a_platform_team_crosses_nothing() -> None:
    assert teams(estate(mapping("sre"))) == [("group:okta/sre", "project:lightstep/payments-prod")]
    assert teams(estate(mapping("sre"), platform="true")) == []


def test_somebody_in_no_team_crosses_nothing() -> None:
    assert teams(estate(mapping("visitors"))) == []


def test_a_person_has_the_teams_of_their_groups_and_break_glass_is_declared() -> None:
    binding = "bindings: [{role: Project Viewer, project: payments-prod, users: [alice@acme.example]%s}]"
    graph = estate(binding % "")
    assert graph.queries.teams_of(graph.find("alice@acme.example")) == {"checkout"}
    assert teams(graph) == [("user:alice@acme.example", "project:lightstep/payments-prod")]
    assert teams(estate(binding % ", break_glass: on call")) == []
    assert teams(estate(binding % ", break_glass: on call, until: 2026-12-31")) == []
    assert len(teams(estate(binding % ", break_glass: on call, until: 2026-10-31"))) == 1


def test_the_nearest_declared_project() -> None:
    graph = estate("")
    assert graph.queries.near_project("chekout-prod") is graph.find("checkout-prod")
    assert graph.queries.near_project("zzz") is None


def test_who_ends_up_with_a_policy() -> None:
    text = """
    provider "aws" {
      allowed_account_ids = ["111111111111"]
    }
    resource "aws_iam_role" "app" {
      name               = "app"
      assume_role_policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.ci.arn } }]
      })
    }
    resource "aws_iam_user" "ci" {
      name = "ci"
    }
    resource "aws_iam_policy" "read" {
      name   = "read"
      policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
    }
    resource "aws_iam_role_policy_attachment" "read" {
      role       = aws_iam_role.app.name
      policy_arn = aws_iam_policy.read.arn
    }
    """
    graph = graph_of({"infra/main.tf": text})
    [policy] = [policy for policy in graph.policies() if policy.name == "read"]
    assert [node.id for node in graph.attached_to(policy)] == ["role:arn:aws:iam::111111111111:role/app"]
    assert [reached.node.id for reached in graph.queries.holders(policy)] == [
        "role:arn:aws:iam::111111111111:role/app",
        "user:arn:aws:iam::111111111111:user/ci",
    ]


def test_an_agent_must_not_exceed_those_for_whom_it_acts() -> None:
    agents = """---
apiVersion: iamlint/v1
kind: Identities
provider: okta
groups: [{name: readers}, {name: editors}]
agents: [{name: copilot, acts_for: ["group:okta/readers"], groups: [%s]}]
"""
    mappings = """mappings:
  - {attribute: member_of, value: readers, organization_role: Organization Restricted Member,
     project_roles: {checkout-prod: Project Viewer}}
  - {attribute: member_of, value: editors, organization_role: Organization Restricted Member,
     project_roles: {checkout-prod: Project Editor, payments-prod: Project Viewer}}
"""
    text = ESTATE % (mappings, "false", "2020-01-01")

    def excess(group: str) -> list[tuple[str, list[str]]]:
        graph = graph_of({"x.access.yaml": text, "y.access.yaml": agents % group})
        return [(item.reached.node.name, sorted(item.capabilities)) for item in graph.queries.agent_excess()]

    assert excess("readers") == []
    assert excess("editors") == [
        ("checkout-prod", ["telemetry:edit", "telemetry:manage-credentials", "telemetry:share"]),
        ("payments-prod", ["telemetry:read"]),
    ]


TRUST = """\
provider "aws" {{ allowed_account_ids = ["{account}"] }}
resource "aws_iam_role" "uploader" {{
  name = "uploader"
  tags = {{ Environment = "{environment}" }}
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::{account}:oidc-provider/{issuer}" }}
      Condition = {{ StringEquals = {{ "{issuer}:sub" = "system:serviceaccount:shop:uploader" }} }}
    }}]
  }})
}}
"""
ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata:
  name: uploader
  namespace: shop
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::{account}:role/uploader
"""


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize(
    ("one", "two", "finds"),
    [
        ("oidc.eks.eu-west-1.amazonaws.com/id/AAAA", "oidc.eks.eu-west-1.amazonaws.com/id/BBBB", False),
        ("oidc.eks.eu-west-1.amazonaws.com/id/AAAA", "oidc.eks.eu-west-1.amazonaws.com/id/AAAA", True),
        ("oidc.clusters.acme.example/a", "oidc.clusters.acme.example/b", False),
    ],
)
def test_a_service_account_of_one_name_in_two_clusters_is_two_identities(one: str, two: str, finds: bool, declared: bool) -> None:
    files = {
        "infra/one/main.tf": TRUST.format(account="111111111111", environment="dev", issuer=one),
        "infra/two/main.tf": TRUST.format(account="222222222222", environment="prod", issuer=two),
    }
    if declared:
        files["k8s/dev/account.yaml"] = ACCOUNT.format(account="111111111111")
        files["k8s/prod/account.yaml"] = ACCOUNT.format(account="222222222222")
    graph = graph_of(files)
    found = [node.id for node, _ in graph.queries.spanning()] + [source for source, _ in environments(graph)]
    assert set(found) == ({"bot:k8s/shop/uploader"} if finds else set())
