"""What rotates by itself: secrets of Secrets Manager, and what is made anew whenever a `time_rotating` moves on."""

from __future__ import annotations

from iamlint.model.sign_in import Rotation
from iamlint.parse.rotation import day_of, days_of_schedule
from iamlint.parse.terraform.attributes import nested, place_of, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import unknowns

_UNITS = (
    ("rotation_days", 1.0),
    ("rotation_months", 31.0),
    ("rotation_years", 366.0),
    ("rotation_hours", 1 / 24),
    ("rotation_minutes", 1 / 1440),
)


class Rotating(NamedTuple):
    """A `time_rotating`: the days between two rotations, and the day from which it counts if that is written."""

    days: int | None
    since: str | None


def rotation_of(trigger: Located | None, declared: Declared) -> Rotating | None:
    """Return what makes a resource anew: the `time_rotating` that its trigger refers to."""
    if trigger is None:
        return None
    values = [item.value for item in trigger.value.values()] if isinstance(trigger.value, dict) else [trigger.value]
    symbols = [unknown.symbol for value in values for unknown in unknowns(value)]
    texts = {value for value in values if isinstance(value, str)}
    for instance in declared.all("time_rotating"):
        start = instance.symbol(declared.unit, "")
        if any(start in symbol for symbol in symbols) or (texts and text(instance, "rfc3339") in texts):
            return Rotating(days_of_rotating(instance), day_of(text(instance, "rfc3339")))
    return None


def days_of_rotating(instance: Instance) -> int | None:
    """Return the days after which a `time_rotating` moves on."""
    for attribute, factor in _UNITS:
        value = text(instance, attribute)
        if isinstance(value, str) and value.isdigit():
            return max(1, round(int(value) * factor))
    return None


def secret_rotation(instance: Instance, declared: Declared) -> None:
    """Add that a secret is rotated by itself."""
    secret = text(instance, "secret_id")
    if secret is None:
        return
    days: int | None = None
    place: Place = place_of(instance, "secret_id")
    for rules in nested(instance, "rotation_rules"):
        after, schedule = written(rules, "automatically_after_days"), written(rules, "schedule_expression")
        if after is not None:
            number = text(rules, "automatically_after_days")
            days = int(number) if isinstance(number, str) and number.isdigit() else None
            place = after.place
        elif schedule is not None:
            days, place = days_of_schedule(schedule.value), schedule.place
    declared.add(Rotation(secret, days, place, declared.unit))


def read_with_what_it_rotates(instance: Instance, declared: Declared) -> None:
    """Leave a point in time to what is made anew with it."""


READERS = {
    ("managed", "aws_secretsmanager_secret_rotation"): secret_rotation,
    ("managed", "time_rotating"): read_with_what_it_rotates,
}

__all__ = ["READERS", "Rotating", "day_of", "days_of_rotating", "rotation_of"]
