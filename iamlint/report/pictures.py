"""The graph as text that other programs draw: DOT and Mermaid."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.graph.elements import Certainty, Edge, Node
from iamlint.report.display import clean, count


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


MOST_NODES, MOST_EDGES, MOST_TEXT = 80, 160, 30_000
"""What fits a comment: GitHub's Mermaid draws 50,000 characters and 500 edges, a comment holds 65,536 characters, and a
picture of more than this can be read by nobody."""


def bounded_mermaid(nodes: Sequence[Node], edges: Sequence[Edge], focus: Node | None = None) -> str:
    """Return a flowchart that fits a pull request's comment, nearest to the focus first, and what was left out in its last node.

    Without a focus the nodes with the most edges come first, and what they are connected with.
    """
    if not nodes:
        return mermaid(nodes, ())
    edges = list({(edge.source.number, edge.target.number, edge.kind, edge.certainty): edge for edge in edges}.values())
    order = _from_focus(nodes, edges, focus)
    for most in range(min(MOST_NODES, len(nodes)), 0, -1):
        kept = {node.number for node in order[:most]}
        inside = [edge for edge in edges if edge.source.number in kept and edge.target.number in kept]
        lines = mermaid([node for node in nodes if node.number in kept], inside[:MOST_EDGES])
        if (len(inside) <= MOST_EDGES and len(lines) <= MOST_TEXT) or most == 1:
            break
    without, unlinked = len(nodes) - len(kept), len(edges) - min(len(inside), MOST_EDGES)
    if without or unlinked:
        words = f"left out: {count(without, 'node')}, {count(unlinked, 'edge')} (--focus NODE --depth N)"
        lines += f'  rest["{_entities(words)}"]\n  style rest stroke-dasharray: 4 4\n'
    return lines


def _from_focus(nodes: Sequence[Node], edges: Sequence[Edge], focus: Node | None) -> list[Node]:
    near: dict[int, list[Node]] = {}
    for edge in edges:
        near.setdefault(edge.source.number, []).append(edge.target)
        near.setdefault(edge.target.number, []).append(edge.source)
    busiest = sorted(nodes, key=lambda node: (-len(near.get(node.number, ())), node.id))
    order: dict[int, Node] = {}
    for start in [focus, *busiest] if focus is not None else busiest:
        if len(order) >= MOST_NODES:
            break
        queue = [start]
        for node in queue:
            if len(order) >= MOST_NODES:
                break
            if node.number not in order:
                order[node.number] = node
                queue += sorted(near.get(node.number, ()), key=lambda other: (-len(near[other.number]), other.id))
    return list(order.values())


def _quoted(text: str) -> str:
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entities(text: str) -> str:
    """Return a text with everything that Mermaid or HTML could read as its own written as an entity."""
    return "".join(
        character if character.isalnum() or character in " .:/-_@*" else f"#{ord(character)};" for character in clean(text)
    )
