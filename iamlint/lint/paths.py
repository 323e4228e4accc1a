"""Paths through the graph as the argument of a finding."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.graph.elements import Edge, Label, Node
from iamlint.source.place import Place


def path_because(path: tuple[Edge, ...]) -> list[tuple[Place, str]]:
    """Return a path as steps of an argument, in order: source, reason, target, and what must hold."""
    steps: list[tuple[Place, str]] = []
    for edge in path:
        words = f"`{edge.source.id}` {edge.reason}"
        if edge.target.id not in words and edge.target.name not in words:
            words += f" → `{edge.target.id}`"
        if edge.condition:
            words += f", if {edge.condition}"
        if edge.assumed:
            words += f" (assumed open: {', '.join(edge.assumed)})"
        steps.append((edge.place or edge.source.place or edge.target.place or Place(""), words))
    return steps


def label_origins(labelled: Iterable[tuple[Node, Label | None]], place: Place) -> list[tuple[Place, str]]:
    """Return where labels come from, as the last steps of an argument; `place` is for what stands in no file itself."""
    return [
        (label.place or node.place or place, f"`{node.name}` is of `{label.value}`: {label.source}")
        for node, label in dict.fromkeys(labelled)
        if label is not None
    ]
