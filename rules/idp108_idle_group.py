"""IDP108 idle-group."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    ApplicationAssignment,
    Bot,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Group,
    Node,
    NodeKind,
    ScopeMapping,
    Severity,
    Team,
    groups_fed,
    key,
    rule,
)

_ESTATE = """
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    groups:
      - {{name: eng-checkout, members: [alice@acme.example]}}
      - {second}
    ---
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    mappings:
      - {{attribute: member_of, value: eng-checkout, organization_role: Organization Viewer}}
      {mapping}
    """


def _estate(second: str, mapping: str = "") -> dict[str, str]:
    return {"access/all.access.yaml": _ESTATE.format(second=second, mapping=mapping)}


_MAPPED = "- {attribute: member_of, value: eng-search, organization_role: Organization Viewer}"


@rule(
    id="IDP108",
    name="idle-group",
    severity=Severity.NOTE,
    confidence=Confidence.LOW,
    since="0.1.0",
    references=["AICPA Trust Services Criteria: CC6.3"],
    bad=[
        Example("a group that gives nothing", _estate("{name: eng-search, members: [bob@acme.example]}  # <- IDP108")),
        Example("a mapped group without members", _estate("{name: eng-search}  # <- IDP108", _MAPPED)),
    ],
    good=[
        Example("a mapped group with a member", _estate("{name: eng-search, members: [bob@acme.example]}", _MAPPED)),
        Example("an agent is a member", {**_estate("{name: eng-search}", _MAPPED), "access/agents.access.yaml": """
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            agents: [{name: copilot, groups: [eng-search]}]
            """}),
        Example("a team is made of it", {
            **_estate("{name: eng-search, members: [bob@acme.example]}"), "access/teams.access.yaml": """
            apiVersion: iamlint/v1
            kind: Teams
            teams: [{name: search, groups: [eng-search]}]
            """}),
        Example("a rule may bring members", {
            **_estate("{name: other, members: [bob@acme.example]}", "- {attribute: member_of, value: other, organization_role: Organization Viewer}"),
            "okta/main.tf": """
            resource "okta_group" "search" {
              name = "eng-search"
            }
            resource "okta_group_rule" "search" {
              name              = "search"
              group_assignments = [okta_group.search.id]
              expression_value  = "String.startsWith(user.title, \\"search\\")"
            }
            """, "access/more.access.yaml": """
            apiVersion: iamlint/v1
            kind: Telemetry
            vendor: lightstep
            mappings:
              - {attribute: member_of, value: eng-search, organization_role: Organization Viewer}
            """}),
        Example("it has a role in a system that is not read", {
            "access/all.access.yaml": _ESTATE.format(second="{name: eng-search, members: [bob@acme.example]}", mapping="").replace("okta", "entra"),
            "entra/main.tf": 'resource "azuread_group" "search" { display_name = "eng-search" }\n'
            'resource "azurerm_role_assignment" "search" { principal_id = azuread_group.search.object_id }\n'}),
        Example("no group of the repository gives anything", {"access/all.access.yaml": """
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            groups: [{name: eng-search, members: [bob@acme.example]}]
            """}),
    ],
)  # fmt: skip
def idle_group(graph: AccessGraph) -> Iterator[Finding]:
    """A group gives nothing, or has access and no members.

    A group that nothing uses is taken for harmless, and somebody gives it access one day with the members it has gathered. A
    mapped group without members waits for the first one who is put in by mistake.

    ## What to do instead

    Take the group out, or the mapping.

    ## What this rule does not see

    Uses outside the repository; in Terraform, what refers to a group and is not read (a role in Azure) counts as a use. It speaks
    only where another group of the same provider is used, and of missing members only where other groups have members.
    """
    groups = [node for node in graph.nodes(NodeKind.GROUP) if node.declared]
    fed = groups_fed(graph)
    holding = graph.groups_with_members
    named = _named(graph)
    used = {node.id for node in groups if _is_used(graph, node, named)}
    providers = {_provider(node) for node in groups if node.id in used}
    peopled = {_provider(node) for node in groups if node.id in holding}
    for node in groups:
        fact = next((fact for fact in node.facts if isinstance(fact, Group)), None)
        if fact is None or fact.kind == "role" or node.place is None or _provider(node) not in providers:
            continue
        if node.id not in used:
            yield Finding(
                f"nothing in the repository uses the group `{node.name}`",
                at=node.place,
                help="take the group out if nothing else uses it",
                subject=node.id,
            )
        elif node.id not in holding and _provider(node) in peopled and not fed & {key(text) for text in (fact.name, *fact.ids)}:
            for edge in graph.out_edges(node, EdgeKind.MAPPED_TO, EdgeKind.ASSIGNED_TO)[:1]:
                yield Finding(
                    f"the group `{node.name}` has access and no members",
                    at=node.place,
                    because=[(edge.place or node.place, f"it {edge.reason}")],
                    help="take out the group and what is mapped to it, if nobody needs it",
                    subject=node.id,
                )


def _provider(node: Node) -> str:
    return node.id.removeprefix("group:").partition("/")[0]


def _is_used(graph: AccessGraph, node: Node, named: set[str]) -> bool:
    kinds = (EdgeKind.ACTS_FOR, EdgeKind.MAY_ADMINISTER)
    if any(graph.out_edges(node)) or any(graph.in_edges(node, *kinds)):
        return True
    groups = [fact for fact in node.facts if isinstance(fact, Group)]
    texts = {node.name, node.id, node.id.removeprefix("group:")} | {key(text) for group in groups for text in group.ids}
    return bool(texts & named) or any(group.mentioned for group in groups)


def _named(graph: AccessGraph) -> set[str]:
    """Return every text by which something names a group that it uses."""
    found = {key(mapping.value) for mapping in graph.estate.all(ScopeMapping)}
    found |= {key(one.member) for one in graph.estate.all(ApplicationAssignment)}
    found |= {key(name) for bot in graph.estate.all(Bot) for name in (*bot.acts_for, *bot.groups)}
    for team in graph.estate.all(Team):
        found |= {key(name) for name in team.groups} | {key(grant.group) for grant in team.grants}
    return found
