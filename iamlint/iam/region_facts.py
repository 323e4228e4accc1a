"""What a region of a comparison cannot take apart: facts in place of conditions, and the reasons in words."""

from __future__ import annotations

from iamlint.iam.caller import read_caller
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.normal_form import condition_form, is_variable
from iamlint.iam.request import RequestPrincipal
from iamlint.model.policy import Statement
from iamlint.source.value import key


def may_be_in(text: str, principal: RequestPrincipal, account: str) -> bool:
    """Return whether a resource may be in this account. What has no resource acts in the caller's own."""
    if text == "*":
        return read_caller(principal).account in (account, None)
    written = text.split(":", 5)[4:5]
    return not written or not written[0].isdigit() or len(written[0]) != 12 or written[0] == account


def fact(condition: CompiledCondition, form: tuple[object, bool]) -> tuple[object, int]:
    """Return the fact that a condition is, and whether it is met by it (2) or by its opposite (1)."""
    operator = condition.operator
    if operator is None or operator.quantifier or operator.if_exists or not operator.negated:
        return form, 2
    return (condition_form(condition.condition._replace(operator=operator.positive)), form[1]), 1


def open_resource(*statements: Statement) -> str:
    """Return why what two statements match together is not told apart: the first resource that is not known."""
    shown = next(one for each in statements for one in each.resources or () if not isinstance(one, str) or is_variable(one, each))
    return f"the resource `{key(shown)}` holds {'a variable' if isinstance(shown, str) else 'a part that is not known'}"


def hard(condition: CompiledCondition) -> str:
    """Return why a condition is not a set of values."""
    if condition.takes_variables:
        return f"a condition on `{condition.condition.key}` holds a variable"
    return f"the values of `{condition.condition.key}` cannot all be told apart"
