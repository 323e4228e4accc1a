"""The functions of a service of the Serverless Framework: their roles, the secrets in their variables, who may call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.model.telemetry import LiteralSecret
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.sam_events import function_url
from iamlint.parse.cloudformation.secrets import is_written_secret
from iamlint.source.place import Origin, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHARED = "IamRoleLambdaExecution"
"""The name in the template of the role that functions share."""


class Function(NamedTuple):
    """A function: its name in the template, where it is written, and the resource that the framework makes of it."""

    logical: str
    route: Route
    written: dict[str, Any]
    resource: dict[str, Any]
    common: Any  # the variables that all functions have

    def add(self, declared: Declared, where: Callable[[Route], Route]) -> None:
        """Add the secrets in its variables and who may call its URL; `where` tells where the file says what a variable is."""
        template = declared.template
        resource = Resource(template, self.logical, template.resources[self.logical])
        own = self.written.get("environment")
        for variables, route in ((own, (*self.route, "environment")), (self.common, ("provider", "environment"))):
            for name, value in variables.items() if isinstance(variables, dict) else ():
                anew = variables is self.common and isinstance(own, dict) and name in own
                if not anew and is_written_secret(template, name, value, (*route, name)):
                    at = template.origin.at(where((*route, name)))
                    declared.add(LiteralSecret("environment variable of a function", at, declared.unit, resource.name))
        url = self.written.get("url")
        if url:
            signed = isinstance(url, dict) and url.get("authorizer") == "aws_iam"
            auth = "AWS_IAM" if signed else "NONE"
            function_url(resource, declared, {"AuthType": auth}, template.origin.at((*self.route, "url"), "key"))
        declared.close()


def written_functions(service: dict[str, Any]) -> Iterator[tuple[Route, Any]]:
    """Yield what stands under `functions`, a mapping or a list of them: each function by its route, and what is no mapping."""
    functions = service.get("functions")
    for route, part in (
        [(("functions", number), part) for number, part in enumerate(functions)]
        if isinstance(functions, list)
        else [(("functions",), functions)]
    ):
        if isinstance(part, dict):
            yield from (((*route, name), function) for name, function in part.items())
        elif part is not None:
            yield route, part


def functions_of(service: dict[str, Any], origin: Origin, stage: Value, roles: set[str]) -> Iterator[Function]:
    """Yield the functions of a service; `roles` are those that the framework makes."""
    provider = service["provider"] if isinstance(service["provider"], dict) else {}
    iam = provider.get("iam")
    common_role = provider.get("role") or (iam.get("role") if isinstance(iam, dict) else None)
    for route, function in written_functions(service):
        name = route[-1]
        if not isinstance(function, dict) or not isinstance(name, str):
            continue
        properties: dict[str, Any] = {"FunctionName": function.get("name") or _name(service, name, origin, stage)}
        own, made = function.get("role"), f"{name}{SHARED}"
        common = common_role if not isinstance(common_role, dict) or _calls(common_role) else None
        if own or made in roles:
            properties["Role"] = _role(own) if own else {"Fn::GetAtt": [made, "Arn"]}
        elif common or SHARED in roles:
            properties["Role"] = _role(common) if common else {"Fn::GetAtt": [SHARED, "Arn"]}
        resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
        yield Function(_logical(name), route, function, resource, provider.get("environment"))


def _calls(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def _role(written: Any) -> Any:
    """Return a role as the template has it: a bare name is a resource of the template."""
    if isinstance(written, str) and written and not written.startswith("arn:"):
        return {"Fn::GetAtt": [written, "Arn"]}
    return written


def _name(service: dict[str, Any], name: str, origin: Origin, stage: Value) -> Value:
    """Return the name of a function: service, stage and its own, of which the stage may be given on the command line."""
    title = service["service"]
    title = title.get("name") if isinstance(title, dict) else title
    if not isinstance(title, (str, Text, Unknown)):
        title = Unknown("the name of the service is not known", origin.at(("service",)), f"{origin.path}#service")
    return concat([title, "-", stage, f"-{name}"])


def _logical(name: str) -> str:
    """Return the name of a function in the template (Serverless Framework, *Override AWS CloudFormation resource*)."""
    shown = name[:1].upper() + name[1:]
    return shown.replace("-", "Dash").replace("_", "Underscore") + "LambdaFunction"
