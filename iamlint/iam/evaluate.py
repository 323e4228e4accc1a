"""The decision procedure: one request and the policies that apply → a verdict (docs/semantics.md, B)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.iam.arns import STRANGER, arn_matches
from iamlint.iam.caller import read_caller
from iamlint.iam.catalogue import catalogue
from iamlint.iam.completions import settle
from iamlint.iam.context import RequestContext
from iamlint.iam.layers import Answer, Held, held_by, relevant
from iamlint.iam.logic import Ternary, both, either, opposite
from iamlint.iam.operators import number_of
from iamlint.iam.patterns import equal_value
from iamlint.iam.request import Decision, PolicySet, Request, Verdict
from iamlint.iam.residual import residual as in_words
from iamlint.iam.statements import Asked, CompiledStatement
from iamlint.model.policy import Layer, PolicyKind, Statement
from iamlint.source.value import Unknown, Value

_SEEN: dict[tuple[bool, ...], tuple[Layer, ...]] = {}
_LAYERS = tuple(Layer)  # walking an enumeration is slow
_BY_PRINCIPAL = (Layer.RESOURCE, Layer.RCP, Layer.ENDPOINT)


def evaluate(request: Request, policies: PolicySet) -> Verdict:
    """Return the verdict on one request."""
    case = Case(request, policies)
    return case.verdict(decide(case))


def decide(case: Case) -> Decision:
    """Return the decision on a case; `unknown` only where completions of the unknown context keys differ."""
    decision = case.decision()
    if decision is Decision.UNKNOWN:
        decision = settle(case)
    return decision


class Case:
    """One request on its way through the layers. `read` is what its layers hold, where a case of the same request knows it."""

    __slots__ = (
        "_allowed",
        "_denied",
        "_narrow",
        "_read",
        "answers",
        "asked",
        "caller",
        "context",
        "grants",
        "guards",
        "policies",
        "request",
        "same_account",
    )

    def __init__(self, request: Request, policies: PolicySet, read: Held | None = None) -> None:
        self.request = request
        self.policies = policies
        self.caller = caller = read_caller(request.principal)
        self.context = RequestContext(request, caller)
        resource = "*" if request.resource is None else request.resource
        self.asked = Asked(request.action.lower(), resource, caller, self.context, bool(policies.boundary) and caller.is_aws)
        self.same_account: Ternary = None
        if caller.account is not None and self.context.resource_account is not None:
            same = equal_value(caller.account, self.context.resource_account)
            self.same_account = False if same is None and caller.account == STRANGER else same
        self._read = held_by(policies, caller, self.asked.action) if read is None else read
        self._narrow: Held | None = None
        self.answers: dict[Layer, list[Answer]] = {}
        for layer, levels in self._read.items():
            by_principal = layer in _BY_PRINCIPAL
            self.answers[layer] = [Answer(layer).read(level, self.asked, by_principal) for level in levels]
        self.guards = self._guards()
        self.grants: dict[Layer, Ternary] = {}
        self._denied: Ternary = False
        self._allowed: Ternary = False

    def decision(self) -> Decision:
        """Return the decision, `unknown` where three-valued logic cannot tell."""
        if self.caller.is_aws and self.asked.action == "sts:getcalleridentity":
            self._allowed = True  # AWS STS API reference, GetCallerIdentity: "No permissions are required"
            return Decision.ALLOW
        self._denied = either(*(answer.denies for answers in self.answers.values() for answer in answers))
        if self._denied is True:
            return Decision.EXPLICIT_DENY
        self._allowed = both(*self.guards.values(), opposite(self._refused_by_service()), self._granted())
        if self._denied is None:
            return Decision.UNKNOWN
        if self._allowed is None:
            return Decision.UNKNOWN
        return Decision.ALLOW if self._allowed else Decision.IMPLICIT_DENY

    # --- layers -------------------------------------------------------------------------------------------------------

    @property
    def is_never_allowed(self) -> bool:
        """Return whether no completion of what is unknown is allowed: only the kind of deny is open (semantics B1)."""
        return self._allowed is False

    def under(self, context: Mapping[str, tuple[Value, ...] | Unknown]) -> Case:
        """Return the case of the same request in another context."""
        if self._narrow is None:
            self._narrow = relevant(self._read, self.asked)
        return Case(self.request._replace(context=context), self.policies, self._narrow)

    def _guards(self) -> dict[Layer, Ternary]:
        """Return the layers that must allow whoever asks. `RCPFullAWSAccess` stands at each level, so RCPs only deny."""
        guards: dict[Layer, Ternary] = {}
        for layer in (Layer.SCP, Layer.ENDPOINT):
            if layer in self.answers:
                guards[layer] = both(*(answer.allows for answer in self.answers[layer]))
        return guards

    def _allows(self, layer: Layer, absent: bool) -> Ternary:
        answers = self.answers.get(layer)
        return absent if answers is None else answers[0].allows

    # --- who must grant -----------------------------------------------------------------------------------------------

    def _granted(self) -> Ternary:
        resource = self.answers[Layer.RESOURCE][0].granted if Layer.RESOURCE in self.answers else None
        named = resource.at_all if resource is not None else False
        if not self.caller.is_aws:
            self.grants = {Layer.RESOURCE: named}
            return named
        is_root = self.caller.kind == "root"
        identity = True if is_root else self._allows(Layer.IDENTITY, absent=False)
        boundary = self._allows(Layer.BOUNDARY, absent=True)
        session = self._allows(Layer.SESSION, absent=True)
        if self.caller.kind == "federated_user" and Layer.SESSION not in self.answers:
            session = Layer.SESSION in self.policies.not_seen  # without a session policy it has no permissions of its own
        narrowed = both(boundary, session)
        self.grants = {Layer.IDENTITY: identity, Layer.BOUNDARY: boundary, Layer.SESSION: session, Layer.RESOURCE: named}
        inside: Ternary = False
        across: Ternary = False
        if self.same_account is not False:
            own = both(identity, narrowed)
            must = self._resource_must_allow()
            if must is not False:
                delegated = both(own, resource.account if resource is not None else False)
                own = delegated if must else delegated if delegated is own else None
            direct = either(resource.direct, both(resource.role, narrowed)) if resource is not None else False
            inside = either(own, direct)
        if self.same_account is not True:
            across = both(identity, narrowed, named)
        if self.same_account is None:
            return inside if inside is across else None
        return inside if self.same_account else across

    def _resource_must_allow(self) -> Ternary:
        """Return whether an identity policy alone is not enough: trust policies and KMS key policies."""
        service = self.asked.action.partition(":")[0]
        if service == "sts":
            if self.policies.resource is not None and self.policies.resource.kind is PolicyKind.TRUST:
                return True
            return arn_matches("arn:*:iam::*:role/*", self.asked.resource)
        if service == "kms" and self.request.resource is not None and self.request.resource != "*":
            return arn_matches("arn:*:kms:*:*:key/*", self.asked.resource)
        return False

    def _refused_by_service(self) -> Ternary:
        """Return whether the service refuses the request, whatever policies say."""
        service, _, name = self.asked.action.partition(":")
        resource = self.asked.resource
        if service == "iam":
            if catalogue().access_level(self.asked.action) in ("Read", "List", None):
                return False
            managed = arn_matches("arn:*:iam::aws:policy/*", resource)
            if managed is None and self.same_account:  # an unknown account that is the caller's own is not `aws`
                managed = False
            return either(managed, arn_matches("arn:*:iam::*:role/aws-reserved/*", resource))
        if service == "kms" and name in ("createalias", "updatealias", "deletealias"):
            return arn_matches("arn:*:kms:*:*:alias/aws/*", resource)
        if self.asked.action == "sts:assumerole" and self.caller.kind in ("role", "session"):
            return self._chained_too_long()
        return False

    def _chained_too_long(self) -> Ternary:
        """Return whether a role asks another role for more than an hour."""
        duration = self.context.get("sts:durationseconds")
        if isinstance(duration, Unknown):
            return None
        if duration is None:
            return False
        seconds = number_of(duration[0]) if isinstance(duration[0], str) else None
        return None if seconds is None else seconds > 3600

    # --- the verdict --------------------------------------------------------------------------------------------------

    def verdict(self, decision: Decision) -> Verdict:
        """Return the verdict that explains this decision."""
        residual = None
        statements: list[CompiledStatement] = []
        blocked: list[Layer] = []
        if decision is Decision.EXPLICIT_DENY:
            for layer, answer in self._each():
                if answer.denying or (answer.open_denies and self._denied is not True):
                    statements += answer.denying or answer.open_denies
                    blocked.append(layer)
        elif decision is Decision.ALLOW:
            for layer, answer in self._each():
                if layer in (Layer.IDENTITY, Layer.RESOURCE):
                    statements += answer.allowing or answer.open_allows
        elif decision is Decision.IMPLICIT_DENY:
            blocked = self._blocking()
        else:
            for _, answer in self._each():
                statements += answer.open_denies + answer.open_allows
            residual = in_words(self)
        return Verdict(decision, _distinct(statements), tuple(_in_order(blocked)), residual, self._seen(), self._assumed())

    def _each(self) -> list[tuple[Layer, Answer]]:
        return [(layer, answer) for layer in _LAYERS if layer in self.answers for answer in self.answers[layer]]

    def _blocking(self) -> list[Layer]:
        blocked = [layer for layer, allows in self.guards.items() if allows is not True]
        if self._granted() is True:
            return blocked or [Layer.RESOURCE]  # the service itself refused
        silent = [layer for layer, allows in self.grants.items() if allows is not True]
        named = self.answers[Layer.RESOURCE][0].granted if Layer.RESOURCE in self.answers else None
        if named is not None and named.role and self.caller.is_aws and self.same_account:  # its role is granted all the same
            blocked += [layer for layer in silent if layer in (Layer.BOUNDARY, Layer.SESSION)]
        elif not self.caller.is_aws or self.same_account is False or self._resource_must_allow() is not False:
            blocked += silent
        else:  # either side is enough, so a resource policy that is not there did not stop anything
            blocked += [layer for layer in silent if layer is not Layer.RESOURCE or Layer.RESOURCE in self.answers]
        return blocked

    def _seen(self) -> tuple[Layer, ...]:
        policies = self.policies
        held = (
            policies.identity is not None, policies.resource is not None, bool(policies.boundary), bool(policies.session),
            bool(policies.scp), bool(policies.rcp), bool(policies.endpoint),
        )  # fmt: skip
        found = _SEEN.get(held)
        if found is None:
            found = _SEEN[held] = tuple(layer for layer, is_set in zip(_LAYERS, held, strict=True) if is_set)
        return found

    def _assumed(self) -> tuple[Layer, ...]:
        if not self.policies.not_seen:
            return ()
        theirs = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.SCP)
        return tuple(_in_order(layer for layer in self.policies.not_seen if self.caller.is_aws or layer not in theirs))


def _in_order(layers: Iterable[Layer]) -> list[Layer]:
    wanted = set(layers)
    return [layer for layer in _LAYERS if layer in wanted] if wanted else []


def _distinct(statements: list[CompiledStatement]) -> tuple[Statement, ...]:
    return tuple(dict.fromkeys(compiled.statement for compiled in statements))
