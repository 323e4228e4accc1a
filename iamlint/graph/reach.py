"""Reach: who leads to what, by which path, how surely (semantics D5).

Walked are the edges by which an identity becomes another one, and those that grant something at their end. A path is as
sure as its weakest edge; a surer path is preferred to a shorter one. What lies behind an account is not reached by
reaching the account: its edges count only when the walk starts there.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cached_property

from iamlint.graph.adjacency import Backward, Forward, walk
from iamlint.graph.builder import LEVEL, weakest
from iamlint.graph.edge_list import Edges
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind, Reached
from iamlint.graph.walked import BECOMING, backward, forward

_CERTAINTIES = tuple(sorted(LEVEL, key=LEVEL.__getitem__))
_MEMO = 4096


class Reach:
    """Answers about reach over fixed nodes and edges. The adjacency is built when the first question comes."""

    def __init__(self, nodes: Sequence[Node], edges: Edges) -> None:
        self.nodes = nodes
        self._edges = edges
        self._from_accounts: dict[int, list[int]] = {}
        self._accounts_into: dict[int, list[int]] = {}
        if any(node.kind is NodeKind.ACCOUNT for node in nodes):
            for number, edge in zip(edges.numbers, edges.made, strict=True):  # accounts are in no groups
                if edge.source.kind is NodeKind.ACCOUNT and edge.kind in BECOMING:
                    self._from_accounts.setdefault(edge.source.number, []).append(number)
                    self._accounts_into.setdefault(edge.target.number, []).append(number)
        self._memo: dict[int, list[Reached]] = {}

    # what a node reaches

    def reach(self, node: Node) -> list[Reached]:
        """Return everything that the node reaches, surest first, then nearest; not the node itself."""
        known = self._memo.get(node.number)
        if known is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            known = self._memo[node.number] = self._reach(node)
        return known

    def reach_some(self, node: Node, is_wanted: Callable[[Node], bool], certainty: Certainty) -> Iterator[Reached]:
        """Yield what the node reaches of the nodes that are wanted, in the same order, each made when it is read; no teams."""
        done = {node.number}
        for limit, met in self._levels(node, LEVEL[certainty]):
            capabilities: dict[int, frozenset[str]] | None = None
            for number in met:
                if number in done:
                    continue
                done.add(number)
                target = self.nodes[number]
                if is_wanted(target):
                    if capabilities is None:
                        capabilities = self._capabilities(met, limit)
                    path = self._path(met, number, limit)
                    yield Reached(target, path, _CERTAINTIES[limit], capabilities.get(number, frozenset()))

    def _reach(self, node: Node) -> list[Reached]:
        found = list(self.reach_some(node, _is_any, Certainty.UNKNOWN))
        teams: set[str] = set()
        by_id = {item.node.id: item for item in found}
        for item in [Reached(node, (), Certainty.CERTAIN, frozenset()), *found]:
            team = item.node.team
            if (
                team is not None
                and team.value not in teams
                and f"team:{team.value}" not in by_id
                and item.node.kind is not NodeKind.TEAM
            ):
                teams.add(team.value)
                target_node = self._team(team.value)
                if target_node is not None:
                    edge = Edge(
                        item.node, target_node, EdgeKind.OWNS, f"belongs to team `{team.value}` ({team.source})", team.place
                    )
                    found.append(Reached(target_node, (*item.path, edge), item.certainty, frozenset()))
        return found

    def _team(self, name: str) -> Node | None:
        from bisect import bisect_left

        wanted = f"team:{name}"
        index = bisect_left(self.nodes, wanted, key=lambda node: node.id)
        return self.nodes[index] if index < len(self.nodes) and self.nodes[index].id == wanted else None

    def _levels(self, node: Node, last: int) -> Iterator[tuple[int, dict[int, int]]]:
        """Yield, from certain to the last level, what can be reached over edges that are at least so sure."""
        previous = -1
        for limit in range(last + 1):
            met = self._walk(node, limit)
            if len(met) != previous or limit == 0:
                yield limit, met
            previous = len(met)

    def _walk(self, node: Node, limit: int) -> dict[int, int]:
        first = self._from_accounts.get(node.number)
        met = walk(self.forward, [node.number], limit)
        if not first:
            return met
        # An account: the edges that leave it are kept apart, as reaching an account does not reach beyond it.
        for number in first:
            edge = self._edges.at(number)
            if LEVEL[edge.certainty] <= limit and edge.target.number not in met:
                below = walk(self.forward, [edge.target.number], limit)
                met[edge.target.number] = -2 - number
                for reached, entry in below.items():
                    met.setdefault(reached, entry)
        return met

    def _path(self, met: dict[int, int], number: int, limit: int) -> tuple[Edge, ...]:
        path: list[Edge] = []
        before = met[number]
        while before != -1:
            edge = self._edges.at(-2 - before if before < -1 else self.forward.edge_between(before, number, limit))
            path.append(edge)
            number = edge.source.number
            before = met[number]
        return tuple(reversed(path))

    def _capabilities(self, met: Iterable[int], limit: int) -> dict[int, frozenset[str]]:
        """Return what may be done in each telemetry scope met, by the union over all edges that lead there from what was met."""
        forward, edges = self.forward, self._edges
        found: dict[int, frozenset[str]] = {}
        scopes: list[int] = []
        for number in met:
            if self.nodes[number].kind is NodeKind.PROJECT:
                scopes.append(number)
            for entry in range(forward.begin[number], forward.end[number]):
                if forward.gives[entry] and forward.level[entry] <= limit:
                    target, edge = forward.target[entry], edges.at(forward.edge[entry] + forward.shift[number])
                    found[target] = found.get(target, frozenset()) | edge.capabilities
        for number in scopes:
            for entry in range(forward.begin[number], forward.end[number]):
                target = forward.target[entry]
                if self.nodes[target].kind is NodeKind.PROJECT and forward.level[entry] <= limit:
                    found[target] = found.get(target, frozenset()) | found.get(number, frozenset())
        return found

    # who reaches a node

    def reached_by(self, node: Node) -> list[Reached]:
        """Return everything that reaches the node, surest first, then nearest; `node` of each is the one that reaches."""
        found: list[Reached] = []
        done = {node.number}
        for limit in range(3):
            met = walk(self.backward, [node.number], limit)
            for number in [*met, *self._accounts_before(met, limit)]:
                if number in done:
                    continue
                done.add(number)
                path = self._path_to(met, number, limit)
                capabilities: frozenset[str] = frozenset()
                for edge in path:
                    capabilities = capabilities | edge.capabilities
                found.append(Reached(self.nodes[number], path, _CERTAINTIES[limit], capabilities))
        return found

    def toward(self, numbers: Sequence[int], limit: int, but: Container[int] = ()) -> Iterator[tuple[Node, tuple[Edge, ...]]]:
        """Yield what reaches one of several nodes over edges up to a level, themselves included, nearest first, with the path.

        Nodes whose numbers are in `but` are left out.
        """
        met = walk(self.backward, numbers, limit)
        for number in [*met, *(account for account in self._accounts_before(met, limit) if account not in met)]:
            if number not in but:
                yield self.nodes[number], self._path_to(met, number, limit)

    def ancestors(self, numbers: Sequence[int], limit: int = 2) -> list[int]:
        """Return the numbers of all nodes that reach one of the given ones, themselves included, nearest first."""
        met = walk(self.backward, numbers, limit)
        return [*met, *self._accounts_before(met, limit)]

    def _accounts_before(self, met: dict[int, int], limit: int) -> list[int]:
        if not self._accounts_into:
            return []
        return list(dict.fromkeys(
            self._edges.at(number).source.number
            for reached in met for number in self._accounts_into.get(reached, ())
            if LEVEL[self._edges.at(number).certainty] <= limit
        ))  # fmt: skip

    def _path_to(self, met: dict[int, int], number: int, limit: int) -> tuple[Edge, ...]:
        path: list[Edge] = []
        if number not in met:  # an account
            first = next(
                n
                for n in self._from_accounts[number]
                if self._edges.at(n).target.number in met and LEVEL[self._edges.at(n).certainty] <= limit
            )
            path.append(self._edges.at(first))
            number = self._edges.at(first).target.number
        after = met[number]
        while after != -1:
            path.append(self._edges.at(self.forward.edge_between(number, after, limit)))
            number, after = after, met[after]
        return tuple(path)

    # paths

    def shortest_path(self, source: Node, target: Node) -> tuple[Edge, ...] | None:
        """Return the surest, then shortest path, an empty one from a node to itself, or None."""
        if source is target:
            return ()
        return next((item.path for item in self.reach(source) if item.node is target), None)

    def all_paths(self, source: Node, target: Node, limit: int) -> Iterator[tuple[Edge, ...]]:
        """Yield up to `limit` paths without a repeated node, shortest first. Only nodes that lead to the target are entered."""
        useful = set(self.ancestors([target.number]))
        queue: list[tuple[Node, tuple[Edge, ...]]] = [(source, ())]
        given = 0
        for node, path in queue:
            if node is target and path:
                yield path
                given += 1
                if given >= limit:
                    return
                continue
            if len(queue) > _MOST_PARTIAL_PATHS:
                continue
            for edge in self._next(node, not path):
                if (
                    edge.target.number in useful
                    and edge.target is not source
                    and all(edge.target is not step.target for step in path)
                ):
                    queue.append((edge.target, (*path, edge)))

    def _next(self, node: Node, first: bool) -> list[Edge]:
        forward = self.forward
        number = node.number
        edges = [self.edge(number, entry) for entry in range(forward.begin[number], forward.end[number])]
        if first:
            edges += [self._edges.at(number) for number in self._from_accounts.get(node.number, ())]
        return edges

    # the inside

    def edge(self, number: int, entry: int) -> Edge:
        """Return the edge of an entry of a node's row in `forward`."""
        return self._edges.at(self.forward.edge[entry] + self.forward.shift[number])

    @cached_property
    def forward(self) -> Forward:
        """The walked edges by source."""
        return forward(len(self.nodes), self._edges)

    @cached_property
    def backward(self) -> Backward:
        """The walked edges by target."""
        return backward(len(self.nodes), self._edges)


_MOST_PARTIAL_PATHS = 200_000


def _is_any(_: Node) -> bool:
    return True


def path_certainty(path: Iterable[Edge]) -> Certainty:
    """Return the certainty of a path: its weakest edge."""
    return weakest(*(edge.certainty for edge in path))
