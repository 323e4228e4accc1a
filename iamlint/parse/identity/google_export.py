"""What Google's Directory API and Cloud Identity API answer, kept in files: users, groups, members, administrators.

A list of members does not name its group: the path does, by address or id, as in `groups/eng@acme.example/members.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import EVERYONE, Administration, Group, Membership, Person
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, all_alike, entries_of
from iamlint.parse.identity.google_roles import RUNNING
from iamlint.source.place import Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROVIDER = "google"

_LISTS = {"users": "admin#directory#users", "groups": "admin#directory#groups", "members": "admin#directory#members"}
_ALONE = {"admin#directory#user": "users", "admin#directory#group": "groups", "admin#directory#member": "members"}
_OF = re.compile(
    r"(?:^|/)(?:(?:groups|members)/)?([\w.+-]+@[\w.-]+?|[a-z0-9]{12,20})(?:[/_.-]members)?\.(?:jsonl?|ndjson|ya?ml)$"
)


def _kind(item: dict[str, Any]) -> str:
    """Return what kind an item says it is; whatever else stands there is none."""
    kind = item.get("kind")
    return kind if isinstance(kind, str) else ""


def is_google_export(value: Any) -> bool:
    """Return whether a document is an answer about users, groups or members."""
    if isinstance(value, list):
        return all_alike(value, lambda item: isinstance(item, dict) and _kind(item) in _ALONE)
    if not isinstance(value, dict):
        return False
    kind = value.get("kind")
    if isinstance(kind, str) and (kind in _LISTS.values() or kind in _ALONE):
        return True
    return any(all_alike(value.get(name), _is_cloud) for name in ("groups", "memberships"))


def _is_cloud(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("name"), str) and item["name"].startswith("groups/")


def parse_google_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what an answer declares."""
    facts = Facts(context.unit, "google-export", (origin.path,))
    of = _OF.search(origin.path)
    group = of[1] if of is not None else None
    for kind, entry in _entries(value, origin):
        if kind == "users":
            _add_user(entry, facts)
        elif kind == "groups":
            _add_group(entry, facts)
        elif kind == "members":
            _add_member(entry, group, facts)
        elif kind == "memberships":
            _add_membership(entry, facts)
    facts.resolved += len(facts.items)
    return facts


def _entries(value: Any, origin: Origin) -> Iterator[tuple[str, Entry]]:
    if isinstance(value, list):
        yield from ((_ALONE[_kind(one.value)], one) for one in entries_of(value, origin) if _kind(one.value) in _ALONE)
        return
    root = Entry(value, origin)
    alone = _ALONE.get(_kind(value))
    if alone is not None:
        yield alone, root
    for name in ("users", "groups", "members", "memberships"):
        yield from ((name, entry) for entry in root.entries(name))


def _add_user(entry: Entry, facts: Facts) -> None:
    email = entry.text("primaryEmail")
    if email is None:
        return
    stopped = entry.flag("suspended") or entry.flag("archived")
    ids = (*(text for text in (entry.text("id"),) if text), *(text for text, _ in entry.texts("aliases")))
    profile: dict[str, Value | tuple[str, ...]] = {
        name: text for name in ("orgUnitPath",) if (text := entry.text(name)) is not None
    }
    for organization in entry.entries("organizations"):
        for name in ("department", "title", "costCenter"):
            if (text := organization.text(name)) is not None:
                profile.setdefault(name, text)
    status = "suspended" if stopped else "active"
    facts.add(Person(PROVIDER, email, status, entry.at("primaryEmail"), facts.unit, ids=ids, profile=profile))
    if entry.flag("isAdmin"):
        facts.add(Administration(PROVIDER, email, "user", "_SEED_ADMIN_ROLE", None, entry.at("isAdmin"), facts.unit))


def _add_group(entry: Entry, facts: Facts) -> None:
    head = entry.mapping("groupKey")
    email = head.text("id") if head is not None else entry.text("email")
    if email is None:
        return
    place = head.at("id") if head is not None else entry.at("email")
    shown = entry.text("displayName") if head is not None else entry.text("name")
    ids = (*(text for text in (entry.text("id"), entry.text("name") if head is not None else None) if text),
           *(text for text, _ in entry.texts("aliases")))  # fmt: skip
    presents: dict[str, Value] = {"display": shown} if shown is not None and shown != email else {}
    facts.add(Group(PROVIDER, email, place, facts.unit, ids=ids, presents=presents))


def _add_member(entry: Entry, group: str | None, facts: Facts) -> None:
    if group is None:
        reason = "of which group these are the members is said neither by the file nor by its path"
        facts.unresolved.append(Unresolved(reason, entry.place))
        return
    kind, email = entry.text("type") or "USER", entry.text("email")
    if kind == "CUSTOMER":
        facts.add(Group(PROVIDER, EVERYONE, entry.place, facts.unit, declared=False))
        facts.add(Membership(PROVIDER, group, EVERYONE, "group", entry.place, facts.unit))
        return
    member = email or entry.text("id")
    if member is None:
        return
    place = entry.at("email" if email is not None else "id")
    member_kind = "group" if kind == "GROUP" else "any" if ".iam.gserviceaccount.com" in member else "user"
    facts.add(Membership(PROVIDER, group, member, member_kind, place, facts.unit, exclusive=True))
    role = entry.text("role") or "MEMBER"
    if role in RUNNING:
        holder_kind = "group" if member_kind == "group" else "any"
        facts.add(Administration(PROVIDER, member, holder_kind, role.lower(), (group,), entry.at("role"), facts.unit))


def _add_membership(entry: Entry, facts: Facts) -> None:
    head, name = entry.mapping("preferredMemberKey"), entry.text("name") or ""
    member = head.text("id") if head is not None else None
    if head is None or member is None or "/memberships/" not in name:
        return
    group = name.partition("/memberships/")[0]
    facts.add(Membership(PROVIDER, group, member, "any", head.at("id"), facts.unit, exclusive=True))
    for role in entry.entries("roles"):
        if role.text("name") in RUNNING:
            words = (role.text("name") or "").lower()
            facts.add(Administration(PROVIDER, member, "any", words, (group,), role.at("name"), facts.unit))
