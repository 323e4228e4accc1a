"""BOT111 human-uses-bot-credential."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    NodeKind,
    Severity,
    TelemetryCredential,
    is_for_machines,
    is_workload,
    place_of,
    rule,
    users_of,
)

_ESTATE = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: {vendor}
    credentials:
      - name: checkout
        kind: {kind}
        {scope}
        held_by:
          - {first}
          - {second}
    """


def _estate(
    first: str,
    second: str = "user:alice@acme.example",
    kind: str = "api-key\n        role: Project Editor",
    vendor: str = "lightstep",
    scope: str = "project: checkout-prod",
) -> dict[str, str]:
    return {
        "access/keys.access.yaml": _ESTATE.format(first=first, second=second, kind=kind, vendor=vendor, scope=scope),
    }


_MARKED = "user:alice@acme.example  # <- BOT111"


@rule(
    id="BOT111",
    name="human-uses-bot-credential",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AICPA Trust Services Criteria: CC6.1", "OWASP Secrets Management Cheat Sheet"],
    bad=[
        Example("a person holds the pipeline's key", _estate("bot:github/acme/checkout:environment:prod", _MARKED)),
        Example("a person holds an access token, which is made for workloads", _estate(
            "user:bob@acme.example  # <- BOT111", "bot:collector", kind="access-token")),
        Example("a group of people holds the service's token", _estate(
            "role:arn:aws:iam::333333333333:role/checkout", "group:okta/eng-checkout  # <- BOT111", kind="access-token")),
        Example("a person holds the key with which Datadog's agents send", _estate(
            "user:bob@acme.example  # <- BOT111", "bot:agent", "api-key", "datadog", "organization: true")),
        Example("a person holds a service account's token of Grafana", _estate(
            "user:bob@acme.example  # <- BOT111", "bot:terraform", "service-account-token", "grafana", "organization: true")),
        Example("a group of people holds an ingest key of Honeycomb", _estate(
            "group:okta/eng-checkout  # <- BOT111", "bot:collector", "ingest-key", "honeycomb")),
        Example("a person holds the pipeline's application key", _estate(
            "bot:github/acme/checkout:environment:prod", _MARKED, "application-key", "datadog", "organization: true")),
    ],
    good=[
        Example("two people share a key", _estate("user:bob@acme.example")),
        Example("a pipeline and its service", _estate("bot:ci", "role:arn:aws:iam::333333333333:role/checkout")),
        Example("a person's own application key of Datadog", _estate(
            "user:bob@acme.example", kind="application-key", vendor="datadog", scope="organization: true")),
        Example("people share a configuration key of Honeycomb", _estate(
            "user:bob@acme.example", kind="configuration-key", vendor="honeycomb")),
        Example("an IAM user is no person", _estate("bot:ci", "user:arn:aws:iam::333333333333:user/ci")),
    ],
)  # fmt: skip
def human_uses_bot_credential(graph: AccessGraph) -> Iterator[Finding]:
    """A person holds a credential that a bot works with.

    What the person does shows up as the bot's, stays possible after they left, and evades single sign-on. And the bot stops
    when the credential must be changed because of the person.

    ## What to do instead

    Let people sign in as themselves, and keep the credential where only the workload reads it.

    ## What this rule does not see

    People who may read the secret and are not declared as holders (BOT110), and keys that only people hold, of a kind that people may
    use: a token that writes spans is for machines whoever holds it.
    """
    for node in graph.nodes(NodeKind.CREDENTIAL):
        edges = users_of(graph, node, EdgeKind.HOLDS)
        bots = [edge for edge in edges if is_workload(edge.source)]
        machine = any(isinstance(fact, TelemetryCredential) and is_for_machines(fact) for fact in node.facts)
        if not bots and not machine:
            continue
        for edge in edges:
            person = edge.source
            if person.kind is NodeKind.GROUP or (person.kind is NodeKind.USER and "arn:" not in person.id):
                because = [(place_of(bot), f"`{bot.source.id}` works with it") for bot in bots[:2]]
                yield Finding(
                    f"`{person.id}` holds `{node.name}`, a credential for machines",
                    at=place_of(edge),
                    because=because,
                    help="let people sign in as themselves, and make a new credential for the bot",
                    subject=f"{person.id} {node.id}",
                )
