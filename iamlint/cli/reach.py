"""`iamlint reach`: everything that a principal reaches."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Values
from iamlint.cli.session_options import FORMAT, SESSION


def run(values: Values) -> int:
    """Print what the principal reaches, each with the shortest path."""
    from iamlint.cli.graph_options import answers, emit, find, open_graph, warn_incomplete
    from iamlint.report.json import dump
    from iamlint.report.reached import reached_text

    session = open_graph(values)
    node = find(session.graph, values["principal"])
    found = session.graph.reach(node)
    shown = answers(session)
    shown.prepare(edge for item in found for edge in item.path)
    if values["format"] == "json":
        emit(session, dump({"version": 1, "nodes": shown.reached(found)}))
    else:
        emit(session, reached_text(found, shown, none=f"{node.id} reaches nothing in this repository"))
    return warn_incomplete(session)


COMMAND = Command("List everything that a principal reaches.", run, (Argument("principal"),), (FORMAT, *SESSION))
