"""Two policy sets: access that one allows and the other does not, with a witness request (docs/semantics.md, C)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from iamlint.iam.candidates import choices_of
from iamlint.iam.catalogue import catalogue
from iamlint.iam.evaluate import evaluate
from iamlint.iam.inclusion import statement_covers
from iamlint.iam.patterns import matches
from iamlint.iam.request import Decision, PolicySet, Request
from iamlint.iam.statements import compile_policy
from iamlint.model.policy import Effect, Policy, PolicyKind, Statement

_TRIES = 4_000
_STATEMENTS = 1_000
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
    for quick, tries in ((True, _TRIES // 2 // scale), (False, _TRIES * 4 // scale)):
        reason = None
        for actions, statements in groups:
            choices = choices_of(actions, statements, more, less, own=own, quick=quick)
            most = min(tries, _TRIES // 20 if quick else _TRIES)
            for asked, request in enumerate(choices.requests()):
                if asked >= most:
                    reason = "too many combinations of resources and conditions"
                    break
                allowed = evaluate(request, more).decision
                if allowed not in (Decision.ALLOW, Decision.UNKNOWN):
                    tries -= 1
                    continue
                other = evaluate(request, less).decision
                if Decision.UNKNOWN in (allowed, other) and other is not Decision.ALLOW:
                    reason = "the policies hold parts that are not known"
                elif other is not Decision.ALLOW:
                    return Difference(True, request)
                tries -= 1
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


_ALL: list[Policy] = []


def _everything() -> Policy:
    """Return an identity policy that allows everything."""
    if not _ALL:
        from iamlint.source.place import Origin

        policy = Policy(PolicyKind.IDENTITY, "everything", {}, Origin(""), "everything", "")
        policy.version = "2012-10-17"
        policy.statements = (Statement(policy, 0, Effect.ALLOW, None, ("*",), False, ("*",), False, None, False, ()),)
        _ALL.append(policy)
    return _ALL[0]
