"""Redundancy inside policies: patterns that another pattern covers, statements that another statement covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from iamlint.iam.actions import statement_bits
from iamlint.iam.inclusion import arn_covers, statement_covers
from iamlint.iam.patterns import covers, has_wildcard
from iamlint.model.policy import Effect, Policy, Statement
from iamlint.source.value import Value

_MOST = 2_000
"""Lists and policies longer than this are not searched pair by pair."""


class Redundant(NamedTuple):
    """An entry of a list that stands in vain beside another entry of it."""

    number: int
    by: int


def redundant_actions(actions: Sequence[Value]) -> Iterator[Redundant]:
    """Yield the action patterns that another one of the list covers."""
    lowered = [action.lower() if isinstance(action, str) else "" for action in actions]
    return _redundant(lowered, covers)


def redundant_resources(resources: Sequence[Value]) -> Iterator[Redundant]:
    """Yield the resource patterns that another one of the list covers."""
    return _redundant([item if isinstance(item, str) else "" for item in resources], arn_covers)


def redundant_values(values: Sequence[Value], covered: Callable[[str, str], bool] | None) -> Iterator[Redundant]:
    """Yield the values that another one equals, or covers where they are patterns."""
    return _redundant([item if isinstance(item, str) else "" for item in values], covered)


def _redundant(texts: list[str], covered: Callable[[str, str], bool] | None) -> Iterator[Redundant]:
    if len(texts) < 2 or len(texts) > _MOST:
        return
    wide = [(number, text, _head(text)) for number, text in enumerate(texts) if has_wildcard(text)] if covered else []
    if not wide and len(set(texts)) == len(texts):
        return
    first: dict[str, int] = {}
    for number, text in enumerate(texts):
        if not text:
            continue
        if text in first:
            yield Redundant(number, first[text])
            continue
        first[text] = number
        for other, pattern, head in wide:
            if text.startswith(head) and pattern != text and covered is not None and covered(pattern, text):
                yield Redundant(number, other)
                break


def _head(pattern: str) -> str:
    stars, questions = pattern.find("*"), pattern.find("?")
    return pattern[: min(at for at in (stars, questions) if at >= 0)]


def redundant_statements(policy: Policy) -> Iterator[tuple[Statement, Statement]]:
    """Yield each statement that another one of the same effect makes superfluous, with that other."""
    statements = policy.statements
    if len(statements) < 2 or len(statements) > _MOST // 10:
        return
    by_first: list[tuple[Statement, frozenset[str], list[str]]] = [
        (statement, *_split(statement.actions))
        for statement in statements
        if statement.opaque is None and statement.actions and not statement.actions_negated and _all_known(statement)
    ]
    for number, (narrow, _, _) in enumerate(by_first):
        for other, (wide, literals, patterns) in enumerate(by_first):
            if wide is narrow or wide.effect is not narrow.effect or wide.effect is None:
                continue
            if not _has_action(narrow.actions[0], literals, patterns) or not statement_covers(wide, narrow):
                continue
            if all(_has_action(action, literals, patterns) for action in narrow.actions):
                if other > number and _mutual(narrow, wide):
                    continue  # of two alike, the later one is the superfluous one
                yield narrow, wide
                break


def _mutual(narrow: Statement, wide: Statement) -> bool:
    literals, patterns = _split(narrow.actions)
    return statement_covers(narrow, wide) and all(_has_action(action, literals, patterns) for action in wide.actions)


def _all_known(statement: Statement) -> bool:
    return all(isinstance(action, str) for action in statement.actions)


def _split(actions: Sequence[Value]) -> tuple[frozenset[str], list[str]]:
    lowered = [action.lower() for action in actions if isinstance(action, str)]
    return frozenset(lowered), [action for action in lowered if has_wildcard(action)]


def _has_action(action: Value, literals: frozenset[str], patterns: list[str]) -> bool:
    assert isinstance(action, str)
    lowered = action.lower()
    return lowered in literals or any(covers(pattern, lowered) for pattern in patterns)


def dead_allows(policy: Policy) -> Iterator[tuple[Statement, list[Statement]]]:
    """Yield each Allow of which denies of the same policy take everything back, with these denies."""
    denies = [
        statement
        for statement in policy.statements
        if statement.effect is Effect.DENY and not statement.conditions and statement.opaque is None
    ]
    if not denies or len(denies) > _MOST // 10:
        return
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or statement.opaque is not None:
            continue
        left, taking = statement_bits(statement), []
        if not left:
            continue
        for deny in denies:
            bits = _denied_bits(deny)
            if left & bits and statement_covers(deny, statement):
                left &= ~bits
                taking.append(deny)
        if not left:
            yield statement, taking


def _denied_bits(deny: Statement) -> int:
    return statement_bits(deny) if all(isinstance(action, str) for action in deny.actions) else 0
