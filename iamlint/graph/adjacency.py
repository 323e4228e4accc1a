"""The compact inside of the graph: flat integer arrays, one row of entries a node.

Two of these (forwards and backwards) serve every walk. A million nodes with five edges each cost some sixty megabytes
and no object per edge.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence


class Adjacency:
    """Rows of entries: node `n` has the entries `begin[n]` up to `end[n]` of `target` and `level`, sorted by target.

    Nodes that lead to the same others may share their entries. `level` is 0 for a certain edge, 1 for an assumed one, 2 for
    an unknown one. Of entries with one target, those of lower edge numbers come first.
    """

    __slots__ = ("begin", "end", "level", "target")

    def __init__(self, size: int) -> None:
        self.begin = array(_SMALL, bytes(_SMALL_BYTES * size))
        self.end = array(_SMALL, bytes(_SMALL_BYTES * size))
        self.target = array(_SMALL)
        self.level = bytearray()


class Forward(Adjacency):
    """The entries by source, with the edge of each: entry `e` of node `n` is the edge `edge[e] + shift[n]`.

    `gives` tells the edges that grant something by themselves. Entries from `shared` on may belong to several nodes, each of
    which has the number of its first edge as shift.
    """

    __slots__ = ("edge", "gives", "shared", "shift")

    def __init__(
        self, size: int, sources: Sequence[int], targets: Sequence[int], levels: Sequence[int], numbers: Sequence[int],
        gives: Sequence[int] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(size)
        rows = [source * size + target for source, target in zip(sources, targets, strict=True)]
        order = sorted(range(len(rows)), key=numbers.__getitem__)
        order.sort(key=rows.__getitem__)  # stable: edges between the same nodes stay in the order of their numbers
        begin, end, last = self.begin, self.end, -1
        for entry, source in enumerate(map(sources.__getitem__, order)):
            if source != last:
                begin[source] = entry
                last = source
            end[source] = entry + 1
        self.target = array(_SMALL, map(targets.__getitem__, order))
        self.edge = array(_SMALL, map(numbers.__getitem__, order))
        self.level = bytearray(map(levels.__getitem__, order))
        self.gives = bytearray(len(order)) if gives is None else bytearray(map(gives.__getitem__, order))
        self.shared = len(order)
        self.shift = array(_SMALL, bytes(_SMALL_BYTES * size))

    def add_row(self, targets: Sequence[int]) -> tuple[int, int]:
        """Add a row of certain edges that nodes may share, given in the order of their numbers; return its bounds."""
        order = sorted(range(len(targets)), key=targets.__getitem__)
        start = len(self.target)
        self.target.extend(map(targets.__getitem__, order))
        self.edge.extend(order)
        self.level.extend(bytes(len(order)))
        self.gives.extend(bytes(len(order)))
        return start, start + len(order)

    def edge_between(self, source: int, target: int, limit: int) -> int:
        """Return the first of the edges between two nodes up to a level; there must be one."""
        entry = bisect_left(self.target, target, self.begin[source], self.end[source])
        while self.level[entry] > limit:
            entry += 1
        return self.edge[entry] + self.shift[source]


class Backward(Adjacency):
    """The entries by target: `certain` holds the sources of each node's certain edges, `others` sources and levels."""

    __slots__ = ()

    def __init__(self, size: int, certain: Mapping[int, list[int]], others: Mapping[int, list[tuple[int, int]]]) -> None:
        super().__init__(size)
        for node in dict.fromkeys((*certain, *others)):
            sources = certain.get(node, [])
            self.begin[node] = len(self.target)
            if node in others:
                pairs = sorted([*((source, 0) for source in sources), *others[node]])
                self.target.extend([source for source, _ in pairs])
                self.level.extend([level for _, level in pairs])
            else:
                self.target.extend(sorted(sources))
                self.level.extend(bytes(len(sources)))
            self.end[node] = len(self.target)


_SMALL = "i"
"""The type of node and edge numbers: half of the memory, and more than two thousand million of them."""

_SMALL_BYTES = 4


def walk(adjacency: Adjacency, sources: Sequence[int], limit: int) -> dict[int, int]:
    """Return every node that can be reached from `sources` over edges up to level `limit`, nearest first.

    With each goes the node from which it was first met, -1 for the sources themselves.
    """
    begin, end, target, level = adjacency.begin, adjacency.end, adjacency.target, adjacency.level
    met: dict[int, int] = dict.fromkeys(sources, -1)
    queue = list(met)
    for node in queue:  # grows while it is walked: breadth first
        for entry in range(begin[node], end[node]):
            if level[entry] <= limit:
                reached = target[entry]
                if reached not in met:
                    met[reached] = node
                    queue.append(reached)
    return met


def components(adjacency: Adjacency, size: int, limit: int, roots: Iterable[int] | None = None) -> list[list[int]]:
    """Return the strongly connected components over edges up to level `limit`, every one after all that it leads to.

    With `roots`, only of what can be reached from these nodes, themselves included.
    """
    begin, ends, target, level = adjacency.begin, adjacency.end, adjacency.target, adjacency.level
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
        work = [(root, begin[root])]
        while work:
            node, entry = work.pop()
            end = ends[node]
            while entry < end:
                if level[entry] <= limit:
                    reached = target[entry]
                    if not index[reached]:
                        work.append((node, entry + 1))
                        counter += 1
                        index[reached] = low[reached] = counter
                        stack.append(reached)
                        on_stack[reached] = 1
                        work.append((reached, begin[reached]))
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
