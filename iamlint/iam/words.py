"""Conditions in words: `aws:SourceVpce` is `vpce-1`."""

from __future__ import annotations

from iamlint.iam.operators import read_operator
from iamlint.model.policy import Condition, Statement
from iamlint.source.value import Value, key

# positive name → (one value, several values) for the operator, and the same for its opposite
_PHRASES: dict[str, tuple[str, str]] = {
    "StringEquals": ("is {}", "is not {}"),
    "StringEqualsIgnoreCase": ("is {} ignoring case", "is not {} ignoring case"),
    "StringLike": ("matches {}", "does not match {}"),
    "ArnEquals": ("matches {}", "does not match {}"),
    "ArnLike": ("matches {}", "does not match {}"),
    "NumericEquals": ("is {}", "is not {}"),
    "NumericLessThan": ("is less than {}", "is not less than {}"),
    "NumericLessThanEquals": ("is at most {}", "is more than {}"),
    "NumericGreaterThan": ("is more than {}", "is at most {}"),
    "NumericGreaterThanEquals": ("is at least {}", "is less than {}"),
    "DateEquals": ("is {}", "is not {}"),
    "DateLessThan": ("is before {}", "is not before {}"),
    "DateLessThanEquals": ("is not after {}", "is after {}"),
    "DateGreaterThan": ("is after {}", "is not after {}"),
    "DateGreaterThanEquals": ("is not before {}", "is before {}"),
    "Bool": ("is {}", "is not {}"),
    "BinaryEquals": ("is {}", "is not {}"),
    "IpAddress": ("is in {}", "is not in {}"),
}


def condition_in_words(condition: Condition, opposite: bool = False) -> str:
    """Return when the condition is met (with `opposite`: when it is not)."""
    operator = read_operator(condition.operator)
    name = f"`{condition.key}`"
    if operator is None:
        text = f"`{condition.operator}` of {name} with {_listed(condition.values, 'or')}"
        return f"not ({text})" if opposite else text
    if operator.name == "Null":
        absent = [value == "true" or (isinstance(value, str) and value.lower() == "true") for value in condition.values]
        if all(absent) or not any(absent):
            return f"{name} is {'absent' if any(absent) is not opposite else 'present'}"
        return f"{name} is {'never' if opposite else 'absent or'} present"
    negated = operator.negated is not opposite
    phrase = _PHRASES[operator.positive][negated]
    said = phrase.format(_listed(condition.values, "nor" if negated else "or"))
    if negated and len(condition.values) > 1:
        said = said.replace("is not", "is neither", 1).replace("does not match", "matches neither", 1)
    if operator.quantifier:
        every = (operator.quantifier == "ForAllValues") is not opposite
        text = f"{'every' if every else 'some'} value of {name} {said}"
        return f"{text}, or it is absent" if operator.if_exists and not opposite else text
    # A positive operator needs the key, a negated one does not; `IfExists` turns the first, the opposite turns both.
    without = operator.negated or operator.if_exists
    if opposite:
        without = not without
    if without and not negated:
        return f"{name} {said} or is absent"
    if not without and negated:
        return f"{name} is present and {said}"
    return f"{name} {said}"


def conditions_in_words(statement: Statement) -> str | None:
    """Return when the statement's conditions are met, or None when it has none."""
    return " and ".join(condition_in_words(condition) for condition in statement.conditions) or None


def _listed(values: tuple[Value, ...], word: str) -> str:
    shown = [f"`{key(value)}`" for value in values]
    if len(shown) < 2:
        return "".join(shown) or "nothing"
    if len(shown) > 6:
        return f"{', '.join(shown[:5])} {word} one of {len(shown) - 5} more"
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"
