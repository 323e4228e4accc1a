"""Which identities some statement may allow an action on a resource: found by the beginning of the resource's name.

A first sieve before the decision procedure is asked: it leaves out only whom no statement can allow. Without it, every
identity would be asked for every secret.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

from iamlint.iam.actions import action_matches, service_named
from iamlint.iam.query import may_cover
from iamlint.iam.variables import VARIABLE, has_variables
from iamlint.model.policy import Effect, Policy, Statement
from iamlint.source.regex import regex
from iamlint.source.value import Text, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Generic, TypeVar

    T = TypeVar("T")
else:
    T, Generic = 0, (object,)
_OPEN = regex(r"[*?]|\$\{")


class GrantIndex(Generic[T]):
    """Identities (of any type) with their policies, for some actions."""

    def __init__(self, identities: Iterable[tuple[T, tuple[Policy, ...]]], actions: tuple[str, ...]) -> None:
        self._identities: list[T] = []
        self._anything: set[int] = set()  # by number: allowed by a statement that is not bound to resources that are known
        self._by_head: dict[str, list[tuple[int, Value]]] = {}
        named: dict[Value, bool] = {}  # the same few patterns stand in most statements
        by_policy: dict[int, list[Statement]] = {}  # many have one policy of AWS
        for identity, policies in identities:
            number = len(self._identities)
            self._identities.append(identity)
            for policy in policies:
                granting = by_policy.get(id(policy))
                if granting is None:
                    granting = by_policy[id(policy)] = [
                        statement for statement in policy.statements
                        if statement.effect is not Effect.DENY and may_name(statement, actions, named)
                    ]  # fmt: skip
                for statement in granting:
                    self._add(number, statement)
        self._heads = sorted(self._by_head)

    def _add(self, number: int, statement: Statement) -> None:
        if statement.opaque is not None or statement.resources is None or statement.resources_negated:
            self._anything.add(number)
            return
        for pattern in map(_widened, statement.resources):
            head = literal_head(pattern)
            if head is None or pattern == "*":
                self._anything.add(number)
            else:
                self._by_head.setdefault(head, []).append((number, pattern))

    def candidates(self, resource: Value) -> list[T]:
        """Return whom some statement may allow one of the actions on the resource, in the order given."""
        return [self._identities[number] for number in sorted(self._anything | self._named(resource))]

    @cached_property
    def allowed_anything(self) -> set[T]:
        """Whom some statement may allow one of the actions on any resource, as far as its name goes."""
        return {self._identities[number] for number in self._anything}

    def named(self, resources: Iterable[Value]) -> list[T]:
        """Return who beside these may be allowed one of the actions on a resource that has several names, each once, in order."""
        found: set[int] = set().union(*[self._named(resource) for resource in dict.fromkeys(resources)])
        return [self._identities[number] for number in sorted(found)]

    def _named(self, resource: Value) -> set[int]:
        wanted = literal_head(resource)
        if wanted is None:
            return set(range(len(self._identities))) - self._anything
        found: set[int] = set()
        heads = [wanted[:end] for end in range(len(wanted) + 1)]
        at = bisect_left(self._heads, wanted)
        while at < len(self._heads) and self._heads[at].startswith(wanted):
            heads.append(self._heads[at])
            at += 1
        for head in dict.fromkeys(heads):
            for number, pattern in self._by_head.get(head, ()):
                if number not in found and number not in self._anything and may_cover(pattern, resource):
                    found.add(number)
        return found


def may_name(statement: Statement, actions: tuple[str, ...], named: dict[Value, bool] | None = None) -> bool:
    """Return whether a statement may be about one of the actions; `named` remembers it of patterns, for the same actions."""
    if statement.opaque is not None:
        return True
    if statement.actions_negated:
        return any(
            all(action_matches(pattern, action.lower()) is not True for pattern in statement.actions) for action in actions
        )
    if named is None:
        named = {}
    for pattern in statement.actions:
        known = named.get(pattern)
        if known is None:
            known = named[pattern] = _names_one_of(pattern, actions)
        if known:
            return True
    return False


def _names_one_of(pattern: Value, actions: tuple[str, ...]) -> bool:
    service = service_named(pattern)
    return any(
        action_matches(pattern, action) is not False
        for action in map(str.lower, actions)
        if not service or action.startswith(service)
    )


def _widened(pattern: Value) -> Value:
    """Return a pattern with a star for each policy variable, whose value is another one for each caller."""
    if not has_variables(pattern):
        return pattern
    parts = pattern.parts if isinstance(pattern, Text) else (pattern,)
    widened = concat([VARIABLE.sub("*", part) if isinstance(part, str) else part for part in parts])
    return "*" if has_variables(widened) else widened  # what is not known may be a part of the variable's name


def literal_head(value: Value) -> str | None:
    """Return how the last part of an ARN begins, as far as it is literal; None for what is no ARN in plain form.

    Wildcards stay within a part of an ARN, the last one aside (IAM User Guide: "Resource", wildcards in ARNs).
    """
    first = value.parts[0] if isinstance(value, Text) else value
    if not isinstance(first, str) or not first.startswith("arn:"):
        return None
    pieces = value.parts if isinstance(value, Text) else (value,)
    parts = 0
    head = ""
    for piece in pieces:
        if not isinstance(piece, str):
            if parts < 5:
                continue  # the region or the account is not known
            return head
        if parts < 5:
            needed = 5 - parts
            cut = piece.split(":", needed)
            parts += len(cut) - 1
            if parts < 5:
                continue
            piece = cut[-1]
        match = _OPEN.search(piece)
        if match is not None:
            return head + piece[: match.start()]
        head += piece
    return head if parts >= 5 else None
