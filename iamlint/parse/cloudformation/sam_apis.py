"""SAM: APIs, whose authorizers are functions that the gateway may invoke, and the policies of APIs and of their domains."""

from __future__ import annotations

from iamlint.model.aws import AwsResource
from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.fixed import permit
from iamlint.parse.cloudformation.physical import reference
from iamlint.parse.cloudformation.resource_policies import function_arn
from iamlint.parse.cloudformation.sam_api_policies import of_api
from iamlint.parse.cloudformation.serverless import evaluated_with_globals, parts_with_globals
from iamlint.parse.cloudformation.template import as_text
from iamlint.source.place import Place
from iamlint.source.value import Unknown, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def api(resource: Resource, declared: Declared) -> None:
    """Add the policies of an API, and that the gateway may invoke the functions that authorize for it."""
    if resource.type == "AWS::Serverless::Api":
        _policies(resource, declared)
    seen: set[str] = set()
    for found in parts_with_globals(resource, "Auth"):
        authorizers = found.value.get("Authorizers") if isinstance(found.value, dict) else None
        for name, written in authorizers.items() if isinstance(authorizers, dict) else ():
            if name not in seen:
                seen.add(name)
                _authorizer(resource, declared, name, written, found.origin.at(("Authorizers", name)))


def _authorizer(resource: Resource, declared: Declared, name: str, written: Any, place: Place) -> None:
    context = resource.template.context
    function = as_text(written.get("FunctionArn")) if isinstance(written, dict) else None
    if function is None or not _is_permitted(resource, written):
        return
    identifier = as_text(reference(resource.template, resource.logical, resource.route)) or "*"
    start = ["arn:", context.partition, ":execute-api:", context.region, ":", resource.account, ":"]
    source = concat([*start, identifier, "/authorizers/*"])
    ref = f"{resource.ref}.{name}AuthorizerPermission"
    conditions = {"ArnLike": {"AWS:SourceArn": source}}
    gateway = {"Service": "apigateway.amazonaws.com"}
    permit(declared, function_arn(resource.template.context, function), "lambda:InvokeFunction", gateway, conditions, ref, place)


def _policies(resource: Resource, declared: Declared) -> None:
    """Add the policies that an API of REST and its private domain write."""
    ref, account, place = resource.ref, resource.account, resource.place
    own = declared.policy(evaluated_with_globals(resource, "Policy"), PolicyKind.RESOURCE, resource.name, f"{ref}.Policy")
    policies = [own, *of_api(resource, declared, parts_with_globals(resource, "Auth"))]
    written = [policy for policy in policies if policy is not None]
    for number, policy in enumerate(written):
        if number == 0:
            made = AwsResource("execute-api:api", resource.name, resource.arn, account, place, declared.unit, ref, policy=policy)
            declared.add(made)
        else:
            declared.add(Attachment(Layer.RESOURCE, "resource", resource.arn, account, place, declared.unit, policy))
    domain = evaluated_with_globals(resource, "Domain")
    if domain is None or not isinstance(domain.value, dict) or domain.value.get("EndpointConfiguration") != "PRIVATE":
        return  # the domains of other APIs have no policy
    name = as_text(domain.value.get("DomainName")) or resource.name
    of_domain = declared.policy(domain.inside(("Policy",)), PolicyKind.RESOURCE, name, f"{ref}.Domain.Policy")
    if of_domain is not None:
        at = domain.origin.at()
        arn = Unknown(f"AWS chooses the ARN of the domain of `{resource.logical}`", at, f"{ref}.Domain.Arn")
        declared.add(
            AwsResource("execute-api:domain-name", name, arn, account, at, declared.unit, f"{ref}.Domain", policy=of_domain)
        )


def _is_permitted(resource: Resource, written: dict[str, object]) -> bool:
    """Return whether SAM makes the permission: for REST APIs unless it is told not to, for HTTP APIs only if it is told to."""
    if resource.type == "AWS::Serverless::Api":
        return str(written.get("DisableFunctionDefaultPermissions")).lower() != "true"
    return str(written.get("EnableFunctionDefaultPermissions")).lower() == "true"


READERS = {
    "AWS::Serverless::Api": api,
    "AWS::Serverless::HttpApi": api,
}
