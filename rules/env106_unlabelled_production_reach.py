"""ENV106 unlabelled-production-reach."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Bot,
    Certainty,
    Confidence,
    Example,
    Finding,
    Node,
    NodeKind,
    Severity,
    label_origins,
    path_because,
    rule,
)  # fmt: skip

_SOURCES = (NodeKind.BOT, NodeKind.ROLE)
_TARGETS = frozenset({NodeKind.ROLE, NodeKind.CREDENTIAL, NodeKind.PROJECT, NodeKind.RESOURCE})


def _estate(bot: str, environment: str = "prod") -> dict[str, str]:
    return {
        "access/all.access.yaml": f"""
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: lightstep
        organization: acme
        projects:
          - {{name: checkout, environment: {environment}, owner: checkout}}
        credentials:
          - {{name: markers, kind: api-key, project: checkout, role: Project Editor, use: deploy-markers, held_by: ["bot:ci"]}}
        ---
        apiVersion: iamlint/v1
        kind: Identities
        provider: okta
        {bot}
        """
    }


@rule(
    id="ENV106",
    name="unlabelled-production-reach",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["GitHub Docs: Managing environments for deployment"],
    bad=[
        Example("a bot without an environment holds production's key", _estate("bots: [{name: ci, team: checkout}]  # <- ENV106")),
    ],
    good=[
        Example("the bot belongs to production", _estate("bots: [{name: ci, team: checkout, environment: prod}]")),
        Example("it reaches staging only", _estate("bots: [{name: ci, team: checkout}]", "staging")),
        Example("an agent is measured against the people for whom it acts", _estate(
            'agents: [{name: ci, team: checkout, acts_for: ["group:okta/eng-checkout"]}]')),
    ],
)  # fmt: skip
def unlabelled_production_reach(graph: AccessGraph) -> Iterator[Finding]:
    """A bot or role that belongs to no environment reaches production.

    No rule about environments guards it, and neither does an approval that hangs on the environment: a pipeline's job
    without one runs whenever somebody pushes.

    ## What to do instead

    Give the job an environment and let the trust policy ask for it, tag the role, or name the environment in the manifest.

    ## What this rule does not see

    People, who belong to no environment. What spans several environments is `cross-environment-reach`, and reported there.
    """
    environments = graph.settings.environments
    production = environments[-1].name if environments else ""
    spanning = {node.id for node, _ in graph.queries.spanning()}
    for kind in _SOURCES:
        for node in graph.nodes(kind):
            if node.environment is not None or node.id in spanning or node.place is None or _acts_for_people(node):
                continue
            reached = graph.reach_some(node, lambda target: _is_in(target, production), Certainty.ASSUMED)
            found = next((one for one in reached if all(edge.source.environment is None for edge in one.path)), None)
            if found is not None:
                yield Finding(
                    f"`{node.id}` belongs to no environment and reaches `{found.node.id}` of `{production}`",
                    at=node.place,
                    because=[*path_because(found.path), *label_origins([(found.node, found.node.environment)], node.place)],
                    help="give it an environment: in the job, by a tag, or in the manifest",
                    subject=f"{node.id} {found.node.id}",
                )


def _is_in(target: Node, environment: str) -> bool:
    return target.environment is not None and target.environment.value == environment and target.kind in _TARGETS


def _acts_for_people(node: Node) -> bool:
    return any(isinstance(fact, Bot) and fact.kind == "agent" for fact in node.facts)
