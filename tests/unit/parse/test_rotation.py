"""Schedules of rotation, as Secrets Manager writes them."""

from __future__ import annotations

import pytest

from iamlint.parse.rotation import day_of, days_of_schedule


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("rate(30 days)", 30), ("rate(1 day)", 1), ("rate(12 hours)", 1), ("rate(72 hours)", 3),
        ("cron(0 8 1 * ? *)", 31), ("cron(0 8 1 */3 ? *)", 93), ("cron(0 8 1 1/2 ? *)", 62), ("cron(0 0 ? * SUN *)", 7),
        ("cron(0 0 ? * MON#1 *)", 35), ("cron(0 0 */10 * ? *)", 10), ("cron(0 0 * * ? *)", 1),
        ("cron(0 0 1 1 ? *)", None), ("cron(0 0 1 1 ? 2030)", None), ("every day", None), ("", None), (None, None), (3, None),
    ],
)  # fmt: skip
def test_days_between_two_rotations(expression: object, days: int | None) -> None:
    assert days_of_schedule(expression) == days


def test_days_of_points_in_time() -> None:
    assert [day_of(value) for value in ("2026-01-02T03:04:05Z", "2026-01-02", "soon", None, 3)] == ["2026-01-02"] * 2 + [None] * 3
