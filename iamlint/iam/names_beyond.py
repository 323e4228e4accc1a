"""Actions that no catalogue lists: one for everything that the action patterns of some statements can tell apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from iamlint.iam.arn_classes import text_classes
from iamlint.iam.catalogue import catalogue
from iamlint.iam.patterns import compile_pattern, has_wildcard, relax
from iamlint.model.policy import Statement

_MOST = 30
_COMPARISONS = 2_000_000
_LAST = "\U0010ffff"


class NamesBeyond:
    """The names, and which statements are about which. `reason`: why there may be others, or None."""

    __slots__ = ("_bits", "_left", "_sorted", "names", "reason")

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.reason: str | None = None
        patterns = dict.fromkeys(_spelled(relax(action)) for statement in statements for action in statement.actions)
        found: dict[str, str] = {}
        by_service: dict[str, list[str]] = {}
        wide: list[str] = []
        for pattern in patterns:
            service, colon, _ = pattern.partition(":")
            if has_wildcard(service) or not colon:
                wide.append(pattern)
            elif has_wildcard(pattern) or catalogue().number_of(pattern) is None:
                by_service.setdefault(service.lower(), []).append(pattern)
        for service, own in by_service.items():
            self._add(found, f"{service}:*", [*own, *wide])
        self._add(found, "*:*", [pattern for pattern in wide if pattern.strip("*")])
        found["zzzz:zzzz"] = "zzzz:zzzz"
        kept = {name.lower(): name for name in found.values() if name.count(":") == 1 and catalogue().number_of(name) is None}
        self._sorted = sorted(kept)
        self.names = [kept[name] for name in self._sorted]
        self._bits: dict[str, int] = {}
        self._left = _COMPARISONS

    def _add(self, found: dict[str, str], home: str, patterns: list[str]) -> None:
        plain = all("?" not in pattern and ("*" not in pattern[:-1] or not pattern.strip("*")) for pattern in patterns)
        exact = None
        if not plain and len(patterns) <= _MOST:
            exact = text_classes([home.lower(), *(pattern.lower() for pattern in patterns)])
        if exact is None and not plain:
            self.reason = "too many action patterns to tell apart"
        for text in exact or ():
            if compile_pattern(home.lower()).matches(text):
                found.setdefault(text, text)
        for pattern in (*patterns, home):
            name = pattern.replace("*", "zzzz").replace("?", "z")
            if ":" in name:
                found.setdefault(name.lower(), name)

    def bits(self, pattern: str) -> int:
        """Return which of the names match the pattern."""
        pattern = _spelled(pattern).lower()
        found = self._bits.get(pattern)
        if found is None:
            found = self._bits[pattern] = self._match(pattern)
        return found

    def _match(self, pattern: str) -> int:
        head = pattern.partition("*")[0].partition("?")[0]
        first, end = bisect_left(self._sorted, head), bisect_left(self._sorted, head + _LAST)
        if pattern == f"{head}*":
            return (1 << end - first) - 1 << first
        if pattern == head:
            return 1 << first if self._sorted[first : first + 1] == [head] else 0
        self._left -= end - first
        if self._left < 0:
            self.reason = "too many action patterns to tell apart"
            return 0
        compiled, found = compile_pattern(pattern), 0
        for number in range(first, end):
            if compiled.matches(self._sorted[number]):
                found |= 1 << number - first
        return found << first

    def of(self, statement: Statement) -> tuple[int, int]:
        """Return the names that the statement is about for certain, and those that it may be about."""
        everything = (1 << len(self.names)) - 1
        if not statement.actions:
            return 0, everything if statement.opaque is not None else 0
        low = high = 0
        for action in statement.actions:
            if isinstance(action, str):
                low |= self.bits(action)
            high |= self.bits(relax(action))
        if statement.actions_negated:
            low, high = everything & ~high, everything & ~low
        return (0 if statement.opaque is not None else low), high


def _spelled(pattern: str) -> str:
    return "*" if pattern and not pattern.strip("*") else pattern
