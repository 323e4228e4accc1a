"""`datadog_*`: roles, users, teams and mappings, restricted data, and keys."""

from __future__ import annotations

from iamlint.model.identity import Administration, Bot, Group, Membership
from iamlint.model.telemetry import RoleBinding, RoleGrant, ScopeMapping, SubjectGrant, TelemetryCredential
from iamlint.parse.telemetry.datadog import VENDOR, permission_capabilities
from iamlint.parse.terraform.attributes import as_text, is_true, not_in_repository, place_of, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.datadog_roles import granted, held_by_role
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found, looked_up, names, provider_block, stored_in
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value, concat, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

USERS = ("datadog_user",)
ACCOUNTS = ("datadog_service_account",)
TEAMS = ("datadog_team",)


def organization(instance: Instance, declared: Declared) -> str | None:
    """Return the organization's name where the root module declares one, else the site of the provider, else None."""
    settings = declared.all("datadog_organization_settings")
    name = text(settings[0], "name") if len(settings) == 1 else None
    if isinstance(name, str):
        return name
    block = provider_block(instance, declared)
    url = text(block, "api_url") if block is not None else None
    return url.partition("://")[2].strip("/") if isinstance(url, str) else None


# people


def user(instance: Instance, declared: Declared) -> None:
    """Add the roles of a user."""
    email = text(instance, "email")
    if email is None or instance.mode != "managed" or is_true(instance, "disabled"):
        return
    for role, place in texts(instance, "roles"):
        _bind(instance, declared, role, place, email, place)


def user_role(instance: Instance, declared: Declared) -> None:
    """Add a role of a user that stands apart from the user."""
    role, who = written(instance, "role_id"), written(instance, "user_id")
    value, identity = as_text(role), as_text(who)
    if role is None or who is None or value is None or identity is None:
        return
    account = found(declared, ACCOUNTS, identity)
    if account is not None:
        _hold(account, declared, value, role.place)
        return
    known = found(declared, USERS, identity)
    email = text(known, "email") or text(known, "filter") if known is not None else None
    _bind(instance, declared, value, role.place, email or identity, who.place)


def _bind(instance: Instance, declared: Declared, role: Value, place: Place, email: Value, at: Place) -> None:
    for grant in granted(role, place, declared):
        home = organization(instance, declared)
        declared.add(RoleBinding(VENDOR, home, grant, ((email, at),), place, declared.unit, declared.ref(instance)))


def team(instance: Instance, declared: Declared) -> None:
    """Add a team: a group of Datadog's own."""
    handle = text(instance, "handle") or text(instance, "filter_keyword") or text(instance, "name")
    name = handle or not_in_repository(instance, declared.unit, "handle")
    declared.add(
        Group(
            VENDOR, name, place_of(instance, "handle"), declared.unit, ids=tuple(names(instance, declared, ("id",))),
            declared=instance.mode == "managed",
        )
    )  # fmt: skip


def team_name(value: Value, declared: Declared) -> Value:
    """Return the handle of the team that an id means."""
    known = found(declared, TEAMS, value)
    return (text(known, "handle") or text(known, "filter_keyword") if known is not None else None) or value


def team_membership(instance: Instance, declared: Declared) -> None:
    """Add a member of a team."""
    team_id, who = text(instance, "team_id"), written(instance, "user_id")
    identity = as_text(who)
    if team_id is None or who is None or identity is None:
        return
    name = team_name(team_id, declared)
    account = found(declared, ACCOUNTS, identity)
    if account is not None:
        declared.add(Membership(VENDOR, name, bot_name(account, declared), "bot", who.place, declared.unit))
        return
    known = found(declared, USERS, identity)
    email = (text(known, "email") or text(known, "filter") if known is not None else None) or identity
    declared.add(Membership(VENDOR, name, email, "user", who.place, declared.unit))
    if text(instance, "role") == "admin":
        declared.add(Administration(VENDOR, email, "user", "team administrator", (name,), instance.place, declared.unit))


def team_sync(instance: Instance, declared: Declared) -> None:
    """Note that members of teams come from elsewhere."""
    source = text(instance, "source")
    shown = source if isinstance(source, str) else "another service"
    declared.facts.unresolved.append(Unresolved(f"members of Datadog's teams are taken from {shown}", instance.place))


def authn_mapping(instance: Instance, declared: Declared) -> None:
    """Add a mapping of an attribute's value to a role, or to a team."""
    value = written(instance, "value")
    place = instance.place if value is None else value.place
    attribute = text(instance, "key") or Unknown("`key` is not written", instance.place)
    mapped = as_text(value) or Unknown("`value` is not written", instance.place)
    team_id, role = text(instance, "team"), written(instance, "role")
    chosen = as_text(role)
    declared.add(
        ScopeMapping(
            VENDOR, organization(instance, declared), attribute, mapped,
            granted(chosen, role.place, declared) if role is not None and chosen is not None else (),
            instance.place, declared.unit, declared.ref(instance), place,
            team=team_name(team_id, declared) if team_id is not None else None,
        )
    )  # fmt: skip


# machines


def bot_name(account: Instance, declared: Declared) -> Value:
    """Return the name of the bot that a service account is."""
    name = text(account, "name") or text(account, "email") or not_in_repository(account, declared.unit, "name")
    return concat([VENDOR, "/", organization(account, declared) or declared.unit, "/", name])


def service_account(instance: Instance, declared: Declared) -> None:
    """Add a service account and its roles."""
    if is_true(instance, "disabled"):
        return
    declared.add(Bot(bot_name(instance, declared), "service-account", place_of(instance, "name"), declared.unit))
    for role, place in texts(instance, "roles"):
        _hold(instance, declared, role, place)


def _hold(account: Instance, declared: Declared, role: Value, place: Place) -> None:
    for grant in granted(role, place, declared):
        home, bot = organization(account, declared), bot_name(account, declared)
        declared.add(SubjectGrant(VENDOR, home, "bot", bot, grant, place, declared.unit, declared.ref(account)))


def api_key(instance: Instance, declared: Declared) -> None:
    """Add a key that sends telemetry."""
    _credential(instance, declared, "api-key", permission_capabilities("logs_write"))


def application_key(instance: Instance, declared: Declared) -> None:
    """Add a key of whoever applies the configuration, limited by its scopes."""
    scopes = texts(instance, "scopes")
    _credential(instance, declared, "application-key", _permitted(scopes, declared), unscoped=not scopes)


def service_account_key(instance: Instance, declared: Declared) -> None:
    """Add a key of a service account; scopes limit what the account's roles permit."""
    account = found(declared, ACCOUNTS, text(instance, "service_account_id"))
    if account is not None and is_true(account, "disabled"):
        return
    scopes = texts(instance, "scopes")
    roles = [grant for role, place in texts(account, "roles") for grant in granted(role, place, declared)] if account else []
    capabilities = _permitted(scopes, declared)
    grant: RoleGrant | None = None
    if not scopes:
        capabilities = frozenset().union(*(one.role.capabilities for one in roles if one.role is not None))
        grant = next((one for one in roles if one.project is None), None)
    holder = bot_name(account, declared) if account is not None and not scopes else None
    _credential(instance, declared, "application-key", capabilities, grant, holder, unscoped=not scopes)


def permission_name(value: Value) -> str | None:
    """Return the name of a permission: as written, or as the key under which `datadog_permissions` is asked for its id."""
    if isinstance(value, str):
        return value if "-" not in value else None  # an id is no name
    for unknown in unknowns(value):
        head, dot, name = unknown.symbol.rpartition(".permissions.")
        if dot and "data.datadog_permissions." in head and name.replace("_", "").isalnum():
            return name
    return None


def _permitted(scopes: tuple[tuple[Value, Place], ...], declared: Declared) -> frozenset[str]:
    """Return what the scopes of a key permit: names of permissions, or what `datadog_permissions` looks up under a name."""
    permitted: set[str] = set()
    for value, place in scopes:
        name = permission_name(value)
        if name is None:
            declared.facts.unresolved.append(Unresolved("which permission the key's scope is, is not in the repository", place))
        else:
            permitted |= permission_capabilities(name)
    return frozenset(permitted)


def _credential(
    instance: Instance, declared: Declared, kind: str, capabilities: frozenset[str], role: RoleGrant | None = None,
    acts_as: Value | None = None, *, unscoped: bool = False,
) -> None:  # fmt: skip
    name = text(instance, "name") or not_in_repository(instance, declared.unit, "name")
    symbol = not_in_repository(instance, declared.unit, "key")
    home, at = organization(instance, declared), place_of(instance, "name")
    places = (("name", at), ("kind", instance.place), *((("scopes", place_of(instance, "scopes")),) if not unscoped else ()))
    declared.add(
        TelemetryCredential(
            VENDOR, concat([home or declared.unit, "/", name]), kind, None, home, role, capabilities, None, (),
            stored_in((symbol,), declared), None, None, None, at, declared.unit, route_places=places, acts_as=acts_as,
            ids=(symbol,), unscoped=unscoped,
        )
    )  # fmt: skip


READERS: dict[tuple[str, str], Reader] = {
    ("managed", "datadog_user"): user,
    ("managed", "datadog_user_role"): user_role,
    ("managed", "datadog_team"): team,
    ("data", "datadog_team"): team,
    ("managed", "datadog_team_membership"): team_membership,
    ("managed", "datadog_team_sync"): team_sync,
    ("managed", "datadog_authn_mapping"): authn_mapping,
    ("managed", "datadog_service_account"): service_account,
    ("managed", "datadog_api_key"): api_key,
    ("managed", "datadog_application_key"): application_key,
    ("managed", "datadog_service_account_application_key"): service_account_key,
    **held_by_role(),
    ("managed", "datadog_role"): looked_up,
    ("data", "datadog_role"): looked_up,
    ("data", "datadog_user"): looked_up,
    ("managed", "datadog_organization_settings"): looked_up,
    ("managed", "datadog_dashboard"): looked_up,
    ("managed", "datadog_monitor"): looked_up,
}
