"""`iamlint who-can`: every principal that may do something."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import CONTEXT, FORMAT, SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.session import Session


def run(values: Values) -> int:
    """Print who may, each with the path that gives it."""
    from iamlint.cli.graph_options import answers, by_variant, emit, find_resource, merged_reached, open_graph, warn_incomplete
    from iamlint.cli.session_options import context
    from iamlint.project.variants import in_variants
    from iamlint.report.json import dump
    from iamlint.report.reached import reached_text
    from iamlint.source.value import shortened

    def ask(session: Session) -> tuple[list[dict[str, Any]], str]:
        given = context(values["context"])
        resource = find_resource(session.graph, values["action"], values["resource"])
        shown_resource = values["resource"] or resource
        what = f"{values['action']} on {shown_resource}" if shown_resource else values["action"]
        found = session.graph.who_can(values["action"], resource, given, some=values["any"])
        shown = answers(session)
        shown.prepare(edge for item in found for edge in item.path)
        return shown.reached(found), reached_text(found, shown, none=f"nobody in this repository may do {what}")

    session = open_graph(values)
    found = in_variants(session.variants, ask)
    if values["format"] == "json":
        emit(session, dump({"version": 1, "principals": merged_reached([(names, listed) for names, (listed, _) in found])}))
    else:
        emit(session, shortened(by_variant([(names, text) for names, (_, text) in found])))
    return warn_incomplete(session)


COMMAND = Command(
    "List every principal that may do something, each with its path.",
    run,
    (Argument("action"), Argument("resource", required=False)),
    (
        Option(("--any",), "Where ACTION or RESOURCE is a pattern: who may do anything that matches, not all of it."),
        CONTEXT,
        FORMAT,
        *SESSION,
    ),
    "ACTION is an AWS action (s3:GetObject) or a telemetry capability (telemetry:read); RESOURCE an ARN or a node such as "
    "project:lightstep/checkout-prod.",
)
