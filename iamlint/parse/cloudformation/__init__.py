"""CloudFormation and SAM templates: intrinsic functions evaluated as far as the template decides."""

from __future__ import annotations

from typing import Any

from iamlint.model.estate import Facts
from iamlint.parse.context import Context
from iamlint.source.place import Origin


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


def parse_template(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what a template declares."""
    return Facts(context.unit, "cloudformation", (origin.path,))
