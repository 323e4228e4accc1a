"""Functions of providers that follow from their arguments alone, and Terraform functions that few configurations call."""

from __future__ import annotations

import base64
import binascii
import zlib

from iamlint.parse.terraform.functions import Arguments, function, named
from iamlint.parse.terraform.functions_text import text
from iamlint.parse.terraform.located import Encoded, Located
from iamlint.parse.terraform.values import LONGEST_TEXT, OutOfBounds, as_text
from iamlint.source.value import Text, Unknown, Value, concat

_ARN = ("partition", "service", "region", "account_id", "resource")


# The AWS provider's (Terraform registry, hashicorp/aws: "Functions")


@function("provider::aws::arn_parse", 1, aware=True)
def arn_parse(call: Arguments) -> Located:
    """Return the fields of an ARN as an object; an unknown stretch stays inside its field."""
    value = as_text(call.values[0], call.place)
    if isinstance(value, Unknown):
        return call.unknown()
    fields = _fields(value)
    if len(fields) < 6 or fields[0] != "arn":
        if isinstance(value, Text):
            return call.unknown()
        raise call.fail("the text is no ARN")
    return call.known({name: Located(field, call.place) for name, field in zip(_ARN, fields[1:], strict=True)})


def _fields(value: str | Text) -> list[Value]:
    """Return the six fields of an ARN; the last one keeps its colons."""
    fields: list[list[Value]] = [[]]
    for part in (value,) if isinstance(value, str) else value.parts:
        if isinstance(part, Unknown):
            fields[-1].append(part)
            continue
        first, *more = part.split(":", 6 - len(fields))
        fields[-1].append(first)
        fields.extend([piece] for piece in more)
    return [concat(field) for field in fields]


@function("provider::aws::arn_build", 5, aware=True)
def arn_build(call: Arguments) -> Located:
    """Return the ARN of its fields."""
    fields = [as_text(value, call.place) for value in call.values]
    pieces: list[Value] = ["arn"]
    for field in fields:
        pieces += [":", field]
    return call.known(concat(pieces))


@function("provider::aws::trim_iam_role_path", 1, aware=True)
def trim_iam_role_path(call: Arguments) -> Located:
    """Return a role's ARN without its path."""
    value = as_text(call.values[0], call.place)
    if isinstance(value, Unknown):
        return call.unknown()
    if isinstance(value, Text):
        *before, last = value.parts
        if isinstance(last, str) and "/" in last and not any(isinstance(part, str) and ":role/" in part for part in before):
            head, found, rest = last.partition(":role/")
            if found:
                return call.known(concat([*before, f"{head}:role/{rest.rpartition('/')[2]}"]))
        return call.unknown()
    fields = value.split(":", 5)
    if len(fields) != 6 or fields[0] != "arn" or fields[2] != "iam" or not fields[5].startswith("role/"):
        raise call.fail("the text is no ARN of a role")
    return call.known(":".join([*fields[:5], f"role/{fields[5].rpartition('/')[2]}"]))


# Terraform's and OpenTofu's


@function("textencodebase64", 2)
def textencodebase64(call: Arguments) -> Located:
    """Return a text in an encoding, as base64."""
    codec = _CODECS.get(text(call, 1).lower())
    if codec is None:
        return _not_evaluated(call, "the encoding is not one that we know")
    try:
        return call.known(base64.b64encode(text(call, 0).encode(codec)).decode())
    except UnicodeEncodeError:
        raise call.fail("the encoding does not have every character of the text") from None


@function("textdecodebase64", 2)
def textdecodebase64(call: Arguments) -> Located:
    """Return the text that base64 of an encoding holds."""
    codec = _CODECS.get(text(call, 1).lower())
    if codec is None:
        return _not_evaluated(call, "the encoding is not one that we know")
    try:
        return call.known(base64.b64decode(text(call, 0), validate=True).decode(codec))
    except (binascii.Error, UnicodeDecodeError):
        raise call.fail("the text is not base64 of that encoding") from None


_CODECS = {
    "utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "us-ascii": "ascii", "iso-8859-1": "latin-1",
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-125{number}": f"cp125{number}" for number in range(9)},
}  # fmt: skip


@function("base64gunzip", 1)
def base64gunzip(call: Arguments) -> Located:
    """Return the text that a compressed text in base64 holds (OpenTofu)."""
    try:
        data = base64.b64decode(text(call, 0), validate=True)
        opened = zlib.decompressobj(wbits=31).decompress(data, LONGEST_TEXT + 1)
        if len(opened) > LONGEST_TEXT:
            raise OutOfBounds
        return call.known(opened.decode())
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise call.fail("the text is not base64 of a compressed text") from None


@function("base64gzip", 1, aware=True)
def base64gzip(call: Arguments) -> Located:
    """Return an unknown: which bytes a compressor writes is its own affair. The text itself stays with it."""
    made = _not_evaluated(call, "which bytes a compressor writes is not known")
    return Encoded(made.value, made.place, call.values[0])


@function("rsadecrypt", 2)
def rsadecrypt(call: Arguments) -> Located:
    """Return an unknown: what somebody took care to encrypt is nothing to show."""
    return _not_evaluated(call, "what is encrypted is not decrypted")


@function("cidrcontains", 2)
def cidrcontains(call: Arguments) -> Located:
    """Return whether a range holds an address, or all of another range (OpenTofu)."""
    import ipaddress

    try:
        outer, inner = (ipaddress.ip_network(text(call, number), strict=False) for number in (0, 1))
    except ValueError:
        raise call.fail("the text is no address range") from None
    if outer.version != inner.version:
        raise call.fail("one is IPv4 and the other IPv6")
    return call.known(inner.subnet_of(outer))  # type: ignore[arg-type]  # of one version, as was just asked


@function("ephemeralasnull", 1, aware=True, nullable=True)
def ephemeralasnull(call: Arguments) -> Located:
    """Return a value, null for an ephemeral one: that is unknown here, since ephemeral values are not evaluated."""
    return call.unknown() if isinstance(call.values[0].value, Unknown) else call.values[0]


@function("list", 0, None, aware=True, nullable=True)
def list_(call: Arguments) -> Located:
    """Return a list of the arguments: what configurations for Terraform before 0.15 call."""
    return _converted("tolist", call, list(call.values))


@function("map", 0, None, aware=True, nullable=True)
def map_(call: Arguments) -> Located:
    """Return a map of keys and values in turn: what configurations for Terraform before 0.15 call."""
    if len(call.values) % 2:
        raise call.fail("a key has no value")
    entries: dict[str, Located] = {}
    for key, value in zip(call.values[::2], call.values[1::2], strict=True):
        name = as_text(key, call.place)
        if not isinstance(name, str):
            return call.unknown()
        entries[name] = value
    return _converted("tomap", call, entries)


def _converted(name: str, call: Arguments, value: object) -> Located:
    found = named(name)
    assert found is not None
    return found.run(call._replace(values=[Located(value, call.place)]))


def _not_evaluated(call: Arguments, reason: str) -> Located:
    call.frame.scope.budget.doubts += 1
    unknown = call.unknown().value
    return call.known(Unknown(reason, call.place, unknown.symbol))
