"""TEL101 org-role-reaches-every-project."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Edge,
    EdgeKind,
    Example,
    Finding,
    Label,
    Node,
    Place,
    Severity,
    Team,
    TelemetryCredential,
    bound_label,
    how_to_narrow,
    key,
    opening_edges,
    rule,
    vendor_of,
)  # fmt: skip

_ESTATE = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    mappings:
      - attribute: member_of
        value: {group}
        organization_role: {role}
    ---
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    groups:
      - {{name: eng-checkout, team: checkout, members: [alice@acme.example]}}
      - {{name: all-engineers, members: [alice@acme.example]}}
      - {{name: oncall, environment: prod}}
    ---
    apiVersion: iamlint/v1
    kind: Teams
    teams:
      - {{name: checkout, groups: [eng-checkout]}}
      - {{name: platform, groups: [sre], platform: true}}
    """


def _estate(group: str, role: str, more: str = "") -> dict[str, str]:
    return {"access/acme.access.yaml": _ESTATE.format(group=group, role=role), "access/more.access.yaml": more}


_KEY = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    credentials:
      - name: dashboards
        kind: api-key
        organization: true
        {holder}
        use: {use}
        role: {role}
    """


_GROUP = """
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    groups: [{name: eng-checkout, team: checkout}]
    """
_DATADOG = """
    data "datadog_role" "standard" { filter = "Datadog Standard Role" }
    resource "datadog_authn_mapping" "checkout" {
      key   = "member_of"
      value = "eng-checkout"
      role  = data.datadog_role.standard.id # <- TEL101
    }
    """


def _grafana(role: str, mark: str = "") -> dict[str, str]:
    settings = f"""
        resource "grafana_sso_settings" "okta" {{
          provider_name = "okta"
          oauth2_settings {{
            client_id   = "grafana"
            org_mapping = "eng-checkout:1:{role}"{mark}
          }}
        }}
        """
    return {"grafana/sso.tf": settings, "access/okta.access.yaml": _GROUP}


@rule(
    id="TEL101",
    name="org-role-reaches-every-project",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep provider: lightstep_user_role_binding", "Lightstep docs: Roles and permissions"],
    bad=[
        Example("a team's group", _estate("eng-checkout", "Organization Viewer  # <- TEL101")),
        Example("a group of one environment", _estate("oncall", "Organization Editor  # <- TEL101")),
        Example("a team's API key", _estate("sre", "Organization Restricted Member", _KEY.format(
            holder="team: checkout", use="query", role="Organization Viewer  # <- TEL101"))),
        Example("a key held by a job of one environment", _estate("sre", "Organization Restricted Member", _KEY.format(
            holder='held_by: ["bot:github/acme/checkout:environment:prod"]', use="query", role="Organization Viewer  # <- TEL101"))),
        Example("a team's member, by hand", {**_estate("sre", "Organization Restricted Member"), "lightstep/bindings.tf": """
            resource "lightstep_user_role_binding" "viewers" {
              role  = "Organization Viewer"
              users = ["Alice@acme.example"] # <- TEL101
            }
            """}),
        Example("Grafana's basic role, by single sign-on", _grafana("Viewer", " # <- TEL101")),
        Example("a role of Datadog, by a mapping", {"datadog/main.tf": _DATADOG, "access/okta.access.yaml": _GROUP}),
    ],
    good=[
        Example("restricted members reach what a project role gives them", _estate("eng-checkout", "Organization Restricted Member")),
        Example("a platform team serves everybody", _estate("sre", "Organization Editor")),
        Example("a group of no team and no environment", _estate("all-engineers", "Organization Viewer")),
        Example("provisioning works on the whole organization", _estate("sre", "Organization Restricted Member", _KEY.format(
            holder="team: checkout", use="provisioning", role="Organization Admin"))),
        Example("Grafana's role that opens nothing", _grafana("None")),
    ],
)  # fmt: skip
def org_role_reaches_every_project(graph: AccessGraph) -> Iterator[Finding]:
    """A group, user or key of one team or environment has a role that opens every project of the organization.

    Roles add up and nothing takes away: a project role beside `Organization Viewer` does not narrow it, and projects made
    tomorrow are open too. Separation of teams and environments in telemetry begins with `Organization Restricted Member`.

    ## What to do instead

    Map the group to `Organization Restricted Member` and give it a role in each project that it needs; in Grafana, the basic
    role `None` and permissions in folders and data sources; in Datadog, restricted datasets or organizations of their own.
    Declare a team that serves all others with `platform: true`.

    ## What this rule does not see

    The default role of new users and mappings that are not switched on: neither stands in files. Administrators bound by hand
    are the matter of TEL106. The folder or owner of the file that declares a group says nothing of the group.
    """
    platforms = {key(team.name) for team in graph.estate.all(Team) if team.platform}
    for edge in opening_edges(graph):
        bound = bound_label(graph, edge, platforms)
        if bound is None or edge.place is None:
            continue
        whom, label = bound
        because = [(label.place, f"`{whom.name}` belongs to {_words(whom, label)}")] if label.place is not None else []
        yield Finding(
            f"`{edge.source.name}` belongs to {_words(whom, label)} and reaches every project with `{edge.detail}`",
            at=_role_place(edge, edge.place),
            because=because,
            help=how_to_narrow(vendor_of(edge.target.id)),
            subject=edge.source.id,
        )


def _words(node: Node, label: Label) -> str:
    return f"team `{label.value}`" if label is node.team else f"environment `{label.value}`"


def _role_place(edge: Edge, place: Place) -> Place:
    keys = (fact.role.place for fact in edge.source.facts if isinstance(fact, TelemetryCredential) and fact.role is not None)
    return next(keys, place) if edge.kind is EdgeKind.SCOPED_TO else place
