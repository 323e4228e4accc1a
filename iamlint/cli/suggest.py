"""`iamlint suggest`: the least group or role that would give somebody something."""

from __future__ import annotations

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import CONTEXT, FORMAT, SESSION
from iamlint.errors import UsageError


def run(values: Values) -> int:
    """Print what would give it, the least first, and what else that would give."""
    from iamlint.cli.graph_options import answers, emit, find, find_resource, open_graph, warn_incomplete
    from iamlint.cli.session_options import context
    from iamlint.graph.suggestions import suggest
    from iamlint.report.json import dump
    from iamlint.report.suggested import suggested_json, suggested_text
    from iamlint.source.value import shortened

    for name, flag in (("user", "--user"), ("can", "--can")):
        if not values[name]:
            raise UsageError(f"`{flag}` is missing", "`iamlint suggest --user U --can DO --on X`")
    session = open_graph(values)
    user, action = find(session.graph, values["user"]), values["can"]
    if not _is_action(action):
        raise UsageError(
            f"there is no action `{action}`",
            "an AWS action such as s3:GetObject, or a telemetry capability such as telemetry:read",
        )
    resource = find_resource(session.graph, action, values["on"])
    found = suggest(session.graph, user, action, resource, context(values["context"]))
    shown = answers(session)
    shown.prepare([*found.now.path, *(edge for candidate in found.candidates for edge in candidate.path if edge.source.place)])
    if values["format"] == "json":
        emit(session, dump({"user": user.id} | suggested_json(found, shown)))
    else:
        question = f"{action} on {resource}" if resource else action
        emit(session, shortened(suggested_text(found, shown, user.id, question)))
    return warn_incomplete(session)


def _is_action(text: str) -> bool:
    from iamlint.graph.decide import capabilities_of
    from iamlint.iam.actions import expand

    return bool(capabilities_of(text)) if text.casefold().startswith("telemetry:") else bool(expand(text))


COMMAND = Command(
    "Suggest the least group or role that would give it, with what else that gives.",
    run,
    (),
    (
        Option(("--user",), "Who asks: a person, bot or group of the graph.", "U"),
        Option(("--can",), "What: an AWS action or a telemetry capability.", "DO"),
        Option(("--on",), "On what: an ARN or a node.", "X"),
        CONTEXT,
        FORMAT,
        *SESSION,
    ),
    "A group is checked by building the graph with the membership in it. Exit code 0 also where nothing would give it.",
)
