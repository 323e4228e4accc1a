"""TEAM101 cross-team-reach."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Crossing,
    Example,
    Finding,
    Node,
    NodeKind,
    Severity,
    borders,
    label_origins,
    path_because,
    rule,
)  # fmt: skip

_ESTATE = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects:
      - {name: checkout-prod, owner: checkout}
      - {name: payments-prod, owner: payments}
    mappings:
      - attribute: groups
        value: eng-checkout
        organization_role: Organization Restricted Member
        project_roles: {checkout-prod: Project Editor, %s}
    ---
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    users: [{email: alice@acme.example, status: active, groups: [eng-checkout]}]
    groups: [{name: eng-checkout}, {name: eng-payments}]
    ---
    apiVersion: iamlint/v1
    kind: Teams
    teams:
      - {name: checkout, groups: [eng-checkout], projects: ["checkout-*"], platform: false}
      - name: payments
        groups: [eng-payments]
        projects: ["payments-*"]
        grants: %s
    """


def _estate(role: str, grants: str = "[]", team: str = "platform: false") -> dict[str, str]:
    return {"access/all.access.yaml": (_ESTATE % (role, grants)).replace("platform: false", team)}


@rule(
    id="TEAM101",
    name="cross-team-reach",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AICPA Trust Services Criteria: CC6.1, CC6.3"],
    bad=[
        Example("a mapping opens another team's project", {
            "access/all.access.yaml": (_ESTATE % ("payments-prod: Project Viewer", "[]")).replace(
                "project_roles: {checkout-prod: Project Editor, payments-prod: Project Viewer}",
                "project_roles:\n          checkout-prod: Project Editor\n          payments-prod: Project Viewer  # <- TEAM101")}),
        Example("a grant that has ended", {
            "access/all.access.yaml": (_ESTATE % (
                "payments-prod: Project Viewer",
                '[{group: eng-checkout, project: payments-prod, reason: migration, until: "2026-01-31"}]')).replace(
                "project_roles: {checkout-prod: Project Editor, payments-prod: Project Viewer}",
                "project_roles:\n          checkout-prod: Project Editor\n          payments-prod: Project Viewer  # <- TEAM101")}),
    ],
    good=[
        Example("its own projects", _estate("checkout-dev: Project Editor")),
        Example("a grant that the owners declare", _estate(
            "payments-prod: Project Viewer", "[{group: eng-checkout, project: payments-prod, reason: they answer the same pager}]")),
        Example("a platform team serves all others", _estate("payments-prod: Project Viewer", team="platform: true")),
    ],
)  # fmt: skip
def cross_team_reach(graph: AccessGraph) -> Iterator[Finding]:
    """A member of one team reaches the telemetry or the labelled resources of a team to which they do not belong.

    Groups, bots, roles and tokens are followed through every system; the finding stands where the border is crossed, and
    its path shows each step. Teams of which someone is a member count together. A group that has a team is told once, for all its
    members. Of others each person is a finding, so that `--since` and a baseline tell who is new; reports for people show
    three of very many at one line and count the rest.

    ## What to do instead

    Take the step away. If the access is meant, let the owning team declare it under `grants` in the manifest's kind
    `Teams`, with a reason and an end; a team that serves all others is declared with `platform: true`.

    ## What this rule does not see

    Identities and resources whose team nothing tells, and steps that hang on what the repository does not hold.
    """
    crossings = [crossing for crossing in graph.queries.team_crossings() if not _is_told_by_a_group(crossing)]
    for border in borders(crossings):
        source, target = border.source, border.targets[0]
        teams = " and ".join(f"`{team}`" for team in sorted(graph.queries.teams_of(source)))
        yield Finding(
            f"`{source.id}` of {teams} reaches `{target.id}` of `{_team(target)}`{border.others()}",
            at=border.at,
            because=[
                *path_because(border.path),
                *(
                    (other.place or border.at, f"and so does it reach `{other.id}` of `{_team(other)}`")
                    for other in border.targets[1:6]
                ),
                *label_origins([(source, source.team), (target, target.team)], border.at),
            ],
            help=f"take the step away, or let `{_team(target)}` declare it under `grants` with a reason and an end",
            subject=f"{source.id} {target.id}",
        )


def _is_told_by_a_group(crossing: Crossing) -> bool:
    """Return whether the finding of a group says the same of all its members."""
    if crossing.source.kind is not NodeKind.USER:
        return False
    return any(edge.target.kind is NodeKind.GROUP and edge.target.team is not None for edge in crossing.path)


def _team(node: Node) -> str:
    return node.team.value if node.team is not None else ""
