"""TEAM102 identity-shared-across-teams."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Crossing,
    Edge,
    EdgeKind,
    Example,
    Finding,
    Node,
    NodeKind,
    Severity,
    in_words,
    label_origins,
    place_of,
    rule,
    users_of,
)  # fmt: skip

_TEAMS = """
    apiVersion: iamlint/v1
    kind: Teams
    teams:
      - {{name: checkout, groups: [eng-checkout], projects: [shared]{grant}}}
      - {{name: payments, groups: [eng-payments]}}
      - {{name: sre, groups: [eng-sre], platform: true}}
    ---
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    groups: [{{name: eng-checkout}}, {{name: eng-payments}}, {{name: eng-sre}}]
    """
_KEY = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: {vendor}
    credentials:
      - name: dashboards
        {held}
        held_by:
          - group:okta/eng-checkout
          - {second}
    """


_VIEWER = "kind: api-key\n        project: anything\n        role: Project Viewer"


def _key(second: str, held: str = _VIEWER, vendor: str = "lightstep", grant: str = "") -> dict[str, str]:
    return {
        "access/keys.access.yaml": _KEY.format(second=second, vendor=vendor, held=held),
        "access/teams.access.yaml": _TEAMS.format(grant=grant),
    }


_ROLE = """
    resource "aws_iam_role" "deploy" {{
      name = "deploy"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = {{ AWS = [
            "arn:aws:iam::111111111111:role/checkout",
            "arn:aws:iam::111111111111:role/payments",{mark}
          ] }}
        }}]
      }})
    }}
    """
_CALLER = """
    provider "aws" {{ allowed_account_ids = ["111111111111"] }}
    resource "aws_iam_role" "{team}" {{
      name = "{team}"
      tags = {{ team = "{tag}" }}
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
      }})
    }}
    """


def _role(second: str, mark: str = "") -> dict[str, str]:
    return {
        "infra/deploy/main.tf": '    provider "aws" { allowed_account_ids = ["111111111111"] }' + _ROLE.format(mark=mark),
        "infra/one/main.tf": _CALLER.format(team="checkout", tag="checkout"),
        "infra/two/main.tf": _CALLER.format(team="payments", tag=second),
    }


@rule(
    id="TEAM102",
    name="identity-shared-across-teams",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["AICPA Trust Services Criteria: CC6.1, CC6.3"],
    bad=[
        Example("two teams hold one key", _key("group:okta/eng-payments  # <- TEAM102")),
        Example("workloads of two teams assume one role", _role("payments", " # <- TEAM102")),
        Example("two teams hold one application key of Datadog", _key(
            "group:okta/eng-payments  # <- TEAM102", "kind: application-key\n        scopes: [apm_read]", "datadog")),
        Example("two teams hold one token of Grafana", _key(
            "group:okta/eng-payments  # <- TEAM102", "kind: service-account-token\n        role: Viewer", "grafana")),
        Example("two teams hold one key of Honeycomb", _key(
            "group:okta/eng-payments  # <- TEAM102", "kind: configuration-key\n        project: prod\n        scopes: [run_queries]", "honeycomb")),
    ],
    good=[
        Example("a token of Grafana that one team holds", _key(
            "bot:reporter", "kind: service-account-token\n        role: Viewer", "grafana")),
        Example("the other holder is the platform team", _key("group:okta/eng-sre")),
        Example("the other holder belongs to no team that is known", _key("bot:reporter")),
        Example("a grant with a reason", _key(
            "group:okta/eng-payments", _VIEWER.replace("anything", "shared"),
            grant=', grants: [{group: eng-payments, project: shared, reason: "one dashboard for both"}]')),
        Example("two workloads of one team", _role("checkout")),
    ],
)  # fmt: skip
def identity_shared_across_teams(graph: AccessGraph) -> Iterator[Finding]:
    """A bot's role or a credential that belongs to no team is held, or can be assumed, by two teams.

    Nobody answers for it: neither team can take it away or rotate it alone, and what one does with it cannot be told from
    what the other does.

    ## What to do instead

    Make one for each team; or give it an owner (a tag, `team:` in the manifest), or declare in the owner's `grants` who else
    may use it, and why.

    ## What this rule does not see

    What belongs to one team and is reached by another: that is TEAM101. Permission sets, which people use under their own
    names. Holders of which nothing tells the team, and teams that serve all others.
    """
    for kind in (NodeKind.CREDENTIAL, NodeKind.ROLE):
        for node in graph.nodes(kind):
            if node.team is not None or any(isinstance(fact, AwsRole) and fact.kind != "role" for fact in node.facts):
                continue
            by = _teams(graph, node)
            if len(by) < 2:
                continue
            words = "is held" if kind is NodeKind.CREDENTIAL else "can be assumed"
            last = max(by.values(), key=lambda edge: (repr(edge.place), edge.source.id))
            steps = [(place_of(edge), f"`{edge.source.id}` of `{team}` {edge.reason}") for team, edge in sorted(by.items())]
            yield Finding(
                f"`{node.name}` {words} by the teams {in_words(sorted(by))}, and belongs to none",
                at=place_of(last),
                because=steps + label_origins([(edge.source, edge.source.team) for edge in by.values()], place_of(last)),
                help="make one for each team, or name its owner and the reason to share it",
                subject=node.id,
            )


def _teams(graph: AccessGraph, node: Node) -> dict[str, Edge]:
    """Return the teams that use a node, each with the first edge; none where a team declared why."""
    by: dict[str, Edge] = {}
    for edge in users_of(graph, node, EdgeKind.HOLDS, EdgeKind.MAY_ASSUME, EdgeKind.ASSIGNED_TO):
        teams = graph.queries.teams_of(edge.source) - graph.queries.platform_teams
        for scope in graph.out_edges(node, EdgeKind.SCOPED_TO):
            if graph.queries.grant_for(Crossing(edge.source, scope.target, (edge, scope), edge.certainty)) is not None:
                teams = frozenset()
        for team in teams if len(teams) == 1 else ():
            by.setdefault(team, edge)
    return by
