"""`iamlint path`: the access paths between two nodes."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION

_MOST = 100


def run(values: Values) -> int:
    """Print the shortest path, or all of them."""
    from iamlint.cli.graph_options import answers, emit, find, open_graph, warn_incomplete
    from iamlint.report.json import dump
    from iamlint.report.reached import paths_text

    session = open_graph(values)
    source, target = find(session.graph, values["from"]), find(session.graph, values["to"])
    if values["all"]:
        paths = list(session.graph.all_paths(source, target, _MOST))
    else:
        shortest = session.graph.shortest_path(source, target)
        paths = [] if shortest is None else [shortest]
    shown = answers(session)
    shown.prepare(edge for path in paths for edge in path)
    if values["format"] == "json":
        emit(session, dump({"version": 1, "paths": [shown.path(path) for path in paths]}))
    else:
        emit(session, paths_text(paths, shown, none=f"no path leads from {source.id} to {target.id}"))
    return warn_incomplete(session)


COMMAND = Command(
    "Show the access paths between two nodes, edge by edge.",
    run,
    (Argument("from"), Argument("to")),
    (Option(("--all",), f"Every path (at most {_MOST}), not only the shortest."), FORMAT, *SESSION),
)
