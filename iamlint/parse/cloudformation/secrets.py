"""Secrets: the resources that store them, and those written into a template."""

from __future__ import annotations

import re
from collections.abc import Mapping

from iamlint.model.aws import AwsResource
from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.model.sign_in import Rotation
from iamlint.model.telemetry import LiteralSecret
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.template import Template
from iamlint.parse.rotation import days_of_schedule
from iamlint.parse.secret_texts import is_secret_name, looks_secret
from iamlint.source.place import Place, Route
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def secret(resource: Resource, declared: Declared) -> None:
    """Add a secret, and the text that the template puts into it."""
    declared.add(
        AwsResource(
            "secretsmanager:secret", resource.name, resource.arn, resource.account, resource.place, declared.unit, resource.ref,
            resource.tags(),
        )
    )  # fmt: skip
    literal(resource, declared, "secret in AWS Secrets Manager", "SecretString", holder=resource.arn)


def secret_policy(resource: Resource, declared: Declared) -> None:
    """Attach a resource policy to a secret."""
    target = resource.text("SecretId")
    policy = declared.policy(resource.evaluated("ResourcePolicy"), PolicyKind.RESOURCE, target or resource.name, resource.ref)
    if policy is not None and target is not None:
        place = resource.at("SecretId")
        declared.add(Attachment(Layer.RESOURCE, "resource", target, resource.account, place, declared.unit, policy))


def rotation(resource: Resource, declared: Declared) -> None:
    """Add that a secret is rotated by itself."""
    target = resource.text("SecretId")
    rules = resource.get("RotationRules")
    if target is None or not isinstance(rules, dict):
        return
    after, schedule = rules.get("AutomaticallyAfterDays"), rules.get("ScheduleExpression")
    if after is not None:
        days = int(after) if isinstance(after, (str, int)) and str(after).isdigit() else None
        place = resource.at("RotationRules", "AutomaticallyAfterDays")
    else:
        days, place = days_of_schedule(schedule), resource.at("RotationRules", "ScheduleExpression")
    declared.add(Rotation(target, days, place, declared.unit))


def stored_parameter(resource: Resource, declared: Declared) -> None:
    """Add a Systems Manager parameter (CloudFormation cannot make one of type `SecureString`)."""
    declared.add(
        AwsResource(
            "ssm:parameter", resource.name, resource.arn, resource.account, resource.place, declared.unit, resource.ref,
            resource.tags(),
        )
    )  # fmt: skip


def secret_parameters(declared: Declared) -> None:
    """Add the secrets that `NoEcho` parameters have as their default."""
    template = declared.template
    for name, written in template.parameters.items():
        if not isinstance(written, dict) or str(written.get("NoEcho", "")).lower() != "true":
            continue
        default = written.get("Default")
        if isinstance(default, str) and "{{resolve:" not in default and looks_secret(default):
            place = template.at(("Parameters", name, "Default"))
            declared.add(LiteralSecret("default of a `NoEcho` parameter", place, declared.unit, f"parameter {name}"))


def literal(resource: Resource, declared: Declared, what: str, *steps: str | int, holder: Value | None = None) -> None:
    """Add the secret that a property holds literally, or the fields of a JSON text that are named like secrets."""
    found = resource.evaluated(*steps)
    if found is None or not isinstance(found.value, str) or not looks_secret(found.value):
        return
    if not is_literal(resource, *steps):
        return
    if found.value.lstrip().startswith("{") and not _holds_secret(found.value):
        return
    declared.add(LiteralSecret(what, _where(resource, found.origin.at(), *steps), declared.unit, holder))


def environment(resource: Resource, declared: Declared, variables: Any, place: Place) -> None:
    """Add the secrets in the environment variables of a function that are named like secrets."""
    for name, value in variables.items() if isinstance(variables, dict) else ():
        at = place._replace(route=(*place.route, name))
        steps = (*place.route[len(resource.route) + 1 :], name)
        variable(resource, declared, "environment variable of a function", name, value, at, *steps)


def variable(resource: Resource, declared: Declared, what: str, name: str, value: Any, at: Place, *steps: Any) -> None:
    """Add the secret that a variable holds literally which is named like one; `steps` lead to its value."""
    if _is_secret(name, value) and is_literal(resource, *steps):
        declared.add(LiteralSecret(what, _where(resource, at, *steps), declared.unit, resource.name))


def common_environment(resource: Resource, declared: Declared, found: Evaluated, written: Any) -> None:
    """Add the secrets in the variables that `Globals` gives to every function and this one does not write anew."""
    own = resource.properties.get("Environment")
    named = own.get("Variables") if isinstance(own, dict) else None
    for name, value in found.value.items() if isinstance(found.value, dict) and isinstance(written, dict) else ():
        anew = isinstance(named, dict) and name in named
        if not anew and _is_secret(name, value) and _is_written(written.get(name), _own_parameters(resource.template)):
            what = "environment variable of a function"
            declared.add(LiteralSecret(what, found.origin.at((name,)), declared.unit, resource.name))


def is_written_secret(template: Template, name: str, written: Any, route: Route) -> bool:
    """Return whether what a template writes somewhere is a secret by the name of its variable, and no reference to one."""
    return _is_secret(name, template.value(written, route)) and _is_written(written, _own_parameters(template))


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and is_secret_name(name) and not _NAMES_ONE.search(name) and looks_secret(value)


_NAMES_ONE = re.compile(r"(name|arn|id|path|ur[il]|endpoint|region|type|prefix|file|enabled|ttl|parameter)s?$", re.IGNORECASE)
"""The variable says where a secret is, not what it is."""


def is_literal(resource: Resource, *steps: Any) -> bool:
    """Return whether a property is written in the template itself, also as a parameter's default: a reference is no literal."""
    written = _at(resource, *steps)
    if written is None:
        return True  # written by a function or by what is above
    return isinstance(written, str) or _is_written(written, _own_parameters(resource.template))


def _at(resource: Resource, *steps: Any) -> Any:
    written: Any = resource.properties
    for step in steps:
        if not isinstance(written, (dict, list)) or (step not in written if isinstance(written, dict) else step >= len(written)):
            return None
        written = written[step]
    return written


def _own_parameters(template: Template) -> Mapping[str, Any]:
    """Return the parameters whose value the template says itself: what another one passes is written there."""
    passed = template.context.stacks.parameters
    return {name: written for name, written in template.parameters.items() if name not in passed}


def _where(resource: Resource, at: Place, *steps: Any) -> Place:
    """Return where a text is written: the default of a parameter where the property only names that."""
    written = _at(resource, *steps)
    name = written.get("Ref") if isinstance(written, dict) else None
    return resource.template.at(("Parameters", name, "Default")) if name in resource.template.parameters else at


def _is_written(value: Any, parameters: Mapping[str, Any]) -> bool:
    if isinstance(value, str):
        return len(value) >= _SHORTEST
    if isinstance(value, list):
        return any(_is_written(item, parameters) for item in value)
    if not isinstance(value, dict) or len(value) != 1:
        return True
    ((function, argument),) = value.items()
    if function == "Ref":
        return argument in parameters
    if function in ("Fn::GetAtt", "Fn::ImportValue", "Fn::GetStackOutput"):
        return False
    if function == "Fn::Sub":
        text, given = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not isinstance(text, str) or not isinstance(given, dict):
            return True
        named = [name for name in _REFERENCE.findall(text) if name in parameters and name not in given]
        return bool(named) or _is_written([_REFERENCE.sub("", text), *given.values()], parameters)
    if function in ("Fn::If", "Fn::Select", "Fn::Join", "Fn::Split") and isinstance(argument, list):
        return _is_written(argument[1:], parameters)
    return function == "Fn::FindInMap" or _is_written(argument, parameters)


_REFERENCE = re.compile(r"\$\{([^!{}][^{}]*)\}")
_SHORTEST = 8
"""Fewer characters beside a reference are what joins it to something, and no secret."""


def _holds_secret(text: str) -> bool:
    """Return whether a JSON object has a field that is named like a secret and holds one."""
    from iamlint.source.read_json import read_json

    value = read_json(text.encode("utf-8", "replace"), "").value
    if not isinstance(value, dict):
        return True
    return any(isinstance(item, str) and is_secret_name(name) and looks_secret(item) for name, item in value.items())


READERS = {
    "AWS::SecretsManager::Secret": secret,
    "AWS::SecretsManager::ResourcePolicy": secret_policy,
    "AWS::SecretsManager::RotationSchedule": rotation,
    "AWS::SSM::Parameter": stored_parameter,
}
