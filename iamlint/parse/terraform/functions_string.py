"""Functions on known text."""

from __future__ import annotations

import re
import unicodedata

from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.functions_text import text
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import ListValue, as_number, as_text
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def strings(call: Arguments, values: list[Any]) -> Located:
    """Return a list of strings."""
    call.frame.scope.budget.spend(len(values))
    return call.known(ListValue(Located(value, call.place) for value in values))


def whole_number(call: Arguments, position: int) -> int:
    """Return an argument that is a known whole number."""
    number = as_number(call.values[position], call.place)
    if not isinstance(number, int):
        raise call.fail("a whole number is required")
    return number


def has_clusters(value: str) -> bool:
    """Return whether letters of the text may be made of several characters (Terraform counts letters)."""
    return not value.isascii() and any(
        unicodedata.combining(letter) or unicodedata.category(letter) in ("Mc", "Me", "Mn", "Cf", "So", "Sk", "Lo")
        for letter in value
    )


@function("split", 2, aware=True)
def split(call: Arguments) -> Located:
    """Return the pieces of a text between separators."""
    separator, whole = (as_text(value, call.place) for value in call.values)
    if not isinstance(separator, str) or not isinstance(whole, str):
        return call.unknown()
    if not separator:
        return call.unknown() if has_clusters(whole) else strings(call, list(whole))
    return strings(call, whole.split(separator))


@function("chomp", 1)
def chomp(call: Arguments) -> Located:
    """Return text without line ends at its end."""
    return call.known(text(call, 0).rstrip("\r\n"))


@function("trim", 2)
def trim(call: Arguments) -> Located:
    """Return text without certain characters at its ends."""
    return call.known(text(call, 0).strip(text(call, 1)) if text(call, 1) else text(call, 0))


@function("indent", 2)
def indent(call: Arguments) -> Located:
    """Return text with all lines but the first indented."""
    width = whole_number(call, 0)
    if not 0 <= width <= 1000:
        raise call.fail("the indentation is out of range")
    return call.known(text(call, 1).replace("\n", "\n" + " " * width))


@function("strrev", 1)
def strrev(call: Arguments) -> Located:
    """Return text from its end to its start."""
    value = text(call, 0)
    return _clusters(call) if has_clusters(value) else call.known(value[::-1])


def _clusters(call: Arguments) -> Located:
    return call.known(Unknown("letters of several characters are not counted", call.place))


@function("substr", 3)
def substr(call: Arguments) -> Located:
    """Return part of a text; a negative offset counts from its end, the length -1 means the rest."""
    value, offset, length = text(call, 0), whole_number(call, 1), whole_number(call, 2)
    if has_clusters(value):
        return _clusters(call)
    if offset < 0:
        offset = max(0, offset + len(value)) if offset + len(value) >= 0 else 0
    if length < -1:
        raise call.fail("the length is negative")
    return call.known(value[offset:] if length == -1 else value[offset : offset + length])


@function("title", 1)
def title(call: Arguments) -> Located:
    """Return text with the first letter of each word in upper case."""
    value = text(call, 0)
    if not value.isascii():
        return call.known(Unknown("words beyond ASCII are not evaluated", call.place))
    return call.known(re.sub(r"(?<![A-Za-z0-9_])[a-z]", lambda match: match.group().upper(), value))


@function("regex", 2)
def regex(call: Arguments) -> Located:
    """Return the first match of a regular expression."""
    from iamlint.parse.terraform.regular import find_first

    found = find_first(text(call, 0), text(call, 1))
    if found is False:
        raise call.fail("nothing matches the regular expression")
    if found is None:
        raise call.fail("the regular expression is wrong")
    return _refused(call) if isinstance(found, int) else _match(call, found)


@function("regexall", 2)
def regexall(call: Arguments) -> Located:
    """Return all matches of a regular expression."""
    from iamlint.parse.terraform.regular import find_all

    found = find_all(text(call, 0), text(call, 1))
    if found is None:
        raise call.fail("the regular expression is wrong")
    if isinstance(found, int):
        return _refused(call)
    call.frame.scope.budget.spend(len(found))
    return call.known(ListValue(_match(call, match) for match in found))


def _refused(call: Arguments) -> Located:
    call.frame.scope.budget.doubts += 1
    return call.known(Unknown("the regular expression is not one that we evaluate", call.place))


def _match(call: Arguments, match: re.Match[str]) -> Located:
    names = match.re.groupindex
    if not match.re.groups:
        return call.known(match.group())
    if names and len(names) != match.re.groups:
        raise call.fail("the regular expression mixes named and unnamed groups")
    if names:
        return call.known({name: call.known(match.group(name)) for name in names})
    return call.known([call.known(value) for value in match.groups()])


@function("length", 1, aware=True)
def length(call: Arguments) -> Located:
    """Return how many elements or characters there are."""
    value = call.values[0].value
    if isinstance(value, (Unknown, Text)):
        return call.unknown()
    if isinstance(value, str):
        return _clusters(call) if has_clusters(value) else call.known(len(value))
    if not isinstance(value, (list, dict)):
        raise call.fail("a collection or a string is required")
    if call.values[0].is_set and len(value) > 1 and any(isinstance(item.value, (Text, Unknown)) for item in value):
        return call.unknown()  # elements not known may turn out equal
    return call.known(len(value))
