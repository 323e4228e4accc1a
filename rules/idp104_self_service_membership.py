"""IDP104 self-service-membership."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Certainty,
    Confidence,
    Example,
    Finding,
    Node,
    NodeKind,
    ProfileAttribute,
    Severity,
    group_of,
    group_rules,
    key,
    rule,
    way_in,
)

_OKTA = """
    resource "okta_group" "checkout" {{
      name = "{group}"
    }}
    resource "okta_group_rule" "checkout" {{
      name              = "checkout"
      group_assignments = [okta_group.checkout.id]
      expression_value  = {expression}
    }}
    {schema}
    resource "lightstep_saml_group_mappings" "acme" {{
      mapping {{
        match {{
          attribute_key   = "member_of"
          attribute_value = "eng-checkout"
        }}
        roles {{
          organization_role = "Organization Restricted Member"
          project_roles     = {{ checkout-prod = "Project Editor" }}
        }}
      }}
    }}
    """
_SCHEMA = """
    resource "okta_user_schema_property" "squad" {{
      index       = "squad"
      title       = "Squad"
      type        = "string"
      permissions = "{permissions}"
    }}
    """


def _rule(expression: str, schema: str = "", group: str = "eng-checkout") -> dict[str, str]:
    return {"okta/main.tf": _OKTA.format(expression=expression, schema=schema, group=group)}


_MAPPED = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    mappings: [{attribute: groups, value: eng-checkout, organization_role: Organization Viewer}]
    """
_ENTRA = """
    resource "azuread_group" "checkout" {{
      display_name     = "eng-checkout"
      security_enabled = true
      types            = ["DynamicMembership"]
      dynamic_membership {{
        enabled = true
        rule    = {rule}{mark}
      }}
    }}
    """
_GOOGLE = """
    resource "googleworkspace_group" "checkout" {{
      email = "eng-checkout"
    }}
    resource "googleworkspace_group_settings" "checkout" {{
      email        = googleworkspace_group.checkout.email
      who_can_join = "{how}"{mark}
    }}
    """
_KEYCLOAK = """
    resource "keycloak_realm" "acme" {{
      realm                = "acme"
      registration_allowed = {allowed}
    }}
    resource "keycloak_group" "checkout" {{
      realm_id = keycloak_realm.acme.id
      name     = "eng-checkout"
    }}
    resource "keycloak_default_groups" "acme" {{
      realm_id  = keycloak_realm.acme.id
      group_ids = [keycloak_group.checkout.id]{mark}
    }}
    """


def _with(text: str) -> dict[str, str]:
    return {"infra/main.tf": text, "access/telemetry.access.yaml": _MAPPED}


def _entra(rule_text: str, mark: str = "") -> dict[str, str]:
    return _with(_ENTRA.format(rule=repr(rule_text).replace('"', '\\"').replace("'", '"'), mark=mark))


def _google(how: str, mark: str = "") -> dict[str, str]:
    return _with(_GOOGLE.format(how=how, mark=mark))


def _keycloak(allowed: str, mark: str = "") -> dict[str, str]:
    return _with(_KEYCLOAK.format(allowed=allowed, mark=mark))


@rule(
    id="IDP104",
    name="self-service-membership",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Okta docs: Group rules", "Groups Settings API: whoCanJoin", "Entra docs: Dynamic membership rules for groups", "Okta docs: User profile attributes", "Okta provider: okta_user_schema_property"],
    bad=[
        Example("a nickname opens a project", _rule('"user.nickName == \\"checkout\\"" # <- IDP104')),
        Example("an attribute of one's own that people may write", _rule(
            '"String.stringContains(user.squad, \\"checkout\\")" # <- IDP104', _SCHEMA.format(permissions="READ_WRITE"))),
        Example("an export's rule", {"okta/all.json": """
            [{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng-checkout"}},
             {"id": "0pr1", "type": "group_rule", "status": "ACTIVE",
              "conditions": {"expression": {"value": "user.nickName == \\"checkout\\""}},
              "actions": {"assignUserToGroups": {"groupIds": ["00g1"]}}}]
            """, "access/t.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            mappings: [{attribute: member_of, value: eng-checkout, organization_role: Organization Viewer}]
            """}, expect=[("okta/all.json", 3)]),
        Example("one of two ways is enough", _rule(
            '"user.department == \\"Checkout\\" OR user.displayName == \\"checkout\\"" # <- IDP104', """
    resource "okta_user_base_schema_property" "name" {
      index       = "displayName"
      title       = "Display name"
      type        = "string"
      permissions = "READ_WRITE"
    }
    """)),
        Example("anybody whose name a guest may bear", _entra('user.displayName -startsWith "eng-"', "  # <- IDP104")),
        Example("a part of an address, or a department", _entra(
            '(user.department -eq "eng") -or (user.accountEnabled -eq true -and user.mail -contains "acme")', "  # <- IDP104")),
        Example("everybody of Google's domain may join", _google("ALL_IN_DOMAIN_CAN_JOIN", " # <- IDP104")),
        Example("whoever registers in Keycloak's realm", _keycloak("true", " # <- IDP104")),
    ],
    good=[
        Example("only members of the tenant", _entra('user.displayName -startsWith "eng-" -and user.userType -eq "Member"')),
        Example("the end of an address is the domain's", _entra('user.mail -endsWith "@acme.example"')),
        Example("a property that guests do not have", _entra('user.displayName -contains "eng" -and user.department -eq "eng"')),
        Example("a rule that nobody can tell", _entra('-not (user.displayName -contains "guest")')),
        Example("one may ask to join Google's group", _google("CAN_REQUEST_TO_JOIN")),
        Example("nobody registers in Keycloak's realm", _keycloak("false")),
        Example("an attribute that only administrators write", _rule('"user.department == \\"Checkout\\""')),
        Example("people may read the attribute", _rule('"user.squad == \\"checkout\\""', _SCHEMA.format(permissions="READ_ONLY"))),
        Example("who may write the attribute is not known", _rule('"user.squad == \\"checkout\\""')),
        Example("an administrators' attribute must hold too", _rule(
            '"user.nickName == \\"checkout\\" AND user.department == \\"Checkout\\""')),
        Example("the group opens nothing", _rule('"user.nickName == \\"checkout\\""', group="chess")),
    ],
)  # fmt: skip
def self_service_membership(graph: AccessGraph) -> Iterator[Finding]:
    """People get into a group by themselves, by an attribute of their own or by joining, and the group opens something.

    Whoever types the right word into their own profile has the access, without a request and without a trace of a decision.
    So has a guest of Entra, whose address and name are whatever the inviter or the guest's own directory says, where a rule
    asks for a part of them; and everybody who may join (Google's `who_can_join`), or who registers in a realm of Keycloak with
    default groups, or who asks for an access package of Entra that nobody approves.

    ## What to do instead

    Decide by an attribute that comes from the personnel system or that only administrators change, or assign the members.

    ## What this rule does not see

    Attributes about which the repository says nothing and that Okta does not let people change by default, and profile
    mappings from other systems; whether an Entra tenant lets people invite guests. Expressions that are more than comparisons joined by `AND` and `OR` count as far as they
    can be cut there.
    """
    written = {attribute.name: attribute for attribute in graph.estate.all(ProfileAttribute)}
    seen = set()
    for membership in group_rules(graph):
        if (membership.place, key(membership.group)) in seen:
            continue
        seen.add((membership.place, key(membership.group)))
        way = way_in(membership, written)
        group = group_of(graph, membership) if way is not None else None
        opened = _opened(graph, group) if group is not None else None
        if way is None or group is None or opened is None:
            continue
        yield Finding(
            f"{way.how.format(group.name)}, and then reach `{opened.id}`",
            at=membership.place,
            because=way.because,
            help=way.instead,
            subject=f"{group.id} {way.by}".rstrip(),
        )


def _opened(graph: AccessGraph, group: Node) -> Node | None:
    for reached in graph.reach(group):
        if reached.certainty is not Certainty.UNKNOWN and reached.node.kind in (NodeKind.PROJECT, NodeKind.ROLE):
            return reached.node
    return None
