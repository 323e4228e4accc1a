"""AWS questions: the principal itself, or any identity that it can become, evaluated with the policies of the repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.graph.ask import decided, policy_set
from iamlint.graph.asked_resource import AskedResource, asked_resource
from iamlint.graph.aws_index import Principal
from iamlint.graph.aws_managed import OPEN_POLICIES
from iamlint.graph.decide import Answer, combine, is_aws_service
from iamlint.graph.decide_assuming import assuming, ways_in, who_assumes
from iamlint.graph.elements import Certainty, Edge, Node, NodeKind, Reached
from iamlint.graph.outside import named_by_conditions, somebody_in
from iamlint.graph.perhaps import RESOURCE_ACCOUNT
from iamlint.graph.policies import Attached
from iamlint.graph.reach import path_certainty
from iamlint.iam.actions import expand, statement_bits
from iamlint.iam.arns import STRANGER, account_in
from iamlint.iam.catalogue import catalogue
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal, Verdict
from iamlint.model.aws import iam_arn, partition_of
from iamlint.model.policy import Effect, Layer, Policy
from iamlint.source.globs import glob_matches, is_glob
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.graph.access_graph import AccessGraph

MOST_EVALUATIONS = 20_000
CALLER = "policies of the caller"
_NOBODY = Answer(Decision.IMPLICIT_DENY, residual="it is no identity of AWS, and cannot become one")


class _Identity(NamedTuple):
    """An identity of AWS as which the principal may act, and the path by which it becomes it."""

    principal: Principal
    attached: Attached
    path: tuple[Edge, ...]
    assumed: tuple[str, ...] = ()
    kind: str = "AWS"  # as which it asks; `Service` for a service of AWS


def can_aws(
    graph: AccessGraph, node: Node, action: str, resource: str | None, context: Mapping[str, Any], *, some: bool
) -> Answer:
    """Decide whether a node may do something in AWS, itself or as what it can become."""
    taken = list(assuming(graph, node, ways_in(graph, action, resource)))
    target = asked_resource(graph, resource)._replace(endpoints=graph.policy_index.aws.endpoints)
    outside = [one for one in _outsiders(graph, target) if one.principal.node is node]
    if not (identities := [*_identities(graph, node), *outside]):
        return combine(taken or [_NOBODY], True)
    actions, whole = _actions(action, [identity.attached for identity in identities], target)
    if not actions:
        return Answer(Decision.IMPLICIT_DENY)
    if not some and not whole:
        return Answer(Decision.IMPLICIT_DENY, residual=f"no statement allows everything that `{action}` matches")
    if len(actions) * len(identities) > MOST_EVALUATIONS:
        return Answer(Decision.UNKNOWN, residual=f"`{action}` matches {len(actions)} actions: too many to decide one by one")
    answers = []
    for name in actions:
        answer = combine((*taken, *(_decide(identity, name, target, context, some) for identity in identities)), True)
        answers.append(answer)
        if (some and answer.decision is Decision.ALLOW) or (not some and not answer.may_allow):
            return answer
    return combine(answers, some)


_DENIES = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)


def who_can_aws(
    graph: AccessGraph, action: str, resource: str | None, context: Mapping[str, Any], *, some: bool
) -> list[Reached]:
    """Return who may or might do something in AWS, each with the path to the identity that may."""
    target = asked_resource(graph, resource)._replace(endpoints=graph.policy_index.aws.endpoints)
    best: dict[str, Reached] = {}
    least = Certainty.ASSUMED if target.assumed else Certainty.CERTAIN
    for reached in who_assumes(graph, ways_in(graph, action, resource)):
        _keep(best, reached._replace(certainty=max(reached.certainty, least, key=_ORDER.__getitem__)))
    for identity in _everybody(graph, target):
        principal = identity.principal
        actions, whole = _actions(action, [identity.attached], target)
        if not actions or (not some and not whole) or len(actions) > MOST_EVALUATIONS:
            continue
        answer = combine((_decide(identity, name, target, context, some) for name in actions), some)
        if not answer.may_allow:
            continue
        own = Certainty.UNKNOWN if answer.decision is Decision.UNKNOWN else Certainty.CERTAIN
        if own is Certainty.CERTAIN and any(word not in _LAYERS for word in answer.assumed):
            own = Certainty.ASSUMED
        _keep(best, Reached(principal.node, (), own, frozenset()))
        for reached in graph.reached_by(principal.node):
            if reached.node.kind not in _NO_PRINCIPALS and not is_aws_service(reached.node):
                certainty = max(reached.certainty, own, key=_ORDER.__getitem__)
                _keep(best, Reached(reached.node, reached.path, certainty, frozenset()))
    return [best[node_id] for node_id in sorted(best)]


_LAYERS = frozenset(layer.value for layer in Layer)
"""Layers that were not seen. A restricting one is open in every answer (A3), so it says nothing of this one."""

_ORDER = {Certainty.CERTAIN: 0, Certainty.ASSUMED: 1, Certainty.UNKNOWN: 2}
_NO_PRINCIPALS = frozenset({NodeKind.PROJECT, NodeKind.ENVIRONMENT, NodeKind.TEAM, NodeKind.RESOURCE, NodeKind.POLICY})


def _keep(best: dict[str, Reached], item: Reached) -> None:
    known = best.get(item.node.id)
    if known is None or (_ORDER[item.certainty], len(item.path)) < (_ORDER[known.certainty], len(known.path)):
        best[item.node.id] = item


def _identities(graph: AccessGraph, node: Node) -> Iterator[_Identity]:
    """Yield the identities of AWS as which a node may act, itself first, then surest and nearest."""
    principals = graph.policy_index.aws.principals
    arrivals = [Reached(node, (), Certainty.CERTAIN, frozenset()), *graph.reach(node)]
    for reached in arrivals:
        principal = principals.get(reached.node.id)
        if principal is not None and principal.kind != "group":
            yield _Identity(principal, _with_unseen(principal, graph.policy_index.of(principal.node)), reached.path)


def _everybody(graph: AccessGraph, target: AskedResource) -> Iterator[_Identity]:
    """Yield every identity of AWS that the graph knows, and whom the resource's policy admits from outside.

    Of an outsider whom the policy admits, the own policies are taken as open, and named as assumed.
    """
    aws = graph.policy_index.aws
    for principal in aws.principals.values():
        if principal.kind == "group":
            continue
        attached = graph.policy_index.of(principal.node)
        is_outsider = principal.fact is None and not attached.identity and target.policy is not None
        if is_outsider and target.account is not None and key(target.account) != key(principal.account):
            yield _Identity(principal, aws.everything, (), (CALLER,))
        else:
            yield _Identity(principal, _with_unseen(principal, attached), ())
    yield from (one for one in _outsiders(graph, target) if one.kind == "AWS")


def _outsiders(graph: AccessGraph, target: AskedResource) -> Iterator[_Identity]:
    """Yield services, whole accounts outside of the repository, and anybody, where the resource's policy admits them."""
    aws = graph.policy_index.aws
    for service in sorted(_admitted(target.policy, ("Service",))):
        node = graph.node(f"provider:{service}")
        if node is not None:
            yield _Identity(Principal(node, "service", service, service, "", None), aws.nothing, (), (), "Service")
    inside = {key(principal.account) for principal in aws.principals.values() if principal.fact is not None}
    for account in sorted(_admitted_accounts(target.policy) - inside - {key(target.account) if target.account else ""}):
        node = graph.node("user:*" if account == "*" else f"account:{account}")
        if node is not None:
            number, assumed = (STRANGER, ()) if account == "*" else (account, (CALLER,))
            partition = partition_of(target.text or "")
            named = somebody_in(account, target.policy, partition)
            arn = iam_arn("role", "stranger", number, partition=partition) if account == "*" else named
            yield _Identity(Principal(node, "role", node.name, arn, number, None), aws.everything, (), assumed)


def _admitted_accounts(policy: Policy | None) -> set[str]:
    """Return the accounts that a resource policy admits as a whole, `*` for all."""
    whole = (account_in(value) if value.endswith(":root") else value for value in _admitted(policy, ("AWS", "*")))
    return {account for account in whole if account == "*" or len(account) == 12}


def _admitted(policy: Policy | None, kinds: tuple[str, ...]) -> set[str]:
    """Return whom a resource policy admits, by the principals of its statements or, of a star, by the conditions."""
    found: set[Value] = set()
    for statement in policy.statements if policy is not None else ():
        for pattern in statement.principals or ():
            if statement.effect is Effect.ALLOW and pattern.kind in kinds:
                found.add(pattern.value)
                if pattern.value == "*":
                    found.update(named_by_conditions(statement))
    return {value for value in found if isinstance(value, str)}


def _with_unseen(principal: Principal, attached: Attached) -> Attached:
    """Return what is attached; of an identity that is only named, the granting policies are not seen."""
    if principal.fact is None and not attached.identity:
        return attached._replace(not_seen=attached.not_seen | {Layer.IDENTITY})
    return attached


def _actions(action: str, attached: list[Attached], target: AskedResource) -> tuple[list[str], bool]:
    """Return the actions to decide one by one, and whether every one that the pattern matches is among them.

    Of a pattern, those are left out that no statement may allow: they are denied without asking.
    """
    if not is_glob(action):
        return [action], True
    wanted = expand(action)
    may = 0
    documents = [policy for each in attached for policy in each.identity] + ([target.policy] if target.policy is not None else [])
    for policy in documents:
        for statement in policy.statements:
            if statement.effect is not Effect.DENY:
                may |= catalogue().everything if statement.opaque is not None else statement_bits(statement)
    picked = wanted & may
    return catalogue().names(picked), wanted != 0 and picked == wanted


def _decide(identity: _Identity, action: str, target: AskedResource, context: Mapping[str, Any], some: bool) -> Answer:
    """Decide one action for one identity."""
    policies = policy_set(identity.attached, target.policy, target.governed_by)
    if not target.declared and target.text is not None:
        policies = policies._replace(not_seen=policies.not_seen | {Layer.RESOURCE})
    given = _given(identity.principal, context)
    for form in target.forms:
        found, assumed = _evaluate(identity, action, target, form, policies, given)
        if found.decision is not Decision.UNKNOWN and not (found.decision is Decision.IMPLICIT_DENY and isinstance(form, str)):
            break
    if some and found.decision is Decision.UNKNOWN and target.text is not None and is_glob(target.text):
        for witness in _witnesses(target.text, policies):
            attempt, _ = _evaluate(identity, action, target, witness, policies, given)
            if attempt.decision is Decision.ALLOW:
                found = attempt
                break
    answer = _answer(found, identity.path, (*assumed, *target.assumed, *identity.assumed))
    if identity.attached.identity is OPEN_POLICIES.identity:  # stands for what an outsider has at home, and is written nowhere
        open_ones = OPEN_POLICIES.identity
        answer = answer._replace(determining=tuple(one for one in answer.determining if one.policy not in open_ones))
    return answer


def _evaluate(
    identity: _Identity, action: str, target: AskedResource, resource: Value | None, policies: PolicySet, given: Mapping[str, Any]
) -> tuple[Verdict, tuple[str, ...]]:
    """Evaluate; the account of a resource that no ARN names is taken to be the caller's, and named as assumed."""
    account = target.account
    assumed: tuple[str, ...] = ()
    if account is None and resource is not None and resource != "*" and not target.declared:
        is_open = not isinstance(resource, str) or resource.split(":")[4:5] == [""]
        if is_open:
            account, assumed = identity.principal.account, (RESOURCE_ACCOUNT,)
    who = RequestPrincipal(identity.kind, identity.principal.arn)
    return decided(Request(who, action, resource, account), policies, given, target.endpoints), assumed


def _given(principal: Principal, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context keys that are known: those of the question, and the caller's tags."""
    given: dict[str, Any] = {}
    tags = getattr(principal.fact, "tags", None) or {}
    given.update({f"aws:principaltag/{name.lower()}": (value,) for name, value in tags.items()})
    for name, values in context.items():
        if ":" in name:
            given[name.lower()] = (
                values if isinstance(values, (Unknown, tuple)) else tuple(values) if isinstance(values, list) else (values,)
            )
    return given


def _witnesses(pattern: str, policies: PolicySet) -> Iterator[str]:
    """Yield texts that the pattern matches and that the statements speak of."""
    yield pattern.replace("*", "x").replace("?", "x")
    for policy in (*(policies.identity or ()), *((policies.resource,) if policies.resource is not None else ())):
        for statement in policy.statements:
            for written in statement.resources or ():
                if isinstance(written, str) and written != "*":
                    text = written.replace("*", "x").replace("?", "x")
                    if glob_matches(pattern, text):
                        yield text
                    mixed = _meet(pattern, written)
                    if mixed is not None:
                        yield mixed


def _meet(left: str, right: str) -> str | None:
    """Return a text that two patterns have in common, found by the longer of their heads and tails, or None."""
    head = max(left.partition("*")[0], right.partition("*")[0], key=len)
    tail = max(left.rpartition("*")[2] if "*" in left else "", right.rpartition("*")[2] if "*" in right else "", key=len)
    text = (head + "x" + tail).replace("?", "x")
    return text if glob_matches(left, text) and glob_matches(right, text) else None


def _answer(verdict: Verdict, path: tuple[Edge, ...], assumed: tuple[str, ...]) -> Answer:
    decision, residual = verdict.decision, verdict.residual
    seen = (*(layer.value for layer in verdict.assumed), *assumed, *(word for edge in path for word in edge.assumed))
    reasons = [edge.condition or edge.reason for edge in path if edge.certainty is Certainty.UNKNOWN]
    if decision is Decision.ALLOW and path_certainty(path) is Certainty.UNKNOWN:
        decision, residual = Decision.UNKNOWN, "allowed if " + " and ".join(reasons)
    elif decision is Decision.ALLOW:
        conditions = [edge.condition for edge in path if edge.condition]
        residual = "when " + " and ".join(conditions) if conditions else None
    return Answer(decision, verdict.determining, verdict.blocked_by, residual, path, tuple(dict.fromkeys(seen)))
