"""`iamlint can`: whether a principal may do something."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import CONTEXT, FORMAT, SESSION


def run(values: Values) -> int:
    """Print the verdict, the statements that decided, and the path that leads there."""
    from iamlint.cli.graph_options import answers, emit, find, find_resource, open_graph, warn_incomplete
    from iamlint.cli.session_options import context
    from iamlint.report.json import dump
    from iamlint.report.verdict import verdict_json, verdict_text

    session = open_graph(values)
    principal = find(session.graph, values["principal"])
    action, given = values["action"], context(values["context"])
    resource = find_resource(session.graph, action, values["resource"])
    answer = session.graph.can(principal, action, resource, given, some=values["any"])
    shown = answers(session)
    if values["format"] == "json":
        emit(session, dump({"version": 1} | verdict_json(answer, shown)))
    else:
        on = f" on {resource}" if resource else ""
        emit(session, verdict_text(answer, shown, f"{principal.id}: {action}{on}"))
    return warn_incomplete(session)


COMMAND = Command(
    "Say whether a principal may do something, and why.",
    run,
    (Argument("principal"), Argument("action"), Argument("resource", required=False)),
    (
        Option(("--any",), "Where ACTION or RESOURCE is a pattern: whether anything that matches is allowed, not all of it."),
        CONTEXT,
        FORMAT,
        *SESSION,
    ),
    "PRINCIPAL is a node (group:okta/eng-checkout, a unique suffix is enough) or an ARN; ACTION an AWS action or a telemetry "
    "capability; RESOURCE an ARN or a node.",
)
