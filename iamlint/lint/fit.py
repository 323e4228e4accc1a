"""Which actions work on which resources, and present which condition keys, by the catalogue; remembered per text."""

from __future__ import annotations

from functools import lru_cache

from iamlint.iam.actions import expand
from iamlint.iam.catalogue import catalogue
from iamlint.iam.patterns import has_wildcard
from iamlint.iam.service import Action
from iamlint.lint.arn_form import can_be, is_undocumented
from iamlint.lint.condition_keys import key_facts


@lru_cache(maxsize=50_000)
def works_on(pattern: str, resource: str) -> bool | None:
    """Return whether an action of the pattern works on a resource that matches; None where the catalogue knows too little.

    An action that knows no resources works on `*` alone.
    """
    bits = expand(pattern)
    if not bits or is_undocumented(resource):
        return None
    if not resource.strip("*") or bits.bit_count() > _MANY:
        return True
    return any(_works(action, resource) for action in _actions(bits))


@lru_cache(maxsize=10_000)
def takes_resources(pattern: str) -> bool:
    """Return whether some action of the pattern can be limited to resources."""
    bits = expand(pattern)
    return bits.bit_count() > _MANY or any(action.resources for action in _actions(bits))


@lru_cache(maxsize=10_000)
def formats_for(pattern: str) -> tuple[str, ...]:
    """Return the ARN formats of the resources that an action works on."""
    action = catalogue().action(pattern) if not has_wildcard(pattern) else None
    return tuple(use.type.arn for use in action.resources) if action is not None else ()


@lru_cache(maxsize=50_000)
def presents(pattern: str, key: str) -> bool | None:
    """Return whether an action of the pattern may come with the condition key; None when nobody says."""
    facts = key_facts(key)
    bits = expand(pattern)
    if facts is None or not bits or bits.bit_count() > _MANY:
        return None
    # Types of resource list `aws:RequestTag` for the actions that set tags; other actions on them do not carry it.
    by_type = not key.startswith("aws:requesttag/")
    return any(facts.name in _keys_of(action.name, by_type) for action in _actions(bits))


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


def _works(action: Action, resource: str) -> bool:
    return any(can_be(resource, use.type.arn) for use in action.resources)


_MANY = 1_500
"""A pattern of more actions than any service has spans services, and is not asked one by one."""


def _actions(bits: int) -> list[Action]:
    known = catalogue()
    found = []
    while bits:
        low = bits & -bits
        number = low.bit_length() - 1
        found.append(known.service_at(number).action(number))
        bits ^= low
    return found
