"""Questions that more than one rule asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


class Queries:
    """Derived facts of one graph, each computed once."""

    def __init__(self, graph: AccessGraph) -> None:
        self._graph = graph
