"""Okta's own bots: service applications with administrators' roles and scopes, service integrations, API tokens."""

from __future__ import annotations

from iamlint.model.identity import Administration, Bot
from iamlint.model.sign_in import Credential
from iamlint.parse.terraform.attributes import nested, not_in_repository, place_of, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.okta import PROVIDER
from iamlint.parse.terraform.resources.okta_admin import EVERY_GROUP, custom_groups
from iamlint.parse.terraform.resources.references import id_of, identifiers
from iamlint.source.value import Value, concat, key

MANAGING = frozenset({"okta.groups.manage", "okta.users.manage", "okta.roles.manage"})
"""Scopes with which a client changes who is in a group ("OAuth 2.0 scopes": Okta Admin Management)."""


def service_app(instance: Instance, declared: Declared) -> None:
    """Add the bot that an application for machines is."""
    label = text(instance, "label")
    declared.add(
        Bot(
            name=concat([f"{PROVIDER}/", label if label is not None else id_of(instance, declared)]),
            kind="bot",
            place=instance.place,
            unit=declared.unit,
            ids=(*identifiers(instance, declared, "id"), *client_ids(instance, declared)),
        )
    )


def client_ids(instance: Instance, declared: Declared) -> tuple[Value, ...]:
    """Return the client id of an application, written or computed."""
    written_id = text(instance, "client_id")
    computed = not_in_repository(instance, declared.unit, "client_id")
    return (computed,) if written_id is None else (written_id, computed)


def role_assignment(instance: Instance, declared: Declared) -> None:
    """Add what a client may administer: its role, as far as the scopes granted to it reach."""
    client, role = text(instance, "client_id"), text(instance, "type")
    if client is None or role is None or not _scopes_allow(client, declared):
        return
    groups: tuple[Value, ...] | None = None
    if role == "CUSTOM":
        found = custom_groups(text(instance, "role"), text(instance, "resource_set"), declared)
        if found == ():
            return
        groups = found
    elif role not in EVERY_GROUP:
        return
    declared.add(Administration(PROVIDER, client, "bot", key(role), groups, place_of(instance, "type"), declared.unit))


def _scopes_allow(client: Value, declared: Declared) -> bool:
    """Return whether the scopes of a client let it change groups; yes where the repository grants none to it."""
    names = {key(client)}
    for app in declared.all("okta_app_oauth"):
        mine = {key(value) for value in (*identifiers(app, declared, "id"), *client_ids(app, declared))}
        if mine & names:
            names |= mine
    granted: list[Value] = []
    for grant in declared.all("okta_app_oauth_api_scope"):
        app_id = text(grant, "app_id")
        if app_id is not None and key(app_id) in names:
            granted += [scope for scope, _ in texts(grant, "scopes")]
    return not granted or any(not isinstance(scope, str) or scope in MANAGING for scope in granted)


def service_integration(instance: Instance, declared: Declared) -> None:
    """Add a service integration of the catalogue, which acts by its scopes alone."""
    kind = text(instance, "type")
    name = concat([f"{PROVIDER}/", kind if kind is not None else id_of(instance, declared)])
    declared.add(Bot(name, "bot", instance.place, declared.unit, ids=identifiers(instance, declared, "id")))
    for block in nested(instance, "grant_scopes"):
        scope = written(block, "scope")
        if scope is not None and scope.value in MANAGING:
            declared.add(Administration(PROVIDER, name, "bot", scope.value, None, scope.place, declared.unit))


def api_token(instance: Instance, declared: Declared) -> None:
    """Add an API token, which acts as the user who made it."""
    name = text(instance, "name")
    declared.add(
        Credential(
            PROVIDER, name if name is not None else id_of(instance, declared), "api-token", text(instance, "user_id"), "user",
            instance.place, declared.unit, expiry_known=False,
        )
    )  # fmt: skip


def read_with_the_role(instance: Instance, declared: Declared) -> None:
    """Leave scopes to the role that they limit."""


READERS = {
    ("managed", "okta_app_oauth_role_assignment"): role_assignment,
    ("managed", "okta_app_oauth_api_scope"): read_with_the_role,
    ("managed", "okta_api_service_integration"): service_integration,
    ("managed", "okta_api_token"): api_token,
}
