"""Asking the decision procedure on behalf of the graph: may this principal do that, how surely, and when."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.graph.elements import Certainty
from iamlint.graph.favorable import Context, favorable_context, is_fixed, open_context
from iamlint.graph.policies import Attached
from iamlint.iam.query import conditions_in_words
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal, Verdict
from iamlint.model.policy import Effect, Layer, Policy, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.iam.question import Question


class Granted(NamedTuple):
    """A request that is allowed, or may be: how surely, under which condition in words, and what was not seen."""

    certainty: Certainty
    condition: str | None
    assumed: tuple[str, ...]
    determining: tuple[Statement, ...]


def evaluate(request: Request, policies: PolicySet) -> Verdict:
    """Decide one request (`iamlint.iam.evaluate`)."""
    from iamlint.iam.evaluate import evaluate as decide

    return decide(request, policies)


def granted(
    principal: RequestPrincipal,
    action: str,
    resource: Value | None,
    account: Value | None,
    attached: Attached,
    policy: Policy | None,
    given: Mapping[str, tuple[Value, ...] | Unknown],
    known_organization: bool = False,
) -> Granted | None:
    """Return how surely the request is allowed, or None when it is not.

    Conditions that a caller can bring about make it conditional and not unknown. An allowed request under a condition on the
    caller's organization is assumed to meet it when the repository declares the caller's account (`known_organization`).
    """
    from iamlint.iam.question import Question

    question = Question(principal, action, resource, account, policy_set(attached, policy))
    statements = question.statements
    context = open_context(statements, given)
    ruling = question.under(context)
    if ruling.decision is Decision.ALLOW:
        return Granted(Certainty.CERTAIN, None, (), ruling.verdict().determining)
    if ruling.decision is not Decision.UNKNOWN:
        return None
    for statement in statements:
        if statement.effect is not Effect.ALLOW or not statement.conditions:
            continue
        favorable = favorable_context(statement, context)
        if favorable == context:
            continue
        found = _conditional(question, favorable, statement, known_organization)
        if found is not None:
            return found
    # The condition may stand in a deny alone, or in several statements at once.
    favorable = context
    for statement in statements:
        if statement.effect is Effect.ALLOW:
            favorable = favorable_context(statement, favorable)
    blank: Context = {
        name: (() if isinstance(values, Unknown) and not is_fixed(name) else values) for name, values in favorable.items()
    }
    for attempt in (favorable, blank):
        if attempt != context:
            found = _conditional(question, attempt, None, known_organization)
            if found is not None:
                return found._replace(condition=found.condition or _residual(ruling.verdict()))
    if known_organization:
        member = _in_organization(statements, context)
        if member != context and (again := question.under(member)).decision is Decision.ALLOW:
            return Granted(Certainty.ASSUMED, None, ("organization of the caller",), again.verdict().determining)
    verdict = ruling.verdict()
    return Granted(Certainty.UNKNOWN, _residual(verdict), (), verdict.determining)


def _conditional(question: Question, context: Context, statement: Statement | None, known_organization: bool) -> Granted | None:
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


def policy_set(attached: Attached, policy: Policy | None) -> PolicySet:
    """Return the policies of an identity and of a resource as the decision procedure takes them."""
    unseen = {Layer.SCP, Layer.RCP} - ({Layer.SCP} if attached.scp else set()) - ({Layer.RCP} if attached.rcp else set())
    return PolicySet(
        identity=attached.identity, resource=policy, boundary=attached.boundary, scp=attached.scp, rcp=attached.rcp,
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
