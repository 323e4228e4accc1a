"""Redundancy inside policies: patterns that another pattern covers, statements that another statement covers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from iamlint.iam.action_lists import ActionList, action_list
from iamlint.iam.actions import statement_bits
from iamlint.iam.inclusion import arn_covers, statement_covers
from iamlint.iam.patterns import covers
from iamlint.model.policy import Effect, Policy, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value

_MOST = 2_000
"""Lists and policies longer than this are not searched pair by pair."""


_MOST_PAIRS = 100_000
"""Policies of more pairs of an Allow and a Deny are not searched: only a hostile one has them."""


class Redundant(NamedTuple):
    """An entry of a list that stands in vain beside another entry of it."""

    number: int
    by: int


def redundant_actions(actions: Sequence[Value]) -> Iterator[Redundant]:
    """Yield the action patterns that another one of the list covers."""
    return iter(_redundant_actions(tuple(actions)))


@lru_cache(maxsize=20_000)
def _redundant_actions(actions: tuple[Value, ...]) -> tuple[Redundant, ...]:
    if len(actions) < 2 or action_list(actions).is_disjoint:
        return ()
    return tuple(_redundant([action.lower() if isinstance(action, str) else "" for action in actions], covers))


def redundant_resources(resources: Sequence[Value]) -> Iterator[Redundant]:
    """Yield the resource patterns that another one of the list covers."""
    return iter(_redundant_resources(tuple(resources)))


@lru_cache(maxsize=20_000)
def _redundant_resources(resources: tuple[Value, ...]) -> tuple[Redundant, ...]:
    return tuple(_redundant([item if isinstance(item, str) else "" for item in resources], arn_covered))


def arn_covered(wide: str, narrow: str) -> bool:
    """Return whether every ARN that matches `narrow` matches `wide`; most pairs differ early in the last part."""
    if not _last_part(narrow).startswith(_last_head(wide)):
        return False
    left, right = wide.split(":", 5), narrow.split(":", 5)
    if len(left) == len(right) == 6 and "$" not in wide:
        return not any(a != b and a != "*" and not covers(a, b) for a, b in zip(left, right, strict=True))
    return arn_covers(wide, narrow)


@lru_cache(maxsize=5_000)
def _last_head(arn: str) -> str:
    return literal_head(_last_part(arn))


@lru_cache(maxsize=5_000)
def _last_part(arn: str) -> str:
    at = -1
    for _ in range(5):
        at = arn.find(":", at + 1)
        if at < 0:
            return ""
    return arn[at + 1 :]


def redundant_values(values: Sequence[Value], covered: Callable[[str, str], bool] | None) -> Iterator[Redundant]:
    """Yield the values that another one equals, or covers where they are patterns."""
    return _redundant([item if isinstance(item, str) else "" for item in values], covered)


def _redundant(texts: list[str], covered: Callable[[str, str], bool] | None) -> Iterator[Redundant]:
    if len(texts) < 2 or len(texts) > _MOST:
        return
    by: dict[int, int] = {}
    first = dict(zip(texts, range(len(texts)), strict=True))
    if len(first) < len(texts):
        first = {}
        for number, text in enumerate(texts):
            if first.setdefault(text, number) != number and text:
                by[number] = first[text]
    patterns = [text for text in first if "*" in text or "?" in text] if covered is not None else []
    if patterns and covered is not None:
        # ARNs mostly begin alike, and differ in their last parts.
        sort_key = _last_part if covered is arn_covered else _itself
        order = sorted(first, key=sort_key)
        keys = list(map(sort_key, order))
        for text in patterns:
            _mark_covered(text, sort_key, order, keys, first, by, covered)
    for number in sorted(by):
        yield Redundant(number, by[number])


def _itself(text: str) -> str:
    return text


def _mark_covered(
    pattern: str, sort_key: Callable[[str], str], order: list[str], keys: list[str], first: dict[str, int], by: dict[int, int],
    covered: Callable[[str, str], bool],
) -> None:  # fmt: skip
    """Mark the texts that the pattern covers: their keys start with what stands before the first wildcard of its own."""
    head = _last_head(pattern) if sort_key is _last_part else literal_head(pattern)
    low = bisect_left(keys, head)
    if head and (low + 1 == len(keys) or not keys[low + 1].startswith(head)):
        return  # nothing but the pattern itself begins so
    high = bisect_left(keys, head + "\U0010ffff", low) if head else len(keys)
    for at in range(low, high):
        text = order[at]
        if text and text != pattern and first[text] not in by and covered(pattern, text):
            by[first[text]] = first[pattern]


def literal_head(pattern: str) -> str:
    """Return what stands before the first wildcard of a pattern."""
    return pattern.partition("*")[0].partition("?")[0]


def redundant_statements(policy: Policy) -> Iterator[tuple[Statement, Statement]]:
    """Yield each statement that another one of the same effect makes superfluous, with that other."""
    statements = policy.statements
    if len(statements) < 2 or len(statements) > _MOST // 10 or _are_disjoint(statements):
        return
    listed = [
        _Listed(number, statement, action_list(statement.actions))
        for number, statement in enumerate(statements)
        if statement.actions and not statement.actions_negated and statement.effect is not None and statement.opaque is None
    ]
    twice, by_service = _named_twice(listed)
    for narrow in listed:
        if narrow.is_known:
            for service, bits in narrow.named.items():
                if service not in twice or bits & ~twice[service]:
                    break  # nobody else names this
            else:
                same = by_service[service]  # of the last service that the statement names: what differs mostly differs here
                yield from _covering(narrow, [wide for wide in same if not bits & ~wide.named[service] and wide.names(narrow)])
        elif narrow.actions.are_known:
            yield from _covering(narrow, listed)  # of what the catalogue does not know, the texts tell


def _are_disjoint(statements: Sequence[Statement]) -> bool:
    """Return whether no two statements name the same action, as in most policies, and the catalogue knows all of them."""
    once: dict[str, int] = {}
    for statement in statements:
        actions = action_list(statement.actions)
        if not actions.is_known or statement.actions_negated:
            return False
        for service, bits in actions.named.items():
            known = once.get(service)
            if known is None:
                once[service] = bits
            elif known & bits:
                return False
            else:
                once[service] = known | bits
    return True


def _covering(narrow: _Listed, able: list[_Listed]) -> Iterator[tuple[Statement, Statement]]:
    """Yield a statement with the first of these that covers it, if any does."""
    able = [wide for wide in able if wide is not narrow and wide.statement.effect is narrow.statement.effect]
    if len(able) > 1:  # the one that names the service comes before one that names every service
        service = narrow.actions.texts[0].partition(":")[0]
        able.sort(key=lambda wide: (service not in wide.actions.services, wide.number))
    for wide in able:
        if not wide.cover(narrow):
            continue
        if wide.number > narrow.number and narrow.cover(wide):
            continue  # of two alike, the later one is the superfluous one
        yield narrow.statement, wide.statement
        break


def _named_twice(listed: list[_Listed]) -> tuple[dict[str, int], dict[str, list[_Listed]]]:
    """Return the actions that more than one statement names, by service, and the statements that name actions of a service."""
    once: dict[str, int] = {}
    twice: dict[str, int] = {}
    by_service: dict[str, list[_Listed]] = {}
    for one in listed:
        for service, bits in one.named.items():
            known = once.get(service)
            if known is None:
                once[service], by_service[service] = bits, [one]
                continue
            if known & bits:
                twice[service] = twice.get(service, 0) | known & bits
            once[service] = known | bits
            by_service[service].append(one)
    return twice, by_service


class _Listed:
    """A statement that lists actions, and what it names by service."""

    __slots__ = ("_actions", "is_known", "named", "number", "statement")

    def __init__(self, number: int, statement: Statement, actions: ActionList) -> None:
        self.number = number
        self.statement = statement
        self.named = actions.named
        self.is_known = actions.is_known
        self._actions: _Actions | None = None

    @property
    def actions(self) -> _Actions:
        """Return the actions, ready to be compared."""
        if self._actions is None:
            self._actions = _actions(self.statement.actions)
        return self._actions

    def names(self, other: _Listed) -> bool:
        """Return whether this statement names all actions of the catalogue that the other one names."""
        mine = self.named
        for service, bits in other.named.items():  # noqa: SIM110  asked of very many pairs
            if bits & ~mine.get(service, 0):
                return False
        return True

    def cover(self, other: _Listed) -> bool:
        """Return whether this statement is about all that the other one is about."""
        return self.actions.cover(other.actions) and statement_covers(self.statement, other.statement)


class _Actions:
    """A list of actions, ready to be compared with others."""

    __slots__ = ("_services", "are_known", "heads", "literals", "texts")

    def __init__(self, actions: tuple[Value, ...]) -> None:
        self.texts = [action.lower() for action in actions if isinstance(action, str)]
        self._services: frozenset[str] | None = None
        self.are_known = len(self.texts) == len(actions)
        self.literals = frozenset(self.texts)
        self.heads = [(literal_head(text), text) for text in self.texts if "*" in text or "?" in text]

    @property
    def services(self) -> frozenset[str]:
        """Return what stands before the colon of each."""
        if self._services is None:
            self._services = frozenset([text.partition(":")[0] for text in self.texts])
        return self._services

    def cover(self, other: _Actions) -> bool:
        """Return whether the list names all actions that another one names."""
        if not (self.are_known and other.are_known):
            return False
        return other.literals <= self.literals or (bool(self.heads) and all(map(self.has, other.texts)))

    def has(self, action: str) -> bool:
        """Return whether the list names all actions that match a pattern."""
        if action in self.literals:
            return True
        for head, pattern in self.heads:
            if action.startswith(head) and ((len(pattern) == len(head) + 1 and pattern[-1] == "*") or covers(pattern, action)):
                return True
        return False


@lru_cache(maxsize=20_000)
def _actions(actions: tuple[Value, ...]) -> _Actions:
    return _Actions(actions)


def dead_allows(policy: Policy) -> Iterator[tuple[Statement, list[Statement]]]:
    """Yield each Allow of which denies of the same policy take everything back, with these denies."""
    denies = [
        statement
        for statement in policy.statements
        if statement.effect is Effect.DENY and not statement.conditions and statement.opaque is None
    ]
    if not denies or len(denies) * len(policy.statements) > _MOST_PAIRS:
        return
    denied = [(deny, _denied_bits(deny)) for deny in denies]
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or statement.opaque is not None:
            continue
        left, taking = statement_bits(statement), []
        if not left:
            continue
        for deny, bits in denied:
            if left & bits and statement_covers(deny, statement):
                left &= ~bits
                taking.append(deny)
        if not left:
            yield statement, taking


def _denied_bits(deny: Statement) -> int:
    return statement_bits(deny) if set(map(type, deny.actions)) <= {str} else 0
