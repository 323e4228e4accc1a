"""Conditions: one operator with one key, evaluated in three values over keys that are there, absent or unknown."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.iam.context import RequestContext
from iamlint.iam.logic import Ternary, agreed, both, either, opposite
from iamlint.iam.operators import COMPARISONS, read_operator
from iamlint.iam.variables import fill, has_variables, keys_of
from iamlint.model.policy import Condition
from iamlint.source.value import Unknown, Value


class CompiledCondition:
    """A condition ready to be evaluated. `operator` is None when AWS knows no such operator: then nothing is known."""

    __slots__ = ("_choices", "_compare", "_pattern", "_plain", "_variables", "_words", "condition", "key", "operator")

    def __init__(self, condition: Condition, variables: Ternary) -> None:
        self.condition = condition
        self.operator = read_operator(condition.operator)
        self.key = condition.key.lower()
        self._compare = COMPARISONS.get(self.operator.positive) if self.operator is not None else None
        self._pattern = self.operator is not None and self.operator.positive in ("StringLike", "ArnLike", "ArnEquals")
        takes = self.operator is not None and self.operator.family in ("String", "ARN") and variables is not False
        self._variables = takes and any(map(has_variables, condition.values))
        self._plain = variables  # None: it is not known whether variables are variables here
        exact = self.operator is not None and self.operator.positive == "StringEquals" and not self._variables
        self._words: list[str | None] | None = None
        self._choices = frozenset(condition.values) if exact and all(isinstance(v, str) for v in condition.values) else None

    def evaluate(self, context: RequestContext) -> Ternary:
        """Return whether the condition is met."""
        operator = self.operator
        if operator is None or "${" in self.key:
            return None
        got = context.get(self.key)
        if operator.name == "Null":
            return self._null(got)
        if got is None:
            return self._absent()
        if isinstance(got, Unknown):
            return agreed((self._absent(), self._present((got,), context)))
        return self._present(got, context)

    @property
    def cost(self) -> int:
        """Return how many comparisons it takes to see whether a value fits."""
        return 1 if self._choices is not None else len(self.condition.values)

    def fits(self, value: str) -> Ternary:
        """Return whether a value alone fits one of the condition's, which hold no variables; a negated operator aside."""
        if self._compare is None:
            return None
        if self._choices is not None:
            return value in self._choices
        return either(*(self._compare(wanted, value) for wanted in self.condition.values))

    def depends_on(self) -> set[str]:
        """Return the context keys (in lower case) on which the condition hangs."""
        found = {self.key}
        if self._variables:
            for value in self.condition.values:
                found |= keys_of(value)
        return found

    @property
    def takes_variables(self) -> bool:
        """Return whether a value of the condition holds a policy variable."""
        return self._variables

    def in_words(self, opposite: bool = False) -> str:
        """Return when the condition is met (with `opposite`: when it is not), as many answers say of the same condition."""
        if self._words is None:
            self._words = [None, None]
        found = self._words[opposite]
        if found is None:
            from iamlint.iam.words import condition_in_words

            found = self._words[opposite] = condition_in_words(self.condition, opposite)
        return found

    def _null(self, got: tuple[Value, ...] | Unknown | None) -> Ternary:
        assert self.operator is not None
        if self.operator.quantifier:  # constant under a set operator
            return self.operator.quantifier == "ForAllValues"
        absent = None if isinstance(got, Unknown) else got is None
        answers: list[Ternary] = []
        for value in self.condition.values:
            text = value.lower() if isinstance(value, str) else ""
            answers.append(absent if text == "true" else opposite(absent) if text == "false" else None)
        return either(*answers)

    def _absent(self) -> bool:
        assert self.operator is not None
        if self.operator.if_exists or self.operator.quantifier:
            return self.operator.if_exists or self.operator.quantifier == "ForAllValues"
        return self.operator.negated

    def _present(self, got: tuple[Value, ...], context: RequestContext) -> Ternary:
        assert self.operator is not None
        if self._choices is not None:
            fits: list[Ternary] = [
                value in self._choices if isinstance(value, str) else self._fits(value, context) for value in got
            ]
        else:
            fits = [self._fits(value, context) for value in got]
        if self.operator.negated:
            fits = [opposite(fit) for fit in fits]
        if self.operator.quantifier == "ForAllValues":
            return both(*fits)
        if self.operator.quantifier == "ForAnyValue":
            return either(*fits)
        # AWS does not say what an operator without a quantifier does with several values of which only some fit.
        return fits[0] if len(fits) == 1 else agreed(fits)

    def _fits(self, got: Value, context: RequestContext) -> Ternary:
        """Return whether the request's value fits one of the policy's."""
        return either(*self._answers(got, context))

    def _answers(self, got: Value, context: RequestContext) -> Iterable[Ternary]:
        compare = self._compare
        assert compare is not None
        for wanted in self.condition.values:
            if not self._variables or not has_variables(wanted):
                yield compare(wanted, got)
                continue
            filled = fill(wanted, context, self._pattern)
            if filled.value is None:
                answer: Ternary = False
            else:
                answer = compare(filled.value, got)
                if answer is True and not filled.certain:
                    answer = None
            if self._plain is None and answer is not compare(wanted, got):
                answer = None
            yield answer


_NOW = ("aws:currenttime", "aws:tokenissuetime")


def is_over(condition: Condition) -> bool:
    """Return whether a condition holds only before a day that has passed: the one on which the catalogue was made, at least."""
    from iamlint.iam.catalogue import catalogue  # asked of few conditions

    return (
        condition.operator.lower().startswith("datelessthan") and condition.key.lower() in _NOW and bool(condition.values)
        and all(isinstance(value, str) and value[:2] in ("19", "20") and value < catalogue().date for value in condition.values)
    )  # fmt: skip
