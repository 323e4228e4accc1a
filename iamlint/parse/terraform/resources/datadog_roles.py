"""`datadog_role…`, `datadog_dataset`, `datadog_…restriction…`: what roles permit, and what data they do not open."""

from __future__ import annotations

from iamlint.model.telemetry import READ, RoleGrant, ScopeRestriction, SubjectGrant, TelemetryProject
from iamlint.parse.telemetry.datadog import ORGANIZATION_ROLES, UNITS, VENDOR, custom_role, permission_capabilities
from iamlint.parse.telemetry.grants import role_grant
from iamlint.parse.terraform.attributes import is_true, nested, place_of, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

ROLES = ("datadog_role",)
_DEFAULTS = frozenset({READ})
"""What a role has that does not opt out of the default permissions."""


def granted(role: Value, place: Place, declared: Declared) -> tuple[RoleGrant, ...]:
    """Return what a role (named by its id) gives: in the organization, and in the logs to which it is restricted."""
    from iamlint.parse.terraform.resources.datadog import permission_name

    instance = found(declared, ROLES, role)
    if instance is None:
        shown = f" `{role}`" if isinstance(role, str) else ""
        return (_unknown(f"what the role{shown} permits is not in the repository", place, key(role)),)
    if instance.mode == "data":
        name = text(instance, "filter") or text(instance, "name")
        if isinstance(name, str) and name in ORGANIZATION_ROLES:
            return (role_grant(VENDOR, name, place),)
        shown = f" `{name}`" if isinstance(name, str) else ""
        return (_unknown(f"what the role{shown} permits is not in the repository", place, key(role)),)
    permissions: list[str] = []
    for block in nested(instance, "permission"):
        value = text(block, "id") if not isinstance(block.value, Unknown) else block.value
        permission = permission_name(value) if value is not None else None
        if permission is None:
            return (_unknown("which permissions the role has is not in the repository", place, key(role)),)
        permissions.append(permission)
    return _custom(instance, permissions, place, declared)


def _unknown(reason: str, place: Place, symbol: str) -> RoleGrant:
    return RoleGrant(Unknown(reason, place, f"datadog role {symbol}"), None, None, place)


def _custom(instance: Instance, permissions: list[str], place: Place, declared: Declared) -> tuple[RoleGrant, ...]:
    name = text(instance, "name") or "a custom role"
    defaults = frozenset() if is_true(instance, "default_permissions_opt_out") else _DEFAULTS
    capabilities = defaults.union(*(permission_capabilities(one) for one in permissions))
    queries = _queries(instance, declared)
    shown = name if isinstance(name, str) else key(name)
    if not queries:
        return (RoleGrant(name, custom_role(shown, capabilities), None, place),)
    others = [one for one in permissions if not one.startswith("logs_")]
    elsewhere = defaults.union(*(permission_capabilities(one) for one in others))
    grants = [RoleGrant(name, custom_role(shown, elsewhere), None, place)]
    if READ in capabilities:
        grants += [role_grant(VENDOR, "viewer", place, scope, at) for scope, at in queries]
    return tuple(grants)


def _queries(role: Instance, declared: Declared) -> list[tuple[Value, Place]]:
    """Return the scopes of logs to which restriction queries limit a role."""
    scopes: list[tuple[Value, Place]] = []
    for query in declared.all("datadog_logs_restriction_query"):
        if any(found(declared, ROLES, value) is role for value, _ in texts(query, "role_ids")):
            scopes.append((_logs(query), place_of(query, "restriction_query")))
    return scopes


def _logs(query: Instance) -> Value:
    return concat(["logs/", text(query, "restriction_query") or ""])


def restriction_query(instance: Instance, declared: Declared) -> None:
    """Add the logs that a query selects as a scope; the roles that are limited to it have it."""
    from iamlint.parse.terraform.resources.datadog import organization

    query = text(instance, "restriction_query")
    at = place_of(instance, "restriction_query")
    environment = _environment([query] if query is not None else [])
    home = organization(instance, declared)
    declared.add(TelemetryProject(VENDOR, _logs(instance), at, declared.unit, environment, organization=home))


def dataset(instance: Instance, declared: Declared) -> None:
    """Add restricted data, and who reaches it."""
    from iamlint.parse.terraform.resources.datadog import organization

    name = concat(["dataset/", text(instance, "name") or ""])
    at, home = place_of(instance, "name"), organization(instance, declared)
    filters = [value for block in nested(instance, "product_filters") for value, _ in texts(block, "filters")]
    declared.add(TelemetryProject(VENDOR, name, at, declared.unit, _environment(filters), organization=home))
    listed = _principals(instance, declared, name, at, texts(instance, "principals"), "viewer")
    declared.add(ScopeRestriction(VENDOR, home, name, tuple(listed), at, declared.unit, declared.ref(instance)))


def restriction_policy(instance: Instance, declared: Declared) -> None:
    """Add a dashboard, monitor or other thing to which only some have access."""
    from iamlint.parse.terraform.resources.datadog import organization

    at, home = place_of(instance, "resource_id"), organization(instance, declared)
    kind, rest = _head(text(instance, "resource_id") or "")
    if kind not in UNITS or rest is None:
        return
    thing = found(declared, (f"datadog_{kind}",), rest)
    title = (text(thing, "title") or text(thing, "name") if thing is not None else None) or rest
    name = concat([kind, "/", title])
    used_by = "" if thing is not None else instance.address
    declared.add(
        TelemetryProject(VENDOR, name, at, declared.unit, declared=thing is not None, organization=home, used_by=used_by)
    )
    listed: list[tuple[Value, RoleGrant]] = []
    for block in nested(instance, "bindings"):
        relation = text(block, "relation") if not isinstance(block.value, Unknown) else block.value
        listed += _principals(instance, declared, name, at, texts(block, "principals"), relation or "viewer")
    declared.add(ScopeRestriction(VENDOR, home, name, tuple(listed), at, declared.unit, declared.ref(instance)))


def _principals(
    instance: Instance, declared: Declared, name: Value, at: Place, principals: tuple[tuple[Value, Place], ...], relation: Value
) -> list[tuple[Value, RoleGrant]]:
    """Add what teams and users hold; return the roles that are listed, `*` for everybody of the organization."""
    from iamlint.model.telemetry import RoleBinding
    from iamlint.parse.terraform.resources.datadog import ACCOUNTS, USERS, bot_name, organization, team_name

    listed: list[tuple[Value, RoleGrant]] = []
    home, ref = organization(instance, declared), declared.ref(instance)
    for principal, place in principals:
        kind, rest = _head(principal)
        grant = role_grant(VENDOR, relation, place, name, at)
        if kind == "org":
            listed.append(("*", grant))
        elif kind == "role" and rest is not None:
            role = granted(rest, place, declared)[0]
            listed.append((role.text, grant))
        elif kind == "team" and rest is not None:
            team = team_name(rest, declared)
            declared.add(SubjectGrant(VENDOR, home, "group", team, grant, place, declared.unit, ref))
        elif kind == "user" and rest is not None:
            account = found(declared, ACCOUNTS, rest)
            user = found(declared, USERS, rest)
            if account is not None:
                bot = bot_name(account, declared)
                declared.add(SubjectGrant(VENDOR, home, "bot", bot, grant, place, declared.unit, ref))
            else:
                email = (text(user, "email") if user is not None else None) or rest
                declared.add(RoleBinding(VENDOR, home, grant, ((email, place),), place, declared.unit, ref))
        else:
            unknown = Unknown("which principal is listed is not known", place)
            listed.append(("*", RoleGrant(unknown, None, name, place, at)))
    return listed


def _head(value: Value) -> tuple[str, Value | None]:
    """Split `role:⟨id⟩` at its first colon."""
    parts = value.parts if isinstance(value, Text) else (value,)
    if not isinstance(parts[0], str):
        return "", None
    kind, colon, rest = parts[0].partition(":")
    return kind, concat([rest, *parts[1:]]) if colon else None


def _environment(filters: list[Value]) -> Value | None:
    """Return the environment that a filter or query fixes (`env:prod`)."""
    for text_ in filters:
        for term in text_.split() if isinstance(text_, str) else ():
            name, _, value = term.lstrip("@").partition(":")
            if name in ("env", "environment") and value and "*" not in value:
                return value
    return None


def held_by_role() -> dict[tuple[str, str], Reader]:
    """Return the readers of this file."""
    return {
        ("managed", "datadog_dataset"): dataset,
        ("managed", "datadog_restriction_policy"): restriction_policy,
        ("managed", "datadog_logs_restriction_query"): restriction_query,
    }
