"""BOT107 bot-reads-traces."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    READ,
    AccessGraph,
    Bot,
    Certainty,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Node,
    NodeKind,
    Reached,
    Severity,
    TelemetryCredential,
    path_because,
    rule,
)  # fmt: skip


def _estate(credential: str = "", bot: str = "bots: [{name: ci, groups: [eng-checkout]}]") -> dict[str, str]:
    head = """
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: lightstep
        mappings:
          - attribute: member_of
            value: eng-checkout
            organization_role: Organization Restricted Member
            project_roles: {checkout-prod: Project Viewer}
        """
    tail = f"""
        ---
        apiVersion: iamlint/v1
        kind: Identities
        provider: okta
        {bot}
        groups: [{{name: eng-checkout}}]
        """
    return {
        "access/all.access.yaml": head.rstrip(" ")
        + (f"        credentials:\n          - {credential}\n" if credential else "")
        + tail.lstrip("\n")
    }


_GRAFANA = """
    resource "grafana_service_account" "ci" {{
      name = "ci"{mark}
      role = "{role}"
    }}
    """
_KEY = "{{name: dashboards, kind: api-key, project: checkout-prod, role: Project Viewer, held_by: ['bot:ci']{use}}}"


@rule(
    id="BOT107",
    name="bot-reads-traces",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Lightstep docs: Create and manage access tokens", "OWASP Top 10 CI/CD Security Risks: CICD-SEC-6"],
    bad=[
        Example("a bot in a group of people", _estate(bot="bots: [{name: ci, groups: [eng-checkout]}]  # <- BOT107")),
        Example("a bot holds a viewer's key, and nothing says what for", _estate(
            _KEY.format(use=""), "bots: [{name: ci}]  # <- BOT107")),
        Example("a service account of Grafana", {"grafana/main.tf": _GRAFANA.format(role="Viewer", mark=" # <- BOT107")}),
    ],
    good=[
        Example("a service account of Grafana that reads nothing", {"grafana/main.tf": _GRAFANA.format(role="None", mark="")}),
        Example("the key is for queries", _estate(_KEY.format(use=", use: query"), "bots: [{name: ci}]")),
        Example("an access token writes and does not read", _estate(
            "{name: ingest, kind: access-token, project: checkout-prod, held_by: ['bot:ci']}", "bots: [{name: ci}]")),
        Example("an agent reads for the people it works for", _estate(
            bot="agents: [{name: ci, acts_for: ['group:okta/eng-checkout'], groups: [eng-checkout]}]")),
        Example("a key whose role is not known", _estate(
            "{name: x, kind: api-key, project: checkout-prod, role: Specialist, held_by: ['bot:ci']}", "bots: [{name: ci}]")),
    ],
)  # fmt: skip
def bot_reads_traces(graph: AccessGraph) -> Iterator[Finding]:
    """A pipeline's or collector's bot can read telemetry.

    Bots write spans; reading is for people and for agents that act for them. Whoever gets a job to run (a pull request, a
    dependency) reads what customers did.

    ## What to do instead

    Take the bot out of the group, and give it an access token. Where a bot must read, say so with `use: query`.

    ## What this rule does not see

    Credentials with a declared `use`: whether they can do more than that is the matter of BOT101. Secrets that a bot may read
    without holding what lies in them (BOT110), and bots that nothing declares as such.
    """
    for node in graph.nodes(NodeKind.BOT):
        if node.place is None or any(isinstance(fact, Bot) and fact.kind == "agent" for fact in node.facts):
            continue
        for reached in graph.reach_some(node, _is_project, Certainty.ASSUMED):
            if _reads(reached):
                yield Finding(
                    f"`{node.id}` can read `{reached.node.name}`",
                    at=node.place,
                    because=path_because(reached.path),
                    help="give it an access token, which only writes; or declare `use: query` on its key",
                    subject=f"{node.id} {reached.node.id}",
                )
                break


def _is_project(node: Node) -> bool:
    return node.kind is NodeKind.PROJECT


def _reads(reached: Reached) -> bool:
    if READ not in reached.capabilities:
        return False
    if any(edge.kind is EdgeKind.MAY_READ_SECRET for edge in reached.path):
        return False
    granted = frozenset[str]().union(*(edge.capabilities for edge in reached.path))
    return READ in granted and not any(_has_use(edge.source) for edge in reached.path)


def _has_use(node: Node) -> bool:
    return any(isinstance(fact, TelemetryCredential) and fact.use is not None for fact in node.facts)
