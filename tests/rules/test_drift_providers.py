"""SYNC102 on every provider whose answers are read: who is in a group there, beside who is declared."""

from __future__ import annotations

import json
from typing import Any

import pytest

import iamlint_rules
from iamlint.graph.elements import EdgeKind
from iamlint.project.memory import memory_session
from iamlint.testing.examples import check_files, rules_of

RULE = next(rule for rule in rules_of(iamlint_rules) if rule.id == "SYNC102")
GUID = "11111111-2222-3333-4444-55555555555{}"


GROUPS = {"google": "eng-checkout@acme.example"}
"""Where a group goes by another name than `eng-checkout`."""


def answer(value: Any) -> str:
    return json.dumps(value, indent=1)


def manifest(provider: str, *members: str) -> dict[str, str]:
    listed, group = ", ".join(members), GROUPS.get(provider, "eng-checkout")
    return {
        "access/people.access.yaml": f"""
        apiVersion: iamlint/v1
        kind: Identities
        provider: {provider}
        groups: [{{name: {group}, members: [{listed}]}}]
        """
    }


def entra(*members: str) -> dict[str, str]:
    people = [
        {"id": GUID.format(number), "userPrincipalName": email, "accountEnabled": True} for number, email in enumerate(members, 1)
    ]
    group = {"id": GUID.format(0), "displayName": "eng-checkout", "securityEnabled": True, "groupTypes": []}
    inside = [{"@odata.type": "#microsoft.graph.user", "id": one["id"]} for one in people]
    return {"live/users.json": answer(people), "live/groups.json": answer([{**group, "members": inside}])}


ENTRA = """
data "azuread_user" "alice" {
  user_principal_name = "alice@acme.example"
}
resource "azuread_group" "checkout" {
  display_name     = "eng-checkout"
  security_enabled = true
  members          = [data.azuread_user.alice.object_id]
}
"""


def google(*members: str) -> dict[str, str]:
    group = {
        "kind": "admin#directory#groups",
        "groups": [
            {"kind": "admin#directory#group", "id": "abcdefghijkl1", "email": "eng-checkout@acme.example", "name": "eng-checkout"}
        ],
    }
    inside = {
        "kind": "admin#directory#members",
        "members": [
            {"kind": "admin#directory#member", "id": str(number), "email": email, "type": "USER"}
            for number, email in enumerate(members)
        ],
    }
    return {"live/groups.json": answer(group), "live/groups/eng-checkout@acme.example/members.json": answer(inside)}  # fmt: skip


GOOGLE = """
resource "googleworkspace_group" "checkout" {
  email = "eng-checkout@acme.example"
  name  = "eng-checkout"
}
resource "googleworkspace_group_members" "checkout" {
  group_id = googleworkspace_group.checkout.id
  members {
    email = "alice@acme.example"
  }
}
"""


def keycloak(*members: str) -> dict[str, str]:
    realm = {
        "realm": "acme", "groups": [{"name": "eng-checkout", "path": "/eng-checkout", "subGroups": []}], "clients": [],
        "users": [{"id": str(number), "username": email.partition("@")[0], "email": email, "enabled": True,
                   "groups": ["/eng-checkout"]} for number, email in enumerate(members)],
    }  # fmt: skip
    return {"live/realm.json": answer(realm)}


KEYCLOAK = """
resource "keycloak_realm" "acme" {
  realm = "acme"
}
resource "keycloak_group" "checkout" {
  realm_id = keycloak_realm.acme.id
  name     = "eng-checkout"
}
resource "keycloak_group_memberships" "checkout" {
  realm_id = keycloak_realm.acme.id
  group_id = keycloak_group.checkout.id
  members  = ["alice"]
}
"""


def grafana(*members: str) -> dict[str, str]:
    team = {
        "totalCount": 1,
        "page": 1,
        "perPage": 1000,
        "teams": [{"id": 7, "uid": "a", "orgId": 1, "name": "eng-checkout", "memberCount": 1}],
    }
    inside = [{"orgId": 1, "teamId": 7, "userId": number, "email": email, "login": email} for number, email in enumerate(members)]
    return {"live/teams.json": answer(team), "live/members.json": answer(inside)}


GRAFANA = """
resource "grafana_team" "checkout" {
  name    = "eng-checkout"
  members = ["alice@acme.example"]%s
}
"""


def datadog(*members: str) -> dict[str, str]:
    inside = {
        "data": [{"type": "team_memberships", "id": f"m{number}", "attributes": {"role": None}, "relationships": {
            "team": {"data": {"type": "team", "id": "t1"}}, "user": {"data": {"type": "users", "id": f"u{number}"}}}}
            for number in range(len(members))],
        "included": [{"type": "users", "id": f"u{number}", "attributes": {"email": email}} for number, email in enumerate(members)],
    }  # fmt: skip
    team = {"data": [{"type": "team", "id": "t1", "attributes": {"handle": "eng-checkout", "name": "Checkout", "user_count": 1}}]}
    return {"live/teams.json": answer(team), "live/memberships.json": answer(inside)}


DATADOG = """
resource "datadog_team" "checkout" {
  handle = "eng-checkout"
  name   = "Checkout"
}
resource "datadog_user" "alice" {
  email = "alice@acme.example"
}
resource "datadog_team_membership" "alice" {
  team_id = datadog_team.checkout.id
  user_id = datadog_user.alice.id
}
"""
ALICE, MALLORY = "alice@acme.example", "mallory@acme.example"
STRANGER = f"`{MALLORY}` is in the group `eng-checkout` in the live export, and nothing declares it"
GONE = f"`{ALICE}` is in the group `eng-checkout` as declared, and not in the live export"


def messages(files: dict[str, str]) -> list[str]:
    found = check_files(files, [RULE])
    assert not [made for made in found if made.rule.startswith("IL")]
    return sorted(
        made.message.replace("`eng-checkout@acme.example`", "`eng-checkout`").replace("`alice`", f"`{ALICE}`")
        for made in found
        if made.rule == "SYNC102"
    )


@pytest.mark.parametrize("provider", [entra, google, keycloak, grafana, datadog], ids=lambda one: one.__name__)
def test_members_that_the_manifest_declares(provider: Any) -> None:
    name = provider.__name__
    assert messages({**manifest(name, ALICE), **provider(ALICE)}) == []
    assert messages({**manifest(name, ALICE), **provider(ALICE, MALLORY)}) == [STRANGER]
    assert messages({**manifest(name, ALICE, "bob@acme.example"), **provider("bob@acme.example")}) == [GONE]
    assert messages(provider(ALICE, MALLORY)) == []  # nothing is declared


@pytest.mark.parametrize(
    ("provider", "declared", "is_all"),
    [
        (entra, ENTRA, True),
        (google, GOOGLE, True),
        (keycloak, KEYCLOAK, True),
        (grafana, GRAFANA % "", True),
        (datadog, DATADOG, False),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_members_that_terraform_declares(provider: Any, declared: str, is_all: bool) -> None:
    assert messages({"infra/main.tf": declared, **provider(ALICE)}) == []
    # A resource for one member says nothing of others.
    assert messages({"infra/main.tf": declared, **provider(ALICE, MALLORY)}) == ([STRANGER] if is_all else [])
    assert messages({"infra/main.tf": declared, **provider(MALLORY)}) == ([GONE, STRANGER] if is_all else [GONE])


def test_whoever_signs_in_with_a_group_may_be_in_the_team() -> None:
    synced = GRAFANA % '\n  team_sync { groups = ["eng"] }'
    assert messages({"infra/main.tf": synced, **grafana(ALICE, MALLORY)}) == []
    assert messages({"infra/main.tf": synced, **grafana(MALLORY)}) == [GONE]


MAPPING = """
data "datadog_role" "standard" {
  filter = "Datadog Standard Role"
}
resource "datadog_role" "own" {
  name = "Checkout Specialist"
}
resource "datadog_authn_mapping" "checkout" {
  key   = "memberOf"
  value = "eng-checkout"
  role  = %s.id
}
"""


def mapping(value: str, role: str) -> dict[str, str]:
    one = {"type": "authn_mappings", "id": "1", "attributes": {"attribute_key": "memberOf", "attribute_value": value},
           "relationships": {"role": {"data": {"type": "roles", "id": "r"}}}}  # fmt: skip
    return {
        "live/mappings.json": answer({"data": [one], "included": [{"type": "roles", "id": "r", "attributes": {"name": role}}]})
    }


RAISED = (
    "`eng-checkout` is mapped to `Datadog Admin Role` in the organization in the live export, and to "
    "`Datadog Standard Role` in the repository"
)


@pytest.mark.parametrize(
    ("declared", "live", "expected"),
    [
        ("data.datadog_role.standard", mapping("eng-checkout", "Datadog Standard Role"), []),
        ("datadog_role.own", mapping("eng-checkout", "Checkout Specialist"), []),
        ("data.datadog_role.standard", mapping("eng-checkout", "Datadog Admin Role"), [RAISED]),
        ("datadog_role.own", mapping("all", "Checkout Specialist"), [
            "`all` is mapped to `Checkout Specialist` in the live export, and the repository does not say so",
            "`eng-checkout` is mapped to `Checkout Specialist` in the repository, and not in the live export"]),
    ],
)  # fmt: skip
def test_mappings_of_datadog(declared: str, live: dict[str, str], expected: list[str]) -> None:
    assert messages({"infra/main.tf": MAPPING % declared, **live}) == expected


def test_a_role_that_datadog_itself_names_is_no_unknown_role() -> None:
    unknown = next(rule for rule in rules_of(iamlint_rules) if rule.id == "TEL104")
    assert check_files(mapping("all", "Checkout Specialist"), [unknown]) == []


def test_a_mapping_that_datadog_has_as_declared_grants_nothing_twice() -> None:
    """A live answer that repeats a declaration is a copy of it: nothing is told twice, and nobody has two ways."""
    files = {"infra/main.tf": MAPPING % "data.datadog_role.standard", **mapping("eng-checkout", "Datadog Standard Role")}
    graph = memory_session(files).graph
    assert len(list(graph.in_edges(graph.find("project:datadog/*"), EdgeKind.MAPPED_TO))) == 1
