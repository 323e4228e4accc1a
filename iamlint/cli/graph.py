"""`iamlint graph`: the access graph itself."""

from __future__ import annotations

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import SESSION
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.graph.elements import Edge, Node
    from iamlint.project.session import Session
    from iamlint.report.drawn import Drawn

FORMATS = ("json", "html", "svg", "mermaid", "dot", "graphml")
MOST = {"html": 50_000, "svg": 5_000}
"""How many nodes a picture may have: a browser opens more, and nobody finds anything in it."""


def run(values: Values) -> int:
    """Write the graph, or what lies around one node."""
    from iamlint.cli.graph_options import find, open_graph, warn_incomplete
    from iamlint.cli.terminal import write
    from iamlint.project.disclosure import without_secrets

    kind = values["format"] or "json"
    if values["depth"] and not values["focus"]:
        raise UsageError("`--depth` goes with `--focus`")
    depth = values["depth"] or "2"
    if not (depth.isascii() and depth.isdigit() and len(depth) < 5):
        raise UsageError(f"`--depth` takes a number of 0 or more, not `{depth}`")
    session = open_graph(values)
    graph = session.graph
    focus = find(graph, values["focus"]) if values["focus"] else None
    if focus is None or (kind == "html" and not values["depth"]):  # the page starts at the focus, and holds everything
        nodes, edges = graph.nodes(), list(graph.edges())
    else:
        nodes, edges = around(graph, focus, int(depth))
    if len(nodes) > MOST.get(kind, len(nodes)):
        help = "`--focus NODE --depth N` takes what lies around one node"
        raise UsageError(f"{len(nodes)} nodes are too many for `{kind}`, which takes {MOST[kind]}", help)
    text = _page(session, nodes, edges, focus) if kind == "html" else _written(session, kind, nodes, edges, focus)
    write(text if kind == "html" else without_secrets(session, text), values["output"])
    return warn_incomplete(session)


def _written(session: Session, kind: str, nodes: list[Node], edges: list[Edge], focus: Node | None) -> str:
    from iamlint.cli.graph_options import answers

    if kind in ("json", "graphml"):
        shown = answers(session)
        shown.prepare(edges, nodes)
        listed, steps = [shown.node(node) for node in nodes], shown.path(edges)
        if kind == "graphml":
            from iamlint.report.graphml import graphml

            return graphml(listed, steps)
        from iamlint.report.json import dump

        return dump({"version": 1, "nodes": listed, "edges": steps})
    if kind == "dot":
        from iamlint.report.pictures import dot

        return dot(nodes, edges)
    from iamlint.report.naming import without_labels

    nodes, edges = without_labels(nodes, edges, focus)
    if kind == "mermaid":
        from iamlint.report.pictures import bounded_mermaid

        return bounded_mermaid(nodes, edges, focus)
    from iamlint.report.svg import svg

    around_what = f"what lies around {focus.id}" if focus is not None else "who can reach what"
    return svg(nodes, edges, f"Access graph: {around_what}, {len(nodes)} nodes, {len(edges)} edges")


def _page(session: Session, nodes: list[Node], edges: list[Edge], focus: Node | None) -> str:
    import os

    from iamlint import __version__
    from iamlint.cli.graph_options import answers
    from iamlint.project.disclosure import secret_hider
    from iamlint.project.revision import described
    from iamlint.report.page import Heading, page

    shown = answers(session)
    shown.prepare(edges, nodes)
    findings = _findings(session, nodes, edges)
    name = os.path.basename(session.root) or "this repository"
    return page(nodes, edges, findings, shown, Heading(name, described(session.root), __version__), focus, secret_hider(session))


def _findings(session: Session, nodes: list[Node], edges: list[Edge]) -> list[Drawn]:
    """Run the rules, and return what is not suppressed with the nodes and edges on which it lies."""
    from iamlint.lint.assemble import Spans
    from iamlint.report.drawn import Marks
    from iamlint.report.secrets import redact
    from iamlint.source.place import Place

    report = redact(session.check())
    graph = session.graph
    governed = [(policy.place, graph.attached_to(policy)) for policy in graph.policies()]
    spans = Spans(session.files.read)
    places = [*(edge.place for edge in edges), *(node.place for node in nodes), *(place for place, _ in governed)]
    spans.compute(place for place in places if place is not None)

    def at(place: Place):  # type: ignore[no-untyped-def]
        return session.shown(place.path), spans[place]

    marks = Marks(
        nodes,
        edges,
        [at(edge.place) if edge.place is not None else None for edge in edges],
        {node.number: at(node.place) for node in nodes if node.place is not None},
        [(at(place), attached) for place, attached in governed if attached],
    )
    return [marks.of(diagnostic) for diagnostic in report.reported()]


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
        Option(("--format",), "What to write. Default: json.", choices=FORMATS),
        Option(("--focus",), "Only what lies around this node; with html, the node at which the page starts.", "NODE"),
        Option(("--depth",), "How many edges around it. Default: 2; with html, everything.", "N"),
        Option(("--output",), "Write to a file.", "FILE"),
        *SESSION,
    ),
    "html is one file that opens offline, with the findings on the edges. svg and mermaid show environments and teams as "
    "labels, and mermaid is bounded to what fits a pull request's comment.",
)
