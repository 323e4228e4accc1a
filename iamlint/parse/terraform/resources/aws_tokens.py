"""Telemetry tokens that functions, tasks and delivery streams of AWS present: variables, secrets, access keys of endpoints."""

from __future__ import annotations

from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.parse.terraform.attributes import as_text, nested, text, written
from iamlint.parse.terraform.embedded import read_tree
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.literals import literal_at
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def function(instance: Instance, declared: Declared) -> None:
    """Add the tokens in a function's variables."""
    for block in nested(instance, "environment"):
        variables = written(block, "variables")
        if variables is not None and isinstance(variables.value, dict):
            _read(instance, declared, dict(variables.value.items()), text(instance, "role"), "function_name")


def task(instance: Instance, declared: Declared) -> None:
    """Add the tokens in the variables and secrets of a task's containers."""
    found = written(instance, "container_definitions")
    tree = None if found is None else found.tree if found.tree is not None else read_tree(found)
    if tree is None or isinstance(tree, Problem) or not isinstance(tree.value, list):
        return
    from iamlint.parse.secret_texts import is_secret_name
    from iamlint.parse.workloads.tokens import holds_token

    role = text(instance, "task_role_arn") or text(instance, "execution_role_arn")
    for container in tree.value:
        if not isinstance(container.value, dict):
            continue
        written_out = _pairs(container, "environment", "value")
        for label, item in written_out.items():
            if is_secret_name(label) and not holds_token(label):
                declared.secret("environment variable of a task", item, instance.address)
        pairs = {**written_out, **_pairs(container, "secrets", "valueFrom")}
        _read(instance, declared, pairs, role, "family", set(_pairs(container, "secrets", "valueFrom")))


def _pairs(container: Located, field: str, of: str) -> dict[str, Located]:
    listed = container.get(field)
    found: dict[str, Located] = {}
    for entry in listed.value if listed is not None and isinstance(listed.value, list) else ():
        name, value = (entry.get("name"), entry.get(of)) if isinstance(entry.value, dict) else (None, None)
        if name is not None and value is not None and isinstance(name.value, str):
            found[name.value] = value
    return found


def _read(
    instance: Instance, declared: Declared, variables: dict[str, Any], role: Value | None, name: str,
    secrets: set[str] | frozenset[str] = frozenset(),
) -> None:  # fmt: skip
    from iamlint.parse.workloads.tokens import holds_token, literal_in, presented

    known = {label: item.value for label, item in variables.items() if isinstance(item.value, str)}
    workload = role if role is not None and role != "" else concat(["aws/", text(instance, name) or instance.address])
    kind = "role" if workload is role else "workload"
    for label, item in variables.items():
        if not holds_token(label):
            continue
        value = as_text(item)
        if isinstance(value, str) and label not in secrets and (what := literal_in(label, value)) is not None:
            literal = literal_at(item)
            if not any(isinstance(one, LiteralSecret) and one.at == literal.at for one in declared.facts.items):
                declared.add(LiteralSecret(what, literal.at, declared.unit, instance.address, literal.by))
            continue
        for vendor, _, _ in presented(label, _shown(value), known):
            token = _secret(value) if label in secrets else value if isinstance(value, (Unknown, Text)) else None
            declared.add(TokenUse(vendor, workload, kind, token, item.place, declared.unit))


def _shown(value: Value | None) -> str:
    """Return a value as far as it is known; what is not stands for itself."""
    return value if isinstance(value, str) else "(not written)" if value is None else key(value)


def _secret(value: Value | None) -> Value | None:
    """Return the secret that a task takes a variable from, without the key inside it (`…:secret:name-AbCdEf:key::`)."""
    if isinstance(value, str) and ":secret:" in value:
        return ":".join(value.split(":")[:7])
    if isinstance(value, Text) and isinstance(value.parts[-1], str) and value.parts[-1].endswith("::"):
        return concat(value.parts[:-1])
    return value


def delivery_stream(instance: Instance, declared: Declared) -> None:
    """Add the access key with which a delivery stream sends to a telemetry vendor."""
    from iamlint.parse.workloads.tokens import vendor_of_endpoint

    for block in nested(instance, "http_endpoint_configuration"):
        url, access_key = text(block, "url"), written(block, "access_key")
        vendor = vendor_of_endpoint(url) if isinstance(url, str) else None
        value = as_text(access_key)
        if access_key is None:
            continue
        before = len(declared.facts.items)
        declared.secret(f"{vendor.title if vendor else 'delivery stream'} access key", access_key, instance.address)
        role = text(block, "role_arn")
        if vendor is None or len(declared.facts.items) > before:
            continue
        workload = role or concat(["aws/", text(instance, "name") or instance.address])
        token = value if isinstance(value, (Unknown, Text)) else None
        place: Place = access_key.place
        declared.add(TokenUse(vendor.name, workload, "role" if role else "workload", token, place, declared.unit))


READERS = {("managed", "aws_kinesis_firehose_delivery_stream"): delivery_stream}
