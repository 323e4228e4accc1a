"""Groups of instances: what of EC2 runs as which role without an `aws_instance` of its own, and Batch's jobs."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.compute import ComputeRole
from iamlint.parse.terraform.attributes import as_text, is_true, name_of, nested, not_in_repository, text, text_map, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found
from iamlint.parse.terraform.resources.start_scripts import start_script
from iamlint.source.place import Place
from iamlint.source.value import Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def one_instance(instance: Instance, declared: Declared) -> None:
    """Add an instance, as which role it runs: its own profile, else that of its launch template."""
    from iamlint.parse.terraform.resources.aws_compute import compute

    start_script(instance, declared)
    if written(instance, "iam_instance_profile") is not None:
        compute(instance, declared)
        return
    for block in nested(instance, "launch_template"):
        for role, place, tags in _of_template(block, declared):
            _add(instance, declared, role, place, {**tags, **declared.tags(instance)})


def scaling_group(instance: Instance, declared: Declared) -> None:
    """Add the instances of a scaling group, by its launch templates or its launch configuration."""
    own: dict[str, Value] = {}
    for tag in nested(instance, "tag"):
        name, value = text(tag, "key"), text(tag, "value")
        if isinstance(name, str) and value is not None and is_true(tag, "propagate_at_launch"):
            own[name] = value
    seen = set()
    for block in _templates(instance):
        for role, place, tags in _of_template(block, declared):
            if place not in seen:
                seen.add(place)
                _add(instance, declared, role, place, {**tags, **own})
    configuration = found(declared, ("aws_launch_configuration",), text(instance, "launch_configuration"), ("name", "id"))
    profile = written(configuration, "iam_instance_profile") if configuration is not None else None
    named = as_text(profile)
    if profile is not None and named:
        _add(instance, declared, named, profile.place, own)


def _templates(instance: Instance) -> Iterator[Located]:
    yield from nested(instance, "launch_template")
    for mixed in nested(instance, "mixed_instances_policy"):
        for block in nested(mixed, "launch_template"):
            for holder in (block, *nested(block, "override")):
                yield from nested(holder, "launch_template_specification")


def _of_template(block: Located, declared: Declared) -> Iterator[tuple[Value, Place, Mapping[str, Value]]]:
    """Yield the profile of the launch template that a block names, with the tags that its instances get."""
    named = next(
        (value for name in ("id", "name", "launch_template_id", "launch_template_name")
         if (value := text(block, name) if isinstance(block.value, dict) else None) is not None), None,
    )  # fmt: skip
    template = found(declared, ("aws_launch_template",), named, ("id", "name"))
    if template is None:
        return
    tags: dict[str, Value] = {}
    for specification in nested(template, "tag_specifications"):
        if text(specification, "resource_type") == "instance":
            tags.update(text_map(specification, "tags"))
    for profile in nested(template, "iam_instance_profile"):
        for attribute in ("name", "arn"):
            held = written(profile, attribute) if isinstance(profile.value, dict) else None
            role = as_text(held)
            if held is not None and role:
                yield role, held.place, tags


def node_group(instance: Instance, declared: Declared) -> None:
    """Add the nodes of a cluster, which run as the node role: EKS makes their instance profile."""
    held = written(instance, "node_role_arn")
    role = as_text(held)
    if held is not None and role:
        _add(instance, declared, role, held.place, {}, "role", "node_group_name")


def emr_cluster(instance: Instance, declared: Declared) -> None:
    """Add the instances of a cluster of EMR."""
    for block in nested(instance, "ec2_attributes"):
        held = written(block, "instance_profile") if isinstance(block.value, dict) else None
        role = as_text(held)
        if held is not None and role:
            _add(instance, declared, role, held.place, declared.tags(instance))


def _add(
    instance: Instance, declared: Declared, role: Value, place: Place, tags: Mapping[str, Value],
    role_is: str = "instance-profile", attribute: str = "name",
) -> None:  # fmt: skip
    made_up = not_in_repository(instance, declared.unit, "instance id")
    arn = concat(["arn:", instance.partition, ":ec2:", instance.region, ":", instance.account, ":instance/", made_up])
    name = name_of(instance, declared.unit, attribute) if instance.type != "aws_instance" else made_up
    declared.add(ComputeRole("ec2:instance", name, arn, role, instance.account, place, declared.unit, role_is, tags))


# Batch

_JOBS = (
    ("container_properties", (("jobRoleArn",),)),
    ("ecs_properties", (("taskProperties", "*", "taskRoleArn"),)),
    ("node_properties", (
        ("nodeRangeProperties", "*", "container", "jobRoleArn"),
        ("nodeRangeProperties", "*", "ecsProperties", "taskProperties", "*", "taskRoleArn"),
    )),
)  # fmt: skip


def job_definition(instance: Instance, declared: Declared) -> None:
    """Add the roles as which the containers of a job run: they stand in JSON."""
    name = name_of(instance, declared.unit)
    head = ["arn:", instance.partition, ":batch:", instance.region, ":", instance.account, ":job-definition/"]
    for attribute, routes in _JOBS:
        held = written(instance, attribute)
        document = declared.document(held)
        for route in routes:
            for role in _at(document, route):
                place = held.place if held is not None else instance.place
                declared.add(
                    ComputeRole(
                        "batch:job-definition", name, concat([*head, name]), role, instance.account, place, declared.unit,
                        "role", declared.tags(instance),
                    )
                )  # fmt: skip


def _at(value: object, route: tuple[str, ...]) -> Iterator[Value]:
    if not route:
        text_ = as_text(Located(value, Place("")))
        if text_:
            yield text_
    elif route[0] == "*":
        for item in value if isinstance(value, list) else ():
            yield from _at(item, route[1:])
    elif isinstance(value, dict) and route[0] in value:
        yield from _at(value[route[0]], route[1:])


READERS = {
    ("managed", "aws_instance"): one_instance,
    ("managed", "aws_spot_instance_request"): one_instance,
    ("managed", "aws_autoscaling_group"): scaling_group,
    ("managed", "aws_launch_configuration"): start_script,
    ("managed", "aws_eks_node_group"): node_group,
    ("managed", "aws_emr_cluster"): emr_cluster,
    ("managed", "aws_batch_job_definition"): job_definition,
}
