"""Which actions work on which resources, and present which condition keys, by the catalogue; remembered per text."""

from __future__ import annotations

from functools import lru_cache

from iamlint.iam.actions import expand
from iamlint.iam.catalogue import catalogue
from iamlint.iam.patterns import has_wildcard
from iamlint.iam.service import Service
from iamlint.lint.arn_form import can_be, is_undocumented
from iamlint.lint.condition_keys import key_facts


@lru_cache(maxsize=50_000)
def works_on(pattern: str, resource: str) -> bool | None:
    """Return whether an action of the pattern works on a resource that matches; None where the catalogue knows too little.

    An action that knows no resources works on `*` alone.
    """
    formats = _formats_of(pattern)
    vendor = _vendor_of(resource)
    if formats is None or vendor is None:
        return None
    if vendor == "*":
        return not resource.strip("*") or any(can_be(resource, form) for forms in formats.values() for form in forms)
    return any(can_be(resource, form) for form in (*formats.get(vendor, ()), *formats.get("", ())))


@lru_cache(maxsize=10_000)
def _vendor_of(resource: str) -> str | None:
    """Return the service that an ARN names, `*` where that is open, None for what the reference leaves out."""
    if is_undocumented(resource):
        return None
    vendor = resource.split(":", 3)[2] if resource.count(":") > 2 else "*"
    return "*" if has_wildcard(vendor) or "$" in vendor else vendor


@lru_cache(maxsize=10_000)
def _formats_of(pattern: str) -> dict[str, tuple[str, ...]] | None:
    """Return the ARN formats on which actions of the pattern work, by the service in the ARN (empty where that is open).

    None for a pattern of no known action, or of so many that it spans services.
    """
    bits = expand(pattern)
    if not bits or (has_wildcard(pattern) and bits.bit_count() > _MANY):
        return None
    found: dict[str, dict[str, None]] = {}
    for service, number in _numbers(bits):
        for form in service.arn_formats(number):
            vendor = form.split(":", 3)[2] if ", arn:" not in form else ""
            found.setdefault("" if "$" in vendor else vendor, {})[form] = None
    return {vendor: tuple(forms) for vendor, forms in found.items()}


@lru_cache(maxsize=10_000)
def takes_resources(pattern: str) -> bool:
    """Return whether some action of the pattern can be limited to resources."""
    return _formats_of(pattern) != {}


@lru_cache(maxsize=10_000)
def formats_for(pattern: str) -> tuple[str, ...]:
    """Return the ARN formats of the resources that an action works on."""
    formats = _formats_of(pattern) if not has_wildcard(pattern) else None
    return tuple(form for forms in formats.values() for form in forms) if formats else ()


@lru_cache(maxsize=50_000)
def presents(pattern: str, key: str) -> bool | None:
    """Return whether an action of the pattern may come with the condition key; None when nobody says."""
    facts = key_facts(key)
    bits = expand(pattern)
    if facts is None or not bits or bits.bit_count() > _MANY:
        return None
    # Types of resource list `aws:RequestTag` for the actions that set tags; other actions on them do not carry it.
    by_type = not key.startswith("aws:requesttag/")
    return any(facts.name in _keys_of(service.action(number).name, by_type) for service, number in _numbers(bits))


@lru_cache(maxsize=20_000)
def _keys_of(action: str, by_type: bool) -> frozenset[str]:
    found = catalogue().action(action)
    if found is None:
        return frozenset()
    keys = set(found.condition_keys)
    for use in found.resources:
        keys.update(use.condition_keys)
        keys.update(use.type.condition_keys if by_type else ())
    return frozenset(keys)


_MANY = 1_500
"""A pattern of more actions than any service has spans services, and is not asked one by one."""


def _numbers(bits: int) -> list[tuple[Service, int]]:
    known = catalogue()
    found = []
    while bits:
        low = bits & -bits
        number = low.bit_length() - 1
        found.append((known.service_at(number), number))
        bits ^= low
    return found
