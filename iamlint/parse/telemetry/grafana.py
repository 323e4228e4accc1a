"""Grafana and Grafana Cloud: basic roles, permissions of folders and data sources, service accounts, access policies.

Scopes are folders, data sources, dashboards and stacks (`folder/checkout`, `datasource/tempo`, `stack/acmeprod`). A basic role
opens all of them except those whose permissions are listed (Grafana docs, "Roles and permissions").
"""

from __future__ import annotations

import re

from iamlint.model.telemetry import ADMINISTER, EDIT, INGEST, MANAGE_CREDENTIALS, READ, SHARE, TelemetryRole
from iamlint.source.regex import regex

VENDOR = "grafana"
UNITS = ("folder", "datasource", "dashboard", "stack")

_VIEW = frozenset({READ})
_EDITOR = frozenset({READ, EDIT, SHARE})
_ADMIN = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS, ADMINISTER})


def _role(name: str, level: str, capabilities: frozenset[str]) -> TelemetryRole:
    return TelemetryRole(VENDOR, name, level, capabilities, level == "organization" and bool(capabilities))


ORGANIZATION_ROLES = {
    role.name: role
    for role in (
        _role("Admin", "organization", _ADMIN),
        _role("Editor", "organization", _EDITOR),
        _role("Viewer", "organization", _VIEW),
        _role("None", "organization", frozenset()),
        _role("Grafana Admin", "organization", _ADMIN),
    )
}
"""The basic roles by exact name; `Grafana Admin` administers the server."""

PROJECT_ROLES = {
    role.name: role
    for role in (
        _role("View", "project", _VIEW),
        _role("Query", "project", _VIEW),
        _role("Edit", "project", _EDITOR),
        _role("Admin", "project", frozenset({READ, EDIT, SHARE, ADMINISTER})),
    )
}
"""The permissions in a folder, dashboard or data source by exact name."""

KINDS = {
    "service-account-token": "a service account's token",
    "access-policy-token": "a token of an access policy",
    "api-key": "an API key",
}
TOKEN_KINDS = ("access-policy-token",)
"""Kinds whose scopes say what they may do."""
ORGANIZATION_KINDS = ("service-account-token", "api-key")

HEADERS = frozenset[str]()
VARIABLES = {
    "GRAFANA_AUTH": "service-account-token",
    "GRAFANA_API_KEY": "api-key",
    "GRAFANA_TOKEN": "service-account-token",
    "GRAFANA_SERVICE_ACCOUNT_TOKEN": "service-account-token",
    "GRAFANA_CLOUD_ACCESS_POLICY_TOKEN": "access-policy-token",
    "GRAFANA_CLOUD_API_KEY": "access-policy-token",
    "GRAFANA_CLOUD_TOKEN": "access-policy-token",
    "GCLOUD_RW_API_KEY": "access-policy-token",
    "GCLOUD_API_KEY": "access-policy-token",
}
TOKEN = regex(r"(?:glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=_-]{30,}|eyJrIjoi[A-Za-z0-9+/=]{30,})")
INGEST_HOST = regex(
    r"(?:^|[/@])(?:otlp-gateway|otlp|tempo|logs|prometheus|profiles|mimir|loki)-?[a-z0-9-]*\.grafana\.net(?=[:/?#]|$)",
    re.IGNORECASE,
)

_SIGNALS = frozenset({"metrics", "logs", "traces", "profiles"})


def scope_capabilities(scope: str) -> frozenset[str] | None:
    """Return what a scope of an access policy permits in telemetry (Grafana Cloud docs, "Access policies"); None: not known."""
    subject, _, verb = scope.partition(":")
    if subject == "set":
        return frozenset({INGEST}) if verb == "alloy-data-write" else None
    if subject in _SIGNALS:
        return {"write": frozenset({INGEST}), "import": frozenset({INGEST}), "read": _VIEW, "delete": frozenset({EDIT})}.get(verb)
    if subject in ("accesspolicies", "stack-service-accounts", "api-keys") and verb in ("write", "delete"):
        return frozenset({MANAGE_CREDENTIALS})
    if subject in ("orgs", "stacks", "org-members") and verb in ("write", "delete"):
        return frozenset({ADMINISTER})
    if verb == "read":
        return frozenset()
    return frozenset({EDIT}) if verb in ("write", "delete") else None
