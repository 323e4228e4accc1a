"""What one set of policies allows beyond another, taken apart into the smallest parts as the statements write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.change.canonical import Canon
from iamlint.graph.policies import Attached
from iamlint.iam.compare import Difference, alone, beyond
from iamlint.iam.query import conditions_in_words
from iamlint.iam.request import PolicySet, Request
from iamlint.model.policy import Effect, Policy, PolicyKind, PrincipalPattern, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value, key

_MOST_QUESTIONS = 400
"""So many comparisons at most are made for one identity; beyond that, parts stay together."""


class Part(NamedTuple):
    """A part of what was added: by which statement, for whom (resource policies), with a request that shows it.

    `reason` is set where it could not be decided.
    """

    statement: Statement | None
    principal: PrincipalPattern | None
    action: str
    resource: str | None
    condition: str | None
    witness: Request | None
    reason: str | None = None


class _Piece(NamedTuple):
    """A statement cut down to some of its principals, actions and resources."""

    statement: Statement
    actions: tuple[Value, ...]
    resources: tuple[Value, ...] | None
    principals: tuple[PrincipalPattern, ...] | None

    def split(self) -> list[_Piece]:
        """Return the piece by principal, else by action, else by resource; an empty list when it is the smallest."""
        statement = self.statement
        if self.principals is not None and len(self.principals) > 1 and not statement.principals_negated:
            return [self._replace(principals=(one,)) for one in self.principals]
        if len(self.actions) > 1 and not statement.actions_negated:
            return [self._replace(actions=(one,)) for one in self.actions]
        if self.resources is not None and len(self.resources) > 1 and not statement.resources_negated:
            return [self._replace(resources=(one,)) for one in self.resources]
        return []


Ask = Callable[[_Piece], Difference]


def identity_parts(more: Attached, less: Attached, canon: Canon) -> list[Part]:
    """Return what the first policies of an identity allow beyond the second. Both must be canonical."""
    if more == less:
        return []
    whole = beyond(_set(more), _set(less))
    if whole.found is False:
        return []
    asker = _Asker()
    known = {canon.statement(statement) for policy in less.identity for statement in policy.statements}
    found: list[Part] = []
    for policy in more.identity:
        for statement in policy.statements:
            if statement.effect is not Effect.DENY and canon.statement(statement) not in known:
                found += asker.parts(statement, lambda piece: _identity_beyond(piece, more, less))
    for statement in _limits(more, less, canon):
        found += asker.parts(statement, lambda piece: _limited_beyond(piece, more, less))
    return _or_whole(found, whole)


def document_parts(more: Policy | None, less: Policy | None, canon: Canon) -> list[Part]:
    """Return what a resource or trust policy allows beyond another one (None: there is none). Both must be canonical."""
    if more is None or more is less:
        return []
    other = less if less is not None else _policy(more.kind, "nothing", ())
    whole = beyond(alone(more), alone(other))
    if whole.found is False:
        return []
    asker = _Asker()
    known = {canon.statement(statement) for statement in other.statements}
    denies = tuple(statement for statement in more.statements if statement.effect is not Effect.ALLOW)

    def ask(piece: _Piece) -> Difference:
        cut = _policy(more.kind, f"{_name(piece)} {id(more)}", (piece, *map(_whole, denies)), more.version)
        return beyond(alone(cut), alone(other))

    found: list[Part] = []
    for statement in more.statements:
        if statement.effect is not Effect.DENY and canon.statement(statement) not in known:
            found += asker.parts(statement, ask)
    return _or_whole(found, whole)


class _Asker:
    """Takes statements apart as far as the comparison says that a part was added."""

    def __init__(self) -> None:
        self.left = _MOST_QUESTIONS

    def parts(self, statement: Statement, ask: Ask) -> Iterator[Part]:
        """Yield the parts of a statement that were added, and those of which that could not be decided."""
        pending = [_whole(statement)]
        while pending:
            piece = pending.pop(0)
            self.left -= 1
            answer = ask(piece)
            if answer.found is False:
                continue
            smaller = piece.split()
            if smaller and self.left > 0 and not (answer.found is None and piece.statement.opaque is not None):
                pending = [*smaller, *pending]
                continue
            yield _part(piece, answer)


def _part(piece: _Piece, answer: Difference) -> Part:
    statement = piece.statement
    reason = None if answer.found else answer.reason or "it could not be decided"
    actions = ", ".join(sorted(key(action) for action in piece.actions)) or "an unknown action"
    resources = None if piece.resources is None else ", ".join(sorted(key(one) for one in piece.resources))
    return Part(
        statement,
        piece.principals[0] if piece.principals and not statement.principals_negated else None,
        f"everything except {actions}" if statement.actions_negated else actions,
        f"everything except {resources}" if statement.resources_negated else resources,
        conditions_in_words(statement),
        answer.witness,
        reason,
    )


def _or_whole(found: list[Part], whole: Difference) -> list[Part]:
    """Return the parts, or, where no statement shows what was added, the request that does."""
    if any(part.reason is None for part in found):
        return found
    if whole.found and whole.witness is not None:
        request = whole.witness
        resource = None if request.resource is None else key(request.resource)
        return [*found, Part(None, None, request.action, resource, None, request)]
    if found:
        return found
    return [Part(None, None, "*", None, None, None, whole.reason or "it could not be decided")]


def _limits(more: Attached, less: Attached, canon: Canon) -> list[Statement]:
    """Return the statements about which the limits differ: denies that are gone, allows that a limit now has.

    Where a limit is gone altogether, everything that it left out may have been added: the identity's own allows are asked.
    """
    found: list[Statement] = []
    has = {canon.statement(statement) for policy in _documents(more) for statement in policy.statements}
    had = {canon.statement(statement) for policy in _documents(less) for statement in policy.statements}
    for policy in _documents(less):
        found += [one for one in policy.statements if one.effect is Effect.DENY and canon.statement(one) not in has]
    for policy in (*(more.boundary or ()), *(policy for level in more.scp for policy in level)):
        found += [one for one in policy.statements if one.effect is Effect.ALLOW and canon.statement(one) not in had]
    gone = (less.boundary is not None and more.boundary is None) or len(more.scp) < len(less.scp)
    if gone:
        found += [one for policy in more.identity for one in policy.statements if one.effect is Effect.ALLOW]
    return found


def _documents(attached: Attached) -> list[Policy]:
    levels = [policy for level in (*attached.scp, *attached.rcp) for policy in level]
    return [*attached.identity, *(attached.boundary or ()), *levels]


def _identity_beyond(piece: _Piece, more: Attached, less: Attached) -> Difference:
    """Compare with only this piece allowed, under all the denies and limits there are."""
    denies = [_whole(statement) for policy in more.identity for statement in policy.statements if statement.effect is Effect.DENY]
    cut = _policy(PolicyKind.IDENTITY, _name(piece), (piece,), piece.statement.policy.version)
    rest = (_policy(PolicyKind.IDENTITY, f"denies {id(more)}", tuple(denies)),) if denies else ()
    return beyond(_set(more)._replace(identity=(cut, *rest)), _set(less))


def _limited_beyond(piece: _Piece, more: Attached, less: Attached) -> Difference:
    """Compare within the piece: what it speaks of counts, whatever it says of that."""
    cut = _policy(PolicyKind.SESSION, _name(piece), (piece,), piece.statement.policy.version, allow=True)
    return beyond(_set(more)._replace(session=(cut,)), _set(less))


def _set(attached: Attached) -> PolicySet:
    return PolicySet(
        identity=attached.identity, boundary=attached.boundary, scp=attached.scp, rcp=attached.rcp, not_seen=attached.not_seen
    )


def _whole(statement: Statement) -> _Piece:
    return _Piece(statement, statement.actions, statement.resources, statement.principals)


def _name(piece: _Piece) -> str:
    return repr((id(piece.statement), piece.actions, piece.resources, piece.principals))


def _policy(
    kind: PolicyKind, name: str, pieces: tuple[_Piece, ...], version: Value | None = "2012-10-17", *, allow: bool = False
) -> Policy:
    """Return a policy of these pieces; with `allow`, one that allows exactly what they speak of, whatever the condition."""
    from iamlint.source.place import Origin

    policy = Policy(kind, name, {"pieces": name}, Origin(""), name, "")
    policy.version = version
    policy.statements = tuple(
        Statement(
            policy, number, Effect.ALLOW if allow else one.statement.effect, one.statement.sid, one.actions,
            one.statement.actions_negated, one.resources, one.statement.resources_negated,
            None if allow else one.principals, one.statement.principals_negated,
            () if allow else one.statement.conditions, one.statement.opaque,
        )
        for number, one in enumerate(pieces)
    )  # fmt: skip
    return policy
