"""What a comparison knows of the statements of both sides: actions by number, whom they name, values of context keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlint.iam.actions import certain_bits, statement_bits
from iamlint.iam.boxes import Budget
from iamlint.iam.caller import read_caller
from iamlint.iam.candidates import Nobody
from iamlint.iam.catalogue import catalogue
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.context import RequestContext
from iamlint.iam.key_values import KeyValues, Who
from iamlint.iam.logic import Ternary, either
from iamlint.iam.names_beyond import NamesBeyond
from iamlint.iam.normal_form import condition_form, normal_form
from iamlint.iam.request import Request
from iamlint.iam.statements import Asked, CompiledStatement
from iamlint.model.policy import Effect

Masks = tuple[int, int]
"""A set that is certain, and the set that it may be."""
STEPS = 1_500_000
"""How long a search may take: some seconds."""
ANYHOW = frozenset(("direct", "role", "account"))
"""All the ways in which a statement of a resource policy may name a caller (semantics B5)."""


class Part:
    """A statement in the place where it counts, with its actions.

    `role` is the effect in which it is looked at: a statement whose effect is not known is looked at in both. `grades`: it
    counts for callers whom it names in one of these ways; None: whoever asks. `bounded`: its side has a boundary, which
    `NotPrincipal` looks at (semantics B20).
    """

    __slots__ = ("actions", "bounded", "compiled", "form", "grades", "known", "role", "statement")

    def __init__(
        self,
        compiled: CompiledStatement,
        actions: Masks,
        form: object,
        role: Effect,
        grades: frozenset[str] | None,
        bounded: bool,
    ) -> None:
        self.compiled = compiled
        self.statement = compiled.statement
        self.actions = actions
        self.role = role
        self.grades = grades
        self.bounded = bounded and self.statement.principals_negated
        self.form = form
        self.known = isinstance(compiled.effect, Effect) and self.statement.opaque is None

    def is_like(self, other: Part) -> bool:
        """Return whether the other, which says the same, counts wherever this one does."""
        if self.bounded is not other.bounded or self.actions != other.actions:
            return False
        return other.grades is None or (self.grades is not None and self.grades <= other.grades)


class Likes:
    """Statements, asked whether one of them says the same as another and counts wherever it does."""

    __slots__ = ("_by_form",)

    def __init__(self, parts: Iterable[Part]) -> None:
        self._by_form: dict[object, list[Part]] = {}
        for part in parts:
            self._by_form.setdefault(part.form, []).append(part)

    def __contains__(self, part: Part) -> bool:
        return any(part.is_like(other) for other in self._by_form.get(part.form, ()))


class Terms:
    """The terms in which two sides are compared; both use the same."""

    def __init__(self, statements: Sequence[CompiledStatement]) -> None:
        self.names = NamesBeyond([one.statement for one in statements])
        self.budget = Budget(STEPS)
        self.in_accounts = False
        """Whether a resource whose ARN names an account is in that account."""
        self.nobody: Nobody | None = None
        """Where callers are told apart: who stands for all others."""
        self._read: dict[int, tuple[CompiledStatement, Masks, object]] = {}
        self._conditions: dict[str, dict[object, CompiledCondition]] = {}
        self._values: dict[str, KeyValues] = {}
        self._among: dict[tuple[str, frozenset[tuple[object, object]]], KeyValues] = {}
        self.know(statements)
        self._written = frozenset(self._conditions)

    def know(self, statements: Sequence[CompiledStatement]) -> None:
        """Take in the conditions of these statements. All must be known before the first question about values."""
        for compiled in statements:
            for condition in compiled.conditions:
                form = condition_form(condition.condition), condition.takes_variables
                self._conditions.setdefault(condition.key, {})[form] = condition

    def part(
        self, compiled: CompiledStatement, role: Effect, grades: frozenset[str] | None = None, bounded: bool = False,
        only: int | None = None,
    ) -> Part:  # fmt: skip
        """Return a statement in a place; `only`: the actions about which it can be at all."""
        found = self._read.get(id(compiled))
        if found is None:
            low, high = self.names.of(compiled.statement)
            size = catalogue().size
            actions = certain_bits(compiled.statement) | low << size, statement_bits(compiled.statement) | high << size
            found = self._read[id(compiled)] = (compiled, actions, normal_form(compiled.statement))
        _, (low, high), form = found
        return Part(compiled, (low, high) if only is None else (low & only, high & only), form, role, grades, bounded)

    def actions_of(self, services: Sequence[str]) -> int:
        """Return the actions of some services, those beyond the catalogue behind those in it."""
        bits = 0
        for service in services:
            known = catalogue().service(service)
            if known is not None:
                bits |= (1 << known.count) - 1 << known.first
            bits |= self.names.bits(f"{service}:*") << catalogue().size
        return bits

    def action(self, number: int) -> str:
        """Return the action with this number."""
        size = catalogue().size
        return catalogue().name_of(number) if number < size else self.names.names[number - size]

    def has_conditions(self, name: str) -> bool:
        """Return whether a statement of either side has a condition on this key."""
        return name in self._written

    def values_of(self, name: str) -> KeyValues:
        """Return the values of a context key that the conditions on it tell apart."""
        found = self._values.get(name)
        if found is None:
            found = self._values[name] = KeyValues(name, list(self._conditions[name].values()))
        return found

    def values_among(self, name: str, conditions: dict[object, CompiledCondition]) -> KeyValues:
        """Return the values that some conditions alone tell apart."""
        marked = (name, frozenset((form, condition.condition.values) for form, condition in conditions.items()))
        found = self._among.get(marked)
        if found is None:
            found = self._among[marked] = KeyValues(name, list(conditions.values()))
        return found

    def names_caller(self, part: Part, who: Who) -> Ternary:
        """Return whether a statement, in its place, is about this caller."""
        if part.grades is None:
            return True
        caller = read_caller(who[0])
        context = RequestContext(Request(who[0], "zz:zz", None, who[1], {}), caller)
        named = part.compiled.named(Asked("zz:zz", "*", caller, context, part.bounded and caller.is_aws))
        return either(*(getattr(named, grade) for grade in part.grades))
