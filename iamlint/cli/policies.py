"""`iamlint policies`: every policy document found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION
from iamlint.errors import UsageError

if TYPE_CHECKING:
    from iamlint.model.policy import Policy


def run(values: Values) -> int:
    """Print the documents: a table for people, one JSON object a line for programs."""
    from iamlint.cli.graph_options import answers, emit, warn_incomplete
    from iamlint.cli.session_options import session_options
    from iamlint.project.session import open_session
    from iamlint.project.variants import variant_name
    from iamlint.report.json import dump_line
    from iamlint.report.policies import policies_text

    if values["paths"] and values["repository"]:
        raise UsageError("`--repository` and PATHS exclude each other")
    options = session_options(values)
    session = open_session(options._replace(paths=values["paths"]) if values["paths"] else options)
    kinds = set(values["type"])
    entries: list[dict[str, Any]] = []
    for one in session.variants:
        shown, name = answers(one), variant_name(one)
        for policy in one.graph.policies():
            if kinds and policy.kind.value not in kinds:
                continue
            file, line = shown.where(policy.place)
            attached = sorted({node.id for node in one.graph.attached_to(policy)})
            entries.append(_entry(policy, file, line, attached) | ({"variants": [name]} if name else {}))
    if len(session.variants) > 1:
        entries = _once(entries)
    entries.sort(key=lambda entry: (entry["file"] or "", entry["line"] or 0, entry["type"], entry["name"]))
    if values["format"] == "json":
        emit(session, "".join(dump_line(entry) for entry in entries))
    else:
        emit(session, policies_text(entries))
    return warn_incomplete(session)


def _once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries of several variants, equal ones as one with the names of all its variants."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        known = found.setdefault(repr(entry | {"variants": []}), entry)
        if known is not entry:
            known["variants"] += entry["variants"]
    return list(found.values())


def _entry(policy: Policy, file: str | None, line: int | None, attached: list[str]) -> dict[str, Any]:
    from iamlint.source.value import Unknown, to_json

    name = policy.name
    return {
        "file": file,
        "line": line,
        "type": policy.kind.value,
        "name": f"${{unknown: {name.reason}}}" if isinstance(name, Unknown) else to_json(name),
        "attached_to": attached,
        "document": to_json(policy.document),
    }


COMMAND = Command(
    "List every policy document found, resolved: its type, place, what it is attached to, what stayed unknown.",
    run,
    (Argument("paths", required=False, many=True),),
    (
        Option(
            ("--type",), "Only documents of this type; repeatable.", many=True,
            choices=("identity", "resource", "trust", "boundary", "scp", "rcp", "session"),
        ),
        FORMAT,
        *SESSION,
    ),
)  # fmt: skip
