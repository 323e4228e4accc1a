"""TEAM103 unowned-project."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Certainty,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Node,
    NodeKind,
    Severity,
    rule,
)  # fmt: skip

_PROJECTS = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects:
      - {{name: checkout-prod, owner: checkout}}
      - {second}
    """
_TEAMS = """
    apiVersion: iamlint/v1
    kind: Teams
    teams:
      - {name: checkout, groups: [eng-checkout], projects: ["checkout-*"]}
    """


@rule(
    id="TEAM103",
    name="unowned-project",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AICPA Trust Services Criteria: CC6.1, CC6.2"],
    bad=[
        Example("a declared project without owner", {
            "access/telemetry.access.yaml": _PROJECTS.format(second="{name: search-prod}  # <- TEAM103")}),
        Example("a project that only a dashboard names", {"access/telemetry.access.yaml": _PROJECTS.format(
            second="{name: search-prod, owner: search}"), "lightstep/dashboards.tf": """
            resource "lightstep_dashboard" "latency" {
              project_name   = "billing-prod" # <- TEAM103
              dashboard_name = "latency"
            }
            """}),
    ],
    good=[
        Example("an owner in the manifest", {
            "access/telemetry.access.yaml": _PROJECTS.format(second="{name: search-prod, owner: search}")}),
        Example("a team that owns it by a pattern", {
            "access/telemetry.access.yaml": _PROJECTS.format(second="{name: checkout-dev}"), "access/teams.access.yaml": _TEAMS}),
    ],
)  # fmt: skip
def unowned_project(graph: AccessGraph) -> Iterator[Finding]:
    """Nobody answers for a telemetry project, or for a role or credential that leads to one.

    When access must be granted, reviewed or taken away, there is no one to ask. An owner comes from the manifest
    (`owner`, `team`, a team's `projects`), from tags, from the account, from the configuration, or from CODEOWNERS.

    ## What to do instead

    Write `owner:` on the project, or let a team claim it under `projects` in the manifest's kind `Teams`.

    ## What this rule does not see

    Whether the owner still exists. Roles and credentials are looked at only where the repository names teams at all.
    """
    teams, projects = graph.nodes(NodeKind.TEAM), graph.nodes(NodeKind.PROJECT)
    for node in projects:
        if node.team is None and node.place is not None and not node.id.endswith("*"):
            yield _finding(node, "telemetry project")
    if not teams or not projects:
        return
    for kind, words in ((NodeKind.CREDENTIAL, "credential"), (NodeKind.ROLE, "role")):
        for node in graph.nodes(kind):
            if node.team is None and node.declared and node.place is not None and _leads_to_telemetry(graph, node):
                yield _finding(node, words)


def _leads_to_telemetry(graph: AccessGraph, node: Node) -> bool:
    """Return whether a node leads to a telemetry project; the token of one project is its owner's matter."""
    if any(edge.target.team is not None for edge in graph.out_edges(node, EdgeKind.SCOPED_TO)):
        return False
    return any(True for _ in graph.reach_some(node, _is_project, Certainty.ASSUMED))


def _is_project(node: Node) -> bool:
    return node.kind is NodeKind.PROJECT


def _finding(node: Node, words: str) -> Finding:
    assert node.place is not None
    return Finding(
        f"the {words} `{node.name}` has no accountable owner",
        at=node.place,
        help="name the owner in the manifest, by a tag, or in CODEOWNERS",
        subject=node.id,
    )
