"""What templates of one repository tell each other: exports, parameters of nested stacks, and outputs of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iamlint.parse.cloudformation.assemblies import nested_file
from iamlint.parse.cloudformation.exports import is_given
from iamlint.parse.cloudformation.template import Template, as_text
from iamlint.parse.context import Context, StackContext
from iamlint.source.files import Files
from iamlint.source.place import Origin
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROUNDS = 4
"""How often nested stacks are evaluated anew: as deep as stacks may wait for each other's outputs."""

_LOCATIONS = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::CloudFormation::StackSet": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}


class Nested(NamedTuple):
    """A stack that a template nests by a path of the repository."""

    parent: str
    logical: str
    child: str


def may_tell(data: bytes) -> bool:
    """Return whether a document asks other templates of the repository for something."""
    return b"Fn::ImportValue" in data or b"!ImportValue" in data or nests(data)


def nests(data: bytes) -> bool:
    """Return whether a document may nest stacks."""
    return b"AWS::CloudFormation::Stack" in data or b"AWS::Serverless::Application" in data


def link_stacks(paths: Iterable[str], files: Files, context_of: Callable[[str], Context]) -> dict[str, StackContext]:
    """Return, by path, what each template learns from the others; templates that learn nothing are not there."""
    texts = {path: data for path in paths if (data := files.read(path)) is not None}
    if not any(may_tell(data) for data in texts.values()):
        return {}
    imports = any(b"ImportValue" in data for data in texts.values())
    values: dict[str, dict[str, Any]] = {}
    for path, data in texts.items():
        if nests(data) or (imports and b"Export" in data and b"Outputs" in data):
            _read(path, data, values)
    nested = [found for path in list(values) for found in _nested(path, values[path], texts)]
    for found in nested:
        if found.child not in values:
            _read(found.child, texts[found.child], values)
    importing = [path for path, data in texts.items() if b"ImportValue" in data]
    learned: dict[str, StackContext] = {}
    for _ in range(2 if nested and importing else 1):  # what is imported may be passed on, and what is passed on exported
        learned = _nest(nested, values, context_of, learned)
        exports = _exports(values, learned, context_of) if imports else ()
        for path in importing if exports else ():
            learned[path] = learned.get(path, StackContext())._replace(exports=exports)
    if nested and importing:
        learned = _nest(nested, values, context_of, learned)
    return learned


def _read(path: str, data: bytes, values: dict[str, dict[str, Any]]) -> None:
    value: Any
    from iamlint.parse.cloudformation import is_template

    if path.endswith((".yaml", ".yml")) or data.lstrip()[:1] not in (b"{", b"["):
        from iamlint.source.read_yaml import read_yaml

        readings = read_yaml(data, path)
        value = readings[0].value if len(readings) == 1 else None
    else:
        from iamlint.source.read_json import read_json

        value = read_json(data, path).value
    if is_template(value):
        values[path] = dict(value)


def _nested(path: str, value: dict[str, Any], texts: dict[str, bytes]) -> Iterable[Nested]:
    for logical, resource in value["Resources"].items():
        name = _LOCATIONS.get(str(resource.get("Type"))) if isinstance(resource, dict) else None
        properties = resource.get("Properties") if name is not None else None
        location = properties.get(name) if isinstance(properties, dict) else None
        if name is not None and "Metadata" in resource:
            location = nested_file(resource) or location
        if not isinstance(location, str) or "://" in location or location.startswith("/"):
            continue
        child = joined(path.rpartition("/")[0], location)
        if child in texts and child != path:
            yield Nested(path, str(logical), child)


def joined(folder: str, location: str) -> str:
    """Return the path of the repository that a relative location means; empty when it leads out of it."""
    steps = folder.split("/") if folder else []
    for step in location.split("/"):
        if step == "..":
            if not steps:
                return ""
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _nest(
    nested: list[Nested],
    values: dict[str, dict[str, Any]],
    context_of: Callable[[str], Context],
    learned: dict[str, StackContext],
) -> dict[str, StackContext]:
    learned = dict(learned)
    nested = [found for found in nested if found.child in values]
    for _ in range(ROUNDS if nested else 0):
        before = dict(learned)
        given: dict[str, list[dict[str, Value]]] = {}
        for found in nested:
            template = _template(found.parent, values, learned, context_of)
            properties = template.resources.get(found.logical, {}).get("Properties", {})
            passed = properties.get("Parameters")
            route = ("Resources", found.logical, "Properties", "Parameters")
            made = {
                name: text
                for name, item in (passed.items() if isinstance(passed, dict) else ())
                if (text := _text(template.value(item, (*route, name)))) is not None
            }
            given.setdefault(found.child, []).append(made)
        for child, passes in given.items():
            learned[child] = learned.get(child, StackContext())._replace(parameters=_agreed(child, passes))
        for found in nested:
            template = _template(found.child, values, learned, context_of)
            outputs = {
                f"{found.logical}.Outputs.{name}": text
                for name, item in template.outputs.items()
                if isinstance(item, dict)
                and is_given(template, item)
                and (text := _text(template.value(item.get("Value"), ("Outputs", name, "Value")))) is not None
            }
            known = learned.get(found.parent, StackContext())
            names = (*(name for name in known.nested if name != found.logical), found.logical)
            learned[found.parent] = known._replace(outputs={**known.outputs, **outputs}, nested=names)
        if repr(learned) == repr(before):
            break
    return learned


def _agreed(child: str, passes: list[dict[str, Value]]) -> dict[str, Value]:
    """Return the parameters that all who nest a stack pass alike; what they do not agree on is unknown."""
    made: dict[str, Value] = {}
    for name in dict.fromkeys(name for passed in passes for name in passed):
        found = {key(passed[name]): passed[name] for passed in passes if name in passed}
        if len(found) == 1 and all(name in passed for passed in passes):
            made[name] = next(iter(found.values()))
        else:
            made[name] = Unknown(f"the stack is nested with different values of `{name}`", None, f"{child}#parameter {name}")
    return made


def _exports(
    values: dict[str, dict[str, Any]], learned: dict[str, StackContext], context_of: Callable[[str], Context]
) -> tuple[tuple[str, str, Value], ...]:
    """Return name, account and value of every export of the repository."""
    found: list[tuple[str, str, Value]] = []
    for path in values:
        template = _template(path, values, learned, context_of)
        for output, written in template.outputs.items():
            export = written.get("Export") if isinstance(written, dict) else None
            if isinstance(export, dict) and "Name" in export and "Value" in written and is_given(template, written):
                name = template.text(export["Name"], ("Outputs", output, "Export", "Name"))
                value = _text(template.value(written["Value"], ("Outputs", output, "Value")))
                if isinstance(name, str) and value is not None:
                    account = template.context.account
                    found.append((name, account if isinstance(account, str) else "", value))
    return tuple(found)


def _template(
    path: str, values: dict[str, dict[str, Any]], learned: dict[str, StackContext], context_of: Callable[[str], Context]
) -> Template:
    return Template(values[path], Origin(path), context_of(path)._replace(stacks=learned.get(path, StackContext())))


def _text(value: Any) -> Value | None:
    """Return a value as it is passed on: a list as the text that CloudFormation makes of it, when all of it is known."""
    if isinstance(value, list):
        return ",".join(value) if all(isinstance(item, str) for item in value) else None
    return as_text(value)
