"""JSON documents that a template writes as texts: what stands in them, and where."""

from __future__ import annotations

from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.template import Template, intrinsic
from iamlint.source.place import TEXT, FixedOrigin, Origin, Place, Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def structured(template: Template, found: Evaluated) -> Evaluated:
    """Return the structure of which `Fn::ToJsonString` makes a text, with its places; anything else as it is."""
    route = found.origin.at().route
    written = written_at(template, route)
    if not isinstance(written, dict) or intrinsic(written) != "Fn::ToJsonString":
        return found
    return template.evaluate(written["Fn::ToJsonString"], (*route, "Fn::ToJsonString"))


def inside(template: Template, place: Place) -> Origin:
    """Return the origin of the document that a text holds: in that text, where the template writes it in one piece."""
    written, route = written_at(template, place.route), place.route
    if isinstance(written, dict) and intrinsic(written) == "Fn::Sub":
        written, route = written["Fn::Sub"], (*route, "Fn::Sub")
        if isinstance(written, list) and written:
            written, route = written[0], (*route, 0)
    return Origin(place.path, (*route, TEXT), place.document) if isinstance(written, str) else FixedOrigin(place)


def written_at(template: Template, route: Route) -> Any:
    """Return what stands at a route of the template; None where a loop makes it."""
    written: Any = {"Resources": template.resources, "Globals": template.globals}
    for step in route:
        listed = isinstance(written, list) and isinstance(step, int) and step < len(written)
        written = written[step] if listed or (isinstance(written, dict) and step in written) else None
    return written
