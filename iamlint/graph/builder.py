"""The graph while it is being linked: nodes by id, edges in the order met, and what could not be joined."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from iamlint.graph.edge_list import Edges
from iamlint.graph.elements import ID_PREFIX, Certainty, Edge, EdgeKind, Node, NodeKind
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Value, key, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NOWHERE = Place("")


class GraphBuilder:
    """Collects nodes and edges. Nodes get their final numbers, in the order of their ids, in `finish`."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges = Edges()
        self.unresolved: list[Unresolved] = []
        self.accounts: dict[str, Value] = {}  # node id → the AWS account in which it lives
        self._seen: set[Unresolved] = set()

    def node(
        self, kind: NodeKind, name: str, place: Place | None, *, declared: bool = True, fact: Any = None, title: str = ""
    ) -> Node:
        """Return the node of this kind and name, made when it is new. A declaration outranks a mere mention."""
        node_id = ID_PREFIX[kind] + name
        node = self.nodes.get(node_id)
        if node is None:
            node = self.nodes[node_id] = Node(len(self.nodes), node_id, kind, title or name, place, declared)
        elif declared and not node.declared:
            node.declared = True
            node.place = place
        if fact is not None:
            node.facts = (*node.facts, fact)
        return node

    def get(self, node_id: str) -> Node | None:
        """Return a node by id, or None."""
        return self.nodes.get(node_id)

    def of_kind(self, kind: NodeKind) -> list[Node]:
        """Return the nodes of a kind as they stand now, in the order met."""
        return [node for node in self.nodes.values() if node.kind is kind]

    def edge(
        self,
        source: Node,
        target: Node,
        kind: EdgeKind,
        reason: str,
        place: Place | None,
        *,
        condition: str | None = None,
        certainty: Certainty = Certainty.CERTAIN,
        capabilities: frozenset[str] = frozenset(),
        method: str | None = None,
        assumed: tuple[str, ...] = (),
        detail: str = "",
    ) -> Edge:
        """Add an edge."""
        edge = Edge(source, target, kind, reason, place, condition, certainty, capabilities, method, assumed, detail)
        self.edges.append(edge)
        return edge

    def unknown(self, reason: str, place: Place | None) -> None:
        """Record, once, that something which bears on access is not in the repository."""
        entry = Unresolved(reason, place or _NOWHERE)
        if entry not in self._seen:
            self._seen.add(entry)
            self.unresolved.append(entry)

    def finish(self) -> list[Node]:
        """Number the nodes in the order of their ids and return them in that order."""
        ordered = sorted(self.nodes.values(), key=attrgetter("id"))
        for number, node in enumerate(ordered):
            node.number = number
        return ordered


def why_unknown(values: Iterable[Value]) -> str:
    """Return the reasons why values are not known, joined, or an empty text."""
    return "; ".join(dict.fromkeys(unknown.reason for value in values for unknown in unknowns(value)))


def weakest(*certainties: Certainty) -> Certainty:
    """Return the least certain of several certainties."""
    return max(certainties, key=LEVEL.__getitem__, default=Certainty.CERTAIN)


LEVEL = {Certainty.CERTAIN: 0, Certainty.ASSUMED: 1, Certainty.UNKNOWN: 2}
"""Certainties as numbers, the surest first."""

__all__ = ["LEVEL", "GraphBuilder", "key", "weakest", "why_unknown"]
