"""A template that others nest: read in each way in which that is done, and which stacks lead to what is declared in it."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.parse.cloudformation.conditions import is_off
from iamlint.parse.cloudformation.declared import Declared
from iamlint.parse.cloudformation.reader import read_resources
from iamlint.parse.cloudformation.readers import reader_of
from iamlint.parse.cloudformation.secrets import secret_parameters
from iamlint.parse.cloudformation.template import Template
from iamlint.parse.context import Context, in_stacks
from iamlint.source.files import Files
from iamlint.source.place import Origin
from iamlint.source.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_SHOWN = 3
"""How many of the stacks a problem shows that are made of a template."""


def read_each(value: Any, origin: Origin, context: Context, files: Files | None, facts: Facts) -> list[Declared]:
    """Add what a template declares for each set of parameters that it is given, and return who added it, in turn."""
    read: list[Declared] = []
    for stacks in context.stacks.readings:
        template = Template(value, origin, in_stacks(context, stacks), files)
        declared = read[0].inside(template) if read else Declared(template, facts)
        declared.unit = context.unit
        read_resources(template, declared)
        if not read:
            secret_parameters(declared)
        declared.close()
        read.append(declared)
    made = [
        (one.template, logical)
        for one in read
        for logical, resource in one.template.resources.items()
        if isinstance(resource, dict) and not is_off(one.template, resource)
    ]
    there = {template.at(("Resources", logical), "key") for template, logical in made}
    left_out = dict.fromkeys(line for one in read for line in one.left_out)
    for template, logical in made if left_out else ():
        there |= {at for at, inside, name, so in left_out if inside == logical and template.condition(name) is not so}
    facts.off = [line for line in dict.fromkeys(facts.off) if line.at not in there]
    return read


def called(template: Template, facts: Facts) -> None:
    """Add which stacks lead to each resource of a nested template, and a problem where they are too many to be told apart."""
    stacks = template.context.stacks
    for logical, resource in template.resources.items():
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if isinstance(kind, str) and reader_of(kind) is not None:
            place = template.at(("Resources", logical), "key")
            facts.calls += [(f"{template.unit}#{logical}", place, places) for places in stacks.calls]
    if stacks.differs:
        message = f"the template is nested in {stacks.differs} ways that differ; what they do not agree on is unknown"
        stands = dict.fromkeys(places[-1] for places in stacks.calls)
        because = tuple((place, "nested here") for place in list(stands)[:MAX_SHOWN])
        facts.problems.append(Problem("IL003", message, template.at(("Parameters",), "key"), because=because))
