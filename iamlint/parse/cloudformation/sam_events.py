"""SAM: what the events of a function, its URL and its destinations permit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.fixed import permit
from iamlint.parse.cloudformation.lambda_aliases import invoked
from iamlint.parse.cloudformation.physical import IMPLICIT_APIS, attribute, reference
from iamlint.parse.cloudformation.sam_policies import attach, inline
from iamlint.parse.cloudformation.sam_sources import source_statements
from iamlint.parse.cloudformation.template import as_text
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PULLED = {
    "Kinesis": "service-role/AWSLambdaKinesisExecutionRole",
    "DynamoDB": "service-role/AWSLambdaDynamoDBExecutionRole",
    "SQS": "service-role/AWSLambdaSQSQueueExecutionRole",
    "MSK": "service-role/AWSLambdaMSKExecutionRole",
}
"""Events that Lambda itself fetches, with the managed policy that the function's role gets."""

_PUSHED = {
    "S3": "s3.amazonaws.com",
    "SNS": "sns.amazonaws.com",
    "Api": "apigateway.amazonaws.com",
    "HttpApi": "apigateway.amazonaws.com",
    "Schedule": "events.amazonaws.com",
    "CloudWatchEvent": "events.amazonaws.com",
    "EventBridgeRule": "events.amazonaws.com",
    "IoTRule": "iot.amazonaws.com",
    "AlexaSkill": "alexa-appkit.amazon.com",
    "Cognito": "cognito-idp.amazonaws.com",
}
"""Events that another service sends, with the principal that may invoke the function."""

_SENDS = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish", "Lambda": "lambda:InvokeFunction", "EventBridge": "events:PutEvents"}


class Event:
    """One event of a function."""

    def __init__(self, resource: Resource, name: str, written: dict[str, Any]) -> None:
        self.resource = resource
        self.name = name
        self.type = written.get("Type")
        self.place = resource.at("Events", name)
        template = resource.template
        found = template.value(written.get("Properties"), (*resource.route, "Properties", "Events", name, "Properties"))
        self.properties: dict[str, Any] = found if isinstance(found, dict) else {}

    def text(self, name: str) -> Value | None:
        """Return a property that is a text."""
        return as_text(self.properties.get(name))


def events_of(resource: Resource) -> Iterator[Event]:
    """Yield the events of a function or state machine."""
    events = resource.properties.get("Events")
    for name, written in events.items() if isinstance(events, dict) else ():
        if isinstance(written, dict) and isinstance(written.get("Type"), str):
            yield Event(resource, name, written)


def role_of_events(resource: Resource, declared: Declared, role: Value, ref: str) -> None:
    """Give the role of a function what its events, dead letters and destinations need."""
    partition = resource.template.context.partition
    given: set[str] = set()
    for event in events_of(resource):
        managed = PULLED["SQS"] if _by_queue(event) else PULLED.get(str(event.type))
        if managed is not None and managed not in given:
            given.add(managed)
            attach(resource, declared, role, concat(["arn:", partition, f":iam::aws:policy/{managed}"]), event.place)
        statements = source_statements(event)
        if statements:
            inline(declared, resource, role, statements, f"{ref}.{event.name}.source", event.place)
        for where, written in _failures(event.properties):
            _send(resource, declared, role, written, f"{ref}.{event.name}.{where}", event.place)


def destinations(resource: Resource, declared: Declared, role: Value, ref: str, config: Any, queue: Any, place: Place) -> None:
    """Give a role what the dead letter queue and the destinations of asynchronous invocations need."""
    if isinstance(queue, dict):
        target = as_text(queue.get("TargetArn"))
        action = _SENDS.get(str(queue.get("Type")))
        if target is not None and action is not None:
            statement = {"Effect": "Allow", "Action": action, "Resource": target}
            inline(declared, resource, role, [statement], f"{ref}.DeadLetterQueue", place)
    for where, written in _failures({"DestinationConfig": config.get("DestinationConfig")} if isinstance(config, dict) else {}):
        _send(resource, declared, role, written, f"{ref}.{where}", place)


def _failures(properties: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    config = properties.get("DestinationConfig")
    for name in ("OnSuccess", "OnFailure"):
        written = config.get(name) if isinstance(config, dict) else None
        if isinstance(written, dict):
            yield name, written


def _send(resource: Resource, declared: Declared, role: Value, written: dict[str, Any], ref: str, place: Place) -> None:
    target = as_text(written.get("Destination"))
    kind = written.get("Type")
    if kind in ("S3Bucket", "S3") and target is not None:
        objects = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": concat([target, "/*"])}
        inline(
            declared, resource, role, [objects, {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": target}], ref, place
        )
    elif isinstance(kind, str) and kind in _SENDS:
        name = Unknown("SAM makes the destination", place, f"{ref}.Destination")
        made = target or (_stack_arn(resource, kind, name) if kind in ("SQS", "SNS") else name)
        inline(declared, resource, role, [{"Effect": "Allow", "Action": _SENDS[kind], "Resource": made}], ref, place)


def permissions(resource: Resource, declared: Declared) -> None:
    """Add who may invoke a function, or the alias that SAM publishes of it, because of its events."""
    target = invoked(resource)
    for event in events_of(resource):
        principal: Value | None = _PUSHED.get(str(event.type))
        if _by_queue(event):
            _queue(event, declared)
            continue
        if event.type == "CloudWatchLogs":
            principal = "logs.amazonaws.com"
        if event.type == "ScheduleV2":
            if event.text("RoleArn") is None:
                from iamlint.parse.cloudformation.sam_starting import starting_role  # it knows this module

                starting_role(event, declared, target, event.text("PermissionsBoundary"))
        elif principal is not None:
            ref = f"{resource.ref}.{event.name}Permission"
            conditions = _conditions(event, resource)
            permit(
                declared, target, "lambda:InvokeFunction", {"Service": principal}, conditions, ref, event.place
            )  # fmt: skip
            dead_letters(event, declared, conditions)


def dead_letters(event: Event, declared: Declared, conditions: Mapping[str, Mapping[str, Value]]) -> None:
    """Add that a rule may send what it cannot deliver to the queue that SAM makes for that."""
    config = event.properties.get("DeadLetterConfig")
    if event.type not in _RULES or not isinstance(config, dict) or config.get("Type") != "SQS":
        return
    ref = f"{event.resource.ref}.{event.name}.DeadLetterQueue"
    queue = made_queue(event, ref)
    rule = next(iter(conditions.get("ArnLike", {}).values()), None)
    equals: dict[str, dict[str, Value]] = {} if rule is None else {"ArnEquals": {"aws:SourceArn": rule}}
    permit(declared, queue, "sqs:SendMessage", {"Service": "events.amazonaws.com"}, equals, f"{ref}Policy", event.place)


_RULES = ("Schedule", "CloudWatchEvent", "EventBridgeRule")


def _by_queue(event: Event) -> bool:
    """Return whether a topic's messages come by a queue."""
    return event.type == "SNS" and event.properties.get("SqsSubscription") not in (None, "false", False)


def _queue(event: Event, declared: Declared) -> None:
    """Add that the topic may send to the queue that SAM puts between it and the function."""
    given = event.properties.get("SqsSubscription")
    made = made_queue(event, f"{event.resource.ref}.{event.name}.queue")
    queue = (as_text(given.get("QueueArn")) if isinstance(given, dict) else None) or made
    topic = event.text("Topic")
    conditions: dict[str, dict[str, Value]] = {} if topic is None else {"ArnEquals": {"aws:SourceArn": topic}}
    permit(declared, queue, "sqs:SendMessage", "*", conditions, f"{event.resource.ref}.{event.name}QueuePolicy", event.place)


def rule_condition(event: Event) -> dict[str, dict[str, Value]]:
    """Return the condition that names the rule of an event, an empty one for what is no rule."""
    return _conditions(event, event.resource) if event.type in _RULES else {}


def _conditions(event: Event, resource: Resource) -> dict[str, dict[str, Value]]:
    context = resource.template.context
    around: list[Value] = [context.region, ":", resource.account, ":"]
    start: list[Value] = ["arn:", context.partition]
    symbol = f"{resource.ref}.{event.name}"
    if event.type == "S3":  # SAM leaves the bucket out: it would be a circle of references
        return {"StringEquals": {"AWS:SourceAccount": resource.account}}
    if event.type == "AlexaSkill":
        token = event.text("SkillId")
        return {} if token is None else {"StringEquals": {"lambda:EventSourceToken": token}}
    source: Value | None = None
    if event.type == "SNS":
        source = event.text("Topic")
    elif event.type == "Cognito":
        source = _pool(event, f"{symbol} pool") if event.text("UserPool") else None
    elif event.type == "CloudWatchLogs":
        group = event.text("LogGroupName")
        source = None if group is None else concat([*start, ":logs:", *around, "log-group:", group, ":*"])
    elif event.type == "IoTRule":
        source = concat([*start, ":iot:", *around, "rule/", Unknown("CloudFormation makes up the name", event.place, symbol)])
    elif event.type in ("Api", "HttpApi"):
        name = "RestApiId" if event.type == "Api" else "ApiId"
        api = event.text(name) or as_text(reference(resource.template, IMPLICIT_APIS[event.type], resource.route)) or "*"
        method, route = event.text("Method"), event.text("Path")
        rest: list[Value] = ["/*/*"]  # without method and path: the default route
        if route == "$default" or (route == "/$default" and method in ("any", "ANY")):
            rest = ["/*/$default"]
        elif isinstance(method, str) and isinstance(route, str):
            rest = [
                "/*/",
                "*" if method.lower() in ("any", "x-amazon-apigateway-any-method") else method.upper(),
                _api_path(route),
            ]
        source = concat([*start, ":execute-api:", *around, api, *rest])
    else:
        rule = event.text("Name") if event.type == "Schedule" else event.text("RuleName")
        bus = event.text("EventBusName")
        made = rule or Unknown("CloudFormation makes up the name", event.place, f"{symbol}.name")
        before: list[Value] = [bus, "/"] if bus is not None and bus != "default" else []
        source = concat([*start, ":events:", *around, "rule/", *before, made])
    if source is None:
        return {}
    if event.type == "IoTRule":
        return {"ArnLike": {"AWS:SourceArn": source}, "StringEquals": {"AWS:SourceAccount": resource.account}}
    return {"ArnLike": {"AWS:SourceArn": source}}


def _pool(event: Event, symbol: str) -> Value:
    """Return the ARN of the user pool that an event names, which is one of the template."""
    template = event.resource.template
    written = event.resource.properties["Events"][event.name]["Properties"]["UserPool"]
    pool = written.get("Ref") if isinstance(written, dict) else None
    if isinstance(pool, str) and pool in template.resources:
        found = as_text(attribute(template, pool, "Arn", event.resource.route))
        if found is not None:
            return found
    return Unknown("the ARN of the user pool is not in the template", event.place, symbol)


def made_queue(event: Event, symbol: str) -> Value:
    """Return the ARN of a queue that SAM makes for an event, and whose name CloudFormation makes up."""
    return _stack_arn(event.resource, "SQS", Unknown("SAM makes the queue", event.place, symbol))


def _stack_arn(resource: Resource, service: str, name: Unknown) -> Value:
    """Return the ARN of a queue or topic of the stack."""
    context = resource.template.context
    return concat(["arn:", context.partition, f":{service.lower()}:", context.region, ":", resource.account, ":", name])


def _api_method(method: str) -> str:
    """Return a method as it stands in ARNs."""
    return "*" if method.lower() in ("any", "x-amazon-apigateway-any-method") else method.upper()


def _api_path(path: str) -> str:
    """Return a path as it stands in ARNs: what is in braces is a star."""
    from re import sub

    return sub(r"\{[^{}]*\}", "*", path)


def function_url(resource: Resource, declared: Declared, config: Any, place: Place) -> None:
    """Add that everybody may call the URL of a function, or of the alias that SAM publishes, whose `AuthType` is `NONE`."""
    auth = config.get("AuthType") if isinstance(config, dict) else None
    written = resource.properties.get("FunctionUrlConfig")
    if isinstance(written, dict) and isinstance(written.get("AuthType"), dict):
        return  # SAM permits everybody only where `NONE` stands itself, not where a function of the template gives it
    if auth != "NONE":
        if isinstance(auth, (Text, Unknown)):
            declared.note(f"who may call the URL of `{resource.logical}` is not known: {_reason(auth)}", place)
        return
    kind: dict[str, dict[str, Value]] = {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    permit(declared, invoked(resource), "lambda:InvokeFunctionUrl", "*", kind, f"{resource.ref}.UrlPermission", place)
    via: dict[str, dict[str, Value]] = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    permit(declared, invoked(resource), "lambda:InvokeFunction", "*", via, f"{resource.ref}.UrlInvokePermission", place)


def _reason(value: Text | Unknown) -> str:
    return value.reason if isinstance(value, Unknown) else "a part of its `AuthType` is not known"
