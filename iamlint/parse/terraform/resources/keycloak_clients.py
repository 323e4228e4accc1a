"""`keycloak_openid_client`, `keycloak_saml_client`, their scopes and protocol mappers: what opens what, and what tokens say."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.identity import Application, AttributeStatement, Bot
from iamlint.parse.identity.keycloak_roles import PROVIDER, statements_of
from iamlint.parse.identity.targets import target_of
from iamlint.parse.terraform.attributes import is_true, not_in_repository, text, text_map, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import identifiers
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value, concat, key

_ADDRESSES = (
    "root_url", "base_url", "admin_url", "master_saml_processing_url", "assertion_consumer_post_url",
    "assertion_consumer_redirect_url",
)  # fmt: skip


class _Mapper(NamedTuple):
    """A type of resource that is a protocol mapper: Keycloak's own type, and the attributes that are its settings."""

    type: str
    settings: tuple[tuple[str, str], ...]


_CLAIM = (("claim.name", "claim_name"),)
_MAPPERS = {
    "keycloak_openid_group_membership_protocol_mapper": _Mapper(
        "oidc-group-membership-mapper", (*_CLAIM, ("full.path", "full_path"))
    ),
    "keycloak_openid_user_realm_role_protocol_mapper": _Mapper(
        "oidc-usermodel-realm-role-mapper", (*_CLAIM, ("usermodel.realmRoleMapping.rolePrefix", "realm_role_prefix"))
    ),
    "keycloak_openid_user_client_role_protocol_mapper": _Mapper(
        "oidc-usermodel-client-role-mapper", (*_CLAIM, ("usermodel.clientRoleMapping.rolePrefix", "client_role_prefix"))
    ),
    "keycloak_openid_user_attribute_protocol_mapper": _Mapper(
        "oidc-usermodel-attribute-mapper", (*_CLAIM, ("user.attribute", "user_attribute"))
    ),
    "keycloak_openid_user_property_protocol_mapper": _Mapper(
        "oidc-usermodel-property-mapper", (*_CLAIM, ("user.attribute", "user_property"))
    ),
    "keycloak_saml_user_attribute_protocol_mapper": _Mapper(
        "saml-user-attribute-mapper", (("attribute.name", "saml_attribute_name"), ("user.attribute", "user_attribute"))
    ),
    "keycloak_saml_user_property_protocol_mapper": _Mapper(
        "saml-user-property-mapper", (("attribute.name", "saml_attribute_name"), ("user.attribute", "user_property"))
    ),
}
_GENERIC = ("keycloak_generic_protocol_mapper", "keycloak_generic_client_protocol_mapper")
_SCOPES = (
    "keycloak_openid_client_default_scopes",
    "keycloak_openid_client_optional_scopes",
    "keycloak_saml_client_default_scopes",
)


def client(instance: Instance, declared: Declared) -> None:
    """Add a client: an application that all people of the realm may use, and a bot where it signs in for itself."""
    name = text(instance, "client_id")
    label = text(instance, "name") or name or not_in_repository(instance, declared.unit, "client_id")
    addresses = [value for attribute in _ADDRESSES if (value := text(instance, attribute)) is not None]
    addresses += [value for value, _ in texts(instance, "valid_redirect_uris")]
    if instance.type == "keycloak_saml_client" and name is not None:
        addresses.append(name)  # the entity id of the service
    ids = (*identifiers(instance, declared, "id"), *((name,) if name is not None else ()))
    limited = written(instance, "authentication_flow_binding_overrides") is not None
    declared.secret_attribute("Keycloak client secret", instance, "client_secret", instance.address)
    declared.add(
        Application(
            provider=PROVIDER,
            label=label,
            target=target_of(addresses) if instance.mode == "managed" and text(instance, "enabled") != "false" else None,
            statements=tuple(_statements(instance, declared)),
            place=instance.place,
            unit=declared.unit,
            ids=ids,
            implicit_assignment=not limited,
            declared=instance.mode == "managed",
            open_words="",
        )
    )
    if is_true(instance, "service_accounts_enabled"):
        account = not_in_repository(instance, declared.unit, "service_account_user_id")
        bot = concat([f"{PROVIDER}/", name if name is not None else label])
        declared.add(Bot(bot, "bot", instance.place, declared.unit, ids=(*ids, account)))


def _statements(instance: Instance, declared: Declared) -> Iterator[AttributeStatement]:
    """Yield what the client's own mappers, and those of the scopes that it asks for, put into tokens."""
    mine = {key(value) for value in identifiers(instance, declared, "id")}
    scopes = {
        key(name)
        for type_ in _SCOPES
        for other in declared.all(type_)
        if (owner := text(other, "client_id")) is not None and key(owner) in mine
        for attribute in ("default_scopes", "optional_scopes")
        for name, _ in texts(other, attribute)
    }
    asked = {
        key(value)
        for type_ in ("keycloak_openid_client_scope", "keycloak_saml_client_scope")
        for scope in declared.all(type_)
        if (name := text(scope, "name")) is not None and key(name) in scopes
        for value in identifiers(scope, declared, "id")
    }
    for type_ in (*_MAPPERS, *_GENERIC):
        for mapper in declared.all(type_):
            owner, scope_id = text(mapper, "client_id"), text(mapper, "client_scope_id")
            if (owner is not None and key(owner) in mine) or (scope_id is not None and key(scope_id) in asked):
                yield from _of_mapper(mapper)


def _of_mapper(mapper: Instance) -> Iterator[AttributeStatement]:
    known = _MAPPERS.get(mapper.type)
    if known is None:
        config = text_map(mapper, "config")
        yield from statements_of(text(mapper, "protocol_mapper"), config.get, lambda _: mapper.place, mapper.place)
        return
    names = dict(known.settings)

    def setting(name: str) -> Value | None:
        return text(mapper, names[name]) if name in names else None

    def place_of(name: str) -> Place:
        found = written(mapper, names[name]) if name in names else None
        return mapper.place if found is None else found.place

    yield from statements_of(known.type, setting, place_of, mapper.place)


def read_with_the_client(instance: Instance, declared: Declared) -> None:
    """Leave scopes and mappers to the clients whose tokens they shape."""


READERS = {
    ("managed", "keycloak_openid_client"): client,
    ("managed", "keycloak_saml_client"): client,
    ("data", "keycloak_openid_client"): client,
    ("data", "keycloak_saml_client"): client,
    **{("managed", name): read_with_the_client for name in (*_MAPPERS, *_GENERIC, *_SCOPES)},
    ("managed", "keycloak_openid_client_scope"): read_with_the_client,
    ("managed", "keycloak_saml_client_scope"): read_with_the_client,
}
