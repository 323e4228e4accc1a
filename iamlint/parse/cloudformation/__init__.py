"""CloudFormation and SAM templates: intrinsic functions evaluated as far as the template decides."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_template(value: Any) -> bool:
    """Return whether a value is a CloudFormation template, with resources of a type `Vendor::Service::Thing`."""
    resources = value.get("Resources") if isinstance(value, dict) else None
    if not isinstance(resources, dict):
        return False
    if "AWSTemplateFormatVersion" in value:
        return True
    return any(
        isinstance(resource, dict) and isinstance(resource.get("Type"), str) and "::" in resource["Type"]
        for resource in resources.values()
    )
