"""SAM: connectors between resources, and the policies that they make."""

from __future__ import annotations

import re

from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.fixed import fixed_policy, permit
from iamlint.parse.cloudformation.template import Template, as_text
from iamlint.source.place import Place, Route
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAIN_TYPES = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
}
_HOLE = re.compile(r"%\{(Source|Destination)\.(\w+)\}|\$\{(AWS::\w+)\}")


class End:
    """One end of a connector."""

    def __init__(self, template: Template, written: dict[str, Any], route: Route, other: Any) -> None:
        from iamlint.parse.cloudformation.sam_data import CONNECTED

        self.template = template
        self.route = route
        self.logical = written.get("Id") if isinstance(written.get("Id"), str) else None
        resource = template.resources.get(self.logical) if self.logical is not None else None
        kind = resource.get("Type") if isinstance(resource, dict) else written.get("Type")
        self.type = _PLAIN_TYPES.get(str(kind), str(kind))
        self.properties = resource.get("Properties") if isinstance(resource, dict) else None
        self.sam_type = str(kind)
        outputs = CONNECTED.get(self.type, {}).get("Outputs", {}) if resource is not None else {}
        self.values: dict[str, Any] = {
            name: written.get(name, outputs.get(output))
            for name, output in (("Arn", "Arn"), ("ResourceId", "Id"), ("Name", "Name"), ("Qualifier", "Qualifier"))
        }
        self.role_name = written.get("RoleName")
        self.other = other

    def value(self, name: str) -> Value | None:
        """Return the ARN, id, name or qualifier."""
        written = self.values.get(name)
        if isinstance(written, dict) and self.logical is not None:
            written = {
                function: [self.logical, *argument[1:]] if isinstance(argument, list) else self.logical
                for function, argument in written.items()
            }
        return self.template.text(written, self.route) if written is not None else None

    def role(self) -> Value | None:
        """Return the name of the role with which the resource acts."""
        if self.role_name is not None:
            return self.template.text(self.role_name, self.route)
        if self.logical is None or not isinstance(self.properties, dict):
            return None
        if self.sam_type.startswith("AWS::Serverless::") and "Role" not in self.properties:
            from iamlint.parse.cloudformation.serverless import generated_role

            return generated_role(self.template, self.logical)[0]
        written = None
        for name in ("Role", "RoleArn", "ServiceRoleArn"):
            written = written or self.properties.get(name)
        targets = self.properties.get("Targets")
        for target in targets if self.type == "AWS::Events::Rule" and isinstance(targets, list) else ():
            if isinstance(target, dict) and self.template.text(target.get("Arn"), self.route) == self.other:
                written = target.get("RoleArn")
        found = None if written is None else self.template.text(written, ("Resources", self.logical, "Properties"))
        return None if found is None else _name_in(found)


def connector(resource: Resource, declared: Declared) -> None:
    """Add what a connector gives: policies of roles, of queues and topics, permissions of functions."""
    source = resource.properties.get("Source")
    if isinstance(source, dict):
        _connect(declared, source, resource.properties, resource.route, resource.ref)


def embedded(logical: str, written: dict[str, Any], declared: Declared) -> None:
    """Add what the connectors give that a resource writes itself (`Connectors`)."""
    connectors = written.get("Connectors")
    for name, one in connectors.items() if isinstance(connectors, dict) else ():
        properties = one.get("Properties") if isinstance(one, dict) else None
        if isinstance(properties, dict):
            reference = properties.get("SourceReference")
            source = {"Id": logical, **(reference if isinstance(reference, dict) else {})}
            route = ("Resources", logical, "Connectors", name)
            _connect(declared, source, properties, route, f"{declared.template.unit}#{logical}.{name}")


def _connect(declared: Declared, source: dict[str, Any], properties: dict[str, Any], route: Route, ref: str) -> None:
    template = declared.template
    given = properties.get("Destination")
    wanted = template.value(properties.get("Permissions"), (*route, "Properties", "Permissions"))
    permissions = [item for item in wanted if isinstance(item, str)] if isinstance(wanted, list) else []
    for number, destination in enumerate(given if isinstance(given, list) else [given]):
        if isinstance(destination, dict):
            where = (*route, "Properties", "Destination", *((number,) if isinstance(given, list) else ()))
            end = End(template, destination, where, None)
            start = End(template, source, (*route, "Properties", "Source"), end.value("Arn"))
            _make(declared, start, end, permissions, f"{ref}[{number}]" if isinstance(given, list) else ref, template.at(where))


def _make(declared: Declared, source: End, destination: End, permissions: list[str], ref: str, place: Place) -> None:
    from iamlint.parse.cloudformation.sam_data import CONNECTORS

    profile = CONNECTORS.get((source.type, destination.type))
    if profile is None:
        declared.note(f"SAM has no connector from `{source.type}` to `{destination.type}`", place)
        return
    ends = {"Source": source, "Destination": destination}
    account = declared.template.context.account
    for category, content in profile["categories"].items():
        if category not in permissions:
            continue
        filled = _filled(content, ends, place, declared)
        part = f"{ref}.{category}"
        if profile["type"] == "AWS_LAMBDA_PERMISSION":
            function = (source if profile["source"] else destination).value("Arn")
            conditions: dict[str, dict[str, Value]] = {"ArnLike": {"AWS:SourceArn": filled["SourceArn"]}}
            if filled.get("SourceAccount") is not None:
                conditions["StringEquals"] = {"AWS:SourceAccount": filled["SourceAccount"]}
            if function is not None:
                permit(declared, function, filled["Action"], {"Service": filled["Principal"]}, conditions, part, place)
            continue
        end = source if profile["source"] else destination
        if profile["type"] == "AWS_IAM_ROLE_MANAGED_POLICY":
            role = end.role()
            if role is None:
                declared.note("the role that a connector gives something to is not in the template", place)
                continue
            policy = fixed_policy(declared, filled["Statement"], PolicyKind.IDENTITY, role, part, place)
            declared.add(Attachment(Layer.IDENTITY, "role", role, account, place, declared.unit, policy))
            continue
        target = end.value("Arn")
        if target is not None:
            policy = fixed_policy(declared, filled["Statement"], PolicyKind.RESOURCE, target, part, place)
            declared.add(Attachment(Layer.RESOURCE, "resource", target, account, place, declared.unit, policy))


def _filled(value: Any, ends: dict[str, End], place: Place, declared: Declared) -> Any:
    if isinstance(value, dict):
        return declared.template.value({name: _filled(item, ends, place, declared) for name, item in value.items()}, ())
    if isinstance(value, list):
        return [_filled(item, ends, place, declared) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    parts: list[Value] = []
    last = 0
    for hole in _HOLE.finditer(value):
        parts.append(value[last : hole.start()])
        last = hole.end()
        if hole[3]:
            found = as_text(declared.template.value({"Ref": hole[3]}, ()))
        else:
            found = ends[hole[1]].value(hole[2])
        missing = Unknown(f"the connector's {hole[1] or 'template'} has no known `{hole[2] or hole[3]}`", place)
        parts.append(missing if found is None else found)
    return concat([*parts, value[last:]])


def _name_in(arn: Value) -> Value:
    """Return the name of a role given by ARN."""
    if isinstance(arn, str):
        return arn.rpartition("/")[2]
    if isinstance(arn, Text):
        last = arn.parts[-1]
        if isinstance(last, Unknown):
            return last
        return last.rpartition("/")[2] if "/" in last else arn
    return arn


READERS = {"AWS::Serverless::Connector": connector}
