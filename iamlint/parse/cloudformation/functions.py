"""The intrinsic functions: what each returns, and where what it returns is written."""

from __future__ import annotations

from iamlint.parse.cloudformation.blanks import with_fields
from iamlint.parse.cloudformation.conditions import wavering
from iamlint.parse.cloudformation.dynamic import resolved_later
from iamlint.parse.cloudformation.exports import NOTHING, exported
from iamlint.parse.cloudformation.mappings import find_in_map
from iamlint.parse.cloudformation.physical import attribute, reference
from iamlint.parse.cloudformation.splitting import split_around
from iamlint.parse.cloudformation.sub_text import alike_everywhere, cut, cut_around
from iamlint.parse.cloudformation.template import NO_VALUE, Frame, Template, as_text
from iamlint.source.place import Route
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_TEXT = 100_000
"""How long a text may become by joining."""


def call(template: Template, name: str, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    """Return what a function gives; an unknown for what it does not decide or we do not know."""
    function = _FUNCTIONS.get(name)
    if function is None:
        return unknown(template, f"`{name}` is not evaluated", here)
    return function(template, argument, here, out, frame)


def is_known(name: str) -> bool:
    """Return whether CloudFormation has a function of this name."""
    return name in _FUNCTIONS


def unknown(template: Template, reason: str, here: Route, symbol: str | None = None, of: Unknown | None = None) -> Unknown:
    """Return the unknown that a function gives; it is the same wherever the same is written. `of` is what it is a piece of."""
    if of is not None and symbol is not None:
        template.pieces[symbol] = of.symbol
    return Unknown(reason, template.at(here), symbol)


def _ref(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    if argument == "AWS::NoValue":
        return NO_VALUE
    if not isinstance(argument, str):
        return unknown(template, "`Ref` names nothing", here)
    return reference(template, argument, here)


def _get_att(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    name: Value | None
    if isinstance(argument, str):
        logical, _, name = argument.partition(".")
    elif isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str):
        logical, written = argument
        name = template.text(written, (*here, 1))
    else:
        return unknown(template, "`Fn::GetAtt` names nothing", here)
    if not isinstance(name, str):
        return unknown(template, f"the attribute of `{logical}` is not known", here)
    return attribute(template, logical, name, here)


def _sub(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    given: dict[str, Any] = {}
    inside = here
    text = argument
    if isinstance(argument, list) and len(argument) == 2:
        text = argument[0]
        given = argument[1] if isinstance(argument[1], dict) else {}
        inside = (*here, 0)
    if not isinstance(text, (str, Text)):
        return text if isinstance(text, Unknown) else unknown(template, "`Fn::Sub` has no text", here)
    if not given and isinstance(text, str):
        alike = alike_everywhere(text, template.context.region, template.context.partition)
        if alike is not None:
            return alike
    parts: list[Value] = []
    names: dict[int, str] = {}
    for number, piece in enumerate(cut(text) if isinstance(text, str) else cut_around(text)):
        if number % 2 == 0 or isinstance(piece, Unknown):
            parts.append(piece)
            continue
        name = piece.strip()
        if name.startswith("!"):
            parts.append("${" + name[1:].strip() + "}")
        elif name in given:
            value = template.text(given[name], (*here, 1, name))
            parts.append(value if value is not None else unknown(template, f"`{name}` of `Fn::Sub` is no text", (*here, 1, name)))
        elif ":" in name and not name.startswith("AWS::"):
            parts.append("${" + piece + "}")  # a policy variable; CloudFormation wants it written `${!…}`
        elif name == "AWS::NoValue":
            continue
        elif "." in name:
            logical, _, rest = name.partition(".")
            parts.append(_as_part(template, attribute(template, logical, rest, inside), name, inside))
        else:
            names[len(parts)] = name
            parts.append(_as_part(template, reference(template, name, inside), name, inside))
    return _bounded(template, resolved_later(template, concat(with_fields(template, parts, names, inside)), inside), here)


def _as_part(template: Template, value: Any, name: str, here: Route) -> Value:
    found = as_text(value)
    return found if found is not None else unknown(template, f"`{name}` is no text", here)


def _listed(template: Template, written: Any, here: Route) -> Any:
    """Return a list; unknown as a whole where conditions that nothing decides say which items it has."""
    return wavering(template, written, here) or template.value(written, here)


def _join(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return unknown(template, "`Fn::Join` needs a delimiter and a list", here)
    delimiter = template.text(argument[0], (*here, 0))
    items = _listed(template, argument[1], (*here, 1))
    if isinstance(items, Unknown):
        return unknown(template, items.reason, here, f"join {key(items)}")
    if not isinstance(items, list) or delimiter is None:
        return unknown(template, "`Fn::Join` has no list", here)
    parts: list[Value] = []
    names: dict[int, str] = {}
    written = argument[1] if isinstance(argument[1], list) and len(argument[1]) == len(items) else ()
    for number, item in enumerate(items):
        if number:
            parts.append(delimiter)
        if written and isinstance(written[number], dict) and isinstance(name := written[number].get("Ref"), str):
            names[len(parts)] = name
        parts.append(_as_part(template, item, "an item of `Fn::Join`", (*here, 1)))
    return _bounded(template, resolved_later(template, concat(with_fields(template, parts, names, here)), here), here)


def _if(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
        return unknown(template, "`Fn::If` needs a condition and two values", here)
    holds = template.condition(argument[0])
    if not isinstance(holds, Unknown):
        number = 1 if holds else 2
        if argument[0] not in template.assumed:
            template.left_out[*here, 3 - number] = argument
        frame.moved[out] = (*here, number)
        return template.resolve(argument[number], (*here, number), out, frame)
    branches = [template.value(argument[number], (*here, number)) for number in (1, 2)]
    if any(isinstance(branch, list) for branch in branches) and all(
        isinstance(branch, list) or branch is None for branch in branches
    ):
        return _both_lists(template, argument, here, out, frame, holds)
    if branches[0] == branches[1]:
        frame.moved[out] = (*here, 1)
        return template.resolve(argument[1], (*here, 1), out, frame)
    return unknown(template, holds.reason, here, f"{holds.symbol}: {_shape(branches)}")


def _both_lists(template: Template, argument: list[Any], here: Route, out: Route, frame: Frame, holds: Unknown) -> Any:
    """Return the items of both branches, each there only perhaps."""
    items: list[Any] = []
    for number in (1, 2):
        inner = Frame()
        value = template.resolve(argument[number], (*here, number), (), inner)
        if not isinstance(value, list):
            continue
        if any(not isinstance(item, dict) for item in value):  # plain texts cannot say that they may be absent
            return unknown(template, holds.reason, here, f"{holds.symbol}: {here}")
        for index, item in enumerate(value):
            target = (*out, len(items))
            frame.moved[target] = inner.moved.get((index,), (*here, number, index))
            for route, to in inner.moved.items():
                if len(route) > 1 and route[0] == index:
                    frame.moved[(*target, *route[1:])] = to
            for route, reason in inner.maybe.items():
                if len(route) > 1 and route[0] == index:
                    frame.maybe[(*target, *route[1:])] = reason
            frame.maybe[target] = holds
            items.append(item)
    return items


def _shape(values: list[Any]) -> str:
    return " or ".join(key(value) if isinstance(value, (str, Text, Unknown)) else repr(value) for value in values)


def _select(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return unknown(template, "`Fn::Select` needs an index and a list", here)
    index = template.text(argument[0], (*here, 0))
    items = _listed(template, argument[1], (*here, 1))
    if isinstance(items, Unknown):
        return unknown(template, items.reason, here, f"{items.symbol}[{index if isinstance(index, str) else '?'}]", items)
    if not isinstance(items, list) or not isinstance(index, str) or not index.isdecimal() or len(index) > 6:
        return unknown(template, "`Fn::Select` cannot be followed", here)
    if not items and index == "0" and isinstance(argument[1], dict) and argument[1].get("Ref") in template.parameters:
        return ""  # a list parameter that is given an empty text is asked so whether it is
    return (
        items[int(index)] if int(index) < len(items) else unknown(template, "`Fn::Select` asks for more than the list has", here)
    )


def _split(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return unknown(template, "`Fn::Split` needs a delimiter and a text", here)
    delimiter = template.text(argument[0], (*here, 0))
    text = template.text(argument[1], (*here, 1))
    if isinstance(text, Text) and isinstance(delimiter, str) and delimiter:
        pieces = split_around(text, delimiter)
        if pieces is not None:
            return pieces
    if isinstance(text, (Unknown, Text)):  # the delimiter may stand in the part that nobody knows
        first = text if isinstance(text, Unknown) else next(part for part in text.parts if isinstance(part, Unknown))
        return unknown(template, first.reason, here, f"split {delimiter} {key(text)}", first)
    if not isinstance(delimiter, str) or not delimiter or text is None:
        return unknown(template, "`Fn::Split` cannot be followed", here)
    return text.split(delimiter)


def _base64(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    from base64 import b64encode

    text = template.text(argument, here)
    if isinstance(text, str):
        return b64encode(text.encode("utf-8", "replace")).decode()
    return unknown(template, "the encoded text is not known", here, None if text is None else f"base64 {key(text)}")


def _import(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    name = template.text(argument, here)
    if name is None:
        return unknown(template, "`Fn::ImportValue` names nothing", here)
    value = exported(template, name)
    if value is not NOTHING:
        return value
    reason = f"the export `{name}` is another stack's" if isinstance(name, str) else "the export of another stack is not known"
    return unknown(template, reason, here, f"export:{key(name)}")


def _to_json(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    import json

    from iamlint.source.value import is_known

    value = template.value(argument, here)
    return json.dumps(value) if is_known(value) else unknown(template, "a part of the JSON text is not known", here)


def _length(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    value = _listed(template, argument, here)
    return str(len(value)) if isinstance(value, list) else unknown(template, "the length of the list is not known", here)


def _transform(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    from iamlint.parse.cloudformation.inclusion import snippet

    value = snippet(template, argument, here)
    if value is None:
        return unknown(template, "a macro gives the value when CloudFormation deploys", here)
    path = template.included[-1]
    template.including.add(path)
    frame.moved[out] = here[:-1]
    found = template.resolve(value, here, out, frame)
    template.including.discard(path)
    return found


def _stack_output(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
    given = argument if isinstance(argument, dict) else {}
    names = [template.text(given.get(name), (*here, name)) for name in ("StackName", "OutputName", "Region")]
    role = template.text(given.get("RoleArn"), (*here, "RoleArn"))
    from iamlint.parse.cloudformation.stack_outputs import stack_output  # it knows modules that know this one

    found = stack_output(template, names, role)
    if found is not None:
        return found
    shown = ".".join(key(name) if name is not None else "" for name in names) + (f" by {key(role)}" if role is not None else "")
    return unknown(template, "the output of another stack is not in the template", here, f"output:{shown}")


def _later(what: str) -> Any:
    def function(template: Template, argument: Any, here: Route, out: Route, frame: Frame) -> Any:
        return unknown(template, what, here)

    return function


def _bounded(template: Template, value: Value, here: Route) -> Value:
    parts = value.parts if isinstance(value, Text) else (value,)
    if sum([len(part) if isinstance(part, str) else len(part.symbol) + 2 for part in parts]) > MAX_TEXT:
        return unknown(template, "the text is longer than any that AWS takes", here)
    return value


_FUNCTIONS = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::If": _if,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": find_in_map,
    "Fn::Base64": _base64,
    "Fn::ImportValue": _import,
    "Fn::ToJsonString": _to_json,
    "Fn::Length": _length,
    "Fn::GetAZs": _later("the zones of the region are not in the repository"),
    "Fn::Cidr": _later("address ranges are not evaluated"),
    "Fn::Transform": _transform,
    "Fn::GetStackOutput": _stack_output,
}
