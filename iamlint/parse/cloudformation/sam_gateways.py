"""SAM: WebSocket and GraphQL APIs and capacity providers: the roles that SAM makes for them, and whom they may invoke."""

from __future__ import annotations

from iamlint.model.aws import AwsRole, iam_arn
from iamlint.model.policy import PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.fixed import fixed_policy, permit
from iamlint.parse.cloudformation.physical import reference
from iamlint.parse.cloudformation.resource_policies import function_arn
from iamlint.parse.cloudformation.sam_policies import attach, inline
from iamlint.parse.cloudformation.serverless import evaluated_with_globals
from iamlint.parse.cloudformation.template import as_text
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_READS = [
    "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem",
    "dynamodb:PartiQLSelect",
]  # fmt: skip
_WRITES = [
    "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate",
]  # fmt: skip
_INVOKES = ["lambda:InvokeAsync", "lambda:InvokeFunction"]


def _property(resource: Resource, name: str) -> tuple[Any, Place]:
    """Return a property with its place, or what `Globals` says for all of the kind."""
    found = evaluated_with_globals(resource, name)
    return (None, resource.place) if found is None else (found.value, found.origin.at())


def _arn(resource: Resource, service: str, *rest: Value) -> Value:
    context = resource.template.context
    return concat(["arn:", context.partition, f":{service}:", context.region, ":", resource.account, ":", *rest])


def _role(resource: Resource, declared: Declared, suffix: str, service: str, place: Place) -> Value:
    """Add a role that SAM makes beside a resource, and return its name."""
    logical = f"{resource.logical}{suffix}"
    ref = f"{declared.template.unit}#{logical}"
    name = Unknown(f"CloudFormation makes up the name of `{logical}`", place, f"{resource.ref}.{suffix}.name")
    statement = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [service]}}
    trust = fixed_policy(declared, [statement], PolicyKind.TRUST, name, f"{ref}.AssumeRolePolicyDocument", place)
    arn = iam_arn("role", name, resource.account, "/", resource.template.context.partition)
    declared.add(AwsRole(name, arn, resource.account, trust, place, declared.unit, ref))
    return name


def _managed(resource: Resource, path: str) -> Value:
    return concat(["arn:", resource.template.context.partition, f":iam::aws:policy/{path}"])


def websocket(resource: Resource, declared: Declared) -> None:
    """Add that the gateway may invoke the functions of an API's routes, and the one that authorizes."""
    routes, place = _property(resource, "Routes")
    stage, _ = _property(resource, "StageName")
    identifier = as_text(reference(resource.template, resource.logical, resource.route)) or "*"
    gateway = {"Service": "apigateway.amazonaws.com"}
    for route, written in routes.items() if isinstance(routes, dict) else ():
        function = as_text(written.get("FunctionArn")) if isinstance(written, dict) else None
        if function is None:
            declared.note(f"which function the route `{route}` of `{resource.logical}` invokes is not known", place)
            continue
        source = _arn(resource, "execute-api", identifier, "/", as_text(stage) or "default", f"/{route}")
        ref = f"{resource.ref}.{route}Permission"
        target = function_arn(resource.template.context, function)
        permit(declared, target, "lambda:InvokeFunction", gateway, {"ArnLike": {"AWS:SourceArn": source}}, ref, place)
    auth, place = _property(resource, "Auth")
    if isinstance(auth, dict) and auth.get("InvokeRole") is None:
        function = as_text(auth.get("AuthArn"))
        if function is not None:
            source = _arn(resource, "execute-api", identifier, "/authorizers/*")
            ref = f"{resource.ref}.AuthorizerPermission"
            target = function_arn(resource.template.context, function)
            permit(declared, target, "lambda:InvokeFunction", gateway, {"ArnLike": {"AWS:SourceArn": source}}, ref, place)


def graphql(resource: Resource, declared: Declared) -> None:
    """Add the role that writes an API's logs, those of its data sources, and that it may invoke what authorizes."""
    logging, place = _property(resource, "Logging")
    is_off = logging in (False, "false") or (isinstance(logging, dict) and logging.get("CloudWatchLogsRoleArn") is not None)
    if not is_off:
        role = _role(resource, declared, "CloudWatchRole", "appsync.amazonaws.com", place)
        attach(resource, declared, role, _managed(resource, "service-role/AWSAppSyncPushToCloudWatchLogs"), place)
    sources, place = _property(resource, "DataSources")
    for kind, make in (("DynamoDb", _table_statements), ("Lambda", _function_statements)):
        listed = sources.get(kind) if isinstance(sources, dict) else None
        for name, written in listed.items() if isinstance(listed, dict) else ():
            if isinstance(written, dict) and written.get("ServiceRoleArn") is None:
                shown = "DynamoDB" if kind == "DynamoDb" else kind
                role = _role(resource, declared, f"{name}{shown}DataSourceRole", "appsync.amazonaws.com", place)
                statements = make(resource, written)
                if statements:
                    inline(declared, resource, role, statements, f"{resource.ref}.{name}.policy", place)
                else:
                    declared.note(f"what the data source `{name}` of `{resource.logical}` reads is not known", place)
    auth, place = _property(resource, "Auth")
    additional = auth.get("Additional") if isinstance(auth, dict) else None
    for number, entry in enumerate([auth, *(additional if isinstance(additional, list) else ())]):
        authorizer = entry.get("LambdaAuthorizer") if isinstance(entry, dict) else None
        function = as_text(authorizer.get("AuthorizerUri")) if isinstance(authorizer, dict) else None
        if function is not None:
            identifier = Unknown("AWS chooses the id of the API", resource.place, f"{resource.ref}.ApiId")
            condition = {"ArnLike": {"AWS:SourceArn": _arn(resource, "appsync", "apis/", identifier)}}
            ref = f"{resource.ref}.Authorizer{number}Permission"
            permit(declared, function, "lambda:InvokeFunction", {"Service": "appsync.amazonaws.com"}, condition, ref, place)


def _table_statements(resource: Resource, written: dict[str, Any]) -> list[dict[str, Any]]:
    table, name, region = (as_text(written.get(key)) for key in ("TableArn", "TableName", "Region"))
    if table is None and name is not None:
        context = resource.template.context
        table = concat(
            ["arn:", context.partition, ":dynamodb:", region or context.region, ":", resource.account, ":table/", name]
        )
    if table is None:
        return []
    permissions = written.get("Permissions")
    given = permissions if isinstance(permissions, list) else ["Read", "Write"]
    resources = [table, concat([table, "/index/*"])]
    return [
        {"Effect": "Allow", "Action": actions, "Resource": resources}
        for word, actions in (("Read", _READS), ("Write", _WRITES))
        if word in given
    ]


def _function_statements(resource: Resource, written: dict[str, Any]) -> list[dict[str, Any]]:
    function = as_text(written.get("FunctionArn"))
    if function is None:
        return []
    return [{"Effect": "Allow", "Action": _INVOKES, "Resource": [function, concat([function, ":*"])]}]


def capacity_provider(resource: Resource, declared: Declared) -> None:
    """Add the role with which Lambda manages the instances of a capacity provider, unless it is given one."""
    given, place = _property(resource, "OperatorRole")
    if given is None:
        role = _role(resource, declared, "OperatorRole", "lambda.amazonaws.com", place)
        attach(resource, declared, role, _managed(resource, "AWSLambdaManagedEC2ResourceOperator"), place)


READERS = {
    "AWS::Serverless::WebSocketApi": websocket,
    "AWS::Serverless::GraphQLApi": graphql,
    "AWS::Serverless::CapacityProvider": capacity_provider,
}
