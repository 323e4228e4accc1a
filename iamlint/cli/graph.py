"""`iamlint graph`: the access graph itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import SESSION
from iamlint.errors import UsageError

if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.graph.elements import Edge, Node

FORMATS = ("json", "dot", "mermaid")
_NOT_YET = ("html", "svg", "graphml")


def run(values: Values) -> int:
    """Write the graph, or what lies around one node."""
    from iamlint.cli.graph_options import answers, emit, find, open_graph, warn_incomplete
    from iamlint.report.json import dump
    from iamlint.report.pictures import dot, mermaid

    kind = values["format"] or "json"
    if kind in _NOT_YET:
        raise UsageError(f"`--format {kind}` is not available yet")
    if values["depth"] and not values["focus"]:
        raise UsageError("`--depth` goes with `--focus`")
    depth = values["depth"] or "2"
    if not (depth.isascii() and depth.isdigit() and len(depth) < 5):
        raise UsageError(f"`--depth` takes a number, not `{depth}`")
    session = open_graph(values)
    graph = session.graph
    if values["focus"]:
        nodes, edges = around(graph, find(graph, values["focus"]), int(depth))
    else:
        nodes, edges = graph.nodes(), graph.edges()
    if kind == "json":
        shown = answers(session)
        shown.prepare(edges, nodes)
        text = dump({"version": 1, "nodes": [shown.node(node) for node in nodes], "edges": shown.path(edges)})
    else:
        text = dot(nodes, edges) if kind == "dot" else mermaid(nodes, edges)
    emit(session, text, values["output"])
    return warn_incomplete(session)


def around(graph: AccessGraph, node: Node, depth: int) -> tuple[list[Node], list[Edge]]:
    """Return the nodes within so many edges of a node, in either direction, and the edges between them."""
    kept = {node.number}
    edge_of_circle = [node]
    for _ in range(depth):
        met = [edge.target for here in edge_of_circle for edge in graph.out_edges(here)]
        met += [edge.source for here in edge_of_circle for edge in graph.in_edges(here)]
        edge_of_circle = []
        for near in met:
            if near.number not in kept:
                kept.add(near.number)
                edge_of_circle.append(near)
    nodes = [item for item in graph.nodes() if item.number in kept]
    return nodes, [edge for edge in graph.edges() if edge.source.number in kept and edge.target.number in kept]


COMMAND = Command(
    "Write the access graph.",
    run,
    (),
    (
        Option(("--format",), f"One of {', '.join(FORMATS)}. Default: json.", choices=(*FORMATS, *_NOT_YET)),
        Option(("--focus",), "Only what lies around this node.", "NODE"),
        Option(("--depth",), "How many edges around it. Default: 2.", "N"),
        Option(("--output",), "Write to a file.", "FILE"),
        *SESSION,
    ),
)
