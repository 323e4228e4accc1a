"""A role's text becomes a grant, by the vendor's table of roles."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.telemetry import RoleGrant, TelemetryRole
from iamlint.parse.telemetry import lightstep
from iamlint.parse.telemetry.vendors import VENDORS
from iamlint.source.place import Place
from iamlint.source.value import Value


def known_roles(vendor: str) -> Mapping[str, TelemetryRole]:
    """Return the standard roles of a vendor by exact name; none for a vendor whose roles are not known.

    Where a role of the organization and one of a scope have one name, it is the organization's.
    """
    known = VENDORS.get(vendor)
    return {} if known is None else {**known.project_roles, **known.organization_roles}


def role_grant(
    vendor: str, text: Value, place: Place, project: Value | None = None, project_place: Place | None = None
) -> RoleGrant:
    """Return the grant that a role's text makes in a project, or in the organization; the role is None where it is not known.

    A custom role of Lightstep whose name holds its project is granted there.
    """
    known = VENDORS.get(vendor)
    if known is None or not isinstance(text, str):
        return RoleGrant(text, None, project, place, project_place)
    if vendor != lightstep.VENDOR:
        return RoleGrant(text, known.role(text, project is not None), project, place, project_place)
    if project is None and (named := lightstep.role_project(text)) is not None:
        project, project_place = named, place
    return RoleGrant(text, lightstep.role(text), project, place, project_place)
