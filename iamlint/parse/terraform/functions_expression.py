"""The functions of Terraform's own provider (`terraform.io/builtin/terraform`): values as HCL, and back."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import read_file
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.functions import Arguments, function
from iamlint.parse.terraform.functions_text import text
from iamlint.parse.terraform.letters import letters
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.numbers import format_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_LINE = "\n"


class _NoDigits(Exception):  # noqa: N818  (a limit of ours, no error of the input)
    """A number whose digits are not known."""


@function("provider::terraform::encode_expr", 1, nullable=True)
def encode_expr(call: Arguments) -> Located:
    """Return the expression that spells a value."""
    try:
        return call.known(_spaced(list(_tokens(call.values[0]))))
    except _NoDigits:
        return call.unknown()


@function("provider::terraform::encode_tfvars", 1)
def encode_tfvars(call: Arguments) -> Located:
    """Return the variable file that gives an object's attributes as variables."""
    value = call.values[0].value
    if not isinstance(value, dict):
        raise call.fail("an object is required")
    tokens: list[str] = []
    try:
        for name in sorted(value):
            if not _is_identifier(name):
                raise call.fail(f"`{name}` is no name of a variable")
            tokens += [name, "=", *_tokens(value[name]), _LINE]
    except _NoDigits:
        return call.unknown()
    return call.known(_spaced(tokens))


@function("provider::terraform::decode_tfvars", 1)
def decode_tfvars(call: Arguments) -> Located:
    """Return what a variable file says as an object."""
    file = read_file(text(call, 0).encode("utf-8", "replace"), call.place.path)
    if file.problems or file.blocks:
        raise call.fail("the text is no variable file")
    result: dict[str, Located] = {}
    for name, attribute in file.attributes.items():
        try:
            node = attribute.node()
            if _names(node):
                raise call.fail(f"the value of `{name}` is not a plain one")
            value = evaluate(node, call.frame)
        except s.SyntaxProblem:
            raise call.fail("the text is no variable file") from None
        result[name] = _moved(value, call)
    return call.known(result)


def _is_identifier(name: str) -> bool:
    return not name.startswith("-") and name.replace("-", "_").isidentifier()


def _names(node: Any) -> bool:
    """Return whether an expression calls or refers to anything."""
    return isinstance(node, (s.Call, s.Ref, s.ForExpr)) or (isinstance(node, tuple) and any(_names(part) for part in node))


def _moved(located: Located, call: Arguments) -> Located:
    """Return a value at the place of the call: the text that spelled it has no place of its own."""
    value = located.value
    if isinstance(value, dict):
        return Located({name: _moved(item, call) for name, item in value.items()}, call.place)
    if isinstance(value, list):
        return Located([_moved(item, call) for item in value], call.place)
    return Located(value, call.place)


def _tokens(located: Located) -> Any:
    """Yield the tokens that spell a value, without spaces (hclwrite, `TokensForValue`)."""
    value = located.value
    if isinstance(value, dict):
        yield "{"
        if value:
            yield _LINE
        for name in sorted(value):
            yield name if _is_identifier(name) else _quoted(name)
            yield "="
            yield from _tokens(value[name])
            yield _LINE
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            if number:
                yield ","
            yield from _tokens(item)
        yield "]"
    elif value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, str):
        yield _quoted(value)
    else:
        digits = format_number(value)
        if digits is None:
            raise _NoDigits
        yield digits


def _quoted(value: str) -> str:
    shown = "".join(_shown(letter) for letter in value)
    return '"' + re.sub(r"([$%])(?=\{)", r"\1\1", shown) + '"'


def _shown(letter: str) -> str:
    if letter in _ESCAPES or letter.isprintable():
        return _ESCAPES.get(letter, letter)
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def _spaced(tokens: list[str]) -> str:
    """Return the text of tokens with Terraform's spaces: lines indented, neighboring `=` below each other."""
    lines: list[tuple[str, str]] = []
    depths: list[int] = []
    for line in _lines(tokens):
        opened = sum((token in ("{", "[")) - (token in ("}", "]")) for token in line)
        closed = -opened
        while closed > 0 and depths:
            if closed < depths[-1]:
                depths[-1] -= closed
                break
            closed -= depths.pop()
        indent = "  " * len(depths)
        if opened > 0:
            depths.append(opened)
        aligned = line[1:2] == ["="] and opened == 0
        lines.append((indent + line[0], _joined(line[1:])) if aligned else (indent + _joined(line), ""))
    result: list[str] = []
    for aligned, group in groupby(lines, key=lambda line: line[1] != ""):
        members = list(group)
        width = max(_width(lead) for lead, _ in members) + 1 if aligned else 0
        result += [lead + " " * (width - _width(lead)) + rest for lead, rest in members]
    return "\n".join(result)


def _lines(tokens: list[str]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for token in tokens:
        if token is _LINE:
            lines.append([])
        else:
            lines[-1].append(token)
    return [line or [""] for line in lines]


def _joined(line: list[str]) -> str:
    pieces = line[:1]
    for one, two in pairwise(line):
        tight = two in (",", "]") or one == "[" or (one, two) == ("{", "}")
        pieces += [two] if tight else [" ", two]
    return "".join(pieces)


def _width(text_: str) -> int:
    found = letters(text_)
    return len(text_) if found is None else len(found)
