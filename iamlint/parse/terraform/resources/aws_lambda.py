"""`aws_lambda_permission`: one statement of a function's resource policy, written as attributes."""

from __future__ import annotations

from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.terraform.attributes import written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.value import Text, Unknown, Value, concat

_CONDITIONS = (
    ("source_arn", "ArnLike", "aws:SourceArn"),
    ("source_account", "StringEquals", "aws:SourceAccount"),
    ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
    ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("event_source_token", "StringEquals", "lambda:EventSourceToken"),
    ("invoked_via_function_url", "Bool", "lambda:InvokedViaFunctionUrl"),
)


def permission(instance: Instance, declared: Declared) -> None:
    """Add the statement as a resource policy of the function."""
    principal, action, function = (written(instance, name) for name in ("principal", "action", "function_name"))
    if principal is None or action is None or function is None:
        return
    entries = {
        "Effect": Located("Allow", instance.place),
        "Principal": _principal(principal),
        "Action": action,
        "Resource": Located(_arn(instance, function), function.place),
    }
    conditions: dict[str, Located] = {}
    for name, operator, key in _CONDITIONS:
        value = written(instance, name)
        if value is not None:
            held = conditions.setdefault(operator, Located({}, value.place))
            held.value[key] = value
    if conditions:
        entries["Condition"] = Located(conditions, instance.place)
    version = Located("2012-10-17", instance.place)
    tree = Located({"Version": version, "Statement": Located(entries, instance.place)}, instance.place)
    target: Value = entries["Resource"].value
    policy = declared.policy(instance, tree, PolicyKind.RESOURCE, target)
    declared.add(Attachment(Layer.RESOURCE, "resource", target, instance.account, instance.place, declared.unit, policy))


def _principal(principal: Located) -> Located:
    """Return the principal element: a service by its host name, an account or ARN else."""
    value = principal.value
    if value == "*" or isinstance(value, Unknown):
        return principal
    end = value.parts[-1] if isinstance(value, Text) else value
    kind = "Service" if isinstance(end, str) and end.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazon.com")) else "AWS"
    return Located({kind: principal}, principal.place)


def _arn(instance: Instance, function: Located) -> Value:
    name = function.value
    start = name.parts[0] if isinstance(name, Text) else name
    if isinstance(start, Unknown) or not isinstance(start, str) or start.startswith("arn:"):
        return name if isinstance(name, (str, Text, Unknown)) else Unknown("the function is not known", function.place)
    return concat(["arn:", instance.partition, ":lambda:", instance.region, ":", instance.account, ":function:", name])


READERS = {("managed", "aws_lambda_permission"): permission}
