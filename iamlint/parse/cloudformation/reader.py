"""Reads a template: its resources one after the other, in each way in which it is nested."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.parse.cloudformation import is_template
from iamlint.parse.cloudformation.conditions import is_off
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.elsewhere import with_policy
from iamlint.parse.cloudformation.passwords import passwords
from iamlint.parse.cloudformation.readers import reader_of
from iamlint.parse.cloudformation.secrets import secret_parameters
from iamlint.parse.cloudformation.template import Template
from iamlint.parse.context import Context
from iamlint.parse.serverless_variables import filled_template
from iamlint.source.files import Files
from iamlint.source.place import Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.cloudformation.readers import Reader


SAM_TYPES = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")


def parse_template(value: Any, origin: Origin, context: Context, files: Files | None = None, data: bytes = b"") -> Facts:
    """Return what a template declares, with the coverage of the reading. Never raises on what the template holds.

    `data` are the bytes that it was read from.
    """
    facts = Facts(context.unit, "cloudformation", (origin.path,))
    if not is_template(value):
        return facts
    value, stages = filled_template(value, data, origin)
    if stages:
        context = context._replace(stacks=context.stacks._replace(expected=context.stacks.expected | stages))
    if context.stacks.off:
        facts.off.append(
            Unresolved("the template is switched off: defaults keep every stack away that is made of it", origin.at())
        )
        return facts
    if context.stacks.readings:
        from iamlint.parse.cloudformation.nested_readings import read_each

        read = read_each(value, origin, context, files, facts)
    else:
        read = [Declared(Template(value, origin, context, files), facts)]
        read_resources(read[0].template, read[0])
        secret_parameters(read[0])
        read[0].close()
    if _may_be_bound(value):
        from iamlint.parse.cloudformation.org_formation import bound_elsewhere

        bound_elsewhere(value, read[0])
        read[0].close()
    if read[0].template.context.stacks.calls:
        from iamlint.parse.cloudformation.nested_readings import called

        for declared in read:
            called(declared.template, facts)
    facts.files += tuple(dict.fromkeys(path for declared in read for path in declared.template.included))
    return facts


def _may_be_bound(value: dict[str, Any]) -> bool:
    return str(value.get("AWSTemplateFormatVersion")).endswith("-OC") or any(
        isinstance(one, dict) and "OrganizationBinding" in one for one in value["Resources"].values()
    )


_LOOPED = "the resources that a `Fn::ForEach` makes are"


def read_resources(template: Template, declared: Declared) -> None:
    """Add what the resources of a template declare."""
    if any(isinstance(one, dict) and one.get("Type") in SAM_TYPES for one in template.resources.values()):
        from iamlint.parse.cloudformation.sam_api_policies import with_implicit_apis

        with_implicit_apis(template)
    types: dict[str, Reader | None] = {}
    for logical, written in template.resources.items():
        if isinstance(written, dict) and isinstance(kind := written.get("Type"), str):
            if kind not in types:
                types[kind] = reader_of(kind)
            read = types[kind]
            if read is not None:
                _read(Resource(template, logical, written), written.get("Condition"), declared, read)
            else:
                with_policy(template, logical, written, declared)
            if "Connectors" in written and not is_off(template, written):
                from iamlint.parse.cloudformation.sam_connectors import embedded

                embedded(logical, written, declared)
            if template.left_out:
                from iamlint.parse.cloudformation.switched_off import branches

                branches(template, declared)
            declared.close()
    if template.empty_loops:
        from iamlint.parse.cloudformation.switched_off import loops

        loops(template, declared)
    for route in template.unread_loops:
        what = "the resource that a macro gives is" if route[-1] == "Fn::Transform" else _LOOPED
        declared.note(f"{what} not known", template.at(route, "key"))
        declared.close()
    if "AWS::Serverless::Function" in types:
        from iamlint.parse.cloudformation.serverless import deploying_role

        deploying_role(declared)


def _read(resource: Resource, condition: Any, declared: Declared, read: Reader) -> None:
    """Read a resource, unless its condition says that it is not there."""
    if isinstance(condition, str):
        holds = declared.template.condition(condition)
        shown = declared.template.shown(resource.logical)
        if isinstance(holds, Unknown) and read is not passwords:  # a secret is written in the file either way
            reason = f"`{shown}` is there only if condition `{condition}` holds, which the template does not decide"
            declared.note(reason, resource.place)
        elif holds is False:
            from iamlint.parse.cloudformation.switched_off import by_condition

            declared.switched_off(f"`{shown}`", by_condition(declared.template, condition), resource.place)
            return
    if "Fn::Transform" in resource.properties:
        from iamlint.parse.cloudformation.inclusion import snippet

        where = (*resource.route, "Properties", "Fn::Transform")
        found = snippet(declared.template, resource.properties["Fn::Transform"], where)
        if isinstance(found, dict):
            resource.properties = {**found, **resource.properties}
        else:
            shown = declared.template.shown(resource.logical)
            declared.note(
                f"a macro gives properties of `{shown}` when CloudFormation deploys", declared.template.at(where, "key")
            )
    read(resource, declared)


__all__ = ["is_template", "parse_template", "read_resources"]
