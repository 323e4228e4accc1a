"""BOT105 credential-shared-between-bots."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    NodeKind,
    Severity,
    in_words,
    place_of,
    rule,
    service_of,
    users_of,
)  # fmt: skip


def _held(*holders: str) -> dict[str, str]:
    text = """
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: lightstep
        credentials:
          - name: ingest
            kind: access-token
            project: shared
            held_by:
        """
    return {"access/keys.access.yaml": text.rstrip(" ") + "".join(f"              - {holder}\n" for holder in holders)}


@rule(
    id="BOT105",
    name="credential-shared-between-bots",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Create and manage access tokens", "OWASP Secrets Management Cheat Sheet"],
    bad=[
        Example("two repositories' pipelines", _held(
            "bot:github/acme/checkout:environment:prod", "bot:github/acme/payments:environment:prod  # <- BOT105")),
        Example("two services' roles", _held(
            "role:arn:aws:iam::333333333333:role/checkout", "role:arn:aws:iam::333333333333:role/payments  # <- BOT105")),
        Example("two pipelines of GitLab", _held(
            "bot:gitlab/acme/checkout:ref_type:branch:ref:main", "bot:gitlab/acme/payments:ref_type:branch:ref:main  # <- BOT105")),
    ],
    good=[
        Example("one pipeline of GitLab on two branches", _held(
            "bot:gitlab/acme/checkout:ref_type:branch:ref:main", "bot:gitlab/acme/checkout:ref_type:tag:ref:*")),
        Example("one pipeline on a branch and in an environment", _held(
            "bot:github/acme/checkout:environment:prod", "bot:github/acme/checkout:ref:refs/heads/main")),
        Example("a pipeline that hands it to its service", _held(
            "bot:github/acme/checkout:environment:prod", "role:arn:aws:iam::333333333333:role/checkout")),
        Example("a bot and a person", _held("bot:ci", "user:alice@acme.example")),
    ],
)  # fmt: skip
def credential_shared_between_bots(graph: AccessGraph) -> Iterator[Finding]:
    """Two services hold one credential.

    It cannot be rotated for one of them, a leak of one stops both, and nobody can tell who sent what.

    ## What to do instead

    Make a credential for each service: tokens cost nothing, and a project may have several.

    ## What this rule does not see

    Copies that nobody declares. A pipeline and the role of the service to which it hands the credential count as one service.
    """
    for node in graph.nodes(NodeKind.CREDENTIAL):
        for kind in (NodeKind.BOT, NodeKind.ROLE):
            edges = [edge for edge in users_of(graph, node, EdgeKind.HOLDS) if edge.source.kind is kind]
            services = {service_of(edge.source): edge for edge in reversed(edges)}
            if len(services) < 2:
                continue
            names = sorted(services)
            yield Finding(
                f"`{node.name}` is held by {in_words(names)}",
                at=place_of(services[names[1]]),
                because=[
                    (place_of(services[name]), f"`{services[name].source.id}` {services[name].reason}") for name in names[:6]
                ],
                help="make a credential for each",
                subject=node.id,
            )
            break
