"""The credential report of IAM: the CSV, or what `aws iam get-credential-report` prints (the CSV in base64)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iamlint.model.aws import AccessKey
from iamlint.model.estate import Facts
from iamlint.model.sign_in import Credential
from iamlint.parse.context import Context
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROVIDER = "aws"
HEADER = b"user,arn,user_creation_time,"
"""How every report begins ("Getting credential reports for your AWS account")."""

_MAX_ROWS = 50_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def is_credential_report_csv(data: bytes) -> bool:
    """Return whether the bytes of a file are a report."""
    return data.removeprefix(b"\xef\xbb\xbf").startswith(HEADER)


def parse_credential_report_csv(data: bytes, path: str, context: Context) -> Facts:
    """Return the credentials of a report in a file of its own; every place is a cell."""
    facts = Facts(context.unit, "credential-report", (path,))
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0

    def at(begin: int, end: int) -> Place:
        return Place(path, span=(start + begin, start + end))

    _read(data[start:], facts, at)
    return facts


def is_credential_report(value: Any) -> bool:
    """Return whether a document is what the command line prints."""
    return isinstance(value, dict) and isinstance(value.get("Content"), str) and value.get("ReportFormat") == "text/csv"


def parse_credential_report(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the credentials of a report in base64; every place is the report as a whole."""
    import base64
    import binascii

    facts = Facts(context.unit, "credential-report", (origin.path,))
    try:
        data = base64.b64decode(value["Content"], validate=True)
    except (binascii.Error, ValueError):
        data = b""
    place = origin.at(("Content",))
    if is_credential_report_csv(data):
        _read(data, facts, lambda begin, end: place)
    else:
        facts.unresolved.append(Unresolved("the credential report is not in base64", place))
    return facts


def _read(data: bytes, facts: Facts, at: Callable[[int, int], Place]) -> None:
    rows = _rows(data)
    header = [cell for cell, _, _ in next(rows, [])]
    for number, row in enumerate(rows):
        if number >= _MAX_ROWS:
            facts.unresolved.append(Unresolved(f"only {_MAX_ROWS} rows of the credential report are read", at(0, 0)))
            return
        cells = {name: (text, at(begin, end)) for name, (text, begin, end) in zip(header, row, strict=False)}
        _add(cells, facts)
    facts.resolved += len(facts.items)


def _rows(data: bytes) -> Iterator[list[tuple[str, int, int]]]:
    """Yield the rows, each cell with its offsets. The report quotes nothing: names of users hold no comma."""
    start = 0
    for line in data.split(b"\n"):
        text = line.rstrip(b"\r")
        if text:
            cells, begin = [], start
            for cell in text.split(b","):
                cells.append((cell.decode("utf-8", "replace"), begin, begin + len(cell)))
                begin += len(cell) + 1
            yield cells
        start += len(line) + 1


def _add(cells: dict[str, tuple[str, Place]], facts: Facts) -> None:
    user, arn = cells.get("user", ("", Place("")))[0], cells.get("arn", ("", Place("")))[0]
    if not user or not arn.startswith("arn:") or arn.count(":") < 5:
        return
    account: Value = arn.split(":")[4]
    for number in (1, 2):
        active = cells.get(f"access_key_{number}_active")
        if active is None or active[0] not in ("true", "false"):
            continue
        rotated, place = cells.get(f"access_key_{number}_last_rotated", ("", active[1]))
        day = _day(rotated)
        if day is not None:
            ref = f"{facts.unit}#{arn}.access_key_{number}"
            facts.add(AccessKey(user, account, active[0] == "true", place, facts.unit, ref, day, "reported"))
    for number in (1, 2):
        active = cells.get(f"cert_{number}_active")
        rotated, place = cells.get(f"cert_{number}_last_rotated", ("", Place("")))
        if active is not None and active[0] == "true" and (day := _day(rotated)) is not None:
            name = f"signing certificate {number} of {user}"
            facts.add(_credential(name, "certificate", arn, day, place, facts.unit))
    enabled = cells.get("password_enabled")
    changed, place = cells.get("password_last_changed", ("", Place("")))
    if enabled is not None and enabled[0] == "true" and (day := _day(changed)) is not None:
        facts.add(_credential(f"console password of {user}", "password", arn, day, place, facts.unit))


def _credential(name: str, kind: str, arn: str, day: str, place: Place, unit: str) -> Credential:
    return Credential(
        PROVIDER, name, kind, arn, "user", place, unit, created=day, places=(("created", place),), expiry_known=False
    )


def _day(text: str) -> str | None:
    return text[:10] if _DAY.match(text) else None
