"""Memberships kept as lists: which are, and where each is written."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from iamlint.model.identity import Membership, MembershipList
from iamlint.parse.identity.member_lists import gathered
from iamlint.project.memory import memory_session
from iamlint.source.locate import locate
from iamlint.source.place import Place
from iamlint.source.value import Unknown

USERS = ["u1", "u2", "u3"]


@dataclass
class Case:
    """A file of an export, how many lists its memberships make, and what is written at each."""

    path: str
    text: str
    lists: int
    written: list[str]


def _okta(name: str) -> dict[str, object]:
    return {"id": f"00{name}", "status": "ACTIVE", "profile": {"login": f"{name}@acme.example"}}


CASES = {
    "the groups of a SCIM user": Case(
        "scim/users.json",
        json.dumps(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "id": "u1",
                "userName": "u1",
                "groups": [{"value": "g1"}, {"display": "no value"}, {"value": "g2"}],
            }
        ),
        1,
        ['"g1"', '"g2"'],
    ),
    "the members of a SCIM group, in runs of one kind": Case(
        "scim/groups.json",
        json.dumps(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "id": "g1",
                "displayName": "eng",
                "members": [{"value": "u1"}, {"value": "u2"}, {"value": "g2", "type": "Group"}, {"value": "g3", "type": "Group"}],
            }
        ),
        2,
        ['"u1"', '"u2"', '"g2"', '"g3"'],
    ),
    "the users of an Okta group": Case(
        "okta/groups/00g1/users.json", json.dumps([_okta(name) for name in USERS]), 1, ['"00u1"', '"00u2"', '"00u3"']
    ),
    "one user of an Okta group": Case("okta/groups/00g1/users.json", json.dumps(_okta("u1")), 0, ['"00u1"']),
    "the members of a GitHub team": Case(
        "teams/eng/members.json",
        json.dumps([{"login": name, "node_id": "U_1", "type": "User", "site_admin": False} for name in USERS]),
        1,
        ['"u1"', '"u2"', '"u3"'],
    ),
    "memberships of Identity Center": Case(
        "ic/memberships.json",
        json.dumps(
            {
                "GroupMemberships": [
                    {"IdentityStoreId": "d-1", "MembershipId": f"m-{user}", "GroupId": group, "MemberId": {"UserId": user}}
                    for group, user in (("g1", "u1"), ("g1", "u2"), ("g2", "u1"))
                ]
            }
        ),
        1,
        ['"u1"', '"u2"', '"u1"'],
    ),
    "groups in a manifest": Case(
        "a.access.yaml",
        "apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\nusers:\n"
        "  - {email: a@x.example, status: active, groups: [g1, g2]}\n  - {email: b@x.example, status: active, groups: [g1]}\n",
        1,
        ["g1", "g2", "g1"],
    ),
    "users of a group in Terraform": Case(
        "infra/main.tf",
        'resource "okta_group" "eng" { name = "eng" }\n'
        'resource "okta_group_memberships" "eng" {\n  group_id = okta_group.eng.id\n  users = ["u1", "u2"]\n}\n',
        1,
        ['"u1"', '"u2"'],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_are_kept_as_lists(case: Case) -> None:
    estate = memory_session({case.path: case.text}).estate
    assert sum(isinstance(item, MembershipList) for item in estate.kept(Membership)) == case.lists
    found = []
    for membership in estate.all(Membership):
        span = locate(membership.place, case.text.encode())
        found.append(case.text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1])
    assert found == case.written


def _one(group: object, member: object, index: int, dynamic: str | None = None) -> Membership:
    return Membership("okta", group, member, "user", Place("a.json", (index,)), "a.json", dynamic=dynamic)  # type: ignore[arg-type]


def test_what_differs_stays_apart() -> None:
    rule, same = Unknown("why", None, "x"), Unknown("another why", None, "x")
    memberships = [
        _one("a", "x", 0), _one("a", "y", 1), _one("b", "y", 2), _one("b", "z", 9), _one(rule, "y", 10), _one(same, "z", 11),
        _one("c", "y", 12, "a rule"), _one("c", "z", 13),
    ]  # fmt: skip
    made = list(gathered(memberships))
    assert [len(item.names) if isinstance(item, MembershipList) else 1 for item in made] == [2, 2, 1, 1, 1, 1]
    assert [one for item in made for one in (item.singles() if isinstance(item, MembershipList) else [item])] == memberships
