"""YAML as Terraform reads it (`y`, `on` and `yes` are true) and writes it."""

from __future__ import annotations

import re

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.numbers import format_number, parse_number
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TRUE = {form for word in ("y", "yes", "true", "on") for form in (word, word.capitalize(), word.upper())}
_FALSE = {form for word in ("n", "no", "false", "off") for form in (word, word.capitalize(), word.upper())}
_NULL = {"", "~", "null", "Null", "NULL"}
_INTEGER = regex(r"[-+]?[0-9]+|0x[0-9a-fA-F]{1,16}|0o[0-7]{1,21}")
_BY_VERSION = regex(r"[-+]?0[xob][0-9a-fA-F_]+|[-+]?[0-9][0-9_]*_[0-9_]*")
"""Numbers to go-cty-yaml before 1.1 (2024), texts since; or too long for it."""
_FLOAT = regex(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BY_YAML_VERSION = "whether this is a text in YAML depends on Terraform's version"
_WIDTH = 80
_LONGEST_KEY = 128
_PREFIX = "tag:yaml.org,2002:"
_TAGS = {"!", *(_PREFIX + kind for kind in ("str", "bool", "int", "float", "null", "timestamp", "binary"))}


def read_document(source: str, budget: Any) -> Any:
    """Return the one document of a YAML text as plain values. Raises `ValueError` when Terraform would not read it."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(source, Loader=loader)
    except yaml.YAMLError as problem:
        raise ValueError("no YAML") from problem
    if node is None:
        raise ValueError("no document")
    return _value(node, budget, ())


def _value(node: Any, budget: Any, above: tuple[int, ...]) -> Any:
    budget.spend(1)
    if id(node) in above:
        raise ValueError("an alias of itself")
    if node.id == "scalar":
        return _scalar_node(node)
    if node.tag not in (_PREFIX + "seq", _PREFIX + "map"):
        raise ValueError("a tag that Terraform does not know")
    above = (*above, id(node))
    if node.id == "sequence":
        return [_value(item, budget, above) for item in node.value]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:  # what comes later wins, be it merged or written
        if key_node.id == "scalar" and key_node.value == "<<" and key_node.tag in (_PREFIX + "merge", _PREFIX + "str"):
            for source in value_node.value if value_node.id == "sequence" else [value_node]:
                more = _value(source, budget, above)
                if not isinstance(more, dict):
                    raise ValueError("a merge of something that is no map")
                result.update(more)
            continue
        name = _value(key_node, budget, above)
        if isinstance(name, bool):
            name = "true" if name else "false"
        elif isinstance(name, (int, float)):
            name = format_number(name)
        if not isinstance(name, str):
            raise ValueError("a key that is no text")
        result[name] = _value(value_node, budget, above)
    return result


def _scalar_node(node: Any) -> Any:
    """Return the value of a scalar: by its written tag, as text when quoted, or by its form."""
    import yaml

    plain, quoted = not node.style, node.style in ("'", '"')
    implicit = yaml.resolver.Resolver().resolve(yaml.ScalarNode, node.value, (plain, not plain))  # type: ignore[no-untyped-call]
    if node.tag != implicit and node.tag == _PREFIX + "str":
        return node.value
    if node.tag != implicit:
        if node.tag not in _TAGS:
            raise ValueError("a tag that Terraform does not know")
        return Unknown(f"the YAML tag `{node.tag}` is not evaluated")
    if quoted:
        return node.value
    value = scalar(node.value)
    return value if plain or value == node.value else Unknown(_BY_YAML_VERSION)


def scalar(text: str) -> Any:
    """Return the value of a plain scalar."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INTEGER.fullmatch(text):
        base = {"0x": 16, "0o": 8}.get(text[:2], 10)
        return int(text if base == 10 else text[2:], base) if len(text) < 300 else Unknown("the number is too long")
    if _BY_VERSION.fullmatch(text):
        return Unknown(_BY_YAML_VERSION)
    if _FLOAT.fullmatch(text):
        number = parse_number(text)
        return number if number is not None else Unknown("the number is out of range")
    day = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text)
    if day:
        return _day(*(int(number) for number in day.groups())) or text
    if re.match(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", text) or text.lower().lstrip("+-") in (".inf", ".nan"):
        return Unknown("a time or a number without bounds in YAML is not evaluated")
    return text


def _day(year: int, month: int, day: int) -> str | None:
    """Return a day as the point in time at which it starts, None when the calendar has no such day."""
    from datetime import date

    try:
        return date(year, month, day).isoformat() + "T00:00:00Z" if year else f"0000-{month:02}-{day:02}T00:00:00Z"
    except ValueError:
        return None


def write(item: Located, budget: Any) -> list[Value] | None:
    """Return the text that Terraform's yamlencode makes; None where we do not know its form."""
    pieces: list[Value] = []
    if not _write(item, pieces, "", budget, inline=False):
        return None
    if item.value is None or isinstance(item.value, (bool, int, float)):
        pieces.append("...\n")  # a plain scalar alone is open-ended to libyaml
    return pieces


def _write(item: Located, pieces: list[Value], indent: str, budget: Any, inline: bool) -> bool:
    """Write a value after what stands already on the line; `inline` after a `-`."""
    budget.spend(1)
    value = item.value
    if isinstance(value, list) and value:
        for number, element in enumerate(value):
            pieces.append(("" if inline and not number else indent) + "- ")
            if not _write(element, pieces, indent + "  ", budget, inline=True):
                return False
        return True
    if isinstance(value, dict) and value:
        for number, name in enumerate(sorted(value)):
            inside = value[name]
            quoted = _quoted(name)
            if quoted is None or len(quoted) > _LONGEST_KEY:
                return False
            pieces.append(("" if inline and not number else indent) + quoted + ":")
            nested = isinstance(inside.value, (list, dict)) and bool(inside.value)
            pieces.append("\n" if nested else " ")
            deeper = indent if isinstance(inside.value, list) else indent + "  "
            if not _write(inside, pieces, deeper, budget, inline=False):
                return False
        return True
    shown = _scalar(value)
    if shown is None or (isinstance(value, (str, Text)) and _folds(pieces, shown)):
        return False
    pieces.extend((*shown, "\n"))
    return True


def _folds(before: list[Value], shown: list[Value]) -> bool:
    """Return whether a text may be broken: at spaces past column 80."""
    column = 0
    for part in reversed(before):
        if isinstance(part, str) and part.endswith("\n"):
            break
        column += len(part) if isinstance(part, str) else _WIDTH
    for part in shown:
        if isinstance(part, str):
            if part.find(" ", max(0, _WIDTH - 2 - column)) >= 0:
                return True
            column += len(part)
        else:
            column = _WIDTH
    return False


def _scalar(value: Any) -> list[Value] | None:
    if isinstance(value, list):
        return ["[]"]
    if isinstance(value, dict):
        return ["{}"]
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (int, float)):
        number = format_number(value)
        return [number] if number is not None else None
    if isinstance(value, str):
        quoted = _quoted(value)
        return [quoted] if quoted is not None else None
    if isinstance(value, Text):
        parts = [part if isinstance(part, Unknown) else _quoted(part) for part in value.parts]
        return ['"', *(part[1:-1] if isinstance(part, str) else part for part in parts), '"'] if None not in parts else None  # type: ignore[list-item]
    return None


def _quoted(text: str) -> str | None:
    """Return a text in quotes; None for texts that would be folded or written as blocks."""
    if not text.isprintable():
        return None
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
