"""The edges that reach goes along (semantics D5), as integers: by source and by target."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from iamlint.graph.adjacency import Backward, Forward
from iamlint.graph.builder import LEVEL
from iamlint.graph.edge_fans import Fan
from iamlint.graph.edge_list import Edges
from iamlint.graph.elements import Certainty, Edge, EdgeKind, NodeKind

BECOMING = frozenset({
    EdgeKind.MEMBER_OF, EdgeKind.ASSIGNED_TO, EdgeKind.MAY_ASSUME, EdgeKind.HOLDS, EdgeKind.MAY_READ_SECRET, EdgeKind.MAY_BECOME,
})  # fmt: skip
"""Edges whose source can act as their target (D5)."""

GRANTING = frozenset({EdgeKind.MAPPED_TO, EdgeKind.SCOPED_TO, EdgeKind.GRANTS, EdgeKind.IN_ENVIRONMENT})
"""Edges that lead to what is reached and not to somebody who reaches."""


def is_walked(edge: Edge) -> bool:
    """Return whether reach goes along the edge: a role in a scope that permits nothing leads nowhere."""
    if edge.kind in BECOMING:
        return edge.source.kind is not NodeKind.ACCOUNT
    if edge.kind not in GRANTING:
        return False
    return edge.target.kind is not NodeKind.PROJECT or bool(edge.capabilities) or edge.source.kind is NodeKind.PROJECT


def forward(size: int, edges: Edges) -> Forward:
    """Return the walked edges by source. Who is in groups by one list and leads nowhere else shares the entries of its like."""
    numbers, sources, targets, levels, gives = array("i"), array("i"), array("i"), bytearray(), bytearray()
    for number, edge in _walked(edges):
        numbers.append(number)
        sources.append(edge.source.number)
        targets.append(edge.target.number)
        levels.append(LEVEL[edge.certainty])
        gives.append(bool(edge.capabilities))
    for fan, to in _walked_fans(edges):
        _extend(numbers, fan.start, sources, [fan.source.number] * len(to), targets, to)
        levels.extend(bytes([LEVEL[fan.edge.certainty]]) * len(to))
    gives.extend(bytes(len(levels) - len(gives)))
    rows = bytearray(size)  # how many rows a node has, at most two; two for what has other edges too
    for source in sources:
        rows[source] = 2
    for start, members, group in edges.rows_of_groups():
        found = [member.number for member in members]
        for number in found:
            rows[number] = 2
        _extend(numbers, start, sources, found, targets, [group.number] * len(found))
    used = bytearray(len(edges.classes))
    several = False
    for _, at, alike in edges.rows_of_members():
        if rows[at]:
            rows[at], several = 2, True
        else:
            rows[at] = used[alike] = 1
    for start, at, alike in edges.rows_of_members() if several else ():
        if rows[at] != 1:
            to = [group.number for group in edges.classes[alike]]
            _extend(numbers, start, sources, [at] * len(to), targets, to)
    rest = bytes(len(numbers) - len(levels))  # memberships of lists are certain and give nothing by themselves
    made = Forward(size, sources, targets, levels + rest, numbers, gives + rest)
    bounds = [
        made.add_row([group.number for group in groups]) if is_used else (0, 0)
        for groups, is_used in zip(edges.classes, used, strict=True)
    ]
    begin_of, end_of = array("i", [begin for begin, _ in bounds]), array("i", [end for _, end in bounds])
    begins, ends, shift = made.begin, made.end, made.shift
    for start, at, alike in edges.rows_of_members():
        if rows[at] == 1:
            begins[at], ends[at], shift[at] = begin_of[alike], end_of[alike], start
    return made


def _extend(numbers: array[int], start: int, sources: array[int], from_: list[int], targets: array[int], to: list[int]) -> None:
    numbers.extend(range(start, start + len(to)))
    sources.extend(from_)
    targets.extend(to)


def backward(size: int, edges: Edges) -> Backward:
    """Return the walked edges by target."""
    certain: dict[int, list[int]] = {}
    others: dict[int, list[tuple[int, int]]] = {}
    for _, edge in _walked(edges):
        if edge.certainty is Certainty.CERTAIN:
            certain.setdefault(edge.target.number, []).append(edge.source.number)
        else:
            others.setdefault(edge.target.number, []).append((edge.source.number, LEVEL[edge.certainty]))
    for to, readers in _fans_alike(edges).values():
        for target in to:
            others.setdefault(target, []).extend(readers)
    of_class: list[list[int]] = [[] for _ in edges.classes]
    for _, at, alike in edges.rows_of_members():
        of_class[alike].append(at)
    for groups, sources in zip(edges.classes, of_class, strict=True):
        for group in dict.fromkeys(groups) if sources else ():
            certain.setdefault(group.number, []).extend(sources)
    for _, members, group in edges.rows_of_groups():
        certain.setdefault(group.number, []).extend([member.number for member in members])
    return Backward(size, certain, others)


def _walked(edges: Edges) -> Iterator[tuple[int, Edge]]:
    return ((number, edge) for number, edge in zip(edges.numbers, edges.made, strict=True) if is_walked(edge))


def _walked_fans(edges: Edges) -> Iterator[tuple[Fan, list[int]]]:
    """Yield the fans that are walked, with the numbers of their targets; the same list for the same targets."""
    targets: dict[int, list[int]] = {}
    for fan in edges.fans:
        if is_walked(fan.edge):
            to = targets.get(id(fan.targets))
            if to is None:
                to = targets[id(fan.targets)] = [target.number for target in fan.targets]
            yield fan, to


def _fans_alike(edges: Edges) -> dict[int, tuple[list[int], list[tuple[int, int]]]]:
    """Return, for each row of targets that walked fans have, these and the sources of the fans with their levels."""
    found: dict[int, tuple[list[int], list[tuple[int, int]]]] = {}
    for fan, to in _walked_fans(edges):
        found.setdefault(id(to), (to, []))[1].append((fan.source.number, LEVEL[fan.edge.certainty]))
    return found
