"""`Fn::ForEach` in sections of a template: each written out for every item of its collection, and where it is written."""

from __future__ import annotations

import re

from iamlint.source.place import Route
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.cloudformation.template import Template

PREFIX = "Fn::ForEach::"
MAX_RESOURCES = 2_000
"""Beyond how many resources loops are not written out: CloudFormation takes 500 in a stack."""


class Expanded(NamedTuple):
    """The resources of a template. `written` says where those that a loop makes are written; `unread` are loops left alone.

    `empty` are loops over a collection that has nothing in it, with what is written as the collection and as the resources.
    """

    resources: dict[str, Any]
    written: dict[str, Route]
    unread: list[Route]
    empty: list[tuple[Route, Any, dict[str, Any]]]


def expand_sections(template: Template) -> None:
    """Write out the loops over conditions, outputs and resources of a template."""
    template.conditions = expand(template, template.conditions, "Conditions").resources
    template.outputs = expand(template, template.outputs, "Outputs").resources
    template.resources, written, unread, empty = expand(template, template.resources)
    template.written.update(written)
    template.unread_loops += unread
    template.empty_loops += empty


def expand(template: Template, resources: dict[str, Any], section: str = "Resources") -> Expanded:
    """Return the resources (or what else a section holds) with every loop over a known collection written out."""
    made = Expanded({}, {}, [], [])
    for name, body in resources.items():
        if name.startswith(PREFIX):
            _loop(template, body, body, (section, name), made, 0)
        else:
            made.resources[name] = body
    return made


def _loop(template: Template, written: Any, in_file: Any, here: Route, made: Expanded, depth: int) -> None:
    """Write out a loop, which stands in the file as `in_file`: without what loops around it have filled in."""
    if not isinstance(written, list) or len(written) != 3 or depth > 4:
        made.unread.append(here)
        return
    variable, collection, outputs = written
    items = template.value(collection, (*here, 1)) if isinstance(collection, (list, dict)) else None
    if (
        not isinstance(variable, str)
        or not isinstance(outputs, dict)
        or not isinstance(items, list)
        or not all(isinstance(item, str) for item in items)
        or len(made.resources) + len(items) > MAX_RESOURCES
    ):
        made.unread.append(here)
        return
    if not items:
        made.empty.append((here, collection, outputs))
    pattern = re.compile(r"(\$|&)\{" + re.escape(variable) + r"\}")
    spelled = in_file[2] if len(in_file[2]) == len(outputs) else outputs
    for item in items:
        for (name, body), (spelling, body_in_file) in zip(outputs.items(), spelled.items(), strict=True):
            route = (*here, 2, spelling)
            filled = fill(body, variable, item, pattern)
            if name.startswith(PREFIX):
                _loop(template, filled, body_in_file, route, made, depth + 1)
            else:
                logical = fill_text(name, item, pattern)
                made.resources[logical] = filled
                made.written[logical] = route


def fill(value: Any, variable: str, item: str, pattern: re.Pattern[str]) -> Any:
    """Return a value with the loop's variable filled in."""
    if isinstance(value, str):
        return fill_text(value, item, pattern)
    if isinstance(value, list):
        return [fill(inner, variable, item, pattern) for inner in value]
    if isinstance(value, dict):
        if value == {"Ref": variable}:
            return item
        return {fill_text(name, item, pattern): fill(inner, variable, item, pattern) for name, inner in value.items()}
    return value


def fill_text(text: str, item: str, pattern: re.Pattern[str]) -> str:
    """Return a text with the loop's variable filled in; `&{…}` keeps only letters and digits of it."""
    if "{" not in text:
        return text
    return pattern.sub(lambda found: item if found.group(1) == "$" else re.sub(r"[^A-Za-z0-9]", "", item), text)
