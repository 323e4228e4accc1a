"""BOT108 bot-spans-projects."""

from __future__ import annotations

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
    Place,
    Severity,
    Team,
    TelemetryCredential,
    TokenUse,
    Unknown,
    in_words,
    is_workload,
    key,
    may_be_narrower,
    place_of,
    rule,
    users_of,
)  # fmt: skip

_ESTATE = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects: [{{name: checkout-prod}}, {{name: payments-prod}}]
    credentials:
      - name: markers
        kind: {kind}
        held_by: ["{holder}"]
        {scope}
    """


def _estate(scope: str, kind: str = "api-key\n        role: Organization Editor", holder: str = "bot:ci") -> dict[str, str]:
    return {"access/keys.access.yaml": _ESTATE.format(scope=scope, kind=kind, holder=holder)}


_STEP = """
      - uses: lightstep/lightstep-action-predeploy@v0.2.6
        with:
          lightstep_organization: acme
          lightstep_project: {project}
          lightstep_api_key: ${{{{ secrets.LIGHTSTEP_API_KEY }}}}{mark}
"""


def _workflow(*projects: str, mark: str = "") -> dict[str, str]:
    head = "on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: prod\n    steps:"
    marks = [""] * (len(projects) - 1) + [mark]
    steps = [_STEP.format(project=project, mark=each).rstrip("\n") for project, each in zip(projects, marks, strict=True)]
    return {".github/workflows/deploy.yml": head + "".join(steps) + "\n"}


@rule(
    id="BOT108",
    name="bot-spans-projects",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Create and manage API keys"],
    bad=[
        Example("a pipeline's key to every project", _estate("organization: true  # <- BOT108")),
        Example("a key of the organization by its role", _estate("", "api-key\n        role: Organization Viewer  # <- BOT108")),
        Example("one secret for two projects", _workflow("checkout-prod", "payments-prod", mark="  # <- BOT108")),
        Example("a token of Grafana Cloud for every stack", {
            path: text.replace("lightstep", "grafana") for path, text in _estate(
                "organization: true  # <- BOT108", "access-policy-token\n        scopes: ['traces:read']").items()}),
    ],
    good=[
        Example("a key of Datadog belongs to the organization", {
            path: text.replace("lightstep", "datadog") for path, text in _estate("organization: true", "application-key").items()}),
        Example("a key of one project", _estate("project: checkout-prod", "api-key\n        role: Project Editor")),
        Example("provisioning works on the organization", _estate("organization: true\n        use: provisioning")),
        Example("a person's key", _estate("organization: true", holder="user:alice@acme.example")),
        Example("a satellite serves every project", _estate("organization: true", "satellite-key")),
        Example("one secret for one project", _workflow("checkout-prod", "checkout-prod")),
        Example("a team that serves all others", {**_estate("organization: true\n        team: sre"), "access/teams.access.yaml": """
            apiVersion: iamlint/v1
            kind: Teams
            teams: [{name: sre, platform: true}]
            """}),
    ],
)  # fmt: skip
def bot_spans_projects(graph: AccessGraph) -> Iterator[Finding]:
    """One bot's credential opens several projects.

    A pipeline works for one service. With a key to several projects a leak in one pipeline is a leak in all, tomorrow's
    projects included where the key belongs to the organization.

    ## What to do instead

    Make a key in each project (`Project Editor`), and give each pipeline its own.

    ## What this rule does not see

    Keys that no manifest declares and that a pipeline uses for one project. Satellite keys, provisioning, and credentials of
    a team that serves all others (`platform: true`).
    """
    platforms = {key(team.name) for team in graph.estate.all(Team) if team.platform}
    for node in graph.nodes(NodeKind.CREDENTIAL):
        fact = next((fact for fact in node.facts if isinstance(fact, TelemetryCredential)), None)
        if fact is not None and may_be_narrower(fact) and fact.project is None and fact.use != "provisioning":
            bots = [edge.source for edge in users_of(graph, node, EdgeKind.HOLDS) if is_workload(edge.source)]
            platform = node.team is not None and node.team.value in platforms
            if bots and not platform and _known_role(graph, node):
                yield Finding(
                    f"`{node.name}`, held by `{bots[0].id}`, opens every project of the organization",
                    at=_place(fact),
                    because=[
                        (place_of(edge), f"`{edge.source.id}` {edge.reason}") for edge in users_of(graph, node, EdgeKind.HOLDS)
                    ],
                    help="make a key in each project that it needs",
                    subject=node.id,
                )
    yield from _used(graph)


def _known_role(graph: AccessGraph, node: Node) -> bool:
    return any(edge.certainty is not Certainty.UNKNOWN for edge in graph.out_edges(node, EdgeKind.SCOPED_TO))


def _place(fact: TelemetryCredential) -> Place:
    written = dict(fact.route_places)
    return written.get("organization") or written.get("role") or fact.place


def _used(graph: AccessGraph) -> Iterator[Finding]:
    """Yield the tokens that workloads themselves present for several projects."""
    uses: dict[str, dict[str, TokenUse]] = {}
    for use in graph.estate.all(TokenUse):
        if use.token is not None and not isinstance(use.token, Unknown) and isinstance(use.project, str):
            uses.setdefault(key(use.token), {}).setdefault(use.project, use)
    for token, by in sorted(uses.items()):
        if len(by) > 1:
            projects = list(by)
            last = by[projects[-1]]
            yield Finding(
                f"one credential is presented for the projects {in_words(projects)}",
                at=last.place,
                because=[(use.project_place or use.place, f"here for `{project}`") for project, use in by.items()],
                help="make a key in each project",
                subject=token,
            )
