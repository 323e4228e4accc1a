"""The closure: which of some chosen nodes every node of the graph reaches, at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamlint.graph.adjacency import components
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty, Node
from iamlint.graph.reach import Reach


class Closure:
    """For every node at once, which of some chosen targets it reaches: one bit set a node, shared where sets are equal.

    Most nodes are people, whom nothing leads to. They need no search for cycles, and all who are in the same groups are one
    class: their set is computed once.
    """

    def __init__(self, reach: Reach, nodes: Sequence[Node], targets: Sequence[Node], certainty: Certainty) -> None:
        self._targets = tuple(targets)
        self._limit = LEVEL[certainty]
        self._forward = forward = reach.forward
        self._own = {target.number: 1 << index for index, target in enumerate(targets)}
        self._bits: list[int] = [0] * len(nodes)
        met = bytearray(len(nodes))  # 1: something leads to the node
        for number in forward.target:
            met[number] = 1
        inner = [number for number in range(len(nodes)) if met[number]]
        for component in components(forward, len(nodes), self._limit, inner):
            self._close(component)
        classes: dict[tuple[bytes, bytes], int] = {}
        shared: list[int | None] = [None] * (len(forward.target) - forward.shared)  # by the first of the shared entries
        for number, (begin, end) in enumerate(zip(forward.begin, forward.end, strict=True)):
            if begin == end or met[number]:
                continue
            if begin >= forward.shared:
                found = shared[begin - forward.shared]
                if found is None:
                    self._close([number])
                    found = shared[begin - forward.shared] = self._bits[number]
                self._bits[number] = found
                continue
            row = (forward.target[begin:end].tobytes(), bytes(forward.level[begin:end]))
            known = classes.get(row)
            if known is None:
                self._close([number])
                classes[row] = self._bits[number]
            else:
                self._bits[number] = known

    def _close(self, component: Sequence[int]) -> None:
        bits, own_of, forward, limit = self._bits, self._own, self._forward, self._limit
        reached = 0
        for number in component:
            own = own_of.get(number, 0)
            if own and len(component) > 1:
                reached |= own
            for entry in range(forward.begin[number], forward.end[number]):
                if forward.level[entry] <= limit:
                    target = forward.target[entry]
                    further = bits[target] | own_of.get(target, 0)
                    # Keeping the same number object where nothing is added shares its memory among all members.
                    reached = further if reached in (0, further) else reached | further
        for number in component:
            bits[number] = reached

    def reached(self, node: Node) -> list[Node]:
        """Return the chosen targets that the node reaches, in the order in which they were chosen."""
        return [self._targets[index] for index in _ones(self._bits[node.number])]

    def bits(self, node: Node) -> int:
        """Return the same as a bit set over the chosen targets."""
        return self._bits[node.number]


def _ones(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
