"""SAM: the role that a function or state machine gets, with the policies that it names."""

from __future__ import annotations

from typing import Any

from iamlint.model.aws import AwsResource, AwsRole, iam_arn
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.resource_policies import function_environment
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.template import Template, as_text
from iamlint.source.place import Origin, Place, Route
from iamlint.source.value import Text, Unknown, Value, concat

SERVICES = {"AWS::Serverless::Function": "lambda.amazonaws.com", "AWS::Serverless::StateMachine": "states.amazonaws.com"}
_SERVICE_ROLES = frozenset((
    "AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaKinesisExecutionRole", "AWSLambdaSQSQueueExecutionRole", "AWSLambdaMSKExecutionRole",
    "AWSLambdaENIManagementAccess", "AWSLambdaRole",
))  # fmt: skip
"""Managed policies that SAM takes by their last name and AWS keeps under `service-role/`."""


def generated_role(template: Template, logical: str) -> tuple[Value, Value]:
    """Return name and ARN of the role that SAM makes for a function without one."""
    place = template.at(("Resources", logical), "key")
    name = Unknown(f"CloudFormation makes up the name of `{logical}Role`", place, f"{template.unit}#{logical}Role.name")
    path = as_text(_property(template, logical, "RolePath")) or "/"
    return name, iam_arn("role", name, template.context.account, path, template.context.partition)


def role_arn(template: Template, logical: str) -> Value:
    """Return the ARN of the role with which a function runs."""
    given = as_text(_property(template, logical, "Role"))
    return given if given is not None else generated_role(template, logical)[1]


def _property(template: Template, logical: str, name: str) -> Any:
    """Return a property of a function, or what `Globals` says for all of them."""
    resource = template.resources[logical]
    properties = resource.get("Properties")
    if isinstance(properties, dict) and name in properties:
        return template.value(properties[name], ("Resources", logical, "Properties", name))
    section = str(resource.get("Type")).rpartition("::")[2]
    common = template.globals.get(section)
    if isinstance(common, dict) and name in common:
        return template.value(common[name], ("Globals", section, name))
    return None


def function(resource: Resource, declared: Declared) -> None:
    """Add a function or state machine, and the role that SAM makes for it unless it is given one."""
    template = resource.template
    if resource.type == "AWS::Serverless::Function":
        declared.add(
            AwsResource(
                "lambda:function", resource.name, resource.arn, resource.account, resource.place, declared.unit, resource.ref,
                resource.tags(),
            )
        )  # fmt: skip
        function_environment(resource, declared)
    if _property(template, resource.logical, "Role") is not None:
        return
    name, arn = generated_role(template, resource.logical)
    ref = f"{declared.unit}#{resource.logical}Role"
    declared.add(
        AwsRole(
            name=name,
            arn=arn,
            account=resource.account,
            trust=_trust(resource, declared, name, ref),
            place=resource.place,
            unit=declared.unit,
            ref=ref,
            boundary=as_text(_property(template, resource.logical, "PermissionsBoundary")),
            tags=resource.tags(),
            path=as_text(_property(template, resource.logical, "RolePath")) or "/",
        )
    )
    if resource.type == "AWS::Serverless::Function":
        _attach(resource, declared, name, "AWSLambdaBasicExecutionRole", resource.place)
        if _property(template, resource.logical, "VpcConfig") is not None:
            _attach(resource, declared, name, "AWSLambdaVPCAccessExecutionRole", resource.place)
        if _property(template, resource.logical, "Tracing") not in (None, "Disabled"):
            _attach(resource, declared, name, "AWSXrayWriteOnlyAccess", resource.place)
    _policies(resource, declared, name, ref)


def _trust(resource: Resource, declared: Declared, name: Value, ref: str) -> Policy | None:
    found = resource.evaluated("AssumeRolePolicyDocument")
    if found is None:
        statement = {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Principal": {"Service": [SERVICES[resource.type]]},
        }
        found = Evaluated({"Version": "2012-10-17", "Statement": [statement]}, _Fixed(resource.place), {})
    return declared.policy(found, PolicyKind.TRUST, name, f"{ref}.AssumeRolePolicyDocument")


def _policies(resource: Resource, declared: Declared, name: Value, ref: str) -> None:
    found = resource.evaluated("Policies")
    if found is None:
        return
    listed = found.value if isinstance(found.value, list) else [found.value]
    for number, item in enumerate(listed):
        route: Route = (number,) if isinstance(found.value, list) else ()
        place = found.origin.at(route)
        if isinstance(item, (str, Text, Unknown)):
            _attach(resource, declared, name, item, place)
            continue
        if not isinstance(item, dict) or not item:
            continue
        inside = found.inside(route)
        if "Statement" not in item:  # one key: a policy template of SAM
            template_name = next(iter(item))
            reason = f"the SAM policy template `{template_name}` is not written out"
            inside = Evaluated(Unknown(reason, place, f"{ref}.{template_name}[{number}]"), _Fixed(place), {})
        policy = declared.policy(inside, PolicyKind.IDENTITY, name, f"{ref}.Policies[{number}]")
        if policy is not None:
            declared.add(Attachment(Layer.IDENTITY, "role", name, resource.account, place, declared.unit, policy))


def _attach(resource: Resource, declared: Declared, role: Value, policy: Value, place: Place) -> None:
    """Attach a managed policy that is given by ARN, or by the name of one of AWS's."""
    arn = policy
    if isinstance(policy, str) and not policy.startswith("arn:"):
        path = "service-role/" if policy in _SERVICE_ROLES else ""
        arn = concat(["arn:", resource.template.context.partition, f":iam::aws:policy/{path}{policy}"])
    declared.add(Attachment(Layer.IDENTITY, "role", role, resource.account, place, declared.unit, policy_arn=arn))


class _Fixed(Origin):
    """One place for everything in a document that nobody wrote."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        super().__init__(place.path)
        self.place = place

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what brings the document about."""
        return self.place

    def below(self, route: Route) -> Origin:
        """Return the same place."""
        return self


READERS = dict.fromkeys(SERVICES, function)
