"""Functions on numbers and addresses."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable

from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.functions_string import strings, whole_number
from iamlint.parse.terraform.functions_text import text
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.numbers import Inexact, arithmetic, undecided
from iamlint.parse.terraform.values import as_number, typed_list
from iamlint.source.value import Unknown


def _number(call: Arguments, position: int) -> int | float:
    number = as_number(call.values[position], call.place)
    if isinstance(number, Unknown):
        raise call.fail("a number is required")
    return number


@function("abs", 1)
def absolute(call: Arguments) -> Located:
    """Return the number without its sign."""
    number = _number(call, 0)
    return call.known(number if number >= 0 else arithmetic("-", 0, number))


@function("ceil", 1)
def ceil(call: Arguments) -> Located:
    """Return the next whole number up."""
    return _whole(call, math.ceil)


@function("floor", 1)
def floor(call: Arguments) -> Located:
    """Return the next whole number down."""
    return _whole(call, math.floor)


def _whole(call: Arguments, rounded: Callable[[float], int]) -> Located:
    number = _number(call, 0)
    return _digits(call) if undecided(number, round(number)) else call.known(rounded(number))


def _digits(call: Arguments) -> Located:
    return call.known(Unknown("the digits of a quotient are not computed", call.place))


@function("signum", 1)
def signum(call: Arguments) -> Located:
    """Return the sign: -1, 0 or 1."""
    number = whole_number(call, 0)
    return call.known((number > 0) - (number < 0))


@function("max", 1, None)
def greatest(call: Arguments) -> Located:
    """Return the greatest number."""
    return call.known(max(_number(call, position) for position in range(len(call.values))))


@function("min", 1, None)
def least(call: Arguments) -> Located:
    """Return the least number."""
    return call.known(min(_number(call, position) for position in range(len(call.values))))


@function("pow", 2)
def power(call: Arguments) -> Located:
    """Return a power."""
    base, exponent = _number(call, 0), _number(call, 1)
    if not isinstance(base, int) or not isinstance(exponent, int) or not 0 <= exponent <= 400 or abs(base) > 10**6:
        return call.known(Unknown("only whole powers are computed", call.place))
    value = base**exponent
    # Terraform computes with floats of 53 bits here.
    return call.known(value) if abs(value) < 2**53 else call.known(Unknown("the power is too large", call.place))


@function("log", 2)
def logarithm(call: Arguments) -> Located:
    """Return a logarithm; its digits are not Terraform's."""
    number, base = _number(call, 0), _number(call, 1)
    if number <= 0 or base <= 0 or base == 1:
        call.frame.scope.budget.doubts += 1  # infinite, or an error
        return call.known(Unknown("the logarithm is no finite number", call.place))
    if base == 2 and isinstance(number, int) and number & (number - 1) == 0:
        return call.known(number.bit_length() - 1)
    return call.known(Inexact(math.log(number, base)))


@function("parseint", 2)
def parseint(call: Arguments) -> Located:
    """Return the whole number that a text spells in a base."""
    if not isinstance(call.values[0].value, str):
        raise call.fail("a string is required")
    spelled, base = text(call, 0), whole_number(call, 1)
    if not 2 <= base <= 62:
        raise call.fail("the base is out of range")
    digits = spelled[1:] if spelled[:1] in ("+", "-") else spelled
    values = [_DIGITS.find(digit if base > 36 else digit.lower()) for digit in digits]
    if not values or not all(0 <= value < base for value in values):
        raise call.fail("the text spells no number in this base")
    if len(values) > 300:
        return call.known(Unknown("numbers of so many digits are not computed", call.place))
    result = 0
    for value in values:
        result = result * base + value
    return call.known(-result if spelled.startswith("-") else result)


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function("sum", 1)
def total(call: Arguments) -> Located:
    """Return the sum of a list's numbers."""
    values = call.values[0].value
    if not isinstance(values, list) or not values:
        raise call.fail("a list that is not empty is required")
    result: int | float = 0
    for item in values:
        added = as_number(item, call.place)
        if isinstance(added, Unknown):
            return call.unknown()
        result = arithmetic("+", result, added) or 0
    return call.known(result)


@function("range", 1, 3)
def range_(call: Arguments) -> Located:
    """Return numbers from a start to a limit, in steps."""
    numbers = [_number(call, position) for position in range(len(call.values))]
    if any(isinstance(number, Inexact) for number in numbers):
        call.frame.scope.budget.doubts += 1
        return _digits(call)
    start, limit = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else (1 if limit >= start else -1)
    if not step or (limit != start and (step > 0) != (limit > start)):
        raise call.fail("the step never reaches the limit")
    result: list[Located] = []
    current: int | float = start
    while current < limit if step > 0 else current > limit:
        if len(result) >= 1024:
            raise call.fail("more than 1024 values")
        result.append(call.known(current))
        current = arithmetic("+", current, step) or 0
    return call.known(typed_list(result, call.known(0)))


def _network(call: Arguments, position: int) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        if "/" not in text(call, position):
            raise ValueError
        return ipaddress.ip_network(text(call, position), strict=False)
    except ValueError:
        raise call.fail("the text is no address range") from None


@function("cidrhost", 2)
def cidrhost(call: Arguments) -> Located:
    """Return the address of a host in a range."""
    network, number = _network(call, 0), whole_number(call, 1)
    if not -network.num_addresses <= number < network.num_addresses:
        raise call.fail("the range has no such host")
    return call.known(str(network[number]))


@function("cidrnetmask", 1)
def cidrnetmask(call: Arguments) -> Located:
    """Return the mask of an IPv4 range."""
    network = _network(call, 0)
    if network.version != 4:
        raise call.fail("only IPv4 ranges have a mask")
    return call.known(str(network.netmask))


def _subnet(call: Arguments, network: ipaddress.IPv4Network | ipaddress.IPv6Network, bits: int, number: int) -> str:
    length = network.prefixlen + bits
    if bits < 0:
        call.frame.scope.budget.doubts += 1
        raise call.fail("a part that is larger than its range is not computed")
    if length > network.max_prefixlen or not 0 <= number < 2**bits:
        raise call.fail("the range has no such part")
    address = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{type(network.network_address)(address)}/{length}"


@function("cidrsubnet", 3)
def cidrsubnet(call: Arguments) -> Located:
    """Return a part of a range."""
    return call.known(_subnet(call, _network(call, 0), whole_number(call, 1), whole_number(call, 2)))


@function("cidrsubnets", 1, None)
def cidrsubnets(call: Arguments) -> Located:
    """Return parts of a range, one after the other."""
    network = _network(call, 0)
    result: list[str] = []
    address = int(network.network_address)
    for position in range(1, len(call.values)):
        bits = whole_number(call, position)
        length = network.prefixlen + bits
        if bits < 1 or length > network.max_prefixlen:
            raise call.fail("the range has no such part")
        size = 1 << (network.max_prefixlen - length)
        address = -(-address // size) * size
        if address + size > int(network.broadcast_address) + 1:
            raise call.fail("the range has no room for all parts")
        result.append(f"{type(network.network_address)(address)}/{length}")
        address += size
    return strings(call, result)
