"""`keycloak_*` about people who come from elsewhere: what inbound identity providers and LDAP put them into."""

from __future__ import annotations

from iamlint.model.identity import Membership
from iamlint.parse.identity.keycloak_roles import PROVIDER, role_group
from iamlint.parse.terraform.attributes import text, text_map, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value, key


def from_provider(instance: Instance, declared: Declared) -> None:
    """Put people who sign in by an outside identity provider into a group or role, if the mapper says so of all or some."""
    alias = key(text(instance, "identity_provider_alias") or "an identity provider")
    rule = f"signs in by the identity provider `{alias}`"
    attribute = text(instance, "attribute_name") or text(instance, "claim_name")
    value = text(instance, "attribute_value") or text(instance, "claim_value")
    if attribute is not None and value is not None:
        rule += f" with `{key(attribute)}` = `{key(value)}`"
    _put(instance, declared, rule)


def by_mapper_of_any_type(instance: Instance, declared: Declared) -> None:
    """Put people who sign in by an outside identity provider into what a mapper's own settings name."""
    settings = text_map(instance, "extra_config")
    alias = key(text(instance, "identity_provider_alias") or "an identity provider")
    rule = f"signs in by the identity provider `{alias}`"
    claim, value = (settings.get(name) for name in ("claim", "claim.value"))
    if claim is not None and value is not None:
        rule += f" with `{key(claim)}` = `{key(value)}`"
    for field in ("group", "role"):
        if (name := settings.get(field)) is not None and name != "":
            _member(field, name, instance.place, rule, instance, declared)


def from_ldap(instance: Instance, declared: Declared) -> None:
    """Put everybody who comes from LDAP into a group or role."""
    _put(instance, declared, "comes from LDAP")


def _put(instance: Instance, declared: Declared, rule: str) -> None:
    for field in ("group", "role"):
        found, name = written(instance, field), text(instance, field)
        if found is not None and name is not None:
            _member(field, name, found.place, rule, instance, declared)


def _member(field: str, name: Value, place: Place, rule: str, instance: Instance, declared: Declared) -> None:
    target = name
    if field == "role":
        client, _, bare = key(name).rpartition(".")
        target = role_group(bare, client) if client else role_group(name, None)
    elif isinstance(name, str):
        target = name.rpartition("/")[2]
    how = "by sign-in" if rule.startswith("signs in") else "by federation"
    unknown = Unknown(f"members {how}: {rule}", place, declared.ref(instance, "members"))
    declared.add(Membership(PROVIDER, target, unknown, "user", place, declared.unit, dynamic=rule))


UNREAD = {
    "keycloak_ldap_group_mapper": "which groups and members LDAP brings",
    "keycloak_ldap_role_mapper": "which roles people have by LDAP",
    "keycloak_custom_user_federation": "which people, groups and roles a federation brings",
    **dict.fromkeys(
        (
            "keycloak_users_permissions",
            "keycloak_group_permissions",
            "keycloak_openid_client_permissions",
            "keycloak_identity_provider_token_exchange_scope_permission",
            "keycloak_admin_permission",
            "keycloak_group_admin_permissions",
            "keycloak_users_admin_permissions",
            "keycloak_role_admin_permissions",
            "keycloak_role_permissions",
            "keycloak_openid_client_admin_permissions",
        ),
        "whom fine-grained permissions let administer",
    ),
}
"""Types that grant in a way that is not read: each is in the coverage."""


def unread(instance: Instance, declared: Declared) -> None:
    """Say that a resource grants something that is not read."""
    reason = f"{UNREAD[instance.type]} (`{instance.type}`) is not read"
    declared.facts.unresolved.append(Unresolved(reason, instance.place))
    declared.facts.missed.append(reason)


READERS = {
    ("managed", "keycloak_hardcoded_group_identity_provider_mapper"): from_provider,
    ("managed", "keycloak_hardcoded_role_identity_provider_mapper"): from_provider,
    ("managed", "keycloak_attribute_to_role_identity_provider_mapper"): from_provider,
    ("managed", "keycloak_custom_identity_provider_mapper"): by_mapper_of_any_type,
    ("managed", "keycloak_ldap_hardcoded_group_mapper"): from_ldap,
    ("managed", "keycloak_ldap_hardcoded_role_mapper"): from_ldap,
    **{("managed", type_): unread for type_ in UNREAD},
}
