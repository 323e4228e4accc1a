"""The precedence of exit codes: 4, then 2, then 3, then 1."""

from __future__ import annotations

from itertools import combinations

import pytest

from iamlint.cli.exit_code import of_run, worst

ORDER = (4, 2, 3, 1, 0)


@pytest.mark.parametrize("codes", [pair for size in range(6) for pair in combinations(ORDER, size)])
def test_the_first_in_order_wins(codes: tuple[int, ...]):
    assert worst(reversed(codes)) == next((code for code in ORDER if code in codes), 0)


@pytest.mark.parametrize(
    ("crashed", "incomplete", "fails", "exit_zero", "code"),
    [
        (False, False, False, False, 0),
        (False, False, True, False, 1),
        (False, False, True, True, 0),
        (False, True, True, True, 3),
        (True, True, True, True, 4),
    ],
)
def test_exit_zero_hides_findings_and_nothing_else(crashed: bool, incomplete: bool, fails: bool, exit_zero: bool, code: int):
    assert of_run(crashed=crashed, incomplete=incomplete, fails=fails, exit_zero=exit_zero) == code
