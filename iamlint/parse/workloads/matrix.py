"""A job's matrix, written out: one job becomes one for each combination that its identity depends on."""

from __future__ import annotations

import re
from itertools import product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_COMBINATIONS = 64

_USED = re.compile(r"\bmatrix\s*\.\s*([A-Za-z_][\w-]*)")

Combination = dict[str, str]


def combinations(strategy: Any, texts: list[str]) -> list[Combination] | None:
    """Return the values of the matrix on which the texts depend, each combination once; None when they are not static.

    One empty combination means that the texts depend on no matrix.
    """
    used = sorted({name for text in texts for name in _USED.findall(text)})
    if not used:
        return [{}]
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    written = _written_out(matrix) if isinstance(matrix, dict) else None
    if written is None:
        return None
    found: dict[tuple[tuple[str, str], ...], Combination] = {}
    for combination in written:
        needed = {name: combination[name] for name in used if name in combination}
        found.setdefault(tuple(needed.items()), needed)
    return list(found.values())


def _written_out(matrix: dict[Any, Any]) -> list[Combination] | None:
    axes: list[list[tuple[str, str]]] = []
    size = 1
    for name, values in matrix.items():
        if name in ("include", "exclude"):
            continue
        if not isinstance(values, list):
            return None
        axes.append([(name, value) for value in map(_text, values) if value is not None])
        if len(axes[-1]) != len(values):
            return None
        size *= len(axes[-1])
    if size > MAX_COMBINATIONS:
        return None
    included, excluded = _mappings(matrix.get("include")), _mappings(matrix.get("exclude"))
    if included is None or excluded is None or len(included) + size > MAX_COMBINATIONS:
        return None
    made = [dict(pairs) for pairs in product(*axes)] if axes else []
    made = [one for one in made if not any(_fits(one, out) for out in excluded)]
    return _with_included(made, included, {axis[0][0] for axis in axes if axis})


def _with_included(made: list[Combination], included: list[Combination], axes: set[str]) -> list[Combination]:
    """Add what `include` adds: to every combination whose own values it keeps, else as a combination of its own."""
    original = [dict(one) for one in made]
    for extra in included:
        fitting = [
            index for index, one in enumerate(original) if all(one.get(name) == extra[name] for name in axes & extra.keys())
        ]
        for index in fitting:
            made[index].update(extra)
        if not fitting:
            made.append(dict(extra))
    return made


def _fits(combination: Combination, part: Combination) -> bool:
    return all(combination.get(name) == value for name, value in part.items())


def _mappings(value: Any) -> list[Combination] | None:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    made: list[Combination] = []
    for item in value:
        made.append({})
        for name, inner in item.items():
            text = _text(inner)
            if text is not None:
                made[-1][name] = text
    return made


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return value if isinstance(value, str) and "${{" not in value else None
