"""Secrets by how their names begin: which of them a pattern may name is found without comparing it with each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from iamlint.graph.grant_index import literal_head
from iamlint.source.value import Value


class SecretHeads:
    """Secrets by number, each with all texts that name it."""

    def __init__(self, secrets: Iterable[tuple[int, Sequence[Value]]]) -> None:
        self._by_head: dict[str, list[int]] = {}
        self._open: set[int] = set()  # of which some text begins in a way that is not known
        self._all: set[int] = set()
        self._near: dict[Value, set[int]] = {}  # by pattern: statements repeat each other's
        for number, forms in secrets:
            self._all.add(number)
            for head in dict.fromkeys(map(literal_head, forms)):
                if head is None:
                    self._open.add(number)
                else:
                    self._by_head.setdefault(head, []).append(number)
        self._heads = sorted(self._by_head)

    def near(self, patterns: Iterable[Value]) -> set[int]:
        """Return the secrets that one of the patterns may match; for sure none of them matches any other secret."""
        return set().union(*[self._near_one(pattern) for pattern in patterns])

    def _near_one(self, pattern: Value) -> set[int]:
        if pattern not in self._near:
            wanted = literal_head(pattern)
            if wanted is None:
                self._near[pattern] = set() if pattern == "*" else self._all
            else:
                heads = [wanted[:end] for end in range(len(wanted))]
                at = bisect_left(self._heads, wanted)
                while at < len(self._heads) and self._heads[at].startswith(wanted):
                    heads.append(self._heads[at])
                    at += 1
                self._near[pattern] = self._open.union(*[self._by_head.get(head, ()) for head in heads])
        return self._near[pattern]
