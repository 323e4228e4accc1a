"""BOT110 secret-readable-beyond-holders."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Decision,
    Edge,
    EdgeKind,
    Effect,
    Example,
    Finding,
    Node,
    NodeKind,
    PolicyKind,
    Severity,
    every_action_index,
    every_resource_index,
    in_words,
    place_of,
    rule,
    users_of,
)  # fmt: skip

_STORED = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: {vendor}
    credentials:
      - name: checkout
        kind: {kind}
        {holders}
        stored_in: ["arn:aws:secretsmanager:eu-west-1:333333333333:secret:lightstep/checkout-AbCdEf"]
    """
_ROLE = """
    provider "aws" {{
      region              = "eu-west-1"
      allowed_account_ids = ["333333333333"]
    }}
    resource "aws_iam_role" "app" {{
      name = "app"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
      }})
    }}
    resource "aws_iam_role_policy" "app" {{
      name = "token"
      role = aws_iam_role.app.id
      policy = jsonencode({{ Version = "2012-10-17", Statement = [
        {statement}
      ] }})
    }}
    """
_READ = (
    '{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "arn:aws:secretsmanager:*:*:secret:lightstep/*" }'
)
_OTHER = 'held_by: ["role:arn:aws:iam::333333333333:role/checkout"]'


def _estate(statement: str, holders: str = _OTHER, vendor: str = "lightstep", kind: str = "access-token") -> dict[str, str]:
    return {
        "access/keys.access.yaml": _STORED.format(holders=holders, vendor=vendor, kind=kind),
        "infra/main.tf": _ROLE.format(statement=statement),
    }


@rule(
    id="BOT110",
    name="secret-readable-beyond-holders",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["AWS Secrets Manager User Guide: Authentication and access control"],
    bad=[
        Example("another role reads the secrets of all services", _estate(_READ + " # <- BOT110")),
        Example("a role reads every secret", _estate(
            '{ Effect = "Allow", Action = "secretsmanager:*", Resource = "*" } # <- BOT110')),
        Example("a key of Datadog", _estate(_READ + " # <- BOT110", vendor="datadog", kind="api-key")),
        Example("a service account's token of Grafana", _estate(
            _READ + " # <- BOT110", vendor="grafana", kind="service-account-token")),
        Example("an ingest key of Honeycomb", _estate(_READ + " # <- BOT110", vendor="honeycomb", kind="ingest-key")),
    ],
    good=[
        Example("a role of other secrets than Datadog's key", _estate(
            _READ.replace("lightstep/*", "lightstep/payments-*"), vendor="datadog", kind="api-key")),
        Example("the holder reads the token of Grafana", _estate(
            _READ, 'held_by: ["role:arn:aws:iam::333333333333:role/app"]', "grafana", "service-account-token")),
        Example("the holder reads it", _estate(_READ, 'held_by: ["role:arn:aws:iam::333333333333:role/app"]')),
        Example("who holds it is not declared", _estate(_READ, "use: ingest")),
        Example("a role of other secrets", _estate(_READ.replace("lightstep/*", "lightstep/payments-*"))),
        Example("a deny takes it back", _estate(_READ + ', { Effect = "Deny", Action = "secretsmanager:GetSecretValue", Resource = "*" }')),
        Example("an administrator reads everything", _estate('{ Effect = "Allow", Action = "*", Resource = "*" }')),
    ],
)  # fmt: skip
def secret_readable_beyond_holders(graph: AccessGraph) -> Iterator[Finding]:
    """Somebody who does not hold a credential may read the secret in which it is stored.

    Reading the secret is having the token. The manifest says who holds it, and the policies say otherwise.

    ## What to do instead

    Name the one secret in the policy of each role, or declare the reader under `held_by`.

    ## What this rule does not see

    Credentials whose holders nobody declared, secrets of which no credential is declared, and administrators, who read
    everything (IAM101, IAM114). Reach into a stricter environment is reported by ENV101 too.
    """
    administrators = _administrators(graph)
    gathered: dict[tuple[str, str], list[Edge]] = {}
    for token in graph.nodes(NodeKind.CREDENTIAL):
        holders = [edge.source for edge in graph.in_edges(token, EdgeKind.HOLDS)]
        if not holders:
            continue
        acting = {node.number for node in holders}
        acting |= {reached.node.number for node in holders for reached in graph.reach(node)}
        for edge in users_of(graph, token, EdgeKind.MAY_READ_SECRET):
            reader = edge.source
            if reader.number not in acting and reader.number not in administrators and not _administers(graph, reader):
                gathered.setdefault((reader.id, repr(edge.place)), []).append(edge)
    for _, together in sorted(gathered.items()):
        edge = together[0]
        names = in_words([each.target.name for each in together])
        whose = [each.source for each in graph.in_edges(edge.target, EdgeKind.HOLDS)]
        yield Finding(
            f"`{edge.source.id}` may read {names} from where it is stored, and does not hold it",
            at=place_of(edge),
            because=[
                *((place_of(stored), f"`{edge.target.name}` {stored.reason}: `{stored.target.name}`")
                  for stored in graph.out_edges(edge.target, EdgeKind.STORED_IN)[:1]),
                *((place_of(each), f"held by `{node.id}`") for node, each in zip(
                    whose[:3], graph.in_edges(edge.target, EdgeKind.HOLDS), strict=False)),
            ],
            help="name the one secret that the role needs, or declare the reader under `held_by`",
            subject=f"{edge.source.id} {edge.target.id}",
        )  # fmt: skip


def _administrators(graph: AccessGraph) -> set[int]:
    """Return the nodes to which a policy gives every action on every resource."""
    return {
        node.number
        for policy in graph.policies(PolicyKind.IDENTITY)
        for statement in policy.statements
        if statement.effect is Effect.ALLOW
        and every_action_index(statement) is not None
        and every_resource_index(statement) is not None
        for node in graph.attached_to(policy)
    }


def _administers(graph: AccessGraph, node: Node) -> bool:
    """Return whether a reader can give itself any permission, so that one secret more tells nothing."""
    if node.kind is not NodeKind.ROLE or not node.declared:
        return False
    return graph.can(node, "iam:AttachRolePolicy", "*").decision is Decision.ALLOW
