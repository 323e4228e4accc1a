"""The networkx view of the graph, for plugins, exports and heavier algorithms. The only importer of networkx."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.graph.elements import Edge, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def networkx_view(nodes: Iterable[Node], edges: Iterable[Edge]) -> Any:
    """Return a `networkx.MultiDiGraph` of node ids; the `Node` and `Edge` values hang on it as attribute `value`."""
    import networkx  # fourteen interpreter starts: only for who asks

    graph = networkx.MultiDiGraph()
    for node in nodes:
        graph.add_node(node.id, kind=node.kind.value, value=node)
    for edge in edges:
        graph.add_edge(edge.source.id, edge.target.id, kind=edge.kind.value, value=edge)
    return graph
