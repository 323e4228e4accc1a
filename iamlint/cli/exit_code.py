"""The exit codes, in one place: 4 crashed, 2 wrong use, 3 incomplete, 1 findings, 0 nothing."""

from __future__ import annotations

from collections.abc import Iterable

NOTHING, FINDINGS, USAGE, INCOMPLETE, CRASHED = 0, 1, 2, 3, 4
_PRECEDENCE = (CRASHED, USAGE, INCOMPLETE, FINDINGS)


def worst(codes: Iterable[int]) -> int:
    """Return the code that beats the others: 4, then 2, then 3, then 1."""
    given = set(codes)
    return next((code for code in _PRECEDENCE if code in given), NOTHING)


def of_run(*, crashed: bool, incomplete: bool, fails: bool, exit_zero: bool = False) -> int:
    """Return the exit code of a run; `exit_zero` turns findings into 0 and nothing else."""
    codes = [CRASHED if crashed else 0, INCOMPLETE if incomplete else 0, FINDINGS if fails and not exit_zero else 0]
    return worst(codes)
