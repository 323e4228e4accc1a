"""What identity policies allow without limit: neither a resource, nor a condition, nor a deny of the same policy narrows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from iamlint.iam.action_lists import action_list, first_naming
from iamlint.iam.actions import statement_bits
from iamlint.iam.catalogue import catalogue, numbers_in
from iamlint.iam.patterns import matches
from iamlint.iam.service import Action, Service
from iamlint.lint.sensitive_actions import CREDENTIALS, DATA, INFRASTRUCTURE, ORDINARY, PERMISSIONS, Actions
from iamlint.lint.statements import every_action_index, every_resource_index, is_unconditional
from iamlint.model.policy import Condition, Effect, Policy, PolicyKind, Statement
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph

_TELL_NOTHING = frozenset({
    "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:useragent", "aws:referer",
    "s3:tlsversion", "s3:authtype", "s3:signatureversion", "s3:signatureage",
})  # fmt: skip
"""Keys that any caller meets, or meets at some time: a condition on one leaves what is allowed as wide as it was."""

_ANY = "zq7-any"
_HOLE = "\U000f7777"


class Grant(NamedTuple):
    """What one statement allows without limit of what was asked for; `place` is the first pattern that does it.

    `everywhere`: on every resource (`*`); else on every resource of the kind (`arn:aws:iam::*:role/*`).
    """

    statement: Statement
    actions: tuple[str, ...]
    place: Place
    everywhere: bool

    @property
    def where(self) -> str:
        """Return `on every resource`, or of its kind."""
        return "on every resource" if self.everywhere else "on every resource of its kind"

    def listed(self, most: int = 3) -> str:
        """Return the actions for a message: a few of them, then how many more."""
        shown = ", ".join(f"`{name}`" for name in self.actions[:most])
        return shown + (f" and {len(self.actions) - most} more" if len(self.actions) > most else "")


class _Candidates(NamedTuple):
    """The allows that list actions, what each names by service, and which of them name a service."""

    listed: list[tuple[Statement, dict[str, int]]]
    naming: dict[str, list[int]]


def permissions_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that manage permissions without limit."""
    return _grants(graph, PERMISSIONS)


def credentials_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that hand out credentials without limit."""
    return _grants(graph, CREDENTIALS)


def data_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that read data without limit."""
    return _grants(graph, DATA)


def infrastructure_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that change or destroy infrastructure without limit."""
    return _grants(graph, INFRASTRUCTURE)


def pass_role_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that let any role be passed to any service."""
    return _grants(graph, {"iam": "PassRole"})


def changing_grants(graph: AccessGraph) -> Iterator[Grant]:
    """Yield the statements that change things by other actions than the sensitive ones, on every resource (`*`)."""
    for statement, named in _candidates(graph).listed:
        if every_resource_index(statement) is None:
            continue
        wanted = {service: found for service, bits in named.items() if (found := bits & _changing_bits(service))}
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
            taken = _taken_back_bits(policy)
            for actions in (PERMISSIONS, {"iam": "PassRole"}, INFRASTRUCTURE):
                for service, bits in named.items():
                    found = _left(service, bits & _named_bits(service, actions.get(service, "")), taken)
                    if found:
                        return _names(service, found)[0]
    return ""


def _grants(graph: AccessGraph, actions: Actions) -> Iterator[Grant]:
    candidates = graph.once(_candidates)
    concerned = {number for service in actions for number in candidates.naming.get(service, ())}
    for number in sorted(concerned):
        statement, named = candidates.listed[number]
        wanted = {
            service: found
            for service, bits in named.items()
            if service in actions and (found := bits & _named_bits(service, actions[service]))
        }
        if wanted:
            grant = _grant(statement, wanted)
            if grant is not None:
                yield grant


def _candidates(graph: AccessGraph) -> _Candidates:
    """Return the allows that list actions; those that allow everything, or all but something, are for other rules."""
    found = _Candidates([], {})
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        if statement.actions_negated or statement.opaque is not None:
            continue
        actions = action_list(statement.actions)
        if not actions.odd or every_action_index(statement) is None:
            named = actions.named
            for service in named:
                found.naming.setdefault(service, []).append(len(found.listed))
            found.listed.append((statement, named))
    return found


def _grant(statement: Statement, wanted: dict[str, int], *, limitable: bool = False) -> Grant | None:
    """Return what a statement allows without limit of some actions; `limitable`: all of them can be limited to resources."""
    everywhere = every_resource_index(statement) is not None
    if everywhere and is_unconditional(statement):
        whole = action_list(statement.actions).whole  # `service-wildcard` says so already
        if whole:
            wanted = {service: bits for service, bits in wanted.items() if service not in whole}
    if wanted and (taken_back := _taken_back_bits(statement.policy)):
        wanted = {service: left for service, bits in wanted.items() if (left := _left(service, bits, taken_back))}
    if not wanted:
        return None
    order = sorted(wanted) if len(wanted) > 1 else wanted  # the catalogue numbers services by their keys
    names: list[str] = []
    if limitable and everywhere and not statement.conditions:
        for key in order:
            names += _names(key, wanted[key])
        return Grant(statement, tuple(names), _first_place(statement, wanted), everywhere)
    open_bits: dict[str, int] = {}
    for key in order:
        service = _service(key)
        for index in numbers_in(wanted[key]):
            action = service.action(service.first + index)
            if action.resources and _is_wide(statement, action, everywhere) and not _is_limited(statement.conditions, action):
                names.append(action.name)
                open_bits[key] = open_bits.get(key, 0) | 1 << index
    return Grant(statement, tuple(names), _first_place(statement, open_bits), everywhere) if names else None


def _service(key: str) -> Service:
    service = catalogue().service(key)
    assert service is not None
    return service


def _names(key: str, bits: int) -> list[str]:
    """Return the actions of a service in a bit set that counts from its first action."""
    names = _service(key).names
    return [f"{key}:{names[index]}" for index in numbers_in(bits)]


def _left(key: str, bits: int, taken_back: int) -> int:
    """Return what is left of a service's actions when actions are taken back, which are counted over the whole catalogue."""
    return bits and bits & ~(taken_back >> _service(key).first)


def _first_place(statement: Statement, wanted: dict[str, int]) -> Place:
    number = first_naming(statement.actions, wanted)
    return statement.place() if number is None else statement.action_place(number)


@lru_cache(maxsize=2_000)
def _named_bits(service: str, names: str) -> int:
    """Return these actions of a service as a bit set that counts from its first action."""
    return action_list(tuple([f"{service}:{name}" for name in names.split()])).named.get(service, 0)


@lru_cache(maxsize=1_000)
def _changing_bits(service: str) -> int:
    """Return the actions of a service that change what exists and can be limited to a resource, less those of other rules.

    What makes something new is left out: its ARN is mostly not known before. Counted from the first action of the service.
    """
    known = catalogue().service(service)
    if known is None:
        return 0
    bits = known.limitable_bits("WTP")
    for index, name in enumerate(known.names):
        if name.startswith(_MAKE) or "PassRole" in name:
            bits &= ~(1 << index)
    for actions in (PERMISSIONS, CREDENTIALS, DATA, INFRASTRUCTURE, ORDINARY):
        bits &= ~_named_bits(service, actions.get(service, ""))
    return bits


_MAKE = ("Create", "Run", "Request", "Allocate", "Import", "Register", "Start", "Tag", "Untag", "Add", "Publish")


@lru_cache(maxsize=16)
def _taken_back_bits(policy: Policy) -> int:
    """Return the actions that unconditional denies of the policy take back on every resource."""
    bits = 0
    for statement in policy.statements:
        if (
            statement.effect is Effect.DENY and is_unconditional(statement)
            and every_resource_index(statement) is not None
        ):  # fmt: skip
            bits |= statement_bits(statement)
    return bits


def _is_wide(statement: Statement, action: Action, everywhere: bool) -> bool:
    """Return whether the resources leave every resource open on which the action works."""
    if everywhere:
        return True
    if statement.resources_negated or not statement.resources:
        return False
    uses = [use for use in action.resources if use.required] or list(action.resources)
    return all(any(covers_kind(pattern, use.type.arn) for pattern in statement.resources) for use in uses)


def covers_kind(pattern: Value, arn: str) -> bool:
    """Return whether a pattern covers every resource of a type in its account and region (`arn:aws:iam::*:role/*`)."""
    if isinstance(pattern, Unknown):
        return False
    if isinstance(pattern, Text):
        pattern = "".join(part if isinstance(part, str) else _HOLE for part in pattern.parts)
    return "*" in pattern and _covers_kind(pattern, arn)


@lru_cache(maxsize=20_000)
def _covers_kind(pattern: str, arn: str) -> bool:
    written, probe = pattern.split(":", 5), arn.split(":", 5)
    if len(written) != 6 or len(probe) != 6 or _HOLE in written[5]:
        return False
    for at in (1, 3, 4):  # partition, region, account
        if probe[at].startswith("${"):
            probe[at] = _ANY if "*" in written[at] or "?" in written[at] else written[at]
    while "${" in probe[5]:
        head, _, tail = probe[5].partition("${")
        probe[5] = head + _ANY + tail.partition("}")[2]
    return matches(pattern, ":".join(probe))


def _is_limited(conditions: tuple[Condition, ...], action: Action) -> bool:
    return any(limits(condition, action) for condition in conditions)


def limits(condition: Condition, action: Action) -> bool:
    """Return whether a condition narrows an action: its key tells requests apart, and a request without it does not pass."""
    name = condition.key.lower()
    if name in _TELL_NOTHING:
        return False
    operator = condition.operator.lower()
    if "like" in operator and "not" not in operator and "*" in condition.values:
        return False
    passes_without = operator.endswith("ifexists") or operator.startswith("forallvalues:") or "not" in operator
    passes_without = passes_without or (operator == "null" and "true" in condition.values)
    if not passes_without or name.startswith("aws:"):
        return True
    known = (
        *action.condition_keys,
        *(key for use in action.resources for key in (*use.condition_keys, *use.type.condition_keys)),
    )
    base = name.partition("/")[0]
    return any(key.lower().partition("/")[0].partition("${")[0] == base for key in known)
