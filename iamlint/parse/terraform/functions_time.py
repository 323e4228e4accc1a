"""Functions of points in time that are given as text; what reads the clock is unknown (`functions.WORLD`)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.functions_text import text
from iamlint.parse.terraform.located import Located
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_STAMP = regex(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})")
_DURATION = regex(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PIECE = regex(r"'((?:[^']|'')*)'|'|([A-Za-z])\2*|[^A-Za-z']+", re.DOTALL)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Moment(NamedTuple):
    """A point in time to the second, with its offset, and the nanoseconds that come on top."""

    time: datetime
    nanoseconds: int


def _moment(call: Arguments, position: int) -> Moment:
    """Return the timestamp that an argument spells as RFC 3339 has it."""
    match = _STAMP.fullmatch(text(call, position))
    if match is None:
        raise call.fail("the text is no timestamp as RFC 3339 has it")
    *numbers, fraction, zone = match.groups()
    if zone == "Z":
        offset = 0
    else:
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 23 or minutes > 59:
            raise call.fail("the text is no timestamp as RFC 3339 has it")
        offset = (60 * hours + minutes) * (-1 if zone[0] == "-" else 1)
    try:
        year, month, day, hour, minute, second = map(int, numbers)
        time = datetime(year, month, day, hour, minute, second, tzinfo=timezone(timedelta(minutes=offset)))
    except ValueError:
        raise call.fail("the text is no timestamp as RFC 3339 has it") from None
    return Moment(time, int((fraction or "0")[:9].ljust(9, "0")))


def _offset(time: datetime, colon: str) -> str:
    minutes = int((time.utcoffset() or timedelta()).total_seconds()) // 60
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}{colon}{minutes % 60:02}"


def _zone(time: datetime) -> str:
    return "Z" if not time.utcoffset() else _offset(time, ":")


def _part(time: datetime, piece: str) -> str | None:
    """Return what a run of one letter stands for in a date's format, None when it stands for nothing."""
    noon = time.hour % 12 or 12
    known = {
        "YYYY": f"{time.year:04}", "YY": f"{time.year % 100:02}",
        "MMMM": _MONTHS[time.month - 1], "MMM": _MONTHS[time.month - 1][:3], "MM": f"{time.month:02}", "M": str(time.month),
        "DD": f"{time.day:02}", "D": str(time.day),
        "EEEE": _DAYS[time.weekday()], "EEE": _DAYS[time.weekday()][:3],
        "hh": f"{time.hour:02}", "h": str(time.hour), "HH": f"{noon:02}", "H": str(noon),
        "AA": "AM" if time.hour < 12 else "PM", "aa": "am" if time.hour < 12 else "pm",
        "mm": f"{time.minute:02}", "m": str(time.minute), "ss": f"{time.second:02}", "s": str(time.second),
        "ZZZZZ": _offset(time, ":"), "ZZZZ": _offset(time, ""),
        "ZZZ": "UTC" if not time.utcoffset() else _offset(time, ""), "Z": _zone(time),
    }  # fmt: skip
    return known.get(piece)


@function("formatdate", 2)
def formatdate(call: Arguments) -> Located:
    """Return a timestamp in another format."""
    form = text(call, 0)
    time = _moment(call, 1).time
    out: list[str] = []
    for match in _PIECE.finditer(form):
        piece = match.group()
        if piece == "'":
            raise call.fail("a quoted stretch of the format is not closed")
        if piece[0] == "'":
            # Between quotes text stands for itself, two quotes for one.
            out.append(match.group(1).replace("''", "'"))
        elif match.group(2):
            part = _part(time, piece)
            if part is None:
                raise call.fail(f"`{piece}` means nothing in a date's format")
            out.append(part)
        else:
            out.append(piece)
    return call.known("".join(out))


def _duration(call: Arguments, written: str) -> int:
    """Return the nanoseconds of a duration such as `-1h30m`."""
    sign = -1 if written[:1] == "-" else 1
    rest = written[1:] if written[:1] in ("-", "+") else written
    if rest == "0":
        return 0
    total = position = 0
    while position < len(rest):
        match = _DURATION.match(rest, position)
        if match is None or not (match.group(1) or match.group(2)):
            break
        unit = _UNITS[match.group(3)]
        fraction = match.group(2) or ""
        total += int(match.group(1) or 0) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
        position = match.end()
    if not rest or len(rest) > 100 or position < len(rest) or total >= 1 << 63:
        raise call.fail("the text is no duration such as `1h30m`")
    return sign * total


@function("timeadd", 2)
def timeadd(call: Arguments) -> Located:
    """Return a timestamp that lies a duration later."""
    moment = _moment(call, 0)
    seconds = (moment.nanoseconds + _duration(call, text(call, 1))) // 10**9
    try:
        time = moment.time + timedelta(seconds=seconds)
    except OverflowError:
        return call.unknown()
    return call.known(f"{time.year:04}-{time:%m-%dT%H:%M:%S}{_zone(time)}")


@function("timecmp", 2)
def timecmp(call: Arguments) -> Located:
    """Return -1, 0 or 1 as the first timestamp lies before, at or after the second."""
    one, two = _moment(call, 0), _moment(call, 1)
    return call.known((one > two) - (one < two))
