"""`keycloak_*` about people who come from elsewhere: whom mappers of identity providers and of LDAP put where."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.identity import Membership
from iamlint.parse.terraform.resources.keycloak_sources import UNREAD


def joined(config: str) -> list[tuple[object, str | None]]:
    return [(shown(one.group), one.dynamic) for one in Root(config).all(Membership)]


@pytest.mark.parametrize(
    ("type_", "body", "expected"),
    [
        (
            "keycloak_custom_identity_provider_mapper",
            'identity_provider_alias = "entra"\nextra_config = { syncMode = "FORCE", role = "admin" }',
            [("roles/admin", "signs in by the identity provider `entra`")],
        ),
        (
            "keycloak_custom_identity_provider_mapper",
            'identity_provider_alias = "entra"\nextra_config = { claim = "grp", "claim.value" = "ops", role = "app.editor" }',
            [("roles/app/editor", "signs in by the identity provider `entra` with `grp` = `ops`")],
        ),
        (
            "keycloak_custom_identity_provider_mapper",
            'identity_provider_alias = "entra"\nextra_config = { group = "/eng/ops" }',
            [("ops", "signs in by the identity provider `entra`")],
        ),
        (
            "keycloak_custom_identity_provider_mapper",
            'identity_provider_alias = "entra"\nextra_config = { Claim = "mail", UserAttribute = "email" }',
            [],
        ),
        ("keycloak_ldap_hardcoded_group_mapper", 'group = "staff"', [("staff", "comes from LDAP")]),
        ("keycloak_ldap_hardcoded_role_mapper", 'role = "viewer"', [("roles/viewer", "comes from LDAP")]),
        (
            "keycloak_hardcoded_role_identity_provider_mapper",
            'identity_provider_alias = "entra"\nrole = "viewer"',
            [("roles/viewer", "signs in by the identity provider `entra`")],
        ),
    ],
)
def test_people_from_elsewhere_join(type_: str, body: str, expected: list[tuple[str, str]]) -> None:
    assert joined(f'resource "{type_}" "it" {{\n{body}\n}}') == expected


@pytest.mark.parametrize("type_", sorted(UNREAD))
def test_what_is_not_read_is_in_the_coverage(type_: str) -> None:
    root = Root(f'resource "{type_}" "it" {{\n  name = "it"\n}}')
    assert [line.reason for line in root.facts.unresolved] == [f"{UNREAD[type_]} (`{type_}`) is not read"]
    assert len(root.facts.missed) == 1
