"""Aliases and versions of Lambda functions: each has an ARN, and a resource policy, of its own.

A template declares them, or SAM publishes them (`AutoPublishAlias`).
"""

from __future__ import annotations

from iamlint.parse.cloudformation.physical import arn_of, chosen, follow
from iamlint.source.value import Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.cloudformation.declared import Resource
    from iamlint.parse.cloudformation.template import Template

ALIAS, VERSION = "AWS::Lambda::Alias", "AWS::Lambda::Version"
TYPES = (ALIAS, VERSION)
_PUBLISHING = "AWS::Serverless::Function"


def invoked(resource: Resource) -> Value:
    """Return the ARN that SAM connects events and the URL of a function with: of the alias that it publishes, else its own."""
    return _published(resource.template, resource.logical, "Alias") or resource.arn


def reference(template: Template, name: str) -> Value | None:
    """Return the ARN of an alias or version that `Ref` names: one of the template, or one that SAM publishes; None of others."""
    resource = template.resources.get(name)
    if isinstance(resource, dict):
        return _declared(template, name, resource["Properties"]) if _is_read(resource) else None
    logical, dot, what = name.partition(".")
    if dot:
        return _published(template, logical, what)
    publisher = _publisher(template, name)
    return None if publisher is None else _published(template, publisher, "Alias")


def attribute(template: Template, logical: str, name: str) -> Value | None:
    """Return what `Fn::GetAtt` gives of an alias or version, and `Fn::Sub` of `Fn.Alias` and `Fn.Version`; None of others."""
    resource = template.resources.get(logical)
    if isinstance(resource, dict) and resource.get("Type") == _PUBLISHING:
        what, _, name = name.partition(".")
        found = _published(template, logical, what)
        version = what == "Version"
    else:
        found = reference(template, logical)
        version = logical.endswith(".Version") or (isinstance(resource, dict) and resource.get("Type") == VERSION)
    if found is None or not name or name == ("FunctionArn" if version else "AliasArn"):
        return found
    return chosen(template, logical.partition(".")[0], "Version") if version and name == "Version" else None


def _is_read(resource: dict[str, Any]) -> bool:
    return resource.get("Type") in TYPES and isinstance(resource.get("Properties"), dict)


def _declared(template: Template, logical: str, properties: dict[str, Any]) -> Value | None:
    """Return the ARN of an alias or version that the template declares: of its function, and its own name or number."""
    from iamlint.parse.cloudformation.resource_policies import function_arn

    route = ("Resources", logical, "Properties")
    function = follow(template, logical, properties.get("FunctionName"), (*route, "FunctionName"))
    if template.resources[logical]["Type"] == VERSION:
        end: Value | None = chosen(template, logical, "Version")
    else:
        end = follow(template, logical, properties.get("Name"), (*route, "Name"))
    return None if function is None or end is None else concat([function_arn(template.context, function), ":", end])


def _published(template: Template, logical: str, what: str) -> Value | None:
    """Return the ARN of the alias or the version that SAM publishes of a function; None where it publishes nothing."""
    alias = _alias_of(template, logical)
    if alias is None or what not in ("Alias", "Version"):
        return None
    return concat([arn_of(template, logical), ":", alias if what == "Alias" else chosen(template, logical, "Version")])


def _alias_of(template: Template, logical: str) -> Value | None:
    resource = template.resources.get(logical)
    if not isinstance(resource, dict) or resource.get("Type") != _PUBLISHING:
        return None
    from iamlint.parse.cloudformation.serverless import written_with_globals

    found = written_with_globals(template, logical, "AutoPublishAlias")
    return None if found is None else follow(template, logical, *found) or None


def _publisher(template: Template, name: str) -> str | None:
    """Return the function of whose alias SAM makes a resource of this name (`<function>Alias<alias>`)."""
    head = name
    while "Alias" in head:
        head, _, _ = head.rpartition("Alias")
        alias = _alias_of(template, head)
        if isinstance(alias, str) and name == f"{head}Alias{alias.replace('-', 'D').replace('_', 'U')}":
            return head
    return None
