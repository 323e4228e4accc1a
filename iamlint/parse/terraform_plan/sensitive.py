"""What a plan marks as sensitive: its places, so that no report shows them. The format holds secrets in clear text."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.terraform_plan.document import every_resource
from iamlint.source.place import Origin, Place, Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHORTEST = 4
MOST = 5_000


def undisclosed(document: dict[str, Any], origin: Origin) -> list[Place]:
    """Return the places of the texts that the plan marks as sensitive: of resources, outputs and variables."""
    texts: dict[str, Place] = {}
    for route in _routes(document):
        text: Any = document
        for step in route:
            text = text[step]
        texts.setdefault(text, origin.at(route))  # a report blacks out a text wherever it is repeated
        if len(texts) >= MOST:
            break
    return list(texts.values())


def _routes(document: dict[str, Any]) -> Iterator[Route]:
    for resource in every_resource(document):
        yield from _marked(resource.values, resource.sensitive, resource.route)
    for section in ("planned_values", "values"):
        outputs = document[section].get("outputs") if isinstance(document.get(section), dict) else None
        for name, output in outputs.items() if isinstance(outputs, dict) else ():
            if isinstance(output, dict) and output.get("sensitive") is True:
                yield from _marked(output.get("value"), True, (section, "outputs", name, "value"))
    configuration = document.get("configuration")
    root = configuration.get("root_module") if isinstance(configuration, dict) else None
    declared = root.get("variables") if isinstance(root, dict) else None
    variables = document.get("variables")
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        declaration = declared.get(name) if isinstance(declared, dict) else None
        if isinstance(variable, dict) and isinstance(declaration, dict) and declaration.get("sensitive") is True:
            yield from _marked(variable.get("value"), True, ("variables", name, "value"))


def _marked(value: Any, marks: Any, route: Route) -> Iterator[Route]:
    pending = [(value, marks, route)]
    while pending:
        value, marks, route = pending.pop()
        if not marks:
            continue
        if isinstance(value, str):
            if marks is True and len(value) >= SHORTEST:
                yield route
        elif isinstance(value, dict):
            pending.extend((item, marks is True or _below(marks, name), (*route, name)) for name, item in value.items())
        elif isinstance(value, list):
            pending.extend((item, marks is True or _below(marks, number), (*route, number)) for number, item in enumerate(value))


def _below(marks: Any, step: str | int) -> Any:
    if isinstance(marks, dict):
        return marks.get(step)
    if isinstance(marks, list) and isinstance(step, int) and step < len(marks):
        return marks[step]
    return None
