"""One request under several contexts: what action, resource and caller decide is looked at once for all of them."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.iam.caller import read_caller
from iamlint.iam.context import RequestContext
from iamlint.iam.evaluate import Case, decide
from iamlint.iam.layers import held_by, relevant
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal, Verdict
from iamlint.iam.residual import told
from iamlint.iam.statements import Asked
from iamlint.model.policy import Layer, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value

_LAYERS = tuple(sorted(Layer, key=lambda layer: layer not in (Layer.IDENTITY, Layer.RESOURCE)))


class Question:
    """Whether a principal may do something to a resource, in whatever context.

    `statements`: those that may match in some context, the granting ones first; no other has a say.
    """

    __slots__ = ("_held", "_policies", "_request", "statements")

    def __init__(
        self, principal: RequestPrincipal, action: str, resource: Value | None, account: Value | None, policies: PolicySet
    ) -> None:
        self._policies = policies
        self._request = request = Request(principal, action, resource, account)
        caller = read_caller(principal)
        asked = Asked(action.lower(), "*" if resource is None else resource, caller, RequestContext(request, caller), False)
        self._held = held = relevant(held_by(policies, caller, asked.action), asked)
        self.statements: list[Statement] = [
            compiled.statement for layer in _LAYERS for level in held.get(layer, ()) for compiled in level
        ]

    def naming(self) -> tuple[object, ...]:
        """Return the statements that may match, with whether each is about the action and about the resource.

        Two questions about actions of one service and resources of one account with the same tags, for which that is the same,
        have the same answer for the same principal, unless the service itself treats them apart (IAM, STS and KMS do). Statements
        that say the same are the same here: the statements that an answer names may be another's.
        """
        action = self._request.action.lower()
        resource = self._request.resource or "*"
        return tuple([
            (
                layer, told(compiled), compiled.names_action(action),
                resource if compiled.resources_vary else compiled.names_resource(resource),
            )
            for layer, levels in self._held.items() for level in levels for compiled in level
        ])  # fmt: skip

    def under(self, context: Mapping[str, tuple[Value, ...] | Unknown]) -> Ruling:
        """Return the decision in a context."""
        case = Case(self._request._replace(context=context), self._policies, self._held)
        return Ruling(decide(case), case)


class Ruling(NamedTuple):
    """A decision, and what explains it when somebody asks."""

    decision: Decision
    case: Case

    def verdict(self) -> Verdict:
        """Return the full answer."""
        return self.case.verdict(self.decision)
