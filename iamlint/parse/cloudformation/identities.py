"""Unknowns that are no gaps: what differs from stack to stack, and what AWS chooses for a resource of a template."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.parse.cloudformation.physical import IMPLICIT_APIS, is_computed
from iamlint.parse.cloudformation.template import Template
from iamlint.source.value import Unknown, unknowns


def expected(template: Template) -> set[str]:
    """Return the symbols of what differs from stack to stack: account, region and the stack's own name."""
    context = template.context
    where = {unknown.symbol for value in (context.account, context.region, context.partition) for unknown in unknowns(value)}
    return where | {f"{template.unit}#AWS::{name}" for name in ("StackName", "StackId", "URLSuffix", "NotificationARNs")}


def is_identity(template: Template, unknown: Unknown) -> bool:
    """Return whether an unknown only stands for what AWS chooses for a resource of a template: references join on it."""
    unit = template.unit
    if not unknown.symbol.startswith(f"{unit}#"):
        return False
    logical = unknown.symbol[len(unit) + 1 :].partition(".")[0]
    if logical in IMPLICIT_APIS.values():
        return True
    resources = template.resources
    resource = resources.get(logical, resources.get(logical.removesuffix("Role")))
    return resource is not None and not is_computed(resource)


def no_gaps(template: Template, told: Iterable[Unknown]) -> set[str]:
    """Return the symbols of what is not known among what templates tell each other and is no gap in this one of them."""
    known = expected(template)
    return {unknown.symbol for unknown in told if unknown.symbol in known or is_identity(template, unknown)}
