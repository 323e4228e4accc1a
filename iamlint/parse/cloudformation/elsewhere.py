"""What a template has another template make: stack sets, nested stacks, modules. What is not at hand stands in the coverage."""

from __future__ import annotations

from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.template import Template, as_text
from iamlint.parse.context import Context, StackContext
from iamlint.source.place import TEXT, Origin, Route
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


MAX_DEPTH = 4
"""How many stack sets may hold one another."""


def nested(resource: Resource, declared: Declared) -> None:
    """Say that a nested stack is made of a template that is not in the repository."""
    if resource.logical in resource.template.context.stacks.nested:
        return
    name = "TemplateURL" if resource.type == "AWS::CloudFormation::Stack" else "Location"
    location = resource.get(name)
    if isinstance(location, dict):
        location = location.get("ApplicationId")
    shown = f" (`{location}`)" if isinstance(location, str) else ""
    stack = declared.template.shown(resource.logical)
    declared.note(f"the template{shown} of the nested stack `{stack}` is not a file of the repository", resource.place)


def made_elsewhere(resource: Resource, declared: Declared) -> None:
    """Say that what a resource makes stands in no file here: a module of CloudFormation's registry, a product."""
    what = "product" if resource.type in PRODUCTS else "module"
    shown = declared.template.shown(resource.logical)
    declared.note(f"what the {what} `{shown}` (`{resource.type}`) makes is not in the repository", resource.place)


def extension(resource: Resource, declared: Declared) -> None:
    """Say that a resource of another vendor's is not read in templates."""
    declared.note(f"what a resource of type `{resource.type}` declares is not read", resource.place)


def stack_set(resource: Resource, declared: Declared) -> None:
    """Add what the template declares that a stack set holds as a text, in the account into which it goes."""
    shown = declared.template.shown(resource.logical)
    found = resource.evaluated("TemplateBody")
    if found is None:
        if "TemplateURL" in resource.properties and resource.logical not in resource.template.context.stacks.nested:
            declared.note(f"the template of the stack set `{shown}` is not a file of the repository", resource.place)
        return
    value = _read(found.value) if resource.template.unit.count("#") < MAX_DEPTH else None
    from iamlint.parse.cloudformation import is_template, read_resources

    if not isinstance(value, dict) or not is_template(value):
        declared.note(f"the template of the stack set `{shown}` is not known", found.origin.at())
        return
    from iamlint.parse.cloudformation.secrets import secret_parameters

    place = found.origin.at()
    template = Template(value, Origin(place.path, (*_scalar(resource, place.route), TEXT), place.document), _context(resource))
    inner = declared.inside(template)
    read_resources(template, inner)
    secret_parameters(inner)
    inner.close()
    declared.take(inner)


def _scalar(resource: Resource, route: Route) -> Route:
    """Return the route of the text itself: `Fn::Sub` holds it, alone or in front of what it is given."""
    written: Any = resource.properties.get("TemplateBody")
    if not isinstance(written, dict) or "Fn::Sub" not in written:
        return route
    return (*route, "Fn::Sub", 0) if isinstance(written["Fn::Sub"], list) else (*route, "Fn::Sub")


def _context(resource: Resource) -> Context:
    """Return what the inner template is told: the one account and region of the stack set, if it is one, and its parameters."""
    context = resource.template.context
    unit = f"{context.unit}#{resource.logical}"
    accounts: set[str | None] = set()
    regions: set[str | None] = set()
    parameters = _parameters(resource.get("Parameters"))
    groups = resource.get("StackInstancesGroup")
    for group in groups if isinstance(groups, list) else [None]:
        written = group if isinstance(group, dict) else {}
        targets = written.get("DeploymentTargets")
        one_by_one = isinstance(targets, dict) and set(targets) == {"Accounts"}
        accounts |= _known(targets["Accounts"]) if isinstance(targets, dict) and one_by_one else {None}
        regions |= _known(written.get("Regions"))
        for name in _parameters(written.get("ParameterOverrides")):
            parameters[name] = Unknown(f"the stack set overrides `{name}`", resource.place, f"{unit}#parameter {name}")
    account, region = next(iter(accounts)), next(iter(regions))
    shown = resource.template.shown(resource.logical)
    reason = f"the accounts into which the stack set `{shown}` goes are not known one by one"
    everywhere = Unknown(f"the stack set `{shown}` goes into regions that differ", resource.place, f"region:{unit}")
    return context._replace(
        unit=unit,
        account=account if account and len(accounts) == 1 else Unknown(reason, resource.place, f"account:{unit}"),
        region=region if region and len(regions) == 1 else everywhere,
        stacks=StackContext(parameters),
    )


def _known(value: Any) -> set[str | None]:
    items = value if isinstance(value, list) else [None]
    return {item if isinstance(item, str) else None for item in items} or {None}


def _parameters(value: Any) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for item in value if isinstance(value, list) else ():
        name = item.get("ParameterKey") if isinstance(item, dict) else None
        text = as_text(item.get("ParameterValue")) if isinstance(item, dict) else None
        if isinstance(name, str) and text is not None:
            found[name] = text
    return found


def _read(value: Any) -> Any:
    """Return the template that a text holds, None when it holds none; what is unknown in the text stays so in the template."""
    if not isinstance(value, (str, Text)):
        return value if isinstance(value, dict) else None
    holes: list[Unknown] = []
    text = ""
    for part in value.parts if isinstance(value, Text) else (value,):
        if isinstance(part, Unknown):
            holes.append(part)
        text += part if isinstance(part, str) else f"{_OPEN}{len(holes) - 1}{_CLOSE}"
    if text.lstrip()[:1] == "{":
        from iamlint.source.read_json import read_json

        read = read_json(text.encode("utf-8", "surrogatepass"), "").value
    else:
        from iamlint.source.read_yaml import read_yaml

        readings = read_yaml(text.encode("utf-8", "surrogatepass"), "")
        read = readings[0].value if len(readings) == 1 else None
    return _filled(read, holes) if holes else read


_OPEN, _CLOSE = "\ue000", "\ue001"


def _filled(value: Any, holes: list[Unknown]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, holes) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, holes) for item in value]
    if not isinstance(value, str) or _OPEN not in value:
        return value
    first, *rest = value.split(_OPEN)
    parts: list[Value] = [first]
    for piece in rest:
        number, _, after = piece.partition(_CLOSE)
        parts += [holes[int(number)], after]
    return concat(parts)


def unread_type(type_: str) -> bool:
    """Return whether a type is a module's, one by which another vendor's access is declared, or one of SAM's nobody reads."""
    if type_.startswith("AWS::Serverless::"):
        return type_ not in SERVERLESS
    return type_.endswith("::MODULE") or type_.startswith(_VENDORS)


_VENDORS = ("Okta::", "GitHub::", "GitLab::", "Datadog::IAM::")
SERVERLESS = frozenset(
    f"AWS::Serverless::{name}"
    for name in (
        "Function", "StateMachine", "Api", "HttpApi", "WebSocketApi", "GraphQLApi", "Application", "Connector",
        "CapacityProvider", "LayerVersion", "SimpleTable",
    )
)  # fmt: skip
"""Types of SAM that are read, or make nothing that bears on access."""
PRODUCTS = ("AWS::ServiceCatalog::CloudFormationProvisionedProduct",)
READERS = {
    **dict.fromkeys(("AWS::CloudFormation::Stack", "AWS::Serverless::Application"), nested),
    **dict.fromkeys(PRODUCTS, made_elsewhere),
    "AWS::CloudFormation::StackSet": stack_set,
}
