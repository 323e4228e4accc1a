"""A role's text becomes a grant, by the vendor's table of roles."""

from __future__ import annotations

from iamlint.model.telemetry import RoleGrant
from iamlint.parse.telemetry import lightstep
from iamlint.source.place import Place
from iamlint.source.value import Value

VENDORS = frozenset({lightstep.VENDOR})
"""Vendors whose roles are known."""


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
