"""`reaches`, `never_reaches` and `disjoint`: assertions about the graph."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, Reached
from iamlint.policytest.case import PolicyTest
from iamlint.policytest.naming import find, find_all
from iamlint.policytest.result import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.policytest.run import Bench

SHAREABLE = frozenset({NodeKind.ROLE, NodeKind.BOT, NodeKind.CREDENTIAL, NodeKind.PROJECT, NodeKind.RESOURCE, NodeKind.GROUP})
"""What two sides can share. People span environments by design, and accounts, providers and labels give nothing by themselves."""


def reaching(test: PolicyTest, bench: Bench) -> Iterator[Failure]:
    """Yield a failure for each node that should be reached and is not, or should not be and is."""
    if test.principal is None or not (test.reaches or test.never_reaches):
        return
    graph = bench.graph
    source = find(graph, test.principal)
    reached = {item.node.id: item for item in graph.reach(source)}
    for named in test.reaches:
        items = [reached[node.id] for node in find_all(graph, named) if node.id in reached]
        if bench.exercised is not None:
            for found in items:
                bench.exercised.path(found.path)
        if not items:
            yield Failure(f"`{source.id}` does not reach `{named.name}`", "reached", "not reached", named.place)
        elif not test.unknown_ok and all(item.certainty is Certainty.UNKNOWN for item in items):
            message = f"it is unknown whether `{source.id}` reaches `{named.name}`"
            yield Failure(message, "reached", "unknown", named.place, items[0].path)
    for named in test.never_reaches:
        for node in find_all(graph, named):
            item = reached.get(node.id)
            if item is None or (item.certainty is Certainty.UNKNOWN and test.unknown_ok):
                continue
            if item.certainty is Certainty.UNKNOWN:
                message = f"it is unknown whether `{source.id}` reaches `{node.id}`"
                yield Failure(message, "not reached", "unknown", named.place, item.path)
            else:
                yield Failure(f"`{source.id}` reaches `{node.id}`", "not reached", "reached", named.place, item.path)


def disjoint(test: PolicyTest, bench: Bench) -> Iterator[Failure]:
    """Yield a failure for each node that two of the named ones share."""
    graph = bench.graph
    sides = [(find(graph, named), named) for named in test.disjoint]
    closures = [_closure(graph, node) for node, _ in sides]
    for left, right in combinations(range(len(sides)), 2):
        shared = sorted(closures[left].keys() & closures[right].keys())
        for node_id in shared:
            from_left, from_right = closures[left][node_id], closures[right][node_id]
            is_unknown = Certainty.UNKNOWN in (from_left.certainty, from_right.certainty)
            if is_unknown and test.unknown_ok:
                continue
            names = f"`{sides[left][0].id}` and `{sides[right][0].id}`"
            verb = "may both reach" if is_unknown else "both reach"
            message = f"{names} {verb} `{node_id}`"
            path = (*from_left.path, *from_right.path)
            yield Failure(message, "nothing shared", f"`{node_id}`", sides[right][1].place, path)


def _closure(graph: AccessGraph, node: Node) -> dict[str, Reached]:
    """Return what a node's members are and reach, by id: an environment's and a team's members, else the node itself."""
    found: dict[str, Reached] = {}
    for member, first in _members(graph, node):
        if member.kind in SHAREABLE:
            _keep(found, Reached(member, first, first[0].certainty if first else Certainty.CERTAIN, frozenset()))
        if member.kind is NodeKind.USER and first:
            continue
        for item in graph.reach(member):
            if item.node.kind in SHAREABLE:
                _keep(found, item._replace(path=(*first, *item.path)))
    return found


def _members(graph: AccessGraph, node: Node) -> list[tuple[Node, tuple[Edge, ...]]]:
    if node.kind is NodeKind.ENVIRONMENT:
        return [(edge.source, (edge,)) for edge in graph.in_edges(node, EdgeKind.IN_ENVIRONMENT)]
    if node.kind is NodeKind.TEAM:
        return [(edge.target, (edge,)) for edge in graph.out_edges(node, EdgeKind.OWNS)]
    return [(node, ())]


_LEVEL = {Certainty.CERTAIN: 0, Certainty.ASSUMED: 1, Certainty.UNKNOWN: 2}


def _keep(found: dict[str, Reached], item: Reached) -> None:
    known = found.get(item.node.id)
    if known is None or (_LEVEL[item.certainty], len(item.path)) < (_LEVEL[known.certainty], len(known.path)):
        found[item.node.id] = item
