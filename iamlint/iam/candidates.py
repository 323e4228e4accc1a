"""Requests that can tell statements apart: one for everything that their patterns and conditions distinguish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod

from iamlint.iam.arns import split_arn
from iamlint.iam.caller import read_caller
from iamlint.iam.completions import arn_witnesses, completions
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext
from iamlint.iam.guesses import OWN, guesses, usual_resources
from iamlint.iam.request import PolicySet, Request, RequestPrincipal
from iamlint.iam.variables import has_variables, substitutes
from iamlint.model.policy import Statement
from iamlint.source.value import Unknown, Value

_CONTEXTS = 500
OTHER = "999999999999"
STRANGER = "arn:aws:iam::888888888888:user/zz"
ANN = f"arn:aws:iam::{OWN}:user/zz"


class Choices:
    """What may be asked: actions × callers × resources × values of context keys.

    `reason` None: every request is like one of these. Else it says why others may differ.
    """

    __slots__ = ("actions", "callers", "contexts", "reason", "resources", "typical")

    def __init__(self, actions: list[str]) -> None:
        self.actions = actions
        self.callers: list[tuple[RequestPrincipal, str]] = []  # with the account of the resource
        self.resources: list[str] = []
        self.contexts: dict[str, list[tuple[str, ...] | None]] = {}
        self.reason: str | None = None
        self.typical: list[tuple[tuple[str, ...] | None, ...]] | None = None

    def requests(self) -> Iterator[Request]:
        """Yield every combination; of too many values of context keys only some that meet a statement's conditions."""
        for action, resource, (caller, account) in product(self.actions, self.resources, self.callers):
            for values in self._combinations():
                context: dict[str, tuple[Value, ...] | Unknown] = {
                    name: value for name, value in zip(self.contexts, values, strict=True) if value is not None
                }
                yield Request(caller, action, resource, account, context)

    def _combinations(self) -> Iterable[tuple[tuple[str, ...] | None, ...]]:
        return product(*self.contexts.values()) if self.typical is None else self.typical

    def bound(self, statements: list[Statement]) -> None:
        """Keep the number of combinations within bounds."""
        if prod(map(len, self.contexts.values())) <= _CONTEXTS:
            return
        self.reason = self.reason or "too many combinations of context keys"
        found: dict[tuple[tuple[str, ...] | None, ...], None] = {tuple(values[0] for values in self.contexts.values()): None}
        for statement in statements:
            compiled = [CompiledCondition(condition, False) for condition in statement.conditions]
            chosen = []
            for name, values in self.contexts.items():
                mine = [condition for condition in compiled if condition.key == name]
                chosen.append(next((value for value in values if all(_meets(one, name, value) for one in mine)), values[0]))
            found[tuple(chosen)] = None
            for index, values in enumerate(self.contexts.values()):
                for value in values[:4]:
                    found[(*chosen[:index], value, *chosen[index + 1 :])] = None
            if len(found) > _CONTEXTS:
                break
        self.typical = list(found)


def _meets(condition: CompiledCondition, name: str, values: tuple[str, ...] | None) -> bool:
    context: dict[str, tuple[Value, ...] | Unknown] = {} if values is None else {name: values}
    request = Request(RequestPrincipal("AWS", ANN), "zz:zz", None, OWN, context)
    return condition.evaluate(RequestContext(request, read_caller(request.principal))) is True


def choices_of(
    actions: list[str], statements: list[Statement], more: PolicySet, less: PolicySet, *, own: bool, quick: bool
) -> Choices:
    """Return the requests that can tell these statements apart, for actions that all of them are about.

    With `own` callers of the resource's own account ask too. With `quick` only some requests, found without much work.
    """
    choices = Choices(actions)
    if any(statement.opaque is not None for statement in statements):
        choices.reason = "a part of a statement is not known"
    trust = any(statement.resources is None for statement in statements)
    by_resource = more.resource is not None or less.resource is not None
    choices.callers = callers_of(statements, own) if by_resource else [(RequestPrincipal("AWS", ANN), OWN)]
    if trust:
        choices.resources = [f"arn:aws:iam::{OTHER}:role/zz"]
    else:
        _add_resources(choices, statements, quick)
    _add_contexts(choices, statements, quick)
    choices.bound(statements)
    return choices


def callers_of(statements: list[Statement], own: bool) -> list[tuple[RequestPrincipal, str]]:
    """Return callers for everything that principals of statements tell apart, each with the account of the resource."""
    found: dict[tuple[str, str], None] = {("Anonymous", ""): None, ("Service", "zz.amazonaws.com"): None}
    for statement in statements:
        for pattern in statement.principals or ():
            value = pattern.value
            if not isinstance(value, str) or value == "*" or pattern.kind == "*":
                continue
            parts = split_arn(value)
            if pattern.kind != "AWS":
                found[pattern.kind, value] = None
            elif value.isdigit() or (parts is not None and parts[5] == "root"):
                found["AWS", f"arn:aws:iam::{value if parts is None else parts[4]}:user/zz"] = None
            elif parts is not None:
                found["AWS", value] = None
                if parts[2] == "iam" and str(parts[5]).startswith("role/"):
                    found["AWS", f"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{str(parts[5]).rpartition('/')[2]}/zz"] = None
                found["AWS", f"arn:aws:iam::{parts[4]}:user/zz"] = None
    found["AWS", ANN] = found["AWS", STRANGER] = None
    callers = [(RequestPrincipal(kind, value), OTHER) for kind, value in found]
    if own:
        callers += [(caller, account) for caller, _ in callers if isinstance(account := read_caller(caller).account, str)]
    return callers


def _add_resources(choices: Choices, statements: list[Statement], quick: bool) -> None:
    written = list(dict.fromkeys(resource for statement in statements for resource in statement.resources or ()))
    plain: list[str] = []
    for resource in written:
        if not isinstance(resource, str):
            choices.reason = "a resource is not known"
        elif has_variables(resource) and any(substitutes(statement.policy.version) for statement in statements):
            choices.reason = f"the resource `{resource}` holds a variable"
            plain.append(resource.replace("${aws:username}", "zz"))
        else:
            plain.append(resource)
    patterns = [resource for resource in plain if resource.strip("*")]
    candidates = dict.fromkeys(usual_resources(choices.actions[0]))
    exact = arn_witnesses(tuple(patterns)) if len(patterns) <= 40 and not quick else None
    if exact is not None:
        for text in exact:
            candidates[text if text.count(":") >= 5 else f"arn:aws:zz:zz:{OWN}:zz"] = None
    else:
        choices.reason = choices.reason or "too many resources to tell apart"
        for pattern in patterns:
            for filler in ("zz", "", "z/z")[: 1 if quick else 3]:
                candidates[pattern.replace("*", filler).replace("?", "z")] = None
    candidates[f"arn:aws:zz:zz:{OWN}:zz"] = None
    choices.resources = [*candidates, "*"]


def _add_contexts(choices: Choices, statements: list[Statement], quick: bool) -> None:
    by_key: dict[str, list[CompiledCondition]] = {}
    for statement in statements:
        for condition in statement.conditions:
            compiled = CompiledCondition(condition, substitutes(statement.policy.version))
            by_key.setdefault(compiled.key, []).append(compiled)
            if compiled.takes_variables:
                choices.reason = f"a condition on `{condition.key}` holds a variable"
                for key in compiled.depends_on():
                    by_key.setdefault(key, [])
    for name, conditions in by_key.items():
        values = completions(conditions) if conditions and not quick else None
        if values is None:
            choices.reason = choices.reason or f"the values of `{name}` cannot all be told apart"
            values = [None, *((text,) for text in guesses(conditions))]
        choices.contexts[name] = values
