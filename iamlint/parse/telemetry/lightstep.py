"""Lightstep (ServiceNow Cloud Observability): its roles, keys and tokens, and what each may do."""

from __future__ import annotations

import re

from iamlint.model.telemetry import ADMINISTER, EDIT, MANAGE_CREDENTIALS, READ, SHARE, TelemetryRole
from iamlint.source.regex import regex

VENDOR = "lightstep"

EVERYTHING_A_PERSON_CAN = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS, ADMINISTER})
_EDITOR = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS})
_VIEWER = frozenset({READ})


def _role(name: str, capabilities: frozenset[str], reaches_all: bool) -> TelemetryRole:
    return TelemetryRole(VENDOR, name, name.split()[0].lower(), capabilities, reaches_all)


ROLES = {
    role.name: role
    for role in (
        _role("Organization Admin", EVERYTHING_A_PERSON_CAN, True),
        # Administers users, mappings and keys as the admin does; "Create and manage API keys" lets it create any key.
        _role("Organization Billing Admin", EVERYTHING_A_PERSON_CAN, True),
        _role("Organization Editor", _EDITOR, True),
        _role("Organization Viewer", _VIEWER, True),
        _role("Organization Restricted Member", frozenset(), False),
        _role("Project Editor", _EDITOR, False),
        _role("Project Viewer", _VIEWER, False),
    )
}
"""The standard roles by exact name. There is no "Project Admin"."""

SURVIVES_MAPPING = ("Organization Admin", "Organization Billing Admin")
"""Roles that a SAML mapping neither gives nor takes away (semantics E3)."""

# Since December 2024 project roles appear as custom roles that the product names itself.
_CUSTOM = regex(r"Project (editor|viewer) in (?P<project>\S.*)", re.DOTALL)

# What the launchers for Python and Node accept as an access token; the one published literal used this alphabet.
_TOKEN_LENGTHS = frozenset({32, 84, 104})
TOKEN = regex(r"[A-Za-z0-9+/=_-]+")


def role(text: str) -> TelemetryRole | None:
    """Return the role that the product knows under exactly this name, or None."""
    found = ROLES.get(text)
    if found is None and (match := _CUSTOM.fullmatch(text)):
        capabilities = _EDITOR if match[1] == "editor" else _VIEWER
        return TelemetryRole(VENDOR, text, "project", capabilities, False)
    return found


def role_project(text: str) -> str | None:
    """Return the project that a custom role's name holds (`Project editor in <project>`), or None."""
    match = _CUSTOM.fullmatch(text)
    return match["project"] if match else None


def is_custom_role(text: str) -> bool:
    """Return whether the name is that of a custom role made from a project role; the Terraform provider cannot express it."""
    return _CUSTOM.fullmatch(text) is not None


def near_role(text: str, level: str | None = None) -> str | None:
    """Return the standard role whose name is nearest to an unknown text, of one level if given."""
    from iamlint.source.near import nearest

    return nearest(text, [known.name for known in ROLES.values() if level is None or known.level == level])


BINDING_ROLES = frozenset({
    "Organization Admin", "Organization Editor", "Organization Viewer", "Organization Restricted Member", "Project Editor",
    "Project Viewer",
})  # fmt: skip
"""Roles that the Terraform provider takes in `lightstep_user_role_binding`: neither billing administrators nor custom roles."""

MAPPED_ROLES = frozenset({"Organization Editor", "Organization Viewer", "Organization Restricted Member"})
PROJECT_ROLES = frozenset({"Project Editor", "Project Viewer"})
"""Roles that it takes in `lightstep_saml_group_mappings`, for the organization and for a project."""

KINDS = {
    "access-token": "an access token",
    "api-key": "an API key",
    "satellite-key": "a satellite key",
    "scim-key": "a SCIM key",
}

EXPIRES_AFTER_DAYS = {"api-key": 365, "satellite-key": 365, "scim-key": 365}
"""Kinds that end by themselves ("API keys expire after one year"); an access token has no end."""


HEADER = "lightstep-access-token"
"""The header that carries an access token; compared ignoring case."""

TOKEN_VARIABLES = frozenset({"LS_ACCESS_TOKEN", "LIGHTSTEP_ACCESS_TOKEN", "LS_TOKEN"})
API_KEY_VARIABLES = frozenset({"LIGHTSTEP_API_KEY"})
SATELLITE_KEY_VARIABLES = frozenset({"COLLECTOR_API_KEY", "COLLECTOR_SATELLITE_KEY"})

INGEST_HOST = regex(r"(?:^|[/@])ingest\.(?:[a-z0-9-]+\.)?lightstep\.com(?=[:/?#]|$)", re.IGNORECASE)


def is_ingest_endpoint(text: str) -> bool:
    """Return whether a collector that sends to this endpoint sends to Lightstep."""
    return INGEST_HOST.search(text) is not None


def looks_like_token(text: str) -> bool:
    """Return whether a literal has the look of an access token: its length and alphabet."""
    return len(text) in _TOKEN_LENGTHS and TOKEN.fullmatch(text) is not None


def is_secret_literal(text: str) -> bool:
    """Return whether text written where a token belongs is a secret.

    `developer` is the token of a satellite in developer mode, and a reference (`${LS_TOKEN}`, `{{ … }}`, `<token>`) is none.
    """
    stripped = text.strip()
    if len(stripped) < 16 or any(mark in stripped for mark in ("${", "{{", "$(", "<", "%{", "vault:", "ref+")):
        return False
    if stripped.startswith("$") or not TOKEN.fullmatch(stripped):
        return False
    return not is_placeholder(stripped)


def is_placeholder(text: str) -> bool:
    """Return whether a text of a token's length is one for a reader: `your-access-token-here`. A token has digits."""
    return not any(character.isdigit() for character in text) or _PLACEHOLDER.search(text) is not None


_PLACEHOLDER = regex(
    r"your|replace|change[-_]?me|example|placeholder|dummy|sample|token|fake[-_]|test[-_]|todo[-_]|x{6,}|\*{3,}|([a-z0-9])\1{9,}",
    re.IGNORECASE,
)
