"""The closure: which of some chosen nodes every node of the graph reaches, at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamlint.graph.adjacency import components
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty, Node
from iamlint.graph.reach import Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Members: TypeAlias = "int | tuple[int, ...]"


class Closure:
    """For every node at once, which of some chosen targets it reaches: one set a node, shared where sets are equal.

    Most nodes are people, whom nothing leads to. They need no search for cycles, and all who are in the same groups are one
    class: their set is computed once. A set is a row of bits, or, while it holds few of many targets, their numbers:
    rows of bits for ten thousand groups over ten thousand targets would be most of the memory.
    """

    def __init__(self, reach: Reach, nodes: Sequence[Node], targets: Sequence[Node], certainty: Certainty) -> None:
        self._targets = tuple(targets)
        self._limit = LEVEL[certainty]
        self._most = len(targets) // _BITS_OF_A_NUMBER
        self._forward = forward = reach.forward
        self._own = {target.number: index for index, target in enumerate(targets)}
        self._sets: list[Members] = [0] * len(nodes)
        met = bytearray(len(nodes))  # 1: something leads to the node
        for number in forward.target:
            met[number] = 1
        inner = [number for number in range(len(nodes)) if met[number]]
        for component in components(forward, len(nodes), self._limit, inner):
            self._close(component)
        sets = self._sets
        classes: dict[tuple[bytes, bytes], Members] = {}
        shared: list[Members | None] = [None] * (len(forward.target) - forward.shared)  # by the first of the shared entries
        for number, (begin, end) in enumerate(zip(forward.begin, forward.end, strict=True)):
            if begin == end or met[number]:
                continue
            if begin >= forward.shared:
                found = shared[begin - forward.shared]
                if found is None:
                    self._close([number])
                    found = shared[begin - forward.shared] = sets[number]
                sets[number] = found
                continue
            row = (forward.target[begin:end].tobytes(), bytes(forward.level[begin:end]))
            known = classes.get(row)
            if known is None:
                self._close([number])
                classes[row] = sets[number]
            else:
                sets[number] = known

    def _close(self, component: Sequence[int]) -> None:
        sets, own_of, forward, limit = self._sets, self._own, self._forward, self._limit
        single: list[int] = []
        parts: list[Members] = []
        for number in component:
            if len(component) > 1 and number in own_of:
                single.append(own_of[number])
            for entry in range(forward.begin[number], forward.end[number]):
                if forward.level[entry] <= limit:
                    target = forward.target[entry]
                    if target in own_of:
                        single.append(own_of[target])
                    if further := sets[target]:
                        parts.append(further)
        if single or parts:
            reached = self._union(single, parts)
            for number in component:
                sets[number] = reached

    def _union(self, single: list[int], parts: list[Members]) -> Members:
        """Return the set of all that is given; where that is one of the sets, the same object, which all its owners share."""
        rows: list[tuple[int, ...]] = [part for part in parts if isinstance(part, tuple)]
        if len(rows) == len(parts) and self._most:
            few = set(single).union(*rows)
            if len(few) <= self._most:
                same = next((row for row in rows if len(row) == len(few)), None)
                return tuple(few) if same is None else same
        bits = 0
        for part in parts:
            further = _bits(part) if isinstance(part, tuple) else part
            bits = further if bits in (0, further) else bits | further
        own = _bits(single)
        return bits if bits | own == bits else bits | own

    def reached(self, node: Node) -> list[Node]:
        """Return the chosen targets that the node reaches, in the order in which they were chosen."""
        members = self._sets[node.number]
        return [self._targets[index] for index in (sorted(members) if isinstance(members, tuple) else _ones(members))]

    def bits(self, node: Node) -> int:
        """Return the same as a bit set over the chosen targets."""
        members = self._sets[node.number]
        return _bits(members) if isinstance(members, tuple) else members


_BITS_OF_A_NUMBER = 64
"""What the number of a target takes in a set, in bits: with more members than one in 64, bits for all targets take less."""


def _bits(numbers: Iterable[int]) -> int:
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits


def _ones(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
