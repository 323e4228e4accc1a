"""`time_static`, `time_offset`, `time_rotating`: points in time that follow from what is written, where a start is."""

from __future__ import annotations

from datetime import datetime, timedelta

from iamlint.parse.terraform.attributes import text
from iamlint.parse.terraform.instance import Instance

_STEPS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


def point_in_time(instance: Instance, attribute: str) -> str | None:
    """Return an attribute that the provider computes, as RFC 3339 has it; None where no start is written."""
    start = text(instance, "base_rfc3339" if instance.type == "time_offset" else "rfc3339")
    if not isinstance(start, str):
        return None
    if instance.type == "time_static" or attribute in ("base_rfc3339", "id"):
        return start if attribute in ("rfc3339", "base_rfc3339", "id") else None
    prefix, wanted = ("offset", "rfc3339") if instance.type == "time_offset" else ("rotation", "rotation_rfc3339")
    if attribute != wanted:
        return None
    try:
        moment = datetime.fromisoformat(start)
        for unit, seconds in _STEPS:
            number = text(instance, f"{prefix}_{unit}")
            if isinstance(number, str):
                moment += timedelta(seconds=int(number) * seconds)
        months = sum(
            int(number) * factor
            for unit, factor in (("months", 1), ("years", 12))
            if isinstance(number := text(instance, f"{prefix}_{unit}"), str)
        )
        if months:
            years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
            moment = moment.replace(year=years, month=month + 1, day=min(moment.day, 28))
    except (ValueError, OverflowError):
        return None
    return moment.isoformat().replace("+00:00", "Z")
