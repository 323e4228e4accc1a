"""TEL108 dead-mapping."""

from collections.abc import Iterator

from iamlint.rulekit import (
    NOT_FEDERATING,
    AccessGraph,
    Application,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Group,
    ScopeMapping,
    Severity,
    Text,
    Unknown,
    Value,
    key,
    matches,
    nearest,
    rule,
)  # fmt: skip

_OKTA = """
    resource "okta_group" "checkout" {{ name = "{name}" }}
    resource "okta_group" "other" {{ name = "eng-other" }}
    resource "okta_app_saml" "lightstep" {{
      label    = "Lightstep"
      audience = "https://app.lightstep.com/saml/metadata"
      attribute_statements {{
        name         = "member_of"
        type         = "GROUP"
        filter_type  = "STARTS_WITH"
        filter_value = "eng-"
      }}
    }}
    resource "okta_app_group_assignments" "lightstep" {{
      app_id = okta_app_saml.lightstep.id
      group {{ id = okta_group.{assigned}.id }}
    }}
    """

_MAPPING = """
    resource "lightstep_saml_group_mappings" "acme" {{
      mapping {{
        match {{
          attribute_key   = "{attribute}"
          attribute_value = "{value}"{mark}
        }}
        roles {{ organization_role = "Organization Restricted Member" }}
      }}
    }}
    """


def _estate(
    mark: str = "",
    name: str = "eng-checkout",
    value: str = "eng-checkout",
    attribute: str = "member_of",
    assigned: str = "checkout",
) -> dict[str, str]:
    mapping = _MAPPING.format(attribute=attribute, value=value, mark=mark)
    return {"okta/main.tf": _OKTA.format(name=name, assigned=assigned), "lightstep/main.tf": mapping}


@rule(
    id="TEL108",
    name="dead-mapping",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Lightstep docs: Map SAML attributes to roles", "Okta docs: Define group attribute statements"],
    bad=[
        Example("a group that is called otherwise", _estate(value="eng-chekout", mark=" # <- TEL108")),
        Example("a group that the filter holds back", _estate(name="team-checkout", value="team-checkout", mark=" # <- TEL108")),
        Example("a group that may not use the application", _estate(assigned="other", mark=" # <- TEL108")),
        Example("an attribute that no application sends", _estate(attribute="groups", mark=" # <- TEL108")),
    ],
    good=[
        Example("released and assigned", _estate()),
        Example("the identity provider is not in the repository", {
            "lightstep/main.tf": _MAPPING.format(attribute="member_of", value="eng-checkout", mark="")}),
        Example("names are not in the files", {**_estate(name="eng-${var.team}"), "okta/variables.tf": 'variable "team" {}'}),
        Example("groups in the manifest, and no application in the repository", {
            "lightstep/main.tf": _MAPPING.format(attribute="member_of", value="eng-checkout", mark=""),
            "access/okta.access.yaml": """
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            groups: [{name: eng-checkout}]
            """}),
    ],
)  # fmt: skip
def dead_mapping(graph: AccessGraph) -> Iterator[Finding]:
    """A mapping gives nobody anything: its value is no known group, or no application releases it to an assigned group.

    Whoever relies on the mapping has less access than the files say, and a group that is made later under this name gets it
    without another review.

    ## What to do instead

    Write the group's exact name, let the application's attribute filter pass it, and assign the group to the application; or
    drop the mapping.

    ## What this rule does not see

    Groups and applications outside the repository. It speaks only where the repository declares groups of the identity provider.
    """
    groups = [group for group in graph.estate.all(Group) if group.provider not in NOT_FEDERATING]
    for mapping in graph.estate.all(ScopeMapping):
        if not isinstance(mapping.value, str) or mapping.everyone:
            continue
        applications = [one for one in graph.estate.all(Application) if one.target == mapping.vendor]
        if _by_profile(mapping, applications):
            continue
        found = _fault(graph, mapping, mapping.value, groups, applications)
        if found is not None:
            yield found._replace(at=mapping.value_place or mapping.place, subject=mapping.value)


def _fault(
    graph: AccessGraph, mapping: ScopeMapping, value: str, groups: list[Group], applications: list[Application]
) -> Finding | None:
    named = [group for group in groups if group.name == value or value in group.presents.values()]
    declared = [group for group in groups if group.declared]
    if not named:
        if not declared or any(_may_be(group.name, value) for group in groups):
            return None
        near = nearest(value, [group.name for group in declared if isinstance(group.name, str)], cutoff=0.8)
        advice = f"did you mean `{near}`?" if near else "write the group's exact name, or drop the mapping"
        return Finding(f"no group of the identity provider is called `{value}`", mapping.place, help=advice)
    providers = {group.provider for group in named}
    releasing = [found for found in applications if found.provider in providers and (found.declared or found.statements)]
    if not releasing:
        return None
    because = [(found.place, f"the application `{key(found.label)}`") for found in releasing]
    names = [statement.name for found in releasing for statement in found.statements]
    if all(isinstance(name, str) for name in names) and mapping.attribute not in names and isinstance(mapping.attribute, str):
        return Finding(
            f"no application sends the attribute `{mapping.attribute}`, so `{value}` is never matched", mapping.place, because,
            help=f"sent are: {', '.join(f'`{key(name)}`' for name in dict.fromkeys(names))}" if names else "send it",
        )  # fmt: skip
    places = {grant.place for grant in mapping.grants} | ({mapping.value_place} if mapping.team is not None else set())
    nodes = [node for group in named if (node := graph.node(f"group:{group.provider}/{key(group.name)}")) is not None]
    given = any(edge.place in places for node in nodes for edge in graph.out_edges(node, EdgeKind.MAPPED_TO, EdgeKind.MEMBER_OF))
    if given or not places or not nodes:
        return None
    return Finding(
        f"`{value}` gets nothing from this mapping: no application releases it as `{key(mapping.attribute)}` and is assigned to it",
        mapping.place,
        [*because, *((group.place, f"the group `{value}`") for group in named)],
        help="let the attribute statement's filter pass the group, and assign the group to the application",
    )


def _by_profile(mapping: ScopeMapping, applications: list[Application]) -> bool:
    """Return whether the attribute comes from people's profiles, or from an expression, rather than from groups' names."""
    return any(
        statement.kind != "GROUP" and key(statement.name) == key(mapping.attribute)
        for application in applications
        for statement in application.statements
    )


def _may_be(name: Value, text: str) -> bool:
    if not isinstance(name, Text):
        return isinstance(name, Unknown)
    return matches("".join(part if isinstance(part, str) else "*" for part in name.parts), text)
