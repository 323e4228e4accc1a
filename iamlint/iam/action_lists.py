"""Lists of action patterns, looked at once: what they name by service, whether they overlap. Most rules begin with these."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, reduce
from itertools import groupby
from operator import or_

from iamlint.iam.actions import located
from iamlint.iam.catalogue import catalogue
from iamlint.source.value import Value


class ActionList:
    """What a list of action patterns names.

    `named` holds, by service, the bit set of its actions that match, counted from its first action.
    `is_known`: every pattern names actions of the catalogue. `is_disjoint`: and none of them is named by another one too.
    """

    __slots__ = ("_whole", "is_disjoint", "is_known", "named", "patterns")

    def __init__(self, patterns: tuple[Value, ...]) -> None:
        self.patterns = patterns
        self.named: dict[str, int] = {}
        self.is_known = self.is_disjoint = True
        self._whole: frozenset[str] | None = None
        for key, run in groupby(patterns, _home.__getitem__):  # lists mostly keep the actions of a service together
            if key is None:
                self._take_in_odd(run)
                continue
            sets = [_bits[pattern] for pattern in run]
            bits = sets[0] if len(sets) == 1 else sum(sets)
            # Sets of no common action add up to their union, and to as many actions as they have together.
            if len(sets) > 1 and bits.bit_count() != sum(map(int.bit_count, sets)):
                self.is_disjoint = False
                bits = reduce(or_, sets)
            self._add(key, bits)

    def _add(self, key: str, bits: int) -> None:
        known = self.named.get(key, 0)
        if known & bits:
            self.is_disjoint = False
        self.named[key] = known | bits

    def _take_in_odd(self, patterns: Iterable[Value]) -> None:
        """Take in patterns of no known action, or of those of several services."""
        for pattern in patterns:
            found = located[pattern] if isinstance(pattern, str) else ()
            if not found:
                self.is_known = self.is_disjoint = False
            for key, bits in found:
                self._add(key, bits)

    @property
    def size(self) -> int:
        """Return how many actions the list names."""
        return sum(map(int.bit_count, self.named.values()))

    @property
    def whole(self) -> frozenset[str]:
        """Return the services of which a pattern names every action (`s3:*`)."""
        if self._whole is None:
            full = [key for key, bits in self.named.items() if bits & bits + 1 == 0 and bits.bit_length() == _count(key)]
            self._whole = frozenset(full) & frozenset(
                key
                for pattern in (self.patterns if full else ())
                if isinstance(pattern, str) and is_whole(pattern)
                for key, _ in located[pattern]
            )
        return self._whole


def is_whole(pattern: str) -> bool:
    """Return whether a pattern names every action of some services (`s3:*`)."""
    return pattern[-1:] == "*" and ":" in pattern and not pattern.partition(":")[2].strip("*")


def _count(key: str) -> int:
    service = catalogue().service(key)
    assert service is not None
    return service.count


class _Home(dict[Value, "str | None"]):
    """The service of which a pattern names actions; None for a pattern of no known action, or of several services'."""

    def __missing__(self, pattern: Value) -> str | None:
        found = located[pattern] if isinstance(pattern, str) else ()
        if len(found) != 1:
            return None
        self[pattern], _bits[pattern] = found[0]
        return found[0][0]


_MOST_TEXTS = 100_000
_home = _Home()
_bits: dict[Value, int] = {}


@lru_cache(maxsize=50_000)
def action_list(patterns: tuple[Value, ...]) -> ActionList:
    """Return what a list of patterns names; remembered, since policies repeat each other's lists."""
    if len(_home) > _MOST_TEXTS:
        _home.clear()
        _bits.clear()
    return ActionList(patterns)
