"""What Entra's tokens say of groups and roles, and which permissions of Microsoft Graph change who is in a group."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from iamlint.model.identity import AttributeStatement
from iamlint.source.place import Place
from iamlint.source.value import Value

GROUP_CLAIMS = ("groups", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups")
"""The claim in tokens of OpenID Connect, and the attribute in SAML ("Configure group claims for applications")."""

ROLE_CLAIMS = ("roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role")

GRAPH_ROLES = {
    "62a82d76-70ea-41e2-9197-370581804d09": "Group.ReadWrite.All",
    "dbaae8cf-10b5-4b86-a4a1-f871c94c6695": "GroupMember.ReadWrite.All",
    "19dbc75e-c2e2-444c-a770-ec69d8559fc7": "Directory.ReadWrite.All",
    "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "RoleManagement.ReadWrite.Directory",
}
"""Application permissions that change members of groups ("Microsoft Graph permissions reference")."""

_NAMES = frozenset({"cloud_displayname", "sam_account_name"})
"""Additional properties by which a name takes the place of the object id."""


def group_statements(claims: Value, properties: Collection[str], place: Place) -> Iterator[AttributeStatement]:
    """Yield the statements of one of `group_membership_claims`, under both names that the claim has."""
    if claims in ("None", ""):
        return
    known = isinstance(claims, str)
    filter_kind, wanted = ("REGEX", ".*") if claims in ("SecurityGroup", "All") else ("ASSIGNED", None)
    if claims == "DirectoryRole":
        return
    names = ROLE_CLAIMS if "emit_as_roles" in properties else GROUP_CLAIMS
    sends = "name" if not _NAMES.isdisjoint(properties) else "id"
    for name in names:
        if known:
            yield AttributeStatement(name, "GROUP", filter_kind, wanted, (), place, place, sends)
        else:
            yield AttributeStatement(name, "GROUP", None, claims, (), place, place, sends)
