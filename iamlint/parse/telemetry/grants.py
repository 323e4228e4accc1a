"""A role's text becomes a grant, by the vendor's table of roles."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.telemetry import RoleGrant, TelemetryRole
from iamlint.parse.telemetry import lightstep
from iamlint.source.place import Place
from iamlint.source.value import Value

_ROLES: Mapping[str, Mapping[str, TelemetryRole]] = {lightstep.VENDOR: lightstep.ROLES}

VENDORS = frozenset(_ROLES)
"""Vendors whose roles are known."""


def known_roles(vendor: str) -> Mapping[str, TelemetryRole]:
    """Return the standard roles of a vendor by exact name; none for a vendor whose roles are not known."""
    return _ROLES.get(vendor, {})


def role_grant(
    vendor: str, text: Value, place: Place, project: Value | None = None, project_place: Place | None = None
) -> RoleGrant:
    """Return the grant that a role's text makes in a project, or in the organization; the role is None where it is not known.

    A custom role whose name holds its project is granted there.
    """
    if vendor not in VENDORS or not isinstance(text, str):
        return RoleGrant(text, None, project, place, project_place)
    if project is None and (named := lightstep.role_project(text)) is not None:
        project, project_place = named, place
    return RoleGrant(text, lightstep.role(text), project, place, project_place)
