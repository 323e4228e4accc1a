"""How often something rotates, by what rotation rules and schedules say."""

from __future__ import annotations

import re

from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_RATE = regex(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")
_CRON = regex(r"cron\(\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*\)")
_DAY = regex(r"\d{4}-\d\d-\d\d")


def days_of_schedule(expression: Any) -> int | None:
    """Return the longest time in days between two runs of a schedule ("Schedule expressions"); None for one that is not plain."""
    if not isinstance(expression, str):
        return None
    rate = _RATE.fullmatch(expression.strip())
    if rate is not None:
        number = int(rate[1])
        return number if rate[2] == "day" else max(1, number // (24 if rate[2] == "hour" else 1440))
    cron = _CRON.fullmatch(expression.strip())
    if cron is None or cron[6] != "*":
        return None
    of_month, month, of_week = cron[3], cron[4], cron[5]
    if of_month in ("*", "?") and of_week in ("*", "?"):
        return 1 if month == "*" else None
    if of_month == "?" and re.fullmatch(r"[\w,-]+(#\d|L)?", of_week) and month == "*":
        return 7 if "#" not in of_week and not of_week.endswith("L") else 35
    step = re.fullmatch(r"(?:\*|\d+)/(\d+)", month)
    if re.fullmatch(r"\d+|L|\d+W|LW", of_month) and of_week == "?" and (month == "*" or step is not None):
        return 31 * (int(step[1]) if step is not None else 1)
    every = re.fullmatch(r"(?:\*|\d+)/(\d+)", of_month)
    if every is not None and of_week == "?" and month == "*":
        return int(every[1])
    return None


def day_of(value: Any) -> str | None:
    """Return the day of a known point in time."""
    return value[:10] if isinstance(value, str) and _DAY.match(value) else None
