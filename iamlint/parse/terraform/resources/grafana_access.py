"""`grafana_service_account…`, `grafana_cloud_access_policy…`, `grafana_role…`: what machines hold, and custom roles."""

from __future__ import annotations

from iamlint.model.identity import Bot
from iamlint.model.telemetry import (
    ADMINISTER,
    EDIT,
    MANAGE_CREDENTIALS,
    READ,
    RoleGrant,
    SubjectGrant,
    TelemetryCredential,
    TelemetryRole,
)
from iamlint.parse.durations import lifetime_of
from iamlint.parse.telemetry.grafana import VENDOR, scope_capabilities
from iamlint.parse.telemetry.grants import role_grant
from iamlint.parse.terraform.attributes import as_text, is_true, nested, not_in_repository, place_of, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.grafana import TEAM_IDS, organization
from iamlint.parse.terraform.resources.grafana_permissions import holds
from iamlint.parse.terraform.resources.references import found, stored_in
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat

ACCOUNTS = ("grafana_service_account", "grafana_cloud_stack_service_account")


def home_of(instance: Instance, declared: Declared) -> str | None:
    """Return the organization of a service account: that of its stack, else of the provider."""
    slug = text(instance, "stack_slug")
    if isinstance(slug, str):
        return f"{slug}.grafana.net"
    return organization(instance, declared)


def _full(instance: Instance, declared: Declared, name: Value) -> Value:
    """Return a name that is unique in the repository: two instances of Grafana may have a `terraform` each."""
    return concat([home_of(instance, declared) or declared.unit, "/", name])


def bot_name(account: Instance, declared: Declared) -> Value:
    """Return the name of the bot that a service account is."""
    name = text(account, "name") or not_in_repository(account, declared.unit, "name")
    return concat([VENDOR, "/", _full(account, declared, name)])


def service_account(instance: Instance, declared: Declared) -> None:
    """Add a service account and its basic role."""
    if is_true(instance, "is_disabled"):
        return
    bot = bot_name(instance, declared)
    declared.add(Bot(bot, "service-account", place_of(instance, "name"), declared.unit))
    grant = _basic_role(instance)
    declared.add(
        SubjectGrant(VENDOR, home_of(instance, declared), "bot", bot, grant, grant.place, declared.unit, declared.ref(instance))
    )


def _basic_role(account: Instance) -> RoleGrant:
    at = place_of(account, "role")
    return role_grant(VENDOR, text(account, "role") or Unknown("the role is not written", at), at)


def _of_role(grant: RoleGrant | None) -> frozenset[str]:
    return grant.role.capabilities if grant is not None and grant.role is not None else frozenset()


def service_account_token(instance: Instance, declared: Declared) -> None:
    """Add a token; it may do what its service account may."""
    account = found(declared, ACCOUNTS, text(instance, "service_account_id"))
    if account is not None and is_true(account, "is_disabled"):
        return
    grant = _basic_role(account) if account is not None else None
    lives = text(instance, "seconds_to_live")
    holder = bot_name(account, declared) if account is not None else None
    _credential(instance, declared, "service-account-token", "key", _Held(
        None, home_of(instance, declared), grant, _of_role(grant), lasting=lives in (None, "", "0"), acts_as=holder,
        rotated=_rotated(instance, "seconds_to_live"),
    ))  # fmt: skip


def _rotated(instance: Instance, attribute: str) -> tuple[int, Place] | None:
    """Return the days that a token lives which is then made anew, and where that is written."""
    lives = written(instance, attribute)
    seconds = lifetime_of(text(instance, attribute)) if "_rotating_" in instance.type else None
    return (max(1, -(-seconds // 86_400)), lives.place) if lives is not None and seconds is not None else None


def api_key(instance: Instance, declared: Declared) -> None:
    """Add a key of the old kind, which holds a basic role itself."""
    grant = _basic_role(instance)
    lives = text(instance, "seconds_to_live")
    _credential(instance, declared, "api-key", "key", _Held(
        None, home_of(instance, declared), grant, _of_role(grant), lasting=lives in (None, "", "0"),
    ))  # fmt: skip


def access_policy_token(instance: Instance, declared: Declared) -> None:
    """Add a token of Grafana Cloud; what it may do, and where, stands in its access policy."""
    policy = found(declared, ("grafana_cloud_access_policy",), text(instance, "access_policy_id"), ("policy_id", "id"))
    expires = text(instance, "expires_at")
    lasting = expires is None and text(instance, "expire_after") is None
    if policy is None:
        return
    capabilities: frozenset[str] = frozenset()
    for scope, place in texts(policy, "scopes"):
        permits = scope_capabilities(scope) if isinstance(scope, str) else None
        if permits is None:
            shown = scope if isinstance(scope, str) else "of the access policy"
            declared.facts.unresolved.append(Unresolved(f"what the scope `{shown}` permits is not known", place))
        else:
            capabilities |= permits
    for realm in nested(policy, "realm"):
        project, home = _realm(realm.value if isinstance(realm.value, Unknown) else None, text(realm, "type"),
                               text(realm, "identifier"), realm.place, declared)  # fmt: skip
        _credential(instance, declared, "access-policy-token", "token", _Held(
            project, home, None, capabilities, lasting, expires if isinstance(expires, str) else None,
            scopes=place_of(policy, "scopes"), rotated=_rotated(instance, "expire_after"),
        ))  # fmt: skip


def _realm(
    unknown: Unknown | None, kind: Value | None, identifier: Value | None, at: Place, declared: Declared
) -> tuple[Value | None, Value | None]:
    if unknown is not None or not isinstance(kind, str) or identifier is None:
        return unknown or Unknown("the realm of the access policy is not known", at), None
    if kind == "org":
        return None, None
    stack = found(declared, ("grafana_cloud_stack",), identifier, ("id", "slug"))
    slug = text(stack, "slug") if stack is not None else identifier
    return concat(["stack/", slug or identifier]), f"{slug}.grafana.net" if isinstance(slug, str) else None


class _Held(NamedTuple):
    """What a credential is worth."""

    project: Value | None
    organization: Value | None
    role: RoleGrant | None
    capabilities: frozenset[str]
    lasting: bool
    expires: str | None = None
    acts_as: Value | None = None
    scopes: Place | None = None
    rotated: tuple[int, Place] | None = None


def _credential(instance: Instance, declared: Declared, kind: str, secret: str, held: _Held) -> None:
    name = text(instance, "name") or text(instance, "name_prefix") or not_in_repository(instance, declared.unit, "name")
    at = place_of(instance, "name")
    symbol = not_in_repository(instance, declared.unit, secret)
    places = [("name", at), ("kind", instance.place)]
    if held.role is not None:
        places.append(("role", held.role.place))
    if held.scopes is not None:
        places.append(("scopes", held.scopes))
    if held.rotated is not None:
        places.append(("rotated_every", held.rotated[1]))
    declared.add(
        TelemetryCredential(
            VENDOR, _full(instance, declared, name), kind, held.project, held.organization, held.role, held.capabilities, None,
            (), stored_in((symbol,), declared), None, None, held.expires[:10] if held.expires else None, at, declared.unit,
            route_places=tuple(places), acts_as=held.acts_as, lasting=held.lasting, ids=(symbol,),
            rotated_every=held.rotated[0] if held.rotated is not None else None,
        )
    )  # fmt: skip


# custom roles

_ACTIONS = (
    (("serviceaccounts:write", "serviceaccounts:create", "serviceaccounts.permissions:write", "apikeys:create"),
     MANAGE_CREDENTIALS),
    (("org.users:", "users:", "users.permissions:", "roles:", "teams.permissions:", "folders.permissions:",
      "dashboards.permissions:", "datasources.permissions:", "orgs:", "users.roles:", "teams.roles:"), ADMINISTER),
    (("folders:", "dashboards:", "datasources:", "alert.rules:", "annotations:", "library.panels:"), EDIT),
)  # fmt: skip


def role_assignment(instance: Instance, declared: Declared) -> None:
    """Add what a role of the organization's own gives to users, teams and service accounts."""
    uid = text(instance, "role_uid")
    role = found(declared, ("grafana_role",), uid, ("uid", "id"))
    place = place_of(instance, "role_uid")
    grants = _custom_grants(role, place) if role is not None else [_fixed(uid, place)]
    home, ref = organization(instance, declared), declared.ref(instance)
    for grant in grants:
        for attribute in ("teams", "team_id"):
            for who, _ in texts(instance, attribute):
                team = found(declared, ("grafana_team",), who, TEAM_IDS)
                name = (text(team, "name") if team is not None else None) or who
                declared.add(SubjectGrant(VENDOR, home, "group", name, grant, place, declared.unit, ref))
        for attribute in ("users", "service_accounts", "user_id", "service_account_id"):
            for who, at in texts(instance, attribute):
                holds(who, at, grant, instance, declared)


def _fixed(uid: Value | None, place: Place) -> RoleGrant:
    shown = f" `{uid}`" if isinstance(uid, str) else ""
    return RoleGrant(Unknown(f"what the role{shown} permits is not in the repository", place), None, None, place)


def _custom_grants(role: Instance, place: Place) -> list[RoleGrant]:
    """Return what a custom role permits, one grant for each scope that its permissions name."""
    name = text(role, "name") or Unknown("the role has no name", role.place)
    by_scope: dict[str, set[str]] = {}
    for permission in nested(role, "permissions"):
        action, scope = text(permission, "action"), text(permission, "scope")
        if not isinstance(action, str) or not (scope is None or isinstance(scope, str)):
            return [RoleGrant(Unknown("what the role permits is not known", role.place), None, None, place)]
        if capability := _capability(action):
            by_scope.setdefault(_scope_of(scope or ""), set()).add(capability)
    shown = name if isinstance(name, str) else "a custom role"
    grants: list[RoleGrant] = []
    for scope_name, capabilities in sorted(by_scope.items()):
        project = scope_name or None
        known = TelemetryRole(VENDOR, shown, "project" if project else "organization", frozenset(capabilities),
                              not project and READ in capabilities)  # fmt: skip
        grants.append(RoleGrant(name, known, project, place, place if project else None))
    return grants


def _capability(action: str) -> str:
    if action.endswith((":read", ":query")):
        return READ if action.startswith(("folders:", "dashboards:", "datasources:query", "datasources:explore")) else ""
    for prefixes, capability in _ACTIONS:
        if action.startswith(prefixes):
            return capability
    return ""


def _scope_of(scope: str) -> str:
    """Return the scope of telemetry that a permission's scope names: `folders:uid:abc` is `folder/abc`; nothing for all."""
    kind, _, rest = scope.partition(":")
    unit = {"folders": "folder", "dashboards": "dashboard", "datasources": "datasource"}.get(kind)
    value = rest.rpartition(":")[2]
    return f"{unit}/{value}" if unit and value and "*" not in value else ""


def cloud_member(instance: Instance, declared: Declared) -> None:
    """Add a member of an organization of Grafana Cloud."""
    from iamlint.model.telemetry import RoleBinding

    who, role = written(instance, "user"), written(instance, "role")
    value = as_text(who)
    if who is None or role is None or value is None:
        return
    grant = role_grant(VENDOR, as_text(role) or "", role.place)
    home = text(instance, "org")
    declared.add(RoleBinding(VENDOR, home, grant, ((value, who.place),), role.place, declared.unit, declared.ref(instance)))
