"""Secrets, certificates and federated credentials of Entra's applications and identities, with the days on which they end."""

from __future__ import annotations

import re

from iamlint.model.sign_in import Credential, FederatedCredential
from iamlint.parse.terraform.attributes import place_of, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.entra import PROVIDER
from iamlint.parse.terraform.resources.references import identifiers
from iamlint.parse.terraform.resources.rotation import day_of, rotation_of
from iamlint.source.place import Place
from iamlint.source.value import Value, concat, key


def password(instance: Instance, declared: Declared) -> None:
    """Add a client secret."""
    add_password(instance, instance.body, declared)


def add_password(instance: Instance, body: Located, declared: Declared) -> None:
    """Add the client secret that a resource or a block in it declares."""
    name = text(body, "display_name")
    owner = _owner(instance, declared)
    shown: Value = concat([owner, ": ", name]) if name is not None else concat([owner, " secret"])
    _add(instance, body, shown, "client-secret", owner, declared)


def certificate(instance: Instance, declared: Declared) -> None:
    """Add a certificate with which an application signs in, or signs tokens."""
    owner = _owner(instance, declared)
    kind = "signing-key" if instance.type.endswith("token_signing_certificate") else "certificate"
    _add(instance, instance.body, concat([owner, f" {kind}"]), kind, owner, declared)


def _add(instance: Instance, body: Located, name: Value, kind: str, owner: Value, declared: Declared) -> None:
    places: list[tuple[str, Place]] = []
    days: dict[str, str | None] = {}
    for field, attribute in (("created", "start_date"), ("expires", "end_date")):
        found = written(body, attribute)
        days[field] = day_of(text(body, attribute))
        if found is not None:
            places.append((field, found.place))
    open_end = written(body, "end_date") is None and written(body, "end_date_relative") is None
    rotation = rotation_of(written(body, "rotate_when_changed"), declared)
    declared.add(
        Credential(
            PROVIDER, name, kind, concat([f"{PROVIDER}/", owner]), "bot", instance.place, declared.unit,
            created=days["created"] or (rotation.since if rotation is not None else None),
            expires=days["expires"],
            rotated_every=rotation.days if rotation is not None else None,
            places=tuple(places),
            # Without an end Entra gives a secret two years and a certificate its own end; a relative one is an end too.
            expiry_known=open_end and kind == "client-secret" and rotation is None,
        )
    )  # fmt: skip


_OWNERS = (
    "application_id", "application_object_id", "service_principal_id", "user_assigned_identity_id", "parent_id",
)  # fmt: skip
_OWNING = (
    "azuread_application", "azuread_application_registration", "azuread_service_principal", "azurerm_user_assigned_identity",
)  # fmt: skip


def _owner(instance: Instance, declared: Declared) -> Value:
    """Return the name of the application or managed identity to which a credential belongs."""
    owner = next((owner for name in _OWNERS if (owner := text(instance, name)) is not None), None)
    if instance.type in ("azuread_application", "azuread_application_registration"):
        return text(instance, "display_name") or instance.address
    for type_ in _OWNING:
        for app in declared.all(type_):
            if owner is not None and key(owner) in {key(v) for v in identifiers(app, declared, "id", "object_id")}:
                return text(app, "display_name") or _of_principal(app, declared) or text(app, "name") or app.address
    return owner if isinstance(owner, str) else instance.address


def _of_principal(principal: Instance, declared: Declared) -> Value | None:
    client = text(principal, "client_id") or text(principal, "application_id")
    for app in declared.all("azuread_application"):
        if client is not None and key(client) in {key(v) for v in identifiers(app, declared, "client_id", "application_id")}:
            return text(app, "display_name")
    return None


def federated(instance: Instance, declared: Declared) -> None:
    """Add a subject of an outside issuer that signs in as the application or managed identity without a secret."""
    issuer, subject = text(instance, "issuer"), text(instance, "subject")
    if issuer is not None and subject is not None:
        bot = concat([f"{PROVIDER}/", _owner(instance, declared)])
        place = place_of(instance, "subject")
        declared.add(FederatedCredential(PROVIDER, bot, issuer, subject, place, declared.unit))


def flexible(instance: Instance, declared: Declared) -> None:
    """Add the subjects that an expression over claims admits: `claims['sub'] eq '…'` and `matches '…'` are read."""
    issuer, expression = text(instance, "issuer"), text(instance, "claims_matching_expression")
    if issuer is None or not isinstance(expression, str):
        return
    match = re.fullmatch(r"claims\['sub'\] (?:eq|matches) '([^']*)'", expression.strip())
    bot = concat([f"{PROVIDER}/", _owner(instance, declared)])
    place = place_of(instance, "claims_matching_expression")
    if match is not None:
        declared.add(FederatedCredential(PROVIDER, bot, issuer, match[1], place, declared.unit))


READERS = {
    ("managed", "azuread_application_password"): password,
    ("managed", "azuread_service_principal_password"): password,
    ("managed", "azuread_application_certificate"): certificate,
    ("managed", "azuread_service_principal_certificate"): certificate,
    ("managed", "azuread_service_principal_token_signing_certificate"): certificate,
    ("managed", "azuread_application_federated_identity_credential"): federated,
    ("managed", "azuread_application_flexible_federated_identity_credential"): flexible,
    ("managed", "azurerm_federated_identity_credential"): federated,
}
