"""Instances of EC2 that a template makes without writing their profile beside them: of groups, templates and clusters."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.compute import ComputeRole
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.template import as_text
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def instance(resource: Resource, declared: Declared) -> None:
    """Add the role of an instance that has it from its launch template; its own profile comes first."""
    if "IamInstanceProfile" not in resource.properties:
        for profile, place in _of_template(resource, "LaunchTemplate"):
            _add(resource, declared, profile, place)


def scaling_group(resource: Resource, declared: Declared) -> None:
    """Add the role of the instances of a scaling group."""
    for steps in (("LaunchTemplate",), ("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification")):
        for profile, place in _of_template(resource, *steps):
            _add(resource, declared, profile, place)
    configuration = _named(
        resource, "LaunchConfigurationName", "AWS::AutoScaling::LaunchConfiguration", "LaunchConfigurationName"
    )
    if configuration is not None:
        for profile, place in _profile(configuration, "IamInstanceProfile"):
            _add(resource, declared, profile, place)


def node_group(resource: Resource, declared: Declared) -> None:
    """Add the role of the nodes of a cluster, whose instance profile EKS makes."""
    for role, place in _profile(resource, "NodeRole"):
        _add(resource, declared, role, place, "role")


def emr_cluster(resource: Resource, declared: Declared) -> None:
    """Add the role of the instances of a cluster of EMR."""
    for profile, place in _profile(resource, "JobFlowRole"):
        _add(resource, declared, profile, place)


def _of_template(resource: Resource, *steps: str) -> Iterator[tuple[Value, Place]]:
    written: Any = resource.properties
    for step in steps:
        written = written.get(step) if isinstance(written, dict) else None
    for name in ("LaunchTemplateId", "LaunchTemplateName") if isinstance(written, dict) else ():
        found = _referred(resource, written.get(name), "AWS::EC2::LaunchTemplate", "LaunchTemplateName")
        if found is not None:
            for end in ("Name", "Arn"):
                yield from _profile(found, "LaunchTemplateData", "IamInstanceProfile", end)
            return


def _named(resource: Resource, name: str, type_: str, name_property: str) -> Resource | None:
    return _referred(resource, resource.properties.get(name), type_, name_property)


def _referred(resource: Resource, written: Any, type_: str, name_property: str) -> Resource | None:
    """Return the resource of a type that a property means: by `Ref`, or by the name that the template gives it."""
    resources = resource.template.resources
    if isinstance(written, Unknown):  # evaluated already, as what Terraform says of a resource of AWS Cloud Control is
        written = {"Ref": written.symbol.removeprefix(f"{resource.template.unit}#").rpartition(".")[0]}
    if isinstance(written, dict) and isinstance(written.get("Ref"), str):
        logical = written["Ref"]
        found = resources.get(logical)
        return Resource(resource.template, logical, found) if isinstance(found, dict) and found.get("Type") == type_ else None
    for logical, found in resources.items() if isinstance(written, str) else ():
        if isinstance(found, dict) and found.get("Type") == type_:
            candidate = Resource(resource.template, logical, found)
            if candidate.text(name_property) == written:
                return candidate
    return None


def _profile(resource: Resource, *steps: str) -> Iterator[tuple[Value, Place]]:
    found = resource.evaluated(*steps)
    role = as_text(found.value) if found is not None else None
    if found is not None and role:
        yield role, found.origin.at()


def _add(resource: Resource, declared: Declared, role: Value, place: Place, role_is: str = "instance-profile") -> None:
    made_up = Unknown(
        f"AWS makes up the ids of the instances of `{resource.logical}`", resource.place, f"{resource.ref}.instance"
    )
    context = resource.template.context
    arn = concat(["arn:", context.partition, ":ec2:", context.region, ":", resource.account, ":instance/", made_up])
    declared.add(
        ComputeRole("ec2:instance", made_up, arn, role, resource.account, place, declared.unit, role_is, resource.tags())
    )


def job_definition(resource: Resource, declared: Declared) -> None:
    """Add the roles as which the tasks and nodes of a Batch job run; that of a single container is read with the others."""
    found: list[tuple[Value, Place]] = []
    tasks = ("TaskProperties",)
    for steps, role in ((("EcsProperties", *tasks), ("TaskRoleArn",)), (("NodeProperties", "NodeRangeProperties"), ())):
        listed = resource.evaluated(*steps)
        for number, item in enumerate(listed.value if listed is not None and isinstance(listed.value, list) else ()):
            ways = (role,) if role else (("Container", "JobRoleArn"), ("EcsProperties", "TaskProperties", 0, "TaskRoleArn"))
            for way in ways:
                value = as_text(_inside(item, way))
                if value and listed is not None:
                    found.append((value, listed.origin.at((number, *way))))
    made_up = Unknown(f"AWS makes up the name of `{resource.logical}`", resource.place, f"{resource.ref}.name")
    name: Value = resource.text("JobDefinitionName") or made_up
    context = resource.template.context
    arn = concat(["arn:", context.partition, ":batch:", context.region, ":", resource.account, ":job-definition/", name])
    for value, place in found:
        declared.add(
            ComputeRole(
                "batch:job-definition", name, arn, value, resource.account, place, declared.unit, "role", resource.tags()
            )
        )  # fmt: skip


def _inside(value: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        if isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


BESIDE = {"AWS::EC2::Instance": instance, "AWS::Batch::JobDefinition": job_definition}
"""What is read of resources beside their own profile or role."""
READERS = {
    "AWS::AutoScaling::AutoScalingGroup": scaling_group,
    "AWS::EKS::Nodegroup": node_group,
    "AWS::EMR::Cluster": emr_cluster,
}
