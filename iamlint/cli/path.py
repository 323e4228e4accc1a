"""`iamlint path`: the access paths between two nodes."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from iamlint.project.session import Session

_MOST = 100


def run(values: Values) -> int:
    """Print the shortest path, or all of them."""
    from iamlint.cli.graph_options import answers, by_variant, emit, find, open_graph, warn_incomplete
    from iamlint.project.variants import in_variants
    from iamlint.report.json import dump
    from iamlint.report.reached import paths_text
    from iamlint.source.value import shortened

    def ask(session: Session) -> tuple[list[list[dict[str, Any]]], str]:
        source, target = find(session.graph, values["from"]), find(session.graph, values["to"])
        if values["all"]:
            paths = list(session.graph.all_paths(source, target, _MOST))
        else:
            shortest = session.graph.shortest_path(source, target)
            paths = [] if shortest is None else [shortest]
        shown = answers(session)
        shown.prepare(edge for path in paths for edge in path)
        text = paths_text(paths, shown, none=f"no path leads from {source.id} to {target.id}")
        return [shown.path(path) for path in paths], text

    session = open_graph(values)
    found = in_variants(session.variants, ask)
    if values["format"] == "json":
        emit(session, dump({"version": 1} | _merged([(names, paths) for names, (paths, _) in found])))
    else:
        emit(session, shortened(by_variant([(names, text) for names, (_, text) in found])))
    return warn_incomplete(session)


def _merged(found: Sequence[tuple[tuple[str, ...], list[list[dict[str, Any]]]]]) -> dict[str, Any]:
    """Return the paths of all variants; with several, `variants` says path by path which have it."""
    paths: list[list[dict[str, Any]]] = []
    for _, listed in found:
        paths += [path for path in listed if path not in paths]
    names = [[name for held, listed in found if path in listed for name in held] for path in paths]
    return {"paths": paths} | ({"variants": names} if [held for held, _ in found] != [("",)] else {})


COMMAND = Command(
    "Show the access paths between two nodes, edge by edge.",
    run,
    (Argument("from"), Argument("to")),
    (Option(("--all",), f"Every path (at most {_MOST}), not only the shortest."), FORMAT, *SESSION),
)
