"""What Okta's API answers, kept in files: groups, users, group rules, applications and who is in what.

An answer names neither its endpoint nor, for a list of members, the group: then the path says it, as in
`groups/00g1/users.json`, `users/00u1/groups.json` or `apps/0oa1/groups.json`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from iamlint.model.estate import Facts
from iamlint.model.identity import Application, ApplicationAssignment, AttributeStatement, Group, Membership, Person
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.source.place import Origin
from iamlint.source.value import Unknown, Value

PROVIDER = "okta"

GROUP_TYPES = frozenset({"OKTA_GROUP", "APP_GROUP", "BUILT_IN"})
STATUSES = {
    "ACTIVE": "active", "LOCKED_OUT": "active", "PASSWORD_EXPIRED": "active", "RECOVERY": "active",
    "PROVISIONED": "staged", "STAGED": "staged", "SUSPENDED": "suspended", "DEPROVISIONED": "deprovisioned",
}  # fmt: skip

_OF = re.compile(r"(?:^|/)(groups|users|apps)[/_.-]([A-Za-z0-9]{3,40})[/_.-](users|groups)\.(?:json|ya?ml)$")


def is_okta_export(value: Any) -> bool:
    """Return whether a document holds what Okta's API answers for a group, user, rule or application, or a list of such."""
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(_kind(item) for item in items[:50])


def parse_okta_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the people, groups, memberships, applications and assignments of a document."""
    facts = Facts(context.unit, "okta-export", (origin.path,))
    endpoint = _OF.search(origin.path)
    for entry in _entries(value, origin):
        kind = _kind(entry.value)
        if endpoint is not None and endpoint[1] == "apps" and endpoint[3] == "groups":
            _assign(entry, endpoint[2], "group", facts)
        elif kind == "group":
            _add_group(entry, facts)
        elif kind == "user":
            _add_user(entry, facts)
        elif kind == "rule":
            _add_rule(entry, facts)
        elif kind == "application":
            _add_application(entry, facts)
        if endpoint is not None and endpoint[1] != "apps":
            _add_listed(entry, endpoint, facts)
    facts.resolved += len(facts.items)
    return facts


def _kind(item: Any) -> str | None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    profile = item.get("profile")
    if item.get("type") == "group_rule" and isinstance(item.get("actions"), dict):
        return "rule"
    if isinstance(item.get("signOnMode"), str) and isinstance(item.get("label"), str):
        return "application"
    if isinstance(profile, dict):
        if _is_one_of(item.get("type"), GROUP_TYPES) and isinstance(profile.get("name"), str):
            return "group"
        if _is_one_of(item.get("status"), STATUSES) and isinstance(profile.get("login"), str):
            return "user"
    if "priority" in item and isinstance(item.get("_links"), dict) and item["id"].startswith("00g"):
        return "assignment"
    return None


def _is_one_of(value: Any, known: Collection[str]) -> bool:
    return isinstance(value, str) and value in known


def _entries(value: Any, origin: Origin) -> Iterator[Entry]:
    if isinstance(value, dict):
        yield Entry(value, origin)
    elif isinstance(value, list):
        yield from (Entry(item, origin, (index,)) for index, item in enumerate(value) if isinstance(item, dict))


def _id(entry: Entry) -> str:
    return entry.text("id") or ""


def _add_group(entry: Entry, facts: Facts) -> None:
    profile = entry.mapping("profile")
    if profile is None or (name := profile.text("name")) is None:
        return
    facts.add(Group(PROVIDER, name, profile.at("name"), facts.unit, ids=(_id(entry),)))
    embedded = entry.mapping("_embedded")
    for user in embedded.entries("users") if embedded is not None else ():
        if _kind(user.value) == "user":
            _add_user(user, facts)
            facts.add(Membership(PROVIDER, _id(entry), _id(user), "user", user.place, facts.unit, exclusive=True))


def _add_user(entry: Entry, facts: Facts) -> None:
    profile = entry.mapping("profile")
    if profile is None:
        return
    name = "email" if profile.text("email") is not None else "login"
    email = profile.text(name)
    if email is None:
        return
    fields: dict[str, Value] = {
        field: text for field in profile.value if isinstance(field, str) and (text := profile.text(field)) is not None
    }
    status = STATUSES.get(entry.text("status") or "", "")
    state: Value = status or Unknown("the state of the user is not known", entry.place, f"status:{email.casefold()}")
    ids = tuple(dict.fromkeys((_id(entry), profile.text("login") or email)))
    facts.add(Person(PROVIDER, email, state, profile.at(name), facts.unit, ids=ids, profile=fields))


def _add_rule(entry: Entry, facts: Facts) -> None:
    """Add the memberships that a rule makes; whom its expression matches is not decided here."""
    if entry.text("status") == "INACTIVE":
        return
    conditions, actions = entry.mapping("conditions"), entry.mapping("actions")
    expression = conditions.mapping("expression") if conditions is not None else None
    assigned = actions.mapping("assignUserToGroups") if actions is not None else None
    if assigned is None:
        return
    rule = (expression.text("value") if expression is not None else None) or "a rule that is not known"
    place = expression.at("value") if expression is not None else entry.place
    for group, _ in assigned.texts("groupIds"):
        member = Unknown(f"members by the rule `{rule}`", place, f"okta:{_id(entry)}:members")
        facts.add(Membership(PROVIDER, group, member, "user", place, facts.unit, dynamic=rule))


def _add_application(entry: Entry, facts: Facts) -> None:
    settings = entry.mapping("settings")
    sign_on = settings.mapping("signOn") if settings is not None else None
    found: dict[str, Value] = {}
    for name, field in (
        ("audience", "audience"),
        ("sso_url", "ssoAcsUrl"),
        ("recipient", "recipient"),
        ("destination", "destination"),
    ):
        text = sign_on.text(field) if sign_on is not None else None
        if text is not None:
            found[name] = text
    statements = tuple(_statement(one) for one in sign_on.entries("attributeStatements")) if sign_on is not None else ()
    label = entry.text("label") or _id(entry)
    facts.add(
        Application(
            PROVIDER, label, _target(found, entry.text("name") or ""), statements, entry.at("label"), facts.unit,
            ids=(_id(entry),), settings=found, implicit_assignment=settings is not None and settings.flag("implicitAssignment"),
            implicit_place=settings.at("implicitAssignment") if settings is not None else None,
        )
    )  # fmt: skip


def _statement(entry: Entry) -> AttributeStatement:
    name = entry.text("name") or Unknown("the attribute's name is not written", entry.place)
    values = tuple(text for text, _ in entry.texts("values"))
    kind = entry.text("type") or "EXPRESSION"
    place = entry.at("filterValue") if entry.text("filterValue") is not None else None
    return AttributeStatement(name, kind, entry.text("filterType"), entry.text("filterValue"), values, entry.place, place)


_LIGHTSTEP = re.compile(r"https://app(\.eu)?\.lightstep\.com(/|$)", re.IGNORECASE)
_AWS = re.compile(r"https://([a-z0-9-]+\.)*signin\.aws\.amazon\.com/saml|urn:amazon:webservices", re.IGNORECASE)


def _target(settings: dict[str, Value], name: str) -> str | None:
    texts = [value for value in settings.values() if isinstance(value, str)]
    if any(_LIGHTSTEP.match(text) for text in texts) or "lightstep" in name:
        return "lightstep"
    return "aws" if any(_AWS.match(text) for text in texts) or name.startswith("amazon_aws") else None


def _assign(entry: Entry, app: str, kind: str, facts: Facts) -> None:
    facts.add(ApplicationAssignment(PROVIDER, app, _id(entry), kind, entry.at("id"), facts.unit, exclusive=True))


def _add_listed(entry: Entry, endpoint: re.Match[str], facts: Facts) -> None:
    """Add the membership that a list of one group's users, or of one user's groups, stands for."""
    owner, of, listed = endpoint[1], endpoint[2], endpoint[3]
    if (owner, listed) == ("groups", "users"):
        facts.add(Membership(PROVIDER, of, _id(entry), "user", entry.at("id"), facts.unit, exclusive=True))
    elif (owner, listed) == ("users", "groups"):
        facts.add(Membership(PROVIDER, _id(entry), of, "user", entry.at("id"), facts.unit))
