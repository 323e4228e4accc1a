"""The telemetry vendors that are known, in one shape: their roles, their kinds of credentials, and how these show in files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from iamlint.model.telemetry import INGEST, TelemetryRole
from iamlint.parse.telemetry import datadog, grafana, honeycomb, lightstep
from iamlint.source.record import NamedTuple

_NOTHING = frozenset[str]()


class Vendor(NamedTuple):
    """A vendor. `units` are its kinds of scopes, as they stand before a scope's name; none where there is one kind.

    Of `kinds` (each with its words, article first), `ingest` only write; `scoped` may carry scopes that say what they may do,
    as `scope_capabilities` knows them; `of_organization` belong to the organization whatever else is said of them.
    Only workloads present those of `machine`. `headers` and `variables` carry credentials (a variable with its kind); `token` is
    how they look.
    """

    name: str
    title: str
    units: tuple[str, ...]
    organization_roles: Mapping[str, TelemetryRole]
    project_roles: Mapping[str, TelemetryRole]
    kinds: Mapping[str, str]
    ingest: frozenset[str]
    scoped: frozenset[str]
    of_organization: frozenset[str]
    fixed: Mapping[str, frozenset[str]]
    headers: frozenset[str]
    variables: Mapping[str, str]
    host: re.Pattern[str]
    token: re.Pattern[str]
    scope_capabilities: Callable[[str], frozenset[str] | None]
    ends_by_itself: frozenset[str] = frozenset()
    machine: frozenset[str] = frozenset()
    authoritative: bool = False  # one declaration holds all mappings, or all users of a role in a scope (E4)

    def role(self, text: str, in_project: bool) -> TelemetryRole | None:
        """Return the role of this exact name: of a scope if it stands in one, else of the organization, else of the other."""
        first, second = self.organization_roles, self.project_roles
        if in_project:
            first, second = second, first
        return first.get(text) or second.get(text)

    @property
    def role_names(self) -> tuple[str, ...]:
        """Return the names of all standard roles, each once."""
        return tuple(dict.fromkeys([*self.organization_roles, *self.project_roles]))

    def capabilities(self, kind: str, role: TelemetryRole | None, scopes: tuple[str, ...] = ()) -> frozenset[str]:
        """Return what a credential may do in its scope, as far as it is known."""
        if kind in self.fixed:
            return self.fixed[kind]
        if kind in self.ingest:
            return frozenset({INGEST})
        if role is not None:
            return role.capabilities
        return _NOTHING.union(*(self.scope_capabilities(scope) or _NOTHING for scope in scopes))


def _no_scopes(scope: str) -> frozenset[str] | None:
    return None


VENDORS = {
    "lightstep": Vendor(
        lightstep.VENDOR, "Lightstep", (),
        {name: role for name, role in lightstep.ROLES.items() if role.level == "organization"},
        {name: role for name, role in lightstep.ROLES.items() if role.level == "project"},
        lightstep.KINDS, frozenset({"access-token", "satellite-key"}), frozenset(), frozenset({"satellite-key", "scim-key"}),
        {"scim-key": lightstep.EVERYTHING_A_PERSON_CAN}, frozenset({lightstep.HEADER}),
        {
            **dict.fromkeys(sorted(lightstep.TOKEN_VARIABLES), "access-token"),
            **dict.fromkeys(sorted(lightstep.API_KEY_VARIABLES), "api-key"),
            **dict.fromkeys(sorted(lightstep.SATELLITE_KEY_VARIABLES), "satellite-key"),
        },
        lightstep.INGEST_HOST, lightstep.TOKEN, _no_scopes, frozenset(lightstep.EXPIRES_AFTER_DAYS),
        frozenset({"access-token", "satellite-key", "scim-key"}), True,
    ),
    "datadog": Vendor(
        datadog.VENDOR, "Datadog", datadog.UNITS, datadog.ORGANIZATION_ROLES, datadog.PROJECT_ROLES, datadog.KINDS,
        frozenset(datadog.INGEST_KINDS), frozenset(datadog.TOKEN_KINDS), frozenset(datadog.ORGANIZATION_KINDS), {},
        datadog.HEADERS, datadog.VARIABLES, datadog.INGEST_HOST, datadog.TOKEN, datadog.scope_capabilities,
        machine=frozenset(datadog.INGEST_KINDS),
    ),
    "grafana": Vendor(
        grafana.VENDOR, "Grafana", grafana.UNITS, grafana.ORGANIZATION_ROLES, grafana.PROJECT_ROLES, grafana.KINDS,
        frozenset(), frozenset(grafana.TOKEN_KINDS), frozenset(grafana.ORGANIZATION_KINDS), {},
        grafana.HEADERS, grafana.VARIABLES, grafana.INGEST_HOST, grafana.TOKEN, grafana.scope_capabilities,
        machine=frozenset({"service-account-token", "access-policy-token"}),
    ),
    "honeycomb": Vendor(
        honeycomb.VENDOR, "Honeycomb", honeycomb.UNITS, honeycomb.ORGANIZATION_ROLES, honeycomb.PROJECT_ROLES, honeycomb.KINDS,
        frozenset(honeycomb.INGEST_KINDS), frozenset(honeycomb.TOKEN_KINDS), frozenset(honeycomb.ORGANIZATION_KINDS),
        honeycomb.KEY_CAPABILITIES, honeycomb.HEADERS, honeycomb.VARIABLES, honeycomb.INGEST_HOST, honeycomb.TOKEN,
        honeycomb.scope_capabilities, machine=frozenset(honeycomb.INGEST_KINDS),
    ),
}  # fmt: skip

KINDS = tuple(dict.fromkeys(kind for vendor in VENDORS.values() for kind in vendor.kinds))
"""Every kind of credential that some vendor has."""

VARIABLES = {name: (vendor, kind) for vendor in VENDORS.values() for name, kind in vendor.variables.items()}
"""Environment variables that carry a credential, with the vendor and the kind."""

HEADERS = {name: vendor for vendor in VENDORS.values() for name in vendor.headers}
"""Headers that carry a credential, in lower case, with the vendor."""


def kind_words(vendor: str, kind: str) -> str:
    """Return a kind of credential in words, article first."""
    known = VENDORS.get(vendor)
    return (known.kinds.get(kind) if known is not None else None) or f"a {kind}"


def without_unit(vendor: str, name: str) -> str:
    """Return a scope's bare name: `checkout` of `folder/checkout`."""
    known = VENDORS.get(vendor)
    unit, slash, rest = name.partition("/")
    return rest if slash and rest and known is not None and unit in known.units else name
