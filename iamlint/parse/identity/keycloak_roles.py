"""Keycloak's roles as sets of people, and its protocol mappers as what tokens say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.model.identity import AttributeStatement
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat

PROVIDER = "keycloak"

REGISTERS = "whoever registers in the realm is put into it"

CHANGING_ROLES = frozenset({"realm-admin", "manage-users"})
"""Roles of the client `realm-management` that change who is in a group ("Master realm access control")."""


def role_group(name: Value, client: Value | None) -> Value:
    """Return the name of the group that stands for a role: `roles/admin`, of a client `roles/grafana/admin`."""
    return concat(["roles/", name]) if client is None else concat(["roles/", client, "/", name])


def statements_of(
    mapper: Value | None, setting: Callable[[str], Value | None], place_of: Callable[[str], Place], place: Place
) -> Iterator[AttributeStatement]:
    """Yield what a protocol mapper puts into tokens. `mapper` is its type, `setting` reads one of its settings."""
    name = setting("claim.name") or setting("attribute.name")
    if name is None:
        if mapper in _GROUPS or mapper in _ROLES:
            name = "member" if mapper == "saml-group-membership-mapper" else "Role" if mapper == "saml-role-list-mapper" else None
        if name is None:
            return
    if mapper in _GROUPS:
        sends = "name" if setting("full.path") == "false" else "path"
        yield AttributeStatement(name, "GROUP", "ALL", None, (), place, place_of("full.path"), sends)
    elif mapper in _ROLES:
        prefix = setting("usermodel.realmRoleMapping.rolePrefix") or setting("usermodel.clientRoleMapping.rolePrefix")
        if prefix is None or prefix == "":
            yield AttributeStatement(name, "GROUP", "ALL", None, (), place, None, "role")
        else:
            unread = Unknown("roles are sent with a prefix, which is not read", place)
            yield AttributeStatement(name, "GROUP", None, unread, (), place, None, "role")
    elif mapper in _ATTRIBUTES:
        attribute = setting("user.attribute")
        if isinstance(attribute, str):
            yield AttributeStatement(name, "EXPRESSION", None, None, (f"user.{attribute}",), place)
    elif mapper is None or isinstance(mapper, Unknown):
        yield AttributeStatement(name, "GROUP", None, mapper, (), place)


_GROUPS = frozenset({"oidc-group-membership-mapper", "saml-group-membership-mapper"})
_ROLES = frozenset({"oidc-usermodel-realm-role-mapper", "oidc-usermodel-client-role-mapper", "saml-role-list-mapper"})
_ATTRIBUTES = frozenset(
    {
        "oidc-usermodel-attribute-mapper",
        "oidc-usermodel-property-mapper",
        "saml-user-attribute-mapper",
        "saml-user-property-mapper",
    }
)
