"""SCIM 2.0 users and groups, one by one, in lists, or in the envelope that a server answers with (RFC 7643, RFC 7644)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Group, Person
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, entries_of
from iamlint.parse.identity.member_lists import MemberLists
from iamlint.source.place import Origin
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

_PROVIDERS = ("okta", "entra", "google", "keycloak", "identity-center")


def is_scim(value: Any) -> bool:
    """Return whether a document holds SCIM users or groups."""
    if isinstance(value, list):
        return bool(value) and all(_schemas(item) & {USER, GROUP} for item in value)
    return bool(_schemas(value) & {USER, GROUP, LIST})


def parse_scim(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the people, groups and memberships of a document."""
    facts = Facts(context.unit, "scim", (origin.path,))
    provider = provider_of(origin.path)
    lists = MemberLists(provider, context.unit)
    for entry in _resources(value, origin):
        schemas = _schemas(entry.value)
        if USER in schemas:
            _add_user(entry, provider, facts, lists)
        elif GROUP in schemas:
            _add_group(entry, provider, facts, lists)
    facts.resolved += facts.size
    return facts


def provider_of(path: str) -> str:
    """Return the identity provider that the path of an export names, else `scim`."""
    words = re.split(r"[^a-z]+", path.casefold())
    if "azuread" in words or "azure" in words:
        return "entra"
    if "identitystore" in words or "identity-center" in path.casefold():
        return "identity-center"
    return next((name for name in _PROVIDERS if name in words), "scim")


def _schemas(value: Any) -> set[str]:
    schemas = value.get("schemas") if isinstance(value, dict) else None
    return {text for text in schemas if isinstance(text, str)} if isinstance(schemas, list) else set()


def _resources(value: Any, origin: Origin) -> Iterator[Entry]:
    if isinstance(value, dict) and LIST in _schemas(value):
        yield from Entry(value, origin).entries("Resources")
    else:
        yield from entries_of(value, origin)


def _add_user(entry: Entry, provider: str, facts: Facts, lists: MemberLists) -> None:
    emails = list(entry.entries("emails"))
    chosen = next((email for email in emails if email.flag("primary")), emails[0] if emails else None)
    email, place = (chosen.text("value"), chosen.at("value")) if chosen is not None else (None, entry.place)
    if email is None:
        email, place = entry.text("userName"), entry.at("userName")
    if email is None:
        return
    active = entry.value.get("active")
    status: Value = (
        "active"
        if active is True
        else "suspended"
        if active is False
        else Unknown(f"the export does not say whether `{email}` is active", place, f"status:{email.casefold()}")
    )
    ids = tuple(text for name in ("id", "userName", "externalId") if (text := entry.text(name)) is not None)
    facts.add(Person(provider, email, status, place, facts.unit, ids=ids, profile=_profile(entry)))
    groups = entry.texts_in("groups", "value")
    facts.items += lists.groups_of(ids[0] if ids else email, "user", groups, entry.at("groups"), ("value",))


def _profile(entry: Entry) -> dict[str, Value]:
    found: dict[str, Value] = {name: text for name in ("userType", "title") if (text := entry.text(name)) is not None}
    extension = entry.mapping(ENTERPRISE)
    if extension is not None:
        for name in ("department", "division", "organization", "costCenter", "employeeNumber"):
            if (text := extension.text(name)) is not None:
                found[name] = text
    return found


def _add_group(entry: Entry, provider: str, facts: Facts, lists: MemberLists) -> None:
    name = entry.text("displayName")
    if name is None:
        return
    ids = tuple(text for field in ("id", "externalId") if (text := entry.text(field)) is not None)
    facts.add(Group(provider, name, entry.at("displayName"), facts.unit, ids=ids))
    members: Any = entry.value.get("members")
    found = ((index, value, _member_kind(members[index])) for index, value in entry.texts_in("members", "value"))
    facts.items += lists.members_of(name, found, entry.at("members"), ("value",))


def _member_kind(member: dict[str, Any]) -> str:
    """Return the kind of a member: by its type, else by the address it is at, else any."""
    stated, address = (text.casefold() if isinstance(text := member.get(field), str) else "" for field in ("type", "$ref"))
    if stated in ("user", "group"):
        return stated
    return "user" if "/users/" in address else "group" if "/groups/" in address else "any"
