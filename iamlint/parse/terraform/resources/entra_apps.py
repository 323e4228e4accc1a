"""`azuread_application*`, `azuread_service_principal*`: what opens what, what tokens say of groups, and who is assigned."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.identity import Administration, Application, ApplicationAssignment, AttributeStatement, Bot
from iamlint.parse.identity.entra_claims import GRAPH_ROLES, ROLE_CLAIMS, group_statements
from iamlint.parse.identity.targets import target_of
from iamlint.parse.terraform.attributes import is_true, nested, place_of, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.entra import PROVIDER, member_kind
from iamlint.parse.terraform.resources.references import id_of, identifiers
from iamlint.source.value import Unknown, Value, concat, key

_APPLICATIONS = ("azuread_application", "azuread_application_registration")


def application(instance: Instance, declared: Declared) -> None:
    """Add an application with its service principal in this tenant, which decides whether an assignment is needed."""
    principal = _principal_of(instance, declared)
    label = text(instance, "display_name")
    name = label if label is not None else id_of(instance, declared, "object_id")
    ids = list(identifiers(instance, declared, "object_id", "client_id", "application_id", "id"))
    ids += [value for value, _ in texts(instance, "identifier_uris")]
    open_to_all, gate = False, instance.place
    if principal is not None:
        ids += identifiers(principal, declared, "object_id", "id")
        required = text(principal, "app_role_assignment_required")
        open_to_all = required in (None, "false")
        gate = place_of(principal, "app_role_assignment_required")
    addresses = [value for value, _ in texts(instance, "identifier_uris")]
    for web in nested(instance, "web"):
        addresses += [value for value, _ in texts(web, "redirect_uris")]
    for other in declared.all("azuread_application_redirect_uris"):
        if _belongs(other, instance, declared):
            addresses += [value for value, _ in texts(other, "redirect_uris")]
    for other in declared.all("azuread_application_identifier_uri"):
        if _belongs(other, instance, declared) and (uri := text(other, "identifier_uri")) is not None:
            addresses.append(uri)
    declared.add(
        Application(
            provider=PROVIDER,
            label=name,
            target=target_of(addresses, label) if instance.mode == "managed" else None,
            statements=tuple(_statements(instance, declared)),
            place=instance.place,
            unit=declared.unit,
            ids=tuple(ids),
            implicit_assignment=open_to_all,
            declared=instance.mode == "managed",
            implicit_place=gate,
            open_words="`app_role_assignment_required` is not on",
        )
    )
    if principal is not None and instance.mode == "managed":
        declared.add(Bot(concat([f"{PROVIDER}/", name]), "bot", principal.place, declared.unit, ids=tuple(ids)))
    for block in nested(instance, "password"):
        from iamlint.parse.terraform.resources.entra_credentials import add_password

        add_password(instance, block, declared)


def _principal_of(instance: Instance, declared: Declared) -> Instance | None:
    mine = {key(value) for value in identifiers(instance, declared, "client_id", "application_id")}
    for principal in declared.all("azuread_service_principal"):
        client = text(principal, "client_id") or text(principal, "application_id")
        if client is not None and key(client) in mine:
            return principal
    return None


def _belongs(other: Instance, instance: Instance, declared: Declared) -> bool:
    owner = text(other, "application_id") or text(other, "application_object_id")
    return owner is not None and key(owner) in {key(value) for value in identifiers(instance, declared, "id", "object_id")}


def _statements(instance: Instance, declared: Declared) -> Iterator[AttributeStatement]:
    """Yield what the application's tokens say of groups and of app roles."""
    claims = [(value, place) for value, place in texts(instance, "group_membership_claims")]
    properties: list[str] = []
    optional = [*nested(instance, "optional_claims")]
    optional += [one.body for one in declared.all("azuread_application_optional_claims") if _belongs(one, instance, declared)]
    for block in optional:
        for kind in ("saml2_token", "id_token", "access_token"):
            for claim in nested(block, kind):
                if text(claim, "name") == "groups":
                    properties += [value for value, _ in texts(claim, "additional_properties") if isinstance(value, str)]
    for value, place in claims:
        yield from group_statements(value, properties, place)
    has_roles = next(nested(instance, "app_role"), None) is not None or any(
        _belongs(one, instance, declared) for one in declared.all("azuread_application_app_role")
    )
    for name in ROLE_CLAIMS if has_roles else ():
        yield AttributeStatement(name, "ASSIGNMENT", None, None, ("role",), instance.place)


def role_assignment(instance: Instance, declared: Declared) -> None:
    """Assign somebody to an application, in a role if one is named; a bot with a role of Microsoft Graph administers."""
    app, member = text(instance, "resource_object_id"), text(instance, "principal_object_id")
    if app is None or member is None:
        return
    role = text(instance, "app_role_id")
    place = place_of(instance, "principal_object_id")
    if (permission := _graph_role(role)) is not None:
        declared.add(Administration(PROVIDER, member, "bot", permission, None, place, declared.unit))
        return
    profile: dict[str, Value] = {}
    value = _role_value(role, declared)
    if value is not None:
        profile["role"] = value
    kind = member_kind(member, declared)
    if kind != "bot":
        declared.add(ApplicationAssignment(PROVIDER, app, member, kind, place, declared.unit, profile=profile))


def _graph_role(role: Value | None) -> str | None:
    """Return the permission of Microsoft Graph that an app role is, when it changes groups: by id or lookup."""
    if isinstance(role, str):
        return GRAPH_ROLES.get(role)
    symbol = role.symbol if isinstance(role, Unknown) else ""
    return next((name for name in GRAPH_ROLES.values() if symbol.endswith(f".app_role_ids.{name}")), None)


def _role_value(role: Value | None, declared: Declared) -> Value | None:
    """Return the value that an app role puts into tokens."""
    if role is None or role == "00000000-0000-0000-0000-000000000000":
        return None
    for type_ in _APPLICATIONS:
        for instance in declared.all(type_):
            for block in nested(instance, "app_role"):
                identifier = text(block, "id")
                if identifier is not None and key(identifier) == key(role):
                    return text(block, "value")
            named = _looked_up_role(role, instance, declared)
            if named is not None:
                return named
    for one in declared.all("azuread_application_app_role"):
        if key(role) in {key(value) for value in identifiers(one, declared, "role_id")}:
            return text(one, "value")
    return None


def _looked_up_role(role: Value, instance: Instance, declared: Declared) -> Value | None:
    """Return the role behind `azuread_service_principal.x.app_role_ids["Admin"]`, of which the provider computes the map."""
    if not isinstance(role, Unknown) or "app_role_ids" not in role.symbol:
        return None
    holders = [instance, *([principal] if (principal := _principal_of(instance, declared)) is not None else [])]
    if not any(f"{declared.unit}#{holder.address}.app_role_ids" in role.symbol for holder in holders):
        return None
    for block in nested(instance, "app_role"):
        value = text(block, "value")
        if isinstance(value, str) and role.symbol.endswith(f".app_role_ids.{value}"):
            return value
    return None


def from_template(instance: Instance, declared: Declared) -> None:
    """Add an application of Entra's gallery; what its tokens say is set outside of Terraform."""
    label = text(instance, "display_name")
    names = ("application_object_id", "application_id", "service_principal_object_id", "service_principal_id")
    ids = identifiers(instance, declared, *names)
    declared.add(
        Application(
            PROVIDER, label if label is not None else ids[0], target_of((), label), (), instance.place, declared.unit, ids,
            declared=False,
        )
    )  # fmt: skip


def principal_alone(instance: Instance, declared: Declared) -> None:
    """Add the bot of a service principal whose application is not here; one that is brings its principal along."""
    client = text(instance, "client_id") or text(instance, "application_id")
    for type_ in _APPLICATIONS:
        for app in declared.all(type_):
            if client is not None and key(client) in {key(v) for v in identifiers(app, declared, "client_id", "application_id")}:
                return
    label = text(instance, "display_name") or client or id_of(instance, declared, "object_id")
    ids = (*identifiers(instance, declared, "object_id", "id"), *((client,) if client is not None else ()))
    managed = instance.mode == "managed"
    declared.add(Bot(concat([f"{PROVIDER}/", label]), "bot", instance.place, declared.unit, ids=ids, declared=managed))
    if managed and is_true(instance, "app_role_assignment_required"):
        declared.add(Application(PROVIDER, label, None, (), instance.place, declared.unit, ids, declared=False))


def managed_identity(instance: Instance, declared: Declared) -> None:
    """Add the bot of a managed identity of Azure, whose service principal Entra keeps."""
    label = text(instance, "name") or id_of(instance, declared, "principal_id")
    ids = identifiers(instance, declared, "principal_id", "client_id", "id")
    managed = instance.mode == "managed"
    declared.add(Bot(concat([f"{PROVIDER}/", label]), "bot", instance.place, declared.unit, ids=ids, declared=managed))


def read_with_the_app(instance: Instance, declared: Declared) -> None:
    """Leave parts of an application to the application itself."""


READERS = {
    **{("managed", name): application for name in _APPLICATIONS},
    ("data", "azuread_application"): application,
    ("managed", "azuread_application_from_template"): from_template,
    **{
        ("managed", f"azuread_application_{part}"): read_with_the_app
        for part in ("app_role", "optional_claims", "redirect_uris", "identifier_uri")
    },
    ("managed", "azuread_service_principal"): principal_alone,
    ("data", "azuread_service_principal"): principal_alone,
    ("managed", "azurerm_user_assigned_identity"): managed_identity,
    ("data", "azurerm_user_assigned_identity"): managed_identity,
    ("managed", "azuread_app_role_assignment"): role_assignment,
}
