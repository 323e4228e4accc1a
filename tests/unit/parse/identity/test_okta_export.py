"""Okta's answers beyond groups and users: envelopes, assignments, administrators, owners, tokens, applications."""

from __future__ import annotations

from unit.parse.texts import items, parse

from iamlint.model.identity import Administration, Application, ApplicationAssignment, Bot, Membership, Person
from iamlint.model.sign_in import Credential
from iamlint.parse.identity.okta_export import is_okta_export, parse_okta_export
from iamlint.source.value import key

TOKENS = """
[{"id": "00Tabc1", "name": "terraform", "clientName": "Okta API", "userId": "00u1", "created": "2026-02-03T10:00:00.000Z",
  "lastUpdated": "2026-09-01T10:00:00.000Z", "expiresAt": "2026-10-11T10:00:00.000Z", "tokenWindow": "P30D",
  "_links": {"self": {"href": "https://acme.okta.com/api/v1/api-tokens/00Tabc1"}}}]
"""


def test_api_tokens_have_their_days() -> None:
    facts = parse(parse_okta_export, TOKENS, "okta/api-tokens.json")
    (token,) = items(facts, Credential)
    assert (token.name, token.kind, token.holder, token.created, token.expires) == (
        "terraform", "api-token", "00u1", "2026-02-03", "2026-10-11",
    )  # fmt: skip
    assert token.field_place("created").route == (0, "created")


def test_an_envelope_says_whose_members_these_are() -> None:
    facts = parse(parse_okta_export, """
    {"group": {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng"}},
     "users": [{"id": "00u1", "status": "ACTIVE", "profile": {"login": "a@acme.example", "email": "a@acme.example",
                "tags": ["x", "y"], "level": 3, "oncall": true}}]}
    """, "okta/eng.json")  # fmt: skip
    assert [(key(one.group), key(one.member)) for one in items(facts, Membership)] == [("00g1", "00u1")]
    (person,) = items(facts, Person)
    assert {name: person.profile[name] for name in ("tags", "level", "oncall")} == {
        "tags": ("x", "y"),
        "level": "3",
        "oncall": "true",
    }


def test_users_of_an_application_who_came_by_a_group_are_no_assignments_of_their_own() -> None:
    facts = parse(parse_okta_export, """
    [{"id": "00u1", "scope": "USER", "profile": {"role": "Admin"}, "_links": {}},
     {"id": "00u2", "scope": "GROUP", "_links": {}}]
    """, "okta/apps/0oa1/users.json")  # fmt: skip
    assert [(one.member, one.member_kind, one.application, one.profile) for one in items(facts, ApplicationAssignment)] == [
        ("00u1", "user", "0oa1", {"role": "Admin"})
    ]


def test_roles_and_owners_by_their_endpoint() -> None:
    roles = """
    [{"id": "IFIFAX2", "label": "Group Administrator", "type": "USER_ADMIN", "status": "ACTIVE", "assignmentType": "GROUP",
      "_embedded": {"targets": {"groups": [{"id": "00g2"}]}}},
     {"id": "ra1", "label": "Read-only", "type": "READ_ONLY_ADMIN", "status": "ACTIVE", "assignmentType": "GROUP"}]
    """
    facts = parse(parse_okta_export, roles, "okta/groups/00g1/roles.json")
    assert [(one.holder, one.holder_kind, one.role, one.groups) for one in items(facts, Administration)] == [
        ("00g1", "group", "USER_ADMIN", ("00g2",))
    ]
    owners = '[{"id": "00u1", "type": "USER", "originType": "OKTA_DIRECTORY", "displayName": "Alice"}]'
    facts = parse(parse_okta_export, owners, "okta/groups/00g1/owners.json")
    assert [(one.holder, one.role, one.groups) for one in items(facts, Administration)] == [("00u1", "owner", ("00g1",))]


def test_applications_of_openid_connect() -> None:
    facts = parse(parse_okta_export, """
    [{"id": "0oa1", "name": "oidc_client", "label": "Grafana", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
      "settings": {"oauthClient": {"application_type": "web", "redirect_uris": ["https://acme.grafana.net/login/okta"],
        "groups_claim": {"name": "groups", "type": "FILTER", "filter_type": "STARTS_WITH", "value": "eng-"}}}},
     {"id": "0oa2", "name": "oidc_client", "label": "robot", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
      "settings": {"oauthClient": {"application_type": "service"}}},
     {"id": "0oa3", "name": "amazon_aws", "label": "AWS", "status": "ACTIVE", "signOnMode": "SAML_2_0",
      "settings": {"app": {"groupFilter": "aws_x", "roleValuePattern": "arn:aws:iam::1:role/x"}}}]
    """, "okta/apps.json")  # fmt: skip
    grafana, _, aws = items(facts, Application)
    assert (grafana.target, [(one.name, one.kind, one.filter_kind, one.filter_value) for one in grafana.statements]) == (
        "grafana", [("groups", "GROUP", "STARTS_WITH", "eng-")],
    )  # fmt: skip
    assert (aws.target, aws.settings["groupFilter"]) == ("aws", "aws_x")
    assert [bot.name for bot in items(facts, Bot)] == ["okta/robot"]


def test_an_object_of_something_else_is_no_export() -> None:
    for value in ({"id": "1"}, {"group": {"id": "x"}, "users": []}, [{"id": "00u1", "_links": {}}], {"app": 1, "groups": []}):
        assert not is_okta_export(value)
