"""What runs as a role: functions, instances, tasks, build projects."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.aws import NO_TAGS
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value


class ComputeRole(NamedTuple):
    """Something declared that runs as a role.

    `kind` is like that of `AwsResource` (`lambda:function`, `ec2:instance`, `ecs:task`). `role` is the role's ARN or name,
    or with `role_is` `instance-profile` the name or ARN of an instance profile; `place` is where the role is named.
    """

    kind: str
    name: Value
    arn: Value
    role: Value
    account: Value
    place: Place
    unit: str
    role_is: str = "role"
    tags: Mapping[str, Value] = NO_TAGS
