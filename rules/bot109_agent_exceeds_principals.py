"""BOT109 agent-exceeds-principals."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Excess,
    Finding,
    NodeKind,
    Place,
    Severity,
    in_words,
    path_because,
    rule,
)

_ESTATE = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: {vendor}
    mappings:
      - attribute: member_of
        value: eng-checkout
        {base}
        project_roles: {{{scope}checkout-prod: {people}}}
      - attribute: member_of
        value: copilots
        {base}
        project_roles: {{{scope}checkout-prod: {agent}{more}}}
    ---
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    groups: [{{name: eng-checkout, members: [alice@acme.example]}}, {{name: copilots}}]
    agents:
      - {{name: trace-copilot, groups: [copilots], acts_for: {acts_for}}}{mark}
    """


_VENDORS = {
    "lightstep": ("organization_role: Organization Restricted Member", ""),
    "grafana": ("organization_role: None", "folder/"),
    "datadog": ("# the least role is another's matter", "dataset/"),
    "honeycomb": ("# the team's role is another's matter", ""),
}


def _estate(
    people: str,
    agent: str,
    more: str = "",
    acts_for: str = '["group:okta/eng-checkout"]',
    mark: str = "",
    vendor: str = "lightstep",
) -> dict[str, str]:
    base, scope = _VENDORS[vendor]
    return {
        "access/all.access.yaml": _ESTATE.format(
            people=people, agent=agent, more=more, acts_for=acts_for, mark=mark, vendor=vendor, base=base, scope=scope
        )
    }


_MARK = "  # <- BOT109"


@rule(
    id="BOT109",
    name="agent-exceeds-principals",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["OWASP Top 10 for LLM Applications: Excessive Agency"],
    bad=[
        Example("a project that the people do not see", _estate(
            "Project Viewer", "Project Viewer", ", payments-prod: Project Viewer", mark=_MARK)),
        Example("it edits where they read", _estate("Project Viewer", "Project Editor", mark=_MARK)),
        Example("one of two principals reaches less", _estate(
            "Project Viewer", "Project Viewer", acts_for='["group:okta/eng-checkout", "user:mallory@acme.example"]', mark=_MARK)),
        Example("a folder of Grafana", _estate("View", "View", ", folder/payments-prod: View", mark=_MARK, vendor="grafana")),
        Example("it edits restricted data of Datadog", _estate("viewer", "editor", mark=_MARK, vendor="datadog")),
        Example("an environment of Honeycomb", _estate("Environment Read-Only", "Environment Member", mark=_MARK, vendor="honeycomb")),
    ],
    good=[
        Example("the same", _estate("Project Viewer", "Project Viewer")),
        Example("less", _estate("Project Editor", "Project Viewer")),
        Example("less at Grafana", _estate("Edit", "View", vendor="grafana")),
        Example("the same at Datadog", _estate("viewer", "viewer", vendor="datadog")),
        Example("the same at Honeycomb", _estate("Environment Member", "Environment Member", vendor="honeycomb")),
        Example("it acts for nobody that is known", _estate("Project Viewer", "Project Editor", acts_for="[]")),
        Example("a role that is not known may be any", _estate("Project Viewer", "Checkout Specialist")),
    ],
)  # fmt: skip
def agent_exceeds_principals(graph: AccessGraph) -> Iterator[Finding]:
    """An AI agent reaches something that somebody for whom it acts does not reach.

    Whoever may ask the agent, has what the agent has. An agent that sees more than the person who asks is a way around every
    boundary between teams and projects, and a prompt is all it takes.

    ## What to do instead

    Give the agent at most what all its principals have in common; or make one agent for each group of people.

    ## What this rule does not see

    Agents that act with the caller's own token, and what the agent's code checks itself. A token of the agent's own counts by what it opens. Reach that hangs on what the
    repository does not hold does not count.
    """
    gathered: dict[tuple[str, str], list[Excess]] = {}
    for excess in graph.queries.agent_excess():
        gathered.setdefault((excess.acting.source.id, excess.acting.target.id), []).append(excess)
    for (agent, principal), together in sorted(gathered.items()):
        together.sort(key=lambda excess: (excess.reached.node.kind is not NodeKind.PROJECT, excess.reached.node.id))
        reached = together[0].reached
        acting = together[0].acting
        how = sorted({name.removeprefix("telemetry:") for excess in together for name in excess.capabilities})
        able = f" ({', '.join(how)})" if how else ""
        nodes = in_words([excess.reached.node.id for excess in together])
        place = acting.source.place or acting.place or Place("")
        yield Finding(
            f"`{agent}` reaches {nodes}{able}, and `{principal}`, for which it acts, does not",
            at=place,
            because=[(acting.place or place, f"`{agent}` {acting.reason}"), *path_because(reached.path)],
            help="give the agent at most what everybody has for whom it acts",
            subject=f"{agent} {principal}",
        )
