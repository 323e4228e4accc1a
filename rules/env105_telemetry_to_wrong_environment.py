"""ENV105 telemetry-to-wrong-environment."""

from collections.abc import Iterator

from iamlint.rulekit import (
    INGEST,
    AccessGraph,
    AlertRoute,
    Certainty,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    Label,
    NodeKind,
    Severity,
    TokenUse,
    is_stricter,
    is_workload,
    key,
    label_origins,
    place_of,
    project_of,
    rule,
    users_of,
)  # fmt: skip

_PROJECTS = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects:
      - {{name: checkout-dev, environment: dev}}
      - {{name: checkout-prod, environment: prod}}
    credentials:
      - name: ingest
        kind: access-token
        project: {project}
        held_by:
          - {holder}
    """


def _token(project: str, holder: str) -> dict[str, str]:
    return {"access/keys.access.yaml": _PROJECTS.format(project=project, holder=holder)}


_ALERTS = """
    resource "lightstep_slack_destination" "oncall" {{
      project_name = "{destination}"
      channel      = "#oncall"
    }}
    resource "lightstep_alert" "errors" {{
      project_name = "checkout-prod"
      name         = "errors"
      alerting_rule {{
        id              = lightstep_slack_destination.oncall.id{mark}
        update_interval = "1h"
      }}
    }}
    """
_JOB = """
    name: deploy
    on: {{push: {{branches: [main]}}}}
    jobs:
      dev:
        runs-on: ubuntu-latest
        environment: dev
        steps:
          - uses: lightstep/lightstep-action-predeploy@v0.2.6
            with:
              lightstep_organization: acme
              lightstep_project: {project}
              lightstep_api_key: ${{{{ secrets.LIGHTSTEP_API_KEY }}}}
    """


@rule(
    id="ENV105",
    name="telemetry-to-wrong-environment",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Create and manage access tokens", "Lightstep provider: lightstep_alert"],
    bad=[
        Example("production's workload holds development's token", _token(
            "checkout-dev", "role:arn:aws:iam::333333333333:role/checkout-prod  # <- ENV105")),
        Example("production's function sends with development's key of Honeycomb", {
            path: text.replace("lightstep", "honeycomb").replace("access-token", "ingest-key") for path, text in _token(
                "checkout-dev", "role:arn:aws:iam::333333333333:role/checkout-prod  # <- ENV105").items()}),
        Example("a development job asks after production's project", {
            **_token("checkout-prod", "bot:collector"),
            ".github/workflows/deploy.yml": _JOB.format(project="checkout-prod  # <- ENV105")}),
        Example("production's alert goes to development's destination", {
            "lightstep/alerts.tf": _ALERTS.format(destination="checkout-dev", mark=" # <- ENV105")}),
    ],
    good=[
        Example("production's workload, production's token", _token(
            "checkout-prod", "role:arn:aws:iam::333333333333:role/checkout-prod")),
        Example("a workload of which nothing tells the environment", _token("checkout-dev", "bot:collector")),
        Example("the job's own project", {
            **_token("checkout-dev", "bot:collector"), ".github/workflows/deploy.yml": _JOB.format(project="checkout-dev")}),
        Example("the alert's own environment", {"lightstep/alerts.tf": _ALERTS.format(destination="oncall-prod", mark="")}),
        Example("a laxer one that reaches the stricter is ENV101's", _token(
            "checkout-prod", "role:arn:aws:iam::111111111111:role/checkout-dev")),
    ],
)  # fmt: skip
def telemetry_to_wrong_environment(graph: AccessGraph) -> Iterator[Finding]:
    """A workload of one environment sends to a project of another, or an alert goes there.

    Traces of production in development's project are readable by all who work on development; alerts of production
    that go to development's channel are not answered at night.

    ## What to do instead

    Give the workload a token of its own environment's project, and the alert a destination of its own.

    ## What this rule does not see

    Which project a token belongs to that no file declares. A laxer workload that certainly reaches a stricter project is
    reported by ENV101.
    """
    for token in graph.nodes(NodeKind.CREDENTIAL):
        for scope in graph.out_edges(token, EdgeKind.SCOPED_TO):
            if INGEST not in scope.capabilities or scope.certainty is Certainty.UNKNOWN:
                continue
            for edge in users_of(graph, token, EdgeKind.HOLDS):
                one, other = edge.source.environment, scope.target.environment
                if is_workload(edge.source) and _differ(one, other) and not is_stricter(graph, one, other):
                    yield Finding(
                        f"`{edge.source.id}` of `{_name(one)}` sends to `{scope.target.name}` of `{_name(other)}`",
                        at=place_of(edge),
                        because=[
                            (place_of(edge), f"it {edge.reason}"),
                            (place_of(scope), f"which {scope.reason}"),
                            *label_origins([(edge.source, one), (scope.target, other)], place_of(edge)),
                        ],
                        help="use a token of the project of its own environment",
                        subject=f"{edge.source.id} {scope.target.id}",
                    )
    yield from _jobs(graph)
    for route in graph.estate.all(AlertRoute):
        source, target = (
            project_of(graph, route.vendor, route.project),
            project_of(graph, route.vendor, route.destination_project),
        )
        if source is not None and target is not None and _differ(source.environment, target.environment):
            yield Finding(
                f"the alert `{route.alert}` of `{_name(source.environment)}` goes to `{route.destination}` of `{_name(target.environment)}`",
                at=route.place,
                because=[
                    (route.destination_place, f"the destination belongs to `{target.name}`"),
                    *label_origins([(source, source.environment), (target, target.environment)], route.place),
                ],
                help=f"make a destination in `{source.name}`",
                subject=f"{route.alert} {route.destination}",
            )


def _jobs(graph: AccessGraph) -> Iterator[Finding]:
    """Yield the workloads that name a project of another environment themselves."""
    for use in graph.estate.all(TokenUse):
        node = graph.node(f"bot:{key(use.workload)}")
        target = project_of(graph, use.vendor, use.project) if use.project is not None else None
        if node is not None and target is not None and _differ(node.environment, target.environment):
            yield Finding(
                f"`{node.id}` of `{_name(node.environment)}` names the project `{target.name}` of `{_name(target.environment)}`",
                at=use.project_place or use.place,
                because=[
                    (use.place, "with this token"),
                    *label_origins([(node, node.environment), (target, target.environment)], use.place),
                ],
                help="name the project of its own environment",
                subject=f"{node.id} {target.id}",
            )


def _differ(one: Label | None, other: Label | None) -> bool:
    return one is not None and other is not None and one.value != other.value


def _name(label: Label | None) -> str:
    return label.value if label is not None else ""
