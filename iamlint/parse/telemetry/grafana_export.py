"""What Grafana's API answers about teams, kept in files.

`GET /api/teams/search` answers the teams, `GET /api/teams/{id}/members` who is in one. Which basic roles users have is not read:
whether the sign-in gave them is not in the answer.
"""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.model.identity import Group, Membership
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, all_alike, entries_of
from iamlint.parse.telemetry.grafana import VENDOR
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KIND = "grafana-export"


def is_grafana_export(value: Any) -> bool:
    """Return whether a document is an answer about teams or the members of one."""
    if isinstance(value, dict):
        teams = value.get("teams")
        return "totalCount" in value and (teams == [] or all_alike(teams, _is_team))
    return all_alike(value, _is_member)


def parse_grafana_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the teams and members of a document."""
    facts = Facts(context.unit, KIND, (origin.path,))
    if isinstance(value, dict):
        for entry in Entry(value, origin).entries("teams"):
            if _is_team(entry.value):
                ids = tuple(str(entry.value[name]) for name in ("id", "uid") if entry.value.get(name))
                facts.add(Group(VENDOR, entry.value["name"], entry.at("name"), facts.unit, ids=ids))
    for entry in entries_of(value, origin):
        if _is_member(entry.value):
            who = entry.text("email") or entry.text("login")
            if who is not None:
                place = entry.at("email") if entry.text("email") else entry.at("login")
                facts.add(Membership(VENDOR, str(entry.value["teamId"]), who, "user", place, facts.unit, exclusive=True))
    facts.resolved += len(facts.items)
    return facts


def _is_team(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("name"), str) and isinstance(item.get("id"), int)


def _is_member(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("teamId"), int) and isinstance(item.get("userId"), int)
