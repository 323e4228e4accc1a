"""The graph while it is being linked: nodes by id, edges in the order met, and what could not be joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
_KINDS = {prefix.removesuffix(":"): kind for kind, prefix in ID_PREFIX.items()}


class NodesById:
    """Nodes by id, in the order met: by kind, then by what stands behind it in the id.

    Most of a directory is people. They are looked up by e-mail again and again, and a second table of a million ids would
    be as dear as that one: `people` serves both. `_others` holds what is not in it.
    """

    def __init__(self) -> None:
        self.people: dict[str, Node] = {}  # users whom `Identities` knows, by e-mail or what stands for it in the id
        self._others: dict[NodeKind, dict[str, Node]] = {kind: {} for kind in NodeKind}
        self._met: list[Node] = []

    def __len__(self) -> int:
        return len(self._met)

    def __contains__(self, node_id: str) -> bool:
        return self.get(node_id) is not None

    def __getitem__(self, node_id: str) -> Node:
        found = self.get(node_id)
        if found is None:
            raise KeyError(node_id)
        return found

    def get(self, node_id: str) -> Node | None:
        """Return the node of an id, or None."""
        prefix, _, rest = node_id.partition(":")
        kind = _KINDS.get(prefix)
        return None if kind is None else self.named(kind, rest)

    def named(self, kind: NodeKind, rest: str) -> Node | None:
        """Return the node of a kind by what follows the kind in its id, or None."""
        found = self._others[kind].get(rest)
        return self.people.get(rest) if found is None and kind is NodeKind.USER else found

    def add(self, kind: NodeKind, rest: str, title: str, place: Place | None, declared: bool, *, person: bool = False) -> Node:
        """Return a new node; there must be none of this id."""
        node = Node(len(self._met), ID_PREFIX[kind] + rest, kind, title, place, declared)
        (self.people if person else self._others[kind])[rest] = node
        self._met.append(node)
        return node

    def values(self) -> Sequence[Node]:
        """Return the nodes in the order met; a view that grows as nodes are added."""
        return self._met


class GraphBuilder:
    """Collects nodes and edges. Nodes get their final numbers, in the order of their ids, in `finish`."""

    def __init__(self) -> None:
        self.nodes = NodesById()
        self.edges = Edges()
        self.unresolved: list[Unresolved] = []
        self.accounts: dict[str, Value] = {}  # node id → the AWS account in which it lives
        self.stands_for: dict[str, Node] = {}  # node id → the node of which it is another state, with its labels
        self._seen: set[Unresolved] = set()

    def node(
        self, kind: NodeKind, name: str, place: Place | None, *, declared: bool = True, fact: Any = None, title: str = ""
    ) -> Node:
        """Return the node of this kind and name, made when it is new. A declaration outranks a mere mention."""
        node = self.nodes.named(kind, name)
        if node is None:
            node = self.nodes.add(kind, name, title or name, place, declared)
        return _told(node, place, declared, fact)

    def person(self, name: str, place: Place | None, *, declared: bool, fact: Any) -> Node:
        """Return the same for a person of an identity provider, who stands in `nodes.people` from now on."""
        node = self.nodes.people.get(name)
        if node is None:
            node = self.nodes.named(NodeKind.USER, name)
            if node is None:
                node = self.nodes.add(NodeKind.USER, name, name, place, declared, person=True)
            else:
                self.nodes.people[name] = node
        return _told(node, place, declared, fact)

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


def _told(node: Node, place: Place | None, declared: bool, fact: Any) -> Node:
    if declared and not node.declared:
        node.declared = True
        node.place = place
    if fact is not None:
        node.facts = (*node.facts, fact) if node.facts else (fact,)
    return node


def why_unknown(values: Iterable[Value]) -> str:
    """Return the reasons why values are not known, joined, or an empty text."""
    return "; ".join(dict.fromkeys(unknown.reason for value in values for unknown in unknowns(value)))


def weakest(*certainties: Certainty) -> Certainty:
    """Return the least certain of several certainties."""
    return max(certainties, key=LEVEL.__getitem__, default=Certainty.CERTAIN)


LEVEL = {Certainty.CERTAIN: 0, Certainty.ASSUMED: 1, Certainty.UNKNOWN: 2}
"""Certainties as numbers, the surest first."""

__all__ = ["LEVEL", "GraphBuilder", "key", "weakest", "why_unknown"]
