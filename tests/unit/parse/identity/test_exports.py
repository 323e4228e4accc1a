"""SCIM and Okta exports, and `.lightstep.yml`: text in, people, groups, memberships and applications out."""

from __future__ import annotations

import pytest
from unit.parse.texts import documents, items, parse

from iamlint.model.estate import Facts
from iamlint.model.identity import Application, ApplicationAssignment, Group, Membership, Person
from iamlint.model.telemetry import TelemetryProject
from iamlint.parse.identity.okta_export import is_okta_export, parse_okta_export
from iamlint.parse.identity.scim import is_scim, parse_scim, provider_of
from iamlint.parse.telemetry.lightstep_config import is_lightstep_config, parse_lightstep_config
from iamlint.project.memory import memory_session
from iamlint.source.value import Unknown, key

SCIM = """
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 5, "Resources": [
  {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u1", "userName": "alice", "active": true,
   "emails": [{"value": "old@acme.example"}, {"value": "alice@acme.example", "primary": true}],
   "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "checkout"}},
  {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u2", "userName": "bob@acme.example", "active": false},
  {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u3", "userName": "carol@acme.example"},
  {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g1", "displayName": "eng-checkout", "members": [
    {"value": "u1", "type": "User"}, {"value": "g2", "$ref": "https://x/scim/v2/Groups/g2"}, {"value": "u3"}]},
  {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g2", "displayName": "leads"}
]}
"""


def memberships(facts: Facts) -> list[tuple[str, str, str, bool, str | None]]:
    return [(key(m.group), key(m.member), m.member_kind, m.exclusive, m.dynamic) for m in items(facts, Membership)]


def test_scim_users_and_groups_are_people_groups_and_memberships() -> None:
    facts = parse(parse_scim, SCIM, "exports/okta/scim.json")
    people = items(facts, Person)
    assert [(person.provider, person.email, person.ids) for person in people] == [
        ("okta", "alice@acme.example", ("u1", "alice")),
        ("okta", "bob@acme.example", ("u2", "bob@acme.example")),
        ("okta", "carol@acme.example", ("u3", "carol@acme.example")),
    ]
    assert [person.status for person in people[:2]] == ["active", "suspended"]
    assert isinstance(people[2].status, Unknown)
    assert people[0].profile == {"department": "checkout"}
    assert people[0].place.route == ("Resources", 0, "emails", 1, "value")
    assert [(group.name, group.ids) for group in items(facts, Group)] == [("eng-checkout", ("g1",)), ("leads", ("g2",))]
    assert memberships(facts) == [
        ("eng-checkout", "u1", "user", True, None),
        ("eng-checkout", "g2", "group", True, None),
        ("eng-checkout", "u3", "any", True, None),
    ]


def test_the_groups_that_a_scim_user_lists_are_memberships() -> None:
    text = """
    {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u1", "userName": "a@acme.example", "active": true,
     "groups": [{"value": "g1", "display": "eng", "type": "direct"}]}
    """
    facts = parse(parse_scim, text, "scim.json")
    assert memberships(facts) == [("g1", "u1", "user", False, None)]


def test_scim_as_json_lines() -> None:
    user = (
        '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "%s", "userName": "%s@acme.example", "active": true}'
    )
    session = memory_session({"okta/users.jsonl": "\n".join(user % (name, name) for name in ("a", "b"))})
    assert [(one.email, one.place.document) for one in session.estate.all(Person)] == [
        ("a@acme.example", 0), ("b@acme.example", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "provider"),
    [
        ("a.json", "scim"), ("export/okta-users.json", "okta"), ("azuread/users.json", "entra"), ("entra.json", "entra"),
        ("identity-center/g.json", "identity-center"), ("tokta.json", "scim"),
    ],
)  # fmt: skip
def test_the_path_of_an_export_names_the_provider(path: str, provider: str) -> None:
    assert provider_of(path) == provider


OKTA = """
[{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng-checkout"}, "_embedded": {"users": [
    {"id": "00u1", "status": "ACTIVE", "profile": {"login": "alice", "email": "alice@acme.example", "department": "checkout"}}]}},
 {"id": "00u2", "status": "SUSPENDED", "profile": {"login": "bob@acme.example"}},
 {"id": "00u3", "status": "LOCKED_OUT", "profile": {"login": "c", "email": "carol@acme.example"}},
 {"id": "0pr1", "type": "group_rule", "status": "ACTIVE", "conditions": {"expression": {"value": "user.department==\\"checkout\\""}},
  "actions": {"assignUserToGroups": {"groupIds": ["00g1"]}}},
 {"id": "0pr2", "type": "group_rule", "status": "INACTIVE", "actions": {"assignUserToGroups": {"groupIds": ["00g1"]}}},
 {"id": "0oa1", "name": "acme_lightstep_1", "label": "Tracing", "signOnMode": "SAML_2_0", "settings": {"signOn": {
    "audience": "https://app.lightstep.com/saml/metadata",
    "attributeStatements": [{"type": "GROUP", "name": "member_of", "filterType": "STARTS_WITH", "filterValue": "eng-"},
                            {"type": "EXPRESSION", "name": "team", "values": ["user.department"]}]}}},
 {"id": "0oa2", "name": "amazon_aws", "label": "AWS", "signOnMode": "SAML_2_0", "settings": {"implicitAssignment": true}},
 {"id": "0oa3", "name": "bookmark", "label": "Wiki", "signOnMode": "BOOKMARK"}]
"""


def test_okta_answers_are_people_groups_rules_and_applications() -> None:
    facts = parse(parse_okta_export, OKTA, "okta/all.json")
    assert [(person.email, person.status, person.ids) for person in items(facts, Person)] == [
        ("alice@acme.example", "active", ("00u1", "alice")),
        ("bob@acme.example", "suspended", ("00u2", "bob@acme.example")),
        ("carol@acme.example", "active", ("00u3", "c")),
    ]
    assert items(facts, Person)[0].profile["department"] == "checkout"
    assert [(group.name, group.ids) for group in items(facts, Group)] == [("eng-checkout", ("00g1",))]
    assert memberships(facts) == [
        ("00g1", "00u1", "user", True, None),
        ("00g1", "⟨okta:0pr1:members⟩", "user", False, 'user.department=="checkout"'),
    ]
    applications = items(facts, Application)
    assert [(found.label, found.target, len(found.statements)) for found in applications] == [
        ("Tracing", "lightstep", 2), ("AWS", "aws", 0), ("Wiki", None, 0),
    ]  # fmt: skip
    assert [found.implicit_assignment for found in applications] == [False, True, False]
    first, second = applications[0].statements
    assert first[:5] == ("member_of", "GROUP", "STARTS_WITH", "eng-", ())
    assert second[:5] == ("team", "EXPRESSION", None, None, ("user.department",))


def test_the_endpoint_in_the_path_says_what_a_list_is_of() -> None:
    users = '[{"id": "00u2", "status": "ACTIVE", "profile": {"login": "bob@acme.example"}}]'
    assert memberships(parse(parse_okta_export, users, "okta/groups/00g1/users.json")) == [("00g1", "00u2", "user", True, None)]
    assert memberships(parse(parse_okta_export, users, "okta/groups_00g1_users.json")) == [("00g1", "00u2", "user", True, None)]
    assert memberships(parse(parse_okta_export, users, "okta/users.json")) == []
    groups = '[{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng"}}]'
    assert memberships(parse(parse_okta_export, groups, "users/00u1/groups.json")) == [("00g1", "00u1", "user", False, None)]
    assigned = '[{"id": "00g1", "priority": 0, "profile": {}, "_links": {}}]'
    facts = parse(parse_okta_export, assigned, "okta/apps/0oa1/groups.json")
    assert [found[1:4] for found in items(facts, ApplicationAssignment)] == [("0oa1", "00g1", "group")]


@pytest.mark.parametrize(
    ("text", "scim", "okta"),
    [
        (SCIM, True, False),
        (OKTA, False, True),
        ("[]", False, False),
        ("{}", False, False),
        ("[1]", False, False),
        ('{"schemas": "urn:ietf:params:scim:schemas:core:2.0:User"}', False, False),
        ('{"id": "x", "profile": {"name": "y"}}', False, False),
        ('{"id": "x", "status": "ACTIVE"}', False, False),
        ('[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}]', True, False),
    ],
)
def test_exports_are_told_from_other_documents(text: str, scim: bool, okta: bool) -> None:
    ((value, _),) = documents(text, "a.json")
    assert (is_scim(value), is_okta_export(value)) == (scim, okta)


@pytest.mark.parametrize(
    "text",
    [
        '[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": [], "members": {}}]',
        '[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "a", "members": [1, {}, {"value": []}]}]',
        '[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "emails": [{}], "userName": []}]',
    ],
)
def test_no_shape_breaks_the_scim_reader(text: str) -> None:
    facts = parse(parse_scim, text)
    assert items(facts, Person) == items(facts, Membership) == []


def test_a_lightstep_configuration_names_a_project() -> None:
    text = "organization: acme\nproject: checkout-prod\nservices: {}\n"
    facts = parse(parse_lightstep_config, text, "web/.lightstep.yml")
    (project,) = items(facts, TelemetryProject)
    assert (project.name, project.organization, project.declared) == ("checkout-prod", "acme", False)
    assert project.place.route == ("project",)
    assert is_lightstep_config({}, "web/.lightstep.yml")
    assert not is_lightstep_config({}, "web/lightstep.yml")
    assert not is_lightstep_config([], ".lightstep.yml")


EXPORTS = {
    "scim.json": SCIM,
    "okta/users.json": '[{"id": "00u1", "status": "ACTIVE", "profile": {"login": "a@acme.example"}}]',
    "okta/groups.json": '[{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng"}}]',
    "entra/users.json": '{"value": [{"@odata.type": "#microsoft.graph.user", "id": "1", "userPrincipalName": "a@acme.example"}]}',
    "google/users.json": '{"kind": "admin#directory#users", "users": [{"primaryEmail": "a@acme.example"}]}',
    "aws/users.json": '{"Users": [{"UserId": "1", "UserName": "a", "IdentityStoreId": "d-1"}]}',
}


@pytest.mark.parametrize("path", EXPORTS)
def test_an_export_that_is_cut_off_is_told(path: str) -> None:
    """Who is in which group is not known then; nothing found must not look like nothing there."""
    (problem,) = memory_session({path: EXPORTS[path].strip()[:-1]}).estate.problems()
    assert (problem.id, problem.at.path) == ("IL002", path)


def test_an_export_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iamlint.source.read_json.MAX_JSON_BYTES", len(SCIM.strip()) - 1)
    (problem,) = memory_session({"scim.json": SCIM.strip()}).estate.problems()
    assert problem.id == "IL007"


def test_a_broken_file_about_something_else_is_not() -> None:
    assert list(memory_session({"users.json": '[{"login": "a", "profile": {"id": 1}'}).estate.problems()) == []
