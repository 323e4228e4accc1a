"""Honeycomb: environments are its scopes; who may see them is set in its interface, and only keys stand in files."""

from __future__ import annotations

import re

from iamlint.model.telemetry import ADMINISTER, EDIT, INGEST, MANAGE_CREDENTIALS, READ, SHARE, TelemetryRole
from iamlint.source.regex import regex

VENDOR = "honeycomb"
UNITS: tuple[str, ...] = ()

_MEMBER = frozenset({READ, EDIT, SHARE})

ORGANIZATION_ROLES = {
    role.name: role
    for role in (
        TelemetryRole(VENDOR, "Owner", "organization", frozenset({*_MEMBER, MANAGE_CREDENTIALS, ADMINISTER}), True),
        TelemetryRole(VENDOR, "Member", "organization", _MEMBER, True),
        TelemetryRole(VENDOR, "Read-Only", "organization", frozenset({READ}), True),
    )
}
"""The roles of a team ("Manage Team Permissions"); the team is the organization."""

PROJECT_ROLES = {
    role.name: role
    for role in (
        TelemetryRole(VENDOR, "Environment Member", "project", _MEMBER, False),
        TelemetryRole(VENDOR, "Environment Read-Only", "project", frozenset({READ}), False),
    )
}

KINDS = {
    "ingest-key": "an ingest key",
    "configuration-key": "a configuration key",
    "management-key": "a management key",
}
INGEST_KINDS = ("ingest-key",)
TOKEN_KINDS = ("configuration-key",)
ORGANIZATION_KINDS = ("management-key",)
KEY_CAPABILITIES = {"management-key": frozenset({MANAGE_CREDENTIALS, ADMINISTER})}

HEADERS = frozenset({"x-honeycomb-team"})
VARIABLES = {
    "HONEYCOMB_API_KEY": "ingest-key",
    "HONEYCOMBIO_APIKEY": "configuration-key",
    "HONEYCOMB_WRITEKEY": "ingest-key",
    "HONEYCOMB_INGEST_KEY": "ingest-key",
    "HONEYCOMB_CONFIGURATION_KEY": "configuration-key",
    "HONEYCOMB_KEY_SECRET": "management-key",
}
TOKEN = regex(r"hc[abx](?:ik|lk|mk)_[A-Za-z0-9]{26,}|[0-9a-f]{32}|[A-Za-z0-9]{22}|[A-Za-z0-9]{32}")
INGEST_HOST = regex(r"(?:^|[/@])api\.(?:[a-z0-9-]+\.)?honeycomb\.io(?=[:/?#]|$)", re.IGNORECASE)

_PERMISSIONS = {
    "send_events": frozenset({INGEST}),
    "create_datasets": frozenset({INGEST}),
    "run_queries": frozenset({READ}),
    "read_service_maps": frozenset({READ}),
    "visible_team_members": frozenset[str](),
    "create_public_boards": frozenset({SHARE}),
}


def scope_capabilities(scope: str) -> frozenset[str] | None:
    """Return what a permission of a configuration key permits; None where it is not known."""
    if scope.startswith("manage_"):
        return frozenset({EDIT, SHARE} if scope == "manage_public_boards" else {EDIT})
    return _PERMISSIONS.get(scope)
