"""How long sessions may last, as the formats write it."""

from __future__ import annotations

import re

_PERIOD = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_WORTH = (86_400, 3_600, 60, 1)


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
