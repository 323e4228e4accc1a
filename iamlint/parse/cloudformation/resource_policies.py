"""Resources with a resource policy: their own, or one that another resource of the template attaches."""

from __future__ import annotations

from iamlint.model.aws import AwsResource
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.physical import fill
from iamlint.parse.cloudformation.policy_types import NAMED, OF_THE_ACCOUNT, ONLY_WITH_POLICY, POLICIES, RESOURCES
from iamlint.parse.cloudformation.said_by import SaidBy
from iamlint.parse.cloudformation.secrets import environment
from iamlint.parse.cloudformation.shape import Shape
from iamlint.parse.regions_point import own_arn
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.context import Context


def resource(resource: Resource, declared: Declared) -> None:
    """Add a resource with the policy that it writes itself."""
    kind = RESOURCES[resource.type]
    policy: Policy | None = None
    if kind.policy is not None:
        found = resource.evaluated(*kind.policy.split("."))
        if kind.policy == "DeliveryDestinationPolicy" and found is not None and isinstance(found.value, dict):
            found = found.inside(("DeliveryDestinationPolicy",)) if "DeliveryDestinationPolicy" in found.value else found
        part = kind.policy
        if found is None and resource.type == "AWS::ApiGateway::RestApi":
            from iamlint.parse.cloudformation.sam_api_policies import POLICY, description

            described = description(resource, declared, "Body", "BodyS3Location")
            found, part = described.inside((POLICY,)) if described is not None else None, POLICY
        if found is not None:
            policy = declared.policy(found, PolicyKind.RESOURCE, resource.name, f"{resource.ref}.{part}")
    if policy is None and resource.type in ONLY_WITH_POLICY:
        return
    short = "es:internet-domain" if kind.kind == "es:domain" and _is_on_the_internet(resource) else kind.kind
    declared.add(
        AwsResource(
            short, resource.name, resource.arn, resource.account, resource.place, declared.unit, resource.ref,
            resource.tags(), policy,
        )
    )  # fmt: skip
    if resource.type == "AWS::Lambda::Function":
        function_environment(resource, declared)
    if resource.type == "AWS::DynamoDB::Table":
        _stream_policy(resource, declared)
    if resource.type == "AWS::S3::Bucket":
        from iamlint.parse.cloudformation.buckets import bucket

        bucket(resource, declared)


def _stream_policy(resource: Resource, declared: Declared) -> None:
    """Add the policy of a table's stream, whose name AWS chooses."""
    found = resource.evaluated("StreamSpecification", "ResourcePolicy", "PolicyDocument")
    if found is None:
        return
    label = Unknown("AWS chooses the name of the stream", resource.place, f"{resource.ref}.StreamArn")
    target = concat([resource.arn, "/stream/", label])
    policy = declared.policy(found, PolicyKind.RESOURCE, target, f"{resource.ref}.StreamSpecification")
    if policy is not None:
        declared.add(Attachment(Layer.RESOURCE, "resource", target, resource.account, resource.place, declared.unit, policy))


def _is_on_the_internet(resource: Resource) -> bool:
    """Return whether a search domain stands in no VPC and has no access control of its own: its policy alone guards it."""
    security = resource.get("AdvancedSecurityOptions")
    if "VPCOptions" in resource.properties:
        return False
    return security is None or (isinstance(security, dict) and str(security.get("Enabled", False)).lower() == "false")


def function_environment(resource: Resource, declared: Declared) -> None:
    """Add the secrets that a function's environment variables hold literally."""
    found = resource.evaluated("Environment", "Variables")
    if found is not None:
        environment(resource, declared, found.value, found.origin.at())


def attached_policy(resource: Resource, declared: Declared) -> None:
    """Add a resource policy and attach it to every resource that it names, by ARN where that follows."""
    target_property, policy_property = POLICIES[resource.type]
    targets: list[tuple[Value, Place]]
    if target_property:
        targets = resource.texts(target_property)
    else:
        form = OF_THE_ACCOUNT[resource.type]
        targets = [(fill(resource.template, resource.logical, Shape("", form), form), resource.place)]
    name = targets[0][0] if targets else resource.name
    policy = declared.policy(resource.evaluated(policy_property), PolicyKind.RESOURCE, name, resource.ref)
    for target, place in targets if policy is not None else ():
        arn = _target_arn(resource, target)
        if resource.type == "AWS::S3::MultiRegionAccessPointPolicy" and policy is not None:
            arn = own_arn(policy.document) or arn
        declared.add(Attachment(Layer.RESOURCE, "resource", arn, resource.account, place, declared.unit, policy))


def _target_arn(resource: Resource, target: Value) -> Value:
    """Return the ARN of a target that is given by name or URL."""
    template = resource.template
    context = template.context
    if isinstance(target, str) and target.startswith("arn:"):
        return target
    if resource.type == "AWS::S3::BucketPolicy":
        return concat(["arn:", context.partition, ":s3:::", target])
    form = NAMED.get(resource.type)
    if resource.type == "AWS::S3::MultiRegionAccessPointPolicy":
        target = Unknown("AWS chooses the alias of the access point", resource.place, f"{key(target)}.Alias")
        return concat(["arn:", context.partition, ":s3::", resource.account, ":accesspoint/", target])
    if form is not None and not isinstance(target, Unknown):
        middle = [part for name, text in form.before for part in (resource.text(name) or "", text)]
        head = ["arn:", context.partition, f":{form.service}:", context.region, ":", resource.account, form.kind]
        return concat([*head, *middle, target])
    if resource.type.startswith("AWS::SQS::"):
        name: Value | None = None
        if isinstance(target, str):
            name = target.rpartition("/")[2]
        elif not isinstance(target, Unknown):
            last = target.parts[-1]
            name = last.rpartition("/")[2] if isinstance(last, str) and "/" in last else last
        if name:
            return concat(["arn:", context.partition, ":sqs:", context.region, ":", resource.account, ":", name])
    return target


def lambda_permission(resource: Resource, declared: Declared) -> None:
    """Add the resource policy that a permission of a function makes: one statement."""
    function = resource.text("FunctionName")
    principal = resource.text("Principal")
    action = resource.text("Action")
    if function is None or principal is None or action is None:
        return
    arn = function_arn(resource.template.context, function)
    condition: dict[str, dict[str, Any]] = {}
    for name, operator, key_name in (
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
    ):
        value = resource.text(name)
        if value is not None:
            condition.setdefault(operator, {})[key_name] = value
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": _principal(principal), "Action": action, "Resource": arn}
    if condition:
        statement["Condition"] = condition
    from iamlint.parse.cloudformation.rewritten import Evaluated

    origin = SaidBy(resource, _SAID_BY)
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy = declared.policy(Evaluated(document, origin, {}), PolicyKind.RESOURCE, arn, resource.ref)
    declared.add(Attachment(Layer.RESOURCE, "resource", arn, resource.account, resource.place, declared.unit, policy))


def _principal(principal: Value) -> Any:
    if isinstance(principal, str):
        if principal == "*":
            return "*"
        if principal.isdecimal() or principal.startswith("arn:"):
            return {"AWS": principal}
        return {"Service": principal}
    return {"AWS": principal} if "arn:" in key(principal) or "account" in key(principal) else {"Service": principal}


def function_arn(context: Context, function: Value) -> Value:
    """Return the ARN of a function given by name or ARN; what a resource gives as its `Arn` is one, known or not."""
    if isinstance(function, Unknown) and function.symbol.endswith(".Arn"):
        return function
    first = function if isinstance(function, (str, Unknown)) else function.parts[0]
    if isinstance(first, str) and first.startswith("arn:"):
        return function
    if isinstance(first, str) and ":function:" in first:
        return function
    return concat(["arn:", context.partition, ":lambda:", context.region, ":", context.account, ":function:", function])


_SAID_BY = {
    "Principal": "Principal",
    "Action": "Action",
    "Resource": "FunctionName",
    "AWS:SourceArn": "SourceArn",
    "AWS:SourceAccount": "SourceAccount",
    "aws:PrincipalOrgID": "PrincipalOrgID",
}

READERS = {
    **dict.fromkeys(RESOURCES, resource),
    **dict.fromkeys(POLICIES, attached_policy),
    "AWS::Lambda::Permission": lambda_permission,
}
