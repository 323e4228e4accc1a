"""Start scripts of a template's instances: `UserData`, and what `cfn-init` writes, with the secrets that stand in them."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.telemetry import LiteralSecret
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.sub_text import cut
from iamlint.parse.cloudformation.template import Template, intrinsic
from iamlint.parse.start_scripts import WHAT, assigned, decoded
from iamlint.source.place import Place, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOLE = "\ue000"
_NOTHING = {"Ref": "AWS::NoValue"}
_MOST = 20_000
"""How many pieces a script may have: `Fn::Join` lists one for each line."""


class Piece(NamedTuple):
    """A stretch of a script: its text, the scalar of the template that writes it, and from which character of that on."""

    text: str
    route: Route | None
    offset: int = 0


def start_script(resource: Resource, declared: Declared) -> None:
    """Add the secrets that the scripts of an instance hold literally, under names that say so."""
    for script, route in _scripts(resource):
        for place in _secrets(resource.template, script, route):
            if not any(isinstance(item, LiteralSecret) and item.at == place for item in declared.facts.items):
                declared.add(LiteralSecret(WHAT, place, declared.unit, resource.logical))


def _scripts(resource: Resource) -> Iterator[tuple[Any, Route]]:
    """Yield the scripts as they are written, with their routes."""
    properties: Route = (*resource.route, "Properties")
    for steps in TYPES[resource.type]:
        yield from _at(resource.properties, steps, properties)
    metadata = resource.template.resources[resource.logical].get("Metadata")
    init = metadata.get("AWS::CloudFormation::Init") if isinstance(metadata, dict) else None
    for name, config in init.items() if isinstance(init, dict) else ():
        here: Route = (*resource.route, "Metadata", "AWS::CloudFormation::Init", name)
        yield from _at(config, ("files", "*", "content"), here)
        yield from _at(config, ("commands", "*", "command"), here)


def _at(value: Any, steps: tuple[str, ...], route: Route) -> Iterator[tuple[Any, Route]]:
    if not steps:
        yield value, route
    elif steps[0] == "*":
        for step, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
            yield from _at(item, steps[1:], (*route, step))
    elif isinstance(value, dict) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:], (*route, steps[0]))


def _secrets(template: Template, script: Any, route: Route) -> Iterator[Place]:
    pieces = list(_pieces(template, script, route))[:_MOST]
    text = "".join([piece.text for piece in pieces])
    if len(pieces) == 1 and not text.strip().count("\n") and pieces[0].route == route and any(assigned(decoded(text))):
        yield template.at(route)
        return
    for start, end in assigned(text):
        if _HOLE in text[start:end]:
            continue
        begin = 0
        for piece in pieces:
            if begin <= start < begin + len(piece.text):
                if piece.route is not None:
                    first = start - begin + piece.offset
                    last = min(end - begin, len(piece.text)) + piece.offset
                    yield template.at(piece.route)._replace(part=f"{first}:{last}")
                break
            begin += len(piece.text)


def _pieces(template: Template, written: Any, route: Route) -> Iterator[Piece]:
    """Yield a text in pieces: those that somebody wrote, and a hole for each that a function gives."""
    if isinstance(written, str):
        yield Piece(written, route)
        return
    name = intrinsic(written) if isinstance(written, dict) else None
    argument = written[name] if name is not None else None
    here: Route = route if name is None else (*route, name)
    if name == "Fn::Base64":
        yield from _pieces(template, argument, here)
    elif name == "Fn::Sub":
        yield from _substituted(template, argument, here)
    elif name == "Fn::Join" and isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        first = True
        for number, item in enumerate(argument[1]):
            if item == _NOTHING:
                continue
            if not first and isinstance(argument[0], str):
                yield Piece(argument[0], None)
            first = False
            yield from _pieces(template, item, (*here, 1, number))
    elif name == "Fn::If" and isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str):
        holds = template.condition(argument[0])
        for number in (1, 2) if isinstance(holds, Unknown) else (1,) if holds else (2,):
            if number == 2 and isinstance(holds, Unknown):
                yield Piece("\n", None)  # one or the other
            yield from _pieces(template, argument[number], (*here, number))
    elif name == "Ref" and isinstance(argument, str) and written != _NOTHING:
        yield _parameter(template, argument)
    elif written != _NOTHING:
        yield Piece(_HOLE, None)


def _substituted(template: Template, argument: Any, here: Route) -> Iterator[Piece]:
    given: dict[str, Any] = {}
    text, inside = argument, here
    if isinstance(argument, list) and len(argument) == 2:
        text, inside = argument[0], (*here, 0)
        given = argument[1] if isinstance(argument[1], dict) else {}
    if not isinstance(text, str):
        yield Piece(_HOLE, None)
        return
    offset = 0
    for number, piece in enumerate(cut(text)):
        if number % 2 == 0:
            yield Piece(piece, inside, offset)
            offset += len(piece)
            continue
        offset += len(piece) + 3
        name = piece.strip()
        if name.startswith("!"):
            yield Piece("${" + name[1:] + "}", None)
        elif name in given:
            yield from _pieces(template, given[name], (*here, 1, name))
        else:
            yield _parameter(template, name)


def _parameter(template: Template, name: str) -> Piece:
    """Return what a parameter has as its default; those that hide it are secrets of their own (`secret_parameters`)."""
    written = template.parameters.get(name)
    default = written.get("Default") if isinstance(written, dict) else None
    passed = name in template.context.stacks.parameters
    if not isinstance(written, dict) or not isinstance(default, str) or not default or passed:
        return Piece(_HOLE, None)
    hidden = str(written.get("NoEcho", "")).lower() == "true" or str(written.get("Type", "")).startswith("AWS::")
    return Piece(_HOLE, None) if hidden else Piece(default, ("Parameters", name, "Default"))


TYPES: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::EC2::Instance": (("UserData",),),
    "AWS::EC2::LaunchTemplate": (("LaunchTemplateData", "UserData"),),
    "AWS::EC2::SpotFleet": (("SpotFleetRequestConfigData", "LaunchSpecifications", "*", "UserData"),),
    "AWS::AutoScaling::LaunchConfiguration": (("UserData",),),
    "AWS::AutoScaling::AutoScalingGroup": (),
    "AWS::Lightsail::Instance": (("UserData",),),
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": (("OnCreate", "*", "Content"), ("OnStart", "*", "Content")),
}
"""Where the scripts of a type stand."""
