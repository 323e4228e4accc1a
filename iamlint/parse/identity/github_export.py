"""What GitHub's REST API answers, kept in files: teams, their members and repositories, members of an organization.

A list of members or repositories does not name its team: the path does, as in `teams/checkout/members.json`,
`teams/checkout/repos.json`, `orgs/acme/members.json`.
"""

from __future__ import annotations

import re

from iamlint.model.estate import Facts
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.sign_in import RepositoryTeam
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, all_alike, entries_of
from iamlint.parse.identity.github_names import PROVIDER, account
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_OF = re.compile(r"(?:^|/)(teams|orgs)/([A-Za-z0-9._-]+)/(members|repos|teams)\.(?:jsonl?|ndjson|ya?ml)$")
_ORDER = ("admin", "maintain", "push", "triage", "pull")


def is_github_export(value: Any) -> bool:
    """Return whether a document is a list of teams, accounts or repositories of GitHub, or one of these."""
    return all_alike(value if isinstance(value, list) else [value], _kind)


def parse_github_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what an answer declares."""
    facts = Facts(context.unit, "github-export", (origin.path,))
    of = _OF.search(origin.path)
    for entry in entries_of(value, origin):
        kind = _kind(entry.value)
        if kind == "team":
            _add_team(entry, facts)
        elif kind == "account":
            _add_account(entry, of, facts)
        elif kind == "repository" and of is not None and of[1] == "teams":
            _add_repository(entry, of[2], facts)
    facts.resolved += len(facts.items)
    return facts


def _kind(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("slug"), str) and isinstance(item.get("members_url"), str):
        return "team"
    if isinstance(item.get("login"), str) and isinstance(item.get("node_id"), str) and "site_admin" in item:
        return "account"
    return "repository" if isinstance(item.get("full_name"), str) and isinstance(item.get("permissions"), dict) else None


def _add_team(entry: Entry, facts: Facts) -> None:
    slug = entry.text("slug") or ""
    number = entry.value.get("id")
    ids = (*(text for text in (entry.text("node_id"),) if text), *([str(number)] if isinstance(number, (int, str)) else []))
    facts.add(Group(PROVIDER, slug, entry.at("slug"), facts.unit, ids=ids, team=slug))
    parent = entry.mapping("parent")
    above = parent.text("slug") if parent is not None else None
    if parent is not None and above is not None:
        facts.add(Membership(PROVIDER, above, slug, "group", parent.at("slug"), facts.unit))


def _add_account(entry: Entry, of: re.Match[str] | None, facts: Facts) -> None:
    login = entry.text("login") or ""
    if entry.text("type") == "Bot":
        return
    person = account(login)
    facts.add(Person(PROVIDER, person, "active", entry.at("login"), facts.unit, ids=(login,)))
    if of is not None and of[1] == "teams" and of[3] == "members":
        facts.add(Membership(PROVIDER, of[2], person, "user", entry.at("login"), facts.unit, exclusive=True))


def _add_repository(entry: Entry, team: str, facts: Facts) -> None:
    permissions = entry.mapping("permissions")
    highest = next((word for word in _ORDER if permissions is not None and permissions.flag(word)), "pull")
    facts.add(RepositoryTeam(entry.text("full_name") or "", team, highest, entry.at("full_name"), facts.unit))
