"""Rules whose meaning does not hang on the provider, on providers other than the one of their examples."""

from __future__ import annotations

import json

import pytest

from iamlint.project.memory import memory_session

MAPPING = """
resource "lightstep_saml_group_mappings" "acme" {{
  mapping {{
    match {{
      attribute_key   = "{attribute}"
      attribute_value = "{value}"
    }}
    roles {{
      organization_role = "Organization Restricted Member"
      project_roles     = {{ checkout-prod = "Project Editor" }}
    }}
  }}
}}
"""
GUID = "11111111-2222-3333-4444-555555555555"
CLAIM = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
ENTRA = json.dumps(
    [
        {"id": GUID, "displayName": "eng-checkout", "securityEnabled": True, "groupTypes": [],
         "members": [{"@odata.type": "#microsoft.graph.user", "id": "u1"}],
         "owners": [{"@odata.type": "#microsoft.graph.user", "id": "u2"}]},
        {"id": "u1", "userPrincipalName": "a@acme.example", "accountEnabled": True},
        {"id": "u2", "userPrincipalName": "b@acme.example", "accountEnabled": True},
        {"id": "o1", "appId": "a1", "displayName": "Tracing", "signInAudience": "AzureADMyOrg", "groupMembershipClaims": "SecurityGroup",
         "identifierUris": ["https://app.lightstep.com/saml/metadata"], "passwordCredentials": []},
        {"id": "s1", "appId": "a1", "displayName": "Tracing", "servicePrincipalType": "Application",
         "appRoleAssignmentRequired": False, "replyUrls": ["https://app.lightstep.com/x"]},
        {"id": "x1", "principalId": "u1", "principalType": "User", "resourceId": "s1", "appRoleId": "0"},
    ],
    indent=1,
)  # fmt: skip
REALM = json.dumps(
    {
        "realm": "acme",
        "users": [{"id": "1", "username": "a", "email": "a@acme.example", "enabled": True, "groups": ["/eng"]}],
        "groups": [{"name": "eng", "path": "/eng"}, {"name": "idle", "path": "/idle"}],
        "clients": [
            {"clientId": "https://app.lightstep.com/saml/metadata", "protocol": "saml", "protocolMappers": [
                {"name": "g", "protocolMapper": "saml-group-membership-mapper", "config": {"attribute.name": "member_of"}}]}
        ],
    },
    indent=1,
)  # fmt: skip


def found(files: dict[str, str]) -> set[tuple[str, str]]:
    diagnostics = memory_session(files).check().diagnostics
    return {(made.rule, made.path) for made in diagnostics if made.rule.startswith(("IDP", "TEL108", "TEL109"))}


def test_answers_of_microsoft_graph() -> None:
    mapping = MAPPING.format(attribute=CLAIM, value=GUID)
    assert found({"entra/all.json": ENTRA, "lightstep/main.tf": mapping}) == {
        ("IDP102", "entra/all.json"),  # a person is assigned to the application
        ("IDP103", "entra/all.json"),  # the owner is no member
        ("IDP107", "entra/all.json"),  # nobody needs to be assigned
        ("TEL109", "entra/all.json"),  # every security group is sent
    }


def test_tokens_of_entra_carry_ids_and_not_names() -> None:
    mapping = MAPPING.format(attribute=CLAIM, value="eng-checkout")
    assert ("TEL108", "lightstep/main.tf") in found({"entra/all.json": ENTRA, "lightstep/main.tf": mapping})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/eng", {("IDP108", "keycloak/realm.json")}),  # the other group gives nothing
        ("eng", {("TEL108", "lightstep/main.tf"), ("IDP108", "keycloak/realm.json")}),  # tokens carry the path
        ("/enk", {("TEL108", "lightstep/main.tf")}),
    ],
)
def test_a_realm_of_keycloak(value: str, expected: set[tuple[str, str]]) -> None:
    files = {"keycloak/realm.json": REALM, "lightstep/main.tf": MAPPING.format(attribute="member_of", value=value)}
    assert found(files) == expected


def test_identity_center_assigned_to_a_person() -> None:
    files = {
        "sso/assignments.json": json.dumps(
            {"AccountAssignments": [{"AccountId": "111111111111", "PrincipalType": "USER", "PrincipalId": "u-1",
              "PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-722351ee7a6f0cb1/ps-5a3bd8f79aa9eb21"}]}
        )
    }  # fmt: skip
    assert found(files) == {("IDP102", "sso/assignments.json")}


def test_a_rule_of_entra_is_not_read_as_one_of_okta() -> None:
    text = """
    resource "azuread_group" "checkout" {
      display_name = "eng-checkout"
      dynamic_membership {
        enabled = true
        rule    = "user.firstName -eq \\"x\\""
      }
    }
    """
    mapping = MAPPING.format(attribute="groups", value="eng-checkout")
    assert not [rule for rule, _ in found({"entra/main.tf": text, "lightstep/main.tf": mapping}) if rule == "IDP104"]
