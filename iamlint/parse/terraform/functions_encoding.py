"""Functions that encode and decode: JSON, YAML, CSV, base64, URLs, digests."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.functions_text import text
from iamlint.parse.terraform.json_encode import json_text
from iamlint.parse.terraform.located import Encoded, Keyed, Located
from iamlint.parse.terraform.numbers import parse_number
from iamlint.parse.terraform.values import as_text, joined, typed_list
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@function("jsonencode", 1, aware=True, nullable=True)
def jsonencode(call: Arguments) -> Located:
    """Return a value as JSON; the structure itself stays with the text."""
    item = call.values[0]
    text = json_text(item, call)
    return Located(text, call.place, tree=item if isinstance(text, str) else _with_shown_keys(item))


def _with_shown_keys(item: Located) -> Located:
    """Return a structure in which every object has the keys that are known in part, in their shown form."""
    if isinstance(item, Keyed):
        item = item.structure
    value = item.value
    if isinstance(value, dict):
        entries = {name: _with_shown_keys(inside) for name, inside in value.items()}
        if any(entries[name] is not inside for name, inside in value.items()):
            return Located(entries, item.place, keys=item.keys)
    elif isinstance(value, list):
        items = [_with_shown_keys(inside) for inside in value]
        if any(new is not old for new, old in zip(items, value, strict=True)):
            return Located(items, item.place, is_set=item.is_set)
    return item


def _mend(value: str) -> str:
    """Replace halves of surrogate pairs, as Go does."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


class _Builder:
    """Turns plain decoded values into located ones."""

    def __init__(self, call: Arguments, source: Located, value: Any, *, is_json: bool) -> None:
        from iamlint.parse.terraform.text_places import DecodedPlaces

        self.budget = call.frame.scope.budget
        self.places = DecodedPlaces(source, value, call.place, is_json=is_json)

    def build(self, value: Any, route: tuple[str | int, ...] = ()) -> Located:
        self.budget.spend(1)
        at = self.places.at
        if isinstance(value, dict):
            keys = {name: at((*route, name), "key") for name in value} if self.places.have_keys else None
            return Located({name: self.build(item, (*route, name)) for name, item in value.items()}, at(route), keys=keys)
        if isinstance(value, list):
            return Located([self.build(item, (*route, number)) for number, item in enumerate(value)], at(route))
        return self.places.scalar(value, route)


def _float(digits: str) -> Any:
    number = parse_number(digits)
    return number if number is not None else Unknown("the number is out of range")


def _constant(word: str) -> Any:
    raise ValueError(word)


@function("jsondecode", 1, aware=True)
def jsondecode(call: Arguments) -> Located:
    """Return the value that a JSON text spells; from a file, every part has its place there."""
    source = call.values[0]
    if source.tree is not None:
        shown, inside = source.value, source.tree.value
        opens = "{" if isinstance(inside, dict) else "[" if isinstance(inside, list) else ""
        if isinstance(shown, str) and not shown.startswith(opens):
            raise call.fail("the text is not JSON")  # it is what `yamlencode` wrote
        return source.tree
    import json

    if not isinstance(as_text(source, call.place), str):
        return _in_part(call, json.loads, is_json=True)
    written = text(call, 0)
    known = _DECODED.get((source.file, written)) if source.file else None
    if known is None:
        try:
            value = json.loads(
                written, parse_float=_float, parse_int=_float, parse_constant=_constant,
                object_pairs_hook=None if written.isascii() and "\\" not in written else _mended_object,
            )  # fmt: skip
        except (ValueError, RecursionError):
            raise call.fail("the text is no JSON") from None
        before = call.frame.scope.budget.left
        value = _mended(value)
        built = _Builder(call, source, value, is_json=True).build(value)
        known = built, before - call.frame.scope.budget.left
        if source.file and len(written) < _LARGEST_DECODED:
            if len(_DECODED) >= _MOST_DECODED:
                _DECODED.clear()
            _DECODED[source.file, written] = known
    else:
        call.frame.scope.budget.spend(known[1])
    return known[0]


_DECODED: dict[tuple[str, str], tuple[Located, int]] = {}
_MOST_DECODED, _LARGEST_DECODED = 500, 20_000
"""One file of settings is decoded in several expressions, and by several root modules; with what that takes of a budget."""


def _mended_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {_mend(name): _mended(item) for name, item in pairs}


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _mend(value)
    return [_mended(item) for item in value] if isinstance(value, list) else value


@function("yamldecode", 1, aware=True)
def yamldecode(call: Arguments) -> Located:
    """Return the value that a YAML text spells; from a file, every part has its place there."""
    source = call.values[0]
    if source.tree is not None:
        return source.tree
    from iamlint.parse.terraform.yaml_text import read_document

    budget = call.frame.scope.budget
    if not isinstance(as_text(source, call.place), str):
        return _in_part(call, lambda text: read_document(text, budget), is_json=False)
    try:
        value = read_document(text(call, 0), budget)
    except (ValueError, RecursionError):
        raise call.fail("the text is not one YAML document that we read") from None
    return _Builder(call, source, value, is_json=False).build(value)


def _in_part(call: Arguments, read: Callable[[str], Any], *, is_json: bool) -> Located:
    """Return what a text spells of which stretches are not known: unknown to expressions, with what documents keep of it."""
    from iamlint.parse.terraform.text_places import decoded_in_part

    source = call.values[0]
    call.frame.scope.budget.doubts += 1
    value = decoded_in_part(source.value, read) if isinstance(source.value, Text) else None
    if value is None:
        return call.unknown()
    return Keyed(call.unknown(), _Builder(call, source, value, is_json=is_json).build(value), {})


@function("yamlencode", 1, aware=True, nullable=True)
def yamlencode(call: Arguments) -> Located:
    """Return a value as YAML; the structure itself stays with the text."""
    item = call.values[0]
    from iamlint.parse.terraform.yaml_text import write

    pieces = write(item, call.frame.scope.budget)
    if pieces is None:
        return Located(call.unknown().value, call.place, tree=item)
    return Located(joined(pieces, call.place, call.frame.scope.budget), call.place, tree=item)


_QUOTED_FIELD = regex(r'(^|[,\n])"(?:[^"]|"")*"')


@function("csvdecode", 1)
def csvdecode(call: Arguments) -> Located:
    """Return the rows of a CSV text as objects."""
    import csv
    import io

    try:
        rows = [row for row in csv.reader(io.StringIO(text(call, 0), newline=""), strict=True) if row]
    except csv.Error:
        raise call.fail("the text is no CSV") from None
    if not rows:
        raise call.fail("the text has no row of names")
    if '"' in _QUOTED_FIELD.sub(r"\1", text(call, 0)):
        raise call.fail("a quotation mark stands inside a field without quotes")
    names = rows[0]
    if len(set(names)) != len(names) or any(len(row) != len(names) for row in rows):
        raise call.fail("the rows do not fit the row of names")
    call.frame.scope.budget.spend(len(rows) * len(names))
    made = [call.known({name: call.known(field) for name, field in zip(names, row, strict=True)}) for row in rows[1:]]
    return call.known(typed_list(made, call.known({name: call.known("") for name in names})))


@function("base64encode", 1, aware=True)
def base64encode(call: Arguments) -> Located:
    """Return text as base64; the text itself stays with it."""
    source = call.values[0]
    if not isinstance(as_text(source, call.place), str):
        call.frame.scope.budget.doubts += 1
        return Encoded(call.unknown().value, call.place, source)
    import base64

    return Encoded(base64.b64encode(text(call, 0).encode()).decode(), call.place, source)


@function("base64decode", 1)
def base64decode(call: Arguments) -> Located:
    """Return the text that base64 spells."""
    import base64
    import binascii

    try:
        return call.known(base64.b64decode(re.sub(r"[\r\n]", "", text(call, 0)), validate=True).decode())
    except (binascii.Error, ValueError):
        raise call.fail("the text is no base64 of text") from None


@function("urlencode", 1)
def urlencode(call: Arguments) -> Located:
    """Return text as part of a query."""
    from urllib.parse import quote_plus

    return call.known(quote_plus(text(call, 0), safe=""))


@function("urldecode", 1)
def urldecode(call: Arguments) -> Located:
    """Return the text that part of a query spells."""
    from urllib.parse import unquote_to_bytes

    value = text(call, 0)
    if re.search(r"%(?![0-9A-Fa-f]{2})", value):
        raise call.fail("the text is no part of a query")
    try:
        return call.known(unquote_to_bytes(value.replace("+", " ")).decode())
    except UnicodeDecodeError:
        raise call.fail("the text is not UTF-8") from None


def digest(algorithm: str, content: bytes, form: str) -> str:
    """Return a digest as hexadecimal digits or base64."""
    from binascii import b2a_base64

    from iamlint.source.digest import digest as digest_of

    made = digest_of(algorithm, content)
    return made.hex() if form == "hex" else b2a_base64(made, newline=False).decode()


DIGESTS = {
    "md5": ("md5", "hex"),
    "sha1": ("sha1", "hex"),
    "sha256": ("sha256", "hex"),
    "sha512": ("sha512", "hex"),
    "base64sha256": ("sha256", "base64"),
    "base64sha512": ("sha512", "base64"),
}


def _digest(name: str, algorithm: str, form: str) -> None:
    def run(call: Arguments) -> Located:
        return call.known(digest(algorithm, text(call, 0).encode(), form))

    function(name, 1)(run)


for _name, (_algorithm, _form) in DIGESTS.items():
    _digest(_name, _algorithm, _form)


@function("uuidv5", 2)
def uuidv5(call: Arguments) -> Located:
    """Return a UUID made of a name."""
    import uuid

    spaces = {"dns": uuid.NAMESPACE_DNS, "url": uuid.NAMESPACE_URL, "oid": uuid.NAMESPACE_OID, "x500": uuid.NAMESPACE_X500}
    name = text(call, 0)
    try:
        return call.known(str(uuid.uuid5(spaces.get(name) or uuid.UUID(name), text(call, 1))))
    except ValueError:
        raise call.fail("the name space is no UUID") from None
