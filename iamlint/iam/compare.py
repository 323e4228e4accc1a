"""Two policy sets: access that one allows and the other does not, with a witness request (docs/semantics.md, C)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from iamlint.iam.boxes import Budget
from iamlint.iam.candidates import SOMEBODY, accounts_of, callers_of, nobody_in, with_accounts
from iamlint.iam.difference import Search
from iamlint.iam.evaluate import evaluate
from iamlint.iam.formula import Shape, anywhere, everything, formula, made, owned, refused, refused_to_roles, roles, shape_of
from iamlint.iam.guesses import OWN
from iamlint.iam.key_values import Who
from iamlint.iam.request import Decision, PolicySet, Request
from iamlint.iam.statements import compile_policy
from iamlint.iam.terms import STEPS, Part, Terms
from iamlint.model.policy import Effect, Policy, PolicyKind, PrincipalPattern
from iamlint.source.record import NamedTuple
from iamlint.source.value import key

_MOST_STATEMENTS = 50_000
_MOST_ACCOUNTS = 4
_LAYERS = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")
_BESIDE = "the trust policy of the role, or the policy of the key, which is not given"


class Difference(NamedTuple):
    """What one side allows beyond the other. `found` None: it could not be decided, `reason` says why."""

    found: bool | None
    witness: Request | None = None
    reason: str | None = None


class Comparison(NamedTuple):
    """What changed from old to new."""

    added: Difference
    removed: Difference


def compare(old: PolicySet, new: PolicySet) -> Comparison:
    """Return the access that was added and removed between two policy sets.

    Sets without a layer that grants (`identity`, `resource`) are compared beside policies that grant everything.
    """
    return Comparison(beyond(new, old), beyond(old, new))


def compare_policies(old: Policy, new: Policy) -> Comparison:
    """Return the access that was added and removed between two documents of one kind.

    Identity policies are compared for a caller of the resource's own account. Resource and trust policies are compared
    for callers whose own policies allow everything and whose account is not the resource's, so that the document decides.
    """
    return compare(alone(old), alone(new))


def alone(policy: Policy) -> PolicySet:
    """Return the policy set in which this document decides."""
    if policy.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        return PolicySet(identity=(everything(),), resource=policy)
    if policy.kind is PolicyKind.BOUNDARY:
        return PolicySet(boundary=(policy,))
    if policy.kind is PolicyKind.SESSION:
        return PolicySet(session=(policy,))
    if policy.kind is PolicyKind.SCP:
        return PolicySet(scp=((policy,),))
    if policy.kind is PolicyKind.RCP:
        return PolicySet(rcp=((policy,),))
    if policy.kind is PolicyKind.ENDPOINT:
        return PolicySet(endpoint=(policy,))
    return PolicySet(identity=(policy,))


def at_most(policy: Policy, limit: Policy) -> Difference:
    """Return what the policy grants beyond the limit: nothing, when `found` is False."""
    return beyond(alone(policy), alone(limit))


def beyond(more: PolicySet, less: PolicySet) -> Difference:
    """Return what the first allows and the second does not."""
    if all(_same(getattr(more, layer), getattr(less, layer)) for layer in _LAYERS):
        return Difference(False)
    if not any(policies.identity is not None or policies.resource is not None for policies in (more, less)):
        more, less = (policies._replace(identity=(everything(),), resource=_delegating()) for policies in (more, less))
    written = sum(len(policy.statements) for policies in (more, less) for policy in _policies(policies))
    if written > _MOST_STATEMENTS:
        return Difference(None, None, f"more than {_MOST_STATEMENTS} statements")
    return _Question(more, less).answer()


class _Question:
    """What one set allows beyond the other, asked for each shape of request alone."""

    def __init__(self, more: PolicySet, less: PolicySet) -> None:
        self._more, self._less = more, less
        statements = [one for policies in (more, less) for policy in _policies(policies) for one in compile_policy(policy)]
        beside = (anywhere(), roles(), *refused(), *refused_to_roles(), *owned())
        self._terms = Terms(statements)
        self._terms.know(beside)
        # A document alone decides whichever account it is; beside identity policies it is decided which is which.
        self._in_accounts = not all(policies.identity == (everything(),) for policies in (more, less))
        self._accounts = accounts_of(one.statement for one in statements)
        if len(self._accounts) > _MOST_ACCOUNTS:
            self._accounts.clear()
        self._terms.in_accounts = bool(self._accounts) and self._in_accounts and any(map(_speaking_any, (more, less)))
        self._searches = [search for shape, callers in self._shapes() for search in self._of_shape(shape, callers)]

    def answer(self) -> Difference:
        """Return the difference, with a request that shows it."""
        reason = None
        self._terms.budget = Budget(STEPS)
        for search in self._searches:
            for request in search.requests(wide=False):
                if request is not None and _differs(request, self._more, self._less):
                    return Difference(True, request)
        self._terms.budget = Budget(STEPS)
        for search in self._searches:
            if next(search.requests(wide=True), True) is not True or search.reason is not None:
                reason = search.reason or "the policies hold parts that are not known"
                break
        else:
            reason = self._terms.names.reason
            if reason is None:
                return self._beside_policies()
        return Difference(None, None, reason)

    def _shapes(self) -> Iterator[tuple[Shape, list[Who]]]:
        """Yield the shapes of requests, each with callers for everything that principals tell apart."""
        more, less = self._more, self._less
        speaking = [statement for policies in (more, less) for policy in _speaking(policies) for statement in policy.statements]
        callers: list[Who] = [(one, OWN) for one in SOMEBODY]
        if speaking:
            every = (statement for policies in (more, less) for policy in _policies(policies) for statement in policy.statements)
            self._terms.nobody = nobody = nobody_in(every, speaking)
            named = callers_of(speaking, nobody)
            callers = [(one, nobody.account) for one in named]
            if self._in_accounts:
                callers = with_accounts(named, self._accounts, nobody)
        found: dict[Shape, list[Who]] = {}
        for who in callers:
            shape = shape_of(who)
            if not self._terms.has_conditions("sts:durationseconds"):
                shape = shape._replace(is_role=False)
            found.setdefault(shape, []).append(who)
        yield from found.items()

    def _of_shape(self, shape: Shape, callers: list[Who]) -> Iterator[Search]:
        part = self._terms.part
        never = [part(one, Effect.DENY) for one in refused()]
        if not shape.is_aws:
            never.pop()
        if shape.is_role:
            never += [part(one, Effect.DENY) for one in refused_to_roles()]
        mine = [part(one, Effect.DENY) for one in owned()]
        trust = any(
            policies.resource is not None and policies.resource.kind is PolicyKind.TRUST for policies in (self._more, self._less)
        )
        universe = part(roles() if trust else anywhere(), Effect.ALLOW)
        if not shape.same_account:
            yield self._search(shape, callers, False, universe, never)
            return
        if self._more.resource is not None:  # else nothing of it is allowed
            for one in mine[:1] if trust else mine:
                yield self._search(shape, callers, True, one, never)
        yield self._search(shape, callers, False, universe, [*never, *mine])

    def _search(self, shape: Shape, callers: list[Who], resource_must: bool, universe: Part, never: list[Part]) -> Search:
        more, less = (formula(one, self._terms, shape, resource_must) for one in (self._more, self._less))
        return Search(self._terms, callers, more, less, universe, never)

    def _beside_policies(self) -> Difference:
        """Return the answer where nothing differs, unless policies that neither side gives would let something differ."""
        if self._more.resource is not None or self._less.resource is not None or self._more.identity is None:
            return Difference(False)
        self._terms.budget = Budget(STEPS)
        never = [self._terms.part(one, Effect.DENY) for one in refused()]
        for shape, callers in self._shapes():
            for one in owned():
                search = self._search(shape, callers, False, self._terms.part(one, Effect.DENY), never)
                if next(search.requests(wide=True), True) is True and search.reason is None:
                    continue
                asked = next((request for request in search.requests(wide=False) if request is not None), None)
                if asked is None or asked.resource is None:
                    return Difference(None, None, f"it hangs on {_BESIDE}")
                return Difference(None, None, f"`{asked.action}` on `{key(asked.resource)}` hangs on {_BESIDE}")
        return Difference(False)


def _differs(request: Request, more: PolicySet, less: PolicySet) -> bool:
    """Return whether `evaluate` confirms: allowed on one side, and known not to be on the other."""
    if evaluate(request, more).decision is not Decision.ALLOW:
        return False
    return evaluate(request, less).decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)


def _same(left: object, right: object) -> bool:
    """Return whether two layers hold the same documents."""
    if isinstance(left, Policy) and isinstance(right, Policy):
        return left is right or (left.kind is right.kind and left.document == right.document)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    return left is None and right is None


def _policies(policies: PolicySet) -> Iterator[Policy]:
    for layer in _LAYERS:
        yield from _documents(getattr(policies, layer))


def _documents(held: Policy | Iterable[object] | None) -> Iterator[Policy]:
    if isinstance(held, Policy):
        yield held
    else:
        for one in held or ():
            yield from _documents(one)  # type: ignore[arg-type]


def _speaking(policies: PolicySet) -> Iterator[Policy]:
    """Yield the policies that say whom they are about."""
    if policies.resource is not None and policies.resource is not _delegating():
        yield policies.resource
    yield from policies.endpoint or ()
    if policies.resource is not None:
        for level in policies.rcp:
            yield from level


def _speaking_any(policies: PolicySet) -> bool:
    return any(True for _ in _speaking(policies))


@cache
def _delegating() -> Policy:
    """Return a resource policy that leaves everything to the policies of the caller's account."""
    policy = made(Effect.ALLOW, ("*",), ("*",))
    policy.kind = PolicyKind.RESOURCE
    policy.statements[0].principals = (PrincipalPattern("AWS", OWN, ()),)
    return policy
