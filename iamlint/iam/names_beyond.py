"""Actions that no catalogue lists: one for everything that the action patterns of some statements can tell apart."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.iam.arn_classes import text_classes
from iamlint.iam.catalogue import catalogue
from iamlint.iam.patterns import compile_pattern, has_wildcard, relax
from iamlint.model.policy import Statement

_MOST = 30


class NamesBeyond:
    """The names, and which statements are about which. `reason`: why there may be others, or None."""

    __slots__ = ("_bits", "_by_service", "names", "reason")

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
        self.names = [name for name in found.values() if name.count(":") == 1 and catalogue().number_of(name) is None]
        self._by_service: dict[str, list[int]] = {}
        for number, name in enumerate(self.names):
            self._by_service.setdefault(name.partition(":")[0].lower(), []).append(number)
        self._bits: dict[str, int] = {}

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
            service, colon, _ = pattern.partition(":")
            compiled, found = compile_pattern(pattern), 0
            plain = colon and not has_wildcard(service)
            for number in self._by_service.get(service, ()) if plain else range(len(self.names)):
                if compiled.matches(self.names[number].lower()):
                    found |= 1 << number
            self._bits[pattern] = found
        return found

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
