"""`iamlint reach`: everything that a principal reaches."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Values
from iamlint.cli.session_options import FORMAT, SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.session import Session


def run(values: Values) -> int:
    """Print what the principal reaches, each with the shortest path."""
    from iamlint.cli.graph_options import answers, by_variant, emit, find, merged_reached, open_graph, warn_incomplete
    from iamlint.project.variants import in_variants
    from iamlint.report.json import dump
    from iamlint.report.reached import reached_text
    from iamlint.source.value import shortened

    def ask(session: Session) -> tuple[list[dict[str, Any]], str]:
        node = find(session.graph, values["principal"])
        found = session.graph.reach(node)
        shown = answers(session)
        shown.prepare(edge for item in found for edge in item.path)
        return shown.reached(found), reached_text(found, shown, none=f"{node.id} reaches nothing in this repository")

    session = open_graph(values)
    found = in_variants(session.variants, ask)
    if values["format"] == "json":
        emit(session, dump({"version": 1, "nodes": merged_reached([(names, listed) for names, (listed, _) in found])}))
    else:
        emit(session, shortened(by_variant([(names, text) for names, (_, text) in found])))
    return warn_incomplete(session)


COMMAND = Command("List everything that a principal reaches.", run, (Argument("principal"),), (FORMAT, *SESSION))
