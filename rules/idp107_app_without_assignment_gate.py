"""IDP107 app-without-assignment-gate."""

from collections.abc import Iterator

from iamlint.rulekit import (
    EVERYONE,
    AccessGraph,
    Application,
    ApplicationAssignment,
    Confidence,
    Example,
    Finding,
    Group,
    Severity,
    key,
    rule,
)

_APP = """
    resource "okta_app_saml" "traces" {{
      label               = "Traces"
      audience            = "{audience}"
      {gate}
    }}
    """
_TRACES = "https://app.lightstep.com/saml/metadata"
_EVERYONE = """
    data "okta_everyone_group" "all" {
    }
    resource "okta_app_group_assignment" "traces" {MARK
      app_id   = okta_app_saml.traces.id
      group_id = data.okta_everyone_group.all.id
    }
    """


_ENTRA = """
    resource "azuread_application" "traces" {{
      display_name    = "Traces"
      identifier_uris = ["https://app.lightstep.com/saml/metadata"]
    }}
    resource "azuread_service_principal" "traces" {{
      client_id = azuread_application.traces.client_id
      {line}
    }}
    """


@rule(
    id="IDP107",
    name="app-without-assignment-gate",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Okta provider: okta_app_saml", "Okta docs: Enable Federation Broker Mode", "Lightstep docs: Manage users and roles"],
    bad=[
        Example("implicit assignment", {"okta/app.tf": _APP.format(
            audience=_TRACES, gate="implicit_assignment = true # <- IDP107")}),
        Example("the group of everybody is assigned", {"okta/app.tf": _APP.format(audience=_TRACES, gate="") + _EVERYONE.replace(
            "MARK", " # <- IDP107")}),
        Example("an export says so", {"okta/apps.json": """
            [{"id": "0oa1", "name": "lightstep", "label": "Traces", "signOnMode": "SAML_2_0",
              "settings": {"implicitAssignment": true}}]
            """}, expect=[("okta/apps.json", 2)]),
        Example("a service principal of Entra that asks for no assignment", {"entra/main.tf": _ENTRA.format(
            line="app_role_assignment_required = false # <- IDP107")}),
    ],
    good=[
        Example("one that does", {"entra/main.tf": _ENTRA.format(line="app_role_assignment_required = true")}),
        Example("Keycloak knows no assignments", {"keycloak/main.tf": """
            resource "keycloak_saml_client" "traces" {
              realm_id  = "acme"
              client_id = "https://app.lightstep.com/saml/metadata"
            }
            """}),
        Example("groups are assigned", {"okta/app.tf": _APP.format(audience=_TRACES, gate="implicit_assignment = false")}),
        Example("an application that opens something else", {"okta/app.tf": _APP.format(
            audience="https://wiki.acme.example", gate="implicit_assignment = true")}),
        Example("a switch that is not known", {"okta/app.tf": 'variable "open" {}\n' + _APP.format(
            audience=_TRACES, gate="implicit_assignment = var.open")}),
    ],
)  # fmt: skip
def app_without_assignment_gate(graph: AccessGraph) -> Iterator[Finding]:
    """Everybody in the identity provider can sign in to the application: nothing gates it.

    At the first sign-in the vendor makes an account with the organization's default role, which no file holds. And a group
    reaches through a mapping although nobody assigned it.

    ## What to do instead

    Switch `implicit_assignment` off (Entra: `app_role_assignment_required` on) and assign the groups that need the application.

    ## What this rule does not see

    Sign-on policies, and what the default role permits. Applications that open neither telemetry nor AWS. Keycloak's clients,
    for which there are no assignments.
    """
    everyone = {key(text) for group in graph.estate.all(Group) if group.name == EVERYONE for text in (group.name, *group.ids)}
    opening: dict[str, Application] = {}
    for application in graph.estate.all(Application):
        if application.target is None:
            continue
        opening.update((key(name), application) for name in (*application.ids, application.label))
        if application.implicit_assignment and application.open_words:
            yield Finding(
                f"everybody can sign in to `{key(application.label)}`: {application.open_words}",
                at=application.implicit_place or application.place,
                because=[(application.place, f"it opens `{application.target}`")],
                help="switch it off and assign groups",
                subject=key(application.label),
            )
    for assignment in graph.estate.all(ApplicationAssignment):
        found = opening.get(key(assignment.application))
        if found is not None and assignment.member_kind == "group" and key(assignment.member) in everyone:
            if found.target == "aws":
                continue  # a role or permission set is still needed
            yield Finding(
                f"everybody can sign in to `{key(found.label)}`: the group `Everyone` is assigned",
                at=assignment.place,
                because=[(found.place, f"it opens `{found.target}`")],
                help="assign the groups that need it",
                subject=f"{key(found.label)} Everyone",
            )
