"""Datadog: roles and their permissions, restricted datasets, keys.

A role opens the whole organization. Data leaves it by a restricted dataset (`dataset/checkout`), logs by a restriction query
(`logs/service:checkout`), and single things by a restriction policy (`dashboard/abc-def-ghi`).
"""

from __future__ import annotations

import re

from iamlint.model.telemetry import ADMINISTER, EDIT, INGEST, MANAGE_CREDENTIALS, READ, SHARE, TelemetryRole
from iamlint.source.regex import regex

VENDOR = "datadog"
UNITS = ("dataset", "logs", "dashboard", "notebook", "monitor", "slo", "security-rule", "synthetics-test", "powerpack")

_READER = frozenset({READ})
# "Datadog Role Permissions": Standard has `user_app_keys` and writes assets; Admin manages users, roles and all keys.
_STANDARD = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS})
_ADMIN = frozenset({READ, EDIT, SHARE, MANAGE_CREDENTIALS, ADMINISTER})


def custom_role(name: str, capabilities: frozenset[str]) -> TelemetryRole:
    """Return a role of the organization's own."""
    return TelemetryRole(VENDOR, name, "organization", capabilities, READ in capabilities)


ORGANIZATION_ROLES = {
    role.name: role
    for role in (
        custom_role("Datadog Admin Role", _ADMIN),
        custom_role("Datadog Standard Role", _STANDARD),
        custom_role("Datadog Read Only Role", _READER),
    )
}
"""The managed roles by exact name."""

PROJECT_ROLES = {
    role.name: role
    for role in (
        TelemetryRole(VENDOR, "viewer", "project", _READER, False),
        TelemetryRole(VENDOR, "editor", "project", frozenset({READ, EDIT, SHARE}), False),
    )
}
"""The relations of a restriction policy; a principal of a dataset is its `viewer`."""

KINDS = {
    "api-key": "an API key",
    "application-key": "an application key",
    "client-token": "a client token",
}
INGEST_KINDS = ("api-key", "client-token")
TOKEN_KINDS = ("application-key",)
ORGANIZATION_KINDS = ("api-key", "client-token", "application-key")

HEADERS = frozenset({"dd-api-key", "dd-application-key"})
VARIABLES = {
    "DD_API_KEY": "api-key",
    "DATADOG_API_KEY": "api-key",
    "DD_APP_KEY": "application-key",
    "DATADOG_APP_KEY": "application-key",
    "DD_APPLICATION_KEY": "application-key",
    "DD_CLIENT_TOKEN": "client-token",
    "DD_CLIENT_API_KEY": "api-key",
}
TOKEN = regex(r"(?:ddp_|ddapp_)[A-Za-z0-9]{30,}|[0-9a-f]{32}|[0-9a-f]{40}|pub[0-9a-f]{32}")
INGEST_HOST = regex(
    r"(?:^|[/@.])(?:(?:us3|us5|ap1|ap2)\.)?datadoghq\.(?:com|eu)(?=[:/?#]|$)|(?:^|[/@.])ddog-gov\.com(?=[:/?#]|$)", re.IGNORECASE
)

# What reads telemetry; all other permissions to read are about settings.
_READING = frozenset({
    "apm_read", "logs_read_data", "logs_read_index_data", "logs_live_tail", "logs_read_archives", "dashboards_read",
    "timeseries_query", "rum_apps_read", "rum_session_replay_read", "metrics_read", "ci_visibility_read", "notebooks_read",
    "error_tracking_read", "llm_observability_read", "continuous_profiler_read", "dbm_read", "debugger_read", "events_read",
    "processes_read", "monitors_read", "hosts_read", "network_read", "ndm_netflow_read", "data_streams_monitoring_read",
})  # fmt: skip
_SHARING = frozenset({
    "dashboards_public_share", "dashboards_embed_share", "dashboards_invite_share", "shared_dashboards_write",
    "generate_log_reports", "generate_dashboard_reports", "embeddable_graphs_share",
})  # fmt: skip
_KEYS = frozenset({
    "api_keys_write", "api_keys_delete", "user_app_keys", "org_app_keys_write", "service_account_write", "client_tokens_write",
})  # fmt: skip
_ADMINISTERING = frozenset({"user_access_manage", "org_management", "admin", "org_authorized_apps_write", "user_access_invite"})


def permission_capabilities(name: str) -> frozenset[str]:
    """Return what a permission (of a role, or as a scope of a key) permits in telemetry."""
    if name in _READING:
        return _READER
    if name in _SHARING:
        return frozenset({SHARE})
    if name in _KEYS:
        return frozenset({MANAGE_CREDENTIALS})
    if name in _ADMINISTERING:
        return _ADMIN if name == "admin" else frozenset({ADMINISTER})
    if name == "standard":
        return _STANDARD
    if name in ("metrics_write", "events_write", "logs_write"):
        return frozenset({INGEST})
    return frozenset({EDIT}) if name.endswith(("_write", "_manage", "_delete", "_modify_indexes")) else frozenset()


def scope_capabilities(scope: str) -> frozenset[str] | None:
    """Return what a scope of an application key permits."""
    return permission_capabilities(scope)
