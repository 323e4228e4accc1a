"""`iamlint policies`: every policy document found."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from iamlint.model.policy import Policy
    from iamlint.source.value import Unknown


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
        for policy, readers in _listed(one.graph.policies()):
            if kinds and kinds.isdisjoint((policy.kind.value, _type(policy))):
                continue
            file, line = shown.where(policy.place)
            attached = sorted({node.id for reader in readers for node in one.graph.attached_to(reader)})
            entries.append(_entry(policy, readers, file, line, attached) | ({"variants": [name]} if name else {}))
    if len(session.variants) > 1:
        entries = _once(entries)
    entries.sort(key=lambda entry: (entry["file"] or "", entry["line"] or 0, entry["type"], entry["name"]))
    if values["format"] == "json":
        emit(session, "".join(dump_line(_written(entry)) for entry in entries))
    else:
        emit(session, policies_text(entries))
    return warn_incomplete(session)


def _listed(policies: Iterable[Policy]) -> Iterator[tuple[Policy, list[Policy]]]:
    """Yield each document with the policies that it is: one that other files read is listed once, as what they make of it."""
    by_file: dict[str, list[Policy]] = {}
    for policy in policies:
        if policy.unit == policy.place.path or policy.place.route or policy.place.path.endswith(_DECLARING):
            yield policy, [policy]
        else:  # a file that is one document is the same one for whoever reads it, as it is or as a template
            by_file.setdefault(policy.place.path, []).append(policy)
    for readers in by_file.values():
        alike: dict[str, list[Policy]] = {}
        for reader in readers:
            alike.setdefault(f"{reader.kind.value} {reader.document!r}", []).append(reader)
        yield from ((group[0], group) for group in alike.values())


_DECLARING = (".tf", ".tofu", ".tf.json", ".tofu.json", ".hcl")


def _written(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("unknown", "kind")}


def _type(policy: Policy) -> str:
    """Return the type of a policy, for programs: an endpoint's is the resource policy of what it is attached to."""
    from iamlint.model.policy import PolicyKind

    return "resource" if policy.kind is PolicyKind.ENDPOINT else policy.kind.value


def _once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries of several variants, equal ones as one with the names of all its variants."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        known = found.setdefault(repr(entry | {"variants": []}), entry)
        if known is not entry:
            known["variants"] += entry["variants"]
    return list(found.values())


def _entry(policy: Policy, readers: list[Policy], file: str | None, line: int | None, attached: list[str]) -> dict[str, Any]:
    """Return what is listed of a document; `unknown` is for people only."""
    from iamlint.source.value import Unknown, to_json, unknowns

    names = {str(to_json(reader.name)) if not isinstance(reader.name, Unknown) else f"${{unknown: {reader.name.reason}}}"
             for reader in readers}  # fmt: skip
    maybe = [one.index or 0 for one in policy.statements if one.may_be_absent]
    return {
        "file": file,
        "line": line,
        "type": _type(policy),
        "kind": policy.kind.value,
        "name": ", ".join(sorted(names)),
        "attached_to": attached,
        "document": to_json(policy.document),
        **({"may_be_absent": maybe} if maybe else {}),
        "unknown": sorted({unknown.reason for unknown in (*unknowns(policy.document), *_perhaps(policy))}),
    }


def _perhaps(policy: Policy) -> list[Unknown]:
    """Return why statements of a policy may not be there, or say what they say."""
    return [statement.opaque for statement in policy.statements if statement.opaque is not None]


COMMAND = Command(
    "List every policy document found, resolved: its type, place, what it is attached to, what stayed unknown.",
    run,
    (Argument("paths", required=False, many=True),),
    (
        Option(
            ("--type",), "Only documents of this type; repeatable.", many=True,
            choices=("identity", "resource", "trust", "boundary", "scp", "rcp", "session", "endpoint"),
        ),
        FORMAT,
        *SESSION,
    ),
)  # fmt: skip
