"""Resources and values of context keys that are worth trying."""

from __future__ import annotations

from functools import lru_cache

from iamlint.iam.catalogue import catalogue
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.operators import network, read_operator
from iamlint.iam.patterns import has_wildcard

OWN = "111111111111"


@lru_cache(maxsize=5_000)
def usual_resources(action: str) -> tuple[str, ...]:
    """Return resources such as the action works on, so that a witness is easy to believe."""
    found = []
    for use in catalogue().resource_types(action)[:3]:
        text = use.type.arn.replace("${Partition}", "aws").replace("${Region}", "eu-west-1").replace("${Account}", OWN)
        while "${" in text:
            head, _, tail = text.partition("${")
            text = f"{head}zz{tail.partition('}')[2]}"
        if "*" not in text:
            found.append(text)
    return tuple(found)


def guesses(conditions: list[CompiledCondition]) -> list[str]:
    """Return values worth trying: what is written, with stars filled; near numbers, dates and addresses; something else."""
    found: dict[str, None] = {}
    for condition in conditions:
        operator = read_operator(condition.condition.operator)
        for value in condition.condition.values:
            if not isinstance(value, str):
                continue
            block = network(value) if operator is not None and operator.family == "IP" else None
            if block is not None and block[0] == 4:
                found[".".join(str(block[1] >> shift & 255) for shift in (24, 16, 8, 0))] = None
            else:
                found[value.replace("*", "zz").replace("?", "z") if has_wildcard(value) else value] = None
            if operator is not None and operator.family == "Date":
                found["1990-01-01T00:00:00Z"] = found["2090-01-01T00:00:00Z"] = None
            if operator is not None and operator.positive == "StringEqualsIgnoreCase":
                found[value.swapcase()] = None
    found["203.0.113.77"] = None
    found["zz"] = None
    compared = sum(len(condition.condition.values) for condition in conditions)
    return list(found)[: max(3, min(40, 200_000 // (compared + 1)))]
