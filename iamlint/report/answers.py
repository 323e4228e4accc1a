"""Answers about the graph as plain values: nodes, edges and paths as JSON writes them (cli.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from iamlint.graph.elements import Certainty, Edge, Label, Node, Reached
from iamlint.model.policy import Statement
from iamlint.source.place import Place, Span
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol
else:
    Protocol = object


class Spans(Protocol):
    """Spans of places (`iamlint.lint.assemble`)."""

    def compute(self, places: Iterable[Place]) -> None:
        """Compute many at once."""

    def __getitem__(self, place: Place) -> Span: ...


class Answers:
    """Turns nodes, edges and statements into what is written. `shown` gives a path as the user sees it."""

    def __init__(self, spans: Spans, shown: Callable[[str], str]) -> None:
        self._spans = spans
        self._shown = shown

    def prepare(self, edges: Iterable[Edge], nodes: Iterable[Node] = ()) -> None:
        """Compute the spans of these edges and nodes in one go."""
        places = [edge.place for edge in edges] + [node.place for node in nodes]
        self.compute(place for place in places if place is not None)

    def compute(self, places: Iterable[Place]) -> None:
        """Compute the spans of these places in one go."""
        self._spans.compute(places)

    def span(self, place: Place) -> tuple[str, Span]:
        """Return the file and the span of a place."""
        return self._shown(place.path), self._spans[place]

    def where(self, place: Place | None) -> tuple[str | None, int | None]:
        """Return the file and line of a place, or two None."""
        if place is None:
            return None, None
        return self._shown(place.path), self._spans[place].line

    def node(self, node: Node) -> dict[str, Any]:
        """Return a node as `graph --format json` writes it."""
        file, line = self.where(node.place)
        return {
            "id": node.id,
            "kind": node.kind.value,
            "environment": node.environment.value if node.environment else None,
            "team": node.team.value if node.team else None,
            "file": file,
            "line": line,
            "declared": node.declared,
        }

    def edge(self, edge: Edge) -> dict[str, Any]:
        """Return an edge as `graph --format json` writes it."""
        file, line = self.where(edge.place)
        written: dict[str, Any] = {
            "from": edge.source.id,
            "to": edge.target.id,
            "kind": edge.kind.value,
            "reason": edge.reason,
            "condition": edge.condition,
            "certainty": edge.certainty.value,
            "file": file,
            "line": line,
        }
        if edge.method is not None:
            written["method"] = edge.method
        return written

    def path(self, path: Sequence[Edge]) -> list[dict[str, Any]]:
        """Return a path edge by edge."""
        return [self.edge(edge) for edge in path]

    def reached(self, reached: Iterable[Reached]) -> list[dict[str, Any]]:
        """Return who reaches or is reached, each with its path."""
        return [{"id": item.node.id, "certainty": item.certainty.value, "path": self.path(item.path)} for item in reached]

    def statement(self, statement: Statement) -> dict[str, Any]:
        """Return a determining statement: the policy's name, the statement's index and Sid, where it stands."""
        file, line = self.where(statement.place())
        return {
            "policy": key(statement.policy.name),
            "statement": statement.index if statement.index is not None else 0,
            "sid": key(statement.sid) if statement.sid is not None else None,
            "file": file,
            "line": line,
        }

    def labels(self, node: Node) -> dict[str, Any]:
        """Return the environment and team of a node with what found them."""
        return {"environment": self._label(node.environment), "team": self._label(node.team)}

    def _label(self, label: Label | None) -> dict[str, Any] | None:
        if label is None:
            return None
        file, line = self.where(label.place)
        return {"value": label.value, "source": label.source, "file": file, "line": line}

    # for people

    def at(self, place: Place | None) -> str:
        """Return ` (file:line)`, or nothing."""
        file, line = self.where(place)
        return f"  ({file}:{line})" if file else ""

    def path_lines(self, path: Sequence[Edge], indent: str = "  ") -> list[str]:
        """Return a path as lines to read: source, reason and target, one edge a line."""
        lines = []
        for edge in path:
            method = f" [{edge.method}]" if edge.method else ""
            lines.append(f"{indent}{edge.source.id} → {edge.target.id}: {edge.reason}{method}{self.at(edge.place)}")
            if edge.condition:
                lines.append(f"{indent}    if {edge.condition}")
            if edge.assumed:
                lines.append(f"{indent}    not in the repository, taken as open: {', '.join(edge.assumed)}")
            if edge.certainty is Certainty.UNKNOWN:
                lines.append(f"{indent}    may or may not be")
        return lines


__all__ = ["Answers", "Spans"]
