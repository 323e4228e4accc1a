"""Tags that whoever starts a session of a role may give it: they stand before those of the role itself (*Pass session tags*)."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.graph.aws_index import Principal
from iamlint.iam.actions import action_matches
from iamlint.iam.caller import Caller
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext
from iamlint.iam.request import Request, RequestPrincipal
from iamlint.iam.variables import substitutes
from iamlint.model.aws import AwsRole
from iamlint.model.policy import Effect, Statement
from iamlint.source.value import Value

_SESSION_TAGS = "sts:tagsession"


def session_may_have(principal: Principal, tags: Mapping[str, Value | None]) -> bool:
    """Return whether a role's trust policy lets somebody start its session with such tags. None cannot be removed so."""
    trust = principal.fact.trust if isinstance(principal.fact, AwsRole) else None
    if trust is None or None in tags.values():
        return False
    values: dict[str, tuple[Value, ...]] = {
        f"aws:requesttag/{name.lower()}": (value,) for name, value in tags.items() if value is not None
    }
    somebody = RequestPrincipal("Anonymous", "*")
    request = Request(somebody, "sts:TagSession", principal.arn, principal.account, {**values, "aws:tagkeys": tuple(tags)})
    context = RequestContext(request, Caller(somebody))
    matching = [statement for statement in trust.statements if _names_it(statement) and _lets(statement, context)]
    return any(each.effect is Effect.ALLOW for each in matching) and all(each.effect is Effect.ALLOW for each in matching)


def _names_it(statement: Statement) -> bool:
    named = any(action_matches(pattern, _SESSION_TAGS) is True for pattern in statement.actions)
    return statement.opaque is None and named is not statement.actions_negated


def _lets(statement: Statement, context: RequestContext) -> bool:
    """Return whether what a statement says of tags is met; what it says of who starts the session may be by somebody."""
    variables = substitutes(statement.policy.version)
    return all(
        CompiledCondition(condition, variables).evaluate(context) is True
        for condition in statement.conditions
        if condition.key.lower() == "aws:tagkeys" or condition.key.lower().startswith("aws:requesttag/")
    )
