"""SAM: the role that a function or state machine gets, with the policies that it names."""

from __future__ import annotations

from iamlint.model.aws import AwsResource, AwsRole, iam_arn
from iamlint.model.policy import Policy, PolicyKind
from iamlint.parse.cloudformation.conditions import is_off
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.fixed import fixed_policy
from iamlint.parse.cloudformation.resource_policies import function_environment
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.sam_events import (
    destinations,
    function_url,
    permissions,
    role_of_events,
)
from iamlint.parse.cloudformation.sam_policies import attach, read_policies
from iamlint.parse.cloudformation.sam_starting import state_machine_events
from iamlint.parse.cloudformation.template import MAX_VARIANTS, Template, as_text
from iamlint.source.place import FixedOrigin, Route
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SERVICES = {"AWS::Serverless::Function": "lambda.amazonaws.com", "AWS::Serverless::StateMachine": "states.amazonaws.com"}


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
    found = written_with_globals(template, logical, name)
    return None if found is None else template.value(*found)


def written_with_globals(template: Template, logical: str, name: str) -> tuple[Any, Route] | None:
    """Return a property as it is written, for the function or for all of them, and where."""
    resource = template.resources[logical]
    properties = resource.get("Properties")
    if isinstance(properties, dict) and name in properties:
        return properties[name], ("Resources", logical, "Properties", name)
    common = _common(template, logical)
    if name in common:
        return common[name], ("Globals", str(resource.get("Type")).rpartition("::")[2], name)
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
        _common_environment(resource, declared)
        permissions(resource, declared)
        url = evaluated_with_globals(resource, "FunctionUrlConfig")
        if url is not None:
            function_url(resource, declared, url.value, url.origin.at())
    else:
        state_machine_events(resource, declared)
    if not _may_need_role(resource, declared):
        return
    name, arn = generated_role(template, resource.logical)
    ref = f"{declared.template.unit}#{resource.logical}Role"
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
        _function_role(resource, declared, name, ref)
    elif _tracing(_property(template, resource.logical, "Tracing")) is not False:
        _traced(resource, declared, name)
    read_policies(resource, declared, name, ref)


def common_variables(resource: Resource) -> tuple[Evaluated, Any] | None:
    """Return the variables that `Globals` gives to a function, evaluated and as they are written."""
    common = _common(resource.template, resource.logical).get("Environment")
    written = common.get("Variables") if isinstance(common, dict) else None
    if written is None:
        return None
    route = ("Globals", resource.type.rpartition("::")[2], "Environment", "Variables")
    return resource.template.evaluate(written, route), written


def _common_environment(resource: Resource, declared: Declared) -> None:
    common = common_variables(resource)
    if common is not None:
        from iamlint.parse.cloudformation.secrets import common_environment

        common_environment(resource, declared, *common)


def _may_need_role(resource: Resource, declared: Declared) -> bool:
    """Return whether SAM makes a role: there is none, or a condition that nothing decides may leave none."""
    template = resource.template
    names = template.undecided(resource.properties.get("Role"))
    if not names or len(names) > MAX_VARIANTS:
        return _property(template, resource.logical, "Role") is None
    before = template.assumed
    found = []
    for number in range(1 << len(names)):
        template.assumed = {**before, **{one: not number >> bit & 1 for bit, one in enumerate(names)}}
        found.append(_property(template, resource.logical, "Role") is None)
    template.assumed = before
    if any(found) and not all(found):
        shown = "`, `".join(names)
        declared.note(f"whether SAM makes a role for `{resource.logical}` depends on the condition `{shown}`", resource.place)
    return any(found)


def _function_role(resource: Resource, declared: Declared, role: Value, ref: str) -> None:
    template, logical = resource.template, resource.logical
    durable = _property(template, logical, "DurableConfig") is not None
    basic = "AWSLambdaBasicDurableExecutionRolePolicy" if durable else "AWSLambdaBasicExecutionRole"
    attach(resource, declared, role, _managed(resource, f"service-role/{basic}"), resource.place)
    if _property(template, logical, "VpcConfig") is not None:
        attach(resource, declared, role, _managed(resource, "service-role/AWSLambdaVPCAccessExecutionRole"), resource.place)
    if _tracing(_property(template, logical, "Tracing")) is not False:
        _traced(resource, declared, role)
    queue, config = evaluated_with_globals(resource, "DeadLetterQueue"), evaluated_with_globals(resource, "EventInvokeConfig")
    place = next((found.origin.at() for found in (queue, config) if found is not None), resource.place)
    destinations(
        resource,
        declared,
        role,
        ref,
        config.value if config is not None else None,
        queue.value if queue is not None else None,
        place,
    )
    role_of_events(resource, declared, role, ref)


def _traced(resource: Resource, declared: Declared, role: Value) -> None:
    """Give a role what X-Ray needs: the older policy in the ordinary regions, the newer one elsewhere."""
    older = resource.template.context.partition == "aws"
    attach(resource, declared, role, "AWSXrayWriteOnlyAccess" if older else "AWSXRayDaemonWriteAccess", resource.place)


def _tracing(value: Any) -> bool:
    """Return whether tracing may be on: unknown counts as on, as SAM takes it."""
    if isinstance(value, dict):
        return str(value.get("Enabled")).lower() == "true"
    return value not in (None, "Disabled")


def _managed(resource: Resource, path: str) -> Value:
    return concat(["arn:", resource.template.context.partition, f":iam::aws:policy/{path}"])


def evaluated_with_globals(resource: Resource, name: str) -> Evaluated | None:
    """Return a property with its places, or what `Globals` says for all of the kind."""
    if name in resource.properties:
        return resource.evaluated(name)
    common = _common(resource.template, resource.logical)
    if name not in common:
        return None
    return resource.template.evaluate(common[name], ("Globals", resource.type.rpartition("::")[2], name))


def parts_with_globals(resource: Resource, name: str) -> list[Evaluated]:
    """Return a property in parts: the resource's own, and where both are mappings also what `Globals` adds to it."""
    own = resource.evaluated(name)
    common = _common(resource.template, resource.logical).get(name)
    if common is None or (own is not None and not (isinstance(own.value, dict) and isinstance(common, dict))):
        return [] if own is None else [own]
    route = ("Globals", resource.type.rpartition("::")[2], name)
    return [*([] if own is None else [own]), resource.template.evaluate(common, route)]


def _common(template: Template, logical: str) -> dict[str, Any]:
    """Return what `Globals` says of a resource, without what the resource ignores."""
    resource = template.resources[logical]
    section = template.globals.get(str(resource.get("Type")).rpartition("::")[2])
    ignored = resource.get("IgnoreGlobals")
    if not isinstance(section, dict) or ignored == "*":
        return {}
    return {name: item for name, item in section.items() if not (isinstance(ignored, list) and name in ignored)}


def _trust(resource: Resource, declared: Declared, name: Value, ref: str) -> Policy | None:
    found = evaluated_with_globals(resource, "AssumeRolePolicyDocument")
    if found is None:
        statement = {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Principal": {"Service": [SERVICES[resource.type]]},
        }
        found = Evaluated({"Version": "2012-10-17", "Statement": [statement]}, FixedOrigin(resource.place), {})
    return declared.policy(found, PolicyKind.TRUST, name, f"{ref}.AssumeRolePolicyDocument")


def deploying_role(declared: Declared) -> None:
    """Add the role with which CodeDeploy shifts traffic, when a function of the template asks for that and names none."""
    template = declared.template
    for logical, written in template.resources.items():
        if not isinstance(written, dict) or written.get("Type") != "AWS::Serverless::Function" or is_off(template, written):
            continue
        preference = _property(template, logical, "DeploymentPreference")
        if not isinstance(preference, dict) or preference.get("Role") is not None:
            continue
        if preference.get("Enabled") in (False, "false"):
            continue
        resource = Resource(template, logical, written)
        ref = f"{declared.template.unit}#CodeDeployServiceRole"
        reason = "CloudFormation makes up the name of `CodeDeployServiceRole`"
        name = Unknown(reason, resource.place, f"{resource.ref}.deploying.name")
        service = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": ["codedeploy.amazonaws.com"]}}
        trust = fixed_policy(declared, [service], PolicyKind.TRUST, name, f"{ref}.AssumeRolePolicyDocument", resource.place)
        arn = iam_arn("role", name, resource.account, "/", template.context.partition)
        declared.add(AwsRole(name, arn, resource.account, trust, resource.place, declared.unit, ref))
        attach(resource, declared, name, _managed(resource, "service-role/AWSCodeDeployRoleForLambda"), resource.place)
        declared.close()
        return


READERS = dict.fromkeys(SERVICES, function)
