"""SYNC102 drift-from-export."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, identity_drift, live_drift, rule

_DECLARED = """
    resource "lightstep_saml_group_mappings" "acme" {
      mapping {
        match {
          attribute_key   = "member_of"
          attribute_value = "eng-checkout"%s
        }
        roles {
          organization_role = "Organization Restricted Member"
          project_roles     = { checkout-prod = "Project Viewer" }
        }
      }
    }
    resource "lightstep_user_role_binding" "admins" {
      role  = "Organization Admin"
      users = [
        "alice@acme.example",
        "dave@acme.example",%s
      ]
    }
    """
_MAPPINGS = """{"data": {"type": "saml-group-mappings", "attributes": {"mappings": [
      {"saml-attribute-key": "member_of",
       "saml-attribute-value": "%s",
       "organization-role": "Organization Restricted Member",
       "project-roles": {"checkout-prod": "%s"}}]}}}"""
_BINDING = '{"data": {"attributes": {"role-name": "Organization Admin", "project-name": "",\n "users": [%s]}}}'
_GROUP = """
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    users: [{email: alice@acme.example, status: active}]
    groups:
      - name: eng-checkout
        members: [alice@acme.example]%s
    """
_USER = '[{"id": "00u%s", "status": "%s", "profile": {"login": "%s",\n"email": "%s"}}]'


def _mappings(group: str = "eng-checkout", role: str = "Project Viewer", mark: str = "") -> dict[str, str]:
    return {"lightstep/main.tf": _DECLARED % (mark, ""), "live/saml-group-mappings.json": _MAPPINGS % (group, role)}


def _admins(*users: str, mark: str = "") -> dict[str, str]:
    named = ",\n".join(f'"{user}"' for user in users)
    return {"lightstep/main.tf": _DECLARED % ("", mark), "live/role-binding.json": _BINDING % named}


def _members(user: str, status: str = "ACTIVE", mark: str = "") -> dict[str, str]:
    return {
        "access/people.access.yaml": _GROUP % mark,
        "live/groups.json": '[{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng-checkout"}}]',
        "live/groups/00g1/users.json": _USER % (user[:3], status, user, user),
    }


@rule(
    id="SYNC102",
    name="drift-from-export",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep public API: saml-group-mappings, role-binding", "Okta API: list all member users"],
    bad=[
        Example("somebody raised a role in the product", _mappings(role="Project Editor"), expect=[("live/saml-group-mappings.json", 5)]),
        Example("a mapping that nothing declares, and one that is gone", _mappings("eng-payments", mark=" # <- SYNC102"),
                expect=[("live/saml-group-mappings.json", 3)]),
        Example("an administrator made by hand", _admins("alice@acme.example", "dave@acme.example", "mallory@acme.example"),
                expect=[("live/role-binding.json", 4)]),
        Example("a declared administrator who is none", {**_admins("alice@acme.example"), "lightstep/main.tf":
            (_DECLARED % ("", "")).replace('"dave@acme.example",', '"dave@acme.example", # <- SYNC102')}),
        Example("somebody else is in the group", _members("mallory@acme.example", mark="  # <- SYNC102"),
                expect=[("live/groups/00g1/users.json", 1)]),
        Example("declared active, and suspended", _members("alice@acme.example", "SUSPENDED"), expect=[("live/groups/00g1/users.json", 2)]),
    ],
    good=[
        Example("the export says what is declared", {**_mappings(), **_admins("Dave@acme.example", "alice@acme.example")}),
        Example("roles that no answer is about are not compared", _mappings()),
        Example("the group is as declared", _members("alice@acme.example")),
        Example("a rule fills the group", {**_members("mallory@acme.example"), "access/people.access.yaml":
            (_GROUP % "").replace("members: [alice@acme.example]", "team: checkout"), "okta/main.tf": """
            resource "okta_group" "checkout" {
              name = "eng-checkout"
            }
            resource "okta_group_rule" "checkout" {
              name              = "checkout"
              status            = "ACTIVE"
              group_assignments = [okta_group.checkout.id]
              expression_value  = "user.department == \\"checkout\\""
            }
            """}),
        Example("an export and nothing declared", {"live/saml-group-mappings.json": _MAPPINGS % ("eng-checkout", "Project Viewer"),
                                                   "lightstep/main.tf": 'resource "lightstep_dashboard" "a" {\n  project_name = "checkout-prod"\n}'}),
    ],
)  # fmt: skip
def drift_from_export(graph: AccessGraph) -> Iterator[Finding]:
    """A live export in the repository differs from what is declared: somebody has access that no file gives, or lacks it.

    What was changed by hand is reviewed by nobody, survives nothing but luck, and is gone or back at the next apply. Read are
    answers of Lightstep's API (`saml-group-mappings`, `role-binding`), and of the identity providers' (Okta, SCIM, Identity Center,
    Entra ID, Google Workspace, Keycloak, GitHub); of Datadog the mappings and the members of teams, of Grafana the members of teams.

    ## What to do instead

    Declare the change, or undo it where it was made; then write the export anew.

    ## What this rule does not see

    What the export does not hold: roles and groups that no answer is about, an answer without any mapping, members of groups that
    a rule fills or whoever signs in, roles that users hold at Datadog and Grafana (the answers do not say who gave them), and
    Honeycomb, whose interface for people is not read. Where a declaration only adds members, others may have been added elsewhere, and are not told.
    """
    for drift in chain(live_drift(graph), identity_drift(graph)):
        help = "declare it, or undo it where it was made"
        yield Finding(drift.message, at=drift.at, because=drift.because, help=help, subject=drift.subject)
