"""SAM: APIs, whose authorizers are functions that the gateway may invoke."""

from __future__ import annotations

from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.fixed import permit
from iamlint.parse.cloudformation.physical import reference
from iamlint.parse.cloudformation.serverless import evaluated_with_globals
from iamlint.parse.cloudformation.template import as_text
from iamlint.source.value import concat


def api(resource: Resource, declared: Declared) -> None:
    """Add that the gateway may invoke the functions that authorize for an API."""
    found = evaluated_with_globals(resource, "Auth")
    if found is None or not isinstance(found.value, dict):
        return
    authorizers = found.value.get("Authorizers")
    context = resource.template.context
    for name, written in authorizers.items() if isinstance(authorizers, dict) else ():
        function = as_text(written.get("FunctionArn")) if isinstance(written, dict) else None
        if function is None or not _is_permitted(resource, written):
            continue
        identifier = as_text(reference(resource.template, resource.logical, resource.route)) or "*"
        start = ["arn:", context.partition, ":execute-api:", context.region, ":", resource.account, ":"]
        source = concat([*start, identifier, "/authorizers/*"])
        place = found.origin.at(("Authorizers", name))
        ref = f"{resource.ref}.{name}AuthorizerPermission"
        conditions = {"ArnLike": {"AWS:SourceArn": source}}
        permit(declared, function, "lambda:InvokeFunction", {"Service": "apigateway.amazonaws.com"}, conditions, ref, place)


def _is_permitted(resource: Resource, written: dict[str, object]) -> bool:
    """Return whether SAM makes the permission: for REST APIs unless it is told not to, for HTTP APIs only if it is told to."""
    if resource.type == "AWS::Serverless::Api":
        return str(written.get("DisableFunctionDefaultPermissions")).lower() != "true"
    return str(written.get("EnableFunctionDefaultPermissions")).lower() == "true"


READERS = {
    "AWS::Serverless::Api": api,
    "AWS::Serverless::HttpApi": api,
}
