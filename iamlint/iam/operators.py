"""Condition operators: how one value of a policy is compared with one value of the request."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from iamlint.iam.actions import lower
from iamlint.iam.arns import arn_matches
from iamlint.iam.logic import Ternary
from iamlint.iam.patterns import equal_value, match_value
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Comparison: TypeAlias = Callable[[Value, Value], Ternary]
"""Policy value, request value → whether they fit."""


class Operator(NamedTuple):
    """A condition operator, taken apart.

    `quantifier` is `ForAllValues`, `ForAnyValue` or empty; `name` the operator as AWS spells it, without quantifier and
    `IfExists`; `positive` the comparison of which a negated operator (`negated`) is the opposite.
    """

    quantifier: str
    name: str
    if_exists: bool
    negated: bool
    family: str
    positive: str


_FAMILIES = {
    "String": "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike",
    "Numeric": "NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals",
    "Date": "DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals",
    "Bool": "Bool",
    "Binary": "BinaryEquals",
    "IP": "IpAddress NotIpAddress",
    "ARN": "ArnEquals ArnNotEquals ArnLike ArnNotLike",
    "Null": "Null",
}
FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names.split()}
OPERATORS = {name.lower(): name for name in FAMILY_OF}
QUANTIFIERS = {"forallvalues": "ForAllValues", "foranyvalue": "ForAnyValue"}


@lru_cache(maxsize=1_000)
def read_operator(text: str) -> Operator | None:
    """Return the operator, or None when AWS knows none of that name. Its case does not matter."""
    head, colon, rest = text.lower().partition(":")
    quantifier = QUANTIFIERS.get(head, "") if colon else ""
    if colon and not quantifier:
        return None
    name = rest if colon else head
    if_exists = name.endswith("ifexists")
    known = OPERATORS.get(name.removesuffix("ifexists"))
    if known is None or (if_exists and known == "Null"):
        return None
    return Operator(quantifier, known, if_exists, "Not" in known, FAMILY_OF[known], known.replace("Not", "", 1))


def number_of(text: str) -> float | int | None:
    """Return the number that a text writes, or None."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number else None


@lru_cache(maxsize=5_000)
def moment_of(text: str) -> float | None:
    """Return seconds since the epoch of a date in ISO 8601, or of a number of seconds."""
    number = number_of(text)
    if number is not None and not (len(text) == 4 and text.isdigit()):  # four digits: the year
        return number
    from datetime import UTC, datetime

    for shape in (text, f"{text}-01", f"{text}-01-01"):
        try:
            moment = datetime.fromisoformat(shape.replace("z", "Z"))
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


@lru_cache(maxsize=5_000)
def network(text: str) -> tuple[int, int, int] | None:
    """Return version, first address and prefix length of an address or CIDR block, or None."""
    address, slash, length = text.partition("/")
    octets = address.split(".")
    if len(octets) == 4 and all(octet.isdigit() and octet.isascii() and len(octet) <= 3 and int(octet) < 256 for octet in octets):
        bits = int(length) if length.isdigit() and length.isascii() else 32 if not slash else -1
        number = int(octets[0]) << 24 | int(octets[1]) << 16 | int(octets[2]) << 8 | int(octets[3])
        return (4, number >> 32 - bits << 32 - bits, bits) if 0 <= bits <= 32 else None
    if ":" not in address:
        return None
    import ipaddress

    try:
        block = ipaddress.IPv6Network(text, strict=False)
    except ValueError:
        return None
    return 6, int(block.network_address), block.prefixlen


def in_network(wanted: str, address: str) -> bool | None:
    """Return whether the address lies in the block; None when the block is none."""
    block, point = network(wanted), network(address)
    if block is None:
        return None
    if point is None:
        return False
    size = 32 if block[0] == 4 else 128
    return block[0] == point[0] and point[2] >= block[2] and point[1] >> size - block[2] == block[1] >> size - block[2]


def _ordered(read: Callable[[str], float | None], test: Callable[[float, float], bool]) -> Comparison:
    def compare(wanted: Value, got: Value) -> Ternary:
        if not isinstance(wanted, str) or not isinstance(got, str):
            return None
        a, b = read(wanted), read(got)
        return None if a is None or b is None else test(b, a)

    return compare


def _same_bool(wanted: Value, got: Value) -> Ternary:
    if isinstance(wanted, str) and "${" in wanted:
        return None  # AWS's pages on operators and on variables disagree whether `Bool` takes variables
    return equal_value(lower(wanted), lower(got))


def _same_bytes(wanted: Value, got: Value) -> Ternary:
    if not isinstance(wanted, str) or not isinstance(got, str):
        return equal_value(wanted, got)
    from base64 import b64decode

    try:
        return b64decode(wanted) == b64decode(got)
    except ValueError:
        return wanted == got


def _in_block(wanted: Value, got: Value) -> Ternary:
    if isinstance(wanted, (Text, Unknown)) or isinstance(got, (Text, Unknown)):
        return None
    return in_network(wanted, got)


_TESTS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda got, wanted: got == wanted,
    "LessThan": lambda got, wanted: got < wanted,
    "LessThanEquals": lambda got, wanted: got <= wanted,
    "GreaterThan": lambda got, wanted: got > wanted,
    "GreaterThanEquals": lambda got, wanted: got >= wanted,
}
COMPARISONS: dict[str, Comparison] = {
    "StringEquals": equal_value,
    "StringEqualsIgnoreCase": lambda wanted, got: equal_value(lower(wanted), lower(got)),
    "StringLike": match_value,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "Bool": _same_bool,
    "BinaryEquals": _same_bytes,
    "IpAddress": _in_block,
    **{f"Numeric{name}": _ordered(number_of, test) for name, test in _TESTS.items()},
    **{f"Date{name}": _ordered(moment_of, test) for name, test in _TESTS.items()},
}
"""By the positive name; the `Not` forms are their opposites."""
