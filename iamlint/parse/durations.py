"""How long sessions may last and tokens may live, as the formats write it."""

from __future__ import annotations

import re

from iamlint.source.regex import regex

_PERIOD = regex(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_WORTH = (86_400, 3_600, 60, 1)
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_BY_UNITS = regex(r"(?:\d+[wdhms])+", re.ASCII)


def seconds_of(value: object) -> int | None:
    """Return a number of seconds, or a period of ISO 8601 (`PT8H`) in seconds; None for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if value == value and abs(value) < 1e12 else None
    if not isinstance(value, str):
        return None
    if value.isascii() and value.isdigit():
        return int(value[:12])
    found = _PERIOD.fullmatch(value)
    if found is None or not any(found.groups()):
        return None
    return sum(int((number or "0")[:12]) * worth for number, worth in zip(found.groups(), _WORTH, strict=True))


def lifetime_of(value: object) -> int | None:
    """Return a number of seconds, or a duration with units (`30d`, `1h30m`) in seconds; None for anything else."""
    if isinstance(value, str) and _BY_UNITS.fullmatch(value) is not None:
        return sum(int(number[:12]) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([wdhms])", value))
    return seconds_of(value)
