"""What the elements of an access file come to in the model: one function a section of the configuration."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.aws import ListedAssignment
from iamlint.model.estate import Facts
from iamlint.model.identity import Administration, Bot, Group, Membership, Person, Team
from iamlint.model.sign_in import Credential
from iamlint.model.telemetry import RoleBinding, RoleGrant, ScopeMapping
from iamlint.parse.context import Context
from iamlint.parse.identity.access_files import AccessFile, Row
from iamlint.parse.rotation import day_of
from iamlint.source.value import Unknown, Value

STATUSES = {
    "active": "active", "enabled": "active", "true": "active",
    "suspended": "suspended", "disabled": "suspended", "inactive": "suspended", "false": "suspended", "blocked": "suspended",
    "deprovisioned": "deprovisioned", "deleted": "deprovisioned", "left": "deprovisioned",
    "staged": "staged", "pending": "staged", "invited": "staged",
}  # fmt: skip


def _user(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    email = row.needed("email")
    if email is None:
        return
    place = row.at("email")
    text = row.text("status")
    status: Value = STATUSES.get(text.casefold(), "") if text is not None else ""
    if not status:
        status = Unknown(f"the file does not say whether `{email}` is active", place, f"status:{email.casefold()}")
    ids = tuple(one for one, _ in row.texts("id"))
    facts.add(Person(file.provider, email, status, place, facts.unit, ids=ids, profile=row.profile()))
    for group, at in row.texts("groups"):
        facts.add(Membership(file.provider, group, email, "user", at, facts.unit))


def _group(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    name = row.needed("name")
    if name is None:
        return
    ids = tuple(one for one, _ in row.texts("id"))
    facts.add(
        Group(
            file.provider, name, row.at("name"), facts.unit, ids=ids, team=row.text("team"), environment=row.text("environment"),
        )
    )  # fmt: skip
    for member, at in row.texts("members"):
        facts.add(Membership(file.provider, name, member, "any", at, facts.unit, exclusive=True))


def _member(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    group = row.needed("group")
    kind = row.text("kind") or "any"
    members = row.texts("member")
    if not members:
        row.needed("member")
    for member, at in members:
        if group is not None:
            facts.add(Membership(file.provider, group, member, kind if kind in _KINDS else "any", at, facts.unit))


_KINDS = frozenset({"user", "group", "bot", "any"})


def _bot(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    name = row.needed("name")
    if name is None:
        return
    groups = row.texts("groups")
    facts.add(
        Bot(
            name=name.removeprefix("bot:"),
            kind="agent" if row.text("kind") == "agent" else "bot",
            place=row.at("name"),
            unit=facts.unit,
            team=row.text("team"),
            environment=row.text("environment"),
            acts_for=tuple(text for text, _ in row.texts("acts-for")),
            groups=tuple(text for text, _ in groups),
            group_places=tuple(at for _, at in groups),
            ids=tuple(one for one, _ in row.texts("id")),
        )
    )


def _team(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    name = row.needed("name")
    if name is None:
        return
    groups = row.texts("groups")
    facts.add(
        Team(
            name=name,
            groups=tuple(text for text, _ in groups),
            projects=tuple(text for text, _ in row.texts("projects")),
            platform=row.text("platform") == "true",
            grants=(),
            place=row.at("name"),
            unit=facts.unit,
            group_places=tuple(at for _, at in groups),
        )
    )


def _assignment(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    """Add who may use a permission set in an account, the account by its number or name."""
    named, permission_set = row.needed("account"), row.needed("permission-set")
    if named is None or permission_set is None:
        return
    account: Value | None = named if named.isdigit() and len(named) == 12 else context.accounts.get(named)
    if account is None:
        account = Unknown(f"which account `{named}` is stands in no configuration", row.at("account"), f"account:{named}")
    for field in ("group", "user"):
        for principal, at in row.texts(field):
            facts.add(ListedAssignment(permission_set, account, principal, field, at, facts.unit))


def _grants(row: Row, vendor: str) -> list[RoleGrant]:
    from iamlint.parse.telemetry.grants import role_grant

    grants = [role_grant(vendor, role, at) for role, at in row.texts("organization-role")]
    projects = row.texts("project")
    for role, at in row.texts("role"):
        grants += [role_grant(vendor, role, at, project, place) for project, place in projects] or [role_grant(vendor, role, at)]
    return grants


def _mapping(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    attribute, value = row.needed("attribute"), row.needed("value")
    if attribute is None or value is None:
        return
    vendor = row.text("vendor") or file.vendor
    grants = tuple(_grants(row, vendor))
    place = row.at("value")
    facts.add(
        ScopeMapping(
            vendor, row.text("organization"), attribute, value, grants, row.place, facts.unit, row.origin.path, place,
        )
    )  # fmt: skip


def _binding(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    users = row.texts("user")
    if not users:
        row.needed("user")
        return
    vendor = row.text("vendor") or file.vendor
    for grant in _grants(row, vendor):
        facts.add(
            RoleBinding(
                vendor, row.text("organization"), grant, tuple(users), grant.place, facts.unit,
                f"{row.origin.path}#{grant.place.route}",
            )
        )  # fmt: skip


def _administrator(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    holder = row.needed("holder")
    groups = tuple(text for text, _ in row.texts("groups"))
    if holder is None:
        return
    kind = row.text("kind") or "any"
    role = row.text("role") or "owner"
    # Who owns no group in particular administers all of them only by a role.
    if groups or role != "owner":
        held = kind if kind in _KINDS else "any"
        facts.add(Administration(file.provider, holder, held, role, groups or None, row.at("holder"), facts.unit))


def _credential(row: Row, file: AccessFile, context: Context, facts: Facts) -> None:
    name = row.needed("name")
    if name is None:
        return
    dated = [field for field in ("created", "last-rotated", "expires") if row.text(field) is not None]
    places = tuple((field.replace("-", "_"), row.at(field)) for field in dated)
    kind = "user" if row.text("holder-kind") == "user" else "bot"
    facts.add(
        Credential(
            file.provider, name, row.text("kind") or "api-token", row.text("holder"), kind, row.at("name"), facts.unit,
            created=day_of(row.text("created")), last_rotated=day_of(row.text("last-rotated")),
            expires=day_of(row.text("expires")), places=places,
        )
    )  # fmt: skip


ADDERS: dict[str, Callable[[Row, AccessFile, Context, Facts], None]] = {
    "users": _user,
    "groups": _group,
    "members": _member,
    "bots": _bot,
    "teams": _team,
    "assignments": _assignment,
    "mappings": _mapping,
    "bindings": _binding,
    "administrators": _administrator,
    "credentials": _credential,
}
