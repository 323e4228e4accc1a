"""Terraform's numbers: decimal, exact far beyond a float; here `int`, and `float` where there is a fraction."""

from __future__ import annotations

import re
from functools import cache

from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Context, Decimal
    from fractions import Fraction

_NUMBER = regex(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
_LONGEST = 400


@cache
def _exact() -> Context:
    from decimal import Context

    return Context(prec=150)  # Terraform counts with 512 bits: about 154 digits


class Inexact(float):
    """A number whose digits are not Terraform's: a quotient without a finite expansion, a negative zero."""

    __slots__ = ()


def undecided(one: float, two: float) -> bool:
    """Return whether two numbers are so near that digits decide which are not Terraform's."""
    if not isinstance(one, Inexact) and not isinstance(two, Inexact):
        return False
    return abs(one - two) <= 1e-9 * max(1.0, abs(one), abs(two))


def parse_number(text: str) -> int | float | None:
    """Return the number that a text spells, or None when it spells none."""
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return None
    if text.isdigit():
        return int(text)
    from decimal import Decimal  # most configurations hold no fraction

    return from_decimal(Decimal(text))


def from_decimal(number: Decimal) -> int | float | None:
    """Return a number without needless fraction; None when it is out of any useful range."""
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return 0 if number.is_finite() and not number else None
    if number == number.to_integral_value(context=_exact()):
        return int(number)
    from decimal import Decimal

    exact = float(number)
    return exact if Decimal(repr(exact)) == number else Inexact(exact)


def to_decimal(number: int | float) -> Decimal:
    """Return the number as it was written."""
    from decimal import Decimal

    return Decimal(number) if isinstance(number, int) else Decimal(repr(float(number)))


def format_number(number: int | float) -> str | None:
    """Return the number as Terraform turns it into text; None when its digits are not known."""
    if isinstance(number, int):
        return str(number)
    if isinstance(number, Inexact):
        return None
    from decimal import Decimal

    return format(Decimal(repr(number)), "f")


def arithmetic(operator: str, left: int | float, right: int | float) -> int | float | None:
    """Return the result of `+ - * / %`; None for a division by zero and a result out of range."""
    if operator == "%" and not right:
        return left  # go-cty, `Value.Modulo`
    inexact = isinstance(left, Inexact) or isinstance(right, Inexact)
    if operator in "*/%" and not left * right and (left < 0 or right < 0):
        return Inexact(0.0) if right or operator == "*" else None  # Terraform has a negative zero, and prints it
    if isinstance(left, int) and isinstance(right, int) and operator in "+-*":
        return left + right if operator == "+" else left - right if operator == "-" else left * right
    from decimal import InvalidOperation

    exact, one, two = _exact(), to_decimal(left), to_decimal(right)
    try:
        if operator == "+":
            result = exact.add(one, two)
        elif operator == "-":
            result = exact.subtract(one, two)
        elif operator == "*":
            result = exact.multiply(one, two)
        elif not two:
            return None
        elif operator == "/":
            result = exact.divide(one, two)
        else:
            result = exact.remainder(one, two)
    except InvalidOperation:
        return None
    number = from_decimal(result)
    if number == 0 and operator == "%" and (left < 0 or right < 0):
        return Inexact(0.0)
    if number is not None and not (isinstance(left, int) and isinstance(right, int)):
        inexact = inexact or not _as_computed(operator, left, right, number)
        return Inexact(number) if inexact else number
    return Inexact(number) if inexact and (isinstance(number, float) or number == 0) else number


def _as_computed(operator: str, left: int | float, right: int | float, result: int | float) -> bool:
    """Return whether Terraform comes to the decimal result of an operation: it computes with binary fractions of 512 bits."""
    from fractions import Fraction
    from operator import add, mul, sub, truediv

    one, two = (_binary(Fraction(to_decimal(number))) for number in (left, right))
    if operator == "%":
        computed = one - int(one / two) * two
    else:
        computed = {"+": add, "-": sub, "*": mul, "/": truediv}[operator](one, two)
    return _binary(computed) == _binary(Fraction(to_decimal(result)))


def _binary(number: Fraction) -> Fraction:
    """Return the nearest binary fraction with 512 bits."""
    from fractions import Fraction

    if not number:
        return number
    shift = _BITS - abs(number.numerator).bit_length() + number.denominator.bit_length()
    scale = Fraction(2) ** shift
    while abs(number * scale) >= 2**_BITS:
        scale /= 2
    return round(number * scale) / scale


_BITS = 512
