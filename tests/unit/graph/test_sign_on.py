"""Sign-on policies between a group and the application that it is assigned to."""

from __future__ import annotations

import pytest
from graphs import graph_of, reached

OKTA = """
resource "okta_group" "checkout" {{ name = "eng-checkout" }}
resource "okta_group" "other" {{ name = "eng-other" }}
resource "okta_app_saml" "lightstep" {{
  label                 = "Lightstep"
  audience              = "https://app.lightstep.com/saml/metadata"
  authentication_policy = okta_app_signon_policy.p.id
  attribute_statements {{
    name         = "member_of"
    type         = "GROUP"
    filter_type  = "STARTS_WITH"
    filter_value = "eng-"
  }}
}}
resource "okta_app_group_assignments" "lightstep" {{
  app_id = okta_app_saml.lightstep.id
  group {{ id = okta_group.checkout.id }}
}}
resource "okta_app_signon_policy" "p" {{
  name        = "p"
  description = "p"
  {policy}
}}
{rules}
resource "lightstep_saml_group_mappings" "acme" {{
  mapping {{
    match {{
      attribute_key   = "member_of"
      attribute_value = "eng-checkout"
    }}
    roles {{
      organization_role = "Organization Restricted Member"
      project_roles     = {{ checkout-prod = "Project Viewer" }}
    }}
  }}
}}
"""
PROJECT = "project:lightstep/checkout-prod"


def rule(number: int, *lines: str) -> str:
    body = "\n  ".join(("policy_id = okta_app_signon_policy.p.id", f'name = "r{number}"', f"priority = {number}", *lines))
    return f'resource "okta_app_signon_policy_rule" "r{number}" {{\n  {body}\n}}\n'


CHECKOUT, OTHER = "groups_included = [okta_group.checkout.id]", "groups_included = [okta_group.other.id]"
DENY, OFFICE = 'access = "DENY"', 'network_includes = ["nzo1"]'


@pytest.mark.parametrize(
    ("policy", "rules", "expected"),
    [
        ("", "", "certain"),
        ("", rule(1, CHECKOUT, DENY), None),
        ("", rule(1, OTHER, DENY), "certain"),
        ("", rule(1, CHECKOUT) + rule(2, DENY), "certain"),  # the first rule that fits decides
        ("", rule(2, CHECKOUT) + rule(1, CHECKOUT, DENY), None),
        ("", rule(1, CHECKOUT, DENY, OFFICE), "assumed"),  # perhaps they are elsewhere
        ("", rule(1, CHECKOUT, DENY, 'status = "INACTIVE"'), "certain"),
        ("catch_all = false", "", None),
        ("catch_all = false", rule(1, CHECKOUT), "certain"),
        ("catch_all = false", rule(1, OTHER), "unknown"),  # a member may be in the other group too
        ("", rule(1, DENY, "groups_excluded = [okta_group.checkout.id]"), "certain"),
    ],
)
def test_okta(policy: str, rules: str, expected: str | None) -> None:
    graph = graph_of({"okta/main.tf": OKTA.format(policy=policy, rules=rules)})
    assert reached(graph, "group:okta/eng-checkout").get(PROJECT) == expected


ENTRA = """
resource "azuread_group" "checkout" {{ display_name = "eng-checkout" }}
resource "azuread_group" "other" {{ display_name = "other" }}
resource "azuread_application" "lightstep" {{
  display_name            = "Tracing"
  identifier_uris         = ["https://app.lightstep.com/saml/metadata"]
  group_membership_claims = ["SecurityGroup"]
}}
resource "azuread_service_principal" "lightstep" {{
  client_id = azuread_application.lightstep.client_id
}}
resource "azuread_conditional_access_policy" "p" {{
  display_name = "p"
  state        = "{state}"
  conditions {{
    client_app_types = ["all"]
    applications {{
      included_applications = [{apps}]
    }}
    users {{
      {users}
    }}
    {more}
  }}
  grant_controls {{
    operator          = "OR"
    built_in_controls = ["{control}"]
  }}
}}
resource "lightstep_saml_group_mappings" "acme" {{
  mapping {{
    match {{
      attribute_key   = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
      attribute_value = azuread_group.checkout.object_id
    }}
    roles {{
      organization_role = "Organization Restricted Member"
      project_roles     = {{ checkout-prod = "Project Viewer" }}
    }}
  }}
}}
"""
APP = "azuread_application.lightstep.client_id"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"state": "enabledForReportingButNotEnforced"}, "certain"),
        ({"control": "mfa"}, "certain"),
        ({"apps": '"All"'}, None),
        ({"apps": '"00000000-0000-0000-0000-000000000009"'}, "certain"),
        ({"users": "included_groups = [azuread_group.other.object_id]"}, "certain"),
        ({"users": "included_groups = [azuread_group.checkout.object_id]"}, None),
        ({"users": 'included_users = ["All"]\n      excluded_groups = [azuread_group.checkout.object_id]'}, "certain"),
        ({"users": 'included_users = ["All"]\n      excluded_groups = [azuread_group.other.object_id]'}, "unknown"),
        (
            {"more": 'locations {\n      included_locations = ["All"]\n      excluded_locations = ["AllTrusted"]\n    }'},
            "assumed",
        ),
    ],
)
def test_entra(settings: dict[str, str], expected: str | None) -> None:
    words = {"state": "enabled", "apps": APP, "users": 'included_users = ["All"]', "more": "", "control": "block", **settings}
    graph = graph_of({"entra/main.tf": ENTRA.format(**words)})
    assert reached(graph, "group:entra/eng-checkout").get(PROJECT) == expected
