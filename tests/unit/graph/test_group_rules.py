"""Group rules, decided for the people of the repository wherever they are declared."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind

PEOPLE = """
resource "okta_user" "alice" {
  first_name = "Alice"
  last_name  = "A"
  login      = "alice@acme.example"
  email      = "alice@acme.example"
  department = "Engineering"
  custom_profile_attributes = jsonencode({ tags = ["red"] })
}
resource "okta_user" "bob" {
  first_name = "Bob"
  last_name  = "B"
  login      = "bob@acme.example"
  email      = "bob@acme.example"
  department = "Engineering"
  status     = "SUSPENDED"
}
resource "okta_user" "carol" {
  first_name = "Carol"
  last_name  = "C"
  login      = "carol@acme.example"
  email      = "carol@acme.example"
}
resource "okta_group" "sre" {
  name = "sre"
}
"""
RULE = """
resource "okta_group" "checkout" {{
  name = "eng-checkout"
}}
resource "okta_group_rule" "r" {{
  name              = "r"
  expression_value  = {expression}
  group_assignments = [okta_group.checkout.id]
  {more}
}}
"""


@pytest.mark.parametrize(
    ("expression", "more", "members"),
    [
        ('"user.department == \\"Engineering\\""', "", ["user:alice@acme.example"]),  # suspended people are members of nothing
        ('"user.department == \\"Sales\\""', "", []),
        ('"user.email == \\"carol@acme.example\\" OR Arrays.contains(user.tags, \\"red\\")"', "",
         ["user:alice@acme.example", "user:carol@acme.example"]),
        ('"String.startsWith(user.firstName, \\"C\\")"', 'users_excluded = ["carol@acme.example"]', []),
        ('"isMemberOfGroupName(\\"sre\\")"', "", ["group:okta/sre"]),
        ('"user.department.matches(\\"E.*\\")"', "", []),
    ],
)  # fmt: skip
def test_people_of_another_root_module_match(expression: str, more: str, members: list[str]) -> None:
    graph = graph_of({"people/main.tf": PEOPLE, "groups/main.tf": RULE.format(expression=expression, more=more)})
    assert sorted(edges_to(graph, "group:okta/eng-checkout", EdgeKind.MEMBER_OF)) == members


def test_rules_of_an_export_find_its_users() -> None:
    export = """
    [{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng"}},
     {"id": "00u1", "status": "ACTIVE", "profile": {"login": "a@acme.example", "email": "a@acme.example", "title": "SRE", "level": 7}},
     {"id": "0pr1", "type": "group_rule", "status": "ACTIVE", "conditions": {"expression": {"value": "user.level > 5"}},
      "actions": {"assignUserToGroups": {"groupIds": ["00g1"]}}}]
    """
    graph = graph_of({"okta/all.json": export})
    assert edges_to(graph, "group:okta/eng", EdgeKind.MEMBER_OF) == ["user:a@acme.example"]


def test_a_user_name_of_two_providers_is_looked_for_in_its_own() -> None:
    files = {
        f"exports/{name}/scim.json": f"""
        [{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "alice", "active": true,
           "emails": [{{"value": "{mail}"}}]}},
         {{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g{name}", "displayName": "{name}-eng",
           "members": [{{"value": "1", "type": "User"}}]}}]
        """
        for name, mail in (("okta", "alice@acme.example"), ("keycloak", "alice@other.example"))
    }
    graph = graph_of(files)
    assert edges_to(graph, "group:okta/okta-eng", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]
    assert edges_to(graph, "group:keycloak/keycloak-eng", EdgeKind.MEMBER_OF) == ["user:alice@other.example"]
