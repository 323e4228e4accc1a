"""What identity policies allow without limit: neither a resource, nor a condition, nor a deny of the same policy narrows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from iamlint.iam.action_lists import ActionList, action_list, names_in, naming
from iamlint.iam.catalogue import catalogue, numbers_in
from iamlint.iam.service import LEVELS, Service
from iamlint.lint.openness import is_limited, is_wide, limits_any
from iamlint.lint.sensitive_actions import CREDENTIALS, DATA, INFRASTRUCTURE, ORDINARY, PERMISSIONS, Actions
from iamlint.lint.statements import (
    denied_everywhere,
    every_action_index,
    every_resource_index,
    is_lost,
    is_unlimited,
    loses_some,
)  # fmt: skip
from iamlint.lint.texts import action_lists
from iamlint.model.policy import Effect, Policy, PolicyKind, Statement
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


class Grant(NamedTuple):
    """What one statement allows without limit of what was asked for; `place` is the first pattern that does it.

    `by_service`: the actions, for each service a bit set that counts from its first action. `everywhere`: on every resource
    (`*`); else on every resource of the kind (`arn:aws:iam::*:role/*`).
    """

    statement: Statement
    by_service: dict[str, int]
    place: Place
    everywhere: bool

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the names of the actions, by service and name."""
        return tuple(name for key, bits in self.by_service.items() for name in _names(key, bits))

    @property
    def where(self) -> str:
        """Return `on every resource`, or of its kind."""
        return "on every resource" if self.everywhere else "on every resource of its kind"

    def listed(self, most: int = 3) -> str:
        """Return the actions for a message: a few of them, then how many more."""
        names: list[str] = []
        for key, bits in self.by_service.items():
            if len(names) < most:
                names += _names(key, _lowest(bits, most - len(names)))
        shown = ", ".join([f"`{name}`" for name in names])
        more = sum(map(int.bit_count, self.by_service.values())) - most
        return f"{shown} and {more} more" if more > 0 else shown


class _Candidates(NamedTuple):
    """The allows that list actions: what each names by service, and what of that is sensitive, for each kind of it."""

    listed: list[tuple[Statement, dict[str, int]]]
    sensitive: dict[str, list[tuple[Statement, dict[str, int]]]]


_SENSITIVE: dict[str, Actions] = {
    "permissions": PERMISSIONS, "credentials": CREDENTIALS, "data": DATA, "infrastructure": INFRASTRUCTURE,
    "roles": {"iam": "PassRole"},
}  # fmt: skip


def permissions_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that manage permissions without limit."""
    return _grants(graph, "permissions")


def credentials_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that hand out credentials without limit."""
    return _grants(graph, "credentials")


def data_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that read data without limit."""
    return _grants(graph, "data")


def infrastructure_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that change or destroy infrastructure without limit."""
    return _grants(graph, "infrastructure")


def pass_role_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that let any role be passed to any service."""
    return _grants(graph, "roles")


def changing_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that change things by other actions than the sensitive ones, on every resource (`*`)."""
    for statement, named in graph.once(_candidates).listed:
        if every_resource_index(statement) is None:
            continue
        wanted = {service: found for service, bits in named.items() if (found := bits & _changing[service])}
        if wanted:
            grant = _grant(statement, wanted, limitable=True)
            if grant is not None:
                yield grant


def deploying_action(policies: Iterable[Policy]) -> str:
    """Return an action by which policies change who may do what or what runs, on whatever resource, or nothing."""
    for policy in policies:
        for statement in policy.statements:
            if statement.effect is not Effect.ALLOW or statement.opaque is not None:
                continue
            if every_action_index(statement) is not None or statement.actions_negated:
                return "*" if not statement.actions_negated else "everything but a few actions"
            named = action_list(statement.actions).named
            taken = denied_everywhere(policy)
            for actions in (PERMISSIONS, {"iam": "PassRole"}, INFRASTRUCTURE):
                for service, bits in named.items():
                    found = _left(service, bits & _named_bits(service, actions.get(service, "")), taken)
                    if found:
                        return _names(service, found)[0]
    return ""


def _grants(graph: AccessGraph, kind: str) -> Iterator[Grant]:
    for statement, wanted in graph.once(_candidates).sensitive[kind]:
        grant = _grant(statement, wanted)
        if grant is not None:
            yield grant


def _candidates(graph: AccessGraph) -> _Candidates:
    """Return the allows that list actions; those that allow everything, or all but something, are for other rules."""
    found = _Candidates([], {kind: [] for kind in _SENSITIVE})
    lists = action_lists(graph)
    some_lose = loses_some(graph)
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        if statement.actions_negated or statement.opaque is not None:
            continue
        actions = lists[statement]
        if (not actions.odd or every_action_index(statement) is None) and not (some_lose and is_lost(graph, statement)):
            found.listed.append((statement, actions.named))
            for kind, wanted in _sensitive_in(actions).items():
                found.sensitive[kind].append((statement, wanted))
    return found


@lru_cache(maxsize=50_000)
def _sensitive_in(actions: ActionList) -> dict[str, dict[str, int]]:
    """Return what is sensitive among the actions of a list, by kind and service."""
    found: dict[str, dict[str, int]] = {}
    for service, bits in actions.named.items():
        every, by_kind = _sensitive_bits[service]
        if bits & every:
            for kind, its in by_kind:
                if bits & its:
                    found.setdefault(kind, {})[service] = bits & its
    return found


class _SensitiveBits(dict[str, tuple[int, list[tuple[str, int]]]]):
    """The sensitive actions of a service: all, and those of each kind."""

    def __missing__(self, service: str) -> tuple[int, list[tuple[str, int]]]:
        by_kind = [
            (kind, bits)
            for kind, actions in _SENSITIVE.items()
            if service in actions and (bits := _named_bits(service, actions[service]))
        ]
        every = 0
        for _, bits in by_kind:
            every |= bits
        found = self[service] = every, by_kind
        return found


_sensitive_bits = _SensitiveBits()


def _grant(statement: Statement, wanted: dict[str, int], *, limitable: bool = False) -> Grant | None:
    """Return what a statement allows without limit of some actions; `limitable`: all of them can be limited to resources."""
    everywhere = every_resource_index(statement) is not None
    if everywhere and is_unlimited(statement):
        whole = action_list(statement.actions).whole  # `service-wildcard` says so already
        if whole:
            wanted = {service: bits for service, bits in wanted.items() if service not in whole}
    if wanted and (taken_back := denied_everywhere(statement.policy)):
        wanted = {service: left for service, bits in wanted.items() if (left := _left(service, bits, taken_back))}
    if not wanted:
        return None
    if len(wanted) > 1:
        wanted = dict(sorted(wanted.items()))  # the catalogue numbers services by their keys
    if not limitable:
        wanted = {service: found for service, bits in wanted.items() if (found := bits & _limitable[service])}
    if not everywhere or statement.conditions:
        wanted = {service: left for service, bits in wanted.items() if (left := _open_bits(statement, service, bits, everywhere))}
    return Grant(statement, wanted, _first_place(statement, wanted), everywhere) if wanted else None


def _open_bits(statement: Statement, key: str, bits: int, everywhere: bool) -> int:
    """Return those of some actions of a service that neither the resources nor the conditions of a statement limit."""
    if any(map(limits_any, statement.conditions)):
        return 0
    service = _service(key)
    found = 0
    for index in numbers_in(bits):
        number = service.first + index
        if (everywhere or is_wide(statement, service.needed_formats(number))) and not (
            statement.conditions and is_limited(statement.conditions, service.action(number))
        ):
            found |= 1 << index
    return found


def _service(key: str) -> Service:
    service = catalogue().service(key)
    assert service is not None
    return service


def _names(key: str, bits: int) -> list[str]:
    """Return the actions of a service in a bit set that counts from its first action."""
    names = names_in(_service(key))
    return [names[index] for index in numbers_in(bits)]


def _lowest(bits: int, most: int) -> int:
    """Return the lowest bits of a set, at most so many."""
    left = bits
    for _ in range(most):
        left &= left - 1
    return bits ^ left


def _left(key: str, bits: int, taken_back: int) -> int:
    """Return what is left of a service's actions when actions are taken back, which are counted over the whole catalogue."""
    return bits and bits & ~(taken_back >> _service(key).first)


def _first_place(statement: Statement, wanted: dict[str, int]) -> Place:
    """Return where the first pattern stands that names one of these actions: the first in the file.

    Terraform sorts the actions of an `aws_iam_policy_document`, so the first of the policy may be the last of the file.
    """
    numbers = naming(statement.actions, wanted)
    number = next(numbers, None)
    if number is None:
        return statement.place()
    first = statement.action_place(number)
    if first.span is None:  # a document keeps its order
        return first
    home = statement.place("Action")
    start, end = home.span or (0, 0)

    def order(place: Place) -> tuple[bool, str, int]:
        """What stands elsewhere (a local, a variable's default) comes after what the statement itself lists."""
        at = place.span[0] if place.span else 0
        return place.path != home.path or not start <= at < end, place.path, at

    return min((first, *map(statement.action_place, numbers)), key=order)


@lru_cache(maxsize=2_000)
def _named_bits(service: str, names: str) -> int:
    """Return these actions of a service as a bit set that counts from its first action."""
    return action_list(tuple([f"{service}:{name}" for name in names.split()])).named.get(service, 0)


class _Changing(dict[str, int]):
    """The actions of a service that change what exists and can be limited to a resource, less those of other rules.

    What makes something new is left out: its ARN is mostly not known before. Counted from the first action of the service.
    """

    def __missing__(self, service: str) -> int:
        known = catalogue().service(service)
        if known is None:
            return 0
        bits = 0
        names, start = names_in(known), len(service) + 1
        for index in numbers_in(known.limitable_bits("WTP")):
            name = names[index]
            if not (name[start : start + 3] in _MAKE_BEGIN and name.startswith(_MAKE, start)) and "PassRole" not in name:
                bits |= 1 << index
        for actions in (PERMISSIONS, CREDENTIALS, DATA, INFRASTRUCTURE, ORDINARY):
            if service in actions:
                bits &= ~_named_bits(service, actions[service])
        self[service] = bits
        return bits


_changing = _Changing()


class _Limitable(dict[str, int]):
    """The actions of a service that can be limited to a resource, counted from its first action."""

    def __missing__(self, service: str) -> int:
        known = catalogue().service(service)
        bits = self[service] = known.limitable_bits("".join(LEVELS)) if known is not None else 0
        return bits


_limitable = _Limitable()
_MAKE = ("Create", "Run", "Request", "Allocate", "Import", "Register", "Start", "Tag", "Untag", "Add", "Publish")
_MAKE_BEGIN = frozenset(word[:3] for word in _MAKE)  # one look, where eleven would follow
