"""The graph as text that other programs draw: DOT and Mermaid."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.graph.elements import Certainty, Edge, Node
from iamlint.report.display import clean


def dot(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """Return the graph in Graphviz's language."""
    lines = ["digraph iamlint {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    for node in nodes:
        style = "" if node.declared else ", style=dashed"
        lines.append(f"  n{node.number} [label={_quoted(node.id)}{style}];")
    for edge in edges:
        style = "" if edge.certainty is Certainty.CERTAIN else ", style=dashed"
        words = edge.kind.value.replace("_", " ")
        lines.append(f"  n{edge.source.number} -> n{edge.target.number} [label={_quoted(words)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """Return the graph as a Mermaid flowchart."""
    lines = ["flowchart LR"]
    lines += [f'  n{node.number}["{_entities(node.id)}"]' for node in nodes]
    for edge in edges:
        arrow = "-->" if edge.certainty is Certainty.CERTAIN else "-.->"
        lines.append(f"  n{edge.source.number} {arrow}|{edge.kind.value.replace('_', ' ')}| n{edge.target.number}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entities(text: str) -> str:
    """Return a text with everything that Mermaid or HTML could read as its own written as an entity."""
    return "".join(
        character if character.isalnum() or character in " .:/-_@*" else f"#{ord(character)};" for character in clean(text)
    )
