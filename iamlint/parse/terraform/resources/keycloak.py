"""`keycloak_*` about people: users, groups, roles (which tokens carry like groups), and who is put where."""

from __future__ import annotations

from iamlint.model.identity import Administration, Group, Membership, Person
from iamlint.parse.identity.keycloak_roles import CHANGING_ROLES, PROVIDER, REGISTERS, role_group
from iamlint.parse.terraform.attributes import is_true, place_of, text, text_map, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import account_status, found, id_of, identifiers, looked_up
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat, key


def user(instance: Instance, declared: Declared) -> None:
    """Add a person, by e-mail, and by user name, by which memberships name them."""
    name, email = text(instance, "username"), text(instance, "email")
    status = account_status(instance, declared, "enabled")
    profile: dict[str, Value | tuple[str, ...]] = {}
    for field, value in (("username", name), ("email", email), *text_map(instance, "attributes").items()):
        if value is not None:
            profile[field] = tuple(value.split("##")) if isinstance(value, str) and "##" in value else value
    ids = (*identifiers(instance, declared, "id"), *((name,) if name is not None else ()))
    known = email or name or id_of(instance, declared)
    declared.add(Person(PROVIDER, known, status, instance.place, declared.unit, ids, profile, instance.mode == "managed"))


def group(instance: Instance, declared: Declared) -> None:
    """Add a group; tokens carry its name, or its path from the top."""
    name = text(instance, "name")
    identifier = id_of(instance, declared)
    attributes = text_map(instance, "attributes")
    declared.add(
        Group(
            provider=PROVIDER,
            name=name if name is not None else identifier,
            place=instance.place,
            unit=declared.unit,
            ids=identifiers(instance, declared, "id"),
            team=attributes.get("team") or attributes.get("owner"),
            environment=attributes.get("environment") or attributes.get("env"),
            declared=instance.mode == "managed",
            tags=attributes,
            presents={"path": path} if (path := _path(instance, declared, 0)) is not None else {},
        )
    )


def _path(instance: Instance, declared: Declared, depth: int) -> Value | None:
    name, parent = text(instance, "name"), text(instance, "parent_id")
    if name is None or depth > 20:
        return None
    if parent is None:
        return None if instance.mode == "data" else concat(["/", name])
    for mode in ("managed", "data"):
        for other in declared.all("keycloak_group", mode):
            if key(parent) in {key(value) for value in identifiers(other, declared, "id")}:
                above = _path(other, declared, depth + 1)
                return None if above is None else concat([above, "/", name])
    return None


def group_memberships(instance: Instance, declared: Declared) -> None:
    """Add the members of a group, all of them, by user name."""
    group_id = text(instance, "group_id")
    for member, place in texts(instance, "members"):
        if group_id is not None:
            declared.add(Membership(PROVIDER, group_id, member, "user", place, declared.unit, exclusive=True))


def user_groups(instance: Instance, declared: Declared) -> None:
    """Add a user to groups."""
    user_id = text(instance, "user_id")
    for group_id, place in texts(instance, "group_ids"):
        if user_id is not None:
            declared.add(Membership(PROVIDER, group_id, user_id, "user", place, declared.unit))


def default_groups(instance: Instance, declared: Declared) -> None:
    """Put everybody who is new into groups."""
    for group_id, place in texts(instance, "group_ids"):
        _everybody_new(instance, group_id, place, declared)


def default_roles(instance: Instance, declared: Declared) -> None:
    """Give roles to everybody who is new: those of the realm by their names, those of a client as `client/role`."""
    for name, place in texts(instance, "default_roles"):
        client, _, bare = name.partition("/") if isinstance(name, str) else ("", "", "")
        if name in _EVERYBODYS or client == "account":
            continue
        _everybody_new(instance, role_group(bare, client) if bare else role_group(name, None), place, declared)


_EVERYBODYS = ("offline_access", "uma_authorization")
"""Roles of every realm that open nothing but long sessions and one's own things, as those of `account` open one's own account."""


def _everybody_new(instance: Instance, group_: Value, place: Place, declared: Declared) -> None:
    realm = found(declared, ("keycloak_realm",), text(instance, "realm_id"))
    is_open = realm is not None and realm.mode == "managed" and is_true(realm, "registration_allowed")
    dynamic, language = (REGISTERS, "open") if is_open else ("is new in the realm", None)
    unknown = Unknown("everybody who is new is a member", place, declared.ref(instance, "members"))
    declared.add(Membership(PROVIDER, group_, unknown, "user", place, declared.unit, dynamic=dynamic, language=language))


def role(instance: Instance, declared: Declared) -> None:
    """Add a role: a set of people like a group, which tokens carry by its name."""
    name = text(instance, "name")
    identifier = id_of(instance, declared)
    client = text(instance, "client_id")
    declared.add(
        Group(
            PROVIDER, role_group(name if name is not None else identifier, _client_name(client, declared)), instance.place,
            declared.unit, ids=identifiers(instance, declared, "id"), declared=instance.mode == "managed",
            presents={"role": name} if name is not None else {}, kind="role",
        )
    )  # fmt: skip
    for part, place in texts(instance, "composite_roles"):
        declared.add(Membership(PROVIDER, part, identifier, "group", place, declared.unit))
        managing = _managing_role(part, declared)
        if managing is not None:
            declared.add(Administration(PROVIDER, identifier, "group", managing, None, place, declared.unit))


def _client_name(client: Value | None, declared: Declared) -> Value | None:
    """Return the client's own name for the id by which resources refer to it."""
    for mode in ("managed", "data"):
        for type_ in ("keycloak_openid_client", "keycloak_saml_client"):
            for other in declared.all(type_, mode):
                if client is not None and key(client) in {key(value) for value in identifiers(other, declared, "id")}:
                    return text(other, "client_id")
    return client


def role_holders(instance: Instance, declared: Declared) -> None:
    """Give roles to a group or a user; a role that manages the realm administers its groups."""
    kind = "group" if instance.type == "keycloak_group_roles" else "user"
    holder = text(instance, f"{kind}_id")
    for role_id, place in texts(instance, "role_ids"):
        if holder is None:
            continue
        declared.add(Membership(PROVIDER, role_id, holder, kind, place, declared.unit))
        for below in _below(holder, declared, 0) if kind == "group" else ():  # a group below has the roles of those above
            declared.add(Membership(PROVIDER, role_id, below, "group", place, declared.unit))
        name = _managing_role(role_id, declared)
        if name is not None:
            declared.add(Administration(PROVIDER, holder, kind, name, None, place, declared.unit))


def _below(group_id: Value, declared: Declared, depth: int) -> list[Value]:
    """Return the ids of the groups below a group."""
    found: list[Value] = []
    named = {key(group_id)}
    for instance in declared.all("keycloak_group"):
        ids = {key(value) for value in identifiers(instance, declared, "id")}
        if ids & named:
            named |= ids
    for instance in declared.all("keycloak_group") if depth < 20 else ():
        parent = text(instance, "parent_id")
        if parent is not None and key(parent) in named:
            child = id_of(instance, declared)
            found += [child, *_below(child, declared, depth + 1)]
    return found


def _managing_role(role_id: Value, declared: Declared) -> str | None:
    for mode in ("managed", "data"):
        for other in declared.all("keycloak_role", mode):
            if key(role_id) in {key(value) for value in identifiers(other, declared, "id")}:
                name = text(other, "name")
                return key(name) if name in CHANGING_ROLES and text(other, "client_id") is not None else None
    return None


def service_account_role(instance: Instance, declared: Declared) -> None:
    """Give a role to a client's own account; one of the realm's management client administers its groups."""
    account, name, place = text(instance, "service_account_user_id"), text(instance, "role"), place_of(instance, "role")
    if account is None or name is None:
        return
    of_client = instance.type == "keycloak_openid_client_service_account_role"
    client = _client_name(text(instance, "client_id"), declared) if of_client else None
    declared.add(Membership(PROVIDER, role_group(name, client), account, "bot", place, declared.unit))
    if of_client and name in CHANGING_ROLES:
        declared.add(Administration(PROVIDER, account, "bot", key(name), None, place, declared.unit))


READERS = {
    ("managed", "keycloak_realm"): looked_up,
    ("managed", "keycloak_user"): user,
    ("data", "keycloak_user"): user,
    ("managed", "keycloak_group"): group,
    ("data", "keycloak_group"): group,
    ("managed", "keycloak_group_memberships"): group_memberships,
    ("managed", "keycloak_user_groups"): user_groups,
    ("managed", "keycloak_default_groups"): default_groups,
    ("managed", "keycloak_default_roles"): default_roles,
    ("managed", "keycloak_role"): role,
    ("data", "keycloak_role"): role,
    ("managed", "keycloak_group_roles"): role_holders,
    ("managed", "keycloak_user_roles"): role_holders,
    ("managed", "keycloak_openid_client_service_account_role"): service_account_role,
    ("managed", "keycloak_openid_client_service_account_realm_role"): service_account_role,
}
