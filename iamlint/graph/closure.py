"""The closure: which of some chosen nodes every node of the graph reaches, at once."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.graph.adjacency import components
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty, Node
from iamlint.graph.reach import Reach


class Closure:
    """For every node at once, which of some chosen targets it reaches: one bit set a node, shared where sets are equal."""

    def __init__(self, reach: Reach, nodes: Sequence[Node], targets: Sequence[Node], certainty: Certainty) -> None:
        self._targets = tuple(targets)
        limit = LEVEL[certainty]
        forward = reach.forward
        bit_of = {target.number: 1 << index for index, target in enumerate(targets)}
        self._bits: list[int] = [0] * len(nodes)
        bits = self._bits
        for component in components(forward, len(nodes), limit):
            reached = 0
            for number in component:
                own = bit_of.get(number, 0)
                if own and len(component) > 1:
                    reached |= own
                for entry in range(forward.start[number], forward.start[number + 1]):
                    if forward.level[entry] <= limit:
                        target = forward.target[entry]
                        further = bits[target] | bit_of.get(target, 0)
                        # Keeping the same number object where nothing is added shares its memory among all members.
                        reached = further if reached in (0, further) else reached | further
            for number in component:
                bits[number] = reached

    def reached(self, node: Node) -> list[Node]:
        """Return the chosen targets that the node reaches, in the order in which they were chosen."""
        bits = self._bits[node.number]
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self._targets[lowest.bit_length() - 1])
            bits ^= lowest
        return found

    def bits(self, node: Node) -> int:
        """Return the same as a bit set over the chosen targets."""
        return self._bits[node.number]
