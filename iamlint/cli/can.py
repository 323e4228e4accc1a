"""`iamlint can`: whether a principal may do something."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import CONTEXT, FORMAT, SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.session import Session


def run(values: Values) -> int:
    """Print the verdict, the statements that decided, and the path that leads there."""
    from iamlint.cli.graph_options import answers, by_variant, emit, find, find_resource, open_graph, warn_incomplete
    from iamlint.cli.session_options import context
    from iamlint.project.variants import in_variants
    from iamlint.report.json import dump
    from iamlint.report.verdict import verdict_json, verdict_text
    from iamlint.source.value import shortened

    def ask(session: Session) -> tuple[dict[str, Any], str]:
        principal = find(session.graph, values["principal"])
        action, given = values["action"], context(values["context"])
        resource = find_resource(session.graph, action, values["resource"])
        answer = session.graph.can(principal, action, resource, given, some=values["any"])
        shown = answers(session)
        on = f" on {resource}" if resource else ""
        return verdict_json(answer, shown), verdict_text(answer, shown, f"{principal.id}: {action}{on}")

    session = open_graph(values)
    found = in_variants(session.variants, ask)
    if values["format"] == "json":
        # One object, whatever the number of variants: all of them are deployed, so what one allows is allowed.
        widest = min(found, key=lambda item: _OPEN.index(item[1][0]["decision"]))
        by_name = {name: answer for names, (answer, _) in found for name in names if name}
        emit(session, dump({"version": 1} | widest[1][0] | ({"variants": by_name} if by_name else {})))
    else:
        emit(session, shortened(by_variant([(names, text) for names, (_, text) in found])))
    return warn_incomplete(session)


_OPEN = ("allow", "unknown", "implicit_deny", "explicit_deny")
"""Decisions, the most open one first."""


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
