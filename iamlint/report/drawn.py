"""Findings on a picture: which nodes and edges of the graph a finding speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from iamlint.graph.elements import Edge, Node
from iamlint.lint.finding import Diagnostic
from iamlint.source.place import Span
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_CODE = regex(r"`([^`]+)`")

At = tuple[str, Span]
"""Where something stands: the path as the user sees it, and its span."""


class Drawn(NamedTuple):
    """A finding with the numbers of the nodes and the indices of the edges that it lies on."""

    diagnostic: Diagnostic
    nodes: tuple[int, ...]
    edges: tuple[int, ...]


class Marks:
    """Finds what findings lie on, among these nodes and edges.

    `edge_places` gives the place of each edge; `governed` places of policy documents with the nodes that they govern.
    """

    def __init__(
        self, nodes: Sequence[Node], edges: Sequence[Edge], edge_places: Sequence[At | None], node_places: Mapping[int, At],
        governed: Iterable[tuple[At, Sequence[Node]]],
    ) -> None:  # fmt: skip
        self._edges = edges
        self._ids: dict[str, int] = {}
        names: dict[str, list[int]] = {}
        for node in nodes:
            self._ids[node.id] = node.number
            names.setdefault(node.name, []).append(node.number)
        self._names = {name: numbers[0] for name, numbers in names.items() if len(numbers) == 1}
        self._edges_at: dict[At, list[int]] = {}
        for index, place in enumerate(edge_places):
            if place is not None:
                self._edges_at.setdefault(place, []).append(index)
        self._nodes_at: dict[str, list[tuple[Span, int]]] = {}
        for number, (path, span) in node_places.items():
            self._nodes_at.setdefault(path, []).append((span, number))
        self._governed: dict[str, list[tuple[Span, Sequence[Node]]]] = {}
        for (path, span), attached in governed:
            self._governed.setdefault(path, []).append((span, attached))

    def of(self, diagnostic: Diagnostic) -> Drawn:
        """Return the finding with what it lies on.

        An edge is marked when the finding points at the place that made it. Where one place made many edges (a trust policy
        that admits a hundred roles), only those are marked of which the words name an end, if they name any. A node is marked
        when the words name it, when it is declared where the finding is, or when the finding is in a policy that governs it.
        """
        told = " ".join([diagnostic.message, *(related.message for related in diagnostic.related)])
        nodes = dict.fromkeys(
            number for text in _CODE.findall(told) if (number := self._ids.get(text, self._names.get(text))) is not None
        )
        edges: dict[int, None] = {}
        places = [(diagnostic.path, diagnostic.span), *((related.path, related.span) for related in diagnostic.related)]
        for place in places:
            here = self._edges_at.get(place, [])
            about = [index for index in here if self._ends(index) <= nodes.keys()] or [
                index for index in here if self._ends(index) & nodes.keys()
            ]
            edges.update(dict.fromkeys(about or here))
        if not edges:
            nodes.update(dict.fromkeys(self._declared_at(diagnostic.path, diagnostic.span)))
        return Drawn(diagnostic, tuple(nodes), tuple(sorted(edges)))

    def _ends(self, index: int) -> set[int]:
        return {self._edges[index].source.number, self._edges[index].target.number}

    def _declared_at(self, path: str, span: Span) -> list[int]:
        around = [(other, nodes) for other, nodes in self._governed.get(path, ()) if _within(span, other)]
        if around:
            smallest = min(around, key=lambda item: _size(item[0]))
            return [node.number for node in smallest[1] if node.id in self._ids]
        return [number for other, number in self._nodes_at.get(path, ()) if other == span or _within(span, other)]


def _within(inner: Span, outer: Span) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column
