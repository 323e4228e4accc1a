"""State files as Terraform and OpenTofu keep them (`terraform.tfstate`, version 4): their resources as a plan has them."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.source.place import Origin, Route
from iamlint.source.problem import Problem, Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform_plan.document import PlanResource

VERSION = 4
"""The version that all releases since Terraform 0.12 write (source: internal/states/statefile/version4.go)."""


def is_state(value: Any) -> bool:
    """Return whether a JSON document is a state file; what `.terraform` keeps of a backend is none."""
    if not isinstance(value, dict) or "backend" in value or not isinstance(value.get("lineage"), str):
        return False
    return "encrypted_data" in value or (type(value.get("version")) is int and ("resources" in value or "modules" in value))


def refusal(value: dict[str, Any], origin: Origin) -> Problem | Unresolved | None:
    """Return why a state file is not read, None when it is."""
    if "encrypted_data" in value:
        return Unresolved("the state is encrypted", origin.at(("encrypted_data",)))
    if value.get("version") == VERSION:
        return None
    message = f"the state is written in version {value.get('version')} of its format, which is not read"
    help = f"iamlint reads version {VERSION}, which Terraform since 0.12 and OpenTofu write"
    return Problem("IL003", message, origin.at(("version",)), help)


def instances(document: dict[str, Any], *, deposed: bool = False) -> Iterator[PlanResource]:
    """Yield the instances in a state file, those that are to be destroyed (`deposed`) only when asked for."""
    from iamlint.parse.terraform_plan.document import PlanResource

    for number, resource in enumerate(_list(document.get("resources"))):
        if not isinstance(resource, dict) or resource.get("mode") not in ("managed", "data"):
            continue
        type_, name, module = resource.get("type"), resource.get("name"), resource.get("module")
        if not isinstance(type_, str) or not isinstance(name, str):
            continue
        provider = str(resource.get("provider", ""))
        before = f"{module}." if isinstance(module, str) and module else ""
        bare = f"{before}{'data.' if resource['mode'] == 'data' else ''}{type_}.{name}"
        for at, instance in enumerate(_list(resource.get("instances"))):
            if not isinstance(instance, dict) or ("deposed" in instance and not deposed):
                continue
            values, flat = instance.get("attributes"), instance.get("attributes_flat")
            if not isinstance(values, dict) and not isinstance(flat, dict):
                continue
            key = instance.get("index_key")
            key = key if isinstance(key, (str, int)) and not isinstance(key, bool) else None
            route: Route = ("resources", number, "instances", at)
            yield PlanResource(
                bare + suffix(key), resource["mode"], type_, name, key, str(instance.get("provider", provider)),
                values if isinstance(values, dict) else {}, None, _marks(instance.get("sensitive_attributes")),
                (*route, "attributes"), ("resources", number, "name"), [],
            )  # fmt: skip


def kept_flat(document: dict[str, Any], origin: Origin) -> Iterator[Unresolved]:
    """Yield the instances of which a state keeps the attributes in the form of before Terraform 0.12."""
    for number, resource in enumerate(_list(document.get("resources"))):
        for instance in _list(resource.get("instances")) if isinstance(resource, dict) else ():
            if isinstance(instance, dict) and isinstance(instance.get("attributes_flat"), dict):
                reason = "the state keeps the attributes in the form of before Terraform 0.12"
                yield Unresolved(reason, origin.at(("resources", number)))


def suffix(key: str | int | None) -> str:
    """Return how an address ends that means one instance: its index in brackets."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '["' + escaped.replace("${", "$${").replace("%{", "%%{") + '"]'


def _marks(paths: Any) -> Any:
    """Return the paths of sensitive attributes in the shape of the values, as plans have them."""
    marks: dict[Any, Any] = {}
    for path in _list(paths):
        steps: list[Any] = []
        for written in _list(path):
            step = _step(written)
            if step is None:
                break  # all below counts
            steps.append(step)
        if not steps:
            return True
        here: Any = marks
        for step in steps[:-1]:
            if here is not True:
                here = here.setdefault(step, {})
        if here is not True:
            here[steps[-1]] = True
    return marks


def _step(step: Any) -> str | int | None:
    value = step.get("value") if isinstance(step, dict) else None
    if isinstance(value, dict):  # an index: a value with its type
        value = value.get("value")
    return value if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
