"""Fans: the edges from one node to many of which everything else is the same, kept as one value."""

from __future__ import annotations

from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node
from iamlint.source.record import NamedTuple


class Fan(NamedTuple):
    """The edges from one node, which is no account, to several others; they grant nothing by themselves.

    `start` is the number of the first edge, `edge` that edge. Nine of ten edges of a large repository are from a role to
    secrets in accounts that nobody names: hundreds of roles to hundreds of secrets, in a few thousand fans.
    """

    start: int
    edge: Edge
    targets: tuple[Node, ...]

    @property
    def source(self) -> Node:
        """The node from which the edges lead."""
        return self.edge.source

    @property
    def certainty(self) -> Certainty:
        """How sure the edges are."""
        return self.edge.certainty

    @property
    def kind(self) -> EdgeKind:
        """The kind of the edges."""
        return self.edge.kind

    def to(self, target: Node) -> Edge:
        """Return the edge to one of the targets."""
        source, _, *rest = self.edge
        return tuple.__new__(Edge, (source, target, *rest))

    def edges(self) -> list[Edge]:
        """Return the edges, in order."""
        return [self.to(target) for target in self.targets]
