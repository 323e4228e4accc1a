"""What the stack is told: parameters, and pseudo parameters."""

from __future__ import annotations

from iamlint.source.place import Route
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.cloudformation.template import Template

_DOMAINS = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


def pseudo(template: Template, name: str, here: Route) -> Any:
    """Return what a pseudo parameter gives."""
    context = template.context
    if name == "AWS::AccountId":
        return context.account
    if name == "AWS::Region":
        return context.region
    if name == "AWS::Partition":
        return context.partition
    if name == "AWS::StackName" and context.stack:
        return context.stack
    if name == "AWS::URLSuffix" and isinstance(context.partition, str) and context.partition in _DOMAINS:
        return _DOMAINS[context.partition]
    return Unknown(f"`{name}` is known only when the stack is deployed", template.at(here), f"{template.unit}#{name}")


def parameter(template: Template, name: str) -> Any:
    """Return the value of a parameter: its default, as a list for the list types; unknown without one.

    A `NoEcho` parameter is unknown, default or not: it is a secret. A default of type `AWS::SSM::Parameter::Value` is a name.
    """
    written = template.parameters[name]
    place = template.at(("Parameters", name))
    symbol = f"{template.unit}#parameter {name}"
    if not isinstance(written, dict):
        return Unknown(f"parameter `{name}` cannot be read", place, symbol)
    kind = written.get("Type")
    if str(written.get("NoEcho", "")).lower() == "true":
        return Unknown(f"parameter `{name}` is a secret", place, symbol)
    passed = template.context.stacks.parameters.get(name)
    if isinstance(kind, str) and kind.startswith("AWS::SSM::Parameter::Value"):
        from iamlint.parse.cloudformation.stored_values import stored  # it knows this module

        found = stored(template, written.get("Default") if passed is None else passed)
        if found is None or ("List" in kind and not isinstance(found, str)):
            return Unknown(f"parameter `{name}` is looked up in Systems Manager", place, symbol)
        return [item.strip() for item in found.split(",")] if "List" in kind and isinstance(found, str) else found
    if passed is not None and not isinstance(passed, str):
        return passed
    value: Any = written.get("Default") if passed is None else passed
    allowed = written.get("AllowedValues")
    if passed is None and "Default" not in written and isinstance(allowed, list) and len(allowed) == 1:
        value = allowed[0]
    elif passed is None and "Default" not in written:
        return Unknown(f"parameter `{name}` has no default", place, symbol)
    if isinstance(value, (Unknown, Text)):
        return value
    if isinstance(value, (dict, list)):
        return Unknown(f"the default of parameter `{name}` cannot be read", place, symbol)
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(kind, str) and (kind == "CommaDelimitedList" or kind.startswith("List<")):
        return [item.strip() for item in text.split(",")] if text else []
    return text
