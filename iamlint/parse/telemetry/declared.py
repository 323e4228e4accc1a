"""Projects, mappings, bindings and credentials as the manifest declares them (`kind: Telemetry`)."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import normpath

from iamlint.model.estate import Facts
from iamlint.model.identity import Group, Membership
from iamlint.model.telemetry import (
    RoleBinding,
    RoleGrant,
    ScopeMapping,
    ScopeRestriction,
    SubjectGrant,
    TelemetryCredential,
    TelemetryProject,
    TelemetryRendering,
)
from iamlint.parse.entry import Entry
from iamlint.parse.telemetry.grants import role_grant
from iamlint.parse.telemetry.vendors import KINDS as ALL_KINDS
from iamlint.parse.telemetry.vendors import VENDORS, Vendor
from iamlint.source.near import nearest
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.schema import is_date
from iamlint.source.value import Unknown, Value


class _Declaring(NamedTuple):
    """The document that declares, as its entries see it."""

    vendor: str
    organization: str | None
    resource: str
    facts: Facts


def parse_telemetry(document: Entry, facts: Facts) -> None:
    """Add what a document of kind `Telemetry` declares."""
    vendor = document.text("vendor")
    if vendor is None:
        return
    if vendor not in VENDORS:
        reason, at = f"the roles of the vendor `{vendor}` are not known", document.at("vendor")
        near = nearest(vendor, VENDORS, 0.8)
        if near is None:
            facts.unresolved.append(Unresolved(reason, at))
        else:
            facts.problems.append(Problem("IL003", reason, at, f"did you mean `{near}`?"))
    place = document.place
    resource = place.path if place.document == 0 else f"{place.path}#{place.document + 1}"
    declaring = _Declaring(vendor, document.text("organization"), resource, facts)
    if (target := document.text("terraform")) is not None:
        at = document.at("terraform")
        facts.add(TelemetryRendering(vendor, declaring.organization, normpath(target), resource, at, facts.unit))
    for entry in document.entries("projects"):
        _add_project(entry, declaring)
    for entry in document.entries("mappings"):
        _add_mapping(entry, declaring)
    for entry in document.entries("bindings"):
        _add_binding(entry, declaring)
    for entry in document.entries("teams"):
        _add_team(entry, declaring)
    for entry in document.entries("credentials"):
        _add_credential(entry, declaring)


def _add_project(entry: Entry, by: _Declaring) -> None:
    name = entry.text("name")
    if name is None:
        return
    by.facts.add(
        TelemetryProject(
            by.vendor, name, entry.at("name"), by.facts.unit, environment=entry.text("environment"),
            owner=entry.text("owner"), organization=by.organization, replaces=tuple(entry.texts("replaces")),
        )
    )  # fmt: skip
    roles = entry.mapping("roles")
    if entry.flag("restricted"):
        listed = tuple((role, grant) for role, _, grant in _roles_below(roles, by, name, entry.at("name")))
        by.facts.add(
            ScopeRestriction(by.vendor, by.organization, name, listed, entry.at("restricted"), by.facts.unit, by.resource)
        )
    elif roles is not None:
        message = "`roles` has no effect beside a project that is not `restricted`: the organization's roles open it anyway"
        by.facts.problems.append(Problem("IL003", message, entry.at("roles", part="key")))


def _roles_below(
    roles: Entry | None, by: _Declaring, project: str | None, place: Place
) -> Iterator[tuple[str, Place, RoleGrant]]:
    """Yield the entries of a mapping to roles: the key, its place, and the grant in the project (else in that of the key)."""
    for name in roles.value if roles is not None else ():
        if roles is not None and isinstance(name, str) and (role := roles.text(name)) is not None:
            at = roles.at(name, part="key")
            yield name, at, role_grant(by.vendor, role, roles.at(name), project or name, place if project else at)


def _add_team(entry: Entry, by: _Declaring) -> None:
    """Add a team at the vendor: a group of its own, who is in it, and what it holds."""
    name = entry.text("name")
    if name is None:
        return
    unit = by.facts.unit
    by.facts.add(Group(by.vendor, name, entry.at("name"), unit))
    for member, place in entry.texts("members"):
        by.facts.add(Membership(by.vendor, name, member, "user", place, unit))
    for group, place in entry.texts("groups"):
        attribute = Unknown("the attribute that carries groups is not written", place, f"groups attribute of {by.vendor}")
        by.facts.add(ScopeMapping(by.vendor, by.organization, attribute, group, (), place, unit, by.resource, place, team=name))
    for _, at, grant in _roles_below(entry.mapping("roles"), by, None, entry.place):
        by.facts.add(SubjectGrant(by.vendor, by.organization, "group", name, grant, at, unit, by.resource))


def _add_mapping(entry: Entry, by: _Declaring) -> None:
    attribute, value = entry.text("attribute"), entry.text("value")
    if attribute is None or value is None:
        return
    grants: list[RoleGrant] = []
    if (role := entry.text("organization_role")) is not None:
        grants.append(role_grant(by.vendor, role, entry.at("organization_role")))
    roles = entry.mapping("project_roles")
    if roles is not None:
        for project in roles.value:
            if isinstance(project, str) and (role := roles.text(project)) is not None:
                grants.append(role_grant(by.vendor, role, roles.at(project), project, roles.at(project, part="key")))
    by.facts.add(
        ScopeMapping(
            by.vendor, by.organization, attribute, value, tuple(grants), entry.place, by.facts.unit, by.resource,
            entry.at("value"),
        )
    )  # fmt: skip


def _add_binding(entry: Entry, by: _Declaring) -> None:
    role = entry.text("role")
    if role is None:
        return
    project = entry.text("project")
    grant = role_grant(by.vendor, role, entry.at("role"), project, entry.at("project") if project else None)
    by.facts.add(
        RoleBinding(
            by.vendor, by.organization, grant, tuple(entry.texts("users")), entry.at("role"), by.facts.unit, by.resource,
            entry.text("break_glass"), entry.at("break_glass"), _date(entry, "until"), entry.at("until"),
        )
    )  # fmt: skip


_FIELDS = (
    "name", "kind", "project", "organization", "role", "scopes", "use", "held_by", "stored_in", "created", "last_rotated",
    "expires", "environment", "team",
)  # fmt: skip


def _add_credential(entry: Entry, by: _Declaring) -> None:
    name, kind = entry.text("name"), entry.text("kind")
    if name is None or kind is None:
        return
    vendor = VENDORS.get(by.vendor)
    if vendor is not None and kind not in vendor.kinds:
        if kind in ALL_KINDS:
            kinds = ", ".join(f"`{known}`" for known in vendor.kinds)
            message = f"{vendor.title} has no credentials of kind `{kind}`"
            by.facts.problems.append(Problem("IL003", message, entry.at("kind"), f"its kinds: {kinds}"))
        return
    if vendor is None and kind not in ALL_KINDS:
        return
    says = vendor is None or (kind not in vendor.ingest and kind not in vendor.fixed)  # its kind does not say what it may
    role = None
    if (text := entry.text("role")) is not None and says:
        role = role_grant(by.vendor, text, entry.at("role"), entry.text("project"), entry.at("project"))
    elif text is not None:
        message = f"`role` belongs to an API key; what a credential of kind `{kind}` may do follows from its kind"
        by.facts.problems.append(Problem("IL003", message, entry.at("role", part="key")))
    scopes = _scopes(entry, kind, vendor, by)
    project = _credential_project(entry, kind, role, by)
    if role is not None:
        role = role._replace(project=project)
    known_role = role.role if role is not None else None
    use = entry.text("use")
    by.facts.add(
        TelemetryCredential(
            vendor=by.vendor,
            name=name,
            kind=kind,
            project=project,
            organization=by.organization,
            role=role,
            capabilities=vendor.capabilities(kind, known_role, scopes) if vendor is not None else frozenset(),
            use=use,
            holders=tuple(entry.texts("held_by")),
            stored_in=tuple(entry.texts("stored_in")),
            created=_date(entry, "created"),
            last_rotated=_date(entry, "last_rotated"),
            expires=_date(entry, "expires"),
            place=entry.at("name"),
            unit=by.facts.unit,
            environment=entry.text("environment"),
            team=entry.text("team"),
            route_places=tuple((field, entry.at(field)) for field in _FIELDS if field in entry.value),
        )
    )


def _scopes(entry: Entry, kind: str, vendor: Vendor | None, by: _Declaring) -> tuple[str, ...]:
    """Return the scopes that a credential declares; what the vendor does not know of them is in the coverage."""
    scopes = entry.texts("scopes")
    if vendor is not None and scopes and kind not in vendor.scoped:
        message = f"a credential of kind `{kind}` has no scopes"
        by.facts.problems.append(Problem("IL003", message, entry.at("scopes", part="key")))
        return ()
    for scope, place in scopes:
        if vendor is not None and vendor.scope_capabilities(scope) is None:
            by.facts.unresolved.append(Unresolved(f"what the scope `{scope}` permits is not known", place))
    return tuple(scope for scope, _ in scopes)


def _credential_project(entry: Entry, kind: str, role: RoleGrant | None, by: _Declaring) -> Value | None:
    """Return the credential's project, None for the organization, or an unknown where nothing says it."""
    project = entry.text("project")
    vendor = VENDORS.get(by.vendor)
    organization = entry.flag("organization") or (vendor is not None and kind in vendor.of_organization)
    if project is not None and organization:
        message = (
            "`project` and `organization: true` contradict each other"
            if entry.flag("organization")
            else f"a credential of kind `{kind}` belongs to the organization, not to a `project`"
        )
        by.facts.problems.append(Problem("IL003", message, entry.at("project", part="key")))
    if organization:
        return None
    if project is not None:
        return project
    if role is not None and role.project is not None:
        return role.project
    if role is not None and role.role is not None and role.role.level == "organization":
        return None
    name = entry.text("name")
    reason = f"nothing says to which project the credential `{name}` belongs"
    by.facts.unresolved.append(Unresolved(reason, entry.at("name")))
    return Unknown(reason, entry.at("name"), f"project of token:{by.vendor}/{name}")


def _date(entry: Entry, field: str) -> str | None:
    text = entry.text(field)
    return text if text is not None and is_date(text) else None
