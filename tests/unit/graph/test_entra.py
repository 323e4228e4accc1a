"""Entra ID, from Terraform and from Microsoft Graph's answers, up to the telemetry projects that its groups open."""

from __future__ import annotations

import json

import pytest
from graphs import edges_to, graph_of, reached

from iamlint.graph.elements import Certainty, EdgeKind
from iamlint.model.identity import Administration, Application, Membership
from iamlint.model.sign_in import Credential
from iamlint.source.value import key

PEOPLE = """
resource "azuread_user" "alice" {
  user_principal_name = "alice@acme.example"
  display_name        = "Alice"
  department          = "Checkout"
}
resource "azuread_user" "bob" {
  user_principal_name = "bob@acme.example"
  display_name        = "Bob"
  account_enabled     = false
}
resource "azuread_group" "checkout" {
  display_name     = "eng-checkout"
  security_enabled = true
  members          = [azuread_user.alice.object_id, azuread_user.bob.object_id]
  owners           = [azuread_user.bob.object_id]
}
resource "azuread_group" "all" {
  display_name     = "all-checkout"
  security_enabled = true
  types            = ["DynamicMembership"]
  dynamic_membership {
    enabled = true
    rule    = "user.department -eq \\"Checkout\\""
  }
}
"""
APP = """
resource "azuread_application" "lightstep" {{
  display_name            = "Tracing"
  identifier_uris         = ["https://app.lightstep.com/saml/metadata"]
  group_membership_claims = ["{claims}"]
  {more}
}}
resource "azuread_service_principal" "lightstep" {{
  client_id                    = azuread_application.lightstep.client_id
  app_role_assignment_required = {required}
}}
"""
ASSIGN = """
resource "azuread_app_role_assignment" "checkout" {
  app_role_id         = "00000000-0000-0000-0000-000000000000"
  principal_object_id = azuread_group.checkout.object_id
  resource_object_id  = azuread_service_principal.lightstep.object_id
}
"""
MAPPING = """
resource "lightstep_saml_group_mappings" "acme" {{
  mapping {{
    match {{
      attribute_key   = "{attribute}"
      attribute_value = {value}
    }}
    roles {{
      organization_role = "Organization Restricted Member"
      project_roles     = {{ checkout-prod = "Project Viewer" }}
    }}
  }}
}}
"""
GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
BY_ID = MAPPING.format(attribute=GROUPS, value="azuread_group.checkout.object_id")
PROJECT = "project:lightstep/checkout-prod"


def test_members_and_rules_and_disabled_accounts() -> None:
    graph = graph_of({"entra/main.tf": PEOPLE})
    assert edges_to(graph, "group:entra/eng-checkout", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]
    assert edges_to(graph, "group:entra/all-checkout", EdgeKind.MEMBER_OF) == ["user:alice@acme.example"]


@pytest.mark.parametrize(
    ("claims", "required", "assign", "value", "more", "expected"),
    [
        ("SecurityGroup", "false", "", "azuread_group.checkout.object_id", "", "certain"),
        ("ApplicationGroup", "true", ASSIGN, "azuread_group.checkout.object_id", "", "certain"),
        ("ApplicationGroup", "true", "", "azuread_group.checkout.object_id", "", "assumed"),  # assigned elsewhere, perhaps
        ("SecurityGroup", "false", "", '"eng-checkout"', "", None),  # tokens carry the object id, not the name
        ("SecurityGroup", "false", "", '"eng-checkout"',
         'optional_claims {\n    saml2_token {\n      name = "groups"\n      additional_properties = ["cloud_displayname"]\n    }\n  }',
         "certain"),
        ("None", "false", "", "azuread_group.checkout.object_id", "", None),
    ],
)  # fmt: skip
def test_a_group_reaches_by_what_the_tokens_carry(
    claims: str, required: str, assign: str, value: str, more: str, expected: str | None
) -> None:
    mapping = MAPPING.format(attribute=GROUPS, value=value)
    graph = graph_of({"entra/main.tf": PEOPLE + APP.format(claims=claims, required=required, more=more) + assign + mapping})
    assert reached(graph, "user:alice@acme.example").get(PROJECT) == expected


ROLES = """
resource "azuread_application" "grafana" {
  display_name = "Grafana"
  web {
    redirect_uris = ["https://acme.grafana.net/login/azuread"]
  }
  app_role {
    id                   = "11111111-0000-0000-0000-000000000001"
    display_name         = "Editor"
    description          = "Editor"
    value                = "Editor"
    allowed_member_types = ["User"]
  }
}
resource "azuread_service_principal" "grafana" {
  client_id = azuread_application.grafana.client_id
}
resource "azuread_app_role_assignment" "editors" {
  app_role_id         = azuread_service_principal.grafana.app_role_ids["Editor"]
  principal_object_id = azuread_group.checkout.object_id
  resource_object_id  = azuread_service_principal.grafana.object_id
}
"""


def test_an_app_role_is_a_value_of_the_assignment() -> None:
    graph = graph_of({"entra/main.tf": PEOPLE + ROLES})
    (app,) = graph.estate.all(Application)
    assert (app.target, [(one.name, one.kind) for one in app.statements]) == (
        "grafana", [("roles", "ASSIGNMENT"), ("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", "ASSIGNMENT")],
    )  # fmt: skip
    from iamlint.model.identity import ApplicationAssignment

    (assignment,) = graph.estate.all(ApplicationAssignment)
    assert (assignment.profile, assignment.member_kind) == ({"role": "Editor"}, "group")


BOTS = """
resource "azuread_application" "deploy" {
  display_name = "deploy"
}
resource "azuread_service_principal" "deploy" {
  client_id = azuread_application.deploy.client_id
}
resource "azuread_application_federated_identity_credential" "main" {
  application_id = azuread_application.deploy.id
  display_name   = "main"
  audiences      = ["api://AzureADTokenExchange"]
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:acme/checkout:environment:prod"
}
data "azuread_service_principal" "graph" {
  client_id = "00000003-0000-0000-c000-000000000000"
}
resource "azuread_app_role_assignment" "graph" {
  app_role_id         = data.azuread_service_principal.graph.app_role_ids["GroupMember.ReadWrite.All"]
  principal_object_id = azuread_service_principal.deploy.object_id
  resource_object_id  = data.azuread_service_principal.graph.object_id
}
resource "time_rotating" "half" {
  rotation_days = 180
}
resource "azuread_application_password" "rotated" {
  application_id      = azuread_application.deploy.id
  display_name        = "rotated"
  rotate_when_changed = { rotation = time_rotating.half.id }
}
resource "azuread_application_password" "endless" {
  application_id = azuread_application.deploy.id
  display_name   = "endless"
  start_date     = "2026-01-01T00:00:00Z"
  end_date       = "2299-12-30T23:00:00Z"
}
resource "azuread_directory_role" "groups" {
  display_name = "Groups Administrator"
}
resource "azuread_directory_role_assignment" "a" {
  role_id             = azuread_directory_role.groups.template_id
  principal_object_id = azuread_service_principal.deploy.object_id
}
resource "azuread_directory_role_assignment" "b" {
  role_id             = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
  principal_object_id = azuread_service_principal.deploy.object_id
}
"""


def test_a_pipeline_signs_in_as_an_application_that_administers_groups() -> None:
    graph = graph_of({"entra/main.tf": BOTS + PEOPLE + APP.format(claims="All", required="true", more="") + ASSIGN + BY_ID})
    assert edges_to(graph, "bot:entra/deploy", EdgeKind.MAY_ASSUME) == ["bot:github/acme/checkout:environment:prod"]
    assert [(one.role, key(one.holder)) for one in graph.estate.all(Administration) if one.holder_kind == "bot"] == [
        ("GroupMember.ReadWrite.All", "⟨entra#azuread_service_principal.deploy.object_id⟩"),
        ("Groups Administrator", "⟨entra#azuread_service_principal.deploy.object_id⟩"),
    ]
    assert "bot:entra/deploy" in edges_to(graph, "group:entra/eng-checkout", EdgeKind.MAY_ADMINISTER)


def test_secrets_have_their_days_and_what_rotates_them() -> None:
    found = {key(one.name): one for one in graph_of({"entra/main.tf": BOTS}).estate.all(Credential)}
    assert found["deploy: rotated"].rotated_every == 180
    endless = found["deploy: endless"]
    assert (endless.created, endless.expires, endless.kind) == ("2026-01-01", "2299-12-30", "client-secret")
    assert endless.field_place("expires").span is not None


GRAPH = {
    "entra/users.json": {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users",
        "value": [
            {
                "id": "u1",
                "userPrincipalName": "a@corp.example",
                "mail": "a@acme.example",
                "accountEnabled": True,
                "department": "X",
            },
            {"id": "u2", "userPrincipalName": "b@acme.example", "accountEnabled": False},
        ],
    },
    "entra/groups.json": {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#groups(members())",
        "value": [
            {
                "id": "11111111-2222-3333-4444-555555555555",
                "displayName": "eng",
                "groupTypes": [],
                "securityEnabled": True,
                "members": [
                    {"@odata.type": "#microsoft.graph.user", "id": "u1"},
                    {"@odata.type": "#microsoft.graph.user", "id": "u2"},
                ],
            },
            {
                "id": "g2",
                "displayName": "dynamic",
                "groupTypes": ["DynamicMembership"],
                "securityEnabled": True,
                "membershipRule": '(user.department -eq "x")',
                "membershipRuleProcessingState": "On",
            },
        ],
    },
    "entra/groups/11111111-2222-3333-4444-555555555555/owners.json": {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#directoryObjects",
        "value": [{"@odata.type": "#microsoft.graph.user", "id": "u1", "userPrincipalName": "a@corp.example"}],
    },
    "entra/apps.json": [
        {
            "id": "o1",
            "appId": "a1",
            "displayName": "robot",
            "signInAudience": "AzureADMyOrg",
            "passwordCredentials": [
                {
                    "displayName": "ci",
                    "keyId": "k",
                    "startDateTime": "2025-01-01T00:00:00Z",
                    "endDateTime": "2026-12-31T00:00:00Z",
                }
            ],
            "keyCredentials": [],
        }
    ],
    "entra/role-assignments.json": {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#roleManagement/directory/roleAssignments",
        "value": [
            {"id": "r1", "principalId": "u1", "roleDefinitionId": "fdd7a751-b60b-444a-984c-02652fe8fa1c", "directoryScopeId": "/"}
        ],
    },
}


def test_the_answers_of_microsoft_graph() -> None:
    graph = graph_of({name: json.dumps(value) for name, value in GRAPH.items()})
    assert edges_to(graph, "group:entra/eng", EdgeKind.MEMBER_OF) == ["user:a@acme.example"]  # the other one is disabled
    assert edges_to(graph, "group:entra/dynamic", EdgeKind.MEMBER_OF) == ["user:a@acme.example"]
    assert [(one.role, one.groups) for one in graph.estate.all(Administration)] == [
        ("owner", ("11111111-2222-3333-4444-555555555555",)),
        ("Groups Administrator", None),
    ]
    (secret,) = graph.estate.all(Credential)
    assert (secret.name, secret.created, secret.expires) == ("robot: ci", "2025-01-01", "2026-12-31")
    assert secret.field_place("expires").route == (0, "passwordCredentials", 0, "endDateTime")
    assert len(graph.estate.all(Membership)) == 3


UNITS = """
resource "azuread_directory_role" "groups" {
  display_name = "Groups Administrator"
}
resource "azuread_administrative_unit" "shop" {
  display_name = "shop"
  members      = [azuread_group.checkout.object_id]
}
"""
IN_UNIT = {
    "role assignment": """
resource "azuread_directory_role_assignment" "a" {
  role_id             = azuread_directory_role.groups.template_id
  principal_object_id = azuread_user.alice.object_id
  directory_scope_id  = format("/administrativeUnits/%s", azuread_administrative_unit.shop.object_id)
}
""",
    "unit's role member": """
resource "azuread_administrative_unit_role_member" "a" {
  role_object_id                = azuread_directory_role.groups.object_id
  member_object_id              = azuread_user.alice.object_id
  administrative_unit_object_id = azuread_administrative_unit.shop.object_id
}
""",
    "one group": """
resource "azuread_directory_role_assignment" "a" {
  role_id             = azuread_directory_role.groups.template_id
  principal_object_id = azuread_user.alice.object_id
  directory_scope_id  = "/${azuread_group.checkout.object_id}"
}
""",
}
OPEN = PEOPLE + APP.format(claims="All", required="true", more="") + ASSIGN + BY_ID


@pytest.mark.parametrize("form", IN_UNIT)
def test_a_role_over_an_administrative_unit_is_one_over_its_groups(form: str) -> None:
    text = OPEN + UNITS + IN_UNIT[form]
    assert edges_to(graph_of({"entra/main.tf": text}), "group:entra/eng-checkout", EdgeKind.MAY_ADMINISTER) == [
        "user:alice@acme.example", "user:bob@acme.example",  # the owner
    ]  # fmt: skip
    other = text.replace("members      = [azuread_group.checkout", "members      = [azuread_group.all").replace(
        "/${azuread_group.checkout", "/${azuread_group.all"
    )
    assert edges_to(graph_of({"entra/main.tf": other}), "group:entra/eng-checkout", EdgeKind.MAY_ADMINISTER) == [
        "user:bob@acme.example"
    ]


def test_a_unit_that_no_file_declares_stands_in_the_coverage() -> None:
    text = OPEN + UNITS + IN_UNIT["role assignment"].replace("azuread_administrative_unit.shop.object_id", '"9f0c"')
    graph = graph_of({"entra/main.tf": text})
    assert "which groups are in an administrative unit is not in the repository" in {
        one.reason for one in graph.estate.unresolved()
    }


@pytest.mark.parametrize(
    ("role", "guarded", "expected"),
    [
        ("Groups Administrator", "false", True),
        ("Groups Administrator", "true", False),
        ("Global Administrator", "true", True),
        ("Privileged Role Administrator", "true", True),
        ("Intune Administrator", "false", True),
        ("Teams Administrator", "false", False),
    ],
)
def test_a_group_that_roles_are_assigned_to_is_changed_by_few(role: str, guarded: str, expected: bool) -> None:
    text = OPEN.replace(
        'display_name     = "eng-checkout"', f'display_name       = "eng-checkout"\n  assignable_to_role = {guarded}'
    )
    text += UNITS.replace("Groups Administrator", role) + IN_UNIT["role assignment"].replace("  directory_scope_id", "  # ")
    found = edges_to(graph_of({"entra/main.tf": text}), "group:entra/eng-checkout", EdgeKind.MAY_ADMINISTER)
    assert ("user:alice@acme.example" in found) == expected
    assert "user:bob@acme.example" in found  # owners change it whatever it is


PACKAGE = """
resource "azuread_access_package" "shop" {
  catalog_id   = azuread_access_package_catalog.it.id
  display_name = "Shop"
}
resource "azuread_access_package_catalog" "it" {
  display_name = "it"
}
resource "azuread_access_package_resource_catalog_association" "shop" {
  catalog_id             = azuread_access_package_catalog.it.id
  resource_origin_id     = azuread_group.checkout.object_id
  resource_origin_system = "AadGroup"
}
resource "azuread_access_package_resource_package_association" "shop" {
  access_package_id               = azuread_access_package.shop.id
  catalog_resource_association_id = azuread_access_package_resource_catalog_association.shop.id
}
resource "azuread_access_package_assignment_policy" "shop" {
  access_package_id = azuread_access_package.shop.id
  display_name      = "all"
  requestor_settings {
    scope_type        = "%s"
    requests_accepted = %s
  }
  approval_settings {
    approval_required = %s
  }
}
"""


@pytest.mark.parametrize(
    ("scope", "accepted", "approval", "language", "said"),
    [
        ("AllExistingDirectoryMemberUsers", "true", "false", "open", "everybody gets the access package `Shop`"),
        ("AllExistingDirectoryMemberUsers", "true", "true", None, "an approved request for the access package `Shop`"),
        ("SpecificDirectorySubjects", "true", "false", None, "those listed get the access package `Shop`"),
        ("AllExistingDirectoryMemberUsers", "false", "false", None, "an assignment of the access package `Shop`"),
    ],
)
def test_who_asks_for_an_access_package_is_in_its_groups(
    scope: str, accepted: str, approval: str, language: str | None, said: str
) -> None:
    graph = graph_of({"entra/main.tf": PEOPLE + PACKAGE % (scope, accepted, approval)})
    (member,) = [one for one in graph.estate.all(Membership) if (one.dynamic or "").count("package")]
    assert (key(member.group), member.language) == ("⟨entra#azuread_group.checkout.object_id⟩", language)
    assert (member.dynamic or "").startswith(said)


def test_nobody_asks_for_a_package_of_no_subjects() -> None:
    graph = graph_of({"entra/main.tf": PEOPLE + PACKAGE % ("NoSubjects", "true", "false")})
    assert not [one for one in graph.estate.all(Membership) if (one.dynamic or "").count("package")]


LISTED = """
resource "azuread_user" "carol" {
  user_principal_name = "carol@acme.example"
  display_name        = "Carol"
}
resource "azuread_group" "designers" {
  display_name     = "designers"
  security_enabled = true
}
resource "azuread_group" "unpacked" {
  display_name     = "unpacked"
  security_enabled = true
}
resource "azuread_access_package_resource_catalog_association" "unpacked" {
  catalog_id             = azuread_access_package_catalog.it.id
  resource_origin_id     = azuread_group.unpacked.object_id
  resource_origin_system = "AadGroup"
}
"""
REQUESTORS = """    scope_type        = "SpecificDirectorySubjects"
    requestor {
      subject_type = "singleUser"
      object_id    = azuread_user.carol.object_id
    }
    requestor {
      subject_type = "groupMembers"
      object_id    = azuread_group.designers.object_id
    }
"""


@pytest.mark.parametrize(
    ("accepted", "approval", "condition"),
    [
        ("true", "false", "a request for the access package `Shop` is made"),
        ("true", "true", "a request for the access package `Shop` is made, and somebody approves it"),
        ("false", "false", None),
    ],
)
def test_those_listed_may_ask_for_an_access_package(accepted: str, approval: str, condition: str | None) -> None:
    package = PACKAGE.replace('    scope_type        = "%s"\n', REQUESTORS) % (accepted, approval)
    graph = graph_of({"entra/main.tf": PEOPLE + LISTED + package})
    asking = [
        edge for edge in graph.edges() if edge.kind is EdgeKind.MEMBER_OF and (edge.condition or "").startswith("a request")
    ]
    found = {(edge.source.id, edge.target.id, edge.condition, edge.certainty) for edge in asking}
    sources = ("user:carol@acme.example", "group:entra/designers") if condition else ()
    assert found == {(source, "group:entra/eng-checkout", condition, Certainty.UNKNOWN) for source in sources}


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        ("Catalog owner", ["eng-checkout", "unpacked"]),
        ("Access package manager", ["eng-checkout", "unpacked"]),
        ("Access package assignment manager", ["eng-checkout"]),
        ("Catalog reader", []),
    ],
)
def test_who_runs_a_catalog_of_access_packages_changes_its_groups(role: str, groups: list[str]) -> None:
    held = f"""
data "azuread_access_package_catalog_role" "role" {{
  display_name = "{role}"
}}
resource "azuread_access_package_catalog_role_assignment" "carol" {{
  role_id             = data.azuread_access_package_catalog_role.role.object_id
  principal_object_id = azuread_user.carol.object_id
  catalog_id          = azuread_access_package_catalog.it.id
}}
"""
    graph = graph_of({"entra/main.tf": PEOPLE + LISTED + PACKAGE % ("NoSubjects", "true", "false") + held})
    found = [
        edge.target.id for edge in graph.edges()
        if edge.kind is EdgeKind.MAY_ADMINISTER and edge.source.id == "user:carol@acme.example"
    ]  # fmt: skip
    assert sorted(found) == [f"group:entra/{name}" for name in groups]


@pytest.mark.parametrize(
    ("fields", "person"),
    [
        ({"userPrincipalName": "a@corp.example", "mail": "a@acme.example"}, "user:a@acme.example"),
        ({"userPrincipalName": "a@corp.example", "mail": None}, "user:a@corp.example"),
        ({"userPrincipalName": "a@corp.example"}, "user:a@corp.example"),
        ({}, "user:u1"),
    ],
)
def test_people_who_stand_inside_a_group(fields: dict[str, str | None], person: str) -> None:
    one = {"@odata.type": "#microsoft.graph.user", "id": "u1", **fields}
    group = {"id": "g1", "displayName": "eng", "groupTypes": [], "securityEnabled": True, "members": [one], "owners": [one]}
    files = {"entra/groups.json": json.dumps([group])}
    graph = graph_of(files)
    assert edges_to(graph, "group:entra/eng", EdgeKind.MEMBER_OF) == [person]
    assert edges_to(graph, "group:entra/eng", EdgeKind.MAY_ADMINISTER) == [person]
    user = {"id": "u1", "userPrincipalName": "a@corp.example", "mail": "full@acme.example", "accountEnabled": True}
    whole = graph_of({**files, "entra/users.json": json.dumps([user])})
    if "mail" not in fields:  # the list of users says who it is
        assert edges_to(whole, "group:entra/eng", EdgeKind.MEMBER_OF) == ["user:full@acme.example"]


def test_a_guest_is_a_member_by_the_id_of_the_invitation() -> None:
    graph = graph_of(
        {
            "infra/main.tf": """
        resource "azuread_invitation" "eve" {
          user_email_address = "eve@partner.example"
          redirect_url       = "https://portal.azure.com"
        }
        resource "azuread_group" "partners" {
          display_name     = "partners"
          security_enabled = true
          members          = [azuread_invitation.eve.user_id]
        }
        resource "azuread_group" "guests" {
          display_name     = "guests"
          security_enabled = true
          types            = ["DynamicMembership"]
          dynamic_membership {
            enabled = true
            rule    = "user.userType -eq \\"Guest\\""
          }
        }
        """
        }
    )
    assert {"group:entra/partners", "group:entra/guests"} <= set(reached(graph, "user:eve@partner.example"))
