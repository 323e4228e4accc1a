"""Secrets and tokens that resources of AWS Cloud Control hold: where CloudFormation has them, in Terraform's values."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.secret_texts import is_secret_name
from iamlint.parse.terraform.attributes import nested, written
from iamlint.parse.terraform.cloud_control import attribute_name
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources import aws_tokens, start_scripts
from iamlint.parse.terraform.resources.declared import Declared

_MORE = {
    "AWS::IAM::User": ("password of an IAM user", ("LoginProfile.Password",)),
    "AWS::SecretsManager::Secret": ("secret in AWS Secrets Manager", ("SecretString",)),
}


def secrets(instance: Instance, type_: str, declared: Declared) -> None:
    """Add the secrets that a resource holds literally, and the tokens that it presents."""
    from iamlint.parse.cloudformation.passwords import PASSWORDS, VARIABLES

    for what, routes in (PASSWORDS.get(type_, ("", ())), _MORE.get(type_, ("", ()))):
        for route in routes:
            for found in _at(instance.body, tuple(route.split("."))):
                declared.secret(what, found, instance.address)
    what, routes = VARIABLES.get(type_, ("", ()))
    for route in routes:
        for found in _at(instance.body, tuple(route.split("."))):
            for name, item in _pairs(found):
                if is_secret_name(name):
                    declared.secret(what, item, instance.address)
    own = _OWN.get(type_)
    if own is not None:
        own(instance, declared)
    for steps in _scripts().get(type_, ()):
        for script in _at(instance.body, steps):
            body = Located({"user_data": script}, script.place)
            start_scripts.start_script(instance._replace(body=body), declared)


def _scripts() -> dict[str, tuple[tuple[str, ...], ...]]:
    from iamlint.parse.cloudformation.start_scripts import TYPES

    return TYPES


def _at(located: Located, steps: tuple[str, ...]) -> Iterator[Located]:
    """Yield what stands at a route of properties; `*` is every item of a list, `**` every mapping below."""
    if not steps:
        yield located
    elif steps[0] == "**":
        if isinstance(located.value, dict):
            yield located
            for item in located.value.values():
                if item is not None:
                    yield from _at(item, steps)
    elif steps[0] == "*":
        for item in located.value if isinstance(located.value, list) else ():
            yield from _at(item, steps[1:])
    elif isinstance(located.value, dict):
        found = written(located, attribute_name(steps[0]))
        if found is not None:
            yield from _at(found, steps[1:])


def _pairs(located: Located) -> Iterator[tuple[str, Located]]:
    """Yield names and values that stand as a map, or as a list of objects that name both."""
    if isinstance(located.value, dict):
        yield from located.value.items()
    for item in located.value if isinstance(located.value, list) else ():
        if isinstance(item.value, dict) and (item.get("type") is None or item.value["type"].value in (None, "PLAINTEXT")):
            name, value = written(item, "name") or written(item, "option_name"), written(item, "value")
            if name is not None and isinstance(name.value, str) and value is not None:
                yield name.value, value


def _function(instance: Instance, declared: Declared) -> None:
    for block in nested(instance, "environment"):
        variables = written(block, "variables") if isinstance(block.value, dict) else None
        declared.secret("environment variable of a function", variables, instance.address)
    aws_tokens.function(instance, declared)


def _task(instance: Instance, declared: Declared) -> None:
    """Read the containers under the names that a task of the AWS provider has for them."""
    containers = written(instance, "container_definitions")
    if containers is None or not isinstance(containers.value, list):
        return
    listed = [
        Located({**one.value, "secrets": _secrets_of(one)}, one.place) if one.get("secrets") is not None else one
        for one in containers.value
    ]
    body = Located({**instance.body.value, "container_definitions": Located(listed, containers.place)}, instance.body.place)
    aws_tokens.task(instance._replace(body=body), declared)


def _secrets_of(container: Located) -> Located:
    found: Located = container.value["secrets"]
    items = [
        Located({"name": item.value.get("name"), "valueFrom": item.value.get("value_from")}, item.place)
        for item in (found.value if isinstance(found.value, list) else ())
        if isinstance(item.value, dict)
    ]
    return Located(items, found.place)


def _delivery_stream(instance: Instance, declared: Declared) -> None:
    """Read where a stream sends under the names that the AWS provider has for it."""
    for block in nested(instance, "http_endpoint_destination_configuration"):
        endpoint = written(block, "endpoint_configuration") if isinstance(block.value, dict) else None
        if endpoint is not None and isinstance(endpoint.value, dict):
            one = Located({**endpoint.value, "role_arn": block.value.get("role_arn")}, block.place)
            name = instance.body.value.get("delivery_stream_name")
            body = Located({"http_endpoint_configuration": Located([one], block.place), "name": name}, instance.place)
            aws_tokens.delivery_stream(instance._replace(body=_without_holes(body)), declared)


def _without_holes(located: Located) -> Located:
    if isinstance(located.value, dict):
        inside = {name: _without_holes(item) for name, item in located.value.items() if item is not None}
        return Located(inside, located.place)
    if isinstance(located.value, list):
        return Located([_without_holes(item) for item in located.value], located.place)
    return located


_OWN = {
    "AWS::Lambda::Function": _function,
    "AWS::ECS::TaskDefinition": _task,
    "AWS::KinesisFirehose::DeliveryStream": _delivery_stream,
}
