"""Answers of identity providers' interfaces, kept in files: which reader takes which document, told by its content."""

from __future__ import annotations

from importlib import import_module

from iamlint.model.estate import Facts
from iamlint.parse.context import Context
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KEYS = frozenset(
    {
        "schemas", "id", "group", "user", "app",  # SCIM, Okta
        "Users", "Groups", "GroupMemberships", "AccountAssignments", "PermissionSet", "PermissionSets", "InlinePolicy",
        "PermissionsBoundary", "AttachedManagedPolicies", "CustomerManagedPolicyReferences", "IdentityStoreId",
        "ReportFormat",  # the credential report of IAM
        "@odata.context", "@odata.type",  # Microsoft Graph
        "kind", "groups", "memberships",  # Google
        "realm",  # Keycloak
        "slug", "login", "full_name",  # GitHub
    }
)  # fmt: skip
"""A document with none of these keys, itself or in its first element, is no answer that is read here."""

READERS = (
    ("scim", "scim"),
    ("identity_center_export", "identity_center_export"),
    ("credential_report", "credential_report"),
    ("okta_export", "okta_export"),
    ("entra_export", "entra_export"),
    ("google_export", "google_export"),
    ("keycloak_export", "keycloak_export"),
    ("github_export", "github_export"),
)
"""Modules with `is_…` and `parse_…`, asked in this order."""


def may_be_export(value: Any) -> bool:
    """Return whether a document may be one of these answers; false costs next to nothing."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and not KEYS.isdisjoint(first)


def parse_export(value: Any, origin: Origin, context: Context) -> Facts | None:
    """Return what a document declares, None when no reader takes it."""
    for module, name in READERS:
        home = import_module(f"iamlint.parse.identity.{module}")
        if getattr(home, f"is_{name}")(value):
            facts: Facts = getattr(home, f"parse_{name}")(value, origin, context)
            return facts
    return None
