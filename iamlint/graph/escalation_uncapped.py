"""Identities without their permissions boundary: what somebody has who may take it off (iam-022, iam-023, boundary-swap)."""

from __future__ import annotations

from iamlint.graph.ask import Granted, granted
from iamlint.graph.aws_index import Principal
from iamlint.graph.elements import UNCAPPED, EdgeKind, Node
from iamlint.graph.escalation_ask import Asker
from iamlint.graph.escalation_base import Actor, Ground, allowed_bits
from iamlint.graph.link_trust import whole_account
from iamlint.graph.trust_answers import ASSUME
from iamlint.iam.actions import certain_bits
from iamlint.iam.request import RequestPrincipal
from iamlint.model.policy import Effect, Policy
from iamlint.source.value import key

_MOST = 200
"""So many identities get a twin; estates with more of them share one boundary, which then is the finding."""


class Uncapped:
    """Twins of capped identities. A twin acts under the ARN of the identity, with a node of its own."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.waiting: list[Actor] = []
        self._made: dict[str, Node] = {}

    def lead(self, actor: Actor, capped: Actor, method: str, words: str, found: Granted) -> None:
        """Lead to what an identity is without its boundary, where that is more than it is with it."""
        if not _is_more(capped):
            return
        node = self._made.get(capped.node.id)
        if node is None:
            if len(self._made) >= _MOST:
                reason = f"what `{capped.node.name}` may do without its permissions boundary was not looked at"
                self.ground.builder.unknown(reason, capped.node.place)
                return
            node = self._made[capped.node.id] = self._make(capped)
        self.ground.edge(actor, node, method, words, found)

    def _make(self, capped: Actor) -> Node:
        aws, builder = self.ground.aws, self.ground.builder
        original = capped.principal
        name = f"{capped.node.id.partition(':')[2]} {UNCAPPED}"
        node = builder.node(capped.node.kind, name, None, declared=False, title=f"{capped.node.name} {UNCAPPED}")
        principal = original._replace(node=node)
        attached = capped.attached._replace(boundary=None)
        aws.principals[node.id] = principal
        aws.attached[node.id] = attached
        builder.accounts.setdefault(node.id, original.account)
        builder.stands_for[node.id] = capped.node
        twin = Actor(principal, attached, Asker(principal, attached), allowed_bits(attached, {}))
        self.ground.actors[node.id] = twin
        self._assumes(twin, capped)
        self.waiting.append(twin)
        return node

    def _assumes(self, twin: Actor, capped: Actor) -> None:
        """Let the twin assume what the identity assumes, and the roles of its account that only the boundary keeps from it."""
        builder, aws = self.ground.builder, self.ground.aws
        builder, aws = self.ground.builder, self.ground.aws
        asked = {capped.node.id}
        for edge in [edge for edge in builder.edges.of(EdgeKind.MAY_ASSUME) if edge.source is capped.node]:
            asked.add(edge.target.id)
            builder.edge(twin.node, edge.target, EdgeKind.MAY_ASSUME, edge.reason, edge.place, condition=edge.condition,
                         certainty=edge.certainty, assumed=edge.assumed, detail=edge.detail)  # fmt: skip
        who = RequestPrincipal("AWS", twin.principal.arn)
        for member in self.ground.population("role", twin.principal.account).members:
            trust = aws.trusts.get(member.node.id)
            if trust is None or member.node.id in asked or not _names(trust, twin.principal):
                continue
            found = granted(who, ASSUME, member.arn, twin.principal.account, twin.attached, trust, {})
            if found is not None:
                place = found.determining[0].place() if found.determining else member.node.place
                builder.edge(twin.node, member.node, EdgeKind.MAY_ASSUME, "may assume the role", place, condition=found.condition,
                             certainty=found.certainty, assumed=found.assumed, detail=ASSUME)  # fmt: skip


def _names(trust: Policy, who: Principal) -> bool:
    """Return whether a trust policy names an identity, or its account as a whole; only then is it worth a decision."""
    return any(
        pattern.kind in ("AWS", "*") and (
            pattern.value == "*" or key(pattern.value) == key(who.arn)
            or key(whole_account(pattern.value) or "") == key(who.account)
        )
        for statement in trust.statements if statement.effect is Effect.ALLOW for pattern in statement.principals or ()
    )  # fmt: skip


def _is_more(capped: Actor) -> bool:
    """Return whether the boundary may keep the identity from something that its policies allow."""
    open_ = 0
    for policy in capped.attached.boundary or ():
        for statement in policy.statements:
            if statement.effect is Effect.DENY:
                return True
            if not statement.conditions and "*" in (statement.resources or ()) and not statement.resources_negated:
                open_ |= certain_bits(statement)
    return capped.bits & ~open_ != 0
