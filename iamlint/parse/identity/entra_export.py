"""What Microsoft Graph and `az ad` answer, kept in files: users, groups with members and owners, applications, roles.

A list says what it is by `@odata.context` or by what its objects hold. A list of members does not name its group: the path does
(`groups/<object id>/members.json`), or the members stand inside the group, as `$expand=members` gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Administration, ApplicationAssignment, Group, Membership, Person
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, all_alike, entries_of
from iamlint.parse.identity.entra_claims import GRAPH_ROLES
from iamlint.parse.identity.entra_export_apps import add_application, add_principal
from iamlint.parse.identity.entra_roles import ROLES
from iamlint.parse.identity.okta_export_apps import add_profile
from iamlint.source.place import Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROVIDER = "entra"

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_OF = re.compile(rf"(?:^|/)(groups|directoryRoles)[/_.-]({_GUID})[/_.-](members|owners)\.(?:jsonl?|ndjson|ya?ml)$")
_KINDS = {"#microsoft.graph.user": "user", "#microsoft.graph.group": "group", "#microsoft.graph.servicePrincipal": "bot"}


def is_entra_export(value: Any) -> bool:
    """Return whether a document is an answer of Microsoft Graph about the directory."""
    return all_alike(_items(value), _kind)


def parse_entra_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what an answer declares."""
    facts = Facts(context.unit, "entra-export", (origin.path,))
    of = _OF.search(origin.path)
    for entry in _entries(value, origin):
        kind = _kind(entry.value)
        if kind == "user" and (of is None or "mail" in entry.value):  # a part of a person does not say their address
            _add_user(entry, facts)
        elif kind == "group":
            _add_group(entry, facts)
        elif kind == "application":
            add_application(entry, facts)
        elif kind == "principal":
            add_principal(entry, facts)
        elif kind == "app role assignment":
            _add_assignment(entry, facts)
        elif kind == "role assignment":
            _add_role(entry, facts)
        elif kind == "directory role":
            _add_directory_role(entry, facts)
        if of is not None and (identifier := entry.text("id")) is not None:
            _add_listed(entry, identifier, of, facts)
    facts.resolved += len(facts.items)
    return facts


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("value"), list) and "@odata.context" in value:
        listed: list[Any] = value["value"]
        return listed
    return value if isinstance(value, list) else [value]


def _entries(value: Any, origin: Origin) -> Iterator[Entry]:
    if isinstance(value, dict) and "@odata.context" in value and isinstance(value.get("value"), list):
        yield from Entry(value, origin).entries("value")
    else:
        yield from entries_of(value, origin)


def _kind(item: Any) -> str | None:
    """Return what an object of the directory is, by its declared type or by fields that only it has."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    declared = item.get("@odata.type")
    if "userPrincipalName" in item or declared == "#microsoft.graph.user":
        return "user"
    if ("groupTypes" in item or "securityEnabled" in item) or declared == "#microsoft.graph.group":
        return "group"
    if "principalId" in item and "appRoleId" in item and "resourceId" in item:
        return "app role assignment"
    if "principalId" in item and "roleDefinitionId" in item:
        return "role assignment"
    if "roleTemplateId" in item:
        return "directory role"
    if "appId" in item and ("servicePrincipalType" in item or "appRoleAssignmentRequired" in item):
        return "principal"
    if "appId" in item and ("passwordCredentials" in item or "signInAudience" in item or "web" in item):
        return "application"
    return "principal" if declared == "#microsoft.graph.servicePrincipal" else None


def _add_user(entry: Entry, facts: Facts) -> None:
    field = "mail" if entry.text("mail") is not None else "userPrincipalName"
    email, identifier = entry.text(field), entry.text("id") or ""
    if email is None:
        return
    enabled = entry.value.get("accountEnabled")
    unread = Unknown(f"the export does not say whether `{email}` is active", entry.place, f"status:{email.casefold()}")
    status: Value = "active" if enabled is True else "suspended" if enabled is False else unread
    ids = tuple(text for text in (identifier, entry.text("userPrincipalName")) if text)
    facts.add(Person(PROVIDER, email, status, entry.at(field), facts.unit, ids=ids, profile=add_profile(entry)))


def _add_group(entry: Entry, facts: Facts) -> None:
    name, identifier = entry.text("displayName"), entry.text("id") or ""
    if name is None:
        return
    facts.add(
        Group(
            PROVIDER, name, entry.at("displayName"), facts.unit, ids=(identifier,), presents={"id": identifier},
            guarded=entry.flag("isAssignableToRole"),
        )
    )  # fmt: skip
    rule = entry.text("membershipRule")
    if rule is not None and entry.text("membershipRuleProcessingState") != "Paused":
        place = entry.at("membershipRule")
        unknown = Unknown(f"members by the rule `{rule}`", place, f"entra:{identifier}:members")
        facts.add(Membership(PROVIDER, identifier, unknown, "user", place, facts.unit, dynamic=rule, language=PROVIDER))
    for member in entry.entries("members"):
        if (one := _expanded(member, facts)) is not None:
            kind = _KINDS.get(member.text("@odata.type") or "", "any")
            facts.add(Membership(PROVIDER, identifier, one, kind, member.at("id"), facts.unit, exclusive=True))
    for owner in entry.entries("owners"):
        if (one := _expanded(owner, facts)) is not None:
            kind = _KINDS.get(owner.text("@odata.type") or "", "any")
            facts.add(Administration(PROVIDER, one, kind, "owner", (identifier,), owner.at("id"), facts.unit))


def _expanded(entry: Entry, facts: Facts) -> str | None:
    """Return by what an object goes that stands inside another one; a person whose address is said there is added.

    Who says no address may have one elsewhere, under the user principal name.
    """
    identifier = entry.text("id")
    if identifier is None or _kind(entry.value) != "user":
        return identifier
    if "mail" in entry.value:
        _add_user(entry, facts)
        return identifier
    return entry.text("userPrincipalName") or identifier


def _add_assignment(entry: Entry, facts: Facts) -> None:
    member, app, role = (entry.text(name) or "" for name in ("principalId", "resourceId", "appRoleId"))
    stated = (entry.text("principalType") or "").casefold()
    place = entry.at("principalId")
    if role in GRAPH_ROLES and stated in ("serviceprincipal", ""):
        facts.add(Administration(PROVIDER, member, "bot", GRAPH_ROLES[role], None, place, facts.unit))
    elif stated != "serviceprincipal":
        kind = stated if stated in ("user", "group") else "any"
        facts.add(ApplicationAssignment(PROVIDER, app, member, kind, place, facts.unit))


def _add_role(entry: Entry, facts: Facts) -> None:
    role, holder = ROLES.get(entry.text("roleDefinitionId") or ""), entry.text("principalId")
    scope = entry.text("directoryScopeId") or "/"
    if role is None or holder is None:
        return
    if scope.startswith("/administrativeUnits"):
        place = entry.at("directoryScopeId")
        facts.unresolved.append(Unresolved("which groups are in an administrative unit is not in the answer", place))
        return
    groups = None if scope == "/" else (scope.rpartition("/")[2],)
    facts.add(Administration(PROVIDER, holder, "any", role, groups, entry.at("principalId"), facts.unit))


def _add_directory_role(entry: Entry, facts: Facts) -> None:
    role = ROLES.get(entry.text("roleTemplateId") or "")
    for member in entry.entries("members"):
        if role is not None and (one := _expanded(member, facts)) is not None:
            kind = _KINDS.get(member.text("@odata.type") or "", "any")
            facts.add(Administration(PROVIDER, one, kind, role, None, member.at("id"), facts.unit))


def _add_listed(entry: Entry, identifier: str, of: re.Match[str], facts: Facts) -> None:
    """Add the membership or ownership that a list stands for whose group the path names."""
    kind = {"user": "user", "group": "group", "principal": "bot"}.get(_kind(entry.value) or "", "any")
    if of[1] == "groups" and of[3] == "members":
        facts.add(Membership(PROVIDER, of[2], identifier, kind, entry.at("id"), facts.unit, exclusive=True))
    elif of[1] == "groups":
        facts.add(Administration(PROVIDER, identifier, kind, "owner", (of[2],), entry.at("id"), facts.unit))
