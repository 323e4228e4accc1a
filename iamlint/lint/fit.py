"""Which actions work on which resources, and present which condition keys, by the catalogue; remembered per text.

On what an action works is a bit set of types of resource (`arn_types.py`). Most actions work on what others work on too, so
these sets are numbered: a *kind* of actions.
"""

from __future__ import annotations

from functools import lru_cache

from iamlint.iam.action_lists import action_list, home_of, number_named
from iamlint.iam.actions import located
from iamlint.iam.catalogue import catalogue, numbers_in
from iamlint.iam.patterns import has_wildcard
from iamlint.iam.service import Service
from iamlint.lint.arn_types import ANY_RESOURCE, ANY_TYPE, bits_of, may_be, may_be_some, types_of, types_of_any, vendor_in
from iamlint.lint.condition_keys import key_facts
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value

_UNKNOWN = 0
"""The kind of what is no action that the catalogue knows, or a pattern of so many that it spans services."""

_types: list[int] = [ANY_RESOURCE]
"""The types of resource on which actions of a kind work, by the number of the kind."""

_numbers: dict[int, int] = {ANY_RESOURCE: _UNKNOWN}


class _Kinds(NamedTuple):
    """The kinds of the actions of a list, and the types on which some of them work."""

    each: frozenset[int]
    types: int


def works_on(pattern: str, resource: str) -> bool | None:
    """Return whether an action of the pattern works on a resource that matches; None where the catalogue knows too little.

    An action that knows no resources works on `*` alone.
    """
    kind = _kind_of(pattern)
    if kind == _UNKNOWN or (resource.strip("*") and types_of(resource) & ANY_TYPE):
        return None
    return may_be(resource, _types[kind])


def idle_actions(actions: tuple[Value, ...], resources: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers of the actions that work on none of the resources."""
    found = types_of_any(resources)
    apart = [kind for kind in _kinds_of(actions).each if not _types[kind] & found]  # none, mostly
    idle = {kind for kind in apart if not may_be_some(resources, _types[kind])}
    if not idle:
        return ()
    return tuple([number for number, action in enumerate(actions) if _kind_of(action) in idle])


def idle_resources(actions: tuple[Value, ...], resources: tuple[Value, ...]) -> tuple[int, ...]:
    """Return the numbers of the resources on which none of the actions works; what stands for everything is never one."""
    types = _kinds_of(actions).types
    return tuple([
        number for number, resource in enumerate(resources)
        if isinstance(resource, str) and resource.strip("*") and not may_be(resource, types)
    ])  # fmt: skip


def takes_resources(pattern: str) -> bool:
    """Return whether some action of the pattern can be limited to resources."""
    return _types[_kind_of(pattern)] != ANY_TYPE


def formats_for(pattern: str) -> tuple[str, ...]:
    """Return the ARN formats of the resources that an action works on, those of one service after each other."""
    named = located[pattern] if not has_wildcard(pattern) else ()
    found: dict[str, dict[str, None]] = {}
    for key, bits in named:
        service = _service(key)
        for arn_format in _formats(service, service.uses(service.first + bits.bit_length() - 1)):
            found.setdefault(vendor_in(arn_format), {})[arn_format] = None
    return tuple(arn_format for formats in found.values() for arn_format in formats)


@lru_cache(maxsize=20_000)
def _kinds_of(actions: tuple[Value, ...]) -> _Kinds:
    listed = action_list(actions)
    each = frozenset((*map(_kind_of_number.__getitem__, listed.numbers), *map(_kind_of_pattern.__getitem__, listed.odd)))
    types = 0
    for kind in each:
        types |= _types[kind]
    return _Kinds(each, types)


def _kind_of(action: Value) -> int:
    number = number_named(action)
    return _kind_of_pattern[action] if number is None else _kind_of_number[number]


def _kind(types: int) -> int:
    number = _numbers.get(types)
    if number is None:
        number = _numbers[types] = len(_types)
        _types.append(types)
    return number


def _formats(service: Service, uses: str) -> list[str]:
    return [service.arn_formats[kind] for kind in service.kinds_of(uses)]


class _KindOfNumber(dict[int, int]):
    """The kinds of actions, by their number in the catalogue."""

    def __init__(self) -> None:
        self._of_uses: dict[tuple[str, str], int] = {}

    def __missing__(self, number: int) -> int:
        service = _service(home_of(number))
        uses = service.uses(number)
        kind = self._of_uses.get((service.key, uses))
        if kind is None:
            kind = self._of_uses[service.key, uses] = _kind(ANY_TYPE | bits_of(_formats(service, uses)))
        self[number] = kind
        return kind


class _KindOfPattern(dict[Value, int]):
    """The kinds of actions that a pattern names, looked up once a text."""

    def __missing__(self, pattern: Value) -> int:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        named = located[pattern] if isinstance(pattern, str) else ()
        if not named or (len(named) > 1 and sum(bits.bit_count() for _, bits in named) > _MANY):
            self[pattern] = _UNKNOWN
            return _UNKNOWN
        types = 0
        for key, bits in named:
            first = _service(key).first
            for kind in {_kind_of_number[first + index] for index in numbers_in(bits)}:
                types |= _types[kind]
        kind = self[pattern] = _kind(types)
        return kind


_kind_of_number = _KindOfNumber()
_kind_of_pattern = _KindOfPattern()


def _service(key: str) -> Service:
    service = catalogue().service(key)
    assert service is not None
    return service


@lru_cache(maxsize=50_000)
def presents(pattern: str, key: str) -> bool | None:
    """Return whether an action of the pattern may come with the condition key; None when nobody says."""
    facts = key_facts(key)
    if facts is None:
        return None
    # Types of resource list `aws:RequestTag` for the actions that set tags; other actions on them do not carry it.
    by_type = not key.startswith("aws:requesttag/")
    number = number_named(pattern)
    if number is not None:  # as mostly
        service = _service(home_of(number))
        if facts.name in service.keys_of(number - service.first, by_type=by_type):
            return True
        return None if _is_left_open(facts.name) or pattern.lower() in _ELSEWHERE.get(facts.name.lower(), ()) else False
    named = located[pattern]
    if not named or (len(named) > 1 and sum(bits.bit_count() for _, bits in named) > _MANY):
        return None
    for service_key, bits in named:
        service = _service(service_key)
        for index in numbers_in(bits):
            if facts.name in service.keys_of(index, by_type=by_type):
                return True
    return None if _is_left_open(facts.name) else False


@lru_cache(maxsize=2_000)
def _is_left_open(name: str) -> bool:
    """Return whether the reference describes a key of a service and names no action of the service that carries it.

    `states:HTTPEndpoint` comes with `states:InvokeHTTPEndpoint`, says the Step Functions Developer Guide; the reference does not.
    """
    service = catalogue().service(name.partition(":")[0].lower())
    return service is not None and not any(name in service.keys_of(index, by_type=True) for index in range(service.count))


_WITHIN_A_CALL = ("sts:tagsession", "sts:setsourceidentity", "sts:setcontext")
"""No calls: checked within one that assumes a role, with what it carries (IAM User Guide: "Pass session tags in AWS STS")."""

_ELSEWHERE: dict[str, tuple[str, ...]] = {
    "iam:awsservicename": (
        "iam:deleteservicelinkedrole",
        "iam:getservicelinkedroledeletionstatus",
        "iam:putrolepolicy",
        "iam:updateroledescription",
    ),
    "aws-marketplace:productid": ("aws-marketplace:subscribe", "aws-marketplace:unsubscribe"),
    "sts:externalid": _WITHIN_A_CALL,
    "sts:rolesessionname": _WITHIN_A_CALL,
    "sts:sourceidentity": _WITHIN_A_CALL,
    "sts:transitivetagkeys": _WITHIN_A_CALL,
}
"""Which actions carry a key, as another page than the reference says.

Amazon Bedrock User Guide: "Request access to models"; Amazon EMR Management Guide: "Using service-linked roles for cleanup".
"""

_MANY = 1_500
"""A pattern of more actions than any service has spans services, and is not asked one by one."""

_MOST_TEXTS = 20_000
