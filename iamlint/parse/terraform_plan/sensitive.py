"""What a plan or state marks as sensitive: its places, so that no report shows them. Both hold secrets in clear text."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.source.place import Origin, Place, Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHORTEST = 4


def undisclosed(document: dict[str, Any], origin: Origin) -> list[Place]:
    """Return the places of the texts and numbers that the document marks as sensitive, wherever it holds them."""
    texts: dict[Any, Place] = {}
    for route in _routes(document):
        text: Any = document
        for step in route:
            text = text[step]
        texts.setdefault(text, origin.at(route))  # a report blacks out a text wherever it is repeated
    return list(texts.values())


def _routes(document: dict[str, Any]) -> Iterator[Route]:
    for section in ("resource_changes", "resource_drift", "deferred_changes"):
        for number, written in enumerate(_list(document.get(section))):
            route: Route = (section, number)
            if section == "deferred_changes" and isinstance(written, dict):
                written, route = written.get("resource_change"), (*route, "resource_change")
            yield from _changed(written.get("change") if isinstance(written, dict) else None, (*route, "change"))
    for name, change in _dict(document.get("output_changes")).items():
        yield from _changed(change, ("output_changes", name))
    for path in (("values",), ("planned_values",), ("prior_state", "values")):
        yield from _tree(document, path)
    yield from _outputs(document.get("outputs"), ("outputs",))  # of a state file
    if "format_version" not in document:
        from iamlint.parse.terraform_plan.state import instances

        for resource in instances(document, deposed=True):
            yield from _marked(resource.values, resource.sensitive, resource.route)
    declared = _dict(_dict(_dict(document.get("configuration")).get("root_module")).get("variables"))
    for name, variable in _dict(document.get("variables")).items():
        if _dict(declared.get(name)).get("sensitive") is True:
            yield from _marked(_dict(variable).get("value"), True, ("variables", name, "value"))


def _changed(change: Any, route: Route) -> Iterator[Route]:
    for name in ("before", "after"):
        yield from _marked(_dict(change).get(name), _dict(change).get(f"{name}_sensitive"), (*route, name))


def _tree(document: dict[str, Any], path: tuple[str, ...]) -> Iterator[Route]:
    here: Any = document
    for name in path:
        here = _dict(here).get(name)
    yield from _outputs(_dict(here).get("outputs"), (*path, "outputs"))
    pending: list[tuple[Any, Route]] = [(_dict(here).get("root_module"), (*path, "root_module"))]
    while pending:
        module, route = pending.pop()
        for number, resource in enumerate(_list(_dict(module).get("resources"))):
            written = _dict(resource)
            yield from _marked(written.get("values"), written.get("sensitive_values"), (*route, "resources", number, "values"))
        for number, child in enumerate(_list(_dict(module).get("child_modules"))):
            pending.append((child, (*route, "child_modules", number)))


def _outputs(outputs: Any, route: Route) -> Iterator[Route]:
    for name, output in _dict(outputs).items():
        if _dict(output).get("sensitive") is True:
            yield from _marked(output.get("value"), True, (*route, name, "value"))


def _marked(value: Any, marks: Any, route: Route) -> Iterator[Route]:
    pending = [(value, marks, route)]
    while pending:
        value, marks, route = pending.pop()
        if not marks:
            continue
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            if marks is True and len(str(value)) >= SHORTEST:
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


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
