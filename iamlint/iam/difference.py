"""What the statements of one document allow and those of another do not, as a question about boxes.

A statement is a box: actions × resources × callers × the values of each context key. What is not known of it is read twice.
In the narrow reading a difference is real: what must match does so for certain, what must not match never may. In the wide
reading, where an unknown or a variable is a letter of its own and a condition that cannot be taken apart a fact of its own,
finding none proves that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamlint.iam.actions import certain_bits, statement_bits
from iamlint.iam.boxes import Budget, TooManyError, outside
from iamlint.iam.caller import read_caller
from iamlint.iam.catalogue import catalogue
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext, follows_from_request
from iamlint.iam.inclusion import arn_apart, arn_covers, condition_implies
from iamlint.iam.key_values import KeyValues, Who
from iamlint.iam.logic import Ternary
from iamlint.iam.names_beyond import NamesBeyond
from iamlint.iam.normal_form import condition_form, is_open, is_variable, normal_form, relaxed
from iamlint.iam.request import Request
from iamlint.iam.statements import Asked, CompiledStatement
from iamlint.model.policy import Effect, Statement
from iamlint.source.value import Value

Masks = tuple[int, int]
"""A set that is certain, and the set that it may be."""
_CONFIRMATIONS = 8
_STEPS = 1_500_000
"""How long a search may take: some seconds."""


class Part:
    """A statement and its actions."""

    __slots__ = ("actions", "compiled", "form", "known", "role", "statement")

    def __init__(self, compiled: CompiledStatement, actions: Masks, role: Effect) -> None:
        self.compiled = compiled
        self.statement = compiled.statement
        self.actions = actions
        self.role = role  # a statement whose effect is not known is looked at in both
        self.form = normal_form(compiled.statement)
        self.known = isinstance(compiled.effect, Effect) and compiled.statement.opaque is None


class Search:
    """The search for requests that the statements of `more` allow and those of `less` do not.

    `callers`: who may ask. `by_principal`: statements name whom they are about. `target`: the one resource, for trust policies.
    `service`: statements that stand for what the service itself refuses. `reason`: why an empty answer is not certain.
    """

    def __init__(
        self, more: Sequence[CompiledStatement], less: Sequence[CompiledStatement], callers: Sequence[Who],
        by_principal: bool = False, target: str | None = None,
    ) -> None:  # fmt: skip
        self.callers = list(callers)
        self.by_principal = by_principal
        self.target = target
        self.reason: str | None = None
        self.names = NamesBeyond(one.statement for one in (*more, *less))
        self.allows, self.denies = self._parts(more)
        self.allows_less, self.denies_less = self._parts(less)
        self.refused: list[Part] = []
        self.budget = Budget(_STEPS)
        self._near: dict[tuple[int, int], list[Part]] = {}  # by actions and list of statements
        self._apart: dict[tuple[Value, Value], bool] = {}
        self._values: dict[str, KeyValues] = {}
        self._conditions: dict[str, dict[object, CompiledCondition]] = {}
        for part in (*self.allows, *self.denies, *self.allows_less, *self.denies_less):
            for condition in part.compiled.conditions:
                form = condition_form(condition.condition), condition.takes_variables
                self._conditions.setdefault(condition.key, {})[form] = condition

    def _parts(self, statements: Sequence[CompiledStatement]) -> tuple[list[Part], list[Part]]:
        allows = [self.part(one, Effect.ALLOW) for one in statements if one.effect is not Effect.DENY]
        return allows, [self.part(one, Effect.DENY) for one in statements if one.effect is not Effect.ALLOW]

    def part(self, compiled: CompiledStatement, role: Effect) -> Part:
        """Return the statement with its actions, those beyond the catalogue behind those in it."""
        low, high = self.names.of(compiled.statement)
        size = catalogue().size
        actions = certain_bits(compiled.statement) | low << size, statement_bits(compiled.statement) | high << size
        return Part(compiled, actions, role)

    def action(self, number: int) -> str:
        """Return the action with this number."""
        size = catalogue().size
        return catalogue().name_of(number) if number < size else self.names.names[number - size]

    def values_of(self, name: str) -> KeyValues:
        """Return the values of a context key that the conditions on it tell apart."""
        found = self._values.get(name)
        if found is None:
            found = self._values[name] = KeyValues(name, list(self._conditions[name].values()))
        return found

    def names_caller(self, part: Part, who: Who) -> Ternary:
        """Return whether a statement is about this caller."""
        caller = read_caller(who[0])
        context = RequestContext(Request(who[0], "zz:zz", None, who[1], {}), caller)
        return part.compiled.named(Asked("zz:zz", "*", caller, context, False)).at_all

    def requests(self, wide: bool) -> Iterator[Request | None]:
        """Yield requests that differ in the narrow reading, to be confirmed; with `wide`, None for what may differ."""
        self.budget = Budget(_STEPS)
        try:
            yield from self._requests(wide)
        except TooManyError:
            self.reason = "too many statements, resources and conditions to compare"

    def _requests(self, wide: bool) -> Iterator[Request | None]:
        self._near.clear()
        same = {part.form for part in self.allows_less}
        others = [*self.denies, *self.allows_less]
        for part in self.allows:
            if part.form not in same and (wide or part.known):
                yield from self._regions([part], others, wide, part)
        same = {part.form for part in self.denies}
        for deny in self.denies_less:
            if deny.form in same or not (wide or deny.known):
                continue
            self.budget.spend(len(self.allows))
            for part in self.allows:
                if part.actions[1] & deny.actions[1] and (wide or part.known):
                    # Where unknown stretches are letters, what both match may not be written the same way: look at the deny.
                    first = deny if wide and (is_open(part.statement) or is_open(deny.statement)) else part
                    if not self._are_apart(part.statement, deny.statement):
                        yield from self._regions([part, deny], self.denies, wide, first)

    def _are_apart(self, left: Statement, right: Statement) -> bool:
        if left.resources_negated or not left.resources:
            return False
        return all(self._misses(right, pattern) for pattern in left.resources)

    def _regions(self, needed: list[Part], others: list[Part], wide: bool, first: Part) -> Iterator[Request | None]:
        """Look at each resource pattern of a statement alone."""
        statement = first.statement
        actions = -1
        for part in needed:
            actions &= part.actions[wide]
        if not actions:
            return
        near = self._near.get((actions, id(others)))
        if near is None:
            near = [other for other in (*self.refused, *others) if actions & other.actions[1]]
            self._near[actions, id(others)] = near
        patterns: Sequence[Value] = ("*",)
        if statement.resources and not statement.resources_negated:
            patterns = tuple(dict.fromkeys(statement.resources))
        if len(needed) > 1 and first is needed[0]:
            patterns = [pattern for pattern in patterns if not self._misses(needed[1].statement, pattern)]
        for pattern in patterns:
            self.budget.spend(len(near))
            left, partial = actions, []
            for other in near:
                if left & other.actions[1] and not self._misses(other.statement, pattern):
                    if other.actions[0] & left and any(self._covers(other, part.statement, pattern) for part in needed):
                        left &= ~other.actions[0]
                        if not left:
                            break
                    else:
                        partial.append(other)
            if left:
                partial = [other for other in partial if left & other.actions[1]]
                yield from self._region(pattern, left, needed, partial, wide, first)

    def _misses(self, statement: Statement, pattern: Value) -> bool:
        """Return whether it is plain that the statement is about no resource that matches the pattern."""
        if not statement.resources or statement.resources_negated:
            return False
        for one in statement.resources:
            found = self._apart.get((one, pattern))
            if found is None:
                found = self._apart[one, pattern] = one != pattern and _plainly_apart(one, pattern)
            if not found:
                return False
        return True

    def _covers(self, other: Part, narrow: Statement, pattern: Value) -> bool:
        """Return whether it is plain that the other statement matches wherever the narrow one does, on these resources."""
        wide = other.statement
        if not other.known or wide.resources_negated or (wide.policy.version != narrow.policy.version and wide.conditions):
            return False
        if self.by_principal and wide.principals is not None:
            if wide.principals_negated or narrow.principals_negated or not narrow.principals:
                return False
            mine = {(one.kind, one.value) for one in wide.principals}
            if ("*", "*") not in mine and not all((one.kind, one.value) in mine for one in narrow.principals):
                return False
        if wide.resources is not None and not any(_takes_in(one, wide, pattern, narrow) for one in wide.resources):
            return False
        return all(any(condition_implies(given, wanted) for given in narrow.conditions) for wanted in wide.conditions)

    def _region(
        self, pattern: Value, actions: int, needed: list[Part], others: list[Part], wide: bool, first: Part
    ) -> Iterator[Request | None]:
        from iamlint.iam.region import Region

        names = {condition.key for part in (*needed, *others) for condition in part.compiled.conditions}
        separate = any(map(follows_from_request, names))
        for callers in [[who] for who in self.callers] if separate else [self.callers]:
            loose = first if first is not needed[0] else None
            region = Region(self, pattern, callers, [*needed, *others], len(needed), wide, loose)
            box = region.boxes[0]
            for more in region.boxes[1 : len(needed)]:
                box = tuple(map(int.__and__, box, more))
            box = (box[0] & actions, *box[1:])
            covers = list(region.boxes[len(needed) :])
            for _ in range(_CONFIRMATIONS):
                try:
                    found = outside(box, covers, Budget(min(_STEPS // 10, self.budget.left)))
                except TooManyError:
                    self.reason = "too many combinations of resources and conditions"
                    self.budget.spend(_STEPS // 10)
                    break
                if found is None:
                    break
                if wide:
                    self.reason = region.reason or self.reason
                    yield None
                    return
                yield region.request(found)
                # It was not confirmed, so something that statements do not say matters there: look elsewhere.
                covers.append((found[0] & -found[0], found[1] & -found[1], *region.full[2:]))


def _takes_in(one: Value, wide: Statement, pattern: Value, narrow: Statement) -> bool:
    """Return whether it is plain that a pattern of `wide` matches whatever one of `narrow` does."""
    if one == "*":
        return True
    if one == pattern and wide.policy.version == narrow.policy.version:
        return True
    if is_variable(one, wide):
        return False
    return arn_covers(one, relaxed(pattern) if is_variable(pattern, narrow) else pattern)


def _plainly_apart(left: Value, right: Value) -> bool:
    if left == "*" or right == "*":
        return False
    a, b = relaxed(left), relaxed(right)
    short, long = (a, b) if len(a) < len(b) else (b, a)
    for x, y in zip(short, long, strict=False):
        if x in "*?" or y in "*?":
            break
        if x != y:
            return True
    return arn_apart(a, b)
