"""GitHub's teams, from Terraform and from the REST API's answers: members, teams in teams, who runs a repository."""

from __future__ import annotations

import json

from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind
from iamlint.model.identity import Administration
from iamlint.source.value import key

MAIN = """
resource "github_team" "eng" {
  name = "Engineering"
}
resource "github_team" "checkout" {
  name           = "Checkout Team!"
  parent_team_id = github_team.eng.id
}
resource "github_team_membership" "alice" {
  team_id  = github_team.checkout.id
  username = "Alice"
  role     = "maintainer"
}
resource "github_team_members" "eng" {
  team_id = github_team.eng.slug
  members {
    username = "bob"
  }
}
resource "github_membership" "carol" {
  username = "carol"
  role     = "admin"
}
resource "github_team_repository" "checkout" {
  team_id    = github_team.checkout.id
  repository = "checkout"
  permission = "maintain"
}
resource "github_team_sync_group_mapping" "eng" {
  team_slug = github_team.eng.slug
  group {
    group_id          = "1"
    group_name        = "okta-eng"
    group_description = ""
  }
}
"""
WORKFLOW = """
on: push
permissions: {id-token: write}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: prod
    steps: [{run: "true"}]
"""


def test_members_teams_in_teams_and_groups_of_the_identity_provider() -> None:
    okta = 'resource "okta_group" "eng" {\n  name = "okta-eng"\n}\n'
    graph = graph_of({"github/main.tf": MAIN, "okta/main.tf": okta})
    assert edges_to(graph, "group:github/checkout-team", EdgeKind.MEMBER_OF) == ["user:github/alice"]
    assert edges_to(graph, "group:github/engineering", EdgeKind.MEMBER_OF) == [
        "group:github/checkout-team", "group:okta/okta-eng", "user:github/bob",
    ]  # fmt: skip
    assert [(key(one.holder), one.role) for one in graph.estate.all(Administration)] == [
        ("github/carol", "admin"), ("github/alice", "maintainer"),
    ]  # fmt: skip


def test_a_team_owns_its_group_and_the_pipelines_of_its_repository() -> None:
    files = {
        "github/main.tf": MAIN,
        ".github/workflows/deploy.yml": WORKFLOW,
        "iamlint.yaml": "inputs: {repository: acme/checkout}",
    }
    graph = graph_of(files)
    assert graph.find("group:github/checkout-team").team.value == "checkout-team"
    label = graph.find("bot:github/acme/checkout:environment:prod").team
    assert (label.value, label.source) == ("checkout-team", "runs the repository `acme/checkout`")


def test_the_answers_of_the_rest_api() -> None:
    def account(login: str, kind: str = "User") -> dict[str, object]:
        return {"login": login, "id": 1, "node_id": f"N{login}", "type": kind, "site_admin": False}

    team = {"id": 7, "node_id": "T", "name": "Checkout", "slug": "checkout", "members_url": "https://api.github.com/x",
            "parent": {"slug": "eng"}}  # fmt: skip
    files = {
        "github/orgs/acme/teams.json": [team],
        "github/teams/checkout/members.json": [account("Alice"), account("robot", "Bot")],
        "github/teams/checkout/repos.json": [
            {"full_name": "acme/checkout", "owner": account("acme", "Organization"),
             "permissions": {"admin": False, "maintain": True, "push": True, "pull": True}}
        ],
    }  # fmt: skip
    texts = {name: json.dumps(value) for name, value in files.items()}
    graph = graph_of({**texts, ".github/workflows/deploy.yml": WORKFLOW, "iamlint.yaml": "inputs: {repository: acme/checkout}"})
    assert edges_to(graph, "group:github/checkout", EdgeKind.MEMBER_OF) == ["user:github/alice"]
    assert edges_to(graph, "group:github/eng", EdgeKind.MEMBER_OF) == ["group:github/checkout"]
    assert graph.find("bot:github/acme/checkout:environment:prod").team.value == "checkout"


def test_a_team_fills_a_group_of_identity_center_only_where_no_provider_has_one() -> None:
    sso = """
    data "aws_identitystore_group" "eng" {
      identity_store_id = "d-1"
      alternate_identifier {
        unique_attribute {
          attribute_path  = "DisplayName"
          attribute_value = "engineering"
        }
      }
    }
    """
    graph = graph_of({"github/main.tf": MAIN, "sso/main.tf": sso})
    assert edges_to(graph, "group:identity-center/engineering", EdgeKind.ASSIGNED_TO) == ["group:github/engineering ~"]
    okta = 'resource "okta_group" "eng" {\n  name = "engineering"\n}\n'
    graph = graph_of({"github/main.tf": MAIN, "sso/main.tf": sso, "okta/main.tf": okta})
    assert edges_to(graph, "group:identity-center/engineering", EdgeKind.ASSIGNED_TO) == ["group:okta/engineering ~"]
