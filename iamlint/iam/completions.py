"""Completions of unknown context keys: a decision is known when every completion gives the same (semantics A2).

Three-valued logic looks at each condition alone, so "allowed if the key is x, allowed if it is not" stays open in it. Here the
values that conditions can tell apart are tried one by one.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, product

from iamlint.iam.arn_classes import arn_classes, text_classes
from iamlint.iam.conditions import CompiledCondition
from iamlint.iam.operators import moment_of, network
from iamlint.iam.patterns import LITERAL_QUESTION, LITERAL_STAR, escape, has_wildcard
from iamlint.iam.request import Decision
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.iam.evaluate import Case

_COMPLETIONS = 400
_SETS = 300
_COMPARISONS = 2_000_000


def settle(case: Case) -> Decision:
    """Return the decision that all completions of the unknown context keys share, else `unknown`."""
    unknown = set(case.context.given_unknown())
    by_key: dict[str, list[CompiledCondition]] = {}
    tied: set[str] = set()
    for answers in case.answers.values():
        for answer in answers:
            for statement in (*answer.open_allows, *answer.open_denies):
                tied |= statement.resource_keys  # what a variable brings in tells more apart than the conditions do
                for condition in statement.conditions:
                    if condition.key in unknown:
                        by_key.setdefault(condition.key, []).append(condition)
                    if condition.takes_variables:
                        tied |= condition.depends_on()
    choices: dict[str, list[tuple[str, ...] | None]] = {}
    size = 1
    for name in sorted(by_key):
        values = None if name in tied else completions(by_key[name])
        if values is not None and size * len(values) <= _COMPLETIONS:
            choices[name] = values
            size *= len(values)
    if not choices:
        return Decision.UNKNOWN
    found: set[Decision] = set()
    kept = {name: values for name, values in case.request.context.items() if name.lower() not in choices}
    for combination in product(*choices.values()):
        context: dict[str, tuple[Value, ...] | Unknown] = dict(kept)
        context.update((name, values) for name, values in zip(choices, combination, strict=True) if values is not None)
        found.add(case.under(context).decision())
        if len(found) > 1 or Decision.UNKNOWN in found:
            return Decision.UNKNOWN
    return found.pop()


def completions(conditions: list[CompiledCondition]) -> list[tuple[str, ...] | None] | None:
    """Return one completion of a key for everything that these conditions can tell apart (None in it: absent), or None."""
    operators = [condition.operator for condition in conditions]
    compared = [
        (condition.operator.positive, value)
        for condition in conditions
        if condition.operator is not None and condition.operator.name != "Null"
        for value in condition.condition.values
    ]
    families = {operator.family for operator in operators if operator is not None} - {"Null"}
    texts = [value for _, value in compared if isinstance(value, str)]
    values: list[str] | None = None
    if None in operators or len(texts) != len(compared):
        return None
    if not families:
        values = ["-"]
    elif families == {"ARN"}:
        values = arn_witnesses(tuple(dict.fromkeys(texts)))
    elif families == {"Bool"}:
        values = ["true", "false"]
    elif families <= {"String", "ARN", "Bool", "Binary"}:
        values = _texts([(name, text) for (name, _), text in zip(compared, texts, strict=True)])
    elif len(families) > 1:
        return None
    elif families == {"Numeric"}:
        values = _numbers(texts)
    elif families == {"Date"}:
        values = _dates(texts)
    elif families == {"IP"}:
        values = _addresses(texts)
    if values is None:
        return None
    if len(values) * sum(condition.cost for condition in conditions) > _COMPARISONS:
        return None
    apart = _told_apart(values, conditions)
    found: list[tuple[str, ...]] = [(value,) for value in apart.values()]
    if any(operator is not None and operator.quantifier for operator in operators):
        several = _several(apart)
        if several is None:
            return None
        found = several
    return [None, *found]


@lru_cache(maxsize=1_000)
def arn_witnesses(patterns: tuple[str, ...]) -> list[str] | None:
    """Return ARNs such that every set of patterns that some ARN matches alone is matched by one of them; None: too many."""
    if any(map(_is_short, patterns)):
        return None
    found = arn_classes("*", patterns)
    return None if found is None else [text for text, _ in found]


def _texts(compared: list[tuple[str, str]]) -> list[str] | None:
    """Return texts such that every set of comparisons (operator, text) that some text meets alone is met by one of them."""
    exact = dict.fromkeys(escape(text) for name, text in compared if name in ("StringEquals", "BinaryEquals"))
    alike = dict.fromkeys(escape(text.lower()) for name, text in compared if name in ("StringEqualsIgnoreCase", "Bool"))
    like = dict.fromkeys(text for name, text in compared if name == "StringLike")
    arns = dict.fromkeys(text for name, text in compared if name in ("ArnLike", "ArnEquals"))
    if any(map(_is_short, arns)):
        return None
    if alike or arns or any(map(has_wildcard, like)):
        return text_classes({**exact, **like}, arns, alike)
    known = {*exact, *like}
    other = next(text for text in ("x" * size for size in range(1, len(known) + 2)) if text not in known)
    return [pattern.replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?") for pattern in sorted(known)] + [other]


def _is_short(pattern: str) -> bool:
    """Return whether AWS does not specify what the pattern of an ARN matches."""
    return pattern.startswith("arn:") and pattern.count(":") < 5 and not pattern.endswith("*")


def _told_apart(values: list[str], conditions: list[CompiledCondition]) -> dict[tuple[bool | None, ...], str]:
    """Return one value for each set of conditions that a value alone meets."""
    found: dict[tuple[bool | None, ...], str] = {}
    for value in values:
        found.setdefault(tuple(condition.fits(value) for condition in conditions), value)
    return found


def _several(apart: dict[tuple[bool | None, ...], str]) -> list[tuple[str, ...]] | None:
    """Return the sets of values that conditions can tell apart, or None: too many.

    A condition on several values looks at whether some fit and whether all do, so sets alike in that are one.
    """
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    singles = []
    for fits, value in apart.items():
        if None in fits:
            return None
        bits = sum(1 << index for index, fit in enumerate(fits) if fit)
        singles.append((bits, value))
        found[bits, bits] = (value,)
    todo = list(found)
    for some, every in todo:  # grows while it is walked
        for bits, value in singles:
            more = (some | bits, every & bits)
            if more not in found:
                if len(found) >= _SETS:
                    return None
                found[more] = (*found[some, every], value)
                todo.append(more)
    return list(found.values())


def _numbers(texts: list[str]) -> list[str] | None:
    try:
        points = sorted({float(text) for text in texts})
    except ValueError:
        return None
    if not points:
        return ["0"]
    between = [(low + high) / 2 for low, high in pairwise(points)]
    return [repr(point) for point in (points[0] - 1, *points, *between, points[-1] + 1)]


def _dates(texts: list[str]) -> list[str] | None:
    from datetime import UTC, datetime

    moments = [moment_of(text) for text in texts]
    points = _numbers([repr(moment) for moment in moments if moment is not None])
    if points is None or None in moments:
        return None
    try:
        return [datetime.fromtimestamp(float(point), UTC).isoformat() for point in points]
    except (ValueError, OverflowError, OSError):
        return None


def _addresses(texts: list[str]) -> list[str] | None:
    """Return an address of every stretch between the ends of the blocks."""
    blocks = [network(text) for text in texts]
    found: dict[str, None] = {}
    for version, size in ((4, 32), (6, 128)):
        edges = {0}
        for block in blocks:
            if block is None:
                return None
            if block[0] == version:
                edges |= {block[1], block[1] + (1 << size - block[2])}
        for edge in sorted(edges):
            if edge < 1 << size:
                found[_address(version, edge)] = None
    return list(found)


def _address(version: int, number: int) -> str:
    if version == 4:
        return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    return ":".join(f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
