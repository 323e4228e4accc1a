"""`vault_identity_*`, and groups and users of auth methods: who has policies of Vault without a role of their own."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.vault import VaultHolder
from iamlint.parse.terraform.attributes import is_true, name_of, nested, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found, identifiers, looked_up
from iamlint.parse.terraform.resources.vault_policies import rules_of
from iamlint.source.place import Place
from iamlint.source.value import Value, key

_PROVIDERS = {"okta": "okta", "github": "github"}
"""Auth methods whose names say which identity provider stands behind them."""

_BACKENDS = ("vault_auth_backend", "vault_jwt_auth_backend", "vault_okta_auth_backend", "vault_ldap_auth_backend",
             "vault_github_auth_backend", "vault_saml_auth_backend")  # fmt: skip


def entity(instance: Instance, declared: Declared) -> None:
    """Add an entity with its accounts; one that is disabled has nothing."""
    if is_true(instance, "disabled"):
        return
    ids = identifiers(instance, declared, "id")
    name = name_of(instance, declared.unit)
    _add(instance, declared, "entity", name, ids, _aliases("vault_identity_entity_alias", ids, declared), ())


def group(instance: Instance, declared: Declared) -> None:
    """Add a group with its members, or with the outside group that brings them."""
    ids = identifiers(instance, declared, "id")
    members = [*texts(instance, "member_entity_ids"), *texts(instance, "member_group_ids")]
    for type_, attribute in (
        ("vault_identity_group_member_entity_ids", "member_entity_ids"),
        ("vault_identity_group_member_group_ids", "member_group_ids"),
    ):
        for other in _of(type_, "group_id", ids, declared):
            members += texts(other, attribute)
    aliases = _aliases("vault_identity_group_alias", ids, declared)
    _add(instance, declared, "group", name_of(instance, declared.unit), ids, aliases, tuple(members))


def _add(
    instance: Instance,
    declared: Declared,
    kind: str,
    name: Value,
    ids: tuple[Value, ...],
    aliases: tuple[tuple[Value, str, Place], ...],
    members: tuple[tuple[Value, Place], ...],
) -> None:
    policies = list(texts(instance, "policies"))
    for other in _of(f"vault_identity_{kind}_policies", f"{kind}_id", ids, declared):
        policies += texts(other, "policies")
    rules, whole = rules_of(policies, declared)
    whole = whole and not is_true(instance, "external_policies")
    declared.add(VaultHolder(kind, name, "", ids, aliases, members, rules, whole, instance.place, declared.unit))


def _of(type_: str, attribute: str, ids: tuple[Value, ...], declared: Declared) -> Iterator[Instance]:
    mine = {key(value) for value in ids}
    for other in declared.all(type_):
        owner = text(other, attribute)
        if owner is not None and key(owner) in mine:
            yield other


def _aliases(type_: str, ids: tuple[Value, ...], declared: Declared) -> tuple[tuple[Value, str, Place], ...]:
    made: list[tuple[Value, str, Place]] = []
    for alias in _of(type_, "canonical_id", ids, declared):
        backend = found(declared, _BACKENDS, text(alias, "mount_accessor"), ("accessor",))
        made.append((name_of(alias, declared.unit), _provider_of(backend), alias.place))
    return tuple(made)


def _provider_of(backend: Instance | None) -> str:
    """Return the identity provider behind an auth method, empty where its type does not tell."""
    if backend is None:
        return ""
    method = backend.type.removeprefix("vault_").partition("_auth_backend")[0]
    if backend.type == "vault_auth_backend":
        method = key(text(backend, "type") or "")
    return _PROVIDERS.get(method, "")


# groups and users of auth methods


def _outside(kind: str, provider: str, attribute: str) -> Reader:
    def read(instance: Instance, declared: Declared) -> None:
        _outsider(instance, instance.place, declared, kind, provider, attribute)

    return read


def _outsider(body: Instance | Located, place: Place, declared: Declared, kind: str, provider: str, attribute: str) -> None:
    name = text(body, attribute)
    rules, whole = rules_of(texts(body, "policies"), declared)
    if name is not None and (rules or not whole):
        declared.add(VaultHolder(kind, name, provider, (), (), (), rules, whole, place, declared.unit))


def okta_backend(instance: Instance, declared: Declared) -> None:
    """Add the groups and users that the Okta method lists in its own block."""
    for block in nested(instance, "group"):
        _outsider(block, block.place, declared, "team", "okta", "group_name")
    for block in nested(instance, "user"):
        _outsider(block, block.place, declared, "user", "okta", "username")


TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

READERS = {
    ("managed", "vault_identity_entity"): entity,
    ("managed", "vault_identity_group"): group,
    ("managed", "vault_okta_auth_backend"): okta_backend,
    ("managed", "vault_okta_auth_backend_group"): _outside("team", "okta", "group_name"),
    ("managed", "vault_okta_auth_backend_user"): _outside("user", "okta", "username"),
    ("managed", "vault_ldap_auth_backend_group"): _outside("team", "", "groupname"),
    ("managed", "vault_ldap_auth_backend_user"): _outside("user", "", "username"),
    ("managed", "vault_github_team"): _outside("team", "github", "team"),
    ("managed", "vault_github_user"): _outside("user", "github", "user"),
    **{
        ("managed", name): looked_up
        for name in (
            "vault_identity_entity_alias", "vault_identity_entity_policies", "vault_identity_group_alias",
            "vault_identity_group_policies", "vault_identity_group_member_entity_ids",
            "vault_identity_group_member_group_ids", "vault_ldap_auth_backend", "vault_github_auth_backend",
            "vault_saml_auth_backend",
        )
    },
}  # fmt: skip
