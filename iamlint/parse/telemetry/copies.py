"""Mappings and bindings that say again what their source says: the Terraform that a manifest renders, the live export.

What is said twice grants nothing more, so it leaves the graph, and a finding about it is told once, at its source. What differs
from the source stays: that is what is applied, or what is so. SYNC101 and SYNC102 compare the two sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from iamlint.model.estate import Facts
from iamlint.model.telemetry import LIVE, Copied, RoleBinding, ScopeMapping, TelemetryRendering
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIVE_KINDS = frozenset({"lightstep-export", "datadog-export"})

About = tuple[str, ...]
"""What a mapping or binding is about: vendor, and attribute and value, or role and project."""


def without_copies(units: Iterable[Facts]) -> list[Facts]:
    """Return the units, each repeated mapping or binding as `Copied`, with what its source does not say beside it."""
    units = list(units)
    targets = {
        item.target: item.resource
        for facts in units
        if facts.kind == "manifest"
        for item in facts.items
        if isinstance(item, TelemetryRendering)
    }
    if not targets and not any(facts.kind in LIVE_KINDS for facts in units):
        return units
    declared, by_source = _Said(), {resource: _Said() for resource in targets.values()}
    for facts in units:
        for item in facts.items:
            if isinstance(item, (ScopeMapping, RoleBinding)) and facts.kind not in LIVE_KINDS:
                declared.add(item)
                if item.resource in by_source:
                    by_source[item.resource].add(item)
    found = []
    for facts in units:
        items: list[Any] = []
        for item in facts.items:
            said = None
            if facts.kind in LIVE_KINDS and isinstance(item, (ScopeMapping, RoleBinding)) and not item.is_live:
                item = item._replace(resource=LIVE + item.resource)
            if isinstance(item, (ScopeMapping, RoleBinding)):
                source = targets.get(item.place.path)
                said = (
                    declared if facts.kind in LIVE_KINDS else by_source[source] if source not in (None, item.resource) else None
                )
            items += [item] if said is None else said.settled(item)
        made = facts
        if items != facts.items:
            made = copy(facts)
            made.items = items
        found.append(made)
    return found


class _Said:
    """What one side says: for each mapping its grants, for each binding its users."""

    def __init__(self) -> None:
        self._parts: dict[About, set[object]] = {}

    def add(self, item: ScopeMapping | RoleBinding) -> None:
        """Add what an item says."""
        about, parts = _about(item)
        self._parts.setdefault(about, set()).update(parts)

    def settled(self, item: ScopeMapping | RoleBinding) -> list[Any]:
        """Return the item as it is when this side knows nothing of it, else as a copy, and beside it what is more in it."""
        about, parts = _about(item)
        known = self._parts.get(about)
        if known is None:
            return [item]
        more = [index for index, part in enumerate(parts) if part not in known]
        if not more:
            return [Copied(item)]
        if isinstance(item, ScopeMapping):
            return [Copied(item), item._replace(grants=tuple(item.grants[index] for index in more))]
        return [Copied(item), item._replace(users=tuple(item.users[index] for index in more))]


def _about(item: ScopeMapping | RoleBinding) -> tuple[About, list[object]]:
    """Return what an item is about, and its parts in their order. Organizations are left out: a file may not say its own."""
    if isinstance(item, ScopeMapping):
        grants = [(key(grant.text), key(grant.project) if grant.project is not None else "") for grant in item.grants]
        return ("mapping", item.vendor, key(item.attribute), key(item.value)), list(grants)
    project = key(item.grant.project) if item.grant.project is not None else ""
    return ("binding", item.vendor, key(item.grant.text), project), [key(user).casefold() for user, _ in item.users]
