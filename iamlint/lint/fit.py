"""Which actions work on which resources, and present which condition keys, by the catalogue; remembered per text."""

from __future__ import annotations

from functools import lru_cache

from iamlint.iam.actions import numbers_of
from iamlint.iam.catalogue import catalogue
from iamlint.iam.patterns import has_wildcard
from iamlint.lint.arn_form import can_be, is_undocumented
from iamlint.lint.condition_keys import key_facts


def works_on(pattern: str, resource: str) -> bool | None:
    """Return whether an action of the pattern works on a resource that matches; None where the catalogue knows too little.

    An action that knows no resources works on `*` alone.
    """
    formats = _formats_of(pattern)
    if formats is None:
        return None
    vendor = _vendor_of(resource)
    if vendor is None:
        return None
    if vendor == "*":
        return not resource.strip("*") or any(can_be(resource, form) for forms in formats.values() for form in forms)
    for form in formats.get(vendor, ()):
        if can_be(resource, form):
            return True
    return "" in formats and any(can_be(resource, form) for form in formats[""])


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
    numbers = numbers_of(pattern, _MANY)
    if not numbers:
        return None
    known = catalogue()
    if len(numbers) == 1:
        return _by_vendor(known.service_at(numbers[0]).arn_formats(numbers[0]))
    return _by_vendor(tuple(form for number in numbers for form in known.service_at(number).arn_formats(number)))


@lru_cache(maxsize=5_000)
def _by_vendor(forms: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for form in forms:
        found.setdefault(_vendor_in(form), {})[form] = None
    return {vendor: tuple(known) for vendor, known in found.items()}


@lru_cache(maxsize=5_000)
def _vendor_in(form: str) -> str:
    """Return the service that ARNs of a format name, or nothing where that is open."""
    vendor = form.split(":", 3)[2] if ", arn:" not in form else ""
    return "" if "$" in vendor else vendor


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
    numbers = numbers_of(pattern, _MANY) if facts is not None else []
    if facts is None or not numbers:
        return None
    # Types of resource list `aws:RequestTag` for the actions that set tags; other actions on them do not carry it.
    by_type = not key.startswith("aws:requesttag/")
    return any(facts.name in _keys_of(number, by_type) for number in numbers)


@lru_cache(maxsize=20_000)
def _keys_of(number: int, by_type: bool) -> frozenset[str]:
    found = catalogue().service_at(number).action(number)
    keys = set(found.condition_keys)
    for use in found.resources:
        keys.update(use.condition_keys)
        keys.update(use.type.condition_keys if by_type else ())
    return frozenset(keys)


_MANY = 1_500
"""A pattern of more actions than any service has spans services, and is not asked one by one."""
