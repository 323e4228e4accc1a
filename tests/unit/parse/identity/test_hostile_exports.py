"""Whatever stands in an answer of an identity provider or a telemetry vendor, its reader neither fails nor takes long."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from iamlint.project.memory import memory_session

ODD: tuple[Any, ...] = (
    None,
    True,
    3,
    -1.5,
    "",
    "x",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"id": 1},
    {"": {}},
    "\ud83d",
    ["x", 1],
    {"x": ["y"]},
)
GUID = "11111111-2222-3333-4444-555555555555"
ANSWERS: dict[str, Any] = {
    "okta/groups/00g1/users.json": [{"id": "00u1", "status": "ACTIVE", "profile": {"login": "a", "email": "a@acme.example", "tags": ["x"]}}],
    "okta/all.json": [
        {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng"}, "_embedded": {"users": []}},
        {"id": "0pr1", "type": "group_rule", "status": "ACTIVE", "actions": {"assignUserToGroups": {"groupIds": ["00g1"]}},
         "conditions": {"expression": {"value": "user.x == 1"}, "people": {"users": {"exclude": ["00u1"]}}}},
        {"id": "0oa1", "label": "A", "signOnMode": "OPENID_CONNECT", "name": "oidc_client", "settings": {"oauthClient": {
            "application_type": "service", "redirect_uris": ["https://x"], "groups_claim": {"name": "groups", "type": "FILTER"}}}},
        {"id": "00T1", "name": "t", "clientName": "c", "userId": "00u1", "created": "2026-01-01T00:00:00Z", "expiresAt": None},
    ],
    "okta/envelope.json": {"group": {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng"}}, "users": [{"id": "00u1"}]},
    "okta/apps/0oa1/groups.json": [{"id": "00g1", "priority": 0, "profile": {"role": "x"}, "_links": {}}],
    "okta/groups/00g1/roles.json": [{"id": "r", "type": "USER_ADMIN", "status": "ACTIVE", "assignmentType": "GROUP",
                                     "_embedded": {"targets": {"groups": [{"id": "00g2"}]}}}],
    "scim.json": {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": [
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g", "displayName": "d", "members": [{"value": "u"}]},
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u", "userName": "n", "active": True,
         "emails": [{"value": "e", "primary": True}], "groups": [{"value": "g"}]}]},
    "sso/a.json": {"Users": [{"UserName": "a", "UserId": "1", "IdentityStoreId": "d", "Emails": [{"Value": "a@x", "Primary": True}]}]},
    "sso/b.json": {"Groups": [{"GroupId": "g", "DisplayName": "eng", "IdentityStoreId": "d", "ExternalIds": [{"Issuer": "i", "Id": "x"}]}]},
    "sso/c.json": {"GroupMemberships": [{"GroupId": "g", "MemberId": {"UserId": "1"}, "IdentityStoreId": "d"}]},
    "sso/d.json": {"AccountAssignments": [{"AccountId": "1", "PermissionSetArn": "arn:aws:sso:::permissionSet/s/ps-5a3bd8f79aa9eb21",
                                           "PrincipalType": "GROUP", "PrincipalId": "g"}]},
    "sso/e.json": {"PermissionSet": {"Name": "R", "PermissionSetArn": "arn:aws:sso:::permissionSet/s/ps-5a3bd8f79aa9eb21"}},
    "sso/f.json": {"InlinePolicy": "{\"Statement\": []}"},
    "sso/g.json": {"PermissionsBoundary": {"CustomerManagedPolicyReference": {"Name": "x", "Path": "/"}}},
    "sso/h.json": {"CustomerManagedPolicyReferences": [{"Name": "x", "Path": "/"}]},
    f"entra/groups/{GUID}/members.json": {"@odata.context": "c", "value": [{"@odata.type": "#microsoft.graph.user", "id": "u"}]},
    "entra/all.json": [
        {"id": "u", "userPrincipalName": "a@x", "mail": "a@x", "accountEnabled": True},
        {"id": GUID, "displayName": "g", "groupTypes": [], "securityEnabled": True, "membershipRule": "user.x -eq \"y\"",
         "members": [{"id": "u", "@odata.type": "#microsoft.graph.user"}], "owners": [{"id": "u"}]},
        {"id": "o", "appId": "a", "displayName": "n", "signInAudience": "x", "groupMembershipClaims": "All", "web": {"redirectUris": ["x"]},
         "optionalClaims": {"saml2Token": [{"name": "groups", "additionalProperties": ["cloud_displayname"]}]},
         "passwordCredentials": [{"keyId": "k", "startDateTime": "2026-01-01", "endDateTime": "2027-01-01"}], "identifierUris": ["x"]},
        {"id": "s", "appId": "a", "displayName": "n", "servicePrincipalType": "Application", "replyUrls": ["https://app.lightstep.com/"],
         "appRoleAssignmentRequired": False},
        {"id": "x", "principalId": "u", "principalType": "User", "resourceId": "s", "appRoleId": "0"},
        {"id": "y", "principalId": "u", "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10", "directoryScopeId": "/"},
        {"id": "z", "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10", "members": [{"id": "u"}]},
    ],
    "google/users.json": {"kind": "admin#directory#users", "users": [{"primaryEmail": "a@x", "id": "1", "isAdmin": True, "aliases": ["b@x"],
                                                                     "organizations": [{"department": "d"}]}]},
    "google/groups/a@x.example/members.json": {"kind": "admin#directory#members", "members": [{"email": "a@x", "role": "OWNER", "type": "USER"}]},
    "google/cloud.json": {"groups": [{"name": "groups/1", "groupKey": {"id": "a@x"}, "displayName": "d"}]},
    "google/memberships.json": {"memberships": [{"name": "groups/1/memberships/2", "preferredMemberKey": {"id": "a@x"}, "roles": [{"name": "OWNER"}]}]},
    "keycloak/realm.json": {"realm": "r", "users": [{"username": "a", "groups": ["/g"], "clientRoles": {"c": ["x"]}, "attributes": {"a": ["b"]}}],
        "groups": [{"name": "g", "path": "/g", "subGroups": [{"name": "h"}], "realmRoles": ["x"], "attributes": {"team": ["t"]}}],
        "roles": {"realm": [{"name": "x", "composites": {"realm": ["y"], "client": {"c": ["z"]}}}], "client": {"c": [{"name": "z"}]}},
        "clients": [{"clientId": "c", "protocol": "saml", "redirectUris": ["https://x"], "defaultClientScopes": ["s"],
                     "protocolMappers": [{"protocolMapper": "saml-group-membership-mapper", "config": {"attribute.name": "g"}}]}],
        "clientScopes": [{"name": "s", "protocolMappers": [{"protocolMapper": "oidc-usermodel-realm-role-mapper", "config": {"claim.name": "r"}}]}],
        "defaultGroups": ["/g"]},
    "github/teams/t/members.json": [{"login": "a", "node_id": "n", "type": "User", "site_admin": False}],
    "github/teams/t/repos.json": [{"full_name": "o/r", "permissions": {"admin": True}, "owner": {"site_admin": False}}],
    "github/teams.json": [{"id": 1, "node_id": "n", "slug": "t", "members_url": "x", "parent": {"slug": "u"}}],
    "datadog/mappings.json": {"data": [{"type": "authn_mappings", "id": "1", "attributes": {"attribute_key": "groups", "attribute_value": "x"},
                                        "relationships": {"role": {"data": {"type": "roles", "id": "r"}}}}],
                              "included": [{"type": "roles", "id": "r", "attributes": {"name": "Datadog Admin Role"}}]},
    "datadog/teams.json": {"data": [{"type": "team", "id": "t", "attributes": {"name": "n", "handle": "h", "user_count": 1}}]},
    "datadog/members.json": {"data": [{"type": "team_memberships", "id": "m", "attributes": {"role": "admin"}, "relationships": {
        "user": {"data": {"type": "users", "id": "u"}}, "team": {"data": {"type": "team", "id": "t"}}}}],
        "included": [{"type": "users", "id": "u", "attributes": {"email": "a@x"}}]},
    "grafana/teams.json": {"totalCount": 1, "teams": [{"id": 1, "uid": "u", "name": "n", "memberCount": 1}]},
    "grafana/members.json": [{"orgId": 1, "teamId": 1, "userId": 2, "email": "a@x", "login": "a", "labels": [], "permission": 4}],
    "lightstep/mappings.json": {"data": {"attributes": {"mappings": [{"saml-attribute-key": "g", "saml-attribute-value": "x",
        "organization-role": "Organization Viewer", "project-roles": {"p": "Project Viewer"}}]}}},
    "lightstep/bindings.json": [{"data": {"attributes": {"role-name": "Project Viewer", "project-name": "p", "users": ["a@x"]}}}],
    "lightstep/projects.json": {"data": [{"type": "project", "attributes": {"name": "p"}, "links": {"self": "/public/v0.2/acme/projects/p"}}]},
    "aws/report.json": {"Content": "dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1lLAo=", "ReportFormat": "text/csv"},
}  # fmt: skip


def spots(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the routes of everything inside a value."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(spot for key, item in below for spot in spots(item, (*at, key)))]


def replaced(value: Any, route: tuple[Any, ...], odd: Any) -> Any:
    """Return a copy with something odd at a route."""
    if not route:
        return odd
    made = copy.deepcopy(value)
    holder = made
    for step in route[:-1]:
        holder = holder[step]
    holder[route[-1]] = odd
    return made


@pytest.mark.parametrize("path", sorted(ANSWERS))
def test_nothing_odd_breaks_a_reader(path: str) -> None:
    draw = random.Random(path)
    value = ANSWERS[path]
    assert memory_session({path: json.dumps(value)}).graph is not None
    for route in spots(value):
        for odd in draw.sample(ODD, 3):
            text = json.dumps(replaced(value, route, odd))
            session = memory_session({path: text})
            assert all(problem.id.startswith("IL") for problem in session.estate.problems()), text
            assert session.graph is not None


def test_every_answer_is_taken_for_what_it_is() -> None:
    for path, value in ANSWERS.items():
        session = memory_session({path: json.dumps(value)})
        kinds = {facts.kind for facts in session.facts}
        assert any(kind.endswith("-export") or kind in ("scim", "credential-report") for kind in kinds), path


def test_a_kind_that_is_no_text_is_no_kind() -> None:
    """The bytes look like an answer of the Directory API, and the value is none."""
    session = memory_session({"users.json": '[{"kind": {"a": "admin#directory#user"}, "primaryEmail": "a@b.example"}]'})
    assert [facts.items for facts in session.facts] == [[]]
    assert session.graph is not None
