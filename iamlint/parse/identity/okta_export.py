"""What Okta's API answers, kept in files: groups, users, rules, applications, who is in what, who administers, API tokens.

An answer names neither its endpoint nor, for a list of members, the group: then the path says it, as in
`groups/00g1/users.json`, `users/00u1/groups.json`, `apps/0oa1/groups.json`, `apps/0oa1/users.json` or `groups/00g1/roles.json`;
or an envelope does: `{"group": {…}, "users": […]}`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from iamlint.model.estate import Facts
from iamlint.model.identity import Administration, ApplicationAssignment, Group, Membership, Person
from iamlint.model.sign_in import Credential
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, all_alike, entries_of
from iamlint.parse.identity.member_lists import MemberLists
from iamlint.parse.identity.okta_export_apps import add_application, add_profile
from iamlint.source.place import Origin, Place
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROVIDER = "okta"

GROUP_TYPES = frozenset({"OKTA_GROUP", "APP_GROUP", "BUILT_IN"})
STATUSES = {
    "ACTIVE": "active", "LOCKED_OUT": "active", "PASSWORD_EXPIRED": "active", "RECOVERY": "active",
    "PROVISIONED": "staged", "STAGED": "staged", "SUSPENDED": "suspended", "DEPROVISIONED": "deprovisioned",
}  # fmt: skip
CHANGING_ROLES = frozenset({"SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})
_TARGETED = frozenset({"USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})

_OF = re.compile(
    r"(?:^|/)(groups|users|apps)[/_.-]([A-Za-z0-9]{3,40})[/_.-](users|groups|roles|owners)\.(?:jsonl?|ndjson|ya?ml)$"
)
_SINGULAR = {"groups": "group", "users": "user", "apps": "app"}


def is_okta_export(value: Any) -> bool:
    """Return whether a document holds what Okta's API answers: an object, a list of such, or an envelope."""
    if isinstance(value, dict) and _envelope(value) is not None:
        return True
    return all_alike(value if isinstance(value, list) else [value], _kind)


def parse_okta_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what a document declares."""
    facts = Facts(context.unit, "okta-export", (origin.path,))
    endpoint = _OF.search(origin.path)
    of = (endpoint[1], endpoint[2], endpoint[3]) if endpoint is not None else None
    envelope = _envelope(value) if isinstance(value, dict) else None
    if envelope is not None:
        root = Entry(value, origin)
        head = root.mapping(_SINGULAR[envelope])
        assert head is not None
        _add(head, None, facts)
        for name in ("users", "groups", "roles", "owners"):
            _add_all(list(root.entries(name)), (envelope, _id(head), name), root.at(name), facts)
    else:
        _add_all(list(entries_of(value, origin)), of, origin.at(), facts)
    facts.resolved += facts.size
    return facts


def _add_all(entries: list[Entry], of: tuple[str, str, str] | None, place: Place, facts: Facts) -> None:
    """Add what the entries of a list declare, and the memberships for which the list itself stands."""
    for entry in entries:
        _add(entry, of, facts)
    ends = None if of is None else (of[0], of[2])
    if of is None or ends not in (("groups", "users"), ("users", "groups")):
        return
    if entries and not entries[0].route:  # one object, and no list
        pair = (of[1], _id(entries[0])) if ends == ("groups", "users") else (_id(entries[0]), of[1])
        exclusive = ends == ("groups", "users")
        facts.add(Membership(PROVIDER, *pair, "user", entries[0].at("id"), facts.unit, exclusive))
        return
    lists = MemberLists(PROVIDER, facts.unit)
    found = [(index, _id(entry)) for entry in entries if isinstance(index := entry.route[-1], int)]
    if ends == ("groups", "users"):
        facts.items += lists.members_of(of[1], ((index, one, "user") for index, one in found), place, ("id",))
    else:
        facts.items += lists.groups_of(of[1], "user", found, place, ("id",))


def _add(entry: Entry, of: tuple[str, str, str] | None, facts: Facts) -> None:
    kind = _kind(entry.value)
    if of is not None and of[0] == "apps" and of[2] in ("groups", "users"):
        _assign(entry, of[1], of[2][:-1], facts)
        return
    if kind == "group":
        _add_group(entry, facts)
    elif kind == "user":
        _add_user(entry, facts)
    elif kind == "rule":
        _add_rule(entry, facts)
    elif kind == "application":
        add_application(entry, facts)
    elif kind == "token":
        _add_token(entry, facts)
    if of is not None and of[2] == "roles" and kind == "role":
        _add_role(entry, of[0][:-1], of[1], facts)
    elif of is not None and of[2] == "owners":
        _add_owner(entry, of[1], facts)


def _envelope(value: dict[Any, Any]) -> str | None:
    """Return what an envelope is about (`groups` for `{"group": …, "users": …}`), None for what is none."""
    for plural, singular in _SINGULAR.items():
        lists = [value[name] for name in ("users", "groups", "roles", "owners") if name in value]
        if singular in value and _kind(value[singular]) and lists and all(isinstance(items, list) for items in lists):
            return plural
    return None


def _kind(item: Any) -> str | None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    profile = item.get("profile")
    if item.get("type") == "group_rule" and isinstance(item.get("actions"), dict):
        return "rule"
    if isinstance(item.get("signOnMode"), str) and isinstance(item.get("label"), str):
        return "application"
    if isinstance(item.get("clientName"), str) and isinstance(item.get("userId"), str) and item["id"].startswith("00T"):
        return "token"
    if isinstance(item.get("assignmentType"), str) and isinstance(item.get("type"), str):
        return "role"
    if isinstance(profile, dict):
        if _is_one_of(item.get("type"), GROUP_TYPES) and isinstance(profile.get("name"), str):
            return "group"
        if _is_one_of(item.get("status"), STATUSES) and isinstance(profile.get("login"), str):
            return "user"
    if isinstance(item.get("_links"), dict) and item["id"].startswith(("00g", "00u")):
        return "assignment" if "priority" in item or "scope" in item else None
    if item.get("type") in ("USER", "GROUP") and isinstance(item.get("originType"), str):
        return "owner"
    return None


def _is_one_of(value: Any, known: Collection[str]) -> bool:
    return isinstance(value, str) and value in known


def _id(entry: Entry) -> str:
    return entry.text("id") or ""


def _add_group(entry: Entry, facts: Facts) -> None:
    profile = entry.mapping("profile")
    if profile is None or (name := profile.text("name")) is None:
        return
    facts.add(Group(PROVIDER, name, profile.at("name"), facts.unit, ids=(_id(entry),)))
    embedded = entry.mapping("_embedded")
    if embedded is None:
        return
    members = [user for user in embedded.entries("users") if _kind(user.value) == "user"]
    for user in members:
        _add_user(user, facts)
    found = ((index, _id(user), "user") for user in members if isinstance(index := user.route[-1], int))
    facts.items += MemberLists(PROVIDER, facts.unit).members_of(_id(entry), found, embedded.at("users"))


def _add_user(entry: Entry, facts: Facts) -> None:
    profile = entry.mapping("profile")
    if profile is None:
        return
    name, email, login = "email", profile.text("email"), profile.text("login")
    if email is None:
        name, email = "login", login
    if email is None:
        return
    if login is None or login == email:
        login = email  # one text and not two
    status = STATUSES.get(entry.text("status") or "", "")
    state: Value = status or Unknown("the state of the user is not known", entry.place, f"status:{email.casefold()}")
    identifier = _id(entry)
    ids = (identifier, login) if identifier != login else (login,)
    facts.add(Person(PROVIDER, email, state, profile.at(name), facts.unit, ids=ids, profile=add_profile(profile)))


def _add_rule(entry: Entry, facts: Facts) -> None:
    """Add the memberships that a rule makes; whom its expression matches is decided in the graph."""
    if entry.text("status") == "INACTIVE":
        return
    conditions, actions = entry.mapping("conditions"), entry.mapping("actions")
    expression = conditions.mapping("expression") if conditions is not None else None
    people = conditions.mapping("people") if conditions is not None else None
    users = people.mapping("users") if people is not None else None
    excluded = tuple(text for text, _ in users.texts("exclude")) if users is not None else ()
    assigned = actions.mapping("assignUserToGroups") if actions is not None else None
    if assigned is None:
        return
    text = expression.text("value") if expression is not None else None
    rule = text or "a rule that is not known"
    place = expression.at("value") if expression is not None else entry.place
    for group, _ in assigned.texts("groupIds"):
        member = Unknown(f"members by the rule `{rule}`", place, f"okta:{_id(entry)}:members")
        language = PROVIDER if text is not None else None
        facts.add(
            Membership(PROVIDER, group, member, "user", place, facts.unit, dynamic=rule, language=language, excluded=excluded)
        )


def _add_token(entry: Entry, facts: Facts) -> None:
    places = tuple((name, entry.at(field)) for name, field in (("created", "created"), ("expires", "expiresAt")))
    facts.add(
        Credential(
            PROVIDER, entry.text("name") or _id(entry), "api-token", entry.text("userId"), "user", entry.at("name"), facts.unit,
            created=_day(entry.text("created")), expires=_day(entry.text("expiresAt")), places=places,
            expiry_known=False,  # a token that is used lives on: the day moves with every use ("API token management")
        )
    )  # fmt: skip


def _day(text: str | None) -> str | None:
    return text[:10] if text is not None and re.match(r"\d{4}-\d\d-\d\d", text) else None


def _add_role(entry: Entry, kind: str, holder: str, facts: Facts) -> None:
    role = entry.text("type") or ""
    if role in CHANGING_ROLES and entry.text("status") != "INACTIVE":
        embedded = entry.mapping("_embedded")
        targets = embedded.mapping("targets") if embedded is not None else None
        listed = tuple(_id(group) for group in targets.entries("groups")) if targets is not None else ()
        groups = listed if listed and role in _TARGETED else None
        facts.add(Administration(PROVIDER, holder, kind, role, groups, entry.at("type"), facts.unit))


def _add_owner(entry: Entry, group: str, facts: Facts) -> None:
    kind = entry.text("type")
    if kind in ("USER", "GROUP"):
        facts.add(Administration(PROVIDER, _id(entry), kind.lower(), "owner", (group,), entry.at("id"), facts.unit))


def _assign(entry: Entry, app: str, kind: str, facts: Facts) -> None:
    if kind == "user" and entry.text("scope") == "GROUP":
        return  # by a group, which is listed among the application's groups
    profile = entry.mapping("profile")
    held = {name: text for name in profile.value if (text := profile.text(name)) is not None} if profile is not None else {}
    exclusive = kind == "group"
    facts.add(ApplicationAssignment(PROVIDER, app, _id(entry), kind, entry.at("id"), facts.unit, exclusive, held))
