"""SAM: the roles with which services start a function or state machine."""

from __future__ import annotations

from iamlint.model.aws import AwsRole, iam_arn
from iamlint.model.policy import PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.fixed import fixed_policy
from iamlint.parse.cloudformation.sam_events import Event, dead_letters, events_of, made_queue, rule_condition
from iamlint.parse.cloudformation.sam_policies import inline
from iamlint.parse.cloudformation.template import as_text
from iamlint.source.value import Unknown, Value, concat

_STARTERS = {"ScheduleV2": "scheduler.amazonaws.com", "Api": "apigateway.amazonaws.com"}
"""Services that start something with a role; EventBridge starts the rest."""

_WITH_ROLES = ("Schedule", "ScheduleV2", "CloudWatchEvent", "EventBridgeRule", "Api")
"""Events of a state machine for which SAM makes a role."""


def state_machine_events(resource: Resource, declared: Declared) -> None:
    """Add the roles with which events start a state machine.

    They have its permissions boundary, but for the scheduler's, whose event names its own; and with `UseAliasAsEventTarget`
    they start the alias that SAM publishes.
    """
    target = resource.arn
    alias = resource.text("AutoPublishAlias")
    if alias is not None and resource.text("UseAliasAsEventTarget") == "true":
        target = concat([target, ":", alias])
    for event in events_of(resource):
        if event.type in _WITH_ROLES and event.text("RoleArn") is None:
            bounded = event if event.type == "ScheduleV2" else resource
            starting_role(event, declared, target, bounded.text("PermissionsBoundary"))
        dead_letters(event, declared, rule_condition(event))


def starting_role(event: Event, declared: Declared, target: Value, boundary: Value | None) -> None:
    """Add the role that SAM makes so that a service may invoke a function or start a state machine, which `target` names."""
    resource = event.resource
    ref = f"{resource.ref}{event.name}Role"
    name = Unknown(
        f"CloudFormation makes up the name of `{resource.logical}{event.name}Role`",
        event.place,
        f"{resource.ref}.{event.name}Role.name",
    )
    service = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Principal": {"Service": [_STARTERS.get(str(event.type), "events.amazonaws.com")]},
    }
    trust = fixed_policy(declared, [service], PolicyKind.TRUST, name, f"{ref}.AssumeRolePolicyDocument", event.place)
    declared.add(
        AwsRole(
            name=name,
            arn=iam_arn("role", name, resource.account, "/", resource.template.context.partition),
            account=resource.account,
            trust=trust,
            place=event.place,
            unit=declared.unit,
            ref=ref,
            boundary=boundary,
        )
    )
    letters = event.properties.get("DeadLetterConfig")
    if event.type == "ScheduleV2" and isinstance(letters, dict):
        made = made_queue(event, f"{ref}.DeadLetterQueue") if letters.get("Type") == "SQS" else None
        queue = as_text(letters.get("Arn")) or made
        if queue is not None:
            sends = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}
            inline(declared, resource, name, [sends], f"{ref}.DeadLetterPolicy", event.place)
    action = "lambda:InvokeFunction" if resource.type == "AWS::Serverless::Function" else "states:StartExecution"
    inline(declared, resource, name, [{"Effect": "Allow", "Action": action, "Resource": target}], f"{ref}.policy", event.place)
