"""What administrator access reaches: everything in their account, and roles elsewhere that trust the account as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.graph.ask import granted
from iamlint.graph.aws_index import Principal
from iamlint.graph.elements import EdgeKind
from iamlint.graph.escalation_ask import Asker
from iamlint.graph.escalation_base import Ground, is_administrator
from iamlint.graph.link_trust import whole_account
from iamlint.graph.trust_answers import ASSUME
from iamlint.iam.request import RequestPrincipal
from iamlint.model.policy import Effect
from iamlint.source.value import Value, key


def link_administrators(ground: Ground) -> None:
    """Lead the node for administrator access of each account to every role and user in it."""
    trusted: dict[str, list[str]] | None = None
    for principal in [each for each in ground.aws.principals.values() if is_administrator(each.node)]:
        if trusted is None:
            trusted = _trusting_accounts(ground)
        _inside(ground, principal)
        _outside(ground, principal, trusted.get(key(principal.account), ()))


def _inside(ground: Ground, principal: Principal) -> None:
    """Lead to every role and user of the account; service control policies may keep some of them."""
    attached = ground.aws.attached[principal.node.id]
    ask = Asker(principal, attached)
    ways = (
        ("role", "iam:UpdateAssumeRolePolicy", "iam-012", "can rewrite the trust policy of"),
        ("user", "iam:CreateAccessKey", "iam-002", "can create an access key for"),
    )
    for kind, action, method, words in ways:
        for group in ask.on_each(action, ground.population(kind, principal.account)):
            for member in group.members:
                ground.builder.edge(
                    principal.node, member.node, EdgeKind.MAY_BECOME, f"{words} {member.words}", member.node.place,
                    condition=group.found.condition, certainty=group.found.certainty, method=method,
                )  # fmt: skip


def _trusting_accounts(ground: Ground) -> dict[str, list[str]]:
    """Return the roles that trust an account as a whole, by account."""
    found: dict[str, dict[str, None]] = {}
    for node_id, trust in ground.aws.trusts.items():
        for statement in trust.statements:
            for pattern in statement.principals or ():
                account: Value | None = None
                if statement.effect is Effect.ALLOW and pattern.kind == "AWS" and not statement.principals_negated:
                    account = whole_account(pattern.value)
                if account is not None:
                    found.setdefault(key(account), {})[node_id] = None
    return {account: list(roles) for account, roles in found.items()}


def _outside(ground: Ground, principal: Principal, roles: Iterable[str]) -> None:
    """Lead to roles of other accounts that let in whoever an administrator of this one allows."""
    attached = ground.aws.attached[principal.node.id]
    for node_id in roles:
        role = ground.aws.principals[node_id]
        if key(role.account) == key(principal.account):
            continue
        trust = ground.aws.trusts[node_id]
        who = RequestPrincipal("AWS", principal.arn)
        found = granted(who, ASSUME, role.arn, role.account, attached, trust, {}, True)
        if found is not None:
            ground.builder.edge(
                principal.node, role.node, EdgeKind.MAY_ASSUME, "may assume the role", trust.place, condition=found.condition,
                certainty=found.certainty, assumed=found.assumed, detail=ASSUME,
            )  # fmt: skip
