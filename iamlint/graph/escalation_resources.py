"""Escalation by resource policies: who may open to itself the secret in which a credential lies."""

from __future__ import annotations

from iamlint.graph.ask import granted
from iamlint.graph.aws_managed import allow_everything
from iamlint.graph.elements import EdgeKind, Node
from iamlint.graph.escalation_ask import together
from iamlint.graph.escalation_base import Ground, mask_of
from iamlint.graph.secret_names import secret_forms, written_suffixes
from iamlint.graph.secret_reader import READING
from iamlint.iam.request import RequestPrincipal
from iamlint.source.value import Value, key

_ACTIONS = {"secretsmanager": "secretsmanager:PutResourcePolicy", "s3": "s3:PutBucketPolicy"}
"""What writes the policy of what a credential may lie in, by service."""


def link_resource_takeovers(ground: Ground) -> None:
    """Add ways up to the credentials that lie in secrets whose policy an identity of the same account may write."""
    bits = mask_of(_ACTIONS.values())
    actors = [actor for actor in ground.actors.values() if actor.bits & bits and not ground.is_whole(actor)]
    if not actors:
        return
    aws, suffixes = ground.aws, written_suffixes(ground.aws)
    stored: dict[str, list[Node]] = {}
    for edge in ground.builder.edges.of(EdgeKind.STORED_IN):
        stored.setdefault(edge.target.id, []).append(edge.source)
    reading = (
        {(edge.source.id, edge.target.id) for edge in ground.builder.edges.of(EdgeKind.MAY_READ_SECRET)} if stored else set()
    )
    for node_id, tokens in stored.items():
        resource = aws.resources[node_id]
        service = key(resource.arn).partition(":")[2].partition(":")[2].partition(":")[0]
        action = _ACTIONS.get(service)
        account = resource.account or _account(resource.arn)
        if action is None or account is None:
            continue
        forms: list[Value] = [resource.arn]
        if service == "secretsmanager":
            forms = [form for each in secret_forms(resource.arn, resource.fact is not None, suffixes) for form in each[-1:]]
        for actor in actors:
            if key(actor.principal.account) != key(account) or (actor.node.id, tokens[0].id) in reading:
                continue
            who = RequestPrincipal("AWS", actor.principal.arn)
            # A resource policy admits who has no permission, and no one whom a deny keeps out.
            admitted = actor.attached._replace(identity=(*actor.attached.identity, allow_everything()))
            answers = (
                together((
                    granted(who, action, _policy_holder(form, service), account, actor.attached, resource.policy, {}),
                    granted(who, READING[service][0], form, account, admitted, None, {}),
                ))
                for form in forms
            )  # fmt: skip
            found = next((answer for answer in answers if answer is not None), None)
            for token in tokens if found is not None else ():
                if found is not None:
                    words = f"can write the policy of `{resource.node.name}`, and so read"
                    ground.edge(actor, token, f"{service}-policy", words, found)


def _account(arn: Value) -> Value | None:
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[4] if len(parts) > 5 and parts[4] else None


def _policy_holder(arn: Value, service: str) -> Value:
    """Return what the policy is written for: of an object, its bucket."""
    return arn.partition("/")[0] if service == "s3" and isinstance(arn, str) else arn
