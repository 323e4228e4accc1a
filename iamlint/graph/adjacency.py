"""The compact inside of the graph: flat integer arrays, one row of edges a node.

Two of these (forwards and backwards) serve every walk. A million nodes with five edges each cost some sixty megabytes
and no object per edge.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence


class Adjacency:
    """Rows of edges: node `n` has the entries `start[n]` up to `start[n + 1]` of `target`, `edge` and `level`.

    Rows are sorted by target, then by edge number, so that a walk is the same in every run.
    `level` is 0 for a certain edge, 1 for an assumed one, 2 for an unknown one.
    """

    __slots__ = ("edge", "level", "start", "target")

    def __init__(
        self, size: int, sources: Sequence[int], targets: Sequence[int], levels: Sequence[int], numbers: Sequence[int]
    ) -> None:
        start = array("q", bytes(8 * (size + 1)))
        for source in sources:
            start[source + 1] += 1
        for node in range(size):
            start[node + 1] += start[node]
        rows = [source * size + target for source, target in zip(sources, targets, strict=True)]
        order = sorted(range(len(rows)), key=rows.__getitem__)  # stable: edges between the same nodes keep their order
        self.start = start
        self.target = array(_SMALL, map(targets.__getitem__, order))
        self.edge = array(_SMALL, map(numbers.__getitem__, order))
        self.level = bytearray(map(levels.__getitem__, order))


_SMALL = "i"
"""The type of node and edge numbers: half of the memory, and more than two thousand million of them."""


def walk(adjacency: Adjacency, sources: Sequence[int], limit: int) -> dict[int, int]:
    """Return every node that can be reached from `sources` over edges up to level `limit`, nearest first.

    With each goes the entry of the adjacency by which it was first met, -1 for the sources themselves.
    """
    start, target, level = adjacency.start, adjacency.target, adjacency.level
    met: dict[int, int] = dict.fromkeys(sources, -1)
    queue = list(met)
    for node in queue:  # grows while it is walked: breadth first
        for entry in range(start[node], start[node + 1]):
            if level[entry] <= limit:
                reached = target[entry]
                if reached not in met:
                    met[reached] = entry
                    queue.append(reached)
    return met


def components(adjacency: Adjacency, size: int, limit: int, roots: Iterable[int] | None = None) -> list[list[int]]:
    """Return the strongly connected components over edges up to level `limit`, every one after all that it leads to.

    With `roots`, only of what can be reached from these nodes, themselves included.
    """
    start, target, level = adjacency.start, adjacency.target, adjacency.level
    index = [0] * size  # 0: not met yet
    low = [0] * size
    on_stack = bytearray(size)
    counter = 0
    stack: list[int] = []
    found: list[list[int]] = []
    for root in range(size) if roots is None else roots:
        if index[root]:
            continue
        counter += 1
        index[root] = low[root] = counter
        stack.append(root)
        on_stack[root] = 1
        work = [(root, start[root])]
        while work:
            node, entry = work.pop()
            end = start[node + 1]
            while entry < end:
                if level[entry] <= limit:
                    reached = target[entry]
                    if not index[reached]:
                        work.append((node, entry + 1))
                        counter += 1
                        index[reached] = low[reached] = counter
                        stack.append(reached)
                        on_stack[reached] = 1
                        work.append((reached, start[reached]))
                        break
                    if on_stack[reached] and index[reached] < low[node]:
                        low[node] = index[reached]
                entry += 1
            else:
                if low[node] == index[node]:
                    component: list[int] = []
                    while True:
                        member = stack.pop()
                        on_stack[member] = 0
                        component.append(member)
                        if member == node:
                            break
                    found.append(component)
                if work:
                    parent = work[-1][0]
                    if low[node] < low[parent]:
                        low[parent] = low[node]
    return found
