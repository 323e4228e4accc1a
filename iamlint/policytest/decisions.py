"""`can` and `cannot`: decisions about one principal."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.aws_managed import told
from iamlint.iam.request import Decision
from iamlint.policytest.case import Asked, PolicyTest
from iamlint.policytest.naming import find, request_context, scopes, unlisted_action
from iamlint.policytest.result import Failure
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.decide import Answer
    from iamlint.graph.elements import Node
    from iamlint.policytest.run import Bench
    from iamlint.source.place import Place

_WORDS = {
    Decision.ALLOW: "allowed",
    Decision.EXPLICIT_DENY: "explicitly denied",
    Decision.IMPLICIT_DENY: "not allowed",
    Decision.UNKNOWN: "unknown",
}


def decisions(test: PolicyTest, bench: Bench) -> Iterator[Failure]:
    """Yield a failure for each `can` that is not allowed, each `cannot` that is, and each that something else decided."""
    if test.principal is None or not (test.can or test.cannot):
        return
    principal = find(bench.graph, test.principal)
    for asked in test.can:
        yield from _ask(test, bench, principal, asked, wanted=True)
    for asked in test.cannot:
        yield from _ask(test, bench, principal, asked, wanted=False)


def _ask(test: PolicyTest, bench: Bench, principal: Node, asked: Asked, *, wanted: bool) -> Iterator[Failure]:
    who = principal.id
    context = request_context(test.given)
    expected = "allowed" if wanted else "not allowed"
    yield from unlisted_action(test, asked)
    for resource in scopes(bench.graph, asked, test.given):
        answer = bench.graph.can(principal, asked.action, resource, context, some=not wanted)
        if bench.exercised is not None:
            bench.exercised.answer(answer)
        allowed = answer.decision is Decision.ALLOW
        is_open = answer.decision is Decision.UNKNOWN and answer.may_allow
        if is_open and not test.unknown_ok:
            message = f"it is unknown whether `{who}` may do `{asked.action}` on `{resource}`"
            actual = f"unknown: {answer.residual}" if answer.residual else "unknown"
            yield Failure(message, expected, actual, asked.place, answer.path, _statements(answer))
        elif not is_open and allowed is not wanted:
            verb = "may not do" if wanted else "may do"
            message = f"`{who}` {verb} `{asked.action}` on `{resource}`"
            yield Failure(message, expected, _actual(answer), asked.place, answer.path, _statements(answer))
        else:
            yield from _determined(bench, who, asked, resource, answer)


def _determined(bench: Bench, who: str, asked: Asked, resource: str, answer: Answer) -> Iterator[Failure]:
    """Yield a failure for each Sid or place that had to decide and did not."""
    for wanted in asked.determined_by:
        if any(key(statement.sid) == wanted for statement in answer.determining if statement.sid is not None):
            continue
        places = [statement.place() for statement in answer.determining]
        places += [edge.place for edge in answer.path if edge.place is not None]
        if not any(_stands_at(wanted, place, bench) for place in places):
            message = f"`{wanted}` has no say in whether `{who}` may do `{asked.action}` on `{resource}`"
            decided = ", ".join(words for words, _ in _statements(answer)) or (
                "the path" if answer.path else f"{_WORDS[answer.decision]} without any statement"
            )
            yield Failure(message, f"determined by `{wanted}`", decided, asked.place, answer.path, _statements(answer))


def _stands_at(wanted: str, place: Place, bench: Bench) -> bool:
    path, colon, line = wanted.rpartition(":")
    if not colon or not line.isdigit():
        return wanted == place.path
    if path != place.path:
        return False
    first, last = bench.lines(place)
    return first <= int(line) <= last


def _actual(answer: Answer) -> str:
    if answer.decision is Decision.UNKNOWN and not answer.may_allow:
        return "never allowed: only what denies it is open"
    blocked = f", blocked by {', '.join(layer.value for layer in answer.blocked_by)}" if answer.blocked_by else ""
    assumed = f", taking as open: {', '.join(answer.assumed)}" if answer.assumed and answer.decision is Decision.ALLOW else ""
    return f"{_WORDS[answer.decision]}{blocked}{assumed}"


def _statements(answer: Answer) -> tuple[tuple[str, Place], ...]:
    """Return the determining statements in words, with their places."""
    found = []
    for statement in answer.determining:
        sid = f" `{key(statement.sid)}`" if statement.sid is not None else ""
        effect = getattr(statement.effect, "value", "unknown effect")
        found.append((f"{effect} statement{sid} of `{key(statement.policy.name)}`{told(statement.policy)}", statement.place()))
    return tuple(found)
