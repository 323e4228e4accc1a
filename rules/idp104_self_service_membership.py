"""IDP104 self-service-membership."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Certainty,
    Confidence,
    Example,
    Finding,
    Membership,
    Node,
    NodeKind,
    ProfileAttribute,
    Severity,
    group_of,
    in_words,
    key,
    rule,
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


@rule(
    id="IDP104",
    name="self-service-membership",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Okta docs: Group rules", "Okta docs: User profile attributes", "Okta provider: okta_user_schema_property"],
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
    ],
    good=[
        Example("an attribute that only administrators write", _rule('"user.department == \\"Checkout\\""')),
        Example("people may read the attribute", _rule('"user.squad == \\"checkout\\""', _SCHEMA.format(permissions="READ_ONLY"))),
        Example("who may write the attribute is not known", _rule('"user.squad == \\"checkout\\""')),
        Example("an administrators' attribute must hold too", _rule(
            '"user.nickName == \\"checkout\\" AND user.department == \\"Checkout\\""')),
        Example("the group opens nothing", _rule('"user.nickName == \\"checkout\\""', group="chess")),
    ],
)  # fmt: skip
def self_service_membership(graph: AccessGraph) -> Iterator[Finding]:
    """A rule puts people into a group by an attribute that they can change themselves, and the group opens something.

    Whoever types the right word into their own profile has the access, without a request and without a trace of a decision.

    ## What to do instead

    Decide by an attribute that comes from the personnel system or that only administrators change, or assign the members.

    ## What this rule does not see

    Attributes about which the repository says nothing and that Okta does not let people change by default, and profile
    mappings from other systems. Expressions that are more than comparisons joined by `AND` and `OR` count as far as they
    can be cut there.
    """
    written = {attribute.name: attribute for attribute in graph.estate.all(ProfileAttribute)}
    seen = set()
    for membership in graph.estate.all(Membership):
        if membership.dynamic is None or membership.language != "okta" or (membership.place, key(membership.group)) in seen:
            continue
        seen.add((membership.place, key(membership.group)))
        fields = _self_service(membership.dynamic, written)
        if not fields:
            continue
        group = group_of(graph, membership)
        opened = _opened(graph, group) if group is not None else None
        if group is None or opened is None:
            continue
        because = [(written[field].place, f"people may change `{field}`") for field in fields if field in written]
        yield Finding(
            f"people join `{group.name}` by changing their own {in_words(fields)}, and then reach `{opened.id}`",
            at=membership.place,
            because=because or [(membership.place, f"Okta lets people change {in_words(fields)} by default")],
            help="decide by an attribute that only administrators or the personnel system change",
            subject=f"{group.id} {' '.join(fields)}",
        )


_DEFAULT = frozenset(
    {"firstName", "lastName", "middleName", "nickName", "secondEmail", "mobilePhone", "primaryPhone", "profileUrl"}
)
"""Attributes that people may change unless an administrator forbids it ("User profile attributes", default permissions)."""


def _self_service(expression: str, written: dict[str, ProfileAttribute]) -> list[str]:
    """Return the attributes by which alone the expression can be made true; empty where that takes another one."""
    if "!" in expression.replace("!=", "") or len(expression) > 5000:
        return []
    found: list[str] = []
    for alternative in re.split(r"\s+OR\s+|\|\|", expression):
        fields = list(dict.fromkeys(re.findall(r"\buser\.(\w+)", alternative)))
        if fields and "isMemberOf" not in alternative and all(_editable(field, written) for field in fields):
            found += [field for field in fields if field not in found]
    return found


def _editable(field: str, written: dict[str, ProfileAttribute]) -> bool:
    return written[field].self_editable if field in written else field in _DEFAULT


def _opened(graph: AccessGraph, group: Node) -> Node | None:
    for reached in graph.reach(group):
        if reached.certainty is not Certainty.UNKNOWN and reached.node.kind in (NodeKind.PROJECT, NodeKind.ROLE):
            return reached.node
    return None
