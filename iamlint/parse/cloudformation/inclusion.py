"""What is put into a mapping from elsewhere: `Fn::ForEach` among properties, and snippets of the repository (`AWS::Include`)."""

from __future__ import annotations

import re

from iamlint.parse.cloudformation.loops import MAX_RESOURCES, fill, fill_text
from iamlint.parse.cloudformation.nesting import joined
from iamlint.parse.cloudformation.template import MAX_CALLS, Frame, Template
from iamlint.source.place import Route
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 4


def include(template: Template, made: dict[str, Any], step: str, item: Any, here: Route, out: Route, frame: Frame) -> None:
    """Put into a mapping what stands under a key that is a loop or a macro."""
    if step.startswith("Fn::ForEach::"):
        _loop(template, made, item, item, (*here, step), out, frame, 0)
        return
    value = snippet(template, item, (*here, step))
    if not isinstance(value, dict):
        made[step] = Unknown("a macro gives the value when CloudFormation deploys", template.at((*here, step)))
        return
    path = template.included[-1]
    template.including.add(path)
    for name, inner in value.items():
        frame.moved[(*out, name)] = (*here, step)
        made[name] = template.resolve(inner, (*here, step), (*out, name), frame)
    template.including.discard(path)


TRANSFORM = "Fn::Transform"


def with_snippets(template: Template, value: dict[str, Any]) -> dict[str, Any]:
    """Return a template with the snippets of the repository put in as sections, as resources, and as what resources hold."""
    if not _has_macros(value):
        return value
    whole = value.get("Transform")
    for macro in whole if isinstance(whole, list) else [whole]:
        found = snippet(template, macro, ("Transform",))
        for name, section in found.items() if isinstance(found, dict) else ():
            if not isinstance(section, dict):
                continue
            own = value.get(name)
            value = {**value, name: {**section, **own} if isinstance(own, dict) else section}
            if name == "Resources":
                template.written.update(dict.fromkeys(section, ("Transform",)))
    resources: dict[str, Any] = {}
    for logical, body in value["Resources"].items() if isinstance(value.get("Resources"), dict) else ():
        here = ("Resources", logical) if logical == TRANSFORM else ("Resources", logical, TRANSFORM)
        if logical != TRANSFORM and not (isinstance(body, dict) and TRANSFORM in body):
            resources[logical] = body
            continue
        found = snippet(template, body if logical == TRANSFORM else body[TRANSFORM], here)
        if not isinstance(found, dict):
            template.unread_loops.append(here)
        elif logical == TRANSFORM:
            resources.update(found)
            template.written.update(dict.fromkeys(found, here))
        else:
            resources[logical] = {**found, **{name: item for name, item in body.items() if name != TRANSFORM}}
            template.written[logical] = here
    return {**value, "Resources": resources}


def _has_macros(value: dict[str, Any]) -> bool:
    resources = value["Resources"] if isinstance(value.get("Resources"), dict) else {}
    return isinstance(value.get("Transform"), (dict, list)) or any(
        name == TRANSFORM or (isinstance(resource, dict) and TRANSFORM in resource) for name, resource in resources.items()
    )


def snippet(template: Template, written: Any, here: Route) -> Any:
    """Return what an `AWS::Include` of a file of the repository puts in, None for every other macro."""
    if not isinstance(written, dict) or written.get("Name") != "AWS::Include" or template.files is None:
        return None
    parameters = written.get("Parameters")
    location = template.text(parameters.get("Location"), here) if isinstance(parameters, dict) else None
    if not isinstance(location, str) or "://" in location or location.startswith("/") or len(template.including) >= MAX_DEPTH:
        return None
    path = joined(template.origin.path.rpartition("/")[0], location)
    data = template.files.read(path) if path and path not in template.including else None
    if data is None:
        return None
    template.included.append(path)
    if path.endswith((".yaml", ".yml")):
        from iamlint.source.read_yaml import read_yaml

        readings = read_yaml(data, path)
        return readings[0].value if len(readings) == 1 else None
    from iamlint.source.read_json import read_json

    return read_json(data, path).value


def _loop(
    template: Template, made: dict[str, Any], written: Any, in_file: Any, here: Route, out: Route, frame: Frame, depth: int
) -> None:
    collection = written[1] if isinstance(written, list) and len(written) == 3 else None
    items = template.value(collection, (*here, 1)) if isinstance(collection, (list, dict)) else None
    variable, body = (written[0], written[2]) if items is not None else (None, None)
    known = isinstance(items, list) and all(isinstance(item, str) for item in items) and len(items) <= MAX_RESOURCES
    template.calls += len(items) if isinstance(items, list) else 1
    known = known and template.calls <= MAX_CALLS
    if not known or not isinstance(variable, str) or not isinstance(body, dict) or depth > MAX_DEPTH:
        made[str(here[-1])] = Unknown("what a `Fn::ForEach` makes is not known", template.at(here))
        return
    pattern = re.compile(r"(\$|&)\{" + re.escape(variable) + r"\}")
    spelled = in_file[2] if len(in_file[2]) == len(body) else body
    for item in items or ():
        for (name, value), (spelling, value_in_file) in zip(body.items(), spelled.items(), strict=True):
            filled = fill(value, variable, item, pattern)
            route = (*here, 2, spelling)
            if name.startswith("Fn::ForEach::"):
                _loop(template, made, filled, value_in_file, route, out, frame, depth + 1)
                continue
            key = fill_text(name, item, pattern)
            frame.moved[(*out, key)] = route
            made[key] = template.resolve(filled, route, (*out, key), frame)
