"""What a reference stands for: parameters, and the names and ARNs of resources."""

from __future__ import annotations

from functools import cache

from iamlint.parse.cloudformation.parameters import parameter, pseudo
from iamlint.parse.cloudformation.shape import Shape
from iamlint.parse.cloudformation.shapes import SHAPES
from iamlint.parse.cloudformation.sub_text import alike_everywhere
from iamlint.parse.cloudformation.template import MAX_CHAIN, Template
from iamlint.source.place import Route
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


IMPLICIT_APIS = {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}
"""The APIs that SAM makes for events that name none."""


def reference(template: Template, name: str, here: Route) -> Any:
    """Return what `Ref` gives."""
    if name.startswith("AWS::"):
        return pseudo(template, name, here)
    if name in template.parameters:
        return parameter(template, name)
    if name in IMPLICIT_APIS.values():
        return Unknown(f"AWS chooses the id of the API `{name}`, which SAM makes", None, f"{template.unit}#{name}")
    resource = template.resources.get(name)
    if not isinstance(resource, dict):
        generated = _generated_role(template, name)
        if generated is not None:
            return generated[0]
        published = _published(template, name)
        if published is not None:
            return published
        mark = "not there: " if "." in name else ""  # `Fn.Alias` of a function that publishes none: no name that AWS chooses
        return Unknown(f"`{name}` is not in the template", template.at(here), f"{template.unit}#{mark}{name}")
    shape = _shape(resource)
    if shape is None:
        return _published(template, name) or chosen(template, name, "Ref")
    return fill(template, name, shape, shape.ref)


def attribute(template: Template, logical: str, name: str, here: Route) -> Any:
    """Return what `Fn::GetAtt` gives."""
    resource = template.resources.get(logical)
    if not isinstance(resource, dict):
        generated = _generated_role(template, logical) if name == "Arn" else None
        if generated is not None:
            return generated[1]
        published = _published(template, logical, name)
        if published is not None:
            return published
        return Unknown(f"`{logical}` is not in the template", template.at(here), f"{template.unit}#{logical}.{name}")
    output = template.context.stacks.outputs.get(f"{logical}.{name}")
    if output is not None:
        return output
    shape = _shape(resource)
    if shape is not None and name in shape.arn_attributes:
        return arn_of(template, logical)
    if shape is not None and name in shape.name_attributes:
        return name_of(template, logical)
    if shape is not None and (text := next((text for one, text in shape.more if one == name), None)) is not None:
        return fill(template, logical, shape, text)
    if name == "Value" and resource.get("Type") == "AWS::SSM::Parameter" and isinstance(resource.get("Properties"), dict):
        stored = follow(template, logical, resource["Properties"].get("Value"), ("Resources", logical, "Properties", name))
        return chosen(template, logical, name) if stored is None else stored
    if str(resource.get("Type")).startswith("Custom::"):
        from iamlint.parse.cloudformation.cdk_resources import given

        found = given(template, logical, resource, name)
        return chosen(template, logical, name) if found is None else found
    if resource.get("Type") in _SERVERLESS and name == "Role":
        from iamlint.parse.cloudformation.serverless import role_arn

        return role_arn(template, logical)
    return _published(template, logical, name) or chosen(template, logical, name)


def _published(template: Template, logical: str, attribute: str | None = None) -> Value | None:
    """Return what `Ref` or `Fn::GetAtt` give of an alias or version of a function or state machine, or of a stage; or None."""
    kind = resource.get("Type") if isinstance(resource := template.resources.get(logical), dict) else None
    if kind is not None and kind not in _WITH_MORE:
        return None
    from iamlint.parse.cloudformation import lambda_aliases, sam_stages, state_machine_aliases  # they know this module

    found = (
        lambda_aliases.reference(template, logical)
        if attribute is None
        else lambda_aliases.attribute(template, logical, attribute)
    )
    if found is None and attribute in (None, "Arn"):
        found = state_machine_aliases.reference(template, logical)
    return sam_stages.stage(template, logical if attribute is None else f"{logical}.{attribute}") if found is None else found


def name_of(template: Template, logical: str) -> Value:
    """Return the physical name of a resource; one that CloudFormation makes up is unknown, and the same wherever it is used."""
    known = template.names.get(logical)
    if known is None or template.chain:  # inside a chain of references the answer may be that it is a circle
        known = _name_of(template, logical)
        if not template.chain:
            template.names[logical] = known
    return known


def _name_of(template: Template, logical: str) -> Value:
    resource = template.resources.get(logical)
    shape = _shape(resource)
    properties = resource.get("Properties") if isinstance(resource, dict) else None
    if shape is not None and shape.name and isinstance(properties, dict) and shape.name in properties:
        route: Route = ("Resources", logical, "Properties", shape.name)
        found = follow(template, logical, properties[shape.name], route)
        if found is not None:
            return without_scheme(found) if shape.name == "Url" else found
    return chosen(template, logical, "name")


def arn_of(template: Template, logical: str) -> Value:
    """Return the ARN of a resource, with what is unknown in its place."""
    shape = _shape(template.resources.get(logical))
    return chosen(template, logical, "Arn") if shape is None else fill(template, logical, shape, shape.arn)


def path_of(template: Template, logical: str) -> Value:
    """Return the path of an IAM entity."""
    resource = template.resources.get(logical)
    properties = resource.get("Properties") if isinstance(resource, dict) else None
    if isinstance(properties, dict) and "Path" in properties:
        found = follow(template, logical, properties["Path"], ("Resources", logical, "Properties", "Path"))
        if found is not None:
            return found
    return "/"


def fill(template: Template, logical: str, shape: Shape, text: str) -> Value:
    """Return a text of a shape filled in for one resource."""
    cut = template.filled.get(text)
    if cut is None:
        cut = template.filled[text] = _filled(template, text)
    return concat([piece if field is None else _field(template, logical, shape, field) for field, piece in cut])


def _filled(template: Template, text: str) -> list[tuple[str | None, Value]]:
    """Return a text of a shape as stretches, where what all resources of the template have in common is filled in."""
    cut: list[tuple[str | None, Value]] = []
    common: list[Value] = []
    for number, piece in enumerate(_pieces(text)):
        if number % 2 == 0:
            common.append(piece)
        elif piece in _FIELDS:
            found = pseudo(template, _FIELDS[piece], ())
            common.append(found if not isinstance(found, list) else "")
        else:
            if between := concat(common):
                cut.append((None, between))
            cut.append((piece, ""))
            common = []
    if rest := concat(common):
        cut.append((None, rest))
    return cut


@cache
def _pieces(text: str) -> tuple[str, ...]:
    """Return a text of a shape cut at its fields: every second piece is one."""
    pieces: list[str] = []
    for piece in text.split("{"):
        field, closing, rest = piece.partition("}")
        pieces += [field, rest] if closing else [piece]
    return tuple(pieces)


def _field(template: Template, logical: str, shape: Shape, field: str) -> Value:
    if field == "name":
        return name_of(template, logical)
    if field == "arn":
        return arn_of(template, logical)
    if field == "/name":
        name = name_of(template, logical)
        first = name if isinstance(name, (str, Unknown)) else name.parts[0]
        return name if isinstance(first, str) and first.startswith("/") else concat(["/", name])
    if field == "path":
        return path_of(template, logical)
    if field[0] != "?":
        return _property(template, logical, field)
    return chosen(template, logical, field[1:])  # `{?id}`


def _property(template: Template, logical: str, field: str) -> Value:
    """Return what a property of a resource says; `arn:…` of one that takes a name too, and `bus/` of the bus of a rule."""
    bus = field[:3] == "bus"
    name = "EventBusName" if bus else field.rpartition(":")[2]
    properties = template.resources[logical].get("Properties")
    written = properties.get(name) if isinstance(properties, dict) else None
    found = None if written is None else follow(template, logical, written, ("Resources", logical, "Properties", name))
    if bus and (found is None or found == "default"):
        return ""
    if field == "bus|":
        return chosen(template, logical, "Ref")
    first = found.parts[0] if isinstance(found, Text) else found
    is_arn = isinstance(first, str) and first.startswith("arn:")
    if found is None or (field[:4] == "arn:" and isinstance(first, str) and not is_arn):
        return chosen(template, logical, name)
    if not bus:
        return found
    if is_arn:
        end = found.parts[-1] if isinstance(found, Text) else found
        found = end.rpartition("/")[2] if isinstance(end, str) else end
    return concat([found, "/"]) if found else chosen(template, logical, name)


_FIELDS = {
    "partition": "AWS::Partition",
    "region": "AWS::Region",
    "account": "AWS::AccountId",
    "suffix": "AWS::URLSuffix",
}


def without_scheme(url: Value) -> Value:
    """Return the issuer as ARNs and condition keys spell it: no `https://`, no slash at the end."""
    if isinstance(url, str):
        return url.removeprefix("https://").rstrip("/")
    if isinstance(url, Unknown):
        return url
    first = url.parts[0]
    return concat([first.removeprefix("https://"), *url.parts[1:]]) if isinstance(first, str) else url


_ASKED = Unknown("whoever asks for this text has come from it")


def follow(template: Template, logical: str, written: Any, route: Route) -> Value | None:
    """Return the text of a property that names a resource; unknown where names lead on for too long, as circles do."""
    if isinstance(written, str) and "{{" not in written:
        return written
    if isinstance(written, dict) and isinstance(text := written.get("Fn::Sub"), str) and len(written) == 1:
        alike = alike_everywhere(text, template.context.region, template.context.partition)
        if alike is not None:
            return alike  # it refers to nothing, so it cannot go round in a circle
    known = template.followed
    if route not in known:
        known[route] = _ASKED
        if template.chain < MAX_CHAIN:
            template.chain += 1
            assumed, template.assumed = template.assumed, {}
            known[route] = template.text(written, route)
            template.chain -= 1
            template.assumed = assumed
    found = known[route]
    if found is _ASKED:
        circle = f"{template.unit}#{logical}.{route[-1]}"
        found = known[route] = Unknown(f"the name of `{logical}` refers to itself", template.at(route), circle)
    return found


def _generated_role(template: Template, logical: str) -> tuple[Value, Value] | None:
    """Return name and ARN of a role that SAM makes (`<function>Role`), None when the name is no such role's."""
    function = template.resources.get(logical.removesuffix("Role"))
    if isinstance(function, dict) and function.get("Type") in _SERVERLESS:
        from iamlint.parse.cloudformation.serverless import generated_role

        return generated_role(template, logical.removesuffix("Role"))
    return None


_WITH_MORE = frozenset({
    "AWS::Serverless::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::StepFunctions::StateMachineAlias",
    "AWS::Serverless::Api", "AWS::Serverless::HttpApi",
})  # fmt: skip
_SERVERLESS = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")


def is_computed(resource: Any) -> bool:
    """Return whether what a resource gives is anything that a program or another stack decides, and no name that AWS chooses."""
    kind = resource.get("Type") if isinstance(resource, dict) else None
    return isinstance(kind, str) and kind.startswith(("Custom::", "AWS::CloudFormation::"))


def _shape(resource: Any) -> Shape | None:
    kind = resource.get("Type") if isinstance(resource, dict) else None
    return SHAPES.get(kind) if isinstance(kind, str) else None


def chosen(template: Template, logical: str, what: str) -> Unknown:
    """Return the unknown for what AWS or CloudFormation chooses of a resource; it is the same wherever it is used."""
    given: Callable[[str, str], Unknown] | None = getattr(template, "chosen", None)
    if given is not None:  # resources that no template declares, with names of their own for what AWS chooses
        return given(logical, what)
    shown = template.shown(logical)
    if what == "name":
        reason = f"CloudFormation makes up the name of `{shown}`"
    elif is_computed(template.resources.get(logical)):
        reason = f"`{shown}` gives `{what}` when the stack is deployed"
    else:
        reason = f"AWS chooses the `{what}` of `{shown}`"
    return Unknown(reason, template.at(("Resources", logical)), f"{template.unit}#{logical}.{what}")
