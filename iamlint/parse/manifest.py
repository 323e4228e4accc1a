"""The manifest: our own YAML for what no provider can declare (cli.md, *The manifest*)."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.aws import Account
from iamlint.model.estate import Facts
from iamlint.model.identity import Team, TeamGrant
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.identity.declared import parse_identities
from iamlint.parse.schemas.manifest import API_VERSION, KINDS, SCHEMA
from iamlint.parse.telemetry.declared import parse_telemetry
from iamlint.source.near import did_you_mean
from iamlint.source.place import Origin
from iamlint.source.problem import Problem
from iamlint.source.schema import check, is_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_manifest(value: Any) -> bool:
    """Return whether a document claims to be ours, whatever the version."""
    version = value.get("apiVersion") if isinstance(value, dict) else None
    return isinstance(version, str) and version.partition("/")[0] == API_VERSION.partition("/")[0]


def parse_manifest(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what a document declares; what does not fit the schema is a problem, and the rest of it still counts."""
    facts = Facts(context.unit, "manifest", (origin.path,))
    if not isinstance(value, dict):
        facts.problems.append(Problem("IL003", "a manifest must be a mapping with `apiVersion` and `kind`", origin.at()))
        return facts
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        facts.problems.extend(_of_no_known_kind(value, kind, origin))
        return facts
    facts.problems.extend(check(value, KINDS[kind], origin))
    if value.get("apiVersion") != API_VERSION:
        return facts  # the words may mean something else in another version
    entry = Entry(value, origin)
    if kind == "Telemetry":
        parse_telemetry(entry, facts)
    elif kind == "Identities":
        parse_identities(entry, facts)
    elif kind == "Accounts":
        _parse_accounts(entry, facts)
    elif kind == "Teams":
        _parse_teams(entry, facts)
    facts.resolved += len(facts.items)
    return facts


def _of_no_known_kind(value: dict[Any, Any], kind: Any, origin: Origin) -> Iterator[Problem]:
    head = {"apiVersion": value["apiVersion"]} if "apiVersion" in value else {}
    if not isinstance(kind, str):
        if "kind" in value:
            head["kind"] = kind
        schema = {"required": SCHEMA["required"], "properties": {**SCHEMA["properties"], "kind": {"type": "string"}}}
        yield from check(head, schema, origin)
        return
    known = ", ".join(f"`{name}`" for name in KINDS)
    shown = kind if len(kind) <= 60 else kind[:20] + "…"
    yield Problem("IL005", f"unknown kind `{shown}`", origin.at(("kind",)), did_you_mean(kind, KINDS) or f"known kinds: {known}")


def _parse_accounts(document: Entry, facts: Facts) -> None:
    for entry in document.entries("accounts"):
        number = entry.text("id")
        if number is None or len(number) != 12 or not (number.isascii() and number.isdigit()):
            continue
        facts.add(Account(number, entry.text("name"), entry.text("environment"), entry.text("team"), entry.at("id"), facts.unit))


def _parse_teams(document: Entry, facts: Facts) -> None:
    for entry in document.entries("teams"):
        name = entry.text("name")
        if name is None:
            continue
        facts.add(
            Team(
                name=name,
                groups=tuple(text for text, _ in entry.texts("groups")),
                projects=tuple(text for text, _ in entry.texts("projects")),
                platform=entry.flag("platform"),
                grants=tuple(_grants(entry)),
                place=entry.at("name"),
                unit=facts.unit,
                group_places=tuple(at for _, at in entry.texts("groups")),
            )
        )


def _grants(team: Entry) -> Iterator[TeamGrant]:
    for entry in team.entries("grants"):
        group, project, reason, until = (entry.text(name) for name in ("group", "project", "reason", "until"))
        # An end that cannot be read must not become a grant without end.
        if group and project and reason and (until is None or is_date(until)):
            places = (entry.at("group"), entry.at("reason"), entry.at("until") if until else None)
            yield TeamGrant(group, project, reason, until, entry.place, *places)
