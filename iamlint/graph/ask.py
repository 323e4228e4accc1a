"""Asking the decision procedure on behalf of the graph: may this principal do that, how surely, and when."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.graph.elements import Certainty
from iamlint.graph.endpoints import in_words, statements_of, through, ways
from iamlint.graph.favorable import TIMES, Context, avoiding_context, favorable_context, is_fixed, open_context
from iamlint.graph.policies import Attached
from iamlint.iam.query import conditions_in_words
from iamlint.iam.question import Question
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal, Verdict
from iamlint.model.policy import Effect, Layer, Policy, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from iamlint.graph.endpoints import Endpoints
    from iamlint.iam.question import Ruling

    Answered: TypeAlias = "dict[tuple[object, ...], Granted | None]"


class Granted(NamedTuple):
    """A request that is allowed, or may be: how surely, under which condition in words, and what was not seen.

    `first` says what the caller does before it, in words that follow "it".
    """

    certainty: Certainty
    condition: str | None
    assumed: tuple[str, ...]
    determining: tuple[Statement, ...]
    first: tuple[str, ...] = ()


def evaluate(request: Request, policies: PolicySet) -> Verdict:
    """Decide one request (`iamlint.iam.evaluate`)."""
    from iamlint.iam.evaluate import evaluate as decide

    return decide(request, policies)


def decided(
    request: Request, policies: PolicySet, given: Mapping[str, tuple[Value, ...] | Unknown], endpoints: Endpoints
) -> Verdict:
    """Decide one request of which these context keys are known.

    Where it hangs on the way that it takes, what goes through an endpoint of the repository is bound by its policy.
    """
    statements = tested_statements(policies)
    if not endpoints:
        return evaluate(request._replace(context=open_context(statements, given)), policies)
    context = open_context((*statements, *statements_of(endpoints)), given)
    found = evaluate(request._replace(context=context), through(policies, context, endpoints))
    possible = ways(statements, context, endpoints) if found.decision is Decision.UNKNOWN else []
    if not possible:
        return found
    each = [evaluate(request._replace(context=way), through(policies, way, endpoints)) for way in possible]
    decisions = [verdict.decision for verdict in each]
    if all(decision in _DENIES for decision in decisions):
        return each[-1]  # the last way is one that a statement demands, so what stops it there is worth reading
    if Decision.UNKNOWN in decisions or decisions[0] is Decision.ALLOW:
        return found
    return found._replace(
        residual=in_words(way for way, answer in zip(possible, decisions, strict=True) if answer is Decision.ALLOW)
    )


def granted(
    principal: RequestPrincipal,
    action: str,
    resource: Value | None,
    account: Value | None,
    attached: Attached,
    policy: Policy | None,
    given: Mapping[str, tuple[Value, ...] | Unknown],
    known_organization: bool = False,
    answered: Answered | None = None,
) -> Granted | None:
    """Return how surely the request is allowed, or None when it is not.

    `answered` remembers answers for principals and resources that nothing else tells apart, of a service that treats its actions
    alike: where statements that say the same name action and resource in the same way, it is not decided again
    (`Question.naming`), and the statements that determine the answer may be another's that say the same.

    Conditions that a caller can bring about make it conditional and not unknown. An allowed request under a condition on the
    caller's organization is assumed to meet it when the repository declares the caller's account (`known_organization`).
    """
    policies = policy_set(attached, policy, account)
    plain = Question(principal, action, resource, account, policies)
    if attached.endpoints:
        request = Request(principal, action, resource, account)
        by_some_way = ThroughEndpoints(request, policies, attached.endpoints, plain)
        return _granted(by_some_way, plain.statements, attached.endpoints, given, known_organization)
    if answered is None:
        return _granted(plain, plain.statements, None, given, known_organization)
    alike = plain.naming()
    if alike not in answered:
        answered[alike] = _granted(plain, plain.statements, None, given, known_organization)
    return answered[alike]


def _granted(
    question: Question | ThroughEndpoints,
    statements: list[Statement],
    endpoints: Endpoints | None,
    given: Mapping[str, tuple[Value, ...] | Unknown],
    known_organization: bool,
) -> Granted | None:
    context = open_context(statements, given)
    if endpoints:
        context = open_context(statements_of(endpoints), context)
    ruling = question.under(context)
    if ruling.decision is Decision.ALLOW:
        return Granted(Certainty.CERTAIN, None, (), ruling.verdict().determining)
    if ruling.decision is not Decision.UNKNOWN or ruling.case.is_never_allowed:
        return None
    tried = [context]
    for statement in statements:
        if statement.effect is not Effect.ALLOW or not statement.conditions:
            continue
        favorable = favorable_context(statement, context)
        if favorable in tried:
            continue
        tried.append(favorable)
        found = _conditional(question, favorable, statement, known_organization)
        if found is not None:
            return found
    # The condition may stand in a deny alone, or in several statements at once.
    favorable = context
    for statement in statements:
        if statement.effect is Effect.ALLOW:
            favorable = favorable_context(statement, favorable)
    blank: Context = {
        name: (() if isinstance(values, Unknown) and not is_fixed(name) and name not in TIMES else values)
        for name, values in favorable.items()
    }
    for attempt in (favorable, blank):
        if attempt not in tried:
            tried.append(attempt)
            found = _conditional(question, attempt, None, known_organization)
            if found is not None:
                return found._replace(condition=found.condition or _residual(ruling.verdict()))
    avoiding = avoiding_context(statements, favorable)
    if avoiding not in tried:  # a deny unless something is, is an allow if it is
        found = _conditional(question, avoiding, None, known_organization)
        if found is not None:
            return found._replace(condition=_residual(ruling.verdict()) or found.condition)
    if known_organization:
        member = _in_organization(statements, context)
        if member != context and (again := question.under(member)).decision is Decision.ALLOW:
            return Granted(Certainty.ASSUMED, None, ("organization of the caller",), again.verdict().determining)
    if isinstance(question, ThroughEndpoints) and question.is_denied_on_every_way(context):
        return None
    verdict = ruling.verdict()
    return Granted(Certainty.UNKNOWN, _residual(verdict), (), verdict.determining)


_DENIES = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)


class ThroughEndpoints:
    """A question of which the answer hangs on the way too: in a context that names an endpoint, its policy counts."""

    def __init__(self, request: Request, policies: PolicySet, endpoints: Endpoints, plain: Question) -> None:
        self._request = request
        self._policies = policies
        self._endpoints = endpoints
        self._plain = plain
        self.statements = plain.statements

    def under(self, context: Context) -> Ruling:
        """Return the decision in a context."""
        policies = through(self._policies, context, self._endpoints)
        if policies is self._policies:
            return self._plain.under(context)
        request = self._request
        question = Question(request.principal, request.action, request.resource, request.resource_account, policies)
        return question.under(context)

    def is_denied_on_every_way(self, context: Context) -> bool:
        """Return whether nothing is open but the way, and every way is denied."""
        possible = ways(self.statements, context, self._endpoints)
        return bool(possible) and all(self.under(way).decision in _DENIES for way in possible)


def _conditional(
    question: Question | ThroughEndpoints, context: Context, statement: Statement | None, known_organization: bool
) -> Granted | None:
    ruling = question.under(context)
    if ruling.decision is Decision.ALLOW:
        verdict = ruling.verdict()
        words = conditions_in_words(statement) if statement is not None else None
        if words is None:
            words = " and ".join(text for each in verdict.determining if (text := conditions_in_words(each)))
        return Granted(Certainty.CERTAIN, words or None, (), verdict.determining)
    if ruling.decision is Decision.UNKNOWN and known_organization:
        member = _in_organization(question.statements, context)
        if member != context and (again := question.under(member)).decision is Decision.ALLOW:
            words = conditions_in_words(statement) if statement is not None else None
            return Granted(Certainty.ASSUMED, words, ("organization of the caller",), again.verdict().determining)
    return None


def _in_organization(statements: list[Statement], context: Context) -> Context:
    made: Context = dict(context)
    for statement in statements:
        for condition in statement.conditions:
            name = condition.key.lower()
            if (
                name in ("aws:principalorgid", "aws:principalorgpaths")
                and isinstance(context.get(name), Unknown)
                and condition.values
            ):
                first = condition.values[0]
                made[name] = (first.replace("*", "x") if isinstance(first, str) else first,)
    return made


def policy_set(attached: Attached, policy: Policy | None, account: Value | None = None) -> PolicySet:
    """Return the policies of an identity and of a resource in an account as the decision procedure takes them."""
    rcp = attached.controlling(account)
    unseen = {Layer.SCP, Layer.RCP} - ({Layer.SCP} if attached.scp else set()) - ({Layer.RCP} if rcp else set())
    return PolicySet(
        identity=attached.identity, resource=policy, boundary=attached.boundary, scp=attached.scp, rcp=rcp,
        not_seen=frozenset(unseen) | attached.not_seen,
    )  # fmt: skip


def tested_statements(policies: PolicySet) -> list[Statement]:
    """Return every statement of some policies, all layers together."""
    documents = [*(policies.identity or ()), *((policies.resource,) if policies.resource else ()), *(policies.boundary or ())]
    documents += [policy for level in (*policies.scp, *policies.rcp) for policy in level]
    return [statement for policy in documents for statement in policy.statements]


def _residual(verdict: Verdict) -> str | None:
    text = verdict.residual
    return text.removeprefix("allowed if ").removeprefix("allowed when ") if text else None
