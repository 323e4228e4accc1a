"""Two policy sets: access that one allows and the other does not, with a witness request (docs/semantics.md, C)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from iamlint.iam.actions import expand
from iamlint.iam.candidates import ANN, OTHER, callers_of, choices_of
from iamlint.iam.catalogue import catalogue
from iamlint.iam.difference import Search
from iamlint.iam.evaluate import evaluate
from iamlint.iam.guesses import OWN
from iamlint.iam.inclusion import statement_covers
from iamlint.iam.patterns import matches
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal
from iamlint.iam.statements import CompiledStatement, compile_policy
from iamlint.model.policy import Effect, Policy, PolicyKind, Statement
from iamlint.source.place import Origin

_TRIES = 4_000
_STATEMENTS = 1_000
_MOST_STATEMENTS = 50_000
_LAYERS = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")


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
    """Return the access that was added and removed between two policy sets."""
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
        return PolicySet(identity=(_everything(),), resource=policy)
    if policy.kind is PolicyKind.RCP:
        return PolicySet(identity=(_everything(),), rcp=((policy,),))
    return PolicySet(identity=(policy,))


def at_most(policy: Policy, limit: Policy) -> Difference:
    """Return what the policy grants beyond the limit: nothing, when `found` is False."""
    return beyond(alone(policy), alone(limit))


def beyond(more: PolicySet, less: PolicySet) -> Difference:
    """Return what the first allows and the second does not."""
    if all(_same(getattr(more, layer), getattr(less, layer)) for layer in _LAYERS):
        return Difference(False)
    written = sum(1 for policies in (more, less) for _ in _statements(policies))
    if written > _MOST_STATEMENTS:
        return Difference(None, None, f"more than {_MOST_STATEMENTS} statements")
    search = _search(more, less)
    return _by_trying(more, less, written) if search is None else _by_boxes(search, more, less, written)


def _search(more: PolicySet, less: PolicySet) -> Search | None:
    """Return the search where one document decides: identity policies alone, or a resource policy beside an open identity."""
    if any(getattr(policies, layer) for policies in (more, less) for layer in ("boundary", "session", "scp", "rcp", "endpoint")):
        return None
    if more.resource is None and less.resource is None:
        return Search(_compiled(more.identity), _compiled(less.identity), [(RequestPrincipal("AWS", ANN), OWN)])
    if more.identity != (_everything(),) or less.identity != (_everything(),):
        return None
    here, there = ((policies.resource,) if policies.resource is not None else () for policies in (more, less))
    trust = any(policy.kind is PolicyKind.TRUST for policy in (*here, *there))
    callers = callers_of([statement for policy in (*here, *there) for statement in policy.statements], own=False)
    target = f"arn:aws:iam::{OTHER}:role/zz" if trust else None
    return Search(_compiled(here), _compiled(there), callers, by_principal=True, target=target)


def _compiled(policies: Iterable[Policy] | None) -> list[CompiledStatement]:
    return [statement for policy in policies or () for statement in compile_policy(policy)]


def _by_boxes(search: Search, more: PolicySet, less: PolicySet, written: int) -> Difference:
    """Return the difference between two documents, each of which decides alone."""
    refused, elsewhere = _beside_policies()
    search.refused = [search.part(one, Effect.DENY) for one in (*refused, *(() if search.by_principal else elsewhere))]
    for request in search.requests(wide=False):
        if request is not None and _differs(request, more, less):
            return Difference(True, request)
    maybe = next(search.requests(wide=True), True)
    if maybe is True and search.reason is None:
        if search.by_principal:
            return Difference(False)
        search.refused = search.refused[: len(refused)]
        if next(search.requests(wide=True), True) is True and search.reason is None:
            return Difference(False)
        return Difference(None, None, "it hangs on the trust policy of the role, or the policy of the key, which is not given")
    if maybe is not True:  # what the boxes cannot show may be found by trying
        found = _by_trying(more, less, written, quick=True)
        if found.found:
            return found
    return Difference(None, None, search.reason or "the policies hold parts that are not known")


def _differs(request: Request, more: PolicySet, less: PolicySet) -> bool:
    """Return whether `evaluate` confirms: allowed on one side, and known not to be on the other."""
    if evaluate(request, more).decision is not Decision.ALLOW:
        return False
    return evaluate(request, less).decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)


def _by_trying(more: PolicySet, less: PolicySet, written: int, quick: bool = False) -> Difference:
    """Return the difference between two policy sets, by asking for everything that the statements tell apart."""
    if written > _STATEMENTS:
        return Difference(None, None, f"more than {_STATEMENTS} statements")
    groups = [
        (actions, [statement for _, _, statement in statements])
        for actions, statements in _groups(more, less)
        if not _proved(statements, more, less)
    ]
    own = not all(policies.identity == (_everything(),) for policies in (more, less))
    reason: str | None = None
    scale = max(1, written // 40)  # the more statements, the longer each request takes
    for brief, tries in ((True, _TRIES // 2 // scale), (False, 0 if quick else _TRIES * 4 // scale)):
        reason = None
        for actions, statements in groups:
            choices = choices_of(actions, statements, more, less, own=own, quick=brief)
            most = min(tries, _TRIES // 20 if brief else _TRIES)
            for asked, request in enumerate(choices.requests()):
                if asked >= most:
                    reason = "too many combinations of resources and conditions"
                    break
                tries -= 1
                allowed = evaluate(request, more).decision
                if allowed not in (Decision.ALLOW, Decision.UNKNOWN):
                    continue
                other = evaluate(request, less).decision
                if Decision.UNKNOWN in (allowed, other) and other is not Decision.ALLOW:
                    reason = "the policies hold parts that are not known"
                elif other is not Decision.ALLOW:
                    return Difference(True, request)
            reason = choices.reason or reason
    return Difference(False) if reason is None else Difference(None, None, reason)


def _same(left: object, right: object) -> bool:
    """Return whether two layers hold the same documents."""
    if isinstance(left, Policy) and isinstance(right, Policy):
        return left is right or (left.kind is right.kind and left.document == right.document)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    return left is None and right is None


Placed = tuple[bool, str, Statement]
"""Whether the statement is of the first side, its layer, the statement."""


def _groups(more: PolicySet, less: PolicySet) -> Iterator[tuple[list[str], list[Placed]]]:
    """Yield actions that the same statements are about, with those statements; only where the first side allows something."""
    from iamlint.iam.actions import statement_bits

    placed = [(True, *found) for found in _statements(more)] + [(False, *found) for found in _statements(less)]
    masks = [(statement_bits(statement), statement) for _, _, statement in placed]
    rest = 0
    for (first, layer, statement), (mask, _) in zip(placed, masks, strict=True):
        if first and statement.effect is not Effect.DENY and layer in ("identity", "resource"):
            rest |= mask
    classes = [rest] if rest else []
    known = catalogue()
    reached = _reached_by_rcps() if more.rcp or less.rcp else 0
    for mask in [*(mask for mask, _ in masks), reached]:
        classes = [part for one in classes for part in (one & mask, one & ~mask) if part]
    for bits in classes:
        number = (bits & -bits).bit_length() - 1
        yield (
            [known.name_of(number)],
            [found for found, (mask, _) in zip(placed, masks, strict=True) if mask >> number & 1],
        )
    seen: set[tuple[int, ...]] = set()
    for name in _names_beyond(placed):
        about = tuple(index for index, (_, _, statement) in enumerate(placed) if _is_about(statement, name))
        if about not in seen:
            seen.add(about)
            yield [name], [placed[index] for index in about]


def _reached_by_rcps() -> int:
    """Return the actions of the services that resource control policies reach."""
    from iamlint.iam.actions import expand

    bits = 0
    for service in catalogue().rcp_services:
        bits |= expand(f"{service}:*")
    return bits


def _names_beyond(placed: list[Placed]) -> Iterator[str]:
    """Yield actions that no catalogue lists, one for each pattern; a star stands for letters that no pattern names."""
    for _, _, statement in placed:
        for pattern in statement.actions:
            if isinstance(pattern, str) and (pattern.strip("*") == "" or ":" in pattern):
                name = pattern.replace("*", "zzzz").replace("?", "z")
                name = name if ":" in name else f"zzzz:{name}"
                if catalogue().number_of(name) is None:
                    yield name


def _is_about(statement: Statement, action: str) -> bool:
    if not statement.actions:
        return statement.opaque is not None
    found = any(not isinstance(pattern, str) or matches(pattern.lower(), action.lower()) for pattern in statement.actions)
    return found is not statement.actions_negated


def _statements(policies: PolicySet) -> Iterator[tuple[str, Statement]]:
    for layer in _LAYERS:
        for policy in _documents(policies, layer):
            for compiled in compile_policy(policy):
                yield layer, compiled.statement


def _documents(policies: PolicySet, layer: str) -> Iterable[Policy]:
    held = getattr(policies, layer)
    if held is None:
        return ()
    if isinstance(held, Policy):
        return (held,)
    return [policy for item in held for policy in ([item] if isinstance(item, Policy) else item)]


def _proved(statements: list[Placed], more: PolicySet, less: PolicySet) -> bool:
    """Return whether it is plain that the second side allows all that the first does, for these actions.

    So it is when every allow of the first is covered by one of the second in the same layer, every deny of the second by
    one of the first, and the restricting layers are the same.
    """
    for layer in ("boundary", "session", "scp", "rcp", "endpoint"):
        if [id(policy) for policy in _documents(more, layer)] != [id(policy) for policy in _documents(less, layer)]:
            return False
    if (more.identity is None) != (less.identity is None) or (more.resource is None) != (less.resource is None):
        return False
    for layer in ("identity", "resource"):
        here = [statement for first, place, statement in statements if first and place == layer]
        there = [statement for first, place, statement in statements if not first and place == layer]
        if any(not isinstance(statement.effect, Effect) for statement in (*here, *there)):
            return False
        for wide, narrow, effect in ((there, here, Effect.ALLOW), (here, there, Effect.DENY)):
            choices = [statement for statement in wide if statement.effect is effect]
            for statement in narrow:
                if statement.effect is effect and not any(statement_covers(other, statement) for other in choices):
                    return False
    return True


@cache
def _everything() -> Policy:
    """Return an identity policy that allows everything."""
    return _made(Effect.ALLOW, ("*",), ("*",))


@cache
def _beside_policies() -> tuple[tuple[CompiledStatement, ...], tuple[CompiledStatement, ...]]:
    """Return what the service itself refuses, and what an identity policy alone cannot allow (semantics B9, B10, B16)."""
    levels = catalogue()
    changing = tuple(
        name for name in catalogue().names(expand("iam:*")) if levels.access_level(name) not in ("Read", "List", None)
    )
    refused = (
        _made(Effect.DENY, changing, ("arn:*:iam::aws:policy/*", "arn:*:iam::*:role/aws-reserved/*")),
        _made(Effect.DENY, ("kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"), ("arn:*:kms:*:*:alias/aws/*",)),
        _made(Effect.DENY, ("sts:GetCallerIdentity",), ("*",)),  # always allowed, so never a difference
    )
    elsewhere = (
        _made(Effect.DENY, ("sts:*",), ("arn:*:iam::*:role/*",)),
        _made(Effect.DENY, ("kms:*",), ("arn:*:kms:*:*:key/*",)),
    )
    return tuple(compile_policy(policy)[0] for policy in refused), tuple(compile_policy(policy)[0] for policy in elsewhere)


def _made(effect: Effect, actions: tuple[str, ...], resources: tuple[str, ...]) -> Policy:
    policy = Policy(PolicyKind.IDENTITY, "made", {}, Origin(""), "made", "")
    policy.version = "2012-10-17"
    policy.statements = (Statement(policy, 0, effect, None, actions, False, resources, False, None, False, ()),)
    return policy
