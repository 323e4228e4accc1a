"""Which actions work on which resources, and present which condition keys, by the catalogue; remembered per text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from iamlint.iam.action_lists import action_list, home_of
from iamlint.iam.actions import located
from iamlint.iam.catalogue import catalogue, numbers_in
from iamlint.iam.patterns import has_wildcard
from iamlint.iam.service import Service
from iamlint.lint.arn_form import ArnShape, can_be_any, is_undocumented, shape_of
from iamlint.lint.condition_keys import key_facts
from iamlint.source.value import Value


class Formats:
    """The ARN formats on which actions work, by the service in the ARN (empty where that is open).

    Most actions work on what other actions work on, and share this; so it remembers which resources fit.
    """

    __slots__ = ("_fits", "_shapes", "by_vendor")

    def __init__(self, forms: list[str]) -> None:
        found: dict[str, dict[str, None]] = {}
        for form in forms:
            found.setdefault(_vendor_in(form), {})[form] = None
        self.by_vendor = {vendor: tuple(known) for vendor, known in found.items()}
        self._shapes: dict[str, tuple[ArnShape, ...]] = {}
        self._fits: dict[str, bool | None] = {}

    def fit(self, resource: str) -> bool | None:
        """Return whether the resource may be one of these; None where the catalogue knows too little of it."""
        try:
            return self._fits[resource]
        except KeyError:
            if len(self._fits) > _MOST_TEXTS:
                self._fits.clear()
            found = self._fits[resource] = self._compared(resource)
            return found

    def fit_any(self, resources: Iterable[str]) -> bool:
        """Return whether some resource may be one of these, as far as the catalogue knows."""
        fits = self._fits
        for resource in resources:
            fit = fits[resource] if resource in fits else self.fit(resource)
            if fit is not False:
                return True
        return False

    def _compared(self, resource: str) -> bool | None:
        vendor = _vendor_of(resource)
        if vendor is None:
            return None
        if vendor == "*" and not resource.strip("*"):
            return True
        shapes = self._shapes.get(vendor)
        if shapes is None:
            forms = [form for name in self.by_vendor if vendor == "*" or name in (vendor, "") for form in self.by_vendor[name]]
            shapes = self._shapes[vendor] = tuple(map(shape_of, forms))
        return can_be_any(resource, shapes)


def works_on(pattern: str, resource: str) -> bool | None:
    """Return whether an action of the pattern works on a resource that matches; None where the catalogue knows too little.

    An action that knows no resources works on `*` alone.
    """
    formats = formats_of_action[pattern]
    return None if formats is None else formats.fit(resource)


def idle_actions(actions: tuple[Value, ...], resources: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers of the actions that work on none of the resources."""
    idle = {formats for formats in _kinds_of(actions) if formats is not None and not formats.fit_any(resources)}
    if not idle:
        return ()
    return tuple([number for number, action in enumerate(actions) if formats_of_action[action] in idle])


def idle_resources(actions: tuple[Value, ...], resources: tuple[Value, ...]) -> tuple[int, ...]:
    """Return the numbers of the resources on which none of the actions works; what stands for everything is never one."""
    kinds = _kinds_of(actions)
    return tuple([
        number for number, resource in enumerate(resources)
        if isinstance(resource, str) and resource.strip("*")
        and not any(formats is None or formats.fit(resource) is not False for formats in kinds)
    ])  # fmt: skip


@lru_cache(maxsize=20_000)
def _kinds_of(actions: tuple[Value, ...]) -> frozenset[Formats | None]:
    """Return what the actions of a list work on; None stands for those of which nobody knows it."""
    listed = action_list(actions)
    return frozenset((*map(_formats_of_number.__getitem__, listed.numbers), *map(formats_of_action.__getitem__, listed.odd)))


class _FormatsOfNumber(dict[int, Formats]):
    """What the action with a number works on."""

    def __missing__(self, number: int) -> Formats:
        key = home_of(number)
        service = _service(key)
        found = self[number] = _formats_of_kinds(key, service.kinds_of(service.all_uses[number - service.first]))
        return found


_formats_of_number = _FormatsOfNumber()


@lru_cache(maxsize=10_000)
def _vendor_of(resource: str) -> str | None:
    """Return the service that an ARN names, `*` where that is open, None for what the reference leaves out."""
    if is_undocumented(resource):
        return None
    vendor = resource.split(":", 3)[2] if resource.count(":") > 2 else "*"
    return "*" if has_wildcard(vendor) or "$" in vendor else vendor


class _FormatsOfAction(dict[Value, "Formats | None"]):
    """What the actions of a pattern work on, looked up once a text."""

    def __missing__(self, pattern: Value) -> Formats | None:
        if not isinstance(pattern, str):
            return None
        if len(self) >= _MOST_TEXTS:
            self.clear()
        found = self[pattern] = _formats_of_action(pattern)
        return found


formats_of_action = _FormatsOfAction()
"""`formats_of_action[pattern]`: the ARN formats on which its actions work.

None for a pattern of no known action, or of so many that it spans services.
"""


def _formats_of_action(pattern: str) -> Formats | None:
    named = located[pattern]
    if len(named) == 1:
        key, bits = named[0]
        service = _service(key)
        if not bits & bits - 1:
            return _formats_of_kinds(key, service.kinds_of(service.all_uses[bits.bit_length() - 1]))
        kinds: dict[int, None] = {}
        for uses in {service.all_uses[index]: None for index in numbers_in(bits)}:
            kinds.update(dict.fromkeys(service.kinds_of(uses)))
        return _formats_of_kinds(key, tuple(kinds))
    if not named or sum(bits.bit_count() for _, bits in named) > _MANY:
        return None
    forms: dict[str, None] = {}
    for key, bits in named:
        service = _service(key)
        for uses in {service.all_uses[index]: None for index in numbers_in(bits)}:
            forms.update(dict.fromkeys(service.arn_formats[kind] for kind in service.kinds_of(uses)))
    return Formats(list(forms))


def _service(key: str) -> Service:
    service = catalogue().service(key)
    assert service is not None
    return service


@lru_cache(maxsize=20_000)
def _formats_of_kinds(key: str, kinds: tuple[int, ...]) -> Formats:
    formats = _service(key).arn_formats
    return Formats([formats[kind] for kind in kinds])


@lru_cache(maxsize=5_000)
def _vendor_in(form: str) -> str:
    """Return the service that ARNs of a format name, or nothing where that is open."""
    vendor = form.split(":", 3)[2]
    return "" if "$" in vendor else vendor


def takes_resources(pattern: str) -> bool:
    """Return whether some action of the pattern can be limited to resources."""
    formats = formats_of_action[pattern]
    return formats is None or bool(formats.by_vendor)


def formats_for(pattern: str) -> tuple[str, ...]:
    """Return the ARN formats of the resources that an action works on."""
    formats = formats_of_action[pattern] if not has_wildcard(pattern) else None
    return tuple(form for forms in formats.by_vendor.values() for form in forms) if formats else ()


@lru_cache(maxsize=50_000)
def presents(pattern: str, key: str) -> bool | None:
    """Return whether an action of the pattern may come with the condition key; None when nobody says."""
    facts = key_facts(key)
    named = located[pattern] if facts is not None else ()
    if facts is None or not named or sum(bits.bit_count() for _, bits in named) > _MANY:
        return None
    # Types of resource list `aws:RequestTag` for the actions that set tags; other actions on them do not carry it.
    by_type = not key.startswith("aws:requesttag/")
    for service_key, bits in named:
        service = _service(service_key)
        if any(facts.name in service.keys_of(index, by_type=by_type) for index in numbers_in(bits)):
            return True
    return None if _is_left_open(facts.name) else False


@lru_cache(maxsize=2_000)
def _is_left_open(name: str) -> bool:
    """Return whether the reference describes a key of a service and names no action of the service that carries it.

    `states:HTTPEndpoint` comes with `states:InvokeHTTPEndpoint`, says the Step Functions Developer Guide; the reference does not.
    """
    service = catalogue().service(name.partition(":")[0].lower())
    return service is not None and not any(name in service.keys_of(index, by_type=True) for index in range(service.count))


_MANY = 1_500
"""A pattern of more actions than any service has spans services, and is not asked one by one."""

_MOST_TEXTS = 20_000
