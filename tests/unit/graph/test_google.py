"""Google Workspace, from Terraform and from the answers of the Directory and Cloud Identity APIs."""

from __future__ import annotations

import json

import pytest
from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind
from iamlint.model.identity import Administration
from iamlint.source.value import key

MAIN = """
resource "googleworkspace_user" "alice" {
  primary_email = "alice@acme.example"
  is_admin      = true
  name {
    family_name = "A"
    given_name  = "Alice"
  }
}
resource "googleworkspace_user" "bob" {
  primary_email = "bob@acme.example"
  suspended     = true
}
resource "googleworkspace_group" "eng" {
  email   = "eng@acme.example"
  name    = "Engineers"
  aliases = ["dev@acme.example"]
}
resource "googleworkspace_group" "all" {
  email = "all@acme.example"
}
resource "googleworkspace_group_member" "alice" {
  group_id = googleworkspace_group.eng.id
  email    = googleworkspace_user.alice.primary_email
  role     = "MANAGER"
}
resource "googleworkspace_group_members" "all" {
  group_id = googleworkspace_group.all.id
  members {
    email = "dev@acme.example"
    type  = "GROUP"
  }
  members {
    email = "bob@acme.example"
  }
  members {
    type = "CUSTOMER"
  }
}
resource "googleworkspace_role" "helpdesk" {
  name = "Help desk"
  privileges {
    service_id     = "1"
    privilege_name = "GROUPS_ALL"
  }
}
resource "googleworkspace_role_assignment" "carol" {
  role_id     = googleworkspace_role.helpdesk.id
  assigned_to = "carol@acme.example"
}
resource "google_cloud_identity_group" "sre" {
  parent       = "customers/C01"
  display_name = "SRE"
  group_key {
    id = "sre@acme.example"
  }
  labels = {}
}
resource "google_cloud_identity_group_membership" "sre" {
  group = google_cloud_identity_group.sre.id
  preferred_member_key {
    id = "alice@acme.example"
  }
  roles {
    name = "MEMBER"
  }
  roles {
    name = "OWNER"
  }
}
"""


def test_members_groups_in_groups_and_everybody() -> None:
    graph = graph_of({"google/main.tf": MAIN})
    assert edges_to(graph, "group:google/eng@acme.example", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]
    assert edges_to(graph, "group:google/all@acme.example", EdgeKind.MEMBER_OF) == [
        "group:google/Everyone", "group:google/eng@acme.example",
    ]  # fmt: skip
    assert edges_to(graph, "group:google/Everyone", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]
    assert edges_to(graph, "group:google/sre@acme.example", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]


def test_who_runs_a_group_and_who_administers_all() -> None:
    found = [(key(one.holder), one.role, None if one.groups is None else [key(group) for group in one.groups])
             for one in graph_of({"google/main.tf": MAIN}).estate.all(Administration)]  # fmt: skip
    assert found == [
        ("alice@acme.example", "owner", ["⟨google#google_cloud_identity_group.sre.id⟩"]),
        ("alice@acme.example", "manager", ["⟨google#googleworkspace_group.eng.id⟩"]),
        ("carol@acme.example", "Help desk", None),
        ("alice@acme.example", "_SEED_ADMIN_ROLE", None),
    ]


@pytest.mark.parametrize(
    ("privilege", "changes"),
    [
        ("GROUPS_ALL", True),
        ("GROUPS_UPDATE", True),
        ("CHANGE_USER_GROUP_MEMBERSHIP", True),
        ("GROUPS_RETRIEVE", False),
        ("GROUPS_CREATE", False),
        ("USERS_UPDATE", False),
    ],
)
def test_privileges_of_a_role_of_ones_own(privilege: str, changes: bool) -> None:
    graph = graph_of({"google/main.tf": MAIN.replace("GROUPS_ALL", privilege)})
    assert ("Help desk" in [one.role for one in graph.estate.all(Administration)]) == changes


def test_the_answers_of_the_directory() -> None:
    files = {
        "gws/users.json": {
            "kind": "admin#directory#users",
            "users": [
                {
                    "kind": "admin#directory#user",
                    "id": "1",
                    "primaryEmail": "a@acme.example",
                    "suspended": False,
                    "isAdmin": True,
                },
                {"kind": "admin#directory#user", "id": "2", "primaryEmail": "b@acme.example", "suspended": True},
            ],
        },
        "gws/groups.json": {
            "kind": "admin#directory#groups",
            "groups": [{"kind": "admin#directory#group", "id": "01abc", "email": "eng@acme.example", "name": "Engineers"}],
        },
        "gws/groups/eng@acme.example/members.json": {
            "kind": "admin#directory#members",
            "members": [
                {"kind": "admin#directory#member", "id": "1", "email": "a@acme.example", "role": "OWNER", "type": "USER"},
                {"kind": "admin#directory#member", "id": "2", "email": "b@acme.example", "role": "MEMBER", "type": "USER"},
                {"kind": "admin#directory#member", "id": "3", "role": "MEMBER", "type": "CUSTOMER"},
            ],
        },
        "gws/loose.json": {
            "kind": "admin#directory#members",
            "members": [{"kind": "admin#directory#member", "id": "1", "email": "a@acme.example", "type": "USER"}],
        },
        "gws/memberships.json": {
            "memberships": [
                {
                    "name": "groups/01abc/memberships/1",
                    "preferredMemberKey": {"id": "c@acme.example"},
                    "roles": [{"name": "MANAGER"}],
                }
            ]
        },
        "gws/cloud.json": {
            "groups": [{"name": "groups/01abc", "groupKey": {"id": "eng@acme.example"}, "displayName": "Engineers"}]
        },
    }
    graph = graph_of({name: json.dumps(value) for name, value in files.items()})
    assert edges_to(graph, "group:google/eng@acme.example", EdgeKind.MEMBER_OF) == [
        "group:google/Everyone", "user:a@acme.example", "user:c@acme.example",
    ]  # fmt: skip
    assert [(one.holder, one.role) for one in graph.estate.all(Administration)] == [
        ("a@acme.example", "owner"), ("c@acme.example", "manager"), ("a@acme.example", "_SEED_ADMIN_ROLE"),
    ]  # fmt: skip
    lines = [(line.at.path, line.reason) for line in graph.estate.unresolved()]
    assert lines == [("gws/loose.json", "of which group these are the members is said neither by the file nor by its path")]
