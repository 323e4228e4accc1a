"""Lightstep (ServiceNow Cloud Observability): its roles, keys and tokens, and what each may do."""

from __future__ import annotations

import re

from iamlint.model.telemetry import ADMINISTER, EDIT, INGEST, MANAGE_CREDENTIALS, READ, SHARE, TelemetryRole

VENDOR = "lightstep"

_EVERYTHING_A_PERSON_CAN = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS, ADMINISTER})
_EDITOR = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS})
_VIEWER = frozenset({READ})


def _role(name: str, capabilities: frozenset[str], reaches_all: bool) -> TelemetryRole:
    return TelemetryRole(VENDOR, name, name.split()[0].lower(), capabilities, reaches_all)


ROLES = {
    role.name: role
    for role in (
        _role("Organization Admin", _EVERYTHING_A_PERSON_CAN, True),
        # Administers users, mappings and keys as the admin does; "Create and manage API keys" lets it create any key.
        _role("Organization Billing Admin", _EVERYTHING_A_PERSON_CAN, True),
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
_CUSTOM = re.compile(r"Project (editor|viewer) in (?P<project>\S.*)", re.DOTALL)

# What the launchers for Python and Node accept as an access token; the one published literal used this alphabet.
_TOKEN_LENGTHS = frozenset({32, 84, 104})
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]+")


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


KEY_KINDS = ("access-token", "api-key", "satellite-key", "scim-key")

EXPIRES_AFTER_DAYS = {"api-key": 365, "satellite-key": 365, "scim-key": 365}
"""Kinds that end by themselves ("API keys expire after one year"); an access token has no end."""


def key_capabilities(kind: str, role: TelemetryRole | None) -> frozenset[str]:
    """Return what a credential of this kind may do in its scope; an API key whose role is not known: nothing that is known."""
    if kind in ("access-token", "satellite-key"):
        return frozenset({INGEST})
    if kind == "scim-key":
        return _EVERYTHING_A_PERSON_CAN
    return role.capabilities if role is not None else frozenset()


def key_reaches_organization(kind: str) -> bool:
    """Return whether a credential of this kind belongs to the organization whatever else is said of it."""
    return kind in ("satellite-key", "scim-key")


HEADER = "lightstep-access-token"
"""The header that carries an access token; compared ignoring case."""

TOKEN_VARIABLES = frozenset({"LS_ACCESS_TOKEN", "LIGHTSTEP_ACCESS_TOKEN", "LS_TOKEN"})
API_KEY_VARIABLES = frozenset({"LIGHTSTEP_API_KEY"})
SATELLITE_KEY_VARIABLES = frozenset({"COLLECTOR_API_KEY", "COLLECTOR_SATELLITE_KEY"})

_INGEST_HOST = re.compile(r"(?:^|[/@])ingest\.(?:[a-z0-9-]+\.)?lightstep\.com(?=[:/?#]|$)", re.IGNORECASE)


def is_ingest_endpoint(text: str) -> bool:
    """Return whether a collector that sends to this endpoint sends to Lightstep."""
    return _INGEST_HOST.search(text) is not None


def looks_like_token(text: str) -> bool:
    """Return whether a literal has the look of an access token: its length and alphabet."""
    return len(text) in _TOKEN_LENGTHS and _TOKEN.fullmatch(text) is not None


def is_secret_literal(text: str) -> bool:
    """Return whether text written where a token belongs is a secret.

    `developer` is the token of a satellite in developer mode, and a reference (`${LS_TOKEN}`, `{{ … }}`, `<token>`) is none.
    """
    stripped = text.strip()
    if len(stripped) < 16 or any(mark in stripped for mark in ("${", "{{", "$(", "<", "%{", "vault:", "ref+")):
        return False
    if stripped.startswith("$") or not _TOKEN.fullmatch(stripped):
        return False
    # "your-access-token-here", "REPLACE_WITH_TOKEN": words for a reader. A token of this length has digits.
    return any(character.isdigit() for character in stripped) and not _PLACEHOLDER.search(stripped)


_PLACEHOLDER = re.compile(
    r"your|replace|change[-_]?me|example|placeholder|dummy|sample|token|fake[-_]|test[-_]|todo[-_]|x{6,}|\*{3,}|0{10,}",
    re.IGNORECASE,
)
